//! One client's connection, polite or not.

use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::Full;
use hyper::client::conn::http1::{Builder, Connection, SendRequest};
use hyper_util::rt::TokioIo;
use sbh_egress::Guard;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsConnector;

use crate::classify;
use crate::error::ErrorClass;
use crate::link::drain;
use crate::tally::Reply;
use crate::target::{Prepared, Target};

/// The smallest read buffer that hyper allows.
const SMALL_READ: usize = 8 * 1024;
/// The receive buffer of a slow reader in bytes, so that a body of some size does not simply wait in this kernel.
const SMALL_WINDOW: usize = 4 * 1024;

/// A plain or encrypted connection.
pub(super) trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Duplex for S {}

pub(super) type Stream = Box<dyn Duplex>;
type Sender = SendRequest<Full<Bytes>>;
type Driver = Connection<TokioIo<Stream>, Full<Bytes>>;

/// How fast a connection is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pace {
    Normal,
    Slow,
}

/// How a normal request ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Answer {
    pub(super) reply: Reply,
    pub(super) took: Duration,
}

/// Whoever knocks: opens connections through the guard and knows the one request that is asked.
#[derive(Debug)]
pub(super) struct Visitor {
    pub(super) guard: Guard,
    pub(super) target: Target,
    pub(super) prepared: Prepared,
    pub(super) max_body: u64,
    pub(super) patience: Duration,
}

impl Visitor {
    /// A connection, encrypted if the target's are, within the patience.
    pub(super) async fn connect(&self, pace: Pace) -> Result<Stream, ErrorClass> {
        timeout(self.patience, self.dial(pace)).await.unwrap_or(Err(ErrorClass::Timeout))
    }

    async fn dial(&self, pace: Pace) -> Result<Stream, ErrorClass> {
        let tcp = self.reach(pace).await?;
        let Some(secure) = &self.target.tls else { return Ok(Box::new(tcp)) };
        let connector = TlsConnector::from(secure.config.clone());
        let stream = connector.connect(secure.name.clone(), tcp).await;
        Ok(Box::new(stream.map_err(|e| classify::handshake(&e))?))
    }

    async fn reach(&self, pace: Pace) -> Result<TcpStream, ErrorClass> {
        let tcp = self.guard.connect(&self.target.host, self.target.port).await;
        let tcp = tcp.map_err(|e| classify::egress(&e))?;
        if pace == Pace::Slow {
            narrow(&tcp);
        }
        Ok(tcp)
    }

    /// Asks like anybody else, on a connection of its own.
    pub(super) async fn ask(&self) -> Answer {
        let begun = Instant::now();
        let reply = match timeout(self.patience, self.exchange()).await {
            Ok(Ok(status)) => Reply::Status(status),
            Ok(Err(class)) => Reply::Failed(class),
            Err(_) => Reply::Failed(ErrorClass::Timeout),
        };
        Answer { reply, took: begun.elapsed() }
    }

    async fn exchange(&self) -> Result<u16, ErrorClass> {
        let stream = self.dial(Pace::Normal).await?;
        let (mut sender, connection) = speak(stream, Pace::Normal).await?;
        let exchange = async {
            let response = sender.send_request(self.prepared.request()).await.map_err(|e| classify::exchange(&e))?;
            let status = response.status().as_u16();
            drain(response.into_body(), self.max_body).await?;
            Ok(status)
        };
        while_driven(connection, exchange).await
    }

    /// Sends a whole request and closes `after` that, whether or not there is an answer.
    pub(super) async fn leave(&self, after: Duration) -> Result<(), ErrorClass> {
        let mut stream = self.connect(Pace::Normal).await?;
        let mut request = self.prepared.head();
        request.extend_from_slice(b"\r\n");
        let send = async {
            stream.write_all(&request).await?;
            stream.flush().await
        };
        timeout(self.patience, send).await.map_err(|_| ErrorClass::Timeout)?.map_err(|_| ErrorClass::Reset)?;
        sleep(after).await;
        Ok(())
    }
}

/// Speaks HTTP/1.1 over a connection.
pub(super) async fn speak(stream: Stream, pace: Pace) -> Result<(Sender, Driver), ErrorClass> {
    let mut builder = Builder::new();
    if pace == Pace::Slow {
        builder.max_buf_size(SMALL_READ);
    }
    builder.handshake(TokioIo::new(stream)).await.map_err(|e| classify::exchange(&e))
}

/// Waits for an exchange while its connection goes on. How the connection ends is seen by the exchange that it ends.
pub(super) async fn while_driven<T>(connection: impl Future, exchange: impl Future<Output = T>) -> T {
    let drive = async {
        connection.await;
        std::future::pending().await
    };
    tokio::select! {
        biased;
        done = exchange => done,
        never = drive => never,
    }
}

/// Keeps the kernel from taking in what nobody reads. Where it does not let us, a larger body is needed to be slow.
fn narrow(tcp: &TcpStream) {
    let _ = rustix::net::sockopt::set_socket_recv_buffer_size(tcp, SMALL_WINDOW);
}

#[cfg(test)]
mod tests {
    use rustix::net::sockopt::socket_recv_buffer_size;
    use sbh_egress::Policy;
    use tokio::net::TcpListener;
    use url::Url;

    use super::*;
    use crate::plan::Plan;
    use crate::target::{Protocol, prepare};

    #[tokio::test]
    async fn a_slow_reader_has_a_small_window() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
        let plan = Plan::closed(base, 1, Duration::from_secs(1));
        let visitor = Visitor {
            guard: Guard::new(Policy { loopback: true, ..Policy::default() }),
            target: Target::new(&plan.base, None).unwrap(),
            prepared: prepare(&plan, Protocol::Http1).unwrap().swap_remove(0),
            max_body: 0,
            patience: Duration::from_secs(5),
        };
        let normal = visitor.reach(Pace::Normal).await.unwrap();
        let slow = visitor.reach(Pace::Slow).await.unwrap();
        let (normal, slow) = (socket_recv_buffer_size(&normal).unwrap(), socket_recv_buffer_size(&slow).unwrap());
        // Linux doubles what it is asked for (socket(7)).
        assert!(slow <= 2 * SMALL_WINDOW && slow < normal, "{slow} {normal}");
    }
}
