//! Resident memory of the hub over a mixed load.

use std::{
    fs::{self, File},
    process::Stdio,
    thread,
    time::{Duration, Instant},
};

use serde_json::json;

use super::{
    Options,
    figures::{Rounds, number},
    generators::Generators,
    instance::{self, Backend, Instance},
    report::{Criterion, Section, Table},
};
use crate::{
    error::{Doing, Error},
    workspace::Workspace,
};

/// Requests per second of the mix: pages, reads, and one write in nine.
const RATE: f64 = 50.0;
const CONNECTIONS: u32 = 64;
const SAMPLED_EVERY: Duration = Duration::from_secs(1);
/// How much larger the last quarter may be than the second. The first one warms up.
const GROWTH: f64 = 1.10;
const DRAIN: Duration = Duration::from_secs(60);

/// A hub on SQLite under load for as long as was asked for.
pub fn measure(workspace: &Workspace, options: &Options) -> Result<Section, Error> {
    let binary = instance::binary(workspace, options.is_trial)?;
    let generators = Generators::ours_alone(workspace, options.is_trial)?;
    let mut hub = Instance::start(workspace, &binary, Backend::Sqlite)?;
    let seconds = options.memory_minutes * 60;
    let plan = plan(&hub, seconds);
    let output = workspace.scratch("performance")?.join("memory-load.json");
    let file = File::create(&output).doing(|| "creating the generator's output".to_owned())?;
    let idle = resident_mib(hub.running.id())?;
    let mut command = generators.run(&plan)?;
    let mut load = workspace.children.spawn(command.stdout(Stdio::from(file)))?;
    let deadline = Instant::now() + Duration::from_secs(seconds.into()) + DRAIN;
    let mut sizes = Vec::new();
    while load.ended()?.is_none() {
        if hub.running.ended()?.is_some() || Instant::now() > deadline {
            return Err(Error::Failed("the hub or its load did not last to the end".to_owned()));
        }
        sizes.push(resident_mib(hub.running.id())?);
        thread::sleep(SAMPLED_EVERY);
    }
    let seen = instance::seen(&fs::read_to_string(&output).doing(|| "reading the generator's output".to_owned())?)?;
    Ok(report(idle, &sizes, &seen, options.memory_minutes))
}

fn plan(hub: &Instance, seconds: u32) -> serde_json::Value {
    let path = format!("/api/systems/{}", hub.system);
    let mut requests = vec![
        hub.page("overview", "/"),
        hub.page("systems", "/systems"),
        hub.page("lab", "/lab"),
        hub.page("audit", "/audit"),
        hub.page("search", "/search?q=System"),
        hub.call("list by API", "/api/systems"),
        hub.call("system by API", &path),
        hub.call("validations by API", "/api/gate/validations"),
    ];
    requests.push(hub.write("write"));
    let stage = json!({ "from_rate": RATE, "to_rate": RATE, "duration_s": seconds });
    json!({
        "base": hub.base(), "requests": requests,
        "model": { "open": { "stages": [stage], "connections": CONNECTIONS } },
    })
}

fn report(idle: f64, sizes: &[f64], seen: &instance::Seen, minutes: u32) -> Section {
    let quarter = |index: usize| {
        let length = sizes.len() / 4;
        Rounds::new(sizes.iter().skip(index * length).take(length).copied())
    };
    let quarters: Vec<_> = (0..4).map(quarter).collect();
    let growth = Rounds::new([quarters[3].median()]).by(&Rounds::new([quarters[1].median()])).median();
    let mut row = vec![number(idle)];
    row.extend(quarters.iter().map(|quarter| number(quarter.median())));
    row.push(number(Rounds::new(sizes.iter().copied()).range().1));
    row.push(number(seen.raw["requests"].as_f64().unwrap_or(0.0)));
    let table = Table {
        caption: format!("Resident memory in MiB over {minutes} minutes at {RATE} requests per second"),
        head: vec!["before", "first quarter", "second", "third", "last", "highest", "requests"],
        rows: vec![row],
    };
    let criteria = vec![
        Criterion::below("last quarter by second quarter", growth, GROWTH, ""),
        Criterion::none("errors of the mixed load", seen.errors),
    ];
    Section { tables: vec![table], criteria, notes: Vec::new(), raw: vec![json!({ "mib": sizes, "load": seen.raw })] }
}

/// `VmRSS` of a process (proc_pid_status(5)).
fn resident_mib(process: i32) -> Result<f64, Error> {
    let path = format!("/proc/{process}/status");
    let status = fs::read_to_string(&path).doing(|| "reading the hub's memory".to_owned())?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok());
    kib.map(|kib| kib / 1024.0).ok_or_else(|| Error::Failed("the kernel tells no resident memory".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_after_the_warm_up_is_missed_and_a_plateau_kept() {
        let seen = instance::Seen::default();
        let rising: Vec<f64> = (0..400).map(|second| 100.0 + f64::from(second)).collect();
        assert!(!report(50.0, &rising, &seen, 1).is_met());
        let plateau: Vec<f64> = (0..400).map(|second| f64::from(second).min(100.0) + 50.0).collect();
        assert!(report(50.0, &plateau, &seen, 1).is_met());
    }

    #[test]
    fn the_memory_of_this_process_is_read() {
        assert!(resident_mib(i32::try_from(std::process::id()).unwrap()).unwrap() > 1.0);
    }
}
