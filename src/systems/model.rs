//! Systems, environments and teardowns, with their parsing.

use crate::{
    Error, Result,
    error::Faults,
    ids::{EnvironmentId, SystemId, TeardownId},
    text,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use url::Url;

/// Longest address, in bytes, as it was typed and as it is kept.
const ADDRESS_MAX: usize = 2_000;

/// What is to be released.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct System {
    /// The system.
    pub id: SystemId,
    /// Its name, unique in the tenant.
    pub name: String,
    /// What it is.
    pub description: String,
    /// When it was registered.
    pub created_at: DateTime<Utc>,
}

/// A system with its environments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct SystemDetail {
    /// The system.
    #[serde(flatten)]
    pub system: System,
    /// Its environments, in the order of their making.
    pub environments: Vec<Environment>,
}

/// Which stage an environment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub enum EnvironmentKind {
    /// One change, before it is merged.
    Preview,
    /// What is about to be released.
    Staging,
    /// What users have.
    Production,
}

impl EnvironmentKind {
    /// All stages.
    pub const ALL: [Self; 3] = [Self::Preview, Self::Staging, Self::Production];

    /// The text that forms and columns use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Preview => "preview",
            Self::Staging => "staging",
            Self::Production => "production",
        }
    }

    /// Reads what a form sent.
    ///
    /// # Errors
    /// Invalid, naming `/kind`.
    pub fn parse(text: &str) -> Result<Self> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| Error::invalid("/kind", "Kind must be preview, staging or production."))
    }
}

/// A place where a version of a system runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct Environment {
    /// The environment.
    pub id: EnvironmentId,
    /// Its system.
    pub system_id: SystemId,
    /// Which stage it is.
    pub kind: EnvironmentKind,
    /// Its name, unique in the system.
    pub name: String,
    /// Where it answers.
    #[cfg_attr(feature = "backend", schema(value_type = String))]
    pub base_url: Url,
    /// Whether load may go there.
    pub ownership: Ownership,
    /// What proves the ownership when it is served or published there.
    pub verification_token: String,
    /// An admin's allow for a private address, if there is one.
    pub private_allowed: Option<PrivateAllowed>,
    /// When it was registered.
    pub created_at: DateTime<Utc>,
}

/// Whether somebody showed that an environment is theirs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub enum Ownership {
    /// Nobody yet: passive probes and at most one request a second.
    Unverified,
    /// Shown.
    Verified {
        /// How.
        method: OwnershipMethod,
        /// When.
        at: DateTime<Utc>,
    },
}

impl Ownership {
    /// Whether load may go there.
    pub fn is_verified(&self) -> bool {
        matches!(self, Self::Verified { .. })
    }
}

/// How an ownership was shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub enum OwnershipMethod {
    /// The token is at `/.well-known/sbh-verification.txt`.
    WellKnown,
    /// The token is in a TXT record at `_sbh-verification.HOST`.
    DnsTxt,
    /// An admin vouched for a private or loopback address.
    AdminAllow,
}

impl OwnershipMethod {
    /// The text that forms and columns use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::WellKnown => "well_known",
            Self::DnsTxt => "dns_txt",
            Self::AdminAllow => "admin_allow",
        }
    }

    /// Reads what a form or a column holds.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::WellKnown, Self::DnsTxt, Self::AdminAllow].into_iter().find(|method| method.as_str() == text)
    }
}

/// Who allowed a private address, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct PrivateAllowed {
    /// Who.
    pub by: String,
    /// Why.
    pub reason: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// A competitor or reference product. It is never ours, so it gets passive checks alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct Teardown {
    /// The teardown.
    pub id: TeardownId,
    /// What the product is called.
    pub target_name: String,
    /// Its domain.
    pub domain: String,
    /// What is known about it.
    pub notes: String,
    /// What its users want done.
    pub jobs_to_be_done: Vec<String>,
    /// When it was registered.
    pub created_at: DateTime<Utc>,
}

/// What somebody typed to register a system.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewSystem {
    /// 1 to 100 characters, unique in the tenant.
    #[cfg_attr(
        feature = "backend",
        schema(
            min_length = 1,
            max_length = 100,
            pattern = r"^[^\x00-\x1F\x7F-\x9F]*[^\s\x00-\x1F\x7F-\x9F][^\x00-\x1F\x7F-\x9F]*$"
        )
    )]
    pub name: String,
    /// Up to 2,000 characters.
    #[serde(default)]
    #[cfg_attr(
        feature = "backend",
        schema(max_length = 2_000, pattern = r"^[^\x00-\x08\x0B\x0C\x0E-\x1F\x7F-\x9F]*$")
    )]
    pub description: String,
}

impl NewSystem {
    /// Checks and trims.
    pub fn parse(self) -> Result<Self> {
        let mut faults = Faults::default();
        let name = faults.keep(text::line("/name", "Name", &self.name, 100));
        let description = faults.keep(text::block("/description", "Description", &self.description, 2_000));
        faults.finish()?;
        Ok(Self { name: name.unwrap_or_default(), description: description.unwrap_or_default() })
    }
}

/// What somebody typed to register an environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewEnvironment {
    /// Which stage it is.
    pub kind: EnvironmentKind,
    /// 1 to 60 characters, unique in the system; the kind when left out.
    #[serde(default)]
    #[cfg_attr(feature = "backend", schema(max_length = 60))]
    pub name: String,
    /// `http` or `https` with a host, without user, query and fragment.
    #[cfg_attr(feature = "backend", schema(format = "uri", max_length = 2_000))]
    pub base_url: String,
}

impl NewEnvironment {
    /// Checks, and gives name and address.
    pub fn parse(&self) -> Result<(String, Url)> {
        let mut faults = Faults::default();
        let name = if self.name.trim().is_empty() { self.kind.as_str() } else { &self.name };
        let name = faults.keep(text::line("/name", "Name", name, 60));
        let base_url = faults.keep(parse_base_url("/base_url", &self.base_url));
        faults.finish()?;
        name.zip(base_url).ok_or_else(|| Error::internal("fields without faults have values"))
    }
}

/// Reads where an environment answers.
///
/// # Errors
/// Invalid, naming `pointer` and what is allowed.
pub fn parse_base_url(pointer: &str, typed: &str) -> Result<Url> {
    let wrong = |message: &str| Error::invalid(pointer, message);
    if typed.len() > ADDRESS_MAX {
        return Err(wrong("Base URL must have at most 2,000 characters."));
    }
    let url: Url =
        typed.trim().parse().map_err(|_| wrong("Base URL must be an address such as https://staging.example.com."))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(wrong("Base URL must begin with http:// or https://."));
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Err(wrong("Base URL must name a host."));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("Base URL must not contain a user or a password."));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(wrong("Base URL must not have a query or a fragment."));
    }
    if url.as_str().len() > ADDRESS_MAX {
        return Err(wrong("Base URL must have at most 2,000 characters."));
    }
    Ok(url)
}

/// How somebody wants to show an ownership.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct VerifyOwnership {
    /// `well_known` or `dns_txt`.
    #[cfg_attr(feature = "backend", schema(value_type = String, pattern = "^(well_known|dns_txt)$"))]
    pub method: OwnershipMethod,
}

/// An admin's allow for a private or loopback address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AllowPrivate {
    /// Why, 1 to 500 characters; kept in the audit log.
    #[cfg_attr(
        feature = "backend",
        schema(
            min_length = 1,
            max_length = 500,
            pattern = r"^[^\x00-\x1F\x7F-\x9F]*[^\s\x00-\x1F\x7F-\x9F][^\x00-\x1F\x7F-\x9F]*$"
        )
    )]
    pub reason: String,
}

/// What somebody typed to register a teardown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewTeardown {
    /// 1 to 100 characters.
    #[cfg_attr(feature = "backend", schema(min_length = 1, max_length = 100))]
    pub target_name: String,
    /// A host name, with or without `https://`.
    #[cfg_attr(feature = "backend", schema(min_length = 1, max_length = 2_000))]
    pub domain: String,
    /// Up to 5,000 characters.
    #[serde(default)]
    #[cfg_attr(feature = "backend", schema(max_length = 5_000))]
    pub notes: String,
    /// Up to 50 of 1 to 300 characters.
    #[serde(default)]
    #[cfg_attr(feature = "backend", schema(max_items = 50))]
    pub jobs_to_be_done: Vec<String>,
}

impl NewTeardown {
    /// Checks and trims; the domain becomes an address.
    pub fn parse(self) -> Result<(Self, Url)> {
        let mut faults = Faults::default();
        let target_name = faults.keep(text::line("/target_name", "Target name", &self.target_name, 100));
        let notes = faults.keep(text::block("/notes", "Notes", &self.notes, 5_000));
        let address =
            if self.domain.contains("://") { self.domain.clone() } else { format!("https://{}", self.domain.trim()) };
        let url = faults.keep(parse_base_url("/domain", &address));
        if self.jobs_to_be_done.len() > 50 {
            faults.add("/jobs_to_be_done", "There may be at most 50 jobs.");
        }
        let job =
            |(at, job): (usize, &String)| faults.keep(text::line(&format!("/jobs_to_be_done/{at}"), "Job", job, 300));
        let jobs_to_be_done = self.jobs_to_be_done.iter().enumerate().filter_map(job).collect();
        faults.finish()?;
        let url = url.ok_or_else(|| Error::internal("fields without faults have values"))?;
        let (target_name, notes) = (target_name.unwrap_or_default(), notes.unwrap_or_default());
        Ok((Self { target_name, domain: url.to_string(), notes, jobs_to_be_done }, url))
    }
}
