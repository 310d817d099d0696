//! Reads and writes through the API: SQLite and PostgreSQL by turns.

use std::collections::BTreeMap;

use serde_json::json;

use super::{
    Options,
    figures::{Rounds, number, turns},
    generators::Generators,
    instance::{self, Backend, Instance, Seen},
    report::{Criterion, Section, Table},
};
use crate::{error::Error, workspace::Workspace};

const CONNECTIONS: [u32; 2] = [1, 16];
const READ: &str = "read";
const WRITE: &str = "write";

/// The same reads and writes on both backends, by turns.
pub fn measure(workspace: &Workspace, options: &Options) -> Result<Section, Error> {
    let binary = instance::binary(workspace, options.is_trial)?;
    let generators = Generators::ours_alone(workspace, options.is_trial)?;
    let sqlite = Instance::start(workspace, &binary, Backend::Sqlite)?;
    let postgres = Instance::start(workspace, &binary, Backend::Postgres)?;
    let mut section = Section::default();
    let mut rows = Vec::new();
    for (what, connections) in [READ, WRITE].into_iter().flat_map(|what| CONNECTIONS.map(|count| (what, count))) {
        let mut seen: BTreeMap<&str, Vec<Seen>> = BTreeMap::new();
        for round in 0..options.rounds {
            for backend in turns(&Backend::BOTH, round) {
                let hub = if backend == Backend::Sqlite { &sqlite } else { &postgres };
                let path = format!("/api/systems/{}", hub.system);
                let request = if what == READ { hub.call(READ, &path) } else { hub.write(WRITE) };
                let plan = instance::users(&hub.base(), vec![request], (connections, 0.0), options.seconds);
                let one = generators.load(&plan, options.seconds)?;
                section.raw.push(json!({
                    "backend": backend.name(), "what": what, "connections": connections, "round": round, "measured": one.raw,
                }));
                seen.entry(backend.name()).or_default().push(one);
            }
        }
        let of = |backend: Backend, figure: fn(&Seen) -> f64| Rounds::new(seen[backend.name()].iter().map(figure));
        for backend in Backend::BOTH {
            let rate = of(backend, |seen| seen.rate);
            let errors = of(backend, |seen| seen.errors).range().1;
            rows.push(vec![
                backend.name().to_owned(),
                what.to_owned(),
                connections.to_string(),
                rate.with_range(""),
                number(rate.by(&of(Backend::Postgres, |seen| seen.rate)).median()),
                number(of(backend, |seen| seen.p99_ms).median()),
            ]);
            let name = format!("{}: errors of {what}s over {connections} connections", backend.name());
            section.criteria.push(Criterion::none(name, errors));
        }
    }
    section.tables.push(Table {
        caption:
            "A read is GET /api/systems/{system_id} with a key; a write is POST /api/teardown/create, a row with its \
                  audit entry in one durable transaction."
                .to_owned(),
        head: vec!["backend", "what", "connections", "requests per second", "by PostgreSQL", "p99 (ms)"],
        rows,
    });
    Ok(section)
}
