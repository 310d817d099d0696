//! HTTP load generation: closed and open model, latency raw and corrected for coordinated omission side by side.
//!
//! A [`Plan`] says what to send; [`run`] sends it through an egress guard and returns an [`Outcome`].
//!
//! # What is measured
//! - *Raw* latency runs from the moment when the generator starts a request (opening a connection included, if one is needed) to the last byte of
//!   the response. It is what a generator that waits for the server sees, and it hides stalls.
//! - *Corrected* latency is what users would have seen. In the open model it runs from the moment at which the schedule wanted the request sent,
//!   whatever the server did in the meantime. In the closed model it is Gil Tene's correction (HdrHistogram, `recordValueWithExpectedInterval`): a
//!   response slower than the expected interval also stands for the requests that a virtual user could not send meanwhile. The expected
//!   interval is measured: the median time between two requests of a virtual user.
//! - Complete responses and timeouts enter the histograms (a timeout with the time waited, a lower bound); failed connections, resets and the
//!   like are counted as errors only.
//!
//! # More than one run
//! - [`steps`]: the same mix at one level of concurrency after the other, for scalability.
//! - [`burst`]: recovery after a burst; [`availability`]: in how many seconds a target was there, and the longest in which it was not.
//! - [`rude`]: behaviour towards clients that leave early, send slowly or read slowly.
//! - [`calibration`]: whether this host is steady enough to measure on; [`interleave`]: in which order two variants take turns.
//! - [`histogram_log`]: a run's histograms in the format that HdrHistogram's tools read.
//!
//! # When nothing is scored
//! A run whose generator was the bottleneck is marked invalid, see [`judge_validity`]. A run without a response has no latency at all (`None`),
//! rather than one of zero.

#![warn(missing_docs)]

pub mod availability;
pub mod burst;
pub mod calibration;
mod classify;
mod clock;
mod closed;
mod error;
mod histogram;
pub mod histogram_log;
pub mod interleave;
mod link;
mod mix;
mod open;
mod outcome;
mod pacer;
mod plan;
mod progress;
pub mod rude;
mod run;
mod schedule;
mod seconds;
pub mod steps;
mod summary;
mod tally;
mod target;
mod tls;
mod validate;
mod validity;
mod wire;
mod worker;

pub use error::{ErrorClass, LoadError, PlanError, PlanErrors};
pub use histogram::{Histograms, LatencyHistogram, LatencySummary};
pub use mix::Mix;
pub use outcome::{ConnectionHistograms, Generator, Latency, ModelKind, Outcome, RequestOutcome, SeriesPoint};
pub use plan::{HttpVersion, Model, Plan, RequestSpec, Stage, TlsOptions};
pub use progress::{Phase, Progress};
pub use run::run;
pub use schedule::Schedule;
pub use validity::{MAX_CPU_FRACTION, MAX_MISSED_FRACTION, SCHEDULE_TOLERANCE, judge_validity};
