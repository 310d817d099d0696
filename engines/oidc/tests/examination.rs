//! What an administrator reads about a provider that is to be used.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod support;

use sbh_oidc::{Algorithm, ClientAuthentication, Finding, Outcome, Registration, Step, examine};
use serde_json::{Value, json};
use support::provider::DISCOVERY;
use support::{Answer, Signer, TestProvider, guard, registration};

async fn findings(spoil: fn(&TestProvider, &mut Value, &mut Registration)) -> Vec<Finding> {
    let server = TestProvider::start(&Signer::p256("key-1", 7)).await;
    let (mut document, mut registration) = (server.discovery(), registration(&server.issuer));
    spoil(&server, &mut document, &mut registration);
    if document != server.discovery() {
        server.set(DISCOVERY, Answer::json(&document));
    }
    examine(&registration, &guard()).await
}

#[tokio::test]
async fn a_right_provider_passes_every_step() {
    let findings = findings(|_, _, _| {}).await;
    assert_eq!(findings.len(), 14);
    for finding in findings {
        assert_eq!((finding.outcome, finding.code), (Outcome::Passed, None), "{finding:?}");
        assert!(finding.explanation.ends_with('.'));
    }
}

#[tokio::test]
async fn each_fault_is_told_at_its_step() {
    type Spoil = fn(&TestProvider, &mut Value, &mut Registration);
    use Outcome::{Failed, Warned};
    let table: &[(Step, Outcome, Option<&str>, Spoil)] = &[
        (Step::Registration, Failed, Some("provider_address"), |_, _, r| r.allow_loopback_http = false),
        (Step::Discovery, Failed, Some("answer_status"), |s, _, _| s.set(DISCOVERY, Answer::new(404, "a/b", ""))),
        (Step::Discovery, Failed, Some("provider_unreachable"), |_, _, r| r.issuer = "http://127.0.0.1:1".to_owned()),
        (Step::Issuer, Failed, Some("issuer_mismatch"), |_, d, _| d["issuer"] = json!("https://evil.example")),
        (Step::Endpoints, Failed, Some("discovery_incomplete"), |_, d, _| d["token_endpoint"] = json!("")),
        (Step::Endpoints, Failed, Some("provider_address"), |_, d, _| {
            d["jwks_uri"] = json!("http://shop.example/keys")
        }),
        (Step::Document, Failed, Some("answer_malformed"), |_, d, _| d["subject_types_supported"] = Value::Null),
        (Step::CodeFlow, Failed, Some("code_flow_unsupported"), |_, d, _| {
            d["response_types_supported"] = json!(["id_token"]);
        }),
        (Step::Pkce, Warned, None, |_, d, _| d["code_challenge_methods_supported"] = json!(["plain"])),
        (Step::Pkce, Warned, None, |_, d, _| d["code_challenge_methods_supported"] = Value::Null),
        (Step::ClientAuthentication, Warned, None, |_, _, r| r.authentication = ClientAuthentication::ClientSecretPost),
        (Step::SigningAlgorithms, Failed, Some("token_algorithm"), |_, _, r| r.algorithms = vec![Algorithm::EdDSA]),
        (Step::Keys, Failed, Some("no_usable_key"), |s, _, _| s.set_keys(&[])),
        (Step::Keys, Failed, Some("answer_status"), |s, _, _| s.set("/keys", Answer::new(500, "a/b", ""))),
        (Step::Scopes, Warned, None, |_, _, r| r.scopes.push("groups".to_owned())),
        (Step::ResponseIssuer, Warned, None, |_, d, _| {
            d["authorization_response_iss_parameter_supported"] = Value::Null;
        }),
        (Step::UserInfo, Warned, None, |_, d, _| d["userinfo_endpoint"] = Value::Null),
        (Step::Logout, Warned, None, |_, d, _| d["end_session_endpoint"] = Value::Null),
        (Step::Logout, Warned, None, |_, d, _| d["backchannel_logout_supported"] = json!(false)),
    ];
    for (step, outcome, code, spoil) in table {
        let findings = findings(*spoil).await;
        assert_eq!(findings.len(), 14, "{step:?}: each step has one finding");
        let finding = findings.iter().find(|finding| finding.step == *step).unwrap();
        assert_eq!((finding.outcome, finding.code), (*outcome, *code), "{finding:?}");
        assert!(finding.explanation.ends_with('.'), "{}", finding.explanation);
    }
}

#[tokio::test]
async fn what_cannot_be_looked_at_is_not_called_right() {
    for spoil in
        [(|_, _, r| r.client_id = String::new()) as fn(&TestProvider, &mut Value, &mut Registration), |s, _, _| {
            s.set(DISCOVERY, Answer::new(404, "a/b", ""))
        }]
    {
        let findings = findings(spoil).await;
        let failed = findings.iter().position(|finding| finding.outcome == Outcome::Failed).unwrap();
        assert!(findings[failed + 1..].iter().all(|finding| finding.outcome == Outcome::Skipped));
    }
}
