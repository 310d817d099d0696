//! `cargo xtask budget`: the first page's WASM stays small.

use std::fs;

use crate::{
    build,
    error::{Doing, Error},
    setup,
    workspace::Workspace,
};

/// What the browser may have to load before the first page works: bytes of WASM under brotli.
const LIMIT: u64 = 400_000;

/// Builds the release site and checks it.
pub fn command(workspace: &Workspace) -> Result<(), Error> {
    setup::for_building(workspace)?;
    let manifest = build::site(workspace, true)?;
    let size = |path: &str| {
        let file = workspace.site().join(format!("{path}.br"));
        fs::metadata(&file).map(|metadata| metadata.len()).doing(|| format!("reading {}", file.display()))
    };
    let wasm = size(&manifest.wasm)?;
    println!(
        "First page under brotli: WASM {wasm} bytes (fewer than {LIMIT}), JavaScript {} bytes, CSS {} bytes.",
        size(&manifest.js)?,
        size(&manifest.css)?
    );
    check(wasm)
}

fn check(wasm: u64) -> Result<(), Error> {
    if wasm < LIMIT {
        return Ok(());
    }
    Err(Error::Failed(format!(
        "the WASM is {wasm} bytes under brotli, {} too many: it must stay under {LIMIT}",
        wasm - LIMIT + 1
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_itself_is_too_much() {
        assert!(check(LIMIT - 1).is_ok());
        let error = check(LIMIT).unwrap_err().to_string();
        assert!(error.contains("400000 bytes") && error.contains("1 too many"), "{error}");
    }
}
