//! A real HTTP server on loopback whose behaviour a test chooses.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use sbh_egress::{Guard, Policy};
use sbh_load::{Outcome, Plan, Progress};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::{oneshot, watch};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use url::Url;

/// What the server saw.
#[derive(Debug, Default)]
pub struct Seen {
    pub connections: AtomicU64,
    pub open: AtomicU64,
    pub most_open: AtomicU64,
    pub paths: Mutex<Vec<String>>,
    pub requests: AtomicU64,
    pub versions: Mutex<Vec<http::Version>>,
}

pub struct Server {
    pub addr: SocketAddr,
    pub seen: Arc<Seen>,
    // Dropping the runtime ends the server; it has threads of its own, so that client and server do not take turns.
    stop: Option<oneshot::Sender<()>>,
}

pub type Answer = Response<Full<Bytes>>;

pub fn ok() -> Answer {
    Response::new(Full::new(Bytes::from_static(b"hello")))
}

pub fn status(code: u16) -> Answer {
    let mut answer = ok();
    *answer.status_mut() = http::StatusCode::from_u16(code).expect("tests use real statuses");
    answer
}

impl Server {
    /// Answers with what `handler` returns, over plain TCP or TLS.
    pub fn start<H, F>(tls: Option<TlsAcceptor>, handler: H) -> Self
    where
        H: Fn(Request<Incoming>) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = Answer> + Send + 'static,
    {
        let seen = Arc::new(Seen::default());
        let (stop, stopped) = oneshot::channel();
        let (tell, addr) = std::sync::mpsc::channel();
        let shared = Arc::clone(&seen);
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .build()
                .expect("a runtime starts");
            runtime.block_on(async move {
                let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
                let addr = listener.local_addr().expect("a bound address");
                tell.send(addr).expect("the test waits");
                tokio::select! {
                    _ = stopped => {}
                    () = accept(listener, tls, handler, shared) => {}
                }
            });
        });
        Self { addr: addr.recv().expect("the server starts"), seen, stop: Some(stop) }
    }

    pub fn url(&self, scheme: &str) -> Url {
        Url::parse(&format!("{scheme}://{}/", self.addr)).expect("an address makes a URL")
    }

    /// Closes the listener and every connection.
    pub fn stop(&mut self) {
        self.stop.take();
    }
}

async fn accept<H, F>(listener: TcpListener, tls: Option<TlsAcceptor>, handler: H, seen: Arc<Seen>)
where
    H: Fn(Request<Incoming>) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Answer> + Send + 'static,
{
    loop {
        let (stream, _) = listener.accept().await.expect("a connection");
        let _ = stream.set_nodelay(true);
        let (handler, seen, tls) = (handler.clone(), Arc::clone(&seen), tls.clone());
        tokio::spawn(async move {
            seen.connections.fetch_add(1, Ordering::SeqCst);
            let open = seen.open.fetch_add(1, Ordering::SeqCst) + 1;
            seen.most_open.fetch_max(open, Ordering::SeqCst);
            match tls {
                None => serve(stream, handler, &seen).await,
                Some(tls) => {
                    if let Ok(stream) = tls.accept(stream).await {
                        serve(stream, handler, &seen).await;
                    }
                }
            }
            seen.open.fetch_sub(1, Ordering::SeqCst);
        });
    }
}

async fn serve<S, H, F>(stream: S, handler: H, seen: &Arc<Seen>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    H: Fn(Request<Incoming>) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Answer> + Send + 'static,
{
    let service = service_fn(|request: Request<Incoming>| {
        seen.requests.fetch_add(1, Ordering::SeqCst);
        let mut paths = seen.paths.lock().expect("no test panics while it holds this");
        // Enough to judge a mix by, and no memory hog in a long test.
        if paths.len() < 10_000 {
            paths.push(request.uri().path().to_owned());
            seen.versions.lock().expect("no test panics while it holds this").push(request.version());
        }
        drop(paths);
        let answer = handler(request);
        async move { Ok::<_, Infallible>(answer.await) }
    });
    let builder = auto::Builder::new(TokioExecutor::new());
    let _ = builder.serve_connection(TokioIo::new(stream), service).await;
}

/// A guard that lets loopback through.
pub fn guard() -> Guard {
    Guard::new(Policy { loopback: true, ..Policy::default() })
}

/// Runs a plan to its end.
pub async fn run(plan: Plan) -> Outcome {
    let (progress, _keep) = watch::channel(Progress::default());
    sbh_load::run(plan, guard(), progress, CancellationToken::new()).await.expect("a run takes place")
}
