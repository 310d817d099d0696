//! What somebody is called.

use crate::support::{Backend, OWNER, TestHub};
use hub::access::{Permission, Role};
use sea_orm::{ConnectionTrait as _, Database, Statement};
use serde_json::json;

on_both_databases! {
    async fn a_member_changes_their_own_name_and_no_other(hub: TestHub) {
        let member = hub.as_role(Role::Member).await;
        let before = member.get("/api/auth/profile").await.expect(200);
        assert_eq!((&before["name"], &before["kept_by_directory"]), (&json!("member@example.com"), &json!(false)));
        let changed = member.patch("/api/auth/profile", &json!({ "name": "  Ada  Lovelace " })).await.expect(200);
        assert_eq!((&changed["name"], &changed["id"]), (&json!("Ada  Lovelace"), &before["id"]));
        assert_eq!(member.get("/api/auth/profile").await.expect(200), changed);

        let owner = hub.as_owner().await;
        let members = owner.get("/api/tenants/members").await.expect(200);
        let name_of = |email: &str| {
            let all = members["items"].as_array().unwrap();
            all.iter().find(|member| member["email"] == email).unwrap()["name"].clone()
        };
        assert_eq!((name_of("member@example.com"), name_of(OWNER)), (json!("Ada  Lovelace"), json!(OWNER)));
        let entries = owner.get("/api/audit/entries?action=profile.changed").await.expect(200);
        assert_eq!(entries["items"].as_array().unwrap().len(), 1, "{entries}");
        assert_eq!(entries["items"][0]["detail"]["new_name"], "Ada  Lovelace");
        let database = Database::connect(&hub.values()["DATABASE_URL"]).await.unwrap();
        let question = "SELECT body FROM audit_entries WHERE action = 'profile.changed'";
        let question = Statement::from_string(database.get_database_backend(), question);
        let row = database.query_one_raw(question).await.unwrap().unwrap();
        let body: String = row.try_get("", "body").unwrap();
        assert!(!body.contains("Lovelace"), "the name goes with the person's key: {body}");

        member.patch("/api/auth/profile", &json!({ "name": "Ada  Lovelace" })).await.expect(200);
        let entries = owner.get("/api/audit/entries?action=profile.changed").await.expect(200);
        assert_eq!(entries["items"].as_array().unwrap().len(), 1, "nothing changed: {entries}");
        let emptied = member.patch("/api/auth/profile", &json!({ "name": " " })).await.expect(200);
        assert_eq!(emptied["name"], "member@example.com");
    }

    async fn what_is_no_name_is_refused_and_a_key_has_none(hub: TestHub) {
        let member = hub.as_role(Role::Member).await;
        for name in ["a\nb".to_owned(), "x".repeat(255)] {
            member.patch("/api/auth/profile", &json!({ "name": name })).await.invalid("/name");
        }
        member.patch("/api/auth/profile", &json!({ "name": "Ada", "role": "owner" })).await.invalid("/role");
        let key = hub.with_key(&[Permission::AccountManage]).await;
        key.get("/api/auth/profile").await.forbidden();
        key.patch("/api/auth/profile", &json!({ "name": "Ada" })).await.forbidden();
        hub.anonymous().get("/api/auth/profile").await.problem(401, "unauthenticated");
    }

    async fn a_name_that_the_directory_keeps_is_changed_there(hub: TestHub) {
        let member = hub.as_role(Role::Member).await;
        let directory = hub.with_key(&[Permission::ScimManage]).await;
        let id = member.get("/api/auth/profile").await.expect(200)["id"].as_str().unwrap().to_owned();
        let user = |family: &str| json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "member@example.com", "active": true,
            "name": { "givenName": "Ada", "familyName": family },
        });
        let path = format!("/scim/v2/Users/{id}");
        directory.put(&path, &user("Lovelace")).await.expect(200);
        let kept = member.get("/api/auth/profile").await.expect(200);
        assert_eq!((&kept["name"], &kept["kept_by_directory"]), (&json!("Ada Lovelace"), &json!(true)));
        member.patch("/api/auth/profile", &json!({ "name": "Countess" })).await.problem(409, "conflict");
        directory.put(&path, &user("King")).await.expect(200);
        assert_eq!(member.get("/api/auth/profile").await.expect(200)["name"], "Ada King");
    }
}
