//! Signing in and out, sessions, keys, members.

#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

#[path = "../support/mod.rs"]
#[macro_use]
mod support;

mod members;
mod messages;
mod peers;
mod profile;
mod providers;
mod rotation;
mod saml_providers;
mod scim;
mod scim_peer;
mod second_factors;

use hub::access::{Permission, Role};
use reqwest::Method;
use serde_json::json;
use support::{Backend, OWNER, PASSWORD, TestHub, send};

on_both_databases! {
    async fn the_first_comer_becomes_the_owner_and_nobody_after(hub: TestHub) {
        let body = json!({ "organisation": "Acme", "email": "ada@example.com", "name": "Ada", "password": PASSWORD });
        let first = hub.anonymous().post("/api/auth/first-run", &body).await;
        let me = first.expect(201);
        assert_eq!((me["role"].as_str(), me["organisation"].as_str()), (Some("owner"), Some("Acme")));
        let ada = hub.anonymous().with_cookie_of(&first);
        assert_eq!(ada.get("/api/auth/me").await.expect(200)["name"], "ada@example.com");
        let second = hub.anonymous().post("/api/auth/first-run", &body).await;
        second.problem(409, "conflict");
        assert_eq!(second.cookie(), None);
    }

    async fn a_session_survives_a_restart_and_ends_with_the_sign_out(mut hub: TestHub) {
        let owner = hub.as_owner().await;
        hub.restart().await;
        let owner = owner.at(hub.address());
        assert_eq!(owner.get("/api/auth/me").await.expect(200)["name"], OWNER);
        owner.post("/api/auth/sign-out", &json!({})).await.expect(204);
        owner.get("/api/auth/me").await.problem(401, "unauthenticated");
    }

    async fn signing_in_again_makes_the_session_of_before_worthless(hub: TestHub) {
        let before = hub.as_owner().await;
        let body = json!({ "email": OWNER, "password": PASSWORD });
        let again = before.post("/api/auth/sign-in", &body).await;
        again.expect(200);
        assert_ne!(again.cookie().as_deref(), before.cookie());
        before.get("/api/auth/me").await.problem(401, "unauthenticated");
        before.clone().with_cookie_of(&again).get("/api/auth/me").await.expect(200);
    }

    async fn sessions_are_listed_and_ended_by_their_owner_alone(hub: TestHub) {
        let (here, there) = (hub.as_owner().await, hub.as_owner().await);
        let sessions = here.get("/api/auth/sessions").await.expect(200);
        let sessions = sessions.as_array().unwrap();
        assert_eq!(sessions.len(), 2);
        assert_eq!(sessions.iter().filter(|session| session["current"] == true).count(), 1);
        let other = sessions.iter().find(|session| session["current"] == false).unwrap()["id"].as_str().unwrap();
        let path = format!("/api/auth/sessions/{other}");
        hub.as_role(Role::Admin).await.delete(&path).await.not_found();
        hub.as_other_tenant().await.delete(&path).await.not_found();
        there.get("/api/auth/me").await.expect(200);
        here.delete(&path).await.expect(204);
        there.get("/api/auth/me").await.problem(401, "unauthenticated");
        here.get("/api/auth/me").await.expect(200);
    }

    async fn a_key_may_what_its_scopes_say_until_it_is_revoked(hub: TestHub) {
        let owner = hub.as_owner().await;
        let body = json!({ "name": "ci", "scopes": ["members:read"], "expires_in_days": 7 });
        let made = owner.post("/api/keys", &body).await.expect(201);
        let program = hub.anonymous().bearing(made["secret"].as_str().unwrap());
        program.get("/api/tenants/members").await.expect(200);
        program.get("/api/keys").await.forbidden();
        let listed = owner.get("/api/keys").await.expect(200);
        assert_eq!((&listed[0]["id"], &listed[0]["secret"]), (&made["id"], &serde_json::Value::Null));
        let path = format!("/api/keys/{}", made["id"].as_str().unwrap());
        hub.as_role(Role::Member).await.delete(&path).await.not_found();
        hub.as_other_tenant().await.delete(&path).await.not_found();
        program.get("/api/auth/me").await.expect(200);
        owner.delete(&path).await.expect(204);
        let refused = program.get("/api/tenants/members").await;
        refused.problem(401, "unauthenticated");
        assert_eq!(refused.header("www-authenticate"), Some("Bearer"));
    }

    async fn members_are_added_by_those_who_manage_them(hub: TestHub) {
        let body = json!({ "email": "new@example.com", "role": "member", "password": PASSWORD });
        for role in [Role::Member, Role::Auditor] {
            hub.as_role(role).await.post("/api/tenants/members", &body).await.forbidden();
        }
        let admin = hub.as_role(Role::Admin).await;
        let second_owner = json!({ "email": "two@example.com", "role": "owner", "password": PASSWORD });
        admin.post("/api/tenants/members", &second_owner).await.invalid("/role");
        let weak = json!({ "email": "not an address", "role": "member", "password": "short" });
        let refused = admin.post("/api/tenants/members", &weak).await;
        refused.invalid("/email");
        refused.invalid("/password");
        assert_eq!(admin.post("/api/tenants/members", &body).await.expect(201)["role"], "member");
        let members = hub.as_other_tenant().await.get("/api/tenants/members").await.expect(200);
        assert_eq!(members["items"].as_array().map(Vec::len), Some(1), "another organisation's members are not seen");
    }

    async fn a_wrong_pair_does_not_say_which_half_is_wrong(hub: TestHub) {
        hub.owner().await;
        let try_in = async |email: &str, password: &str| {
            let reply = hub.anonymous().post("/api/auth/sign-in", &json!({ "email": email, "password": password })).await;
            assert_eq!(reply.cookie(), None);
            reply.problem(401, "unauthenticated")["detail"].clone()
        };
        assert_eq!(try_in(OWNER, "wrong wrong wrong").await, try_in("nobody@example.com", PASSWORD).await);
        try_in("' OR 1=1 --", "' OR 1=1 --").await;
    }
}

#[tokio::test]
async fn a_credential_that_is_wrong_is_never_taken_for_nobody() {
    let hub = TestHub::start(Backend::Sqlite).await;
    let owner = hub.as_owner().await;
    let right = hub.with_key(&[Permission::LabRead]).await;
    right.get("/api/auth/me").await.expect(200);
    for value in ["Bearer", "Bearer ", "Bearer sbh_0", "Basic b3duZXI6cHc=", "sbh_0", "Bearer a b"] {
        let path_of_nobody = owner.request(Method::GET, "/welcome").header("authorization", value);
        let reply = send(path_of_nobody).await;
        reply.problem(401, "unauthenticated");
        assert!(reply.header("www-authenticate").is_some(), "{value}");
    }
}
