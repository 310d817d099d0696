//! What `cargo xtask bench performance` measures the load engine with: the engine as a program, and a server that costs
//! nothing. Neither knows its peers.

mod load;
mod server;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Why a program ends without its figures.
type Failure = Box<dyn std::error::Error + Send + Sync>;

#[derive(Parser)]
#[command(name = "sbh-bench-load")]
struct Arguments {
    #[command(subcommand)]
    program: Program,
}

#[derive(Subcommand)]
enum Program {
    /// Answers every request with the same bytes, until it is ended
    Serve(server::Options),
    /// Runs a load plan and prints what it measured
    Run(load::Options),
}

fn main() -> ExitCode {
    match run(Arguments::parse().program) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("sbh-bench-load: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(program: Program) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    match program {
        Program::Serve(options) => runtime.block_on(server::run(options)),
        Program::Run(options) => runtime.block_on(load::run(options)),
    }
}
