//! What one worker counts. Tallies add up to those of the whole run.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::error::ErrorClass;
use crate::histogram::{Histograms, LatencyHistogram};
use crate::outcome::{SeriesPoint, add_counts};
use crate::validity::SCHEDULE_TOLERANCE;

/// How a request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reply {
    /// A complete response.
    Status(u16),
    /// None, or not a complete one.
    Failed(ErrorClass),
}

impl Reply {
    pub(crate) fn error(self) -> Option<ErrorClass> {
        match self {
            Self::Status(400..=499) => Some(ErrorClass::Http4xx),
            Self::Status(500..=599) => Some(ErrorClass::Http5xx),
            Self::Status(_) => None,
            Self::Failed(class) => Some(class),
        }
    }

    /// Whether the time it took says something about latency: a timeout does, as a lower bound; a refused connection does not.
    pub(crate) fn has_latency(self) -> bool {
        matches!(self, Self::Status(_) | Self::Failed(ErrorClass::Timeout))
    }
}

/// A finished request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sample {
    /// Index in the mix.
    pub(crate) request: usize,
    /// When the schedule wanted it sent; in the closed model the moment when it was.
    pub(crate) intended: Instant,
    pub(crate) sent: Instant,
    pub(crate) ended: Instant,
    pub(crate) measured: bool,
    pub(crate) reply: Reply,
}

/// The times that a run is made of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Timeline {
    pub(crate) start: Instant,
    pub(crate) measure_start: Instant,
    pub(crate) measure_end: Instant,
    pub(crate) hard_end: Instant,
}

impl Timeline {
    pub(crate) fn measures(&self, at: Instant) -> bool {
        (self.measure_start..self.measure_end).contains(&at)
    }
}

#[derive(Debug, Clone, Default)]
pub(crate) struct RequestTally {
    pub(crate) requests: u64,
    pub(crate) classes: BTreeMap<ErrorClass, u64>,
    pub(crate) latency: Histograms,
}

#[derive(Debug, Clone)]
pub(crate) struct Tally {
    timeline: Timeline,
    open: bool,
    pub(crate) by_request: Vec<RequestTally>,
    pub(crate) statuses: BTreeMap<u16, u64>,
    pub(crate) series: Vec<SeriesPoint>,
    /// Successful responses within the measured time, whenever they were sent.
    pub(crate) succeeded_in_time: u64,
    pub(crate) scheduled: u64,
    pub(crate) missed: u64,
    pub(crate) dropped: u64,
    pub(crate) lateness: LatencyHistogram,
    /// Times between two requests of a virtual user.
    pub(crate) intervals: LatencyHistogram,
}

impl Tally {
    pub(crate) fn new(timeline: Timeline, open: bool, requests: usize) -> Self {
        Self {
            timeline,
            open,
            by_request: vec![RequestTally::default(); requests],
            statuses: BTreeMap::new(),
            series: Vec::new(),
            succeeded_in_time: 0,
            scheduled: 0,
            missed: 0,
            dropped: 0,
            lateness: LatencyHistogram::fine(),
            intervals: LatencyHistogram::fine(),
        }
    }

    /// Counts a measured arrival that the generator sent `late` by its own fault.
    pub(crate) fn scheduled(&mut self, late: Duration) {
        self.scheduled += 1;
        self.missed += u64::from(late > SCHEDULE_TOLERANCE);
        self.lateness.record(late);
    }

    /// Counts a measured arrival that was never sent; the generator itself had it in hand `late` after it was due.
    pub(crate) fn dropped(&mut self, late: Duration) {
        self.scheduled(late);
        self.dropped += 1;
    }

    pub(crate) fn started(&mut self, at: Instant, measured: bool) {
        if measured {
            self.second(at).started += 1;
        }
    }

    /// Notes the load at a moment; each second keeps the highest.
    pub(crate) fn note(&mut self, at: Instant, in_flight: u64, queued: u64) {
        if at >= self.timeline.measure_start {
            let second = self.second(at);
            second.in_flight = second.in_flight.max(in_flight);
            second.queued = second.queued.max(queued);
        }
    }

    pub(crate) fn finished(&mut self, sample: &Sample) {
        let error = sample.reply.error();
        if error.is_none() && self.timeline.measures(sample.ended) {
            self.succeeded_in_time += 1;
        }
        if !sample.measured {
            return;
        }
        self.count(sample, error);
        if sample.reply.has_latency() {
            self.time(sample);
        }
    }

    fn count(&mut self, sample: &Sample, error: Option<ErrorClass>) {
        let request = &mut self.by_request[sample.request];
        request.requests += 1;
        if let Some(class) = error {
            *request.classes.entry(class).or_default() += 1;
        }
        if let Reply::Status(status) = sample.reply {
            *self.statuses.entry(status).or_default() += 1;
        }
        let second = self.second(sample.ended);
        second.completed += u64::from(matches!(sample.reply, Reply::Status(_)));
        second.errors += u64::from(error.is_some());
        second.succeeded += u64::from(error.is_none());
    }

    fn time(&mut self, sample: &Sample) {
        let raw = sample.ended.saturating_duration_since(sample.sent);
        let corrected = sample.ended.saturating_duration_since(sample.intended);
        let latency = &mut self.by_request[sample.request].latency;
        latency.raw.record(raw);
        if self.open {
            latency.corrected.record(corrected);
        }
        self.second(sample.ended).histogram.record(corrected);
    }

    fn second(&mut self, at: Instant) -> &mut SeriesPoint {
        let index = at.saturating_duration_since(self.timeline.measure_start).as_secs() as usize;
        for second in self.series.len()..=index {
            self.series.push(SeriesPoint {
                second: u32::try_from(second).unwrap_or(u32::MAX),
                histogram: LatencyHistogram::coarse(),
                ..SeriesPoint::default()
            });
        }
        &mut self.series[index]
    }

    /// Adds another worker's tally of the same run.
    pub(crate) fn merge(&mut self, other: &Self) {
        for (own, theirs) in self.by_request.iter_mut().zip(&other.by_request) {
            own.requests += theirs.requests;
            add_counts(&mut own.classes, &theirs.classes);
            own.latency.merge(&theirs.latency);
        }
        add_counts(&mut self.statuses, &other.statuses);
        if let Some(last) = other.series.len().checked_sub(1) {
            let at = self.timeline.measure_start + Duration::from_secs(last as u64);
            self.second(at);
        }
        for (own, theirs) in self.series.iter_mut().zip(&other.series) {
            own.merge(theirs);
        }
        self.succeeded_in_time += other.succeeded_in_time;
        self.scheduled += other.scheduled;
        self.missed += other.missed;
        self.dropped += other.dropped;
        self.lateness.merge(&other.lateness);
        self.intervals.merge(&other.intervals);
    }

    /// The interval by which the closed model is corrected, if two requests of a virtual user were seen.
    pub(crate) fn expected_interval(&self) -> Option<Duration> {
        self.intervals.median()
    }

    /// Derives the corrected latency of a closed model from the raw one; the open model recorded it.
    pub(crate) fn correct(&mut self) {
        if self.open {
            return;
        }
        // Without an interval no user sent twice, and there is nothing that a stall kept from being sent.
        let interval = self.expected_interval().unwrap_or(Duration::MAX);
        for request in &mut self.by_request {
            request.latency.corrected = request.latency.raw.corrected(interval);
        }
        for second in &mut self.series {
            second.histogram = second.histogram.corrected(interval);
        }
    }
}
