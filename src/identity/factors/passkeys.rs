//! Passkeys and security keys (WebAuthn level 3).

use super::model::FactorKind;
use crate::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::{Host, Url};
use webauthn_rs::{
    Webauthn, WebauthnBuilder,
    prelude::{
        Passkey, PasskeyAuthentication, PasskeyRegistration, PublicKeyCredential, RegisterPublicKeyCredential,
        SecurityKey, SecurityKeyAuthentication, SecurityKeyRegistration, Uuid, WebauthnError,
    },
};

/// Largest answer of a credential, in bytes of its JSON.
const CREDENTIAL_MAX: usize = 64 * 1024;

/// Where browsers see the hub. A credential belongs to its host's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(Url);

impl Origin {
    /// An origin such as `https://hub.example.com`; none for what is no address.
    pub fn parse(text: &str) -> Option<Self> {
        Url::parse(text).ok().filter(Url::has_host).map(Self)
    }

    /// Whether browsers make credentials here: a name, by https; or localhost.
    pub fn takes_credentials(&self) -> bool {
        match self.0.host() {
            Some(Host::Domain("localhost")) => true,
            Some(Host::Domain(_)) => self.0.scheme() == "https",
            _ => false,
        }
    }

    /// The origin without a slash at the end.
    pub(in crate::identity) fn as_text(&self) -> String {
        self.0.origin().ascii_serialization()
    }

    fn webauthn(&self) -> Result<Webauthn> {
        if !self.takes_credentials() {
            return Err(Error::conflict(
                "Browsers take passkeys and security keys only where the hub has a name and https, or at localhost. \
                 Set PUBLIC_URL, or open the hub at http://localhost.",
            ));
        }
        let host = self.0.host_str().unwrap_or_default();
        let built = WebauthnBuilder::new(host, &self.0).map(|builder| builder.rp_name("System Builder Hub"));
        built.and_then(WebauthnBuilder::build).map_err(Error::internal)
    }
}

/// What a browser is asked for, and the secret that finds the ceremony again.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct Offered {
    /// Comes back with the browser's answer.
    pub ceremony: String,
    /// The options for `navigator.credentials`, as JSON (WebAuthn level 3, §5.1.8 and §5.1.9).
    #[cfg_attr(feature = "backend", schema(value_type = Object))]
    pub options: Value,
}

impl std::fmt::Debug for Offered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Offered").finish_non_exhaustive()
    }
}

/// A credential as it is stored, sealed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Stored {
    Passkey(Passkey),
    SecurityKey(SecurityKey),
}

/// A registration under way.
#[derive(Serialize, Deserialize)]
pub(super) enum Registration {
    Passkey(PasskeyRegistration),
    SecurityKey(SecurityKeyRegistration),
}

/// A question under way.
#[derive(Clone, Serialize, Deserialize)]
pub(in crate::identity) enum Question {
    Passkey(PasskeyAuthentication),
    SecurityKey(SecurityKeyAuthentication),
}

impl Registration {
    pub(super) fn kind(&self) -> FactorKind {
        match self {
            Self::Passkey(_) => FactorKind::Passkey,
            Self::SecurityKey(_) => FactorKind::SecurityKey,
        }
    }
}

/// Asks for a new credential of a person; those that the person has are not made twice.
pub(super) fn register(
    origin: &Origin,
    (user, email): (Uuid, &str),
    kind: FactorKind,
    known: &[Stored],
) -> Result<(Value, Registration)> {
    let webauthn = origin.webauthn()?;
    let ids = known.iter().map(|stored| match stored {
        Stored::Passkey(key) => key.cred_id().clone(),
        Stored::SecurityKey(key) => key.cred_id().clone(),
    });
    let ids = Some(ids.collect());
    match kind {
        FactorKind::Passkey => {
            let (options, state) =
                webauthn.start_passkey_registration(user, email, email, ids).map_err(Error::internal)?;
            Ok((serde_json::to_value(options)?, Registration::Passkey(state)))
        }
        FactorKind::SecurityKey => {
            let started = webauthn.start_securitykey_registration(user, email, email, ids, None, None);
            let (options, state) = started.map_err(Error::internal)?;
            Ok((serde_json::to_value(options)?, Registration::SecurityKey(state)))
        }
        FactorKind::Totp | FactorKind::Sms => Err(Error::invalid("/kind", "Kind must be passkey or security_key.")),
    }
}

/// Reads the browser's answer to a registration.
pub(super) fn registered(origin: &Origin, state: &Registration, answer: &Value) -> Result<Stored> {
    let webauthn = origin.webauthn()?;
    let answer: RegisterPublicKeyCredential = credential(answer)?;
    match state {
        Registration::Passkey(state) => webauthn.finish_passkey_registration(&answer, state).map(Stored::Passkey),
        Registration::SecurityKey(state) => {
            webauthn.finish_securitykey_registration(&answer, state).map(Stored::SecurityKey)
        }
    }
    .map_err(|error| {
        let words = "The browser's answer does not fit what it was asked for. Begin again.";
        Error::invalid("/credential", words).because(error)
    })
}

/// Asks for one of the stored credentials of a kind.
pub(super) fn ask(origin: &Origin, kind: FactorKind, stored: &[Stored]) -> Result<(Value, Question)> {
    let webauthn = origin.webauthn()?;
    let none = || Error::invalid("/kind", "The account has no second factor of this kind.");
    if kind == FactorKind::Passkey {
        let keys: Vec<_> = stored.iter().filter_map(Stored::passkey).cloned().collect();
        if keys.is_empty() {
            return Err(none());
        }
        let (options, state) = webauthn.start_passkey_authentication(&keys).map_err(Error::internal)?;
        return Ok((serde_json::to_value(options)?, Question::Passkey(state)));
    }
    let keys: Vec<_> = stored.iter().filter_map(Stored::security_key).cloned().collect();
    if keys.is_empty() {
        return Err(none());
    }
    let (options, state) = webauthn.start_securitykey_authentication(&keys).map_err(Error::internal)?;
    Ok((serde_json::to_value(options)?, Question::SecurityKey(state)))
}

impl Stored {
    fn passkey(&self) -> Option<&Passkey> {
        match self {
            Self::Passkey(key) => Some(key),
            Self::SecurityKey(_) => None,
        }
    }

    fn security_key(&self) -> Option<&SecurityKey> {
        match self {
            Self::SecurityKey(key) => Some(key),
            Self::Passkey(_) => None,
        }
    }
}

/// Reads the browser's answer to a question, and gives the place of the credential that answered, with its counter moved
/// on, so that a copy of it is noticed.
pub(super) fn answered(
    origin: &Origin,
    question: &Question,
    answer: &Value,
    stored: &mut [Stored],
) -> Result<Option<usize>> {
    let webauthn = origin.webauthn()?;
    let answer: PublicKeyCredential = credential(answer)?;
    let result = match question {
        Question::Passkey(state) => webauthn.finish_passkey_authentication(&answer, state),
        Question::SecurityKey(state) => webauthn.finish_securitykey_authentication(&answer, state),
    };
    let result = result.map_err(refused)?;
    Ok(stored.iter_mut().position(|stored| match stored {
        Stored::Passkey(key) => key.update_credential(&result).is_some(),
        Stored::SecurityKey(key) => key.update_credential(&result).is_some(),
    }))
}

fn credential<T: serde::de::DeserializeOwned>(answer: &Value) -> Result<T> {
    let malformed = || Error::invalid("/credential", "Credential must be what the browser's credentials API answered.");
    if answer.to_string().len() > CREDENTIAL_MAX {
        return Err(malformed());
    }
    serde_json::from_value(answer.clone()).map_err(|_| malformed())
}

fn refused(error: WebauthnError) -> Error {
    Error::unauthenticated("The passkey or security key was not accepted. Try again, or use another way.")
        .because(error)
}
