//! Exchanging a code for tokens (RFC 6749 §4.1.3, Core 1.0 §3.1.3).

use oauth2::basic::{
    BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse, BasicTokenType,
};
use oauth2::{
    AuthType, AuthorizationCode, Client, ClientId, ClientSecret, ExtraTokenFields, PkceCodeVerifier, RedirectUrl,
    RequestTokenError, StandardRevocableToken, StandardTokenResponse, TokenResponse as _, TokenUrl,
};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::callback::{in_brackets, told};
use crate::http::Http;
use crate::{ClientAuthentication, Part, Pending, Refusal, Registration, Secret};

/// What the token endpoint gave.
#[derive(Debug)]
pub(crate) struct Tokens {
    pub id_token: Secret,
    pub access_token: Secret,
}

/// The ID token as text; this crate takes it apart itself.
#[derive(Debug, Serialize, Deserialize)]
struct IdTokenText {
    id_token: Option<String>,
}

impl ExtraTokenFields for IdTokenText {}

type TokenClient = Client<
    BasicErrorResponse,
    StandardTokenResponse<IdTokenText, BasicTokenType>,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
>;

/// # Errors
/// What the network and the status say, [`Refusal::Token`], [`Refusal::Malformed`] and [`Refusal::NoIdToken`].
pub(crate) async fn exchange(
    http: &Http,
    registration: &Registration,
    endpoint: &Url,
    pending: &Pending,
    code: &str,
) -> Result<Tokens, Refusal> {
    let mut client = TokenClient::new(ClientId::new(registration.client_id.clone()));
    if let Some(secret) = &registration.client_secret {
        client = client.set_client_secret(ClientSecret::new(secret.expose().to_owned()));
    }
    let client = client
        .set_auth_type(match registration.authentication {
            ClientAuthentication::ClientSecretBasic => AuthType::BasicAuth,
            ClientAuthentication::ClientSecretPost | ClientAuthentication::None => AuthType::RequestBody,
        })
        .set_redirect_uri(RedirectUrl::from_url(pending.redirect_uri.clone()))
        .set_token_uri(TokenUrl::from_url(endpoint.clone()));
    let answer = client
        .exchange_code(AuthorizationCode::new(code.to_owned()))
        .set_pkce_verifier(PkceCodeVerifier::new(pending.pkce_verifier.clone()))
        .request_async(http)
        .await
        .map_err(refusal)?;
    // Core 1.0 §3.1.3.3.
    if *answer.token_type() != BasicTokenType::Bearer {
        return Err(malformed("the token type must be Bearer"));
    }
    let access_token = Secret::new(answer.access_token().secret().clone());
    let id_token = answer.extra_fields().id_token.clone().map(Secret::new).ok_or(Refusal::NoIdToken)?;
    Ok(Tokens { id_token, access_token })
}

fn refusal(error: RequestTokenError<Refusal, BasicErrorResponse>) -> Refusal {
    match error {
        RequestTokenError::Request(refusal) => refusal,
        RequestTokenError::ServerResponse(answer) => Refusal::Token {
            error: told(answer.error().as_ref()),
            description: answer.error_description().map(|text| in_brackets(text)).unwrap_or_default(),
        },
        RequestTokenError::Parse(..) => malformed("it is not the JSON of RFC 6749 §5"),
        RequestTokenError::Other(_) => malformed("it is empty or no JSON"),
    }
}

fn malformed(reason: &str) -> Refusal {
    Refusal::Malformed { part: Part::Token, reason: reason.to_owned() }
}
