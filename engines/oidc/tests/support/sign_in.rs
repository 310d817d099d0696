//! One sign-in at the test's provider, with everything that a test may spoil.

use chrono::{DateTime, Utc};
use sbh_oidc::{AuthorizationRequest, Callback, Identity, Pending, Provider, Refusal, Registration};
use serde_json::{Value, json};
use url::Url;

use super::signer::at_hash;
use super::{Answer, CLIENT, Signer, TestProvider, at, guard, now, registration};

pub const SUBJECT: &str = "248289761001";

/// What happens between the browser's leaving and its return.
pub struct SignIn {
    pub server: TestProvider,
    pub registration: Registration,
    pub request: AuthorizationRequest,
    pub signer: Signer,
    pub header: Value,
    pub claims: Value,
    /// Instead of a token made of header and claims.
    pub id_token: Option<String>,
    /// What the token endpoint answers beside the ID token.
    pub tokens: Value,
    /// Instead of `tokens`.
    pub token_answer: Option<Answer>,
    pub user_info: Answer,
    pub query: Vec<(&'static str, String)>,
    pub pending: Pending,
    pub url: Url,
    pub now: DateTime<Utc>,
    provider: Provider,
}

impl SignIn {
    pub async fn begin() -> Self {
        Self::with(|_| {}, AuthorizationRequest::default()).await
    }

    /// Begins a sign-in that would succeed.
    pub async fn with(change: impl FnOnce(&mut Registration), request: AuthorizationRequest) -> Self {
        let signer = Signer::p256("key-1", 7);
        let server = TestProvider::start(&signer).await;
        let mut registration = registration(&server.issuer);
        change(&mut registration);
        let provider = Provider::discover(registration.clone(), &guard(), now()).await.unwrap();
        let begun = provider.authorization(&request, now()).await.unwrap();
        let parameter = |name: &str| begun.url.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned();
        let claims = json!({
            "iss": server.issuer, "aud": CLIENT, "sub": SUBJECT, "nonce": parameter("nonce"), "exp": at(300), "iat": at(-2),
            "auth_time": at(-60), "at_hash": at_hash("an-access-token"), "email": "jane@shop.example", "email_verified": true,
            "sid": "session-1", "acr": "2", "amr": ["pwd", "otp"]
        });
        let query = vec![
            ("code", "a-code".to_owned()),
            ("state", parameter("state")),
            ("iss", server.issuer.clone()),
            ("session_state", "ignored".to_owned()),
        ];
        Self {
            header: signer.header(),
            claims,
            id_token: None,
            tokens: json!({ "access_token": "an-access-token", "token_type": "bearer", "expires_in": 300 }),
            token_answer: None,
            user_info: Answer::json(&json!({ "sub": SUBJECT, "name": "Jane", "email": "other@shop.example" })),
            query,
            pending: begun.pending,
            url: begun.url,
            now: now(),
            server,
            registration,
            request,
            signer,
            provider,
        }
    }

    /// Replaces a parameter of the answer, or removes it.
    pub fn answer_with(&mut self, name: &'static str, value: Option<&str>) {
        self.query.retain(|(key, _)| *key != name);
        self.query.extend(value.map(|value| (name, value.to_owned())));
    }

    /// The browser comes back.
    pub async fn end(&self) -> Result<Identity, Refusal> {
        let mut tokens = self.tokens.clone();
        let signed = || self.signer.token(&self.header, &self.claims);
        tokens["id_token"] = json!(self.id_token.clone().unwrap_or_else(signed));
        self.server.set("/token", self.token_answer.clone().unwrap_or_else(|| Answer::json(&tokens)));
        self.server.set("/userinfo", self.user_info.clone());
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.query).finish();
        self.provider.callback(&self.pending, &Callback::parse(&query)?, self.now).await
    }
}
