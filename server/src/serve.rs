//! Listening, and ending without breaking off what was begun.

use crate::{
    config::Config,
    router::router,
    state::{AppState, OnlyServer, StartError},
    telemetry::Telemetry,
};
use hub::{
    platform::queue::{self, Workers},
    schedules::Dispatcher,
};
use std::{
    future::{Future, IntoFuture as _},
    net::SocketAddr,
    time::Duration,
};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Longest time that requests get to finish after the hub was told to end.
const DRAIN: Duration = Duration::from_secs(20);
/// How often what has run out is removed.
const SWEEP: Duration = Duration::from_secs(600);
/// How often calls of the API that wait are written down.
const FLUSH: Duration = Duration::from_secs(1);
/// Every how manieth time the folder of files is looked through, which is once a day.
const ORPHANS_EVERY: u64 = 144;

/// `sbh serve`: runs until the process is told to end.
///
/// # Errors
/// What keeps the hub from starting.
pub async fn serve(config: Config) -> Result<(), StartError> {
    // Listened to from the beginning: a signal that comes while the hub starts ends it once it has started.
    let told = told_to_end();
    install_crypto();
    let telemetry = Telemetry::start(&config)?;
    let _only = OnlyServer::lock(&config)?;
    let address = SocketAddr::new(config.host, config.port);
    let state = AppState::open(config).await?;
    let listener = TcpListener::bind(address).await;
    let listener = listener.map_err(|cause| StartError::Address { address: address.to_string(), cause })?;
    let running = Running::start(state, listener).await?;
    println!("System Builder Hub listens on {}", running.url());
    told.await;
    tracing::info!("ending: no new requests; those that run get {} s", DRAIN.as_secs());
    running.stop().await;
    telemetry.flush();
    Ok(())
}

/// Makes ring the crypto of TLS in this process, and prepares libxml2 and xmlsec1 before threads use them; a second call changes nothing.
pub fn install_crypto() {
    hub::identity::prepare_saml();
    drop(rustls::crypto::ring::default_provider().install_default());
}

/// A hub that listens and works.
pub struct Running {
    address: SocketAddr,
    server: tokio::task::JoinHandle<std::io::Result<()>>,
    sweeper: tokio::task::JoinHandle<()>,
    writer: tokio::task::JoinHandle<()>,
    workers: Workers,
    dispatcher: Dispatcher,
    state: AppState,
}

impl Running {
    /// Serves on the listener and begins to carry out jobs.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn start(state: AppState, listener: TcpListener) -> Result<Self, StartError> {
        let address = listener.local_addr().map_err(|cause| StartError::Address { address: String::new(), cause })?;
        state.take_over().await?;
        let workers = Workers::start(state.hub.platform(), state.hub.handlers());
        let dispatcher = Dispatcher::start(state.hub.platform());
        let ending = state.ending.clone();
        let service = router(state.clone()).into_make_service_with_connect_info::<SocketAddr>();
        let server = axum::serve(listener, service).with_graceful_shutdown(ending.clone().cancelled_owned());
        let server = tokio::spawn(server.into_future());
        let writer = tokio::spawn(write_down_calls(state.clone(), ending.clone()));
        let sweeper = tokio::spawn(sweep(state.clone(), ending));
        Ok(Self { address, server, sweeper, writer, workers, dispatcher, state })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where a browser finds it.
    pub fn url(&self) -> String {
        self.state
            .config
            .public_url
            .as_ref()
            .map_or_else(|| format!("http://{}", self.address), |url| url.as_str().trim_end_matches('/').to_owned())
    }

    /// What it runs on.
    pub fn state(&self) -> &AppState {
        &self.state
    }

    /// Stops listening, lets requests finish, hands jobs back, and closes the database.
    pub async fn stop(self) {
        self.state.ending.cancel();
        let Self { mut server, sweeper, writer, workers, dispatcher, state, .. } = self;
        dispatcher.stop().await;
        // Jobs are handed back while requests finish: both have to be done before the process may end.
        let (drained, ()) = tokio::join!(tokio::time::timeout(DRAIN, &mut server), workers.stop());
        if drained.is_err() {
            tracing::warn!("some requests did not finish in time and were broken off");
            server.abort();
        }
        sweeper.abort();
        writer.abort();
        if let Err(error) = state.hub.usage().flush(None).await {
            tracing::warn!(?error, "the last calls could not be written down");
        }
        if let Err(error) = state.hub.platform().db.clone().close().await {
            tracing::warn!(?error, "the database did not close cleanly");
        }
    }
}

/// Writes down the calls that were counted, every second.
async fn write_down_calls(state: AppState, ending: CancellationToken) {
    let mut ticks = tokio::time::interval(FLUSH);
    loop {
        tokio::select! {
            () = ending.cancelled() => return,
            _ = ticks.tick() => {}
        }
        if let Err(error) = state.hub.usage().flush(None).await {
            tracing::warn!(?error, "calls could not be written down and wait");
        }
    }
}

/// Removes what has run out, now and then.
async fn sweep(state: AppState, ending: CancellationToken) {
    let mut ticks = tokio::time::interval(SWEEP);
    for round in 0_u64.. {
        tokio::select! {
            () = ending.cancelled() => return,
            _ = ticks.tick() => {}
        }
        remove_what_has_run_out(&state).await;
        if let Err(error) = state.hub.usage().note_levels().await {
            tracing::warn!(?error, "it could not be noted how much organisations have");
        }
        if round % ORPHANS_EVERY == 0 {
            logged("files that no benchmark has", state.hub.lab().remove_orphans().await);
        }
    }
}

async fn remove_what_has_run_out(state: &AppState) {
    let (hub, platform) = (&state.hub, state.hub.platform());
    state.limits.sweep();
    if let Err(error) = hub.identity().sweep_pending().await {
        tracing::warn!(?error, "sign-ins that were not finished could not be removed");
    }
    if let Err(error) = hub.sessions().sweep().await {
        tracing::warn!(?error, "ended sessions could not be removed");
    }
    logged("old notifications", hub.notifications().prune().await);
    logged("old runs of schedules", hub.schedules().prune().await);
    logged("finished jobs", queue::prune(&platform.db, platform.clock.now()).await);
    logged("exports of personal data", hub.privacy().remove_old_exports().await);
    logged("rows that are over", hub.privacy().prune().await);
    logged("benchmarks' old files", hub.lab().remove_old_files().await);
    logged("organisations whose time had come", hub.tenants().remove_due().await);
}

fn logged(what: &str, removed: hub::Result<u64>) {
    match removed {
        Ok(0) => {}
        Ok(count) => tracing::info!(count, "{what} were removed"),
        Err(error) => tracing::warn!(?error, "{what} could not be removed"),
    }
}

/// Ends when the process is told to end: SIGTERM or Ctrl-C.
#[cfg(unix)]
pub(crate) fn told_to_end() -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).expect("a process may listen to SIGTERM");
    let mut interrupt = signal(SignalKind::interrupt()).expect("a process may listen to SIGINT");
    async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    }
}

/// Ends when the process is told to end: Ctrl-C.
#[cfg(not(unix))]
pub(crate) async fn told_to_end() {
    tokio::signal::ctrl_c().await.expect("a process may listen to Ctrl-C");
}
