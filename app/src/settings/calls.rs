//! Server functions of the settings.

use super::view::{KeyForm, KeyView, MembersView, SecretView, SessionRow};
use crate::error::WireError;
use hub::{
    access::Permission,
    identity::NewMember,
    ids::{KeyId, SessionId},
};
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use {
    super::gather,
    crate::{
        request::{signed_in, visit},
        urls,
    },
    leptos_axum::redirect,
};

/// The API keys that the reader may see.
#[server(prefix = "/fn")]
pub async fn list_keys() -> Result<Vec<KeyView>, WireError> {
    let (actor, hub) = signed_in()?;
    Ok(gather::keys(&hub, &actor).await?)
}

/// The scopes that a key of the reader may have.
#[server(prefix = "/fn")]
pub async fn key_choices() -> Result<Vec<Permission>, WireError> {
    let (actor, _) = signed_in()?;
    Ok(actor.permissions().iter().copied().collect())
}

/// Makes an API key; the page after it shows the secret.
#[server(prefix = "/fn")]
pub async fn create_key(request: KeyForm) -> Result<(), WireError> {
    let (actor, _) = signed_in()?;
    gather::create_key(&visit(), &actor, request).await?;
    redirect(urls::CREATED_KEY);
    Ok(())
}

/// The key that was just made, this once.
#[server(prefix = "/fn")]
pub async fn created_key() -> Result<Option<SecretView>, WireError> {
    signed_in()?;
    Ok(gather::created_key(&visit()).await?)
}

/// Revokes an API key.
#[server(prefix = "/fn")]
pub async fn revoke_key(id: KeyId) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    hub.keys().revoke(&actor, id).await?;
    redirect(urls::KEYS);
    Ok(())
}

/// The reader's browser sessions.
#[server(prefix = "/fn")]
pub async fn list_sessions() -> Result<Vec<SessionRow>, WireError> {
    let (actor, _) = signed_in()?;
    Ok(gather::sessions(&visit(), &actor).await?)
}

/// Ends one of the reader's sessions.
#[server(prefix = "/fn")]
pub async fn end_session(id: SessionId) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    hub.sessions().end(&actor, id).await?;
    redirect(urls::SESSIONS);
    Ok(())
}

/// Who is in the workspace.
#[server(prefix = "/fn")]
pub async fn list_members() -> Result<MembersView, WireError> {
    let (actor, hub) = signed_in()?;
    Ok(gather::members(&hub, &actor).await?)
}

/// Adds a member.
#[server(prefix = "/fn")]
pub async fn add_member(request: NewMember) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    hub.identity().add_member(&actor, request).await?;
    redirect(urls::MEMBER_ADDED);
    Ok(())
}
