//! The commands of the house. `cargo xtask --help` lists them; each has its own file.

mod bench;
mod budget;
mod build;
mod children;
mod error;
mod fuzz;
mod npm;
mod probe;
mod run;
mod setup;
mod test;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::{error::Error, workspace::Workspace};

/// Sets up, builds, runs and tests System Builder Hub.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Brings what building and testing need: the WASM target, Rust components, system packages
    ///
    /// Installs with apt-get where it may (as root, or with sudo that asks for no password);
    /// otherwise names the packages with the exact command and stops with exit code 2.
    Setup,
    /// Builds the browser part into target/site, then the binary `sbh`
    Build(build::Options),
    /// Proves what is claimed: figures beside other tools, which take too long for a test
    #[command(subcommand)]
    Bench(bench::Bench),
    /// Builds the release site and fails when its WASM is over its byte budget
    Budget,
    /// Sets up, builds and starts the hub on SQLite in ./data, until Ctrl-C
    Run(run::Options),
    /// Runs every suite and ends with the line `N passed, N failed`
    ///
    /// PostgreSQL, Redis and Chromium are used where they answer (TEST_POSTGRES_URL,
    /// TEST_REDIS_URL and CHROMIUM name other places), started where they are installed, and
    /// installed where that is possible. A missing one fails the run.
    Test(test::Options),
    /// Asks every operation of the API alone: the same as `test --only contract`, and more of it where that is asked for
    Contract(test::contract::Options),
    /// Fuzzes the parsers with libFuzzer; what it reads and keeps is in fuzz/README.md
    Fuzz(fuzz::Options),
    /// Runs the browser tests alone: the same as `test --only e2e`
    E2e(test::e2e::Options),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    match Workspace::open().and_then(|workspace| dispatch(&workspace, cli.command)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            if !matches!(error, Error::Said(_)) {
                eprintln!("error: {error}");
            }
            error.exit_code()
        }
    }
}

fn dispatch(workspace: &Workspace, command: Command) -> Result<(), Error> {
    match command {
        Command::Setup => setup::everything(workspace),
        Command::Build(options) => build::command(workspace, &options),
        Command::Bench(bench) => bench::command(workspace, &bench),
        Command::Budget => budget::command(workspace),
        Command::Run(options) => run::command(workspace, &options),
        Command::Test(options) => test::command(workspace, &options),
        Command::Contract(options) => test::contract::command(workspace, &options),
        Command::Fuzz(options) => fuzz::command(workspace, &options),
        Command::E2e(options) => test::e2e::command(workspace, &options),
    }
}
