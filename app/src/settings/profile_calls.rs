//! Server functions of the reader's profile.

use crate::error::WireError;
use hub::identity::{Profile, ProfileChange};
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use {
    crate::{request::signed_in, urls},
    leptos_axum::redirect,
};

/// The reader's own account.
#[server(prefix = "/fn")]
pub async fn own_profile() -> Result<Profile, WireError> {
    let (actor, hub) = signed_in()?;
    Ok(hub.identity().profile(&actor).await?)
}

/// Changes what the reader is called.
#[server(prefix = "/fn")]
pub async fn change_profile(request: ProfileChange) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    hub.identity().change_profile(&actor, &request).await?;
    redirect(urls::PROFILE_SAVED);
    Ok(())
}
