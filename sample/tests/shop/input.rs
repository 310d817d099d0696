//! Hostile and clumsy input.

use reqwest::Method;
use serde_json::{Value, json};

use crate::started::{Started, cookie_of, names_field, problem};

const HOSTILE: &str = "<script>alert('x')</script>\"><img src=x onerror=y>";

#[tokio::test]
async fn typed_text_is_escaped_on_every_page_that_shows_it() {
    for version in ["1.0.0", "1.1.0"] {
        let shop = Started::version(version).await;
        let search = url::form_urlencoded::Serializer::new(String::new()).append_pair("query", HOSTILE).finish();
        let mut pages = vec![shop.text(&format!("/search?{search}")).await];
        let cookie = cookie_of(&shop.send(Method::POST, "/api/cart", &json!({"product_id": 1})).await);
        for customer in [
            [("name", HOSTILE), ("email", "bad"), ("address", HOSTILE)],
            [("name", HOSTILE), ("email", "a@b"), ("address", HOSTILE)],
        ] {
            let sent = shop
                .request(Method::POST, "/checkout")
                .header("cookie", &cookie)
                .form(&customer)
                .send()
                .await
                .expect("an answer");
            if let Some(order) = sent.headers().get("location") {
                let order = shop.request(Method::GET, order.to_str().expect("ASCII")).header("cookie", &cookie);
                pages.push(order.send().await.expect("an answer").text().await.expect("text"));
            } else {
                assert_eq!(sent.status(), 422);
                pages.push(sent.text().await.expect("text"));
            }
        }
        assert_eq!(pages.len(), 3);
        for page in pages {
            assert!(
                page.contains("&lt;script&gt;") && !page.contains("<script") && !page.contains("<img src=x"),
                "{page}"
            );
        }
    }
}

#[tokio::test]
async fn bad_bodies_are_problems_that_name_the_field() {
    let shop = Started::version("1.1.0").await;
    let post = |body: &'static str| {
        shop.request(Method::POST, "/api/cart").header("content-type", "application/json").body(body).send()
    };
    problem(post("{not json").await.expect("an answer"), 400).await;
    problem(post("").await.expect("an answer"), 400).await;
    problem(post("{\"product_id\":1}{}").await.expect("an answer"), 400).await;
    for (body, field) in [
        ("{}", "product_id"),
        ("{\"product_id\":\"1\"}", "product_id"),
        ("{\"product_id\":1.5}", "product_id"),
        ("{\"product_id\":5001}", "product_id"),
        ("{\"product_id\":1,\"quantity\":0}", "quantity"),
        ("{\"product_id\":1,\"quantity\":100}", "quantity"),
        ("{\"product_id\":1,\"gift\":true}", "gift"),
    ] {
        names_field(post(body).await.expect("an answer"), field).await;
    }
    let plain = shop.request(Method::POST, "/api/cart").body("{\"product_id\":1}").send().await.expect("an answer");
    problem(plain, 415).await;
    names_field(shop.get("/api/products?page=0").await, "page").await;
    names_field(shop.get("/api/products?page=two").await, "page").await;
    names_field(shop.get("/api/products?sort=price").await, "sort").await;
    names_field(shop.get(&format!("/api/products?query={}", "x".repeat(101))).await, "query").await;
}

#[tokio::test]
async fn a_body_of_ten_megabytes_is_refused_on_every_route_that_reads_one() {
    let shop = Started::version("1.1.0").await;
    for path in ["/api/cart", "/api/checkout", "/cart", "/checkout", "/admin", "/admin/preset/1.0.0", "/admin/stall"] {
        let sent = shop
            .request(Method::POST, path)
            .header("content-type", "application/json")
            .body(vec![b'x'; 10_000_000])
            .send();
        problem(sent.await.expect("an answer"), 413).await;
    }
    assert_eq!(shop.json("/health").await["version"], "1.1.0");
}

#[tokio::test]
async fn what_is_not_there_is_a_problem_or_a_page() {
    let shop = Started::version("1.1.0").await;
    for path in [
        "/api/products/5001",
        "/api/products/x",
        "/api/orders/1",
        "/nothing",
        "/orders/00000000-0000-0000-0000-000000000000",
    ] {
        problem(shop.get(path).await, 404).await;
    }
    problem(shop.request(Method::DELETE, "/api/cart").send().await.expect("an answer"), 405).await;
    let page = shop.request(Method::GET, "/nothing").header("accept", "text/html").send().await.expect("an answer");
    assert_eq!(page.status(), 404);
    assert!(page.headers()["content-type"].to_str().expect("ASCII").starts_with("text/html"));
}

#[tokio::test]
async fn a_missing_page_does_not_poison_the_cache_for_other_clients() {
    let shop = Started::version("1.1.0").await;
    let page =
        shop.request(Method::GET, "/products/9999").header("accept", "text/html").send().await.expect("an answer");
    assert_eq!(page.status(), 404);
    problem(shop.get("/products/9999").await, 404).await;
}

#[tokio::test]
async fn an_order_is_seen_by_its_own_visit_only_and_placed_once() {
    let shop = Started::version("1.1.0").await;
    let cookie = cookie_of(&shop.send(Method::POST, "/api/cart", &json!({"product_id": 4, "quantity": 1})).await);
    let customer = json!({"name": "Ada", "email": "ada@example.com", "address": "London"});
    let place = || shop.request(Method::POST, "/api/checkout").header("cookie", &cookie).json(&customer).send();
    let placed = place().await.expect("an answer");
    assert_eq!(placed.status(), 201);
    let placed: Value = placed.json().await.expect("JSON");
    assert_eq!(
        (&placed["goods_cents"], &placed["shipping_cents"], &placed["total_cents"]),
        (&json!(4895), &json!(490), &json!(5385))
    );
    problem(place().await.expect("an answer"), 409).await;

    let path = format!("/api/orders/{}", placed["id"].as_str().expect("an id"));
    let own = shop.request(Method::GET, &path).header("cookie", &cookie).send().await.expect("an answer");
    assert_eq!(own.json::<Value>().await.expect("JSON"), placed);
    problem(shop.get(&path).await, 404).await;
}

#[tokio::test]
async fn a_cart_can_be_changed_and_stays_within_its_limits() {
    let shop = Started::version("1.1.0").await;
    let first = shop.send(Method::POST, "/api/cart", &json!({"product_id": 1, "quantity": 60})).await;
    let cookie = cookie_of(&first);
    let more = json!({"product_id": 1, "quantity": 40});
    let refused =
        shop.request(Method::POST, "/api/cart").header("cookie", &cookie).json(&more).send().await.expect("an answer");
    names_field(refused, "quantity").await;
    let page = |path: &'static str| shop.request(Method::GET, path).header("cookie", &cookie).send();
    assert!(page("/cart").await.expect("an answer").text().await.expect("text").contains(">60</td>"));
    let removal = shop.request(Method::POST, "/cart/remove").header("cookie", &cookie).form(&[("product_id", "1")]);
    assert_eq!(removal.send().await.expect("an answer").status(), 303);
    assert!(page("/cart").await.expect("an answer").text().await.expect("text").contains("Your cart is empty"));
}

#[tokio::test]
async fn pages_of_other_sites_change_nothing() {
    let shop = Started::version("1.0.0").await;
    for (header, value) in [("sec-fetch-site", "cross-site"), ("origin", "http://evil.example"), ("origin", "null")] {
        let sent =
            shop.request(Method::POST, "/admin/preset/1.1.0").header(header, value).send().await.expect("an answer");
        problem(sent, 403).await;
    }
    assert_eq!(shop.json("/health").await["version"], "1.0.0");
    let own =
        shop.request(Method::POST, "/admin/preset/1.1.0").header("origin", &shop.base).send().await.expect("an answer");
    assert_eq!(own.status(), 200);
}
