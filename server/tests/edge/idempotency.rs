//! A change that is sent twice happens once.

use crate::support::{Backend, Client, Reply, TestHub, send};
use hub::access::{Permission, Role};
use reqwest::Method;
use serde_json::{Value, json};

async fn create(client: &Client, key: &str, body: &Value) -> Reply {
    send(client.request(Method::POST, "/api/keys").header("idempotency-key", key).json(body)).await
}

fn wanted(name: &str) -> Value {
    json!({ "name": name, "scopes": ["lab:read"] })
}

async fn keys(client: &Client) -> usize {
    client.get("/api/keys").await.expect(200).as_array().map_or(0, Vec::len)
}

on_both_databases! {
    async fn the_first_answer_comes_again(hub: TestHub) {
        let owner = hub.as_owner().await;
        let first = create(&owner, "a", &wanted("one")).await;
        let second = create(&owner, "a", &wanted("one")).await;
        let made = first.expect(201);
        assert!(made["secret"].as_str().is_some_and(|secret| secret.starts_with("sbh_")));
        assert_eq!(second.expect(201), made);
        assert_eq!(first.header("idempotency-replayed"), None);
        assert_eq!(second.header("idempotency-replayed"), Some("true"));
        assert_eq!(second.header("content-type"), first.header("content-type"));
        assert_eq!(keys(&owner).await, 1);
    }

    async fn a_refusal_is_an_answer_too(hub: TestHub) {
        let owner = hub.as_owner().await;
        let first = create(&owner, "a", &wanted("")).await.invalid("/name");
        let second = create(&owner, "a", &wanted("")).await;
        assert_eq!(second.expect(422), first);
        assert_eq!(second.header("content-type"), Some("application/problem+json"));
        assert_eq!(second.header("idempotency-replayed"), Some("true"));
    }

    async fn a_key_stands_for_one_request(hub: TestHub) {
        let owner = hub.as_owner().await;
        create(&owner, "a", &wanted("one")).await.expect(201);
        create(&owner, "a", &wanted("two")).await.problem(422, "idempotency-key-reused");
        let elsewhere = owner.request(Method::POST, "/api/auth/sign-out").header("idempotency-key", "a").json(&wanted("one"));
        send(elsewhere).await.problem(422, "idempotency-key-reused");
        assert_eq!(keys(&owner).await, 1);
    }

    async fn callers_do_not_share_keys(hub: TestHub) {
        let (owner, member) = (hub.as_owner().await, hub.as_role(Role::Member).await);
        let stranger = hub.as_other_tenant().await;
        let program = hub.with_key(&[Permission::AccountManage, Permission::LabRead]).await;
        for caller in [&owner, &member, &stranger] {
            let reply = create(caller, "a", &wanted("mine")).await;
            reply.expect(201);
            assert_eq!(reply.header("idempotency-replayed"), None);
        }
        assert_eq!(create(&program, "a", &wanted("mine")).await.header("idempotency-replayed"), None);
    }

    async fn many_at_once_make_one(hub: TestHub) {
        let owner = hub.as_owner().await;
        let body = wanted("one");
        let replies = futures::future::join_all((0..8).map(|_| create(&owner, "a", &body))).await;
        let made = replies.iter().filter(|reply| reply.status == 201).count();
        assert!(made >= 1);
        for reply in replies.iter().filter(|reply| reply.status != 201) {
            reply.problem(409, "conflict");
        }
        assert_eq!(keys(&owner).await, 1);
    }

    async fn a_key_survives_a_restart(mut hub: TestHub) {
        let owner = hub.as_owner().await;
        let made = create(&owner, "a", &wanted("one")).await.expect(201);
        hub.restart().await;
        let owner = owner.at(hub.address());
        assert_eq!(create(&owner, "a", &wanted("one")).await.expect(201), made);
        assert_eq!(keys(&owner).await, 1);
    }
}

#[tokio::test]
async fn a_key_is_visible_ascii_of_bounded_length() {
    let hub = TestHub::start(Backend::Sqlite).await;
    let owner = hub.as_owner().await;
    for key in ["", "with space", &"k".repeat(256)] {
        create(&owner, key, &wanted("one")).await.problem(400, "malformed");
    }
    let twice = owner.request(Method::POST, "/api/keys").header("idempotency-key", "a").header("idempotency-key", "b");
    send(twice.json(&wanted("one"))).await.problem(400, "malformed");
    create(&owner, &"k".repeat(255), &wanted("one")).await.expect(201);
    assert_eq!(keys(&owner).await, 1);
}

#[tokio::test]
async fn what_is_kept_does_not_show_a_secret() {
    use sea_orm::{ConnectionTrait as _, Database, DatabaseBackend, Statement};
    let hub = TestHub::start(Backend::Sqlite).await;
    let owner = hub.as_owner().await;
    let made = create(&owner, "a", &wanted("one")).await.expect(201);
    let database = Database::connect(&hub.values()["DATABASE_URL"]).await.unwrap();
    let sql = "SELECT body FROM idempotent_answers";
    let row = database.query_one_raw(Statement::from_string(DatabaseBackend::Sqlite, sql)).await.unwrap().unwrap();
    let body: String = row.try_get("", "body").unwrap();
    assert!(!body.is_empty() && !body.contains(made["secret"].as_str().unwrap()) && !body.contains("sbh_"));
}
