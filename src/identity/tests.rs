#![expect(clippy::unwrap_used, reason = "a test that can not be set up fails")]

use super::{Credentials, NewKey, NewMember, NewOwner, SessionRecord, has_key_form, rules::throttle_wait_ms};
use crate::{
    Kind,
    access::{Actor, Permission, Role},
    platform::testing::{PASSWORD, TestPlatform, on_each_database},
};
use chrono::TimeDelta;
use std::collections::BTreeSet;

fn owner(organisation: &str) -> NewOwner {
    NewOwner {
        organisation: organisation.to_owned(),
        email: format!("Ada@{organisation}.example"),
        name: String::new(),
        password: PASSWORD.to_owned(),
    }
}

fn credentials(email: &str, password: &str) -> Credentials {
    Credentials { email: email.to_owned(), password: password.to_owned() }
}

async fn member(test: &TestPlatform, owner: &Actor, email: &str, role: Role) -> Actor {
    let new = NewMember { email: email.to_owned(), name: String::new(), role, password: PASSWORD.to_owned() };
    let member = test.hub.identity().add_member(owner, new).await.unwrap();
    test.hub.identity().actor(member.id).await.unwrap().unwrap()
}

#[tokio::test]
async fn the_first_owner_is_made_once_even_when_several_try_at_once() {
    on_each_database(async |test| {
        assert!(test.hub.identity().is_first_run().await.unwrap());
        let tries = (0..4).map(|number| {
            let hub = test.hub.clone();
            async move { hub.identity().create_first_owner(owner(&format!("org{number}"))).await }
        });
        let made: Vec<_> = futures::future::join_all(tries).await;
        assert_eq!(made.iter().filter(|result| result.is_ok()).count(), 1);
        let refused = made.into_iter().find_map(Result::err).unwrap();
        assert_eq!(refused.kind(), Kind::Conflict);
        assert!(!test.hub.identity().is_first_run().await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn somebody_signs_in_by_any_spelling_of_their_address_and_only_with_their_password() {
    on_each_database(async |test| {
        let made = test.hub.identity().create_first_owner(owner("org")).await.unwrap();
        let identity = test.hub.identity();
        let back = identity.sign_in(&credentials(" ada@ORG.example", PASSWORD), "a").await.unwrap();
        assert_eq!(back, made);
        let wrong = identity.sign_in(&credentials("ada@org.example", "correct horse battery"), "a").await.unwrap_err();
        let unknown = identity.sign_in(&credentials("bob@org.example", PASSWORD), "a").await.unwrap_err();
        assert_eq!((wrong.kind(), wrong.message()), (unknown.kind(), unknown.message()), "neither half is given away");
    })
    .await;
}

#[tokio::test]
async fn repeated_failures_make_the_account_wait_and_time_lets_it_in_again() {
    on_each_database(async |test| {
        test.hub.identity().create_first_owner(owner("org")).await.unwrap();
        let identity = test.hub.identity();
        for attempt in 0..5 {
            let from = format!("address {attempt}");
            let wrong = identity.sign_in(&credentials("ada@org.example", "a wrong password"), &from).await.unwrap_err();
            assert_eq!(wrong.kind(), Kind::Unauthenticated, "attempt {attempt}");
        }
        let right = credentials("ada@org.example", PASSWORD);
        let waits = identity.sign_in(&right, "elsewhere").await.unwrap_err();
        assert_eq!((waits.kind(), waits.retry_after_s()), (Kind::TooMany, Some(1)));
        test.clock.advance(TimeDelta::seconds(1));
        identity.sign_in(&right, "elsewhere").await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn one_address_that_tries_many_accounts_waits_too() {
    on_each_database(async |test| {
        test.hub.identity().create_first_owner(owner("org")).await.unwrap();
        for attempt in 0..5 {
            let guess = credentials(&format!("guess{attempt}@org.example"), "a wrong password");
            test.hub.identity().sign_in(&guess, "one address").await.unwrap_err();
        }
        let right = credentials("ada@org.example", PASSWORD);
        let waits = test.hub.identity().sign_in(&right, "one address").await.unwrap_err();
        assert_eq!(waits.kind(), Kind::TooMany);
        test.hub.identity().sign_in(&right, "another address").await.unwrap();
    })
    .await;
}

#[test]
fn the_wait_doubles_up_to_a_quarter_of_an_hour() {
    let waits: Vec<_> = (1..=8).map(throttle_wait_ms).collect();
    assert_eq!(waits, [0, 0, 0, 0, 1_000, 2_000, 4_000, 8_000]);
    assert_eq!(throttle_wait_ms(1_000), 15 * 60 * 1_000);
}

#[tokio::test]
async fn a_key_acts_within_its_scopes_and_its_makers_role() {
    on_each_database(async |test| {
        let owner = test.owner().await;
        let admin = member(&test, &owner, "admin@ours.example", Role::Admin).await;
        let scopes: BTreeSet<_> = [Permission::SystemsRead, Permission::LabRun].into();
        let new = NewKey { name: "ci".to_owned(), scopes: scopes.clone(), expires_in_days: None };
        let key = test.hub.keys().create(&admin, new).await.unwrap();
        assert!(has_key_form(&key.secret));
        let actor = test.hub.keys().authenticate(&key.secret).await.unwrap();
        assert_eq!(actor.permissions(), &scopes);
        assert_eq!(actor.tenant(), owner.tenant());
        let refused = actor.require(Permission::SystemsWrite).unwrap_err();
        assert!(refused.message().contains("systems:write"));
    })
    .await;
}

#[tokio::test]
async fn nobody_makes_a_key_that_may_more_than_they_do() {
    on_each_database(async |test| {
        let owner = test.owner().await;
        let auditor = member(&test, &owner, "auditor@ours.example", Role::Auditor).await;
        let new = NewKey { name: "sly".to_owned(), scopes: [Permission::LabRun].into(), expires_in_days: None };
        let refused = test.hub.keys().create(&auditor, new).await.unwrap_err();
        assert_eq!(refused.fields()[0].pointer, "/scopes");
    })
    .await;
}

#[tokio::test]
async fn a_key_ends_by_expiry_and_by_revocation_and_is_stored_as_its_hash() {
    on_each_database(async |test| {
        let owner = test.owner().await;
        let keys = test.hub.keys();
        let new = |days| NewKey { name: "ci".to_owned(), scopes: [Permission::LabRead].into(), expires_in_days: days };
        let short = keys.create(&owner, new(Some(1))).await.unwrap();
        let long = keys.create(&owner, new(None)).await.unwrap();
        keys.authenticate(&short.secret).await.unwrap();
        test.clock.advance(TimeDelta::hours(24));
        assert_eq!(keys.authenticate(&short.secret).await.unwrap_err().kind(), Kind::Unauthenticated);
        keys.authenticate(&long.secret).await.unwrap();
        keys.revoke(&owner, long.key.id).await.unwrap();
        assert_eq!(keys.authenticate(&long.secret).await.unwrap_err().kind(), Kind::Unauthenticated);
        let listed = format!("{:?}", keys.list(&owner).await.unwrap());
        assert!(!listed.contains(&long.secret));
    })
    .await;
}

#[test]
fn a_mistyped_key_is_recognised_without_a_database() {
    let good = super::rules::with_checksum(&format!("sbh_{}", "0123456789abcdef".repeat(3)));
    assert!(has_key_form(&good));
    for at in 4..good.len() {
        let mut bad = good.clone().into_bytes();
        bad[at] = if bad[at] == b'0' { b'1' } else { b'0' };
        assert!(!has_key_form(&String::from_utf8(bad).unwrap()), "digit {at}");
    }
    for bad in ["", "sbh_", "sbh_é", &good[..good.len() - 1], &good.to_uppercase(), &format!("{good}0")] {
        assert!(!has_key_form(bad), "{bad:?}");
    }
}

#[tokio::test]
async fn another_tenants_keys_sessions_and_members_are_out_of_reach() {
    on_each_database(async |test| {
        let (ours, theirs) = (test.owner().await, test.other_owner().await);
        let new = NewKey { name: "ci".to_owned(), scopes: [Permission::LabRead].into(), expires_in_days: None };
        let key = test.hub.keys().create(&ours, new).await.unwrap();
        assert_eq!(test.hub.keys().revoke(&theirs, key.key.id).await.unwrap_err().kind(), Kind::NotFound);
        assert!(test.hub.keys().list(&theirs).await.unwrap().is_empty());
        let members = test.hub.identity().members(&theirs).await.unwrap();
        assert_eq!(members.iter().map(|member| member.id).collect::<Vec<_>>(), [theirs.user_id().unwrap()]);
    })
    .await;
}

#[tokio::test]
async fn sessions_are_listed_ended_and_swept() {
    on_each_database(async |test| {
        let owner = test.owner().await;
        let sessions = test.hub.sessions();
        let record = |hours| SessionRecord {
            owner: Some((owner.tenant(), owner.user_id().unwrap())),
            record: "{}".to_owned(),
            user_agent: Some("Firefox".to_owned()),
            expires_at: test.platform.clock.now() + TimeDelta::hours(hours),
        };
        sessions.save("first secret", record(1)).await.unwrap();
        sessions.save("second secret", record(12)).await.unwrap();
        let listed = sessions.list(&owner, Some("second secret")).await.unwrap();
        assert_eq!(listed.iter().map(|session| session.current).collect::<Vec<_>>(), [true, false]);
        let foreign = test.other_owner().await;
        assert_eq!(sessions.end(&foreign, listed[0].id).await.unwrap_err().kind(), Kind::NotFound);
        sessions.end(&owner, listed[0].id).await.unwrap();
        assert!(sessions.load("second secret").await.unwrap().is_none());
        test.clock.advance(TimeDelta::hours(2));
        assert!(sessions.load("first secret").await.unwrap().is_none(), "it has ended");
        assert_eq!(sessions.sweep().await.unwrap(), 1);
    })
    .await;
}

#[test]
fn each_role_holds_what_it_is_for() {
    let cases = [
        (Permission::SystemsRead, [true, true, true, true]),
        (Permission::SystemsWrite, [true, false, true, true]),
        (Permission::SystemsAllowPrivate, [false, false, true, true]),
        (Permission::GatesValidate, [true, false, true, true]),
        (Permission::EvidenceCreate, [true, true, true, true]),
        (Permission::AuditRead, [false, true, true, true]),
        (Permission::MembersManage, [false, false, true, true]),
    ];
    for (permission, expected) in cases {
        let held = Role::ALL.map(|role| role.permissions().contains(&permission));
        assert_eq!(held, expected, "{permission}: member, auditor, admin, owner");
    }
}

#[test]
fn wrong_accounts_name_every_field() {
    let wrong = NewOwner {
        organisation: " ".to_owned(),
        email: "no address".to_owned(),
        name: "two\nlines".to_owned(),
        password: "short".to_owned(),
    };
    let error = wrong.parse().unwrap_err();
    let pointers: Vec<_> = error.fields().iter().map(|field| field.pointer.as_str()).collect();
    assert_eq!(pointers, ["/organisation", "/email", "/name", "/password"]);
}
