//! The browser tests: Playwright with Debian's Chromium against the binary with the release site.

use std::{fs, path::Path, process::Command, time::Duration};

use clap::Args;
use serde_json::Value;

use super::{Suite, alone, tally::Tally};
use crate::{
    build,
    children::show,
    error::{Doing, Error},
    npm, setup,
    workspace::Workspace,
};

const TEST_LIMIT: Duration = Duration::from_secs(40 * 60);

/// Which browser tests to run.
#[derive(Args)]
pub struct Options {
    /// Passed on to `playwright test`, for example `gates --project=plain`
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

/// `cargo xtask e2e`.
pub fn command(workspace: &Workspace, options: &Options) -> Result<(), Error> {
    alone(workspace, Suite::E2e, || suite(workspace, &build::server(workspace, false)?, &options.arguments))
}

/// Lays out the site, installs what the tests are written with, and runs them against the binary.
pub fn suite(workspace: &Workspace, binary: &Path, arguments: &[String]) -> Result<Tally, Error> {
    build::site(workspace, true)?;
    let folder = workspace.root().join("end2end");
    npm::install(workspace, &folder, &[])?;
    npm::install(workspace, &workspace.root().join("engines/oidc/tests/provider"), &["--ignore-scripts"])?;
    let mut tally = type_check(workspace, &folder)?;
    tally.add(playwright(workspace, &folder, binary, arguments)?);
    Ok(tally)
}

fn type_check(workspace: &Workspace, folder: &Path) -> Result<Tally, Error> {
    let mut tsc = Command::new(folder.join("node_modules/.bin/tsc"));
    tsc.arg("--noEmit").current_dir(folder);
    Ok(Tally::one(workspace.children.run(&mut tsc, npm::INSTALL_LIMIT)?.success()))
}

fn playwright(workspace: &Workspace, folder: &Path, binary: &Path, arguments: &[String]) -> Result<Tally, Error> {
    let chromium = setup::chromium().ok_or_else(|| Error::Missing("Chromium is missing".to_owned()))?;
    let report = workspace.scratch("e2e")?.join("report.json");
    // A run that ends before it reports must not be counted by the report of an earlier one.
    if report.exists() {
        fs::remove_file(&report).doing(|| format!("removing {}", report.display()))?;
    }
    let mut command = Command::new(folder.join("node_modules/.bin/playwright"));
    command
        .arg("test")
        .args(arguments)
        .current_dir(folder)
        .env("SBH_BIN", binary)
        .env("CHROMIUM", chromium)
        .env("PLAYWRIGHT_JSON_OUTPUT_FILE", &report);
    let status = workspace.children.stream(&mut command, TEST_LIMIT, show)?;
    Ok(counted(&report).with_exit(status.success()))
}

fn counted(report: &Path) -> Tally {
    let report = fs::read(report).ok().and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
    report.map_or_else(Tally::default, |report| Tally::of_playwright(&report))
}
