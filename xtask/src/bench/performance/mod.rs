//! `cargo xtask bench performance`: each part is a file; all of them measure against a peer that runs in turn with them.

mod document;
mod fairness;
mod figures;
mod generators;
mod http;
mod hub;
mod instance;
mod jobs;
mod lighthouse;
mod load;
mod machine;
mod memory;
mod peers;
mod process;
mod report;
mod stall;
mod storage;

use clap::{Args, ValueEnum};

use crate::{children::show, error::Error, workspace::Workspace};
use report::Section;

/// What to measure, and for how long.
#[derive(Args)]
pub struct Options {
    /// Only this part; may be given more than once
    #[arg(long, value_name = "PART")]
    only: Vec<Part>,
    /// Renew the figures of the measured parts in docs/performance.md
    #[arg(long)]
    write: bool,
    /// Measure development builds: to try the command, never for figures
    #[arg(long = "trial", conflicts_with = "write")]
    is_trial: bool,
    /// Rounds in which generator and peer take turns
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=100))]
    rounds: u32,
    /// Seconds of each turn
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=600))]
    seconds: u32,
    /// Minutes of mixed load over which memory is watched
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=1440))]
    memory_minutes: u32,
}

/// The parts, in the order in which they run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// The load engine beside oha, wrk and Locust
    Load,
    /// What each tool reports when the server stands still
    Stall,
    /// Pages and API at 1, 64 and 1,000 connections
    Hub,
    /// Reads and writes on SQLite and on PostgreSQL
    Storage,
    /// Jobs per second on SQLite and on PostgreSQL
    Jobs,
    /// Resident memory over a mixed load
    Memory,
    /// One organisation's reads while another floods the hub
    Fairness,
    /// Lighthouse on the hub's own pages
    Lighthouse,
}

impl Part {
    /// Its name on the command line, in the report and in the document.
    fn name(self) -> &'static str {
        match self {
            Self::Load => "load",
            Self::Stall => "stall",
            Self::Hub => "hub",
            Self::Storage => "storage",
            Self::Jobs => "jobs",
            Self::Memory => "memory",
            Self::Fairness => "fairness",
            Self::Lighthouse => "lighthouse",
        }
    }

    fn measure(self, workspace: &Workspace, options: &Options) -> Result<Section, Error> {
        match self {
            Self::Load => load::measure(workspace, options),
            Self::Stall => stall::measure(workspace, options),
            Self::Hub => hub::measure(workspace, options),
            Self::Storage => storage::measure(workspace, options),
            Self::Jobs => jobs::measure(workspace, options),
            Self::Memory => memory::measure(workspace, options),
            Self::Fairness => fairness::measure(workspace, options),
            Self::Lighthouse => lighthouse::measure(workspace, options),
        }
    }
}

/// Measures the chosen parts one after the other; a part that fails does not keep the others from being measured.
pub fn command(workspace: &Workspace, options: &Options) -> Result<(), Error> {
    let chosen = Part::value_variants().iter().copied();
    let mut good = true;
    for part in chosen.filter(|part| options.only.is_empty() || options.only.contains(part)) {
        show(&format!("\n===== {} =====", part.name()));
        let before = machine::load_average();
        match part.measure(workspace, options) {
            Ok(section) => {
                let section = section.under(machine::conditions(before.as_deref()));
                show(&section.text());
                section.store(workspace, part)?;
                if options.write {
                    document::renew(workspace, part, &section)?;
                }
                good &= section.is_met();
            }
            Err(Error::Missing(what)) => return Err(Error::Missing(what)),
            Err(error) => {
                show(&format!("error: {error}"));
                good = false;
            }
        }
    }
    if good { Ok(()) } else { Err(Error::Said(1)) }
}
