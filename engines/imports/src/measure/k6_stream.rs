//! The samples of k6, one JSON object a line. Lines are read one by one; only their figures are kept.
//!
//! Source: Grafana k6 documentation, "JSON" output.

use super::{
    Figure, Format, Imported, jtl, k6,
    recorder::{Recorder, Sample},
};
use crate::{
    ImportError, Place, json,
    limits::{MAX_LINE_BYTES, MAX_RAW_BYTES},
    text::{check_size, clean, excerpt, without_bom},
};
use chrono::DateTime;
use serde::Deserialize;
use std::borrow::Cow;

#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    metric: Cow<'a, str>,
    #[serde(borrow)]
    data: Data<'a>,
}

#[derive(Deserialize)]
struct Data<'a> {
    #[serde(borrow, default)]
    time: Option<Cow<'a, str>>,
    #[serde(default)]
    value: Option<f64>,
    #[serde(borrow, default)]
    tags: Option<Tags<'a>>,
}

#[derive(Deserialize)]
struct Tags<'a> {
    #[serde(borrow, default)]
    name: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    url: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    status: Option<Cow<'a, str>>,
}

pub(super) fn read(bytes: &[u8]) -> Result<Imported, ImportError> {
    let bytes = without_bom(bytes);
    check_size(bytes, MAX_RAW_BYTES)?;
    let mut stream = Stream::default();
    for (line, bytes) in (1_u64..).zip(bytes.split(|byte| *byte == b'\n')) {
        if bytes.len() > MAX_LINE_BYTES {
            let place = Place::Line { line, column: 0 };
            return Err(ImportError::TooLarge { place, what: "bytes in a line", limit: MAX_LINE_BYTES as u64 });
        }
        if !bytes.trim_ascii().is_empty() {
            stream.take(&serde_json::from_slice(bytes).map_err(|error| json::syntax(&error, line))?, line)?;
        }
    }
    stream.finish()
}

struct Stream {
    recorder: Recorder,
    requests: f64,
    judged: u64,
    failed: u64,
    statuses: jtl::Statuses,
    urls: jtl::Address,
}

impl Default for Stream {
    fn default() -> Self {
        let (statuses, urls) = Default::default();
        Self { recorder: Recorder::new(), requests: 0.0, judged: 0, failed: 0, statuses, urls }
    }
}

impl Stream {
    fn take(&mut self, line: &Line<'_>, number: u64) -> Result<(), ImportError> {
        let place = || Place::Line { line: number, column: 0 };
        match line.kind.as_ref() {
            "Metric" => return Ok(()),
            "Point" => {}
            other => return Err(ImportError::value(place(), excerpt(other), "the type Metric or Point")),
        }
        let value = line.data.value.filter(|value| value.is_finite());
        let value = value.ok_or_else(|| ImportError::value(place(), "no finite value", "a number in data.value"))?;
        match line.metric.as_ref() {
            "http_reqs" if value == 1.0 => self.requests += value,
            "http_reqs" => return Err(ImportError::value(place(), format!("{value} requests in a sample"), "1")),
            "http_req_failed" if value == 0.0 || value == 1.0 => {
                self.judged += 1;
                self.failed += u64::from(value == 1.0);
            }
            "http_req_failed" => return Err(ImportError::value(place(), value.to_string(), "0 or 1")),
            "http_req_duration" => self.duration(&line.data, value, place)?,
            _ => {}
        }
        Ok(())
    }

    fn duration(&mut self, data: &Data<'_>, latency_ms: f64, place: impl Fn() -> Place) -> Result<(), ImportError> {
        let time = data.time.as_deref().unwrap_or_default();
        let time = DateTime::parse_from_rfc3339(time)
            .map_err(|_| ImportError::value(place(), format!("time {}", excerpt(time)), "a time as in RFC 3339"))?;
        let tags = data.tags.as_ref();
        let label = tags.and_then(|tags| tags.name.as_deref()).map(|name| clean(name, place())).transpose()?;
        if let Some(status) = tags.and_then(|tags| tags.status.as_deref()) {
            self.statuses.add(status, &place)?;
        }
        if let Some(url) = tags.and_then(|tags| tags.url.as_deref()) {
            self.urls.add(url, &place)?;
        }
        let end_us = time.timestamp_micros();
        // Failures are samples of their own, which name no request; they are counted for the run.
        let sample = Sample { end_us, latency_ms, failed: failed(tags), label: label.as_deref() };
        self.recorder.add(&sample, place)
    }

    fn finish(self) -> Result<Imported, ImportError> {
        let count = self.recorder.count();
        if count == 0 {
            return Err(ImportError::value(Place::File, "no sample of http_req_duration", "at least one"));
        }
        if self.requests > 0.0 && self.requests != count as f64 {
            let reason = format!("{} requests but {count} samples of http_req_duration", self.requests);
            return Err(ImportError::contradiction(Place::File, reason));
        }
        if self.judged > 0 && self.judged != count {
            let reason = format!("{} samples of http_req_failed but {count} of http_req_duration", self.judged);
            return Err(ImportError::contradiction(Place::File, reason));
        }
        let mut imported = Imported::new(Format::K6Stream, "k6");
        imported.notes.push(k6::NOTE.to_owned());
        self.recorder.finish(&mut imported);
        imported.errors = match self.judged {
            0 => Figure::absent("the file has no samples of http_req_failed"),
            _ => Figure::Given(self.failed),
        };
        imported.statuses = self.statuses.into_inner();
        imported.target_url = self.urls.only();
        imported.notes.push("Errors by second and by label follow the status: 0 and 400 to 599 are errors.".to_owned());
        Ok(imported)
    }
}

/// k6's default: a response is expected when its status is 200 to 399.
fn failed(tags: Option<&Tags<'_>>) -> Option<bool> {
    let status = tags?.status.as_deref()?.parse::<u16>().ok()?;
    Some(!(200..400).contains(&status))
}
