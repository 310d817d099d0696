//! What the figures were measured on, without a name or a path of the machine.

use std::{fs, process::Command, thread};

use crate::probe;

/// The load average of the last minute (proc_loadavg(5)), where there is one.
pub fn load_average() -> Option<String> {
    let text = fs::read_to_string("/proc/loadavg").ok()?;
    text.split(' ').next().map(str::to_owned)
}

/// A sentence on machine, day and how busy the machine was.
pub fn conditions(before: Option<&str>) -> String {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let date = probe::output(Command::new("date").args(["-u", "+%Y-%m-%d"])).unwrap_or_default();
    let system = probe::output(Command::new("uname").args(["-s", "-r", "-m"])).unwrap_or_default();
    let after = load_average();
    let busy = before.zip(after.as_deref()).map(|(before, after)| {
        format!("; load average {before} before and {after} after, of which this run is a part")
    });
    format!(
        "Measured {} on {cores} cores ({}), {} of memory, {}{}.",
        date.trim(),
        processor().unwrap_or_else(|| "processor unknown".to_owned()),
        memory().unwrap_or_else(|| "unknown size".to_owned()),
        system.trim(),
        busy.unwrap_or_default()
    )
}

fn processor() -> Option<String> {
    let text = fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("model name"))?;
    Some(line.trim_start_matches(['\t', ' ', ':']).to_owned())
}

fn memory() -> Option<String> {
    let text = fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kib: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(format!("{:.0} GiB", kib / 1_048_576.0))
}
