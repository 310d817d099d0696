//! The console of the hub's own machine: it works on the database directly, beside a running hub too.

use super::{FAILED, Failure};
use crate::{config::Config, state::AppState};
use hub::{Hub, access::Actor};

/// The hub's core on the database that `config` names.
pub(super) async fn open_hub(config: Config) -> Result<Hub, Failure> {
    Ok(AppState::open(config).await?.hub)
}

/// Whoever has this machine's console, in the hub's tenant.
pub(super) struct Console {
    pub(super) hub: Hub,
    pub(super) actor: Actor,
}

impl Console {
    /// The console of the configured hub.
    ///
    /// # Errors
    /// Failed when nobody owns the hub yet.
    pub(super) async fn open() -> Result<Self, Failure> {
        let hub = open_hub(Config::from_env()?).await?;
        let nobody = || Failure::new(FAILED, "this hub has no owner yet; run `sbh init` first");
        Self::of(hub).await?.ok_or_else(nobody)
    }

    /// The console of a hub, once somebody owns it.
    pub(super) async fn of(hub: Hub) -> Result<Option<Self>, Failure> {
        let tenant = hub.identity().only_tenant().await?;
        Ok(tenant.map(|tenant| Self { hub, actor: Actor::hub(tenant, "console") }))
    }
}
