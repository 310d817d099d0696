//! Processes that end when xtask ends: each leads a process group, and the group is ended by its id.

use std::{
    collections::BTreeSet,
    io::{BufRead, BufReader, Write},
    os::unix::process::CommandExt,
    process::{Child, Command, ExitStatus, Stdio},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{Signal, killpg},
    unistd::Pid,
};

use crate::error::{Doing, Error};

/// How long a process may take to end after it was asked to; the hub drains its requests meanwhile.
const GRACE: Duration = Duration::from_secs(20);
const POLL: Duration = Duration::from_millis(50);

/// The exit code of a program that a signal ended, by the shells' convention for SIGINT.
const INTERRUPTED: i32 = 130;

/// The processes that were started and have not ended.
#[derive(Clone, Default)]
pub struct Children(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    groups: BTreeSet<i32>,
    /// Set by a signal: nothing more is started while the rest is being ended.
    closing: bool,
}

impl Children {
    /// On SIGINT, SIGTERM and SIGHUP: asks every child to end, then ends what is left, then exits.
    pub fn end_with_signals(&self) -> Result<(), Error> {
        let children = self.clone();
        ctrlc::set_handler(move || {
            children.end_all();
            std::process::exit(INTERRUPTED);
        })
        .doing(|| "installing the signal handler".to_owned())
    }

    /// Starts a process without standard input, in a group of its own.
    pub fn spawn(&self, command: &mut Command) -> Result<Running, Error> {
        let program = command.get_program().to_string_lossy().into_owned();
        let mut state = self.state();
        if state.closing {
            return Err(Error::Failed(format!("{program} was not started: xtask is ending")));
        }
        let child = command.stdin(Stdio::null()).process_group(0).spawn().doing(|| format!("starting {program}"))?;
        let group = i32::try_from(child.id()).doing(|| format!("process id of {program}"))?;
        state.groups.insert(group);
        drop(state);
        Ok(Running { child, group, children: self.clone() })
    }

    /// Runs a process to its end, at most for `limit`.
    pub fn run(&self, command: &mut Command, limit: Duration) -> Result<ExitStatus, Error> {
        self.spawn(command)?.finish(limit)
    }

    /// Runs a process to its end and hands every line of its standard output over as it comes.
    pub fn stream(
        &self,
        command: &mut Command,
        limit: Duration,
        mut on_line: impl FnMut(&str),
    ) -> Result<ExitStatus, Error> {
        let mut running = self.spawn(command.stdout(Stdio::piped()))?;
        let output = running.child.stdout.take().expect("standard output was piped just above");
        let alarm = Alarm::after(limit, running.group);
        for line in BufReader::new(output).split(b'\n') {
            on_line(&String::from_utf8_lossy(&line.doing(|| "reading a child's output".to_owned())?));
        }
        running.wait_for(alarm)
    }

    fn end_all(&self) {
        let mut state = self.state();
        state.closing = true;
        let groups = state.groups.clone();
        drop(state);
        for &group in &groups {
            signal(group, Signal::SIGTERM);
        }
        let deadline = Instant::now() + GRACE;
        while !self.state().groups.is_empty() && Instant::now() < deadline {
            thread::sleep(POLL);
        }
        for &group in &groups {
            signal(group, Signal::SIGKILL);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One process; dropping it ends its whole group.
pub struct Running {
    child: Child,
    group: i32,
    children: Children,
}

impl Running {
    /// Waits for the end, at most for `limit`; then the group is ended and this is an error.
    pub fn finish(mut self, limit: Duration) -> Result<ExitStatus, Error> {
        let alarm = Alarm::after(limit, self.group);
        self.wait_for(alarm)
    }

    /// Waits for the end, however long that takes.
    pub fn wait(&mut self) -> Result<ExitStatus, Error> {
        self.child.wait().doing(|| "waiting for a child".to_owned())
    }

    /// The process's id.
    pub fn id(&self) -> i32 {
        self.group
    }

    /// The exit status when the process has ended already.
    pub fn ended(&mut self) -> Result<Option<ExitStatus>, Error> {
        self.child.try_wait().doing(|| "asking for a child's state".to_owned())
    }

    fn wait_for(&mut self, alarm: Alarm) -> Result<ExitStatus, Error> {
        let status = self.wait()?;
        if alarm.rang() {
            return Err(Error::Failed(format!("took longer than {} s and was ended", alarm.limit.as_secs())));
        }
        Ok(status)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        signal(self.group, Signal::SIGTERM);
        let deadline = Instant::now() + GRACE;
        while matches!(self.child.try_wait(), Ok(None)) && Instant::now() < deadline {
            thread::sleep(POLL);
        }
        signal(self.group, Signal::SIGKILL);
        // The process has ended or was just killed, so that this collects it without waiting.
        let _ = self.child.wait();
        self.children.state().groups.remove(&self.group);
    }
}

/// Ends a group when its time is over, unless it is dropped before.
struct Alarm {
    limit: Duration,
    rang: Arc<AtomicBool>,
    _cancel: mpsc::Sender<()>,
}

impl Alarm {
    fn after(limit: Duration, group: i32) -> Self {
        let (cancel, cancelled) = mpsc::channel::<()>();
        let rang = Arc::new(AtomicBool::new(false));
        let bell = Arc::clone(&rang);
        thread::spawn(move || {
            if cancelled.recv_timeout(limit) == Err(mpsc::RecvTimeoutError::Timeout) {
                bell.store(true, Ordering::SeqCst);
                signal(group, Signal::SIGKILL);
            }
        });
        Self { limit, rang, _cancel: cancel }
    }

    fn rang(&self) -> bool {
        self.rang.load(Ordering::SeqCst)
    }
}

/// A group that has ended already is what the caller wants, so that ESRCH is no error.
fn signal(group: i32, signal: Signal) {
    let _ = killpg(Pid::from_raw(group), signal);
}

/// Shows a line at once, also when standard output is a file or a pipe.
pub fn show(line: &str) {
    println!("{line}");
    // The line itself was written: one that stays in the buffer until the next is no failure.
    let _ = std::io::stdout().flush();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_arrive_and_the_exit_status_is_kept() {
        let mut lines = Vec::new();
        let status = Children::default()
            .stream(Command::new("sh").args(["-c", "echo one; echo two; exit 3"]), Duration::from_secs(30), |line| {
                lines.push(line.to_owned());
            })
            .unwrap();
        assert_eq!((lines, status.code()), (vec!["one".to_owned(), "two".to_owned()], Some(3)));
    }

    #[test]
    fn a_process_past_its_limit_is_ended_with_what_it_started() {
        let error = Children::default()
            .stream(Command::new("sh").args(["-c", "sleep 600 & sleep 600"]), Duration::from_millis(50), |_| {})
            .unwrap_err();
        assert!(error.to_string().contains("took longer"), "{error}");
    }

    #[test]
    fn dropping_ends_the_process() {
        let children = Children::default();
        let running = children.spawn(Command::new("sleep").arg("600")).unwrap();
        let group = running.group;
        drop(running);
        assert!(children.state().groups.is_empty());
        assert!(killpg(Pid::from_raw(group), None).is_err(), "group {group} is still there");
    }
}
