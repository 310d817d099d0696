//! Calls to a hub on loopback: HTTP/1.0, so that an answer ends with its connection and needs no framing.

use std::{
    io::{Read as _, Write as _},
    net::{Ipv4Addr, SocketAddr, TcpStream},
    time::Duration,
};

use serde_json::Value;

use crate::error::{Doing, Error};

const PATIENCE: Duration = Duration::from_secs(60);

/// A caller of one hub.
#[derive(Clone)]
pub struct Client {
    pub port: u16,
    /// `name=value` of the session.
    pub cookie: Option<String>,
}

/// An answer, read to its end.
pub struct Answer {
    pub status: u16,
    head: String,
    pub body: Vec<u8>,
}

impl Client {
    /// Reads a path that has to be there.
    pub fn get(&self, path: &str) -> Result<Answer, Error> {
        self.call("GET", path, None)?.checked(path)
    }

    /// Posts JSON that has to be accepted.
    pub fn post(&self, path: &str, body: &Value) -> Result<Answer, Error> {
        self.call("POST", path, Some(&body.to_string()))?.checked(path)
    }

    fn call(&self, method: &str, path: &str, body: Option<&str>) -> Result<Answer, Error> {
        let host = format!("127.0.0.1:{}", self.port);
        let mut request = format!("{method} {path} HTTP/1.0\r\nhost: {host}\r\norigin: http://{host}\r\n");
        if let Some(cookie) = &self.cookie {
            request += &format!("cookie: {cookie}\r\n");
        }
        let body = body.unwrap_or_default();
        if !body.is_empty() {
            request += &format!("content-type: application/json\r\ncontent-length: {}\r\n", body.len());
        }
        request += &format!("\r\n{body}");
        let answer = exchange(self.port, request.as_bytes()).doing(|| format!("calling {path}"))?;
        let split = answer.windows(4).position(|four| four == b"\r\n\r\n");
        let split = split.ok_or_else(|| Error::Failed(format!("{path} sent no complete answer")))?;
        let head = String::from_utf8_lossy(&answer[..split]).into_owned();
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        Ok(Answer { status, head, body: answer[split + 4..].to_vec() })
    }
}

fn exchange(port: u16, request: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect_timeout(&SocketAddr::from((Ipv4Addr::LOCALHOST, port)), PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(request)?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(answer)
}

impl Answer {
    fn checked(self, path: &str) -> Result<Self, Error> {
        match self.status {
            200..=299 => Ok(self),
            status => Err(Error::Failed(format!("{path} answered {status}: {}", String::from_utf8_lossy(&self.body)))),
        }
    }

    /// The body as JSON; null when it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The first cookie that the answer sets, `name=value`.
    pub fn cookie(&self) -> Option<String> {
        let field = self.head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("set-cookie").then(|| value.trim().to_owned())
        })?;
        field.split(';').next().map(str::to_owned)
    }
}
