//! The other tools: programs that answer one question a line.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

use crate::error::{Doing, Error};

/// How long one answer may take.
const PATIENCE: Duration = Duration::from_secs(180);

/// Where the other tools are.
pub struct Tools {
    /// The folder with `peers/*.mjs` and `node_modules`.
    pub folder: PathBuf,
    /// The stock hurl.
    pub hurl: PathBuf,
    /// The browser.
    pub chromium: PathBuf,
}

/// A script of `peers/` that runs; it is killed when this is dropped.
pub struct Peer {
    script: String,
    _child: Child,
    questions: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
    /// Versions of the packages that it uses.
    pub versions: BTreeMap<String, String>,
}

impl Peer {
    /// Starts `peers/<script>.mjs`.
    pub async fn start(tools: &Tools, script: &str, env: &[(&str, &OsStr)]) -> Result<Self, Error> {
        let mut child = Command::new("node")
            .arg(tools.folder.join("peers").join(script).with_extension("mjs"))
            .env("CHROMIUM", &tools.chromium)
            .env("NODE_NO_WARNINGS", "1")
            .envs(env.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .doing("starting node")?;
        let gone = || Error(format!("{script} has no streams"));
        let questions = child.stdin.take().ok_or_else(gone)?;
        let answers = BufReader::new(child.stdout.take().ok_or_else(gone)?).lines();
        let versions = BTreeMap::new();
        let mut peer = Self { script: script.to_owned(), _child: child, questions, answers, versions };
        let hello = peer.read().await?;
        peer.versions = serde_json::from_value(hello).doing("reading the versions of the packages")?;
        Ok(peer)
    }

    /// The answer to a question.
    pub async fn ask<T: DeserializeOwned>(&mut self, question: &Value) -> Result<T, Error> {
        self.questions.write_all(format!("{question}\n").as_bytes()).await.doing(&self.script)?;
        let mut answer = self.read().await?;
        match answer["error"].as_str() {
            Some(error) => Err(Error(format!("{} on {question}: {error}", self.script))),
            None => serde_json::from_value(answer["answer"].take()).doing(&self.script),
        }
    }

    async fn read(&mut self) -> Result<Value, Error> {
        let line = timeout(PATIENCE, self.answers.next_line()).await.doing(&self.script)?.doing(&self.script)?;
        let line = line.ok_or_else(|| Error(format!("{} ended", self.script)))?;
        serde_json::from_str(&line).doing(&self.script)
    }
}
