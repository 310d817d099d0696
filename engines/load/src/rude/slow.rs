//! Slow clients, and how others fare meanwhile.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use futures::future::join_all;
use hyper::body::{Body, Incoming};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::mpsc;
use tokio::time::{interval, sleep, sleep_until, timeout, timeout_at};

use super::manners::{Served, Slow, SlowClient};
use super::visitor::{Answer, Pace, Stream, Visitor, speak, while_driven};
use crate::classify;
use crate::error::ErrorClass;
use crate::outcome::decimal;

/// A field of a head that never ends, and how often it is sent.
const FIELD: &[u8] = b"x-slow: 1\r\n";
const FIELD_EVERY: Duration = Duration::from_millis(500);
/// How often a slow reader reads.
const READ_EVERY: Duration = Duration::from_millis(250);
/// The pause between two normal requests.
pub(super) const PAUSE: Duration = Duration::from_millis(200);

/// How clients are slow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// They never finish the head of their request.
    Senders,
    /// They read the answer slowly.
    Readers,
}

/// What slow clients and those who watch them share.
struct Watch<'a> {
    visitor: &'a Visitor,
    until: Instant,
    /// Slow clients that are connected and slow at the moment.
    hanging: AtomicU32,
}

/// A slow client on its way: says once that it hangs, and ends its hanging when dropped.
struct Hanging<'a>(&'a AtomicU32);

impl<'a> Hanging<'a> {
    fn begin(count: &'a AtomicU32, ready: mpsc::Sender<()>) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        // The channel has room for every client, and nobody minds when the others are not waiting any more.
        let _ = ready.try_send(());
        Self(count)
    }
}

impl Drop for Hanging<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Lets slow clients of a kind in, and watches how others are served meanwhile.
pub(super) async fn watch(kind: Kind, visitor: &Visitor, clients: u32, status: u16, length: Duration) -> Slow {
    let begun = Instant::now();
    let shared = Watch { visitor, until: begun + length, hanging: AtomicU32::new(0) };
    let (ready, all_ready) = mpsc::channel(clients as usize + 1);
    let slow = join_all((0..clients).map(|_| shared.client(kind, ready.clone())));
    drop(ready);
    let (fates, answers) = tokio::join!(slow, shared.others(all_ready));
    Slow::of(fates, Served::of(&answers, status), begun.elapsed().as_secs_f64())
}

impl Watch<'_> {
    /// Asks normally, one request after the other, from when the slow clients hang to when none does or the watch ends. A request that the end
    /// of the watch interrupts does not count.
    async fn others(&self, mut all_ready: mpsc::Receiver<()>) -> Vec<Answer> {
        let ready = async { while all_ready.recv().await.is_some() {} };
        // Clients whose connection the target does not even take in are not waited for any longer.
        let _ = timeout(self.visitor.patience, ready).await;
        let mut answers = Vec::new();
        while self.hanging.load(Ordering::SeqCst) > 0 {
            let Ok(answer) = timeout_at(self.until.into(), self.visitor.ask()).await else { break };
            answers.push(answer);
            sleep(PAUSE).await;
        }
        answers
    }

    async fn client(&self, kind: Kind, ready: mpsc::Sender<()>) -> SlowClient {
        match kind {
            Kind::Senders => self.send_slowly(ready).await,
            Kind::Readers => self.read_slowly(ready).await,
        }
    }

    async fn send_slowly(&self, ready: mpsc::Sender<()>) -> SlowClient {
        let begun = Instant::now();
        match self.visitor.connect(Pace::Normal).await {
            Ok(stream) => self.drip(stream, begun, ready).await,
            Err(class) => SlowClient::NotConnected { class },
        }
    }

    async fn drip(&self, mut stream: Stream, begun: Instant, ready: mpsc::Sender<()>) -> SlowClient {
        let mut said = Vec::with_capacity(1024);
        let cut_off = |said: &[u8]| SlowClient::CutOff { after_s: seconds(begun), status: status_of(said) };
        let head = self.visitor.prepared.head();
        if stream.write_all(&head).await.is_err() || stream.flush().await.is_err() {
            return cut_off(&said);
        }
        let _hanging = Hanging::begin(&self.hanging, ready);
        let mut fields = interval(FIELD_EVERY);
        loop {
            tokio::select! {
                // Whatever it says or does before the head has ended, it no longer waits for it.
                _ = stream.read_buf(&mut said) => return cut_off(&said),
                _ = fields.tick() => {
                    let sent = async { stream.write_all(FIELD).await?; stream.flush().await };
                    match timeout_at(self.until.into(), sent).await {
                        Ok(Ok(())) => {}
                        Ok(Err(_)) => return cut_off(&said),
                        Err(_) => return SlowClient::Held,
                    }
                }
                () = sleep_until(self.until.into()) => return SlowClient::Held,
            }
        }
    }

    async fn read_slowly(&self, ready: mpsc::Sender<()>) -> SlowClient {
        let begun = Instant::now();
        let stream = match self.visitor.connect(Pace::Slow).await {
            Ok(stream) => stream,
            Err(class) => return SlowClient::NotConnected { class },
        };
        let read = timeout_at(self.until.into(), self.sip(stream, ready)).await;
        match read {
            Ok(Ok(())) => SlowClient::Finished { after_s: seconds(begun) },
            Ok(Err(_)) => SlowClient::CutOff { after_s: seconds(begun), status: None },
            Err(_) => SlowClient::Held,
        }
    }

    async fn sip(&self, stream: Stream, ready: mpsc::Sender<()>) -> Result<(), ErrorClass> {
        let (mut sender, connection) = speak(stream, Pace::Slow).await?;
        let read = async {
            let response = sender.send_request(self.visitor.prepared.request()).await;
            let mut body = response.map_err(|e| classify::exchange(&e))?.into_body();
            let _hanging = Hanging::begin(&self.hanging, ready);
            while !body.is_end_stream() {
                sleep(READ_EVERY).await;
                match next_frame(&mut body).await {
                    Some(read) => drop(read.map_err(|e| classify::exchange(&e))?),
                    None => break,
                }
            }
            Ok(())
        };
        while_driven(connection, read).await
    }
}

async fn next_frame(body: &mut Incoming) -> Option<hyper::Result<hyper::body::Frame<bytes::Bytes>>> {
    std::future::poll_fn(|cx| std::pin::Pin::new(&mut *body).poll_frame(cx)).await
}

fn seconds(since: Instant) -> f64 {
    decimal(since.elapsed().as_secs_f64())
}

/// The status of the answer that these bytes begin (RFC 9112 §4).
fn status_of(said: &[u8]) -> Option<u16> {
    let line = said.strip_prefix(b"HTTP/1.")?.get(2..5)?;
    std::str::from_utf8(line).ok()?.parse().ok().filter(|status| (100..=599).contains(status))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_read_from_the_first_line_alone() {
        assert_eq!(status_of(b"HTTP/1.1 408 Request Timeout\r\n"), Some(408));
        assert_eq!(status_of(b"HTTP/1.0 400"), Some(400));
        for said in [b"".as_slice(), b"HTTP/1.1", b"HTTP/1.1 4", b"HTTP/1.1 abc", b"HTTP/1.1 999", b"\x15\x03\x03"] {
            assert_eq!(status_of(said), None, "{said:?}");
        }
    }
}
