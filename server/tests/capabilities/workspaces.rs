//! Teams' spaces, their roles, and that limits hold when many ask at once.

use crate::{
    shop::id,
    support::{Backend, Client, TestHub},
};
use hub::access::Role;
use serde_json::{Value, json};

/// A workspace of the client's.
pub async fn workspace(client: &Client, name: &str, review_changes: bool) -> String {
    id(&client.post("/api/workspace/create", &json!({ "name": name, "review_changes": review_changes })).await)
}

/// A member of the organisation, added to a workspace with a role.
pub async fn joined(hub: &TestHub, owner: &Client, workspace: &str, email: &str, role: &str) -> Client {
    let new = json!({ "email": email, "role": "member", "password": crate::support::PASSWORD });
    owner.post("/api/tenants/members", &new).await.expect(201);
    let add = json!({ "workspace_id": workspace, "email": email, "role": role });
    owner.post("/api/workspace/member/add", &add).await.expect(201);
    signed_in(hub, email).await
}

pub async fn signed_in(hub: &TestHub, email: &str) -> Client {
    let client = hub.anonymous();
    let reply =
        client.post("/api/auth/sign-in", &json!({ "email": email, "password": crate::support::PASSWORD })).await;
    reply.expect(200);
    client.with_cookie_of(&reply)
}

on_both_databases! {
    async fn a_workspace_is_made_filled_changed_and_told_of(hub: TestHub) {
        let owner = hub.as_owner().await;
        let team = workspace(&owner, "Checkout", false).await;
        let place = format!("/api/workspace/{team}");
        let outsider = hub.as_role(Role::Member).await;
        outsider.get(&place).await.not_found();
        assert_eq!(outsider.get("/api/workspace").await.expect(200)["items"], json!([]));
        let viewer = joined(&hub, &owner, &team, "vera@example.com", "viewer").await;
        assert_eq!(viewer.get(&place).await.expect(200)["role"], "viewer");
        viewer.patch(&place, &json!({ "name": "Mine" })).await.forbidden();
        let again = json!({ "workspace_id": team, "email": "vera@example.com", "role": "editor" });
        owner.post("/api/workspace/member/add", &again).await.problem(409, "conflict");
        let nobody = json!({ "workspace_id": team, "email": "nobody@example.com", "role": "editor" });
        owner.post("/api/workspace/member/add", &nobody).await.invalid("/email");
        let wrong = json!({ "workspace_id": team, "email": "vera@example.com", "role": "king" });
        owner.post("/api/workspace/member/add", &wrong).await.invalid("/role");

        let changed = owner.patch(&place, &json!({ "name": "Basket", "review_changes": true })).await.expect(200);
        assert_eq!((&changed["name"], &changed["review_changes"], &changed["members"]), (&json!("Basket"), &json!(true), &json!(2)));
        workspace(&owner, "Other", false).await;
        owner.patch(&place, &json!({ "name": "OTHER" })).await.invalid("/name");
        let members = owner.get(&format!("{place}/members")).await.expect(200);
        let vera = members["items"][0]["user_id"].as_str().unwrap();
        assert_eq!(members["items"][0]["email"], "vera@example.com");
        let member = format!("{place}/members/{vera}");
        assert_eq!(owner.patch(&member, &json!({ "role": "reviewer" })).await.expect(200)["role"], "reviewer");
        // Everybody may leave.
        assert_eq!(viewer.delete(&member).await.status, 204);
        viewer.get(&place).await.not_found();

        let feed = owner.get(&format!("{place}/activity?limit=2")).await.expect(200);
        let actions: Vec<&str> = feed["items"].as_array().unwrap().iter().map(|line| line["action"].as_str().unwrap()).collect();
        assert_eq!(actions, ["workspace.member.removed", "workspace.member.role_changed"]);
        let rest = format!("{place}/activity?limit=50&cursor={}", feed["next_cursor"].as_str().unwrap());
        let rest = owner.get(&rest).await.expect(200);
        assert_eq!((rest["items"].as_array().unwrap().len(), &rest["next_cursor"]), (3, &Value::Null));
        let logged = owner.get("/api/audit/entries?action=workspace").await.expect(200);
        assert_eq!(logged["items"].as_array().unwrap().len(), 6, "{logged}");
        let figures = owner.get("/metrics").await.text();
        for figure in ["sbh_workspace_members_total 3", "sbh_workspace_activity_events_total 6"] {
            assert!(figures.contains(figure), "{figure}: {figures}");
        }
    }

    async fn an_admin_looks_after_every_workspace_and_an_auditor_reads_it(hub: TestHub) {
        let owner = hub.as_owner().await;
        let maker = hub.as_role(Role::Member).await;
        let team = workspace(&maker, "Checkout", false).await;
        let place = format!("/api/workspace/{team}");
        let auditor = hub.as_role(Role::Auditor).await;
        assert_eq!(auditor.get(&place).await.expect(200)["role"], "viewer");
        auditor.patch(&place, &json!({ "description": "x" })).await.forbidden();
        let admin = hub.as_role(Role::Admin).await;
        assert_eq!(admin.patch(&place, &json!({ "archived": true })).await.expect(200)["role"], "owner");
        maker.patch(&place, &json!({ "description": "x" })).await.problem(409, "conflict");
        admin.patch(&place, &json!({ "archived": false })).await.expect(200);
        let members = owner.get(&format!("{place}/members")).await.expect(200);
        let last = format!("{place}/members/{}", members["items"][0]["user_id"].as_str().unwrap());
        admin.delete(&last).await.problem(409, "conflict");
        hub.as_other_tenant().await.get(&place).await.not_found();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_people_and_assets_come_in_at_once_than_the_configuration_allows() {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let limits = [("WORKSPACE_MAX_MEMBERS", "3"), ("WORKSPACE_MAX_SHARED_ASSETS", "2")];
        let hub = TestHub::start_with(backend, &limits).await;
        let owner = hub.as_owner().await;
        let team = workspace(&owner, "Checkout", false).await;
        let mut adds = Vec::new();
        for at in 0..5 {
            let email = format!("person{at}@example.com");
            let new = json!({ "email": email, "role": "member", "password": crate::support::PASSWORD });
            owner.post("/api/tenants/members", &new).await.expect(201);
            adds.push(json!({ "workspace_id": team, "email": email, "role": "viewer" }));
        }
        let added = adds.iter().map(|add| owner.post("/api/workspace/member/add", add));
        let added: Vec<u16> = futures::future::join_all(added).await.iter().map(|reply| reply.status).collect();
        assert_eq!(added.iter().filter(|status| **status == 201).count(), 2, "{added:?}");
        assert_eq!(added.iter().filter(|status| **status == 409).count(), 3, "{added:?}");
        let assets: Vec<Value> = (0..5)
            .map(|at| json!({ "workspace_id": team, "kind": "document", "name": format!("Text {at}"), "content": "x" }))
            .collect();
        let shared = assets.iter().map(|asset| owner.post("/api/library/share", asset));
        let shared: Vec<u16> = futures::future::join_all(shared).await.iter().map(|reply| reply.status).collect();
        assert_eq!(shared.iter().filter(|status| **status == 201).count(), 2, "{shared:?}");
        assert_eq!(shared.iter().filter(|status| **status == 409).count(), 3, "{shared:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn workspaces_that_are_switched_off_stay_readable_and_change_no_more() {
    let hub = TestHub::start_with(Backend::Sqlite, &[("FEATURE_WORKSPACES", "false")]).await;
    let owner = hub.as_owner().await;
    let told = owner.post("/api/workspace/create", &json!({ "name": "Checkout" })).await.problem(503, "unavailable");
    assert!(told["detail"].as_str().unwrap().contains("FEATURE_WORKSPACES"), "{told}");
    assert_eq!(owner.get("/api/workspace").await.expect(200)["items"], json!([]));
    assert_eq!(owner.get("/api/library/list").await.expect(200)["items"], json!([]));
}
