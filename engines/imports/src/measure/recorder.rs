//! Takes raw samples one by one, and keeps what can be told of them: no sample itself.

use super::{Figure, Imported, LabelFigures, Second, histogram::Samples};
use crate::{
    ImportError, Place,
    limits::{MAX_DURATION_S, MAX_LABELS, MAX_LATENCY_MS, MAX_SAMPLES},
};
use chrono::DateTime;
use std::collections::BTreeMap;

/// One request.
pub(super) struct Sample<'a> {
    /// When it ended, in microseconds since the epoch.
    pub(super) end_us: i64,
    /// How long it took, in milliseconds.
    pub(super) latency_ms: f64,
    /// Whether it failed; `None` where the file does not say it.
    pub(super) failed: Option<bool>,
    /// Its label.
    pub(super) label: Option<&'a str>,
}

pub(super) struct Recorder {
    samples: Samples,
    errors: u64,
    unjudged: bool,
    begin_us: i64,
    end_us: i64,
    seconds: BTreeMap<i64, (u64, u64, f64, f64)>,
    labels: BTreeMap<String, (Samples, u64)>,
}

impl Recorder {
    pub(super) fn new() -> Self {
        Self {
            samples: Samples::new(),
            errors: 0,
            unjudged: false,
            begin_us: i64::MAX,
            end_us: i64::MIN,
            seconds: BTreeMap::new(),
            labels: BTreeMap::new(),
        }
    }

    pub(super) fn count(&self) -> u64 {
        self.samples.count()
    }

    /// Adds a request; `place` is asked only for an error.
    pub(super) fn add(&mut self, sample: &Sample<'_>, place: impl Fn() -> Place) -> Result<(), ImportError> {
        if !(0.0..=MAX_LATENCY_MS).contains(&sample.latency_ms) {
            let found = format!("a latency of {} ms", sample.latency_ms);
            return Err(ImportError::value(place(), found, format!("0 to {MAX_LATENCY_MS} ms")));
        }
        if self.count() >= MAX_SAMPLES {
            return Err(ImportError::TooLarge { place: place(), what: "samples", limit: MAX_SAMPLES });
        }
        let latency_us = (sample.latency_ms * 1e3).round() as u64;
        self.begin_us = self.begin_us.min(sample.end_us.saturating_sub_unsigned(latency_us));
        self.end_us = self.end_us.max(sample.end_us);
        if self.end_us.saturating_sub(self.begin_us) as f64 / 1e6 > MAX_DURATION_S {
            let found = "a time too far from the other samples";
            return Err(ImportError::value(place(), found, format!("a run of at most {MAX_DURATION_S} s")));
        }
        self.samples.add(latency_us);
        let failed = u64::from(sample.failed == Some(true));
        self.errors += failed;
        self.unjudged |= sample.failed.is_none();
        let second = self.seconds.entry(sample.end_us.div_euclid(1_000_000)).or_default();
        *second = (second.0 + 1, second.1 + failed, second.2 + sample.latency_ms, second.3.max(sample.latency_ms));
        match sample.label {
            Some(label) => self.add_label(label, latency_us, failed, place),
            None => Ok(()),
        }
    }

    fn add_label(&mut self, label: &str, us: u64, failed: u64, place: impl Fn() -> Place) -> Result<(), ImportError> {
        if !self.labels.contains_key(label) {
            if self.labels.len() >= MAX_LABELS {
                return Err(ImportError::TooLarge { place: place(), what: "labels", limit: MAX_LABELS as u64 });
            }
            self.labels.insert(label.to_owned(), (Samples::new(), 0));
        }
        if let Some((samples, errors)) = self.labels.get_mut(label) {
            samples.add(us);
            *errors += failed;
        }
        Ok(())
    }

    /// Writes all figures down.
    pub(super) fn finish(self, imported: &mut Imported) {
        let count = self.count();
        let errors = |errors: u64| match self.unjudged {
            true => Figure::absent("not every sample says whether it failed"),
            false => Figure::Given(errors),
        };
        imported.requests = Figure::Given(count);
        imported.errors = errors(self.errors);
        if count > 0 {
            let duration_s = (self.end_us - self.begin_us) as f64 / 1e6;
            imported.started_at = DateTime::from_timestamp_micros(self.begin_us);
            imported.duration_s = Figure::Given(duration_s);
            let rate = (duration_s > 0.0).then(|| count as f64 / duration_s);
            imported.throughput_rps = Figure::or(rate, "all requests began and ended at the same moment");
        }
        let second = |(epoch_s, (requests, errors, sum_ms, max_ms)): (i64, (u64, u64, f64, f64))| Second {
            epoch_s,
            requests,
            errors,
            mean_ms: sum_ms / requests as f64,
            max_ms,
        };
        imported.labels = (self.labels.into_iter())
            .map(|(label, (samples, failed))| LabelFigures {
                label,
                requests: samples.count(),
                errors: errors(failed),
                latency: samples.into_latency(),
            })
            .collect();
        imported.seconds = self.seconds.into_iter().map(second).collect();
        imported.latency = Some(self.samples.into_latency());
        imported.notes.push("Percentiles are computed from the samples with three significant digits.".to_owned());
        imported.notes.push("The run lasts from the first request's start to the last one's end.".to_owned());
    }
}
