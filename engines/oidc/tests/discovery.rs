//! Discovery documents and key sets that are wrong, and how often a provider is asked.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod support;

use std::sync::Arc;

use chrono::TimeDelta;
use sbh_egress::{Guard, Policy};
use sbh_oidc::{Expectations, Provider, Refusal, Registration};
use serde_json::{Value, json};
use support::provider::DISCOVERY;
use support::{API, Answer, Signer, TestProvider, access_claims, guard, now, registration};

struct Setup {
    server: TestProvider,
    document: Value,
    registration: Registration,
}

type Spoil = fn(&mut Setup);

async fn discover(spoil: Spoil) -> Result<Provider, Refusal> {
    let server = TestProvider::start(&Signer::p256("key-1", 7)).await;
    let (document, registration) = (server.discovery(), registration(&server.issuer));
    let mut setup = Setup { server, document: document.clone(), registration };
    spoil(&mut setup);
    if setup.document != document {
        setup.server.set(DISCOVERY, Answer::json(&setup.document));
    }
    Provider::discover(setup.registration, &guard(), now()).await
}

async fn refused(table: &[(&str, &str, Spoil)]) {
    for (what, code, spoil) in table {
        let refusal = discover(*spoil).await.expect_err(what);
        assert_eq!(refusal.code(), *code, "{what}: {refusal}");
        assert!(refusal.to_string().ends_with('.'), "{refusal}");
    }
}

#[tokio::test]
async fn wrong_discovery_documents_are_refused() {
    refused(&[
        ("a slash more in the document", "issuer_mismatch", |s| {
            s.document["issuer"] = json!(format!("{}/", s.server.issuer));
        }),
        ("a slash more in the registration", "issuer_mismatch", |s| s.registration.issuer.push('/')),
        ("another host", "issuer_mismatch", |s| s.document["issuer"] = json!("https://evil.example")),
        ("no issuer", "discovery_incomplete", |s| s.document["issuer"] = json!("")),
        ("no key set", "discovery_incomplete", |s| s.document["jwks_uri"] = Value::Null),
        ("no token endpoint", "discovery_incomplete", |s| s.document["token_endpoint"] = Value::Null),
        ("no authorization endpoint", "discovery_incomplete", |s| s.document["authorization_endpoint"] = Value::Null),
        ("a plain token endpoint", "provider_address", |s| {
            s.document["token_endpoint"] = json!("http://shop.example/t")
        }),
        ("a file as key set", "provider_address", |s| s.document["jwks_uri"] = json!("file:///etc/passwd")),
        ("a script as sign-out", "provider_address", |s| {
            s.document["end_session_endpoint"] = json!("javascript:alert(1)")
        }),
        ("an address with a password", "provider_address", |s| {
            s.document["userinfo_endpoint"] = json!("https://u:p@shop.example/");
        }),
        ("no code flow", "code_flow_unsupported", |s| s.document["response_types_supported"] = json!(["id_token"])),
        ("a field of another type", "answer_malformed", |s| s.document["scopes_supported"] = json!("openid")),
        ("no JSON", "answer_malformed", |s| s.server.set(DISCOVERY, Answer::new(200, "text/html", "<html>"))),
        ("a list", "answer_malformed", |s| s.server.set(DISCOVERY, Answer::json(&json!([])))),
        ("nothing", "answer_status", |s| s.server.set(DISCOVERY, Answer::new(404, "text/html", ""))),
        ("a redirect", "answer_redirect", |s| s.server.set(DISCOVERY, Answer::redirect("/keys"))),
        ("too much", "answer_too_large", |s| s.server.set(DISCOVERY, Answer::new(200, "a/b", vec![b' '; 600 * 1024]))),
    ])
    .await;
}

#[tokio::test]
async fn wrong_key_sets_are_refused() {
    refused(&[
        ("a fault", "answer_status", |s| s.server.set("/keys", Answer::new(500, "text/html", ""))),
        ("no JSON", "answer_malformed", |s| s.server.set("/keys", Answer::new(200, "text/html", "<html>"))),
        ("no set", "answer_malformed", |s| s.server.set("/keys", Answer::json(&json!({ "key": [] })))),
        ("an empty set", "no_usable_key", |s| s.server.set_keys(&[])),
        ("a shared secret", "no_usable_key", |s| {
            s.server.set_keys(&[json!({ "kty": "oct", "kid": "key-1", "k": "c2VjcmV0" })]);
        }),
        ("a key for encryption", "no_usable_key", |s| {
            let mut key = Signer::p256("key-1", 7).jwk();
            key["use"] = json!("enc");
            s.server.set_keys(&[key]);
        }),
        ("a key that only signs", "no_usable_key", |s| {
            let mut key = Signer::p256("key-1", 7).jwk();
            key["key_ops"] = json!(["sign"]);
            s.server.set_keys(&[key]);
        }),
        ("RSA with 1024 bits", "no_usable_key", |s| {
            s.server.set_keys(&[json!({ "kty": "RSA", "e": "AQAB", "n": support::signer::encode([0xC3; 128]) })]);
        }),
        ("a coordinate that is too short", "no_usable_key", |s| {
            s.server.set_keys(&[json!({ "kty": "EC", "crv": "P-256", "x": "AA", "y": "AA" })]);
        }),
        ("a curve that is not supported", "no_usable_key", |s| {
            s.server.set_keys(&[json!({ "kty": "EC", "crv": "secp256k1", "x": "AA", "y": "AA" })]);
        }),
        ("keys for algorithms that are not allowed", "no_usable_key", |s| {
            s.registration.algorithms = vec![sbh_oidc::Algorithm::RS256];
        }),
    ])
    .await;
}

#[tokio::test]
async fn wrong_registrations_are_refused_before_anything_is_asked() {
    refused(&[
        ("plain http", "provider_address", |s| s.registration.allow_loopback_http = false),
        ("plain http beyond loopback", "provider_address", |s| {
            s.registration.issuer = "http://shop.example".to_owned()
        }),
        ("a query", "provider_address", |s| s.registration.issuer.push_str("/?a=1")),
        ("a fragment", "provider_address", |s| s.registration.issuer.push('#')),
        ("a space", "provider_address", |s| s.registration.issuer.push(' ')),
        ("no address", "provider_address", |s| s.registration.issuer = "shop".to_owned()),
        ("no client", "registration", |s| s.registration.client_id = String::new()),
        ("no secret", "registration", |s| s.registration.client_secret = None),
        ("a public client with a secret", "registration", |s| {
            s.registration.authentication = sbh_oidc::ClientAuthentication::None;
        }),
        ("a scope with a space", "registration", |s| s.registration.scopes.push("a b".to_owned())),
        ("an empty path", "registration", |s| s.registration.groups_claim = Some(String::new())),
        ("no algorithm", "registration", |s| s.registration.algorithms.clear()),
        ("too much skew", "registration", |s| s.registration.clock_skew_s = 301),
    ])
    .await;
}

#[tokio::test]
async fn the_guard_decides_about_the_network() {
    let server = TestProvider::start(&Signer::p256("key-1", 7)).await;
    let closed = Guard::new(Policy::default());
    let refusal = Provider::discover(registration(&server.issuer), &closed, now()).await.unwrap_err();
    assert_eq!((refusal.code(), server.count(DISCOVERY)), ("provider_unreachable", 0));
    let refusal = Provider::discover(registration("http://127.0.0.1:1"), &guard(), now()).await.unwrap_err();
    assert_eq!(refusal.code(), "provider_unreachable");
}

fn expectations() -> Expectations {
    Expectations { audience: API.to_owned(), ..Expectations::default() }
}

fn token(signer: &Signer, issuer: &str) -> String {
    let mut header = signer.header();
    header["typ"] = json!("at+jwt");
    signer.token(&header, &access_claims(issuer))
}

#[tokio::test]
async fn forged_key_ids_cost_the_provider_one_request_per_cooldown() {
    let server = TestProvider::start(&Signer::p256("key-1", 7)).await;
    let provider = Arc::new(Provider::discover(registration(&server.issuer), &guard(), now()).await.unwrap());
    let forged = token(&Signer::p256("key-9", 9), &server.issuer);
    let verify = |seconds: i64| {
        let (provider, forged) = (Arc::clone(&provider), forged.clone());
        tokio::spawn(async move {
            let outcome =
                provider.verify_access_token(&forged, &expectations(), now() + TimeDelta::seconds(seconds)).await;
            assert_eq!(outcome.unwrap_err().code(), "token_key_unknown");
        })
    };
    for task in (0..20).map(|_| verify(0)).collect::<Vec<_>>() {
        task.await.unwrap();
    }
    assert_eq!(server.count("/keys"), 2);
    verify(29).await.unwrap();
    assert_eq!(server.count("/keys"), 2);
    verify(30).await.unwrap();
    assert_eq!((server.count("/keys"), server.count(DISCOVERY)), (3, 1));
}

#[tokio::test]
async fn tokens_of_another_issuer_cost_the_provider_nothing() {
    let server = TestProvider::start(&Signer::p256("key-1", 7)).await;
    let provider = Provider::discover(registration(&server.issuer), &guard(), now()).await.unwrap();
    let foreign = token(&Signer::p256("key-9", 9), "https://evil.example");
    let refusal = provider.verify_access_token(&foreign, &expectations(), now()).await.unwrap_err();
    assert_eq!((refusal.code(), server.count("/keys")), ("claim_iss", 1));
}

#[tokio::test]
async fn a_changed_key_is_found_with_and_without_its_id() {
    for (old, new) in [
        (Signer::p256("key-1", 7), Signer::p256("key-2", 9)),
        (Signer::p256("", 7).without_id(), Signer::p256("", 9).without_id()),
    ] {
        let server = TestProvider::start(&old).await;
        let provider = Provider::discover(registration(&server.issuer), &guard(), now()).await.unwrap();
        provider.verify_access_token(&token(&old, &server.issuer), &expectations(), now()).await.unwrap();
        server.set_keys(&[new.jwk()]);
        provider.verify_access_token(&token(&new, &server.issuer), &expectations(), now()).await.unwrap();
        assert_eq!(server.count("/keys"), 2);
        let withdrawn = provider.verify_access_token(&token(&old, &server.issuer), &expectations(), now()).await;
        withdrawn.unwrap_err();
    }
}

#[tokio::test]
async fn a_token_without_a_key_id_must_leave_no_choice() {
    let signer = Signer::p256("key-1", 7);
    let server = TestProvider::start(&signer).await;
    server.set_keys(&[signer.jwk(), Signer::p256("key-2", 9).jwk()]);
    let provider = Provider::discover(registration(&server.issuer), &guard(), now()).await.unwrap();
    let unnamed = token(&signer.clone().without_id(), &server.issuer);
    let refusal = provider.verify_access_token(&unnamed, &expectations(), now()).await.unwrap_err();
    assert_eq!(refusal.code(), "token_key_ambiguous");
}

#[tokio::test]
async fn many_callers_at_once_ask_once_and_again_after_an_hour() {
    let signer = Signer::p256("key-1", 7);
    let server = TestProvider::start(&signer).await;
    let provider = Arc::new(Provider::new(registration(&server.issuer), &guard()).unwrap());
    let (token, issuer) = (token(&signer, &server.issuer), server.issuer.clone());
    let tasks = (0..20).map(|_| {
        let (provider, token) = (Arc::clone(&provider), token.clone());
        tokio::spawn(async move { provider.verify_access_token(&token, &expectations(), now()).await.unwrap() })
    });
    for task in tasks.collect::<Vec<_>>() {
        assert_eq!(task.await.unwrap().issuer, issuer);
    }
    assert_eq!((server.count(DISCOVERY), server.count("/keys")), (1, 1));
    provider.metadata(now() + TimeDelta::minutes(59)).await.unwrap();
    assert_eq!(server.count(DISCOVERY), 1);
    provider.metadata(now() + TimeDelta::minutes(60)).await.unwrap();
    assert_eq!((server.count(DISCOVERY), server.count("/keys")), (2, 2));
}

#[tokio::test]
async fn a_provider_that_fails_is_remembered_for_a_day_and_asked_every_five_seconds() {
    let server = TestProvider::start(&Signer::p256("key-1", 7)).await;
    let provider = Provider::discover(registration(&server.issuer), &guard(), now()).await.unwrap();
    server.set(DISCOVERY, Answer::new(503, "text/html", ""));
    let after = |hours, seconds| now() + TimeDelta::hours(hours) + TimeDelta::seconds(seconds);
    for (time, asked) in [(after(2, 0), 2), (after(2, 4), 2), (after(2, 5), 3), (after(23, 59), 4)] {
        provider.metadata(time).await.unwrap();
        assert_eq!(server.count(DISCOVERY), asked, "{time}");
    }
    assert_eq!(provider.metadata(after(24, 0)).await.unwrap_err().code(), "answer_status");
    assert_eq!(provider.metadata(after(24, 1)).await.unwrap_err().code(), "answer_status");
    assert_eq!(server.count(DISCOVERY), 5);
    server.set(DISCOVERY, Answer::json(&server.discovery()));
    provider.metadata(after(24, 6)).await.unwrap();
}
