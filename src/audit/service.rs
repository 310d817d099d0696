//! Writing the log, reading it, proving it.

use super::{
    model::{AuditQuery, Damage, Entry, Verification},
    store::{self, StoredEntry, Whose},
};
use crate::{
    Error, Result,
    access::{Actor, Permission, Principal, Scope},
    ids::{FactorId, UserId},
    page::{Page, PageRequest},
    platform::{
        Platform,
        db::Tx,
        events,
        persons::{self, Doer},
        signing,
    },
};
use chrono::{DateTime, SubsecRound, Utc};
use sbh_proof::{
    AuditEntry, AuditTrail, Checkpoint, ConsistencyProof, Frontier, Hash, InclusionProof, canonical, merkle,
};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// A change to be logged.
pub struct Change<'a> {
    /// What was done, for example `gate.policy.created`.
    pub action: &'a str,
    /// The kind of thing that it was done to.
    pub object: &'a str,
    /// Its id.
    pub object_id: String,
    /// The particulars; no secrets.
    pub detail: Value,
    /// The event that others may act on, if the change is one.
    pub event: Option<&'a str>,
}

/// The members of a change's particulars that its person made up.
fn typed(object: &str) -> &'static [&'static str] {
    match object {
        FactorId::WHAT => &["name"],
        UserId::WHAT => &["old_name", "new_name", "user_agent", "address", "phone"],
        _ => &["user_agent", "address", "phone"],
    }
}

/// Logs a change in its own transaction, and emits its event. Whoever is named in either is sealed with their own key.
pub async fn record(tx: &Tx, scope: &Scope, actor: &Actor, now: DateTime<Utc>, change: Change<'_>) -> Result<()> {
    let doer = match actor.principal() {
        Principal::User { email, .. } => Some(Doer { email, typed: typed(change.object) }),
        Principal::Key { .. } | Principal::Token { .. } | Principal::Hub { .. } => None,
    };
    let mut detail = change.detail;
    write_large_numbers(&mut detail);
    let kept = persons::seal(tx, scope, now, doer, detail).await?;
    if let Some(kind) = change.event {
        events::emit(tx, scope, now, kind, &change.object_id, kept.detail.clone()).await?;
    }
    let mut frontier = store::lock_head(tx, scope).await?;
    let at = now.trunc_subsecs(3);
    let mut entry = StoredEntry {
        seq: frontier.size(),
        at,
        actor: kept.doer.unwrap_or_else(|| actor.label()),
        action: change.action.to_owned(),
        object: change.object.to_owned(),
        object_id: change.object_id,
        body: String::new(),
        leaf_hash: String::new(),
    };
    let body = canonical::to_bytes(&body_of(scope, &entry, &kept.detail)).map_err(Error::internal)?;
    let leaf = merkle::leaf_hash(&body);
    frontier.append(leaf);
    entry.body = String::from_utf8(body).map_err(Error::internal)?;
    entry.leaf_hash = leaf.to_string();
    store::append(tx, scope, entry, &frontier).await
}

/// Canonical JSON has no whole number beyond 2^53 - 1, and what people may write has: such a number becomes a text.
fn write_large_numbers(detail: &mut Value) {
    match detail {
        Value::Number(number) if !canonical::is_exact(number) => *detail = Value::String(number.to_string()),
        Value::Array(items) => items.iter_mut().for_each(write_large_numbers),
        Value::Object(members) => members.values_mut().for_each(write_large_numbers),
        _ => {}
    }
}

/// What is hashed: every column and the particulars.
fn body_of(scope: &Scope, entry: &StoredEntry, detail: &Value) -> Value {
    json!({
        "seq": entry.seq,
        "at": entry.at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
        "tenant": scope.tenant().to_string(),
        "actor": entry.actor,
        "action": entry.action,
        "object": entry.object,
        "object_id": entry.object_id,
        "detail": detail,
    })
}

/// The audit log of the actor's tenant.
pub struct Audit<'a> {
    pub(super) platform: &'a Platform,
}

impl<'a> Audit<'a> {
    pub(crate) fn new(platform: &'a Platform) -> Self {
        Self { platform }
    }

    /// Entries, newest first. Needs `audit:read`.
    pub async fn list(&self, actor: &Actor, query: &AuditQuery) -> Result<Page<Entry>> {
        let scope = actor.require(Permission::AuditRead)?;
        let (before, limit) = page_of(query)?;
        let tx = self.platform.db.read(&scope).await?;
        let whose = whose(&tx, &scope, query).await?;
        store::list(&tx, &scope, (query, &whose), before, limit).await
    }

    /// The log's present head as a signed note (C2SP checkpoint). Needs `audit:read`.
    pub async fn checkpoint(&self, actor: &Actor) -> Result<String> {
        let scope = actor.require(Permission::AuditRead)?;
        let tx = self.platform.db.write(&scope).await?;
        let (size, root, _) = store::head(&tx, &scope).await?;
        let key = signing::current(&tx, &scope, &self.platform.secrets, self.platform.clock.now()).await?;
        tx.commit().await?;
        let checkpoint = Checkpoint::new(origin(&scope), size, root.parse().map_err(Error::internal)?);
        Ok(checkpoint.map_err(Error::internal)?.sign(&key))
    }

    /// The proof that entry `seq` is in the log of `size` entries, or of all entries. Needs `audit:read`.
    pub async fn inclusion(&self, actor: &Actor, seq: u64, size: Option<u64>) -> Result<InclusionProof> {
        let scope = actor.require(Permission::AuditRead)?;
        let leaves = self.leaves(&scope, size, "/size").await?;
        merkle::prove_inclusion(seq, leaves.len() as u64, source(&leaves))
            .map_err(|_: merkle::MerkleError| Error::not_found("audit entry"))
    }

    /// The proof that the log of `new` entries, or of all, extends the log of `old` entries. Needs `audit:read`.
    pub async fn consistency(&self, actor: &Actor, old: u64, new: Option<u64>) -> Result<ConsistencyProof> {
        let scope = actor.require(Permission::AuditRead)?;
        let leaves = self.leaves(&scope, new, "/to").await?;
        merkle::prove_consistency(old, leaves.len() as u64, source(&leaves)).map_err(|_: merkle::MerkleError| {
            Error::invalid("/from", format!("The log has {} entries; from must not be more.", leaves.len()))
        })
    }

    async fn leaves(&self, scope: &Scope, size: Option<u64>, pointer: &str) -> Result<Vec<Hash>> {
        let tx = self.platform.db.read(scope).await?;
        let (head, ..) = store::head(&tx, scope).await?;
        let size = size.unwrap_or(head);
        if size > head {
            return Err(Error::invalid(pointer, format!("The log has {head} entries; you asked for {size}.")));
        }
        store::leaves(&tx, scope, size).await
    }

    /// Reads the whole log and compares every entry, the head and, if given, an earlier checkpoint. Needs `audit:read`.
    ///
    /// # Errors
    /// Invalid when the checkpoint can't be read or is not signed by a key of this tenant.
    pub async fn verify(&self, actor: &Actor, checkpoint: Option<&str>) -> Result<Verification> {
        let scope = actor.require(Permission::AuditRead)?;
        let tx = self.platform.db.read(&scope).await?;
        let checkpoint = match checkpoint {
            Some(note) => Some(open_checkpoint(&tx, &scope, note).await?),
            None => None,
        };
        let mut check = Check::new(&scope, checkpoint.as_ref());
        loop {
            let entries = store::scan(&tx, &scope, check.next).await?;
            let Some(last) = entries.last() else { break };
            let next = last.seq + 1;
            entries.iter().for_each(|entry| check.entry(entry));
            check.next = next;
        }
        let (size, root, _) = store::head(&tx, &scope).await?;
        Ok(check.finish(size, &root))
    }

    /// The entries about these things with a proof for each and a signed checkpoint, for an evidence pack.
    pub(crate) async fn trail(&self, tx: &Tx, scope: &Scope, object_ids: &[String]) -> Result<AuditTrail> {
        let (size, root, _) = store::head(tx, scope).await?;
        let key = signing::current(tx, scope, &self.platform.secrets, self.platform.clock.now()).await?;
        let checkpoint = Checkpoint::new(origin(scope), size, root.parse().map_err(Error::internal)?);
        let leaves = store::leaves(tx, scope, size).await?;
        let mut trail = AuditTrail {
            checkpoint: checkpoint.map_err(Error::internal)?.sign(&key),
            entries: Vec::new(),
            proofs: Vec::new(),
        };
        for entry in store::about(tx, scope, object_ids).await? {
            let proof = merkle::prove_inclusion(entry.seq, size, source(&leaves));
            trail.proofs.push(proof.map_err(|error: merkle::MerkleError| Error::internal(error))?);
            trail.entries.push(AuditEntry { index: entry.seq, entry: serde_json::from_str(&entry.body)? });
        }
        Ok(trail)
    }
}

/// Before which position a page begins, and how many entries it has at most.
pub(super) fn page_of(query: &AuditQuery) -> Result<(Option<u64>, u64)> {
    let limit = PageRequest { cursor: None, limit: query.limit }.limit()?;
    // Positions are signed in the databases.
    let position = |text: &String| text.parse().ok().filter(|seq: &u64| i64::try_from(*seq).is_ok());
    let parse = |text: &String| {
        let wrong = || Error::invalid("/cursor", "Cursor must be a next_cursor that a page gave.");
        position(text).ok_or_else(wrong)
    };
    Ok((query.cursor.as_ref().map(parse).transpose()?, limit))
}

/// Whose entries a query wants. A person's are found by what their key makes of every address that they have and had, however
/// it was typed; those from before there were such keys have it in the clear.
pub(super) async fn whose(tx: &Tx, scope: &Scope, query: &AuditQuery) -> Result<Whose> {
    let Some(actor) = query.actor.as_deref().map(str::trim).filter(|actor| !actor.is_empty()) else {
        return Ok(Whose::All);
    };
    if let Some(number) = persons::parse_number(actor) {
        return Ok(Whose::Numbered(number.to_ascii_lowercase()));
    }
    let mut spellings = BTreeSet::from([actor.to_owned(), crate::text::key(actor)]);
    spellings.extend(persons::spellings(tx, scope, actor).await?);
    let mut labels = spellings.clone();
    for email in &spellings {
        if let Some(key) = persons::find(tx, scope, email).await? {
            for text in &spellings {
                labels.insert(key.seal(text)?);
            }
        }
    }
    Ok(Whose::Of(labels.into_iter().collect()))
}

/// The log's name in its checkpoints.
pub(super) fn origin(scope: &Scope) -> String {
    format!("system-builder-hub/{}/audit", scope.tenant())
}

pub(super) fn source(leaves: &[Hash]) -> impl FnMut(u64) -> Result<Hash, merkle::MerkleError> {
    |index| {
        let missing = merkle::MerkleError::Index { index, size: leaves.len() as u64 };
        usize::try_from(index).ok().and_then(|at| leaves.get(at)).copied().ok_or(missing)
    }
}

async fn open_checkpoint(tx: &Tx, scope: &Scope, note: &str) -> Result<Checkpoint> {
    for key in signing::published(tx, scope).await? {
        let key = sbh_proof::PublicKey::from_pem(&key.pem).map_err(Error::internal)?;
        if let Ok(checkpoint) = Checkpoint::open(note, &key)
            && checkpoint.origin() == origin(scope)
        {
            return Ok(checkpoint);
        }
    }
    Err(Error::invalid("/checkpoint", "The checkpoint is not a note that a key of this hub signed for this log."))
}

/// A walk over the log.
struct Check<'a> {
    scope: &'a Scope,
    checkpoint: Option<&'a Checkpoint>,
    frontier: Frontier,
    next: u64,
    damage: Vec<Damage>,
}

impl<'a> Check<'a> {
    fn new(scope: &'a Scope, checkpoint: Option<&'a Checkpoint>) -> Self {
        Self { scope, checkpoint, frontier: Frontier::default(), next: 0, damage: Vec::new() }
    }

    fn entry(&mut self, entry: &StoredEntry) {
        self.compare_checkpoint();
        if entry.seq != self.next {
            self.damage.push(Damage::Missing { seq: self.next });
        }
        self.next = entry.seq + 1;
        let leaf = merkle::leaf_hash(entry.body.as_bytes());
        if leaf.to_string() != entry.leaf_hash || !self.matches_columns(entry) {
            self.damage.push(Damage::Edited { seq: entry.seq });
        }
        self.frontier.append(leaf);
    }

    fn matches_columns(&self, entry: &StoredEntry) -> bool {
        let Ok(body) = serde_json::from_str::<Value>(&entry.body) else { return false };
        let detail = body.get("detail").cloned().unwrap_or_default();
        body == body_of(self.scope, entry, &detail)
    }

    fn compare_checkpoint(&mut self) {
        if let Some(checkpoint) = self.checkpoint
            && self.frontier.size() == checkpoint.size()
            && self.frontier.root() != *checkpoint.root()
        {
            self.damage.push(Damage::Rewritten { expected_root: checkpoint.root().to_string() });
        }
    }

    fn finish(mut self, head_size: u64, head_root: &str) -> Verification {
        let (size, root) = (self.frontier.size(), self.frontier.root().to_string());
        self.compare_checkpoint();
        if size != head_size || root != head_root {
            self.damage.push(Damage::Head { expected_size: head_size, expected_root: head_root.to_owned() });
        }
        if let Some(checkpoint) = self.checkpoint
            && size < checkpoint.size()
        {
            self.damage.push(Damage::Truncated { expected_size: checkpoint.size() });
        }
        Verification { size, root, checkpoint_size: self.checkpoint.map(Checkpoint::size), damage: self.damage }
    }
}
