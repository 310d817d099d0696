//! What an administrator enters about a provider, and how the provider knows the hub.

use serde::{Deserialize, Serialize};
use url::Url;

use crate::endpoint;
use crate::{Algorithm, Refusal, Secret};

/// The most seconds that two clocks may differ.
const MAX_SKEW: u32 = 300;
/// The longest path of a claim in characters.
const MAX_PATH: usize = 200;

/// How the hub proves to the token endpoint who it is (Core 1.0 §9).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientAuthentication {
    /// The secret in the `Authorization` field, what a provider supports unless it says otherwise.
    #[default]
    ClientSecretBasic,
    /// The secret in the form.
    ClientSecretPost,
    /// A public client, which has no secret; PKCE alone protects its codes.
    None,
}

impl ClientAuthentication {
    /// The name in `token_endpoint_auth_methods_supported`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ClientSecretBasic => "client_secret_basic",
            Self::ClientSecretPost => "client_secret_post",
            Self::None => "none",
        }
    }
}

/// The registration of the hub as a client of one provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// The issuer identifier, exactly as the provider writes it: a slash at the end counts.
    pub issuer: String,
    /// The client identifier.
    pub client_id: String,
    /// The client secret; absent for a public client.
    pub client_secret: Option<Secret>,
    /// How the hub authenticates at the token endpoint.
    pub authentication: ClientAuthentication,
    /// Where the provider sends the browser back to.
    pub redirect_uri: Url,
    /// Scopes beside `openid`, which is always asked for.
    pub scopes: Vec<String>,
    /// Where the groups are: a claim's name, or a path of names with dots, such as `realm_access.roles`.
    pub groups_claim: Option<String>,
    /// Whether what the ID token lacks is asked of the UserInfo endpoint.
    pub user_info: bool,
    /// The signature algorithms that are accepted.
    pub algorithms: Vec<Algorithm>,
    /// How many seconds the two clocks may differ, 300 at most.
    pub clock_skew_s: u32,
    /// Whether plain http to a loopback address is permitted: the explicit development setting. The guard must permit it too.
    pub allow_loopback_http: bool,
}

impl Registration {
    /// A registration with the usual choices: Basic authentication if there is a secret, the scopes `profile` and `email`, no groups,
    /// no UserInfo, every algorithm, a minute of skew, https.
    #[must_use]
    pub fn new(
        issuer: impl Into<String>,
        client_id: impl Into<String>,
        client_secret: Option<Secret>,
        redirect_uri: Url,
    ) -> Self {
        let authentication = match client_secret {
            Some(_) => ClientAuthentication::ClientSecretBasic,
            None => ClientAuthentication::None,
        };
        Self {
            issuer: issuer.into(),
            client_id: client_id.into(),
            client_secret,
            authentication,
            redirect_uri,
            scopes: vec!["profile".to_owned(), "email".to_owned()],
            groups_claim: None,
            user_info: false,
            algorithms: Algorithm::ALL.to_vec(),
            clock_skew_s: 60,
            allow_loopback_http: false,
        }
    }

    /// Checks the fields that can be checked without the provider.
    ///
    /// # Errors
    /// [`Refusal::Address`] for the issuer, [`Refusal::Registration`] for any other field.
    pub fn check(&self) -> Result<(), Refusal> {
        self.issuer_url()?;
        let refuse = |field, reason| Err(Refusal::Registration { field, reason });
        if self.client_id.is_empty() || self.client_id.chars().any(|c| !(' '..='~').contains(&c)) {
            return refuse("client_id", "it has one or more printable ASCII characters (RFC 6749 A.1)");
        }
        let has_secret = self.client_secret.as_ref().is_some_and(|secret| !secret.expose().is_empty());
        match self.authentication {
            ClientAuthentication::None if has_secret => {
                return refuse("authentication", "a client with a secret must use it");
            }
            ClientAuthentication::ClientSecretBasic | ClientAuthentication::ClientSecretPost if !has_secret => {
                return refuse("client_secret", "this kind of authentication needs one");
            }
            _ => {}
        }
        if !self.scopes.iter().all(|scope| is_scope(scope)) {
            return refuse("scopes", "a scope has printable ASCII characters without space, \" and \\ (RFC 6749 §3.3)");
        }
        if self.groups_claim.as_ref().is_some_and(|path| path.is_empty() || path.len() > MAX_PATH) {
            return refuse("groups_claim", "the path of a claim has 1 to 200 characters");
        }
        if self.algorithms.is_empty() {
            return refuse("algorithms", "at least one must be accepted");
        }
        if self.clock_skew_s > MAX_SKEW {
            return refuse("clock_skew_s", "clocks may differ by 300 seconds at most");
        }
        Ok(())
    }

    /// The issuer as a URL: https, without query and fragment (Discovery 1.0 §3).
    pub(crate) fn issuer_url(&self) -> Result<Url, Refusal> {
        let refused = Refusal::Address { field: "issuer" };
        let url = Url::parse(&self.issuer).map_err(|_| refused.clone())?;
        if self.issuer.trim() != self.issuer || url.query().is_some() || url.fragment().is_some() {
            return Err(refused);
        }
        endpoint::check("issuer", &url, self.allow_loopback_http)?;
        Ok(url)
    }
}

fn is_scope(scope: &str) -> bool {
    !scope.is_empty() && scope.bytes().all(|b| matches!(b, 0x21 | 0x23..=0x5b | 0x5d..=0x7e))
}
