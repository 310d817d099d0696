//! The server function of the search.

use super::view::FoundView;
use crate::error::WireError;
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use {super::gather, crate::request::signed_in};

/// What a text names.
#[server(prefix = "/fn")]
pub async fn search(text: String) -> Result<FoundView, WireError> {
    let (actor, hub) = signed_in()?;
    Ok(gather::found(&hub, &actor, &text).await?)
}
