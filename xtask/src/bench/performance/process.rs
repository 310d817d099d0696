//! Programs whose CPU time counts: run to their end, each held to a core where the machine has more than one.

use std::{ffi::OsStr, process::Command, thread, time::Duration};

use nix::sys::{
    resource::{Resource, UsageWho, getrlimit, getrusage, setrlimit},
    time::TimeValLike as _,
};

use crate::{
    error::{Doing, Error},
    probe,
    workspace::Workspace,
};

/// What a program printed, and what it took.
pub struct Ran {
    pub output: String,
    /// User and system time of the program and its threads.
    pub cpu_s: f64,
}

/// Runs a program that has to succeed.
pub fn run(workspace: &Workspace, command: &mut Command, limit: Duration) -> Result<Ran, Error> {
    let name = command.get_program().to_string_lossy().into_owned();
    let before = cpu_of_ended_children()?;
    let mut output = String::new();
    let status = workspace.children.stream(command, limit, |line| {
        output += line;
        output.push('\n');
    })?;
    if !status.success() {
        return Err(Error::Failed(format!("{name} ended with {status}:\n{output}")));
    }
    // Programs run one after the other, so that the difference is this one's.
    Ok(Ran { output, cpu_s: cpu_of_ended_children()? - before })
}

fn cpu_of_ended_children() -> Result<f64, Error> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).doing(|| "reading the CPU time of children".to_owned())?;
    let micros = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    Ok(micros as f64 / 1e6)
}

/// Lets the programs that are started from now on open as many files as the machine's owner allows: each connection is one.
pub fn allow_many_connections() -> Result<(), Error> {
    let (_, most) = getrlimit(Resource::RLIMIT_NOFILE).doing(|| "reading the limit of open files".to_owned())?;
    setrlimit(Resource::RLIMIT_NOFILE, most, most).doing(|| "raising the limit of open files".to_owned())
}

/// Who gets which core.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Core {
    /// The server's.
    Server = 0,
    /// The generator's.
    Generator = 1,
}

/// The command, held to a core by taskset(1) where there are two.
pub fn on_core(workspace: &Workspace, core: Core, program: impl AsRef<OsStr>) -> Command {
    if !cores_are_split() {
        return workspace.tool(program);
    }
    let mut command = workspace.tool("taskset");
    command.args(["-c", &(core as usize).to_string()]).arg(program);
    command
}

/// Whether server and generator have a core each.
pub fn cores_are_split() -> bool {
    thread::available_parallelism().is_ok_and(|cores| cores.get() > 1) && probe::on_path("taskset").is_some()
}
