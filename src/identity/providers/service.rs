//! Adding, changing, trying and removing a provider.

use super::{
    model::{NewProvider, Protocol},
    oidc::{self, OidcConfig},
    saml::{self, SamlConfig},
    store::{self, identity_providers},
    view::{Finding, OfferedProvider, Provider, SignInDoor},
};
use crate::{
    Error, Result,
    access::{Actor, Permission, Role, Scope},
    audit::{self, Change},
    identity::{factors::Origin, rules::recent, sessions},
    ids::{ProviderId, TenantId},
    platform::{Platform, db::Realm, db::Tx},
    text,
};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

/// Most providers whose metadata and keys are held in memory.
const HELD_MAX: usize = 1_000;

/// What is stored of a provider beside its columns, sealed.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Config {
    Oidc(Box<OidcConfig>),
    Saml(Box<SamlConfig>),
}

impl Config {
    /// Whose signatures are believed: fingerprints of certificates, and where new ones come from.
    fn trusted(&self) -> (Vec<String>, Option<String>) {
        match self {
            Self::Oidc(config) => (Vec::new(), Some(config.settings.issuer.clone())),
            Self::Saml(config) => (
                config.certificates().into_iter().map(|certificate| certificate.sha256).collect(),
                config.settings.metadata_url.clone(),
            ),
        }
    }
}

/// A provider with its configuration.
pub(super) struct Known {
    pub(super) row: identity_providers::Model,
    pub(super) config: Config,
}

impl Known {
    pub(super) fn id(&self) -> ProviderId {
        self.row.id.into()
    }

    pub(super) fn tenant(&self) -> TenantId {
        self.row.tenant_id.into()
    }

    pub(super) fn scope(&self) -> Scope {
        Scope::of_tenant(self.tenant())
    }

    pub(super) fn oidc(&self) -> Option<&OidcConfig> {
        match &self.config {
            Config::Oidc(config) => Some(config),
            Config::Saml(_) => None,
        }
    }

    pub(super) fn saml(&self) -> Option<&SamlConfig> {
        match &self.config {
            Config::Saml(config) => Some(config),
            Config::Oidc(_) => None,
        }
    }

    /// The provider as it acts in the audit log.
    pub(super) fn actor(&self) -> Actor {
        Actor::hub(self.tenant(), &format!("sign-in with {}", self.row.name))
    }
}

/// How long metadata that could not be loaded is not asked for again.
const LOADING_COOLDOWN: TimeDelta = TimeDelta::minutes(5);

/// Providers of OpenID Connect in use, with their metadata and keys; a provider that was changed is made anew. Of providers of
/// SAML, when their metadata was last asked for.
#[derive(Default)]
pub struct ProviderCache {
    held: Mutex<HashMap<ProviderId, Held>>,
    asked: Mutex<HashMap<ProviderId, DateTime<Utc>>>,
}

impl ProviderCache {
    /// Whether it is time to load a provider's metadata again; who is told so does it.
    fn may_load(&self, id: ProviderId, now: DateTime<Utc>) -> bool {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        if asked.get(&id).is_some_and(|at| now - *at < LOADING_COOLDOWN) {
            return false;
        }
        asked.retain(|_, at| now - *at < LOADING_COOLDOWN);
        asked.insert(id, now);
        true
    }
}

/// A provider in use, and when its settings were last changed.
type Held = (DateTime<Utc>, Arc<sbh_oidc::Provider>);

/// The identity providers of the hub.
pub struct Providers<'a> {
    pub(super) platform: &'a Platform,
    cache: &'a ProviderCache,
}

fn context(id: ProviderId) -> String {
    format!("identity provider {id}")
}

impl<'a> Providers<'a> {
    pub(crate) fn new(platform: &'a Platform, cache: &'a ProviderCache) -> Self {
        Self { platform, cache }
    }

    /// The tenant's providers, by name. Needs `members:manage`.
    pub async fn list(&self, actor: &Actor) -> Result<Vec<Provider>> {
        let scope = actor.require(Permission::MembersManage)?;
        let rows = store::all(&self.platform.db.read(&scope).await?, &scope).await?;
        rows.into_iter().map(|row| self.shown(&self.open(row)?)).collect()
    }

    /// One of them. Needs `members:manage`.
    pub async fn get(&self, actor: &Actor, id: ProviderId) -> Result<Provider> {
        let scope = actor.require(Permission::MembersManage)?;
        let tx = self.platform.db.read(&scope).await?;
        self.shown(&self.open(store::own_provider(&tx, &scope, id).await?)?)
    }

    /// Adds a provider. `origin` is where the admin sees the hub; the provider is told addresses there. Needs `members:manage`.
    ///
    /// # Errors
    /// Invalid, naming the field, for what can't be used; conflict when there are too many.
    pub async fn add(&self, actor: &Actor, new: NewProvider, origin: &Origin) -> Result<Provider> {
        let scope = actor.require(Permission::MembersManage)?;
        let new = new.parse()?;
        recent(actor, self.platform.clock.now())?;
        let id = ProviderId::generate();
        let base = origin.as_text();
        let config = match new.protocol.clone() {
            Protocol::Oidc(mut settings) => {
                let client_secret = settings.client_secret.take();
                Config::Oidc(Box::new(OidcConfig { base, settings, client_secret }))
            }
            Protocol::Saml(settings) => {
                Config::Saml(Box::new(SamlConfig::new(self.platform, base, settings, id).await?))
            }
        };
        let row = self.row(scope.tenant(), id, &new, &config, None)?;
        let tx = self.platform.db.write(&scope).await?;
        if store::count(&tx, &scope).await? >= store::PROVIDERS_MAX {
            let most = store::PROVIDERS_MAX;
            return Err(Error::conflict(format!("At most {most} providers are kept. Remove one first.")));
        }
        store::add(&tx, row.clone()).await?;
        self.log(&tx, &scope, actor, ("provider.added", &row)).await?;
        tx.commit().await?;
        self.shown(&Known { row, config })
    }

    /// Changes a provider. Its protocol stays, and so do a secret and metadata that are left out. Needs `members:manage`.
    pub async fn change(&self, actor: &Actor, id: ProviderId, new: NewProvider, origin: &Origin) -> Result<Provider> {
        let scope = actor.require(Permission::MembersManage)?;
        let new = new.parse()?;
        recent(actor, self.platform.clock.now())?;
        let tx = self.platform.db.read(&scope).await?;
        let known = self.open(store::own_provider(&tx, &scope, id).await?)?;
        drop(tx);
        let base = origin.as_text();
        let trusted = known.config.trusted();
        let config = match (known.config, new.protocol.clone()) {
            (Config::Oidc(old), Protocol::Oidc(mut settings)) => {
                let given = settings.client_secret.take();
                // A secret that was entered for one address is not sent to another.
                let stays = old.settings.issuer == settings.issuer && old.settings.client_id == settings.client_id;
                let client_secret = given.or_else(|| old.client_secret.filter(|_| stays));
                Config::Oidc(Box::new(OidcConfig { base, settings, client_secret }))
            }
            (Config::Saml(old), Protocol::Saml(settings)) => {
                Config::Saml(Box::new(old.changed(self.platform, base, settings).await?))
            }
            _ => {
                return Err(Error::invalid(
                    "/protocol",
                    "A provider keeps its protocol. Add another provider instead.",
                ));
            }
        };
        let keys_changed = trusted != config.trusted();
        let row = self.row(scope.tenant(), id, &new, &config, Some(&known.row))?;
        let tx = self.platform.db.write(&scope).await?;
        store::own_provider(&tx, &scope, id).await?;
        if known.row.issuer != row.issuer {
            return Err(Error::invalid(
                match config {
                    Config::Oidc(_) => "/protocol/oidc/issuer",
                    Config::Saml(_) => "/protocol/saml/metadata",
                },
                "This is another provider, which calls people otherwise. Add it beside this one.",
            ));
        }
        store::replace(&tx, &scope, row.clone()).await?;
        if keys_changed && actor.role() != Role::Owner {
            self.disconnect_owner(&tx, &scope, actor, &row).await?;
        }
        self.log(&tx, &scope, actor, ("provider.changed", &row)).await?;
        tx.commit().await?;
        self.shown(&Known { row, config })
    }

    /// Removes a provider with its connections, and ends the sessions that rest on it. Needs `members:manage`.
    pub async fn remove(&self, actor: &Actor, id: ProviderId) -> Result<()> {
        let scope = actor.require(Permission::MembersManage)?;
        recent(actor, self.platform.clock.now())?;
        let tx = self.platform.db.write(&scope).await?;
        let row = store::own_provider(&tx, &scope, id).await?;
        let connections = store::remove(&tx, &scope, id).await?;
        let sessions = sessions::end_of_provider(&tx, &scope, id, None).await?;
        let detail = json!({ "name": row.name, "connections": connections, "sessions_ended": sessions });
        let change = Change {
            action: "provider.removed",
            object: ProviderId::WHAT,
            object_id: id.to_string(),
            detail,
            event: None,
        };
        audit::record(&tx, &scope, actor, self.platform.clock.now(), change).await?;
        tx.commit().await
    }

    /// Tries a provider as far as that goes without anybody signing in. Needs `members:manage`.
    pub async fn examine(&self, actor: &Actor, id: ProviderId) -> Result<Vec<Finding>> {
        let scope = actor.require(Permission::MembersManage)?;
        let tx = self.platform.db.read(&scope).await?;
        let known = self.open(store::own_provider(&tx, &scope, id).await?)?;
        drop(tx);
        match &known.config {
            Config::Oidc(config) => {
                let registration = config.registration(id, self.platform.egress.allows_loopback())?;
                let findings = sbh_oidc::examine(&registration, &self.platform.egress.guard()).await;
                Ok(findings.into_iter().map(Finding::from).collect())
            }
            Config::Saml(config) => Ok(config.examine(self.platform, id).await),
        }
    }

    /// The SAML metadata of the hub for a provider, as XML. Open to everybody: it has nothing secret.
    pub async fn metadata(&self, id: ProviderId) -> Result<String> {
        let known = self.known(id).await?;
        let config = known.saml().ok_or_else(|| Error::not_found(ProviderId::WHAT))?;
        config.service_provider(id)?.metadata_xml(false).map_err(Error::internal)
    }

    /// Through which providers somebody can come in, of the organisation that is called so, or of the only one.
    pub async fn door(&self, slug: Option<&str>) -> Result<SignInDoor> {
        let slug = slug.map(|slug| text::key(slug.trim())).filter(|slug| !slug.contains('\0'));
        let tx = self.platform.db.read_realm(Realm::SignIn).await?;
        let (tenant, several) = store::tenant_at_the_door(&tx, slug.as_deref()).await?;
        let providers = match tenant {
            Some(tenant) => store::offered(&tx, tenant).await?,
            None => Vec::new(),
        };
        Ok(SignInDoor { providers, several })
    }

    /// What a provider is called on the sign-in page.
    pub async fn offered(&self, id: ProviderId) -> Result<OfferedProvider> {
        let row = store::provider(self.platform, id).await?;
        Ok(OfferedProvider { id, name: row.name })
    }

    /// A provider for somebody who is not signed in, with metadata that is not too old.
    pub(super) async fn known(&self, id: ProviderId) -> Result<Known> {
        let known = self.open(store::provider(self.platform, id).await?)?;
        let now = self.platform.clock.now();
        match known.saml() {
            Some(config) if config.is_stale(now) && self.cache.may_load(id, now) => {
                match saml::metadata(self.platform, &config.settings).await {
                    Ok(metadata) if metadata.entity_id == known.row.issuer => {
                        let config = Config::Saml(Box::new(SamlConfig { metadata, loaded_at: now, ..config.clone() }));
                        self.renewed(known.row, config).await
                    }
                    // What is known serves until its own end.
                    Ok(_) | Err(_) => {
                        tracing::warn!(provider = %id, "the provider's metadata could not be loaded anew");
                        Ok(known)
                    }
                }
            }
            _ => Ok(known),
        }
    }

    /// Keeps metadata that was loaded anew, unless the provider was changed meanwhile: then what is there counts.
    async fn renewed(&self, row: identity_providers::Model, config: Config) -> Result<Known> {
        let row = identity_providers::Model { config: self.seal(row.id.into(), &config)?, ..row };
        let scope = Scope::of_tenant(row.tenant_id.into());
        let tx = self.platform.db.write(&scope).await?;
        let kept = store::renew(&tx, &scope, &row).await?;
        tx.commit().await?;
        if kept { Ok(Known { row, config }) } else { self.open(store::provider(self.platform, row.id.into()).await?) }
    }

    pub(super) fn open(&self, row: identity_providers::Model) -> Result<Known> {
        let config = self.platform.secrets.open(&context(row.id.into()), &row.config)?;
        Ok(Known { config: serde_json::from_slice(&config)?, row })
    }

    fn seal(&self, id: ProviderId, config: &Config) -> Result<String> {
        self.platform.secrets.seal(&context(id), &serde_json::to_vec(config)?)
    }

    /// The provider of OpenID Connect as the engine has it, with what it knows already.
    pub(super) fn engine(&self, known: &Known) -> Result<Arc<sbh_oidc::Provider>> {
        let config = known.oidc().ok_or_else(|| Error::not_found(ProviderId::WHAT))?;
        let mut held = self.cache.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, provider)) = held.get(&known.id()).filter(|(at, _)| *at == known.row.updated_at) {
            return Ok(provider.clone());
        }
        let registration = config.registration(known.id(), self.platform.egress.allows_loopback())?;
        let made = sbh_oidc::Provider::new(registration, &self.platform.egress.guard());
        let provider = Arc::new(made.map_err(|refusal| oidc::disbelieved(&refusal))?);
        if held.len() >= HELD_MAX {
            held.clear();
        }
        held.insert(known.id(), (known.row.updated_at, provider.clone()));
        Ok(provider)
    }

    fn row(
        &self,
        tenant: TenantId,
        id: ProviderId,
        new: &NewProvider,
        config: &Config,
        old: Option<&identity_providers::Model>,
    ) -> Result<identity_providers::Model> {
        let issuer = match config {
            Config::Oidc(config) => {
                let registration = config.registration(id, self.platform.egress.allows_loopback())?;
                registration.check().map_err(|refusal| oidc::unusable(&refusal))?;
                registration.issuer
            }
            Config::Saml(config) => {
                config.service_provider(id)?;
                config.metadata.entity_id.clone()
            }
        };
        let now = self.platform.clock.now();
        Ok(identity_providers::Model {
            id: id.uuid(),
            tenant_id: tenant.uuid(),
            created_at: old.map_or(now, |old| old.created_at),
            updated_at: now,
            kind: new.protocol.kind().as_str().to_owned(),
            name: new.name.clone(),
            issuer,
            enabled: new.enabled,
            just_in_time: new.just_in_time,
            default_role: new.default_role.map(|role| role.as_str().to_owned()),
            group_roles: serde_json::to_value(&new.group_roles)?,
            second_factor: new.second_factor,
            directory: new.directory,
            config: self.seal(id, config)?,
        })
    }

    fn shown(&self, known: &Known) -> Result<Provider> {
        let row = &known.row;
        let (protocol, addresses, has_secret, certificates) = match &known.config {
            Config::Oidc(config) => {
                let addresses = config.addresses(known.id(), known.tenant());
                (Protocol::Oidc(config.settings.clone()), addresses, config.client_secret.is_some(), Vec::new())
            }
            Config::Saml(config) => {
                let addresses = config.addresses(known.id());
                (Protocol::Saml(config.settings.clone()), addresses, false, config.certificates())
            }
        };
        Ok(Provider {
            id: known.id(),
            settings: NewProvider {
                name: row.name.clone(),
                enabled: row.enabled,
                just_in_time: row.just_in_time,
                default_role: store::default_role(row)?,
                group_roles: store::group_roles(row),
                second_factor: row.second_factor,
                directory: row.directory,
                protocol,
            },
            issuer: row.issuer.clone(),
            has_secret,
            addresses,
            certificates,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }

    async fn log(
        &self,
        tx: &Tx,
        scope: &Scope,
        actor: &Actor,
        (action, row): (&str, &identity_providers::Model),
    ) -> Result<()> {
        let detail = json!({
            "name": row.name, "kind": row.kind, "issuer": row.issuer, "enabled": row.enabled, "just_in_time": row.just_in_time,
            "default_role": row.default_role, "group_roles": row.group_roles, "second_factor": row.second_factor,
            "directory": row.directory,
        });
        let object_id = ProviderId::from(row.id).to_string();
        let change = Change { action, object: ProviderId::WHAT, object_id, detail, event: None };
        audit::record(tx, scope, actor, self.platform.clock.now(), change).await
    }
}
