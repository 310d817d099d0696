//! What belongs to another organisation is not there.

use crate::{
    support::{Backend, TestHub},
    table::{rows, something_of_each_kind},
};
use serde_json::Value;

on_both_databases! {
    async fn anothers_things_are_not_found_and_not_changed(hub: TestHub) {
        let ids = something_of_each_kind(&hub).await;
        let owner = hub.as_owner().await;
        let size = hub.hub().audit().verify(hub.owner().await, None).await.unwrap().size;
        for row in rows() {
            let named = row.path.contains('{') || row.body.as_ref().is_some_and(|body| {
                ids.keys().any(|name| body.to_string().contains(&format!("\"{{{name}}}\"")))
            });
            if !named {
                continue;
            }
            let stranger = hub.as_other_tenant().await;
            let reply = row.send(&stranger, &ids).await;
            assert_eq!(reply.status, 404, "{}: {}", row.id, reply.text());
            for id in ids.values() {
                let leaked = reply.text().replace(&format!("\"instance\":\"{}\"", reply.json()["instance"].as_str().unwrap_or_default()), "");
                assert!(!leaked.contains(id), "{}: {leaked}", row.id);
            }
        }
        let changed = owner.get("/api/audit/entries?limit=200").await.expect(200);
        // What the hub does by itself meanwhile, such as ending a measurement, is nobody's request.
        let by_somebody = |entry: &&Value| entry["seq"].as_u64().unwrap() >= size && !entry["actor"].as_str().unwrap().starts_with("hub ");
        let changed: Vec<_> = changed["items"].as_array().unwrap().iter().filter(by_somebody).collect();
        assert!(changed.is_empty(), "nothing was changed: {changed:?}");
    }

    async fn anothers_lists_are_empty(hub: TestHub) {
        let ids = something_of_each_kind(&hub).await;
        let stranger = hub.as_other_tenant().await;
        for row in rows().iter().filter(|row| row.id.starts_with("list_") && !row.path.contains('{')) {
            let text = row.send(&stranger, &ids).await.text();
            for (kind, id) in &ids {
                assert!(!text.contains(id), "{} shows a {kind}: {text}", row.id);
            }
        }
    }

    async fn ones_own_things_are_there(hub: TestHub) {
        let ids = something_of_each_kind(&hub).await;
        let not_yet = ["get_scorecard", "get_benchmark_scorecard", "get_artifact", "get_policy", "get_asset_version"];
        for row in rows().iter().filter(|row| row.id.starts_with("get_") && !not_yet.contains(&row.id)) {
            let reply = row.send(&hub.as_owner().await, &ids).await;
            assert_eq!(reply.status, 200, "{}: {}", row.id, reply.text());
        }
    }
}
