//! Who may ask for what, and what becomes of it.

use super::*;
use crate::{
    Kind,
    audit::AuditQuery,
    notifications::{NotificationKind, NotificationQuery},
    privacy::{
        NewRequest, RequestKind, RequestQuery, RequestState,
        store::{self, Becomes},
    },
    systems::NewSystem,
};
use chrono::TimeDelta;
use sea_orm::{ConnectionTrait as _, Statement};

async fn actions(test: &TestPlatform, owner: &Actor, action: &str) -> usize {
    let query = AuditQuery { action: Some(action.to_owned()), ..AuditQuery::default() };
    test.hub.audit().list(owner, &query).await.unwrap().items.len()
}

#[tokio::test]
async fn an_erasure_waits_can_be_taken_back_and_then_does_not_happen() {
    on_each_database(async |test| {
        let (hub, owner) = (&test.hub, test.owner().await);
        let ada = member(hub, &owner, EMAIL, NAME, Role::Member).await;
        let asked = hub.privacy().ask(&ada, RequestKind::Erasure, NewRequest::default()).await.unwrap();
        assert_eq!(asked.due_at, Some(test.platform.clock.now() + TimeDelta::days(7)));
        let twice = hub.privacy().ask(&ada, RequestKind::Erasure, NewRequest::default()).await.unwrap_err();
        assert_eq!(twice.kind(), Kind::Conflict);
        let taken = hub.privacy().take_back(&ada, asked.id).await.unwrap();
        assert_eq!(taken.state, RequestState::Cancelled);
        assert_eq!(hub.privacy().take_back(&ada, asked.id).await.unwrap_err().kind(), Kind::Conflict);
        test.clock.advance(TimeDelta::days(30));
        // A later job shows that the workers had their turn.
        let export = hub.privacy().ask(&fresh(&test, &ada), RequestKind::Export, NewRequest::default()).await.unwrap();
        work_until(hub, async || hub.privacy().request(&ada, export.id).await.unwrap().state == RequestState::Ready)
            .await;
        assert_eq!(hub.privacy().request(&ada, asked.id).await.unwrap().state, RequestState::Cancelled);
        assert!(hub.identity().actor(ada.user_id().unwrap()).await.unwrap().is_some());
        assert_eq!(actions(&test, &owner, "privacy.erasure.requested").await, 1);
        assert_eq!(actions(&test, &owner, "privacy.erasure.cancelled").await, 1);
    })
    .await;
}

#[tokio::test]
async fn the_owner_hands_over_first() {
    on_each_database(async |test| {
        let (hub, owner) = (&test.hub, test.owner().await);
        let refused = hub.privacy().ask(&owner, RequestKind::Erasure, NewRequest::default()).await.unwrap_err();
        assert_eq!(refused.kind(), Kind::Conflict);
        assert!(refused.message().contains("Hand the ownership over"), "{refused}");

        // Who becomes the owner while an erasure waits is not erased either.
        let ada = member(hub, &owner, EMAIL, NAME, Role::Admin).await;
        let asked = hub.privacy().ask(&ada, RequestKind::Erasure, NewRequest::default()).await.unwrap();
        hub.identity().hand_over(&owner, ada.user_id().unwrap()).await.unwrap();
        test.clock.advance(TimeDelta::days(7));
        let owner = hub.identity().actor(ada.user_id().unwrap()).await.unwrap().unwrap();
        let over = async || hub.privacy().request(&owner, asked.id).await.unwrap().state != RequestState::Waiting;
        work_until(hub, over).await;
        let request = hub.privacy().request(&owner, asked.id).await.unwrap();
        assert_eq!(request.state, RequestState::Failed);
        assert!(request.reason.unwrap().contains("Hand the ownership over"));
        assert_eq!(actions(&test, &owner, "privacy.erasure.refused").await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_person_asks_for_themself_and_an_admin_for_members() {
    on_each_database(async |test| {
        let (hub, owner, stranger) = (&test.hub, test.owner().await, test.other_owner().await);
        let ada = member(hub, &owner, EMAIL, NAME, Role::Member).await;
        let bob = member(hub, &owner, "bob@ours.example", "", Role::Member).await;
        let privacy = hub.privacy();
        let of_ada = NewRequest { member_id: ada.user_id() };
        for (who, kind) in [(&bob, Kind::Forbidden), (&stranger, Kind::NotFound)] {
            for what in RequestKind::ALL {
                assert_eq!(privacy.ask(who, what, of_ada).await.unwrap_err().kind(), kind, "{what:?}");
            }
        }
        test.clock.advance(TimeDelta::minutes(16));
        let stale = privacy.ask(&ada, RequestKind::Export, NewRequest::default()).await.unwrap_err();
        assert_eq!(stale.kind(), Kind::Unconfirmed);
        let asked = privacy.ask(&fresh(&test, &owner), RequestKind::Export, of_ada).await.unwrap();
        assert_eq!((asked.subject.as_str(), asked.asked_by.as_str()), (EMAIL, owner.label().as_str()));
        let told = hub.notifications().list(&ada, &NotificationQuery::default()).await.unwrap().items;
        assert_eq!((told.len(), told[0].kind), (1, NotificationKind::DataRequested), "{told:?}");
        assert!(told[0].title.contains("asked for the data"), "{told:?}");
        assert_eq!(privacy.request(&bob, asked.id).await.unwrap_err().kind(), Kind::NotFound);
        assert_eq!(privacy.request(&stranger, asked.id).await.unwrap_err().kind(), Kind::NotFound);
        assert_eq!(privacy.request(&ada, asked.id).await.unwrap(), asked, "whoever it is about sees it");
        assert_eq!(
            privacy.own_requests(&ada, &RequestQuery::default()).await.unwrap().items,
            std::slice::from_ref(&asked)
        );
        assert!(privacy.own_requests(&bob, &RequestQuery::default()).await.unwrap().items.is_empty());
        assert_eq!(privacy.requests(&owner, &RequestQuery::default()).await.unwrap().items, [asked]);
        assert!(privacy.requests(&stranger, &RequestQuery::default()).await.unwrap().items.is_empty());
        assert_eq!(privacy.requests(&bob, &RequestQuery::default()).await.unwrap_err().kind(), Kind::Forbidden);
    })
    .await;
}

#[tokio::test]
async fn an_export_holds_what_is_the_persons_and_nobody_elses_secret() {
    on_each_database(async |test| {
        let (hub, owner) = (&test.hub, test.owner().await);
        let ada = member(hub, &owner, EMAIL, "<b>Ada</b> Quillfeather", Role::Member).await;
        let new = NewSystem { name: "Shop".to_owned(), description: String::new() };
        hub.systems().create(&ada, new).await.unwrap();
        hub.factors().start_totp(&ada, "Phone").await.unwrap();
        let asked = hub.privacy().ask(&ada, RequestKind::Export, NewRequest::default()).await.unwrap();
        assert_eq!(hub.privacy().download(&ada, asked.id).await.unwrap_err().kind(), Kind::NotFound);
        work_until(hub, async || hub.privacy().request(&ada, asked.id).await.unwrap().state == RequestState::Ready)
            .await;
        let document = hub.privacy().download(&ada, asked.id).await.unwrap();
        let tables: Vec<_> = document.sections.iter().map(|section| section.table.as_str()).collect();
        assert!(
            ["users", "second_factors", "privacy_requests"].iter().all(|table| tables.contains(table)),
            "{tables:?}"
        );
        let json = String::from_utf8(document.json().unwrap()).unwrap();
        assert!(json.contains(EMAIL) && json.contains("system.created"), "{json}");
        for secret in ["password_hash", "secret_hash", "argon2", "\"record\"", owner.label().as_str()] {
            assert!(!json.contains(secret), "{secret}");
        }
        let html = String::from_utf8(document.html().unwrap()).unwrap();
        assert!(html.contains("&#60;b&#62;Ada") && !html.contains("<b>"), "typed markup is text");
        assert!(
            !html.contains("http://") && !html.contains("https://") && !html.contains("src="),
            "it needs nothing else"
        );
        assert_eq!(actions(&test, &owner, "privacy.export.downloaded").await, 1);

        // Its time is over after a week, and its file is gone.
        test.clock.advance(TimeDelta::days(7));
        assert_eq!(hub.privacy().download(&ada, asked.id).await.unwrap_err().kind(), Kind::NotFound);
        test.clock.advance(TimeDelta::seconds(1));
        assert_eq!(hub.privacy().remove_old_exports().await.unwrap(), 1);
        assert_eq!(hub.privacy().request(&ada, asked.id).await.unwrap().state, RequestState::Expired);
        let folder = test.folder().join("exports").join(owner.tenant().to_string());
        let files =
            std::fs::read_dir(folder).unwrap().flat_map(|shard| std::fs::read_dir(shard.unwrap().path()).unwrap());
        assert_eq!(files.count(), 0);
    })
    .await;
}

/// Asks the database until one of the tenant's rows says yes.
async fn until(test: &TestPlatform, owner: &Actor, sql: &str) {
    let scope = owner.require(Permission::AuditRead).unwrap();
    for _ in 0..2_000 {
        let tx = test.platform.db.read(&scope).await.unwrap();
        let question = Statement::from_string(tx.get_database_backend(), sql.to_owned());
        if !tx.query_all_raw(question).await.unwrap().is_empty() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("never: {sql}");
}

#[tokio::test]
async fn what_is_taken_back_while_the_erasure_begins_is_not_erased() {
    on_each_database(async |test| {
        let (hub, owner) = (&test.hub, test.owner().await);
        let ada = member(hub, &owner, EMAIL, NAME, Role::Member).await;
        let asked = hub.privacy().ask(&ada, RequestKind::Erasure, NewRequest::default()).await.unwrap();
        test.clock.advance(TimeDelta::days(7));
        let scope = owner.require(Permission::PrivacyManage).unwrap();
        let tx = test.platform.db.write(&scope).await.unwrap();
        let step = (asked.id, RequestState::Waiting, RequestState::Cancelled);
        assert!(store::turn(&tx, &scope, test.platform.clock.now(), step, Becomes::default()).await.unwrap());
        let workers = Workers::start(hub.platform(), hub.handlers());
        if tx.is_postgres() {
            let blocked = "SELECT 1 FROM pg_locks WHERE NOT granted
                AND pid IN (SELECT pid FROM pg_stat_activity WHERE datname = current_database())";
            until(&test, &owner, blocked).await;
        }
        tx.commit().await.unwrap();
        until(&test, &owner, "SELECT 1 FROM jobs WHERE kind = 'privacy.erase' AND state = 'succeeded'").await;
        workers.stop().await;
        assert_eq!(hub.privacy().request(&owner, asked.id).await.unwrap().state, RequestState::Cancelled);
        assert!(hub.identity().actor(ada.user_id().unwrap()).await.unwrap().is_some(), "she is still there");
    })
    .await;
}
