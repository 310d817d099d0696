//! What the kernel says of itself, where it does (Linux, proc(5)).

use std::fs;

const STAT: &str = "/proc/stat";
const LOAD_AVERAGE: &str = "/proc/loadavg";

/// Processor time of all cores since the machine started, in ticks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ProcessorTime {
    all: u64,
    stolen: u64,
}

impl ProcessorTime {
    /// `None` where the kernel does not say.
    pub(super) fn now() -> Option<Self> {
        Self::parse(&fs::read_to_string(STAT).ok()?)
    }

    /// Reads the first line of `/proc/stat`: user, nice, system, idle, iowait, irq, softirq, steal, and then what is in user and nice already.
    fn parse(stat: &str) -> Option<Self> {
        let line = stat.lines().next()?.strip_prefix("cpu ")?;
        let ticks: Option<Vec<u64>> = line.split_whitespace().take(8).map(|ticks| ticks.parse().ok()).collect();
        let ticks = ticks.filter(|ticks| ticks.len() == 8)?;
        Some(Self { all: ticks.iter().sum(), stolen: ticks[7] })
    }

    /// `None` when no tick has passed. The kernel's counters may step back a little, which is no steal.
    pub(super) fn steal_share_since(&self, before: &Self) -> Option<f64> {
        let all = self.all.checked_sub(before.all).filter(|ticks| *ticks > 0)?;
        Some((self.stolen.saturating_sub(before.stolen) as f64 / all as f64).min(1.0))
    }
}

/// The load average of the last minute by the number of cores; `None` where there is none.
pub(super) fn load_per_core() -> Option<f64> {
    let cores = std::thread::available_parallelism().ok()?.get();
    first_load_average(&fs::read_to_string(LOAD_AVERAGE).ok()?).map(|load| load / cores as f64)
}

fn first_load_average(text: &str) -> Option<f64> {
    text.split_whitespace().next()?.parse().ok().filter(|load: &f64| load.is_finite() && *load >= 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const STAT: &str = "cpu  100 5 40 800 10 1 4 40 7 3\ncpu0 50 2 20 400 5 0 2 20 3 1\nintr 7\n";

    #[test]
    fn steal_is_a_share_of_all_ticks_between_two_readings() {
        let before = ProcessorTime::parse(STAT).unwrap();
        assert_eq!(before, ProcessorTime { all: 1_000, stolen: 40 });
        let after = ProcessorTime::parse("cpu  150 5 60 820 10 1 4 50 9 3\n").unwrap();
        assert_eq!(after.steal_share_since(&before), Some(0.1));
        assert_eq!(before.steal_share_since(&before), None);
        let stepped_back = ProcessorTime { all: 1_100, stolen: 39 };
        assert_eq!(stepped_back.steal_share_since(&before), Some(0.0));
    }

    #[test]
    fn a_kernel_that_does_not_say_is_none_and_never_zero() {
        for stat in ["", "cpu0 1 2 3 4 5 6 7 8\n", "cpu  100 5 40 800 10 1 4\n", "cpu  a b c d e f g h\n"] {
            assert_eq!(ProcessorTime::parse(stat), None, "{stat}");
        }
        for text in ["", "busy 1 2", "-1.0 0 0", "NaN 0 0"] {
            assert_eq!(first_load_average(text), None, "{text}");
        }
        assert_eq!(first_load_average("1.50 1.20 0.90 2/345 678\n"), Some(1.5));
    }
}
