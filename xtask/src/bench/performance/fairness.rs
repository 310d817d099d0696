//! What one organisation notices while another floods the hub beyond its limit: the p99 of its reads with the flood by the p99
//! without it, in turns within one run.

use std::{collections::BTreeMap, fs, process::Stdio, time::Duration};

use serde_json::{Value, json};

use super::{
    Options,
    figures::{Rounds, number, turns},
    generators::{self, Generators},
    instance::{Backend, Instance, Seen, text},
    process,
    report::{Criterion, Section, Table},
};
use crate::{
    children::Running,
    error::{Doing, Error},
    workspace::Workspace,
};

/// Requests a minute of an organisation; everybody in it together.
const QUOTA: &str = "6000";
/// Requests a second of the reader, half of what the quota gives.
const READS: f64 = 50.0;
/// Requests a second of the flood, ten times what the quota gives.
const FLOOD: f64 = 1000.0;
/// Seconds of a turn, so that a p99 is of more than a few requests.
const SECONDS: u32 = 20;
/// The most that the p99 may grow.
const MOST: f64 = 1.10;
const LIMIT: Duration = Duration::from_secs(60);

/// Rounds with and without the flood by turns, on each backend.
pub fn measure(workspace: &Workspace, options: &Options) -> Result<Section, Error> {
    let binary = super::instance::binary(workspace, options.is_trial)?;
    let maker = generators::program(workspace, "sbh-bench-fairness", options.is_trial)?;
    let generators = Generators::ours_alone(workspace, options.is_trial)?;
    let variables = [("RATE_LIMIT_TENANT_PER_MINUTE", QUOTA)];
    let mut section = Section::default();
    let mut rows = Vec::new();
    for backend in Backend::BOTH {
        let hub = Instance::start_with(workspace, &binary, backend, &variables)?;
        let mut make = workspace.tool(&maker);
        let made = process::run(workspace, make.args(["--database", hub.database_url()]), LIMIT)?.output;
        let made: Value = serde_json::from_str(&made).doing(|| "reading the flood's key".to_owned())?;
        let flood = flood(&hub, &text(&made, "key")?);
        let reads = json!({
            "base": hub.base(), "requests": [hub.call("list by API", "/api/systems")], "warm_up_s": 2.0,
            "model": open(READS, SECONDS),
        });
        let mut seen: BTreeMap<bool, Vec<Seen>> = BTreeMap::new();
        for round in 0..options.rounds {
            for floods in turns(&[false, true], round) {
                let flooding = floods.then(|| begin(workspace, &generators, &flood)).transpose()?;
                let one = generators.load(&reads, SECONDS)?;
                drop(flooding);
                section.raw.push(json!({
                    "backend": backend.name(), "round": round, "flood": floods, "measured": one.raw,
                }));
                seen.entry(floods).or_default().push(one);
            }
        }
        let of = |floods: bool, figure: fn(&Seen) -> f64| Rounds::new(seen[&floods].iter().map(figure));
        let (alone, beside) = (of(false, |seen| seen.p99_ms), of(true, |seen| seen.p99_ms));
        let ratio = beside.by(&alone);
        rows.push(vec![
            backend.name().to_owned(),
            alone.with_range(""),
            beside.with_range(""),
            ratio.with_range(""),
            number(of(true, |seen| seen.errors).range().1),
        ]);
        let name = backend.name();
        section.criteria.push(Criterion::below(
            format!("{name}: p99 with the flood by without"),
            ratio.median(),
            MOST,
            "",
        ));
        let errors = of(true, |seen| seen.errors).range().1;
        section
            .criteria
            .push(Criterion::none(format!("{name}: reads of the other that were refused or failed"), errors));
    }
    section.tables.push(Table {
        caption: format!(
            "{READS} reads a second beside {FLOOD} requests a second of an organisation that may send 100"
        ),
        head: vec!["backend", "p99 alone (ms)", "p99 beside the flood (ms)", "ratio", "errors"],
        rows,
    });
    section.notes.push(format!(
        "{} rounds of {SECONDS} s with and without; median (lowest to highest). Hub, database and both generators share the cores.",
        options.rounds
    ));
    Ok(section)
}

fn open(rate: f64, seconds: u32) -> Value {
    json!({ "open": { "stages": [{ "from_rate": rate, "to_rate": rate, "duration_s": seconds }] } })
}

/// Longer than a turn with its warm-up; it is ended with the turn.
fn flood(hub: &Instance, key: &str) -> Value {
    let request =
        json!({ "name": "flood", "path": "/api/systems", "headers": [["authorization", format!("Bearer {key}")]] });
    json!({ "base": hub.base(), "requests": [request], "warm_up_s": 0.0, "model": open(FLOOD, 2 * SECONDS) })
}

/// Begins the flood, which ends when what is given is dropped.
fn begin(workspace: &Workspace, generators: &Generators<'_>, plan: &Value) -> Result<Running, Error> {
    let path = workspace.scratch("performance")?.join("flood.json");
    fs::write(&path, plan.to_string()).doing(|| "writing the flood's plan".to_owned())?;
    let mut command = workspace.tool(generators.program());
    workspace.children.spawn(command.arg("run").arg(path).stdout(Stdio::null()))
}
