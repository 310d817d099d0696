//! The binary as a process with an environment and a folder of its own.

use serde_json::Value;
use std::{collections::BTreeMap, path::Path, process::Stdio};
use tempfile::TempDir;
use tokio::{
    io::AsyncWriteExt as _,
    net::TcpListener,
    process::{Child, Command},
};

/// Somebody at a console.
pub struct Desk {
    folder: TempDir,
    variables: BTreeMap<String, String>,
}

/// How a command ended.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Desk {
    /// An empty folder, and no variable but where programs are.
    pub fn new() -> Self {
        let variables = std::env::var("PATH").map(|path| ("PATH".to_owned(), path)).into_iter().collect();
        Self { folder: tempfile::tempdir().unwrap(), variables }
    }

    /// The same with another variable.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Runs a command to its end.
    pub async fn sbh(&self, arguments: &[&str]) -> Ended {
        self.sbh_reading(arguments, "").await
    }

    /// Runs a command to its end that finds this on its standard input.
    pub async fn sbh_reading(&self, arguments: &[&str], input: &str) -> Ended {
        let mut child = self.start(arguments);
        let mut stdin = child.stdin.take().unwrap();
        // A command that refuses before it reads has closed its end.
        drop(stdin.write_all(input.as_bytes()).await);
        drop(stdin);
        ended(child).await
    }

    /// Begins a command.
    pub fn start(&self, arguments: &[&str]) -> Child {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sbh"));
        command.args(arguments).current_dir(self.folder()).env_clear().envs(&self.variables).kill_on_drop(true);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }
}

/// Waits for a command's end.
pub async fn ended(child: Child) -> Ended {
    let output = child.wait_with_output().await.unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ended { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

/// Sends a signal, `INT` or `TERM`.
pub async fn signal(child: &Child, name: &str) {
    let id = child.id().expect("the process runs").to_string();
    let sent = Command::new("kill").args([&format!("-{name}"), &id]).status().await.unwrap();
    assert!(sent.success());
}

impl Ended {
    /// Fails the test unless the exit code is this one.
    #[track_caller]
    pub fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:#?}");
        self
    }

    /// Fails the test unless standard error says this.
    #[track_caller]
    pub fn saying(self, text: &str) -> Self {
        assert!(self.err.contains(text), "{text:?} is not in {self:#?}");
        self
    }

    /// Fails the test unless standard output says this.
    #[track_caller]
    pub fn printing(self, text: &str) -> Self {
        assert!(self.out.contains(text), "{text:?} is not in {self:#?}");
        self
    }

    /// Standard output as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:#?}"))
    }
}

/// A sample system in the test's own process; gives its address.
pub async fn sample() -> String {
    sample_of(sbh_sample::knobs::PRESETS[0]).await
}

/// The same at a version.
pub async fn sample_of(version: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let knobs = sbh_sample::Knobs::preset(version).unwrap();
    let config = sbh_sample::Config { knobs, ..sbh_sample::Config::default() };
    tokio::spawn(sbh_sample::serve(listener, config, std::future::pending()));
    format!("http://{address}")
}
