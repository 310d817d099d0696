//! Figures of the hub beside those of other tools, each repeatable with one command.

mod accuracy;

use clap::Subcommand;

use crate::{error::Error, workspace::Workspace};

/// What is measured.
#[derive(Subcommand)]
pub enum Bench {
    /// Brings Lighthouse, axe-core, the HTTP Observatory and stock hurl, and compares their results with the engines'
    ///
    /// Writes target/xtask/accuracy/results.json and a short table; exit code 1 when a criterion is missed.
    Accuracy(accuracy::Options),
}

/// `cargo xtask bench`.
pub fn command(workspace: &Workspace, bench: &Bench) -> Result<(), Error> {
    match bench {
        Bench::Accuracy(options) => accuracy::command(workspace, options),
    }
}
