//! Who may do what. [`Actor::require`] is the only builder of a [`Scope`], and without a [`Scope`] no row of a tenant
//! can be reached.

mod operations;
mod permission;
pub mod rules;
mod workspace;

pub use operations::{Needs, OPERATIONS, Operation};
pub use permission::{Permission, Role};
pub use workspace::{WorkspacePermission, WorkspaceRole};

use crate::{
    Error, Result,
    ids::{KeyId, ProviderId, TenantId, UserId},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Who stands behind a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Principal {
    /// A person in the browser.
    User {
        /// The account.
        id: UserId,
        /// The address that the account is known by.
        email: String,
    },
    /// A program with an API key.
    Key {
        /// The key.
        id: KeyId,
        /// The name its maker gave it.
        name: String,
    },
    /// A program with an access token of an identity provider.
    Token {
        /// The provider.
        provider: ProviderId,
        /// The client, or what the provider calls the person.
        name: String,
        /// The member who is connected to the token's subject, where one is.
        user: Option<UserId>,
    },
    /// The hub itself, when it carries out accepted work or is administered on its own machine.
    Hub {
        /// What the hub does, for example `worker` or `console`.
        part: String,
    },
}

/// An authenticated principal in its tenant, with everything it may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    tenant: TenantId,
    principal: Principal,
    role: Role,
    permissions: BTreeSet<Permission>,
    verified_at: Option<DateTime<Utc>>,
}

impl Actor {
    /// A person with a role in a tenant.
    pub fn user(tenant: TenantId, id: UserId, email: String, role: Role) -> Self {
        Self {
            tenant,
            principal: Principal::User { id, email },
            role,
            permissions: role.permissions(),
            verified_at: None,
        }
    }

    /// A key: what its scopes name, as far as its maker's role allows it.
    pub fn key(tenant: TenantId, id: KeyId, name: String, role: Role, scopes: &BTreeSet<Permission>) -> Self {
        let permissions = role.permissions().intersection(scopes).copied().collect();
        Self { tenant, principal: Principal::Key { id, name }, role, permissions, verified_at: None }
    }

    /// An access token: what its scopes name, as far as the role allows it.
    pub fn token(
        tenant: TenantId,
        (provider, name, user): (ProviderId, String, Option<UserId>),
        role: Role,
        scopes: &BTreeSet<Permission>,
    ) -> Self {
        let permissions = role.permissions().intersection(scopes).copied().collect();
        Self { tenant, principal: Principal::Token { provider, name, user }, role, permissions, verified_at: None }
    }

    /// The hub in a tenant's name, for accepted work and for the console of its own machine.
    pub fn hub(tenant: TenantId, part: &str) -> Self {
        let role = Role::Owner;
        Self {
            tenant,
            principal: Principal::Hub { part: part.to_owned() },
            role,
            permissions: role.permissions(),
            verified_at: None,
        }
    }

    /// The same actor, who showed then that it is them.
    #[must_use]
    pub fn verified(self, at: DateTime<Utc>) -> Self {
        Self { verified_at: Some(at), ..self }
    }

    /// The same, without having shown lately who they are.
    #[must_use]
    pub fn unverified(self) -> Self {
        Self { verified_at: None, ..self }
    }

    /// When the person last showed that it is them.
    pub fn verified_at(&self) -> Option<DateTime<Utc>> {
        self.verified_at
    }

    /// The permission check that opens every use case.
    ///
    /// # Errors
    /// Forbidden, naming the permission, when the actor does not hold it.
    pub fn require(&self, permission: Permission) -> Result<Scope> {
        if self.may(permission) {
            return Ok(Scope { tenant: self.tenant });
        }
        Err(Error::forbidden(format!(
            "This needs the permission {permission}; the role {} or the key's scopes do not include it.",
            self.role
        )))
    }

    /// Whether [`Actor::require`] would succeed, for pages that hide what can't be done.
    pub fn may(&self, permission: Permission) -> bool {
        self.permissions.contains(&permission)
    }

    /// The tenant whose rows this actor reaches.
    pub fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// Who it is.
    pub fn principal(&self) -> &Principal {
        &self.principal
    }

    /// The role behind the permissions.
    pub fn role(&self) -> Role {
        self.role
    }

    /// What it may do.
    pub fn permissions(&self) -> &BTreeSet<Permission> {
        &self.permissions
    }

    /// The person, where it is one.
    pub fn user_id(&self) -> Option<UserId> {
        match self.principal {
            Principal::User { id, .. } => Some(id),
            Principal::Key { .. } | Principal::Token { .. } | Principal::Hub { .. } => None,
        }
    }

    /// A short stable name for audit entries and `created_by` columns.
    pub fn label(&self) -> String {
        match &self.principal {
            Principal::User { email, .. } => email.clone(),
            Principal::Key { name, .. } => format!("key {name}"),
            Principal::Token { name, .. } => format!("token {name}"),
            Principal::Hub { part } => format!("hub {part}"),
        }
    }
}

/// The right to reach one tenant's rows. Only this module makes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scope {
    tenant: TenantId,
}

impl Scope {
    /// The tenant.
    pub fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// The tenant that was just found by a credential or that a leased job belongs to.
    #[cfg(feature = "backend")]
    pub(crate) fn of_tenant(tenant: TenantId) -> Self {
        Self { tenant }
    }
}
