//! Files of benchmarks that were removed: who rests on a benchmark does not notice, and who looks for them is told.

use crate::{
    shop::Shop,
    support::{Backend, TestHub},
};
use chrono::{TimeDelta, Utc};
use hub::platform::clock::SettableClock;
use serde_json::json;
use std::sync::Arc;

const K6: &str = include_str!("../../../engines/imports/tests/fixtures/k6-handle-summary.json");

on_both_databases! {
    async fn what_rests_on_a_benchmark_outlives_its_files(hub: TestHub) {
        let shop = Shop::register(&hub).await;
        let files = json!([{ "name": "k6.json", "content": K6 }]);
        let new = json!({ "environment_id": shop.environment, "version": "1.0.0", "files": files });
        let run = shop.owner.post("/api/teardown/benchmark/import", &new).await.expect(201);
        let run = format!("/api/teardown/benchmark/{}", run["id"].as_str().unwrap());
        let artifacts = run.replace("benchmark/", "benchmark/artifacts/");
        let rule = json!({ "id": "answers", "subject": { "metric": "error_rate_pct" }, "threshold": { "at_most": 100.0 } });
        let document = json!({ "name": "Release", "golden_paths": "off", "accept_imported": true, "rules": [rule] });
        shop.owner.post("/api/gate/policy", &json!({ "system_id": shop.system, "document": document })).await.expect(201);
        let validation = shop.validate("1.0.0").await;
        let evidence = json!({ "scope": "SOC2", "validation_id": validation["id"] });
        let made = shop.owner.post("/api/compliance/evidence", &evidence).await.expect(201);
        let card = shop.owner.get(&format!("/api/teardown/scorecard/{}", shop.system)).await.expect(200);
        let shares = format!("/api/teardown/scorecard/{}/shares", shop.system);
        let link = shop.owner.post(&shares, &json!({ "name": "Readme" })).await.expect(201);
        let pages = [run.replace("/api/teardown/benchmark", "/lab"), format!("/systems/{}/scorecard", shop.system)];
        let kept = format!("Kept until {}", (Utc::now() + TimeDelta::days(365)).format("%Y-"));
        for page in &pages {
            let text = shop.owner.get(page).await.text();
            assert!(text.contains(&kept), "{page}: {text}");
        }

        let later = Arc::new(SettableClock::at(Utc::now() + TimeDelta::days(366)));
        assert_eq!(hub.with_clock(later).lab().remove_old_files().await.unwrap(), 1);
        let removed = shop.owner.get(&run).await.expect(200);
        assert_eq!((&removed["files_removed"]["after_days"], &removed["files_removed"]["files"]), (&json!(365), &json!(1)));
        assert_eq!(shop.owner.get(&artifacts).await.expect(200), json!([]));
        let missing = shop.owner.get(&format!("{artifacts}/k6.json")).await.not_found();
        assert!(missing["detail"].as_str().unwrap().contains("ARTIFACT_RETENTION_DAYS"), "{missing}");
        for page in &pages {
            let text = shop.owner.get(page).await.text();
            assert!(text.contains("after 365 days") && !text.contains("Kept until"), "{page}: {text}");
        }

        assert_eq!(shop.owner.get(&format!("/api/teardown/scorecard/{}", shop.system)).await.expect(200), card);
        let again = format!("/api/gate/validations/{}", validation["id"].as_str().unwrap());
        assert_eq!(shop.owner.get(&again).await.expect(200)["report"], validation["report"]);
        let pack = format!("/api/compliance/evidence/{}/pack", made["id"].as_str().unwrap());
        assert!(sbh_proof::verify(&shop.owner.get(&pack).await.body, None).is_ok());
        shop.owner.post("/api/compliance/evidence", &evidence).await.expect(201);
        assert_eq!(hub.anonymous().get(link["path"].as_str().unwrap()).await.status, 200);
    }
}
