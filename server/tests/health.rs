//! Health, figures, and the API's description.

#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

mod support;

use serde_json::Value;
use support::{Backend, TestHub};

on_both_databases! {
    async fn the_hub_says_what_it_stands_on(hub: TestHub) {
        for path in ["/health", "/api/health"] {
            assert_eq!(hub.anonymous().get(path).await.expect(200)["status"], "ok");
        }
        let open = hub.anonymous().get("/health/detailed").await.expect(200);
        let told = hub.as_owner().await.get("/health/detailed").await.expect(200);
        for part in ["database", "jobs", "evidence", "tracing", "egress"] {
            assert_eq!(open["parts"][part]["status"], "ok", "{open}");
            assert_eq!(open["parts"][part]["detail"], Value::Null, "details are for those who are signed in");
            assert!(told["parts"][part]["detail"].is_string(), "{told}");
        }
        assert_eq!(told["parts"]["egress"]["detail"], "loopback addresses are allowed");
    }

    async fn a_database_that_is_gone_is_told(hub: TestHub) {
        hub.hub().platform().db.clone().close().await.unwrap();
        let reply = hub.anonymous().get("/health/detailed").await;
        assert_eq!(reply.expect(503)["parts"]["database"]["status"], "failed");
        hub.anonymous().get("/health").await.expect(200);
    }

    async fn figures_name_routes_and_never_paths(hub: TestHub) {
        let owner = hub.as_owner().await;
        owner.delete("/api/keys/01a1fc85-7267-72f8-883b-b47664ece866").await.not_found();
        owner.get("/api/secret-path-7").await.not_found();
        owner.get("/secret-page-8?token=9").await.expect(404);
        let figures = hub.anonymous().get("/metrics").await;
        assert_eq!(figures.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
        let text = figures.text();
        assert!(text.contains(r#"sbh_http_requests_total{method="DELETE",route="/api/keys/{key_id}",status="404"} 1"#), "{text}");
        assert!(text.contains(r#"route="unmatched""#), "{text}");
        assert!(text.contains("sbh_http_request_duration_seconds_bucket{"), "{text}");
        assert!(text.contains(r#"sbh_job_queue_depth{priority="normal"} 0"#), "{text}");
        for typed in ["01a1fc85", "secret-path", "secret-page", "token"] {
            assert!(!text.contains(typed), "{typed} became a label");
        }
    }
}

#[tokio::test]
async fn the_description_is_openapi_3_1_and_its_page_needs_no_other_host() {
    let hub = TestHub::start(Backend::Sqlite).await;
    let document = hub.anonymous().get("/api/documentation/openapi.json").await.expect(200);
    assert!(document["openapi"].as_str().is_some_and(|version| version.starts_with("3.1")));
    assert!(document["paths"]["/api/keys"]["post"]["responses"]["422"].is_object());
    let page = hub.anonymous().get("/api/documentation/").await;
    page.expect(200);
    assert!(!page.text().contains("//unpkg") && !page.text().contains("https://"), "{}", page.text());
    for file in ["swagger-ui.css", "swagger-ui-bundle.js", "swagger-initializer.js"] {
        assert!(page.text().contains(file), "{}", page.text());
        hub.anonymous().get(&format!("/api/documentation/{file}")).await.expect(200);
    }
    let script_source =
        page.header("content-security-policy").unwrap().split(';').find(|part| part.contains("script-src"));
    assert_eq!(script_source.map(str::trim), Some("script-src 'self'"));
    hub.anonymous().get("/api/documentation/nope.js").await.not_found();
}

#[tokio::test]
async fn every_operation_describes_its_refusals_and_has_a_name_of_its_own() {
    let document = serde_json::to_value(server::api::document()).unwrap();
    let mut names = std::collections::BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let name = operation["operationId"].as_str().unwrap();
            assert!(names.insert(name.to_owned()), "{method} {path}: {name} is taken");
            assert!(operation["summary"].is_string() && operation["tags"][0].is_string(), "{method} {path}");
            if path.starts_with("/api/") && operation["tags"][0] != "platform" {
                assert!(operation["responses"]["429"].is_object(), "{method} {path}");
            }
        }
    }
}

#[test]
fn the_description_in_the_repository_is_the_one_that_is_served() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/openapi.json");
    let kept: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let served = serde_json::to_value(server::api::document()).unwrap();
    assert!(kept == served, "write it anew: cargo run -p server -- routes --output json > docs/openapi.json");
}
