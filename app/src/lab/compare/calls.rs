//! Server functions of comparisons.

use super::view::CompareView;
use crate::error::WireError;
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use {super::gather, crate::request::signed_in};

/// Two sides by their keys in the address; what was measured last, and before it, where one is left out.
#[server(prefix = "/fn")]
pub async fn compare_page(baseline: Option<String>, candidate: Option<String>) -> Result<CompareView, WireError> {
    let (actor, hub) = signed_in()?;
    Ok(gather::comparison(&hub, &actor, baseline, candidate).await?)
}
