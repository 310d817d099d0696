//! The commands of `sbh`, one file or folder each.
//!
//! What a program reads goes to standard output, what a person reads beside it goes to standard error. The exit code is
//! [`PASSED`], [`FAILED`], [`WRONG_USE`] or [`UNREACHABLE`].

mod audit;
mod bench;
mod bootstrap;
mod completions;
mod config;
mod console;
mod gates;
mod hub_client;
mod init;
mod keys;
mod migrate;
mod recognise;
mod retention;
mod routes;
mod sample_system;
mod serve;
mod tenants;
mod terminal;
mod verify;

use crate::state::StartError;
use clap::{Parser, Subcommand};
use hub::Kind;
use std::process::ExitCode;

/// The command did what it says, and the answer is good.
pub const PASSED: u8 = 0;
/// The answer is no: blocked or failed.
pub const FAILED: u8 = 1;
/// The command was used wrongly, or the configuration is not valid.
pub const WRONG_USE: u8 = 2;
/// The hub, its database or the target could not be reached.
pub const UNREACHABLE: u8 = 3;

/// Why a command ends with another code than zero.
#[derive(Debug)]
pub struct Failure {
    /// The exit code.
    pub code: u8,
    /// What is written to standard error; empty where the output has said it already.
    pub message: String,
}

impl Failure {
    /// An end with this code.
    pub fn new(code: u8, message: impl ToString) -> Self {
        Self { code, message: message.to_string() }
    }

    /// An end whose reason the output has given.
    pub fn said(code: u8) -> Self {
        Self::new(code, "")
    }
}

impl From<crate::config::Faults> for Failure {
    fn from(faults: crate::config::Faults) -> Self {
        Self::new(WRONG_USE, faults)
    }
}

impl From<StartError> for Failure {
    fn from(error: StartError) -> Self {
        match error {
            StartError::Core(error) => error.into(),
            other => Self::new(FAILED, other),
        }
    }
}

impl From<hub::Error> for Failure {
    /// Whoever stands at the console runs the hub, so the cause is shown as well.
    fn from(error: hub::Error) -> Self {
        let code = match error.kind() {
            Kind::Invalid => WRONG_USE,
            Kind::Unavailable => UNREACHABLE,
            _ => FAILED,
        };
        let mut message = error.message().to_owned();
        if let [_, _, ..] = error.fields() {
            error.fields().iter().for_each(|field| message.push_str(&format!("\n  {}", field.message)));
        }
        if let Some(cause) = error.cause() {
            message.push_str(&format!("\n  cause: {cause}"));
        }
        Self { code, message }
    }
}

/// Measures systems, holds their releases to gates, and proves the outcome.
#[derive(Parser)]
#[command(name = "sbh", version, after_help = "Exit codes: 0 passed, 1 blocked or failed, 2 wrong use, 3 unreachable.")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs the hub
    Serve,
    /// Makes the first owner of the hub
    Init(init::Options),
    /// Makes, lists, rotates, revokes and recognises API keys
    #[command(subcommand)]
    Keys(keys::Command),
    /// Makes, lists, suspends and removes the organisations of this hub
    #[command(subcommand)]
    Tenants(tenants::Command),
    /// Prints the configuration, secrets masked
    Config,
    /// Brings the tables up to date
    Migrate(migrate::Options),
    /// Lists the operations of the API
    Routes(routes::Options),
    /// Measures a system and prints its scorecard
    Bench(Box<bench::Options>),
    /// Asks whether a version may be released
    Gates(gates::Options),
    /// Verifies an evidence pack, or the proof of an audit entry, without a hub
    Verify(verify::Options),
    /// Checks the audit log
    #[command(subcommand)]
    Audit(audit::Command),
    /// Says what would be removed now as too old, and removes nothing
    Retention(retention::Options),
    /// Runs the sample system, a small shop to measure
    SampleSystem(sample_system::Options),
    /// Sets up a local project with the sample system
    Bootstrap(bootstrap::Options),
    /// Prints completions for a shell
    Completions(completions::Options),
}

/// Runs the command that the arguments name.
pub fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(()) => ExitCode::from(PASSED),
        Err(failure) => {
            if !failure.message.is_empty() {
                eprintln!("sbh: {}", failure.message);
            }
            ExitCode::from(failure.code)
        }
    }
}

fn run(command: Command) -> Result<(), Failure> {
    crate::serve::install_crypto();
    match command {
        Command::Serve => serve::run(),
        Command::Init(options) => block_on(init::run(options)),
        Command::Keys(command) => block_on(keys::run(command)),
        Command::Tenants(command) => block_on(tenants::run(command)),
        Command::Config => config::run(),
        Command::Migrate(options) => block_on(migrate::run(options)),
        Command::Routes(options) => routes::run(&options),
        Command::Bench(options) => block_on(bench::run(*options)),
        Command::Gates(options) => block_on(gates::run(options)),
        Command::Verify(options) => verify::run(&options),
        Command::Audit(command) => block_on(audit::run(command)),
        Command::Retention(options) => block_on(retention::run(options)),
        Command::SampleSystem(options) => block_on(sample_system::run(options)),
        Command::Bootstrap(options) => block_on(bootstrap::run(options)),
        Command::Completions(options) => completions::run(&options),
    }
}

/// Runs a future to its end on all cores.
fn block_on<T>(future: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.map_err(|error| Failure::new(FAILED, error))?.block_on(future)
}
