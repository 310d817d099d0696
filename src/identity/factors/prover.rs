//! Whether what somebody shows is theirs.

use super::{
    messages::Purpose as CodePurpose,
    model::{FactorKind, Proof, bare_code},
    passkeys::{self, Origin, Question},
    recovery,
    service::{Factors, Person, asked, context},
    store::{self, second_factors},
    totp,
};
use crate::{
    Error, Result,
    access::Scope,
    identity::service::log,
    ids::UserId,
    platform::{Platform, db::Tx},
};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

/// What a proof is checked with.
pub(in crate::identity) struct Prover<'a> {
    pub(in crate::identity) platform: &'a Platform,
    pub(in crate::identity) person: &'a Person,
    pub(in crate::identity) question: Option<&'a Question>,
    pub(in crate::identity) origin: Option<&'a Origin>,
    /// What a code by text message has to have been sent for.
    pub(in crate::identity) code: CodePurpose<'a>,
}

impl Prover<'_> {
    /// Asks for a passkey or a security key of the person.
    pub(in crate::identity) async fn ask(&self, kind: FactorKind, origin: &Origin) -> Result<(Value, Question)> {
        let scope = Scope::of_tenant(self.person.tenant);
        let tx = self.platform.db.read(&scope).await?;
        let rows = asked(&tx, &scope, self.person.user).await?;
        let stored = Factors::new(self.platform).credentials(&rows)?;
        let stored: Vec<_> = stored.into_iter().map(|(_, stored)| stored).collect();
        passkeys::ask(origin, kind, &stored)
    }

    /// Whether the proof is the person's. What can be used once is used up.
    pub(in crate::identity) async fn accepts(&self, proof: &Proof) -> Result<bool> {
        let scope = Scope::of_tenant(self.person.tenant);
        let now = self.platform.clock.now();
        let tx = self.platform.db.write(&scope).await?;
        let rows = asked(&tx, &scope, self.person.user).await?;
        let accepted = match proof {
            Proof::Totp { code } => self.totp(&tx, &rows, &bare_code(code)?, now).await?,
            Proof::Sms { code } => self.message(&tx, &rows, &bare_code(code)?, now).await?,
            Proof::RecoveryCode { code } if !rows.is_empty() => {
                let used = store::use_code(&tx, &scope, self.person.user, &recovery::hash_of(code)?, now).await?;
                if used {
                    let what = ("recovery_code.used", UserId::WHAT, self.person.user.to_string());
                    log(&tx, &self.person.actor(), now, what, json!({})).await?;
                }
                used
            }
            Proof::RecoveryCode { .. } => false,
            Proof::WebAuthn { credential } => self.credential(&tx, &rows, credential, now).await?,
        };
        tx.commit().await?;
        Ok(accepted)
    }

    async fn totp(&self, tx: &Tx, rows: &[second_factors::Model], code: &str, now: DateTime<Utc>) -> Result<bool> {
        for row in rows.iter().filter(|row| row.kind == FactorKind::Totp.as_str()) {
            let secret = self.platform.secrets.open(&context(row.id), &row.record)?;
            if let Some(step) = totp::step_of(&secret, code, now.timestamp())? {
                return store::use_step(tx, row.id, step, now).await;
            }
        }
        Ok(false)
    }

    async fn message(&self, tx: &Tx, rows: &[second_factors::Model], code: &str, now: DateTime<Utc>) -> Result<bool> {
        let Some(row) = rows.iter().find(|row| row.kind == FactorKind::Sms.as_str()) else { return Ok(false) };
        let right = Factors::new(self.platform).right_code(tx, self.person, &self.code, code, now).await?;
        if right {
            store::used(tx, row.id, now).await?;
        }
        Ok(right)
    }

    async fn credential(
        &self,
        tx: &Tx,
        rows: &[second_factors::Model],
        answer: &Value,
        now: DateTime<Utc>,
    ) -> Result<bool> {
        let (Some(question), Some(origin)) = (self.question, self.origin) else {
            return Err(Error::invalid("/credential", "Ask for the options of a passkey or security key first."));
        };
        let (ids, mut stored): (Vec<_>, Vec<_>) = Factors::new(self.platform).credentials(rows)?.into_iter().unzip();
        let Some(place) = passkeys::answered(origin, question, answer, &mut stored)? else { return Ok(false) };
        let record = self.platform.secrets.seal(&context(ids[place]), &serde_json::to_vec(&stored[place])?)?;
        store::use_credential(tx, ids[place], record, now).await?;
        Ok(true)
    }
}
