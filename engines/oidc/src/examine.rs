//! Trying a provider's configuration step by step, for the person who enters it.

use sbh_egress::Guard;
use serde::Serialize;
use url::Url;

use crate::http::{self, Http};
use crate::metadata::{self, Raw};
use crate::{Algorithm, KeySet, Part, Refusal, Registration};

/// One thing that is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Step {
    /// The fields of the registration, the scheme of the issuer above all.
    Registration,
    /// The discovery document is there and is JSON.
    Discovery,
    /// It belongs to this issuer.
    Issuer,
    /// Its addresses are there and protected.
    Endpoints,
    /// Its fields have the types of the specification.
    Document,
    /// The authorization code flow is supported.
    CodeFlow,
    /// PKCE with S256 is supported (RFC 7636).
    Pkce,
    /// The way in which the hub authenticates is supported.
    ClientAuthentication,
    /// ID tokens are signed with an algorithm that is accepted.
    SigningAlgorithms,
    /// The key set is there and has a usable key.
    Keys,
    /// The scopes that are asked for are supported.
    Scopes,
    /// Answers name their issuer (RFC 9207).
    ResponseIssuer,
    /// There is a UserInfo endpoint, if it is wanted.
    UserInfo,
    /// The browser can sign out at the provider, and the provider tells when somebody did.
    Logout,
}

/// What came of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It is as it should be.
    Passed,
    /// Sign-in works, but something is missing or not told.
    Warned,
    /// Sign-in can't work.
    Failed,
    /// It could not be looked at, because an earlier step failed.
    Skipped,
}

/// One step with its outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was looked at.
    pub step: Step,
    /// What came of it.
    pub outcome: Outcome,
    /// The [`Refusal::code`] of a failure.
    pub code: Option<&'static str>,
    /// A sentence that says what is wrong and what to do, or what is right.
    pub explanation: String,
}

/// What follows the discovery document.
const LATER: [Step; 12] = [
    Step::Issuer,
    Step::Endpoints,
    Step::Document,
    Step::CodeFlow,
    Step::Pkce,
    Step::ClientAuthentication,
    Step::SigningAlgorithms,
    Step::Keys,
    Step::Scopes,
    Step::ResponseIssuer,
    Step::UserInfo,
    Step::Logout,
];

/// Asks a provider for its discovery document and its keys, and judges both by a registration. Each step has one finding, in the order of
/// [`Step`]. Nobody signs in: whether the client's identifier, secret and redirect address are right shows only then.
pub async fn examine(registration: &Registration, guard: &Guard) -> Vec<Finding> {
    let mut findings = vec![of(Step::Registration, registration.check(), "The registration can be used.")];
    let document = match findings[0].outcome {
        Outcome::Failed => None,
        _ => match discover(registration, guard).await {
            Ok((http, raw)) => Some((http, raw)),
            Err(refusal) => {
                findings.push(failed(Step::Discovery, &refusal));
                None
            }
        },
    };
    let Some((http, raw)) = document else {
        let skipped = [Step::Discovery].into_iter().filter(|_| findings.len() == 1).chain(LATER);
        findings.extend(skipped.map(skip).collect::<Vec<_>>());
        return findings;
    };
    findings.push(passed(Step::Discovery, "The discovery document is there."));
    findings.extend(of_document(registration, &raw));
    let keys = raw.text("jwks_uri").and_then(|text| Url::parse(text).ok());
    let endpoints_hold = findings.iter().all(|f| f.step != Step::Endpoints || f.outcome == Outcome::Passed);
    findings.push(match keys.filter(|_| endpoints_hold) {
        Some(address) => keys_of(registration, &http, &address).await,
        None => skip(Step::Keys),
    });
    findings.extend([scopes(registration, &raw), response_issuer(&raw), user_info(registration, &raw), logout(&raw)]);
    findings
}

async fn discover(registration: &Registration, guard: &Guard) -> Result<(Http, Raw), Refusal> {
    let http = Http::new(guard).map_err(|error| http::refusal(Part::Discovery, error))?;
    let address = metadata::address(&registration.issuer_url()?)?;
    let raw = Raw::read(&http.get(Part::Discovery, &address, None).await?.body)?;
    Ok((http, raw))
}

fn of_document(registration: &Registration, raw: &Raw) -> [Finding; 7] {
    [
        of(Step::Issuer, raw.check_issuer(&registration.issuer), "The issuer is exactly the configured one."),
        of(
            Step::Endpoints,
            raw.check_addresses(registration.allow_loopback_http),
            "The addresses that are needed are there and protected.",
        ),
        of(Step::Document, raw.check_types().map(drop), "The discovery document follows the specification."),
        of(Step::CodeFlow, raw.check_code_flow(), "The authorization code flow is supported."),
        pkce(raw),
        client_authentication(registration, raw),
        signing_algorithms(registration, raw),
    ]
}

fn pkce(raw: &Raw) -> Finding {
    let step = Step::Pkce;
    match raw.list("code_challenge_methods_supported") {
        Some(methods) if methods.contains(&"S256") => passed(step, "PKCE with S256 is supported."),
        Some(_) => warned(
            step,
            "The provider announces PKCE without the method S256. It is used anyway; sign-in may fail, and codes may be \
             unprotected.",
        ),
        None => warned(step, "The provider does not say whether it supports PKCE. It is used anyway, with S256."),
    }
}

fn client_authentication(registration: &Registration, raw: &Raw) -> Finding {
    let (step, name) = (Step::ClientAuthentication, registration.authentication.name());
    // Discovery 1.0 §3: what holds when the list is left out.
    let supported = raw.list("token_endpoint_auth_methods_supported").unwrap_or_else(|| vec!["client_secret_basic"]);
    if supported.contains(&name) {
        return passed(step, &format!("The client authentication {name} is supported."));
    }
    let supported = supported.join(", ");
    warned(
        step,
        &format!("The client authentication {name} is configured, but the provider announces {supported} alone."),
    )
}

fn signing_algorithms(registration: &Registration, raw: &Raw) -> Finding {
    let (step, accepted) = (Step::SigningAlgorithms, &registration.algorithms);
    let Some(names) = raw.list("id_token_signing_alg_values_supported") else {
        return warned(step, "The provider does not say with which algorithms it signs ID tokens.");
    };
    let common: Vec<_> = accepted.iter().copied().filter(|algorithm| names.contains(&algorithm.name())).collect();
    if common.is_empty() {
        let explanation = format!(
            "The provider signs ID tokens with {}; accepted are {}.",
            names.join(", "),
            Algorithm::list(accepted)
        );
        return Finding { step, outcome: Outcome::Failed, code: Some("token_algorithm"), explanation };
    }
    passed(step, &format!("ID tokens can be signed with {}.", Algorithm::list(&common)))
}

async fn keys_of(registration: &Registration, http: &Http, address: &Url) -> Finding {
    let keys = http.get(Part::Keys, address, None).await.and_then(|answer| KeySet::read(&answer.body));
    match keys {
        Ok(keys) if keys.serves(&registration.algorithms) => {
            passed(Step::Keys, &format!("The key set has {} usable keys.", keys.len()))
        }
        Ok(_) => failed(Step::Keys, &Refusal::NoUsableKey { allowed: Algorithm::list(&registration.algorithms) }),
        Err(refusal) => failed(Step::Keys, &refusal),
    }
}

fn scopes(registration: &Registration, raw: &Raw) -> Finding {
    let step = Step::Scopes;
    let Some(supported) = raw.list("scopes_supported") else {
        return warned(step, "The provider does not say which scopes it supports.");
    };
    let asked = ["openid"].into_iter().chain(registration.scopes.iter().map(String::as_str));
    let missing: Vec<_> = asked.filter(|scope| !supported.contains(scope)).collect();
    if missing.is_empty() {
        return passed(step, "All scopes that are asked for are announced.");
    }
    warned(step, &format!("The provider does not announce the scopes {}; it may refuse them.", missing.join(", ")))
}

fn response_issuer(raw: &Raw) -> Finding {
    if raw.is_true("authorization_response_iss_parameter_supported") {
        return passed(Step::ResponseIssuer, "The provider's answers name their issuer, and that is checked.");
    }
    warned(
        Step::ResponseIssuer,
        "The provider's answers do not name their issuer (RFC 9207). With several providers, give each its own redirect address.",
    )
}

fn user_info(registration: &Registration, raw: &Raw) -> Finding {
    match (registration.user_info, raw.text("userinfo_endpoint")) {
        (false, _) => passed(Step::UserInfo, "The UserInfo endpoint is not asked."),
        (true, Some(_)) => passed(Step::UserInfo, "There is a UserInfo endpoint."),
        (true, None) => warned(Step::UserInfo, "UserInfo is wanted, but the provider has no such endpoint."),
    }
}

fn logout(raw: &Raw) -> Finding {
    let step = Step::Logout;
    match (raw.text("end_session_endpoint"), raw.is_true("backchannel_logout_supported")) {
        (Some(_), true) => passed(step, "Sign-out works in both directions."),
        (Some(_), false) => warned(step, "The provider does not tell the hub when somebody signs out there."),
        (None, true) => warned(step, "Signing out here does not sign out at the provider."),
        (None, false) => {
            warned(step, "Signing out here and at the provider are two things; the provider supports no logout.")
        }
    }
}

fn of(step: Step, outcome: Result<(), Refusal>, right: &str) -> Finding {
    match outcome {
        Ok(()) => passed(step, right),
        Err(refusal) => failed(step, &refusal),
    }
}

fn passed(step: Step, explanation: &str) -> Finding {
    Finding { step, outcome: Outcome::Passed, code: None, explanation: explanation.to_owned() }
}

fn warned(step: Step, explanation: &str) -> Finding {
    Finding { step, outcome: Outcome::Warned, code: None, explanation: explanation.to_owned() }
}

fn failed(step: Step, refusal: &Refusal) -> Finding {
    Finding { step, outcome: Outcome::Failed, code: Some(refusal.code()), explanation: refusal.to_string() }
}

fn skip(step: Step) -> Finding {
    let explanation = "This could not be looked at, because an earlier step failed.".to_owned();
    Finding { step, outcome: Outcome::Skipped, code: None, explanation }
}
