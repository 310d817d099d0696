//! The browser part: compiled by cargo, then given its JavaScript by wasm-bindgen as a library.

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use serde_json::Value;
use wasm_bindgen_cli_support::Bindgen;

use crate::{
    error::{Doing, Error},
    workspace::Workspace,
};

const LIMIT: Duration = Duration::from_secs(30 * 60);

/// The module as cargo left it.
pub struct Module {
    path: PathBuf,
    modified: SystemTime,
}

impl Module {
    /// Changes whenever cargo has linked another module.
    pub fn version(&self) -> String {
        let since = self.modified.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        format!("{} {}", self.path.display(), since.as_nanos())
    }

    /// Writes `sbh.js`, `sbh_bg.wasm` and, where a crate has them, `snippets/` to `folder`.
    pub fn bind(&self, folder: &Path) -> Result<(), Error> {
        let mut bindgen = Bindgen::new();
        bindgen
            .input_path(&self.path)
            .web(true)
            .doing(|| "wasm-bindgen".to_owned())?
            .typescript(false)
            .keep_debug(false)
            .remove_name_section(true)
            .remove_producers_section(true)
            .out_name("sbh")
            .generate(folder)
            .map_err(|cause| Error::Failed(format!("wasm-bindgen: {cause:#}")))
    }
}

/// Compiles `hub-hydrate` for WASM; cargo itself knows when there is nothing to do.
pub fn compile(workspace: &Workspace, release: bool) -> Result<Module, Error> {
    let mut cargo = workspace.cargo();
    cargo
        .args(["build", "--package", "hub-hydrate", "--lib", "--target", "wasm32-unknown-unknown"])
        .args(["--profile", if release { "wasm-release" } else { "dev" }])
        .args(["--message-format", "json-render-diagnostics"]);
    let mut path = None;
    let status = workspace.children.stream(&mut cargo, LIMIT, |line| {
        if let Some(found) = module_in(line) {
            path = Some(found);
        }
    })?;
    match path {
        Some(path) if status.success() => {
            let modified = fs::metadata(&path)
                .and_then(|metadata| metadata.modified())
                .doing(|| format!("reading {}", path.display()))?;
            Ok(Module { path, modified })
        }
        _ => Err(Error::Failed("the browser part did not compile".to_owned())),
    }
}

/// The module's path when this message of cargo's is about the browser part.
fn module_in(line: &str) -> Option<PathBuf> {
    let message: Value = serde_json::from_str(line).ok()?;
    if message["reason"] != "compiler-artifact" || message["target"]["name"] != "hub_hydrate" {
        return None;
    }
    message["filenames"]
        .as_array()?
        .iter()
        .filter_map(Value::as_str)
        .find(|name| name.ends_with(".wasm"))
        .map(PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_module_is_found_among_cargos_messages() {
        let artifact =
            r#"{"reason":"compiler-artifact","target":{"name":"hub_hydrate"},"filenames":["/t/a.rlib","/t/a.wasm"]}"#;
        assert_eq!(module_in(artifact), Some(PathBuf::from("/t/a.wasm")));
        assert_eq!(module_in(r#"{"reason":"build-finished","success":true}"#), None);
        assert_eq!(module_in("no JSON"), None);
    }
}
