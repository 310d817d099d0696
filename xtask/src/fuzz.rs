//! `cargo xtask fuzz`: libFuzzer on the targets of `fuzz/`, for as long as somebody wants to look.
//!
//! The ordinary tests replay the corpus without it, on the stable compiler.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use clap::Args;

use crate::{
    children::show,
    error::{Doing, Error},
    setup,
    workspace::Workspace,
};

/// The version of cargo-fuzz that is installed below target/.
const CARGO_FUZZ: &str = "0.13.2";
const INSTALL_LIMIT: Duration = Duration::from_secs(30 * 60);
const BUILD_LIMIT: Duration = Duration::from_secs(90 * 60);
/// Beside the time that libFuzzer is told to take: it starts, and minimises nothing.
const SPARE: Duration = Duration::from_secs(5 * 60);
/// Longest input, in bytes; longest time for one, in seconds; most memory, in MiB.
const LIMITS: [&str; 3] = ["-max_len=65536", "-timeout=10", "-rss_limit_mb=2048"];

/// What to fuzz, and for how long.
#[derive(Args)]
pub struct Options {
    /// A target of fuzz/README.md; all of them, one after the other, when left out
    target: Option<String>,
    /// Minutes for each target
    #[arg(long, default_value_t = 1)]
    minutes: u32,
}

/// `cargo xtask fuzz`.
pub fn command(workspace: &Workspace, options: &Options) -> Result<(), Error> {
    let known = targets(workspace)?;
    let chosen: Vec<_> =
        known.iter().filter(|name| options.target.as_ref().is_none_or(|wanted| wanted == *name)).collect();
    if chosen.is_empty() {
        return Err(Error::Missing(format!("there is no such target; there are {}", known.join(", "))));
    }
    setup::for_building(workspace)?;
    let fuzzer = Fuzzer { workspace, program: install(workspace)?, minutes: options.minutes };
    let mut broken = Vec::new();
    for name in chosen {
        show(&format!("\n===== {name} ====="));
        if !fuzzer.run(name)? {
            broken.push(name.as_str());
        }
    }
    if broken.is_empty() {
        return Ok(());
    }
    let found = workspace.scratch("fuzz")?.join("found");
    Err(Error::Failed(format!("inputs that break {} are in {}", broken.join(", "), found.display())))
}

/// The names of the wrappers.
fn targets(workspace: &Workspace) -> Result<Vec<String>, Error> {
    let folder = workspace.root().join("fuzz/fuzz_targets");
    let files = fs::read_dir(&folder).doing(|| format!("reading {}", folder.display()))?;
    let mut names: Vec<_> =
        files.flatten().filter_map(|file| Some(file.path().file_stem()?.to_string_lossy().into_owned())).collect();
    names.sort();
    Ok(names)
}

/// cargo-fuzz of the version above, installed below target/ unless it is there.
fn install(workspace: &Workspace) -> Result<PathBuf, Error> {
    let root = workspace.scratch("fuzz")?.join(format!("cargo-fuzz-{CARGO_FUZZ}"));
    let program = root.join("bin/cargo-fuzz");
    if program.is_file() {
        return Ok(program);
    }
    let mut cargo = workspace.cargo();
    cargo.args(["install", "cargo-fuzz", "--locked", "--version", CARGO_FUZZ, "--root"]).arg(&root);
    if workspace.children.run(&mut cargo, INSTALL_LIMIT)?.success() {
        return Ok(program);
    }
    Err(Error::Failed("cargo-fuzz could not be installed".to_owned()))
}

struct Fuzzer<'a> {
    workspace: &'a Workspace,
    program: PathBuf,
    minutes: u32,
}

impl Fuzzer<'_> {
    /// Builds one target and lets libFuzzer work on it; whether nothing broke.
    fn run(&self, name: &str) -> Result<bool, Error> {
        let scratch = self.workspace.scratch("fuzz")?;
        let (grown, found) = (scratch.join("corpus").join(name), scratch.join("found").join(name));
        for folder in [&grown, &found] {
            fs::create_dir_all(folder).doing(|| format!("creating {}", folder.display()))?;
        }
        let mut build = self.cargo_fuzz("build", &scratch);
        if !self.workspace.children.run(build.arg(name), BUILD_LIMIT)?.success() {
            return Err(Error::Failed(format!("the target {name} did not compile")));
        }
        let time = Duration::from_secs(60 * u64::from(self.minutes));
        let mut run = self.cargo_fuzz("run", &scratch);
        // New inputs go to the first folder; the second one is the repository's.
        run.arg(name).arg(grown).arg(self.workspace.root().join("fuzz/corpus").join(name)).arg("--");
        run.arg(format!("-max_total_time={}", time.as_secs())).args(LIMITS);
        run.arg(format!("-artifact_prefix={}/", found.display()));
        Ok(self.workspace.children.run(&mut run, time + SPARE)?.success())
    }

    fn cargo_fuzz(&self, verb: &str, scratch: &Path) -> Command {
        // The sanitizer and the coverage are flags of the compiler that only a nightly admits to having.
        let mut command = self.workspace.tool(&self.program);
        command
            .env("RUSTC_BOOTSTRAP", "1")
            .args([verb, "--fuzz-dir", "fuzz", "--target-dir"])
            .arg(scratch.join("build"));
        command
    }
}
