//! A hub as a program with an API key reaches it.

use super::{FAILED, Failure, UNREACHABLE, WRONG_USE, terminal};
use http::{HeaderMap, StatusCode, header};
use reqwest::{Client, RequestBuilder, Response, redirect};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::time::Duration;
use url::Url;

/// Where the key is taken from.
pub(super) const TOKEN_VARIABLE: &str = "SBH_TOKEN";
/// Longest time for an answer; the hub ends every answer that has not begun after 30 s.
const TIMEOUT: Duration = Duration::from_secs(60);
/// How often a hub that does not answer is asked again while it is watched; it may be starting anew.
const ATTEMPTS: u32 = 10;
/// The pause in between.
const PAUSE: Duration = Duration::from_secs(1);

/// A hub and the right to ask it.
pub(super) struct HubClient {
    http: Client,
    base: Url,
    token: String,
}

/// An answer of the hub as its problem document says it (RFC 9457).
#[derive(Deserialize)]
struct Problem {
    title: String,
    detail: String,
    #[serde(default)]
    errors: Vec<ProblemField>,
    #[serde(default)]
    request_id: String,
}

#[derive(Deserialize)]
struct ProblemField {
    pointer: String,
    detail: String,
}

impl HubClient {
    /// A client with the key in `SBH_TOKEN`, or in the first line of standard input.
    ///
    /// # Errors
    /// Wrong use when there is no key.
    pub(super) fn new(base: Url, token_stdin: bool) -> Result<Self, Failure> {
        let token = match token_stdin {
            true => terminal::line_of_stdin("--token-stdin")?,
            false => std::env::var(TOKEN_VARIABLE).ok().filter(|token| !token.is_empty()).ok_or_else(no_token)?,
        };
        // A redirect would carry the key elsewhere.
        let http = Client::builder().timeout(TIMEOUT).redirect(redirect::Policy::none()).build();
        let http = http.map_err(|error| Failure::new(FAILED, error))?;
        Ok(Self { http, base, token })
    }

    /// Reads something.
    pub(super) async fn get<T: DeserializeOwned>(&self, path: &str, query: &[(&str, &str)]) -> Result<T, Failure> {
        let mut url = self.url(path)?;
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        self.answer(self.http.get(url)).await
    }

    /// Reads something that changes while the hub works on it; a hub that is away for a moment is asked again.
    pub(super) async fn watch<T: DeserializeOwned>(&self, path: &str) -> Result<T, Failure> {
        let mut attempt = 1;
        loop {
            match self.get(path, &[]).await {
                Err(failure) if failure.code == UNREACHABLE && attempt < ATTEMPTS => {
                    attempt += 1;
                    tokio::time::sleep(PAUSE).await;
                }
                result => return result,
            }
        }
    }

    /// Asks the hub to do something.
    pub(super) async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
        headers: HeaderMap,
    ) -> Result<T, Failure> {
        self.answer(self.http.post(self.url(path)?).json(body).headers(headers)).await
    }

    fn url(&self, path: &str) -> Result<Url, Failure> {
        self.base.join(path).map_err(|error| Failure::new(WRONG_USE, format!("--hub: {error}")))
    }

    async fn answer<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, Failure> {
        let silent = |error: reqwest::Error| {
            Failure::new(UNREACHABLE, format!("--hub: {} does not answer: {}", self.base, innermost(&error)))
        };
        let response = request.bearer_auth(&self.token).send().await.map_err(silent)?;
        if !response.status().is_success() {
            return Err(refusal(response).await);
        }
        let body = response.bytes().await.map_err(silent)?;
        let strange = |error| Failure::new(FAILED, format!("--hub: {} is not the API of this sbh: {error}", self.base));
        serde_json::from_slice(&body).map_err(strange)
    }
}

/// Reads the address of a hub.
///
/// # Errors
/// What is allowed.
pub(super) fn hub_url(text: &str) -> Result<Url, String> {
    let wrong =
        || "an http or https address such as http://127.0.0.1:3000, without user, query and fragment".to_owned();
    let mut url = hub::systems::parse_base_url("/hub", text).map_err(|_| wrong())?;
    if !url.path().ends_with('/') {
        let path = format!("{}/", url.path());
        url.set_path(&path);
    }
    Ok(url)
}

fn no_token() -> Failure {
    let message = format!(
        "{TOKEN_VARIABLE} must hold an API key of the hub, or give it with --token-stdin; `sbh keys create` makes one"
    );
    Failure::new(WRONG_USE, message)
}

/// The cause at the bottom says what went wrong; those above repeat the address.
fn innermost(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}

async fn refusal(response: Response) -> Failure {
    let (status, url) = (response.status(), response.url().clone());
    let is_problem = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/problem+json"));
    let body = response.bytes().await.unwrap_or_default();
    let message = match serde_json::from_slice::<Problem>(&body) {
        Ok(problem) if is_problem => problem.in_words(status),
        _ => format!("{url} answered {status}, which is not how a hub refuses; check --hub"),
    };
    Failure::new(code(status), message)
}

/// What the caller can put right is wrong use; what only the hub can is not.
fn code(status: StatusCode) -> u8 {
    match status {
        StatusCode::CONFLICT | StatusCode::INTERNAL_SERVER_ERROR => FAILED,
        StatusCode::TOO_MANY_REQUESTS => UNREACHABLE,
        status if status.is_server_error() => UNREACHABLE,
        _ => WRONG_USE,
    }
}

impl Problem {
    fn in_words(&self, status: StatusCode) -> String {
        let mut text = format!("the hub refuses: {} ({}): {}", self.title, status.as_u16(), self.detail);
        for field in &self.errors {
            text.push_str(&format!("\n  {}: {}", field.pointer, field.detail));
        }
        if status.is_server_error() {
            text.push_str(&format!("\n  request id: {}", self.request_id));
        }
        terminal_lines(&text)
    }
}

fn terminal_lines(text: &str) -> String {
    text.lines().map(terminal::one_line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hub_below_a_path_keeps_it() {
        let hub = hub_url("https://tools.example.com/hub").expect("an address");
        assert_eq!(hub.join("api/keys").expect("a path").as_str(), "https://tools.example.com/hub/api/keys");
        assert!(["ftp://a", "nonsense", "http://u:p@a", "http://a?b"].iter().all(|text| hub_url(text).is_err()));
    }

    #[test]
    fn each_wrong_field_has_its_line() {
        let document = r#"{"title":"Invalid request","detail":"Some fields are not valid.","errors":[
            {"pointer":"/version","detail":"Version must have 1 to 100 characters."},
            {"pointer":"/duration_s","detail":"Duration must be 1 s to 120 s."}]}"#;
        let problem: Problem = serde_json::from_str(document).expect("a problem");
        let text = problem.in_words(StatusCode::UNPROCESSABLE_ENTITY);
        let lines: Vec<_> = text.lines().skip(1).collect();
        assert_eq!(
            lines,
            ["  /version: Version must have 1 to 100 characters.", "  /duration_s: Duration must be 1 s to 120 s.",]
        );
    }
}
