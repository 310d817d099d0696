//! The stock `hurl`, by its JSON output.

use std::collections::BTreeMap;

use serde_json::Value;
use tokio::process::Command;

use super::house::House;
use super::{Asserts, Captures, Ended, OWN, Verdict, neutral};
use crate::error::{Doing, Error};
use crate::peer::Tools;

/// The exit code for input that cannot be read (the manual's section on exit codes).
const UNREADABLE: i32 = 2;

/// Its version.
pub async fn version(tools: &Tools) -> Result<BTreeMap<String, String>, Error> {
    let output = Command::new(&tools.hurl).arg("--version").output().await.doing("asking hurl for its version")?;
    let text = String::from_utf8_lossy(&output.stdout);
    let version = text.split_whitespace().nth(1).unwrap_or_default().to_owned();
    Ok(BTreeMap::from([("hurl".to_owned(), version)]))
}

/// Runs a journey with the same files and variables.
pub async fn run(tools: &Tools, text: &str, house: &House) -> Result<Ended, Error> {
    let folder = house.folder.path();
    std::fs::write(folder.join("journey.hurl"), text).doing("writing a journey")?;
    let mut command = Command::new(&tools.hurl);
    command.current_dir(folder).args(["--json", "--no-color", "--noproxy", "*"]);
    for (name, value, _) in house.variables() {
        command.arg("--variable").arg(format!("{name}={value}"));
    }
    let output = command.arg("journey.hurl").output().await.doing("starting hurl")?;
    if output.status.code() == Some(UNREADABLE) {
        return Ok(Ended { verdict: Verdict::Unreadable, entries: Vec::new() });
    }
    let report: Value = serde_json::from_slice(&output.stdout).doing("reading hurl's JSON")?;
    let verdict = if report["success"] == true { Verdict::Passed } else { Verdict::Failed };
    Ok(Ended { verdict, entries: entries(&report, text, house) })
}

fn entries(report: &Value, source: &str, house: &House) -> Vec<(usize, Asserts, Captures)> {
    let all = report["entries"].as_array().map(Vec::as_slice).unwrap_or_default();
    let last = |(position, entry): &(usize, &Value)| {
        // An attempt that was followed by another of the same entry does not count.
        !failed(entry) || all.get(position + 1).is_none_or(|next| next["index"] != entry["index"])
    };
    all.iter().enumerate().filter(last).map(|(_, entry)| one(entry, source, house)).collect()
}

fn list<'a>(entry: &'a Value, name: &str) -> &'a [Value] {
    entry[name].as_array().map(Vec::as_slice).unwrap_or_default()
}

fn failed(entry: &Value) -> bool {
    list(entry, "asserts").iter().any(|assert| assert["success"] == false)
}

fn number(value: &Value) -> usize {
    value.as_u64().and_then(|number| usize::try_from(number).ok()).unwrap_or_default()
}

fn one(entry: &Value, source: &str, house: &House) -> (usize, Asserts, Captures) {
    let asserts = list(entry, "asserts").iter();
    let asserts = asserts.map(|assert| (number(&assert["line"]), assert["success"] == true)).enumerate();
    // The first is the version's, which the hub leaves out where `HTTP` alone stands for any.
    let any = |line: usize| source.lines().nth(line.saturating_sub(1)).is_some_and(|text| text.starts_with("HTTP "));
    let asserts = asserts.filter(|(position, (line, _))| *position > 0 || !any(*line)).map(|(_, assert)| assert);
    let redacted =
        |name: &str| source.lines().any(|line| line.starts_with(&format!("{name}:")) && line.ends_with(" redact"));
    let captures = list(entry, "captures").iter().filter_map(|capture| {
        let name = capture["name"].as_str().filter(|name| !OWN.contains(name) && !redacted(name))?;
        let value = capture["value"].as_str().map_or_else(|| capture["value"].to_string(), ToOwned::to_owned);
        Some((name.to_owned(), neutral(&value, house)))
    });
    (number(&entry["index"]), asserts.collect(), captures.collect())
}
