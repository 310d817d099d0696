//! The hub's pages and API at 1, 64 and 1,000 connections, beside a server that answers with as many bytes and does nothing.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    Options,
    figures::{Rounds, number, turns},
    generators::Generators,
    instance::{self, Backend, Instance, Seen},
    process,
    report::{Criterion, Section, Table},
};
use crate::{error::Error, workspace::Workspace};

/// Connections whose users ask again as soon as they are answered.
const SATURATING: [u32; 2] = [1, 64];
/// Connections that are held, each by somebody who reads for a while between two requests.
const HELD: u32 = 1000;
const THINK_TIME_S: f64 = 5.0;
/// Longest p99 with all of them held.
const HELD_P99_MS: f64 = 200.0;
/// Longest p99 of one reader's cached reads.
const CACHED_P99_MS: f64 = 5.0;
/// The longest that a held run lasts beyond its turn: everybody asks at least twice.
const HELD_SECONDS: u32 = 20;

/// What is asked for: its name, and whether it is a cached read.
const SUBJECTS: [(&str, bool); 5] =
    [("overview", false), ("systems", false), ("list by API", false), ("system by API", true), ("stylesheet", true)];

/// Each backend: one subject after the other, then all of them held.
pub fn measure(workspace: &Workspace, options: &Options) -> Result<Section, Error> {
    process::allow_many_connections()?;
    let binary = instance::binary(workspace, options.is_trial)?;
    let generators = Generators::ours_alone(workspace, options.is_trial)?;
    let mut section = Section::default();
    for backend in Backend::BOTH {
        let hub = Instance::start(workspace, &binary, backend)?;
        let mut rows = Vec::new();
        for (subject, is_cached) in SUBJECTS {
            rows.extend(rounds(options, &generators, (&hub, backend), (subject, is_cached), &mut section)?);
        }
        section.tables.push(Table {
            caption: format!("{}: each user asks again as soon as it is answered", backend.name()),
            head: vec![
                "subject",
                "connections",
                "requests per second",
                "p50 (ms)",
                "p99 (ms)",
                "p99 by the bare server",
                "errors",
            ],
            rows,
        });
        held(&generators, &hub, backend, &mut section)?;
    }
    section.notes.push(format!(
        "{} rounds of {} s; generator, hub and database share the cores. The bare server answers with as many bytes as the \
         subject has.",
        options.rounds, options.seconds
    ));
    Ok(section)
}

fn request(hub: &Instance, subject: &str) -> Result<(String, Value), Error> {
    let path = match subject {
        "overview" => "/".to_owned(),
        "systems" => "/systems".to_owned(),
        "list by API" => "/api/systems".to_owned(),
        "system by API" => format!("/api/systems/{}", hub.system),
        _ => stylesheet(hub)?,
    };
    let is_api = path.starts_with("/api/");
    Ok((path.clone(), if is_api { hub.call(subject, &path) } else { hub.page(subject, &path) }))
}

/// The page names it, with its hash.
fn stylesheet(hub: &Instance) -> Result<String, Error> {
    let page = String::from_utf8_lossy(&hub.client.get("/sign-in")?.body).into_owned();
    let path = page.split('"').find(|part| part.starts_with("/pkg/") && part.ends_with(".css"));
    path.map(str::to_owned).ok_or_else(|| Error::Failed("the page names no stylesheet".to_owned()))
}

fn rounds(
    options: &Options,
    generators: &Generators<'_>,
    (hub, backend): (&Instance, Backend),
    (subject, is_cached): (&str, bool),
    section: &mut Section,
) -> Result<Vec<Vec<String>>, Error> {
    let (path, request) = request(hub, subject)?;
    let payload = hub.client.get(&path)?.body.len();
    let (port, _bare) = generators.serve(&["--payload".to_owned(), payload.to_string()])?;
    let mut rows = Vec::new();
    for connections in SATURATING {
        let mut seen: BTreeMap<bool, Vec<Seen>> = BTreeMap::new();
        for round in 0..options.rounds {
            for is_hub in turns(&[true, false], round) {
                let base = if is_hub { hub.base() } else { format!("http://127.0.0.1:{port}") };
                let plan = instance::users(&base, vec![request.clone()], (connections, 0.0), options.seconds);
                let one = generators.load(&plan, options.seconds)?;
                section.raw.push(json!({
                    "backend": backend.name(), "subject": subject, "connections": connections, "round": round,
                    "hub": is_hub, "measured": one.raw,
                }));
                seen.entry(is_hub).or_default().push(one);
            }
        }
        let of = |is_hub: bool, figure: fn(&Seen) -> f64| Rounds::new(seen[&is_hub].iter().map(figure));
        let p99 = of(true, |seen| seen.p99_ms);
        let errors = of(true, |seen| seen.errors).range().1;
        rows.push(vec![
            subject.to_owned(),
            connections.to_string(),
            of(true, |seen| seen.rate).with_range(""),
            number(of(true, |seen| seen.p50_ms).median()),
            p99.with_range(""),
            number(p99.by(&of(false, |seen| seen.p99_ms)).median()),
            number(errors),
        ]);
        if is_cached && connections == 1 {
            let what = format!("{}: p99 of {subject} for one reader", backend.name());
            section.criteria.push(Criterion::below(what, p99.median(), CACHED_P99_MS, " ms"));
        }
        let what = format!("{}: errors of {subject} at {connections} connections", backend.name());
        section.criteria.push(Criterion::none(what, errors));
    }
    Ok(rows)
}

/// A thousand readers with everything that was asked for before.
fn held(generators: &Generators<'_>, hub: &Instance, backend: Backend, section: &mut Section) -> Result<(), Error> {
    let requests =
        SUBJECTS.iter().map(|(subject, _)| Ok(request(hub, subject)?.1)).collect::<Result<Vec<_>, Error>>()?;
    let plan = instance::users(&hub.base(), requests, (HELD, THINK_TIME_S), HELD_SECONDS);
    let seen = generators.load(&plan, HELD_SECONDS)?;
    let name = backend.name();
    section.tables.push(Table {
        caption: format!(
            "{name}: {HELD} users, each with a connection of its own and {THINK_TIME_S} s between two requests"
        ),
        head: vec!["connections opened", "requests per second", "p50 (ms)", "p99 (ms)", "errors"],
        rows: vec![[seen.connections, seen.rate, seen.p50_ms, seen.p99_ms, seen.errors].map(number).to_vec()],
    });
    section.criteria.push(Criterion::below(
        format!("{name}: p99 with {HELD} connections held"),
        seen.p99_ms,
        HELD_P99_MS,
        " ms",
    ));
    section.criteria.push(Criterion::none(format!("{name}: errors with {HELD} connections held"), seen.errors));
    section.raw.push(json!({ "backend": name, "held": HELD, "measured": seen.raw }));
    Ok(())
}
