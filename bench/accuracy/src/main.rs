//! Proofs of accuracy: the engines and the tools that people know, on the same pages, headers, journeys and scores.
//!
//! Each proof makes its inputs, asks both sides, and compares. It ends with what was compared, what agreed, and every difference; its criterion
//! decides whether it is met. `cargo xtask bench accuracy` brings the other tools and calls this.

mod accessibility;
mod comparisons;
mod document;
mod error;
mod headers;
mod journeys;
mod listener;
mod pages;
mod peer;
mod proof;
mod scores;
mod site;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, ValueEnum};

use crate::error::{Doing, Error};
use crate::peer::Tools;
use crate::proof::Proof;

#[derive(Parser)]
#[command(about = "Compares the engines with the tools that people know")]
struct Cli {
    /// One proof alone
    #[arg(long)]
    only: Option<Which>,
    /// How often each page is loaded on each side
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u16).range(2..=50))]
    repetitions: u16,
    /// The folder with the scripts of the npm packages and their node_modules
    #[arg(long)]
    peers: PathBuf,
    /// The stock hurl
    #[arg(long)]
    hurl: PathBuf,
    /// The hub's program, which serves the sample system
    #[arg(long)]
    hub: PathBuf,
    /// The browser that both sides drive
    #[arg(long)]
    chromium: PathBuf,
    /// Where the results go, as JSON
    #[arg(long)]
    output: PathBuf,
    /// Renews the figures of docs/accuracy.md and the score vectors that the tests keep
    #[arg(long)]
    write: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Which {
    /// Lighthouse's scoring of 1,000 vectors
    Scores,
    /// Lighthouse's metrics of 20 pages
    Pages,
    /// axe-core's results of 50 pages
    Axe,
    /// The HTTP Observatory's score of 100 header sets
    Headers,
    /// Stock hurl's verdict and captures
    Journeys,
    /// Verdicts on 200 pairs of equal versions and 100 of which one is slower, all measured
    Comparisons,
}

#[tokio::main]
async fn main() -> ExitCode {
    match compare(Cli::parse()).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Whether every criterion is met.
async fn compare(cli: Cli) -> Result<bool, Error> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    // Some are started from folders of their own.
    let found = |path: &Path| path.canonicalize().doing(&path.display().to_string());
    let tools = Tools { folder: found(&cli.peers)?, hurl: found(&cli.hurl)?, chromium: cli.chromium };
    let mut proofs: Vec<Proof> = Vec::new();
    for which in Which::value_variants().iter().filter(|which| cli.only.is_none_or(|only| only == **which)) {
        let proof = match which {
            Which::Scores => scores::prove(&tools, cli.write.then_some(root.as_path())).await?,
            Which::Pages => pages::prove(&tools, usize::from(cli.repetitions)).await?,
            Which::Axe => accessibility::prove(&tools).await?,
            Which::Headers => headers::prove(&tools).await?,
            Which::Journeys => journeys::prove(&tools).await?,
            Which::Comparisons => comparisons::prove(&cli.hub).await?,
        };
        println!("{proof}");
        proofs.push(proof);
        let text = serde_json::to_string_pretty(&proofs).doing("writing the results")?;
        fs::write(&cli.output, text).doing("writing the results")?;
    }
    if cli.write {
        document::renew(&root.join("docs/accuracy.md"), &proofs)?;
    }
    Ok(proofs.iter().all(|proof| proof.met))
}
