//! Benchmarks and validations at stated times.

use crate::{
    shop::{Shop, entries, id},
    support::{Backend, TestHub},
};
use chrono::{DateTime, TimeDelta, Utc};
use hub::platform::clock::SettableClock;
use serde_json::{Value, json};
use std::sync::Arc;

fn hourly(shop: &Shop, name: &str, version: &str) -> Value {
    json!({ "name": name, "cron": "0 * * * *", "time_zone": "Europe/Berlin", "benchmark": shop.short(version) })
}

on_both_databases! {
    async fn one_due_time_starts_one_benchmark_on_several_hubs(hub: TestHub) {
        let shop = Shop::open(&hub).await;
        // Due so rarely that the hub under test, whose clock is the machine's, does not come first.
        let mut weekly = hourly(&shop, "Weekly", "n-{date}");
        (weekly["cron"], weekly["time_zone"]) = (json!("0 3 * * 1"), json!("UTC"));
        let made = shop.owner.post("/api/schedules", &weekly).await.expect(201);
        let due: DateTime<Utc> = made["next_due_at"].as_str().unwrap().parse().unwrap();
        let clock = Arc::new(SettableClock::at(due + TimeDelta::minutes(1)));
        let hubs = [hub.with_clock(clock.clone()), hub.with_clock(clock.clone()), hub.with_clock(clock)];
        let looks = hubs.iter().map(|hub| async move { hub.schedules().dispatch().await.unwrap() });
        let settled: u64 = futures::future::join_all(looks).await.iter().sum();
        assert_eq!(settled, 1);
        let place = format!("/api/schedules/{}", made["id"].as_str().unwrap());
        let seen = shop.owner.get(&place).await.expect(200);
        let run = &seen["last_run"];
        assert_eq!((&run["outcome"], &run["by_hand"]), (&json!("started"), &json!(false)), "{seen}");
        assert_eq!(seen["next_due_at"].as_str().unwrap().parse::<DateTime<Utc>>().unwrap(), due + TimeDelta::days(7));
        let benchmarks = shop.owner.get("/api/teardown/benchmarks").await.expect(200);
        let benchmarks = benchmarks["items"].as_array().unwrap();
        assert_eq!((benchmarks.len(), &benchmarks[0]["id"]), (1, &run["benchmark_id"]));
        assert_eq!(benchmarks[0]["version"], run["version"]);
        let history = shop.owner.get(&format!("{place}/runs")).await.expect(200);
        assert_eq!(history["items"], json!([run]));
    }

    async fn a_run_by_hand_goes_through_to_its_scorecard_and_the_latest_version_is_then_validated(hub: TestHub) {
        let shop = Shop::open(&hub).await;
        shop.set_lenient_policy().await;
        let measure = id(&shop.owner.post("/api/schedules", &hourly(&shop, "Measure", "1.0.0")).await);
        let run = shop.owner.post(&format!("/api/schedules/{measure}/run-now"), &json!({})).await.expect(202);
        let benchmark = run["benchmark_id"].as_str().unwrap();
        let over = shop.until_over(&format!("/api/teardown/benchmark/{benchmark}")).await;
        let seen = shop.owner.get(&format!("/api/schedules/{measure}")).await.expect(200);
        assert_eq!(seen["last_run"]["result"], over["state"]);

        shop.measure("2.0.0").await;
        let validation = json!({ "system_id": shop.system, "version": "{latest}" });
        let judge = json!({ "name": "Judge", "cron": "30 6 * * 1-5", "time_zone": "UTC", "validation": validation });
        let judge = id(&shop.owner.post("/api/schedules", &judge).await);
        let run = shop.owner.post(&format!("/api/schedules/{judge}/run-now"), &json!({})).await.expect(202);
        assert_eq!(run["version"], "2.0.0");
        let verdict = shop.until_over(&format!("/api/gate/validations/{}", run["validation_id"].as_str().unwrap())).await;
        assert_eq!((&verdict["version"], &verdict["verdict"]), (&json!("2.0.0"), &json!("allowed")));
    }

    async fn a_schedule_is_paused_resumed_changed_and_removed_and_all_of_it_is_in_the_log(hub: TestHub) {
        let shop = Shop::open(&hub).await;
        let made = shop.owner.post("/api/schedules", &hourly(&shop, "Nightly", "1")).await;
        let place = format!("/api/schedules/{}", id(&made));
        let before = entries(&shop.owner).await;
        let paused = shop.owner.post(&format!("{place}/pause"), &json!({})).await.expect(200);
        assert_eq!((&paused["state"], &paused["next_due_at"]), (&json!("paused"), &Value::Null));
        let resumed = shop.owner.post(&format!("{place}/resume"), &json!({})).await.expect(200);
        assert_eq!(resumed["state"], "on");
        let changed = shop.owner.put(&place, &hourly(&shop, "Hourly", "2")).await.expect(200);
        assert_eq!((&changed["name"], &changed["id"]), (&json!("Hourly"), &resumed["id"]));
        let listed = shop.owner.get("/api/schedules").await.expect(200);
        assert_eq!(listed["items"], json!([changed]));
        assert_eq!(shop.owner.delete(&place).await.status, 204);
        shop.owner.get(&place).await.problem(404, "not-found");
        assert_eq!(entries(&shop.owner).await, before + 4);
    }

    async fn every_wrong_field_of_a_schedule_is_named_and_nothing_is_kept(hub: TestHub) {
        let shop = Shop::open(&hub).await;
        let before = entries(&shop.owner).await;
        let right = hourly(&shop, "Nightly", "1");
        for (pointer, field, value) in [
            ("/name", "name", json!("")),
            ("/cron", "cron", json!("* * * * *")),
            ("/cron", "cron", json!("every day")),
            ("/time_zone", "time_zone", json!("Berlin")),
            ("/benchmark", "benchmark", Value::Null),
            ("/benchmark/version", "benchmark", shop.short("{today}")),
            ("/benchmark/duration_s", "benchmark", json!({ "environment_id": shop.environment, "version": "1", "duration_s": 1e9 })),
            ("/benchmark/environment_id", "benchmark", json!({ "version": "1" })),
        ] {
            let mut wrong = right.clone();
            wrong[field] = value;
            shop.owner.post("/api/schedules", &wrong).await.invalid(pointer);
        }
        shop.owner.get("/api/schedules/preview?cron=0+2+*+*+*&time_zone=nowhere").await.invalid("/time_zone");
        let preview = shop.owner.get("/api/schedules/preview?cron=0+2+*+*+*&time_zone=Asia/Tokyo").await.expect(200);
        let next = preview["next"].as_array().unwrap();
        assert!(next.len() == 5 && next.iter().all(|at| at.as_str().unwrap().ends_with("T02:00:00+09:00")), "{preview}");
        assert_eq!(entries(&shop.owner).await, before);
    }

    async fn a_key_schedules_as_the_member_who_made_it_and_never_beyond_its_scopes(hub: TestHub) {
        use hub::access::Permission::{LabRun, SchedulesWrite};
        let shop = Shop::open(&hub).await;
        let request = hourly(&shop, "By key", "1");
        hub.with_key(&[SchedulesWrite]).await.post("/api/schedules", &request).await.problem(403, "forbidden");
        let made = hub.with_key(&[SchedulesWrite, LabRun]).await.post("/api/schedules", &request).await.expect(201);
        assert_eq!(made["owner"], crate::support::OWNER);
    }
}
