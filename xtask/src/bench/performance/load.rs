//! The load engine beside oha, wrk and Locust: one thread each, held to one core, the same server on the other.

use std::collections::BTreeMap;

use serde_json::json;

use super::{
    Options,
    figures::{Rounds, number, turns},
    generators::{Said, Tool, Turn, WithPeers},
    report::{Criterion, Section, Table},
};
use crate::{error::Error, workspace::Workspace};

/// Connections and bytes of an answer's body.
const CASES: [(u32, u32); 4] = [(1, 1024), (64, 1024), (256, 1024), (64, 65_536)];
const TOOLS: [Tool; 4] = [Tool::Engine, Tool::Oha, Tool::Wrk, Tool::Locust];
/// The least share of oha's requests per second and core.
const LEAST: f64 = 0.8;

/// Rounds in which all four take turns, forwards and backwards.
pub fn measure(workspace: &Workspace, options: &Options) -> Result<Section, Error> {
    let generators = WithPeers::ready(workspace, options.is_trial)?;
    let mut section = Section::default();
    for (connections, payload) in CASES {
        let (port, _server) = generators.serve(&["--payload".to_owned(), payload.to_string()])?;
        let turn = Turn { port, connections, seconds: options.seconds, rate: None };
        let mut said: BTreeMap<&str, Vec<Said>> = BTreeMap::new();
        for round in 0..options.rounds {
            for tool in turns(&TOOLS, round) {
                let heard = generators.turn(tool, turn)?;
                section.raw.push(json!({
                    "connections": connections, "payload": payload, "round": round, "tool": tool.name(), "said": heard.json(),
                }));
                said.entry(tool.name()).or_default().push(heard);
            }
        }
        report(&mut section, &said, connections, payload);
    }
    section.notes.push(format!(
        "{} rounds of {} s for each tool; median (lowest to highest). A ratio is taken within a round, between turns that lie \
         side by side.",
        options.rounds, options.seconds
    ));
    Ok(section)
}

fn report(section: &mut Section, said: &BTreeMap<&str, Vec<Said>>, connections: u32, payload: u32) {
    let of = |tool: Tool, figure: fn(&Said) -> f64| Rounds::new(said[tool.name()].iter().map(figure));
    let oha = of(Tool::Oha, Said::per_core);
    let row = |tool: Tool| {
        let per_core = of(tool, Said::per_core);
        vec![
            tool.name().to_owned(),
            number(per_core.median()),
            per_core.by(&oha).with_range(""),
            of(tool, Said::rate).by(&of(Tool::Oha, Said::rate)).with_range(""),
            number(of(tool, |said| said.p99_ms.unwrap_or(0.0)).median()),
            number(of(tool, |said| said.errors).range().1),
        ]
    };
    section.tables.push(Table {
        caption: format!("{connections} connections, {} of body", bytes(payload)),
        head: vec!["tool", "requests per CPU second", "by oha", "requests per second by oha", "raw p99 (ms)", "errors"],
        rows: TOOLS.into_iter().map(row).collect(),
    });
    let ratio = of(Tool::Engine, Said::per_core).by(&oha).median();
    let what = format!("requests per core by oha, {connections} connections, {}", bytes(payload));
    section.criteria.push(Criterion::at_least(what, ratio, LEAST));
}

fn bytes(count: u32) -> String {
    format!("{} KiB", count / 1024)
}
