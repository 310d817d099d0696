//! Registering systems and proving whose they are.

use super::{
    model::{
        AllowPrivate, Environment, NewEnvironment, NewSystem, NewTeardown, OwnershipMethod, System, SystemDetail,
        Teardown, VerifyOwnership,
    },
    prices::{KeptPrices, PriceModel},
    rules::{DNS_LABEL, VERIFICATION_PATH, expected_proof, may_load},
    store,
};
use crate::{
    Error, Result,
    access::{Actor, Permission, Scope},
    audit::{self, Change},
    ids::{EnvironmentId, SystemId, TeardownId},
    page::{Page, PageRequest},
    platform::{Platform, db::Tx, secrets::random_bytes},
    tenants::quotas::{self, QuotaKind},
    text,
};
use sbh_egress::{Client, ClientLimits, Guard};
use serde_json::json;
use std::time::Duration;
use url::Url;

/// Most bytes of a verification file.
const PROOF_MAX_BYTES: u64 = 64 << 10;
/// Longest time to fetch a verification file.
const PROOF_TIMEOUT: Duration = Duration::from_secs(10);

/// What is to be measured, and how far that may go.
#[derive(Clone)]
pub struct Target {
    /// Where it answers.
    pub base_url: Url,
    /// The guard that its connections pass.
    pub guard: Guard,
    /// Whether load may go there; otherwise passive probes and one request a second.
    pub may_load: bool,
}

/// The systems of the actor's tenant.
pub struct Systems<'a> {
    platform: &'a Platform,
}

impl<'a> Systems<'a> {
    pub(crate) fn new(platform: &'a Platform) -> Self {
        Self { platform }
    }

    /// Registers a system. Needs `systems:write`.
    ///
    /// # Errors
    /// Quota where the organisation has as many as it may.
    pub async fn create(&self, actor: &Actor, new: NewSystem) -> Result<System> {
        let scope = actor.require(Permission::SystemsWrite)?;
        let new = new.parse()?;
        let now = self.platform.clock.now();
        let tx = self.platform.db.write(&scope).await?;
        quotas::take(&tx, &scope, now, QuotaKind::Systems, 1).await?;
        let system = store::create_system(&tx, &scope, now, new).await?;
        let change = Change {
            action: "system.created",
            object: SystemId::WHAT,
            object_id: system.id.to_string(),
            detail: json!({ "name": system.name }),
            event: None,
        };
        audit::record(&tx, &scope, actor, now, change).await?;
        tx.commit().await?;
        Ok(system)
    }

    /// Systems, newest first. Needs `systems:read`.
    pub async fn list(&self, actor: &Actor, page: &PageRequest) -> Result<Page<System>> {
        let scope = actor.require(Permission::SystemsRead)?;
        store::systems(&self.platform.db.read(&scope).await?, &scope, page).await
    }

    /// The newest systems, `limit` at most, whose name holds a text. Needs `systems:read`.
    pub async fn search(&self, actor: &Actor, text: &str, limit: u64) -> Result<Vec<System>> {
        let scope = actor.require(Permission::SystemsRead)?;
        store::systems_called(&self.platform.db.read(&scope).await?, &scope, text, limit).await
    }

    /// A system with its environments. Needs `systems:read`.
    pub async fn get(&self, actor: &Actor, id: SystemId) -> Result<SystemDetail> {
        let scope = actor.require(Permission::SystemsRead)?;
        self.detail(&self.platform.db.read(&scope).await?, &scope, id).await
    }

    /// The same inside a transaction of a capability that names the system.
    pub(crate) async fn detail(&self, tx: &Tx, scope: &Scope, id: SystemId) -> Result<SystemDetail> {
        let system = store::system(tx, scope, id).await?;
        let environments = store::environments(tx, scope, &[id]).await?;
        Ok(SystemDetail { system, environments })
    }

    /// A part of the systems with their environments, newest first. Needs `systems:read`.
    pub async fn details(&self, actor: &Actor, page: &PageRequest) -> Result<Page<SystemDetail>> {
        let scope = actor.require(Permission::SystemsRead)?;
        let tx = self.platform.db.read(&scope).await?;
        let page = store::systems(&tx, &scope, page).await?;
        let ids: Vec<_> = page.items.iter().map(|system| system.id).collect();
        let environments = store::environments(&tx, &scope, &ids).await?;
        page.try_map(|system| {
            let own = environments.iter().filter(|environment| environment.system_id == system.id);
            Ok(SystemDetail { environments: own.cloned().collect(), system })
        })
    }

    /// Registers an environment of a system. Needs `systems:write`.
    pub async fn add_environment(&self, actor: &Actor, system: SystemId, new: NewEnvironment) -> Result<Environment> {
        let scope = actor.require(Permission::SystemsWrite)?;
        let (name, base_url) = new.parse()?;
        let now = self.platform.clock.now();
        let tx = self.platform.db.write(&scope).await?;
        store::system(&tx, &scope, system).await?;
        let token = hex::encode(random_bytes::<16>());
        let made = store::create_environment(&tx, &scope, now, system, (new.kind, name, base_url), token).await?;
        let change = Change {
            action: "environment.created",
            object: EnvironmentId::WHAT,
            object_id: made.id.to_string(),
            detail: json!({ "system_id": system, "kind": made.kind, "name": made.name, "base_url": made.base_url }),
            event: None,
        };
        audit::record(&tx, &scope, actor, now, change).await?;
        tx.commit().await?;
        Ok(made)
    }

    /// An environment. Needs `systems:read`.
    pub async fn environment(&self, actor: &Actor, id: EnvironmentId) -> Result<Environment> {
        let scope = actor.require(Permission::SystemsRead)?;
        store::environment(&self.platform.db.read(&scope).await?, &scope, id).await
    }

    /// What an environment costs, if somebody said so. Needs `systems:read`.
    pub async fn prices(&self, actor: &Actor, id: EnvironmentId) -> Result<Option<KeptPrices>> {
        let scope = actor.require(Permission::SystemsRead)?;
        let tx = self.platform.db.read(&scope).await?;
        store::environment(&tx, &scope, id).await?;
        store::prices(&tx, &scope, id).await
    }

    /// Sets what an environment costs, or takes its prices away; benchmarks from now on have their cost from it. Needs
    /// `systems:write`.
    pub async fn set_prices(
        &self,
        actor: &Actor,
        id: EnvironmentId,
        prices: Option<PriceModel>,
    ) -> Result<Option<KeptPrices>> {
        let scope = actor.require(Permission::SystemsWrite)?;
        let prices = prices.map(PriceModel::parse).transpose()?;
        let now = self.platform.clock.now();
        let tx = self.platform.db.write(&scope).await?;
        store::environment(&tx, &scope, id).await?;
        store::set_prices(&tx, &scope, now, id, (prices.as_ref(), actor.label())).await?;
        let change = Change {
            action: if prices.is_some() { "environment.prices_set" } else { "environment.prices_removed" },
            object: EnvironmentId::WHAT,
            object_id: id.to_string(),
            detail: json!({ "prices": prices }),
            event: None,
        };
        audit::record(&tx, &scope, actor, now, change).await?;
        let kept = store::prices(&tx, &scope, id).await?;
        tx.commit().await?;
        Ok(kept)
    }

    /// What an environment costs, for benchmarks of it.
    pub(crate) async fn prices_of(&self, tx: &Tx, scope: &Scope, id: EnvironmentId) -> Result<Option<PriceModel>> {
        Ok(store::prices(tx, scope, id).await?.map(|kept| kept.prices))
    }

    /// Looks for the token where `request` says, and marks the environment as verified. Needs `systems:write`.
    ///
    /// # Errors
    /// Conflict when the token is not there, with what was found instead.
    pub async fn verify(&self, actor: &Actor, id: EnvironmentId, request: VerifyOwnership) -> Result<Environment> {
        let scope = actor.require(Permission::SystemsWrite)?;
        let environment = store::environment(&self.platform.db.read(&scope).await?, &scope, id).await?;
        match request.method {
            OwnershipMethod::WellKnown => self.look_at_file(&environment).await?,
            OwnershipMethod::DnsTxt => self.look_at_dns(&environment).await?,
            OwnershipMethod::AdminAllow => {
                return Err(Error::invalid(
                    "/method",
                    "Method must be well_known or dns_txt; an allow has its own operation.",
                ));
            }
        }
        let change = Change {
            action: "environment.verified",
            object: EnvironmentId::WHAT,
            object_id: id.to_string(),
            detail: json!({ "method": request.method, "base_url": environment.base_url }),
            event: None,
        };
        self.mark_verified(actor, &scope, id, request.method, change, None).await
    }

    /// Vouches for an environment at a private or loopback address. Needs `systems:allow-private`.
    ///
    /// # Errors
    /// Conflict when the host does not resolve to a private or loopback address; such an environment proves its
    /// ownership by a token.
    pub async fn allow_private(&self, actor: &Actor, id: EnvironmentId, request: AllowPrivate) -> Result<Environment> {
        let scope = actor.require(Permission::SystemsAllowPrivate)?;
        let reason = text::line("/reason", "Reason", &request.reason, 500)?;
        let environment = store::environment(&self.platform.db.read(&scope).await?, &scope, id).await?;
        self.require_private(&environment).await?;
        let change = Change {
            action: "environment.private_allowed",
            object: EnvironmentId::WHAT,
            object_id: id.to_string(),
            detail: json!({ "reason": reason, "base_url": environment.base_url }),
            event: None,
        };
        self.mark_verified(actor, &scope, id, OwnershipMethod::AdminAllow, change, Some(&reason)).await
    }

    async fn mark_verified(
        &self,
        actor: &Actor,
        scope: &Scope,
        id: EnvironmentId,
        method: OwnershipMethod,
        change: Change<'_>,
        private_reason: Option<&str>,
    ) -> Result<Environment> {
        let now = self.platform.clock.now();
        let tx = self.platform.db.write(scope).await?;
        store::mark_verified(&tx, scope, now, id, method).await?;
        if let Some(reason) = private_reason {
            store::mark_private_allowed(&tx, scope, now, id, &actor.label(), reason).await?;
        }
        audit::record(&tx, scope, actor, now, change).await?;
        let environment = store::environment(&tx, scope, id).await?;
        tx.commit().await?;
        Ok(environment)
    }

    async fn look_at_file(&self, environment: &Environment) -> Result<()> {
        let mut url = environment.base_url.clone();
        url.set_path(VERIFICATION_PATH);
        let limits =
            ClientLimits { body_limit: PROOF_MAX_BYTES, total_timeout: PROOF_TIMEOUT, ..ClientLimits::default() };
        let client = Client::new(self.guard(environment), limits).map_err(Error::internal)?;
        let fetched =
            client.get(&url).await.map_err(|error| Error::conflict(format!("{url} could not be read: {error}.")))?;
        if !fetched.status.is_success() {
            return Err(Error::conflict(format!("{url} answered {}.", fetched.status.as_u16())));
        }
        if fetched.final_url.host_str() != url.host_str() {
            return Err(Error::conflict(format!(
                "{url} redirects to another host, which proves nothing about this one."
            )));
        }
        let expected = expected_proof(environment);
        match String::from_utf8_lossy(&fetched.body).lines().any(|line| line.trim() == expected) {
            true => Ok(()),
            false => Err(Error::conflict(format!("{url} does not contain the line {expected}."))),
        }
    }

    async fn look_at_dns(&self, environment: &Environment) -> Result<()> {
        let host = environment.base_url.host_str().unwrap_or_default();
        let name = format!("{DNS_LABEL}.{host}.");
        let expected = expected_proof(environment);
        match self.platform.dns.txt(&name).await?.iter().any(|text| text.trim() == expected) {
            true => Ok(()),
            false => Err(Error::conflict(format!("No TXT record at {name} says {expected}."))),
        }
    }

    async fn require_private(&self, environment: &Environment) -> Result<()> {
        let host = environment.base_url.host_str().unwrap_or_default();
        let port = environment.base_url.port_or_known_default().unwrap_or_default();
        let guard = Guard::new(sbh_egress::Policy::default());
        match guard.resolve(host, port).await {
            Err(error) if error.is_refusal() => Ok(()),
            Err(error) => Err(Error::conflict(format!("{host} could not be resolved: {error}."))),
            Ok(_) => Err(Error::conflict(format!("{host} has a public address; prove its ownership by file or DNS."))),
        }
    }

    /// The guard for an environment: the configuration's, and the environment's own host where an admin allowed it.
    fn guard(&self, environment: &Environment) -> Guard {
        match (&environment.private_allowed, environment.base_url.host_str()) {
            (Some(_), Some(host)) => self.platform.egress.guard_allowing(host),
            _ => self.platform.egress.guard(),
        }
    }

    /// What a benchmark or a validation of an environment may do.
    pub(crate) async fn target(&self, tx: &Tx, scope: &Scope, id: EnvironmentId) -> Result<(Environment, Target)> {
        let environment = store::environment(tx, scope, id).await?;
        let target = Target {
            base_url: environment.base_url.clone(),
            guard: self.guard(&environment),
            may_load: may_load(&environment),
        };
        Ok((environment, target))
    }

    /// What a benchmark of a teardown may do: look, and no more.
    pub(crate) async fn teardown_target(&self, tx: &Tx, scope: &Scope, id: TeardownId) -> Result<(Teardown, Target)> {
        let teardown = store::teardown(tx, scope, id).await?;
        let base_url = teardown.domain.parse().map_err(Error::internal)?;
        Ok((teardown, Target { base_url, guard: self.platform.egress.guard(), may_load: false }))
    }

    /// A teardown. Needs `systems:read`.
    pub async fn teardown(&self, actor: &Actor, id: TeardownId) -> Result<Teardown> {
        let scope = actor.require(Permission::SystemsRead)?;
        let tx = self.platform.db.read(&scope).await?;
        store::teardown(&tx, &scope, id).await
    }

    /// The systems with these ids, for capabilities that name them.
    pub(crate) async fn named(&self, tx: &Tx, scope: &Scope, ids: &[SystemId]) -> Result<Vec<System>> {
        store::systems_of(tx, scope, ids).await
    }

    /// The system, for capabilities that name it. Scope is the permission that was asked for there.
    pub(crate) async fn find(&self, tx: &Tx, scope: &Scope, id: SystemId) -> Result<System> {
        store::system(tx, scope, id).await
    }

    /// The same, and nobody else locks or changes it until the transaction ends: for limits that count what it has.
    pub(crate) async fn lock(&self, tx: &Tx, scope: &Scope, id: SystemId) -> Result<System> {
        store::lock_system(tx, scope, id).await
    }

    /// Registers a teardown. Needs `systems:write`.
    pub async fn create_teardown(&self, actor: &Actor, new: NewTeardown) -> Result<Teardown> {
        let scope = actor.require(Permission::SystemsWrite)?;
        let (new, _) = new.parse()?;
        let now = self.platform.clock.now();
        let tx = self.platform.db.write(&scope).await?;
        let teardown = store::create_teardown(&tx, &scope, now, new).await?;
        let change = Change {
            action: "teardown.created",
            object: TeardownId::WHAT,
            object_id: teardown.id.to_string(),
            detail: json!({ "target_name": teardown.target_name, "domain": teardown.domain }),
            event: None,
        };
        audit::record(&tx, &scope, actor, now, change).await?;
        tx.commit().await?;
        Ok(teardown)
    }
}
