//! A run's histograms as HdrHistogram's interval log, which its own tools and libraries in other languages read.
//!
//! Each line has a tag, a start and a length in seconds, the longest time in milliseconds, and a histogram of nanoseconds (V2 with deflate, in
//! base64). The format is that of `HistogramLogWriter` in HdrHistogram (Gil Tene); tools add up the lines of a tag, so whole runs and
//! seconds have different ones.

use std::io;
use std::time::{Duration, SystemTime};

use hdrhistogram::serialization::V2DeflateSerializer;
use hdrhistogram::serialization::interval_log::{
    IntervalLogIterator, IntervalLogWriterBuilder, IntervalLogWriterError, LogEntry, LogIteratorError, Tag,
};

use crate::histogram::LatencyHistogram;
use crate::outcome::Outcome;

/// The tag of the raw latency of a whole run.
pub const RAW: &str = "raw";
/// The tag of the corrected latency of a whole run.
pub const CORRECTED: &str = "corrected";
/// The tag of the corrected latency of one second, by when requests ended.
pub const CORRECTED_SECOND: &str = "corrected-second";

/// Nanoseconds in the unit of the log's column for the longest time.
const NANOS_PER_MS: f64 = 1e6;

/// What a log holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct HistogramLog {
    /// When measuring began, to the millisecond.
    pub started: Option<SystemTime>,
    /// Its lines.
    pub intervals: Vec<Interval>,
}

/// One line of a log.
#[derive(Debug, Clone, PartialEq)]
pub struct Interval {
    /// What it is of: [`RAW`], [`CORRECTED`], [`CORRECTED_SECOND`], or what another writer chose.
    pub tag: Option<String>,
    /// When it begins, since the start of the log, to the millisecond.
    pub start: Duration,
    /// How long it is, to the millisecond.
    pub length: Duration,
    /// The samples.
    pub histogram: LatencyHistogram,
}

/// A log that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LogError {
    /// A line is not one of the format.
    #[error("the log has a line that is no interval at byte {offset}")]
    Line {
        /// Where the line begins.
        offset: usize,
    },
    /// A line's histogram is damaged.
    #[error("histogram {position} of the log is damaged: {why}")]
    Histogram {
        /// Which one, from 0.
        position: usize,
        /// What is wrong.
        why: String,
    },
    /// The start is no time that this machine knows.
    #[error("the log begins at an impossible time")]
    Start,
}

impl HistogramLog {
    /// The log of a run whose measuring began at `started`: raw and corrected latency of the whole run, then corrected latency by the second,
    /// those of the drain included.
    #[must_use]
    pub fn of(outcome: &Outcome, started: SystemTime) -> Self {
        let whole = |tag: &str, histogram: &LatencyHistogram| Interval {
            tag: Some(tag.to_owned()),
            start: Duration::ZERO,
            length: Duration::from_secs_f64(outcome.duration_s.max(0.0)),
            histogram: histogram.clone(),
        };
        let mut intervals = vec![whole(RAW, &outcome.histograms.raw), whole(CORRECTED, &outcome.histograms.corrected)];
        intervals.extend(outcome.series.iter().map(|point| Interval {
            tag: Some(CORRECTED_SECOND.to_owned()),
            start: Duration::from_secs(point.second.into()),
            length: Duration::from_secs(1),
            histogram: point.histogram.clone(),
        }));
        Self { started: Some(started), intervals }
    }

    /// The log as text. Times are rounded to the millisecond, histograms are exact. A tag with a comma or white space, for which the format has no
    /// place, is left out.
    #[must_use]
    pub fn write(&self) -> String {
        let mut text = Vec::new();
        self.write_to(&mut text).expect("writing into memory does not fail");
        String::from_utf8(text).expect("a log is ASCII but for its tags, which are text")
    }

    fn write_to(&self, text: &mut Vec<u8>) -> io::Result<()> {
        let mut serializer = V2DeflateSerializer::new();
        let mut builder = IntervalLogWriterBuilder::new();
        builder.add_comment("[Histogram log format version 1.3]").with_max_value_divisor(NANOS_PER_MS);
        if let Some(started) = self.started {
            builder.with_start_time(started).with_base_time(started);
        }
        let mut writer = builder.begin_log_with(text, &mut serializer)?;
        for interval in &self.intervals {
            let tag = interval.tag.as_deref().and_then(Tag::new);
            let written = writer.write_histogram(interval.histogram.inner(), interval.start, interval.length, tag);
            written.map_err(|error| match error {
                IntervalLogWriterError::IoError(error) => error,
                IntervalLogWriterError::SerializeError(error) => io::Error::other(error),
            })?;
        }
        Ok(())
    }

    /// Reads a log, one of another program too.
    ///
    /// # Errors
    /// [`LogError`] with the place of what cannot be read.
    pub fn read(text: &str) -> Result<Self, LogError> {
        let mut log = Self::default();
        for entry in IntervalLogIterator::new(text.as_bytes()) {
            match entry {
                // Starts count from the base, where a log has one (`HistogramLogReader` in HdrHistogram).
                Ok(LogEntry::StartTime(at)) => log.started = log.started.or(Some(moment(at)?)),
                Ok(LogEntry::BaseTime(at)) => log.started = Some(moment(at)?),
                Ok(LogEntry::Interval(line)) => {
                    let position = log.intervals.len();
                    let histogram = LatencyHistogram::decode(line.encoded_histogram());
                    log.intervals.push(Interval {
                        tag: line.tag().map(|tag| tag.as_str().to_owned()),
                        start: line.start_timestamp(),
                        length: line.duration(),
                        histogram: histogram.map_err(|why| LogError::Histogram { position, why })?,
                    });
                }
                Err(LogIteratorError::ParseError { offset }) => return Err(LogError::Line { offset }),
            }
        }
        Ok(log)
    }
}

fn moment(since_epoch: Duration) -> Result<SystemTime, LogError> {
    SystemTime::UNIX_EPOCH.checked_add(since_epoch).ok_or(LogError::Start)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interval(tag: Option<&str>, start_ms: u64, samples: &[u64]) -> Interval {
        let mut histogram = LatencyHistogram::fine();
        samples.iter().for_each(|nanos| histogram.record(Duration::from_nanos(*nanos)));
        let (start, length) = (Duration::from_millis(start_ms), Duration::from_millis(1_500));
        Interval { tag: tag.map(str::to_owned), start, length, histogram }
    }

    fn log() -> HistogramLog {
        let started = SystemTime::UNIX_EPOCH + Duration::from_millis(1_790_000_000_125);
        let samples: Vec<_> = (1..2_000).map(|n| n * n * 97).collect();
        let intervals = vec![
            interval(Some(RAW), 0, &samples),
            interval(Some(CORRECTED), 1_000, &[1, 86_400_000_000_000]),
            interval(None, 2_750, &[]),
        ];
        HistogramLog { started: Some(started), intervals }
    }

    #[test]
    fn what_is_written_is_read_back_exactly() {
        let log = log();
        let read = HistogramLog::read(&log.write()).unwrap();
        assert_eq!(read, log);
        let summaries = |log: &HistogramLog| log.intervals.iter().map(|i| i.histogram.summary()).collect::<Vec<_>>();
        assert_eq!(summaries(&read), summaries(&log));
        assert_eq!(read.write(), log.write());
    }

    #[test]
    fn lines_have_the_form_that_other_readers_expect() {
        let text = log().write();
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines[0], "#[Histogram log format version 1.3]");
        assert_eq!(lines[1], "#[StartTime: 1790000000.125 (seconds since epoch)]");
        assert_eq!(lines[2], "#[BaseTime: 1790000000.125 (seconds since epoch)]");
        let cells: Vec<_> = lines[4].split(',').collect();
        assert_eq!(cells[..3], ["Tag=raw", "0.000", "1.500"]);
        // The longest of the samples, 1999² · 97 ns, in milliseconds to three digits; "HISTF" begins a compressed V2 histogram.
        assert!((cells[3].parse::<f64>().unwrap() / 387.612 - 1.0).abs() < 1e-3, "{}", cells[3]);
        assert!(cells[4].starts_with("HISTF"), "{}", cells[4]);
    }

    #[test]
    fn what_others_write_is_read_and_what_is_damaged_is_refused() {
        let ours = log().write();
        let payload = ours.lines().nth(4).unwrap().rsplit(',').next().unwrap();
        let theirs = format!(
            "#[Logged with jHiccup version 2.0]\r\n\"StartTimestamp\",\"Interval_Length\"\n0.127,1.007,2.769,{payload}\r\n"
        );
        let read = HistogramLog::read(&theirs).unwrap();
        assert_eq!((read.started, read.intervals.len()), (None, 1));
        assert_eq!(read.intervals[0].histogram, log().intervals[0].histogram);
        assert_eq!(read.intervals[0].start, Duration::from_millis(127));
        assert_eq!(HistogramLog::read("#ok\nhello\n"), Err(LogError::Line { offset: 4 }));
        let damaged = HistogramLog::read("0.0,1.0,2.0,aGVsbG8=\n");
        assert!(matches!(damaged, Err(LogError::Histogram { position: 0, .. })), "{damaged:?}");
    }
}
