//! Systems, environments and their ownership, teardowns.

use crate::{
    shop::{Shop, entries, id},
    support::{Backend, TestHub},
};
use serde_json::{Value, json};

on_both_databases! {
    async fn a_system_is_registered_found_and_listed(hub: TestHub) {
        let owner = hub.as_owner().await;
        let reply = owner.post("/api/systems", &json!({ "name": "  Shop  ", "description": "sells\nthings" })).await;
        let made = reply.expect(201);
        assert_eq!((&made["name"], &made["description"]), (&json!("Shop"), &json!("sells\nthings")));
        let found = owner.get(&format!("/api/systems/{}", id(&reply))).await.expect(200);
        assert_eq!((&found["id"], &found["created_at"], &found["environments"]), (&made["id"], &made["created_at"], &json!([])));
        assert_eq!(owner.get("/api/systems").await.expect(200), json!({ "items": [made], "next_cursor": null }));
    }

    async fn a_name_is_taken_once(hub: TestHub) {
        let owner = hub.as_owner().await;
        owner.post("/api/systems", &json!({ "name": "Shop" })).await.expect(201);
        let before = entries(&owner).await;
        owner.post("/api/systems", &json!({ "name": "SHOP" })).await.invalid("/name");
        assert_eq!(owner.get("/api/systems").await.expect(200)["items"].as_array().unwrap().len(), 1);
        assert_eq!(entries(&owner).await, before);
        hub.as_other_tenant().await.post("/api/systems", &json!({ "name": "Shop" })).await.expect(201);
    }

    async fn a_list_is_read_page_by_page_newest_first(hub: TestHub) {
        let owner = hub.as_owner().await;
        for number in 1..=5 {
            owner.post("/api/systems", &json!({ "name": format!("System {number}") })).await.expect(201);
        }
        let (mut names, mut cursor, mut pages) = (Vec::new(), String::new(), 0);
        loop {
            let page = owner.get(&format!("/api/systems?limit=2{cursor}")).await.expect(200);
            pages += 1;
            names.extend(page["items"].as_array().unwrap().iter().map(|system| system["name"].as_str().unwrap().to_owned()));
            let Some(next) = page["next_cursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(pages, 3);
        assert_eq!(names, ["System 5", "System 4", "System 3", "System 2", "System 1"]);
    }

    async fn every_wrong_field_of_a_system_is_named(hub: TestHub) {
        let owner = hub.as_owner().await;
        let reply = owner.post("/api/systems", &json!({ "name": " ", "description": "x".repeat(2_001) })).await;
        reply.invalid("/name");
        reply.invalid("/description");
        owner.post("/api/systems", &json!({ "name": "x".repeat(101) })).await.invalid("/name");
        owner.post("/api/systems", &json!({})).await.problem(422, "invalid");
        assert_eq!(owner.get("/api/systems").await.expect(200)["items"], json!([]));
    }

    async fn an_environment_answers_at_a_plain_web_address(hub: TestHub) {
        let owner = hub.as_owner().await;
        let system = id(&owner.post("/api/systems", &json!({ "name": "Shop" })).await);
        let path = format!("/api/systems/{system}/environments");
        let wrong = [
            "", "example.com", "ftp://example.com", "file:///etc/passwd", "javascript:alert(1)", "https://",
            "https://user@example.com", "https://user:secret@example.com", "https://example.com/?q=1", "https://example.com/#top",
        ];
        for address in wrong {
            owner.post(&path, &json!({ "kind": "staging", "base_url": address })).await.invalid("/base_url");
        }
        owner.post(&path, &json!({ "kind": "moon", "base_url": "https://example.com" })).await.invalid("/kind");
        let reply = owner.post(&path, &json!({ "kind": "staging", "base_url": "https://example.com/shop" })).await;
        let made = reply.expect(201);
        assert_eq!((&made["name"], &made["base_url"]), (&json!("staging"), &json!("https://example.com/shop")));
        assert_eq!(made["ownership"], json!({ "state": "unverified" }));
        assert_eq!(owner.get(&format!("/api/environments/{}", id(&reply))).await.expect(200), made);
        owner.post(&path, &json!({ "kind": "staging", "base_url": "https://example.org" })).await.invalid("/name");
        let found = owner.get(&format!("/api/systems/{system}")).await.expect(200);
        assert_eq!(found["environments"], json!([made]));
    }

    async fn a_token_at_the_well_known_place_shows_an_ownership(hub: TestHub) {
        let shop = Shop::register(&hub).await;
        let place = format!("/api/environments/{}", shop.environment);
        let verify = async || shop.owner.post(&format!("{place}/verify"), &json!({ "method": "well_known" })).await;
        let token = shop.owner.get(&place).await.expect(200)["verification_token"].as_str().unwrap().to_owned();
        verify().await.problem(409, "conflict");
        shop.publish("sbh-verification=0123456789abcdef0123456789abcdef").await;
        let told = verify().await.problem(409, "conflict");
        assert!(told["detail"].as_str().unwrap().contains(&token), "{told}");
        assert_eq!(shop.owner.get(&place).await.expect(200)["ownership"]["state"], "unverified");
        shop.publish(&format!("sbh-verification={token}")).await;
        let verified = verify().await.expect(200);
        assert_eq!((&verified["ownership"]["state"], &verified["ownership"]["method"]), (&json!("verified"), &json!("well_known")));
        assert_eq!(shop.owner.get(&place).await.expect(200), verified);
    }

    async fn an_allow_is_for_private_addresses_alone_and_keeps_its_reason(hub: TestHub) {
        let shop = Shop::register(&hub).await;
        let allow = async |environment: &str, reason: &str| {
            shop.owner.post(&format!("/api/environments/{environment}/allow-private"), &json!({ "reason": reason })).await
        };
        allow(&shop.environment, " ").await.invalid("/reason");
        let verify = format!("/api/environments/{}/verify", shop.environment);
        shop.owner.post(&verify, &json!({ "method": "admin_allow" })).await.invalid("/method");
        let allowed = allow(&shop.environment, "our own machine").await.expect(200);
        assert_eq!(allowed["ownership"]["method"], "admin_allow");
        assert_eq!(allowed["private_allowed"]["reason"], "our own machine");
        let public = json!({ "kind": "production", "base_url": "https://93.184.215.14" });
        let public = id(&shop.owner.post(&format!("/api/systems/{}/environments", shop.system), &public).await);
        allow(&public, "not ours").await.problem(409, "conflict");
        assert_eq!(shop.owner.get(&format!("/api/environments/{public}")).await.expect(200)["private_allowed"], Value::Null);
    }

    async fn a_teardown_names_a_product_and_its_domain(hub: TestHub) {
        let owner = hub.as_owner().await;
        let full = json!({ "target_name": "Rival", "domain": "rival.example", "notes": "since 2011", "jobs_to_be_done": ["buy a lamp"] });
        let made = owner.post("/api/teardown/create", &full).await.expect(201);
        for (field, value) in [("target_name", "Rival"), ("domain", "https://rival.example/"), ("notes", "since 2011")] {
            assert_eq!(made[field], value, "{made}");
        }
        assert_eq!(made["jobs_to_be_done"], json!(["buy a lamp"]));
        let before = entries(&owner).await;
        for (pointer, field, value) in [
            ("/target_name", "target_name", json!("")),
            ("/domain", "domain", json!("user:secret@rival.example")),
            ("/domain", "domain", json!("rival.example?x=1")),
            ("/jobs_to_be_done/1", "jobs_to_be_done", json!(["buy", ""])),
            ("/jobs_to_be_done", "jobs_to_be_done", json!(vec!["job"; 51])),
        ] {
            let mut wrong = full.clone();
            wrong[field] = value;
            owner.post("/api/teardown/create", &wrong).await.invalid(pointer);
        }
        let long = json!({ "target_name": "Rival", "domain": "0".repeat(2_001) });
        owner.post("/api/teardown/create", &long).await.invalid("/domain");
        assert_eq!(entries(&owner).await, before);
    }
}
