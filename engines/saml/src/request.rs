//! Authentication requests (SAML Core 3.4.1, SAML Profiles 4.1.4.1).

use chrono::{DateTime, Utc};

use crate::{
    binding::{self, Binding, Field, Outgoing},
    metadata::{Endpoint, IdpMetadata, MetadataError},
    service_provider::ServiceProvider,
    signature::{sign, template},
    time,
    uri::{BINDING_POST, SAML, SAMLP},
    write::Xml,
};

/// Bytes of randomness in an id. SAML Core 1.3.4 wants 128 bits at least and recommends 160.
const ID_BYTES: usize = 20;

/// Why a message could not be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RequestError {
    /// The identity provider's metadata can't be used.
    #[error(transparent)]
    Metadata(#[from] MetadataError),
    /// The message has to be signed and there is no key.
    #[error("the message must be signed, and this service provider has no key")]
    KeyNeeded,
    /// The identity provider has no address for it.
    #[error("the identity provider's metadata has no address for this message with the wanted binding")]
    NoAddress,
    /// A relay state that is too long.
    #[error("the relay state has {0} bytes; at most 80 are allowed")]
    RelayState(usize),
    /// The operating system has no randomness to give.
    #[error("the operating system's random number generator failed")]
    Randomness,
    /// The library could not sign.
    #[error("the message could not be signed: {0}")]
    Signing(String),
}

/// What is asked of the identity provider.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuthnOptions {
    /// Whether the person has to prove who they are again.
    pub force_authn: bool,
    /// How the request travels; HTTP-Redirect where the identity provider has it, when nothing is said.
    pub binding: Option<Binding>,
    /// The format of the name that is wanted; whatever the identity provider likes, when nothing is said.
    pub name_id_format: Option<String>,
}

impl ServiceProvider {
    /// A request to sign somebody in. It is signed when there is a key. Keep [`Outgoing::id`] with the browser's session:
    /// the response has to name it.
    ///
    /// A relay state is best of letters, digits, `-` and `_`: some identity providers encode it anew before they verify the
    /// signature of the address, and everybody writes these the same.
    ///
    /// # Errors
    /// Any of [`RequestError`]; [`RequestError::KeyNeeded`] if the identity provider wants signed requests.
    pub fn authn_request(
        &self,
        idp: &IdpMetadata,
        relay_state: Option<&str>,
        options: &AuthnOptions,
        now: DateTime<Utc>,
    ) -> Result<Outgoing, RequestError> {
        idp.usable(now)?;
        if idp.want_authn_requests_signed && self.key().is_none() {
            return Err(RequestError::KeyNeeded);
        }
        let endpoint = idp.sign_on_for(options.binding).ok_or(RequestError::NoAddress)?;
        let message = Message { name: "samlp:AuthnRequest", field: Field::Request, location: &endpoint.location };
        let mut attributes =
            vec![("AssertionConsumerServiceURL", Some(self.acs_url())), ("ProtocolBinding", Some(BINDING_POST))];
        if options.force_authn {
            attributes.push(("ForceAuthn", Some("true")));
        }
        let mut policy = Xml::new();
        let format = options.name_id_format.as_deref();
        policy.empty("samlp:NameIDPolicy", &[("Format", format), ("AllowCreate", Some("true"))]);
        self.send(&message, endpoint, &attributes, &policy.finish(), relay_state, now)
    }

    /// Writes, signs and packs a message.
    pub(crate) fn send(
        &self,
        message: &Message<'_>,
        endpoint: &Endpoint,
        attributes: &[(&str, Option<&str>)],
        content: &str,
        relay_state: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<Outgoing, RequestError> {
        binding::check_relay_state(relay_state)?;
        let (id, now) = (new_id()?, time::write(now));
        let mut all = vec![
            ("xmlns:samlp", Some(SAMLP)),
            ("xmlns:saml", Some(SAML)),
            ("ID", Some(id.as_str())),
            ("Version", Some("2.0")),
            ("IssueInstant", Some(now.as_str())),
            ("Destination", Some(message.location)),
        ];
        all.extend_from_slice(attributes);
        let mut xml = Xml::new();
        xml.open(message.name, &all).leaf("saml:Issuer", &[], self.entity_id());
        let key = self.key();
        if let (Some(key), Binding::Post) = (key, endpoint.binding) {
            xml.raw(&template(&id, key));
        }
        xml.raw(content).close(message.name);
        let xml = xml.finish();
        let (location, field) = (message.location, message.field);
        let delivery = match (endpoint.binding, key) {
            (Binding::Redirect, key) => binding::redirect(location, field, &xml, relay_state, key)?,
            (Binding::Post, Some(key)) => binding::post(location, field, &sign(&xml, key)?, relay_state),
            (Binding::Post, None) => binding::post(location, field, &xml, relay_state),
        };
        Ok(Outgoing { id, delivery })
    }
}

/// A kind of message and where it goes.
pub(crate) struct Message<'a> {
    pub(crate) name: &'static str,
    pub(crate) field: Field,
    pub(crate) location: &'a str,
}

/// An id that nobody guesses: `_` and 160 random bits in hex, for an id must not begin with a digit.
pub(crate) fn new_id() -> Result<String, RequestError> {
    let mut bytes = [0; ID_BYTES];
    openssl::rand::rand_bytes(&mut bytes).map_err(|_| RequestError::Randomness)?;
    Ok(format!("_{}", hex::encode(bytes)))
}
