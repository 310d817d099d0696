//! Making, listing and revoking links; badges; and what those see who hold a link.

use super::{
    badge::Badge,
    model::{
        BadgeQuery, BadgeShows, CreatedShare, NewShare, Share, SharedCard, SharedScorecard, shared_badge_path,
        shared_path,
    },
    rules::{self, Known},
    store::{self, shares},
};
use crate::{
    Error, Kind, Result,
    access::{Actor, Permission, Scope},
    audit::{self, Change},
    gates::{Gates, Verdict},
    ids::{EnvironmentId, ShareId, SystemId},
    lab::{Lab, Scorecard, ScorecardQuery},
    page::{Page, PageRequest},
    platform::{
        Platform,
        db::{Realm, Tx},
        secrets::{random_bytes, token_hash},
    },
    systems::Systems,
    tenants::store as tenants,
};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

/// Bytes of a token: 256 bits.
const TOKEN_BYTES: usize = 32;
/// Most links to one system's scorecards that show something at a time.
const LIVE_MAX: u64 = 100;

/// Share links and badges.
pub struct Sharing<'a> {
    platform: &'a Platform,
}

/// What a link or a badge is about.
struct Subject {
    name: String,
    card: Option<Scorecard>,
    verdict: Option<Verdict>,
}

impl<'a> Sharing<'a> {
    pub(crate) fn new(platform: &'a Platform) -> Self {
        Self { platform }
    }

    /// Makes a link to a system's scorecard and gives its token, this once. Needs `lab:share`.
    ///
    /// # Errors
    /// Invalid for a version that was not measured there; conflict beyond a hundred live links of the system.
    pub async fn create(&self, actor: &Actor, system: SystemId, new: NewShare) -> Result<CreatedShare> {
        let scope = actor.require(Permission::LabShare)?;
        let new = new.parse()?;
        let now = self.platform.clock.now();
        let tx = self.platform.db.write(&scope).await?;
        self.check(&tx, &scope, system, &new, now).await?;
        let token = hex::encode(random_bytes::<TOKEN_BYTES>());
        let row = shares::Model {
            id: ShareId::generate().uuid(),
            tenant_id: scope.tenant().uuid(),
            created_at: now,
            system_id: system.uuid(),
            environment_id: new.environment_id.map(EnvironmentId::uuid),
            version: new.version,
            name: new.name,
            secret_hash: token_hash(&token),
            created_by: actor.label(),
            expires_at: new.expires_in_days.map(|days| now + TimeDelta::days(days.into())),
            revoked_at: None,
        };
        let share = store::create(&tx, row).await?;
        let detail = json!({
            "system_id": system, "name": share.name, "version": share.version,
            "environment_id": share.environment_id, "expires_at": share.expires_at,
        });
        log(&tx, &scope, actor, now, ("scorecard.share.created", share.id), detail).await?;
        tx.commit().await?;
        Ok(CreatedShare { share, path: shared_path(&token), badge_path: shared_badge_path(&token), token })
    }

    /// Whether the system is the actor's and what the link would show exists.
    async fn check(&self, tx: &Tx, scope: &Scope, system: SystemId, new: &NewShare, now: DateTime<Utc>) -> Result<()> {
        let systems = Systems::new(self.platform);
        // Others who make a link wait here, so that the count below stays true.
        systems.lock(tx, scope, system).await?;
        if let Some(id) = new.environment_id
            && systems.target(tx, scope, id).await?.0.system_id != system
        {
            return Err(Error::not_found(EnvironmentId::WHAT));
        }
        if let Some(version) = &new.version
            && self.card(tx, scope, system, new.version.clone(), new.environment_id).await?.is_none()
        {
            return Err(Error::invalid(
                "/version",
                format!("There is no scorecard of the version {version} to share."),
            ));
        }
        if store::live(tx, scope, system, now).await? >= LIVE_MAX {
            return Err(Error::conflict(format!(
                "The system has {LIVE_MAX} share links; revoke one that is not needed."
            )));
        }
        Ok(())
    }

    /// The links to a system's scorecards, newest first, without their tokens. Needs `lab:read`.
    pub async fn list(&self, actor: &Actor, system: SystemId, page: &PageRequest) -> Result<Page<Share>> {
        let scope = actor.require(Permission::LabRead)?;
        let tx = self.platform.db.read(&scope).await?;
        Systems::new(self.platform).find(&tx, &scope, system).await?;
        store::list(&tx, &scope, system, page).await
    }

    /// Revokes a link: from now on it shows nothing. Needs `lab:share`.
    pub async fn revoke(&self, actor: &Actor, system: SystemId, id: ShareId) -> Result<()> {
        let scope = actor.require(Permission::LabShare)?;
        let now = self.platform.clock.now();
        let tx = self.platform.db.write(&scope).await?;
        let name = store::revoke(&tx, &scope, system, id, now).await?;
        let detail = json!({ "system_id": system, "name": name });
        log(&tx, &scope, actor, now, ("scorecard.share.revoked", id), detail).await?;
        tx.commit().await
    }

    /// The badge of a system's version. Needs `lab:read`.
    pub async fn badge(&self, actor: &Actor, system: SystemId, query: BadgeQuery) -> Result<Badge> {
        let scope = actor.require(Permission::LabRead)?;
        let tx = self.platform.db.read(&scope).await?;
        let subject = self.subject(&tx, &scope, system, query.version, query.environment_id).await?;
        Ok(subject.badge(query.show))
    }

    /// What the holder of a link sees. The token is the credential; there is no actor.
    ///
    /// # Errors
    /// Not found for a token that is unknown, has expired or was revoked.
    pub async fn open(&self, token: &str) -> Result<SharedScorecard> {
        let (row, scope, tx) = self.admit(token).await?;
        let environment = row.environment_id.map(Into::into);
        let subject = self.subject(&tx, &scope, row.system_id.into(), row.version, environment).await?;
        let stage = match subject.card.as_ref().and_then(|card| card.environment_id) {
            Some(id) => Some(Systems::new(self.platform).target(&tx, &scope, id).await?.0.kind.as_str().to_owned()),
            None => None,
        };
        let verdict = subject.verdict;
        let card = subject.card.map(|card| SharedCard::of(card, verdict));
        Ok(SharedScorecard { system: subject.name, stage, card })
    }

    /// The badge behind a link. The token is the credential; there is no actor.
    ///
    /// # Errors
    /// Not found for a token that is unknown, has expired or was revoked.
    pub async fn open_badge(&self, token: &str, shows: BadgeShows) -> Result<Badge> {
        let (row, scope, tx) = self.admit(token).await?;
        let environment = row.environment_id.map(Into::into);
        let subject = self.subject(&tx, &scope, row.system_id.into(), row.version, environment).await?;
        Ok(subject.badge(shows))
    }

    /// The link behind a token, the scope of whose it is, and a transaction there; links of suspended organisations show nothing. Only the row of the token is reached across tenants.
    async fn admit(&self, token: &str) -> Result<(shares::Model, Scope, Tx)> {
        let refused = || Error::not_found(ShareId::WHAT);
        if token.len() != 2 * TOKEN_BYTES || !token.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f')) {
            return Err(refused());
        }
        let now = self.platform.clock.now();
        let tx = self.platform.db.read_realm(Realm::Share).await?;
        let row = store::by_hash(&tx, &token_hash(token)).await?.ok_or_else(refused)?;
        if !Share::from(row.clone()).is_live(now) {
            return Err(refused());
        }
        let scope = Scope::of_tenant(row.tenant_id.into());
        drop(tx);
        let tx = self.platform.db.read(&scope).await?;
        tenants::admit(&tx, scope.tenant())
            .await
            .map_err(|error| if error.kind() == Kind::Suspended { refused() } else { error })?;
        Ok((row, scope, tx))
    }

    async fn subject(
        &self,
        tx: &Tx,
        scope: &Scope,
        system: SystemId,
        version: Option<String>,
        environment: Option<EnvironmentId>,
    ) -> Result<Subject> {
        let name = Systems::new(self.platform).find(tx, scope, system).await?.name;
        let card = self.card(tx, scope, system, version, environment).await?;
        let verdict = match card.as_ref().and_then(|card| Some((card.environment_id?, &card.version))) {
            Some((environment, version)) => Gates::new(self.platform).verdict(tx, scope, environment, version).await?,
            None => None,
        };
        Ok(Subject { name, card, verdict })
    }

    async fn card(
        &self,
        tx: &Tx,
        scope: &Scope,
        system: SystemId,
        version: Option<String>,
        environment_id: Option<EnvironmentId>,
    ) -> Result<Option<Scorecard>> {
        Lab::new(self.platform).newest(tx, scope, system, &ScorecardQuery { version, environment_id }).await
    }
}

impl Subject {
    fn badge(&self, shows: BadgeShows) -> Badge {
        let card = self.card.as_ref();
        let known = Known {
            version: card.map(|card| card.version.as_str()),
            score: card.and_then(|card| card.score),
            grade: card.and_then(|card| card.grade.as_deref()),
            verdict: self.verdict,
        };
        rules::badge(&self.name, known, shows)
    }
}

async fn log(
    tx: &Tx,
    scope: &Scope,
    actor: &Actor,
    now: DateTime<Utc>,
    (action, id): (&str, ShareId),
    detail: serde_json::Value,
) -> Result<()> {
    let change = Change { action, object: ShareId::WHAT, object_id: id.to_string(), detail, event: None };
    audit::record(tx, scope, actor, now, change).await
}
