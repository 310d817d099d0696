//! Looks for what a text names.

use super::view::FoundView;
use crate::{lab::gather::items, ui::Place};
use hub::{Hub, Result, access::Actor};

/// Things of each kind that are shown.
const SHOWN: u64 = 8;
/// Longer texts name nothing.
const LONGEST: usize = 100;

/// What a text names.
pub async fn found(hub: &Hub, actor: &Actor, text: &str) -> Result<FoundView> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > LONGEST {
        return Ok(FoundView::default());
    }
    let wanted = text.to_lowercase();
    let places = Place::ALL.into_iter().filter(|place| place.name().to_lowercase().contains(&wanted));
    let runs = hub.lab().search(actor, text, SHOWN).await?;
    Ok(FoundView {
        places: places.map(Into::into).collect(),
        systems: hub.systems().search(actor, text, SHOWN).await?,
        runs: items(hub, actor, runs).await?,
    })
}
