//! Making, listing and handing out evidence packs.

use super::{
    model::{EvidencePacket, EvidenceQuery, NewEvidence, PublicKeyView},
    pack::{Records, contents, seal},
    store,
};
use crate::{
    Error, Result,
    access::{Actor, Permission, Scope},
    audit::{self, Audit, Change},
    gates::{Gates, Validation},
    identity::Identity,
    ids::EvidenceId,
    lab::Lab,
    page::Page,
    platform::{Platform, db::Tx, persons::Pseudonyms, signing},
    systems::Systems,
    tenants::quotas::{self, QuotaKind},
};
use serde_json::json;

/// The evidence of the actor's tenant.
pub struct Compliance<'a> {
    platform: &'a Platform,
}

impl<'a> Compliance<'a> {
    pub(crate) fn new(platform: &'a Platform) -> Self {
        Self { platform }
    }

    /// Makes a signed pack of a finished validation. Needs `evidence:create` and `gates:read`.
    ///
    /// # Errors
    /// Conflict when the validation has no verdict yet; quota where the storage has no room for it.
    pub async fn create(&self, actor: &Actor, new: NewEvidence) -> Result<EvidencePacket> {
        let scope = actor.require(Permission::EvidenceCreate)?;
        if !self.platform.settings.compliance_evidence {
            return Err(Error::unavailable("Evidence is switched off (FEATURE_COMPLIANCE_EVIDENCE=false)."));
        }
        let validation = Gates::new(self.platform).validation(actor, new.validation_id).await?;
        validation.report()?;
        let organisation = Identity::new(self.platform).organisation(actor).await?;
        let now = self.platform.clock.now();
        let tx = self.platform.db.write(&scope).await?;
        quotas::take(&tx, &scope, now, QuotaKind::Storage, 0).await?;
        let key = signing::current(&tx, &scope, &self.platform.secrets, now).await?;
        let records = self.records(&tx, &scope, actor, (new, organisation), validation).await?;
        let (version, system_id) = (records.validation.version.clone(), records.system.id);
        let key_id = key.public_key().key_id().to_string();
        let written = contents(records, key_id.clone())?;
        let pseudonyms = Pseudonyms::of(&tx, &scope, now, written.texts()).await?;
        let (bytes, contents) = seal(written.pseudonymous(&pseudonyms), &key)?;
        let size = bytes.len() as u64;
        quotas::take(&tx, &scope, now, QuotaKind::Storage, size).await?;
        let sha256 = self.platform.evidence.put(&scope, bytes).await?;
        let packet = EvidencePacket {
            id: EvidenceId::generate(),
            scope: new.scope,
            system_id,
            version,
            validation_id: new.validation_id,
            sha256,
            size,
            key_id,
            contents,
            created_by: actor.label(),
            created_at: now,
        };
        store::add(&tx, &scope, &packet).await?;
        let change = Change {
            action: "evidence.created",
            object: EvidenceId::WHAT,
            object_id: packet.id.to_string(),
            detail: json!({
                "scope": packet.scope, "validation_id": packet.validation_id, "sha256": packet.sha256, "key_id": packet.key_id,
            }),
            event: Some("evidence.created"),
        };
        audit::record(&tx, &scope, actor, now, change).await?;
        tx.commit().await?;
        self.platform.metrics.evidence_packets.with_label_values(&[packet.scope.as_str()]).inc();
        Ok(packet)
    }

    async fn records(
        &self,
        tx: &Tx,
        scope: &Scope,
        actor: &Actor,
        (new, organisation): (NewEvidence, String),
        validation: Validation,
    ) -> Result<Records> {
        let systems = Systems::new(self.platform);
        let system = systems.find(tx, scope, validation.system_id).await?;
        let (environment, _) = systems.target(tx, scope, validation.environment_id).await?;
        let inputs = validation.inputs.clone().ok_or_else(|| Error::conflict("The validation has no inputs."))?;
        let report = validation.report()?.clone();
        let measured = match &inputs.scorecard {
            Some(card) => Some(Lab::new(self.platform).record_of(tx, scope, card.benchmark_id).await?),
            None => None,
        };
        let mut about = vec![system.id.to_string(), environment.id.to_string(), validation.id.to_string()];
        about.extend(inputs.scorecard.as_ref().map(|card| card.benchmark_id.to_string()));
        about.extend(inputs.policy.as_ref().map(|policy| policy.id.to_string()));
        about.extend(inputs.golden_paths.iter().map(|path| path.id.to_string()));
        Ok(Records {
            scope: new.scope,
            organisation,
            system,
            environment: format!("{} ({})", environment.name, environment.base_url),
            inputs,
            report,
            measured,
            trail: Audit::new(self.platform).trail(tx, scope, &about).await?,
            made_by: actor.label(),
            made_at: self.platform.clock.now(),
            validation,
        })
    }

    /// Packs, newest first. Needs `evidence:read`.
    pub async fn list(&self, actor: &Actor, query: &EvidenceQuery) -> Result<Page<EvidencePacket>> {
        let scope = actor.require(Permission::EvidenceRead)?;
        store::list(&self.platform.db.read(&scope).await?, &scope, query).await
    }

    /// A pack. Needs `evidence:read`.
    pub async fn get(&self, actor: &Actor, id: EvidenceId) -> Result<EvidencePacket> {
        let scope = actor.require(Permission::EvidenceRead)?;
        store::find(&self.platform.db.read(&scope).await?, &scope, id).await
    }

    /// A pack's file. Needs `evidence:read`; the download is logged.
    pub async fn download(&self, actor: &Actor, id: EvidenceId) -> Result<(EvidencePacket, Vec<u8>)> {
        let scope = actor.require(Permission::EvidenceRead)?;
        let tx = self.platform.db.write(&scope).await?;
        let packet = store::find(&tx, &scope, id).await?;
        let bytes = self.platform.evidence.get(&scope, &packet.sha256).await?;
        let change = Change {
            action: "evidence.downloaded",
            object: EvidenceId::WHAT,
            object_id: id.to_string(),
            detail: json!({ "sha256": packet.sha256 }),
            event: None,
        };
        audit::record(&tx, &scope, actor, self.platform.clock.now(), change).await?;
        tx.commit().await?;
        Ok((packet, bytes))
    }

    /// The public keys that packs and checkpoints verify with, newest first; one is made if there is none. Needs
    /// `evidence:read`.
    pub async fn public_keys(&self, actor: &Actor) -> Result<Vec<PublicKeyView>> {
        let scope = actor.require(Permission::EvidenceRead)?;
        let tx = self.platform.db.write(&scope).await?;
        signing::current(&tx, &scope, &self.platform.secrets, self.platform.clock.now()).await?;
        let keys = signing::published(&tx, &scope).await?;
        tx.commit().await?;
        let view = |key: signing::PublishedKey| PublicKeyView {
            key_id: key.key_id,
            pem: key.pem,
            created_at: key.created_at,
            retired_at: key.retired_at,
        };
        Ok(keys.into_iter().map(view).collect())
    }
}
