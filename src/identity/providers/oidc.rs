//! A provider in the terms of `sbh_oidc`.

use super::{
    flow::Person,
    model::{ClientAuthentication, OidcSettings},
    service::Known,
    view::{Finding, Outcome, ProviderAddresses},
};
use crate::{
    Error, Result,
    ids::{ProviderId, TenantId},
};
use sbh_oidc::{Identity, Refusal, Registration, Secret};
use serde::{Deserialize, Serialize};
use url::Url;

/// What is stored of a provider, sealed.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct OidcConfig {
    /// Where the hub was for the admin who entered it: the provider knows the hub by these addresses, whatever a later request
    /// says its host is.
    pub(super) base: String,
    pub(super) settings: OidcSettings,
    pub(super) client_secret: Option<String>,
}

/// The audience of access tokens for a tenant of the hub. It names the tenant, so that no other one can claim the token.
pub(super) fn audience(base: &str, tenant: TenantId) -> String {
    format!("{base}/tenants/{tenant}")
}

/// The tenant that an audience names.
pub(super) fn tenant_of(audience: &str) -> Option<TenantId> {
    audience.rsplit_once("/tenants/").and_then(|(_, tenant)| tenant.parse().ok())
}

impl OidcConfig {
    pub(super) fn addresses(&self, id: ProviderId, tenant: TenantId) -> ProviderAddresses {
        let base = &self.base;
        ProviderAddresses::Oidc {
            redirect_uri: format!("{base}/sign-in/oidc/{id}/callback"),
            post_logout_redirect_uri: self.after_sign_out(),
            backchannel_logout_uri: format!("{base}/sign-in/oidc/{id}/logout"),
            audience: audience(base, tenant),
        }
    }

    /// Where the provider sends the browser after a sign-out.
    pub(super) fn after_sign_out(&self) -> String {
        format!("{}/sign-in", self.base)
    }

    /// The registration that the engine works with.
    pub(super) fn registration(&self, id: ProviderId, allow_loopback_http: bool) -> Result<Registration> {
        let OidcSettings { issuer, client_id, authentication, scopes, groups_claim, user_info, .. } = &self.settings;
        let redirect = format!("{}/sign-in/oidc/{id}/callback", self.base);
        let redirect = Url::parse(&redirect).map_err(Error::internal)?;
        let secret = self.client_secret.as_deref().map(Secret::new);
        Ok(Registration {
            authentication: match authentication {
                ClientAuthentication::ClientSecretBasic => sbh_oidc::ClientAuthentication::ClientSecretBasic,
                ClientAuthentication::ClientSecretPost => sbh_oidc::ClientAuthentication::ClientSecretPost,
                ClientAuthentication::None => sbh_oidc::ClientAuthentication::None,
            },
            scopes: scopes.clone(),
            groups_claim: groups_claim.clone(),
            user_info: *user_info,
            allow_loopback_http,
            ..Registration::new(issuer.as_str(), client_id.as_str(), secret, redirect)
        })
    }
}

/// A registration that can't be used, with the field that has to change.
pub(super) fn unusable(refusal: &Refusal) -> Error {
    let field = match refusal {
        Refusal::Registration { field, .. } | Refusal::Address { field } => field,
        _ => "issuer",
    };
    Error::invalid(format!("/protocol/oidc/{field}"), refusal.to_string())
}

/// An answer of a provider that is not believed.
pub(super) fn disbelieved(refusal: &Refusal) -> Error {
    match refusal {
        Refusal::Unreachable { .. } => Error::unavailable(refusal.to_string()),
        _ => Error::unauthenticated(refusal.to_string()),
    }
}

impl Person {
    pub(super) fn of_oidc(identity: Identity, known: &Known) -> Self {
        Self {
            name: identity.name.or(identity.preferred_username),
            email_verified: Some(identity.email_verified),
            verified_email_needed: known.oidc().is_some_and(|config| config.settings.require_verified_email),
            email: identity.email,
            groups: identity.groups,
            leaving: (identity.subject.clone(), identity.sid),
            hint: identity.id_token.expose().to_owned(),
            ends_at: None,
            authenticated_at: identity.auth_time,
            lasting_name: identity.subject.clone(),
            subject: identity.subject,
        }
    }
}

impl From<sbh_oidc::Finding> for Finding {
    fn from(finding: sbh_oidc::Finding) -> Self {
        let step = serde_json::to_value(finding.step).ok().and_then(|step| step.as_str().map(str::to_owned));
        Self {
            step: step.unwrap_or_default().replace('_', " "),
            outcome: match finding.outcome {
                sbh_oidc::Outcome::Passed => Outcome::Passed,
                sbh_oidc::Outcome::Warned => Outcome::Warned,
                sbh_oidc::Outcome::Failed => Outcome::Failed,
                sbh_oidc::Outcome::Skipped => Outcome::Skipped,
            },
            code: finding.code.map(str::to_owned),
            explanation: finding.explanation,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_audience_names_the_tenant_that_a_token_is_for() {
        let tenant = TenantId::generate();
        assert_eq!(tenant_of(&audience("https://hub.example.com", tenant)), Some(tenant));
        assert_eq!(tenant_of("https://hub.example.com/tenants/x"), None);
        assert_eq!(tenant_of("hub"), None);
    }
}
