//! The server function of the page.

use super::view::UsageView;
use crate::error::WireError;
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use {super::gather, crate::request::signed_in};

/// What the organisation uses now, and used over the last days.
#[server(prefix = "/fn")]
pub async fn usage(long: bool) -> Result<UsageView, WireError> {
    let (actor, hub) = signed_in()?;
    Ok(gather::usage(&hub, &actor, long).await?)
}
