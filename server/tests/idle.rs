//! What a hub costs that does nothing.

#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use std::{
    fs,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};
use tokio::net::TcpListener;

/// Most memory of an idle hub that is its own, in KiB: 60 MB. Pages of the program's file, which the system can drop at any time and
/// of which a build for tests has several times as many, are not in it.
const MOST_MEMORY_KIB: u64 = 60_000_000 / 1_024;
/// How long the test waits for a hub that does not become ready.
const PATIENCE: Duration = Duration::from_secs(60);

struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

#[tokio::test]
async fn an_idle_hub_is_small() {
    let folder = tempfile::tempdir().unwrap();
    let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let mut command = Command::new(env!("CARGO_BIN_EXE_sbh"));
    command.arg("serve").env_clear().env("DATA_DIR", folder.path()).env("PORT", port.to_string());
    let hub = Process(command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap());
    let started = Instant::now();
    let health = format!("http://127.0.0.1:{port}/health");
    server::serve::install_crypto();
    while !reqwest::get(&health).await.is_ok_and(|answer| answer.status().is_success()) {
        assert!(started.elapsed() < PATIENCE, "the hub never became ready");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    println!("ready after {} ms", started.elapsed().as_millis());
    let memory = own_kib(hub.0.id());
    assert!(memory < MOST_MEMORY_KIB, "an idle hub takes {memory} KiB");
}

/// `RssAnon` of a process (proc(5)).
fn own_kib(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}
