//! A directory keeps members and groups over SCIM.

use crate::support::{Backend, Client, PASSWORD, Reply, TestHub, send};
use hub::access::{Permission, Role};
use reqwest::Method;
use serde_json::{Value, json};

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
const PATCH: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/// The directory of the owner's organisation.
async fn directory(hub: &TestHub) -> Client {
    hub.with_key(&[Permission::ScimManage]).await
}

/// The directory of another organisation.
async fn foreign_directory(hub: &TestHub) -> Client {
    let made =
        hub.as_other_tenant().await.post("/api/keys", &json!({ "name": "scim", "scopes": ["scim:manage"] })).await;
    hub.anonymous().bearing(made.expect(201)["secret"].as_str().unwrap())
}

fn user(user_name: &str, external_id: &str) -> Value {
    json!({ "schemas": [USER], "userName": user_name, "externalId": external_id, "active": true,
        "name": { "givenName": "Ada", "familyName": "Lovelace" } })
}

async fn make(directory: &Client, path: &str, body: &Value) -> String {
    directory.post(path, body).await.expect(201)["id"].as_str().unwrap().to_owned()
}

fn patch(operations: Value) -> Value {
    json!({ "schemas": [PATCH], "Operations": operations })
}

async fn found(directory: &Client, path: &str, filter: &str) -> Vec<String> {
    let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("filter", filter).finish();
    let list = directory.get(&format!("{path}?{query}")).await.expect(200);
    assert_eq!(list["totalResults"].as_u64(), Some(list["Resources"].as_array().unwrap().len() as u64), "{list}");
    list["Resources"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect()
}

/// Fails the test unless this is SCIM's own error.
#[track_caller]
fn refused(reply: &Reply, status: u16, scim_type: Option<&str>) -> Value {
    let error = reply.expect(status);
    assert_eq!(reply.header("content-type"), Some("application/scim+json"), "{error}");
    assert_eq!(error["schemas"], json!(["urn:ietf:params:scim:api:messages:2.0:Error"]), "{error}");
    assert_eq!(error["status"], status.to_string(), "{error}");
    assert_eq!(error.get("scimType").and_then(Value::as_str), scim_type, "{error}");
    error
}

async fn role_of(hub: &TestHub, email: &str) -> String {
    let members = hub.as_owner().await.get("/api/tenants/members?limit=200").await.expect(200);
    let member = members["items"].as_array().unwrap().iter().find(|member| member["email"] == email).unwrap().clone();
    member["role"].as_str().unwrap().to_owned()
}

async fn actions(hub: &TestHub) -> Vec<String> {
    let log = hub.as_owner().await.get("/api/audit/entries?limit=200").await.expect(200);
    log["items"].as_array().unwrap().iter().map(|entry| entry["action"].as_str().unwrap().to_owned()).collect()
}

on_both_databases! {
    async fn a_directory_makes_changes_and_removes_a_member(hub: TestHub) {
        let directory = directory(&hub).await;
        let reply = directory.post("/scim/v2/Users", &user("ada@example.com", "ext-1")).await;
        let made = reply.expect(201);
        let id = made["id"].as_str().unwrap().to_owned();
        assert_eq!(reply.media_type(), "application/scim+json");
        assert_eq!((reply.header("etag"), reply.header("location")), (made["meta"]["version"].as_str(), made["meta"]["location"].as_str()));
        assert_eq!((&made["userName"], &made["externalId"], &made["active"]), (&json!("ada@example.com"), &json!("ext-1"), &json!(true)));
        assert_eq!(role_of(&hub, "ada@example.com").await, "member");

        let path = format!("/scim/v2/Users/{id}");
        let read = directory.get(&path).await;
        assert_eq!(read.expect(200), made);
        let again = send(directory.request(Method::GET, &path).header("if-none-match", read.header("etag").unwrap())).await;
        assert_eq!((again.status, again.body.len()), (304, 0));

        let shown = patch(json!([{ "op": "replace", "path": "displayName", "value": "Ada, Countess" }]));
        let stale = send(directory.request(Method::PATCH, &path).header("if-match", "W/\"0\"").json(&shown)).await;
        refused(&stale, 412, None);
        let request = directory.request(Method::PATCH, &path).header("if-match", read.header("etag").unwrap());
        let changed = send(request.json(&shown)).await;
        assert_eq!(changed.expect(200)["displayName"], "Ada, Countess");
        assert_ne!(changed.header("etag"), read.header("etag"));

        let replaced = directory.put(&path, &user("lovelace@example.com", "ext-2")).await.expect(200);
        assert_eq!((&replaced["userName"], &replaced["externalId"], &replaced["active"]), (&json!("lovelace@example.com"), &json!("ext-2"), &json!(true)));
        assert_eq!(replaced.get("displayName"), None, "what a replacement does not say is gone");
        assert_eq!(role_of(&hub, "lovelace@example.com").await, "member", "the address moves with the user");

        directory.delete(&path).await.expect(204);
        refused(&directory.get(&path).await, 404, None);
        refused(&directory.delete(&path).await, 404, None);
        assert_eq!(found(&directory, "/scim/v2/Users", "userName eq \"lovelace@example.com\"").await, [""; 0]);
        let back = directory.post("/scim/v2/Users", &user("lovelace@example.com", "ext-2")).await.expect(201);
        assert_eq!((&back["id"], &back["active"]), (&json!(id), &json!(true)), "the same member comes back");
        let logged = actions(&hub).await;
        for action in ["member.added", "directory.user.linked", "directory.user.changed", "directory.user.removed", "member.reactivated"] {
            assert!(logged.iter().any(|known| known == action), "{action} is not in {logged:?}");
        }
    }

    async fn a_deactivated_member_is_out_with_the_next_request(hub: TestHub) {
        let member = hub.as_role(Role::Member).await;
        let key = member.post("/api/keys", &json!({ "name": "ci", "scopes": ["systems:read"] })).await.expect(201);
        let program = hub.anonymous().bearing(key["secret"].as_str().unwrap());
        let directory = directory(&hub).await;
        let id = found(&directory, "/scim/v2/Users", "userName eq \"MEMBER@example.com\"").await.remove(0);
        member.get("/api/auth/me").await.expect(200);
        program.get("/api/systems").await.expect(200);
        let off = patch(json!([{ "op": "Replace", "path": "active", "value": "False" }]));
        assert_eq!(directory.patch(&format!("/scim/v2/Users/{id}"), &off).await.expect(200)["active"], false);
        member.get("/api/auth/me").await.problem(401, "unauthenticated");
        program.get("/api/systems").await.problem(401, "unauthenticated");
        let quiet = json!({ "schemas": [USER], "userName": "member@example.com" });
        let put = directory.put(&format!("/scim/v2/Users/{id}"), &quiet).await.expect(200);
        assert_eq!(put["active"], false, "a replacement that does not say it lets nobody in again");
        let on = patch(json!([{ "op": "replace", "value": { "active": true } }]));
        assert_eq!(directory.patch(&format!("/scim/v2/Users/{id}"), &on).await.expect(200)["active"], true);
        let credentials = json!({ "email": "member@example.com", "password": PASSWORD });
        hub.anonymous().post("/api/auth/sign-in", &credentials).await.expect(200);
    }

    async fn a_name_that_is_used_again_is_not_its_former_bearers_account(hub: TestHub) {
        let directory = directory(&hub).await;
        let owner = hub.as_owner().await;
        let john = make(&directory, "/scim/v2/Users", &user("jsmith@example.com", "john")).await;
        owner.patch(&format!("/api/tenants/members/{john}"), &json!({ "role": "admin" })).await.expect(200);
        directory.delete(&format!("/scim/v2/Users/{john}")).await.expect(204);
        let jane = user("jsmith@example.com", "jane");
        refused(&directory.post("/scim/v2/Users", &jane).await, 409, Some("uniqueness"));
        assert_eq!(make(&directory, "/scim/v2/Users", &user("jsmith@example.com", "john")).await, john, "he comes back himself");
        assert_eq!(role_of(&hub, "jsmith@example.com").await, "member", "and begins as anybody");
        // A member from before whom the directory knows by the address as user name is found, whatever mail address it adds.
        hub.as_role(Role::Auditor).await;
        let members = owner.get("/api/tenants/members?limit=200").await.expect(200);
        let auditor = members["items"].as_array().unwrap().iter().find(|one| one["email"] == "auditor@example.com").unwrap();
        let mut upn = user("auditor@example.com", "aud");
        upn["emails"] = json!([{ "value": "a.u.ditor@example.com", "primary": true }]);
        assert_eq!(make(&directory, "/scim/v2/Users", &upn).await, auditor["id"].as_str().unwrap());
        refused(&directory.get("/scim/v2/Users?filter=externalId%20eq%20%22%5Cu0000%22").await, 400, Some("invalidFilter"));
    }

    async fn an_account_of_another_organisation_is_not_taken_over_and_ones_own_member_is_kept(hub: TestHub) {
        let (ours, theirs) = (directory(&hub).await, foreign_directory(&hub).await);
        let their_id = make(&theirs, "/scim/v2/Users", &user("eve@example.com", "e")).await;
        let our_id = make(&ours, "/scim/v2/Users", &user("eve@example.com", "e")).await;
        assert_ne!(our_id, their_id, "the same address is another account");
        make(&ours, "/scim/v2/Users", &user("stranger@example.com", "s")).await;
        let me = hub.as_other_tenant().await.get("/api/auth/me").await.expect(200);
        assert_eq!((&me["name"], &me["role"]), (&json!("stranger@example.com"), &json!("owner")), "the password stays theirs");
        let id = make(&ours, "/scim/v2/Users", &user("ada@example.com", "a")).await;
        refused(&ours.put(&format!("/scim/v2/Users/{id}"), &user("eve@example.com", "a")).await, 409, Some("uniqueness"));
        refused(&ours.get(&format!("/scim/v2/Users/{their_id}")).await, 404, None);
        refused(&ours.delete(&format!("/scim/v2/Users/{their_id}")).await, 404, None);
        assert_eq!(found(&ours, "/scim/v2/Users", "externalId eq \"e\"").await, [our_id]);
        assert_eq!(found(&ours, "/scim/v2/Users", &format!("id eq \"{their_id}\"")).await, [""; 0]);
        let group = json!({ "schemas": [GROUP], "displayName": "Mixed", "members": [{ "value": their_id }] });
        refused(&ours.post("/scim/v2/Groups", &group).await, 400, Some("invalidValue"));
        let their_group = make(&theirs, "/scim/v2/Groups", &json!({ "schemas": [GROUP], "displayName": "Theirs" })).await;
        refused(&ours.get(&format!("/scim/v2/Groups/{their_group}")).await, 404, None);
        assert_eq!(found(&ours, "/scim/v2/Groups", "displayName eq \"theirs\"").await, [""; 0]);

        hub.as_role(Role::Auditor).await;
        let linked = ours.post("/scim/v2/Users", &user("Auditor@example.com", "x")).await.expect(201);
        assert_eq!(linked["externalId"], "x");
        assert_eq!(role_of(&hub, "Auditor@example.com").await, "auditor", "a member who was here keeps the role");
        refused(&ours.post("/scim/v2/Users", &user("auditor@example.com", "y")).await, 409, Some("uniqueness"));
    }

    async fn groups_give_the_roles_that_the_organisation_says(hub: TestHub) {
        let (owner, directory) = (hub.as_owner().await, directory(&hub).await);
        let ada = make(&directory, "/scim/v2/Users", &user("ada@example.com", "a")).await;
        let bob = make(&directory, "/scim/v2/Users", &user("bob@example.com", "b")).await;
        let of = |name: &str, members: &[&str]| {
            let members: Vec<_> = members.iter().map(|id| json!({ "value": id })).collect();
            json!({ "schemas": [GROUP], "displayName": name, "members": members })
        };
        let admins = make(&directory, "/scim/v2/Groups", &of("SBH Admins", &[&ada])).await;
        make(&directory, "/scim/v2/Groups", &of("Everybody", &[&ada, &bob])).await;
        assert_eq!(role_of(&hub, "ada@example.com").await, "member", "a group that is not listed gives nothing");

        let roles = json!({ "groups": [{ "group": "sbh admins", "role": "admin" }, { "group": "Audit", "role": "auditor" }] });
        hub.as_role(Role::Member).await.put("/api/tenants/directory-roles", &roles).await.forbidden();
        let owning = json!({ "groups": [{ "group": "Owners", "role": "owner" }] });
        owner.put("/api/tenants/directory-roles", &owning).await.invalid("/groups/0/role");
        owner.put("/api/tenants/directory-roles", &roles).await.expect(200);
        assert_eq!(role_of(&hub, "ada@example.com").await, "admin", "those who are in it have the role at once");
        assert_eq!(role_of(&hub, "bob@example.com").await, "member");

        let add = patch(json!([{ "op": "add", "path": "members", "value": [{ "value": bob }] }]));
        directory.patch(&format!("/scim/v2/Groups/{admins}"), &add).await.expect(204);
        assert_eq!(role_of(&hub, "bob@example.com").await, "admin");
        let read = directory.get(&format!("/scim/v2/Users/{bob}")).await.expect(200);
        assert_eq!(read["groups"].as_array().map(Vec::len), Some(2), "{read}");
        let remove = patch(json!([{ "op": "remove", "path": format!("members[value eq \"{bob}\"]") }]));
        directory.patch(&format!("/scim/v2/Groups/{admins}"), &remove).await.expect(204);
        assert_eq!(role_of(&hub, "bob@example.com").await, "member");
        let renamed = patch(json!([{ "op": "replace", "path": "displayName", "value": "Audit" }]));
        directory.patch(&format!("/scim/v2/Groups/{admins}"), &renamed).await.expect(204);
        assert_eq!(role_of(&hub, "ada@example.com").await, "auditor");
        directory.delete(&format!("/scim/v2/Groups/{admins}")).await.expect(204);
        assert_eq!(role_of(&hub, "ada@example.com").await, "member");
        assert!(actions(&hub).await.iter().filter(|action| *action == "member.role_changed").count() >= 5);
    }

    async fn the_owner_stays_the_owner(hub: TestHub) {
        let (owner, directory) = (hub.as_owner().await, directory(&hub).await);
        let id = found(&directory, "/scim/v2/Users", "userName eq \"owner@example.com\"").await.remove(0);
        let roles = json!({ "groups": [{ "group": "Audit", "role": "auditor" }] });
        owner.put("/api/tenants/directory-roles", &roles).await.expect(200);
        let group = json!({ "schemas": [GROUP], "displayName": "Audit", "members": [{ "value": id }] });
        make(&directory, "/scim/v2/Groups", &group).await;
        let path = format!("/scim/v2/Users/{id}");
        let off = patch(json!([{ "op": "replace", "path": "active", "value": false }]));
        refused(&directory.patch(&path, &off).await, 409, None);
        refused(&directory.put(&path, &user("thief@example.com", "t")).await, 409, None);
        refused(&directory.delete(&path).await, 409, None);
        assert_eq!(owner.get("/api/auth/me").await.expect(200)["role"], "owner");
    }

    async fn lists_are_filtered_and_paged(hub: TestHub) {
        let directory = directory(&hub).await;
        let mut ids = vec![found(&directory, "/scim/v2/Users", "userName eq \"owner@example.com\"").await.remove(0)];
        for number in 0..7 {
            ids.push(make(&directory, "/scim/v2/Users", &user(&format!("u{number}@example.com"), &format!("ext {number}"))).await);
        }
        let mut seen = Vec::new();
        for start in [1, 4, 7] {
            let page = directory.get(&format!("/scim/v2/Users?startIndex={start}&count=3&attributes=userName")).await.expect(200);
            assert_eq!((page["totalResults"].as_u64(), page["startIndex"].as_u64()), (Some(8), Some(start)));
            for it in page["Resources"].as_array().unwrap() {
                assert!(it["userName"].is_string() && it.get("name").is_none(), "{it}");
                seen.push(it["id"].as_str().unwrap().to_owned());
            }
        }
        assert_eq!(seen, ids);
        let counted = directory.get("/scim/v2/Users?count=0").await.expect(200);
        assert_eq!((&counted["totalResults"], &counted["Resources"]), (&json!(8), &json!([])));
        for (filter, wanted) in [
            ("userName eq \"U3@Example.com\"".to_owned(), &ids[4..5]),
            ("externalId eq \"ext 3\"".to_owned(), &ids[4..5]),
            ("externalId eq \"EXT 3\"".to_owned(), &ids[0..0]),
            (format!("id eq \"{}\"", ids[4]), &ids[4..5]),
            ("userName eq \"u3@example.com\" and active eq true".to_owned(), &ids[4..5]),
            ("userName eq \"u3@example.com\" and active eq false".to_owned(), &ids[0..0]),
            ("userName sw \"u\" and not (externalId eq \"ext 0\")".to_owned(), &ids[2..8]),
            ("name.familyName co \"love\"".to_owned(), &ids[1..8]),
        ] {
            assert_eq!(found(&directory, "/scim/v2/Users", &filter).await, wanted, "{filter}");
        }
        let search = json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], "filter": "userName sw \"u\"", "startIndex": 7, "count": 5 });
        let page = directory.post("/scim/v2/Users/.search", &search).await.expect(200);
        assert_eq!((page["totalResults"].as_u64(), page["itemsPerPage"].as_u64()), (Some(7), Some(1)));
        refused(&directory.get("/scim/v2/Users?filter=userName%20xx%201").await, 400, Some("invalidFilter"));
        for name in ["Red", "red", "Blue"] {
            make(&directory, "/scim/v2/Groups", &json!({ "schemas": [GROUP], "displayName": name, "members": [{ "value": ids[1] }] })).await;
        }
        assert_eq!(found(&directory, "/scim/v2/Groups", "displayName eq \"RED\"").await.len(), 2);
        assert_eq!(found(&directory, "/scim/v2/Groups", &format!("members eq \"{}\"", ids[1])).await.len(), 3);
        let bare = directory.get("/scim/v2/Groups?excludedAttributes=members&count=2").await.expect(200);
        assert_eq!((bare["totalResults"].as_u64(), bare["Resources"][0].get("members")), (Some(3), None));
    }

    async fn only_those_with_the_scope_and_a_role_for_it_may(hub: TestHub) {
        hub.owner().await;
        refused(&hub.anonymous().get("/scim/v2/Users").await, 401, None);
        refused(&hub.anonymous().bearing("sbh_wrong").get("/scim/v2/Users").await, 401, None);
        let paths = ["/scim/v2/Users", "/scim/v2/Groups"];
        for client in [hub.with_key(&[Permission::MembersManage]).await, hub.as_role(Role::Member).await, hub.as_role(Role::Auditor).await] {
            for path in paths {
                refused(&client.get(path).await, 403, None);
                refused(&client.delete(&format!("{path}/01890a5d-ac96-774b-bcce-b302099a8057")).await, 403, None);
            }
            refused(&client.post("/scim/v2/Users", &user("new@example.com", "n")).await, 403, None);
            refused(&client.post("/scim/v2/Groups", &json!({ "schemas": [GROUP], "displayName": "New" })).await, 403, None);
        }
        let key = json!({ "name": "scim", "scopes": ["scim:manage"] });
        hub.as_role(Role::Member).await.post("/api/keys", &key).await.invalid("/scopes");
        hub.as_role(Role::Admin).await.post("/api/keys", &key).await.expect(201);
    }

    async fn what_is_wrong_is_told_in_the_words_of_the_protocol(hub: TestHub) {
        let directory = directory(&hub).await;
        refused(&directory.get("/scim/v2/Nothing").await, 404, None);
        refused(&directory.post("/scim/v2/Bulk", &json!({})).await, 501, None);
        refused(&directory.get("/scim/v2/Me").await, 501, None);
        refused(&directory.put("/scim/v2/Users", &json!({})).await, 405, None);
        refused(&directory.post("/scim/v2/Users", &json!({ "userName": "a@b.example" })).await, 400, Some("invalidSyntax"));
        refused(&directory.post("/scim/v2/Users", &json!({ "schemas": [USER], "userName": "no address" })).await, 400, Some("invalidValue"));
        let large = json!({ "schemas": [USER], "userName": "a@b.example", "displayName": "x".repeat(3 << 20) });
        refused(&directory.post("/scim/v2/Users", &large).await, 413, None);
        let body = send(directory.request(Method::POST, "/scim/v2/Users").header("content-type", "application/scim+json").body("{")).await;
        refused(&body, 400, Some("invalidSyntax"));
        let foreign = hub.as_owner().await.request(Method::POST, "/scim/v2/Users").header("origin", "https://elsewhere.example");
        refused(&send(foreign.json(&user("a@b.example", "a"))).await, 403, None);
    }

    async fn it_says_what_it_can(hub: TestHub) {
        let directory = directory(&hub).await;
        let config = directory.get("/scim/v2/ServiceProviderConfig").await.expect(200);
        assert_eq!((&config["patch"]["supported"], &config["etag"]["supported"], &config["bulk"]["supported"]), (&json!(true), &json!(true), &json!(false)));
        let types = directory.get("/scim/v2/ResourceTypes").await.expect(200);
        assert_eq!(types["totalResults"], 2);
        assert_eq!(directory.get("/scim/v2/ResourceTypes/Group").await.expect(200)["endpoint"], "/Groups");
        assert_eq!(directory.get(&format!("/scim/v2/Schemas/{USER}")).await.expect(200)["id"], USER);
        refused(&directory.get("/scim/v2/Schemas/none").await, 404, None);
    }
}
