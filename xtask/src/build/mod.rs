//! `cargo xtask build`: the site for the browser, then the binary that carries it.

mod compress;
mod site;
mod style;
mod wasm;

use std::{path::PathBuf, time::Duration};

use clap::Args;

use crate::{error::Error, setup, workspace::Workspace};
pub use site::Manifest;

const LIMIT: Duration = Duration::from_secs(45 * 60);

/// What to build.
#[derive(Args)]
pub struct Options {
    /// Optimise: what users get, and slower to compile
    #[arg(long)]
    release: bool,
    /// Build target/site alone, not the binary
    #[arg(long)]
    wasm_only: bool,
}

/// `cargo xtask build`.
pub fn command(workspace: &Workspace, options: &Options) -> Result<(), Error> {
    setup::for_building(workspace)?;
    site(workspace, options.release)?;
    if !options.wasm_only {
        println!("Built {}.", server(workspace, options.release)?.display());
    }
    Ok(())
}

/// Builds `target/site`, or leaves it as it is when nothing that goes into it has changed.
pub fn site(workspace: &Workspace, release: bool) -> Result<Manifest, Error> {
    let module = wasm::compile(workspace, release)?;
    site::refresh(workspace, &module, release)
}

/// The binary `sbh` that the tests of the workspace drive. After they ran, nothing is left to compile; [`server`] would
/// compile a good part of the tree again, without the features that only tests need.
pub fn tested_server(workspace: &Workspace) -> Result<PathBuf, Error> {
    if !workspace.children.run(workspace.cargo().args(["test", "--workspace", "--no-run"]), LIMIT)?.success() {
        return Err(Error::Failed("the server did not compile".to_owned()));
    }
    Ok(workspace.binary(false))
}

/// Builds the binary `sbh`. Selecting the whole workspace keeps the features of shared crates as
/// `cargo test --workspace` and Clippy have them, so that nothing is compiled a second time.
pub fn server(workspace: &Workspace, release: bool) -> Result<PathBuf, Error> {
    let mut cargo = workspace.cargo();
    cargo.args(["build", "--workspace", "--bin", "sbh"]);
    if release {
        cargo.arg("--release");
    }
    if !workspace.children.run(&mut cargo, LIMIT)?.success() {
        return Err(Error::Failed("the server did not compile".to_owned()));
    }
    Ok(workspace.binary(release))
}
