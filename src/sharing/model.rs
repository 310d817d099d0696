//! Share links and what they show, with their parsing.

use crate::{
    Result,
    error::Faults,
    gates::Verdict,
    ids::{EnvironmentId, ShareId, SystemId},
    lab::{Metrics, Scorecard},
    text,
};
use chrono::{DateTime, Utc};
use sbh_stats::{Contribution, Dimension};
use serde::{Deserialize, Serialize};

/// Longest life of a link that ends, in days.
const LINK_MAX_DAYS: u32 = 730;

/// Where a link leads, below the hub's address.
#[must_use]
pub fn shared_path(token: &str) -> String {
    format!("/shared/{token}")
}

/// The badge behind a link, below the hub's address.
#[must_use]
pub fn shared_badge_path(token: &str) -> String {
    format!("/shared/{token}/badge.svg")
}

/// A link to be made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema), schema(example = json!({
    "name": "Readme", "version": "1.0.0", "expires_in_days": 90
})))]
#[serde(deny_unknown_fields)]
pub struct NewShare {
    /// What it is for, 1 to 80 characters; only members see it.
    #[cfg_attr(feature = "backend", schema(min_length = 1, max_length = 80))]
    pub name: String,
    /// The version that it shows; whatever was measured last when left out.
    #[serde(default)]
    #[cfg_attr(feature = "backend", schema(min_length = 1, max_length = 100))]
    pub version: Option<String>,
    /// Where that was measured; any environment when left out.
    #[serde(default)]
    pub environment_id: Option<EnvironmentId>,
    /// Days until it ends, 1 to 730; it never ends when left out.
    #[serde(default)]
    #[cfg_attr(feature = "backend", schema(minimum = 1, maximum = 730))]
    pub expires_in_days: Option<u32>,
}

impl NewShare {
    /// Checks and trims.
    ///
    /// # Errors
    /// Invalid, with a pointer per wrong field.
    pub fn parse(self) -> Result<Self> {
        let mut faults = Faults::default();
        let name = faults.keep(text::line("/name", "Name", &self.name, 80));
        let version = self.version.as_ref().and_then(|version| faults.keep(text::version("/version", version)));
        if self.expires_in_days.is_some_and(|days| !(1..=LINK_MAX_DAYS).contains(&days)) {
            faults.add("/expires_in_days", format!("Expiry must be 1 to {LINK_MAX_DAYS} days."));
        }
        faults.finish()?;
        Ok(Self { name: name.unwrap_or_default(), version, ..self })
    }
}

/// A link as members list it; its token is not kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct Share {
    /// The link.
    pub id: ShareId,
    /// The system whose scorecard it shows.
    pub system_id: SystemId,
    /// What it is for.
    pub name: String,
    /// The version that it shows; absent for whatever was measured last.
    pub version: Option<String>,
    /// Where that was measured; absent for any environment.
    pub environment_id: Option<EnvironmentId>,
    /// Who made it.
    pub created_by: String,
    /// When.
    pub created_at: DateTime<Utc>,
    /// When it ends by itself.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
}

impl Share {
    /// Whether it shows anything at this moment.
    #[must_use]
    pub fn is_live(&self, now: DateTime<Utc>) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| end > now)
    }
}

/// A link that was just made, with its token.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct CreatedShare {
    /// The link.
    #[serde(flatten)]
    pub share: Share,
    /// 64 hexadecimal digits; shown this once.
    pub token: String,
    /// The page, below the hub's address.
    pub path: String,
    /// The badge, below the hub's address.
    pub badge_path: String,
}

impl std::fmt::Debug for CreatedShare {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CreatedShare").field("share", &self.share).finish_non_exhaustive()
    }
}

/// What somebody sees who holds a link.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SharedScorecard {
    /// The system's name.
    pub system: String,
    /// The stage where it was measured: `preview`, `staging` or `production`.
    pub stage: Option<String>,
    /// The scorecard; none while nothing was measured.
    pub card: Option<SharedCard>,
}

/// A scorecard without what names the measurement or the machine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SharedCard {
    /// The version.
    pub version: String,
    /// Overall score, 0 to 100.
    pub score: Option<f64>,
    /// Overall grade.
    pub grade: Option<String>,
    /// The curves that made it.
    pub curve_version: String,
    /// All eight dimensions.
    pub dimensions: Vec<SharedDimension>,
    /// Every measured metric.
    pub metrics: Metrics,
    /// When it was measured.
    pub measured_at: DateTime<Utc>,
    /// The last verdict on the version in its environment, if it was validated.
    pub verdict: Option<Verdict>,
}

/// A dimension. Why one was not measured is left out: the reason may quote an address.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SharedDimension {
    /// The dimension.
    pub dimension: Dimension,
    /// Score, 0 to 100; none where it was not measured.
    pub score: Option<f64>,
    /// Grade.
    pub grade: Option<String>,
    /// Its share of the overall score.
    pub weight: f64,
    /// Points that it adds to the overall score.
    pub points: Option<f64>,
    /// What the score is made of.
    pub contributions: Vec<Contribution>,
}

impl SharedCard {
    /// What may leave the organisation of a scorecard.
    #[must_use]
    pub fn of(card: Scorecard, verdict: Option<Verdict>) -> Self {
        let dimension = |row: crate::lab::DimensionRow| SharedDimension {
            dimension: row.dimension,
            score: row.score,
            grade: row.grade,
            weight: row.weight,
            points: row.points,
            contributions: row.contributions,
        };
        Self {
            version: card.version,
            score: card.score,
            grade: card.grade,
            curve_version: card.curve_version,
            dimensions: card.dimensions.into_iter().map(dimension).collect(),
            metrics: card.metrics,
            measured_at: card.created_at,
            verdict,
        }
    }
}

/// What a badge tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum BadgeShows {
    /// The overall grade with its score.
    #[default]
    Grade,
    /// The overall score of 100.
    Score,
    /// The last verdict of the gates on the version.
    Verdict,
}

/// Which badge of a system is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
#[serde(default, deny_unknown_fields)]
pub struct BadgeQuery {
    /// The version; whatever was measured last when left out.
    pub version: Option<String>,
    /// Where it was measured; any environment when left out.
    pub environment_id: Option<EnvironmentId>,
    /// What it tells: `grade` (when left out), `score` or `verdict`.
    #[cfg_attr(feature = "backend", param(inline))]
    pub show: BadgeShows,
}

/// Which badge of a link is wanted. The link names the version.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
#[serde(default, deny_unknown_fields)]
pub struct SharedBadgeQuery {
    /// What it tells: `grade` (when left out), `score` or `verdict`.
    #[cfg_attr(feature = "backend", param(inline))]
    pub show: BadgeShows,
}
