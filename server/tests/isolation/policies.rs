//! PostgreSQL keeps organisations apart on its own: with row-level security, and without the help of a single WHERE.

use crate::support::{self, Backend, TestHub};
use hub::{access::Permission, systems::NewSystem};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, FromQueryResult, Statement};
use std::collections::BTreeSet;

async fn catalogue(hub: &TestHub) -> DatabaseConnection {
    Database::connect(&hub.values()["DATABASE_URL"]).await.unwrap()
}

async fn texts(connection: &impl ConnectionTrait, sql: &str) -> BTreeSet<String> {
    let question = Statement::from_string(connection.get_database_backend(), sql);
    let rows = connection.query_all_raw(question).await.unwrap();
    rows.iter().map(|row| row.try_get_by_index::<String>(0).unwrap()).collect()
}

const TENANT_TABLES: &str = "SELECT DISTINCT table_name::text FROM information_schema.columns
    WHERE table_schema = 'public' AND (column_name = 'tenant_id' OR table_name = 'tenants')";

#[tokio::test(flavor = "multi_thread")]
async fn every_tenant_table_forces_its_policies() {
    let hub = TestHub::start(Backend::Postgres).await;
    let connection = catalogue(&hub).await;
    let tables = texts(&connection, TENANT_TABLES).await;
    assert!(tables.len() >= 15, "{tables:?}");
    let forced = "SELECT c.relname::text FROM pg_class c JOIN pg_policy p ON p.polrelid = c.oid
        WHERE c.relrowsecurity AND c.relforcerowsecurity AND p.polname = 'tenant'
          AND p.polqual IS NOT NULL AND p.polwithcheck IS NOT NULL";
    assert_eq!(texts(&connection, forced).await, tables);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_signing_in_dispatch_share_links_and_running_the_hub_cross_organisations() {
    let hub = TestHub::start(Backend::Postgres).await;
    let others = "SELECT p.polname || ' on ' || c.relname FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
        WHERE p.polname <> 'tenant'";
    let expected = [
        "tenants",
        "users",
        "sessions",
        "api_keys",
        "invitations",
        "pending_sign_ins",
        "identity_providers",
        "used_messages",
    ]
    .map(|table| format!("sign_in on {table}"));
    let dispatched = [
        "jobs",
        "schedules",
        "scheduled_runs",
        "notifications",
        "artifacts",
        "key_schedules",
        "usage_days",
        "key_handovers",
        "events",
        "idempotent_answers",
        "invitations",
        "remembered_devices",
        "privacy_requests",
        "tenants",
    ]
    .map(|table| format!("dispatch on {table}"));
    let shared = "share on scorecard_shares".to_owned();
    let operated = ["tenants", "users"].map(|table| format!("operate on {table}"));
    let expected: BTreeSet<_> = expected.into_iter().chain(dispatched).chain([shared]).chain(operated).collect();
    assert_eq!(texts(&catalogue(&hub).await, others).await, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_application_role_owns_nothing_and_passes_nothing() {
    let hub = TestHub::start(Backend::Postgres).await;
    let connection = catalogue(&hub).await;
    let attributes = "SELECT (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolcanlogin)::text
        FROM pg_roles WHERE rolname = 'sbh_app'";
    assert_eq!(texts(&connection, attributes).await, BTreeSet::from(["false".to_owned()]));
    let owned =
        "SELECT relname::text FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE r.rolname = 'sbh_app'";
    assert_eq!(texts(&connection, owned).await, BTreeSet::new());
}

#[derive(FromQueryResult)]
struct Named {
    name: String,
}

/// What a store would read if somebody forgot its WHERE.
async fn all_systems(hub: &TestHub, scope: &hub::access::Scope) -> Vec<String> {
    let tx = hub.hub().platform().db.read(scope).await.unwrap();
    let question = Statement::from_string(tx.get_database_backend(), "SELECT name FROM systems");
    let rows = Named::find_by_statement(question).all(&tx).await.unwrap();
    rows.into_iter().map(|row| row.name).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_without_a_where_sees_one_organisation() {
    let hub = TestHub::start(Backend::Postgres).await;
    let ours = hub.owner().await.clone();
    let theirs = hub.hub().identity().create_tenant(support::new_owner("stranger@example.com")).await.unwrap();
    for (actor, name) in [(&ours, "Our system"), (&theirs, "Their system")] {
        let new = NewSystem { name: name.to_owned(), description: String::new() };
        hub.hub().systems().create(actor, new).await.unwrap();
    }
    let scope = |actor: &hub::access::Actor| actor.require(Permission::SystemsRead).unwrap();
    assert_eq!(all_systems(&hub, &scope(&ours)).await, ["Our system"]);
    assert_eq!(all_systems(&hub, &scope(&theirs)).await, ["Their system"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn writing_into_another_organisation_is_refused_by_the_database() {
    let hub = TestHub::start(Backend::Postgres).await;
    let ours = hub.owner().await.clone();
    let theirs = hub.hub().identity().create_tenant(support::new_owner("stranger@example.com")).await.unwrap();
    let new = NewSystem { name: "Their system".to_owned(), description: String::new() };
    hub.hub().systems().create(&theirs, new).await.unwrap();
    let scope = ours.require(Permission::SystemsWrite).unwrap();
    let db = &hub.hub().platform().db;

    let tx = db.write(&scope).await.unwrap();
    let changed = tx.execute_unprepared("UPDATE systems SET description = 'ours now'").await.unwrap();
    assert_eq!(changed.rows_affected(), 0);
    let removed = tx.execute_unprepared("DELETE FROM systems").await.unwrap();
    assert_eq!(removed.rows_affected(), 0);
    let insert = format!(
        "INSERT INTO systems (id, tenant_id, created_at, name, name_key, description)
         VALUES (gen_random_uuid(), '{}', now(), 'Planted', 'planted', '')",
        theirs.tenant()
    );
    let refused = tx.execute_unprepared(&insert).await.unwrap_err();
    assert!(refused.to_string().contains("row-level security"), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_organisation_there_are_no_rows() {
    let hub = TestHub::start(Backend::Postgres).await;
    let owner = hub.owner().await.clone();
    let new = NewSystem { name: "Our system".to_owned(), description: String::new() };
    hub.hub().systems().create(&owner, new).await.unwrap();
    let connection = catalogue(&hub).await;
    let tx = sea_orm::TransactionTrait::begin(&connection).await.unwrap();
    tx.execute_unprepared("SET LOCAL ROLE sbh_app").await.unwrap();
    assert_eq!(texts(&tx, "SELECT name FROM systems").await, BTreeSet::new());
    assert_eq!(texts(&tx, "SELECT email FROM users").await, BTreeSet::new());
}

/// The column that names a row's organisation.
fn owner_of(table: &str) -> &'static str {
    if table == "tenants" { "id" } else { "tenant_id" }
}

/// A row with something in each column, for any table there is or will be.
async fn row_of(connection: &DatabaseConnection, table: &str, tenant: &str) -> String {
    let sql = format!(
        "SELECT column_name::text, udt_name::text FROM information_schema.columns
         WHERE table_schema = 'public' AND table_name = '{table}'"
    );
    let question = Statement::from_string(connection.get_database_backend(), sql);
    let columns = connection.query_all_raw(question).await.unwrap();
    let (mut names, mut values) = (Vec::new(), Vec::new());
    for column in columns {
        let (name, kind): (String, String) = (column.try_get_by_index(0).unwrap(), column.try_get_by_index(1).unwrap());
        let value = match kind.as_str() {
            _ if name == owner_of(table) => format!("'{tenant}'"),
            "uuid" => "gen_random_uuid()".to_owned(),
            "varchar" | "text" => "md5(random()::text)".to_owned(),
            "json" | "jsonb" => "'{}'".to_owned(),
            "timestamptz" => "now()".to_owned(),
            "date" => "current_date".to_owned(),
            "int2" | "int4" | "int8" => "(random() * 30000)::int".to_owned(),
            "float8" => "0".to_owned(),
            "bool" => "false".to_owned(),
            other => panic!("{table}.{name} is of the type {other}, for which this test knows no value"),
        };
        names.push(name);
        values.push(value);
    }
    format!("INSERT INTO {table} ({}) VALUES ({})", names.join(", "), values.join(", "))
}

#[tokio::test(flavor = "multi_thread")]
async fn in_every_table_rows_of_others_are_neither_seen_nor_changed_nor_made() {
    let hub = TestHub::start(Backend::Postgres).await;
    let ours = hub.owner().await.clone();
    let theirs = hub.hub().identity().create_tenant(support::new_owner("stranger@example.com")).await.unwrap();
    let (our_id, their_id) = (ours.tenant().to_string(), theirs.tenant().to_string());
    let connection = catalogue(&hub).await;
    let scope = ours.require(Permission::SystemsWrite).unwrap();
    let db = &hub.hub().platform().db;
    for table in texts(&connection, TENANT_TABLES).await {
        for tenant in [&our_id, &their_id] {
            let plant = format!("{} ON CONFLICT DO NOTHING", row_of(&connection, &table, tenant).await);
            connection.execute_unprepared(&plant).await.unwrap_or_else(|error| panic!("{plant}: {error}"));
        }
        let key = owner_of(&table);
        let seen = format!("SELECT DISTINCT coalesce({key}::text, 'nobody') FROM {table}");
        let both = texts(&connection, &seen).await;
        assert!(both.contains(&our_id) && both.contains(&their_id), "{table} has rows of both: {both:?}");
        let tx = db.write(&scope).await.unwrap();
        assert_eq!(texts(&tx, &seen).await, BTreeSet::from([our_id.clone()]), "{table}");
        let count = texts(&connection, &format!("SELECT count(*)::text FROM {table} WHERE {key} = '{our_id}'")).await;
        for change in [format!("UPDATE {table} SET {key} = {key}"), format!("DELETE FROM {table}")] {
            let changed = tx.execute_unprepared(&change).await.unwrap().rows_affected().to_string();
            assert_eq!(BTreeSet::from([changed]), count, "{change}");
        }
        drop(tx);
        let stranger = if table == "tenants" { uuid::Uuid::new_v4().to_string() } else { their_id.clone() };
        let give_away = format!("UPDATE {table} SET {key} = '{stranger}'");
        for change in [row_of(&connection, &table, &stranger).await, give_away] {
            let tx = db.write(&scope).await.unwrap();
            let refused = tx.execute_unprepared(&change).await.expect_err(&change);
            assert!(refused.to_string().contains("row-level security"), "{change}: {refused}");
        }
    }
}
