//! A pipeline renews its own key, as a program sees it.

use crate::support::{Backend, TestHub};
use chrono::{TimeDelta, Utc};
use hub::{access::Role, platform::clock::SettableClock};
use serde_json::json;
use std::sync::Arc;

on_both_databases! {
    async fn a_pipeline_collects_the_secret_of_its_successor(hub: TestHub) {
        let owner = hub.as_owner().await;
        let made = owner.post("/api/keys", &json!({ "name": "ci", "scopes": ["systems:read"] })).await.expect(201);
        let (id, pipeline) = (made["id"].as_str().unwrap(), hub.anonymous().bearing(made["secret"].as_str().unwrap()));
        let rotation = format!("/api/keys/{id}/rotation");
        owner.put(&rotation, &json!({ "every_days": 1, "overlap_hours": 24 })).await.invalid("/overlap_hours");
        hub.as_role(Role::Member).await.put(&rotation, &json!({ "every_days": 2 })).await.invalid("/overlap_hours");
        hub.as_role(Role::Member).await.put(&rotation, &json!({ "every_days": 9 })).await.not_found();
        hub.as_other_tenant().await.put(&rotation, &json!({ "every_days": 9 })).await.not_found();
        let set = owner.put(&rotation, &json!({ "every_days": 9 })).await.expect(200);
        assert_eq!(set["rotation"], json!({ "every_days": 9, "overlap_hours": 72 }));
        let itself = pipeline.get("/api/auth/me").await.expect(200)["key_id"].as_str().unwrap().to_owned();
        let collect = format!("/api/keys/{itself}/collect");
        pipeline.post(&collect, &json!({})).await.not_found();

        let later = SettableClock::at(Utc::now() + TimeDelta::days(9));
        assert_eq!(hub.with_clock(Arc::new(later)).keys().dispatch().await.unwrap(), 1);
        hub.as_other_tenant().await.post(&collect, &json!({})).await.not_found();
        let collected = pipeline.post(&collect, &json!({})).await.expect(200);
        pipeline.post(&collect, &json!({})).await.not_found();
        let short = owner.post("/api/keys", &json!({ "name": "short", "scopes": ["systems:read"], "expires_in_days": 30 })).await;
        let path = format!("/api/keys/{}/rotation", short.expect(201)["id"].as_str().unwrap());
        let set = owner.put(&path, &json!({ "every_days": 90, "overlap_hours": 48 })).await.expect(200);
        let moment = |name: &str| set[name].as_str().unwrap().parse::<chrono::DateTime<Utc>>().unwrap();
        assert_eq!(moment("rotates_at").timestamp(), (moment("expires_at") - TimeDelta::hours(48)).timestamp(), "before it ends");
        let renewed = hub.anonymous().bearing(collected["secret"].as_str().unwrap());
        renewed.get("/api/systems").await.expect(200);
        pipeline.get("/api/systems").await.expect(200);
        let inbox = owner.get("/api/notifications").await.expect(200);
        assert_eq!((&inbox["items"][0]["kind"], &inbox["items"][0]["about"]["kind"]), (&json!("key_rotated"), &json!("key")));
    }
}
