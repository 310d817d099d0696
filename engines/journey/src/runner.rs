//! Hurl on a thread of its own.

use std::cell::RefCell;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Once};
use std::thread;
use std::time::Duration;

use hurl::runner::{self, EventListener, HurlResult, RunnerOptions, RunnerOptionsBuilder, VariableSet};
use hurl::util::logger::{Logger, LoggerOptionsBuilder};
use hurl::util::path::ContextDir;
use hurl::util::term::{Stderr, Stdout, WriteMode};
use hurl_core::ast::Entry;
use hurl_core::typing::Count;
use tokio::sync::oneshot;

/// libxml2 evaluates XPath by recursion, up to a depth that needs more than a thread's usual 2 MiB.
const STACK: usize = 16 * 1024 * 1024;

thread_local! {
    /// The stop signal of the run on this thread. Hurl's hooks are plain functions, so it cannot be passed to them.
    static STOP: RefCell<Arc<AtomicBool>> = RefCell::default();
}

/// Everything that one run needs, owned.
pub(crate) struct Task {
    pub(crate) entries: Vec<Entry>,
    pub(crate) text: String,
    pub(crate) variables: VariableSet,
    pub(crate) options: RunnerOptions,
}

/// What options a run has besides those of its entries.
pub(crate) struct Settings {
    /// The guard's proxy with its credentials.
    pub(crate) proxy: String,
    pub(crate) folder: Option<PathBuf>,
    pub(crate) entry_timeout: Duration,
    pub(crate) max_redirects: usize,
    pub(crate) max_body: u64,
    pub(crate) retries: usize,
    pub(crate) retry_interval: Duration,
    pub(crate) follow_redirects: bool,
}

impl Settings {
    pub(crate) fn build(&self) -> RunnerOptions {
        let mut builder = RunnerOptionsBuilder::new();
        if let Some(folder) = &self.folder {
            builder.context_dir(&ContextDir::new(folder, folder));
        }
        builder
            .proxy(Some(self.proxy.clone()))
            // An empty list, unlike none, keeps libcurl from reading NO_PROXY.
            .no_proxy(Some(String::new()))
            .timeout(self.entry_timeout)
            .connect_timeout(self.entry_timeout)
            .max_redirect(Count::Finite(self.max_redirects))
            .max_filesize(Some(self.max_body))
            .follow_location(self.follow_redirects)
            .retry((self.retries > 0).then_some(Count::Finite(self.retries)))
            .retry_interval(self.retry_interval)
            .pre_entry(Some(|_| stopped()))
            .post_entry(Some(stopped))
            .build()
    }
}

fn stopped() -> bool {
    STOP.with_borrow(|stop| stop.load(Ordering::Relaxed))
}

/// A run under way.
pub(crate) struct Running {
    /// Gives the result; closed without one if the thread panicked.
    pub(crate) result: oneshot::Receiver<HurlResult>,
    /// Ends the run before its next entry.
    pub(crate) stop: Arc<AtomicBool>,
    /// The position, from 1, of the entry that was begun last; 0 before the first.
    pub(crate) current: Arc<AtomicUsize>,
}

struct Progress(Arc<AtomicUsize>);

impl EventListener for Progress {
    fn on_running(&self, entry_index: usize, _entry_count: usize) {
        self.0.store(entry_index + 1, Ordering::Relaxed);
    }
}

/// libxml2 before 2.12 makes its locks when it is first used, and two threads that do so at once may wait for ever: its first use is
/// made here, alone.
fn prepare() {
    static READY: Once = Once::new();
    READY.call_once(|| drop(libxml::parser::Parser::default().parse_string("<nothing/>")));
}

/// Starts a run. The thread is not the runtime's, so that one that hangs delays neither other work nor the runtime's end.
pub(crate) fn start(task: Task) -> std::io::Result<Running> {
    prepare();
    let (sender, result) = oneshot::channel();
    let (stop, current) = (Arc::<AtomicBool>::default(), Arc::<AtomicUsize>::default());
    let (signal, progress) = (Arc::clone(&stop), Progress(Arc::clone(&current)));
    thread::Builder::new().name("journey".to_owned()).stack_size(STACK).spawn(move || {
        STOP.set(signal);
        // The receiver is gone if the caller stopped waiting.
        let _ = sender.send(execute(&task, &progress));
    })?;
    Ok(Running { result, stop, current })
}

fn execute(task: &Task, progress: &Progress) -> HurlResult {
    // Nothing is printed: both streams are buffers that nobody reads.
    let stderr = Stderr::new(WriteMode::Buffered);
    let mut stdout = Stdout::new(WriteMode::Buffered);
    let mut logger = Logger::new(&LoggerOptionsBuilder::new().build(), stderr, &task.variables.secrets());
    runner::run_entries(
        &task.entries,
        &task.text,
        None,
        &task.options,
        &task.variables,
        &mut stdout,
        Some(progress),
        &mut logger,
    )
}
