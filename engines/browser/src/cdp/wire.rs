//! Both directions of the pipe.

use std::sync::Arc;

use serde_json::Value;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::{mpsc, watch};

use super::{Event, Shared};
use crate::text::cut;

/// The longest message in bytes. A screenshot has a few million.
const MAX_MESSAGE: usize = 64 * 1024 * 1024;

pub(super) async fn write(
    mut writer: impl AsyncWrite + Unpin,
    mut outgoing: mpsc::UnboundedReceiver<Vec<u8>>,
    mut closed: watch::Receiver<bool>,
) {
    loop {
        let message = tokio::select! {
            message = outgoing.recv() => message,
            _ = closed.wait_for(|closed| *closed) => None,
        };
        let Some(message) = message else { return };
        if writer.write_all(&message).await.is_err() {
            return;
        }
    }
}

pub(super) async fn read(mut reader: impl AsyncRead + Unpin, events: mpsc::Sender<Event>, shared: Arc<Shared>) {
    let (mut buffer, mut seen) = (Vec::with_capacity(64 * 1024), 0);
    while buffer.len() < MAX_MESSAGE {
        match reader.read_buf(&mut buffer).await {
            Ok(0) | Err(_) => break,
            Ok(_) => {}
        }
        while let Some(at) = buffer[seen..].iter().position(|byte| *byte == 0) {
            let rest = buffer.split_off(seen + at + 1);
            buffer.pop();
            dispatch(&buffer, &events, &shared).await;
            (buffer, seen) = (rest, 0);
        }
        seen = buffer.len();
    }
    shared.close();
}

async fn dispatch(message: &[u8], events: &mpsc::Sender<Event>, shared: &Shared) {
    let Ok(mut message) = serde_json::from_slice::<Value>(message) else {
        tracing::debug!("the browser sent a message that is no JSON");
        return;
    };
    if let Some(id) = message["id"].as_u64() {
        let outcome = match message["error"]["message"].as_str() {
            Some(error) => Err(cut(error, 300)),
            None => Ok(message["result"].take()),
        };
        shared.answer(id, outcome);
        return;
    }
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (session, method) = (text(&message["sessionId"]), text(&message["method"]));
    // The reader of events is gone when the audit is over.
    let _ = events.send(Event { session, method, params: message["params"].take() }).await;
}
