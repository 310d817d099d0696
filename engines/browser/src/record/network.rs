//! Requests as the browser reports them.

use std::collections::HashMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::Value;
use tokio::time::Instant;

use super::parse::{bytes, headers, number, phases, text};
use crate::domain::Site;
use crate::measured::thousandths;
use crate::options::Limits;
use crate::text::cut;
use crate::waterfall::{Header, Request};

/// Up to so many open requests a network is quiet: Lighthouse's and Puppeteer's `networkidle2`, for pages that poll.
const QUIET: usize = 2;

struct Entry {
    request: Request,
    loader: String,
    host: String,
    /// Monotonic, in seconds.
    started: f64,
    timing: Value,
    /// Bytes received so far, for requests whose end never comes.
    received: u64,
    wall: f64,
}

/// Requests past the limit.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Omitted {
    pub(crate) requests: u64,
    pub(crate) bytes: u64,
}

pub(crate) struct Network {
    limits: Limits,
    entries: Vec<Entry>,
    open: HashMap<String, usize>,
    pub(crate) omitted: Omitted,
    loader: String,
    quiet_since: Option<Instant>,
    /// Characters of header fields that may still be kept.
    fields_left: usize,
}

impl Network {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            limits,
            entries: Vec::new(),
            open: HashMap::new(),
            omitted: Omitted::default(),
            loader: String::new(),
            quiet_since: Some(Instant::now()),
            fields_left: limits.header_text,
        }
    }

    /// How long the network has been quiet.
    pub(super) fn quiet_for(&self) -> Duration {
        self.quiet_since.map(|since| since.elapsed()).unwrap_or_default()
    }

    /// The document with this loader is the page now.
    pub(crate) fn document(&mut self, loader: &str) {
        loader.clone_into(&mut self.loader);
    }

    /// The response of the page itself: status, and what the egress proxy says if it answered in the server's place.
    pub(crate) fn page(&self) -> Option<&Request> {
        let mut own = self.entries.iter().rev().map(|entry| (&entry.loader, &entry.request));
        own.find(|(loader, request)| **loader == self.loader && request.resource_type == "Document").map(|(_, r)| r)
    }

    /// When the first request was made.
    pub(crate) fn started_at(&self) -> Option<DateTime<Utc>> {
        let seconds = self.entries.first()?.wall;
        DateTime::from_timestamp_micros((seconds * 1e6) as i64)
    }

    /// The requests so far, seen from a page of `site`.
    pub(crate) fn requests(&self, site: &Site) -> Vec<Request> {
        let origin = self.entries.first().map_or(0.0, |entry| entry.started);
        let finish = |entry: &Entry| {
            let mut request = entry.request.clone();
            request.start_ms = thousandths((entry.started - origin) * 1000.0);
            request.end_ms = request.end_ms.map(|end| thousandths(end - origin * 1000.0));
            request.transfer_bytes = request.transfer_bytes.max(entry.received);
            request.third_party = request.is_network() && !site.includes(&entry.host);
            request
        };
        self.entries.iter().map(finish).collect()
    }

    pub(super) fn take(&mut self, method: &str, params: &Value) {
        match method {
            "Network.requestWillBeSent" => self.sent(params),
            "Network.responseReceived" => {
                if let Some(entry) = self.entry(params) {
                    entry.request.resource_type = text(&params["type"]).to_owned();
                }
                self.response(params, &params["response"]);
            }
            "Network.requestServedFromCache" => {
                if let Some(entry) = self.entry(params) {
                    entry.request.cached = true;
                }
            }
            "Network.dataReceived" => {
                if let Some(entry) = self.entry(params) {
                    entry.request.content_bytes += bytes(&params["dataLength"]);
                    entry.received += bytes(&params["encodedDataLength"]);
                }
            }
            "Network.loadingFinished" => self.ended(params, bytes(&params["encodedDataLength"]), None),
            "Network.loadingFailed" => {
                let why = params["blockedReason"].as_str().unwrap_or(text(&params["errorText"]));
                self.ended(params, 0, Some(cut(why, 200)));
            }
            _ => {}
        }
        let busy = self.open.len() > QUIET;
        self.quiet_since = if busy { None } else { self.quiet_since.or_else(|| Some(Instant::now())) };
    }

    fn entry(&mut self, params: &Value) -> Option<&mut Entry> {
        let at = *self.open.get(text(&params["requestId"]))?;
        self.entries.get_mut(at)
    }

    /// Header fields, as long as there is room for them.
    fn fields(&mut self, value: &Value) -> Vec<Header> {
        let fields = headers(value, self.limits);
        let size = fields.iter().map(|field| field.name.len() + field.value.len()).sum();
        match self.fields_left.checked_sub(size) {
            Some(left) => {
                self.fields_left = left;
                fields
            }
            None => Vec::new(),
        }
    }

    fn sent(&mut self, params: &Value) {
        let id = text(&params["requestId"]);
        let redirect = &params["redirectResponse"];
        if redirect.is_object() {
            self.response(params, redirect);
            self.ended(params, bytes(&redirect["encodedDataLength"]), None);
        }
        if self.entries.len() >= self.limits.requests {
            self.omitted.requests += 1;
            return;
        }
        let request = &params["request"];
        let request_headers = self.fields(&request["headers"]);
        let url = text(&request["url"]);
        self.open.insert(id.to_owned(), self.entries.len());
        self.entries.push(Entry {
            request: Request {
                // What is in a `data:` address is no address.
                url: cut(url, if url.starts_with("http") { self.limits.text } else { 100 }),
                method: cut(text(&request["method"]), 20),
                resource_type: params["type"].as_str().unwrap_or("Other").to_owned(),
                request_headers,
                ..Request::default()
            },
            loader: text(&params["loaderId"]).to_owned(),
            host: url::Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default(),
            started: number(&params["timestamp"]),
            timing: Value::Null,
            received: 0,
            wall: number(&params["wallTime"]),
        });
    }

    fn response(&mut self, params: &Value, response: &Value) {
        let fields = self.fields(&response["headers"]);
        let Some(entry) = self.entry(params) else { return };
        let request = &mut entry.request;
        request.status = u16::try_from(bytes(&response["status"])).ok().filter(|status| *status > 0);
        request.status_text = cut(text(&response["statusText"]), 100);
        request.protocol = cut(text(&response["protocol"]), 40);
        request.media_type = cut(text(&response["mimeType"]), 100);
        request.head_bytes = bytes(&response["encodedDataLength"]);
        request.cached |= ["fromDiskCache", "fromServiceWorker", "fromPrefetchCache"]
            .iter()
            .any(|flag| response[*flag].as_bool() == Some(true));
        request.refused = fields.iter().any(|field| {
            field.name.eq_ignore_ascii_case("x-sbh-egress") && matches!(field.value.as_str(), "refused" | "limit")
        });
        request.response_headers = fields;
        entry.received += request.head_bytes;
        entry.timing = response["timing"].clone();
    }

    fn ended(&mut self, params: &Value, total: u64, failure: Option<String>) {
        let Some(at) = self.open.remove(text(&params["requestId"])) else {
            self.omitted.bytes += total;
            return;
        };
        let Some(entry) = self.entries.get_mut(at) else { return };
        let end = number(&params["timestamp"]);
        entry.request.end_ms = Some(end * 1000.0);
        entry.request.phases = phases(&entry.timing, entry.started, end);
        entry.request.failure = failure;
        if total > 0 {
            entry.received = 0;
        }
        entry.request.transfer_bytes = if entry.request.cached { 0 } else { total };
        if entry.request.cached {
            entry.received = 0;
        }
    }
}
