//! Logout tokens and access tokens: those that hold, and one of each kind that does not.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod support;

use sbh_oidc::{AuthorizationRequest, Expectations, LogoutRequest, Provider};
use serde_json::{Value, json};
use support::{API, CLIENT, Signer, TestProvider, access_claims, at, guard, logout_claims, now, registration};
use url::Url;

struct World {
    server: TestProvider,
    provider: Provider,
    signer: Signer,
}

impl World {
    async fn new() -> Self {
        Self::signing_with(Signer::p256("key-1", 7)).await
    }

    async fn signing_with(signer: Signer) -> Self {
        let server = TestProvider::start(&signer).await;
        let provider = Provider::discover(registration(&server.issuer), &guard(), now()).await.unwrap();
        Self { server, provider, signer }
    }

    fn token(&self, typ: Option<&str>, claims: &Value) -> String {
        let mut header = self.signer.header();
        if let Some(typ) = typ {
            header["typ"] = json!(typ);
        }
        self.signer.token(&header, claims)
    }
}

type Spoil = fn(&mut Value, &mut Option<&'static str>);

fn without(claims: &mut Value, name: &str) {
    claims.as_object_mut().unwrap().remove(name);
}

#[tokio::test]
async fn a_logout_token_names_a_person_or_a_session() {
    let world = World::new().await;
    for typ in [Some("logout+jwt"), Some("application/logout+jwt"), Some("JWT"), None] {
        let token = world.token(typ, &logout_claims(&world.server.issuer));
        let logout = world.provider.verify_logout_token(&token, now()).await.unwrap();
        assert_eq!((logout.subject.as_deref(), logout.sid.as_deref()), (Some("248289761001"), Some("session-1")));
        assert_eq!((logout.jti.as_str(), logout.expires_at.timestamp()), ("l1", at(120)));
    }
    for left_out in ["sub", "sid"] {
        let mut claims = logout_claims(&world.server.issuer);
        without(&mut claims, left_out);
        world.provider.verify_logout_token(&world.token(None, &claims), now()).await.unwrap();
    }
}

#[tokio::test]
async fn wrong_logout_tokens_are_refused() {
    let table: &[(&str, &str, Spoil)] = &[
        ("a nonce", "token_kind", |c, _| c["nonce"] = json!("n")),
        ("no events", "claim_missing", |c, _| without(c, "events")),
        ("events as a list", "claim_missing", |c, _| c["events"] = json!([])),
        ("another event", "claim_events", |c, _| c["events"] = json!({ "http://other": {} })),
        ("an event that is no object", "claim_events", |c, _| {
            c["events"] = json!({ "http://schemas.openid.net/event/backchannel-logout": true });
        }),
        ("neither person nor session", "claim_missing", |c, _| {
            without(c, "sub");
            without(c, "sid");
        }),
        ("no jti", "claim_missing", |c, _| without(c, "jti")),
        ("expired", "token_expired", |c, _| c["exp"] = json!(at(-61))),
        ("no expiry", "claim_missing", |c, _| without(c, "exp")),
        ("no time of issue", "claim_missing", |c, _| without(c, "iat")),
        ("issued in the future", "token_not_yet_valid", |c, _| c["iat"] = json!(at(61))),
        ("for another client", "claim_aud", |c, _| c["aud"] = json!("other")),
        ("of another issuer", "claim_iss", |c, _| c["iss"] = json!("https://evil.example")),
        ("an access token", "token_kind", |_, typ| *typ = Some("at+jwt")),
        ("another event token", "token_kind", |_, typ| *typ = Some("secevent+jwt")),
    ];
    let world = World::new().await;
    for (what, code, spoil) in table {
        let (mut claims, mut typ) = (logout_claims(&world.server.issuer), Some("logout+jwt"));
        spoil(&mut claims, &mut typ);
        let refusal = world.provider.verify_logout_token(&world.token(typ, &claims), now()).await.expect_err(what);
        assert_eq!(refusal.code(), *code, "{what}: {refusal}");
    }
    let header = Signer::p256("key-1", 9).header();
    let forged = Signer::p256("key-1", 9).token(&header, &logout_claims(&world.server.issuer));
    assert_eq!(world.provider.verify_logout_token(&forged, now()).await.unwrap_err().code(), "token_signature");
}

fn reading() -> Expectations {
    Expectations { audience: API.to_owned(), all_scopes: vec!["runs:read".to_owned()], ..Expectations::default() }
}

#[tokio::test]
async fn an_access_token_tells_for_whom_and_what() {
    let world = World::new().await;
    let token = world.token(Some("at+jwt"), &access_claims(&world.server.issuer));
    let access = world.provider.verify_access_token(&token, &reading(), now()).await.unwrap();
    assert_eq!((access.issuer.as_str(), access.subject.as_str()), (world.server.issuer.as_str(), "robot"));
    assert_eq!((access.client_id.as_deref(), access.expires_at.timestamp()), (Some("robot"), at(300)));
    assert_eq!(access.scopes, ["runs:read", "runs:write"]);
    for scp in [json!(["runs:read", "x"]), json!("runs:read x")] {
        let mut claims = access_claims(&world.server.issuer);
        without(&mut claims, "scope");
        claims["scp"] = scp;
        let token = world.token(Some("at+jwt"), &claims);
        assert_eq!(
            world.provider.verify_access_token(&token, &reading(), now()).await.unwrap().scopes,
            ["runs:read", "x"]
        );
    }
    let any = Expectations { any_scope: vec!["none".into(), "runs:write".into()], ..reading() };
    world.provider.verify_access_token(&token, &any, now()).await.unwrap();
}

#[tokio::test]
async fn wrong_access_tokens_are_refused() {
    let table: &[(&str, &str, Spoil)] = &[
        ("for another resource", "claim_aud", |c, _| c["aud"] = json!(CLIENT)),
        ("no audience", "claim_missing", |c, _| without(c, "aud")),
        ("of another issuer", "claim_iss", |c, _| c["iss"] = json!("https://evil.example")),
        ("expired", "token_expired", |c, _| c["exp"] = json!(at(-60))),
        ("no expiry", "claim_missing", |c, _| without(c, "exp")),
        ("not valid yet", "token_not_yet_valid", |c, _| c["nbf"] = json!(at(61))),
        ("no subject", "claim_missing", |c, _| without(c, "sub")),
        ("no scope", "insufficient_scope", |c, _| without(c, "scope")),
        ("another scope", "insufficient_scope", |c, _| c["scope"] = json!("runs:reader")),
        ("a scope that is no text", "claim_missing", |c, _| c["scope"] = json!(7)),
        ("a plain JWT", "token_kind", |_, typ| *typ = Some("JWT")),
        ("no type", "token_kind", |_, typ| *typ = None),
        ("a logout token", "token_kind", |_, typ| *typ = Some("logout+jwt")),
    ];
    let world = World::new().await;
    for (what, code, spoil) in table {
        let (mut claims, mut typ) = (access_claims(&world.server.issuer), Some("at+jwt"));
        spoil(&mut claims, &mut typ);
        let token = world.token(typ, &claims);
        let refusal = world.provider.verify_access_token(&token, &reading(), now()).await.expect_err(what);
        assert_eq!(refusal.code(), *code, "{what}: {refusal}");
    }
    let none_of = Expectations { any_scope: vec!["a".into(), "b".into()], ..reading() };
    let token = world.token(Some("at+jwt"), &access_claims(&world.server.issuer));
    let refusal = world.provider.verify_access_token(&token, &none_of, now()).await.unwrap_err();
    assert_eq!(refusal.to_string(), "The access token lacks the scope a or b.");
    for garbage in ["", ".", "..", "a.b.c", "Bearer x", "e30.e30.e30"] {
        assert_eq!(
            world.provider.verify_access_token(garbage, &reading(), now()).await.unwrap_err().code(),
            "token_malformed"
        );
    }
}

#[tokio::test]
async fn an_untyped_token_is_accepted_only_when_it_can_be_no_other() {
    let world = World::new().await;
    let untyped = Expectations { accept_untyped: true, ..reading() };
    let table: &[(Option<&str>, Spoil)] = &[
        (None, |c, _| c["nonce"] = json!("n")),
        (Some("JWT"), |c, _| c["at_hash"] = json!("h")),
        (Some("JWT"), |c, _| c["events"] = json!({})),
        (Some("id_token+jwt"), |_, _| {}),
    ];
    for (typ, spoil) in table {
        let mut claims = access_claims(&world.server.issuer);
        spoil(&mut claims, &mut None);
        let refusal = world.provider.verify_access_token(&world.token(*typ, &claims), &untyped, now()).await;
        assert_eq!(refusal.unwrap_err().code(), "token_kind");
    }
    for typ in [None, Some("JWT")] {
        let token = world.token(typ, &access_claims(&world.server.issuer));
        world.provider.verify_access_token(&token, &untyped, now()).await.unwrap();
    }
}

#[tokio::test]
async fn every_algorithm_that_is_allowed_works() {
    for (signer, algorithms) in [
        (Signer::rsa("r"), &["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"][..]),
        (Signer::p256("p", 3), &["ES256"]),
        (Signer::p384("q"), &["ES384"]),
        (Signer::ed25519("e"), &["EdDSA"]),
    ] {
        let world = World::signing_with(signer).await;
        for algorithm in algorithms {
            let header = json!({ "alg": algorithm, "kid": world.signer.kid, "typ": "at+jwt" });
            let token = world.signer.token(&header, &access_claims(&world.server.issuer));
            let outcome = world.provider.verify_access_token(&token, &reading(), now()).await;
            outcome.unwrap_or_else(|refusal| panic!("{algorithm}: {refusal}"));
        }
    }
}

#[tokio::test]
async fn a_key_for_one_algorithm_checks_no_other() {
    let world = World::signing_with(Signer::rsa("r")).await;
    let mut key = world.signer.jwk();
    key["alg"] = json!("PS256");
    world.server.set_keys(&[key]);
    let provider = Provider::discover(registration(&world.server.issuer), &guard(), now()).await.unwrap();
    for (algorithm, code) in [("PS256", None), ("RS256", Some("token_key_unknown"))] {
        let header = json!({ "alg": algorithm, "kid": "r", "typ": "at+jwt" });
        let token = world.signer.token(&header, &access_claims(&world.server.issuer));
        let outcome = provider.verify_access_token(&token, &reading(), now()).await;
        assert_eq!(outcome.err().map(|refusal| refusal.code()), code);
    }
}

#[tokio::test]
async fn the_browser_signs_out_at_the_provider() {
    let world = World::new().await;
    let request = LogoutRequest {
        id_token_hint: Some(sbh_oidc::Secret::new("e30.e30.e30")),
        post_logout_redirect_uri: Some(Url::parse("https://hub.example/bye?x=1").unwrap()),
        state: Some("s&1".to_owned()),
    };
    let url = world.provider.logout_url(&request, now()).await.unwrap().unwrap();
    let query: Vec<_> = url.query_pairs().into_owned().collect();
    for (name, value) in [
        ("client_id", CLIENT),
        ("id_token_hint", "e30.e30.e30"),
        ("post_logout_redirect_uri", "https://hub.example/bye?x=1"),
        ("state", "s&1"),
    ] {
        assert!(query.contains(&(name.to_owned(), value.to_owned())), "{url}");
    }
    let mut document = world.server.discovery();
    document["end_session_endpoint"] = Value::Null;
    world.server.set(support::provider::DISCOVERY, support::Answer::json(&document));
    let provider = Provider::discover(registration(&world.server.issuer), &guard(), now()).await.unwrap();
    assert_eq!(provider.logout_url(&request, now()).await.unwrap(), None);
    assert!(provider.authorization(&AuthorizationRequest::default(), now()).await.is_ok());
}

/// Values that a claim may have in JSON, of every type and beyond every range.
const ODD: &str = r#"[null, true, -1, 0, 0.5, 1e300, -1e300, 1e999, 9223372036854775807, 18446744073709551615, "", "x", "\u0000",
    [], [null], [[]], {}, {"a": {}}]"#;

#[tokio::test]
async fn no_value_of_a_claim_breaks_the_judge_or_passes_for_another() {
    let odd: Vec<Value> = serde_json::from_str(ODD).unwrap();
    let world = World::signing_with(Signer::ed25519("e")).await;
    for value in &odd {
        for claim in ["iss", "aud", "exp", "sub", "scope", "iat", "nbf", "client_id", "azp"] {
            let mut claims = access_claims(&world.server.issuer);
            claims[claim] = value.clone();
            let token = world.token(Some("at+jwt"), &claims);
            let outcome = world.provider.verify_access_token(&token, &reading(), now()).await;
            let is_decisive = ["iss", "aud", "exp", "scope"].contains(&claim);
            assert!(outcome.is_err() || !is_decisive, "{claim} {value}: {outcome:?}");
        }
        for claim in ["iss", "aud", "exp", "events", "sub", "sid", "jti", "iat", "nbf", "nonce"] {
            let mut claims = logout_claims(&world.server.issuer);
            claims[claim] = value.clone();
            let outcome = world.provider.verify_logout_token(&world.token(None, &claims), now()).await;
            let is_decisive = ["iss", "aud", "exp", "events"].contains(&claim);
            assert!(outcome.is_err() || !is_decisive, "{claim} {value}: {outcome:?}");
        }
    }
}
