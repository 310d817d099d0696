//! Debian's packages: installed as root or with a sudo that asks for no password, else named.

use std::{process::Command, time::Duration};

use super::Need;
use crate::{error::Error, probe, workspace::Workspace};

const LIMIT: Duration = Duration::from_secs(20 * 60);

/// Installs the packages of `needs`.
pub fn install(workspace: &Workspace, needs: &[Need]) -> Result<(), Error> {
    let Some(prefix) = privilege() else {
        return Err(Error::Missing(advice(&packages(needs))));
    };
    apt_get(workspace, prefix, &["update"])?;
    // Asked for after the update: which version of LLVM there is, is read from the package lists.
    let packages = packages(needs);
    let mut arguments = vec!["install", "--yes", "--no-install-recommends"];
    arguments.extend(packages.iter().map(String::as_str));
    println!("Installing {}.", packages.join(" "));
    apt_get(workspace, prefix, &arguments).map_err(|_| Error::Missing(advice(&packages)))
}

/// The words before `apt-get` that give it the right to install; none where there is no way.
fn privilege() -> Option<&'static [&'static str]> {
    probe::on_path("apt-get")?;
    if nix::unistd::geteuid().is_root() {
        return Some(&[]);
    }
    probe::succeeds(Command::new("sudo").args(["-n", "true"])).then_some(&["sudo", "-n"])
}

fn apt_get(workspace: &Workspace, prefix: &[&str], arguments: &[&str]) -> Result<(), Error> {
    let words = [prefix, &["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"], arguments].concat();
    let mut command = workspace.tool(words[0]);
    command.args(&words[1..]);
    if workspace.children.run(&mut command, LIMIT)?.success() {
        return Ok(());
    }
    Err(Error::Missing(format!("this failed: {}", words.join(" "))))
}

fn packages(needs: &[Need]) -> Vec<String> {
    needs.iter().flat_map(|need| (need.packages)()).collect()
}

fn advice(packages: &[String]) -> String {
    format!(
        "these packages are missing and could not be installed from here; with Debian or Ubuntu:\n  \
         sudo apt-get update && sudo apt-get install --no-install-recommends {}",
        packages.join(" ")
    )
}
