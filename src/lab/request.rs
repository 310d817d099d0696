//! What the lab is asked for: benchmarks to be run, and results to be read.

use super::{
    interaction::{self, InteractionRequest},
    stress::{BurstRequest, StepsRequest},
};
use crate::{
    Result,
    error::Faults,
    ids::{EnvironmentId, SystemId, TeardownId},
    page::PageRequest,
    text,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Most arrivals a second that a benchmark may ask for.
pub(super) const MAX_RATE: f64 = 50_000.0;
/// Longest warm-up, in seconds.
const MAX_WARM_UP_S: f64 = 60.0;
/// Most requests of a mix.
const MAX_MIX: usize = 50;
/// Most repetitions of a load.
const MAX_REPETITIONS: u32 = 100;
/// Shortest measured time of one repetition, in seconds.
const MIN_DURATION_S: f64 = 1.0;

/// A benchmark to be run: of an environment of a system, or of a teardown.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct BenchmarkRequest {
    /// The environment; its system follows from it.
    #[serde(default)]
    pub environment_id: Option<EnvironmentId>,
    /// The teardown, in place of an environment.
    #[serde(default)]
    pub teardown_id: Option<TeardownId>,
    /// What is deployed there now.
    #[cfg_attr(feature = "backend", schema(min_length = 1, max_length = 100))]
    pub version: String,
    /// Who decides when the next request is sent; an open model of 20 requests a second when left out.
    #[serde(default)]
    pub model: LoadModel,
    /// How long is measured, in seconds; 30 when left out. All repetitions together, those of a baseline included, never take more
    /// than BENCH_DURATION_S.
    #[serde(default)]
    #[cfg_attr(feature = "backend", schema(minimum = 1))]
    pub duration_s: Option<f64>,
    /// Load before the measurement, in seconds; 3 when left out.
    #[serde(default)]
    #[cfg_attr(feature = "backend", schema(minimum = 0, maximum = 60))]
    pub warm_up_s: Option<f64>,
    /// How often the load is repeated, warm-up included; once when left out. Each repetition gives one value of every
    /// metric of the load, which comparisons need: six to tell a load's metrics apart, twelve to see changes of ten percent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "backend", schema(minimum = 1, maximum = 100))]
    pub repetitions: Option<u32>,
    /// What the load is repeated in turns with, so that a drift of the machine falls on both; nothing when left out. Both
    /// get a benchmark and a scorecard, and both environments have to be verified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<BaselineRequest>,
    /// Load in steps after the measurement, to see how the target scales; none when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub steps: Option<StepsRequest>,
    /// A burst after the measurement, to see how the target recovers; none when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub burst: Option<BurstRequest>,
    /// Whether a few rude clients visit the target after the load: some leave before the answer, some send slowly, some
    /// read slowly. Others should still be served.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub rude: bool,
    /// What is requested; `GET` of the base URL when left out.
    #[serde(default)]
    #[cfg_attr(feature = "backend", schema(max_items = 50))]
    pub requests: Vec<RequestLine>,
    /// `auto`, `http1` or `http2`.
    #[serde(default)]
    pub http: Option<String>,
    /// The devices on which the page is opened in a browser, of those in BENCH_DEVICE_MATRIX: `desktop`, `tablet`,
    /// `mobile`. None when left out. It needs a verified environment.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "backend", schema(max_items = 3))]
    pub devices: Vec<String>,
    /// What a visitor does on each device after the page has loaded, one after the other: how soon the page shows that it
    /// took notice (Interaction to Next Paint). None when left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "backend", schema(max_items = 20))]
    pub interactions: Vec<InteractionRequest>,
}

/// What a benchmark is measured in turns with. It is measured as the benchmark is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct BaselineRequest {
    /// Another environment, of the same system or of another.
    pub environment_id: EnvironmentId,
    /// What is deployed there now.
    #[cfg_attr(feature = "backend", schema(min_length = 1, max_length = 100))]
    pub version: String,
}

/// Who decides when the next request is sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields, try_from = "WrittenModel")]
pub enum LoadModel {
    /// Arrivals by a schedule that the server can't delay.
    Open {
        /// Requests a second.
        rate: f64,
        /// Requests a second at the end, for a ramp.
        #[serde(default)]
        ramp_to: Option<f64>,
    },
    /// Virtual users, each of whom waits for the answer.
    Closed {
        /// How many, up to BENCH_MAX_VUS.
        vus: u32,
        /// Pause between an answer and the next request, in seconds.
        #[serde(default)]
        think_time_s: f64,
    },
}

/// A load model as JSON has it. It is read field by field, because an enum that is tagged from within reads no numbers
/// from text where a dependency switches on serde_json's `arbitrary_precision`, as Hurl does.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenModel {
    kind: ModelKind,
    rate: Option<f64>,
    ramp_to: Option<f64>,
    vus: Option<u32>,
    think_time_s: Option<f64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum ModelKind {
    Open,
    Closed,
}

impl TryFrom<WrittenModel> for LoadModel {
    type Error = &'static str;

    fn try_from(written: WrittenModel) -> Result<Self, &'static str> {
        match written {
            WrittenModel { kind: ModelKind::Open, rate: Some(rate), ramp_to, vus: None, think_time_s: None } => {
                Ok(Self::Open { rate, ramp_to })
            }
            WrittenModel { kind: ModelKind::Closed, vus: Some(vus), think_time_s, rate: None, ramp_to: None } => {
                Ok(Self::Closed { vus, think_time_s: think_time_s.unwrap_or_default() })
            }
            WrittenModel { kind: ModelKind::Open, .. } => Err("an open model has rate and, for a ramp, ramp_to"),
            WrittenModel { kind: ModelKind::Closed, .. } => {
                Err("a closed model has vus and, for a pause, think_time_s")
            }
        }
    }
}

impl Default for LoadModel {
    fn default() -> Self {
        Self::Open { rate: 20.0, ramp_to: None }
    }
}

/// One request of the mix.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RequestLine {
    /// The name under which it is reported; unique in the mix.
    pub name: String,
    /// `GET` when left out.
    #[serde(default)]
    pub method: Option<String>,
    /// Path and query, beginning with `/`.
    pub path: String,
    /// Header fields.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The body.
    #[serde(default)]
    pub body: Option<String>,
    /// Share of the mix; 1 when left out.
    #[serde(default)]
    pub weight: Option<u32>,
}

impl BenchmarkRequest {
    /// Measured seconds when nothing else is asked for.
    pub const DEFAULT_DURATION_S: f64 = 30.0;
    /// Seconds of warm-up when nothing else is asked for.
    pub const DEFAULT_WARM_UP_S: f64 = 3.0;

    /// Checks everything that needs no database; `max_vus` and `max_duration_s` come from the configuration.
    ///
    /// # Errors
    /// Invalid, naming each field and what is allowed.
    pub fn parse(mut self, max_vus: u32, max_duration_s: f64, devices: &[String]) -> Result<Self> {
        let mut faults = Faults::default();
        if self.environment_id.is_some() == self.teardown_id.is_some() {
            faults.add("/environment_id", "Name either an environment or a teardown.");
        }
        self.version = faults.keep(text::version("/version", &self.version)).unwrap_or_default();
        if let Some(baseline) = &mut self.baseline {
            baseline.version = faults.keep(text::version("/baseline/version", &baseline.version)).unwrap_or_default();
            if self.environment_id == Some(baseline.environment_id) {
                faults.add("/baseline/environment_id", "The baseline must be another environment.");
            }
        }
        self.check_times(&mut faults, max_duration_s);
        self.model.check(&mut faults, max_vus);
        if let Some(steps) = &mut self.steps {
            steps.check(&mut faults, max_vus, max_duration_s);
        }
        if let Some(burst) = &mut self.burst {
            burst.check(&mut faults, &self.model, max_duration_s);
        }
        self.check_mix(&mut faults);
        if self.http.as_deref().is_some_and(|http| !["auto", "http1", "http2"].contains(&http)) {
            faults.add("/http", "HTTP version must be auto, http1 or http2.");
        }
        self.check_devices(&mut faults, devices);
        interaction::check(&self.interactions, self.devices.len(), &mut faults);
        faults.finish()?;
        Ok(self)
    }

    fn check_times(&mut self, faults: &mut Faults, max_duration_s: f64) {
        let sides = if self.baseline.is_some() { 2 } else { 1 };
        let most = max_duration_s / f64::from(self.repeated().clamp(1, MAX_REPETITIONS) * sides);
        let duration = *self.duration_s.get_or_insert(Self::DEFAULT_DURATION_S.min(most));
        if !(1..=MAX_REPETITIONS).contains(&self.repeated()) {
            let asked = self.repeated();
            faults.add("/repetitions", format!("Repetitions must be 1 to {MAX_REPETITIONS}; you sent {asked}."));
        } else if most < MIN_DURATION_S {
            let allowed = format!("Repetitions of {MIN_DURATION_S} s may take {max_duration_s} s together at most.");
            faults.add("/repetitions", allowed);
        } else if !(MIN_DURATION_S..=most).contains(&duration) {
            let of_each = match (self.repeated(), sides) {
                (1, 1) => "",
                (_, 1) => " of each repetition",
                _ => " of each repetition of each side",
            };
            let most = (most * 10.0).floor() / 10.0;
            let allowed = format!("Duration{of_each} must be {MIN_DURATION_S} s to {most} s; you sent {duration} s.");
            faults.add("/duration_s", allowed);
        }
        let warm_up = *self.warm_up_s.get_or_insert(Self::DEFAULT_WARM_UP_S);
        if !(0.0..=MAX_WARM_UP_S).contains(&warm_up) {
            faults.add("/warm_up_s", format!("Warm-up must be 0 s to {MAX_WARM_UP_S} s; you sent {warm_up} s."));
        }
    }

    /// How often the load is repeated.
    pub fn repeated(&self) -> u32 {
        self.repetitions.unwrap_or(1)
    }

    /// What its baseline is asked for, where it has one.
    pub fn of_baseline(&self) -> Option<Self> {
        let BaselineRequest { environment_id, version } = self.baseline.clone()?;
        Some(Self { environment_id: Some(environment_id), teardown_id: None, version, baseline: None, ..self.clone() })
    }

    /// Whether the other benchmark measures in the same way, whatever it measures and however often.
    pub fn same_way(&self, other: &Self) -> bool {
        let way = |request: &Self| Self {
            environment_id: None,
            teardown_id: None,
            version: String::new(),
            repetitions: None,
            baseline: None,
            ..request.clone()
        };
        way(self) == way(other)
    }

    fn check_devices(&self, faults: &mut Faults, allowed: &[String]) {
        for (at, device) in self.devices.iter().enumerate() {
            let pointer = || format!("/devices/{at}");
            if !allowed.contains(device) {
                let allowed = if allowed.is_empty() { "none".to_owned() } else { allowed.join(", ") };
                faults.add(pointer(), format!("A device must be one of BENCH_DEVICE_MATRIX: {allowed}."));
            } else if self.devices.iter().take(at).any(|before| before == device) {
                faults.add(pointer(), "Each device may be named once.");
            }
        }
    }

    fn check_mix(&self, faults: &mut Faults) {
        if self.requests.len() > MAX_MIX {
            faults.add("/requests", format!("A mix may have at most {MAX_MIX} requests."));
        }
        let mut names = std::collections::BTreeSet::new();
        for (at, request) in self.requests.iter().enumerate() {
            if !names.insert(&request.name) {
                faults.add(format!("/requests/{at}/name"), "Each request of a mix needs a name of its own.");
            }
        }
    }
}

impl LoadModel {
    fn check(&self, faults: &mut Faults, max_vus: u32) {
        match self {
            Self::Open { rate, ramp_to } => {
                for (pointer, rate) in [("/model/rate", Some(*rate)), ("/model/ramp_to", *ramp_to)] {
                    if rate.is_some_and(|rate| !(0.1..=MAX_RATE).contains(&rate)) {
                        faults.add(pointer, format!("Rate must be 0.1 to {MAX_RATE} requests a second."));
                    }
                }
            }
            Self::Closed { vus, think_time_s } => {
                if !(1..=max_vus).contains(vus) {
                    faults.add("/model/vus", format!("Virtual users must be 1 to {max_vus}; you sent {vus}."));
                }
                if !(0.0..=60.0).contains(think_time_s) {
                    faults.add("/model/think_time_s", "Think time must be 0 s to 60 s.");
                }
            }
        }
    }
}

/// Which benchmarks are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
#[serde(default, deny_unknown_fields)]
pub struct BenchmarkQuery {
    /// `next_cursor` of the page before.
    #[cfg_attr(feature = "backend", param(value_type = Option<uuid::Uuid>))]
    pub cursor: Option<String>,
    /// Most rows wanted, 1 to 200; 50 when left out.
    #[cfg_attr(feature = "backend", param(minimum = 1, maximum = 200))]
    pub limit: Option<u32>,
    /// Only benchmarks of this system.
    pub system_id: Option<SystemId>,
}

/// Which scorecard of a system is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
#[serde(default, deny_unknown_fields)]
pub struct ScorecardQuery {
    /// The version; the latest scorecard when left out.
    pub version: Option<String>,
    /// The environment; any when left out.
    pub environment_id: Option<EnvironmentId>,
}

/// By which curves a scorecard is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
#[serde(default, deny_unknown_fields)]
pub struct CurvesQuery {
    /// The version of the curves, such as 2026.1; those that made it when left out.
    pub curves: Option<String>,
}

impl BenchmarkQuery {
    /// The part of the list.
    pub fn page(&self) -> PageRequest {
        PageRequest { cursor: self.cursor.clone(), limit: self.limit }
    }
}
