use crate::{Error, Result};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, fmt, str::FromStr};

macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $at_least:ident;)*) => {
        /// One thing that somebody may do; also the scope of an API key.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Permission {$(
            $(#[$doc])*
            #[serde(rename = $text)]
            $name,
        )*}

        impl Permission {
            /// All permissions, in the order of the capabilities.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The text that keys and messages use.
            pub fn as_str(self) -> &'static str {
                match self {$(Self::$name => $text,)*}
            }

            fn held_by(self) -> Holders {
                match self {$(Self::$name => Holders::$at_least,)*}
            }
        }
    };
}

/// Which tenant roles hold a permission.
#[derive(Clone, Copy)]
enum Holders {
    /// Every role.
    Everyone,
    /// Those who build: member, admin, owner.
    Builders,
    /// Those who answer for the tenant, and those who check it: auditor, admin, owner.
    Overseers,
    /// Admin and owner.
    Admins,
    /// The owner alone.
    Owner,
}

permissions! {
    /// Sees systems, environments and teardowns.
    SystemsRead = "systems:read", Everyone;
    /// Registers and changes systems, environments and teardowns, and proves their ownership.
    SystemsWrite = "systems:write", Builders;
    /// Allows a private or loopback address for an environment.
    SystemsAllowPrivate = "systems:allow-private", Admins;
    /// Sees benchmarks, scorecards and their artifacts.
    LabRead = "lab:read", Everyone;
    /// Starts and cancels benchmarks.
    LabRun = "lab:run", Builders;
    /// Makes and revokes links that show a scorecard to anybody who has them.
    LabShare = "lab:share", Builders;
    /// Sees golden paths, policies and validations.
    GatesRead = "gates:read", Everyone;
    /// Writes golden paths and policies.
    GatesWrite = "gates:write", Builders;
    /// Runs validations and journeys.
    GatesValidate = "gates:validate", Builders;
    /// Lists and downloads evidence packs.
    EvidenceRead = "evidence:read", Everyone;
    /// Makes evidence packs; auditors too, for packs are what they come for.
    EvidenceCreate = "evidence:create", Everyone;
    /// Reads the audit log and its proofs.
    AuditRead = "audit:read", Overseers;
    /// Sees schedules and what came of them.
    SchedulesRead = "schedules:read", Everyone;
    /// Writes schedules; what they start needs its own permission beside this one.
    SchedulesWrite = "schedules:write", Builders;
    /// Reads own notifications and chooses which come.
    NotificationsRead = "notifications:read", Everyone;
    /// Sees the workspaces that one is in; what else, a role in the workspace says.
    WorkspacesRead = "workspaces:read", Everyone;
    /// Makes workspaces, and changes those whose role allows it.
    WorkspacesWrite = "workspaces:write", Builders;
    /// Sees the shared assets of the workspaces that one is in.
    LibraryRead = "library:read", Everyone;
    /// Shares, changes and forks assets where the role in the workspace allows it.
    LibraryWrite = "library:write", Builders;
    /// Approves and rejects proposed versions where the role in the workspace allows it; never one's own.
    LibraryReview = "library:review", Builders;
    /// Makes, lists and ends own API keys and sessions.
    AccountManage = "account:manage", Everyone;
    /// Sees who is in the tenant.
    MembersRead = "members:read", Everyone;
    /// Adds and invites members, changes their roles, ends their membership, and says how they sign in.
    MembersManage = "members:manage", Admins;
    /// Makes, changes and ends members and groups as a directory does, over SCIM.
    ScimManage = "scim:manage", Admins;
    /// Sees privacy requests, consents, the register of processing, and what would be removed as too old.
    PrivacyRead = "privacy:read", Overseers;
    /// Asks for members' data and erasure, writes purposes of consent and the register of processing.
    PrivacyManage = "privacy:manage", Admins;
    /// Sees what the tenant uses, and how much of it its tier allows.
    UsageRead = "usage:read", Overseers;
    /// Hands the tenant over, and has it removed.
    TenantOwn = "tenant:own", Owner;
    /// Makes organisations, says what they may use, suspends and removes them; only in the organisation that runs the hub.
    HubOperate = "hub:operate", Owner;
}

/// Written by hand: the derive does not see texts that a macro hands on, and would describe the variants' names.
#[cfg(feature = "backend")]
impl utoipa::PartialSchema for Permission {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::Type::String)
            .enum_values(Some(Self::ALL.iter().map(|permission| permission.as_str())))
            .description(Some("One thing that somebody may do; also the scope of an API key."))
            .into()
    }
}

#[cfg(feature = "backend")]
impl utoipa::ToSchema for Permission {}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Permission {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::ALL.iter().copied().find(|permission| permission.as_str() == text).ok_or_else(|| {
            let known: Vec<_> = Self::ALL.iter().map(|permission| permission.as_str()).collect();
            Error::invalid("/scopes", format!("{text:?} is no scope; allowed are {}.", known.join(", ")))
        })
    }
}

/// A role in a tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub enum Role {
    /// Builds: systems, benchmarks, gates, evidence.
    Member,
    /// Reads and downloads; changes nothing but makes evidence packs.
    Auditor,
    /// Everything a member may, and what is risky.
    Admin,
    /// Everything.
    Owner,
}

impl Role {
    /// All roles, from the least to the most.
    pub const ALL: [Self; 4] = [Self::Member, Self::Auditor, Self::Admin, Self::Owner];

    /// The text that forms and columns use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Auditor => "auditor",
            Self::Admin => "admin",
            Self::Owner => "owner",
        }
    }

    /// Of several roles, the one that may most.
    pub fn widest(roles: impl IntoIterator<Item = Self>) -> Option<Self> {
        roles.into_iter().max_by_key(|role| role.permissions().len())
    }

    /// What the role may do.
    pub fn permissions(self) -> BTreeSet<Permission> {
        Permission::ALL.iter().copied().filter(|permission| self.holds(permission.held_by())).collect()
    }

    fn holds(self, holders: Holders) -> bool {
        match holders {
            Holders::Everyone => true,
            Holders::Builders => self != Self::Auditor,
            Holders::Overseers => self != Self::Member,
            Holders::Admins => matches!(self, Self::Admin | Self::Owner),
            Holders::Owner => self == Self::Owner,
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text).ok_or_else(|| {
            Error::invalid("/role", format!("{text:?} is no role; allowed are member, auditor, admin, owner."))
        })
    }
}
