//! A provider in use: what is known about it, how long, and when it is asked again.

use std::sync::{Arc, PoisonError, RwLock};

use chrono::{DateTime, TimeDelta, Utc};
use sbh_egress::Guard;
use tokio::sync::Mutex;

use crate::claims::Claims;
use crate::http::{self, Http};
use crate::keys::Key;
use crate::metadata;
use crate::{Algorithm, Jws, KeySet, Metadata, Part, Refusal, Registration, TokenKind};

/// How long metadata and keys are taken as they are.
const LIFETIME: TimeDelta = TimeDelta::hours(1);
/// How long they serve at most while the provider can't be reached.
const LONGEST: TimeDelta = TimeDelta::hours(24);
/// How long unknown key ids cause no further request for the key set.
const KEYS_COOLDOWN: TimeDelta = TimeDelta::seconds(30);
/// How long a failure to load is repeated without another try.
const FAILURE_COOLDOWN: TimeDelta = TimeDelta::seconds(5);

/// A provider, to be kept for as long as its registration does not change, and shared by every request. Concurrent callers cause one
/// request to the provider together.
#[derive(Debug)]
pub struct Provider {
    registration: Registration,
    http: Http,
    known: RwLock<Option<Arc<Known>>>,
    /// Held by whoever asks the provider.
    tries: Mutex<Tries>,
}

/// What the provider said, at one time.
#[derive(Debug)]
pub(crate) struct Known {
    pub metadata: Arc<Metadata>,
    keys: KeySet,
    loaded_at: DateTime<Utc>,
}

#[derive(Debug, Default)]
struct Tries {
    keys_at: Option<DateTime<Utc>>,
    failed: Option<(DateTime<Utc>, Refusal)>,
}

/// A token whose signature holds and whose issuer is the provider.
#[derive(Debug)]
pub(crate) struct Verified {
    pub token: Jws,
    pub algorithm: Algorithm,
    pub key: Key,
}

impl Verified {
    pub fn claims(&self) -> Claims<'_> {
        Claims { kind: self.token.kind(), map: self.token.claims() }
    }
}

impl Provider {
    /// A provider that is asked when it is first needed.
    ///
    /// # Errors
    /// As [`Registration::check`]; [`Refusal::Unreachable`] when TLS cannot be set up.
    pub fn new(registration: Registration, guard: &Guard) -> Result<Self, Refusal> {
        registration.check()?;
        let http = Http::new(guard).map_err(|error| http::refusal(Part::Discovery, error))?;
        Ok(Self { registration, http, known: RwLock::new(None), tries: Mutex::new(Tries::default()) })
    }

    /// As [`Provider::new`], and asks at once: discovery document and key set (Discovery 1.0 §4).
    ///
    /// # Errors
    /// Every [`Refusal`] about the configuration and the answers of the provider.
    pub async fn discover(registration: Registration, guard: &Guard, now: DateTime<Utc>) -> Result<Self, Refusal> {
        let provider = Self::new(registration, guard)?;
        provider.known(now).await?;
        Ok(provider)
    }

    /// The registration.
    #[must_use]
    pub fn registration(&self) -> &Registration {
        &self.registration
    }

    /// The provider's metadata, loaded or renewed if need be.
    ///
    /// # Errors
    /// As [`Provider::discover`].
    pub async fn metadata(&self, now: DateTime<Utc>) -> Result<Arc<Metadata>, Refusal> {
        Ok(Arc::clone(&self.known(now).await?.metadata))
    }

    pub(crate) fn http(&self) -> &Http {
        &self.http
    }

    /// Takes a token apart and checks algorithm, issuer and signature. A key that is unknown, and a wrong signature of a token without a
    /// key id, cause a look at the provider's key set, in case it was changed (Core 1.0 §10.1.1).
    pub(crate) async fn verify(&self, kind: TokenKind, text: &str, now: DateTime<Utc>) -> Result<Verified, Refusal> {
        let token = Jws::parse(kind, text)?;
        let algorithm = token.algorithm(&self.registration.algorithms)?;
        Claims { kind, map: token.claims() }.check_issuer(&self.registration.issuer)?;
        let known = self.known(now).await?;
        let verified = match known.keys.verifying(&token, algorithm) {
            Err(refusal) if may_be_changed(&refusal, &token) => match self.renewed_keys(&known, now).await {
                Some(newer) => newer.keys.verifying(&token, algorithm).cloned(),
                None => Err(refusal),
            },
            verified => verified.cloned(),
        };
        verified.map(|key| Verified { token, algorithm, key })
    }

    pub(crate) async fn known(&self, now: DateTime<Utc>) -> Result<Arc<Known>, Refusal> {
        let held = self.held();
        if let Some(known) = held.as_ref().filter(|known| known.is_younger(LIFETIME, now)) {
            return Ok(Arc::clone(known));
        }
        let usable = held.filter(|known| known.is_younger(LONGEST, now));
        let mut tries = match (&usable, self.tries.try_lock()) {
            (_, Ok(tries)) => tries,
            // Somebody is asking already; until the answer is there, what is known serves.
            (Some(known), Err(_)) => return Ok(Arc::clone(known)),
            (None, Err(_)) => self.tries.lock().await,
        };
        if let Some(known) = self.held().filter(|known| known.is_younger(LIFETIME, now)) {
            return Ok(known);
        }
        let failed = tries.failed.clone().filter(|(at, _)| is_within(FAILURE_COOLDOWN, *at, now));
        let loaded = match failed {
            Some((_, refusal)) => Err(refusal),
            None => self.load(now).await.inspect_err(|refusal| {
                tracing::warn!(issuer = self.registration.issuer, %refusal, "the provider's metadata could not be loaded");
                tries.failed = Some((now, refusal.clone()));
            }),
        };
        match loaded {
            Ok(known) => Ok(self.keep(known)),
            Err(refusal) => usable.ok_or(refusal),
        }
    }

    /// The key set, fetched anew unless that happened within the cooldown.
    async fn renewed_keys(&self, known: &Arc<Known>, now: DateTime<Utc>) -> Option<Arc<Known>> {
        let mut tries = self.tries.lock().await;
        if let Some(newer) = self.held().filter(|held| !Arc::ptr_eq(held, known)) {
            return Some(newer);
        }
        if tries.keys_at.is_some_and(|at| is_within(KEYS_COOLDOWN, at, now)) {
            return None;
        }
        tries.keys_at = Some(now);
        match self.load_keys(&known.metadata).await {
            Ok(keys) => {
                let (metadata, loaded_at) = (Arc::clone(&known.metadata), known.loaded_at);
                Some(self.keep(Known { metadata, keys, loaded_at }))
            }
            Err(refusal) => {
                tracing::warn!(issuer = self.registration.issuer, %refusal, "the key set could not be fetched anew");
                None
            }
        }
    }

    async fn load(&self, now: DateTime<Utc>) -> Result<Known, Refusal> {
        let address = metadata::address(&self.registration.issuer_url()?)?;
        let answer = self.http.get(Part::Discovery, &address, None).await?;
        let metadata = Metadata::read(&self.registration, &answer.body)?;
        let keys = self.load_keys(&metadata).await?;
        Ok(Known { metadata: Arc::new(metadata), keys, loaded_at: now })
    }

    async fn load_keys(&self, metadata: &Metadata) -> Result<KeySet, Refusal> {
        let keys = KeySet::read(&self.http.get(Part::Keys, metadata.jwks_uri(), None).await?.body)?;
        if keys.serves(&self.registration.algorithms) {
            Ok(keys)
        } else {
            Err(Refusal::NoUsableKey { allowed: Algorithm::list(&self.registration.algorithms) })
        }
    }

    fn held(&self) -> Option<Arc<Known>> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn keep(&self, known: Known) -> Arc<Known> {
        let known = Arc::new(known);
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&known));
        known
    }
}

impl Known {
    fn is_younger(&self, age: TimeDelta, now: DateTime<Utc>) -> bool {
        is_within(age, self.loaded_at, now)
    }
}

/// A clock that was set back must not make something last for ever, so the distance counts in both directions.
fn is_within(span: TimeDelta, at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    now.signed_duration_since(at).abs() < span
}

fn may_be_changed(refusal: &Refusal, token: &Jws) -> bool {
    match refusal {
        Refusal::UnknownKey { .. } => true,
        Refusal::Signature { .. } => token.key_id().is_none(),
        _ => false,
    }
}
