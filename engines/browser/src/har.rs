//! HTTP Archive 1.2.

use chrono::{SecondsFormat, TimeDelta};
use serde_json::{Value, json};
use url::Url;

use crate::run::Run;
use crate::waterfall::{Header, Phases, Request};

impl Run {
    /// The requests as HTTP Archive 1.2 (<http://www.softwareishard.com/blog/har-12-spec/>), as JSON. Lists of cookies are empty, and
    /// fields with cookies or credentials have their values removed. Bodies are not kept. A request that had not ended has no timings.
    #[must_use]
    pub fn har(&self) -> Value {
        let page = json!({
            "startedDateTime": self.at(0.0),
            "id": "page_1",
            "title": self.final_url,
            "pageTimings": {
                "onContentLoad": self.metrics.dom_content_loaded_ms.value.unwrap_or(-1.0),
                "onLoad": self.metrics.load_ms.value.unwrap_or(-1.0),
            },
        });
        let network = self.requests.iter().filter(|request| request.url.starts_with("http"));
        let entries: Vec<Value> = network.map(|request| self.entry(request)).collect();
        json!({ "log": {
            "version": "1.2",
            "creator": { "name": env!("CARGO_PKG_NAME"), "version": env!("CARGO_PKG_VERSION") },
            "pages": [page],
            "entries": entries,
        }})
    }

    fn at(&self, ms: f64) -> String {
        let offset = TimeDelta::microseconds((ms * 1000.0) as i64);
        self.started_at
            .checked_add_signed(offset)
            .unwrap_or(self.started_at)
            .to_rfc3339_opts(SecondsFormat::Millis, true)
    }

    fn entry(&self, request: &Request) -> Value {
        let phases = request.phases.unwrap_or_default();
        json!({
            "pageref": "page_1",
            "startedDateTime": self.at(request.start_ms),
            "time": total(&phases),
            "request": {
                "method": request.method,
                "url": request.url,
                "httpVersion": request.protocol,
                "cookies": [],
                "headers": headers(&request.request_headers),
                "queryString": query(&request.url),
                "headersSize": -1,
                "bodySize": -1,
            },
            "response": response(request),
            "cache": {},
            "timings": timings(&phases),
            "comment": request.failure.clone().unwrap_or_default(),
            "_resourceType": request.resource_type,
            "_transferSize": request.transfer_bytes,
        })
    }
}

fn response(request: &Request) -> Value {
    let location = request.response_headers.iter().find(|field| field.name.eq_ignore_ascii_case("location"));
    json!({
        // Tools expect 0 where there was no response.
        "status": request.status.unwrap_or(0),
        "statusText": request.status_text,
        "httpVersion": request.protocol,
        "cookies": [],
        "headers": headers(&request.response_headers),
        "content": { "size": request.content_bytes, "mimeType": request.media_type },
        "redirectURL": location.map_or("", |field| field.value.as_str()),
        "headersSize": if request.cached { -1 } else { signed(request.head_bytes) },
        "bodySize": if request.cached { 0 } else { signed(request.body_bytes()) },
    })
}

fn signed(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

fn headers(fields: &[Header]) -> Vec<Value> {
    fields.iter().map(|field| json!({ "name": field.name, "value": field.value })).collect()
}

fn query(url: &str) -> Vec<Value> {
    let url = Url::parse(url).ok();
    let pairs = url.iter().flat_map(Url::query_pairs).take(100);
    pairs.map(|(name, value)| json!({ "name": name, "value": value })).collect()
}

/// `connect` includes `ssl`, so that is not added.
fn total(phases: &Phases) -> f64 {
    let optional = [phases.dns, phases.connect].into_iter().flatten().sum::<f64>();
    phases.blocked + optional + phases.send + phases.wait + phases.receive
}

fn timings(phases: &Phases) -> Value {
    json!({
        "blocked": phases.blocked,
        "dns": phases.dns.unwrap_or(-1.0),
        "connect": phases.connect.unwrap_or(-1.0),
        "ssl": phases.tls.unwrap_or(-1.0),
        "send": phases.send,
        "wait": phases.wait,
        "receive": phases.receive,
    })
}
