//! A server that stands still once: what each tool reports for p99, beside what the users of that server saw.

use serde_json::json;

use super::{
    Options,
    figures::number,
    generators::{Said, Tool, Turn, WithPeers},
    report::{Criterion, Section, Table},
};
use crate::{error::Error, workspace::Workspace};

const SECONDS: u32 = 20;
const STALL_AFTER_S: f64 = 8.0;
const STALL_S: f64 = 2.0;
const RATE: f64 = 500.0;
/// Fewer than the hundred slowest of the 10,000 requests: what waits in flight hides behind the raw 99th percentile.
const CONNECTIONS: u32 = 64;
/// How far a corrected p99 may be from the true one: the histogram's digits, and a machine that stands still by itself.
const TOLERANCE: f64 = 0.05;

const TOOLS: [Tool; 5] = [Tool::Engine, Tool::Oha, Tool::OhaCorrected, Tool::Wrk, Tool::Locust];

/// Of requests at a constant rate, those due during the stall wait from its whole length down to nothing, evenly. The slowest
/// hundredth of the run are due in its first part, so that the 99th percentile is the stall less a hundredth of the run.
fn true_p99_ms() -> f64 {
    (STALL_S - f64::from(SECONDS) / 100.0) * 1e3
}

/// Each tool once, on a server of its own.
pub fn measure(workspace: &Workspace, options: &Options) -> Result<Section, Error> {
    let generators = WithPeers::ready(workspace, options.is_trial)?;
    let mut section = Section::default();
    let mut rows = Vec::new();
    for tool in TOOLS {
        let arguments = ["--stall-after", &STALL_AFTER_S.to_string(), "--stall-for", &STALL_S.to_string()];
        let (port, _server) = generators.serve(&arguments.map(str::to_owned))?;
        let turn = Turn { port, connections: CONNECTIONS, seconds: SECONDS, rate: Some(RATE) };
        let said = generators.turn(tool, turn)?;
        section.raw.push(json!({ "tool": tool.name(), "said": said.json() }));
        rows.extend(rows_of(tool, &said));
        if tool == Tool::Engine {
            let off = (said.corrected_p99_ms.unwrap_or(0.0) / true_p99_ms() - 1.0).abs();
            let what = "corrected p99 of this engine, distance from the true one";
            section.criteria.push(Criterion::below(what, off * 100.0, TOLERANCE * 100.0, " %"));
        }
    }
    section.tables.push(Table {
        caption: format!(
            "{SECONDS} s at {RATE} requests per second over {CONNECTIONS} connections; the server stands still for {STALL_S} s. \
             The users' p99 is {} ms.",
            number(true_p99_ms())
        ),
        head: vec!["tool", "what it reports", "p99 (ms)", "by the users' p99", "requests"],
        rows,
    });
    section.notes.push(
        "wrk has no rate: it sends as fast as it is answered, and its users stop asking during the stall. Locust's users \
         keep a constant throughput, and stop asking as well."
            .to_owned(),
    );
    Ok(section)
}

fn rows_of(tool: Tool, said: &Said) -> Vec<Vec<String>> {
    let row = |what: &str, p99: Option<f64>| {
        let p99 = p99.unwrap_or(0.0);
        let ratio = number(p99 / true_p99_ms());
        vec![tool.name().to_owned(), what.to_owned(), number(p99), ratio, number(said.requests)]
    };
    match tool {
        Tool::Engine => vec![row("corrected", said.corrected_p99_ms), row("raw", said.p99_ms)],
        Tool::OhaCorrected => vec![row("corrected", said.p99_ms)],
        Tool::Oha | Tool::Wrk | Tool::Locust => vec![row("raw", said.p99_ms)],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_true_p99_is_that_of_the_waits_at_a_constant_rate() {
        let all = RATE * f64::from(SECONDS);
        let mut waits: Vec<f64> = (0..all as u32)
            .map(|n| {
                let due = f64::from(n) / RATE;
                let ends = STALL_AFTER_S + STALL_S;
                if (STALL_AFTER_S..ends).contains(&due) { (ends - due) * 1e3 } else { 0.0 }
            })
            .collect();
        waits.sort_by(f64::total_cmp);
        let p99 = waits[(all * 0.99) as usize - 1];
        assert!((p99 - true_p99_ms()).abs() < 5.0, "{p99}");
    }
}
