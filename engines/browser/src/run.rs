//! One load of the page, as reported.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::accessibility::Accessibility;
use crate::measured::Measured;
use crate::metrics::{Metrics, Traffic, film, metrics, traffic};
use crate::observation::Observation;
use crate::options::Limits;
use crate::picture::{FilmFrame, Picture};
use crate::privacy::{self, Privacy};
use crate::record::{Omitted, PageError};
use crate::text::cut;
use crate::waterfall::Request;

/// One load with an empty cache.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// When its first request was made.
    pub started_at: DateTime<Utc>,
    /// The address of the document in the end, after every redirect.
    pub final_url: String,
    /// The HTTP status of that document; `None` if it came without a response.
    pub status: Option<u16>,
    /// Why the load was not complete when it was measured; `None` if it was.
    pub load_note: Option<String>,
    /// The numbers.
    pub metrics: Metrics,
    /// The element with the Largest Contentful Paint.
    pub largest_paint: Option<LargestPaint>,
    /// Sums over the requests.
    pub traffic: Traffic,
    /// The requests in their order.
    pub requests: Vec<Request>,
    /// The first errors in the console.
    pub console: Vec<PageError>,
    /// The first exceptions that nothing caught.
    pub exceptions: Vec<PageError>,
    /// Cookies that the load left behind.
    pub cookies: Vec<Cookie>,
    /// What was told to others without consent.
    pub privacy: Privacy,
    /// The viewport when it had loaded.
    pub screenshot: Measured<Picture>,
    /// The viewport while it loaded: frames at which it changed, evenly picked if there are more than the limit. May be empty.
    pub filmstrip: Vec<FilmFrame>,
}

/// The element with the Largest Contentful Paint.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LargestPaint {
    /// Its tag and id, such as `img#hero`; `None` if it is gone.
    pub element: Option<String>,
    /// The picture's address; empty for text.
    pub url: String,
    /// Its area in square CSS pixels.
    pub size: f64,
}

/// A cookie without its value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cookie {
    /// The name.
    pub name: String,
    /// The domain; with a leading dot if subdomains get it too.
    pub domain: String,
    /// The path.
    pub path: String,
    /// Whether it is sent over HTTPS only.
    pub secure: bool,
    /// Whether scripts cannot read it.
    pub http_only: bool,
    /// `Strict`, `Lax` or `None`; absent if the server did not say.
    pub same_site: Option<String>,
    /// When it expires, in seconds since 1970; `None` when the browser is closed.
    pub expires: Option<i64>,
}

/// One load as it was seen.
pub(crate) struct Seen {
    pub(crate) started_at: DateTime<Utc>,
    pub(crate) final_url: String,
    pub(crate) status: Option<u16>,
    pub(crate) omitted: Omitted,
    pub(crate) console: Vec<PageError>,
    pub(crate) exceptions: Vec<PageError>,
    pub(crate) observation: Observation,
    pub(crate) cookies: Vec<Cookie>,
    pub(crate) screenshot: Measured<Picture>,
    pub(crate) accessibility: Option<Measured<Accessibility>>,
    pub(crate) load_note: Option<String>,
}

impl Seen {
    /// The report of this load. Decodes pictures, so it takes a while.
    pub(crate) fn judge(self, limits: Limits) -> Run {
        let seen = self.observation;
        let film = if seen.frames_dropped {
            Err("the page changed more often than pictures are kept".to_owned())
        } else {
            film(&seen.frames, seen.loaded.origin)
        };
        let traffic = traffic(&seen.requests, self.omitted);
        let metrics = metrics(&seen, &traffic, &film);
        let largest = seen.loaded.lcp.last();
        let privacy = privacy::judge(&self.final_url, &seen.requests, &self.cookies);
        Run {
            started_at: self.started_at,
            final_url: cut(&self.final_url, limits.text),
            status: self.status,
            load_note: self.load_note,
            metrics,
            largest_paint: largest.map(|lcp| LargestPaint {
                element: lcp.element.clone(),
                url: cut(&lcp.url, limits.text),
                size: lcp.size,
            }),
            traffic,
            requests: seen.requests,
            console: self.console,
            exceptions: self.exceptions,
            cookies: self.cookies,
            privacy,
            screenshot: self.screenshot,
            filmstrip: thin(film.unwrap_or_default(), limits.filmstrip),
        }
    }
}

/// At most `limit` frames, the first and the last among them.
fn thin(film: Vec<FilmFrame>, limit: usize) -> Vec<FilmFrame> {
    if film.len() <= limit {
        return film;
    }
    let last = film.len() - 1;
    let picked: Vec<usize> = (0..limit).map(|at| at * last / (limit - 1).max(1)).collect();
    film.into_iter().enumerate().filter(|(at, _)| picked.contains(at)).map(|(_, frame)| frame).collect()
}
