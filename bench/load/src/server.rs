//! A server that does as little as a server can: what is measured against it is the generator. It may stand still once, in
//! the middle of a run.

use std::time::{Duration, Instant};

use clap::Args;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::OnceCell;

use crate::Failure;

/// What it answers, and when it stands still.
#[derive(Args)]
pub struct Options {
    /// Bytes of every answer's body
    #[arg(long, default_value_t = 1024)]
    payload: usize,
    /// Seconds from the first request to the stall
    #[arg(long, default_value_t = 0.0)]
    stall_after: f64,
    /// Seconds of the stall; 0 for none
    #[arg(long, default_value_t = 0.0)]
    stall_for: f64,
}

/// The same for every connection of a run.
struct Answer {
    bytes: Vec<u8>,
    begins: Duration,
    ends: Duration,
    /// The first request starts the clock, so that how long a generator takes to start does not matter.
    first: OnceCell<Instant>,
}

/// Serves on a free port of loopback, whose number is the one line that it prints.
///
/// # Errors
/// When it can't listen.
pub async fn run(options: Options) -> Result<(), Failure> {
    let begins = Duration::try_from_secs_f64(options.stall_after)?;
    let length = Duration::try_from_secs_f64(options.stall_for)?;
    let answer = Answer { bytes: bytes(options.payload), begins, ends: begins + length, first: OnceCell::new() };
    let answer: &'static Answer = Box::leak(Box::new(answer));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?.port());
    loop {
        let (stream, _) = listener.accept().await?;
        // A generator that hangs up ends its own connection and nothing else.
        tokio::spawn(async move { drop(answer.connection(stream).await) });
    }
}

fn bytes(payload: usize) -> Vec<u8> {
    let head = format!("HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: {payload}\r\n\r\n");
    let mut bytes = head.into_bytes();
    bytes.resize(bytes.len() + payload, b'.');
    bytes
}

impl Answer {
    async fn connection(&self, mut stream: TcpStream) -> std::io::Result<()> {
        stream.set_nodelay(true)?;
        let mut request = Vec::with_capacity(1024);
        while stream.read_buf(&mut request).await? > 0 {
            if !request.ends_with(b"\r\n\r\n") {
                continue;
            }
            request.clear();
            self.stall().await;
            stream.write_all(&self.bytes).await?;
        }
        Ok(())
    }

    async fn stall(&self) {
        if self.begins == self.ends {
            return;
        }
        let first = self.first.get_or_init(async || Instant::now()).await;
        if (self.begins..self.ends).contains(&first.elapsed()) {
            tokio::time::sleep_until((*first + self.ends).into()).await;
        }
    }
}
