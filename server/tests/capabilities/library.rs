//! What teams share: versions, search, forks, reviews, uses.

use crate::{
    shop::id,
    support::{Backend, TestHub},
    workspaces::{joined, workspace},
};
use serde_json::{Value, json};

const HURL: &str = "GET {{base_url}}/\nHTTP 200\n";

fn golden_path(workspace: &str, name: &str) -> Value {
    json!({ "workspace_id": workspace, "kind": "golden_path", "name": name, "tags": ["Auth"], "content": HURL })
}

on_both_databases! {
    async fn a_number_that_readers_would_round_is_refused_in_metadata(hub: TestHub) {
        let owner = hub.as_owner().await;
        let team = workspace(&owner, "Checkout", false).await;
        let mut asset = golden_path(&team, "Sign in");
        asset["metadata"] = json!({ "ticket": [9_007_199_254_740_992_u64] });
        owner.post("/api/library/share", &asset).await.invalid("/metadata");
        asset["metadata"] = json!({ "ticket": 9_007_199_254_740_991_u64, "share": 1e300 });
        let place = format!("/api/library/asset/{}", id(&owner.post("/api/library/share", &asset).await));
        let change = json!({ "metadata": { "n": -9_007_199_254_740_992_i64 } });
        owner.patch(&place, &change).await.invalid("/metadata");
        owner.patch(&place, &json!({ "metadata": { "n": 1 } })).await.expect(200);
    }

    async fn an_asset_goes_from_its_first_version_to_its_end(hub: TestHub) {
        let owner = hub.as_owner().await;
        let team = workspace(&owner, "Checkout", false).await;
        let shared = owner.post("/api/library/share", &golden_path(&team, "Sign in")).await.expect(201);
        assert_eq!((&shared["latest_version"], &shared["tags"], &shared["proposal_id"]), (&json!(1), &json!(["auth"]), &Value::Null));
        let place = format!("/api/library/asset/{}", shared["id"].as_str().unwrap());
        let two = json!({ "content": format!("{HURL}# two\n"), "note": "A remark" });
        let made = owner.post(&format!("{place}/versions"), &two).await.expect(201);
        assert_eq!((&made["version"]["number"], &made["proposal"]), (&json!(2), &Value::Null));
        let first = owner.get(&format!("{place}/versions/1")).await.expect(200);
        assert_eq!((&first["content"], first["sha256"].as_str().map(str::len)), (&json!(HURL), Some(64)));
        owner.get(&format!("{place}/versions/3")).await.not_found();
        let versions = owner.get(&format!("{place}/versions")).await.expect(200);
        assert_eq!((versions["items"].as_array().unwrap().len(), &versions["items"][0]["content"]), (2, &Value::Null));

        let found = async |query: &str| owner.get(&format!("/api/library/list?{query}")).await.expect(200)["items"].as_array().unwrap().len();
        assert_eq!(found("q=sig+auth").await, 1);
        assert_eq!(found("tag=auth&kind=golden_path").await, 1);
        assert_eq!(found("kind=prompt").await, 0);

        let system = id(&owner.post("/api/systems", &json!({ "name": "Shop" })).await);
        let used = owner.post(&format!("{place}/use"), &json!({ "system_id": system, "version": 1 })).await.expect(201);
        assert_eq!((&used["target"], &used["current"], &used["version"]), (&json!("Sign in"), &json!(true), &json!(1)));
        let paths = owner.get(&format!("/api/gate/golden-paths?system_id={system}")).await.json();
        assert!(paths.to_string().contains("Sign in"), "{paths}");
        let kept = owner.delete(&place).await.problem(409, "conflict");
        assert!(kept["detail"].as_str().unwrap().contains("“Sign in” of Shop"), "{kept}");

        let fork = json!({ "workspace_id": team, "version": 1, "name": "Copy" });
        let copy = owner.post(&format!("{place}/fork"), &fork).await.expect(201);
        assert_eq!((&copy["forked_from"]["asset_id"], &copy["forked_from"]["version"]), (&shared["id"], &json!(1)));
        let reason = json!({ "reason": "Old", "replacement_id": copy["id"] });
        let gone = owner.post(&format!("{place}/deprecate"), &reason).await.expect(200);
        assert_eq!(gone["deprecation"]["replacement_id"], copy["id"]);
        assert_eq!((found("q=sign").await, found("q=sign&deprecated=true").await), (0, 1));
        owner.post(&format!("{place}/use"), &json!({ "system_id": system })).await.problem(409, "conflict");
        assert_eq!(owner.post(&format!("{place}/restore"), &json!({})).await.expect(200)["deprecation"], Value::Null);
        assert_eq!(owner.get(&place).await.expect(200)["use_count"], 2);
        let path = paths.pointer("/items/0/id").or_else(|| paths.pointer("/0/id")).unwrap().as_str().unwrap();
        assert_eq!(owner.delete(&format!("/api/gate/golden-path/{path}")).await.status, 204);
        assert_eq!(owner.delete(&place).await.status, 204);
        owner.get(&place).await.not_found();
        let figures = owner.get("/metrics").await.text();
        assert!(figures.contains("sbh_shared_assets_total{kind=\"golden_path\"} 2"), "{figures}");
    }

    async fn every_wrong_field_of_an_asset_is_named(hub: TestHub) {
        let owner = hub.as_owner().await;
        let team = workspace(&owner, "Checkout", false).await;
        for (pointer, field, value) in [
            ("/name", "name", json!("")),
            ("/kind", "kind", json!("film")),
            ("/tags/0", "tags", json!(["two words"])),
            ("/content", "content", json!("GET\nHTTP")),
            ("/content", "content", Value::Null),
            ("/uri", "uri", json!("https://example.com/")),
            ("/metadata", "metadata", json!({ "big": "x".repeat(9_000) })),
            ("/metadata", "metadata", json!([1])),
            ("/note", "note", json!("x".repeat(501))),
        ] {
            let mut wrong = golden_path(&team, "Home");
            wrong[field] = value;
            owner.post("/api/library/share", &wrong).await.invalid(pointer);
        }
        let mut address = golden_path(&team, "Home");
        (address["content"], address["uri"]) = (Value::Null, json!("http://example.com/"));
        owner.post("/api/library/share", &address).await.invalid("/uri");
        assert_eq!(owner.get("/api/library/list").await.expect(200)["items"], json!([]));
    }

    async fn somebody_else_approves_what_was_proposed(hub: TestHub) {
        let owner = hub.as_owner().await;
        let team = workspace(&owner, "Checkout", true).await;
        let editor = joined(&hub, &owner, &team, "ed@example.com", "editor").await;
        let reviewer = joined(&hub, &owner, &team, "rita@example.com", "reviewer").await;
        let viewer = joined(&hub, &owner, &team, "vera@example.com", "viewer").await;
        let shared = editor.post("/api/library/share", &golden_path(&team, "Home")).await.expect(201);
        assert_eq!(shared["latest_version"], 0);
        let proposal = format!("/api/library/proposals/{}", shared["proposal_id"].as_str().unwrap());
        let waiting = reviewer.get(&format!("/api/library/proposals?workspace_id={team}&state=open")).await.expect(200);
        assert_eq!(waiting["items"].as_array().unwrap().len(), 1);
        assert_eq!(reviewer.get(&proposal).await.expect(200)["may_decide"], true);
        let (approve, reject) = (json!({ "ruling": "approve" }), json!({ "ruling": "reject" }));
        let decide = format!("{proposal}/decide");
        viewer.post(&decide, &approve).await.forbidden();
        editor.post(&decide, &approve).await.problem(409, "conflict");
        reviewer.post(&decide, &reject).await.invalid("/comment");
        let approved = reviewer.post(&decide, &approve).await.expect(200);
        assert_eq!((&approved["state"], &approved["version"]), (&json!("approved"), &json!(1)));
        reviewer.post(&decide, &approve).await.problem(409, "conflict");
        let version = format!("/api/library/asset/{}/versions/1", shared["id"].as_str().unwrap());
        let version = viewer.get(&version).await.expect(200);
        assert_eq!((&version["author"], &version["approved_by"]), (&json!("ed@example.com"), &json!("rita@example.com")));
    }

    async fn a_key_counts_as_the_member_who_made_it(hub: TestHub) {
        use hub::access::Permission::{LibraryRead, LibraryReview, LibraryWrite};
        let owner = hub.as_owner().await;
        let team = workspace(&owner, "Checkout", true).await;
        let shared = owner.post("/api/library/share", &golden_path(&team, "Home")).await.expect(201);
        let decide = format!("/api/library/proposals/{}/decide", shared["proposal_id"].as_str().unwrap());
        let approve = json!({ "ruling": "approve" });
        hub.with_key(&[LibraryRead, LibraryWrite]).await.post(&decide, &approve).await.forbidden();
        hub.with_key(&[LibraryRead, LibraryReview]).await.post(&decide, &approve).await.problem(409, "conflict");
    }
}
