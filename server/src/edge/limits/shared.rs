//! Limits that all hubs count together, in Redis. A script does it in one step by Redis' own clock, so that hubs whose clocks
//! differ agree, and no two of them give the same request away.

use super::{Charge, Verdict};
use redis::{
    Client, RedisError, Script,
    aio::{ConnectionManager, ConnectionManagerConfig},
};
use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// The longest that a request waits for Redis before this hub counts alone.
const PATIENCE: Duration = Duration::from_millis(250);
/// How long Redis is left alone after it did not answer.
const PAUSE: Duration = Duration::from_secs(1);
/// What every key in Redis begins with.
const PREFIX: &str = "sbh:limit:";

/// The limits in one Redis.
pub struct Shared {
    connection: ConnectionManager,
    script: Script,
    prefix: String,
    /// Since when Redis does not answer, and why.
    trouble: Mutex<Option<(Instant, String)>>,
}

impl Shared {
    /// Those in this Redis. It is connected to with the first request, and again whenever it was lost.
    ///
    /// # Errors
    /// An address that is none of Redis'.
    pub fn at(url: &str) -> Result<Self, RedisError> {
        Self::below(url, PREFIX)
    }

    /// Those whose keys begin with `prefix`.
    ///
    /// # Errors
    /// As [`Shared::at`].
    pub fn below(url: &str, prefix: &str) -> Result<Self, RedisError> {
        let config = ConnectionManagerConfig::new()
            .set_number_of_retries(0)
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE));
        Ok(Self {
            connection: ConnectionManager::new_lazy_with_config(Client::open(url)?, config)?,
            script: Script::new(include_str!("gcra.lua")),
            prefix: prefix.to_owned(),
            trouble: Mutex::new(None),
        })
    }

    /// Charges all of them, or none; nothing where Redis does not answer.
    pub async fn charge(&self, charges: &[Charge]) -> Option<Vec<Verdict>> {
        if self.trouble().as_ref().is_some_and(|(since, _)| since.elapsed() < PAUSE) {
            return None;
        }
        match tokio::time::timeout(PATIENCE, self.charge_at(charges, None)).await {
            Ok(Ok(verdicts)) => {
                self.note(None);
                Some(verdicts)
            }
            Ok(Err(error)) => self.note(Some(error.to_string())),
            Err(_) => self.note(Some(format!("no answer within {} ms", PATIENCE.as_millis()))),
        }
    }

    /// Charges at a stated time, in microseconds since the Unix epoch; without one, by Redis' own clock.
    ///
    /// # Errors
    /// Whatever keeps Redis from answering.
    pub async fn charge_at(&self, charges: &[Charge], now_us: Option<i64>) -> Result<Vec<Verdict>, RedisError> {
        let mut call = self.script.prepare_invoke();
        call.arg(now_us.unwrap_or(-1));
        for charge in charges {
            call.key(format!("{}{}:{}", self.prefix, charge.subject, charge.policy)).arg(charge.per_minute);
        }
        let answer: Vec<u64> = call.invoke_async(&mut self.connection.clone()).await?;
        let verdict =
            |pair: &[u64]| Verdict { remaining: u32::try_from(pair[0]).unwrap_or(u32::MAX), wait_us: pair[1] };
        Ok(answer.chunks_exact(2).map(verdict).collect())
    }

    /// Why each hub counts alone, where it does.
    pub async fn trouble_now(&self) -> Option<String> {
        // Nobody may have asked for a while: an empty charge asks Redis and counts nothing.
        self.charge(&[]).await;
        self.trouble().as_ref().map(|(_, why)| why.clone())
    }

    fn trouble(&self) -> MutexGuard<'_, Option<(Instant, String)>> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, why: Option<String>) -> Option<Vec<Verdict>> {
        let mut trouble = self.trouble();
        match (&why, trouble.is_some()) {
            (Some(why), false) => {
                tracing::warn!("Redis does not answer, and limits are counted by this hub alone: {why}")
            }
            (None, true) => tracing::info!("Redis answers again, and limits are shared"),
            _ => {}
        }
        *trouble = why.map(|why| (Instant::now(), why));
        None
    }
}
