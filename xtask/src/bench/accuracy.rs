//! Proofs of accuracy: brings the other tools, then `bench/accuracy` compares.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use clap::Args;

use crate::{
    error::{Doing, Error},
    npm, probe,
    setup::{self, BROWSER_TESTS},
    workspace::Workspace,
};

const BUILD_LIMIT: Duration = Duration::from_secs(60 * 60);
/// Twenty repetitions of every page take about this long on a busy machine.
const PROOF_LIMIT: Duration = Duration::from_secs(6 * 60 * 60);

/// Which proofs to make.
#[derive(Args)]
pub struct Options {
    /// One proof alone: scores, pages, axe, headers, journeys or comparisons
    #[arg(long, value_parser = ["scores", "pages", "axe", "headers", "journeys", "comparisons"])]
    only: Option<String>,
    /// How often each page is loaded on each side; more tells smaller differences apart
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u16).range(2..=50))]
    repetitions: u16,
    /// Renews the figures in docs/accuracy.md and the score vectors that the tests keep
    #[arg(long)]
    write: bool,
}

/// `cargo xtask bench accuracy`.
pub fn command(workspace: &Workspace, options: &Options) -> Result<(), Error> {
    setup::for_building(workspace)?;
    setup::bring(workspace, BROWSER_TESTS)?;
    let chromium = setup::chromium().ok_or_else(|| Error::Missing("Chromium is missing".to_owned()))?;
    let folder = workspace.root().join("bench/accuracy");
    // Scripts of the packages would fetch lists from elsewhere and compile what nothing here uses.
    npm::install(workspace, &folder, &["--ignore-scripts"])?;
    let hurl = hurl(workspace)?;
    let program = build(workspace)?;
    let hub = workspace.binary(false);
    let output = workspace.scratch("accuracy")?.join("results.json");
    let mut proof = workspace.tool(program);
    proof.arg("--peers").arg(&folder).arg("--hurl").arg(&hurl).arg("--chromium").arg(chromium);
    proof.arg("--hub").arg(&hub);
    proof.arg("--output").arg(&output).args(["--repetitions", &options.repetitions.to_string()]);
    if let Some(only) = &options.only {
        proof.args(["--only", only]);
    }
    if options.write {
        proof.arg("--write");
    }
    let met = workspace.children.run(&mut proof, PROOF_LIMIT)?.success();
    println!("The results are in {}.", output.display());
    if met { Ok(()) } else { Err(Error::Said(1)) }
}

fn build(workspace: &Workspace) -> Result<PathBuf, Error> {
    let mut cargo = workspace.cargo();
    // The whole workspace, so that the features of what it shares stay what every other command compiles.
    cargo.args(["build", "--workspace", "--bin", "sbh-accuracy", "--bin", "sbh"]);
    if workspace.children.run(&mut cargo, BUILD_LIMIT)?.success() {
        Ok(workspace.binary(false).with_file_name("sbh-accuracy"))
    } else {
        Err(Error::Failed("sbh-accuracy does not build".to_owned()))
    }
}

/// Stock hurl of the version that the engine embeds, installed from the registry unless it is there.
fn hurl(workspace: &Workspace) -> Result<PathBuf, Error> {
    let wanted = embedded(&workspace.root().join("engines/journey/Cargo.toml"))?;
    let root = workspace.scratch("hurl")?;
    let program = root.join("bin/hurl");
    let there = probe::output(Command::new(&program).arg("--version"));
    if there.is_some_and(|text| text.split_whitespace().nth(1) == Some(&wanted)) {
        return Ok(program);
    }
    let mut cargo = workspace.cargo();
    cargo.args(["install", "hurl", "--locked", "--debug", "--force", "--version", &format!("={wanted}")]);
    cargo.arg("--root").arg(&root).env("CARGO_TARGET_DIR", root.join("build"));
    if workspace.children.run(&mut cargo, BUILD_LIMIT)?.success() {
        Ok(program)
    } else {
        Err(Error::Failed(format!("hurl {wanted} could not be installed")))
    }
}

/// The version that the engine's manifest pins.
fn embedded(manifest: &Path) -> Result<String, Error> {
    let text = fs::read_to_string(manifest).doing(|| format!("reading {}", manifest.display()))?;
    let pinned = text.lines().find_map(|line| line.strip_prefix("hurl = \"=")?.strip_suffix('"'));
    pinned.map(str::to_owned).ok_or_else(|| Error::Failed(format!("{} pins no hurl", manifest.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_engine_pins_its_hurl() {
        let version = embedded(&Workspace::without_signals().root().join("engines/journey/Cargo.toml")).unwrap();
        assert_eq!(version.split('.').count(), 3, "{version}");
    }
}
