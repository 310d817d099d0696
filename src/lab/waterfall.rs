//! The requests of a page load in their order: where its time went.

use serde::{Deserialize, Serialize};

/// Most requests of a waterfall; what is beyond is counted.
pub const WATERFALL_MAX: usize = 40;

/// The load of a page that stands for all loads on a device.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Waterfall {
    /// The device.
    pub device: String,
    /// The first requests, in their order.
    pub requests: Vec<PageRequest>,
    /// How many more there were.
    pub left_out: u64,
    /// What happened on the page, in the order of time.
    pub events: Vec<PageEvent>,
    /// When the last request ended or the last event came, in milliseconds.
    pub end_ms: f64,
}

/// A moment of a page load.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PageEvent {
    /// What happened.
    pub kind: PageEventKind,
    /// Milliseconds since the navigation began.
    pub at_ms: f64,
}

/// What happened on a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PageEventKind {
    /// First Contentful Paint (W3C Paint Timing).
    FirstContentfulPaint,
    /// Largest Contentful Paint (W3C).
    LargestContentfulPaint,
    /// The end of the `DOMContentLoaded` event.
    DomContentLoaded,
    /// The end of the `load` event.
    Load,
}

impl PageEventKind {
    /// Its name.
    pub fn label(self) -> &'static str {
        match self {
            Self::FirstContentfulPaint => "First Contentful Paint",
            Self::LargestContentfulPaint => "Largest Contentful Paint",
            Self::DomContentLoaded => "DOMContentLoaded",
            Self::Load => "Load event",
        }
    }

    /// Its name where there is little room.
    pub fn short(self) -> &'static str {
        match self {
            Self::FirstContentfulPaint => "FCP",
            Self::LargestContentfulPaint => "LCP",
            Self::DomContentLoaded => "DCL",
            Self::Load => "Load",
        }
    }
}

/// One request of a page. Times are in milliseconds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PageRequest {
    /// The host; empty for an address without one.
    pub host: String,
    /// The path with its query, cut.
    pub path: String,
    /// What the browser wanted it for: `Document`, `Script`, `Image`.
    pub kind: String,
    /// The HTTP status; none without a response.
    pub status: Option<u16>,
    /// When it was made, since the first request.
    pub start_ms: f64,
    /// When it ended; none if it had not by the end of the observation.
    pub end_ms: Option<f64>,
    /// Where the time went; none without a response from the network.
    pub phases: Option<RequestPhases>,
    /// Bytes of the response as transferred.
    pub transfer_bytes: u64,
    /// It came from the browser's own memory.
    pub cached: bool,
    /// Its host belongs to another site than the page.
    pub third_party: bool,
    /// Why it gave nothing: refused by the egress guard, or failed in the browser's words.
    pub failure: Option<String>,
}

/// Where the time of a request went, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RequestPhases {
    /// Waiting in the browser for a connection or a turn.
    pub blocked_ms: f64,
    /// Resolving the name and connecting, TLS included.
    pub connect_ms: f64,
    /// Sending, and waiting for the head of the response.
    pub wait_ms: f64,
    /// Reading the body.
    pub receive_ms: f64,
}

#[cfg(feature = "backend")]
pub(super) use reading::read;

#[cfg(feature = "backend")]
mod reading {
    use super::{PageEvent, PageEventKind, PageRequest, RequestPhases, WATERFALL_MAX, Waterfall};
    use crate::Result;
    use sbh_browser::{Metrics, Phases, Request};
    use serde::Deserialize;
    use url::Url;

    /// Most characters of a path.
    const PATH_MAX: usize = 120;

    /// The part of a stored audit that makes a waterfall; pictures are passed over.
    #[derive(Deserialize)]
    struct StoredAudit {
        run: StoredRun,
    }

    #[derive(Deserialize)]
    struct StoredRun {
        metrics: Metrics,
        requests: Vec<Request>,
    }

    /// The waterfall of a stored audit.
    ///
    /// # Errors
    /// Internal for a file that is no audit.
    pub(in crate::lab) fn read(device: &str, audit: &[u8]) -> Result<Waterfall> {
        let StoredRun { metrics, requests } = serde_json::from_slice::<StoredAudit>(audit)?.run;
        let events = events(&metrics);
        let last = requests.iter().map(|request| request.end_ms.unwrap_or(request.start_ms)).fold(0.0, f64::max);
        let end_ms = events.iter().map(|event| event.at_ms).fold(last, f64::max);
        let left_out = requests.len().saturating_sub(WATERFALL_MAX) as u64;
        let requests = requests.into_iter().take(WATERFALL_MAX).map(request).collect();
        Ok(Waterfall { device: device.to_owned(), requests, left_out, events, end_ms })
    }

    fn events(metrics: &Metrics) -> Vec<PageEvent> {
        let known = [
            (PageEventKind::FirstContentfulPaint, &metrics.first_contentful_paint_ms),
            (PageEventKind::LargestContentfulPaint, &metrics.largest_contentful_paint_ms),
            (PageEventKind::DomContentLoaded, &metrics.dom_content_loaded_ms),
            (PageEventKind::Load, &metrics.load_ms),
        ];
        let event =
            |(kind, measured): (_, &sbh_browser::Measured<f64>)| Some(PageEvent { kind, at_ms: measured.value? });
        let mut events: Vec<_> = known.into_iter().filter_map(event).collect();
        events.sort_by(|a, b| a.at_ms.total_cmp(&b.at_ms));
        events
    }

    fn request(found: Request) -> PageRequest {
        let url = Url::parse(&found.url).ok();
        let host = url.as_ref().and_then(Url::host_str).unwrap_or_default().to_owned();
        let path = match &url {
            Some(url) if url.has_host() => {
                url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()))
            }
            _ => found.url.clone(),
        };
        let refused = found.refused.then(|| "Refused by the egress guard".to_owned());
        PageRequest {
            host,
            path: path.chars().take(PATH_MAX).collect(),
            kind: found.resource_type,
            status: found.status,
            start_ms: found.start_ms,
            end_ms: found.end_ms,
            phases: found.phases.map(phases),
            transfer_bytes: found.transfer_bytes,
            cached: found.cached,
            third_party: found.third_party,
            failure: refused.or(found.failure),
        }
    }

    fn phases(found: Phases) -> RequestPhases {
        RequestPhases {
            blocked_ms: found.blocked,
            connect_ms: found.dns.unwrap_or_default() + found.connect.unwrap_or_default(),
            wait_ms: found.send + found.wait,
            receive_ms: found.receive,
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn a_request_is_told_by_host_and_path_and_its_phases_add_up() {
            let phases = Phases {
                blocked: 1.0,
                dns: Some(2.0),
                connect: Some(3.0),
                tls: Some(1.0),
                send: 0.5,
                wait: 10.0,
                receive: 4.0,
            };
            let found = Request {
                url: "https://shop.example/search?q=tea".to_owned(),
                start_ms: 5.0,
                end_ms: Some(25.5),
                phases: Some(phases),
                refused: true,
                ..Request::default()
            };
            let told = request(found);
            assert_eq!((told.host.as_str(), told.path.as_str()), ("shop.example", "/search?q=tea"));
            let parts = told.phases.unwrap();
            assert_eq!(parts.blocked_ms + parts.connect_ms + parts.wait_ms + parts.receive_ms, 20.5);
            assert_eq!(told.failure.as_deref(), Some("Refused by the egress guard"));
            let inline =
                request(Request { url: format!("data:image/png;base64,{}", "A".repeat(500)), ..Request::default() });
            assert_eq!((inline.host.as_str(), inline.path.chars().count()), ("", PATH_MAX));
        }

        #[test]
        fn a_file_that_is_no_audit_is_refused() {
            assert!(read("mobile", b"{}").is_err());
        }
    }
}
