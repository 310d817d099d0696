//! Counting what goes over the wire.

use std::cell::Cell;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use crate::histogram::LatencyHistogram;

/// What a worker's connections saw.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wire {
    pub(crate) connect: LatencyHistogram,
    pub(crate) tls: LatencyHistogram,
    pub(crate) version: Option<&'static str>,
    pub(crate) bytes_in: u64,
    pub(crate) bytes_out: u64,
}

impl Wire {
    pub(crate) fn merge(&mut self, other: &Self) {
        self.connect.merge(&other.connect);
        self.tls.merge(&other.tls);
        self.version = self.version.or(other.version);
        self.bytes_in += other.bytes_in;
        self.bytes_out += other.bytes_out;
    }
}

/// Bytes of all connections of a worker.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    read: Cell<u64>,
    written: Cell<u64>,
}

impl Meter {
    /// Bytes read and written so far.
    pub(crate) fn totals(&self) -> (u64, u64) {
        (self.read.get(), self.written.get())
    }
}

/// A TCP stream that counts.
#[derive(Debug)]
pub(crate) struct Metered {
    stream: TcpStream,
    meter: Rc<Meter>,
}

impl Metered {
    pub(crate) fn new(stream: TcpStream, meter: Rc<Meter>) -> Self {
        Self { stream, meter }
    }

    fn wrote(&self, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if let Poll::Ready(Ok(count)) = &written {
            self.meter.written.set(self.meter.written.get() + *count as u64);
        }
        written
    }
}

impl AsyncRead for Metered {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(cx, buffer);
        let count = (buffer.filled().len() - before) as u64;
        self.meter.read.set(self.meter.read.get() + count);
        polled
    }
}

impl AsyncWrite for Metered {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.wrote(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, parts);
        self.wrote(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
