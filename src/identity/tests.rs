#![expect(clippy::unwrap_used, reason = "a test that can not be set up fails")]

use super::{
    AcceptInvitation, Credentials, MemberChange, NewInvitation, NewKey, NewMember, NewOwner, NewPassword, Rotation,
    SessionRecord, has_key_form, rules::throttle_wait_ms,
};
use crate::{
    Kind,
    access::{Actor, Permission, Role},
    page::PageRequest,
    platform::testing::{PASSWORD, TestPlatform, on_each_database},
};
use chrono::TimeDelta;
use std::{
    collections::BTreeSet,
    net::{IpAddr, Ipv4Addr},
};

/// Where requests of these tests come from.
const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

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
    test.hub.identity().actor(member.id).await.unwrap().unwrap().verified(test.platform.clock.now())
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
        let back =
            identity.sign_in(&credentials(" ada@ORG.example", PASSWORD), "a", None).await.unwrap().whole().unwrap();
        assert_eq!(back, made);
        let wrong =
            identity.sign_in(&credentials("ada@org.example", "correct horse battery"), "a", None).await.unwrap_err();
        let unknown = identity.sign_in(&credentials("bob@org.example", PASSWORD), "a", None).await.unwrap_err();
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
            let wrong =
                identity.sign_in(&credentials("ada@org.example", "a wrong password"), &from, None).await.unwrap_err();
            assert_eq!(wrong.kind(), Kind::Unauthenticated, "attempt {attempt}");
        }
        let right = credentials("ada@org.example", PASSWORD);
        let waits = identity.sign_in(&right, "elsewhere", None).await.unwrap_err();
        assert_eq!((waits.kind(), waits.retry_after_s()), (Kind::TooMany, Some(1)));
        test.clock.advance(TimeDelta::seconds(1));
        identity.sign_in(&right, "elsewhere", None).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn one_address_that_tries_many_accounts_waits_too() {
    on_each_database(async |test| {
        test.hub.identity().create_first_owner(owner("org")).await.unwrap();
        for attempt in 0..5 {
            let guess = credentials(&format!("guess{attempt}@org.example"), "a wrong password");
            test.hub.identity().sign_in(&guess, "one address", None).await.unwrap_err();
        }
        let right = credentials("ada@org.example", PASSWORD);
        let waits = test.hub.identity().sign_in(&right, "one address", None).await.unwrap_err();
        assert_eq!(waits.kind(), Kind::TooMany);
        test.hub.identity().sign_in(&right, "another address", None).await.unwrap();
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
        let new = NewKey { name: "ci".to_owned(), scopes: scopes.clone(), expires_in_days: None, networks: Vec::new() };
        let key = test.hub.keys().create(&admin, new).await.unwrap();
        assert!(has_key_form(&key.secret));
        let actor = test.hub.keys().authenticate(&key.secret, HERE).await.unwrap();
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
        let new = NewKey {
            name: "sly".to_owned(),
            scopes: [Permission::LabRun].into(),
            expires_in_days: None,
            networks: Vec::new(),
        };
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
        let new = |days| NewKey {
            name: "ci".to_owned(),
            scopes: [Permission::LabRead].into(),
            expires_in_days: days,
            networks: Vec::new(),
        };
        let short = keys.create(&owner, new(Some(1))).await.unwrap();
        let long = keys.create(&owner, new(None)).await.unwrap();
        keys.authenticate(&short.secret, HERE).await.unwrap();
        test.clock.advance(TimeDelta::hours(24));
        assert_eq!(keys.authenticate(&short.secret, HERE).await.unwrap_err().kind(), Kind::Unauthenticated);
        keys.authenticate(&long.secret, HERE).await.unwrap();
        keys.revoke(&owner, long.key.id).await.unwrap();
        assert_eq!(keys.authenticate(&long.secret, HERE).await.unwrap_err().kind(), Kind::Unauthenticated);
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
        let new = NewKey {
            name: "ci".to_owned(),
            scopes: [Permission::LabRead].into(),
            expires_in_days: None,
            networks: Vec::new(),
        };
        let key = test.hub.keys().create(&ours, new).await.unwrap();
        assert_eq!(test.hub.keys().revoke(&theirs, key.key.id).await.unwrap_err().kind(), Kind::NotFound);
        assert!(test.hub.keys().list(&theirs).await.unwrap().is_empty());
        let members = test.hub.identity().members(&theirs, &PageRequest::default()).await.unwrap().items;
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
            provider: None,
            record: "{}".to_owned(),
            user_agent: Some("Firefox".to_owned()),
            expires_at: test.platform.clock.now() + TimeDelta::hours(hours),
        };
        sessions.create("first secret", record(1)).await.unwrap();
        sessions.create("second secret", record(12)).await.unwrap();
        let listed = sessions.list(&owner, Some("second secret")).await.unwrap();
        assert_eq!(listed.iter().map(|session| session.current).collect::<Vec<_>>(), [true, false]);
        let foreign = test.other_owner().await;
        assert_eq!(sessions.end(&foreign, listed[0].id).await.unwrap_err().kind(), Kind::NotFound);
        sessions.end(&owner, listed[0].id).await.unwrap();
        assert!(sessions.load("second secret").await.unwrap().is_none());
        sessions.save("second secret", record(12)).await.unwrap();
        assert!(sessions.load("second secret").await.unwrap().is_none(), "a request under way does not bring it back");
        test.clock.advance(TimeDelta::hours(2));
        assert!(sessions.load("first secret").await.unwrap().is_none(), "it has ended");
        assert_eq!(sessions.sweep().await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_session_ends_after_thirty_days_however_much_it_is_used() {
    on_each_database(async |test| {
        let owner = test.owner().await;
        let sessions = test.hub.sessions();
        let record = || SessionRecord {
            owner: Some((owner.tenant(), owner.user_id().unwrap())),
            provider: None,
            record: "{}".to_owned(),
            user_agent: None,
            expires_at: test.platform.clock.now() + TimeDelta::hours(12),
        };
        sessions.create("a secret", record()).await.unwrap();
        for _ in 0..29 {
            test.clock.advance(TimeDelta::days(1));
            sessions.save("a secret", record()).await.unwrap();
            assert!(sessions.load("a secret").await.unwrap().is_some());
        }
        test.clock.advance(TimeDelta::days(1));
        sessions.save("a secret", record()).await.unwrap();
        assert!(sessions.load("a secret").await.unwrap().is_none());
        assert!(sessions.list(&owner, None).await.unwrap().is_empty());
        test.clock.advance(TimeDelta::seconds(1));
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

#[tokio::test]
async fn a_membership_that_ends_takes_sessions_and_keys_with_it() {
    on_each_database(async |test| {
        let owner = test.owner().await;
        let ada = member(&test, &owner, "ada@ours.example", Role::Member).await;
        let id = ada.user_id().unwrap();
        let new = NewKey {
            name: "ci".to_owned(),
            scopes: [Permission::LabRead, Permission::AccountManage].into(),
            expires_in_days: None,
            networks: Vec::new(),
        };
        let key = test.hub.keys().create(&ada, new.clone()).await.unwrap();
        let program = test.hub.keys().authenticate(&key.secret, HERE).await.unwrap();
        let of_key = test.hub.keys().create(&program, new).await.unwrap();
        test.hub.keys().authenticate(&of_key.secret, HERE).await.unwrap();
        let record = SessionRecord {
            owner: Some((ada.tenant(), id)),
            provider: None,
            record: "{}".to_owned(),
            user_agent: None,
            expires_at: test.platform.clock.now() + TimeDelta::hours(1),
        };
        test.hub.sessions().create("ada's secret", record).await.unwrap();
        let identity = test.hub.identity();
        let end = MemberChange { role: None, active: Some(false) };
        let stranger = test.other_owner().await;
        assert_eq!(identity.change_member(&stranger, id, end).await.unwrap_err().kind(), Kind::NotFound);
        let ended = identity.change_member(&owner, id, end).await.unwrap();
        assert!(ended.disabled_at.is_some());
        assert!(identity.actor(id).await.unwrap().is_none());
        assert!(test.hub.sessions().load("ada's secret").await.unwrap().is_none());
        assert!(test.hub.keys().authenticate(&key.secret, HERE).await.is_err());
        assert!(identity.sign_in(&credentials("ada@ours.example", PASSWORD), "a", None).await.is_err());
        identity.change_member(&owner, id, MemberChange { role: None, active: Some(true) }).await.unwrap();
        identity.sign_in(&credentials("ada@ours.example", PASSWORD), "a", None).await.unwrap();
        for key in [&key, &of_key] {
            let ended = test.hub.keys().authenticate(&key.secret, HERE).await;
            assert!(ended.is_err(), "keys that ended stay ended, and those that they made");
        }
    })
    .await;
}

#[tokio::test]
async fn roles_change_but_nobody_changes_their_own_or_the_owners() {
    on_each_database(async |test| {
        let owner = test.owner().await;
        let ada = member(&test, &owner, "ada@ours.example", Role::Admin).await;
        let bob = member(&test, &owner, "bob@ours.example", Role::Member).await;
        let identity = test.hub.identity();
        let to = |role| MemberChange { role: Some(role), active: None };
        let changed = identity.change_member(&ada, bob.user_id().unwrap(), to(Role::Auditor)).await.unwrap();
        assert_eq!(changed.role, Role::Auditor);
        for id in [owner.user_id().unwrap(), ada.user_id().unwrap()] {
            assert_eq!(identity.change_member(&ada, id, to(Role::Member)).await.unwrap_err().kind(), Kind::Conflict);
        }
        let second = identity.change_member(&ada, bob.user_id().unwrap(), to(Role::Owner)).await.unwrap_err();
        assert_eq!(second.fields()[0].pointer, "/role");
        let stolen = identity.hand_over(&ada, ada.user_id().unwrap()).await.unwrap_err();
        assert_eq!(stolen.kind(), Kind::Forbidden);
        identity.hand_over(&owner, ada.user_id().unwrap()).await.unwrap();
        let roles = async |actor: &Actor| identity.actor(actor.user_id().unwrap()).await.unwrap().unwrap().role();
        assert_eq!((roles(&ada).await, roles(&owner).await), (Role::Owner, Role::Admin));
    })
    .await;
}

#[tokio::test]
async fn an_invitation_makes_one_account_until_its_end() {
    on_each_database(async |test| {
        let owner = test.owner().await;
        let identity = test.hub.identity();
        let invite = async |email: &str| {
            let new = NewInvitation { email: email.to_owned(), role: Role::Auditor, expires_in_days: 7 };
            identity.invite(&owner, new).await.unwrap()
        };
        let accept = async |secret: &str| {
            let accept = AcceptInvitation { secret: secret.to_owned(), name: String::new(), password: PASSWORD.into() };
            identity.accept_invitation(accept).await
        };
        let first = invite("Eve@ours.example").await;
        let second = invite("eve@OURS.example").await;
        assert_eq!(accept(&first.secret).await.unwrap_err().kind(), Kind::NotFound, "the second is in its place");
        let told = identity.invitation(&second.secret).await.unwrap();
        assert_eq!((told.organisation.as_str(), told.role), ("ours", Role::Auditor));
        accept(&second.secret).await.unwrap();
        assert_eq!(accept(&second.secret).await.unwrap_err().kind(), Kind::NotFound, "once");
        let signed_in = identity.sign_in(&credentials("eve@ours.example", PASSWORD), "a", None).await.unwrap();
        assert_eq!(signed_in.whole().unwrap().role(), Role::Auditor);
        let late = invite("late@ours.example").await;
        let taken = invite("taken@ours.example").await;
        let stranger = test.other_owner().await;
        let foreign = identity.take_back(&stranger, taken.invitation.id).await.unwrap_err();
        assert_eq!(foreign.kind(), Kind::NotFound);
        identity.take_back(&owner, taken.invitation.id).await.unwrap();
        assert!(accept(&taken.secret).await.is_err());
        let waiting = identity.invitations(&owner, &PageRequest::default()).await.unwrap().items;
        assert_eq!(waiting.iter().map(|waiting| waiting.email.as_str()).collect::<Vec<_>>(), ["late@ours.example"]);
        test.clock.advance(TimeDelta::days(7));
        assert!(accept(&late.secret).await.is_err(), "it has ended");
    })
    .await;
}

#[tokio::test]
async fn a_changed_password_ends_the_other_sessions() {
    on_each_database(async |test| {
        let owner = test.owner().await;
        let (tenant, user) = (owner.tenant(), owner.user_id().unwrap());
        for secret in ["here", "there"] {
            let record = SessionRecord {
                owner: Some((tenant, user)),
                provider: None,
                record: "{}".to_owned(),
                user_agent: None,
                expires_at: test.platform.clock.now() + TimeDelta::hours(1),
            };
            test.hub.sessions().create(secret, record).await.unwrap();
        }
        let identity = test.hub.identity();
        let new =
            |current: &str| NewPassword { current: current.to_owned(), password: "a much longer password".into() };
        let wrong = identity.change_password(&owner, new("a wrong password"), Some("here")).await.unwrap_err();
        assert_eq!(wrong.fields()[0].pointer, "/current");
        identity.change_password(&owner, new(PASSWORD), Some("here")).await.unwrap();
        assert!(test.hub.sessions().load("here").await.unwrap().is_some());
        assert!(test.hub.sessions().load("there").await.unwrap().is_none());
        let known = |password: &str| credentials("owner@ours.example", password);
        assert!(identity.sign_in(&known(PASSWORD), "a", None).await.is_err());
        identity.sign_in(&known("a much longer password"), "a", None).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_key_and_the_one_in_its_place_both_work_for_a_while() {
    on_each_database(async |test| {
        let owner = test.owner().await;
        let keys = test.hub.keys();
        let new = NewKey {
            name: "ci".to_owned(),
            scopes: [Permission::LabRead].into(),
            expires_in_days: Some(90),
            networks: vec!["127.0.0.0/8".to_owned()],
        };
        let old = keys.create(&owner, new).await.unwrap();
        let elsewhere = keys.authenticate(&old.secret, "203.0.113.9".parse().unwrap()).await.unwrap_err();
        assert_eq!(elsewhere.kind(), Kind::Unauthenticated);
        test.clock.advance(TimeDelta::days(10));
        let owner = owner.verified(test.platform.clock.now());
        let stranger = test.other_owner().await;
        let rotation = Rotation { overlap_hours: 24 };
        assert_eq!(keys.rotate(&stranger, old.key.id, rotation).await.unwrap_err().kind(), Kind::NotFound);
        let new = keys.rotate(&owner, old.key.id, rotation).await.unwrap();
        assert_eq!((&new.key.scopes, &new.key.networks), (&old.key.scopes, &old.key.networks));
        assert_eq!(new.key.expires_at.unwrap(), test.platform.clock.now() + TimeDelta::days(90), "as long a life");
        for secret in [&old.secret, &new.secret] {
            keys.authenticate(secret, HERE).await.unwrap();
        }
        assert_eq!(keys.rotate(&owner, old.key.id, rotation).await.unwrap_err().kind(), Kind::Conflict);
        test.clock.advance(TimeDelta::hours(24));
        assert!(keys.authenticate(&old.secret, HERE).await.is_err(), "the overlap is over");
        keys.authenticate(&new.secret, HERE).await.unwrap();
        let listed = keys.list(&owner).await.unwrap();
        let replaced = listed.iter().find(|key| key.id == old.key.id).unwrap();
        assert_eq!(replaced.replaced_by, Some(new.key.id));
    })
    .await;
}

#[tokio::test]
async fn guesses_at_the_same_time_are_counted_each() {
    on_each_database(async |test| {
        test.owner().await;
        let guesses = (0..30).map(|number| {
            let hub = test.hub.clone();
            let from = format!("address {number}");
            async move {
                let guess = credentials("owner@ours.example", "a wrong password");
                hub.identity().sign_in(&guess, &from, None).await.unwrap_err().kind()
            }
        });
        let kinds = futures::future::join_all(guesses).await;
        let looked_at = kinds.iter().filter(|kind| **kind == Kind::Unauthenticated).count();
        assert!((1..=5).contains(&looked_at), "{kinds:?}");
        assert!(kinds.iter().all(|kind| matches!(kind, Kind::Unauthenticated | Kind::TooMany)), "{kinds:?}");
    })
    .await;
}

#[tokio::test]
async fn an_ended_membership_takes_back_its_invitations() {
    on_each_database(async |test| {
        let owner = test.owner().await;
        let ada = member(&test, &owner, "ada@ours.example", Role::Admin).await;
        let identity = test.hub.identity();
        let new = NewInvitation { email: "mole@ours.example".to_owned(), role: Role::Admin, expires_in_days: 30 };
        let invited = identity.invite(&ada, new).await.unwrap();
        let end = MemberChange { role: None, active: Some(false) };
        identity.change_member(&owner, ada.user_id().unwrap(), end).await.unwrap();
        assert_eq!(identity.invitation(&invited.secret).await.unwrap_err().kind(), Kind::NotFound);
    })
    .await;
}
