//! A certified provider (npm's `oidc-provider`) as a process of its own: sign-in, sign-out in both directions, access tokens.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod support;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::Utc;
use sbh_oidc::{
    AuthorizationRequest, Callback, ClientAuthentication, Expectations, Identity, LogoutRequest, Outcome, Pending,
    Provider, Registration, examine,
};
use serde_json::Value;
use support::certified::{Browser, Certified, Page};
use support::{API, guard, registration};
use url::Url;

fn of(issuer: &str, client: &str) -> Registration {
    let mut registration = registration(issuer);
    client.clone_into(&mut registration.client_id);
    registration.scopes.push("groups".to_owned());
    registration.groups_claim = Some("groups".to_owned());
    match client {
        "hub-post" => registration.authentication = ClientAuthentication::ClientSecretPost,
        "hub-public" => {
            registration.authentication = ClientAuthentication::None;
            registration.client_secret = None;
        }
        _ => {}
    }
    registration
}

fn claims(token: &str, part: usize) -> Value {
    let part = token.split('.').nth(part).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

/// Signs in as jane, and keeps what the browser came back with.
async fn sign_in(provider: &Provider, browser: &mut Browser) -> (Identity, Pending, Callback) {
    let request = AuthorizationRequest { max_age: Some(3600), ..AuthorizationRequest::default() };
    let begun = provider.authorization(&request, Utc::now()).await.unwrap();
    let back = browser.sign_in(&begun.url, "jane").await;
    assert_eq!(back.as_str().split('?').next(), Some("https://hub.example/sign-in/callback"));
    let callback = Callback::parse(back.query().unwrap()).unwrap();
    let identity = provider.callback(&begun.pending, &callback, Utc::now()).await.unwrap();
    (identity, begun.pending, callback)
}

#[tokio::test]
async fn every_kind_of_client_signs_in_and_out() {
    let mut certified = Certified::start().await;
    for (client, algorithm) in [
        ("hub", "RS256"),
        ("hub-post", "ES256"),
        ("hub-public", "EdDSA"),
        ("hub-pss", "PS256"),
        ("hub-ed25519", "Ed25519"),
    ] {
        let provider = Provider::discover(of(&certified.issuer, client), &guard(), Utc::now()).await.unwrap();
        let mut browser = Browser::new(&certified.issuer);
        let (identity, pending, callback) = sign_in(&provider, &mut browser).await;
        assert_eq!((identity.issuer.as_str(), identity.subject.as_str()), (certified.issuer.as_str(), "jane"));
        assert_eq!((identity.email.as_deref(), identity.email_verified), (Some("jane@shop.example"), true));
        assert_eq!(
            (identity.name.as_deref(), identity.preferred_username.as_deref()),
            (Some("Jane Doe"), Some("jane"))
        );
        assert_eq!(identity.groups, ["admins", "testers"]);
        assert!(identity.auth_time.is_some() && identity.sid.is_some());
        let token = identity.id_token.expose();
        assert_eq!(claims(token, 0)["alg"], algorithm);
        assert!(claims(token, 1)["at_hash"].is_string(), "at_hash was there to be checked");

        let again = provider.callback(&pending, &callback, Utc::now()).await.unwrap_err();
        assert_eq!(again.code(), "token_endpoint_invalid_grant");
        let as_access = Expectations { audience: client.to_owned(), accept_untyped: true, ..Expectations::default() };
        let refusal = provider.verify_access_token(token, &as_access, Utc::now()).await.unwrap_err();
        assert_eq!(refusal.code(), "token_kind");
        assert_eq!(provider.verify_logout_token(token, Utc::now()).await.unwrap_err().code(), "token_kind");

        let request = LogoutRequest {
            id_token_hint: Some(identity.id_token.clone()),
            post_logout_redirect_uri: Some(Url::parse("https://hub.example/signed-out").unwrap()),
            state: Some("bye".to_owned()),
        };
        let url = provider.logout_url(&request, Utc::now()).await.unwrap().unwrap();
        assert_eq!(browser.sign_out(&url).await.as_str(), "https://hub.example/signed-out?state=bye");
        let posted = certified.logouts.recv().await.unwrap();
        let token = posted.strip_prefix("logout_token=").unwrap();
        let logout = provider.verify_logout_token(token, Utc::now()).await.unwrap();
        assert_eq!((logout.subject.as_deref(), logout.sid), (Some("jane"), identity.sid));
    }
}

#[tokio::test]
async fn a_silent_sign_in_needs_a_session_at_the_provider() {
    let certified = Certified::start().await;
    let provider = Provider::discover(of(&certified.issuer, "hub"), &guard(), Utc::now()).await.unwrap();
    let silent = AuthorizationRequest { prompt: vec!["none".to_owned()], ..AuthorizationRequest::default() };
    let mut browser = Browser::new(&certified.issuer);
    for expected in [Err("provider_login_required"), Ok("jane")] {
        let begun = provider.authorization(&silent, Utc::now()).await.unwrap();
        let Page::Elsewhere(back) = browser.open(&begun.url).await else { panic!("nothing is asked") };
        let callback = Callback::parse(back.query().unwrap()).unwrap();
        let outcome = provider.callback(&begun.pending, &callback, Utc::now()).await;
        let outcome = outcome.as_ref().map(|identity| identity.subject.as_str()).map_err(|refusal| refusal.code());
        assert_eq!(outcome, expected);
        sign_in(&provider, &mut browser).await;
    }
}

#[tokio::test]
async fn a_robot_gets_an_access_token_that_holds() {
    let certified = Certified::start().await;
    let provider = Provider::discover(of(&certified.issuer, "hub"), &guard(), Utc::now()).await.unwrap();
    let token = certified.client_token("robot", "runs:read", API).await;

    let reading =
        Expectations { audience: API.to_owned(), all_scopes: vec!["runs:read".into()], ..Expectations::default() };
    let access = provider.verify_access_token(&token, &reading, Utc::now()).await.unwrap();
    assert_eq!((access.subject.as_str(), access.client_id.as_deref()), ("robot", Some("robot")));
    assert_eq!(access.scopes, ["runs:read"]);
    let writing = Expectations { all_scopes: vec!["runs:write".into()], ..reading.clone() };
    assert_eq!(
        provider.verify_access_token(&token, &writing, Utc::now()).await.unwrap_err().code(),
        "insufficient_scope"
    );
    let elsewhere = Expectations { audience: "https://other.example".to_owned(), ..reading };
    assert_eq!(provider.verify_access_token(&token, &elsewhere, Utc::now()).await.unwrap_err().code(), "claim_aud");
}

#[tokio::test]
async fn the_examination_finds_nothing_that_stops_a_sign_in() {
    let certified = Certified::start().await;
    for finding in examine(&of(&certified.issuer, "hub"), &guard()).await {
        assert!(matches!(finding.outcome, Outcome::Passed), "{finding:?}");
    }
}
