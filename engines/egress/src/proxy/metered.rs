//! Upstream connections that draw on one byte budget.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// The bytes of all upstream connections of a proxy together.
#[derive(Debug)]
pub(super) struct Budget {
    used: AtomicU64,
    pub limit: u64,
}

impl Budget {
    pub fn new(limit: u64) -> Self {
        Self { used: AtomicU64::new(0), limit }
    }

    pub fn used(&self) -> u64 {
        self.used.load(Ordering::Relaxed)
    }

    pub fn is_spent(&self) -> bool {
        self.used() >= self.limit
    }

    fn check(&self) -> io::Result<()> {
        if self.is_spent() {
            Err(io::Error::new(io::ErrorKind::QuotaExceeded, "the proxy's byte limit is reached"))
        } else {
            Ok(())
        }
    }

    fn take(&self, bytes: usize) {
        self.used.fetch_add(bytes as u64, Ordering::Relaxed);
    }
}

/// A connection that fails once the budget is spent.
pub(super) struct Metered {
    stream: TcpStream,
    budget: Arc<Budget>,
}

impl Metered {
    pub fn new(stream: TcpStream, budget: Arc<Budget>) -> Self {
        Self { stream, budget }
    }
}

impl AsyncRead for Metered {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.budget.check()?;
        let before = buf.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(cx, buf))?;
        self.budget.take(buf.filled().len() - before);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Metered {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.budget.check()?;
        let written = ready!(Pin::new(&mut self.stream).poll_write(cx, buf))?;
        self.budget.take(written);
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
