//! What a journey finds: a server with and without TLS, a folder with files, and variables.

use std::fs;
use std::sync::Arc;

use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use sbh_journey::{RunOptions, Scalar, Variable};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::AbortHandle;
use tokio_rustls::TlsAcceptor;

use super::corpus::engine;
use super::server::{Shared, app};
use crate::error::{Doing, Error};
use crate::listener::Certified;

/// Servers of their own for one run; they end when this is dropped.
pub struct House {
    /// The address of plain HTTP.
    pub url: String,
    tls_url: String,
    /// The journey's folder.
    pub folder: TempDir,
    tasks: [AbortHandle; 2],
}

impl Drop for House {
    fn drop(&mut self) {
        self.tasks.iter().for_each(AbortHandle::abort);
    }
}

impl House {
    /// Opens it with the files of the engine's tests.
    pub async fn open() -> Result<Self, Error> {
        const WHAT: &str = "preparing a journey's folder";
        let folder = TempDir::new().doing(WHAT)?;
        let files = folder.path().join("files");
        fs::create_dir(&files).doing(WHAT)?;
        for file in fs::read_dir(engine().join("files")).doing(WHAT)? {
            let file = file.doing(WHAT)?;
            fs::copy(file.path(), files.join(file.file_name())).doing(WHAT)?;
        }
        let certified = Certified::new("127.0.0.1", &folder.path().join("ca.pem"))?;
        let (plain, url) = listen("http").await?;
        let (secure, tls_url) = listen("https").await?;
        let plain = tokio::spawn(async move { axum::serve(plain, app(Shared::default())).await }).abort_handle();
        let secure = tokio::spawn(serve(secure, TlsAcceptor::from(certified.config))).abort_handle();
        Ok(Self { url, tls_url, folder, tasks: [plain, secure] })
    }

    /// Every variable with its value as text, and whether it is more than text.
    pub fn variables(&self) -> [(&'static str, String, Option<Scalar>); 7] {
        [
            ("base_url", self.url.clone(), None),
            ("tls_url", self.tls_url.clone(), None),
            ("name", "Ada".to_owned(), None),
            ("file", "note".to_owned(), None),
            ("count", "3".to_owned(), Some(Scalar::Integer(3))),
            ("truth", "true".to_owned(), Some(Scalar::Boolean(true))),
            ("ratio", "0.5".to_owned(), Some(Scalar::Float(0.5))),
        ]
    }

    /// How the hub runs a journey here.
    pub fn options(&self) -> RunOptions {
        let typed = self.variables().map(|(name, text, scalar)| {
            let value = scalar.map_or_else(|| Variable::text(&text), Variable::Public);
            (name.to_owned(), value)
        });
        RunOptions { variables: typed.into(), folder: Some(self.folder.path().to_owned()), ..RunOptions::default() }
    }
}

async fn listen(scheme: &str) -> Result<(TcpListener, String), Error> {
    let listener = TcpListener::bind("127.0.0.1:0").await.doing("listening on loopback")?;
    let url = format!("{scheme}://{}", listener.local_addr().doing("listening on loopback")?);
    Ok((listener, url))
}

async fn serve(listener: TcpListener, acceptor: TlsAcceptor) {
    let routes = Arc::new(app(Shared::default()));
    while let Ok((stream, _)) = listener.accept().await {
        let (acceptor, routes) = (acceptor.clone(), Arc::clone(&routes));
        tokio::spawn(async move {
            if let Ok(stream) = acceptor.accept(stream).await {
                let service = TowerToHyperService::new(Arc::unwrap_or_clone(routes));
                let connection = hyper::server::conn::http1::Builder::new();
                // A visitor that hangs up is no matter of the server's.
                connection.serve_connection(TokioIo::new(stream), service).await.ok();
            }
        });
    }
}
