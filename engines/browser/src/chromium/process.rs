//! One running browser.

use std::io;
use std::net::SocketAddr;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::json;
use tempfile::TempDir;
use tokio::io::AsyncReadExt;
use tokio::process::{ChildStderr, ChildStdin, ChildStdout};
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::flags::flags;
use crate::cdp::{Client, Event};
use crate::error::AuditError;
use crate::text::cut;

/// Chromium reads commands from descriptor 3 and answers on 4. The shell moves its own standard streams there and becomes the browser.
const MOVE_STREAMS: &str = r#"exec "$@" 3<&0 4>&1 0</dev/null 1>/dev/null"#;
/// How much of what the browser says on its error stream is kept, in bytes.
const COMPLAINTS: usize = 4096;
/// How long a browser may take to end by itself.
const FAREWELL: Duration = Duration::from_secs(2);
/// How often and how patiently a profile is removed that dying processes still write to.
const REMOVALS: (u32, Duration) = (50, Duration::from_millis(40));

/// A running browser with its profile. Dropping it kills every process of it and removes the profile.
pub(crate) struct Chromium {
    pub(crate) client: Client,
    running: Option<Running>,
    complaints: Arc<Mutex<Vec<u8>>>,
}

struct Running {
    child: Child,
    profile: TempDir,
}

impl Chromium {
    /// Starts `program` with a new profile below `folder` and all traffic through `proxy`.
    ///
    /// # Errors
    /// [`AuditError::Launch`] when the profile or the process cannot be made.
    pub(crate) fn launch(
        program: &Path,
        folder: Option<&Path>,
        proxy: SocketAddr,
    ) -> Result<(Self, mpsc::Receiver<Event>), AuditError> {
        let failed = |error: io::Error| AuditError::Launch(error.to_string());
        let mut builder = tempfile::Builder::new();
        let builder = builder.prefix("sbh-browser-");
        let profile = folder.map_or_else(|| builder.tempdir(), |folder| builder.tempdir_in(folder)).map_err(failed)?;
        let mut child = command(program, profile.path(), proxy).spawn().map_err(failed)?;
        let complaints = Arc::<Mutex<Vec<u8>>>::default();
        let connected = connect(&mut child, &complaints);
        let running = Running { child, profile };
        match connected {
            Ok((client, events)) => Ok((Self { client, running: Some(running), complaints }, events)),
            Err(error) => {
                running.end();
                Err(failed(error))
            }
        }
    }

    /// What the browser said on its error stream last, for a launch that failed.
    pub(crate) fn complaint(&self) -> String {
        let kept = self.complaints.lock().unwrap_or_else(PoisonError::into_inner);
        let text = String::from_utf8_lossy(&kept);
        let last = text.lines().rfind(|line| !line.trim().is_empty());
        last.map_or_else(|| "it said nothing".to_owned(), |line| cut(line.trim(), 300))
    }

    /// Lets the browser end by itself, so that it waits for its own parts and leaves no zombies to a container without an init process.
    pub(crate) async fn quit(&self) {
        self.client.browser().send("Browser.close", json!({}));
        // One that takes longer is killed.
        let _ = timeout(FAREWELL, self.client.closed()).await;
    }

    /// Kills every process of the browser and removes its profile; both are done when this returns.
    pub(crate) async fn close(mut self) {
        if let Some(running) = self.running.take() {
            // The task ends by itself; a runtime that shuts down leaves it running.
            let _ = tokio::task::spawn_blocking(move || running.end()).await;
        }
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            running.kill();
            let cleaner = thread::Builder::new().name("chromium-end".to_owned());
            if let Err(error) = cleaner.spawn(move || running.end()) {
                tracing::warn!(%error, "a browser profile could not be removed");
            }
        }
    }
}

impl Running {
    fn kill(&self) {
        if let Some(group) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            // The group is gone if every process of it ended before.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }

    fn end(mut self) {
        self.kill();
        let _ = self.child.wait();
        let path: PathBuf = self.profile.keep();
        for _ in 0..REMOVALS.0 {
            match std::fs::remove_dir_all(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => thread::sleep(REMOVALS.1),
                _ => return,
            }
        }
        tracing::warn!(profile = %path.display(), "a browser profile could not be removed");
    }
}

/// The environment is not passed on: it holds the hub's secrets, and proxy variables that must not count.
fn command(program: &Path, profile: &Path, proxy: SocketAddr) -> Command {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", MOVE_STREAMS, "sh"]).arg(program).args(flags(profile, proxy));
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_else(|| "/usr/bin:/bin".into()));
    for variable in ["HOME", "TMPDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"] {
        command.env(variable, profile);
    }
    command.env("LANG", "C.UTF-8").current_dir(profile).process_group(0);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn connect(child: &mut Child, complaints: &Arc<Mutex<Vec<u8>>>) -> io::Result<(Client, mpsc::Receiver<Event>)> {
    let (Some(stdin), Some(stdout), Some(stderr)) = (child.stdin.take(), child.stdout.take(), child.stderr.take())
    else {
        return Err(io::ErrorKind::BrokenPipe.into());
    };
    tokio::spawn(listen(ChildStderr::from_std(stderr)?, Arc::clone(complaints)));
    Ok(Client::start(ChildStdout::from_std(stdout)?, ChildStdin::from_std(stdin)?))
}

/// Reads until the browser and its children have closed the stream, and keeps the end.
async fn listen(mut stderr: ChildStderr, kept: Arc<Mutex<Vec<u8>>>) {
    let mut buffer = [0; 1024];
    while let Ok(count @ 1..) = stderr.read(&mut buffer).await {
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.extend_from_slice(&buffer[..count]);
        let excess = kept.len().saturating_sub(COMPLAINTS);
        kept.drain(..excess);
    }
}
