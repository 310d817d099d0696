//! What the page of usage shows.

use crate::moment::Moment;
use hub::tenants::{
    Tier,
    quotas::{QuotaKind, QuotaUse, UsageDay},
};
use serde::{Deserialize, Serialize};

/// What the organisation uses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageView {
    /// Its tier.
    pub tier: Tier,
    /// Whether some quotas are others than the tier's.
    pub agreed: bool,
    /// Each quota.
    pub quotas: Vec<QuotaLine>,
    /// Days for which files of benchmarks are kept; none for ever.
    pub retention_days: Option<u32>,
    /// Every day, the newest first.
    pub days: Vec<UsageDay>,
    /// Runs by day, and API calls by day; none where there were none.
    pub drawn: Vec<(String, String)>,
    /// Where the days are as a table.
    pub csv: String,
    /// 92 days are shown, and not 30.
    pub long: bool,
}

/// A quota with what is used of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuotaLine {
    /// The quota.
    pub quota: QuotaUse,
    /// When it begins anew.
    pub resets: Option<Moment>,
}

/// What happens where a quota is used up.
pub fn when_full(kind: QuotaKind) -> &'static str {
    match kind {
        QuotaKind::Systems => "No further system can be registered; those that are there go on.",
        QuotaKind::Members => {
            "Nobody can be added, invited or reactivated. Waiting invitations count, deactivated members don't."
        }
        QuotaKind::Runs => {
            "No benchmark or validation starts until midnight UTC; schedules say so in their runs. What runs goes on."
        }
        QuotaKind::Storage => {
            "No benchmark starts, and no file, evidence pack or shared asset is added. What is being measured is kept."
        }
        QuotaKind::ApiCalls => {
            "Requests with a key or a token are refused with 429 until midnight UTC. These pages work on."
        }
    }
}
