//! A web site on loopback that counts who connects.

use std::collections::HashMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use rcgen::{CertificateParams, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// An answer to one path.
#[derive(Clone)]
pub struct Page {
    status: u16,
    fields: Vec<(&'static str, String)>,
    body: Vec<u8>,
    silent: bool,
}

impl Page {
    pub fn new(media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self { status: 200, fields: vec![("content-type", media_type.to_owned())], body: body.into(), silent: false }
    }

    pub fn html(body: impl Into<Vec<u8>>) -> Self {
        Self::new("text/html; charset=utf-8", body)
    }

    pub fn redirect(to: &str) -> Self {
        Self { status: 302, ..Self::html("") }.with("location", to)
    }

    /// An answer that never comes.
    pub fn silence() -> Self {
        Self { silent: true, ..Self::html("") }
    }

    pub fn status(self, status: u16) -> Self {
        Self { status, ..self }
    }

    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.fields.push((name, value.to_owned()));
        self
    }
}

pub struct Site {
    pub addr: SocketAddr,
    connections: Arc<AtomicUsize>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Site {
    /// Serves `pages` by path, and 404 for every other one.
    pub async fn start(pages: &[(&str, Page)]) -> Self {
        Self::start_on("127.0.0.1", pages).await
    }

    pub async fn start_on(address: &str, pages: &[(&str, Page)]) -> Self {
        Self::serve(address, pages, None).await
    }

    /// Over TLS, with a certificate that nobody trusts.
    pub async fn start_tls(pages: &[(&str, Page)]) -> Self {
        Self::serve("127.0.0.1", pages, Some(TlsAcceptor::from(certificate()))).await
    }

    async fn serve(address: &str, pages: &[(&str, Page)], tls: Option<TlsAcceptor>) -> Self {
        let pages: HashMap<String, Page> =
            pages.iter().map(|(path, page)| ((*path).to_owned(), page.clone())).collect();
        let listener = TcpListener::bind((address, 0)).await.unwrap();
        let addr = listener.local_addr().unwrap();
        let (pages, connections, asked) = (Arc::new(pages), Arc::<AtomicUsize>::default(), Arc::default());
        let site = Self { addr, connections: Arc::clone(&connections), asked: Arc::clone(&asked) };
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                connections.fetch_add(1, Ordering::SeqCst);
                let (pages, asked, tls) = (Arc::clone(&pages), Arc::clone(&asked), tls.clone());
                let service = service_fn(move |request| answer(request, Arc::clone(&pages), Arc::clone(&asked)));
                tokio::spawn(async move {
                    let http = hyper::server::conn::http1::Builder::new();
                    match tls {
                        Some(tls) => {
                            let stream = tls.accept(stream).await.ok()?;
                            http.serve_connection(TokioIo::new(stream), service).await.ok()
                        }
                        None => http.serve_connection(TokioIo::new(stream), service).await.ok(),
                    }
                });
            }
        });
        site
    }

    /// One page at `/`.
    pub async fn page(body: &str) -> Self {
        Self::start(&[("/", Page::html(body))]).await
    }

    pub fn url(&self, path: &str) -> url::Url {
        url::Url::parse(&format!("http://{}{path}", self.addr)).unwrap()
    }

    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// The paths that were asked for, in order.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

async fn answer(
    request: Request<Incoming>,
    pages: Arc<HashMap<String, Page>>,
    asked: Arc<Mutex<Vec<String>>>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let path = request.uri().path();
    asked.lock().unwrap().push(path.to_owned());
    let missing = Page { status: 404, ..Page::html("") };
    let page = pages.get(path).unwrap_or(&missing);
    if page.silent {
        std::future::pending::<()>().await;
    }
    let mut response = Response::builder().status(page.status);
    for (name, value) in &page.fields {
        response = response.header(*name, value);
    }
    Ok(response.body(Full::new(Bytes::from(page.body.clone()))).unwrap())
}

fn certificate() -> Arc<ServerConfig> {
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap().self_signed(&key).unwrap();
    let der = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    Arc::new(builder.with_no_client_auth().with_single_cert(vec![certificate.der().clone()], der).unwrap())
}
