//! Brings what is missing on this machine, or names it.

mod apt;
mod needs;
mod rust;

use needs::BUILD;
pub use needs::{BROWSER_TESTS, CONTRACT_TESTS, Need, RUST_TESTS, chromium};

use crate::{error::Error, workspace::Workspace};

/// `cargo xtask setup`: what building, running and testing need.
pub fn everything(workspace: &Workspace) -> Result<(), Error> {
    bring(workspace, &[BUILD, RUST_TESTS, CONTRACT_TESTS, BROWSER_TESTS].concat())?;
    rust::components(workspace)?;
    rust::wasm_target(workspace)?;
    println!("Everything that building and testing need is there.");
    Ok(())
}

/// What `cargo xtask build` and `run` need.
pub fn for_building(workspace: &Workspace) -> Result<(), Error> {
    bring(workspace, BUILD)?;
    rust::wasm_target(workspace)
}

/// rustfmt and Clippy.
pub fn rust_components(workspace: &Workspace) -> Result<(), Error> {
    rust::components(workspace)
}

/// Installs those of `needs` that are not met; what cannot be installed is [`Error::Missing`].
pub fn bring(workspace: &Workspace, needs: &[Need]) -> Result<(), Error> {
    let missing = unmet(needs);
    if missing.is_empty() {
        return Ok(());
    }
    println!("Missing: {}.", names(&missing));
    apt::install(workspace, &missing)?;
    let still = unmet(&missing);
    if still.is_empty() {
        return Ok(());
    }
    Err(Error::Missing(format!("still missing after the installation: {}", names(&still))))
}

fn unmet(needs: &[Need]) -> Vec<Need> {
    needs.iter().copied().filter(|need| !(need.is_met)()).collect()
}

fn names(needs: &[Need]) -> String {
    needs.iter().map(|need| need.name).collect::<Vec<_>>().join(", ")
}
