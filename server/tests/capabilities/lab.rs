//! Benchmarks, scorecards, artifacts.

use crate::{
    shop::{Shop, deploy, entries, id},
    support::{Backend, TestHub},
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

const RUN: &str = "/api/teardown/benchmark/run";

on_both_databases! {
    async fn a_benchmark_ends_in_a_scorecard_and_leaves_its_files(hub: TestHub) {
        let shop = Shop::open(&hub).await;
        let benchmark = shop.measure("2.0").await;
        let (load, one) = (&benchmark["load"], benchmark["id"].as_str().unwrap());
        assert_eq!(load["valid"], true, "{benchmark}");
        assert_eq!(load["errors"], 0, "{benchmark}");
        for side in ["raw", "corrected"] {
            for name in ["p50_ms", "p90_ms", "p95_ms", "p99_ms", "p999_ms", "max_ms"] {
                assert!(load["latency"][side][name].as_f64().is_some_and(|value| value > 0.0), "{side} {name}: {benchmark}");
            }
        }
        let newest = format!("/api/teardown/scorecard/{}", shop.system);
        let card = shop.owner.get(&newest).await.expect(200);
        assert_eq!((&card["version"], &card["benchmark_id"]), (&json!("2.0"), &benchmark["id"]));
        let compliance = card["dimensions"].as_array().unwrap().iter().find(|row| row["dimension"] == "compliance").unwrap();
        let checks = benchmark["security"]["compliance"].as_array().unwrap();
        let kept = |id: &str| checks.iter().find(|check| check["id"] == id).unwrap_or_else(|| panic!("{benchmark}"))["kept"].clone();
        let all = ["SBH-COM-001", "SBH-COM-002", "SBH-COM-003", "SBH-COM-004"].map(kept);
        assert_eq!(all, [Value::Null, json!(false), json!(true), json!(true)], "no TLS on this machine, no security.txt: {benchmark}");
        assert_eq!((&compliance["score"], compliance["contributions"].as_array().unwrap().len()), (&card["metrics"]["compliance_pct"], 1), "{card}");
        assert_eq!(shop.owner.get(&format!("{newest}?version=2.0&environment_id={}", shop.environment)).await.expect(200), card);
        for other in ["version=2.1", "version=%27%20OR%201%3D1%20--", "environment_id=01890a5d-ac96-774b-bcce-b302099a8057"] {
            shop.owner.get(&format!("{newest}?{other}")).await.not_found();
        }
        shop.owner.get(&format!("{newest}?environment_id=staging")).await.problem(422, "invalid");
        downloaded(&shop, one).await;
        let listed = shop.owner.get(&format!("/api/teardown/benchmarks?limit=1&system_id={}", shop.system)).await.expect(200);
        assert_eq!(listed["items"][0]["id"], benchmark["id"]);
    }

    async fn a_page_is_opened_in_a_browser_and_scores_user_experience(hub: TestHub) {
        let shop = Shop::open(&hub).await;
        let mut run = shop.short("1.0.0");
        run["interactions"] = json!([{ "selector": "input[name=query]", "text": "oak" }]);
        shop.owner.post(RUN, &run).await.invalid("/interactions");
        run["devices"] = json!(["mobile"]);
        let benchmark = shop.measure_as(&run).await;
        let audit = &benchmark["browser"]["audits"][0];
        assert_eq!((&audit["device"], &audit["loads"], &audit["status"]), (&json!("mobile"), &json!(3), &json!(200)), "{benchmark}");
        let metric = |name: &str| audit["metrics"][name].as_f64().unwrap_or_else(|| panic!("{name}: {benchmark}"));
        assert!(metric("fcp_ms") > 0.0 && metric("lcp_ms") >= metric("fcp_ms"), "{benchmark}");
        assert!(metric("requests") >= 1.0 && metric("transfer_bytes") > 1_000_000.0, "the heavy picture is seen: {benchmark}");
        assert!(metric("inp_ms") > 0.0, "{benchmark}");
        let found = &audit["accessibility"];
        assert!(!found["passes"].as_array().unwrap().is_empty(), "{benchmark}");
        let broken: Vec<_> = found["violations"].as_array().unwrap().iter().map(|rule| rule["id"].as_str().unwrap()).collect();
        assert!(broken.contains(&"image-alt") && broken.contains(&"label"), "{broken:?}");
        let unasked = audit["privacy"]["cookies"].as_array().unwrap();
        assert!(unasked.iter().any(|cookie| cookie["name"] == "_ga" && cookie["reason"] == "tracking"), "{benchmark}");
        assert!(metric("third_party_requests") >= 1.0 && audit["privacy"]["third_parties"] == 1, "{benchmark}");
        let card = shop.owner.get(&format!("/api/teardown/scorecard/{}", shop.system)).await.expect(200);
        let rows = card["dimensions"].as_array().unwrap();
        let ux = rows.iter().find(|row| row["dimension"] == "ux").unwrap();
        assert!(ux["score"].as_f64().is_some_and(|score| score > 0.0), "{card}");
        assert_eq!(card["metrics"]["browser.mobile.lcp_ms"], audit["metrics"]["lcp_ms"]);
        let privacy = rows.iter().find(|row| row["dimension"] == "privacy").unwrap();
        assert!(privacy["score"].as_f64().is_some_and(|score| score < 100.0), "{card}");
        assert_eq!(card["metrics"]["privacy.third_parties"], 1.0, "{card}");
        let files = format!("/api/teardown/benchmark/artifacts/{}", benchmark["id"].as_str().unwrap());
        let files = shop.owner.get(&files).await.expect(200);
        let names: Vec<_> = files.as_array().unwrap().iter().map(|file| file["name"].as_str().unwrap()).collect();
        assert!(names.iter().any(|name| name.starts_with("mobile-film-01-")), "{names:?}");
        let by_type: f64 = ["document", "script", "stylesheet", "image", "media", "font", "other"].iter().map(|kind| metric(&format!("{kind}_requests"))).sum();
        assert!(by_type >= 2.0 && metric("image_bytes") > 1_000_000.0, "{benchmark}");
        assert!(["mobile.har", "mobile.json", "mobile.axe.json"].iter().all(|name| names.contains(name)), "{names:?}");
    }

    async fn an_environment_that_is_not_verified_is_not_opened_in_a_browser(hub: TestHub) {
        let shop = Shop::register(&hub).await;
        let mut run = shop.short("1.0.0");
        run["devices"] = json!(["mobile", "desktop"]);
        let accepted = shop.owner.post(RUN, &run).await;
        accepted.expect(202);
        let benchmark = shop.until_over(accepted.header("location").unwrap()).await;
        let gaps = benchmark["browser"]["not_measured"].as_array().unwrap();
        assert_eq!((gaps.len(), &benchmark["browser"]["audits"]), (2, &json!([])), "{benchmark}");
        assert!(gaps[0]["why"].as_str().unwrap().contains("not verified"), "{benchmark}");
    }

    async fn a_version_keeps_its_scorecard_when_a_later_one_is_measured(hub: TestHub) {
        let shop = Shop::open(&hub).await;
        let first = shop.measure("1.0.0").await;
        shop.deploy("1.1.0").await;
        let second = shop.measure("1.1.0").await;
        let card = async |query: &str| shop.owner.get(&format!("/api/teardown/scorecard/{}{query}", shop.system)).await.expect(200);
        assert_eq!(card("?version=1.0.0").await["benchmark_id"], first["id"]);
        assert_eq!(card("").await["benchmark_id"], second["id"]);
    }

    async fn repeated_loads_tell_versions_apart(hub: TestHub) {
        let shop = Shop::open(&hub).await;
        let repeated = |version: &str| {
            let mut run = shop.short(version);
            run["model"] = json!({ "kind": "closed", "vus": 1, "think_time_s": 0.005 });
            (run["repetitions"], run["warm_up_s"]) = (json!(6), json!(0.0));
            run
        };
        let slow = shop.measure_as(&repeated("1.0.0")).await;
        assert_eq!(slow["load"]["repetitions"].as_array().unwrap().len(), 6, "{slow}");
        assert_eq!((&slow["load"]["duration_s"], &slow["request"]["repetitions"]), (&json!(6.0), &json!(6)));
        let series = slow["load"]["series"].as_array().unwrap();
        let seconds: Vec<_> = series.iter().map(|second| second["second"].as_u64().unwrap()).collect();
        assert!(seconds.len() >= 6 && seconds.is_sorted_by(|a, b| a < b), "{seconds:?}");
        shop.deploy("1.1.0").await;
        shop.measure_as(&repeated("1.1.0")).await;
        // Another load is another measurement: it takes no part.
        shop.measure("1.1.0").await;
        shop.measure_as(&repeated("1.1.0")).await;

        let compare = async |baseline: &str, candidate: &str| {
            let (system, place) = (&shop.system, "/api/teardown/comparison");
            let query = format!("{place}?baseline={system}&baseline_version={baseline}&candidate={system}&candidate_version={candidate}");
            shop.owner.get(&query).await.expect(200)
        };
        let found = compare("1.0.0", "1.1.0").await;
        let sides = ["baseline", "candidate"].map(|side| (found[side]["benchmarks"].as_array().unwrap().len(), found[side]["measured_otherwise"].as_u64()));
        assert_eq!(sides, [(1, Some(0)), (2, Some(1))], "{found}");
        let metric = |found: &Value, name: &str| {
            found["metrics"].as_array().unwrap().iter().find(|metric| metric["metric"] == name).cloned().unwrap_or_else(|| panic!("{found}"))
        };
        let median = metric(&found, "latency.corrected.p50_ms");
        assert_eq!((&median["verdict"], &median["baseline"]["count"], &median["candidate"]["count"]), (&json!("better"), &json!(6), &json!(12)), "{found}");
        assert!(median["difference"]["high"].as_f64().unwrap() < 0.0 && median["relative"]["estimate"].as_f64().unwrap() < 0.0, "{median}");
        let score = metric(&found, "observatory_score");
        assert_eq!((&score["verdict"], &score["adjusted_p"]), (&json!("inconclusive"), &Value::Null), "one value is no sample: {found}");
        assert_eq!(metric(&compare("1.1.0", "1.0.0").await, "latency.corrected.p50_ms")["verdict"], "worse");
        let same = compare("1.1.0", "1.1.0").await;
        assert!(same["metrics"].as_array().unwrap().iter().all(|metric| !["better", "worse"].contains(&metric["verdict"].as_str().unwrap())), "{same}");

        let card = shop.owner.get(&format!("/api/teardown/scorecard/{}?version=1.0.0", shop.system)).await.expect(200);
        assert_eq!(card["samples"]["latency.corrected.p95_ms"].as_array().unwrap().len(), 6, "{card}");
        let nothing = format!("/api/teardown/comparison?baseline={0}&candidate={0}&candidate_version=9", shop.system);
        shop.owner.get(&nothing).await.not_found();
    }

    async fn two_environments_are_measured_in_turns(hub: TestHub) {
        let shop = Shop::open(&hub).await;
        let (baseline, url) = shop.beside("preview").await;
        deploy(&shop.url, "1.1.0").await;
        let mut run = shop.short("1.1.0");
        run["model"] = json!({ "kind": "closed", "vus": 1, "think_time_s": 0.005 });
        (run["repetitions"], run["warm_up_s"]) = (json!(6), json!(0.0));
        run["baseline"] = json!({ "environment_id": baseline, "version": "1.0.0" });
        shop.owner.post(RUN, &run).await.invalid("/baseline/environment_id");
        shop.vouch(&baseline).await;

        let benchmark = shop.measure_as(&run).await;
        let other = benchmark["in_turns_with"].as_str().unwrap_or_else(|| panic!("{benchmark}"));
        let other = shop.owner.get(&format!("/api/teardown/benchmark/{other}")).await.expect(200);
        assert_eq!((&other["state"], &other["version"], &other["environment_id"]), (&json!("succeeded"), &json!("1.0.0"), &json!(baseline)), "{other}");
        assert_eq!((&other["in_turns_with"], &other["request"]["baseline"]), (&benchmark["id"], &Value::Null), "{other}");
        for side in [&benchmark, &other] {
            assert_eq!(side["load"]["repetitions"].as_array().unwrap().len(), 6, "{side}");
        }
        let query = format!(
            "/api/teardown/comparison?baseline={0}&baseline_environment_id={baseline}&candidate={0}&candidate_environment_id={1}",
            shop.system, shop.environment
        );
        let found = shop.owner.get(&query).await.expect(200);
        assert_eq!((&found["in_turns"], &found["baseline"]["version"]), (&json!(true), &json!("1.0.0")), "{found}");
        let median = found["metrics"].as_array().unwrap().iter().find(|metric| metric["metric"] == "latency.corrected.p50_ms").unwrap();
        assert_eq!((&median["verdict"], &median["candidate"]["count"]), (&json!("better"), &json!(6)), "{found}");

        run["baseline"] = json!({ "environment_id": shop.environment, "version": "1.0.0" });
        shop.owner.post(RUN, &run).await.invalid("/baseline/environment_id");
        run["baseline"] = json!({ "environment_id": baseline, "version": " " });
        shop.owner.post(RUN, &run).await.invalid("/baseline/version");
        run["baseline"] = json!({ "environment_id": shop.system, "version": "1.0.0" });
        shop.owner.post(RUN, &run).await.invalid("/baseline/environment_id");

        // Whoever ends one of the two ends both.
        deploy(&url, "1.1.0").await;
        (run["baseline"], run["duration_s"]) = (json!({ "environment_id": baseline, "version": "1.1.0" }), json!(5.0));
        let started = shop.owner.post(RUN, &run).await.expect(202);
        let [one, two] = [&started["id"], &started["in_turns_with"]].map(|id| format!("/api/teardown/benchmark/{}", id.as_str().unwrap()));
        shop.owner.post(&format!("{two}/cancel"), &json!({})).await.expect(200);
        for one in [&one, &two] {
            assert_eq!(shop.until_over(one).await["state"], "cancelled");
        }
    }

    async fn load_in_steps_shows_how_a_version_scales(hub: TestHub) {
        let shop = Shop::open(&hub).await;
        shop.deploy("1.1.0").await;
        let mut run = shop.short("1.1.0");
        run["model"] = json!({ "kind": "closed", "vus": 1, "think_time_s": 0.01 });
        run["steps"] = json!({ "max_users": 6, "step_s": 0.5 });
        let benchmark = shop.measure_as(&run).await;
        let found = &benchmark["scalability"];
        let steps = found["steps"].as_array().unwrap();
        let users: Vec<_> = steps.iter().map(|step| step["users"].as_u64().unwrap()).collect();
        assert_eq!(users, [1, 2, 4, 6], "{benchmark}");
        assert!(steps.iter().all(|step| step["throughput_rps"].as_f64().unwrap() > 0.0 && step["p95_ms"].is_f64()), "{found}");
        assert_eq!(found["law"].is_null(), found["not_fitted"].is_string(), "{found}");
        let card = shop.owner.get(&format!("/api/teardown/scorecard/{}", shop.system)).await.expect(200);
        let row = card["dimensions"].as_array().unwrap().iter().find(|row| row["dimension"] == "scalability").unwrap();
        assert!(row["score"].is_f64() && card["metrics"]["scalability.kept_pct"].is_f64(), "{card}");
        let host = &benchmark["load"]["host"];
        assert_eq!(host["noisy"].as_bool().unwrap(), !host["reasons"].as_array().unwrap().is_empty(), "{host}");
        let log = format!("/api/teardown/benchmark/artifacts/{}/load.hlog", benchmark["id"].as_str().unwrap());
        let log = shop.owner.get(&log).await;
        assert!(log.text().starts_with("#[") && log.text().contains("Tag=corrected"), "{}", log.text());
    }

    async fn a_burst_rude_clients_and_prices_reach_the_scorecard(hub: TestHub) {
        let shop = Shop::open(&hub).await;
        shop.deploy("1.1.0").await;
        let prices = json!({
            "instances": 2,
            "instance_hour": { "usd": 0.1, "source": "the list of May" },
            "million_requests": { "usd": 0.25, "source": "the contract" },
        });
        let place = format!("/api/environments/{}/prices", shop.environment);
        let kept = shop.owner.put(&place, &prices).await.expect(200);
        assert_eq!(kept["prices"]["instance_hour"], prices["instance_hour"], "{kept}");
        let mut run = shop.short("1.1.0");
        run["model"] = json!({ "kind": "closed", "vus": 2 });
        run["burst"] = json!({ "multiple": 3, "rate": 20, "baseline_s": 2, "burst_s": 1, "watch_s": 5 });
        run["rude"] = json!(true);
        let benchmark = shop.measure_as(&run).await;

        let burst = &benchmark["resilience"]["burst"];
        let requests = ["before", "during", "after"].map(|part| burst[part]["requests"].as_u64().unwrap());
        assert!(requests.iter().sum::<u64>() == 40 + 60 + 100, "every request of the schedule ends: {burst}");
        assert!(requests[1] > requests[0], "{burst}");
        assert!(burst["recovery_s"].is_u64() != burst["not_recovered"].is_string(), "{burst}");
        let rude = &benchmark["resilience"]["rude"];
        let kinds: Vec<_> = rude["kinds"].as_array().unwrap().iter().map(|kind| kind["behaviour"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["leave", "send_slowly", "read_slowly"], "{rude}");
        assert!(rude["kinds"].as_array().unwrap().iter().all(|kind| kind["others_served"] != false), "{rude}");
        let cost = &benchmark["cost"];
        let (rps, load) = (cost["capacity"]["rps"].as_f64().unwrap(), benchmark["load"]["throughput_rps"].as_f64().unwrap());
        assert_eq!((rps, &cost["capacity"]["measured_by"]), (load, &json!("closed_load")), "{cost}");
        let hours = 2.0 * 0.1 / 3_600.0 * 1e6 / rps;
        assert!((cost["per_million"]["instances"].as_f64().unwrap() - hours).abs() < 1e-9, "{cost}");

        let one = format!("/api/teardown/benchmark/{}", benchmark["id"].as_str().unwrap());
        let card = shop.owner.get(&format!("{one}/scorecard")).await.expect(200);
        assert_eq!(card["metrics"]["rude.served_pct"], 100.0, "{card}");
        let total = card["metrics"]["cost.per_million_usd"].as_f64().unwrap();
        assert!((total - hours - 0.25).abs() < 1e-9, "{card}");
        let row = |card: &Value, name: &str| card["dimensions"].as_array().unwrap().iter().find(|row| row["dimension"] == name).cloned().unwrap();
        assert!(row(&card, "cost")["score"].is_f64(), "{card}");
        // Curves of another time: the scorecard stays what it is, and they have none for what came later.
        let before = shop.owner.get(&format!("{one}/scorecard?curves=2026.1")).await.expect(200);
        assert_eq!((&before["curve_version"], &before["id"], &row(&before, "cost")["score"]), (&json!("2026.1"), &card["id"], &Value::Null));
        assert_eq!(row(&before, "reliability")["contributions"].as_array().unwrap().len(), 2, "{before}");
        assert_eq!(row(&before, "security")["score"], row(&card, "security")["score"]);
        assert_eq!(shop.owner.get(&format!("{one}/scorecard")).await.expect(200), card);
        shop.owner.get(&format!("{one}/scorecard?curves=1999.1")).await.problem(422, "invalid");

        let file = shop.owner.get(&format!("{one}/scorecard.json")).await;
        assert_eq!(serde_json::from_str::<Value>(&file.text()).unwrap(), card);
        let table = shop.owner.get(&format!("{one}/scorecard.csv")).await;
        assert!(table.header("content-disposition").unwrap().starts_with("attachment"), "{}", table.text());
        let mut lines = csv::Reader::from_reader(table.text().as_bytes().to_vec().as_slice()).into_records().map(Result::unwrap).collect::<Vec<_>>();
        lines.retain(|line| &line[0] == "metric");
        assert_eq!(lines.len(), card["metrics"].as_object().unwrap().len(), "{}", table.text());
        for line in &lines {
            assert_eq!(line[3].parse::<f64>().unwrap(), card["metrics"][&line[1]].as_f64().unwrap(), "{line:?}");
        }

        // Prices of today change nothing that was measured before.
        shop.owner.delete(&place).await.expect(204);
        shop.owner.get(&place).await.not_found();
        assert_eq!(shop.owner.get(&one).await.expect(200)["cost"], *cost);
        let wrong = [
            ("/instances", json!({ "instance_hour": { "usd": 0.1, "source": "x" } })),
            ("/gigabyte/source", json!({ "gigabyte": { "usd": 0.1 } })),
            ("/gigabyte/usd", json!({ "gigabyte": { "usd": -0.1, "source": "x" } })),
            ("/instance_hour/usd", json!({})),
        ];
        for (pointer, prices) in wrong {
            let refused = shop.owner.put(&place, &prices).await.problem(422, "invalid");
            assert_eq!(refused["errors"][0]["pointer"], pointer, "{refused}");
        }
    }

    async fn without_a_proven_ownership_no_load_is_sent(hub: TestHub) {
        let shop = Shop::register(&hub).await;
        let mut heavy = shop.short("1.0.0");
        heavy["model"]["rate"] = json!(100.0);
        heavy["steps"] = json!({ "max_users": 50 });
        heavy["burst"] = json!({ "multiple": 10 });
        heavy["rude"] = json!(true);
        let accepted = shop.owner.post(RUN, &heavy).await;
        accepted.expect(202);
        let benchmark = shop.until_over(accepted.header("location").unwrap()).await;
        assert_eq!((&benchmark["state"], &benchmark["load"]), (&json!("succeeded"), &Value::Null), "{benchmark}");
        assert!(benchmark["reason"].as_str().unwrap().contains("Ownership is not verified"), "{benchmark}");
        let card = shop.owner.get(&format!("/api/teardown/scorecard/{}", shop.system)).await.expect(200);
        let dimensions = card["dimensions"].as_array().unwrap();
        let performance = dimensions.iter().find(|row| row["dimension"] == "performance").unwrap();
        assert_eq!(performance["score"], Value::Null, "{card}");
        let requests = shop.requests().await;
        assert!((1..100).contains(&requests), "the shop saw {requests} requests; the load alone would have been 150");
    }

    async fn a_teardown_is_looked_at_and_never_loaded(hub: TestHub) {
        let shop = Shop::register(&hub).await;
        let teardown = json!({ "target_name": "Rival", "domain": shop.url });
        let teardown = id(&shop.owner.post("/api/teardown/create", &teardown).await);
        let run = json!({ "teardown_id": teardown, "version": "seen", "duration_s": 1.0, "model": { "kind": "open", "rate": 1.0 } });
        let accepted = shop.owner.post(RUN, &run).await;
        accepted.expect(202);
        let benchmark = shop.until_over(accepted.header("location").unwrap()).await;
        assert_eq!((&benchmark["state"], &benchmark["load"]), (&json!("succeeded"), &Value::Null), "{benchmark}");
        let card = shop.owner.get(&format!("/api/teardown/scorecard/{teardown}")).await.expect(200);
        assert_eq!((&card["teardown_id"], &card["system_id"]), (&json!(teardown), &Value::Null));
    }

    async fn a_target_that_does_not_answer_gets_no_score(hub: TestHub) {
        let shop = Shop::open(&hub).await;
        let nowhere = json!({ "kind": "preview", "base_url": "http://127.0.0.1:9" });
        let nowhere = id(&shop.owner.post(&format!("/api/systems/{}/environments", shop.system), &nowhere).await);
        let allow = json!({ "reason": "nothing listens there" });
        shop.owner.post(&format!("/api/environments/{nowhere}/allow-private"), &allow).await.expect(200);
        let mut run = shop.short("1.0.0");
        run["environment_id"] = json!(nowhere);
        let benchmark = shop.measure_as(&run).await;
        let card = shop.owner.get(&format!("/api/teardown/scorecard/{}", shop.system)).await.expect(200);
        let score = |name: &str| {
            let rows = card["dimensions"].as_array().unwrap();
            rows.iter().find(|row| row["dimension"] == name).unwrap()["score"].clone()
        };
        assert_eq!((score("performance"), score("security")), (Value::Null, Value::Null), "{benchmark}");
        assert_eq!(score("reliability"), json!(0.0), "{benchmark}");
    }

    async fn a_long_benchmark_ends_when_it_is_cancelled(hub: TestHub) {
        let shop = Shop::open(&hub).await;
        let mut long = shop.short("1.0.0");
        long["duration_s"] = json!(120.0);
        let accepted = shop.owner.post(RUN, &long).await;
        let path = format!("/api/teardown/benchmark/{}", id(&accepted));
        shop.owner.post(&format!("{path}/cancel"), &Value::Null).await.expect(200);
        assert_eq!(shop.until_over(&path).await["state"], "cancelled");
        let before = entries(&shop.owner).await;
        shop.owner.post(&format!("{path}/cancel"), &Value::Null).await.problem(409, "conflict");
        assert_eq!(entries(&shop.owner).await, before);
        shop.owner.get(&format!("/api/teardown/scorecard/{}", shop.system)).await.not_found();
    }

    async fn every_wrong_field_of_a_benchmark_is_named_and_nothing_is_queued(hub: TestHub) {
        let shop = Shop::open(&hub).await;
        let before = entries(&shop.owner).await;
        for (pointer, field, value) in [
            ("/version", "version", json!("<script>alert(1)</script>")),
            ("/version", "version", json!("' OR 1=1 --")),
            ("/duration_s", "duration_s", json!(0.5)),
            ("/duration_s", "duration_s", json!(1e9)),
            ("/warm_up_s", "warm_up_s", json!(-1)),
            ("/burst/multiple", "burst", json!({ "multiple": 1 })),
            ("/burst/watch_s", "burst", json!({ "multiple": 2, "watch_s": 1_000 })),
            ("/devices/0", "devices", json!(["watch"])),
            ("/devices/1", "devices", json!(["mobile", "mobile"])),
            ("/model/rate", "model", json!({ "kind": "open", "rate": 0 })),
            ("/model/vus", "model", json!({ "kind": "closed", "vus": 100_000 })),
            ("/model/think_time_s", "model", json!({ "kind": "closed", "vus": 1, "think_time_s": -1 })),
            ("/model/rate", "model", json!({ "kind": "open", "rate": "fast" })),
            ("/model/kind", "model", json!({ "kind": "random", "rate": 1 })),
            ("/model", "model", json!({ "kind": "closed", "rate": 1 })),
            ("/model", "model", json!({ "kind": "open", "rate": 1, "vus": 1 })),
            ("/http", "http", json!("http3")),
            ("/requests/1/name", "requests", json!([{ "name": "a", "path": "/" }, { "name": "a", "path": "/b" }])),
            ("/environment_id", "teardown_id", json!("01890a5d-ac96-774b-bcce-b302099a8057")),
        ] {
            let mut wrong = shop.short("1.0.0");
            wrong[field] = value;
            shop.owner.post(RUN, &wrong).await.invalid(pointer);
        }
        assert_eq!(shop.owner.get("/api/teardown/benchmarks").await.expect(200)["items"], json!([]));
        assert_eq!(entries(&shop.owner).await, before);
    }
}

/// Each listed file is what its digest says, is saved and never shown; other names are not there.
async fn downloaded(shop: &Shop, benchmark: &str) {
    let folder = format!("/api/teardown/benchmark/artifacts/{benchmark}");
    let files = shop.owner.get(&folder).await.expect(200);
    let names: Vec<_> = files.as_array().unwrap().iter().map(|file| file["name"].as_str().unwrap()).collect();
    assert!(names.contains(&"load.json") && names.contains(&"probes.json"), "{files}");
    for file in files.as_array().unwrap() {
        let reply = shop.owner.get(&format!("{folder}/{}", file["name"].as_str().unwrap())).await;
        reply.expect(200);
        assert_eq!(hex::encode(Sha256::digest(&reply.body)), file["sha256"].as_str().unwrap());
        assert_eq!(reply.body.len() as u64, file["size"]);
        assert!(
            reply.header("content-disposition").unwrap().starts_with("attachment; filename="),
            "{:?}",
            reply.headers
        );
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
    }
    for name in ["nothing.json", "..%2F..%2Fsbh.db", "%00", "load.json%00.txt", "%2Fetc%2Fpasswd", "LOAD.JSON"] {
        let reply = shop.owner.get(&format!("{folder}/{name}")).await;
        assert!((400..500).contains(&reply.status) && reply.json() != files, "{name}: {}", reply.text());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lab_that_is_switched_off_says_so() {
    let hub = TestHub::start_with(Backend::Sqlite, &[("FEATURE_BENCHMARK_LAB", "false")]).await;
    let shop = Shop::open(&hub).await;
    let told = shop.owner.post(RUN, &shop.short("1.0.0")).await.problem(503, "unavailable");
    assert!(told["detail"].as_str().unwrap().contains("FEATURE_BENCHMARK_LAB"), "{told}");
}
