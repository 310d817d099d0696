//! Adding a number, and sending and checking its codes.

use super::{
    codes,
    limits::{self, Subject},
    number::{Number, not_there},
};
use crate::{
    Error, Result,
    access::{Actor, Scope},
    identity::{
        factors::{
            model::{
                Factor, FactorKind, MessageOffer, SentCode, SignInPolicy, StartedMessages, bare_code, parse_factor_name,
            },
            passkeys::Origin,
            service::{Factors, Person, context, log_added},
            store::{self, second_factors},
        },
        service::log,
    },
    ids::FactorId,
    platform::{
        db::Tx,
        secrets::{random_bytes, token_hash},
        sms::Gateway,
    },
};
use chrono::{DateTime, Utc};
use serde_json::json;
use std::sync::Arc;

/// The least time between two messages to one number or one account, in milliseconds.
const GAP_MS: i64 = 30_000;
/// Most messages an hour to one number.
const NUMBER_PER_HOUR: usize = 5;
/// Most messages an hour of one account, whatever the numbers.
const ACCOUNT_PER_HOUR: usize = 10;

/// What a code is for. It is good for nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::identity) enum Purpose<'a> {
    /// The sign-in that waits under this secret.
    SignIn(&'a str),
    /// Confirming who sits there, in the session with this secret.
    Confirmation(&'a str),
    /// Adding this number.
    Factor(FactorId),
}

impl Purpose<'_> {
    fn hash(&self) -> String {
        token_hash(&match self {
            Self::SignIn(secret) => format!("code of sign-in {secret}"),
            Self::Confirmation(session) => format!("code of session {session}"),
            Self::Factor(id) => format!("code of factor {id}"),
        })
    }
}

impl Factors<'_> {
    fn gateway(&self) -> Result<Arc<dyn Gateway>> {
        let none = || Error::conflict("This hub sends no text messages. Whoever runs it can set SMS_GATEWAY.");
        self.platform.sms.clone().ok_or_else(none)
    }

    /// The kinds that count for the person, and whether a number may be added; `place` is where the browser sees the hub.
    pub(in crate::identity) async fn offer_of(
        &self,
        person: &Person,
        place: Option<&Origin>,
    ) -> Result<(Vec<FactorKind>, MessageOffer)> {
        let scope = Scope::of_tenant(person.tenant);
        let policy = store::policy(&self.platform.db.read(&scope).await?, &scope).await?;
        let offer = self.offer(&policy, place);
        Ok((policy.kinds.into_iter().collect(), offer))
    }

    /// Whether the actor may add a number. Needs `account:manage`.
    pub async fn messages(&self, actor: &Actor, place: Option<&Origin>) -> Result<MessageOffer> {
        Ok(self.offer_of(&self.own(actor)?, place).await?.1)
    }

    fn offer(&self, policy: &SignInPolicy, place: Option<&Origin>) -> MessageOffer {
        if self.platform.sms.is_none() {
            MessageOffer::NoGateway
        } else if policy.counts(FactorKind::Sms) && policy.has_stronger(place.is_some_and(Origin::takes_credentials)) {
            MessageOffer::Offered
        } else {
            MessageOffer::NotAllowed
        }
    }

    /// Begins to add a number, and sends it a code; it counts once the code was shown. Needs `account:manage`.
    ///
    /// # Errors
    /// Conflict where the hub has no gateway, the policy does not count messages, or nothing stronger could be added.
    pub async fn start_messages(
        &self,
        actor: &Actor,
        (number, name): (&str, &str),
        place: Option<&Origin>,
    ) -> Result<StartedMessages> {
        self.start_messages_of(&self.manager(actor)?, (number, name), place).await
    }

    pub(in crate::identity) async fn start_messages_of(
        &self,
        person: &Person,
        (number, name): (&str, &str),
        place: Option<&Origin>,
    ) -> Result<StartedMessages> {
        self.gateway()?;
        if self.offer_of(person, place).await?.1 != MessageOffer::Offered {
            let words = "Your organisation does not count codes by text message as a second factor.";
            return Err(Error::conflict(words));
        }
        let number = Number::parse(number, &self.platform.settings.sms_allowed_countries)?;
        let name = parse_factor_name(name, FactorKind::Sms)?;
        let scope = Scope::of_tenant(person.tenant);
        let tx = self.platform.db.write(&scope).await?;
        self.room_for_one(&tx, &scope, person.user).await?;
        store::remove_started(&tx, &scope, person.user).await?;
        let row = self.row(person, FactorKind::Sms, name, &serde_json::to_vec(&number)?)?;
        store::add_factor(&tx, row.clone()).await?;
        tx.commit().await?;
        let id = row.id.into();
        let sent = self.deliver(person, &row, &Purpose::Factor(id)).await;
        if sent.is_err() {
            // A number that nobody confirmed is not kept for nothing.
            let tx = self.platform.db.write(&scope).await?;
            store::remove_started(&tx, &scope, person.user).await?;
            tx.commit().await?;
        }
        Ok(StartedMessages { id, code: sent? })
    }

    /// Sends another code to a number that is being added; the one before counts no more. Needs `account:manage`.
    pub async fn send_again(&self, actor: &Actor, id: FactorId) -> Result<SentCode> {
        self.send_again_of(&self.manager(actor)?, id).await
    }

    pub(in crate::identity) async fn send_again_of(&self, person: &Person, id: FactorId) -> Result<SentCode> {
        let row = self.started_messages(person, id).await?;
        self.deliver(person, &row, &Purpose::Factor(id)).await
    }

    /// The number that is being added, as it is shown. Needs `account:manage`.
    pub async fn started_number(&self, actor: &Actor, id: FactorId) -> Result<String> {
        self.started_number_of(&self.manager(actor)?, id).await
    }

    pub(in crate::identity) async fn started_number_of(&self, person: &Person, id: FactorId) -> Result<String> {
        let row = self.started_messages(person, id).await?;
        super::masked(&self.platform.secrets.open(&context(row.id), &row.record)?)
    }

    async fn started_messages(&self, person: &Person, id: FactorId) -> Result<second_factors::Model> {
        let scope = Scope::of_tenant(person.tenant);
        let tx = self.platform.db.read(&scope).await?;
        store::started(&tx, &scope, person.user, (id, FactorKind::Sms)).await
    }

    /// Confirms a number by its code. It takes the place of the number before. Needs `account:manage`.
    pub async fn confirm_messages(&self, actor: &Actor, id: FactorId, code: &str) -> Result<Factor> {
        self.confirm_messages_of(&self.manager(actor)?, id, code).await
    }

    pub(in crate::identity) async fn confirm_messages_of(
        &self,
        person: &Person,
        id: FactorId,
        code: &str,
    ) -> Result<Factor> {
        let code = bare_code(code)?;
        let scope = Scope::of_tenant(person.tenant);
        let now = self.platform.clock.now();
        let tx = self.platform.db.write(&scope).await?;
        let row = store::started(&tx, &scope, person.user, (id, FactorKind::Sms)).await?;
        if !self.right_code(&tx, person, &Purpose::Factor(id), &code, now).await? {
            // The try counts.
            tx.commit().await?;
            let words = "This is not the code that was sent last, or it is over. After five tries ask for another one.";
            return Err(Error::invalid("/code", words));
        }
        for old in
            store::factors(&tx, &scope, person.user).await?.iter().filter(|row| row.kind == FactorKind::Sms.as_str())
        {
            store::remove_factor(&tx, &scope, person.user, old.id.into()).await?;
            let what = ("factor.removed", FactorId::WHAT, old.id.to_string());
            log(&tx, &person.actor(), now, what, json!({ "replaced_by": id })).await?;
        }
        store::confirm(&tx, row.id, 0, now).await?;
        log_added(&tx, person, now, &row).await?;
        tx.commit().await?;
        self.shown(row)
    }

    /// Sends a code to the person's number.
    pub(in crate::identity) async fn send_code(&self, person: &Person, purpose: &Purpose<'_>) -> Result<SentCode> {
        let scope = Scope::of_tenant(person.tenant);
        let rows = store::factors(&self.platform.db.read(&scope).await?, &scope, person.user).await?;
        let row = rows.into_iter().find(|row| row.kind == FactorKind::Sms.as_str());
        let none = || Error::conflict("The account has no number for text messages.");
        self.deliver(person, &row.ok_or_else(none)?, purpose).await
    }

    /// Makes a code, which voids the one before, and sends it.
    async fn deliver(&self, person: &Person, row: &second_factors::Model, purpose: &Purpose<'_>) -> Result<SentCode> {
        let gateway = self.gateway()?;
        let record = self.platform.secrets.open(&context(row.id), &row.record)?;
        let number: Number = serde_json::from_slice(&record)?;
        if !number.is_allowed(&self.platform.settings.sms_allowed_countries) {
            return Err(Error::conflict(not_there().message()));
        }
        limits::count(self.platform, self.subjects(person, &number)).await?;
        let (scope, now) = (Scope::of_tenant(person.tenant), self.platform.clock.now());
        let code = new_code();
        let id = uuid::Uuid::now_v7();
        let new = codes::New { id, purpose_hash: purpose.hash(), code_hash: self.code_hash(id, &code) };
        let tx = self.platform.db.write(&scope).await?;
        codes::put(&tx, &scope, person.user, new, now).await?;
        tx.commit().await?;
        // The organisation's name is left out: whoever may choose it would write to strangers in the hub's name.
        let text = format!(
            "{code} is your code for System Builder Hub. It is good once, for 10 minutes. Nobody asks you for it but the page where you sign in."
        );
        if let Err(why) = gateway.send(&number.e164, &text).await {
            let tx = self.platform.db.write(&scope).await?;
            codes::forget(&tx, &scope, person.user, now).await?;
            let what = ("factor.code_not_sent", FactorId::WHAT, row.id.to_string());
            log(&tx, &person.actor(), now, what, json!({ "why": why.code() })).await?;
            tx.commit().await?;
            return Err(why.into());
        }
        Ok(SentCode { number: super::masked(&record)?, expires_at: now + codes::LIFETIME })
    }

    fn subjects(&self, person: &Person, number: &Number) -> Vec<Subject> {
        let key = |what: &str, of: &str| self.platform.secrets.blind("text messages", &format!("{what} {of}"));
        let of_tenant = usize::try_from(self.platform.settings.sms_tenant_per_hour).unwrap_or(usize::MAX);
        vec![
            Subject { key: key("number", &number.e164), gap_ms: GAP_MS, per_hour: NUMBER_PER_HOUR },
            Subject { key: key("account", &person.user.to_string()), gap_ms: GAP_MS, per_hour: ACCOUNT_PER_HOUR },
            Subject { key: key("tenant", &person.tenant.to_string()), gap_ms: 0, per_hour: of_tenant },
        ]
    }

    /// What is stored of a code: its few digits would be guessed from a plain hash, so that it takes `SECRET_KEY` as well.
    fn code_hash(&self, id: uuid::Uuid, code: &str) -> String {
        self.platform.secrets.blind(&format!("code by text message {id}"), code)
    }

    /// Whether this is the code that was sent last, for this purpose. A right one is used up.
    pub(in crate::identity::factors) async fn right_code(
        &self,
        tx: &Tx,
        person: &Person,
        purpose: &Purpose<'_>,
        code: &str,
        now: DateTime<Utc>,
    ) -> Result<bool> {
        let scope = Scope::of_tenant(person.tenant);
        let Some(sent) = codes::attempt(tx, &scope, person.user, &purpose.hash(), now).await? else { return Ok(false) };
        Ok(sent.code_hash == self.code_hash(sent.id, code) && codes::use_up(tx, sent.id).await?)
    }
}

/// Six digits, each as likely as any: of 2^64 numbers the few that are left over do not count.
fn new_code() -> String {
    format!("{:06}", u64::from_le_bytes(random_bytes()) % 1_000_000)
}
