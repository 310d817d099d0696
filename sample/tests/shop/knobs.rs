//! Each knob, seen from outside.

use std::io::Read;

use reqwest::{Method, Response, StatusCode};
use sbh_sample::{Config, Knobs};
use serde_json::json;

use crate::started::{Started, cookie_of, names_field, problem};

async fn coded(shop: &Started, accept: &str) -> Response {
    shop.request(Method::GET, "/").header("accept-encoding", accept).send().await.expect("an answer")
}

#[tokio::test]
async fn compression_sends_fewer_bytes_that_decode_to_the_same_page() {
    let shop = Started::version("1.0.0").await;
    let plain = coded(&shop, "gzip, br").await;
    assert!(plain.headers().get("content-encoding").is_none());
    let plain = plain.bytes().await.expect("a body");

    shop.turn(&json!({"compression": "gzip"})).await;
    let gzip = coded(&shop, "gzip, br").await;
    assert_eq!(
        (&gzip.headers()["content-encoding"], &gzip.headers()["vary"]),
        (&"gzip".parse().unwrap(), &"accept-encoding".parse().unwrap())
    );
    let gzip = gzip.bytes().await.expect("a body");
    let mut decoded = Vec::new();
    flate2::read::GzDecoder::new(&gzip[..]).read_to_end(&mut decoded).expect("gzip");
    assert_eq!(decoded, plain);
    assert!(gzip.len() * 3 < plain.len(), "{} of {} bytes", gzip.len(), plain.len());

    shop.turn(&json!({"compression": "brotli"})).await;
    let brotli = coded(&shop, "gzip, br").await;
    assert_eq!(brotli.headers()["content-encoding"], "br");
    let mut decoded = Vec::new();
    brotli::Decompressor::new(&brotli.bytes().await.expect("a body")[..], 4096)
        .read_to_end(&mut decoded)
        .expect("brotli");
    assert_eq!(decoded, plain);
    assert_eq!(coded(&shop, "gzip").await.headers()["content-encoding"], "gzip");
    assert!(coded(&shop, "identity").await.headers().get("content-encoding").is_none());
}

#[tokio::test]
async fn the_response_cache_answers_without_the_database() {
    let shop = Started::version("1.1.0").await;
    let first = shop.get("/products/7").await;
    assert_eq!(first.headers()["cache-status"], "corner-shop; fwd=miss; stored");
    let (first, examined) = (first.text().await.expect("text"), shop.stat("catalogue_rows_examined").await);
    let second = shop.get("/products/7").await;
    assert_eq!(second.headers()["cache-status"], "corner-shop; hit");
    assert_eq!(second.text().await.expect("text"), first);
    assert_eq!(shop.stat("catalogue_rows_examined").await, examined);
    assert_eq!((shop.stat("cache_hits").await, shop.stat("cache_misses").await), (1, 1));

    shop.turn(&json!({"response_cache": false})).await;
    assert!(shop.get("/products/7").await.headers().get("cache-status").is_none());
    assert!(shop.stat("catalogue_rows_examined").await > examined);
}

#[tokio::test]
async fn the_response_cache_keeps_codings_apart_and_personal_pages_out() {
    let shop = Started::version("1.1.0").await;
    assert_eq!(coded(&shop, "br").await.headers()["content-encoding"], "br");
    let plain = coded(&shop, "identity").await;
    assert!(plain.headers().get("content-encoding").is_none());
    assert!(plain.text().await.expect("text").contains("All products"));
    assert_eq!(coded(&shop, "br").await.headers()["content-encoding"], "br");

    for path in ["/cart", "/checkout", "/api/cart", "/admin"] {
        let personal = shop.get(path).await;
        assert_eq!(personal.headers()["cache-control"], "no-store", "{path}");
        assert!(personal.headers().get("cache-status").is_none(), "{path}");
    }
}

#[tokio::test]
async fn the_index_examines_fewer_rows_for_the_same_answer() {
    let shop = Started::version("1.0.0").await;
    let path = "/api/products?query=oak%20kettle";
    let scanned = shop.json(path).await;
    let by_scan = shop.stat("catalogue_rows_examined").await;
    shop.turn(&json!({"database_index": true})).await;
    assert_eq!(shop.json(path).await, scanned);
    let by_index = shop.stat("catalogue_rows_examined").await - by_scan;
    assert_eq!((scanned["total"].as_u64(), by_scan, by_index), (Some(20), 5000, 20));
}

#[tokio::test]
async fn pages_are_the_same_without_the_template_cache() {
    let shop = Started::version("1.1.0").await;
    shop.turn(&json!({"response_cache": false})).await;
    let cached = shop.text("/products/7").await;
    shop.turn(&json!({"template_cache": false})).await;
    assert_eq!(shop.text("/products/7").await, cached);
}

#[tokio::test]
async fn strict_headers_protect_and_none_give_the_software_away() {
    let shop = Started::version("1.0.0").await;
    let bare = shop.get("/").await;
    assert_eq!(bare.headers()["server"], "CornerShop/1.0.0");
    assert!(bare.headers().get("content-security-policy").is_none());
    let cookie = bare.headers()["set-cookie"].to_str().expect("ASCII");
    assert!(!cookie.contains("HttpOnly") && !cookie.contains("SameSite"), "{cookie}");

    shop.turn(&json!({"security_headers": "basic", "tracker": false})).await;
    let basic = shop.get("/").await;
    assert_eq!(basic.headers()["x-content-type-options"], "nosniff");
    assert!(basic.headers().get("server").is_none() && basic.headers().get("set-cookie").is_none());

    shop.turn(&json!({"security_headers": "strict"})).await;
    for path in ["/", "/no-such-page", "/assets/shop.css"] {
        let strict = shop.get(path).await;
        assert!(
            strict.headers()["content-security-policy"].to_str().expect("ASCII").starts_with("default-src 'none';")
        );
        assert_eq!(strict.headers()["cross-origin-resource-policy"], "same-origin");
        assert!(strict.headers().get("strict-transport-security").is_none(), "HSTS must not travel over HTTP");
    }
    let behind_tls =
        shop.request(Method::GET, "/").header("x-forwarded-proto", "https").send().await.expect("an answer");
    assert_eq!(behind_tls.headers()["strict-transport-security"], "max-age=63072000; includeSubDomains");
    let added = shop.send(Method::POST, "/api/cart", &json!({"product_id": 1})).await;
    let cookie = added.headers()["set-cookie"].to_str().expect("ASCII");
    assert!(cookie.ends_with("; Path=/; HttpOnly; Secure; SameSite=Strict"), "{cookie}");
}

#[tokio::test]
async fn pages_need_nothing_that_the_strict_policy_refuses() {
    let shop = Started::version("1.1.0").await;
    for path in ["/", "/products/1", "/cart", "/checkout", "/about", "/privacy", "/admin", "/search?query=oak"] {
        let page = shop.text(path).await;
        assert!(!page.contains("<script") && !page.contains("<style") && !page.contains(" style="), "{path}");
        assert!(!page.contains("=\"http"), "{path} uses another host");
    }
}

#[tokio::test]
async fn security_txt_appears_with_its_knob() {
    let shop = Started::version("1.0.0").await;
    problem(shop.get("/.well-known/security.txt").await, 404).await;
    shop.turn(&json!({"security_txt": true})).await;
    let text = shop.text("/.well-known/security.txt").await;
    assert!(text.contains("Contact: mailto:") && text.contains("\nExpires: 2"), "{text}");
}

#[tokio::test]
async fn the_checkout_bug_changes_only_the_total() {
    let shop = Started::version("1.1.0").await;
    let added = shop.send(Method::POST, "/api/cart", &json!({"product_id": 4, "quantity": 3})).await;
    let cookie = cookie_of(&added);
    let cart = || async {
        let answer = shop.request(Method::GET, "/api/cart").header("cookie", &cookie).send().await.expect("an answer");
        answer.json::<serde_json::Value>().await.expect("JSON")
    };
    let right = cart().await;
    assert_eq!((&right["lines"][0]["line_cents"], &right["total_cents"]), (&json!(14_685), &json!(14_685)));
    shop.turn(&json!({"checkout_bug": true})).await;
    let wrong = cart().await;
    assert_eq!((&wrong["lines"], &wrong["total_cents"]), (&right["lines"], &json!(4_895 + 490)));
}

#[tokio::test]
async fn presets_switch_the_version_by_json_and_by_form() {
    let shop = Started::version("1.0.0").await;
    let turned = shop.send(Method::POST, "/admin/preset/1.1.0", &json!({})).await;
    let knobs: Knobs = turned.json().await.expect("knobs");
    assert_eq!(Some(knobs), Knobs::preset("1.1.0"));
    assert_eq!(shop.json("/health").await["version"], "1.1.0");
    let no_fields: [(&str, &str); 0] = [];
    let form = shop.request(Method::POST, "/admin/preset/1.0.0").form(&no_fields).header("accept", "text/html");
    let back = form.send().await.expect("an answer");
    assert_eq!((back.status(), &back.headers()["location"]), (StatusCode::SEE_OTHER, &"/admin".parse().unwrap()));
    assert_eq!(shop.json("/health").await["version"], "1.0.0");
    problem(shop.send(Method::POST, "/admin/preset/9.9.9", &json!({})).await, 404).await;
    assert_eq!(shop.json("/health").await["version"], "1.0.0");
}

#[tokio::test]
async fn the_page_of_controls_turns_every_knob() {
    let shop = Started::version("1.1.0").await;
    let form = [
        ("version", "2.0.0-rc1"),
        ("compression", "gzip"),
        ("response_cache_ttl_seconds", "5"),
        ("concurrency_limit", "7"),
        ("queue_limit", "8"),
        ("security_headers", "basic"),
        ("latency_ms", "2.5"),
        ("latency_spread", "0.3"),
        ("error_rate", "0.5"),
        ("database_index", "on"),
        ("checkout_bug", "on"),
        ("tracker", "on"),
    ];
    let sent = shop.request(Method::POST, "/admin").form(&form).send().await.expect("an answer");
    assert_eq!(sent.status(), 303);
    let expected = json!({
        "version": "2.0.0-rc1", "compression": "gzip", "response_cache": false, "response_cache_ttl_seconds": 5,
        "database_index": true, "template_cache": false, "concurrency_limit": 7, "queue_limit": 8, "security_headers": "basic",
        "security_txt": false, "accessibility_fault": false, "heavy_page": false, "tracker": true, "consent_banner": false,
        "checkout_bug": true, "latency_ms": 2.5, "latency_spread": 0.3, "error_rate": 0.5,
    });
    assert_eq!(shop.json("/admin/knobs").await, expected);
}

#[tokio::test]
async fn wrong_patches_name_the_knob_and_turn_nothing() {
    let shop = Started::version("1.1.0").await;
    let before = shop.json("/admin/knobs").await;
    for (patch, field) in [
        (json!({"colour": "red"}), "colour"),
        (json!({"compression": "zip"}), "compression"),
        (json!({"compression": null}), "compression"),
        (json!({"response_cache": "yes", "version": "2"}), "response_cache"),
        (json!({"response_cache_ttl_seconds": 0}), "response_cache_ttl_seconds"),
        (json!({"concurrency_limit": -1}), "concurrency_limit"),
        (json!({"queue_limit": 10_001}), "queue_limit"),
        (json!({"latency_ms": -1}), "latency_ms"),
        (json!({"latency_spread": 2.5}), "latency_spread"),
        (json!({"error_rate": 1.5}), "error_rate"),
        (json!({"version": "1\r\nX-Evil: 1"}), "version"),
    ] {
        names_field(shop.send(Method::PATCH, "/admin/knobs", &patch).await, field).await;
    }
    problem(shop.send(Method::PATCH, "/admin/knobs", &json!([])).await, 400).await;
    assert_eq!(shop.json("/admin/knobs").await, before);
}

#[tokio::test]
async fn with_a_token_only_its_bearer_changes_anything() {
    let config = Config { knob_token: Some("k-123".to_owned()), ..Config::default() };
    let shop = Started::configured(config).await;
    for (method, path, body) in [
        (Method::PATCH, "/admin/knobs", json!({"error_rate": 1})),
        (Method::POST, "/admin/preset/1.1.0", json!({})),
        (Method::PUT, "/admin/verification", json!({"token": "t"})),
        (Method::POST, "/admin/stall", json!({"millis": 1})),
    ] {
        problem(shop.send(method.clone(), path, &body).await, 401).await;
        let wrong =
            shop.request(method.clone(), path).bearer_auth("k-124").json(&body).send().await.expect("an answer");
        problem(wrong, 401).await;
        let right = shop.request(method, path).bearer_auth("k-123").json(&body).send().await.expect("an answer");
        assert!(right.status().is_success(), "{path}");
    }
    let form =
        shop.request(Method::POST, "/admin/preset/1.0.0").form(&[("token", "k-123")]).send().await.expect("an answer");
    assert_eq!(form.status(), 303);
}

/// The page with these cookies, and the cookies that it sets.
async fn visited(shop: &Started, cookies: &str) -> (String, String) {
    let page = shop.request(Method::GET, "/").header("cookie", cookies).send().await.expect("an answer");
    let set = page.headers().get_all("set-cookie").iter().map(|value| value.to_str().expect("ASCII").to_owned());
    let set = set.collect::<Vec<_>>().join("\n");
    (page.text().await.expect("text"), set)
}

#[tokio::test]
async fn a_tracker_works_at_once_or_after_consent() {
    let shop = Started::version("1.1.0").await;
    let (page, cookies) = visited(&shop, "").await;
    assert!(!page.contains("collect.gif") && !cookies.contains("_ga"), "{cookies}");

    shop.turn(&json!({"tracker": true})).await;
    let (page, cookies) = visited(&shop, "").await;
    assert!(page.contains("src=\"http://localhost:") && page.contains("/collect.gif\""), "{page}");
    assert!(cookies.contains("_ga=GA1.1."), "{cookies}");
    let pixel = shop.get("/collect.gif").await;
    assert_eq!(pixel.headers()["content-type"], "image/gif");
    assert!(cookie_of(&pixel).starts_with("collect_id="));
    assert!(!shop.get("/api/products").await.text().await.expect("text").contains("collect.gif"));

    shop.turn(&json!({"consent_banner": true})).await;
    let (page, cookies) = visited(&shop, "").await;
    assert!(page.contains("May we count your visit?") && !page.contains("collect.gif") && !cookies.contains("_ga"));
    for (answer, tracked) in [("yes", true), ("no", false)] {
        let said = shop.request(Method::POST, "/consent").form(&[("answer", answer)]).send().await.expect("an answer");
        let consent = cookie_of(&said);
        assert_eq!((said.status().as_u16(), consent.as_str()), (303, format!("shop_consent={answer}").as_str()));
        let (page, _) = visited(&shop, &consent).await;
        assert_eq!((page.contains("collect.gif"), page.contains("May we count")), (tracked, false), "{answer}");
    }
    let unclear = shop.request(Method::POST, "/consent").form(&[("answer", "maybe")]).send().await.expect("an answer");
    assert_eq!(unclear.status(), 422);
}

#[tokio::test]
async fn faults_of_a_page_are_there_only_when_they_are_switched_on() {
    let shop = Started::version("1.1.0").await;
    let sound = shop.get("/").await.text().await.expect("text");
    assert!(sound.contains("<label for=\"query\">") && !sound.contains("hero.bmp"));
    assert_eq!(sound.matches("<img").count(), sound.matches(" alt=").count());

    shop.turn(&json!({"accessibility_fault": true, "heavy_page": true})).await;
    let faulty = shop.get("/").await.text().await.expect("text");
    assert!(!faulty.contains("<label") && !faulty.contains(" alt=") && faulty.contains("<img"), "{faulty}");
    assert!(faulty.contains("src=\"/assets/hero.bmp\""));
    let picture = shop.get("/assets/hero.bmp").await.bytes().await.expect("a body");
    assert!(picture.starts_with(b"BM") && picture.len() > 1_000_000, "{}", picture.len());
}
