//! Lighthouse on the hub's own pages, of a hub that has measured and judged a version.

use std::{
    fs,
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use serde_json::{Value, json};

use super::{
    Options,
    figures::{Rounds, number},
    instance::{self, Backend, Instance, text},
    peers,
    report::{Criterion, Section, Table},
};
use crate::{
    error::{Doing, Error},
    probe, setup,
    workspace::Workspace,
};

const LEAST: f64 = 95.0;
/// Audits of each page: one disturbs the next less than the machine disturbs each, and the middle one counts.
const AUDITS: u32 = 3;
const LIMIT: Duration = Duration::from_secs(300);
const POLL: Duration = Duration::from_millis(500);
const PATIENCE_S: u32 = 180;
const CATEGORIES: [&str; 4] = ["performance", "accessibility", "best-practices", "seo"];
const VERSION: &str = "1.1.0";

/// Every page in every category.
pub fn measure(workspace: &Workspace, options: &Options) -> Result<Section, Error> {
    let program = peers::lighthouse(workspace)?;
    let binary = instance::binary(workspace, options.is_trial)?;
    let hub = Instance::start(workspace, &binary, Backend::Sqlite)?;
    let pages = pages(workspace, &binary, &hub)?;
    let mut section = Section::default();
    let mut rows = Vec::new();
    for (name, path) in pages {
        let mut scores: Vec<[f64; 4]> = Vec::new();
        for number in 0..AUDITS {
            let report = audit(workspace, &program, &hub, &name, &path)?;
            let score =
                CATEGORIES.map(|category| report["categories"][category]["score"].as_f64().unwrap_or(0.0) * 100.0);
            section.raw.push(json!({ "page": name, "audit": number, "scores": score, "failed": failed(&report) }));
            scores.push(score);
        }
        let of = |index: usize| Rounds::new(scores.iter().map(|score| score[index]));
        let mut row = vec![name.clone()];
        row.extend((0..4).map(|index| of(index).with_range("")));
        rows.push(row);
        let lowest = (0..4).map(|index| of(index).median()).fold(f64::INFINITY, f64::min);
        section.criteria.push(Criterion::at_least(format!("lowest category of {name}"), lowest, LEAST));
    }
    section.tables.push(Table {
        caption: "Scores of 100, as Lighthouse emulates a mid-range phone on slow 4G".to_owned(),
        head: vec!["page", "performance", "accessibility", "best practices", "SEO"],
        rows,
    });
    section.notes.push(format!("Median of {} audits of each page.", number(AUDITS.into())));
    Ok(section)
}

/// The pages, with a version of the sample system measured and judged.
fn pages(workspace: &Workspace, binary: &Path, hub: &Instance) -> Result<Vec<(String, String)>, Error> {
    let port = probe::free_port()?;
    let mut command = workspace.tool(binary);
    command.args(["sample-system", "--version", VERSION, "--port", &port.to_string()]);
    let _sample = workspace.children.spawn(command.stdout(std::process::Stdio::null()))?;
    until_there(port)?;
    let system = text(&hub.client.post("/api/systems", &json!({ "name": "Sample shop" }))?.json(), "id")?;
    let environment = json!({ "kind": "production", "base_url": format!("http://127.0.0.1:{port}") });
    let environment = hub.client.post(&format!("/api/systems/{system}/environments"), &environment)?.json();
    let environment = text(&environment, "id")?;
    let reason = json!({ "reason": "It runs on this machine." });
    hub.client.post(&format!("/api/environments/{environment}/allow-private"), &reason)?;
    let path = json!({
        "system_id": system, "name": "Home", "source": "GET {{base_url}}/\nHTTP 200\n",
    });
    hub.client.post("/api/gate/golden-path/register", &path)?;
    let policy = json!({ "system_id": system, "document": {
        "name": "Release", "decision": "every", "dry_run": false, "golden_paths": "required",
        "rules": [{ "id": "errors", "subject": { "metric": "error_rate_pct" }, "threshold": { "at_most": 1.0 },
                    "severity": "block", "key": true, "weight": 1 }],
    } });
    hub.client.post("/api/gate/policy", &policy)?;
    // One user who waits for each answer: valid on a busy machine too.
    let model = json!({ "kind": "closed", "vus": 1 });
    let run = json!({ "environment_id": environment, "version": VERSION, "duration_s": 3, "model": model });
    let run = text(&hub.client.post("/api/teardown/benchmark/run", &run)?.json(), "id")?;
    until_over(hub, &format!("/api/teardown/benchmark/{run}"))?;
    let judged = json!({ "system_id": system, "environment_id": environment, "version": VERSION });
    let validation = text(&hub.client.post("/api/gate/validate", &judged)?.json(), "id")?;
    until_over(hub, &format!("/api/gate/validations/{validation}"))?;
    let named = |name: &str, path: String| (name.to_owned(), path);
    Ok(vec![
        named("sign-in", "/sign-in".to_owned()),
        named("overview", "/".to_owned()),
        named("system", format!("/systems/{system}")),
        named("lab list", "/lab".to_owned()),
        named("scorecard", format!("/systems/{system}/scorecard")),
        named("validation", format!("/gates/validations/{validation}")),
    ])
}

fn until_there(port: u16) -> Result<(), Error> {
    for _ in 0..PATIENCE_S * 2 {
        if probe::exchange(port, "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n").is_some() {
            return Ok(());
        }
        thread::sleep(POLL);
    }
    Err(Error::Failed("the sample system did not start".to_owned()))
}

fn until_over(hub: &Instance, path: &str) -> Result<(), Error> {
    for _ in 0..PATIENCE_S * 2 {
        let state = hub.client.get(path)?.json()["state"].as_str().unwrap_or_default().to_owned();
        if !matches!(state.as_str(), "queued" | "running") {
            return Ok(());
        }
        thread::sleep(POLL);
    }
    Err(Error::Failed(format!("{path} was not over after {PATIENCE_S} s")))
}

fn audit(workspace: &Workspace, program: &Path, hub: &Instance, name: &str, path: &str) -> Result<Value, Error> {
    let folder = workspace.scratch("performance")?;
    let chromium = setup::chromium().ok_or_else(|| Error::Missing("Chromium is missing".to_owned()))?;
    let (headers, output) = (folder.join("headers.json"), report_file(&folder, name));
    // A stranger sees the sign-in; whoever is signed in is led away from it.
    let cookie = hub.client.cookie.clone().filter(|_| path != "/sign-in");
    let fields = cookie.map_or_else(|| json!({}), |cookie| json!({ "Cookie": cookie }));
    fs::write(&headers, fields.to_string()).doing(|| "writing the headers".to_owned())?;
    let mut command = workspace.tool(program);
    command.arg(format!("{}{path}", hub.base())).env("CHROME_PATH", chromium);
    command.args(["--quiet", "--output", "json", "--output-path"]).arg(&output);
    command.arg("--extra-headers").arg(&headers);
    command.arg(format!("--only-categories={}", CATEGORIES.join(",")));
    command.arg("--chrome-flags=--headless=new --no-sandbox --disable-dev-shm-usage");
    if !workspace.children.run(&mut command, LIMIT)?.success() {
        return Err(Error::Failed(format!("Lighthouse could not audit {name}")));
    }
    let report = fs::read(&output).doing(|| format!("reading the report on {name}"))?;
    let report: Value = serde_json::from_slice(&report).doing(|| format!("reading the report on {name}"))?;
    let there = report["finalDisplayedUrl"].as_str().unwrap_or_default();
    if !there.ends_with(path) {
        return Err(Error::Failed(format!("Lighthouse was led from {path} to {there}")));
    }
    Ok(report)
}

fn report_file(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("lighthouse-{}.json", name.replace(' ', "-")))
}

/// The audits that cost points: name, score and what Lighthouse says.
fn failed(report: &Value) -> Vec<Value> {
    let audits = report["audits"].as_object().into_iter().flatten();
    let costly = audits.filter(|(_, audit)| audit["score"].as_f64().is_some_and(|score| score < 0.9));
    costly.map(|(id, audit)| json!({ "id": id, "score": audit["score"], "said": audit["displayValue"] })).collect()
}
