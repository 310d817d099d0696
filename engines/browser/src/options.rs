//! What an audit does, and how far it goes.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::device::Device;
use crate::error::AuditError;

/// Where the browser is and where it may work.
#[derive(Debug, Clone, Default)]
pub struct Installation {
    /// The browser's executable; without it the well-known names are looked for on `PATH`.
    pub program: Option<PathBuf>,
    /// The folder for temporary profiles; without it the system's.
    pub profiles: Option<PathBuf>,
}

/// One thing that a visitor does after the page has loaded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Interaction {
    /// A click in the middle of the first element that the CSS selector matches.
    Click {
        /// The CSS selector.
        selector: String,
    },
    /// A click like [`Interaction::Click`], then each character as a key.
    Type {
        /// The CSS selector.
        selector: String,
        /// What is typed.
        text: String,
    },
}

impl Interaction {
    pub(crate) fn selector(&self) -> &str {
        match self {
            Self::Click { selector } | Self::Type { selector, .. } => selector,
        }
    }
}

/// How much of a page is kept. What is left out is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Requests in the waterfall.
    pub requests: usize,
    /// Header fields of a request or a response.
    pub header_fields: usize,
    /// Bytes of all header fields of a run together; requests past that have none.
    pub header_text: usize,
    /// Characters of a URL, a header value or a message.
    pub text: usize,
    /// Console errors, exceptions and cookies, each.
    pub messages: usize,
    /// Elements of one accessibility result.
    pub nodes: usize,
    /// Characters of the HTML of an element.
    pub html: usize,
    /// Bytes of the screenshot.
    pub screenshot: usize,
    /// Frames of the filmstrip.
    pub filmstrip: usize,
    /// Bytes that the page may transfer in all runs together, in both directions.
    pub traffic: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            requests: 1000,
            header_fields: 64,
            header_text: 2 * 1024 * 1024,
            text: 2000,
            messages: 100,
            nodes: 20,
            html: 300,
            screenshot: 2 * 1024 * 1024,
            filmstrip: 10,
            traffic: 256 * 1024 * 1024,
        }
    }
}

/// How an audit is made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// What the page is visited with.
    pub device: Device,
    /// How often the page is loaded, each time with an empty cache: 1, 3, 5, 7 or 9. One run is a quick look and no median.
    pub runs: usize,
    /// The time limit of the whole audit, the browser's start included; at most ten minutes.
    pub time_limit: Duration,
    /// How long one load waits for the load event and for quiet, as Lighthouse's `maxWaitForLoad`. Then it is measured as it is.
    pub load_limit: Duration,
    /// How long neither network nor main thread may be busy before a page counts as loaded. 5.25 s is Lighthouse's value without
    /// simulation and makes the end of Total Blocking Time the Time to Interactive; a shorter one may miss late tasks.
    pub quiet: Duration,
    /// What a visitor does then, for Interaction to Next Paint.
    pub interactions: Vec<Interaction>,
    /// Whether accessibility is checked.
    pub accessibility: bool,
    /// Whether a page may have a certificate that the browser does not trust, for systems that are not public yet.
    pub any_certificate: bool,
    /// How much is kept.
    pub limits: Limits,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            device: Device::mobile(),
            runs: 3,
            time_limit: Duration::from_secs(240),
            load_limit: Duration::from_secs(45),
            quiet: Duration::from_millis(5250),
            interactions: Vec::new(),
            accessibility: true,
            any_certificate: false,
            limits: Limits::default(),
        }
    }
}

impl Options {
    /// # Errors
    /// [`AuditError::Option`] for the first option that is out of its range.
    pub(crate) fn check(&self) -> Result<(), AuditError> {
        let (screen, slow) = (self.device.screen, self.device.throttling);
        let at_least_0 = |value: f64| value.is_finite() && value >= 0.0;
        let rules = [
            (matches!(self.runs, 1 | 3 | 5 | 7 | 9), "runs", "1, 3, 5, 7 or 9"),
            (self.time_limit <= Duration::from_secs(600), "time_limit", "at most 600 s"),
            (self.quiet <= Duration::from_secs(30), "quiet", "at most 30 s"),
            (self.interactions.len() <= 20, "interactions", "at most 20"),
            (self.interactions.iter().all(short), "interactions", "selectors and texts of at most 200 characters"),
            ((100..=4000).contains(&screen.width), "device.screen.width", "100 to 4000"),
            ((100..=4000).contains(&screen.height), "device.screen.height", "100 to 4000"),
            ((0.5..=4.0).contains(&screen.scale), "device.screen.scale", "0.5 to 4"),
            (at_least_0(slow.latency_ms) && slow.latency_ms <= 10_000.0, "device.throttling.latency_ms", "0 to 10000"),
            (at_least_0(slow.download_kbps), "device.throttling.download_kbps", "at least 0"),
            (at_least_0(slow.upload_kbps), "device.throttling.upload_kbps", "at least 0"),
            ((1.0..=20.0).contains(&slow.cpu_slowdown), "device.throttling.cpu_slowdown", "1 to 20"),
            (self.device.user_agent.bytes().all(|b| (0x20..0x7f).contains(&b)), "device.user_agent", "printable ASCII"),
        ];
        match rules.into_iter().find(|(holds, ..)| !holds) {
            Some((_, field, allowed)) => Err(AuditError::Option { field, allowed }),
            None => Ok(()),
        }
    }
}

fn short(interaction: &Interaction) -> bool {
    let text = if let Interaction::Type { text, .. } = interaction { text.as_str() } else { "" };
    interaction.selector().chars().count() <= 200 && text.chars().count() <= 200
}
