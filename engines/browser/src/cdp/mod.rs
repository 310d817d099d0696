//! The Chrome DevTools protocol over the browser's pipe (`--remote-debugging-pipe`): JSON messages, each ended by a NUL.
//!
//! A pipe rather than a port: nobody else on the machine, and no page, can connect to it; and the browser ends when it closes.

mod wire;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{mpsc, oneshot, watch};

use crate::error::AuditError;

/// How many events may wait for their reader before the browser has to wait.
const EVENTS: usize = 1024;

/// Something that the browser reports on its own.
#[derive(Debug)]
pub(crate) struct Event {
    /// The session that reports; empty for the browser itself.
    pub(crate) session: String,
    pub(crate) method: String,
    pub(crate) params: Value,
}

type Reply = oneshot::Sender<Result<Value, String>>;

struct Shared {
    next: AtomicU64,
    pending: Mutex<HashMap<u64, Reply>>,
    out: mpsc::UnboundedSender<Vec<u8>>,
    closed: watch::Sender<bool>,
}

/// A connection to a browser. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Client(Arc<Shared>);

impl Client {
    /// Speaks through the two ends of the pipe, on tasks that end with it.
    pub(crate) fn start(
        reader: impl AsyncRead + Unpin + Send + 'static,
        writer: impl AsyncWrite + Unpin + Send + 'static,
    ) -> (Self, mpsc::Receiver<Event>) {
        let (out, outgoing) = mpsc::unbounded_channel();
        let (events, incoming) = mpsc::channel(EVENTS);
        let shared = Arc::new(Shared {
            next: AtomicU64::new(1),
            pending: Mutex::default(),
            out,
            closed: watch::Sender::new(false),
        });
        tokio::spawn(wire::write(writer, outgoing, shared.closed.subscribe()));
        tokio::spawn(wire::read(reader, events, Arc::clone(&shared)));
        (Self(shared), incoming)
    }

    /// The browser's own session.
    pub(crate) fn browser(&self) -> Session {
        self.session(String::new())
    }

    /// The session of one target.
    pub(crate) fn session(&self, id: String) -> Session {
        Session { client: self.clone(), id }
    }

    /// Resolves when the browser has closed its end.
    pub(crate) async fn closed(&self) {
        let mut closed = self.0.closed.subscribe();
        // An error means that the sender is gone, which this client holds.
        let _ = closed.wait_for(|closed| *closed).await;
    }
}

impl Shared {
    fn answer(&self, id: u64, outcome: Result<Value, String>) {
        if let Some(reply) = self.pending.lock().unwrap_or_else(PoisonError::into_inner).remove(&id) {
            // The caller may have stopped waiting.
            let _ = reply.send(outcome);
        }
    }

    fn close(&self) {
        self.closed.send_replace(true);
        self.pending.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// One target's part of the connection.
#[derive(Clone)]
pub(crate) struct Session {
    client: Client,
    pub(crate) id: String,
}

impl Session {
    /// Calls a method and waits for its result.
    ///
    /// # Errors
    /// [`AuditError::Protocol`] for what the browser refuses, [`AuditError::BrowserGone`] when it ended.
    pub(crate) async fn call(&self, method: &str, params: Value) -> Result<Value, AuditError> {
        let (reply, outcome) = oneshot::channel();
        let id = self.client.0.next.fetch_add(1, Ordering::Relaxed);
        self.client.0.pending.lock().unwrap_or_else(PoisonError::into_inner).insert(id, reply);
        if *self.client.0.closed.borrow() || !self.post(id, method, params) {
            self.client.0.pending.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
            return Err(AuditError::BrowserGone);
        }
        let refused = |message: String| AuditError::Protocol { method: method.to_owned(), message };
        outcome.await.map_err(|_| AuditError::BrowserGone)?.map_err(refused)
    }

    /// Calls a method whose result nobody needs.
    pub(crate) fn send(&self, method: &str, params: Value) {
        let id = self.client.0.next.fetch_add(1, Ordering::Relaxed);
        self.post(id, method, params);
    }

    fn post(&self, id: u64, method: &str, params: Value) -> bool {
        let mut message = json!({ "id": id, "method": method, "params": params });
        if !self.id.is_empty() {
            message["sessionId"] = json!(self.id);
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        self.client.0.out.send(bytes).is_ok()
    }
}
