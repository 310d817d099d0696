//! The server function of the overview.

use super::view::OverviewView;
use crate::error::WireError;
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use {super::gather, crate::request::signed_in};

/// Everything that the overview shows.
#[server(prefix = "/fn")]
pub async fn overview() -> Result<OverviewView, WireError> {
    let (actor, hub) = signed_in()?;
    Ok(gather::overview(&hub, &actor).await?)
}
