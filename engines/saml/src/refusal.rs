//! Why a message was refused, for machines as a code and for administrators as a sentence.

use chrono::{DateTime, Utc};

use crate::{metadata::MetadataError, xml::XmlError};

macro_rules! refusals {
    ($($(#[doc = $doc:literal])* $variant:ident $( ( $($field:ty),* ) )? $( { $($name:ident : $kind:ty),* } )? = $code:literal, $sentence:literal;)*) => {
        /// Why a message was refused. The sentence is for an administrator who sets a provider up: it quotes the message,
        /// shortened, so it is not for whoever sent it.
        #[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
        #[non_exhaustive]
        pub enum Refusal {
            /// Not XML that we read: see [`XmlError`].
            #[error(transparent)]
            Xml(#[from] XmlError),
            /// The stored metadata of the identity provider can't be used: see [`MetadataError`].
            #[error(transparent)]
            Metadata(#[from] MetadataError),
            $($(#[doc = $doc])* #[error($sentence)] $variant $( ( $($field),* ) )? $( { $(#[doc = concat!("The ", stringify!($name), ".")] $name: $kind),* } )?,)*
        }

        impl Refusal {
            /// A name for machines that never changes.
            #[must_use]
            pub const fn code(&self) -> &'static str {
                match self {
                    Self::Xml(error) => error.code(),
                    Self::Metadata(error) => error.code(),
                    $(Self::$variant { .. } => $code,)*
                }
            }
        }
    };
}

refusals! {
    /// The field is not base64, or not DEFLATE in base64.
    NotBase64 = "not_base64", "the message is not encoded as its binding demands (base64, and DEFLATE in addresses)";
    /// A message of another kind, or no SAML message.
    WrongMessage(String) = "wrong_message", "the XML is not a SAML 2.0 {0}";
    /// Not version 2.0.
    Version = "version", "the message is not of SAML version 2.0";
    /// An element that is missing, is there too often or stands where it may not.
    Structure(String) = "structure", "the message is not built as SAML demands: {0}";
    /// No assertion.
    NoAssertion = "no_assertion", "the response has no assertion; exactly one is needed";
    /// Several assertions.
    SeveralAssertions = "several_assertions", "the response has several assertions; exactly one is allowed";
    /// An assertion or a response within another element.
    MisplacedAssertion = "misplaced_assertion", "an assertion or a response stands where none may be; this is how signatures are wrapped";
    /// A signature within another element.
    MisplacedSignature = "misplaced_signature", "a signature stands where none may be; only the response and its assertion may be signed";
    /// No signature that covers the assertion.
    Unsigned = "unsigned", "neither the response nor its assertion is signed; let the identity provider sign at least one of them";
    /// No signature on a logout message.
    UnsignedLogout = "unsigned", "the logout message is not signed; let the identity provider sign logout messages";
    /// A signature of another form than the one that is allowed.
    SignatureForm(String) = "signature_form", "the signature is not built as SAML demands: {0}";
    /// A signature algorithm that is not allowed.
    SignatureAlgorithm(String) = "signature_algorithm", "the signature algorithm {0} is not allowed; allowed are RSA and ECDSA with SHA-256, SHA-384 or SHA-512";
    /// A digest algorithm that is not allowed.
    DigestAlgorithm(String) = "digest_algorithm", "the digest algorithm {0} is not allowed; allowed are SHA-256, SHA-384 and SHA-512";
    /// A canonicalization that is not allowed.
    Canonicalization(String) = "canonicalization", "the canonicalization {0} is not allowed; only exclusive canonicalization is";
    /// A transform that is not allowed.
    Transform(String) = "transform", "the transform {0} is not allowed; allowed are enveloped-signature and then exclusive canonicalization";
    /// A reference to something else than the signed element.
    Reference(String) = "reference", "the signature refers to {0}, not to the element that it stands in";
    /// No key of the metadata made this signature of these bytes.
    SignatureInvalid = "signature_invalid", "the signature was not made with a key of the identity provider's metadata, or the message was changed after signing";
    /// The identity provider says that it did not succeed.
    Status { code: String, message: String } = "status", "the identity provider answered with the status {code}{message}";
    /// The response is of somebody else.
    ResponseIssuer(String) = "response_issuer", "the response was issued by {0}, not by the identity provider of the metadata";
    /// The assertion is of somebody else.
    AssertionIssuer(String) = "assertion_issuer", "the assertion was issued by {0}, not by the identity provider of the metadata";
    /// The logout message is of somebody else.
    MessageIssuer(String) = "message_issuer", "the message was issued by {0}, not by the identity provider of the metadata";
    /// No destination.
    NoDestination = "destination_missing", "the message does not name its destination";
    /// Another destination.
    Destination(String) = "destination", "the message was made for the address {0}, not for ours";
    /// An answer to a request that was not named.
    NoInResponseTo = "in_response_to_missing", "the message does not say which request it answers";
    /// An answer to another request.
    InResponseTo(String) = "in_response_to", "the message answers the request {0}, not the one that this browser made";
    /// Nobody asked.
    Unsolicited = "unsolicited", "nobody asked for this response, and sign-in that starts at the identity provider is not allowed";
    /// No time of issue, or one that can't be read.
    IssueInstant = "issue_instant", "the message does not say when it was issued, or not as a time in UTC";
    /// No conditions.
    NoConditions = "conditions_missing", "the assertion has no conditions; an audience is needed";
    /// A condition that is not known: SAML Core 2.5.1.1 makes such an assertion indeterminate.
    Condition(String) = "condition_unknown", "the assertion has the condition {0}, which is not known here";
    /// No audience.
    NoAudience = "audience_missing", "the assertion does not name an audience";
    /// Another audience.
    Audience(String) = "audience", "the assertion was made for the audience {0}, not for our entity id";
    /// The assertion does not hold yet.
    NotYetValid(DateTime<Utc>) = "not_yet_valid", "the message does not hold before {0}; compare the clocks of both sides";
    /// The assertion no longer holds.
    Expired(DateTime<Utc>) = "expired", "the message held until {0} and no longer does; compare the clocks of both sides";
    /// A time that can't be read.
    Time(String) = "time", "{0} is not a time in UTC";
    /// No subject, or none with a name.
    NameId(String) = "name_id", "the assertion does not say who signed in: {0}";
    /// No bearer confirmation.
    NoBearer = "bearer_missing", "the assertion's subject is not confirmed for its bearer, the only method that browsers can use";
    /// The confirmation names no recipient.
    NoRecipient = "recipient_missing", "the assertion's confirmation does not name its recipient";
    /// The confirmation names another recipient.
    Recipient(String) = "recipient", "the assertion's confirmation was made for the address {0}, not for ours";
    /// The confirmation has no end.
    NoConfirmationEnd = "confirmation_end_missing", "the assertion's confirmation does not say when it ends";
    /// The confirmation is over.
    ConfirmationExpired(DateTime<Utc>) = "confirmation_expired", "the assertion's confirmation ended at {0}; compare the clocks of both sides";
    /// The confirmation has a beginning, which SAML Profiles 4.1.4.2 forbids.
    ConfirmationNotBefore = "confirmation_not_before", "the assertion's bearer confirmation has NotBefore, which is not allowed";
    /// Not exactly one statement of how the person proved who they are.
    AuthnStatement(String) = "authn_statement", "the assertion's statement of authentication can't be used: {0}";
    /// The session at the identity provider is over.
    SessionExpired(DateTime<Utc>) = "session_expired", "the session at the identity provider ended at {0}";
    /// Something encrypted and no key to open it.
    NoDecryptionKey = "decryption_key_missing", "the assertion is encrypted, and this service provider has no RSA key to open it";
    /// An encryption algorithm that is not allowed.
    EncryptionAlgorithm(String) = "encryption_algorithm", "the encryption algorithm {0} is not allowed; allowed are RSA-OAEP with AES-128 or AES-256 in GCM, or in CBC within a signed response";
    /// It could not be opened. Why is not told: that would help to guess the content.
    Decryption = "decryption", "the assertion could not be decrypted with our key";
}
