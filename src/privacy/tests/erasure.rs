//! An erasure, and the search for what it left.

use super::*;
use crate::{
    audit::AuditQuery,
    identity::{Credentials, NewInvitation, NewKey},
    lab::{NewImport, NewImportFile},
    platform::db::Db,
    privacy::{NewConsent, NewPurpose, NewRequest, RequestKind, RequestState},
    schedules::NewSchedule,
    sharing::NewShare,
    systems::{AllowPrivate, EnvironmentKind, NewEnvironment, NewSystem},
};
use chrono::TimeDelta;
use sea_orm::{ConnectionTrait as _, Statement};
use serde_json::json;
use std::path::Path;

const K6: &str = include_str!("../../../engines/imports/tests/fixtures/k6-handle-summary.json");

/// Somebody uses everything that keeps who did it, and colleagues write about them.
async fn busy_life(test: &TestPlatform, hub: &Hub, owner: &Actor, ada: &Actor) {
    let who = EMAIL;
    let credentials = Credentials { email: who.to_owned(), password: PASSWORD.to_owned() };
    hub.identity().sign_in(&credentials, "there", None).await.unwrap().whole().unwrap();
    let new = NewSystem { name: "Shop".to_owned(), description: format!("Asked {NAME} ({who}) about it") };
    let system = hub.systems().create(ada, new).await.unwrap().id;
    let base_url = "http://127.0.0.1:9".to_owned();
    let new = NewEnvironment { kind: EnvironmentKind::Staging, name: String::new(), base_url };
    let environment = hub.systems().add_environment(ada, system, new).await.unwrap().id;
    let reason = format!("{NAME} runs it on her own machine");
    hub.systems().allow_private(ada, environment, AllowPrivate { reason }).await.unwrap();
    let file = NewImportFile { name: "k6.json".to_owned(), format: None, content: K6.to_owned() };
    let new = NewImport { environment_id: Some(environment), version: "1.0".to_owned(), files: vec![file] };
    hub.lab().import(ada, new).await.unwrap();
    let new: NewShare = serde_json::from_value(json!({ "name": format!("for {who}"), "expires_in_days": 3 })).unwrap();
    hub.sharing().create(ada, system, new).await.unwrap();
    let new: NewSchedule = serde_json::from_value(json!({
        "name": format!("{NAME}'s nightly"), "cron": "0 2 * * *", "time_zone": "UTC",
        "validation": { "system_id": system, "version": "1.0" },
    }))
    .unwrap();
    hub.schedules().create(ada, new).await.unwrap();
    let scopes = [Permission::SystemsRead].into();
    let new = NewKey { name: format!("{NAME} laptop"), scopes, expires_in_days: None, networks: Vec::new() };
    hub.keys().create(ada, new).await.unwrap();
    hub.factors().start_totp(ada, &format!("{NAME}'s phone")).await.unwrap();
    let new = NewInvitation { email: "guest@elsewhere.example".to_owned(), role: Role::Member, expires_in_days: 7 };
    hub.identity().invite(ada, new).await.unwrap();
    let started = hub
        .gates()
        .validate(ada, serde_json::from_value(json!({ "system_id": system, "version": "1.0" })).unwrap())
        .await
        .unwrap();
    let ended = async || hub.gates().validation(owner, started.id).await.unwrap().report.is_some();
    work_until(hub, ended).await;
    let new = serde_json::from_value(json!({ "scope": "SOC2", "validation_id": started.id })).unwrap();
    hub.compliance().create(ada, new).await.unwrap();
    let change = serde_json::from_value(json!({ "role": "auditor" })).unwrap();
    hub.identity().change_member(owner, ada.user_id().unwrap(), change).await.unwrap();
    let change = serde_json::from_value(json!({ "role": "admin" })).unwrap();
    hub.identity().change_member(owner, ada.user_id().unwrap(), change).await.unwrap();
    let text = "We may write to you.".to_owned();
    let new = NewPurpose { purpose: "letters".to_owned(), title: "Letters".to_owned(), text, is_open: true };
    hub.privacy().set_purpose(ada, new).await.unwrap();
    let new = NewConsent { purpose: "letters".to_owned(), version: 1, granted: true };
    hub.privacy().decide(ada, new).await.unwrap();
    let export = hub.privacy().ask(ada, RequestKind::Export, NewRequest::default()).await.unwrap();
    let ready = async || hub.privacy().request(ada, export.id).await.unwrap().state == RequestState::Ready;
    work_until(hub, ready).await;
    assert!(holding(test, hub, owner, who).await.len() > 10, "the search finds what is there");
}

/// Where a text is found: in every cell of every table, and in every file: evidence packs hold theirs uncompressed, and the
/// file of a SQLite database holds what was overwritten too, if it was not.
async fn holding(test: &TestPlatform, hub: &Hub, owner: &Actor, text: &str) -> Vec<String> {
    let text = text.to_lowercase();
    let scope = owner.require(Permission::AuditRead).unwrap();
    let mut found = Vec::new();
    let tx = hub.platform().db.read(&scope).await.unwrap();
    let backend = tx.get_database_backend();
    for (table, column) in people_rows::text_columns(&tx).await {
        let sql = format!("SELECT lower(CAST({column} AS TEXT)) AS cell FROM {table} WHERE {column} IS NOT NULL");
        for row in tx.query_all_raw(Statement::from_string(backend, sql)).await.unwrap() {
            if row.try_get::<String>("", "cell").unwrap().contains(&text) {
                found.push(format!("{table}.{column}"));
            }
        }
    }
    drop(tx);
    search_files(test.folder(), &text, &mut found);
    found
}

fn search_files(folder: &Path, text: &str, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            search_files(&path, text, found);
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        if String::from_utf8_lossy(&bytes).to_lowercase().contains(text) {
            found.push(path.display().to_string());
        }
    }
}

async fn erase(test: &TestPlatform, hub: &Hub, ada: &Actor) {
    let request = hub.privacy().ask(&fresh(test, ada), RequestKind::Erasure, NewRequest::default()).await.unwrap();
    assert_eq!(request.state, RequestState::Waiting);
    test.clock.advance(TimeDelta::days(7));
    let owner = test.owner().await;
    let over = async || hub.privacy().request(&owner, request.id).await.unwrap().state != RequestState::Waiting;
    work_until(hub, over).await;
    let done = hub.privacy().request(&owner, request.id).await.unwrap();
    assert_eq!(done.state, RequestState::Done, "{done:?}");
}

#[tokio::test]
async fn after_an_erasure_nothing_anywhere_names_the_person_and_the_log_is_intact() {
    on_each_database(async |test| {
        let (hub, owner) = (&test.hub, test.owner().await);
        let ada = member(hub, &owner, EMAIL, NAME, Role::Admin).await;
        busy_life(&test, hub, &owner, &ada).await;
        let checkpoint = hub.audit().checkpoint(&owner).await.unwrap();
        let of_ada = AuditQuery { actor: Some(EMAIL.to_owned()), ..AuditQuery::default() };
        let before = hub.audit().list(&owner, &of_ada).await.unwrap().items;
        assert!(before.len() > 5 && before.iter().all(|entry| entry.actor == EMAIL), "{before:?}");
        erase(&test, hub, &ada).await;
        hub.platform().db.settle().await.unwrap();

        for word in [EMAIL, NAME, "quillfeather"] {
            assert_eq!(holding(&test, hub, &owner, word).await, [""; 0], "{word} is nowhere");
        }
        let found = hub.audit().verify(&owner, Some(&checkpoint)).await.unwrap();
        assert!(found.intact(), "{found:?}");
        let number = before[0].person.clone().unwrap();
        let by_number = AuditQuery { actor: Some(format!("person {number}")), ..AuditQuery::default() };
        let after = hub.audit().list(&owner, &by_number).await.unwrap().items;
        assert!(after.len() >= before.len(), "what was done stays");
        assert!(after.iter().all(|entry| entry.actor == format!("erased person {number}")), "{after:?}");
        assert!(hub.audit().list(&owner, &of_ada).await.unwrap().items.is_empty());
        let systems = hub.systems().list(&owner, &Default::default()).await.unwrap().items;
        assert_eq!(systems[0].description, format!("Asked erased person {number} (erased person {number}) about it"));
        assert!(hub.identity().actor(ada.user_id().unwrap()).await.unwrap().is_none());
        let members = hub.identity().members(&owner, &Default::default()).await.unwrap().items;
        assert!(members.iter().all(|member| member.id != ada.user_id().unwrap()));
        let credentials = Credentials { email: EMAIL.to_owned(), password: PASSWORD.to_owned() };
        assert!(hub.identity().sign_in(&credentials, "there", None).await.is_err());
        let consents = hub.privacy().consents(&owner, &Default::default()).await.unwrap().items;
        assert_eq!((consents.len(), consents[0].person.as_str()), (1, "erased person"), "that somebody agreed stays");

        // The address is free again, and who takes it is somebody else.
        let again = member(hub, &fresh(&test, &owner), EMAIL, "Somebody Else", Role::Member).await;
        let theirs = hub.audit().list(&owner, &by_number).await.unwrap().items;
        assert_eq!(theirs.len(), after.len(), "{again:?} has a key of their own");
    })
    .await;
}

/// The proof that the search above rests on the keys: without them it finds the person in the log.
#[tokio::test]
async fn without_keys_per_person_the_search_finds_them_in_the_log() {
    on_each_database(async |test| {
        let db: Db = test.platform.db.clone().in_the_clear();
        let hub = Hub::new(Platform { db, ..test.platform.clone() });
        let owner = owner_in(&hub).await;
        let ada = member(&hub, &owner, EMAIL, NAME, Role::Admin).await;
        let new = NewSystem { name: "Shop".to_owned(), description: String::new() };
        hub.systems().create(&ada, new).await.unwrap();
        let scope = owner.require(Permission::PrivacyManage).unwrap();
        let id: UserId = ada.user_id().unwrap();
        let tx = hub.platform().db.write(&scope).await.unwrap();
        let person = people_rows::account(&tx, &scope, id).await.unwrap().unwrap();
        for listed in HOLDINGS {
            people_rows::remove(&tx, &scope, listed, &person).await.unwrap();
            people_rows::rename(&tx, &scope, listed, &person, "erased person").await.unwrap();
        }
        tx.commit().await.unwrap();
        let found = holding(&test, &hub, &owner, EMAIL).await;
        for place in ["audit_entries.actor", "audit_entries.body", "events.payload"] {
            assert!(found.iter().any(|there| there == place), "{place}: {found:?}");
        }
    })
    .await;
}

async fn owner_in(hub: &Hub) -> Actor {
    let new = NewOwner {
        organisation: "clear".to_owned(),
        email: "owner@clear.example".to_owned(),
        name: String::new(),
        password: PASSWORD.to_owned(),
    };
    hub.identity().create_tenant(new).await.unwrap()
}

#[tokio::test]
async fn entries_from_before_the_keys_stay_as_they_are_and_the_log_is_intact() {
    on_each_database(async |test| {
        let owner = test.owner().await;
        let clear = Hub::new(Platform { db: test.platform.db.clone().in_the_clear(), ..test.platform.clone() });
        let ada = member(&clear, &owner, EMAIL, NAME, Role::Member).await;
        let hub = &test.hub;
        let new = NewSystem { name: "Shop".to_owned(), description: String::new() };
        hub.systems().create(&ada, new).await.unwrap();
        erase(&test, hub, &ada).await;
        let found: BTreeSet<_> = holding(&test, hub, &owner, EMAIL).await.into_iter().collect();
        // The file of a SQLite database holds what its tables do.
        let found: BTreeSet<_> = found.into_iter().filter(|place| !place.contains('/')).collect();
        let old = ["audit_entries.body", "events.payload"].map(str::to_owned);
        assert_eq!(found, old.into(), "a chained entry can't be rewritten; docs/privacy.md says so");
        assert!(hub.audit().verify(&owner, None).await.unwrap().intact());
    })
    .await;
}
