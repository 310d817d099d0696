//! The hub: every capability on one platform.

use crate::{
    audit::Audit,
    compliance::Compliance,
    gates::{Gates, ValidationHandler},
    identity::{Directory, Factors, Identity, Keys, ProviderCache, Providers, Sessions},
    lab::{BenchmarkHandler, Lab},
    library::Library,
    notifications::Notifications,
    platform::{Platform, queue::Handler},
    privacy::{EraseHandler, ExportHandler, Privacy},
    schedules::Schedules,
    sharing::Sharing,
    systems::Systems,
    tenants::{
        Tenants,
        quotas::{Meter, Usage},
    },
    workspaces::Workspaces,
};
use std::sync::Arc;

/// The product core. Cheap to clone.
#[derive(Clone)]
pub struct Hub {
    platform: Platform,
    providers: Arc<ProviderCache>,
    meter: Arc<Meter>,
}

impl Hub {
    /// The core on a platform.
    pub fn new(platform: Platform) -> Self {
        Self { platform, providers: Arc::default(), meter: Arc::default() }
    }

    /// What the capabilities stand on.
    pub fn platform(&self) -> &Platform {
        &self.platform
    }

    /// Accounts and signing in.
    pub fn identity(&self) -> Identity<'_> {
        Identity::new(&self.platform)
    }

    /// Second factors.
    pub fn factors(&self) -> Factors<'_> {
        Factors::new(&self.platform)
    }

    /// Identity providers.
    pub fn providers(&self) -> Providers<'_> {
        Providers::new(&self.platform, &self.providers)
    }

    /// Members and groups as a directory keeps them, over SCIM.
    pub fn directory(&self) -> Directory<'_> {
        Directory::new(&self.platform)
    }

    /// Browser sessions.
    pub fn sessions(&self) -> Sessions<'_> {
        Sessions::new(&self.platform)
    }

    /// API keys.
    pub fn keys(&self) -> Keys<'_> {
        Keys::new(&self.platform)
    }

    /// Systems, environments, teardowns.
    pub fn systems(&self) -> Systems<'_> {
        Systems::new(&self.platform)
    }

    /// Benchmarks and scorecards.
    pub fn lab(&self) -> Lab<'_> {
        Lab::new(&self.platform)
    }

    /// Share links and badges.
    pub fn sharing(&self) -> Sharing<'_> {
        Sharing::new(&self.platform)
    }

    /// Golden paths, policies, validations.
    pub fn gates(&self) -> Gates<'_> {
        Gates::new(&self.platform)
    }

    /// Benchmarks and validations at stated times.
    pub fn schedules(&self) -> Schedules<'_> {
        Schedules::new(&self.platform)
    }

    /// Members' inboxes.
    pub fn notifications(&self) -> Notifications<'_> {
        Notifications::new(&self.platform)
    }

    /// Organisations, for those who run the hub.
    pub fn tenants(&self) -> Tenants<'_> {
        Tenants::new(&self.platform)
    }

    /// Teams' spaces in the tenant.
    pub fn workspaces(&self) -> Workspaces<'_> {
        Workspaces::new(&self.platform)
    }

    /// What they share.
    pub fn library(&self) -> Library<'_> {
        Library::new(&self.platform)
    }

    /// What organisations use.
    pub fn usage(&self) -> Usage<'_> {
        Usage::new(&self.platform, &self.meter)
    }

    /// Evidence packs.
    pub fn compliance(&self) -> Compliance<'_> {
        Compliance::new(&self.platform)
    }

    /// Personal data, consents, retention, the register of processing.
    pub fn privacy(&self) -> Privacy<'_> {
        Privacy::new(&self.platform)
    }

    /// What carries out the jobs.
    pub fn handlers(&self) -> Vec<Arc<dyn Handler>> {
        vec![
            Arc::new(BenchmarkHandler::new(self.platform.clone())),
            Arc::new(ValidationHandler::new(self.platform.clone())),
            Arc::new(ExportHandler::new(self.platform.clone())),
            Arc::new(EraseHandler::new(self.platform.clone())),
        ]
    }

    /// The audit log.
    pub fn audit(&self) -> Audit<'_> {
        Audit::new(&self.platform)
    }
}
