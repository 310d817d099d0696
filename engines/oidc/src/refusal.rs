//! Why something was not accepted, with sentences for the administrator of a provider.

use std::fmt;

use sbh_egress::EgressError;

/// A part of a provider that the hub talks to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Part {
    /// `/.well-known/openid-configuration` (Discovery 1.0 §4).
    Discovery,
    /// `jwks_uri`.
    Keys,
    /// `token_endpoint`.
    Token,
    /// `userinfo_endpoint`.
    UserInfo,
}

impl fmt::Display for Part {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Discovery => "discovery document",
            Self::Keys => "key set (jwks_uri)",
            Self::Token => "token endpoint",
            Self::UserInfo => "UserInfo endpoint",
        })
    }
}

/// What a token claims to be for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TokenKind {
    /// OpenID Connect Core 1.0 §2.
    Id,
    /// Back-Channel Logout 1.0 §2.4.
    Logout,
    /// RFC 9068.
    Access,
}

impl fmt::Display for TokenKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Id => "ID token",
            Self::Logout => "logout token",
            Self::Access => "access token",
        })
    }
}

/// A configuration, an answer or a token that is not accepted. No sentence holds a secret or a token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// A field of the [`crate::Registration`].
    #[error("The field {field} is not acceptable: {reason}.")]
    Registration {
        /// Its name.
        field: &'static str,
        /// What is wrong and what is allowed.
        reason: &'static str,
    },
    /// An address of the provider that is neither https nor permitted loopback.
    #[error(
        "The address in {field} is not acceptable: it must be https, without user name and fragment. Plain http is for \
         loopback in development alone."
    )]
    Address {
        /// The field that holds it.
        field: &'static str,
    },
    /// The guard refused the connection, or the network did.
    #[error("The provider's {part} can't be reached: {source}.")]
    Unreachable {
        /// What was asked.
        part: Part,
        /// What went wrong.
        source: EgressError,
    },
    /// An answer beyond the limit.
    #[error("The provider's {part} answers with more than the {limit} bytes that are read.")]
    TooLarge {
        /// What was asked.
        part: Part,
        /// The limit in bytes.
        limit: u64,
    },
    /// A redirect where none is followed.
    #[error(
        "The provider's {part} redirects elsewhere. Enter the address that answers itself; redirects are not followed."
    )]
    Redirected {
        /// What was asked.
        part: Part,
    },
    /// An unexpected status.
    #[error("The provider's {part} answers with the status {status}; 200 is expected.")]
    Status {
        /// What was asked.
        part: Part,
        /// The status of HTTP.
        status: u16,
    },
    /// An answer that can't be read.
    #[error("The answer of the provider's {part} can't be read: {reason}.")]
    Malformed {
        /// What was asked.
        part: Part,
        /// Where reading stopped.
        reason: String,
    },
    /// The discovery document lacks a field without which no sign-in works.
    #[error("The provider's discovery document has no {field}.")]
    Incomplete {
        /// The missing field.
        field: &'static str,
    },
    /// Discovery 1.0 §4.3.
    #[error(
        "The discovery document belongs to the issuer {found}, but {expected} is configured. Both must be the same, \
         character by character; a slash at the end counts."
    )]
    IssuerMismatch {
        /// The configured issuer.
        expected: String,
        /// What the document says.
        found: String,
    },
    /// The provider does not offer the code flow.
    #[error(
        "The provider does not support the authorization code flow (response type \"code\"), the only one that is used."
    )]
    NoCodeFlow,
    /// The provider has no key that can check a signature.
    #[error("The provider's key set has no key for the allowed signature algorithms ({allowed}).")]
    NoUsableKey {
        /// The allowed algorithms.
        allowed: String,
    },

    /// No sign-in was begun here, or its time has passed.
    #[error("This sign-in was begun more than {minutes} minutes ago. Start again.")]
    LoginExpired {
        /// How long a sign-in may take.
        minutes: i64,
    },
    /// The sign-in was begun with another provider or another configuration.
    #[error("This sign-in was begun with another provider. Start again.")]
    WrongProvider,
    /// The parameters with which the browser comes back are not those of OAuth 2.0.
    #[error("The provider sent the browser back with unusable parameters: {0}.")]
    Callback(&'static str),
    /// RFC 6749 §10.12.
    #[error("This answer does not belong to the sign-in that this browser began (the state differs). Start again.")]
    State,
    /// RFC 9207 §2.4.
    #[error("The answer names another issuer than the configured one, as in a mix-up attack. It was not used.")]
    ResponseIssuer,
    /// The provider announces `iss` in its answers, and this one has none (RFC 9207 §2.4).
    #[error("The provider announces that its answers name their issuer, but this one does not. It was not used.")]
    NoResponseIssuer,
    /// The authorization endpoint's error (RFC 6749 §4.1.2.1, Core 1.0 §3.1.2.6).
    #[error("The provider did not sign the person in: {error}{description}.")]
    Provider {
        /// The error code, reduced to printable ASCII.
        error: String,
        /// Empty, or the provider's words in brackets.
        description: String,
    },
    /// The token endpoint's error (RFC 6749 §5.2).
    #[error("The token endpoint refused the exchange: {error}{description}.")]
    Token {
        /// The error code, reduced to printable ASCII.
        error: String,
        /// Empty, or the provider's words in brackets.
        description: String,
    },
    /// The answer has no ID token.
    #[error("The token endpoint gave no ID token. Is the scope \"openid\" allowed for this client?")]
    NoIdToken,

    /// Not a JWS in compact form (RFC 7515 §3.1), or its parts are not what they must be.
    #[error("The {kind} can't be read: {reason}.")]
    TokenMalformed {
        /// Which token.
        kind: TokenKind,
        /// What is wrong.
        reason: &'static str,
    },
    /// `typ` or the claims say that this is a token for something else.
    #[error("This is no {kind}: {reason}.")]
    TokenKind {
        /// Which token was expected.
        kind: TokenKind,
        /// What tells it.
        reason: &'static str,
    },
    /// `alg` is not allowed.
    #[error("The {kind} is signed with the algorithm {found:?}. Allowed are {allowed}.")]
    AlgorithmRefused {
        /// Which token.
        kind: TokenKind,
        /// `alg`, shortened.
        found: String,
        /// The allowed algorithms.
        allowed: String,
    },
    /// The provider has no such key.
    #[error("The {kind} is signed with a key that the provider's key set does not have.")]
    UnknownKey {
        /// Which token.
        kind: TokenKind,
    },
    /// The token names no key, and several would do (Core 1.0 §10.1).
    #[error("The {kind} names no key, and the provider's key set has several.")]
    AmbiguousKey {
        /// Which token.
        kind: TokenKind,
    },
    /// The signature does not hold.
    #[error("The signature of the {kind} is wrong.")]
    Signature {
        /// Which token.
        kind: TokenKind,
    },
    /// A claim is absent or of the wrong type.
    #[error("The {kind} has no usable claim {claim}.")]
    ClaimMissing {
        /// Which token.
        kind: TokenKind,
        /// The claim.
        claim: &'static str,
    },
    /// A claim has a value that is not accepted.
    #[error("The claim {claim} of the {kind} is not accepted: {reason}.")]
    Claim {
        /// Which token.
        kind: TokenKind,
        /// The claim.
        claim: &'static str,
        /// What is expected.
        reason: &'static str,
    },
    /// `exp` has passed.
    #[error("The {kind} has expired.")]
    Expired {
        /// Which token.
        kind: TokenKind,
    },
    /// `iat` or `nbf` lies in the future.
    #[error("The {kind} is not valid yet ({claim} lies in the future). Do the clocks of both machines agree?")]
    NotYetValid {
        /// Which token.
        kind: TokenKind,
        /// `iat` or `nbf`.
        claim: &'static str,
    },
    /// The person signed in longer ago than was asked for (Core 1.0 §3.1.2.1, `max_age`).
    #[error("The person's sign-in at the provider is older than the {seconds} seconds that are allowed.")]
    SignInTooOld {
        /// The greatest age in seconds.
        seconds: u64,
    },
    /// UserInfo is about somebody else (Core 1.0 §5.3.4).
    #[error("The UserInfo endpoint tells about another person than the ID token. Nothing of it was used.")]
    UserInfoSubject,
    /// The access token lacks a scope.
    #[error("The access token lacks the scope {missing}.")]
    Scope {
        /// What is missing, separated by spaces.
        missing: String,
    },
}

impl Refusal {
    /// A short stable name for logs, the audit trail and the API.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Registration { .. } => "registration",
            Self::Address { .. } => "provider_address",
            Self::Unreachable { .. } => "provider_unreachable",
            Self::TooLarge { .. } => "answer_too_large",
            Self::Redirected { .. } => "answer_redirect",
            Self::Status { .. } => "answer_status",
            Self::Malformed { .. } => "answer_malformed",
            Self::Incomplete { .. } => "discovery_incomplete",
            Self::IssuerMismatch { .. } => "issuer_mismatch",
            Self::NoCodeFlow => "code_flow_unsupported",
            Self::NoUsableKey { .. } => "no_usable_key",
            Self::LoginExpired { .. } => "login_expired",
            Self::WrongProvider => "login_provider",
            Self::Callback(_) => "callback_parameters",
            Self::State => "state_mismatch",
            Self::ResponseIssuer => "response_issuer_mismatch",
            Self::NoResponseIssuer => "response_issuer_missing",
            Self::Provider { error, .. } => provider_code(error),
            Self::Token { error, .. } => token_code(error),
            Self::NoIdToken => "id_token_missing",
            Self::TokenMalformed { .. } => "token_malformed",
            Self::TokenKind { .. } => "token_kind",
            Self::AlgorithmRefused { .. } => "token_algorithm",
            Self::UnknownKey { .. } => "token_key_unknown",
            Self::AmbiguousKey { .. } => "token_key_ambiguous",
            Self::Signature { .. } => "token_signature",
            Self::ClaimMissing { .. } => "claim_missing",
            Self::Claim { claim, .. } => claim_code(claim),
            Self::Expired { .. } => "token_expired",
            Self::NotYetValid { .. } => "token_not_yet_valid",
            Self::SignInTooOld { .. } => "sign_in_too_old",
            Self::UserInfoSubject => "userinfo_subject",
            Self::Scope { .. } => "insufficient_scope",
        }
    }
}

fn claim_code(claim: &str) -> &'static str {
    match claim {
        "iss" => "claim_iss",
        "aud" => "claim_aud",
        "azp" => "claim_azp",
        "nonce" => "claim_nonce",
        "at_hash" => "claim_at_hash",
        "sub" => "claim_sub",
        "events" => "claim_events",
        _ => "claim_value",
    }
}

/// The codes of RFC 6749 §4.1.2.1 and Core 1.0 §3.1.2.6 that a person or an administrator can do something about.
fn provider_code(error: &str) -> &'static str {
    match error {
        "access_denied" => "provider_access_denied",
        "login_required" => "provider_login_required",
        "interaction_required" => "provider_interaction_required",
        "consent_required" => "provider_consent_required",
        "account_selection_required" => "provider_account_selection_required",
        "invalid_request" => "provider_invalid_request",
        "invalid_scope" => "provider_invalid_scope",
        "unauthorized_client" => "provider_unauthorized_client",
        "unsupported_response_type" => "provider_unsupported_response_type",
        "server_error" => "provider_server_error",
        "temporarily_unavailable" => "provider_temporarily_unavailable",
        _ => "provider_error",
    }
}

fn token_code(error: &str) -> &'static str {
    match error {
        "invalid_client" => "token_endpoint_invalid_client",
        "invalid_grant" => "token_endpoint_invalid_grant",
        _ => "token_endpoint_error",
    }
}
