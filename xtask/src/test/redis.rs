//! Redis for the tests: the one that answers, else one of our own that ends with the run.

use std::{
    env,
    process::Stdio,
    thread,
    time::{Duration, Instant},
};

use crate::{children::Running, error::Error, probe, workspace::Workspace};

const VARIABLE: &str = "TEST_REDIS_URL";
const STANDARD_PORT: u16 = 6379;
const LIMIT: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(50);

/// A Redis that the tests may write to.
pub struct Service {
    /// Where it is.
    pub url: String,
    _running: Option<Running>,
}

/// Whether a Redis is named, answers, or could be started.
pub fn is_available() -> bool {
    env::var_os(VARIABLE).is_some() || answers(STANDARD_PORT) || probe::on_path("redis-server").is_some()
}

impl Service {
    /// The one that TEST_REDIS_URL names, the one at 127.0.0.1:6379, or else a new one.
    pub fn ready(workspace: &Workspace) -> Result<Self, Error> {
        if let Ok(url) = env::var(VARIABLE) {
            return Ok(Self { url, _running: None });
        }
        if answers(STANDARD_PORT) {
            return Ok(Self { url: url(STANDARD_PORT), _running: None });
        }
        Self::start(workspace)
    }

    fn start(workspace: &Workspace) -> Result<Self, Error> {
        let port = probe::free_port()?;
        let mut command = workspace.tool("redis-server");
        command.args(["--bind", "127.0.0.1", "--port", &port.to_string(), "--loglevel", "warning"]);
        command.args(["--save", "", "--appendonly", "no"]);
        let mut running = workspace.children.spawn(command.stdout(Stdio::null()))?;
        let deadline = Instant::now() + LIMIT;
        while !answers(port) {
            if running.ended()?.is_some() || Instant::now() > deadline {
                return Err(Error::Failed("Redis did not start".to_owned()));
            }
            thread::sleep(POLL);
        }
        Ok(Self { url: url(port), _running: Some(running) })
    }
}

fn url(port: u16) -> String {
    format!("redis://127.0.0.1:{port}")
}

fn answers(port: u16) -> bool {
    probe::exchange(port, "PING\r\n").is_some_and(|answer| answer.starts_with("+PONG"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_server_answers_and_ends_with_its_service() {
        if probe::on_path("redis-server").is_none() {
            assert!(is_available(), "the suite runs only where Redis is");
            return;
        }
        let service = Service::start(&Workspace::without_signals()).unwrap();
        let port: u16 = service.url.rsplit(':').next().unwrap().parse().unwrap();
        assert!(answers(port));
        drop(service);
        assert!(!answers(port));
    }
}
