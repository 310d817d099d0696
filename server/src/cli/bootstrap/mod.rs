//! `sbh bootstrap`: a project on this machine with the sample system registered. What is there stays as it is.

mod sample;
mod settings;
mod steps;

use super::{FAILED, Failure, WRONG_USE, console, terminal};
use clap::Args;
use std::{
    env,
    path::{Path, PathBuf},
};

/// Where the project is.
#[derive(Args)]
pub(super) struct Options {
    /// The folder of the project, made when it is missing
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    hub_dir: PathBuf,
}

/// Makes what is missing and prints the next commands.
pub(super) async fn run(options: Options) -> Result<(), Failure> {
    enter(&options.hub_dir)?;
    say(settings::write()?);
    let config = settings::read()?;
    let address = settings::address(&config);
    let hub = console::open_hub(config).await?;
    say(vec!["the database and its folder are there".to_owned()]);
    let text = match console::Console::of(hub).await? {
        None => steps::until_there_is_an_owner(&options.hub_dir, &address),
        Some(console) => {
            let (ids, made) = sample::register(&console).await?;
            say(made);
            steps::to_a_verdict(&options.hub_dir, &address, &ids)
        }
    };
    terminal::print(&text);
    Ok(())
}

/// Settings name folders relative to the project's.
fn enter(folder: &Path) -> Result<(), Failure> {
    let made = std::fs::create_dir_all(folder).and_then(|()| env::set_current_dir(folder));
    made.map_err(|error| Failure::new(WRONG_USE, format!("--hub-dir: {} can't be used: {error}", folder.display())))
}

fn say(lines: Vec<String>) {
    lines.iter().for_each(|line| eprintln!("- {line}"));
}

fn broken_file(error: impl std::fmt::Display) -> Failure {
    Failure::new(FAILED, format!("{}: {error}", settings::FILE))
}
