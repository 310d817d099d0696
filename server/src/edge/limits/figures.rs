//! How many requests a minute somebody has.

use super::class::Class;
use hub::ids::TenantId;

/// Requests a minute of one tenant and of those in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figures {
    /// Of everybody in the tenant together.
    pub tenant: u32,
    /// Of each person and each key.
    pub identified: u32,
    /// Of those, what sets machines to work.
    pub runs: u32,
    /// Of those, what is made of many rows or files.
    pub exports: u32,
    /// Of those, what a directory asks.
    pub scim: u32,
}

impl Figures {
    /// The limit that a class has beside its caller's, with its name.
    pub fn of(&self, class: Class) -> Option<(&'static str, u32)> {
        match class {
            Class::Run => Some(("runs", self.runs)),
            Class::Export => Some(("exports", self.exports)),
            Class::Scim => Some(("scim", self.scim)),
            Class::SignIn | Class::Plain => None,
        }
    }
}

/// Says which figures a tenant has.
pub trait Quotas: Send + Sync {
    /// Those of this tenant.
    fn of(&self, tenant: TenantId) -> Figures;
}

/// The same for every tenant.
impl Quotas for Figures {
    fn of(&self, _: TenantId) -> Figures {
        *self
    }
}
