//! Access tokens of a provider's authorization server at the hub's API (RFC 6750, RFC 9068).

use super::{model::ApiAccess, oidc, service::Providers, store};
use crate::{
    Error, Result,
    access::{Actor, Permission, Scope},
    identity::store as accounts,
    ids::{ProviderId, TenantId, UserId},
    tenants::store as tenants,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sbh_oidc::{AccessToken, Expectations};
use serde::Deserialize;
use std::collections::BTreeSet;

/// Longest token that is looked at.
const TOKEN_MAX: usize = 16 * 1024;

/// Whether a credential has the form of a JSON web token, which no API key has.
pub fn looks_like_token(credential: &str) -> bool {
    credential.len() <= TOKEN_MAX && credential.split('.').count() == 3
}

/// What a token says before anything about it is known.
#[derive(Deserialize)]
struct Claimed {
    iss: String,
    aud: Audience,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

/// The issuer and the tenant that a token names, to find who can tell whether it is right.
fn claimed(token: &str) -> Option<(String, TenantId)> {
    let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    let claimed: Claimed = serde_json::from_slice(&claims).ok()?;
    let audiences = match claimed.aud {
        Audience::One(one) => vec![one],
        Audience::Several(several) => several,
    };
    let tenant = audiences.iter().find_map(|audience| oidc::tenant_of(audience))?;
    // Not everything that JSON can say can be asked of a database.
    if claimed.iss.chars().any(char::is_control) {
        return None;
    }
    Some((claimed.iss, tenant))
}

fn unknown() -> Error {
    Error::unauthenticated("The access token is of no provider of this hub, or not for its API.")
}

impl Providers<'_> {
    /// Who stands behind an access token: what its scopes name, as far as the role allows it.
    ///
    /// # Errors
    /// Unauthenticated for a token that is not believed; suspended when the organisation is.
    pub async fn authenticate(&self, token: &str) -> Result<Actor> {
        let (issuer, tenant) = claimed(token).ok_or_else(unknown)?;
        let scope = Scope::of_tenant(tenant);
        let rows = store::of_issuer(&self.platform.db.read(&scope).await?, &scope, &issuer).await?;
        let mut refused = unknown();
        for row in rows {
            let known = self.open(row)?;
            let Some((config, api)) = known.oidc().and_then(|config| Some((config, config.settings.api.as_ref()?)))
            else {
                continue;
            };
            let expected = Expectations {
                audience: oidc::audience(&config.base, tenant),
                accept_untyped: api.accept_untyped,
                ..Expectations::default()
            };
            let engine = self.engine(&known)?;
            match engine.verify_access_token(token, &expected, self.platform.clock.now()).await {
                Ok(token) => return self.actor(&scope, known.id(), api, token).await,
                Err(refusal) => refused = oidc::disbelieved(&refusal),
            }
        }
        Err(refused)
    }

    async fn actor(&self, scope: &Scope, provider: ProviderId, api: &ApiAccess, token: AccessToken) -> Result<Actor> {
        let tx = self.platform.db.read(scope).await?;
        tenants::admit(&tx, scope.tenant()).await?;
        let account = store::account(&tx, scope, provider, &token.subject).await?;
        let (role, user) = match account {
            Some((_, user)) if user.disabled_at.is_some() => {
                return Err(Error::unauthenticated("The membership of this token's person has ended."));
            }
            Some((_, user)) => (accounts::role(&user.role)?, Some(UserId::from(user.id))),
            None => {
                let nobody = "No member is connected to this token's subject, and its provider gives clients no role.";
                (api.role.ok_or_else(|| Error::unauthenticated(nobody))?, None)
            }
        };
        let scopes: BTreeSet<Permission> = token.scopes.iter().filter_map(|scope| scope.parse().ok()).collect();
        let name = token.client_id.unwrap_or(token.subject);
        Ok(Actor::token(scope.tenant(), (provider, name, user), role, &scopes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_names_its_issuer_and_one_tenant_in_its_audience() {
        let tenant = TenantId::generate();
        let token = |claims: serde_json::Value| format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims.to_string()));
        let audience = format!("https://hub.example.com/tenants/{tenant}");
        let named = Some(("https://id.example.com".to_owned(), tenant));
        let of = |aud: serde_json::Value| serde_json::json!({ "iss": "https://id.example.com", "aud": aud });
        assert_eq!(claimed(&token(of(audience.clone().into()))), named);
        assert_eq!(claimed(&token(of(serde_json::json!(["other", audience])))), named);
        let control = serde_json::json!({ "iss": "https://id.example.com\0", "aud": audience });
        for wrong in [control, of("hub".into()), of(7.into()), serde_json::json!({ "aud": "x" }), serde_json::json!([])]
        {
            assert_eq!(claimed(&token(wrong.clone())), None, "{wrong}");
        }
        assert_eq!(claimed("e30.%%%.x"), None);
        assert!(looks_like_token("a.b.c") && !looks_like_token("sbh_0123") && !looks_like_token("a.b.c.d.e"));
    }
}
