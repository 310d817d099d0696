//! How messages travel: HTTP-Redirect and HTTP-POST (SAML Bindings 3.4 and 3.5).

use base64::{Engine as _, engine::general_purpose::STANDARD};
use flate2::{Compression, read::DeflateDecoder, write::DeflateEncoder};
use serde::{Deserialize, Serialize};
use std::io::{Read as _, Write as _};
use url::form_urlencoded;

use crate::{
    key::KeyPair,
    limits::{MAX_MESSAGE_BYTES, MAX_RELAY_STATE_BYTES},
    refusal::Refusal,
    request::RequestError,
    signature::query,
    uri::{BINDING_POST, BINDING_REDIRECT},
    xml::XmlError,
};

/// How a message travels through the browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Binding {
    /// In the address: HTTP-Redirect.
    Redirect,
    /// In a form: HTTP-POST.
    Post,
}

impl Binding {
    pub(crate) fn from_uri(uri: &str) -> Option<Self> {
        match uri {
            BINDING_REDIRECT => Some(Self::Redirect),
            BINDING_POST => Some(Self::Post),
            _ => None,
        }
    }
}

/// A message to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// The message's id, which its answer will name.
    pub id: String,
    /// What the browser has to do.
    pub delivery: Delivery,
}

/// What the browser has to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// Go to an address.
    Redirect {
        /// The address with the message in it.
        url: String,
    },
    /// Submit a form. The page's content security policy has to allow the address as `form-action`.
    Post {
        /// Where to.
        url: String,
        /// Names and values of hidden fields, not escaped.
        fields: Vec<(&'static str, String)>,
    },
}

/// A message as it came in. The values of a form are decoded; a query is not, for its signature is of the octets that were
/// sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Incoming<'a> {
    /// HTTP-Redirect.
    Redirect {
        /// The address's query without `?`, just as it was sent.
        query: &'a str,
    },
    /// HTTP-POST.
    Post {
        /// The field `SAMLRequest` or `SAMLResponse`.
        message: &'a str,
        /// The field `RelayState`.
        relay_state: Option<&'a str>,
    },
}

/// Which field a message is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    Request,
    Response,
}

impl Field {
    const fn name(self) -> &'static str {
        match self {
            Self::Request => "SAMLRequest",
            Self::Response => "SAMLResponse",
        }
    }
}

pub(crate) fn check_relay_state(relay_state: Option<&str>) -> Result<(), RequestError> {
    match relay_state {
        Some(text) if text.len() > MAX_RELAY_STATE_BYTES => Err(RequestError::RelayState(text.len())),
        _ => Ok(()),
    }
}

/// A form with a message that is signed already, if it is to be.
pub(crate) fn post(location: &str, field: Field, xml: &str, relay_state: Option<&str>) -> Delivery {
    let mut fields = vec![(field.name(), STANDARD.encode(xml))];
    fields.extend(relay_state.map(|text| ("RelayState", text.to_owned())));
    Delivery::Post { url: location.to_owned(), fields }
}

/// An address with a message, signed if there is a key.
pub(crate) fn redirect(
    location: &str,
    field: Field,
    xml: &str,
    relay_state: Option<&str>,
    key: Option<&KeyPair>,
) -> Result<Delivery, RequestError> {
    let failed = |error: &dyn std::fmt::Display| RequestError::Signing(error.to_string());
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(xml.as_bytes()).map_err(|error| failed(&error))?;
    let deflated = encoder.finish().map_err(|error| failed(&error))?;
    let mut pairs = vec![(field.name(), STANDARD.encode(deflated))];
    pairs.extend(relay_state.map(|text| ("RelayState", text.to_owned())));
    pairs.extend(key.map(|key| ("SigAlg", key.algorithm().uri().to_owned())));
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| format!("{name}={}", percent_encoded(value))).collect();
    let mut text = pairs.join("&");
    if let Some(key) = key {
        let signature = query::sign(&text, key).map_err(|error| failed(&error))?;
        text = format!("{text}&Signature={}", percent_encoded(&signature));
    }
    let joint = if location.contains('?') { '&' } else { '?' };
    Ok(Delivery::Redirect { url: format!("{location}{joint}{text}") })
}

/// Without `+` for spaces, which not everybody reads as such.
fn percent_encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}

/// The message of a form field.
pub(crate) fn decode_post(field: &str) -> Result<String, Refusal> {
    // Base64 has four characters for three bytes; line breaks come on top.
    if field.len() > MAX_MESSAGE_BYTES / 3 * 4 + MAX_MESSAGE_BYTES / 16 {
        return Err(XmlError::TooLarge(MAX_MESSAGE_BYTES).into());
    }
    let field: String = field.split_ascii_whitespace().collect();
    let bytes = STANDARD.decode(field).map_err(|_| Refusal::NotBase64)?;
    if bytes.len() > MAX_MESSAGE_BYTES {
        return Err(XmlError::TooLarge(MAX_MESSAGE_BYTES).into());
    }
    text(bytes)
}

fn inflate(value: &str) -> Result<String, Refusal> {
    let value: String = value.split_ascii_whitespace().collect();
    let bytes = STANDARD.decode(value).map_err(|_| Refusal::NotBase64)?;
    let mut inflated = Vec::new();
    let limit = MAX_MESSAGE_BYTES as u64 + 1;
    DeflateDecoder::new(bytes.as_slice()).take(limit).read_to_end(&mut inflated).map_err(|_| Refusal::NotBase64)?;
    if inflated.len() > MAX_MESSAGE_BYTES {
        return Err(XmlError::TooLarge(MAX_MESSAGE_BYTES).into());
    }
    text(inflated)
}

fn text(bytes: Vec<u8>) -> Result<String, Refusal> {
    String::from_utf8(bytes).map_err(|_| XmlError::Encoding.into())
}

/// A message of an address, taken apart.
pub(crate) struct Query {
    pub(crate) xml: String,
    pub(crate) relay_state: Option<String>,
    /// The octets that were signed, the algorithm and the signature.
    pub(crate) signature: Option<(String, String, String)>,
}

/// Reads a query. Each parameter may be there once: with two, the one that is verified could be another than the one that
/// is read.
pub(crate) fn decode_query(query: &str, field: Field) -> Result<Query, Refusal> {
    if query.len() > MAX_MESSAGE_BYTES {
        return Err(XmlError::TooLarge(MAX_MESSAGE_BYTES).into());
    }
    let raw = |name: &str| -> Result<Option<&str>, Refusal> {
        let mut found =
            query.split('&').filter_map(|pair| pair.split_once('=')).filter(|(key, _)| decoded(key) == name);
        match (found.next(), found.next()) {
            (None, _) => Ok(None),
            (Some((key, value)), None) if key == name => Ok(Some(value)),
            _ => Err(Refusal::Structure(format!("the address has {name} twice, or under a coded name"))),
        }
    };
    let message =
        raw(field.name())?.ok_or_else(|| Refusal::Structure(format!("the address has no {}", field.name())))?;
    if let Some(encoding) = raw("SAMLEncoding")?
        && decoded(encoding) != "urn:oasis:names:tc:SAML:2.0:bindings:URL-Encoding:DEFLATE"
    {
        return Err(Refusal::NotBase64);
    }
    let (relay_state, algorithm, signature) = (raw("RelayState")?, raw("SigAlg")?, raw("Signature")?);
    let signature = algorithm.zip(signature).map(|(algorithm, signature)| {
        let mut signed = format!("{}={message}", field.name());
        if let Some(relay_state) = relay_state {
            signed = format!("{signed}&RelayState={relay_state}");
        }
        (format!("{signed}&SigAlg={algorithm}"), decoded(algorithm), decoded(signature))
    });
    Ok(Query { xml: inflate(&decoded(message))?, relay_state: relay_state.map(decoded), signature })
}

/// A value of a query: `+` stands for a space, `%41` for A.
fn decoded(value: &str) -> String {
    let pair = format!("={value}");
    form_urlencoded::parse(pair.as_bytes()).next().map(|(_, value)| value.into_owned()).unwrap_or_default()
}
