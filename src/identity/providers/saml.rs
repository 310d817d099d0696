//! A provider in the terms of `sbh_saml`.

use super::{
    flow::Person,
    model::{AttributeNames, SamlSettings},
    view::{Certificate, Finding, Outcome, ProviderAddresses},
};
use crate::{Error, Result, ids::ProviderId, platform::Platform};
use chrono::{DateTime, TimeDelta, Utc};
use sbh_egress::{Client, ClientLimits};
use sbh_saml::{
    Identity, IdpMetadata, KeyKind, KeyPair, MetadataError, MetadataOptions, NameId, Refusal, RequestError,
    ServiceProvider,
};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How far the clocks of the two sides may differ.
pub(super) const CLOCK_SKEW: TimeDelta = TimeDelta::minutes(1);
/// How old metadata gets that has an address.
pub(super) const METADATA_LIFETIME: TimeDelta = TimeDelta::hours(24);
/// How long the hub's certificate for one provider lasts. Providers trust the key that they were given, not who signed it.
const CERTIFICATE_LIFETIME: TimeDelta = TimeDelta::days(3_650);
/// A name that is another one at the next sign-in.
const TRANSIENT: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient";
/// A name that is an address.
const EMAIL: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress";
/// What providers usually call an address, in the order in which they are looked for: the eduPerson name, WS-Federation, plain words.
const EMAIL_NAMES: [&str; 5] = [
    "urn:oid:0.9.2342.19200300.100.1.3",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
    "email",
    "mail",
    "Email",
];
/// What they usually call the full name.
const NAME_NAMES: [&str; 5] = [
    "urn:oid:2.16.840.1.113730.3.1.241",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name",
    "displayName",
    "name",
    "cn",
];

/// What is stored of a provider, sealed.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct SamlConfig {
    /// Where the hub was for the admin who entered it: assertions are made for these addresses, whatever a later request says its
    /// host is.
    pub(super) base: String,
    pub(super) settings: SamlSettings,
    pub(super) metadata: IdpMetadata,
    pub(super) loaded_at: DateTime<Utc>,
    /// The hub's key for this provider, and its certificate, as PEM.
    pub(super) key: String,
    pub(super) certificate: String,
}

/// What the provider is told about the hub.
fn names(base: &str, id: ProviderId) -> (String, String, String) {
    let of = |what: &str| format!("{base}/sign-in/saml/{id}/{what}");
    (of("metadata"), of("acs"), of("slo"))
}

impl SamlConfig {
    /// A provider that is entered: its metadata is read, and a key is made for it.
    pub(super) async fn new(platform: &Platform, base: String, settings: SamlSettings, id: ProviderId) -> Result<Self> {
        let metadata = metadata(platform, &settings).await?;
        let now = platform.clock.now();
        let made = tokio::task::spawn_blocking(move || {
            let key =
                KeyPair::generate(KeyKind::Rsa3072, &format!("System Builder Hub {id}"), now, CERTIFICATE_LIFETIME)?;
            Ok::<_, sbh_saml::KeyError>((key.private_pem()?.to_string(), key.certificate_pem()?))
        });
        let (key, certificate) = made.await.map_err(Error::internal)?.map_err(Error::internal)?;
        let settings = SamlSettings { metadata: None, ..settings };
        Ok(Self { base, settings, metadata, loaded_at: now, key, certificate })
    }

    /// The same provider with other settings; metadata that is neither given nor has an address stays.
    pub(super) async fn changed(self, platform: &Platform, base: String, settings: SamlSettings) -> Result<Self> {
        let (metadata, loaded_at) = if settings.metadata.is_some() || settings.metadata_url.is_some() {
            (metadata(platform, &settings).await?, platform.clock.now())
        } else {
            (self.metadata, self.loaded_at)
        };
        let settings = SamlSettings { metadata: None, ..settings };
        Ok(Self { base, settings, metadata, loaded_at, key: self.key, certificate: self.certificate })
    }

    pub(super) fn addresses(&self, id: ProviderId) -> ProviderAddresses {
        let (entity_id, acs_url, slo_url) = names(&self.base, id);
        ProviderAddresses::Saml { entity_id, acs_url, slo_url }
    }

    pub(super) fn certificates(&self) -> Vec<Certificate> {
        let shown = |one: &sbh_saml::Certificate| Certificate { sha256: one.fingerprint(), ends_at: one.expires_at() };
        self.metadata.signing_certificates.iter().map(shown).collect()
    }

    pub(super) fn service_provider(&self, id: ProviderId) -> Result<ServiceProvider> {
        let (entity_id, acs_url, slo_url) = names(&self.base, id);
        let key = KeyPair::from_pem(&self.key, &self.certificate).map_err(Error::internal)?;
        let made = ServiceProvider::new(&entity_id, &acs_url, &slo_url);
        Ok(made.map_err(|error| Error::conflict(error.to_string()))?.with_key(key))
    }

    /// Whether the metadata is to be loaded anew.
    pub(super) fn is_stale(&self, now: DateTime<Utc>) -> bool {
        self.settings.metadata_url.is_some() && now - self.loaded_at >= METADATA_LIFETIME
    }

    /// What can be tried without anybody signing in.
    pub(super) async fn examine(&self, platform: &Platform, id: ProviderId) -> Vec<Finding> {
        let now = platform.clock.now();
        let mut findings = Vec::new();
        findings.push(match &self.settings.metadata_url {
            None => {
                passed("metadata", "The metadata was uploaded. Upload it again when the provider changes its keys.")
            }
            Some(_) => match metadata(platform, &self.settings).await {
                Ok(_) => passed("metadata", "The metadata can be loaded from its address."),
                Err(error) => {
                    failed("metadata", "metadata", error.fields().first().map_or(error.message(), |f| &f.message))
                }
            },
        });
        findings.push(match self.metadata.usable(now) {
            Ok(()) => {
                passed("metadata content", "It names the provider, its addresses and keys that are strong enough.")
            }
            Err(error) => failed("metadata content", error.code(), &error.to_string()),
        });
        let past = self.certificates().iter().filter(|one| one.ends_at.is_some_and(|end| end <= now)).count();
        findings.push(match past {
            0 => passed("certificates", "No signing certificate of the provider is past its end."),
            _ => warned(
                "certificates",
                "A signing certificate is past its end. Its key still counts; ask for new metadata.",
            ),
        });
        let request = self.service_provider(id).and_then(|sp| {
            sp.authn_request(&self.metadata, None, &sbh_saml::AuthnOptions::default(), now)
                .map_err(|error| Error::conflict(error.to_string()))
        });
        findings.push(match request {
            Ok(_) => passed("request", "A signed request can be made."),
            Err(error) => failed("request", "request", error.message()),
        });
        findings.push(if self.metadata.logout.is_empty() {
            warned("logout", "The provider has no address for sign-out: signing out here and there are two things.")
        } else {
            passed("logout", "Sign-out works in both directions.")
        });
        findings.push(if self.settings.idp_initiated {
            warned(
                "sign-in from the provider",
                "It is switched on: anybody can sign somebody else in with an answer of theirs.",
            )
        } else {
            passed("sign-in from the provider", "It is switched off.")
        });
        findings
    }
}

fn finding(step: &str, outcome: Outcome, code: Option<&str>, explanation: &str) -> Finding {
    Finding { step: step.to_owned(), outcome, code: code.map(str::to_owned), explanation: explanation.to_owned() }
}

fn passed(step: &str, explanation: &str) -> Finding {
    finding(step, Outcome::Passed, None, explanation)
}

fn warned(step: &str, explanation: &str) -> Finding {
    finding(step, Outcome::Warned, None, explanation)
}

fn failed(step: &str, code: &str, explanation: &str) -> Finding {
    finding(step, Outcome::Failed, Some(code), explanation)
}

/// Reads metadata that was typed or is at an address.
pub(super) async fn metadata(platform: &Platform, settings: &SamlSettings) -> Result<IdpMetadata> {
    let (field, bytes) = match (&settings.metadata, &settings.metadata_url) {
        (Some(typed), _) => ("metadata", typed.clone().into_bytes()),
        (None, Some(address)) => ("metadata_url", load(platform, address).await?),
        (None, None) => return Err(wrong("metadata", "Give the provider's metadata, or the address where it is.")),
    };
    let options = MetadataOptions { entity_id: settings.entity_id.as_deref(), now: platform.clock.now() };
    let read = tokio::task::spawn_blocking({
        let entity_id = options.entity_id.map(str::to_owned);
        let now = options.now;
        move || IdpMetadata::parse(&bytes, MetadataOptions { entity_id: entity_id.as_deref(), now })
    });
    read.await.map_err(Error::internal)?.map_err(|error| match error {
        MetadataError::NoIdentityProvider(_) | MetadataError::SeveralIdentityProviders(_) => {
            wrong("entity_id", &error.to_string())
        }
        error => wrong(field, &error.to_string()),
    })
}

fn wrong(field: &str, message: &str) -> Error {
    Error::invalid(format!("/protocol/saml/{field}"), message)
}

/// Loads metadata through the guard.
async fn load(platform: &Platform, address: &str) -> Result<Vec<u8>> {
    let refused = |error: sbh_egress::EgressError| wrong("metadata_url", &error.to_string());
    let guard = platform.egress.guard();
    let url = guard.parse_url(address).map_err(refused)?;
    if url.scheme() != "https" && !platform.egress.allows_loopback() {
        return Err(wrong(
            "metadata_url",
            "The address must be https: whoever changes the metadata on its way signs in as anybody.",
        ));
    }
    let body_limit = sbh_saml::limits::MAX_METADATA_BYTES as u64;
    let limits = ClientLimits { total_timeout: Duration::from_secs(10), body_limit, max_redirects: None };
    let fetched = Client::new(guard, limits).map_err(refused)?.get(&url).await.map_err(refused)?;
    if !fetched.status.is_success() {
        return Err(wrong(
            "metadata_url",
            &format!("The address answers with the status {}.", fetched.status.as_u16()),
        ));
    }
    Ok(fetched.body.to_vec())
}

/// A message that could not be made.
pub(super) fn unmade(error: &RequestError) -> Error {
    Error::conflict(format!("The provider can't be asked: {error}."))
}

/// A message that is not believed.
pub(super) fn disbelieved(refusal: &Refusal) -> Error {
    Error::unauthenticated(format!("The provider's message was not accepted: {refusal}."))
}

/// What sign-out messages call a person: two formats are two names.
pub(super) fn leaving_name(name: &NameId) -> String {
    let part = |text: &Option<String>| text.clone().unwrap_or_default();
    format!("{}|{}|{}|{}", part(&name.format), part(&name.name_qualifier), part(&name.sp_name_qualifier), name.value)
}

impl Person {
    /// # Errors
    /// Unauthenticated when nothing lasting says who it is.
    pub(super) fn of_saml(identity: Identity, names: &AttributeNames) -> Result<Self> {
        let first = |name: &str| identity.attributes.get(name).and_then(|values| values.first()).cloned();
        let either = |named: &Option<String>, usual: &[&str]| match named {
            Some(name) => first(name),
            None => usual.iter().find_map(|name| first(name)),
        };
        let format = identity.name_id.format.as_deref();
        let (lasting_name, subject) = match &names.subject {
            Some(name) => {
                let text = first(name).filter(|text| !text.is_empty()).ok_or_else(|| {
                    Error::unauthenticated(format!(
                        "The provider's answer has no attribute {name}, which says who it is."
                    ))
                })?;
                let subject = format!("{name}={text}");
                (text, subject)
            }
            None if format == Some(TRANSIENT) => {
                return Err(Error::unauthenticated(
                    "The provider calls the person otherwise at each sign-in (a transient name). Let it send a lasting name, \
                     or name the attribute that says who it is.",
                ));
            }
            None => (identity.name_id.value.clone(), leaving_name(&identity.name_id)),
        };
        let named = (format == Some(EMAIL)).then(|| identity.name_id.value.clone());
        let groups = names.groups.as_ref().and_then(|name| identity.attributes.get(name)).cloned().unwrap_or_default();
        Ok(Self {
            subject,
            lasting_name,
            email: either(&names.email, &EMAIL_NAMES).or(named),
            email_verified: None,
            verified_email_needed: false,
            name: either(&names.name, &NAME_NAMES),
            groups,
            leaving: (leaving_name(&identity.name_id), identity.session_index.clone()),
            hint: serde_json::to_string(&identity.name_id)?,
            ends_at: identity.session_not_on_or_after,
            authenticated_at: Some(identity.authn_instant),
        })
    }
}
