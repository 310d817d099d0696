//! A place for one connection, and an exchange over it.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Instant;

use bytes::{Buf, Bytes};
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::{Body, Incoming};
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioIo, TokioTimer};
use sbh_egress::Guard;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::Mutex;
use tokio_rustls::TlsConnector;

use crate::classify;
use crate::error::ErrorClass;
use crate::target::{Prepared, Protocol, Secure, Target};
use crate::tls;
use crate::wire::{Meter, Metered, Wire};

/// Flow-control windows of HTTP/2 in bytes, large enough that the generator never holds a response back.
const STREAM_WINDOW: u32 = 2 << 20;
const CONNECTION_WINDOW: u32 = 16 << 20;

/// Opens connections for one worker.
#[derive(Debug)]
pub(crate) struct Dialer {
    pub(crate) guard: Guard,
    pub(crate) target: Target,
    pub(crate) protocol: Protocol,
    pub(crate) keep_alive: bool,
    pub(crate) max_body: u64,
    pub(crate) wire: RefCell<Wire>,
    pub(crate) meter: Rc<Meter>,
}

/// Sends requests over one open connection.
#[derive(Debug)]
enum Sender {
    Http1(http1::SendRequest<Full<Bytes>>),
    Http2(http2::SendRequest<Full<Bytes>>),
}

/// Spawns the tasks of an HTTP/2 connection on the worker's own thread.
#[derive(Debug, Clone, Copy)]
struct OnThisThread;

impl<F: Future + 'static> hyper::rt::Executor<F> for OnThisThread {
    fn execute(&self, task: F) {
        tokio::task::spawn_local(async move {
            task.await;
        });
    }
}

impl Dialer {
    async fn dial(&self) -> Result<Sender, ErrorClass> {
        let started = Instant::now();
        let tcp = self.guard.connect(&self.target.host, self.target.port).await;
        let tcp = tcp.map_err(|e| classify::egress(&e))?;
        self.wire.borrow_mut().connect.record(started.elapsed());
        let stream = Metered::new(tcp, Rc::clone(&self.meter));
        let sender = match &self.target.tls {
            None => self.speak(stream).await?,
            Some(secure) => self.speak(self.secure(stream, secure).await?).await?,
        };
        self.wire.borrow_mut().version = Some(self.protocol.name());
        Ok(sender)
    }

    async fn secure(
        &self,
        stream: Metered,
        secure: &Secure,
    ) -> Result<tokio_rustls::client::TlsStream<Metered>, ErrorClass> {
        let started = Instant::now();
        let connector = TlsConnector::from(secure.config.clone());
        let stream = connector.connect(secure.name.clone(), stream).await;
        let stream = stream.map_err(|e| classify::handshake(&e))?;
        self.wire.borrow_mut().tls.record(started.elapsed());
        let h2 = tls::is_h2(stream.get_ref().1.alpn_protocol());
        if h2 == (self.protocol == Protocol::Http2) { Ok(stream) } else { Err(ErrorClass::Protocol) }
    }

    async fn speak<S>(&self, stream: S) -> Result<Sender, ErrorClass>
    where
        S: AsyncRead + AsyncWrite + Unpin + 'static,
    {
        let io = TokioIo::new(stream);
        // How a connection ends is seen by the request that it ends, so the connection's own result says nothing more.
        match self.protocol {
            Protocol::Http1 => {
                let (sender, connection) = http1::handshake(io).await.map_err(|e| classify::exchange(&e))?;
                tokio::task::spawn_local(connection);
                Ok(Sender::Http1(sender))
            }
            Protocol::Http2 => {
                let (sender, connection) = http2::Builder::new(OnThisThread)
                    .timer(TokioTimer::new())
                    .initial_stream_window_size(STREAM_WINDOW)
                    .initial_connection_window_size(CONNECTION_WINDOW)
                    .handshake(io)
                    .await
                    .map_err(|e| classify::exchange(&e))?;
                tokio::task::spawn_local(connection);
                Ok(Sender::Http2(sender))
            }
        }
    }
}

impl Sender {
    async fn ready(&mut self) -> bool {
        match self {
            Self::Http1(sender) => !sender.is_closed() && sender.ready().await.is_ok(),
            Self::Http2(sender) => !sender.is_closed() && sender.ready().await.is_ok(),
        }
    }

    async fn send(&mut self, request: Request<Full<Bytes>>) -> hyper::Result<Response<Incoming>> {
        match self {
            Self::Http1(sender) => sender.send_request(request).await,
            Self::Http2(sender) => sender.send_request(request).await,
        }
    }

    /// The same connection for another request at the same time, where the protocol has that.
    fn share(&self) -> Option<Self> {
        match self {
            Self::Http1(_) => None,
            Self::Http2(sender) => Some(Self::Http2(sender.clone())),
        }
    }
}

/// A place for one connection: used by one request at a time over HTTP/1.1, by several over HTTP/2. It opens the connection when one is needed.
#[derive(Debug, Default)]
pub(crate) struct Link {
    held: Mutex<Option<Sender>>,
}

impl Link {
    /// Opens the connection ahead of the first request.
    pub(crate) async fn warm(&self, dialer: &Dialer) -> Result<(), ErrorClass> {
        let (sender, _) = self.checkout(dialer).await?;
        self.checkin(sender).await;
        Ok(())
    }

    /// Sends a request and reads the response to its last byte.
    pub(crate) async fn exchange(&self, dialer: &Dialer, prepared: &Prepared) -> Result<u16, ErrorClass> {
        let (mut sender, reused) = self.checkout(dialer).await?;
        let response = match sender.send(prepared.request()).await {
            Ok(response) => response,
            // The server closed an idle connection before anything was written: not the request's failure.
            Err(error) if reused && error.is_canceled() => {
                sender = dialer.dial().await?;
                let again = sender.send(prepared.request()).await;
                again.map_err(|e| classify::exchange(&e))?
            }
            Err(error) => return Err(classify::exchange(&error)),
        };
        let status = response.status().as_u16();
        drain(response.into_body(), dialer.max_body).await?;
        if dialer.keep_alive {
            self.checkin(sender).await;
        }
        Ok(status)
    }

    /// A sender that is ready, and whether its connection was there before.
    async fn checkout(&self, dialer: &Dialer) -> Result<(Sender, bool), ErrorClass> {
        let mut held = self.held.lock().await;
        if let Some(mut sender) = held.take()
            && sender.ready().await
        {
            *held = sender.share();
            return Ok((sender, true));
        }
        let mut sender = dialer.dial().await?;
        if !sender.ready().await {
            return Err(ErrorClass::Reset);
        }
        if dialer.keep_alive {
            *held = sender.share();
        }
        Ok((sender, false))
    }

    async fn checkin(&self, sender: Sender) {
        let mut held = self.held.lock().await;
        if held.is_none() {
            *held = Some(sender);
        }
    }
}

/// Reads a body to its end and forgets it.
pub(crate) async fn drain(mut body: Incoming, max: u64) -> Result<(), ErrorClass> {
    let mut size = 0u64;
    while !body.is_end_stream() {
        let frame = std::future::poll_fn(|cx| std::pin::Pin::new(&mut body).poll_frame(cx)).await;
        let Some(frame) = frame else { break };
        let frame = frame.map_err(|e| classify::exchange(&e))?;
        size += frame.data_ref().map_or(0, |data| data.remaining() as u64);
        if size > max {
            return Err(ErrorClass::BodyTooLarge);
        }
    }
    Ok(())
}
