//! Codes by text message, for a sign-in that waits and for confirming who sits there.

use super::{
    factors::{
        CodePurpose, FactorKind, Factors, MessageOffer, Needed, Origin, Person, SentCode, StartedMessages, has_stronger,
    },
    pending,
    service::Identity,
};
use crate::{Error, Result, access::Actor, ids::FactorId};

impl Identity<'_> {
    /// Sends a code for a sign-in that waits; the one before counts no more.
    ///
    /// # Errors
    /// Conflict where the sign-in does not ask for one; too many before the next one may be sent.
    pub async fn send_code(&self, secret: &str) -> Result<SentCode> {
        let kept = self.kept(secret).await?;
        if !matches!(&kept.record.needs, Needed::Factor(kinds) if kinds.contains(&FactorKind::Sms)) {
            return Err(Error::conflict("This sign-in asks for no code by text message."));
        }
        let person = Person::of(&self.waiting(&kept).await?)?;
        Factors::new(self.platform).send_code(&person, &CodePurpose::SignIn(secret)).await
    }

    /// Sends a code to confirm who sits there, in the session with this secret. Needs `account:manage`.
    ///
    /// # Errors
    /// Conflict where the account has something stronger to confirm with.
    pub async fn send_confirmation(&self, actor: &Actor, session: Option<&str>) -> Result<SentCode> {
        let person = self.person_of(actor).await?;
        self.only_messages(&person).await?;
        let purpose = CodePurpose::Confirmation(session.unwrap_or_default());
        Factors::new(self.platform).send_code(&person, &purpose).await
    }

    /// Refuses a text message as the confirmation of somebody who has something stronger.
    pub(super) async fn only_messages(&self, person: &Person) -> Result<()> {
        if has_stronger(self.platform, person).await? {
            let words = "Confirm with your app, passkey or security key: a text message confirms nothing where one of them is there.";
            return Err(Error::conflict(words));
        }
        Ok(())
    }

    /// What a waiting sign-in may add: the kinds that count, and whether a number for text messages may be among them.
    pub async fn enrolling_offer(
        &self,
        secret: &str,
        place: Option<&Origin>,
    ) -> Result<(Vec<FactorKind>, MessageOffer)> {
        let (_, user) = self.enrolling(secret).await?;
        Factors::new(self.platform).offer_of(&Person::of(&user)?, place).await
    }

    /// Begins to add the number that a waiting sign-in needs, and sends it a code.
    pub async fn enrol_messages(&self, secret: &str, number: &str, place: Option<&Origin>) -> Result<StartedMessages> {
        let (_, user) = self.enrolling(secret).await?;
        Factors::new(self.platform).start_messages_of(&Person::of(&user)?, (number, ""), place).await
    }

    /// Sends another code to the number.
    pub async fn enrol_messages_again(&self, secret: &str, id: FactorId) -> Result<SentCode> {
        let (_, user) = self.enrolling(secret).await?;
        Factors::new(self.platform).send_again_of(&Person::of(&user)?, id).await
    }

    /// The number that was begun in a waiting sign-in, as it is shown.
    pub async fn enrolling_number(&self, secret: &str, id: FactorId) -> Result<String> {
        let (_, user) = self.enrolling(secret).await?;
        Factors::new(self.platform).started_number_of(&Person::of(&user)?, id).await
    }

    /// Confirms the number, which makes the sign-in whole.
    pub async fn enrolled_messages(&self, secret: &str, id: FactorId, code: &str) -> Result<Actor> {
        let (kept, user) = self.enrolling(secret).await?;
        Factors::new(self.platform).confirm_messages_of(&Person::of(&user)?, id, code).await?;
        pending::finish(self.platform, &kept).await?;
        self.signed_in(&user, kept.record.provider.as_deref()).await
    }
}
