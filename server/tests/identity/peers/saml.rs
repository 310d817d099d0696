//! npm's `samlp` and PyPI's `pysaml2` as processes.

use super::{certified::told, python};
use serde_json::Value;
use std::{
    path::{Path, PathBuf},
    process::Stdio,
};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
};

/// A process that says where it is, and waits to be told about the hub. It ends when this is dropped.
struct Peer {
    child: Child,
    output: Lines<BufReader<ChildStdout>>,
}

impl Peer {
    async fn start(mut command: Command, needs: &str) -> (Self, Value) {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.kill_on_drop(true).spawn().expect(needs);
        let mut output = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = output.next_line().await.unwrap().expect("the provider starts");
        (Self { child, output }, serde_json::from_str(&line).unwrap())
    }

    async fn tell(&mut self, hub: &Value) {
        self.child.stdin.as_mut().unwrap().write_all(format!("{hub}\n").as_bytes()).await.unwrap();
        told(&mut self.output, "ready").await;
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/identity/peers")
}

/// npm's `samlp`.
pub struct Samlp {
    pub home: String,
    pub issuer: String,
    /// What it signs with, as PEM.
    pub key: String,
    pub cert: String,
    peer: Peer,
}

impl Samlp {
    /// A provider that says who it is, and waits to be told about the hub.
    pub async fn listen() -> Self {
        assert!(
            folder().join("node_modules/samlp").is_dir(),
            "this test needs npm's samlp: `cargo xtask test` installs it, or `npm ci --ignore-scripts` in {}",
            folder().display()
        );
        let mut node = Command::new("node");
        node.arg(folder().join("saml.mjs"));
        let (peer, said) = Peer::start(node, "this test needs Node.js 20 or newer").await;
        let text = |name: &str| said[name].as_str().unwrap().to_owned();
        Self { home: text("home"), issuer: text("issuer"), key: text("key"), cert: text("cert"), peer }
    }

    /// Begins to serve the hub, with one person who signs in.
    pub async fn serve(mut self, hub: &Value) -> Self {
        self.peer.tell(hub).await;
        self
    }
}

/// PyPI's `pysaml2`, which asks that requests are signed.
pub struct Pysaml {
    pub metadata_url: String,
    peer: Peer,
}

impl Pysaml {
    /// A provider whose metadata can be read already.
    pub async fn listen() -> Self {
        let mut command = Command::new(python());
        command.arg(folder().join("saml_idp.py"));
        let (peer, said) = Peer::start(command, "this test needs Python").await;
        Self { metadata_url: said["metadata_url"].as_str().unwrap().to_owned(), peer }
    }

    /// Begins to serve the hub, whose metadata it is given, with one person who signs in.
    pub async fn serve(mut self, hub: &Value) -> Self {
        self.peer.tell(hub).await;
        self
    }
}
