//! An origin on loopback that answers with exactly the bytes it is told to.

use std::sync::{Arc, Mutex};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{RootCertStore, ServerConfig};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::AbortHandle;
use tokio_rustls::TlsAcceptor;

/// From request line to the bytes of the answer.
pub type Answers = Arc<dyn Fn(&str) -> Vec<u8> + Send + Sync>;

pub struct Origin {
    pub port: u16,
    requests: Arc<Mutex<Vec<String>>>,
    task: AbortHandle,
}

impl Drop for Origin {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Origin {
    pub async fn start(tls: Option<ServerConfig>, answers: Answers) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&requests);
        let acceptor = tls.map(|config| TlsAcceptor::from(Arc::new(config)));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, answers, seen) = (acceptor.clone(), Arc::clone(&answers), Arc::clone(&seen));
                tokio::spawn(async move {
                    match acceptor {
                        None => serve(stream, &answers, &seen).await,
                        Some(acceptor) => {
                            if let Ok(stream) = acceptor.accept(stream).await {
                                serve(stream, &answers, &seen).await;
                            }
                        }
                    }
                });
            }
        });
        Self { port, requests, task: task.abort_handle() }
    }

    /// Request lines in the order received.
    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

async fn serve(mut stream: impl AsyncRead + AsyncWrite + Unpin, answers: &Answers, seen: &Mutex<Vec<String>>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return,
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let line = head.lines().next().unwrap_or_default().trim_end_matches(" HTTP/1.1").to_owned();
    seen.lock().unwrap().push(line.clone());
    // The client may rightly hang up early, for example at the body limit.
    let _ = stream.write_all(&answers(&line)).await;
    let _ = stream.shutdown().await;
}

/// An HTTP/1.1 answer.
pub fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Vec<u8> {
    let mut text = format!("HTTP/1.1 {status} Status\r\nContent-Length: {}\r\n", body.len());
    for (name, value) in headers {
        text += &format!("{name}: {value}\r\n");
    }
    (text + "\r\n" + body).into_bytes()
}

/// How a certificate is to be.
pub struct Wanted {
    pub host: &'static str,
    /// Year of the end of validity.
    pub until: i32,
    /// Whether the test's own authority signs it.
    pub signed: bool,
}

/// A server configuration with such a certificate, and the roots that trust the authority.
pub fn certificate(wanted: &Wanted) -> (ServerConfig, Arc<RootCertStore>) {
    let authority_key = KeyPair::generate().unwrap();
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let root = authority.self_signed(&authority_key).unwrap();
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec![wanted.host.to_owned()]).unwrap();
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(wanted.until, 1, 1);
    let leaf = if wanted.signed {
        params.signed_by(&key, &Issuer::from_params(&authority, &authority_key)).unwrap()
    } else {
        params.self_signed(&key).unwrap()
    };
    let mut roots = RootCertStore::empty();
    roots.add(root.der().clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let der = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    (builder.with_no_client_auth().with_single_cert(vec![leaf.der().clone()], der).unwrap(), Arc::new(roots))
}
