//! Reads the waterfall of a benchmark.

use super::{WaterfallView, chart::drawn};
use crate::urls;
use hub::{
    Hub, Result,
    access::Actor,
    lab::{Benchmark, SCORED_DEVICE},
};

/// The waterfall of the wanted device, of the one that scores, or of the first; none where no page was opened.
pub(in crate::lab) async fn waterfall(
    hub: &Hub,
    actor: &Actor,
    run: &Benchmark,
    wanted: Option<&str>,
) -> Result<Option<WaterfallView>> {
    let Some(browser) = &run.browser else { return Ok(None) };
    let devices: Vec<&str> = browser.audits.iter().map(|audit| audit.device.as_str()).collect();
    let of = |name: &str| devices.iter().copied().find(|device| *device == name);
    let chosen = wanted.and_then(of).or_else(|| of(SCORED_DEVICE)).or_else(|| devices.first().copied());
    let Some(chosen) = chosen else { return Ok(None) };
    let Some(waterfall) = hub.lab().waterfall(actor, run.id, chosen).await? else { return Ok(None) };
    let others = devices.iter().filter(|device| **device != chosen);
    let others = others.map(|device| ((*device).to_owned(), urls::waterfall(run.id, device))).collect();
    Ok(drawn(&waterfall)?.map(|drawn| WaterfallView { waterfall, drawn, others }))
}
