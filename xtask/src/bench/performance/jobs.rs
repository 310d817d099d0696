//! Jobs per second on each backend, beside bare transactions on the same database.

use std::{process::Command, time::Duration};

use serde_json::{Value, json};

use super::{
    Options,
    figures::{Rounds, number, turns},
    generators,
    instance::{Backend, Database},
    process,
    report::{Criterion, Section, Table},
};
use crate::{
    error::{Doing, Error},
    workspace::Workspace,
};

const JOBS: u32 = 1000;
const WORKERS: u32 = 2;
/// A job is leased in one transaction and ends in another, so that half the rate of bare transactions is the most there is;
/// what is left to the reading of the backlog is as much again.
const LEAST: f64 = 0.25;
const LIMIT: Duration = Duration::from_secs(30 * 60);

/// Rounds of both backends by turns; the program itself takes turns between jobs and transactions.
pub fn measure(workspace: &Workspace, options: &Options) -> Result<Section, Error> {
    let program = generators::program(workspace, "sbh-bench-jobs", options.is_trial)?;
    let mut section = Section::default();
    let mut rows = Vec::new();
    let databases = [Database::create(workspace, Backend::Sqlite)?, Database::create(workspace, Backend::Postgres)?];
    let mut measured: Vec<Vec<Value>> = vec![Vec::new(), Vec::new()];
    for round in 0..options.rounds {
        for index in turns(&[0_usize, 1], round) {
            let mut command: Command = workspace.tool(&program);
            command.args(["--database", &databases[index].url, "--rounds", "1"]);
            command.args(["--jobs", &JOBS.to_string(), "--workers", &WORKERS.to_string()]);
            let output = process::run(workspace, &mut command, LIMIT)?.output;
            measured[index].push(serde_json::from_str(&output).doing(|| "reading what was measured".to_owned())?);
        }
    }
    for (backend, measured) in Backend::BOTH.into_iter().zip(measured) {
        let of = |name: &str| Rounds::new(measured.iter().filter_map(|round| round[name][0].as_f64()));
        let (jobs, bare) = (of("jobs"), of("transactions"));
        let ratio = jobs.by(&bare);
        rows.push(vec![
            backend.name().to_owned(),
            jobs.with_range(""),
            number(of("accepted").median()),
            number(bare.median()),
            ratio.with_range(""),
        ]);
        let what = format!("{}: jobs carried out by bare transactions", backend.name());
        section.criteria.push(Criterion::at_least(what, ratio.median(), LEAST));
        section.raw.push(json!({ "backend": backend.name(), "rounds": measured }));
    }
    section.tables.push(Table {
        caption: format!("{JOBS} waiting jobs that do nothing, {WORKERS} workers"),
        head: vec![
            "backend",
            "jobs per second",
            "accepted per second",
            "bare transactions per second",
            "jobs by transactions",
        ],
        rows,
    });
    Ok(section)
}
