//! A provider's metadata (Discovery 1.0 §3).

use openidconnect::core::{
    CoreAuthDisplay, CoreClaimName, CoreClaimType, CoreClientAuthMethod, CoreGrantType, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm, CoreResponseMode, CoreResponseType,
    CoreSubjectIdentifierType,
};
use openidconnect::{AdditionalProviderMetadata, ProviderMetadata};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use url::Url;

use crate::endpoint;
use crate::{Part, Refusal, Registration};

/// Where the document is, below the issuer without its last slash (Discovery 1.0 §4).
const WELL_KNOWN: &str = "/.well-known/openid-configuration";
/// Without these the code flow does not work.
const REQUIRED: [&str; 4] = ["issuer", "authorization_endpoint", "token_endpoint", "jwks_uri"];
/// Every address that the hub, or a browser that it sends, goes to.
const ADDRESSES: [&str; 5] =
    ["authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint", "end_session_endpoint"];

type Document = ProviderMetadata<
    Extra,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

/// What other specifications add.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct Extra {
    /// RP-Initiated Logout 1.0 §2.1.
    end_session_endpoint: Option<Url>,
    /// RFC 9207 §3.
    authorization_response_iss_parameter_supported: Option<bool>,
}

impl AdditionalProviderMetadata for Extra {}

/// The metadata of a provider, checked.
#[derive(Debug, Clone)]
pub struct Metadata {
    document: Document,
    token_endpoint: Url,
}

impl Metadata {
    /// Reads a discovery document and checks what every sign-in needs: the issuer, the addresses, the code flow.
    ///
    /// # Errors
    /// [`Refusal::Malformed`], [`Refusal::Incomplete`], [`Refusal::IssuerMismatch`], [`Refusal::Address`], [`Refusal::NoCodeFlow`].
    pub fn read(registration: &Registration, bytes: &[u8]) -> Result<Self, Refusal> {
        let raw = Raw::read(bytes)?;
        raw.check_issuer(&registration.issuer)?;
        raw.check_addresses(registration.allow_loopback_http)?;
        raw.check_code_flow()?;
        Self::typed(bytes)
    }

    fn typed(bytes: &[u8]) -> Result<Self, Refusal> {
        let document: Result<Document, _> =
            serde_path_to_error::deserialize(&mut serde_json::Deserializer::from_slice(bytes));
        let document = document.map_err(|error| malformed(error.to_string()))?;
        let token_endpoint = document.token_endpoint().map(|url| url.url().clone());
        let token_endpoint = token_endpoint.ok_or(Refusal::Incomplete { field: "token_endpoint" })?;
        Ok(Self { document, token_endpoint })
    }

    /// Where the browser is sent to.
    #[must_use]
    pub fn authorization_endpoint(&self) -> &Url {
        self.document.authorization_endpoint().url()
    }

    /// Where a code is exchanged.
    #[must_use]
    pub fn token_endpoint(&self) -> &Url {
        &self.token_endpoint
    }

    /// Where the keys are.
    #[must_use]
    pub fn jwks_uri(&self) -> &Url {
        self.document.jwks_uri().url()
    }

    /// Where more is told about a person.
    #[must_use]
    pub fn userinfo_endpoint(&self) -> Option<&Url> {
        self.document.userinfo_endpoint().map(|url| url.url())
    }

    /// Where the browser is sent to sign out at the provider.
    #[must_use]
    pub fn end_session_endpoint(&self) -> Option<&Url> {
        self.document.additional_metadata().end_session_endpoint.as_ref()
    }

    /// Whether the provider's answers name their issuer (RFC 9207).
    #[must_use]
    pub fn names_issuer_in_answers(&self) -> bool {
        self.document.additional_metadata().authorization_response_iss_parameter_supported == Some(true)
    }
}

/// A discovery document as it is written, for checks that are to be told one by one.
#[derive(Debug, Clone)]
pub(crate) struct Raw(Map<String, Value>);

impl Raw {
    pub fn read(bytes: &[u8]) -> Result<Self, Refusal> {
        serde_json::from_slice(bytes).map(Self).map_err(|error| malformed(error.to_string()))
    }

    pub fn check_issuer(&self, expected: &str) -> Result<(), Refusal> {
        let found = self.text("issuer").ok_or(Refusal::Incomplete { field: "issuer" })?;
        if found == expected {
            return Ok(());
        }
        let found = found.chars().filter(|c| !c.is_control()).take(200).collect();
        Err(Refusal::IssuerMismatch { expected: expected.to_owned(), found })
    }

    pub fn check_addresses(&self, allow_loopback_http: bool) -> Result<(), Refusal> {
        if let Some(field) = REQUIRED.into_iter().find(|field| self.text(field).is_none()) {
            return Err(Refusal::Incomplete { field });
        }
        for field in ADDRESSES {
            let Some(value) = self.0.get(field).filter(|value| !value.is_null()) else { continue };
            let url = value.as_str().and_then(|text| Url::parse(text).ok()).ok_or(Refusal::Address { field })?;
            endpoint::check(field, &url, allow_loopback_http)?;
        }
        Ok(())
    }

    pub fn check_code_flow(&self) -> Result<(), Refusal> {
        match self.list("response_types_supported") {
            Some(types) if !types.contains(&"code") => Err(Refusal::NoCodeFlow),
            _ => Ok(()),
        }
    }

    /// What the typed reading of the library finds beyond the checks above.
    pub fn check_types(&self) -> Result<Metadata, Refusal> {
        let bytes = serde_json::to_vec(&self.0).map_err(|error| malformed(error.to_string()))?;
        Metadata::typed(&bytes)
    }

    pub fn text(&self, field: &str) -> Option<&str> {
        self.0.get(field).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    pub fn is_true(&self, field: &str) -> bool {
        self.0.get(field).and_then(Value::as_bool) == Some(true)
    }

    /// The texts of a list; `None` when the field is no list.
    pub fn list(&self, field: &str) -> Option<Vec<&str>> {
        Some(self.0.get(field)?.as_array()?.iter().filter_map(Value::as_str).collect())
    }
}

/// The address of the discovery document.
pub(crate) fn address(issuer: &Url) -> Result<Url, Refusal> {
    let base = issuer.as_str().trim_end_matches('/');
    Url::parse(&format!("{base}{WELL_KNOWN}")).map_err(|_| Refusal::Address { field: "issuer" })
}

fn malformed(reason: String) -> Refusal {
    Refusal::Malformed { part: Part::Discovery, reason }
}
