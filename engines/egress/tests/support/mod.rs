//! Real servers on loopback that count who connected, and a resolver that answers from a script.

#![expect(dead_code, reason = "each test binary uses its own part")]

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use sbh_egress::{Guard, Policy, Resolver};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A server that answers every request head with what `reply` makes of it, then closes.
pub struct Server {
    pub addr: SocketAddr,
    accepted: Arc<AtomicUsize>,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub async fn start(bind: &str, reply: impl Fn(&str) -> Vec<u8> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(bind).await.unwrap();
        let addr = listener.local_addr().unwrap();
        let (accepted, heads) = (Arc::new(AtomicUsize::new(0)), Arc::new(Mutex::new(Vec::new())));
        let (count, seen, reply) = (Arc::clone(&accepted), Arc::clone(&heads), Arc::new(reply));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(talk(stream, Arc::clone(&seen), Arc::clone(&reply)));
            }
        });
        Self { addr, accepted, heads }
    }

    pub async fn ok() -> Self {
        Self::start("127.0.0.1:0", |_| response("200 OK", "", b"hello")).await
    }

    pub fn port(&self) -> u16 {
        self.addr.port()
    }

    pub fn accepted(&self) -> usize {
        self.accepted.load(Ordering::SeqCst)
    }

    pub fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }
}

async fn talk<F: Fn(&str) -> Vec<u8>>(mut stream: TcpStream, seen: Arc<Mutex<Vec<String>>>, reply: Arc<F>) {
    let mut read = Vec::new();
    while !read.windows(4).any(|window| window == b"\r\n\r\n") {
        let mut buffer = [0; 4096];
        match stream.read(&mut buffer).await {
            Ok(0) | Err(_) => return,
            Ok(n) => read.extend_from_slice(&buffer[..n]),
        }
    }
    let head = String::from_utf8_lossy(&read).into_owned();
    seen.lock().unwrap().push(head.clone());
    let _ = stream.write_all(&reply(&head)).await;
    if head.contains("/hold") {
        // An answer that never ends: the connection stays open until the client gives up.
        let _ = stream.read_to_end(&mut Vec::new()).await;
    }
    let _ = stream.shutdown().await;
}

/// An HTTP/1.1 response with `fields` (each line ended by CRLF) and a body of known length.
pub fn response(status: &str, fields: &str, body: &[u8]) -> Vec<u8> {
    let mut out = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n{fields}\r\n", body.len())
        .into_bytes();
    out.extend_from_slice(body);
    out
}

/// Answers each name with its scripted addresses, one set per lookup, the last one for ever.
#[derive(Default)]
pub struct Script {
    answers: Mutex<HashMap<String, Vec<Vec<IpAddr>>>>,
    pub lookups: AtomicUsize,
}

impl Script {
    pub fn new(entries: &[(&str, &[&[&str]])]) -> Arc<Self> {
        let parse = |set: &&[&str]| set.iter().map(|addr| addr.parse().unwrap()).collect();
        let answers =
            entries.iter().map(|(name, sets)| ((*name).to_owned(), sets.iter().map(parse).collect())).collect();
        Arc::new(Self { answers: Mutex::new(answers), lookups: AtomicUsize::new(0) })
    }

    pub fn lookups(&self) -> usize {
        self.lookups.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl Resolver for Script {
    async fn lookup(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        self.lookups.fetch_add(1, Ordering::SeqCst);
        let mut answers = self.answers.lock().unwrap();
        let sets = answers.get_mut(name).ok_or(io::ErrorKind::NotFound)?;
        Ok(if sets.len() > 1 { sets.remove(0) } else { sets[0].clone() })
    }
}

pub fn development() -> Policy {
    Policy { loopback: true, ..Policy::default() }
}

pub fn scripted(policy: Policy, script: &Arc<Script>) -> Guard {
    Guard::with_resolver(policy, Arc::clone(script) as Arc<dyn Resolver>)
}
