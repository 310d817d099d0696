//! Organisations of one hub: made, kept out, let in again, and gone to the last row and file.

use crate::{
    shop::id,
    support::{Backend, Client, OWNER, PASSWORD, Reply, TestHub},
};
use chrono::{TimeDelta, Utc};
use hub::{Hub, access::Role, platform::clock::SettableClock};
use sea_orm::{ConnectionTrait as _, Database, Statement};
use serde_json::{Value, json};
use std::sync::Arc;

const BOSS: &str = "boss@acme.example";
const K6: &str = include_str!("../../../engines/imports/tests/fixtures/k6-handle-summary.json");
const WHY: &str = "The bill of May is open.";

/// An organisation beside the one that runs the hub, and its owner's browser.
struct Acme {
    operator: Client,
    boss: Client,
    id: String,
    place: String,
}

impl Acme {
    async fn open(hub: &TestHub) -> Self {
        let operator = hub.as_owner().await;
        let new = json!({ "name": "Acme", "owner_email": BOSS, "owner_password": PASSWORD });
        let id = id(&operator.post("/api/tenants", &new).await);
        let boss = hub.anonymous().with_cookie_of(&sign_in(&hub.anonymous(), BOSS).await);
        Self { operator, boss, place: format!("/api/tenants/{id}"), id }
    }

    async fn suspend(&self) {
        let reply = self.operator.post(&format!("{}/suspend", self.place), &json!({ "reason": WHY })).await;
        assert_eq!(reply.expect(200)["state"], "suspended");
    }

    async fn resume(&self) {
        assert_eq!(
            self.operator.post(&format!("{}/resume", self.place), &Value::Null).await.expect(200)["state"],
            "active"
        );
    }

    /// A program with a key of the owner's.
    async fn key(&self, hub: &TestHub, scopes: &[&str]) -> Client {
        let made = self.boss.post("/api/keys", &json!({ "name": "ci", "scopes": scopes })).await.expect(201);
        hub.anonymous().bearing(made["secret"].as_str().unwrap())
    }

    /// A system with a staging environment.
    async fn system(&self) -> (String, String) {
        let system = id(&self.boss.post("/api/systems", &json!({ "name": "Shop" })).await);
        let environment = json!({ "kind": "staging", "base_url": "http://127.0.0.1:1" });
        let environment = self.boss.post(&format!("/api/systems/{system}/environments"), &environment).await;
        (system, id(&environment))
    }
}

async fn sign_in(client: &Client, email: &str) -> Reply {
    client.post("/api/auth/sign-in", &json!({ "email": email, "password": PASSWORD })).await
}

/// The core with a clock that is so many days ahead.
fn in_days(hub: &TestHub, days: i64) -> Hub {
    hub.with_clock(Arc::new(SettableClock::at(Utc::now() + TimeDelta::days(days))))
}

/// How many rows of the organisation are left in tables that name one.
async fn rows_left(hub: &TestHub, tenant: &str) -> Vec<String> {
    let database = Database::connect(&hub.values()["DATABASE_URL"]).await.unwrap();
    let backend = database.get_database_backend();
    let is_sqlite = backend == sea_orm::DatabaseBackend::Sqlite;
    let tables = if is_sqlite {
        "SELECT m.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' AND c.name = 'tenant_id'"
    } else {
        "SELECT table_name::text FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'tenant_id'"
    };
    let tables = database.query_all_raw(Statement::from_string(backend, tables)).await.unwrap();
    let mut left = Vec::new();
    for table in tables {
        let table: String = table.try_get_by_index(0).unwrap();
        let whose = if is_sqlite {
            format!("lower(hex(tenant_id)) = '{}'", tenant.replace('-', ""))
        } else {
            format!("tenant_id = '{tenant}'")
        };
        let sql = format!("SELECT count(*) FROM {table} WHERE {whose}");
        let row = database.query_one_raw(Statement::from_string(backend, sql)).await.unwrap().unwrap();
        if row.try_get_by_index::<i64>(0).unwrap() > 0 {
            left.push(table);
        }
    }
    database.close().await.unwrap();
    left
}

on_both_databases! {
    async fn an_organisation_is_made_with_an_owner_who_signs_in_at_once(hub: TestHub) {
        let acme = Acme::open(&hub).await;
        let me = acme.boss.get("/api/auth/me").await.expect(200);
        assert_eq!((&me["organisation"], &me["role"]), (&json!("Acme"), &json!("owner")));
        let seen = acme.operator.get(&acme.place).await.expect(200);
        assert_eq!((&seen["slug"], &seen["tier"], &seen["members"]), (&json!("acme"), &json!("basic"), &json!(1)));
        assert_eq!((&seen["state"], &seen["operates"]), (&json!("active"), &json!(false)));
        let again = json!({ "name": "ACME", "owner_email": "other@acme.example", "tier": "enterprise", "owner_password": PASSWORD });
        let again = acme.operator.post("/api/tenants", &again).await.expect(201);
        assert_eq!((&again["slug"], &again["tier"]), (&json!("acme-2"), &json!("enterprise")));
        let first = acme.operator.get("/api/tenants?limit=2").await.expect(200);
        let next = format!("/api/tenants?limit=2&cursor={}", first["next_cursor"].as_str().unwrap());
        let rest = acme.operator.get(&next).await.expect(200);
        assert_eq!((&first["items"][1]["name"], &rest["items"][0]["operates"]), (&json!("Acme"), &json!(true)));
        assert_eq!((rest["items"].as_array().unwrap().len(), &rest["next_cursor"]), (1, &Value::Null));
        let tier = acme.operator.put(&format!("{}/tier", acme.place), &json!({ "tier": "professional" })).await;
        assert_eq!(tier.expect(200)["tier"], "professional");
        let logged = acme.operator.get("/api/audit/entries?action=organisation").await.expect(200);
        assert_eq!(logged["items"].as_array().unwrap().len(), 3, "{logged}");
        let told = acme.boss.get("/api/audit/entries").await.expect(200).to_string();
        assert!(told.contains("tenant.created") && told.contains("organisation.tier.changed") && !told.contains(OWNER), "{told}");
    }

    async fn without_a_password_the_owner_follows_a_link_that_works_once(hub: TestHub) {
        let operator = hub.as_owner().await;
        let new = json!({ "name": "Acme", "slug": "acme-labs", "owner_email": BOSS });
        let made = operator.post("/api/tenants", &new).await.expect(201);
        let (place, first) = (format!("/api/tenants/{}", made["id"].as_str().unwrap()), &made["invitation"]);
        assert_eq!((&made["slug"], &made["members"], &first["email"]), (&json!("acme-labs"), &json!(0), &json!(BOSS)));
        assert!(!operator.get(&place).await.text().contains(first["secret"].as_str().unwrap()));
        let invite = format!("{place}/owner-invitation");
        operator.post(&invite, &json!({ "email": OWNER })).await.invalid("/email");
        let second = operator.post(&invite, &json!({ "email": BOSS })).await.expect(201);
        let accept = |secret: &Value| json!({ "secret": secret, "name": "The boss", "password": PASSWORD });
        hub.anonymous().post("/api/auth/invitation/accept", &accept(&first["secret"])).await.not_found();
        hub.anonymous().post("/api/auth/invitation/accept", &accept(&second["secret"])).await.expect(204);
        let boss = hub.anonymous().with_cookie_of(&sign_in(&hub.anonymous(), BOSS).await);
        assert_eq!(boss.get("/api/auth/me").await.expect(200)["role"], "owner");
        operator.post(&invite, &json!({ "email": "next@acme.example" })).await.problem(409, "conflict");
    }

    async fn what_is_wrong_is_told_field_by_field_and_leaves_nothing_behind(hub: TestHub) {
        let operator = hub.as_owner().await;
        let wrong = json!({ "name": " ", "slug": "No slug", "owner_email": "boss", "owner_password": "short" });
        let refused = operator.post("/api/tenants", &wrong).await;
        for pointer in ["/name", "/slug", "/owner_email", "/owner_password"] {
            refused.invalid(pointer);
        }
        let with = |field: &str, value: &str| {
            let mut new = json!({ "name": "Acme", "owner_email": BOSS });
            new[field] = json!(value);
            new
        };
        operator.post("/api/tenants", &with("tier", "golden")).await.invalid("/tier");
        operator.post("/api/tenants", &with("owner_email", OWNER)).await.invalid("/owner_email");
        let ours = operator.get("/api/tenants").await.expect(200)["items"][0]["slug"].as_str().unwrap().to_owned();
        operator.post("/api/tenants", &with("slug", &ours)).await.invalid("/slug");
        assert_eq!(operator.get("/api/tenants").await.expect(200)["items"].as_array().unwrap().len(), 1);
    }

    async fn only_who_runs_the_hub_sees_organisations(hub: TestHub) {
        let acme = Acme::open(&hub).await;
        acme.boss.get("/api/tenants").await.forbidden();
        let new = json!({ "name": "Mine", "owner_email": "mine@example.com" });
        acme.boss.post("/api/tenants", &new).await.forbidden();
        acme.boss.get(&acme.place).await.not_found();
        acme.boss.delete(&acme.place).await.not_found();
        hub.as_role(Role::Admin).await.get("/api/tenants").await.forbidden();
        let key = acme.key(&hub, &["hub:operate"]).await;
        key.get("/api/tenants").await.forbidden();
        let text = acme.boss.get("/organisations").await.text();
        assert!(!text.contains("Runs the hub") && !text.contains("href=\"/organisations\""), "{text}");
        let text = acme.operator.get("/organisations").await.text();
        assert!(text.contains("Runs the hub") && text.contains("href=\"/organisations\""), "{text}");
    }

    async fn a_suspended_organisations_people_get_in_no_more_until_it_is_resumed(hub: TestHub) {
        let acme = Acme::open(&hub).await;
        let (key, directory) = (acme.key(&hub, &["systems:read"]).await, acme.key(&hub, &["scim:manage"]).await);
        let (system, _) = acme.system().await;
        let shares = format!("/api/teardown/scorecard/{system}/shares");
        let share = acme.boss.post(&shares, &json!({ "name": "Readme" })).await.expect(201);
        let (shared, badge) = (share["path"].as_str().unwrap(), share["badge_path"].as_str().unwrap());
        assert_eq!(hub.anonymous().get(shared).await.status, 200);
        acme.suspend().await;

        for closed in [
            acme.boss.get("/api/auth/me").await,
            acme.boss.get("/api/systems").await,
            key.get("/api/systems").await,
            sign_in(&hub.anonymous(), BOSS).await,
        ] {
            let problem = closed.problem(403, "suspended");
            assert!(problem["detail"].as_str().unwrap().contains(WHY), "{problem}");
        }
        assert_eq!(directory.get("/scim/v2/Users").await.status, 403);
        let wrong = json!({ "email": BOSS, "password": "not the password at all" });
        let refused = hub.anonymous().post("/api/auth/sign-in", &wrong).await;
        assert!(!refused.problem(401, "unauthenticated").to_string().contains(WHY));
        let page = acme.boss.get("/systems").await;
        assert!(!page.text().contains("Shop"), "{}", page.text());
        assert_eq!((hub.anonymous().get(shared).await.status, hub.anonymous().get(badge).await.status), (404, 404));
        // Whoever was kept out may sign in elsewhere with the same browser.
        sign_in(&acme.boss, OWNER).await.expect(200);
        acme.operator.get("/api/systems").await.expect(200);
        let twice = acme.operator.post(&format!("{}/suspend", acme.place), &json!({ "reason": WHY })).await;
        twice.problem(409, "conflict");
        acme.operator.post(&format!("{}/suspend", acme.place), &json!({ "reason": " " })).await.invalid("/reason");

        acme.resume().await;
        key.get("/api/systems").await.expect(200);
        sign_in(&hub.anonymous(), BOSS).await.expect(200);
        assert_eq!(hub.anonymous().get(shared).await.status, 200);
        acme.operator.post(&format!("{}/resume", acme.place), &Value::Null).await.problem(409, "conflict");
    }

    async fn a_session_is_worth_what_it_was_after_a_suspension(hub: TestHub) {
        let acme = Acme::open(&hub).await;
        acme.suspend().await;
        acme.boss.get("/api/systems").await.problem(403, "suspended");
        acme.resume().await;
        acme.boss.get("/api/systems").await.expect(200);
    }

    async fn an_invitation_to_a_suspended_organisation_waits(hub: TestHub) {
        let operator = hub.as_owner().await;
        let made = operator.post("/api/tenants", &json!({ "name": "Acme", "owner_email": BOSS })).await.expect(201);
        let place = format!("/api/tenants/{}", made["id"].as_str().unwrap());
        operator.post(&format!("{place}/suspend"), &json!({ "reason": WHY })).await.expect(200);
        let accept = json!({ "secret": made["invitation"]["secret"], "password": PASSWORD });
        hub.anonymous().post("/api/auth/invitation/accept", &accept).await.problem(403, "suspended");
        operator.post(&format!("{place}/resume"), &Value::Null).await.expect(200);
        hub.anonymous().post("/api/auth/invitation/accept", &accept).await.expect(204);
    }

    async fn schedules_and_rotations_of_a_suspended_organisation_wait(hub: TestHub) {
        let acme = Acme::open(&hub).await;
        let (_, environment) = acme.system().await;
        let benchmark = json!({ "environment_id": environment, "version": "nightly-{date}", "duration_s": 1.0 });
        let schedule = json!({ "name": "Nightly", "cron": "0 2 * * *", "time_zone": "UTC", "benchmark": benchmark });
        let schedule = id(&acme.boss.post("/api/schedules", &schedule).await);
        let key = acme.boss.post("/api/keys", &json!({ "name": "ci", "scopes": ["lab:read"] })).await.expect(201);
        let rotation = format!("/api/keys/{}/rotation", key["id"].as_str().unwrap());
        acme.boss.put(&rotation, &json!({ "every_days": 30, "overlap_hours": 48 })).await.expect(200);
        acme.suspend().await;
        let later = in_days(&hub, 31);
        assert_eq!(later.schedules().dispatch().await.unwrap(), 0);
        assert_eq!(later.keys().dispatch().await.unwrap(), 0);
        acme.resume().await;
        assert_eq!(later.schedules().dispatch().await.unwrap(), 1);
        assert!(later.keys().dispatch().await.unwrap() >= 1);
        let runs = acme.boss.get(&format!("/api/schedules/{schedule}/runs")).await.expect(200);
        assert_eq!(runs["items"].as_array().unwrap().len(), 1, "{runs}");
    }

    async fn an_organisation_goes_after_its_time_to_the_last_row_and_file(hub: TestHub) {
        let acme = Acme::open(&hub).await;
        let (system, environment) = acme.system().await;
        let files = json!([{ "name": "k6.json", "content": K6 }]);
        let new = json!({ "environment_id": environment, "version": "1.0.0", "files": files });
        acme.boss.post("/api/teardown/benchmark/import", &new).await.expect(201);
        acme.boss.post("/api/workspace/create", &json!({ "name": "Team" })).await.expect(201);
        acme.boss.get(&format!("/api/systems/{system}")).await.expect(200);
        let beside = hub.as_other_tenant().await;
        beside.post("/api/systems", &json!({ "name": "Theirs" })).await.expect(201);
        let artifacts = hub.folder().join("data/artifacts").join(&acme.id);
        assert!(artifacts.is_dir() && rows_left(&hub, &acme.id).await.len() >= 8);

        let leaving = acme.operator.delete(&acme.place).await.expect(200);
        assert_eq!(leaving["state"], "leaving");
        let problem = acme.boss.get("/api/systems").await.problem(403, "suspended");
        assert!(problem["detail"].as_str().unwrap().contains("is removed after"), "{problem}");
        acme.operator.delete(&acme.place).await.problem(409, "conflict");
        assert_eq!(acme.operator.post(&format!("{}/restore", acme.place), &Value::Null).await.expect(200)["state"], "active");
        acme.boss.get("/api/systems").await.expect(200);
        acme.operator.delete(&acme.place).await.expect(200);
        assert_eq!(in_days(&hub, 29).tenants().remove_due().await.unwrap(), 0);
        acme.operator.get(&acme.place).await.expect(200);

        assert_eq!(in_days(&hub, 31).tenants().remove_due().await.unwrap(), 1);
        acme.operator.get(&acme.place).await.not_found();
        assert_eq!(rows_left(&hub, &acme.id).await, Vec::<String>::new());
        assert!(!artifacts.exists());
        acme.boss.get("/api/systems").await.problem(401, "unauthenticated");
        sign_in(&hub.anonymous(), BOSS).await.problem(401, "unauthenticated");
        let logged = acme.operator.get("/api/audit/entries?action=organisation.removed").await.expect(200);
        let detail = &logged["items"][0]["detail"];
        assert_eq!((&detail["organisation"], &detail["rows"]["users"], &detail["rows"]["systems"]), (&json!("Acme"), &json!(1), &json!(1)));
        assert!(detail["rows"]["audit_entries"].as_u64().unwrap() > 3 && detail["files"].as_u64().unwrap() > 0, "{detail}");
        // Nobody else lost anything.
        assert_eq!(beside.get("/api/systems").await.expect(200)["items"].as_array().unwrap().len(), 1);
        assert_eq!(acme.operator.get("/api/tenants").await.expect(200)["items"].as_array().unwrap().len(), 2);
    }

    async fn an_owner_has_their_own_organisation_removed_by_typing_its_name(hub: TestHub) {
        let acme = Acme::open(&hub).await;
        let typed = |name: &str| json!({ "name": name });
        acme.boss.post("/api/tenants/deletion", &typed("acme")).await.invalid("/name");
        acme.operator.post("/api/tenants/deletion", &typed(&format!("Organisation of {OWNER}"))).await.problem(409, "conflict");
        hub.as_role(Role::Admin).await.post("/api/tenants/deletion", &typed("Acme")).await.forbidden();
        assert_eq!(acme.boss.post("/api/tenants/deletion", &typed("Acme")).await.expect(200)["state"], "leaving");
        acme.boss.get("/api/systems").await.problem(403, "suspended");
        let logged = acme.operator.get("/api/audit/entries?action=organisation.deletion").await.expect(200);
        assert_eq!(logged["items"][0]["actor"], "hub its owner", "{logged}");
        acme.operator.post(&format!("{}/restore", acme.place), &Value::Null).await.expect(200);
        acme.boss.get("/api/systems").await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspension_is_seen_by_another_instance_at_once() {
    let hub = TestHub::start(Backend::Postgres).await;
    let acme = Acme::open(&hub).await;
    let key = acme.key(&hub, &["systems:read"]).await;
    let other = hub.another().await;
    let (boss, key) = (acme.boss.clone().at(other.address()), key.at(other.address()));
    for client in [&boss, &key] {
        client.get("/api/systems").await.expect(200);
    }
    acme.suspend().await;
    for client in [&boss, &key] {
        client.get("/api/systems").await.problem(403, "suspended");
    }
    acme.resume().await;
    for client in [&boss, &key] {
        client.get("/api/systems").await.expect(200);
    }
    other.stop().await;
}
