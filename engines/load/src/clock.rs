//! Time finer than the runtime's: a precise alarm, and the CPU time of a thread.

use std::io;
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

/// CPU time of the calling thread so far (`CLOCK_THREAD_CPUTIME_ID`, POSIX.1-2017 `clock_getres`): only the generator's own threads
/// are judged, whatever else the process does.
pub(crate) fn thread_cpu_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), u32::try_from(time.tv_nsec).unwrap_or(0))
}

/// Wakes at a moment. The runtime's own timers round up to a millisecond, which at 2,000 requests per second is two arrivals; on Linux this one
/// is a timer of the kernel, exact to its slack of about 50 µs.
#[derive(Debug)]
pub(crate) struct Alarm {
    #[cfg(target_os = "linux")]
    timer: tokio::io::unix::AsyncFd<rustix::fd::OwnedFd>,
}

#[cfg(target_os = "linux")]
impl Alarm {
    /// # Errors
    /// When the process may not open another file.
    pub(crate) fn new() -> io::Result<Self> {
        use rustix::time::{TimerfdClockId, TimerfdFlags, timerfd_create};
        let flags = TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC;
        let timer = timerfd_create(TimerfdClockId::Monotonic, flags)?;
        Ok(Self { timer: watched(timer)? })
    }

    /// Returns at `moment`, or at once if that has passed.
    ///
    /// # Errors
    /// When the kernel refuses the timer.
    pub(crate) async fn wait_until(&mut self, moment: Instant) -> io::Result<()> {
        while let Some(left) = moment.checked_duration_since(Instant::now()) {
            self.arm(left.max(Duration::from_nanos(1)))?;
            let mut ready = self.timer.readable().await?;
            // Reading the number of expirations makes the timer quiet again; there is nothing to read after a spurious wake-up.
            let _ = ready.try_io(|timer| Ok(rustix::io::read(timer.get_ref(), &mut [0u8; 8])?));
        }
        Ok(())
    }

    fn arm(&self, left: Duration) -> io::Result<()> {
        use rustix::time::{Itimerspec, TimerfdTimerFlags, Timespec, timerfd_settime};
        let value = Itimerspec {
            it_interval: Timespec::default(),
            it_value: Timespec {
                tv_sec: i64::try_from(left.as_secs()).unwrap_or(i64::MAX),
                tv_nsec: left.subsec_nanos().into(),
            },
        };
        timerfd_settime(self.timer.get_ref(), TimerfdTimerFlags::empty(), &value)?;
        Ok(())
    }
}

#[cfg(target_os = "linux")]
#[expect(
    deprecated,
    reason = "its replacement is unsafe for the sake of borrowed descriptors; this one is owned and stays open as long as it is watched"
)]
fn watched(timer: rustix::fd::OwnedFd) -> io::Result<tokio::io::unix::AsyncFd<rustix::fd::OwnedFd>> {
    tokio::io::unix::AsyncFd::new(timer)
}

#[cfg(not(target_os = "linux"))]
impl Alarm {
    /// # Errors
    /// None here.
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self {})
    }

    /// Returns at `moment`, up to the millisecond of the runtime's timers later.
    ///
    /// # Errors
    /// None here.
    pub(crate) async fn wait_until(&mut self, moment: Instant) -> io::Result<()> {
        tokio::time::sleep_until(moment.into()).await;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_alarm_never_rings_early_and_rings_again() {
        let mut alarm = Alarm::new().unwrap();
        for micros in [0, 1, 300, 2_500] {
            let moment = Instant::now() + Duration::from_micros(micros);
            alarm.wait_until(moment).await.unwrap();
            assert!(Instant::now() >= moment);
        }
    }

    #[test]
    fn cpu_time_grows_with_work() {
        let before = thread_cpu_time();
        let mut sum = 0u64;
        while thread_cpu_time() == before {
            sum = std::hint::black_box(sum.wrapping_add(1));
        }
        assert!(thread_cpu_time() > before);
    }
}
