//! A server on loopback that answers over TLS with exactly the bytes it is told to.

use std::path::Path;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{RootCertStore, ServerConfig};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::AbortHandle;
use tokio_rustls::TlsAcceptor;

use crate::error::{Doing, Error};

/// The longest head of a request.
const LONGEST: usize = 64 * 1024;

/// A certificate for one name, and who vouches for it.
pub struct Certified {
    /// What a server that shows it needs.
    pub config: Arc<ServerConfig>,
    /// Roots that trust it.
    pub roots: Arc<RootCertStore>,
}

impl Certified {
    /// Makes an authority and a certificate of it; writes the authority's own as PEM.
    pub fn new(host: &str, authority_file: &Path) -> Result<Self, Error> {
        const WHAT: &str = "making a certificate";
        let authority_key = KeyPair::generate().doing(WHAT)?;
        let mut authority = CertificateParams::new(Vec::new()).doing(WHAT)?;
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let root = authority.self_signed(&authority_key).doing(WHAT)?;
        std::fs::write(authority_file, root.pem()).doing(WHAT)?;
        let key = KeyPair::generate().doing(WHAT)?;
        let mut params = CertificateParams::new(vec![host.to_owned()]).doing(WHAT)?;
        // A name that is not its authority's: OpenSSL would take it for one that signed itself.
        params.distinguished_name.push(DnType::CommonName, host);
        let leaf = params.signed_by(&key, &Issuer::from_params(&authority, &authority_key)).doing(WHAT)?;
        let mut roots = RootCertStore::empty();
        roots.add(root.der().clone()).doing(WHAT)?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .doing(WHAT)?
            .with_no_client_auth()
            .with_single_cert(vec![leaf.der().clone()], key)
            .doing(WHAT)?;
        Ok(Self { config: Arc::new(config), roots: Arc::new(roots) })
    }
}

/// From the request line, without the version, to the bytes of the answer.
pub type Answers = Arc<dyn Fn(&str) -> Vec<u8> + Send + Sync>;

/// A server that ends when this is dropped.
pub struct Listener {
    /// Its port.
    pub port: u16,
    task: AbortHandle,
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Listener {
    /// Starts it on a free port. Each connection gets one answer.
    pub async fn start(certified: &Certified, answers: Answers) -> Result<Self, Error> {
        let listener = TcpListener::bind("127.0.0.1:0").await.doing("listening on loopback")?;
        let port = listener.local_addr().doing("listening on loopback")?.port();
        let acceptor = TlsAcceptor::from(Arc::clone(&certified.config));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, answers) = (acceptor.clone(), Arc::clone(&answers));
                // A visitor that hangs up is no matter of the server's.
                tokio::spawn(async move { converse(stream, acceptor, answers).await.ok() });
            }
        });
        Ok(Self { port, task: task.abort_handle() })
    }
}

async fn converse(stream: tokio::net::TcpStream, acceptor: TlsAcceptor, answers: Answers) -> std::io::Result<()> {
    let mut stream = acceptor.accept(stream).await?;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") && head.len() < LONGEST {
        head.push(stream.read_u8().await?);
    }
    let head = String::from_utf8_lossy(&head);
    let line = head.lines().next().unwrap_or_default().trim_end_matches(" HTTP/1.1").to_owned();
    stream.write_all(&answers(&line)).await?;
    stream.shutdown().await
}
