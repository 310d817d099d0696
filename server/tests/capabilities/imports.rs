//! Results and budgets of other tools.

use crate::{
    shop::Shop,
    support::{Backend, TestHub, send},
};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

const K6: &str = include_str!("../../../engines/imports/tests/fixtures/k6-handle-summary.json");
const LIGHTHOUSE: &str = include_str!("../../../engines/imports/tests/fixtures/lighthouse-13.json");
const BUDGET: &str = include_str!("../../../engines/imports/tests/fixtures/lighthouserc.json");
const IMPORT: &str = "/api/teardown/benchmark/import";

fn import(shop: &Shop, files: &[(&str, &str)]) -> Value {
    let files: Vec<_> = files.iter().map(|(name, content)| json!({ "name": name, "content": content })).collect();
    json!({ "environment_id": shop.environment, "version": "1.0.0", "files": files })
}

fn policy(shop: &Shop, accept: bool) -> Value {
    let rule = json!({ "id": "answers", "subject": { "metric": "error_rate_pct" }, "threshold": { "at_most": 100.0 } });
    let document = json!({ "name": "Release", "golden_paths": "off", "accept_imported": accept, "rules": [rule] });
    json!({ "system_id": shop.system, "document": document })
}

on_both_databases! {
    async fn files_of_two_tools_make_one_marked_scorecard(hub: TestHub) {
        let shop = Shop::register(&hub).await;
        let made = shop.owner.post(IMPORT, &import(&shop, &[("k6.json", K6), ("page.json", LIGHTHOUSE)])).await;
        let benchmark = made.expect(201);
        assert_eq!((&benchmark["state"], &benchmark["load"]), (&json!("succeeded"), &Value::Null), "{benchmark}");
        assert_eq!(shop.owner.get(made.header("location").unwrap()).await.expect(200), benchmark);
        let files = &benchmark["imported"]["files"];
        assert_eq!((&files[0]["tool"], &files[1]["tool"]), (&json!("k6"), &json!("Lighthouse")), "{benchmark}");
        assert_eq!(files[0]["sha256"], hex::encode(Sha256::digest(K6)), "{benchmark}");
        let card = shop.owner.get(&format!("/api/teardown/scorecard/{}", shop.system)).await.expect(200);
        assert_eq!((&card["benchmark_id"], &card["imported"]), (&benchmark["id"], &benchmark["imported"]));
        let rows = card["dimensions"].as_array().unwrap();
        let row = |name: &str| rows.iter().find(|row| row["dimension"] == name).unwrap();
        assert!(row("ux")["score"].is_f64() && row("reliability")["score"].is_f64(), "{card}");
        assert_eq!(row("security")["reason"], "Not in the imported file.", "{card}");
        assert!(card["samples"].is_null(), "an import is no repetition: {card}");
        let kept = format!("/api/teardown/benchmark/artifacts/{}", benchmark["id"].as_str().unwrap());
        assert_eq!(shop.owner.get(&kept).await.expect(200).as_array().unwrap().len(), 2);
        assert_eq!(shop.owner.get(&format!("{kept}/k6.json")).await.body, K6.as_bytes());
    }

    async fn a_policy_says_whether_imported_results_count(hub: TestHub) {
        let shop = Shop::register(&hub).await;
        shop.owner.post(IMPORT, &import(&shop, &[("k6.json", K6)])).await.expect(201);
        for (accept, verdict, state) in [(false, "inconclusive", "not_measured"), (true, "allowed", "passed")] {
            shop.owner.post("/api/gate/policy", &policy(&shop, accept)).await.expect(201);
            let validation = shop.validate("1.0.0").await;
            let check = &validation["report"]["checks"][0];
            assert_eq!((&validation["verdict"], &check["state"], &check["imported"]), (&json!(verdict), &json!(state), &json!("k6")), "{validation}");
            assert!(check["measured"].as_str().unwrap().to_lowercase().contains("imported from k6"), "{check}");
        }
    }

    async fn an_import_does_not_hide_what_the_hub_measured(hub: TestHub) {
        let shop = Shop::open(&hub).await;
        let measured = shop.measure("1.0.0").await;
        shop.owner.post(IMPORT, &import(&shop, &[("k6.json", K6)])).await.expect(201);
        shop.owner.post("/api/gate/policy", &policy(&shop, false)).await.expect(201);
        let validation = shop.validate("1.0.0").await;
        assert_eq!(validation["inputs"]["scorecard"]["benchmark_id"], measured["id"], "{validation}");
        assert_eq!(validation["verdict"], "allowed", "{validation}");
    }

    async fn what_cannot_be_imported_is_named(hub: TestHub) {
        let shop = Shop::register(&hub).await;
        let refused = async |files: &[(&str, &str)]| shop.owner.post(IMPORT, &import(&shop, files)).await;
        refused(&[]).await.invalid("/files");
        refused(&[("a.json", "{\"metrics\":")]).await.invalid("/files/0/content");
        refused(&[("a.json", K6), ("b.json", K6)]).await.invalid("/files/1/content");
        // Larger than the bodies of other paths may be.
        let fits = format!("{}{K6}", " ".repeat(3 << 20));
        refused(&[("a.json", &fits)]).await.expect(201);
    }

    async fn a_browser_sends_its_files_as_a_form(hub: TestHub) {
        let shop = Shop::register(&hub).await;
        let send_form = async |version: &str, content: &str| {
            let (mark, mut body) = ("the-boundary", String::new());
            for (name, value) in [("environment", shop.environment.as_str()), ("version", version), ("format", "")] {
                body.push_str(&format!("--{mark}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"));
            }
            body.push_str(&format!("--{mark}\r\ncontent-disposition: form-data; name=\"files\"; filename=\"k6.json\"\r\ncontent-type: application/json\r\n\r\n{content}\r\n--{mark}--\r\n"));
            let request = shop.owner.request(Method::POST, "/lab/import");
            send(request.header("content-type", format!("multipart/form-data; boundary={mark}")).body(body)).await
        };
        let made = send_form("1.0.0", K6).await;
        assert_eq!(made.status, 303, "{}", made.text());
        let page = shop.owner.get(made.header("location").unwrap()).await;
        assert!(page.status == 200 && page.text().contains("Imported from k6"), "{}", page.text());
        let refused = send_form("", "no results").await;
        let back = refused.header("location").unwrap();
        assert!(refused.status == 303 && back.starts_with("/lab/import?"), "{back}");
        let page = shop.owner.get(back).await.text();
        assert!(page.contains("Version must have 1 to 100 characters"), "{page}");
        send(hub.anonymous().request(Method::POST, "/lab/import")).await.problem(401, "unauthenticated");
    }

    async fn a_measure_that_there_is_not_spoils_no_page(hub: TestHub) {
        let shop = Shop::register(&hub).await;
        shop.owner.post(IMPORT, &import(&shop, &[("k6.json", K6)])).await.expect(201);
        let page = shop.owner.get(&format!("/systems/{}/scorecard?metric=latency.p42_ms", shop.system)).await;
        let text = page.text();
        assert!(page.status == 200 && text.contains("There is no such measure") && text.contains("latency.p42_ms"), "{text}");
        assert!(text.contains("Imported from k6"), "the rest of the page is there: {text}");
    }

    async fn a_budget_becomes_a_policy_that_is_not_kept(hub: TestHub) {
        let shop = Shop::register(&hub).await;
        let imported = shop.owner.post("/api/gate/policy/import", &json!({ "content": BUDGET, "device": "desktop" })).await.expect(200);
        assert_eq!(imported["format"], "lighthouse_ci", "{imported}");
        let rules = imported["document"]["rules"].as_array().unwrap();
        assert!(rules.iter().any(|rule| rule["subject"]["metric"] == "browser.desktop.fcp_ms" && rule["severity"] == "warn"), "{imported}");
        assert!(imported["not_carried"].as_array().unwrap().iter().all(|entry| entry["why"].is_string()), "{imported}");
        shop.owner.get(&format!("/api/gate/policy/{}", shop.system)).await.not_found();
        let new = json!({ "system_id": shop.system, "document": imported["document"] });
        shop.owner.post("/api/gate/policy", &new).await.expect(201);
        shop.owner.post("/api/gate/policy/import", &json!({ "content": "{}" })).await.invalid("/content");
        shop.owner.post("/api/gate/policy/import", &json!({ "content": BUDGET, "device": "watch" })).await.invalid("/device");
    }
}
