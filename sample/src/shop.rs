//! The shop's state: what stays over changes of the knobs, and what is built anew by each.

use std::sync::{
    Arc, Mutex, PoisonError, RwLock,
    atomic::{AtomicU64, Ordering},
};

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use serde::Serialize;
use tokio::time::Instant;

use crate::{
    Config, Knobs,
    catalogue::{Access, Catalogue},
    limiter::Limiter,
    orders::Visits,
    problem::Problem,
    response_cache::ResponseCache,
    templates::Templates,
};

/// A handle on the shop; clones share everything.
#[derive(Clone)]
pub struct Shop {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub catalogue: Catalogue,
    pub visits: Visits,
    pub counters: Arc<Counters>,
    pub knob_token: Option<String>,
    pub verification: RwLock<Option<String>>,
    pub held_until: Mutex<Option<Instant>>,
    runtime: RwLock<Arc<Runtime>>,
}

/// What one setting of the knobs needs.
pub(crate) struct Runtime {
    pub knobs: Knobs,
    pub templates: Templates,
    pub limiter: Option<Limiter>,
    pub cache: Option<ResponseCache>,
    pub counters: Arc<Counters>,
}

impl Runtime {
    fn of(knobs: Knobs, counters: Arc<Counters>) -> Self {
        Self {
            templates: Templates::new(knobs.template_cache),
            limiter: Limiter::of(knobs.concurrency_limit, knobs.queue_limit),
            cache: (knobs.response_cache && !knobs.tracker)
                .then(|| ResponseCache::new(knobs.response_cache_ttl_seconds)),
            knobs,
            counters,
        }
    }

    /// How catalogue queries reach their rows.
    pub fn access(&self) -> Access {
        if self.knobs.database_index { Access::Index } else { Access::Scan }
    }
}

/// Events since the start.
#[derive(Default)]
pub(crate) struct Counters {
    pub requests: AtomicU64,
    pub cache_hits: AtomicU64,
    pub cache_misses: AtomicU64,
    pub shed: AtomicU64,
    pub injected_errors: AtomicU64,
    pub faultable: AtomicU64,
}

/// One more of a counter.
pub(crate) fn count(counter: &AtomicU64) -> u64 {
    counter.fetch_add(1, Ordering::Relaxed) + 1
}

/// The counters at one moment, as `/admin/stats` shows them.
#[derive(Debug, Serialize)]
pub(crate) struct Stats {
    requests: u64,
    cache_hits: u64,
    cache_misses: u64,
    shed_requests: u64,
    injected_errors: u64,
    catalogue_queries: u64,
    catalogue_rows_examined: u64,
}

impl Shop {
    /// Generates the catalogue and takes the first setting of the knobs.
    ///
    /// # Errors
    /// A problem that names each knob that is out of range.
    pub fn open(config: Config) -> Result<Self, Problem> {
        let counters = Arc::new(Counters::default());
        let runtime = Arc::new(Runtime::of(config.knobs.checked()?, Arc::clone(&counters)));
        let inner = Inner {
            catalogue: Catalogue::generated(),
            visits: Visits::default(),
            counters,
            knob_token: config.knob_token,
            verification: RwLock::new(config.verification_token),
            held_until: Mutex::new(None),
            runtime: RwLock::new(runtime),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The knobs as they are now.
    pub fn knobs(&self) -> Knobs {
        self.runtime().knobs.clone()
    }

    /// Changes the knobs in one step: `change` sees the present ones, and no other change comes between. Requests that
    /// are under way keep the old setting; the response cache starts empty.
    ///
    /// # Errors
    /// Those of `change`, and a problem that names each knob that is out of range.
    pub fn turn(&self, change: impl FnOnce(&Knobs) -> Result<Knobs, Problem>) -> Result<Knobs, Problem> {
        let mut runtime = self.inner.runtime.write().unwrap_or_else(PoisonError::into_inner);
        let knobs = change(&runtime.knobs)?.checked()?;
        *runtime = Arc::new(Runtime::of(knobs.clone(), Arc::clone(&self.inner.counters)));
        Ok(knobs)
    }

    pub(crate) fn runtime(&self) -> Arc<Runtime> {
        Arc::clone(&self.inner.runtime.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn stats(&self) -> Stats {
        let counters = &self.inner.counters;
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Stats {
            requests: read(&counters.requests),
            cache_hits: read(&counters.cache_hits),
            cache_misses: read(&counters.cache_misses),
            shed_requests: read(&counters.shed),
            injected_errors: read(&counters.injected_errors),
            catalogue_queries: self.inner.catalogue.queries(),
            catalogue_rows_examined: self.inner.catalogue.rows_examined(),
        }
    }
}

/// Counts the request and hands it the present setting.
pub(crate) async fn begin(State(shop): State<Shop>, mut request: Request, next: Next) -> Response {
    count(&shop.inner.counters.requests);
    request.extensions_mut().insert(shop.runtime());
    next.run(request).await
}
