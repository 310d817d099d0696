//! Golden paths: Hurl journeys, checked before they run and run through the egress guard.
//!
//! [`Journey::parse`] reads a Hurl file and refuses what would leave the guard or the journey's own folder, with the line and the reason.
//! [`run`] executes it and returns an [`Outcome`] in which every secret is masked and every failed assert says what was expected and seen.
//!
//! Invariants: all traffic goes through an in-process proxy of the guard, whatever the environment says about proxies; a journey reads files
//! of its own folder only and writes none; a run that was refused, cut off or that measured nothing is never a success; the future returns
//! soon after the time limit even if libcurl does not.
//!
//! # Options of an entry
//! | option | decision |
//! |---|---|
//! | `connect-to`, `resolve`, `proxy`, `unix-socket`, `http3` | refused: they reach the network past the guard |
//! | `ipv4`, `ipv6` | refused: the guard chooses the address, so they would have no effect |
//! | `netrc`, `netrc-file`, `netrc-optional` | refused unless `false`: they read credentials of this machine |
//! | `output` | refused: a journey writes no files |
//! | `insecure` | refused unless `false`: trust the certificate with `cacert` instead |
//! | `cacert`, `cert`, `key` | a file in the journey's folder, named without variables |
//! | `delay`, `retry-interval` | at most [`limits::MAX_PAUSE`] |
//! | `retry`, `repeat` | finite; all requests of a journey together at most [`limits::MAX_REQUESTS`] |
//! | `max-redirs` | at most [`limits::MAX_REDIRECTS`] |
//! | `verbose`, `very-verbose` | accepted without effect: the outcome has the exchange already |
//! | `aws-sigv4`, `compressed`, `connect-timeout`, `header`, `http1.0`, `http1.1`, `http2`, `limit-rate`, `location`, `location-trusted`, `path-as-is`, `skip`, `user`, `variable` | as in Hurl |
//!
//! The `ip` query is refused: behind a proxy it would measure the proxy.

#![warn(missing_docs)]

mod bounds;
mod error;
mod failure;
mod folder;
mod journey;
pub mod limits;
mod mask;
mod outcome;
mod path;
mod references;
mod report;
mod rules;
mod run;
mod runner;
mod syntax;
mod variable;

pub use error::{JourneyError, Place};
pub use journey::{FileReference, FileUse, Journey, VariableReference};
pub use outcome::{
    AssertOutcome, Body, CaptureOutcome, EntryOutcome, Exchange, Header, Outcome, Problem, Refusal, Timings,
};
pub use run::{RunOptions, run};
pub use variable::{Scalar, Variable};
