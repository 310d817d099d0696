//! Sign-ins at a provider that answers wrongly: none is accepted, and each says why.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod support;

use base64::Engine;
use chrono::TimeDelta;
use hmac::{Hmac, Mac};
use sbh_oidc::{AuthorizationRequest, ClientAuthentication};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use support::sign_in::{SUBJECT, SignIn};
use support::signer::encode;
use support::{Answer, CLIENT, Signer, at};

type Spoil = fn(&mut SignIn);

/// Spoils one thing at a time; every sign-in must be refused with the code.
async fn refused(table: &[(&str, &str, Spoil)]) {
    for (what, code, spoil) in table {
        let mut sign_in = SignIn::begin().await;
        spoil(&mut sign_in);
        let outcome = sign_in.end().await;
        let refusal = outcome.expect_err(what);
        assert_eq!(refusal.code(), *code, "{what}: {refusal}");
        assert!(refusal.to_string().ends_with(['.', '?']) && !refusal.to_string().contains("s3cret"), "{refusal}");
    }
}

fn claim(sign_in: &mut SignIn, name: &str, value: Value) {
    sign_in.claims[name] = value;
}

fn without(sign_in: &mut SignIn, name: &str) {
    sign_in.claims.as_object_mut().unwrap().remove(name);
}

#[tokio::test]
async fn a_right_answer_gives_the_person() {
    let mut sign_in = SignIn::begin().await;
    sign_in.registration.groups_claim = None;
    let identity = sign_in.end().await.unwrap();
    assert_eq!((identity.issuer, identity.subject.as_str()), (sign_in.server.issuer.clone(), SUBJECT));
    assert_eq!((identity.email.as_deref(), identity.email_verified), (Some("jane@shop.example"), true));
    assert_eq!((identity.name.as_deref(), identity.sid.as_deref()), (Some("Jane"), Some("session-1")));
    assert_eq!((identity.acr.as_deref(), identity.amr), (Some("2"), vec!["pwd".to_owned(), "otp".to_owned()]));
    assert_eq!(identity.auth_time.unwrap().timestamp(), at(-60));
    assert_eq!(identity.id_token.expose().split('.').count(), 3);
    let (headers, _) = sign_in.server.last("/userinfo");
    assert_eq!(headers["authorization"], "Bearer an-access-token");
}

#[tokio::test]
async fn what_the_specification_leaves_open_is_accepted() {
    let table: &[(&str, Spoil)] = &[
        ("several audiences with azp", |s| {
            claim(s, "aud", json!(["other", CLIENT]));
            claim(s, "azp", json!(CLIENT));
        }),
        ("no at_hash", |s| without(s, "at_hash")),
        ("a clock that is a little behind", |s| s.now += TimeDelta::seconds(340)),
        ("a clock that is a little ahead", |s| s.now -= TimeDelta::seconds(55)),
        ("times with fractions", |s| claim(s, "exp", json!(at(300) as f64 + 0.5))),
        ("typ JWT", |s| s.header["typ"] = json!("JWT")),
        ("no kid and one key", |s| {
            s.header.as_object_mut().unwrap().remove("kid");
        }),
        ("claims for display that are odd", |s| {
            for name in ["acr", "sid", "amr", "name", "auth_time"] {
                claim(s, name, json!(""));
            }
        }),
        ("a subject of 255 characters", |s| {
            claim(s, "sub", json!("x".repeat(255)));
            s.user_info = Answer::json(&json!({ "sub": "x".repeat(255) }));
        }),
    ];
    for (what, change) in table {
        let mut sign_in = SignIn::begin().await;
        change(&mut sign_in);
        sign_in.end().await.unwrap_or_else(|refusal| panic!("{what}: {refusal}"));
    }
}

#[tokio::test]
async fn id_tokens_with_wrong_claims_are_refused() {
    refused(&[
        ("another issuer", "claim_iss", |s| claim(s, "iss", json!("https://evil.example"))),
        ("a slash more", "claim_iss", |s| {
            let iss = format!("{}/", s.server.issuer);
            claim(s, "iss", json!(iss));
        }),
        ("no issuer", "claim_missing", |s| without(s, "iss")),
        ("another audience", "claim_aud", |s| claim(s, "aud", json!("other"))),
        ("a list of other audiences", "claim_aud", |s| claim(s, "aud", json!(["other", "hub2"]))),
        ("no audience", "claim_missing", |s| without(s, "aud")),
        ("an audience that is no text", "claim_missing", |s| claim(s, "aud", json!([7]))),
        ("several audiences without azp", "claim_azp", |s| claim(s, "aud", json!([CLIENT, "other"]))),
        ("issued to another client", "claim_azp", |s| claim(s, "azp", json!("other"))),
        ("another nonce", "claim_nonce", |s| claim(s, "nonce", json!("replayed"))),
        ("no nonce", "claim_missing", |s| without(s, "nonce")),
        ("an empty nonce", "claim_missing", |s| claim(s, "nonce", json!(""))),
        ("expired", "token_expired", |s| claim(s, "exp", json!(at(-60)))),
        ("expired before times", "token_expired", |s| claim(s, "exp", json!(-1e14))),
        ("no expiry", "claim_missing", |s| without(s, "exp")),
        ("an expiry beyond all calendars", "claim_missing", |s| claim(s, "exp", json!(1e300))),
        ("an expiry as text", "claim_missing", |s| claim(s, "exp", json!("2030-01-01"))),
        ("issued in the future", "token_not_yet_valid", |s| claim(s, "iat", json!(at(61)))),
        ("no time of issue", "claim_missing", |s| without(s, "iat")),
        ("not valid yet", "token_not_yet_valid", |s| claim(s, "nbf", json!(at(61)))),
        ("no subject", "claim_missing", |s| without(s, "sub")),
        ("an empty subject", "claim_missing", |s| claim(s, "sub", json!(""))),
        ("a subject of 256 characters", "claim_sub", |s| claim(s, "sub", json!("x".repeat(256)))),
        ("another access token", "claim_at_hash", |s| s.tokens["access_token"] = json!("swapped")),
        ("at_hash as a number", "claim_missing", |s| claim(s, "at_hash", json!(1))),
    ])
    .await;
}

#[tokio::test]
async fn id_tokens_with_wrong_signatures_are_refused() {
    refused(&[
        ("no signature at all", "token_algorithm", |s| {
            let (header, claims) = (encode(r#"{"alg":"none"}"#), encode(s.claims.to_string()));
            s.id_token = Some(format!("{header}.{claims}."));
        }),
        ("none in capitals", "token_algorithm", |s| s.header["alg"] = json!("NONE")),
        ("the public key as a shared secret", "token_algorithm", |s| {
            let header = encode(r#"{"alg":"HS256","kid":"key-1"}"#);
            let signed = format!("{header}.{}", encode(s.claims.to_string()));
            let mut mac = Hmac::<Sha256>::new_from_slice(s.signer.jwk().to_string().as_bytes()).unwrap();
            mac.update(signed.as_bytes());
            s.id_token = Some(format!("{signed}.{}", encode(mac.finalize().into_bytes())));
        }),
        ("the client's secret as a shared secret", "token_algorithm", |s| {
            let signed = format!("{}.{}", encode(r#"{"alg":"HS256"}"#), encode(s.claims.to_string()));
            let mut mac = Hmac::<Sha256>::new_from_slice(b"s3cret & more").unwrap();
            mac.update(signed.as_bytes());
            s.id_token = Some(format!("{signed}.{}", encode(mac.finalize().into_bytes())));
        }),
        ("a foreign key under the right id", "token_signature", |s| s.signer = Signer::p256("key-1", 9)),
        ("a foreign key without an id", "token_signature", |s| {
            s.signer = Signer::p256("key-1", 9).without_id();
            s.header = s.signer.header();
        }),
        ("a foreign key under its own id", "token_key_unknown", |s| {
            s.signer = Signer::p256("key-9", 9);
            s.header = s.signer.header();
        }),
        ("a key that the token brings along", "token_signature", |s| {
            s.signer = Signer::p256("key-1", 9);
            s.header["jwk"] = s.signer.jwk();
            s.header["jku"] = json!("https://evil.example/keys");
        }),
        ("another algorithm than the key's", "token_key_unknown", |s| s.header["alg"] = json!("RS256")),
        ("changed claims", "token_signature", |s| {
            let token = s.signer.token(&s.header, &s.claims);
            let parts: Vec<_> = token.split('.').collect();
            claim(s, "email", json!("root@shop.example"));
            s.id_token = Some(format!("{}.{}.{}", parts[0], encode(s.claims.to_string()), parts[2]));
        }),
        ("an empty signature", "token_signature", |s| {
            let token = s.signer.token(&s.header, &s.claims);
            s.id_token = Some(token[..=token.rfind('.').unwrap()].to_owned());
        }),
        ("an access token", "token_kind", |s| s.header["typ"] = json!("application/AT+JWT")),
        ("a logout token", "token_kind", |s| s.header["typ"] = json!("logout+jwt")),
        ("a critical extension", "token_malformed", |s| s.header["crit"] = json!(["b64"])),
        ("two parts", "token_malformed", |s| s.id_token = Some("e30.e30".to_owned())),
        ("five parts", "token_malformed", |s| s.id_token = Some("e30.e30.e30.e30.e30".to_owned())),
        ("padding", "token_malformed", |s| {
            s.id_token = Some(format!("{}=", s.signer.token(&s.header, &s.claims)));
        }),
        ("claims that are a list", "token_malformed", |s| s.claims = json!([])),
        ("65537 characters", "token_malformed", |s| s.id_token = Some("x".repeat(65537))),
    ])
    .await;
}

#[tokio::test]
async fn answers_of_another_browser_issuer_or_outcome_are_refused() {
    refused(&[
        ("another state", "state_mismatch", |s| s.answer_with("state", Some("forged"))),
        ("no state", "state_mismatch", |s| s.answer_with("state", None)),
        ("no state on either side", "state_mismatch", |s| {
            s.answer_with("state", None);
            s.pending.state = String::new();
        }),
        ("two states", "callback_parameters", |s| s.query.push(("state", "forged".to_owned()))),
        ("two codes", "callback_parameters", |s| s.query.push(("code", "other".to_owned()))),
        ("a long query", "callback_parameters", |s| s.query.push(("x", "x".repeat(20_000)))),
        ("another issuer", "response_issuer_mismatch", |s| s.answer_with("iss", Some("https://evil.example"))),
        ("no issuer, though announced", "response_issuer_missing", |s| s.answer_with("iss", None)),
        ("an error of another issuer", "response_issuer_mismatch", |s| {
            s.answer_with("iss", Some("https://evil.example"));
            s.answer_with("error", Some("access_denied"));
        }),
        ("an error", "provider_access_denied", |s| {
            s.answer_with("code", None);
            s.answer_with("error", Some("access_denied"));
        }),
        ("an error beside a code", "provider_login_required", |s| s.answer_with("error", Some("login_required"))),
        ("an unknown error", "provider_error", |s| s.answer_with("error", Some("<b>odd\r\n"))),
        ("nothing", "callback_parameters", |s| s.answer_with("code", None)),
        ("an empty code", "callback_parameters", |s| s.answer_with("code", Some(""))),
        ("too late", "login_expired", |s| s.now += TimeDelta::minutes(15)),
        ("begun in the future", "login_expired", |s| s.now -= TimeDelta::minutes(15)),
        ("begun at another provider", "login_provider", |s| s.pending.issuer = "https://evil.example".to_owned()),
        ("begun for another address", "login_provider", |s| s.pending.redirect_uri.set_path("/elsewhere")),
    ])
    .await;
}

#[tokio::test]
async fn wrong_answers_of_the_token_endpoint_are_refused() {
    fn of(s: &mut SignIn, answer: Answer) {
        s.token_answer = Some(answer);
    }
    refused(&[
        ("a fault", "answer_status", |s| of(s, Answer::new(500, "application/json", "{}"))),
        ("a redirect", "answer_redirect", |s| of(s, Answer::redirect("/elsewhere"))),
        ("no JSON", "answer_malformed", |s| of(s, Answer::new(200, "application/json", "oops"))),
        ("a page", "answer_malformed", |s| of(s, Answer::new(200, "text/html", "<html>"))),
        ("a page with 400", "answer_malformed", |s| of(s, Answer::new(400, "text/html", "<html>"))),
        ("nothing", "answer_malformed", |s| of(s, Answer::new(200, "application/json", ""))),
        ("nothing with 400", "answer_malformed", |s| of(s, Answer::new(400, "application/json", ""))),
        ("too much", "answer_too_large", |s| of(s, Answer::new(200, "application/json", vec![b' '; 600 * 1024]))),
        ("a used code", "token_endpoint_invalid_grant", |s| {
            of(s, Answer::new(400, "application/json", r#"{"error":"invalid_grant","error_description":"used"}"#));
        }),
        ("a wrong secret", "token_endpoint_invalid_client", |s| {
            of(s, Answer::new(401, "application/json", r#"{"error":"invalid_client"}"#));
        }),
        ("another error", "token_endpoint_error", |s| {
            of(s, Answer::new(400, "application/json", r#"{"error":"slow_down"}"#));
        }),
        ("no ID token", "id_token_missing", |s| of(s, Answer::json(&s.tokens))),
        ("another kind of token", "answer_malformed", |s| s.tokens["token_type"] = json!("mac")),
        ("an access token with a line break", "answer_malformed", |s| {
            s.tokens["access_token"] = json!("a\r\nx-evil: 1");
            without(s, "at_hash");
        }),
    ])
    .await;
}

#[tokio::test]
async fn wrong_answers_of_the_user_info_endpoint_are_refused() {
    refused(&[
        ("another person", "userinfo_subject", |s| s.user_info = Answer::json(&json!({ "sub": "root" }))),
        ("nobody", "userinfo_subject", |s| s.user_info = Answer::json(&json!({ "email": "root@shop.example" }))),
        ("refused", "answer_status", |s| s.user_info = Answer::new(401, "application/json", "{}")),
        ("a signed answer", "answer_malformed", |s| s.user_info = Answer::new(200, "application/jwt", "e30.e30.x")),
        ("a redirect", "answer_redirect", |s| s.user_info = Answer::redirect("/elsewhere")),
    ])
    .await;
    let sign_in = SignIn::with(|r| r.user_info = false, AuthorizationRequest::default()).await;
    assert_eq!((sign_in.end().await.unwrap().name, sign_in.server.count("/userinfo")), (None, 0));
}

#[tokio::test]
async fn a_sign_in_is_no_older_than_was_asked_for() {
    let asked = || AuthorizationRequest { max_age: Some(300), ..AuthorizationRequest::default() };
    for (auth_time, code) in
        [(json!(at(-300)), None), (json!(at(-361)), Some("sign_in_too_old")), (Value::Null, Some("claim_missing"))]
    {
        let mut sign_in = SignIn::with(|_| {}, asked()).await;
        claim(&mut sign_in, "auth_time", auth_time);
        assert_eq!(sign_in.end().await.err().map(|refusal| refusal.code()), code);
    }
}

#[tokio::test]
async fn a_secret_never_follows_a_redirect() {
    let mut sign_in = SignIn::begin().await;
    sign_in.token_answer = Some(Answer::redirect("/elsewhere"));
    sign_in.end().await.unwrap_err();
    assert_eq!((sign_in.server.count("/token"), sign_in.server.count("/elsewhere")), (1, 0));
}

#[tokio::test]
async fn the_code_is_bound_by_pkce_and_a_forged_answer_asks_nobody() {
    let mut sign_in = SignIn::begin().await;
    let parameter =
        |name: &str| sign_in.url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    let expected = encode(Sha256::digest(&sign_in.pending.pkce_verifier));
    assert_eq!(
        (parameter("code_challenge"), parameter("code_challenge_method")),
        (Some(expected), Some("S256".into()))
    );
    assert_eq!((parameter("response_type"), parameter("tenant")), (Some("code".into()), Some("1".into())));
    assert_eq!(parameter("scope").unwrap(), "openid profile email");
    for chance in [&sign_in.pending.state, &sign_in.pending.nonce, &sign_in.pending.pkce_verifier] {
        assert!(chance.len() >= 43, "256 bits in base64url");
    }
    sign_in.end().await.unwrap();
    let (headers, form) = sign_in.server.last("/token");
    let form: Vec<_> = url::form_urlencoded::parse(form.as_bytes()).into_owned().collect();
    let field = |name: &str| form.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    assert_eq!(field("code_verifier"), Some(sign_in.pending.pkce_verifier.as_str()));
    assert_eq!(field("redirect_uri"), Some("https://hub.example/sign-in/callback"));
    assert_eq!((field("grant_type"), field("client_secret")), (Some("authorization_code"), None));
    let basic = base64::engine::general_purpose::STANDARD.encode("hub:s3cret+%26+more");
    assert_eq!(headers["authorization"], format!("Basic {basic}"));
    sign_in.answer_with("state", Some("forged"));
    sign_in.end().await.unwrap_err();
    assert_eq!(sign_in.server.count("/token"), 1);
}

#[tokio::test]
async fn clients_authenticate_as_they_are_registered() {
    for (authentication, secret) in
        [(ClientAuthentication::ClientSecretPost, true), (ClientAuthentication::None, false)]
    {
        let change = |r: &mut sbh_oidc::Registration| {
            r.authentication = authentication;
            r.client_secret = r.client_secret.take().filter(|_| secret);
        };
        let sign_in = SignIn::with(change, AuthorizationRequest::default()).await;
        sign_in.end().await.unwrap();
        let (headers, form) = sign_in.server.last("/token");
        assert!(!headers.contains_key("authorization") && form.contains("client_id=hub"), "{form}");
        assert_eq!(form.contains("client_secret=s3cret"), secret);
    }
}

#[tokio::test]
async fn what_is_asked_of_the_provider_is_in_the_address() {
    let request = AuthorizationRequest {
        prompt: vec!["login".to_owned(), "create".to_owned()],
        login_hint: Some("jane@shop.example".to_owned()),
        max_age: Some(60),
        acr_values: vec!["urn:mfa".to_owned(), "1".to_owned()],
    };
    let sign_in = SignIn::with(|r| r.scopes = vec!["openid".to_owned(), "groups".to_owned()], request).await;
    let parameter = |name: &str| sign_in.url.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned();
    assert_eq!((parameter("prompt"), parameter("login_hint")), ("login create".into(), "jane@shop.example".into()));
    assert_eq!((parameter("max_age"), parameter("acr_values")), ("60".into(), "urn:mfa 1".into()));
    assert_eq!(parameter("scope"), "openid groups");
    let stored = serde_json::to_string(&sign_in.pending).unwrap();
    assert_eq!(serde_json::from_str::<sbh_oidc::Pending>(&stored).unwrap(), sign_in.pending);
    assert!(!format!("{:?}", sign_in.pending).contains(&sign_in.pending.pkce_verifier));
}

#[tokio::test]
async fn groups_come_from_the_claim_that_is_registered() {
    let change = |r: &mut sbh_oidc::Registration| r.groups_claim = Some("realm_access.roles".to_owned());
    let mut sign_in = SignIn::with(change, AuthorizationRequest::default()).await;
    claim(&mut sign_in, "realm_access", json!({ "roles": ["admins", "testers"] }));
    assert_eq!(sign_in.end().await.unwrap().groups, ["admins", "testers"]);
    without(&mut sign_in, "realm_access");
    sign_in.user_info = Answer::json(&json!({ "sub": SUBJECT, "realm_access": { "roles": ["told"] } }));
    assert_eq!(sign_in.end().await.unwrap().groups, ["told"]);
}

#[tokio::test]
async fn an_address_is_confirmed_only_by_whoever_names_it() {
    let mut sign_in = SignIn::begin().await;
    without(&mut sign_in, "email_verified");
    sign_in.user_info = Answer::json(&json!({ "sub": SUBJECT, "email": "other@shop.example", "email_verified": true }));
    let identity = sign_in.end().await.unwrap();
    assert_eq!((identity.email.as_deref(), identity.email_verified), (Some("jane@shop.example"), false));
}
