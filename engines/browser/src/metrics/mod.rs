//! From what was seen to numbers: pure functions that know neither browser nor clock.

mod blocking;
mod interaction;
mod layout_shift;
mod median;
mod speed_index;
mod traffic;

use serde::{Deserialize, Serialize};

use crate::measured::{Measured, thousandths};
use crate::observation::{Collected, Observation};
use crate::picture::FilmFrame;

pub use traffic::{PartyTotal, Traffic, TypeTotal};

pub(crate) use median::{medians, middle_run};
pub(crate) use speed_index::film;
pub(crate) use traffic::traffic;

/// The numbers of one load, or their medians. Times are in milliseconds since the navigation began.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Metrics {
    /// First Contentful Paint (W3C Paint Timing).
    pub first_contentful_paint_ms: Measured<f64>,
    /// Largest Contentful Paint (W3C): the last candidate before the end of loading.
    pub largest_contentful_paint_ms: Measured<f64>,
    /// Cumulative Layout Shift without unit (web.dev): the worst session window up to the end of loading, to six decimals.
    pub cumulative_layout_shift: Measured<f64>,
    /// Total Blocking Time (Lighthouse) from First Contentful Paint to the end of loading. The end stands for Time to Interactive: by then
    /// network and main thread were quiet for [`crate::Options::quiet`].
    pub total_blocking_time_ms: Measured<f64>,
    /// Speed Index (WebPageTest, speedline): how long the viewport was incomplete on average. Pictures carry the time at which they were drawn,
    /// paints that at which they were shown, so it may be a few milliseconds less than the first paint.
    pub speed_index_ms: Measured<f64>,
    /// Interaction to Next Paint (web.dev) of the scripted interactions.
    pub interaction_to_next_paint_ms: Measured<f64>,
    /// Time to First Byte: the start of the document's response. The browser adds a simulated latency only after it, so this is the network's
    /// and the server's own.
    pub time_to_first_byte_ms: Measured<f64>,
    /// The end of the `DOMContentLoaded` event.
    pub dom_content_loaded_ms: Measured<f64>,
    /// The end of the `load` event.
    pub load_ms: Measured<f64>,
    /// Requests that went to the network.
    pub requests: Measured<f64>,
    /// Bytes of their responses as transferred, heads included.
    pub transfer_bytes: Measured<f64>,
    /// Requests to other registrable domains than the page's.
    pub third_party_requests: Measured<f64>,
    /// Bytes of their responses.
    pub third_party_bytes: Measured<f64>,
    /// Errors in the console.
    pub console_errors: Measured<f64>,
    /// Exceptions that nothing caught.
    pub exceptions: Measured<f64>,
}

/// The numbers of a load.
pub(crate) fn metrics(seen: &Observation, traffic: &Traffic, film: &Result<Vec<FilmFrame>, String>) -> Metrics {
    let loaded = &seen.loaded;
    let fcp = loaded.paints.iter().find(|paint| paint.name == "first-contentful-paint").map(|paint| paint.start);
    let navigation = |pick: fn(&crate::observation::Navigation) -> f64, reason: &str| {
        Measured::ms(loaded.navigation.as_ref().map(pick).filter(|time| *time > 0.0), reason)
    };
    let count = |value: u64| Measured::value(value as f64);
    Metrics {
        first_contentful_paint_ms: Measured::ms(fcp, "the page painted no content"),
        largest_contentful_paint_ms: Measured::ms(
            loaded.lcp.last().map(|lcp| lcp.start),
            "the page painted no content",
        ),
        cumulative_layout_shift: complete(loaded, "layout-shift", || {
            thousandths(layout_shift::cumulative(&loaded.shifts) * 1000.0) / 1000.0
        }),
        total_blocking_time_ms: match fcp {
            Some(fcp) => complete(loaded, "longtask", || thousandths(blocking::total(&loaded.tasks, fcp))),
            None => Measured::missing("the page painted no content, from which blocking is counted"),
        },
        speed_index_ms: match film {
            Ok(film) => Measured::ms(speed_index::speed_index(film), "the viewport stayed empty"),
            Err(reason) => Measured::missing(reason.as_str()),
        },
        interaction_to_next_paint_ms: match &seen.events {
            Ok(events) => Measured::ms(interaction::next_paint(events), "the browser reported no event of them"),
            Err(reason) => Measured::missing(reason.as_str()),
        },
        time_to_first_byte_ms: navigation(|it| it.response_start, "the browser gave no time for the response"),
        dom_content_loaded_ms: navigation(|it| it.dom_content_loaded, "the event did not come in time"),
        load_ms: navigation(|it| it.load, "the event did not come in time"),
        requests: count(traffic.requests),
        transfer_bytes: count(traffic.transfer_bytes),
        third_party_requests: count(traffic.third_party_requests),
        third_party_bytes: count(traffic.third_party_bytes),
        console_errors: count(seen.console_errors),
        exceptions: count(seen.exceptions),
    }
}

/// A sum over entries of `kind`: measured only if the browser observes them and none was dropped.
fn complete(loaded: &Collected, kind: &str, sum: impl FnOnce() -> f64) -> Measured<f64> {
    if !loaded.supported.iter().any(|supported| supported == kind) {
        return Measured::missing(format!("this browser does not report {kind} entries"));
    }
    if loaded.dropped > 0 {
        return Measured::missing("the page caused more entries than are kept");
    }
    Measured::value(sum())
}
