//! Golden paths, policies, validations.

use crate::{
    shop::{Shop, entries, id},
    support::{Backend, TestHub, send},
};
use reqwest::Method;
use serde_json::{Value, json};

const REGISTER: &str = "/api/gate/golden-path/register";
const POLICY: &str = "/api/gate/policy";
const VALIDATE: &str = "/api/gate/validate";
/// A journey that the sample passes.
const HOME: &str = "GET {{base_url}}/health\nHTTP 200\n";
/// One that it fails, on its second line.
const LOST: &str = "GET {{base_url}}/health\nHTTP 404\n";

fn rule(id: &str, metric: &str) -> Value {
    json!({ "id": id, "subject": { "metric": metric }, "threshold": { "at_most": 100.0 } })
}

fn policy(shop: &Shop, rules: Value) -> Value {
    json!({ "system_id": shop.system, "document": { "name": "Release", "golden_paths": "off", "rules": rules } })
}

on_both_databases! {
    async fn a_golden_path_is_registered_revised_and_removed(hub: TestHub) {
        let shop = Shop::open(&hub).await;
        let put = async |source: &str| {
            shop.owner.post(REGISTER, &json!({ "system_id": shop.system, "name": "Home", "source": source })).await
        };
        let (first, second) = (put(HOME).await, put(LOST).await);
        assert_eq!((first.expect(201)["revision"].clone(), second.expect(201)["revision"].clone()), (json!(1), json!(2)));
        assert_eq!(id(&first), id(&second), "a revision is of the same golden path");
        let place = format!("/api/gate/golden-path/{}", id(&first));
        assert_eq!(shop.owner.get(&place).await.expect(200)["source"], LOST);
        let list = format!("/api/gate/golden-paths?system_id={}", shop.system);
        assert_eq!(shop.owner.get(&list).await.expect(200), json!([second.json()]));
        let removed = shop.owner.delete(&place).await;
        assert_eq!((removed.status, removed.body.len()), (204, 0));
        shop.owner.get(&place).await.not_found();
        shop.owner.delete(&place).await.not_found();
        assert_eq!(shop.owner.get(&list).await.expect(200), json!([]));
    }

    async fn a_source_that_is_no_journey_is_refused(hub: TestHub) {
        let shop = Shop::open(&hub).await;
        let before = entries(&shop.owner).await;
        for source in ["", "<script>alert(1)</script>", "GET\n", "GET {{base_url}}/\nHTTP two hundred\n"] {
            let path = json!({ "system_id": shop.system, "name": "Home", "source": source });
            shop.owner.post(REGISTER, &path).await.invalid("/source");
        }
        for (pointer, field, value) in [("/name", "name", json!("")), ("/timeout_s", "timeout_s", json!(601)), ("/system_id", "system_id", Value::Null)] {
            let mut path = json!({ "system_id": shop.system, "name": "Home", "source": HOME });
            path[field] = value;
            shop.owner.post(REGISTER, &path).await.invalid(pointer);
        }
        assert_eq!(shop.owner.get(&format!("/api/gate/golden-paths?system_id={}", shop.system)).await.expect(200), json!([]));
        assert_eq!(entries(&shop.owner).await, before);
        shop.owner.get("/api/gate/golden-paths").await.problem(422, "invalid");
    }

    async fn a_journey_is_tried_without_being_kept(hub: TestHub) {
        let shop = Shop::register(&hub).await;
        let attempt = async |source: &str| {
            shop.owner.post("/api/gate/golden-path/try", &json!({ "environment_id": shop.environment, "source": source })).await
        };
        attempt(HOME).await.problem(409, "conflict");
        let allow = format!("/api/environments/{}/allow-private", shop.environment);
        shop.owner.post(&allow, &json!({ "reason": "the sample" })).await.expect(200);
        let passed = attempt(HOME).await.expect(200);
        assert_eq!((&passed["success"], &passed["steps"][0]["status"]), (&json!(true), &json!(200)), "{passed}");
        let failed = attempt(LOST).await.expect(200);
        assert_eq!(failed["success"], false);
        let check = failed["steps"][0]["checks"].as_array().unwrap().iter().find(|check| check["success"] == false).unwrap();
        assert_eq!(check["line"], 2, "{failed}");
        // What the guard refuses is no answer, not even to a journey that expects to be refused.
        for status in [200, 403] {
            let source = format!("GET http://169.254.169.254/latest/meta-data/\nHTTP {status}\n");
            let refused = attempt(&source).await.expect(200);
            assert_eq!(refused["success"], false, "{refused}");
            assert!(refused["problems"][0]["message"].as_str().unwrap().contains("was refused"), "{refused}");
        }
        assert_eq!(shop.owner.get(&format!("/api/gate/golden-paths?system_id={}", shop.system)).await.expect(200), json!([]));
    }

    async fn a_policy_is_set_anew_as_its_next_revision(hub: TestHub) {
        let shop = Shop::open(&hub).await;
        let place = format!("{POLICY}/{}", shop.system);
        shop.owner.get(&place).await.not_found();
        let first = shop.owner.post(POLICY, &policy(&shop, json!([rule("errors", "error_rate_pct")]))).await.expect(201);
        let second = shop.owner.post(POLICY, &policy(&shop, json!([rule("drops", "dropped")]))).await.expect(201);
        assert_eq!((&first["revision"], &second["revision"]), (&json!(1), &json!(2)));
        assert_eq!(shop.owner.get(&place).await.expect(200), second);
    }

    async fn every_wrong_field_of_a_policy_is_named_and_nothing_is_kept(hub: TestHub) {
        let shop = Shop::open(&hub).await;
        let before = entries(&shop.owner).await;
        let subject = json!({ "metric": "error_rate_pct" });
        for (pointer, rules) in [
            ("/document/rules", json!([])),
            ("/document/rules/0/subject/metric", json!([rule("a", "no.such.metric")])),
            ("/document/rules/0/id", json!([rule("a b", "dropped")])),
            ("/document/rules/1/id", json!([rule("a", "dropped"), rule("a", "error_rate_pct")])),
            ("/document/rules/0/subject/overall", json!([{ "id": "a", "subject": { "overall": false }, "threshold": { "at_least": 1 } }])),
            ("/document/rules/0/threshold/relative/versions", json!([{ "id": "a", "subject": subject, "threshold": { "relative": { "versions": 0, "max_worse_pct": 10 } } }])),
            ("/document/rules/0/weight", json!([{ "id": "a", "subject": subject, "threshold": { "at_most": 1 }, "weight": 0 }])),
        ] {
            for path in [POLICY, "/api/gate/policy/dry-run"] {
                shop.owner.post(path, &policy(&shop, rules.clone())).await.invalid(pointer);
            }
        }
        shop.owner.get(&format!("{POLICY}/{}", shop.system)).await.not_found();
        assert_eq!(entries(&shop.owner).await, before);
    }

    async fn a_dry_run_judges_what_was_measured_and_keeps_nothing(hub: TestHub) {
        let shop = Shop::open(&hub).await;
        let benchmark = shop.measure("1.0.0").await;
        let before = entries(&shop.owner).await;
        let strict = json!([{ "id": "perfect", "subject": { "overall": true }, "threshold": { "at_least": 100.0 } }]);
        let runs = shop.owner.post("/api/gate/policy/dry-run", &policy(&shop, strict)).await.expect(200);
        assert_eq!((&runs[0]["version"], &runs[0]["report"]["verdict"]), (&benchmark["version"], &json!("blocked")), "{runs}");
        let lenient = json!([rule("errors", "error_rate_pct")]);
        let runs = shop.owner.post("/api/gate/policy/dry-run", &policy(&shop, lenient)).await.expect(200);
        assert_eq!(runs[0]["report"]["verdict"], "allowed", "{runs}");
        shop.owner.get(&format!("{POLICY}/{}", shop.system)).await.not_found();
        assert_eq!(entries(&shop.owner).await, before);
    }

    async fn every_listed_metric_can_be_named_in_a_policy(hub: TestHub) {
        let shop = Shop::open(&hub).await;
        let metrics = shop.owner.get("/api/gate/metrics").await.expect(200);
        let keys: Vec<_> = metrics.as_array().unwrap().iter().map(|metric| metric["key"].as_str().unwrap()).collect();
        assert_eq!(keys, hub::lab::METRICS.iter().map(|metric| metric.key).collect::<Vec<_>>());
        for some in keys.chunks(50) {
            let rules: Vec<_> = some.iter().map(|key| rule(key, key)).collect();
            shop.owner.post(POLICY, &policy(&shop, json!(rules))).await.expect(201);
        }
    }

    async fn a_version_is_allowed_by_what_was_measured_of_it(hub: TestHub) {
        let shop = Shop::open(&hub).await;
        assert_eq!(shop.validate("1.0.0").await["verdict"], "inconclusive", "there is no policy");
        shop.set_lenient_policy().await;
        assert_eq!(shop.validate("1.0.0").await["verdict"], "inconclusive", "there is no measurement");
        shop.measure("1.0.0").await;
        let allowed = shop.validate("1.0.0").await;
        assert_eq!(allowed["verdict"], "allowed", "{allowed}");
        assert_eq!(shop.validate("1.0.1").await["verdict"], "inconclusive", "another version was measured");
        let list = shop.owner.get(&format!("/api/gate/validations?limit=1&system_id={}", shop.system)).await.expect(200);
        assert_eq!((&list["items"][0]["version"], list["next_cursor"].is_string()), (&json!("1.0.1"), true));
    }

    async fn a_verdict_is_waited_for_where_the_caller_prefers_to(hub: TestHub) {
        let shop = Shop::open(&hub).await;
        let request = json!({ "system_id": shop.system, "version": "1.0.0" });
        let ask = shop.owner.request(Method::POST, VALIDATE).header("prefer", "respond-async, wait=20").json(&request);
        let waited = send(ask).await;
        assert_eq!(waited.header("preference-applied"), Some("wait"), "{}", waited.text());
        assert_eq!((waited.expect(200)["state"].clone(), waited.json()["verdict"].clone()), (json!("finished"), json!("inconclusive")));
        let at_once = shop.owner.post(VALIDATE, &request).await;
        at_once.expect(202);
        assert_eq!(at_once.header("preference-applied"), None);
        assert_eq!(at_once.header("location"), Some(format!("/api/gate/validations/{}", id(&at_once)).as_str()));
    }

    async fn a_verdict_is_reached_again_from_what_was_kept(hub: TestHub) {
        let shop = Shop::open(&hub).await;
        shop.set_lenient_policy().await;
        shop.measure("1.0.0").await;
        let then = shop.validate("1.0.0").await;
        // What is in force now is of no matter to what was judged then.
        shop.owner.post(POLICY, &policy(&shop, json!([{ "id": "x", "subject": { "overall": true }, "threshold": { "at_least": 100.0 } }]))).await.expect(201);
        let before = entries(&shop.owner).await;
        let place = format!("/api/gate/validations/{}", then["id"].as_str().unwrap());
        let again = shop.owner.post(&format!("{place}/replay"), &Value::Null).await.expect(200);
        assert_eq!((&again["same"], &again["report"]), (&json!(true), &then["report"]));
        assert_eq!(shop.owner.get(&place).await.expect(200), then);
        assert_eq!(entries(&shop.owner).await, before);
    }

    async fn a_system_with_two_environments_wants_one_named(hub: TestHub) {
        let shop = Shop::open(&hub).await;
        let second = json!({ "kind": "production", "base_url": "https://example.com" });
        shop.owner.post(&format!("/api/systems/{}/environments", shop.system), &second).await.expect(201);
        let request = json!({ "system_id": shop.system, "version": "1.0.0" });
        shop.owner.post(VALIDATE, &request).await.invalid("/environment_id");
        let wrong = json!({ "system_id": shop.system, "environment_id": shop.environment, "version": "../../etc/passwd\u{0}" });
        shop.owner.post(VALIDATE, &wrong).await.invalid("/version");
        assert_eq!(shop.owner.get("/api/gate/validations").await.expect(200)["items"], json!([]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn gates_that_are_switched_off_allow_nothing() {
    let hub = TestHub::start_with(Backend::Sqlite, &[("FEATURE_QUALITY_GATES", "false")]).await;
    let shop = Shop::open(&hub).await;
    let request = json!({ "system_id": shop.system, "version": "1.0.0" });
    shop.owner.post(VALIDATE, &request).await.problem(503, "unavailable");
}
