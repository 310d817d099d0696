//! The peers: what the machine has, else brought below the target folder, each in a version that is named here.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use crate::{
    error::{Doing, Error},
    probe,
    setup::{self, Need},
    workspace::Workspace,
};

/// oha as crates.io has it, built from its own lock file with its own release profile.
const OHA: &str = "1.16.0";
/// What else Locust needs is named in `bench/locust/requirements.txt`.
const LOCUST_REQUIREMENTS: &str = "bench/locust/requirements.txt";
/// Lighthouse with its own lock file.
const LIGHTHOUSE: &str = "bench/lighthouse";
const LIMIT: Duration = Duration::from_secs(60 * 60);

const WRK: &[Need] = &[Need {
    name: "wrk (a peer of the load engine)",
    is_met: || probe::on_path("wrk").is_some(),
    packages: || vec!["wrk".to_owned()],
}];

const PYTHON: &[Need] = &[Need {
    name: "Python 3 with venv (for Locust)",
    is_met: || probe::succeeds(std::process::Command::new("python3").args(["-c", "import venv, ensurepip"])),
    packages: || vec!["python3".to_owned(), "python3-venv".to_owned()],
}];

/// wrk's program.
pub fn wrk(workspace: &Workspace) -> Result<PathBuf, Error> {
    setup::bring(workspace, WRK)?;
    probe::on_path("wrk").ok_or_else(|| Error::Missing("wrk is missing".to_owned()))
}

/// oha's program.
pub fn oha(workspace: &Workspace) -> Result<PathBuf, Error> {
    let root = workspace.scratch("peers/oha")?;
    let program = root.join("bin/oha");
    if !is_installed(&root, OHA) {
        let mut cargo = workspace.cargo();
        cargo.args(["install", "oha", "--version", OHA, "--locked", "--force", "--root"]).arg(&root);
        cargo.arg("--target-dir").arg(root.join("build"));
        install(workspace, &mut cargo, &root, OHA)?;
    }
    Ok(program)
}

/// Locust's program.
pub fn locust(workspace: &Workspace) -> Result<PathBuf, Error> {
    let root = workspace.scratch("peers/locust")?;
    let requirements = read(&workspace.root().join(LOCUST_REQUIREMENTS))?;
    if !is_installed(&root, &requirements) {
        setup::bring(workspace, PYTHON)?;
        let mut python = workspace.tool("python3");
        install(workspace, python.args(["-m", "venv", "--clear"]).arg(&root), &root, "")?;
        let mut pip = workspace.tool(root.join("bin/pip"));
        pip.args(["install", "--quiet", "--disable-pip-version-check", "--requirement", LOCUST_REQUIREMENTS]);
        install(workspace, &mut pip, &root, &requirements)?;
    }
    Ok(root.join("bin/locust"))
}

/// Lighthouse's program.
pub fn lighthouse(workspace: &Workspace) -> Result<PathBuf, Error> {
    setup::bring(workspace, setup::BROWSER_TESTS)?;
    let root = workspace.scratch("peers/lighthouse")?;
    let lock = read(&workspace.root().join(LIGHTHOUSE).join("package-lock.json"))?;
    if !is_installed(&root, &lock) {
        for file in ["package.json", "package-lock.json"] {
            let from = workspace.root().join(LIGHTHOUSE).join(file);
            fs::copy(&from, root.join(file)).doing(|| format!("copying {LIGHTHOUSE}/{file}"))?;
        }
        let mut npm = workspace.tool("npm");
        npm.args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]).current_dir(&root);
        install(workspace, &mut npm, &root, &lock)?;
    }
    Ok(root.join("node_modules/.bin/lighthouse"))
}

/// What was installed last is kept beside it, so that another version replaces it.
fn is_installed(root: &Path, wanted: &str) -> bool {
    fs::read_to_string(root.join("installed")).is_ok_and(|there| there == wanted)
}

fn install(
    workspace: &Workspace,
    command: &mut std::process::Command,
    root: &Path,
    version: &str,
) -> Result<(), Error> {
    if !workspace.children.run(command, LIMIT)?.success() {
        let name = command.get_program().to_string_lossy().into_owned();
        return Err(Error::Failed(format!("{name} could not install a peer")));
    }
    fs::write(root.join("installed"), version).doing(|| format!("writing to {}", root.display()))
}

fn read(path: &Path) -> Result<String, Error> {
    fs::read_to_string(path).doing(|| format!("reading {}", path.display()))
}
