//! The suites that cargo runs.

use std::{fs, process::Command, time::Duration};

use super::{contract, postgres, redis, tally::Tally};
use crate::{
    budget,
    children::show,
    error::{Doing, Error},
    npm,
    workspace::Workspace,
};

const LINT_LIMIT: Duration = Duration::from_secs(30 * 60);
const RUST_LIMIT: Duration = Duration::from_secs(60 * 60);

/// rustfmt finds nothing to change.
pub fn fmt(workspace: &Workspace) -> Result<Tally, Error> {
    as_one_test(workspace, workspace.cargo().args(["fmt", "--all", "--check"]))
}

/// Clippy has no warning.
pub fn lint(workspace: &Workspace) -> Result<Tally, Error> {
    as_one_test(workspace, workspace.cargo().args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))
}

/// The release site builds, and its WASM keeps its budget.
pub fn wasm(workspace: &Workspace) -> Result<Tally, Error> {
    budget::command(workspace).map(|()| Tally::one(true))
}

/// All tests of all crates, with the services and the provider that they need.
pub fn rust(workspace: &Workspace) -> Result<Tally, Error> {
    // The server embeds this folder; its tests may run before any site was laid out.
    fs::create_dir_all(workspace.site()).doing(|| "creating target/site".to_owned())?;
    let postgres = postgres::Service::ready(workspace)?;
    let redis = redis::Service::ready(workspace)?;
    // The identity providers that tests sign in with; nothing of them needs to be compiled.
    for folder in ["engines/oidc/tests/provider", "server/tests/identity/peers"] {
        npm::install(workspace, &workspace.root().join(folder), &["--ignore-scripts"])?;
    }
    // The SCIM client and the SAML provider that others wrote.
    let python = contract::environment(workspace, "peers", "server/tests/identity/peers/requirements.txt")?;
    let mut cargo = workspace.cargo();
    cargo
        .args(["test", "--workspace", "--no-fail-fast"])
        .env("TEST_POSTGRES_URL", &postgres.url)
        .env("TEST_REDIS_URL", &redis.url)
        .env("SBH_PEERS_PYTHON", python.join("python"))
        .env("SBH_BIN", workspace.binary(false));
    let mut tally = Tally::default();
    let status = workspace.children.stream(&mut cargo, RUST_LIMIT, |line| {
        show(line);
        if let Some(counted) = Tally::of_libtest(line) {
            tally.add(counted);
        }
    });
    Ok(tally.with_exit(succeeded(status)))
}

fn as_one_test(workspace: &Workspace, command: &mut Command) -> Result<Tally, Error> {
    Ok(Tally::one(workspace.children.run(command, LINT_LIMIT)?.success()))
}

/// A run that took too long still has counted tests: its error is said, and counts as one failure.
fn succeeded(status: Result<std::process::ExitStatus, Error>) -> bool {
    match status {
        Ok(status) => status.success(),
        Err(error) => {
            show(&format!("error: {error}"));
            false
        }
    }
}
