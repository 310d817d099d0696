//! The metrics of pages: `engines/browser` and Lighthouse, load by load in turns.

mod noise;

use std::time::Duration;

use sbh_browser::{Auditor, Device, Installation, Measured, Metrics, Options};
use sbh_egress::{Guard, Policy};
use serde::Serialize;
use serde_json::json;
use url::Url;

use self::noise::{Judged, judge};
use crate::error::{Doing, Error};
use crate::peer::{Peer, Tools};
use crate::proof::Proof;
use crate::scores::METRICS;
use crate::site::{Site, names};

/// The repetitions of one metric of one page.
#[derive(Debug, Default, Serialize)]
pub struct Repeated {
    pub page: String,
    pub metric: &'static str,
    pub ours: Vec<f64>,
    pub theirs: Vec<f64>,
}

fn value(metrics: &Metrics, name: &str) -> Option<f64> {
    let measured: &Measured<f64> = match name {
        "first-contentful-paint" => &metrics.first_contentful_paint_ms,
        "largest-contentful-paint" => &metrics.largest_contentful_paint_ms,
        "total-blocking-time" => &metrics.total_blocking_time_ms,
        "cumulative-layout-shift" => &metrics.cumulative_layout_shift,
        _ => &metrics.speed_index_ms,
    };
    measured.value
}

/// Loads every page `repetitions` times on each side. Who begins changes from load to load, so that a drift of the machine meets both.
pub async fn prove(tools: &Tools, repetitions: usize) -> Result<Proof, Error> {
    let site = Site::start().await?;
    let pages = names("pages", "html")?;
    let guard = Guard::new(Policy { loopback: true, ..Policy::default() });
    let installation = Installation { program: Some(tools.chromium.clone()), profiles: None };
    let auditor = Auditor::new(guard, installation);
    let mut lighthouse = Peer::start(tools, "pages", &[]).await?;
    let mut all: Vec<Repeated> = Vec::new();
    for page in &pages {
        let empty =
            |metric: &(&'static str, _, _)| Repeated { page: page.clone(), metric: metric.0, ..Default::default() };
        all.extend(METRICS.iter().map(empty));
    }
    let mut browser = String::new();
    for repetition in 0..repetitions {
        for (at, page) in pages.iter().enumerate() {
            let url = format!("{}/pages/{page}", site.origin);
            let measured = &mut all[at * METRICS.len()..(at + 1) * METRICS.len()];
            for side in 0..2 {
                if (repetition + at + side) % 2 == 0 {
                    browser = ours(&auditor, &url, measured).await?;
                } else {
                    theirs(&mut lighthouse, &url, measured).await?;
                }
            }
            eprintln!("repetition {} of {repetitions}, {page}: {}", repetition + 1, last(measured));
        }
    }
    let Judged { met, criterion, figures, differences } = judge(&all, repetitions)?;
    let mut versions = lighthouse.versions;
    versions.insert("browser".to_owned(), browser);
    Ok(Proof { name: "pages", criterion, met, versions, figures, differences, details: json!(all) })
}

/// What both sides showed last, for whoever watches.
fn last(measured: &[Repeated]) -> String {
    let newest = |values: &[f64]| values.last().map_or_else(String::new, |value| format!("{value:.3}"));
    let one = |of: &Repeated| format!("{} {} / {}", of.metric, newest(&of.ours), newest(&of.theirs));
    measured.iter().map(one).collect::<Vec<_>>().join(", ")
}

async fn ours(auditor: &Auditor, url: &str, measured: &mut [Repeated]) -> Result<String, Error> {
    let options = Options {
        device: Device::mobile(),
        runs: 1,
        accessibility: false,
        time_limit: Duration::from_secs(120),
        ..Options::default()
    };
    let audit = auditor.audit(&Url::parse(url).doing(url)?, &options).await.doing(url)?;
    for one in measured {
        let value = value(&audit.runs[0], one.metric);
        one.ours.push(value.ok_or_else(|| Error(format!("{url}: {} was not measured", one.metric)))?);
    }
    Ok(audit.browser)
}

async fn theirs(lighthouse: &mut Peer, url: &str, measured: &mut [Repeated]) -> Result<(), Error> {
    let values: serde_json::Value = lighthouse.ask(&json!({ "url": url })).await?;
    for one in measured {
        let value = values[one.metric].as_f64();
        one.theirs.push(value.ok_or_else(|| Error(format!("{url}: Lighthouse has no {}", one.metric)))?);
    }
    Ok(())
}
