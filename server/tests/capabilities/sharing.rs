//! Share links and badges: what those see who hold one, and what they never see.

use crate::{
    shop::{Shop, entries, id},
    support::{Backend, Client, Reply, TestHub},
};
use hub::access::{Permission, Role};
use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};

fn shares(shop: &Shop) -> String {
    format!("/api/teardown/scorecard/{}/shares", shop.system)
}

async fn share(shop: &Shop, new: Value) -> Value {
    shop.owner.post(&shares(shop), &new).await.expect(201)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}

/// A page behind a link that shows nothing, the same for every reason but the token in it.
#[track_caller]
fn nothing(reply: &Reply) {
    assert_eq!(reply.status, 404, "{}", reply.text());
    assert!(reply.text().contains("This link shows nothing"), "{}", reply.text());
    kept_out(reply);
}

/// Search engines, proxies and other sites learn nothing of the address.
#[track_caller]
fn kept_out(reply: &Reply) {
    assert!(reply.header("x-robots-tag").is_some_and(|value| value.contains("noindex")), "{:?}", reply.headers);
    assert_eq!(reply.header("cache-control"), Some("private, no-store"));
    assert_eq!(reply.header("referrer-policy"), Some("no-referrer"));
}

/// What a page behind a link must not hold: everything that names the measurement, the machine, people, other versions.
async fn leaks(shop: &Shop, page: &str) -> Vec<String> {
    let detail = shop.owner.get(&format!("/api/systems/{}", shop.system)).await.expect(200);
    let card = shop.owner.get(&format!("/api/teardown/scorecard/{}", shop.system)).await.expect(200);
    let mut secrets =
        vec![shop.url.clone(), shop.system.clone(), shop.environment.clone(), "owner@example.com".to_owned()];
    secrets.extend(["benchmark_id", "id"].map(|name| text(&card[name]).to_owned()));
    secrets.push(text(&detail["environments"][0]["verification_token"]).to_owned());
    secrets.push(shop.url.trim_start_matches("http://").to_owned());
    secrets.extend(["href=\"/systems", "href=\"/lab", "href=\"/gates", "href=\"/\"", "127.0.0.1"].map(str::to_owned));
    secrets.into_iter().filter(|secret| page.contains(secret.as_str())).collect()
}

on_both_databases! {
    async fn a_link_shows_its_scorecard_and_nothing_else(hub: TestHub) {
        let shop = Shop::open(&hub).await;
        shop.measure("1.0.0").await;
        shop.set_lenient_policy().await;
        let made = share(&shop, json!({ "name": "Readme", "version": "1.0.0", "expires_in_days": 30 })).await;
        let (token, path) = (text(&made["token"]), text(&made["path"]));
        assert!(token.len() == 64 && token.bytes().all(|c| c.is_ascii_hexdigit()), "{made}");
        let page = hub.anonymous().get(path).await;
        assert_eq!(page.status, 200, "{}", page.text());
        kept_out(&page);
        for words in ["Shop 1.0.0", "Performance", "of 100, grade", "Not validated", "Latency p95, corrected", "noindex"] {
            assert!(page.text().contains(words), "{words}: {}", page.text());
        }
        assert_eq!(leaks(&shop, &page.text()).await, [""; 0]);
        assert!(page.header("set-cookie").is_none(), "a reader gets no session: {:?}", page.headers);

        // A version that is measured later is another's business.
        shop.deploy("1.1.0").await;
        shop.measure("1.1.0").await;
        let page = hub.anonymous().get(path).await.text();
        assert!(page.contains("Shop 1.0.0") && !page.contains("1.1.0"), "{page}");
        let newest = share(&shop, json!({ "name": "Board", "environment_id": shop.environment })).await;
        let page = hub.anonymous().get(text(&newest["path"])).await.text();
        assert!(page.contains("Shop 1.1.0") && !page.contains("1.0.0"), "{page}");
        assert_eq!(leaks(&shop, &page).await, [""; 0]);
        shop.validate("1.1.0").await;
        assert!(hub.anonymous().get(text(&newest["path"])).await.text().contains("Allowed"), "the verdict is shown");
    }

    async fn a_revoked_link_dies_at_once_and_others_live_on(hub: TestHub) {
        let shop = Shop::open(&hub).await;
        let first = share(&shop, json!({ "name": "First" })).await;
        let second = share(&shop, json!({ "name": "Second" })).await;
        let places = |made: &Value| [text(&made["path"]).to_owned(), text(&made["badge_path"]).to_owned()];
        for place in places(&first).iter().chain(&places(&second)) {
            hub.anonymous().get(place).await.expect(200);
        }
        let one = format!("{}/{}", shares(&shop), text(&first["id"]));
        let before = entries(&shop.owner).await;
        shop.owner.delete(&one).await.expect(204);
        assert_eq!(entries(&shop.owner).await, before + 1);
        let [page, badge] = places(&first);
        nothing(&hub.anonymous().get(&page).await);
        hub.anonymous().get(&badge).await.not_found();
        for place in places(&second) {
            hub.anonymous().get(&place).await.expect(200);
        }
        shop.owner.delete(&one).await.not_found();
        let listed = shop.owner.get(&shares(&shop)).await.expect(200);
        let states: Vec<_> = listed["items"].as_array().unwrap().iter().map(|it| (text(&it["name"]), it["revoked_at"].is_null())).collect();
        assert_eq!(states, [("Second", true), ("First", false)], "{listed}");
        for made in [&first, &second] {
            assert!(!listed.to_string().contains(text(&made["token"])), "tokens are not kept: {listed}");
        }
        let log = shop.owner.get("/api/audit/entries?action=scorecard.share").await.expect(200);
        let actions: Vec<_> = log["items"].as_array().unwrap().iter().map(|entry| text(&entry["action"])).collect();
        assert_eq!(actions, ["scorecard.share.revoked", "scorecard.share.created", "scorecard.share.created"]);
        assert!(!log.to_string().contains(text(&second["token"])), "no token in the log: {log}");
    }

    async fn unknown_expired_and_revoked_are_the_same(hub: TestHub) {
        let shop = Shop::open(&hub).await;
        let expired = share(&shop, json!({ "name": "Short", "expires_in_days": 1 })).await;
        let revoked = share(&shop, json!({ "name": "Gone" })).await;
        shop.owner.delete(&format!("{}/{}", shares(&shop), text(&revoked["id"]))).await.expect(204);
        let scope = hub.owner().await.require(Permission::LabRead).unwrap();
        let tx = hub.hub().platform().db.write(&scope).await.unwrap();
        tx.execute_unprepared("UPDATE scorecard_shares SET expires_at = created_at WHERE name = 'Short'").await.unwrap();
        tx.commit().await.unwrap();
        let unknown = "0".repeat(64);
        let tokens = [text(&expired["token"]), text(&revoked["token"]), &unknown];
        let mut pages = Vec::new();
        for token in tokens {
            let page = hub.anonymous().get(&format!("/shared/{token}")).await;
            nothing(&page);
            let nonce = page.header("content-security-policy").unwrap().split("'nonce-").nth(1).unwrap()[..32].to_owned();
            pages.push(page.text().replace(token, "TOKEN").replace(&nonce, "NONCE"));
            let badge = hub.anonymous().get(&format!("/shared/{token}/badge.svg")).await;
            assert_eq!(badge.not_found()["detail"], "There is no such share link.");
        }
        assert!(pages.iter().all(|page| *page == pages[0]), "{pages:?}");
        for wrong in ["x", &"A".repeat(64), &"0".repeat(63), "%00", "' OR 1=1 --", "..%2F..%2Fsystems", &"0".repeat(4000)] {
            nothing(&hub.anonymous().get(&format!("/shared/{wrong}")).await);
            hub.anonymous().get(&format!("/shared/{wrong}/badge.svg")).await.not_found();
        }
    }

    async fn another_organisation_neither_makes_nor_sees_nor_revokes_a_link(hub: TestHub) {
        let shop = Shop::open(&hub).await;
        let made = share(&shop, json!({ "name": "Ours" })).await;
        let one = format!("{}/{}", shares(&shop), text(&made["id"]));
        let stranger = hub.as_other_tenant().await;
        stranger.post(&shares(&shop), &json!({ "name": "Theirs" })).await.not_found();
        stranger.get(&shares(&shop)).await.not_found();
        stranger.delete(&one).await.not_found();
        let theirs = id(&stranger.post("/api/systems", &json!({ "name": "Their shop" })).await);
        stranger.delete(&format!("/api/teardown/scorecard/{theirs}/shares/{}", text(&made["id"]))).await.not_found();
        let elsewhere = json!({ "name": "Crossed", "environment_id": shop.environment });
        stranger.post(&format!("/api/teardown/scorecard/{theirs}/shares"), &elsewhere).await.not_found();
        // The link itself is for anybody, a stranger among them, and shows ours and not theirs.
        let page = stranger.get(text(&made["path"])).await;
        assert!(page.status == 200 && page.text().contains("Shop") && !page.text().contains("Their shop"), "{}", page.text());
        let theirs = stranger.post(&format!("/api/teardown/scorecard/{theirs}/shares"), &json!({ "name": "Own" })).await.expect(201);
        assert!(hub.anonymous().get(text(&theirs["path"])).await.text().contains("Their shop"));
        hub.anonymous().get(text(&made["path"])).await.expect(200);
    }

    async fn roles_that_build_share_and_others_look(hub: TestHub) {
        let shop = Shop::open(&hub).await;
        let auditor = hub.as_role(Role::Auditor).await;
        auditor.post(&shares(&shop), &json!({ "name": "Mine" })).await.forbidden();
        let made = hub.as_role(Role::Member).await.post(&shares(&shop), &json!({ "name": "Mine" })).await.expect(201);
        assert_eq!(made["created_by"], "member@example.com");
        assert_eq!(auditor.get(&shares(&shop)).await.expect(200)["items"].as_array().unwrap().len(), 1);
        auditor.delete(&format!("{}/{}", shares(&shop), text(&made["id"]))).await.forbidden();
    }

    async fn what_a_link_can_not_be_is_named(hub: TestHub) {
        let shop = Shop::open(&hub).await;
        let before = entries(&shop.owner).await;
        for (pointer, field, value) in [
            ("/name", "name", json!("")),
            ("/name", "name", json!("x".repeat(81))),
            ("/version", "version", json!("9.9.9")),
            ("/version", "version", json!("<script>")),
            ("/expires_in_days", "expires_in_days", json!(0)),
            ("/expires_in_days", "expires_in_days", json!(731)),
        ] {
            let mut new = json!({ "name": "Readme" });
            new[field] = value;
            shop.owner.post(&shares(&shop), &new).await.invalid(pointer);
        }
        let nowhere = json!({ "name": "Readme", "environment_id": "01890a5d-ac96-774b-bcce-b302099a8057" });
        shop.owner.post(&shares(&shop), &nowhere).await.not_found();
        assert_eq!(shop.owner.get(&shares(&shop)).await.expect(200)["items"], json!([]));
        assert_eq!(entries(&shop.owner).await, before);
    }

    async fn links_are_paged(hub: TestHub) {
        let shop = Shop::open(&hub).await;
        for name in ["One", "Two", "Three"] {
            share(&shop, json!({ "name": name })).await;
        }
        let page = async |query: &str| shop.owner.get(&format!("{}?{query}", shares(&shop))).await.expect(200);
        let first = page("limit=2").await;
        let second = page(&format!("limit=2&cursor={}", text(&first["next_cursor"]))).await;
        let names = |page: &Value| page["items"].as_array().unwrap().iter().map(|it| text(&it["name"]).to_owned()).collect::<Vec<_>>();
        assert_eq!((names(&first), names(&second)), (vec!["Three".to_owned(), "Two".to_owned()], vec!["One".to_owned()]));
        assert_eq!(second["next_cursor"], Value::Null);
        for (query, pointer) in [("limit=0", "/limit"), ("limit=201", "/limit"), ("cursor=%27", "/cursor")] {
            shop.owner.get(&format!("{}?{query}", shares(&shop))).await.invalid(pointer);
        }
    }

    async fn a_badge_says_what_is_known_and_is_asked_for_again_cheaply(hub: TestHub) {
        let shop = Shop::open(&hub).await;
        let place = format!("/api/teardown/scorecard/{}/badge.svg", shop.system);
        let made = share(&shop, json!({ "name": "Readme" })).await;
        let public = text(&made["badge_path"]).to_owned();
        drawn(&shop.owner.get(&place).await, "not measured", "private, max-age=60");
        drawn(&hub.anonymous().get(&public).await, "not measured", "public, max-age=60");
        drawn(&hub.anonymous().get(&format!("{public}?show=verdict")).await, "not validated", "public, max-age=60");
        shop.measure("1.0.0").await;
        shop.set_lenient_policy().await;
        shop.validate("1.0.0").await;
        let card = shop.owner.get(&format!("/api/teardown/scorecard/{}", shop.system)).await.expect(200);
        let (grade, score) = (text(&card["grade"]), card["score"].as_f64().unwrap());
        for (query, words) in [("", format!("{grade} {score:.0}")), ("?show=score", format!("{score:.1} of 100")), ("?show=verdict", "allowed".to_owned())] {
            drawn(&shop.owner.get(&format!("{place}{query}")).await, &words, "private, max-age=60");
            drawn(&hub.anonymous().get(&format!("{public}{query}")).await, &words, "public, max-age=60");
        }
        drawn(&shop.owner.get(&format!("{place}?version=0.9")).await, "not measured", "private, max-age=60");
        let embedded = hub.anonymous().get(&public).await;
        assert_eq!(embedded.header("cross-origin-resource-policy"), Some("cross-origin"));
        assert_eq!(shop.owner.get(&place).await.header("cross-origin-resource-policy"), Some("same-origin"));
        let tag = embedded.header("etag").unwrap();
        let again = Client::new(hub.address()).request(reqwest::Method::GET, &public).header("if-none-match", tag);
        let again = crate::support::send(again).await;
        assert_eq!((again.status, again.body.len(), again.header("etag")), (304, 0, Some(tag)));

        shop.owner.get(&format!("{place}?show=everything")).await.problem(422, "invalid");
        hub.anonymous().get(&format!("{public}?version=2")).await.problem(422, "invalid");
        hub.anonymous().get(&place).await.problem(401, "unauthenticated");
        hub.as_other_tenant().await.get(&place).await.not_found();
    }

    async fn a_name_stays_text_in_badge_and_page(hub: TestHub) {
        let owner = hub.as_owner().await;
        let name = "<img src=x onerror=alert(1)>&\"'";
        let system = id(&owner.post("/api/systems", &json!({ "name": name })).await);
        let made = owner.post(&format!("/api/teardown/scorecard/{system}/shares"), &json!({ "name": "Readme" })).await.expect(201);
        for place in ["path", "badge_path"] {
            let shown = hub.anonymous().get(text(&made[place])).await;
            assert!(shown.status == 200 && shown.text().contains("&lt;img") && !shown.text().contains("<img"), "{}", shown.text());
        }
    }
}

/// A badge with these words, which names no other host and runs nothing.
#[track_caller]
fn drawn(reply: &Reply, words: &str, caching: &str) {
    assert_eq!(reply.status, 200, "{}", reply.text());
    let svg = reply.text();
    assert!(svg.starts_with("<svg ") && svg.contains(&format!(">{words}</text>")), "{words}: {svg}");
    assert!(!svg.replace("http://www.w3.org/2000/svg", "").contains("http"), "{svg}");
    assert_eq!((reply.media_type(), reply.header("cache-control")), ("image/svg+xml", Some(caching)));
    assert!(reply.header("content-security-policy").unwrap().starts_with("default-src 'none'"), "{:?}", reply.headers);
    assert!(reply.header("etag").is_some_and(|tag| tag.starts_with("W/\"")), "{:?}", reply.headers);
}

#[tokio::test(flavor = "multi_thread")]
async fn links_are_limited_like_every_other_way_in_without_an_identity() {
    let hub = TestHub::start_with(Backend::Sqlite, &[("RATE_LIMIT_PER_MINUTE", "5")]).await;
    let guess = format!("/shared/{}", "0".repeat(64));
    for _ in 0..5 {
        nothing(&hub.anonymous().get(&guess).await);
    }
    let limited = hub.anonymous().get(&guess).await;
    assert!(limited.status == 429 && limited.header("retry-after").is_some(), "{}", limited.text());
    assert_eq!(hub.anonymous().get(&format!("{guess}/badge.svg")).await.status, 429, "both ways count together");
}
