//! Figures of the hub beside those of other tools, each repeatable with one command. They take too long for a test and
//! are written down.

mod accuracy;
mod performance;

use clap::Subcommand;

use crate::{error::Error, workspace::Workspace};

/// What is measured.
#[derive(Subcommand)]
pub enum Bench {
    /// Brings Lighthouse, axe-core, the HTTP Observatory and stock hurl, and compares their results with the engines'
    ///
    /// Writes target/xtask/accuracy/results.json and a short table; exit code 1 when a criterion is missed.
    Accuracy(accuracy::Options),
    /// Speed and memory beside peers in the same run
    ///
    /// Brings the peers (wrk, oha, Locust, Lighthouse), takes turns with them on the same server and payload, and prints
    /// medians with their spread and the ratio. Exit code 1 when a criterion is missed.
    Performance(performance::Options),
}

/// `cargo xtask bench`.
pub fn command(workspace: &Workspace, bench: &Bench) -> Result<(), Error> {
    match bench {
        Bench::Accuracy(options) => accuracy::command(workspace, options),
        Bench::Performance(options) => performance::command(workspace, options),
    }
}
