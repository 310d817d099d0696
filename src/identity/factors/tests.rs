#![expect(clippy::unwrap_used, reason = "a test that can not be set up fails")]

use super::{Needed, Proof, SignInPolicy, totp::testing};
use crate::{
    Kind,
    access::{Actor, Role},
    identity::{Confirmation, Credentials, FactorKind, NewMember, PendingSignIn, SignIn},
    platform::testing::{PASSWORD, TestPlatform, on_each_database},
};
use chrono::TimeDelta;

const ADA: &str = "ada@ours.example";

impl TestPlatform {
    async fn ada(&self) -> Actor {
        let owner = self.owner().await.verified(self.platform.clock.now());
        let new = NewMember { email: ADA.into(), name: "Ada".into(), role: Role::Member, password: PASSWORD.into() };
        let member = self.hub.identity().add_member(&owner, new).await.unwrap();
        let ada = self.hub.identity().actor(member.id).await.unwrap().unwrap();
        ada.verified(self.platform.clock.now())
    }

    /// The secret of an app that was added.
    async fn app_of(&self, actor: &Actor) -> Vec<u8> {
        let started = self.hub.factors().start_totp(actor, "Phone").await.unwrap();
        let secret = testing::secret(&started.secret);
        self.hub.factors().confirm_totp(actor, started.id, &self.code(&secret)).await.unwrap();
        self.clock.advance(TimeDelta::seconds(30));
        secret
    }

    fn code(&self, secret: &[u8]) -> String {
        testing::code(secret, self.platform.clock.now().timestamp())
    }

    async fn signs_in(&self, device: Option<&str>) -> SignIn {
        let credentials = Credentials { email: ADA.into(), password: PASSWORD.into() };
        self.hub.identity().sign_in(&credentials, "here", device).await.unwrap()
    }

    async fn waits(&self) -> PendingSignIn {
        match self.signs_in(None).await {
            SignIn::Pending(pending) => pending,
            SignIn::Whole(_) => panic!("a second factor is needed"),
        }
    }
}

fn totp(code: String) -> Proof {
    Proof::Totp { code }
}

#[tokio::test]
async fn an_app_counts_once_its_code_was_confirmed_and_is_asked_for_then() {
    on_each_database(async |test| {
        let ada = test.ada().await;
        let started = test.hub.factors().start_totp(&ada, "").await.unwrap();
        assert!(started.url.starts_with("otpauth://totp/") && started.url.contains(&started.secret), "{}", started.url);
        assert!(matches!(test.signs_in(None).await, SignIn::Whole(_)), "not before it is confirmed");
        let wrong = test.hub.factors().confirm_totp(&ada, started.id, "000 000").await.unwrap_err();
        assert_eq!(wrong.fields()[0].pointer, "/code");
        let secret = testing::secret(&started.secret);
        let factor = test.hub.factors().confirm_totp(&ada, started.id, &test.code(&secret)).await.unwrap();
        assert_eq!((factor.kind, factor.name.as_str()), (FactorKind::Totp, "Authenticator app"));
        let waiting = test.waits().await;
        assert_eq!(waiting.needs, Needed::Factor(vec![FactorKind::Totp]));
        let identity = test.hub.identity();
        let used = identity.prove(&waiting.secret, &totp(test.code(&secret)), None, None).await.unwrap_err();
        assert_eq!(used.kind(), Kind::Unauthenticated, "the code that confirmed it is used up");
        test.clock.advance(TimeDelta::seconds(30));
        let proven = identity.prove(&waiting.secret, &totp(test.code(&secret)), None, None).await.unwrap();
        assert_eq!(proven.actor.user_id(), ada.user_id());
        assert!(identity.pending(&waiting.secret).await.is_err(), "it is over");
    })
    .await;
}

#[tokio::test]
async fn one_of_a_hundred_uses_of_a_code_at_once_succeeds() {
    on_each_database(async |test| {
        let secret = test.app_of(&test.ada().await).await;
        let code = test.code(&secret);
        let mut waiting = Vec::new();
        for _ in 0..100 {
            waiting.push(test.waits().await.secret);
        }
        let uses = waiting.iter().map(|waiting| {
            let (hub, proof) = (test.hub.clone(), totp(code.clone()));
            async move { hub.identity().prove(waiting, &proof, None, None).await }
        });
        let outcomes = futures::future::join_all(uses).await;
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
        for refused in outcomes.into_iter().filter_map(Result::err) {
            assert!(matches!(refused.kind(), Kind::Unauthenticated | Kind::TooMany), "{refused:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_waiting_sign_in_is_tried_five_times_and_waits_ten_minutes() {
    on_each_database(async |test| {
        let secret = test.app_of(&test.ada().await).await;
        let identity = test.hub.identity();
        let waiting = test.waits().await;
        for _ in 0..5 {
            identity.prove(&waiting.secret, &totp("000000".into()), None, None).await.unwrap_err();
        }
        test.clock.advance(TimeDelta::minutes(1));
        let right = totp(test.code(&secret));
        let over = identity.prove(&waiting.secret, &right, None, None).await.unwrap_err();
        assert_eq!(over.kind(), Kind::Unauthenticated);
        let waiting = test.waits().await;
        test.clock.advance(TimeDelta::minutes(11));
        let right = totp(test.code(&secret));
        assert!(identity.prove(&waiting.secret, &right, None, None).await.is_err());
        assert!(identity.sweep_pending().await.unwrap() >= 2);
        identity.prove(&test.waits().await.secret, &right, None, None).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn guessing_codes_slows_down_across_sign_ins() {
    on_each_database(async |test| {
        test.app_of(&test.ada().await).await;
        let mut slowed = false;
        for _ in 0..8 {
            let waiting = test.waits().await;
            let guess = test.hub.identity().prove(&waiting.secret, &totp("123456".into()), None, None).await;
            slowed |= guess.unwrap_err().kind() == Kind::TooMany;
        }
        assert!(slowed);
    })
    .await;
}

#[tokio::test]
async fn a_recovery_code_signs_in_once_and_needs_a_factor_to_stand_for() {
    on_each_database(async |test| {
        let ada = test.ada().await;
        let factors = test.hub.factors();
        assert_eq!(factors.make_recovery_codes(&ada).await.unwrap_err().kind(), Kind::Conflict);
        test.app_of(&ada).await;
        let old = factors.make_recovery_codes(&ada).await.unwrap().codes;
        let codes = factors.make_recovery_codes(&ada).await.unwrap().codes;
        let use_of = async |code: &str| {
            let proof = Proof::RecoveryCode { code: code.to_uppercase().replace('-', " ") };
            test.hub.identity().prove(&test.waits().await.secret, &proof, None, None).await
        };
        assert!(use_of(&old[0]).await.is_err(), "the new ones are in the place of the old");
        use_of(&codes[0]).await.unwrap();
        assert!(use_of(&codes[0]).await.is_err(), "once");
        assert_eq!(factors.recovery(&ada).await.unwrap().left, 9);
    })
    .await;
}

#[tokio::test]
async fn a_remembered_browser_is_not_asked_until_it_ends_or_is_forgotten() {
    on_each_database(async |test| {
        let ada = test.ada().await;
        let secret = test.app_of(&ada).await;
        let right = totp(test.code(&secret));
        let proven =
            test.hub.identity().prove(&test.waits().await.secret, &right, None, Some("Firefox")).await.unwrap();
        let (device, days) = proven.device.unwrap();
        assert_eq!(days, 30);
        assert!(matches!(test.signs_in(Some(&device)).await, SignIn::Whole(_)));
        assert!(matches!(test.signs_in(Some("another")).await, SignIn::Pending(_)));
        test.clock.advance(TimeDelta::days(31));
        assert!(matches!(test.signs_in(Some(&device)).await, SignIn::Pending(_)), "it has ended");
        let right = totp(test.code(&secret));
        let proven = test.hub.identity().prove(&test.waits().await.secret, &right, None, Some("Fox")).await.unwrap();
        let (device, _) = proven.device.unwrap();
        let known = test.hub.factors().devices(&ada).await.unwrap();
        assert_eq!(known.len(), 1);
        let foreign = test.other_owner().await;
        assert_eq!(test.hub.factors().forget(&foreign, known[0].id).await.unwrap_err().kind(), Kind::NotFound);
        test.hub.factors().forget(&ada, known[0].id).await.unwrap();
        assert!(matches!(test.signs_in(Some(&device)).await, SignIn::Pending(_)), "it is forgotten");
    })
    .await;
}

#[tokio::test]
async fn a_policy_leads_those_without_a_factor_through_adding_one() {
    on_each_database(async |test| {
        let ada = test.ada().await;
        let owner = test.owner().await.verified(test.platform.clock.now());
        let policy = SignInPolicy { second_factor: [Role::Member].into(), remember_days: 0, ..SignInPolicy::default() };
        assert_eq!(test.hub.factors().set_policy(&ada, policy.clone()).await.unwrap_err().kind(), Kind::Forbidden);
        test.hub.factors().set_policy(&owner, policy).await.unwrap();
        let waiting = test.waits().await;
        assert_eq!(waiting.needs, Needed::Enrolment);
        let identity = test.hub.identity();
        let none = identity.prove(&waiting.secret, &totp("000000".into()), None, None).await.unwrap_err();
        assert_eq!(none.kind(), Kind::Conflict);
        let started = identity.enrol_totp(&waiting.secret, "").await.unwrap();
        let secret = testing::secret(&started.secret);
        let actor = identity.enrolled_totp(&waiting.secret, started.id, &test.code(&secret)).await.unwrap();
        assert_eq!(actor.user_id(), ada.user_id());
        let factor = test.hub.factors().list(&actor).await.unwrap()[0].id;
        let last = test.hub.factors().remove(&actor, factor).await.unwrap_err();
        assert_eq!(last.kind(), Kind::Conflict, "the role needs one");
        let waiting = test.waits().await;
        assert!(identity.enrol_totp(&waiting.secret, "").await.is_err(), "who has one shows it");
        test.clock.advance(TimeDelta::seconds(30));
        let proven = identity.prove(&waiting.secret, &totp(test.code(&secret)), None, Some("Fox")).await.unwrap();
        assert_eq!(proven.device, None, "the policy remembers none");
    })
    .await;
}

#[tokio::test]
async fn changing_how_somebody_signs_in_asks_that_they_confirmed_it_lately() {
    on_each_database(async |test| {
        let ada = test.ada().await;
        test.clock.advance(TimeDelta::minutes(15));
        let identity = test.hub.identity();
        assert_eq!(test.hub.factors().start_totp(&ada, "").await.unwrap_err().kind(), Kind::Unconfirmed);
        let wrong =
            identity.confirm(&ada, &Confirmation::Password("wrong password".into()), None, None).await.unwrap_err();
        assert_eq!(wrong.fields()[0].pointer, "/password");
        let at = identity.confirm(&ada, &Confirmation::Password(PASSWORD.into()), None, None).await.unwrap();
        let ada = ada.verified(at);
        let secret = test.app_of(&ada).await;
        let weaker = identity.confirm(&ada, &Confirmation::Password(PASSWORD.into()), None, None).await.unwrap_err();
        assert_eq!(weaker.kind(), Kind::Invalid, "a factor that is there is what confirms");
        identity.confirm(&ada, &Confirmation::Factor(totp(test.code(&secret))), None, None).await.unwrap();
        let again =
            identity.confirm(&ada, &Confirmation::Factor(totp(test.code(&secret))), None, None).await.unwrap_err();
        assert_eq!(again.fields()[0].pointer, "/code", "a code counts once");
    })
    .await;
}
