//! The lab: benchmarks of environments and teardowns, and the scorecards that they make.

mod browser;
#[cfg(feature = "backend")]
mod job;
#[cfg(feature = "backend")]
mod measure;
mod metrics;
mod model;
mod rules;
#[cfg(feature = "backend")]
mod service;
#[cfg(feature = "backend")]
mod store;
#[cfg(test)]
mod tests;
#[cfg(feature = "backend")]
mod visit;

pub use browser::{AccessibilityView, AxeRule, BrowserSummary, DEVICES, PageAudit, SCORED_DEVICE, ThirdParty};
#[cfg(feature = "backend")]
pub use job::BenchmarkHandler;
#[cfg(feature = "backend")]
pub use measure::{Measurement, measure, plan_for};
pub use metrics::{METRICS, MetricInfo, Metrics, metric_info};
pub use model::{
    Artifact, Benchmark, BenchmarkQuery, BenchmarkRequest, BenchmarkState, DimensionRow, FindingView, LatencyPair,
    LoadModel, LoadSummary, ObservatoryTest, ObservatoryView, Percentiles, RequestLine, RequestSummary, RunPhase,
    RunProgress, Scorecard, ScorecardQuery, Second, SecuritySummary, Unmeasured,
};
pub use rules::{Card, availability_pct, card, error_rate_pct};
#[cfg(feature = "backend")]
pub use service::Lab;
