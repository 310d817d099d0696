//! `sbh bench`: without a hub the load starts here; with one it starts there. The outcome reads the same, as does that of
//! `sbh bench import`, for what other tools measured.

mod compared;
mod document;
mod import;
mod local;
mod markdown;
mod options;
mod progress;
mod remote;
mod run;
mod table;

pub(super) use options::Options;

use super::{FAILED, Failure, terminal};
use options::{Command, Output};
use run::Run;

/// Measures and prints the scorecard. The exit code is 1 when the figures do not describe the target, and 3 when it was
/// not reached.
pub(super) async fn run(options: Options) -> Result<(), Failure> {
    if let Some(Command::Import(options)) = &options.command {
        return import::run(options).await;
    }
    let run = match (&options.hub, &options.url) {
        (Some(hub), _) => remote::run(&options, hub).await?,
        (None, Some(url)) => local::run(&options, url).await?,
        (None, None) => unreachable!("clap demands one of both"),
    };
    print(&run, options.output)?;
    run.verdict()
}

fn print(run: &Run, output: Output) -> Result<(), Failure> {
    match output {
        Output::Table => terminal::print(&table::text(run)),
        Output::Markdown => terminal::print(&markdown::text(run)),
        Output::Json => {
            terminal::print_json(&document::Document::from(run)).map_err(|error| Failure::new(FAILED, error))?;
        }
    }
    Ok(())
}
