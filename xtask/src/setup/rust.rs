//! Parts of the Rust toolchain: rustfmt, Clippy, and the standard library for WASM.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use crate::{
    error::{Doing, Error},
    probe,
    workspace::Workspace,
};

/// The target that the browser part is compiled for.
pub const WASM: &str = "wasm32-unknown-unknown";

const LIMIT: Duration = Duration::from_secs(10 * 60);

/// Adds rustfmt and Clippy where they are missing.
pub fn components(workspace: &Workspace) -> Result<(), Error> {
    for (tool, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        let is_there = || probe::succeeds(workspace.cargo().args([tool, "--version"]));
        if is_there() {
            continue;
        }
        if !rustup(workspace, &["component", "add", component])? || !is_there() {
            return Err(Error::Missing(format!(
                "cargo {tool} is missing; add it with: rustup component add {component}"
            )));
        }
    }
    Ok(())
}

/// Adds the standard library for WASM where it is missing: by rustup, else built from its source.
pub fn wasm_target(workspace: &Workspace) -> Result<(), Error> {
    let sysroot = sysroot()?;
    if has_std(&sysroot) || (rustup(workspace, &["target", "add", WASM])? && has_std(&sysroot)) {
        return Ok(());
    }
    println!("rustup could not add {WASM}; building the standard library from its source.");
    build_std(workspace, &sysroot).map_err(|error| {
        Error::Missing(format!("the target {WASM} is missing ({error}); add it with: rustup target add {WASM}"))
    })
}

fn rustup(workspace: &Workspace, arguments: &[&str]) -> Result<bool, Error> {
    if probe::on_path("rustup").is_none() {
        return Ok(false);
    }
    Ok(workspace.children.run(workspace.tool("rustup").args(arguments), LIMIT)?.success())
}

fn sysroot() -> Result<PathBuf, Error> {
    probe::output(Command::new("rustc").args(["--print", "sysroot"]))
        .map(|path| PathBuf::from(path.trim()))
        .ok_or_else(|| Error::Missing("rustc is missing".to_owned()))
}

fn libraries(sysroot: &Path) -> PathBuf {
    sysroot.join("lib/rustlib").join(WASM).join("lib")
}

fn has_std(sysroot: &Path) -> bool {
    fs::read_dir(libraries(sysroot)).is_ok_and(|files| {
        files.flatten().any(|file| {
            let name = file.file_name().to_string_lossy().into_owned();
            name.starts_with("libstd-") && name.ends_with(".rlib")
        })
    })
}

/// Compiles `std` in an empty crate and lays the libraries where rustup would have laid them.
fn build_std(workspace: &Workspace, sysroot: &Path) -> Result<(), Error> {
    let source = sysroot.join("lib/rustlib/src/rust");
    if !source.join("library/std").is_dir() {
        unpack_source(workspace, &source)?;
    }
    let folder = tempfile::tempdir().doing(|| "making a folder for std".to_owned())?;
    let package = "[package]\nname = \"std-for-wasm\"\nedition = \"2024\"\n[workspace]\n";
    write(&folder.path().join("Cargo.toml"), package)?;
    write(&folder.path().join("src/lib.rs"), "")?;
    let mut cargo = workspace.cargo();
    cargo
        .current_dir(folder.path())
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_TARGET_DIR", folder.path().join("target"))
        .args(["build", "--release", "-Zbuild-std=std,panic_abort", "--target", WASM]);
    if !workspace.children.run(&mut cargo, LIMIT)?.success() {
        return Err(Error::Failed("std did not compile".to_owned()));
    }
    copy_libraries(&folder.path().join("target").join(WASM).join("release/deps"), &libraries(sysroot))
}

fn copy_libraries(from: &Path, to: &Path) -> Result<(), Error> {
    fs::create_dir_all(to).doing(|| format!("creating {}", to.display()))?;
    for file in fs::read_dir(from).doing(|| format!("reading {}", from.display()))?.flatten() {
        let path = file.path();
        // The empty crate's own library is no part of std.
        let is_std = !file.file_name().to_string_lossy().starts_with("libstd_for_wasm");
        if is_std && path.extension().is_some_and(|extension| extension == "rlib") {
            fs::copy(&path, to.join(file.file_name())).doing(|| format!("copying {}", path.display()))?;
        }
    }
    Ok(())
}

/// Debian's `rust-src` of exactly this compiler's version, laid where rustup lays its own.
fn unpack_source(workspace: &Workspace, destination: &Path) -> Result<(), Error> {
    let version = rustc_version()?;
    let listed = probe::output(Command::new("apt-cache").args(["madison", "rust-src"])).unwrap_or_default();
    let package = matching(&listed, &version)
        .ok_or_else(|| Error::Missing(format!("no package rust-src of version {version} is known to apt")))?;
    let folder = tempfile::tempdir().doing(|| "making a folder for rust-src".to_owned())?;
    let script = "apt-get download \"$0\" && dpkg-deb --extract rust-src_*.deb .";
    let mut unpack = Command::new("sh");
    unpack.current_dir(folder.path()).args(["-c", script, &format!("rust-src={package}")]);
    if !workspace.children.run(&mut unpack, LIMIT)?.success() {
        return Err(Error::Failed("rust-src could not be downloaded".to_owned()));
    }
    fs::create_dir_all(destination).doing(|| format!("creating {}", destination.display()))?;
    let library = folder.path().join(format!("usr/src/rustc-{version}/library"));
    let copied = workspace.children.run(Command::new("cp").arg("-R").arg(library).arg(destination), LIMIT)?;
    if copied.success() { Ok(()) } else { Err(Error::Failed("rust-src could not be copied".to_owned())) }
}

fn rustc_version() -> Result<String, Error> {
    probe::output(Command::new("rustc").arg("--version"))
        .and_then(|line| line.split_whitespace().nth(1).map(str::to_owned))
        .ok_or_else(|| Error::Missing("rustc is missing".to_owned()))
}

/// The Debian version in `apt-cache madison`'s table whose upstream part is `version`.
fn matching(listed: &str, version: &str) -> Option<String> {
    listed
        .lines()
        .filter_map(|line| line.split('|').nth(1).map(str::trim))
        .find(|candidate| candidate.split(['+', '-', '~']).next() == Some(version))
        .map(str::to_owned)
}

fn write(path: &Path, text: &str) -> Result<(), Error> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).doing(|| format!("creating {}", folder.display()))?;
    }
    fs::write(path, text).doing(|| format!("writing {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_compilers_own_version_of_the_source_will_do() {
        let listed = " rust-src | 1.63.0+dfsg1-2 | mirror main\n rust-src | 1.95.0+dfsg1-1~bpo12+1 | mirror main\n";
        assert_eq!(matching(listed, "1.95.0").as_deref(), Some("1.95.0+dfsg1-1~bpo12+1"));
        assert_eq!(matching(listed, "1.95.1"), None);
    }
}
