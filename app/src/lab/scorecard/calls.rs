//! Server functions of scorecards.

use super::view::{CardQuery, ScorecardView};
use crate::error::WireError;
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use {super::gather, crate::request::signed_in, hub::ids::SystemId};

/// A system's newest scorecard, or that of a version in an environment; beside it what other curves would say.
#[server(prefix = "/fn")]
pub async fn scorecard_page(system: String, wanted: CardQuery) -> Result<ScorecardView, WireError> {
    let (actor, hub) = signed_in()?;
    Ok(gather::scorecard(&hub, &actor, SystemId::parse(&system)?, wanted).await?)
}
