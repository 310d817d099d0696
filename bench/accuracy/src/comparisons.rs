//! Verdicts on versions whose difference is known: the sample system in two processes, measured in turns as a benchmark with
//! a baseline is.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use hub::lab::{
    BenchmarkRequest, LoadModel, Measurement, MetricComparison, MetricVerdict, RequestLine, RunProgress, Side, card,
    compare_cards, measure_in_turns,
};
use hub::systems::Target;
use sbh_egress::{Guard, Policy};
use sbh_stats::compare::ADVISED_REPETITIONS;
use sbh_stats::curve::CURRENT;
use serde_json::json;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::error::{Doing, Error};
use crate::proof::{Proof, ratio};

/// Comparisons of equal versions.
const EQUAL: u32 = 200;
/// Comparisons in which the candidate is slower.
const SLOWER: u32 = 100;
/// How many equal versions may be called different: the significance.
const MOST_FLAGGED: f64 = 0.05;
/// How many of the slower candidates must be called worse.
const FEWEST_CAUGHT: f64 = 0.9;
/// By what share a slower candidate's p95 is larger.
const SHIFT: f64 = 0.1;
/// The standard normal distribution's 95th percentile.
const NORMAL_P95: f64 = 1.644_853_626_951_472_2;
/// The median latency of the sample's slow dependency, in milliseconds, and the deviation of its logarithm.
const LATENCY_MS: f64 = 20.0;
const SPREAD: f64 = 0.3;
/// Users at a time, and the seconds of one repetition: about 350 requests.
const USERS: u32 = 32;
const SECONDS: f64 = 0.25;
/// The metric that must be called worse.
const P95: &str = "latency.corrected.p95_ms";

/// The sample system in a process of its own.
struct Sample {
    url: Url,
    _process: Child,
}

impl Sample {
    async fn start(hub: &Path) -> Result<Self, Error> {
        let mut command = Command::new(hub);
        command.args(["sample-system", "--port", "0", "--version", "1.1.0"]).stdout(Stdio::piped()).kill_on_drop(true);
        let mut process = command.spawn().doing("starting the sample system")?;
        let printed = process.stdout.take().ok_or_else(|| Error("the sample system prints nothing".to_owned()))?;
        let mut lines = BufReader::new(printed).lines();
        let line = lines.next_line().await.doing("reading the sample's address")?.unwrap_or_default();
        let address = line.rsplit(' ').next().unwrap_or_default();
        let url = Url::parse(address).doing("reading the sample's address")?;
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        let sample = Self { url, _process: process };
        sample.wait_for(LATENCY_MS).await?;
        Ok(sample)
    }

    /// Sets the median latency of its dependency.
    async fn wait_for(&self, latency_ms: f64) -> Result<(), Error> {
        let knobs = json!({ "latency_ms": latency_ms, "latency_spread": SPREAD });
        let place = self.url.join("/admin/knobs").doing("addressing the knobs")?;
        let turned = reqwest::Client::new().patch(place).json(&knobs).send().await.doing("turning the knobs")?;
        turned.error_for_status().doing("turning the knobs").map(drop)
    }

    fn target(&self) -> Target {
        let guard = Guard::new(Policy::default()).allowing(self.url.host_str().unwrap_or_default());
        Target { base_url: self.url.clone(), guard, may_load: true }
    }
}

/// Compares versions that are equal, and versions of which one is slower.
pub async fn prove(hub: &Path) -> Result<Proof, Error> {
    // The client that turns the knobs wants one, though it never speaks TLS.
    drop(rustls::crypto::ring::default_provider().install_default());
    let (usual, same, slow) = (Sample::start(hub).await?, Sample::start(hub).await?, Sample::start(hub).await?);
    let usually = p95(&compared((&same, &usual), 0).await?)?.baseline.median;
    // The shop's own work is a part of the p95 that the dependency does not make; its share falls on the dependency.
    let slower = LATENCY_MS + SHIFT * usually / (SPREAD * NORMAL_P95).exp();
    slow.wait_for(slower).await?;
    let mut differences = Vec::new();
    let (mut flagged, mut metrics, mut caught, mut shifts) = (0, 0, 0, Vec::new());
    for seed in 0..EQUAL {
        let found = compared((&same, &usual), seed).await?;
        metrics = metrics.max(found.iter().filter(|metric| metric.adjusted_p.is_some()).count());
        let wrong: Vec<_> = found.iter().filter(|metric| is_flagged(metric)).map(told).collect();
        flagged += u32::from(!wrong.is_empty());
        if !wrong.is_empty() {
            differences.push(format!("equal versions, comparison {}: {}", seed + 1, wrong.join("; ")));
        }
    }
    for seed in 0..SLOWER {
        let found = compared((&slow, &usual), EQUAL + seed).await?;
        let p95 = p95(&found)?;
        shifts.extend(p95.relative.map(|relative| relative.estimate));
        if p95.verdict == MetricVerdict::Worse {
            caught += 1;
        } else {
            differences.push(format!("slower version, comparison {}: {}", seed + 1, told(p95)));
        }
    }
    shifts.sort_by(f64::total_cmp);
    let middle = shifts.get(shifts.len() / 2).copied().unwrap_or_default();
    let share = |count: u32, all: u32| f64::from(count) / f64::from(all);
    Ok(Proof {
        name: "comparisons",
        criterion: format!(
            "of {EQUAL} comparisons of equal versions at most 5 % call any metric better or worse, and of {SLOWER} of a version whose p95 is 10 % larger at least 90 % call it worse."
        ),
        met: share(flagged, EQUAL) <= MOST_FLAGGED && share(caught, SLOWER) >= FEWEST_CAUGHT,
        versions: BTreeMap::from([("the sample system".to_owned(), "1.1.0".to_owned())]),
        figures: vec![
            ("equal versions with a metric called better or worse".to_owned(), ratio(flagged as usize, EQUAL as usize)),
            ("metrics adjusted together".to_owned(), metrics.to_string()),
            ("slower versions whose p95 is called worse".to_owned(), ratio(caught as usize, SLOWER as usize)),
            ("median of the p95 shifts that were found".to_owned(), format!("{:.1} %", middle * 100.0)),
            ("p95 of the equal versions before the proof".to_owned(), format!("{usually:.1} ms")),
            ("median latency of the dependency".to_owned(), format!("{LATENCY_MS} ms, of the slower {slower:.2} ms")),
            ("repetitions on each side".to_owned(), ADVISED_REPETITIONS.to_string()),
        ],
        differences,
        details: json!({ "shifts": shifts }),
    })
}

/// Measures candidate and baseline in turns and compares them.
async fn compared((candidate, baseline): (&Sample, &Sample), seed: u32) -> Result<Vec<MetricComparison>, Error> {
    let line = RequestLine {
        name: "about".to_owned(),
        method: None,
        path: "/about".to_owned(),
        headers: BTreeMap::new(),
        body: None,
        weight: None,
    };
    let request = BenchmarkRequest {
        version: "1.1.0".to_owned(),
        model: LoadModel::Closed { vus: USERS, think_time_s: 0.0 },
        duration_s: Some(SECONDS),
        warm_up_s: Some(0.0),
        repetitions: u32::try_from(ADVISED_REPETITIONS).ok(),
        requests: vec![line],
        ..BenchmarkRequest::default()
    };
    let (candidate, baseline) = (candidate.target(), baseline.target());
    let side = |target| Side { target, request: &request };
    let (progress, cancel) = (watch::channel(RunProgress::default()).0, CancellationToken::new());
    let limit = Duration::from_secs(300);
    let measured = measure_in_turns((side(&candidate), side(&baseline)), u64::from(seed), &progress, &cancel);
    let measured = tokio::time::timeout(limit, measured).await.doing("measuring in turns")?;
    let (candidate, baseline) = measured.doing("measuring in turns")?;
    let card = |measured: &Measurement| match measured.invalid_reason() {
        Some(reason) => Err(Error(format!("a measurement is not valid: {reason}"))),
        None => card(measured.seen(), CURRENT).doing("scoring"),
    };
    compare_cards(&card(&baseline)?, &card(&candidate)?).doing("comparing")
}

fn p95(found: &[MetricComparison]) -> Result<&MetricComparison, Error> {
    found.iter().find(|metric| metric.metric == P95).ok_or_else(|| Error("p95 was not compared".to_owned()))
}

fn is_flagged(metric: &MetricComparison) -> bool {
    matches!(metric.verdict, MetricVerdict::Better | MetricVerdict::Worse)
}

fn told(metric: &MetricComparison) -> String {
    let share = metric.relative.map_or(0.0, |relative| relative.estimate * 100.0);
    format!("{} {} by {share:.1} %", metric.label, metric.verdict.label())
}
