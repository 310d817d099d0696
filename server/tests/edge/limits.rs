//! How often somebody may ask.

use crate::support::{Backend, OWNER, PASSWORD, Reply, TestHub, send};
use hub::access::Permission;
use reqwest::Method;
use serde_json::json;

/// `r` and `t` of a `RateLimit` field.
fn state(reply: &Reply) -> (u64, u64) {
    let field = reply.header("ratelimit").expect("limited answers say what remains");
    let value = |name: &str| {
        let item = field.split(';').find_map(|item| item.trim().strip_prefix(name)).unwrap();
        item.parse().unwrap()
    };
    (value("r="), value("t="))
}

#[tokio::test]
async fn callers_without_an_identity_are_limited_by_their_address() {
    let hub = TestHub::start_with(Backend::Sqlite, &[("RATE_LIMIT_PER_MINUTE", "3")]).await;
    let stranger = hub.anonymous();
    for remaining in [2, 1, 0] {
        let reply = stranger.get("/api/auth/me").await;
        reply.problem(401, "unauthenticated");
        assert_eq!(reply.header("ratelimit-policy"), Some("\"anonymous\";q=3;w=60"));
        let (left, reset) = state(&reply);
        assert!(left == remaining && (1..=60).contains(&reset), "{left} {reset}");
    }
    let refused = stranger.get("/api/auth/me").await;
    assert_eq!(refused.problem(429, "too-many")["violated-policies"], json!(["anonymous"]));
    let wait: u64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=20).contains(&wait), "a request every 20 s is allowed; {wait}");
    assert_eq!(state(&refused).0, 0);
}

#[tokio::test]
async fn a_wrong_credential_counts_and_the_right_one_has_its_own_limit() {
    let hub = TestHub::start_with(Backend::Sqlite, &[("RATE_LIMIT_PER_MINUTE", "2")]).await;
    let key = hub.with_key(&[hub::access::Permission::LabRead]).await;
    let wrong = hub.anonymous().bearing("sbh_wrong");
    for _ in 0..2 {
        wrong.get("/api/auth/me").await.problem(401, "unauthenticated");
    }
    wrong.get("/api/auth/me").await.problem(429, "too-many");
    for _ in 0..3 {
        let reply = key.get("/api/auth/me").await;
        reply.expect(200);
        assert_eq!(reply.header("ratelimit-policy"), Some("\"identified\";q=600;w=60, \"tenant\";q=6000;w=60"));
    }
}

#[tokio::test]
async fn the_limit_of_people_and_keys_is_the_operators_to_set() {
    let hub = TestHub::start_with(Backend::Sqlite, &[("RATE_LIMIT_IDENTIFIED_PER_MINUTE", "2")]).await;
    let key = hub.with_key(&[hub::access::Permission::LabRead]).await;
    for _ in 0..2 {
        let reply = key.get("/api/auth/me").await;
        reply.expect(200);
        assert_eq!(reply.header("ratelimit-policy"), Some("\"identified\";q=2;w=60, \"tenant\";q=6000;w=60"));
    }
    key.get("/api/auth/me").await.problem(429, "too-many");
}

#[tokio::test]
async fn a_tenant_that_floods_takes_nothing_from_another() {
    let hub = TestHub::start_with(Backend::Sqlite, &[("RATE_LIMIT_TENANT_PER_MINUTE", "6")]).await;
    let (ours, again) = (hub.with_key(&[Permission::LabRead]).await, hub.with_key(&[Permission::LabRead]).await);
    let made = hub.as_other_tenant().await.post("/api/keys", &json!({ "name": "b", "scopes": ["lab:read"] })).await;
    // Making the key took one of the stranger's six.
    let theirs = hub.anonymous().bearing(made.expect(201)["secret"].as_str().unwrap());
    let mut refusals = 0;
    for number in 0..60 {
        let flood = if number % 2 == 0 { &ours } else { &again };
        let reply = flood.get("/api/auth/me").await;
        if reply.status == 429 {
            refusals += 1;
            let problem = reply.problem(429, "too-many");
            assert_eq!(problem["violated-policies"], json!(["tenant"]));
            assert!(problem["detail"].as_str().unwrap().contains("the limit tenant is 6 a minute"), "{problem}");
            assert!(reply.header("retry-after").is_some());
            assert_eq!(reply.header("ratelimit-policy"), Some("\"identified\";q=600;w=60, \"tenant\";q=6;w=60"));
        }
    }
    assert!(refusals >= 52, "{refusals} of 60 were refused");
    let mut left = Vec::new();
    for _ in 0..5 {
        let reply = theirs.get("/api/auth/me").await;
        reply.expect(200);
        left.push(state(&reply).0);
    }
    assert_eq!(left.last(), Some(&0), "all of theirs were there: {left:?}");
}

#[tokio::test]
async fn each_kind_of_request_has_a_limit_of_its_own() {
    let few = [
        ("RATE_LIMIT_RUNS_PER_MINUTE", "1"),
        ("RATE_LIMIT_EXPORTS_PER_MINUTE", "1"),
        ("RATE_LIMIT_SCIM_PER_MINUTE", "1"),
        ("RATE_LIMIT_SIGN_IN_PER_MINUTE", "2"),
    ];
    let hub = TestHub::start_with(Backend::Sqlite, &few).await;
    let key = {
        use Permission::{AuditRead, GatesValidate, ScimManage, SystemsRead};
        hub.with_key(&[GatesValidate, SystemsRead, AuditRead, ScimManage]).await
    };
    let validation = json!({ "system_id": "01890a5d-ac96-774b-bcce-b302099a8057", "version": "1" });
    key.post("/api/gate/validate", &validation).await.not_found();
    assert_eq!(
        key.post("/api/gate/validate", &validation).await.problem(429, "too-many")["violated-policies"],
        json!(["runs"])
    );
    key.post("/api/audit/verify", &json!({})).await.expect(200);
    assert_eq!(
        key.post("/api/audit/verify", &json!({})).await.problem(429, "too-many")["violated-policies"],
        json!(["exports"])
    );
    key.get("/scim/v2/Users").await.expect(200);
    let scim = key.get("/scim/v2/Users").await;
    assert_eq!((scim.status, scim.header("content-type")), (429, Some("application/scim+json")));
    assert!(scim.header("retry-after").is_some() && scim.header("ratelimit").is_some());
    key.get("/api/auth/me").await.expect(200);
    let wrong = json!({ "email": OWNER, "password": "not the password at all" });
    for _ in 0..2 {
        hub.anonymous().post("/api/auth/sign-in", &wrong).await.problem(401, "unauthenticated");
    }
    let refused = hub.anonymous().post("/api/auth/sign-in", &wrong).await;
    assert_eq!(refused.problem(429, "too-many")["violated-policies"], json!(["sign-in"]));
}

#[tokio::test]
async fn watchers_and_readers_of_pages_are_not_limited() {
    let hub = TestHub::start_with(Backend::Sqlite, &[("RATE_LIMIT_PER_MINUTE", "1")]).await;
    for path in ["/health", "/api/health", "/metrics", "/api/metrics", "/api/documentation/", "/welcome", "/robots.txt"]
    {
        for _ in 0..3 {
            let reply = hub.anonymous().get(path).await;
            assert!(reply.status != 429 && reply.header("ratelimit").is_none(), "{path}");
        }
    }
    let post = || hub.anonymous().request(Method::POST, "/fn/sign_in").body("");
    assert_ne!(send(post()).await.status, 429);
    send(post()).await.problem(429, "too-many");
}

#[tokio::test]
async fn a_forwarded_address_counts_only_where_the_proxy_is_trusted() {
    let ask = async |hub: &TestHub, address: &str| {
        let request = hub.anonymous().request(Method::GET, "/api/auth/me").header("x-forwarded-for", address);
        send(request).await.status
    };
    let direct = TestHub::start_with(Backend::Sqlite, &[("RATE_LIMIT_PER_MINUTE", "1")]).await;
    assert_eq!([ask(&direct, "192.0.2.1").await, ask(&direct, "192.0.2.2").await], [401, 429]);
    let variables = [("RATE_LIMIT_PER_MINUTE", "1"), ("TRUST_PROXY", "true")];
    let proxied = TestHub::start_with(Backend::Sqlite, &variables).await;
    assert_eq!([ask(&proxied, "192.0.2.1").await, ask(&proxied, "192.0.2.2").await], [401, 401]);
    assert_eq!(ask(&proxied, "192.0.2.9, 192.0.2.1").await, 429, "only what the proxy added counts");
}

on_both_databases! {
    async fn failed_sign_ins_slow_down_further_ones(hub: TestHub) {
        hub.owner().await;
        let wrong = json!({ "email": OWNER, "password": "not the password at all" });
        for _ in 0..5 {
            hub.anonymous().post("/api/auth/sign-in", &wrong).await.problem(401, "unauthenticated");
        }
        let right = json!({ "email": OWNER, "password": PASSWORD });
        let refused = hub.anonymous().post("/api/auth/sign-in", &right).await;
        refused.problem(429, "too-many");
        assert!(refused.header("retry-after").unwrap().parse::<u64>().unwrap() >= 1);
        assert_eq!(refused.cookie(), None);
    }
}
