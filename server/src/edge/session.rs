//! Browser sessions: the cookie, and where their records are kept.

use crate::config::Config;
use async_trait::async_trait;
use axum::http::{HeaderMap, header};
use chrono::{DateTime, Utc};
use hub::{
    Error, Hub, Result,
    access::Actor,
    identity::{ProviderSession, SessionRecord},
    ids::{TenantId, UserId},
    platform::Platform,
};
use tower_sessions::{
    Expiry, Session, SessionManagerLayer, SessionStore,
    cookie::{SameSite, time::Duration},
    session::{Id, Record},
    session_store,
};

/// How long a session lasts without a request.
const IDLE: Duration = Duration::hours(12);
/// How often the end of a used session is moved on, in seconds.
const TOUCH_S: i64 = 300;
/// Longest name of a browser that is kept.
const USER_AGENT_MAX: usize = 200;

const TENANT: &str = "tenant";
const USER: &str = "user";
const USER_AGENT: &str = "user_agent";
const SEEN: &str = "seen";
const VERIFIED: &str = "verified";
const PENDING: &str = "pending";
const FLASH: &str = "flash";
const PROVIDER: &str = "provider";
/// How long a sign-in waits for a second factor, in seconds.
const PENDING_S: i64 = 600;
/// How long a text is kept for the next page, in seconds.
const FLASH_S: i64 = 300;

/// The cookie's name: `__Host-` lets browsers refuse it from other hosts and over plain HTTP.
pub fn cookie_name(config: &Config) -> &'static str {
    if config.is_https() { "__Host-sbh_session" } else { "sbh_session" }
}

/// The layer that reads and writes the cookie.
pub fn layer(hub: &Hub, config: &Config) -> SessionManagerLayer<Store> {
    SessionManagerLayer::new(Store(hub.clone()))
        .with_name(cookie_name(config))
        .with_secure(config.is_https())
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_path("/")
        .with_expiry(Expiry::OnInactivity(IDLE))
}

/// Signs an actor in: under a new id, so that an id known before is worth nothing.
pub async fn begin(session: &Session, actor: &Actor, headers: &HeaderMap) -> Result<()> {
    let user = actor.user_id().ok_or_else(|| Error::internal("only people have sessions"))?;
    let browser = browser(headers);
    let write = async {
        session.set_expiry(Some(Expiry::OnInactivity(IDLE)));
        session.cycle_id().await?;
        session.insert(TENANT, actor.tenant()).await?;
        session.insert(USER, user).await?;
        session.insert(VERIFIED, actor.verified_at()).await?;
        if session.get::<ProviderSession>(PROVIDER).await?.is_none_or(|provider| provider.user != user) {
            session.remove_value(PROVIDER).await?;
        }
        session.remove_value(PENDING).await?;
        session.insert(USER_AGENT, browser).await
    };
    write.await.map_err(unreachable)
}

/// The browser, as it names itself.
pub fn browser(headers: &HeaderMap) -> String {
    let named = headers.get(header::USER_AGENT).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    named.unwrap_or_default().chars().take(USER_AGENT_MAX).collect()
}

/// When the person of the session last showed who they are.
pub async fn verified_at(session: &Session) -> Result<Option<DateTime<Utc>>> {
    Ok(session.get::<Option<DateTime<Utc>>>(VERIFIED).await.map_err(unreachable)?.flatten())
}

/// Notes that the person of the session showed again who they are.
pub async fn confirm(session: &Session, at: DateTime<Utc>) -> Result<()> {
    session.insert(VERIFIED, Some(at)).await.map_err(unreachable)
}

/// Keeps the secret of a sign-in that waits, sealed, in a session of nobody's that is over as soon as the sign-in is.
pub async fn wait(session: &Session, platform: &Platform, secret: &str) -> Result<()> {
    session.flush().await.map_err(unreachable)?;
    session.set_expiry(Some(Expiry::OnInactivity(Duration::seconds(PENDING_S))));
    session.save().await.map_err(unreachable)?;
    let sealed = platform.secrets.seal(&pending_context(session), secret.as_bytes())?;
    session.insert(PENDING, sealed).await.map_err(unreachable)
}

/// The secret of the sign-in that waits in this browser.
pub async fn waiting(session: &Session, platform: &Platform) -> Result<Option<String>> {
    let Some(sealed): Option<String> = session.get(PENDING).await.map_err(unreachable)? else { return Ok(None) };
    let secret = platform.secrets.open(&pending_context(session), &sealed)?;
    Ok(Some(String::from_utf8_lossy(&secret).into_owned()))
}

fn pending_context(session: &Session) -> String {
    let id = session.id().map(|id| id.to_string()).unwrap_or_default();
    format!("pending of session {id}")
}

/// Notes the session at an identity provider that the sign-in of this browser rests on.
pub async fn rest_on(session: &Session, provider: &ProviderSession) -> Result<()> {
    session.insert(PROVIDER, provider).await.map_err(unreachable)
}

/// The session at an identity provider that this one rests on.
pub async fn provider(session: &Session) -> Result<Option<ProviderSession>> {
    session.get(PROVIDER).await.map_err(unreachable)
}

/// Ends the session and removes its record.
pub async fn end(session: &Session) -> Result<()> {
    session.flush().await.map_err(unreachable)
}

/// Whose session it is.
pub async fn user(session: &Session) -> Result<Option<UserId>> {
    session.get(USER).await.map_err(unreachable)
}

/// Moves the end of a used session on, now and then.
pub async fn touch(session: &Session, now_s: i64) -> Result<()> {
    let seen: Option<i64> = session.get(SEEN).await.map_err(unreachable)?;
    if seen.is_none_or(|seen| now_s - seen >= TOUCH_S) {
        session.insert(SEEN, now_s).await.map_err(unreachable)?;
    }
    Ok(())
}

/// Keeps a text for the next page, sealed and bound to the cookie's secret, which is stored nowhere. Somebody who is not
/// signed in gets a session for it that is over as soon as the text is.
pub async fn flash(session: &Session, platform: &Platform, text: &str) -> Result<()> {
    if session.id().is_none() {
        session.set_expiry(Some(Expiry::OnInactivity(Duration::seconds(FLASH_S))));
        session.save().await.map_err(unreachable)?;
    }
    let sealed = platform.secrets.seal(&flash_context(session), text.as_bytes())?;
    session.insert(FLASH, (platform.clock.now().timestamp(), sealed)).await.map_err(unreachable)
}

/// Takes the text that [`flash`] kept, unless its minutes are over. It is gone before the answer is sent.
pub async fn take_flash(session: &Session, platform: &Platform) -> Result<Option<String>> {
    // Removing marks the session as changed even where nothing is removed, and would write a row for every page that asks.
    let kept: Option<(i64, String)> = session.get(FLASH).await.map_err(unreachable)?;
    let Some((at, sealed)) = kept else { return Ok(None) };
    session.remove_value(FLASH).await.map_err(unreachable)?;
    session.save().await.map_err(unreachable)?;
    if platform.clock.now().timestamp() - at > FLASH_S {
        return Ok(None);
    }
    let text = platform.secrets.open(&flash_context(session), &sealed)?;
    Ok(Some(String::from_utf8_lossy(&text).into_owned()))
}

fn flash_context(session: &Session) -> String {
    let id = session.id().map(|id| id.to_string()).unwrap_or_default();
    format!("flash of session {id}")
}

fn unreachable(error: tower_sessions::session::Error) -> Error {
    Error::unavailable("The session can't be read or written.").because(error)
}

/// Keeps sessions in the hub's database.
#[derive(Clone)]
pub struct Store(Hub);

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Store")
    }
}

#[async_trait]
impl SessionStore for Store {
    async fn create(&self, record: &mut Record) -> session_store::Result<()> {
        // 128 random bits do not collide.
        let saved = to_row(record)?;
        self.0.sessions().create(&record.id.to_string(), saved).await.map_err(backend)
    }

    async fn save(&self, record: &Record) -> session_store::Result<()> {
        let saved = to_row(record)?;
        self.0.sessions().save(&record.id.to_string(), saved).await.map_err(backend)
    }

    async fn load(&self, id: &Id) -> session_store::Result<Option<Record>> {
        let found = self.0.sessions().load(&id.to_string()).await.map_err(backend)?;
        found
            .map(|(record, _)| serde_json::from_str(&record).map_err(decode))
            .transpose()
            .map(|record| record.map(|record: Record| Record { id: *id, ..record }))
    }

    async fn delete(&self, id: &Id) -> session_store::Result<()> {
        self.0.sessions().delete(&id.to_string()).await.map_err(backend)
    }
}

fn to_row(record: &Record) -> session_store::Result<SessionRecord> {
    // The id is the cookie's secret, and only its hash is kept.
    let nameless = Record { id: Id(0), ..record.clone() };
    let id = |key: &str| record.data.get(key).cloned();
    let tenant: Option<TenantId> = id(TENANT).map(serde_json::from_value).transpose().map_err(decode)?;
    let user: Option<UserId> = id(USER).map(serde_json::from_value).transpose().map_err(decode)?;
    let expires_at = chrono::DateTime::from_timestamp(record.expiry_date.unix_timestamp(), 0);
    Ok(SessionRecord {
        owner: tenant.zip(user),
        // Only somebody who is signed in has a session that a provider can end.
        provider: id(PROVIDER).filter(|_| user.is_some()).map(serde_json::from_value).transpose().map_err(decode)?,
        record: serde_json::to_string(&nameless).map_err(|error| session_store::Error::Encode(error.to_string()))?,
        user_agent: record.data.get(USER_AGENT).and_then(|value| value.as_str()).map(str::to_owned),
        expires_at: expires_at.ok_or_else(|| session_store::Error::Encode("expiry beyond all dates".to_owned()))?,
    })
}

fn decode(error: serde_json::Error) -> session_store::Error {
    session_store::Error::Decode(error.to_string())
}

fn backend(error: Error) -> session_store::Error {
    session_store::Error::Backend(format!("{error:?}"))
}
