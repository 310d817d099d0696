//! What was seen of one load: the only input of every metric.

use serde::Deserialize;

use crate::waterfall::Request;

/// What the collector script saw. Times are in milliseconds since the navigation began.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Collected {
    pub(crate) paints: Vec<Paint>,
    pub(crate) lcp: Vec<LargestPaint>,
    pub(crate) shifts: Vec<Shift>,
    pub(crate) tasks: Vec<Task>,
    pub(crate) events: Vec<Timing>,
    /// Entries past the limit.
    pub(crate) dropped: u64,
    /// When the navigation began, in milliseconds since 1970.
    pub(crate) origin: f64,
    /// The entry types that the browser observes.
    pub(crate) supported: Vec<String>,
    /// Frames in the page.
    pub(crate) frames: usize,
    pub(crate) navigation: Option<Navigation>,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Paint {
    pub(crate) name: String,
    pub(crate) start: f64,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct LargestPaint {
    pub(crate) start: f64,
    pub(crate) size: f64,
    pub(crate) element: Option<String>,
    pub(crate) url: String,
}

/// One layout shift.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(crate) struct Shift {
    pub(crate) start: f64,
    pub(crate) value: f64,
    /// Whether it followed an input, and so was expected.
    pub(crate) input: bool,
}

/// One task of at least 50 ms on the main thread.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(crate) struct Task {
    pub(crate) start: f64,
    pub(crate) duration: f64,
}

/// One event of an interaction.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Timing {
    /// Events with the same number belong to the same interaction.
    pub(crate) id: f64,
    pub(crate) duration: f64,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Navigation {
    pub(crate) response_start: f64,
    /// 0 until the event has ended.
    pub(crate) dom_content_loaded: f64,
    /// 0 until the event has ended.
    pub(crate) load: f64,
}

/// A picture of the page while it loaded.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    /// In milliseconds since 1970.
    pub(crate) at: f64,
    /// JPEG.
    pub(crate) picture: Vec<u8>,
}

/// One load of the page.
#[derive(Debug, Clone)]
pub(crate) struct Observation {
    /// Up to the end of loading, before any interaction.
    pub(crate) loaded: Collected,
    /// Events of the interactions, or why there are none.
    pub(crate) events: Result<Vec<Timing>, String>,
    pub(crate) frames: Vec<Frame>,
    /// Whether more frames came than are kept.
    pub(crate) frames_dropped: bool,
    pub(crate) requests: Vec<Request>,
    pub(crate) console_errors: u64,
    pub(crate) exceptions: u64,
}
