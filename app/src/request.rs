//! Who is asking: the one place that reads the request. The server puts a [`Visit`] into the context of every rendering
//! and every server function.

use crate::error::WireError;
use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use hub::{
    Error, Hub,
    access::Actor,
    identity::{Origin, ProviderSession},
};
use leptos::prelude::expect_context;
use std::sync::Arc;

/// The browser's session, as far as pages change it.
pub trait BrowserSession: Send + Sync {
    /// Makes the session the actor's, under a new secret.
    fn begin<'a>(&'a self, actor: &'a Actor) -> BoxFuture<'a, hub::Result<()>>;

    /// Notes that the person showed again who they are.
    fn confirm(&self, at: DateTime<Utc>) -> BoxFuture<'_, hub::Result<()>>;

    /// Keeps the secret of a sign-in that waits, in a session of nobody's.
    fn wait<'a>(&'a self, secret: &'a str) -> BoxFuture<'a, hub::Result<()>>;

    /// The secret of the sign-in that waits in this browser.
    fn waiting(&self) -> BoxFuture<'_, hub::Result<Option<String>>>;

    /// What this browser says it is remembered by.
    fn device(&self) -> Option<String>;

    /// Gives the browser what it is remembered by, for so many days.
    fn remember(&self, device: &(String, u32));

    /// The session at an identity provider that this one rests on.
    fn provider(&self) -> BoxFuture<'_, hub::Result<Option<ProviderSession>>>;

    /// Binds what is begun at an identity provider to this browser.
    fn begin_errand(&self, secret: &str);

    /// The browser, as it names itself.
    fn browser(&self) -> String;

    /// Ends the session.
    fn end(&self) -> BoxFuture<'_, hub::Result<()>>;

    /// The session's secret, to recognise it in a list.
    fn secret(&self) -> Option<String>;

    /// The caller's network address, for the sign-in throttle.
    fn address(&self) -> String;

    /// Keeps a text for the next page, sealed, for a few minutes: for what may not travel in an address.
    fn flash(&self, text: String) -> BoxFuture<'_, hub::Result<()>>;

    /// Gives the kept text, this once.
    fn take_flash(&self) -> BoxFuture<'_, hub::Result<Option<String>>>;
}

/// One request by a browser.
#[derive(Clone)]
pub struct Visit {
    /// The product.
    pub hub: Hub,
    /// Who signed in, if somebody did.
    pub actor: Option<Actor>,
    /// Why somebody who signed in is nobody: their organisation is suspended.
    pub shut_out: Option<Error>,
    /// Where the hub is for browsers, without a slash at the end, for addresses that are copied elsewhere.
    pub origin: String,
    /// The session.
    pub session: Arc<dyn BrowserSession>,
}

impl Visit {
    /// Where this browser sees the hub, for its passkeys.
    ///
    /// # Errors
    /// Conflict when the request names no host.
    pub fn place(&self) -> hub::Result<Origin> {
        Origin::parse(&self.origin)
            .ok_or_else(|| Error::conflict("The request names no host that the hub could be at."))
    }
}

/// The request that is being answered.
pub fn visit() -> Visit {
    expect_context()
}

/// Who is asking.
///
/// # Errors
/// Unauthenticated when nobody is signed in.
pub fn signed_in() -> Result<(Actor, Hub), WireError> {
    let visit = visit();
    match visit.actor {
        Some(actor) => Ok((actor, visit.hub)),
        None => Err(visit.shut_out.unwrap_or_else(|| Error::unauthenticated("Sign in to go on.")).into()),
    }
}
