//! The score of a page from its metrics: `engines/stats` and Lighthouse's own scoring.

use std::collections::BTreeMap;
use std::path::Path;

use sbh_stats::curve::{CURRENT, curve};
use sbh_stats::random::Random;
use sbh_stats::score::score_dimension;
use sbh_stats::{Dimension, Metric};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::error::{Doing, Error};
use crate::peer::{Peer, Tools};
use crate::proof::{Proof, ratio};

/// How many vectors are compared.
const VECTORS: usize = 1000;
/// How many of them the tests of `engines/stats` keep.
const KEPT: usize = 200;
/// The largest difference between two scores from 0 to 1.
const TOLERANCE: f64 = 0.005;
/// Half a unit in the last place of a sum of five products.
const ROUNDING: f64 = 1e-9;
/// The metrics by Lighthouse's name, with a middling value in its unit.
pub const METRICS: [(&str, Metric, f64); 5] = [
    ("first-contentful-paint", Metric::FirstContentfulPaint, 3000.0),
    ("largest-contentful-paint", Metric::LargestContentfulPaint, 4000.0),
    ("total-blocking-time", Metric::TotalBlockingTime, 600.0),
    ("cumulative-layout-shift", Metric::CumulativeLayoutShift, 0.25),
    ("speed-index", Metric::SpeedIndex, 5800.0),
];

/// What Lighthouse makes of one vector.
#[derive(Deserialize, Serialize)]
struct Theirs {
    metrics: BTreeMap<String, f64>,
    category: f64,
}

#[derive(Serialize)]
struct Vector<'a> {
    values: &'a BTreeMap<&'static str, f64>,
    expected: &'a Theirs,
}

/// Values around the middling one, over about three decades, with every control point, zero and an extreme among them.
fn vectors() -> Result<Vec<BTreeMap<&'static str, f64>>, Error> {
    let mut random = Random::seeded(19);
    let mut all = Vec::with_capacity(VECTORS);
    for at in 0..VECTORS {
        let mut values = BTreeMap::new();
        for (name, metric, middling) in METRICS {
            let drawn = middling * (random.normal() * 1.2).exp();
            let curve = curve(CURRENT, metric).doing("reading the curves")?;
            let (p10, median) =
                curve.control_points().ok_or_else(|| Error(format!("{metric} has no control points")))?;
            let value = match at {
                0 => 0.0,
                1 => p10,
                2 => median,
                3 => p10.next_up(),
                4 => median.next_up(),
                5 => middling * 1000.0,
                // As Lighthouse reports times and shifts.
                _ if at % 2 == 0 => (drawn * 1000.0).round() / 1000.0,
                _ => drawn,
            };
            values.insert(name, value);
        }
        all.push(values);
    }
    Ok(all)
}

/// Compares; with `root`, renews the vectors that the tests of `engines/stats` keep.
pub async fn prove(tools: &Tools, root: Option<&Path>) -> Result<Proof, Error> {
    let vectors = vectors()?;
    let mut lighthouse = Peer::start(tools, "scores", &[]).await?;
    let theirs: Vec<Theirs> = lighthouse.ask(&json!({ "vectors": vectors })).await?;
    let (mut differences, mut metrics_equal, mut worst, mut within) = (Vec::new(), 0, 0.0_f64, 0);
    for (at, (values, theirs)) in vectors.iter().zip(&theirs).enumerate() {
        let given: Vec<(Metric, f64)> = METRICS.iter().map(|(name, metric, _)| (*metric, values[name])).collect();
        let ours = score_dimension(CURRENT, Dimension::Ux, &given).doing("scoring a vector")?;
        for part in &ours.contributions {
            let name = METRICS.iter().find(|(_, metric, _)| *metric == part.metric).map_or("", |(name, ..)| name);
            let equal = (part.score - theirs.metrics[name]).abs() < ROUNDING;
            metrics_equal += usize::from(equal);
            if !equal {
                let (value, theirs) = (part.value, theirs.metrics[name]);
                differences.push(format!("{name} of {value}: {} here, {theirs} in Lighthouse", part.score));
            }
        }
        let off = (ours.score.as_f64() / 100.0 - theirs.category).abs();
        worst = worst.max(off);
        within += usize::from(off <= TOLERANCE + ROUNDING);
        if off > TOLERANCE + ROUNDING {
            differences.push(format!("vector {at}: {} points here, {} in Lighthouse", ours.score, theirs.category));
        }
    }
    if let Some(root) = root {
        let kept: Vec<Vector<'_>> =
            vectors.iter().zip(&theirs).take(KEPT).map(|(values, expected)| Vector { values, expected }).collect();
        keep(root, &lighthouse.versions, &kept)?;
    }
    Ok(Proof {
        name: "scores",
        criterion: format!(
            "each of {VECTORS} scores is at most {TOLERANCE} off Lighthouse's, on its scale from 0 to 1."
        ),
        met: within == VECTORS && theirs.len() == VECTORS,
        versions: lighthouse.versions,
        figures: vec![
            ("scores of pages within the tolerance".to_owned(), ratio(within, VECTORS)),
            ("largest difference of a page's score".to_owned(), format!("{worst:.4}")),
            ("equal scores of single metrics".to_owned(), ratio(metrics_equal, VECTORS * METRICS.len())),
        ],
        differences,
        details: json!({ "vectors": VECTORS }),
    })
}

fn keep(root: &Path, versions: &BTreeMap<String, String>, vectors: &[Vector<'_>]) -> Result<(), Error> {
    let mut text = format!("{{\"origin\": {},\n\"vectors\": [\n", json!(versions));
    let lines: Result<Vec<String>, _> = vectors.iter().map(serde_json::to_string).collect();
    text += &lines.doing("writing the vectors")?.join(",\n");
    text += "\n]}\n";
    let file = root.join("engines/stats/tests/fixtures/lighthouse.json");
    std::fs::write(file, text).doing("writing engines/stats/tests/fixtures/lighthouse.json")
}
