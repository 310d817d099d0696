//! Packages of npm, by a folder's lock file.

use std::{fs, path::Path, process::Command, time::Duration};

use crate::{
    error::{Doing, Error},
    workspace::Workspace,
};

/// How long an installation may take.
pub const INSTALL_LIMIT: Duration = Duration::from_secs(10 * 60);

/// `npm ci`, unless what it installed last time is still what the lock file names.
pub fn install(workspace: &Workspace, folder: &Path, options: &[&str]) -> Result<(), Error> {
    let installed = folder.join("node_modules/.xtask-lock.json");
    let lock = folder.join("package-lock.json");
    let wanted = fs::read(&lock).doing(|| format!("reading {}", lock.display()))?;
    if fs::read(&installed).is_ok_and(|there| there == wanted) {
        return Ok(());
    }
    let mut npm = Command::new("npm");
    npm.args(["ci", "--no-audit", "--no-fund"]).args(options);
    npm.current_dir(folder).env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1").env("PUPPETEER_SKIP_DOWNLOAD", "1");
    if !workspace.children.run(&mut npm, INSTALL_LIMIT)?.success() {
        return Err(Error::Failed("npm ci failed".to_owned()));
    }
    fs::write(&installed, wanted).doing(|| format!("writing {}", installed.display()))
}
