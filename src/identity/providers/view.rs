//! What pages and the API show of a provider.

use super::model::NewProvider;
use crate::{
    access::Role,
    ids::{IdentityId, ProviderId},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Addresses and names that the provider has to know about the hub.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub enum ProviderAddresses {
    /// Of a client of OpenID Connect.
    Oidc {
        /// Where the provider sends the browser back to.
        redirect_uri: String,
        /// Where it sends the browser after a sign-out.
        post_logout_redirect_uri: String,
        /// Where it tells that somebody signed out there.
        backchannel_logout_uri: String,
        /// The audience of access tokens for the hub's API.
        audience: String,
    },
    /// Of a service provider of SAML.
    Saml {
        /// The entity id; also where the metadata is.
        entity_id: String,
        /// Where responses are received.
        acs_url: String,
        /// Where logout messages are received.
        slo_url: String,
    },
}

/// A certificate that the provider signs with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema), schema(as = ProviderCertificate))]
pub struct Certificate {
    /// SHA-256 of its bytes, hexadecimal.
    pub sha256: String,
    /// When it ends. The key counts all the same: what is trusted is the key, not who signed the certificate.
    pub ends_at: Option<DateTime<Utc>>,
}

/// An identity provider of a tenant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema), schema(as = IdentityProvider))]
pub struct Provider {
    /// The provider.
    pub id: ProviderId,
    /// What was said about it; secrets left out.
    pub settings: NewProvider,
    /// The issuer, or the entity id.
    pub issuer: String,
    /// Whether a client secret is stored.
    pub has_secret: bool,
    /// What the provider has to know about the hub.
    pub addresses: ProviderAddresses,
    /// The certificates of a SAML provider.
    pub certificates: Vec<Certificate>,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// A provider as the sign-in page offers it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct OfferedProvider {
    /// The provider.
    pub id: ProviderId,
    /// What the button says.
    pub name: String,
}

/// Through which providers somebody can come in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct SignInDoor {
    /// The providers, by name.
    pub providers: Vec<OfferedProvider>,
    /// Whether the hub has several organisations, so that one has to be named first.
    pub several: bool,
}

/// What came of a step of a trial.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema), schema(as = TrialOutcome))]
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

/// One step of a trial.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema), schema(as = TrialFinding))]
pub struct Finding {
    /// What was looked at.
    pub step: String,
    /// What came of it.
    pub outcome: Outcome,
    /// A name of a failure for machines.
    pub code: Option<String>,
    /// What is wrong and what to do, or what is right.
    pub explanation: String,
}

/// What a provider said about a person, and what the hub made of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema), schema(as = TrialSignIn))]
pub struct Vouched {
    /// What the provider calls the person.
    pub subject: String,
    /// The address.
    pub email: Option<String>,
    /// Whether the provider verified it; none, where it does not say.
    pub email_verified: Option<bool>,
    /// The full name.
    pub name: Option<String>,
    /// The groups.
    pub groups: Vec<String>,
    /// The role that these give; none, if none.
    pub role: Option<Role>,
    /// Why this person would not get in; none, if they would.
    pub refusal: Option<String>,
}

/// A provider by which somebody signs in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct ConnectedAccount {
    /// The connection.
    pub id: IdentityId,
    /// The provider.
    pub provider: OfferedProvider,
    /// What the provider calls the person.
    pub subject: String,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// When it last signed the person in.
    pub last_used_at: Option<DateTime<Utc>>,
}
