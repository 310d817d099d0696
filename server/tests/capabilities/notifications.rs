//! Members' inboxes.

use crate::{
    shop::Shop,
    support::{Backend, TestHub},
};
use hub::access::Role;
use serde_json::json;

/// A policy that no version passes.
async fn set_strict_policy(shop: &Shop) {
    let rule = json!({ "id": "fast", "subject": { "metric": "latency.corrected.p95_ms" }, "threshold": { "at_most": 0.000001 } });
    let document = json!({ "name": "Strict", "golden_paths": "off", "rules": [rule] });
    shop.owner.post("/api/gate/policy", &json!({ "system_id": shop.system, "document": document })).await.expect(201);
}

on_both_databases! {
    async fn members_hear_of_a_blocked_version_once_and_of_its_release(hub: TestHub) {
        let shop = Shop::open(&hub).await;
        let auditor = hub.as_role(Role::Auditor).await;
        auditor.put("/api/notifications/choices", &json!({ "validation_blocked": "mine" })).await.expect(200);
        set_strict_policy(&shop).await;
        shop.measure("1.0.0").await;
        let blocked = shop.validate("1.0.0").await;
        assert_eq!(blocked["verdict"], "blocked");
        shop.validate("1.0.0").await;
        shop.set_lenient_policy().await;
        let allowed = shop.validate("1.0.0").await;

        let inbox = shop.owner.get("/api/notifications?kind=validation_blocked").await.expect(200);
        let told = inbox["items"].as_array().unwrap();
        assert_eq!(told.len(), 1, "the same verdict again is no news: {inbox}");
        assert_eq!(told[0]["about"], json!({ "kind": "validation", "id": blocked["id"] }));
        assert_eq!((&told[0]["title"], &told[0]["body"]), (&json!("1.0.0 is blocked"), &blocked["report"]["summary"]));
        let inbox = shop.owner.get("/api/notifications?kind=validation_unblocked").await.expect(200);
        assert_eq!(inbox["items"][0]["about"]["id"], allowed["id"]);

        let theirs = auditor.get("/api/notifications").await.expect(200);
        let kinds: Vec<_> = theirs["items"].as_array().unwrap().iter().map(|line| line["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["validation_unblocked"], "what others started is not theirs to hear");

        let place = format!("/api/notifications/{}/read", told[0]["id"].as_str().unwrap());
        auditor.post(&place, &json!({})).await.problem(404, "not-found");
        let unread = async || shop.owner.get("/api/notifications/unread").await.expect(200)["unread"].clone();
        let before = unread().await.as_u64().unwrap();
        assert!(shop.owner.post(&place, &json!({})).await.expect(200)["read_at"].is_string());
        assert_eq!(unread().await, before - 1);
        shop.owner.post("/api/notifications/read-all", &json!({})).await.expect(200);
        assert_eq!(unread().await, 0);
        let none = shop.owner.get("/api/notifications?unread=true").await.expect(200);
        assert_eq!(none["items"], json!([]));
    }

    async fn choices_name_kinds_and_reach(hub: TestHub) {
        let owner = hub.as_owner().await;
        let place = "/api/notifications/choices";
        owner.put(place, &json!({ "benchmark_failed": "everything" })).await.invalid("/benchmark_failed");
        owner.put(place, &json!({ "weather": "all" })).await.problem(422, "invalid");
        let chosen = owner.put(place, &json!({ "benchmark_failed": "none" })).await.expect(200);
        assert_eq!((&chosen["benchmark_failed"], &chosen["schedule_skipped"]), (&json!("none"), &json!("mine")));
        assert_eq!(owner.get(place).await.expect(200), chosen);
        owner.get("/api/notifications?kind=weather").await.problem(422, "invalid");
    }
}
