//! An erasure, and the search for what it left.

use super::*;
use crate::{
    audit::{AuditQuery, ExportFormat},
    identity::{Credentials, NewInvitation, NewKey},
    lab::{NewImport, NewImportFile},
    library::{AssetKind, LibraryQuery, NewAsset},
    platform::db::Db,
    privacy::{NewConsent, NewPurpose, NewRequest, RequestKind, RequestState},
    schedules::NewSchedule,
    sharing::NewShare,
    systems::{AllowPrivate, EnvironmentKind, NewEnvironment, NewSystem},
    workspaces::NewWorkspace,
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
    share(test, hub, owner, ada).await;
    let export = hub.privacy().ask(ada, RequestKind::Export, NewRequest::default()).await.unwrap();
    let ready = async || hub.privacy().request(ada, export.id).await.unwrap().state == RequestState::Ready;
    work_until(hub, ready).await;
    assert!(holding(test, hub, owner, who).await.len() > 10, "the search finds what is there");
}

/// The directory, a workspace, the library, and a colleague who writes of the person where nothing can be rewritten.
async fn share(test: &TestPlatform, hub: &Hub, owner: &Actor, ada: &Actor) {
    let owner = fresh(test, owner);
    let user = directory_user("quillfeather", EMAIL, NAME);
    hub.directory().create_user(&owner, &user, "https://hub.example/scim").await.unwrap();
    let (name, description) = (format!("{NAME}'s team"), format!("Ask {EMAIL}"));
    let new = NewWorkspace { name, description: description.clone(), review_changes: false };
    let workspace = hub.workspaces().create(ada, new).await.unwrap().id;
    let new = NewAsset {
        workspace_id: Some(workspace),
        kind: AssetKind::Document,
        name: format!("{NAME}'s notes"),
        description: format!("Ask {NAME} ({EMAIL})"),
        metadata: json!({ "contact": EMAIL, NAME: true }).as_object().unwrap().clone(),
        content: Some("Anything".to_owned()),
        ..NewAsset::default()
    };
    let asset = hub.library().share(ada, new).await.unwrap().asset.id;
    let new = serde_json::from_value(json!({ "description": format!("Ask {NAME}, or {EMAIL}") })).unwrap();
    hub.library().change(&owner, asset, new).await.unwrap();
    let new = NewSystem { name: format!("{NAME}'s shop"), description: String::new() };
    hub.systems().create(&owner, new).await.unwrap();
}

/// A user as a directory sends one.
fn directory_user(user_name: &str, email: &str, name: &str) -> sbh_scim::User {
    let document = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": user_name,
        "externalId": format!("external {user_name}"), "displayName": name, "emails": [{ "value": email, "primary": true }],
    });
    sbh_scim::User::parse(&document).unwrap()
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
        let sql = format!("SELECT CAST({column} AS TEXT) AS cell FROM {table} WHERE {column} IS NOT NULL");
        for row in tx.query_all_raw(Statement::from_string(backend, sql)).await.unwrap() {
            if row.try_get::<String>("", "cell").unwrap().to_lowercase().contains(&text) {
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
        let shop = systems.iter().find(|system| system.name == "Shop").unwrap();
        assert_eq!(shop.description, format!("Asked erased person {number} (erased person {number}) about it"));
        assert!(hub.identity().actor(ada.user_id().unwrap()).await.unwrap().is_none());
        let members = hub.identity().members(&owner, &Default::default()).await.unwrap().items;
        assert!(members.iter().all(|member| member.id != ada.user_id().unwrap()));
        let credentials = Credentials { email: EMAIL.to_owned(), password: PASSWORD.to_owned() };
        assert!(hub.identity().sign_in(&credentials, "there", None).await.is_err());
        let consents = hub.privacy().consents(&owner, &Default::default()).await.unwrap().items;
        assert_eq!((consents.len(), consents[0].person.as_str()), (1, "erased person"), "that somebody agreed stays");

        // Who looks for somebody that was erased does not write their address back.
        drop(hub.audit().export(&owner, of_ada.clone(), ExportFormat::Csv).await.unwrap());
        assert_eq!(holding(&test, hub, &owner, EMAIL).await, [""; 0]);
        let found = LibraryQuery { q: Some("quillfeather".to_owned()), ..LibraryQuery::default() };
        assert!(hub.library().list(&owner, found).await.unwrap().items.is_empty());
        let found = LibraryQuery { q: Some(number.clone()), ..LibraryQuery::default() };
        assert_eq!(hub.library().list(&owner, found).await.unwrap().items.len(), 1, "it is found by what it says now");

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
        for listed in holdings() {
            people_rows::remove(&tx, &scope, listed, &person).await.unwrap();
            rewriting::rename(&tx, &scope, listed, &person, "erased person").await.unwrap();
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

/// Erases somebody, and says where these words are found afterwards.
async fn left_of(test: &TestPlatform, owner: &Actor, person: &Actor, words: &[&str]) -> Vec<String> {
    let hub = &test.hub;
    erase(test, hub, person).await;
    hub.platform().db.settle().await.unwrap();
    assert!(hub.audit().verify(owner, None).await.unwrap().intact());
    let mut left = Vec::new();
    for word in words {
        left.extend(holding(test, hub, owner, word).await.into_iter().map(|place| format!("{word}: {place}")));
    }
    left
}

#[tokio::test]
async fn nothing_is_left_under_what_somebody_was_called_before() {
    on_each_database(async |test| {
        let (hub, owner) = (&test.hub, test.owner().await.verified(test.platform.clock.now()));
        let ada = member(hub, &owner, "ada.maiden@old.example", "Ada Maiden", Role::Member).await;
        let new = NewSystem { name: "Ada Maiden's shop".to_owned(), description: String::new() };
        hub.systems().create(&ada, new).await.unwrap();
        let base = "https://hub.example/scim";
        let user = directory_user("adam", "ada.maiden@old.example", "Ada Maiden");
        let made = hub.directory().create_user(&owner, &user, base).await.unwrap();
        let id = made.id.to_string();
        let user = directory_user("adam", EMAIL, NAME);
        hub.directory().replace_user(&owner, (&id, None), &user, base).await.unwrap();
        let ada = hub.identity().actor(ada.user_id().unwrap()).await.unwrap().unwrap();
        assert_eq!(ada.label(), EMAIL);
        let new = NewSystem { name: "Second".to_owned(), description: "Ask ada.maiden@old.example".to_owned() };
        hub.systems().create(&ada, new).await.unwrap();
        let new = NewSystem { name: "Third".to_owned(), description: "Ada Maiden knows".to_owned() };
        hub.systems().create(&owner, new).await.unwrap();
        for called in ["ada.maiden@old.example", "ADA.MAIDEN@old.example", EMAIL] {
            let by = AuditQuery {
                actor: Some(called.to_owned()),
                action: Some("system".to_owned()),
                ..AuditQuery::default()
            };
            assert_eq!(hub.audit().list(&owner, &by).await.unwrap().items.len(), 2, "{called}");
        }
        let export = hub.privacy().ask(&fresh(&test, &ada), RequestKind::Export, NewRequest::default()).await.unwrap();
        work_until(hub, async || hub.privacy().request(&ada, export.id).await.unwrap().state == RequestState::Ready)
            .await;
        let document = hub.privacy().download(&ada, export.id).await.unwrap();
        let json = String::from_utf8(document.json().unwrap()).unwrap();
        assert!(json.contains("ada.maiden@old.example"), "{json}");
        let left = left_of(&test, &owner, &ada, &["ada.maiden@old.example", "maiden", EMAIL, NAME]).await;
        assert_eq!(left, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn a_former_address_that_is_somebody_elses_now_stays_theirs() {
    on_each_database(async |test| {
        let (hub, owner) = (&test.hub, test.owner().await.verified(test.platform.clock.now()));
        let ada = member(hub, &owner, "sales@old.example", NAME, Role::Member).await;
        let base = "https://hub.example/scim";
        let made =
            hub.directory().create_user(&owner, &directory_user("ada", "sales@old.example", NAME), base).await.unwrap();
        let id = made.id.to_string();
        hub.directory().replace_user(&owner, (&id, None), &directory_user("ada", EMAIL, NAME), base).await.unwrap();
        let ben = member(hub, &owner, "sales@old.example", "Ben Nobody", Role::Member).await;
        hub.systems().create(&ben, NewSystem { name: "Ben's".to_owned(), description: String::new() }).await.unwrap();
        let ada = hub.identity().actor(ada.user_id().unwrap()).await.unwrap().unwrap();
        assert_eq!(left_of(&test, &owner, &ada, &[EMAIL, NAME]).await, [""; 0]);
        let by_ben = AuditQuery { actor: Some("sales@old.example".to_owned()), ..AuditQuery::default() };
        let entries = hub.audit().list(&owner, &by_ben).await.unwrap().items;
        assert!(entries.iter().all(|entry| entry.actor == "sales@old.example") && entries.len() == 1, "{entries:?}");
    })
    .await;
}

#[tokio::test]
async fn letters_beyond_ascii_are_found_in_every_case() {
    on_each_database(async |test| {
        let (hub, owner) = (&test.hub, test.owner().await);
        let omer = member(hub, &owner, "Ömer@rememberme.example", "Ömer Yılmaz", Role::Member).await;
        for name in ["Ömer Yılmaz's shop", "ÖMER@REMEMBERME.EXAMPLE", "ÖMER YILMAZ", "Asked ömer yılmaz"] {
            let new = NewSystem { name: name.to_owned(), description: format!("{name}, {name}") };
            hub.systems().create(&owner, new).await.unwrap();
        }
        hub.systems().create(&omer, NewSystem { name: "His".to_owned(), description: String::new() }).await.unwrap();
        let words = ["Ömer", "rememberme", "Yılmaz", "YILMAZ"];
        assert_eq!(left_of(&test, &owner, &omer, &words).await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn names_that_become_the_same_are_told_apart() {
    on_each_database(async |test| {
        let (hub, owner) = (&test.hub, test.owner().await);
        let ada = member(hub, &owner, EMAIL, NAME, Role::Member).await;
        for name in [NAME, EMAIL] {
            hub.systems()
                .create(&owner, NewSystem { name: name.to_owned(), description: String::new() })
                .await
                .unwrap();
        }
        assert_eq!(left_of(&test, &owner, &ada, &[EMAIL, NAME]).await, [""; 0]);
        let systems = hub.systems().list(&owner, &Default::default()).await.unwrap().items;
        assert!(systems.iter().all(|system| system.name.starts_with("erased person ")), "{systems:?}");
        assert_ne!(systems[0].name, systems[1].name);
    })
    .await;
}
