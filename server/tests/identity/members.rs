//! Invitations, and memberships that end.

use crate::support::{Backend, PASSWORD, TestHub};
use hub::access::Role;
use serde_json::json;

on_both_databases! {
    async fn somebody_follows_an_invitation_and_signs_in(hub: TestHub) {
        let owner = hub.as_owner().await;
        let body = json!({ "email": "eve@example.com", "role": "auditor", "expires_in_days": 1 });
        let made = owner.post("/api/tenants/invitations", &body).await.expect(201);
        let link = json!({ "secret": made["secret"] });
        let told = hub.anonymous().post("/api/auth/invitation", &link).await.expect(200);
        assert_eq!((told["email"].as_str(), told["role"].as_str()), (Some("eve@example.com"), Some("auditor")));
        let accept = json!({ "secret": made["secret"], "name": "Eve", "password": PASSWORD });
        let weak = json!({ "secret": made["secret"], "password": "short" });
        hub.anonymous().post("/api/auth/invitation/accept", &weak).await.invalid("/password");
        hub.anonymous().post("/api/auth/invitation/accept", &accept).await.expect(204);
        hub.anonymous().post("/api/auth/invitation/accept", &accept).await.not_found();
        let eve = json!({ "email": "eve@example.com", "password": PASSWORD });
        assert_eq!(hub.anonymous().post("/api/auth/sign-in", &eve).await.expect(200)["role"], "auditor");
        let again = owner.post("/api/tenants/invitations", &body).await;
        again.invalid("/email");
    }

    async fn an_ended_membership_ends_sessions_and_keys_with_the_next_request(hub: TestHub) {
        let member = hub.as_role(Role::Member).await;
        let key = json!({ "name": "ci", "scopes": ["systems:read"] });
        let key = member.post("/api/keys", &key).await.expect(201);
        let program = hub.anonymous().bearing(key["secret"].as_str().unwrap());
        program.get("/api/systems").await.expect(200);
        let id = member.get("/api/auth/me").await.expect(200)["user_id"].as_str().unwrap().to_owned();
        let path = format!("/api/tenants/members/{id}");
        let end = json!({ "active": false });
        hub.as_role(Role::Auditor).await.patch(&path, &end).await.forbidden();
        let ended = hub.as_owner().await.patch(&path, &end).await.expect(200);
        assert!(ended["disabled_at"].is_string(), "{ended}");
        member.get("/api/auth/me").await.problem(401, "unauthenticated");
        program.get("/api/systems").await.problem(401, "unauthenticated");
    }

    async fn the_ownership_is_handed_over_by_the_owner_alone(hub: TestHub) {
        let admin = hub.as_role(Role::Admin).await;
        let id = admin.get("/api/auth/me").await.expect(200)["user_id"].as_str().unwrap().to_owned();
        admin.post("/api/tenants/hand-over", &json!({ "to": id })).await.forbidden();
        let owner = hub.as_owner().await;
        owner.post("/api/tenants/hand-over", &json!({ "to": id })).await.expect(200);
        assert_eq!(admin.get("/api/auth/me").await.expect(200)["role"], "owner");
        assert_eq!(owner.get("/api/auth/me").await.expect(200)["role"], "admin");
    }
}
