//! Faults on demand, load shedding, and the end of a shop.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use reqwest::Method;
use sbh_sample::Config;
use serde_json::json;

use crate::started::{Started, names_field, problem};

#[tokio::test]
async fn errors_come_at_their_rate_and_spare_operations() {
    let shop = Started::version("1.1.0").await;
    shop.turn(&json!({"error_rate": 0.25})).await;
    let mut failed = 0;
    for _ in 0..20 {
        failed += usize::from(shop.get("/about").await.status() == 500);
    }
    assert_eq!((failed, shop.stat("injected_errors").await), (5, 5));
    shop.turn(&json!({"error_rate": 1})).await;
    problem(shop.get("/").await, 500).await;
    for path in ["/health", "/admin/knobs", "/.well-known/security.txt"] {
        assert_eq!(shop.get(path).await.status(), 200, "{path}");
    }
}

#[tokio::test]
async fn a_slow_dependency_holds_every_answer_and_spares_operations() {
    let shop = Started::version("1.1.0").await;
    shop.turn(&json!({"latency_ms": 150})).await;
    let before = Instant::now();
    assert_eq!(shop.get("/").await.status(), 200);
    assert!(before.elapsed() >= Duration::from_millis(150));
    shop.turn(&json!({"latency_ms": 10_000})).await;
    assert_eq!(shop.get("/health").await.status(), 200);
}

#[tokio::test]
async fn a_stall_holds_requests_once_and_spares_health() {
    let shop = Started::version("1.1.0").await;
    let before = Instant::now();
    assert_eq!(shop.send(Method::POST, "/admin/stall", &json!({"millis": 400})).await.status(), 204);
    assert_eq!(shop.get("/health").await.status(), 200);
    assert_eq!(shop.get("/").await.status(), 200);
    assert!(before.elapsed() >= Duration::from_millis(400));
    for millis in [json!(0), json!(60_001), json!("long")] {
        names_field(shop.send(Method::POST, "/admin/stall", &json!({"millis": millis})).await, "millis").await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn past_its_limit_the_shop_sheds_and_stays_healthy() {
    let shop = Arc::new(Started::version("1.0.0").await);
    let burst = || async {
        let requests = (0..16).map(|_| {
            let shop = Arc::clone(&shop);
            tokio::spawn(async move { shop.get("/products/5000").await })
        });
        let mut answers = Vec::new();
        for request in requests.collect::<Vec<_>>() {
            answers.push(request.await.expect("no panic"));
        }
        answers
    };
    assert!(burst().await.iter().all(|answer| answer.status() == 200), "without a limit nothing is shed");

    shop.turn(&json!({"concurrency_limit": 1, "queue_limit": 16})).await;
    assert!(burst().await.iter().all(|answer| answer.status() == 200), "the queue holds all of them");

    shop.turn(&json!({"queue_limit": 0})).await;
    let mut shed = None;
    for _ in 0..50 {
        shed = shed.or(burst().await.into_iter().find(|answer| answer.status() != 200));
        if shed.is_some() {
            break;
        }
    }
    let shed = shed.expect("of 16 requests at once some meet while the table is scanned");
    assert_eq!(shed.headers()["retry-after"], "1");
    problem(shed, 503).await;
    assert!(shop.stat("shed_requests").await > 0);
    assert_eq!(shop.get("/health").await.status(), 200);
}

#[tokio::test]
async fn ownership_can_be_shown_at_start_and_later() {
    let shop =
        Started::configured(Config { verification_token: Some("at-start".to_owned()), ..Config::default() }).await;
    assert_eq!(shop.text("/.well-known/sbh-verification.txt").await, "at-start");
    assert_eq!(shop.send(Method::PUT, "/admin/verification", &json!({"token": "later"})).await.status(), 204);
    assert_eq!(shop.text("/.well-known/sbh-verification.txt").await, "later");
    names_field(shop.send(Method::PUT, "/admin/verification", &json!({"token": "two words"})).await, "token").await;
    assert_eq!(shop.text("/.well-known/sbh-verification.txt").await, "later");
    problem(Started::version("1.0.0").await.get("/.well-known/sbh-verification.txt").await, 404).await;
}

#[tokio::test]
async fn serving_ends_with_the_shutdown_and_refuses_bad_knobs() {
    let mut shop = Started::version("1.1.0").await;
    assert_eq!(shop.get("/health").await.status(), 200);
    shop.stop.take().expect("not stopped yet").send(()).expect("the shop listens");
    shop.served.await.expect("no panic").expect("a clean end");

    let mut config = Config::default();
    config.knobs.error_rate = 2.0;
    let refused = Started::configured(config).await.served.await.expect("no panic").expect_err("a wrong knob");
    assert!(refused.to_string().contains("error_rate"), "{refused}");
}
