//! The lab: benchmarks of environments and teardowns, and the scorecards that they make.

mod browser;
#[cfg(feature = "backend")]
mod climb;
mod compare;
mod cost;
#[cfg(feature = "backend")]
mod export;
mod import;
mod interaction;
#[cfg(feature = "backend")]
mod job;
mod load;
#[cfg(feature = "backend")]
mod measure;
mod metrics;
mod mix;
mod model;
#[cfg(feature = "backend")]
mod ordeal;
mod request;
mod resilience;
#[cfg(feature = "backend")]
mod retention;
mod rules;
mod scalability;
#[cfg(feature = "backend")]
mod scheduled;
mod security;
#[cfg(feature = "backend")]
mod service;
#[cfg(feature = "backend")]
mod store;
mod stress;
#[cfg(feature = "backend")]
mod summary;
#[cfg(test)]
mod tests;
mod trend;
#[cfg(feature = "backend")]
mod turns;
#[cfg(feature = "backend")]
mod visit;
mod waterfall;

pub use browser::{
    AccessibilityView, AxeRule, BrowserSummary, DEVICES, PageAudit, PrivacyView, SCORED_DEVICE, ThirdParty,
    TrackerView, UnaskedCookieView,
};
#[cfg(feature = "backend")]
pub use compare::compare_cards;
pub use compare::{
    ComparedSide, Comparison, ComparisonQuery, Effect, Measured, MetricComparison, MetricVerdict, Repetitions,
};
pub use cost::{Capacity, CapacityBy, CostSummary};
pub use import::{Import, ImportedFile, NewImport, NewImportFile};
pub use interaction::{InteractionRequest, read_interactions};
#[cfg(feature = "backend")]
pub use job::BenchmarkHandler;
pub use load::{HostSummary, LatencyPair, LoadSummary, Percentiles, RequestSummary, Second};
#[cfg(feature = "backend")]
pub use measure::{Measurement, Side, measure, measure_in_turns, plan_for};
pub use metrics::{METRICS, MetricInfo, Metrics, metric_info};
pub use mix::{MixLine, read_mix};
pub use model::{Artifact, Benchmark, BenchmarkState, DimensionRow, FilesRemoved, RunPhase, RunProgress, Scorecard};
pub use request::{
    BaselineRequest, BenchmarkQuery, BenchmarkRequest, CurvesQuery, LoadModel, RequestLine, ScorecardQuery,
};
pub use resilience::{BurstPart, BurstSummary, ResilienceSummary, RudeBehaviour, RudeKind, RudeSummary, ServedSummary};
pub use rules::{Card, Seen, availability_pct, card, error_rate_pct};
pub use scalability::{Estimate, Law, Operating, PeakUsers, ScalabilitySummary, StepSummary};
pub use security::{ComplianceCheck, FindingView, ObservatoryTest, ObservatoryView, SecuritySummary, Unmeasured};
#[cfg(feature = "backend")]
pub use service::Lab;
pub use stress::{BurstRequest, StepsRequest};
pub use trend::{Measure, MeasuredPoint, trend};
pub use waterfall::{PageEvent, PageEventKind, PageRequest, RequestPhases, WATERFALL_MAX, Waterfall};
