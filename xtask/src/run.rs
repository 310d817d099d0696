//! `cargo xtask run`: from a fresh clone to the hub in the browser.

use std::{
    env,
    fmt::Display,
    fs,
    process::Command,
    thread,
    time::{Duration, Instant},
};

use clap::Args;

use crate::{
    build,
    children::Running,
    error::{Doing, Error},
    probe, setup,
    workspace::Workspace,
};

/// How long the first start may take: it lays out the database.
const START_LIMIT: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(50);

/// How to run the hub.
#[derive(Args)]
pub struct Options {
    /// Optimise: what users get, and slower to compile
    #[arg(long)]
    release: bool,
    /// The port of 127.0.0.1 to listen on
    #[arg(long, default_value_t = 3000)]
    port: u16,
}

/// `cargo xtask run`.
pub fn command(workspace: &Workspace, options: &Options) -> Result<(), Error> {
    setup::for_building(workspace)?;
    build::site(workspace, options.release)?;
    let binary = build::server(workspace, options.release)?;
    if !probe::is_free(options.port) {
        return Err(Error::Failed(format!("port {0} is taken; choose another with --port", options.port)));
    }
    let data = workspace.root().join("data");
    fs::create_dir_all(&data).doing(|| format!("creating {}", data.display()))?;
    let mut hub = workspace.children.spawn(with_settings(workspace.tool(&binary).arg("serve"), options.port))?;
    wait_until_ready(&mut hub, options.port)?;
    println!("{}", first_step(&binary.strip_prefix(workspace.root()).unwrap_or(&binary).display(), options.port));
    let status = hub.wait()?;
    if status.success() { Ok(()) } else { Err(Error::Failed(format!("the hub ended with {status}"))) }
}

/// Development on this machine alone; a variable that the caller has set wins, but for the port.
fn with_settings(hub: &mut Command, port: u16) -> &mut Command {
    let defaults = [
        ("ENVIRONMENT", "development"),
        ("HOST", "127.0.0.1"),
        ("DATABASE_URL", "sqlite://data/sbh.db?mode=rwc"),
        ("EGRESS_ALLOW_LOOPBACK", "true"),
    ];
    for (name, value) in defaults {
        if env::var_os(name).is_none() {
            hub.env(name, value);
        }
    }
    hub.env("PORT", port.to_string())
}

fn wait_until_ready(hub: &mut Running, port: u16) -> Result<(), Error> {
    let deadline = Instant::now() + START_LIMIT;
    while !probe::healthy(port) {
        if let Some(status) = hub.ended()? {
            return Err(Error::Failed(format!("the hub did not start: it ended with {status}")));
        }
        if Instant::now() > deadline {
            return Err(Error::Failed(format!("the hub was not ready after {} s", START_LIMIT.as_secs())));
        }
        thread::sleep(POLL);
    }
    Ok(())
}

fn first_step(binary: &impl Display, port: u16) -> String {
    format!(
        "\nSystem Builder Hub is ready: http://127.0.0.1:{port}\n\
         First step: open that address and create the owner account.\n\
         Something to measure, in a second terminal: {binary} sample-system --port 4100\n\
         Then register http://127.0.0.1:4100 as a system. Ctrl-C ends the hub; its data stay in ./data.\n"
    )
}
