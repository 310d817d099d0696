//! Taking the readings of a host.

use std::hint::black_box;
use std::time::{Duration, Instant};

use super::kernel::{ProcessorTime, load_per_core};
use crate::clock::thread_cpu_time;
use crate::mix::scramble;

/// The factor that makes a median absolute deviation estimate the standard deviation of a normal distribution, 1/Φ⁻¹(3/4) (Rousseeuw and Croux,
/// Alternatives to the Median Absolute Deviation, 1993).
const MAD_TO_SIGMA: f64 = 1.482_602_218_505_602;

/// How long one round of work is to take at least: long beside the clock's resolution and short beside a time slice.
const ROUND: Duration = Duration::from_millis(3);
/// Rounds of the same work, and the longest that they may take together.
const ROUNDS: usize = 60;
const ROUNDS_BUDGET: Duration = Duration::from_millis(500);
/// Sleeps, how long each is to be, and the longest that they may take together.
const SLEEPS: usize = 100;
const SLEEP: Duration = Duration::from_millis(1);
const SLEEPS_BUDGET: Duration = Duration::from_millis(400);

/// What was read from a host, as it is judged by [`super::Calibration::of`].
#[derive(Debug, Clone, PartialEq)]
pub struct Readings {
    /// How long each round of the same work took.
    pub rounds: Vec<Duration>,
    /// The processor time of all rounds together.
    pub cpu: Duration,
    /// How much later than asked each short sleep ended.
    pub overshoots: Vec<Duration>,
    /// The share of all processor time that the hypervisor took away, 0 to 1.
    pub steal_share: Option<f64>,
    /// The load average of the last minute by the number of cores.
    pub load_per_core: Option<f64>,
}

impl Readings {
    /// Takes the readings of this host on the calling thread, which is busy meanwhile.
    #[must_use]
    pub fn take() -> Self {
        // Before our own work adds to it.
        let load_per_core = load_per_core();
        let before = ProcessorTime::now();
        let work = size_of_round();
        let (rounds, cpu) = take_rounds(work);
        let overshoots = take_sleeps();
        let steal_share = before.zip(ProcessorTime::now()).and_then(|(before, after)| after.steal_share_since(&before));
        Self { rounds, cpu, overshoots, steal_share, load_per_core }
    }

    /// See [`super::Calibration::cpu_variation`]; not a number without rounds.
    pub(super) fn cpu_variation(&self) -> f64 {
        let seconds: Vec<_> = self.rounds.iter().map(Duration::as_secs_f64).collect();
        let middle = median(seconds.clone());
        let deviation = median(seconds.into_iter().map(|time| (time - middle).abs()).collect());
        MAD_TO_SIGMA * deviation / middle
    }

    /// See [`super::Calibration::cpu_wait`]; not a number without rounds.
    pub(super) fn cpu_wait(&self) -> f64 {
        let wall = self.rounds.iter().sum::<Duration>().as_secs_f64();
        // The thread's clock may be ahead of the machine's by their resolution.
        if wall > 0.0 { (1.0 - self.cpu.as_secs_f64() / wall).max(0.0) } else { f64::NAN }
    }

    /// See [`super::Calibration::timer_p99_ms`], by the nearest rank; not a number without sleeps.
    pub(super) fn timer_p99_ms(&self) -> f64 {
        let mut late: Vec<_> = self.overshoots.iter().map(|late| late.as_secs_f64() * 1e3).collect();
        late.sort_by(f64::total_cmp);
        let rank = (late.len() * 99).div_ceil(100);
        rank.checked_sub(1).map_or(f64::NAN, |index| late[index])
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let (low, high) = (values.len().saturating_sub(1) / 2, values.len() / 2);
    values.get(low).zip(values.get(high)).map_or(f64::NAN, |(low, high)| f64::midpoint(*low, *high))
}

/// Steps of work that take [`ROUND`] or up to twice as long.
fn size_of_round() -> u64 {
    let mut steps = 1 << 14;
    while time(steps) < ROUND {
        steps *= 2;
    }
    steps
}

/// Arithmetic alone, each step on the result of the last: no memory, no calls, nothing to be done at the same time.
fn time(steps: u64) -> Duration {
    let begun = Instant::now();
    black_box((0..steps).fold(black_box(1), |value, _| scramble(value)));
    begun.elapsed()
}

fn take_rounds(work: u64) -> (Vec<Duration>, Duration) {
    let (begun, cpu) = (Instant::now(), thread_cpu_time());
    let mut rounds = Vec::with_capacity(ROUNDS);
    while rounds.len() < ROUNDS && begun.elapsed() < ROUNDS_BUDGET {
        rounds.push(time(work));
    }
    (rounds, thread_cpu_time().saturating_sub(cpu))
}

fn take_sleeps() -> Vec<Duration> {
    let begun = Instant::now();
    let mut overshoots = Vec::with_capacity(SLEEPS);
    while overshoots.len() < SLEEPS && begun.elapsed() < SLEEPS_BUDGET {
        let asleep = Instant::now();
        std::thread::sleep(SLEEP);
        overshoots.push(asleep.elapsed().saturating_sub(SLEEP));
    }
    overshoots
}
