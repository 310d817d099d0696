//! npm's `samlp` as a process.

use super::certified::told;
use serde_json::Value;
use std::{path::Path, process::Stdio};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
};

/// An identity provider, ended when this is dropped.
pub struct Samlp {
    pub home: String,
    pub issuer: String,
    /// What it signs with, as PEM.
    pub key: String,
    pub cert: String,
    child: Child,
    output: Lines<BufReader<ChildStdout>>,
}

impl Samlp {
    /// A provider that says who it is, and waits to be told about the hub.
    pub async fn listen() -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/identity/peers");
        assert!(
            folder.join("node_modules/samlp").is_dir(),
            "this test needs npm's samlp: `cargo xtask test` installs it, or `npm ci --ignore-scripts` in {}",
            folder.display()
        );
        let mut node = Command::new("node");
        node.arg(folder.join("saml.mjs")).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = node.kill_on_drop(true).spawn().expect("this test needs Node.js 20 or newer");
        let mut output = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = output.next_line().await.unwrap().expect("the provider starts");
        let said: Value = serde_json::from_str(&line).unwrap();
        let text = |name: &str| said[name].as_str().unwrap().to_owned();
        Self { home: text("home"), issuer: text("issuer"), key: text("key"), cert: text("cert"), child, output }
    }

    /// Begins to serve the hub, with one person who signs in.
    pub async fn serve(mut self, hub: &Value) -> Self {
        self.child.stdin.as_mut().unwrap().write_all(format!("{hub}\n").as_bytes()).await.unwrap();
        told(&mut self.output, "ready").await;
        self
    }
}
