//! Where the repository is, and how its tools are called.

use std::{
    env,
    ffi::OsStr,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    children::Children,
    error::{Doing, Error},
};

/// The repository with the processes that a command started in it.
pub struct Workspace {
    root: PathBuf,
    target: PathBuf,
    /// Every process that this command started and that has not ended.
    pub children: Children,
}

impl Workspace {
    /// Finds the repository and makes signals end the children first.
    pub fn open() -> Result<Self, Error> {
        let workspace = Self::find();
        workspace.children.end_with_signals()?;
        Ok(workspace)
    }

    /// The repository for a test, whose runner handles signals itself.
    #[cfg(test)]
    pub fn without_signals() -> Self {
        Self::find()
    }

    fn find() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .expect("xtask lies in a folder of the repository")
            .to_path_buf();
        let target = target_folder(&root);
        Self { root, target, children: Children::default() }
    }

    /// The repository's folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The folder that the server embeds; it does not follow `CARGO_TARGET_DIR`.
    pub fn site(&self) -> PathBuf {
        self.root.join("target/site")
    }

    /// Where a build of the server with this profile's folder name lies.
    pub fn binary(&self, release: bool) -> PathBuf {
        self.target.join(if release { "release" } else { "debug" }).join("sbh")
    }

    /// Scratch space that survives between commands.
    pub fn scratch(&self, name: &str) -> Result<PathBuf, Error> {
        let folder = self.target.join("xtask").join(name);
        std::fs::create_dir_all(&folder).doing(|| format!("creating {}", folder.display()))?;
        Ok(folder)
    }

    /// Cargo, without the variables that describe xtask's own package: build scripts watch some
    /// of them, and would compile a good part of the tree again.
    pub fn cargo(&self) -> Command {
        let mut cargo = self.tool(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        for (name, _) in env::vars_os() {
            if describes_a_package(&name.to_string_lossy()) {
                cargo.env_remove(&name);
            }
        }
        cargo
    }

    /// Any other program, started in the repository's folder.
    pub fn tool(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root);
        command
    }
}

fn describes_a_package(name: &str) -> bool {
    const PREFIXES: [&str; 3] = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_"];
    const NAMES: [&str; 3] = ["CARGO_CRATE_NAME", "CARGO_PRIMARY_PACKAGE", "OUT_DIR"];
    PREFIXES.iter().any(|prefix| name.starts_with(prefix)) || NAMES.contains(&name)
}

fn target_folder(root: &Path) -> PathBuf {
    match env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => root.join(folder),
        None => root.join("target"),
    }
}
