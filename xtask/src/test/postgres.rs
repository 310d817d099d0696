//! PostgreSQL for the tests: the one that answers, else one of our own that ends with the run.

use std::{
    env,
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;

use crate::{
    children::Running,
    error::{Doing, Error},
    probe,
    workspace::Workspace,
};

const VARIABLE: &str = "TEST_POSTGRES_URL";
const STANDARD_PORT: u16 = 5432;
const LIMIT: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(50);

/// A PostgreSQL in which the tests may create databases and roles.
pub struct Service {
    /// Connects as a superuser.
    pub url: String,
    // The server ends before its folder is removed: fields are dropped in this order.
    _running: Option<Running>,
    _data: Option<TempDir>,
}

/// Whether a PostgreSQL is named, answers, or could be started.
pub fn is_available() -> bool {
    env::var_os(VARIABLE).is_some() || answers(STANDARD_PORT) || programs().is_some()
}

impl Service {
    /// The one that TEST_POSTGRES_URL names; the one at 127.0.0.1:5432 when it lets `postgres` in
    /// without a password; else a new one.
    pub fn ready(workspace: &Workspace) -> Result<Self, Error> {
        if let Ok(url) = env::var(VARIABLE) {
            return Ok(Self { url, _running: None, _data: None });
        }
        if answers(STANDARD_PORT) {
            return Ok(Self { url: url(STANDARD_PORT), _running: None, _data: None });
        }
        Self::start(workspace)
    }

    fn start(workspace: &Workspace) -> Result<Self, Error> {
        let programs = programs().ok_or_else(|| Error::Missing("PostgreSQL is missing".to_owned()))?;
        let data = tempfile::tempdir().doing(|| "making a folder for PostgreSQL".to_owned())?;
        let cluster = lay_out(workspace, &programs, data.path())?;
        let port = probe::free_port()?;
        let mut command = as_owner(&programs.join("postgres"));
        command.current_dir(data.path()).arg("-D").arg(cluster).args(["-p", &port.to_string()]);
        // The data end with the run: nothing has to survive a power cut.
        for setting in ["listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off", "max_connections=200"] {
            command.args(["-c", setting]);
        }
        let log = data.path().join("log");
        let file = File::create(&log).doing(|| format!("creating {}", log.display()))?;
        let mut running = workspace.children.spawn(command.stderr(Stdio::from(file)))?;
        let deadline = Instant::now() + LIMIT;
        while !answers(port) {
            if running.ended()?.is_some() || Instant::now() > deadline {
                let log = fs::read_to_string(&log).unwrap_or_default();
                return Err(Error::Failed(format!("PostgreSQL did not start:\n{log}")));
            }
            thread::sleep(POLL);
        }
        Ok(Self { url: url(port), _running: Some(running), _data: Some(data) })
    }
}

/// Makes a cluster in which `postgres` needs no password; it listens on loopback alone.
fn lay_out(workspace: &Workspace, programs: &Path, folder: &Path) -> Result<PathBuf, Error> {
    if is_root() && !probe::succeeds(Command::new("chown").arg("postgres").arg(folder)) {
        return Err(Error::Failed("PostgreSQL does not run as root, and there is no user postgres".to_owned()));
    }
    let cluster = folder.join("cluster");
    let mut initdb = as_owner(&programs.join("initdb"));
    initdb
        .current_dir(folder)
        .stdout(Stdio::null())
        .args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "-D"])
        .arg(&cluster);
    if workspace.children.run(&mut initdb, LIMIT)?.success() {
        return Ok(cluster);
    }
    Err(Error::Failed("PostgreSQL could not lay out its data".to_owned()))
}

/// PostgreSQL refuses to run as root; Debian's package brings a user for it.
fn as_owner(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--init-groups", "--"]).arg(program);
    command
}

fn is_root() -> bool {
    nix::unistd::geteuid().is_root()
}

fn url(port: u16) -> String {
    format!("postgres://postgres@127.0.0.1:{port}/postgres")
}

/// Whether the server at this port lets the superuser in without a password.
fn answers(port: u16) -> bool {
    let arguments = ["-X", "-w", "-h", "127.0.0.1", "-U", "postgres", "-d", "postgres", "-c", "select 1", "-p"];
    probe::succeeds(Command::new("psql").args(arguments).arg(port.to_string()).env("PGCONNECT_TIMEOUT", "5"))
}

/// The folder with the newest server's programs: Debian keeps them off the PATH.
fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let version = |folder: &Path| folder.file_name()?.to_str()?.parse::<u32>().ok();
    let newest = versions.map(|entry| entry.path()).max_by_key(|folder| version(folder));
    newest
        .map(|folder| folder.join("bin"))
        .filter(|folder| folder.join("initdb").is_file())
        .or_else(|| probe::on_path("initdb")?.parent().map(Path::to_path_buf))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_server_answers_and_ends_with_its_service() {
        if programs().is_none() {
            assert!(is_available(), "the suite runs only where PostgreSQL is");
            return;
        }
        let workspace = Workspace::without_signals();
        let service = Service::start(&workspace).unwrap();
        let port: u16 = service.url.rsplit(':').next().unwrap().trim_end_matches("/postgres").parse().unwrap();
        assert!(answers(port));
        drop(service);
        assert!(!answers(port));
    }
}
