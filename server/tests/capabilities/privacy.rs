//! One's own data, consents, the register and retention over HTTP.

use crate::{
    shop::id,
    support::{Backend, Client, PASSWORD, TestHub},
};
use hub::{
    access::Role,
    platform::clock::{Clock as _, SettableClock, SystemClock},
};
use sea_orm::{ConnectionTrait as _, Database, DbBackend, Statement};
use serde_json::{Value, json};
use std::{path::Path, sync::Arc, time::Duration};

async fn until(client: &Client, path: &str, state: &str) -> Value {
    for _ in 0..600 {
        let found = client.get(path).await.expect(200);
        if found["state"] == state {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{path} did not become {state}");
}

/// Where a text is: in every cell of every table, of every organisation, and in every file but the database's own.
async fn places_of(hub: &TestHub, text: &str) -> Vec<String> {
    let connection = Database::connect(&hub.values()["DATABASE_URL"]).await.unwrap();
    let backend = connection.get_database_backend();
    let columns = if backend == DbBackend::Postgres {
        "SELECT table_name::text AS t, column_name::text AS c FROM information_schema.columns WHERE table_schema = 'public'"
    } else {
        "SELECT m.name AS t, p.name AS c FROM sqlite_master m JOIN pragma_table_info(m.name) p WHERE m.type = 'table'"
    };
    let mut found = Vec::new();
    for row in connection.query_all_raw(Statement::from_string(backend, columns)).await.unwrap() {
        let (table, column): (String, String) = (row.try_get("", "t").unwrap(), row.try_get("", "c").unwrap());
        let holds = format!("SELECT count(*) AS n FROM {table} WHERE lower(CAST({column} AS TEXT)) LIKE '%{text}%'");
        let row = connection.query_one_raw(Statement::from_string(backend, holds)).await.unwrap().unwrap();
        if row.try_get::<i64>("", "n").unwrap() > 0 {
            found.push(format!("{table}.{column}"));
        }
    }
    connection.close().await.unwrap();
    files_with(hub.folder(), text, &mut found);
    found
}

fn files_with(folder: &Path, text: &str, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let is_database = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("sbh.db"));
        if path.is_dir() {
            files_with(&path, text, found);
        } else if !is_database && String::from_utf8_lossy(&std::fs::read(&path).unwrap()).to_lowercase().contains(text)
        {
            found.push(path.display().to_string());
        }
    }
}

on_both_databases! {
    async fn a_member_downloads_their_data_and_nobody_else_does(hub: TestHub) {
        let (member, auditor) = (hub.as_role(Role::Member).await, hub.as_role(Role::Auditor).await);
        let reply = member.post("/api/privacy/exports", &json!({})).await;
        let asked = reply.expect(202);
        assert_eq!((&asked["kind"], &asked["subject"]), (&json!("export"), &json!("member@example.com")));
        let place = format!("/api/privacy/requests/{}", id(&reply));
        until(&member, &place, "ready").await;
        let file = member.get(&format!("{place}/export.json")).await;
        let document = file.expect(200);
        assert_eq!(document["person"]["email"], "member@example.com");
        assert!(file.header("content-disposition").unwrap().starts_with("attachment; filename=\"personal-data-"));
        assert!(document["audit"].as_array().unwrap().iter().any(|entry| entry["action"] == "session.started"));
        let page = member.get(&format!("{place}/export.html")).await;
        assert_eq!((page.status, page.media_type()), (200, "text/html"));
        assert!(page.text().contains("<h1>Personal data of member@example.com</h1>"));
        auditor.get(&place).await.expect(200);
        auditor.get(&format!("{place}/export.json")).await.not_found();
        hub.as_other_tenant().await.get(&place).await.not_found();
        hub.as_owner().await.get(&format!("{place}/export.json")).await.expect(200);
    }

    async fn an_erasure_is_asked_for_taken_back_and_carried_out(hub: TestHub) {
        let (owner, member) = (hub.as_owner().await, hub.as_role(Role::Member).await);
        owner.post("/api/privacy/erasures", &json!({})).await.problem(409, "conflict");
        let reply = member.post("/api/privacy/erasures", &json!({})).await;
        assert_eq!(reply.expect(202)["state"], "waiting");
        member.post("/api/privacy/erasures", &json!({})).await.problem(409, "conflict");
        let place = format!("/api/privacy/requests/{}", id(&reply));
        hub.as_role(Role::Auditor).await.post(&format!("{place}/cancel"), &Value::Null).await.not_found();
        assert_eq!(member.post(&format!("{place}/cancel"), &Value::Null).await.expect(200)["state"], "cancelled");
        let text = "Asked member@example.com about it";
        member.post("/api/systems", &json!({ "name": "Shop", "description": text })).await.expect(201);
        member.post("/api/privacy/exports", &json!({})).await.expect(202);
        let before = places_of(&hub, "member@example.com").await;
        assert!(["users.email", "systems.description"].iter().all(|place| before.iter().any(|it| it == place)), "{before:?}");
        assert!(!before.iter().any(|place| place.starts_with("audit_entries") || place.starts_with("events")), "{before:?}");
        let me = member.get("/api/auth/me").await.expect(200)["user_id"].clone();
        let reply = owner.post("/api/privacy/erasures", &json!({ "member_id": me })).await;
        reply.expect(202);
        let place = format!("/api/privacy/requests/{}", id(&reply));

        // Another instance of the hub on the same database, on which the week is over.
        let clock = Arc::new(SettableClock::at(SystemClock.now() + chrono::TimeDelta::days(8)));
        let later = hub.with_clock(clock);
        let workers = hub::platform::queue::Workers::start(later.platform(), later.handlers());
        let done = until(&owner, &place, "done").await;
        workers.stop().await;
        assert!(done["subject"].as_str().unwrap().starts_with("erased person "), "{done}");
        member.get("/api/auth/me").await.problem(401, "unauthenticated");
        let body = json!({ "email": "member@example.com", "password": PASSWORD });
        hub.anonymous().post("/api/auth/sign-in", &body).await.problem(401, "unauthenticated");
        for path in ["/api/tenants/members", "/api/audit/entries?limit=200", "/api/privacy/requests", "/api/audit/export.jsonl"] {
            assert!(!owner.get(path).await.text().contains("member@example.com"), "{path}");
        }
        assert_eq!(places_of(&hub, "member@example.com").await, [""; 0]);
        let found = owner.post("/api/audit/verify", &json!({})).await.expect(200);
        assert_eq!(found["damage"], json!([]));
    }

    async fn consents_are_kept_by_the_version_that_was_read(hub: TestHub) {
        let (owner, member) = (hub.as_owner().await, hub.as_role(Role::Member).await);
        let purpose = json!({ "purpose": "letters", "title": "Letters", "text": "We may write to you." });
        member.post("/api/privacy/purposes", &purpose).await.forbidden();
        assert_eq!(owner.post("/api/privacy/purposes", &purpose).await.expect(201)["version"], 1);
        let wrong = json!({ "purpose": "Two Words", "title": "", "text": "" });
        owner.post("/api/privacy/purposes", &wrong).await.invalid("/purpose");
        let said = |version: u32| json!({ "purpose": "letters", "version": version, "granted": true });
        member.post("/api/privacy/consents", &said(2)).await.invalid("/version");
        assert_eq!(member.post("/api/privacy/consents", &said(1)).await.expect(201)["person"], "member@example.com");
        assert_eq!(member.get("/api/privacy/purposes").await.expect(200)[0]["decision"]["granted"], true);
        assert_eq!(member.get("/api/privacy/consents").await.expect(200)["items"][0]["version"], 1);
        member.get("/api/privacy/consents/all").await.forbidden();
        assert_eq!(owner.get("/api/privacy/consents/all").await.expect(200)["items"].as_array().unwrap().len(), 1);
        let theirs = hub.as_other_tenant().await.get("/api/privacy/consents/all").await.expect(200);
        assert_eq!(theirs["items"], json!([]));
    }

    async fn the_register_is_kept_and_downloaded(hub: TestHub) {
        let owner = hub.as_owner().await;
        let record = json!({
            "name": "Orders", "purpose": "=cmd()", "legal_basis": "contract", "persons": ["Customers"], "data": ["Orders"],
            "retention": "Ten years",
        });
        let reply = owner.post("/api/privacy/register", &record).await;
        reply.expect(201);
        let place = format!("/api/privacy/register/{}", id(&reply));
        let mut changed = record.clone();
        changed["recipients"] = json!(["The carrier"]);
        assert_eq!(owner.put(&place, &changed).await.expect(200)["record"]["recipients"], json!(["The carrier"]));
        hub.as_other_tenant().await.delete(&place).await.not_found();
        let table = hub.as_role(Role::Auditor).await.get("/api/privacy/register.csv").await;
        assert_eq!((table.status, table.media_type()), (200, "text/csv"));
        assert!(table.text().contains(",'=cmd(),") && table.text().contains("(users)"), "{}", table.text());
        let file = owner.get("/api/privacy/register.json").await.expect(200);
        assert!(file["activities"].as_array().unwrap().iter().any(|activity| activity["record"]["name"] == "Orders"));
        assert_eq!(owner.delete(&place).await.status, 204);
        owner.delete(&place).await.not_found();
    }

    async fn the_dry_run_of_retention_names_every_kind(hub: TestHub) {
        let kinds = hub.as_owner().await.get("/api/privacy/retention").await.expect(200);
        assert_eq!(kinds.as_array().unwrap().len(), hub::privacy::KindOfRows::ALL.len());
        let log = kinds.as_array().unwrap().iter().find(|kind| kind["kind"] == "audit_entries").unwrap();
        assert_eq!(log["would_remove"], 0);
        assert!(log["rows"].as_u64().unwrap() > 0 && log["oldest_kept"].is_string(), "{log}");
        hub.as_role(Role::Member).await.get("/api/privacy/retention").await.forbidden();
    }
}
