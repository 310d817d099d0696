//! The contract: schemathesis asks every operation of the OpenAPI document, and no answer may be outside of it.
//!
//! What is asked and which checks apply says `contract/schemathesis.toml`.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use clap::Args;
use tempfile::TempDir;

use super::{Suite, alone, tally::Tally};
use crate::{
    build,
    children::{Running, show},
    error::{Doing, Error},
    probe,
    workspace::Workspace,
};

const INSTALL_LIMIT: Duration = Duration::from_secs(10 * 60);
const SEED_LIMIT: Duration = Duration::from_secs(3 * 60);
const START_LIMIT: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(50);
/// For each example of an operation in a longer run, beside what a run takes by itself.
const EXAMPLE_LIMIT: Duration = Duration::from_secs(60);
const RUN_LIMIT: Duration = Duration::from_secs(15 * 60);

/// How thoroughly to ask.
#[derive(Args, Default)]
pub struct Options {
    /// Generated requests of each kind for each operation, in place of what contract/schemathesis.toml says
    #[arg(long)]
    examples: Option<u32>,
    /// Where the generator begins, in place of what contract/schemathesis.toml says
    #[arg(long)]
    seed: Option<u64>,
    /// Passed on to `schemathesis run`, for example `--include-operation-id=create_key`
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

/// `cargo xtask contract`.
pub fn command(workspace: &Workspace, options: &Options) -> Result<(), Error> {
    alone(workspace, Suite::Contract, || suite(workspace, &build::server(workspace, false)?, options))
}

/// Starts a hub and a sample system, seeds them, and asks. The hub must be alive and without a panic afterwards.
pub fn suite(workspace: &Workspace, binary: &Path, options: &Options) -> Result<Tally, Error> {
    let tools = environment(workspace, "contract", "contract/requirements.txt")?;
    let mut hub = Hub::start(workspace, binary)?;
    let mut seed = hub.told(&tools.join("python"));
    seed.arg("seed.py").arg(hub.folder.path());
    if !workspace.children.run(&mut seed, SEED_LIMIT)?.success() {
        return Err(Error::Failed(format!("the hub could not be seeded:\n{}", hub.log())));
    }
    let mut tally = ask(workspace, &tools, &hub, options)?;
    tally.add(Tally::one(hub.is_sound()?));
    Ok(tally)
}

/// The programs of a virtual environment, installed unless the last time's requirements are still those of the file.
pub fn environment(workspace: &Workspace, name: &str, requirements: &str) -> Result<PathBuf, Error> {
    let scratch = workspace.scratch(name)?;
    let (environment, installed) = (scratch.join("venv"), scratch.join("installed.txt"));
    let requirements = workspace.root().join(requirements);
    let wanted = fs::read(&requirements).doing(|| format!("reading {}", requirements.display()))?;
    let tools = environment.join("bin");
    if fs::read(&installed).is_ok_and(|there| there == wanted) && tools.join("python").is_file() {
        return Ok(tools);
    }
    let mut venv = Command::new("python3");
    venv.args(["-m", "venv", "--clear"]).arg(&environment);
    let mut pip = Command::new(tools.join("python"));
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--requirement"]);
    pip.arg(&requirements);
    for command in [&mut venv, &mut pip] {
        if !workspace.children.run(command, INSTALL_LIMIT)?.success() {
            return Err(Error::Failed(format!("the Python packages of {name} could not be installed")));
        }
    }
    fs::write(&installed, wanted).doing(|| format!("writing {}", installed.display()))?;
    Ok(tools)
}

fn ask(workspace: &Workspace, tools: &Path, hub: &Hub, options: &Options) -> Result<Tally, Error> {
    let report = hub.folder.path().join("report.xml");
    let mut command = hub.told(&tools.join("schemathesis"));
    command.args(["--config-file", "schemathesis.toml", "run"]);
    command.arg(format!("{}/api/documentation/openapi.json", hub.url));
    command.args(["--no-color", "--report", "junit", "--report-junit-path"]).arg(&report);
    if let Some(examples) = options.examples {
        command.arg(format!("--max-examples={examples}"));
    }
    if let Some(seed) = options.seed {
        command.arg(format!("--seed={seed}"));
    }
    for (variable, file) in [("CONTRACT_KEY", "key"), ("CONTRACT_KEY_ID", "key_id")] {
        command.env(variable, fs::read_to_string(hub.folder.path().join(file)).doing(|| format!("reading {file}"))?);
    }
    let limit = RUN_LIMIT + EXAMPLE_LIMIT * options.examples.unwrap_or_default();
    let status = workspace.children.stream(command.args(&options.arguments), limit, show)?;
    let tally = fs::read_to_string(&report).ok().and_then(|report| Tally::of_junit(&report));
    Ok(tally.unwrap_or_default().with_exit(status.success()))
}

/// A hub with a folder of its own, and something on loopback that it may measure.
struct Hub {
    url: String,
    target: String,
    // Both end before their folder is removed: fields are dropped in this order.
    hub: Running,
    _sample: Running,
    folder: TempDir,
}

impl Hub {
    fn start(workspace: &Workspace, binary: &Path) -> Result<Self, Error> {
        let folder = tempfile::tempdir().doing(|| "making a folder for the hub".to_owned())?;
        for name in ["schemathesis.toml", "hooks.py", "seed.py"] {
            let from = workspace.root().join("contract").join(name);
            fs::copy(&from, folder.path().join(name)).doing(|| format!("copying {}", from.display()))?;
        }
        let (port, sample_port) = (probe::free_port()?, probe::free_port()?);
        let log = folder.path().join("hub.log");
        let log = File::create(&log).doing(|| format!("creating {}", log.display()))?;
        let mut serve = Command::new(binary);
        serve.arg("serve").current_dir(folder.path()).envs(settings(port)).stdout(Stdio::null()).stderr(log);
        let mut sample = Command::new(binary);
        sample.args(["sample-system", "--port", &sample_port.to_string()]).stdout(Stdio::null()).stderr(Stdio::null());
        let mut hub = Self {
            url: format!("http://127.0.0.1:{port}"),
            target: format!("http://127.0.0.1:{sample_port}"),
            hub: workspace.children.spawn(&mut serve)?,
            _sample: workspace.children.spawn(&mut sample)?,
            folder,
        };
        let deadline = Instant::now() + START_LIMIT;
        while !probe::healthy(port) || probe::is_free(sample_port) {
            if hub.hub.ended()?.is_some() || Instant::now() > deadline {
                return Err(Error::Failed(format!("the hub did not start:\n{}", hub.log())));
            }
            thread::sleep(POLL);
        }
        Ok(hub)
    }

    /// A program that starts in the hub's folder and knows the addresses.
    fn told(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.folder.path()).env("CONTRACT_URL", &self.url).env("CONTRACT_TARGET", &self.target);
        command
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("hub.log")).unwrap_or_default()
    }

    /// Whether it still runs, and nothing in it has panicked: not in a job either, of which no answer tells.
    fn is_sound(&mut self) -> Result<bool, Error> {
        let (ended, log) = (self.hub.ended()?, self.log());
        let panics: Vec<_> = log.lines().filter(|line| line.contains("panicked")).collect();
        panics.iter().for_each(|line| show(line));
        Ok(ended.is_none() && panics.is_empty())
    }
}

/// Short measurements, no browser, and limits that do not stand in the way of thousands of requests a minute.
fn settings(port: u16) -> [(&'static str, String); 17] {
    [
        ("ENVIRONMENT", "development".to_owned()),
        ("HOST", "127.0.0.1".to_owned()),
        ("PORT", port.to_string()),
        ("DATA_DIR", "data".to_owned()),
        ("DATABASE_URL", "sqlite://data/sbh.db?mode=rwc".to_owned()),
        ("EVIDENCE_BUNDLE_PATH", "data/evidence".to_owned()),
        ("EGRESS_ALLOW_LOOPBACK", "true".to_owned()),
        ("RATE_LIMIT_PER_MINUTE", "1000000".to_owned()),
        ("RATE_LIMIT_IDENTIFIED_PER_MINUTE", "1000000".to_owned()),
        ("RATE_LIMIT_TENANT_PER_MINUTE", "1000000".to_owned()),
        ("RATE_LIMIT_SIGN_IN_PER_MINUTE", "1000000".to_owned()),
        ("RATE_LIMIT_RUNS_PER_MINUTE", "1000000".to_owned()),
        ("RATE_LIMIT_EXPORTS_PER_MINUTE", "1000000".to_owned()),
        ("RATE_LIMIT_SCIM_PER_MINUTE", "1000000".to_owned()),
        ("BENCH_MAX_VUS", "8".to_owned()),
        ("BENCH_DURATION_S", "5".to_owned()),
        ("BENCH_DEVICE_MATRIX", String::new()),
    ]
}
