//! Signing in with a provider of OpenID Connect: npm's certified `oidc-provider` as a process.

use crate::{
    peers::{
        Tab, add,
        certified::{Browser, Certified},
        location, refusal,
    },
    support::{Backend, Client, PASSWORD, Reply, TestHub, send},
};
use hub::access::{Permission, Role};
use reqwest::Method;
use serde_json::{Value, json};
use url::Url;

fn oidc(issuer: &str, more: Value) -> Value {
    let mut settings = json!({
        "issuer": issuer, "client_id": "hub", "client_secret": "s3cret & more", "scopes": ["profile", "email", "groups"],
        "groups_claim": "groups",
    });
    settings.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!({ "oidc": settings })
}

/// A provider that the hub knows, and that knows the hub.
async fn known(admin: &Client, more: Value, protocol: Value) -> (Certified, Value) {
    let certified = Certified::listen().await;
    let provider = add(admin, oidc(&certified.issuer, protocol), more).await;
    let addresses = &provider["addresses"]["oidc"];
    let hub = json!({
        "redirect_uri": addresses["redirect_uri"],
        "post_logout_redirect_uri": addresses["post_logout_redirect_uri"],
        "backchannel_logout_uri": addresses["backchannel_logout_uri"],
        "audience": addresses["audience"],
        "scope": "systems:read systems:write members:manage account:manage",
    });
    (certified.serve(&hub).await, provider)
}

fn way(provider: &Value, query: &str) -> String {
    format!("/sign-in/with/{}{query}", provider["id"].as_str().unwrap())
}

/// Goes to the provider as jane, and comes back with what it says.
async fn sign_in(tab: &mut Tab, browser: &mut Browser, provider: &Value, query: &str) -> Reply {
    let begun = tab.follow(&way(provider, query)).await;
    let back = browser.sign_in(&Url::parse(&location(&begun)).unwrap(), "jane").await;
    tab.come_back(&back).await
}

async fn password(hub: &TestHub, email: &str) -> Client {
    let reply = hub.anonymous().post("/api/auth/sign-in", &json!({ "email": email, "password": PASSWORD })).await;
    reply.expect(200);
    hub.anonymous().with_cookie_of(&reply)
}

on_both_databases! {
    async fn whom_the_provider_vouches_for_becomes_a_member_with_the_role_of_their_groups(hub: TestHub) {
        let admin = hub.as_role(Role::Admin).await;
        let groups = json!({ "group_roles": [{ "group": "testers", "role": "auditor" }, { "group": "admins", "role": "admin" }] });
        let (certified, provider) = known(&admin, groups, json!({})).await;
        let (mut tab, mut browser) = (Tab::open(&hub), Browser::new(&certified.issuer));
        let page = tab.get("/sign-in").await.text();
        assert!(page.contains("Sign in with Example"), "the sign-in page offers it");
        let begun = tab.get(&way(&provider, "?next=/systems")).await;
        let back = browser.sign_in(&Url::parse(&location(&begun)).unwrap(), "jane").await;
        let mut other = Tab::open(&hub);
        let stolen = other.come_back(&back).await;
        assert!(refusal(&mut other, &stolen).await.contains("not asked for here"));
        assert!(stolen.headers.get_all("set-cookie").iter().all(|cookie| !cookie.to_str().unwrap().contains("session")), "it is given no session");
        let returned = tab.come_back(&back).await;
        assert_eq!(location(&returned), "/systems");
        let me = tab.me().await.expect(200);
        assert_eq!((&me["name"], &me["role"]), (&json!("jane@shop.example"), &json!("admin")));
        let again = tab.come_back(&back).await;
        assert!(refusal(&mut tab, &again).await.contains("not asked for here"), "an answer counts once");

        let members = admin.get("/api/tenants/members").await.expect(200);
        let jane = members["items"].as_array().unwrap().iter().find(|one| one["email"] == "jane@shop.example").unwrap();
        let path = format!("/api/tenants/members/{}", jane["id"].as_str().unwrap());
        admin.patch(&path, &json!({ "role": "member" })).await.expect(200);
        sign_in(&mut tab, &mut browser, &provider, "").await;
        assert_eq!(tab.me().await.expect(200)["role"], "admin", "groups are asked at every sign-in");
        admin.patch(&path, &json!({ "active": false })).await.expect(200);
        tab.me().await.problem(401, "unauthenticated");
        let refused = sign_in(&mut tab, &mut browser, &provider, "").await;
        assert!(refusal(&mut tab, &refused).await.contains("membership has ended"));
        let log = admin.get("/api/audit/entries").await.expect(200).to_string();
        for action in ["provider.added", "member.added", "member.role_changed", "sign_in.refused"] {
            assert!(log.contains(action), "{action} in the audit log");
        }
        assert!(!log.contains("s3cret"));
    }

    async fn an_address_alone_connects_nothing(hub: TestHub) {
        let admin = hub.as_role(Role::Admin).await;
        let (certified, provider) = known(&admin, json!({}), json!({})).await;
        let member = json!({ "email": "jane@shop.example", "role": "member", "password": PASSWORD });
        admin.post("/api/tenants/members", &member).await.expect(201);
        let (mut tab, mut browser) = (Tab::open(&hub), Browser::new(&certified.issuer));
        let refused = sign_in(&mut tab, &mut browser, &provider, "").await;
        assert!(refusal(&mut tab, &refused).await.contains("has an account here already"));
        tab.me().await.problem(401, "unauthenticated");

        let jane = password(&hub, "jane@shop.example").await;
        let mut here = Tab::of(&hub, &jane);
        here.get(&way(&provider, "?for=connect")).await.forbidden();
        let connected = sign_in(&mut here, &mut browser, &provider, "?for=connect").await;
        assert_eq!(location(&connected), "/settings/security?done=connected");
        let whole = sign_in(&mut tab, &mut browser, &provider, "").await;
        assert_eq!(location(&whole), "/");
        assert_eq!(tab.me().await.expect(200)["name"], "jane@shop.example");
        // What is connected to one is not connected to another.
        let owner = hub.as_owner().await;
        let refused = sign_in(&mut Tab::of(&hub, &owner), &mut browser, &provider, "?for=connect").await;
        assert_eq!(location(&refused), "/settings/security?done=refused");
        let connections = jane.get("/api/auth/connections").await.expect(200);
        let path = format!("/api/auth/connections/{}", connections[0]["id"].as_str().unwrap());
        owner.delete(&path).await.not_found();
        jane.delete(&path).await.expect(204);
        let refused = sign_in(&mut tab, &mut browser, &provider, "").await;
        assert!(refusal(&mut tab, &refused).await.contains("has an account here already"));
    }

    async fn the_same_person_is_another_account_in_another_organisation(hub: TestHub) {
        let stranger = hub.as_other_tenant().await;
        let member = json!({ "email": "jane@shop.example", "role": "member", "password": PASSWORD });
        stranger.post("/api/tenants/members", &member).await.expect(201);
        let admin = hub.as_role(Role::Admin).await;
        let (certified, provider) = known(&admin, json!({}), json!({})).await;
        let (mut tab, mut browser) = (Tab::open(&hub), Browser::new(&certified.issuer));
        sign_in(&mut tab, &mut browser, &provider, "").await;
        let here = tab.me().await.expect(200);
        let there = password(&hub, "jane@shop.example").await.get("/api/auth/me").await.expect(200);
        assert_eq!(here["name"], there["name"]);
        assert_ne!(here["tenant_id"], there["tenant_id"], "the password belongs to the account that has it");
        let page = tab.get("/sign-in").await.text();
        assert!(!page.contains("Sign in with Example"), "with several organisations one has to be named");
        let page = tab.get("/sign-in?organisation=organisation-of-owner-example-com").await.text();
        assert!(page.contains("Sign in with Example"), "{page}");
        let path = format!("/api/auth/providers/{}", provider["id"].as_str().unwrap());
        for reply in [stranger.get(&path).await, stranger.delete(&path).await, stranger.post(&format!("{path}/trial"), &json!({})).await] {
            reply.not_found();
        }
        let mut elsewhere = Tab::of(&hub, &stranger);
        assert_eq!(location(&elsewhere.follow(&way(&provider, "?for=connect")).await), "/settings/security?done=refused");
    }

    async fn nobody_gets_in_without_a_role_or_a_verified_address_or_uninvited(hub: TestHub) {
        let admin = hub.as_role(Role::Admin).await;
        for (more, protocol, why) in [
            (json!({ "default_role": null }), json!({}), "None of your groups"),
            (json!({ "just_in_time": false }), json!({}), "Nobody here is connected"),
            (json!({}), json!({ "scopes": ["profile"] }), "does not tell your e-mail address"),
        ] {
            let (certified, provider) = known(&admin, more, protocol).await;
            let (mut tab, mut browser) = (Tab::open(&hub), Browser::new(&certified.issuer));
            let refused = sign_in(&mut tab, &mut browser, &provider, "").await;
            assert!(refusal(&mut tab, &refused).await.contains(why), "{why}");
            let tried = sign_in(&mut Tab::of(&hub, &admin), &mut browser, &provider, "?for=try").await;
            assert_eq!(location(&tried), format!("/settings/providers/{}?tried=1", provider["id"].as_str().unwrap()));
            admin.delete(&format!("/api/auth/providers/{}", provider["id"].as_str().unwrap())).await.expect(204);
        }
        let members = admin.get("/api/tenants/members").await.expect(200).to_string();
        assert!(!members.contains("jane@"), "trying changes nothing");
    }

    async fn the_policy_asks_members_of_a_provider_for_a_second_factor_unless_it_asks_itself(hub: TestHub) {
        let admin = hub.as_role(Role::Admin).await;
        admin.put("/api/tenants/sign-in-policy", &json!({ "second_factor": ["member"] })).await.expect(200);
        let (certified, provider) = known(&admin, json!({}), json!({})).await;
        let (mut tab, mut browser) = (Tab::open(&hub), Browser::new(&certified.issuer));
        let half = sign_in(&mut tab, &mut browser, &provider, "").await;
        assert_eq!(location(&half), "/sign-in/second-factor");
        tab.me().await.problem(401, "unauthenticated");
        let mut changed = json!({ "name": "Example", "second_factor": true, "default_role": "member" });
        changed["protocol"] = oidc(&certified.issuer, json!({}));
        changed["protocol"]["oidc"].as_object_mut().unwrap().remove("client_secret");
        let path = format!("/api/auth/providers/{}", provider["id"].as_str().unwrap());
        let kept = admin.put(&path, &changed).await.expect(200);
        assert_eq!(kept["has_secret"], true, "a secret that is left out stays");
        assert!(!kept.to_string().contains("s3cret"));
        assert_eq!(location(&sign_in(&mut tab, &mut browser, &provider, "").await), "/");
        tab.me().await.expect(200);
    }

    async fn whom_the_directory_made_signs_in_with_the_provider_that_calls_them_the_same(hub: TestHub) {
        let admin = hub.as_role(Role::Admin).await;
        let directory = hub.with_key(&[Permission::ScimManage]).await;
        let user = json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "jane.doe", "externalId": "jane",
            "emails": [{ "value": "jane@shop.example", "primary": true }],
        });
        let made = directory.post("/scim/v2/Users", &user).await.expect(201);
        for (linked, name) in [(false, "Without"), (true, "With")] {
            let more = json!({ "name": name, "directory": linked, "just_in_time": false });
            let (certified, provider) = known(&admin, more, json!({})).await;
            let (mut tab, mut browser) = (Tab::open(&hub), Browser::new(&certified.issuer));
            let reply = sign_in(&mut tab, &mut browser, &provider, "").await;
            if linked {
                assert_eq!(location(&reply), "/");
                assert_eq!(tab.me().await.expect(200)["user_id"], made["id"]);
                let gone = json!({
                    "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
                    "Operations": [{ "op": "replace", "path": "active", "value": false }],
                });
                directory.patch(&format!("/scim/v2/Users/{}", made["id"].as_str().unwrap()), &gone).await.expect(200);
                tab.me().await.problem(401, "unauthenticated");
            } else {
                assert!(refusal(&mut tab, &reply).await.contains("Nobody here is connected"));
            }
        }
    }

    async fn the_directory_connects_nobody_who_has_a_password(hub: TestHub) {
        let admin = hub.as_role(Role::Admin).await;
        let directory = hub.with_key(&[Permission::ScimManage]).await;
        let more = json!({ "directory": true, "just_in_time": false });
        let (certified, provider) = known(&admin, more, json!({})).await;
        let (mut tab, mut browser) = (Tab::open(&hub), Browser::new(&certified.issuer));
        // The owner and another member, whom the directory says the provider calls jane.
        for email in [crate::support::OWNER, "member@example.com"] {
            hub.as_role(Role::Member).await;
            let user = json!({
                "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": email, "externalId": "jane",
            });
            let linked = directory.post("/scim/v2/Users", &user).await.expect(201);
            let reply = sign_in(&mut tab, &mut browser, &provider, "").await;
            assert!(refusal(&mut tab, &reply).await.contains("Nobody here is connected"), "{email}");
            tab.me().await.problem(401, "unauthenticated");
            let path = format!("/scim/v2/Users/{}", linked["id"].as_str().unwrap());
            let other = json!({ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": email, "externalId": "other" });
            directory.put(&path, &other).await.expect(200);
        }
    }

    async fn a_confirmation_is_its_beginners_alone(hub: TestHub) {
        let admin = hub.as_role(Role::Admin).await;
        let (certified, provider) = known(&admin, json!({}), json!({})).await;
        let member = json!({ "email": "jane@shop.example", "role": "member", "password": PASSWORD });
        admin.post("/api/tenants/members", &member).await.expect(201);
        let jane = password(&hub, "jane@shop.example").await;
        let (mut here, mut browser) = (Tab::of(&hub, &jane), Browser::new(&certified.issuer));
        sign_in(&mut here, &mut browser, &provider, "?for=connect").await;
        let confirm = way(&provider, "?for=confirm&next=/settings/keys");
        let begun = here.follow(&confirm).await;
        let back = browser.sign_in(&Url::parse(&location(&begun)).unwrap(), "jane").await;
        // Jane's errand and Jane's answer, in a session of somebody else's.
        let mut elsewhere = Tab::of(&hub, &admin);
        elsewhere.take("sbh_errand", &here);
        let stolen = elsewhere.come_back(&back).await;
        assert!(location(&stolen).starts_with("/confirm?"), "{}", location(&stolen));

        let begun = here.follow(&confirm).await;
        let back = browser.sign_in(&Url::parse(&location(&begun)).unwrap(), "jane").await;
        assert_eq!(location(&here.come_back(&back).await), "/settings/keys");
    }

    async fn signing_out_at_the_provider_signs_out_here(hub: TestHub) {
        let admin = hub.as_role(Role::Admin).await;
        let (certified, provider) = known(&admin, json!({}), json!({})).await;
        let (mut tab, mut browser) = (Tab::open(&hub), Browser::new(&certified.issuer));
        sign_in(&mut tab, &mut browser, &provider, "").await;
        tab.me().await.expect(200);
        let mut second = Tab::open(&hub);
        sign_in(&mut second, &mut Browser::new(&certified.issuer), &provider, "").await;
        second.me().await.expect(200);
        let path = format!("/sign-in/oidc/{}/logout", provider["id"].as_str().unwrap());
        for wrong in ["x", "a.b.c"] {
            let form = [("logout_token", wrong)];
            let reply = send(hub.anonymous().request(Method::POST, &path).form(&form)).await;
            assert_eq!(reply.expect(400)["error"], "invalid_request");
        }
        tab.me().await.expect(200);
        let asked = format!("{}/session/end", certified.issuer);
        // The provider tells the hub by its back channel before it answers.
        let _ = browser.sign_out_at(&Url::parse(&asked).unwrap()).await;
        tab.me().await.problem(401, "unauthenticated");
        second.me().await.expect(200);
    }

    async fn access_tokens_do_what_their_scopes_say(hub: TestHub) {
        let admin = hub.as_role(Role::Admin).await;
        let (certified, provider) = known(&admin, json!({}), json!({ "api": { "role": "member" } })).await;
        let audience = provider["addresses"]["oidc"]["audience"].as_str().unwrap();
        let token = certified.client_token("robot", "systems:read members:manage", audience).await;
        let robot = hub.anonymous().bearing(&token);
        robot.get("/api/systems").await.expect(200);
        robot.post("/api/systems", &json!({ "name": "Shop" })).await.forbidden();
        robot.get("/api/auth/providers").await.forbidden();
        let me = robot.get("/api/auth/me").await.expect(200);
        assert_eq!((&me["name"], &me["role"]), (&json!("token robot"), &json!("member")));
        let token = certified.client_token("robot", "account:manage systems:read", audience).await;
        let key = json!({ "name": "lasting", "scopes": ["systems:read"] });
        // It would be nobody's, and work when the provider is long gone.
        hub.anonymous().bearing(&token).post("/api/keys", &key).await.forbidden();
        let forged = format!("{}x", &token[..token.len() - 1]);
        hub.anonymous().bearing(&forged).get("/api/systems").await.problem(401, "unauthenticated");
        let path = format!("/api/auth/providers/{}", provider["id"].as_str().unwrap());
        let mut without = json!({ "name": "Example" });
        without["protocol"] = oidc(&certified.issuer, json!({}));
        admin.put(&path, &without).await.expect(200);
        robot.get("/api/systems").await.problem(401, "unauthenticated");
    }

    async fn a_trial_says_what_is_wrong_and_wrong_settings_name_their_field(hub: TestHub) {
        let admin = hub.as_role(Role::Admin).await;
        let (certified, provider) = known(&admin, json!({}), json!({})).await;
        let path = format!("/api/auth/providers/{}/trial", provider["id"].as_str().unwrap());
        let findings = admin.post(&path, &json!({})).await.expect(200);
        assert!(findings.as_array().unwrap().iter().all(|finding| finding["outcome"] != "failed"), "{findings}");
        let slash = format!("{}/", certified.issuer);
        let wrong = add(&admin, oidc(&slash, json!({})), json!({ "name": "Slash" })).await;
        let path = format!("/api/auth/providers/{}/trial", wrong["id"].as_str().unwrap());
        let findings = admin.post(&path, &json!({})).await.expect(200);
        let failed = findings.as_array().unwrap().iter().find(|finding| finding["outcome"] == "failed").unwrap();
        assert_eq!(failed["code"], "issuer_mismatch", "{findings}");
        let post = async |name: &str, protocol: Value| {
            admin.post("/api/auth/providers", &json!({ "name": name, "protocol": protocol })).await
        };
        post("Example", oidc("https://id.example.com", json!({}))).await.invalid("/name");
        post("A", oidc("http://id.example.com", json!({}))).await.invalid("/protocol/oidc/issuer");
        post("A", oidc("https://id.example.com", json!({ "client_id": "" }))).await.invalid("/protocol/oidc/client_id");
        post("A", oidc("https://id.example.com", json!({ "api": { "role": "owner" } }))).await.invalid("/protocol/oidc/api/role");
        hub.as_role(Role::Member).await.get("/api/auth/providers").await.forbidden();
    }
}
