//! A type for every id. Ids are UUIDs of version 7 (RFC 9562): they sort by the time of their making, so that a list
//! can be paged by its id alone.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident, $what:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        #[cfg_attr(feature = "backend", derive(utoipa::ToSchema), schema(value_type = uuid::Uuid))]
        pub struct $name(Uuid);

        impl $name {
            /// What the id names, for messages.
            pub const WHAT: &'static str = $what;

            /// A new id that sorts after every id made before it in this process.
            #[cfg(feature = "backend")]
            pub fn generate() -> Self {
                Self(Uuid::now_v7())
            }

            /// The UUID behind the id.
            pub fn uuid(self) -> Uuid {
                self.0
            }

            /// Reads an id that somebody typed; what is no id names nothing.
            pub fn parse(text: &str) -> crate::Result<Self> {
                text.parse().map_err(|_| crate::Error::not_found($what))
            }
        }

        impl From<Uuid> for $name {
            fn from(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

ids! {
    /// An organisation; owns everything below it.
    TenantId, "tenant";
    /// A person with an account.
    UserId, "user";
    /// A group of a directory.
    GroupId, "group";
    /// An API key.
    KeyId, "key";
    /// A browser session, as it is listed and ended; not the secret in the cookie.
    SessionId, "session";
    /// A second factor of somebody's sign-in.
    FactorId, "second factor";
    /// A browser that a second factor is not asked from for a while.
    DeviceId, "remembered device";
    /// An identity provider of a tenant.
    ProviderId, "identity provider";
    /// What a provider knows an account by.
    IdentityId, "connected account";
    /// An invitation to a tenant.
    InvitationId, "invitation";
    /// What is to be released.
    SystemId, "system";
    /// A place where a version of a system runs.
    EnvironmentId, "environment";
    /// A competitor or reference product.
    TeardownId, "teardown";
    /// A system or a teardown, where either may stand.
    SubjectId, "system or teardown";
    /// One measurement of one environment at one version.
    BenchmarkId, "benchmark";
    /// The scores of one benchmark.
    ScorecardId, "scorecard";
    /// A link that shows a scorecard.
    ShareId, "share link";
    /// A file that a benchmark left.
    ArtifactId, "artifact";
    /// A critical user journey.
    GoldenPathId, "golden path";
    /// Thresholds that a version must meet.
    PolicyId, "policy";
    /// One validation of all gates.
    ValidationId, "validation";
    /// A signed bundle of records.
    EvidenceId, "evidence pack";
    /// A benchmark or a validation at stated times.
    ScheduleId, "schedule";
    /// What came of one due time of a schedule.
    ScheduledRunId, "scheduled run";
    /// One line in a member's inbox.
    NotificationId, "notification";
    /// A team's space in a tenant.
    WorkspaceId, "workspace";
    /// A line of a workspace's activity feed.
    ActivityId, "activity";
    /// Something that a workspace shares: a golden path, a policy, a document.
    AssetId, "shared asset";
    /// A version of an asset that waits for a review, or had one.
    ProposalId, "proposal";
    /// A system's use of an asset.
    AssetUseId, "use of an asset";
    /// A request for somebody's data or for their erasure.
    PrivacyRequestId, "privacy request";
    /// One record of the register of processing.
    ProcessingActivityId, "processing activity";
    /// One decision of somebody about a purpose.
    ConsentId, "consent";
    /// A unit of durable work.
    JobId, "job";
    /// Something that happened.
    EventId, "event";
}

impl From<SystemId> for SubjectId {
    fn from(system: SystemId) -> Self {
        Self(system.0)
    }
}

impl From<TeardownId> for SubjectId {
    fn from(teardown: TeardownId) -> Self {
        Self(teardown.0)
    }
}
