//! `cargo xtask test`: every suite, one after the other, and one line that counts them all.

pub mod contract;
pub mod e2e;
pub mod postgres;
pub mod redis;
mod suites;
mod tally;

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use clap::{Args, ValueEnum};

use crate::{build, children::show, error::Error, setup, workspace::Workspace};
use tally::Tally;

/// Which suites to run.
#[derive(Args)]
pub struct Options {
    /// Only this suite; may be given more than once
    #[arg(long, value_name = "SUITE")]
    only: Vec<Suite>,
}

/// The suites, in the order in which they run.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Suite {
    /// rustfmt finds nothing to change
    Fmt,
    /// Clippy has no warning
    Lint,
    /// The release site builds and its WASM keeps its byte budget
    Wasm,
    /// Unit, service and black-box tests, on SQLite, PostgreSQL and Redis
    Rust,
    /// schemathesis asks every operation of the API; no 5xx and no answer outside of its description
    Contract,
    /// Playwright and axe against the hub in Chromium, with WASM and without
    E2e,
}

struct Outcome {
    suite: Suite,
    tally: Tally,
    took: Duration,
}

impl Suite {
    fn name(self) -> &'static str {
        match self {
            Self::Fmt => "fmt",
            Self::Lint => "lint",
            Self::Wasm => "wasm",
            Self::Rust => "rust",
            Self::Contract => "contract",
            Self::E2e => "e2e",
        }
    }

    fn prepare(self, workspace: &Workspace) -> Result<(), Error> {
        match self {
            Self::Fmt => setup::rust_components(workspace),
            Self::Lint => setup::rust_components(workspace).and_then(|()| setup::for_building(workspace)),
            Self::Wasm => setup::for_building(workspace),
            Self::Rust => setup::for_building(workspace).and_then(|()| setup::bring(workspace, setup::RUST_TESTS)),
            Self::Contract => {
                setup::for_building(workspace).and_then(|()| setup::bring(workspace, setup::CONTRACT_TESTS))
            }
            Self::E2e => setup::for_building(workspace).and_then(|()| setup::bring(workspace, setup::BROWSER_TESTS)),
        }
    }

    /// `others` are the suites that run with it.
    fn run(self, workspace: &Workspace, others: &[Self]) -> Result<Tally, Error> {
        match self {
            Self::Fmt => suites::fmt(workspace),
            Self::Lint => suites::lint(workspace),
            Self::Wasm => suites::wasm(workspace),
            Self::Rust => suites::rust(workspace),
            Self::Contract => contract::suite(workspace, &server(workspace, others)?, &contract::Options::default()),
            Self::E2e => e2e::suite(workspace, &server(workspace, others)?, &[]),
        }
    }
}

/// The binary to test; what the Rust tests have built need not be built again.
fn server(workspace: &Workspace, suites: &[Suite]) -> Result<PathBuf, Error> {
    if suites.contains(&Suite::Rust) { build::tested_server(workspace) } else { build::server(workspace, false) }
}

/// `cargo xtask test`.
pub fn command(workspace: &Workspace, options: &Options) -> Result<(), Error> {
    let chosen = Suite::value_variants().iter().copied();
    let chosen = chosen.filter(|suite| options.only.is_empty() || options.only.contains(suite));
    let chosen: Vec<_> = chosen.collect();
    run(&chosen, |suite| suite.prepare(workspace), |suite| suite.run(workspace, &chosen))
}

/// Prepares all suites before the first one runs, so that what the machine lacks is said at once.
fn run(
    suites: &[Suite],
    prepare: impl Fn(Suite) -> Result<(), Error>,
    execute: impl Fn(Suite) -> Result<Tally, Error>,
) -> Result<(), Error> {
    if let Err(error) = suites.iter().try_for_each(|&suite| prepare(suite)) {
        show(&format!("error: {error}"));
        show(&Tally::one(false).to_string());
        return Err(Error::Said(if matches!(error, Error::Missing(_)) { 2 } else { 1 }));
    }
    let outcomes: Vec<Outcome> = suites.iter().map(|&suite| timed(suite, || execute(suite))).collect();
    conclude(&outcomes)
}

/// Runs one suite; what ends it early, or leaves it without any test, counts as a failure.
fn timed(suite: Suite, execute: impl FnOnce() -> Result<Tally, Error>) -> Outcome {
    show(&format!("\n===== {} =====", suite.name()));
    let start = Instant::now();
    let mut tally = execute().unwrap_or_else(|error| {
        show(&format!("error: {error}"));
        Tally::one(false)
    });
    if tally.ran_nothing() {
        show(&format!("error: the suite {} ran no test", suite.name()));
        tally = Tally::one(false);
    }
    let took = start.elapsed();
    show(&format!("----- {}: {tally}, {:.1} s", suite.name(), took.as_secs_f64()));
    Outcome { suite, tally, took }
}

fn conclude(outcomes: &[Outcome]) -> Result<(), Error> {
    show("\n===== summary =====");
    let mut total = Tally::default();
    for Outcome { suite, tally, took } in outcomes {
        show(&format!("{:<8}{:>7.1} s  {tally}", suite.name(), took.as_secs_f64()));
        total.add(*tally);
    }
    // The last line of all: whoever runs this reads the counts there.
    show(&format!("\n{total}"));
    if total.failed == 0 { Ok(()) } else { Err(Error::Said(1)) }
}

/// Runs one suite alone, with the same headings and closing line.
fn alone(workspace: &Workspace, suite: Suite, execute: impl Fn() -> Result<Tally, Error>) -> Result<(), Error> {
    run(&[suite], |suite| suite.prepare(workspace), |_| execute())
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    #[test]
    fn a_failing_suite_does_not_stop_the_next_one_and_fails_the_run() {
        let ran = RefCell::new(Vec::new());
        let result = run(
            &[Suite::Fmt, Suite::Lint, Suite::Rust],
            |_| Ok(()),
            |suite| {
                ran.borrow_mut().push(suite.name());
                if suite == Suite::Lint { Err(Error::Failed("broken".to_owned())) } else { Ok(Tally::one(true)) }
            },
        );
        assert_eq!(ran.into_inner(), ["fmt", "lint", "rust"]);
        assert!(matches!(result, Err(Error::Said(1))));
    }

    #[test]
    fn a_suite_without_tests_fails() {
        assert!(run(&[Suite::Rust], |_| Ok(()), |_| Ok(Tally::default())).is_err());
    }

    #[test]
    fn nothing_runs_when_the_machine_lacks_something() {
        let result = run(
            &[Suite::Fmt, Suite::E2e],
            |suite| if suite == Suite::E2e { Err(Error::Missing("no Chromium".to_owned())) } else { Ok(()) },
            |_| unreachable!("nothing may run"),
        );
        assert!(matches!(result, Err(Error::Said(2))));
    }
}
