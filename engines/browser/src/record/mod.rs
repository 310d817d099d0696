//! Keeps what the browser reports while a page loads, and answers what it asks meanwhile.

mod console;
mod network;
mod parse;

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sbh_egress::Credentials;
use serde_json::{Value, json};
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use crate::cdp::{Client, Event};
use crate::domain::Site;
use crate::error::AuditError;
use crate::look::LOGIN;
use crate::options::Limits;
use crate::waterfall::Request;

pub(crate) use console::Console;
pub use console::PageError;
pub(crate) use network::{Network, Omitted};

/// The most frames of a load, and their most characters in base64.
const FRAMES: (usize, usize) = (900, 32 * 1024 * 1024);

/// A picture as the browser sent it.
pub(crate) struct Shot {
    /// In milliseconds since 1970.
    pub(crate) at: f64,
    /// JPEG in base64.
    pub(crate) data: String,
}

/// Everything that was reported since the last [`Recorder::begin`].
pub(crate) struct Recording {
    pub(crate) network: Network,
    pub(crate) console: Console,
    pub(crate) shots: Vec<Shot>,
    pub(crate) shots_dropped: bool,
    /// When the load event of the page's current document came.
    pub(crate) loaded: Option<Instant>,
    /// The address of the page's current document.
    pub(crate) url: String,
    page: String,
    sessions: HashSet<String>,
    prepare: Vec<(String, Value)>,
    shot_bytes: usize,
}

/// Shared between the audit and the task that reads events.
pub(crate) struct Recorder {
    recording: Mutex<Recording>,
    crashed: watch::Sender<bool>,
}

impl Recorder {
    /// Reads `events` on a task until the browser ends; `credentials` are given to the proxy at `proxy`, and to nobody else.
    pub(crate) fn start(
        client: Client,
        mut events: mpsc::Receiver<Event>,
        proxy: String,
        credentials: Credentials,
    ) -> Arc<Self> {
        let recording = Mutex::new(Recording::new(String::new(), Vec::new(), Limits::default()));
        let recorder = Arc::new(Self { recording, crashed: watch::Sender::new(false) });
        let task = Arc::clone(&recorder);
        tokio::spawn(async move {
            while let Some(event) = events.recv().await {
                if let "Fetch.authRequired" | "Fetch.requestPaused" = event.method.as_str() {
                    admit(&client, &event, &proxy, &credentials);
                } else {
                    task.take(&client, event);
                }
            }
        });
        recorder
    }

    /// Forgets everything and records the page of the session `page`; `prepare` are the calls that each frame and worker of it needs.
    pub(crate) fn begin(&self, page: &str, prepare: Vec<(String, Value)>, limits: Limits) {
        *self.recording() = Recording::new(page.to_owned(), prepare, limits);
    }

    /// Forgets everything and records nothing until the next [`Recorder::begin`].
    pub(crate) fn end(&self) {
        self.begin("", Vec::new(), Limits::default());
    }

    pub(crate) fn recording(&self) -> MutexGuard<'_, Recording> {
        self.recording.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Resolves when the page's process has crashed.
    pub(crate) async fn crashed(&self) {
        let mut crashed = self.crashed.subscribe();
        let _ = crashed.wait_for(|crashed| *crashed).await;
    }

    /// Whether the document had loaded, and at most two requests were open, all through the last `quiet`.
    pub(crate) fn is_quiet(&self, quiet: Duration) -> bool {
        let recording = self.recording();
        recording.loaded.is_some_and(|since| since.elapsed().min(recording.network.quiet_for()) >= quiet)
    }

    fn take(&self, client: &Client, event: Event) {
        let mut recording = self.recording();
        if !recording.sessions.contains(&event.session) {
            return;
        }
        let on_page = event.session == recording.page;
        let params = event.params;
        match event.method.as_str() {
            "Inspector.targetCrashed" | "Inspector.detached" if on_page => {
                self.crashed.send_replace(true);
            }
            "Page.screencastFrame" => {
                client
                    .session(event.session)
                    .send("Page.screencastFrameAck", json!({ "sessionId": params["sessionId"] }));
                recording.keep_shot(&params);
            }
            "Page.javascriptDialogOpening" => {
                client.session(event.session).send("Page.handleJavaScriptDialog", json!({ "accept": false }));
            }
            "Target.attachedToTarget" => recording.attach(client, &params),
            "Page.loadEventFired" if on_page => recording.loaded = Some(Instant::now()),
            "Page.frameNavigated" if on_page => recording.navigated(&params["frame"]),
            method if method.starts_with("Network.") => recording.network.take(method, &params),
            method => recording.console.take(method, &params),
        }
    }
}

/// The requests that recorded events of the protocol tell of, seen from a page at `page`. Each event has its `method` and
/// its `params`; those of other domains than `Network` say nothing.
#[must_use]
pub fn waterfall(events: &[Value], page: &str, limits: Limits) -> Vec<Request> {
    let mut network = Network::new(limits);
    for event in events {
        network.take(parse::text(&event["method"]), &event["params"]);
    }
    network.requests(&Site::of(page))
}

impl Recording {
    fn new(page: String, prepare: Vec<(String, Value)>, limits: Limits) -> Self {
        Self {
            network: Network::new(limits),
            console: Console::new(limits),
            shots: Vec::new(),
            shots_dropped: false,
            loaded: None,
            url: String::new(),
            // The browser's own session has no name, and is nobody's page.
            sessions: Some(page.clone()).filter(|page| !page.is_empty()).into_iter().collect(),
            page,
            prepare,
            shot_bytes: 0,
        }
    }

    fn navigated(&mut self, frame: &Value) {
        if frame["parentId"].is_null() {
            self.loaded = None;
            self.url = parse::text(&frame["url"]).to_owned();
            self.network.document(parse::text(&frame["loaderId"]));
        }
    }

    fn keep_shot(&mut self, params: &Value) {
        let data = parse::text(&params["data"]);
        if self.shots.len() >= FRAMES.0 || self.shot_bytes + data.len() > FRAMES.1 {
            self.shots_dropped = true;
        } else if self.shots.last().is_none_or(|last| last.data != data) {
            self.shot_bytes += data.len();
            let at = parse::number(&params["metadata"]["timestamp"]) * 1000.0;
            self.shots.push(Shot { at, data: data.to_owned() });
        }
    }

    /// Frames of other sites and workers have sessions of their own and wait until they are told to run.
    fn attach(&mut self, client: &Client, params: &Value) {
        let target = &params["targetInfo"];
        let session = client.session(parse::text(&params["sessionId"]).to_owned());
        if let "page" | "tab" = parse::text(&target["type"]) {
            client.browser().send("Target.closeTarget", json!({ "targetId": target["targetId"] }));
            return;
        }
        for (method, params) in &self.prepare {
            session.send(method, params.clone());
        }
        session.send("Runtime.runIfWaitingForDebugger", json!({}));
        self.sessions.insert(session.id);
    }
}

/// Logs in at the proxy, once per browser context: the browser remembers it then. A server that asks for credentials gets none, and what the
/// login page asks for besides itself, such as an icon, is not fetched.
fn admit(client: &Client, event: &Event, proxy: &str, credentials: &Credentials) {
    let session = client.session(event.session.clone());
    let request = &event.params["requestId"];
    if event.method == "Fetch.requestPaused" {
        if event.params["request"]["url"] == LOGIN {
            session.send("Fetch.continueRequest", json!({ "requestId": request }));
        } else {
            session.send("Fetch.failRequest", json!({ "requestId": request, "errorReason": "BlockedByClient" }));
        }
        return;
    }
    let challenge = &event.params["authChallenge"];
    let ours = challenge["source"] == "Proxy" && parse::text(&challenge["origin"]).trim_end_matches('/') == proxy;
    let response = if ours {
        json!({ "response": "ProvideCredentials", "username": credentials.username, "password": credentials.password })
    } else {
        json!({ "response": "CancelAuth" })
    };
    session.send("Fetch.continueWithAuth", json!({ "requestId": request, "authChallengeResponse": response }));
}

/// A protocol error for an answer that lacks what it must have.
pub(crate) fn unexpected(method: &str) -> AuditError {
    AuditError::Protocol { method: method.to_owned(), message: "its answer lacks what it must have".to_owned() }
}
