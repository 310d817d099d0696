//! What the page of a scorecard shows.

use super::super::trend::TrendView;
use crate::{
    moment::Moment,
    sharing::SharingView,
    systems::view::{Judged, Named},
};
use hub::{ids::EnvironmentId, lab::Scorecard, systems::System};
use serde::{Deserialize, Serialize};

/// What the address of a scorecard's page asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CardQuery {
    /// The version; the newest when left out.
    pub version: Option<String>,
    /// The environment; any when left out.
    pub environment: Option<String>,
    /// The curves that the scores are seen by besides their own.
    pub curves: Option<String>,
    /// What the trend shows; the overall score when left out.
    pub metric: Option<String>,
    /// The trend before this scorecard; up to the newest when left out.
    pub before: Option<String>,
    /// The share links after this one.
    pub shares: Option<String>,
}

/// A system's scorecard, or that there is none yet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScorecardView {
    /// The system.
    pub system: System,
    /// Its scorecard.
    pub card: Option<CardView>,
    /// The reader may start benchmarks.
    pub may_run: bool,
}

/// A scorecard with what stands beside it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CardView {
    /// The scorecard.
    pub card: Scorecard,
    /// The environment.
    pub environment: Named,
    /// Its id.
    pub environment_id: Option<EnvironmentId>,
    /// Load may go there.
    pub verified: bool,
    /// When it was made.
    pub measured: Moment,
    /// Until when the files of its benchmark are there, or since when they are not.
    pub files: String,
    /// The last judgement of the version there.
    pub judged: Option<Judged>,
    /// The scorecard of the version before, in the same environment.
    pub baseline: Option<Baseline>,
    /// The other environments that have a scorecard: name and address.
    pub environments: Vec<(String, String)>,
    /// The other versions in this environment: name and address.
    pub versions: Vec<(String, String)>,
    /// The other versions of the curves: name and address.
    pub curves: Vec<(String, String)>,
    /// The same measurement by other curves, if the address asks for it.
    pub rescored: Option<Scorecard>,
    /// One measure over the scorecards of this environment.
    pub trend: TrendView,
    /// The scores of the dimensions, drawn.
    pub radar: Option<String>,
    /// The links that show scorecards of the system.
    pub sharing: SharingView,
}

/// What a scorecard is compared with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Baseline {
    /// The scorecard of the version before.
    pub card: Scorecard,
    /// Its page.
    pub href: String,
}
