//! When an open model sends: the arrival rate integrated exactly, and its inverse.

use std::time::Duration;

use crate::plan::Stage;

/// Rounding of the integral of a long ramp; an arrival that is due this close to the end of the schedule belongs to the next one.
const EPSILON: f64 = 1e-6;

/// The arrival times of an open schedule.
///
/// With arrival rate λ(t), arrival `n` (from 0) is due when ∫λ reaches `n`. A stage that goes from `a` to `b` in `d` seconds has
/// ∫₀ᵗλ = a·t + (b−a)·t²/(2d), which is solved for t in closed form, so nothing accumulates over a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Schedule {
    pieces: Vec<Piece>,
    total: f64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Piece {
    stage: Stage,
    starts: f64,
    arrivals_before: f64,
}

impl Schedule {
    /// The schedule of these stages, one after the other.
    #[must_use]
    pub fn new(stages: &[Stage]) -> Self {
        let mut pieces = Vec::with_capacity(stages.len());
        let (mut starts, mut total) = (0.0, 0.0);
        for &stage in stages {
            pieces.push(Piece { stage, starts, arrivals_before: total });
            let length = stage.duration.as_secs_f64();
            starts += length;
            total += stage.mean_rate() * length;
        }
        Self { pieces, total }
    }

    /// The schedule of these stages with no rate above `max_rate`: a ramp is cut where it crosses.
    #[must_use]
    pub fn capped(stages: &[Stage], max_rate: f64) -> Self {
        let stages: Vec<_> = stages.iter().flat_map(|s| cap(*s, max_rate)).collect();
        Self::new(&stages)
    }

    /// The number of arrivals.
    #[must_use]
    pub fn len(&self) -> u64 {
        // Saturates at 0 and at the largest integer, which the limits of a plan keep far away.
        (self.total - EPSILON).ceil() as u64
    }

    /// Whether nothing arrives.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// When arrival `n`, counted from 0, is due; `None` after the last.
    #[must_use]
    pub fn due(&self, n: u64) -> Option<Duration> {
        if n >= self.len() {
            return None;
        }
        let n = n as f64;
        let next = self.pieces.partition_point(|p| p.arrivals_before <= n);
        // Stages without arrivals share their start with the next one; the last of them is the one in which `n` falls.
        let piece = self.pieces.get(next.checked_sub(1)?)?;
        let seconds = piece.starts + time_of(&piece.stage, n - piece.arrivals_before);
        Some(Duration::from_secs_f64(seconds))
    }

    /// The highest rate in requests per second.
    #[must_use]
    pub fn peak_rate(&self) -> f64 {
        let rates = self.pieces.iter().map(|p| p.stage.from_rate.max(p.stage.to_rate));
        rates.fold(0.0, f64::max)
    }
}

/// The time within a stage at which its integral reaches `arrivals`, in the form of the quadratic formula that neither cancels nor divides by a
/// slope of zero.
fn time_of(stage: &Stage, arrivals: f64) -> f64 {
    if arrivals <= 0.0 {
        return 0.0;
    }
    let length = stage.duration.as_secs_f64();
    let slope = (stage.to_rate - stage.from_rate) / length;
    let root = (stage.from_rate.powi(2) + 2.0 * slope * arrivals).max(0.0).sqrt();
    (2.0 * arrivals / (stage.from_rate + root)).clamp(0.0, length)
}

fn cap(stage: Stage, max: f64) -> Vec<Stage> {
    let (from, to) = (stage.from_rate, stage.to_rate);
    if from.max(to) <= max {
        return vec![stage];
    }
    if from.min(to) >= max {
        return vec![Stage::constant(max, stage.duration)];
    }
    let crossing = stage.duration.mul_f64(((max - from) / (to - from)).clamp(0.0, 1.0));
    let rest = stage.duration.saturating_sub(crossing);
    if from < to {
        vec![Stage::ramp(from, max, crossing), Stage::constant(max, rest)]
    } else {
        vec![Stage::constant(max, crossing), Stage::ramp(max, to, rest)]
    }
}

/// An arrival of a worker's part of the schedule.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Arrival {
    /// Position in the whole run, warm-up first.
    pub(crate) position: u64,
    /// When it is due, from the start of the run.
    pub(crate) due: Duration,
    /// Whether it counts, or belongs to the warm-up.
    pub(crate) measured: bool,
}

/// One worker's part of a run: every `workers`-th arrival of the warm-up and then of the schedule.
#[derive(Debug, Clone)]
pub(crate) struct Arrivals {
    warm_up: Schedule,
    main: Schedule,
    main_starts: Duration,
    next: u64,
    step: u64,
}

impl Arrivals {
    pub(crate) fn new(warm_up: Schedule, main: Schedule, main_starts: Duration, worker: u64, workers: u64) -> Self {
        Self { warm_up, main, main_starts, next: worker, step: workers }
    }

    /// The number of measured arrivals that this worker has.
    #[cfg(test)]
    fn measured(&self) -> usize {
        self.clone().filter(|a| a.measured).count()
    }
}

impl Iterator for Arrivals {
    type Item = Arrival;

    fn next(&mut self) -> Option<Arrival> {
        let position = self.next;
        let arrival = match self.warm_up.due(position) {
            Some(due) => Arrival { position, due, measured: false },
            None => Arrival {
                position,
                due: self.main_starts + self.main.due(position - self.warm_up.len())?,
                measured: true,
            },
        };
        self.next += self.step;
        Some(arrival)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secs(s: f64) -> Duration {
        Duration::from_secs_f64(s)
    }

    /// ∫λ at `t`, summed stage by stage: the definition that `due` inverts.
    fn integral(stages: &[Stage], t: f64) -> f64 {
        let mut left = t;
        let mut sum = 0.0;
        for s in stages {
            let d = s.duration.as_secs_f64();
            let x = left.min(d);
            sum += s.from_rate * x + (s.to_rate - s.from_rate) * x * x / (2.0 * d);
            left -= x;
        }
        sum
    }

    #[test]
    fn a_constant_rate_is_evenly_spaced_and_exact_in_number() {
        let schedule = Schedule::new(&[Stage::constant(2000.0, secs(30.0))]);
        assert_eq!(schedule.len(), 60_000);
        assert_eq!(schedule.due(0), Some(Duration::ZERO));
        assert_eq!(schedule.due(1000), Some(secs(0.5)));
        assert_eq!(schedule.due(60_000), None);
    }

    #[test]
    fn a_ramp_from_zero_reaches_the_middle_of_its_arrivals_at_root_half() {
        let schedule = Schedule::new(&[Stage::ramp(0.0, 100.0, secs(10.0))]);
        assert_eq!(schedule.len(), 500);
        let middle = schedule.due(250).unwrap().as_secs_f64();
        assert!((middle - 10.0 * 0.5f64.sqrt()).abs() < 1e-9);
    }

    #[test]
    fn due_inverts_the_integral_and_never_goes_back() {
        let mut state = 1u64;
        let mut random = |high: f64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 33) as f64 / f64::from(1u32 << 31) * high
        };
        for _ in 0..300 {
            let count = 1 + random(4.0) as usize;
            let stages: Vec<_> = (0..count)
                .map(|_| {
                    // A third of the rates is zero, which is where formulas break.
                    let from = (random(300.0) - 100.0).max(0.0);
                    let to = (random(300.0) - 100.0).max(0.0);
                    Stage::ramp(from, to, secs(0.1 + random(5.0)))
                })
                .collect();
            let schedule = Schedule::new(&stages);
            let mut last = Duration::ZERO;
            for n in 0..schedule.len() {
                let due = schedule.due(n).unwrap();
                assert!(due >= last, "{stages:?} {n}");
                let reached = integral(&stages, due.as_secs_f64());
                // A nanosecond of rounding at 300/s, and the flat start of a ramp, stay far below this.
                assert!((reached - n as f64).abs() < 1e-3, "{stages:?} {n} {reached}");
                last = due;
            }
        }
    }

    #[test]
    fn a_cap_cuts_ramps_where_they_cross() {
        let stages = [Stage::ramp(0.0, 4.0, secs(4.0)), Stage::ramp(4.0, 0.0, secs(4.0))];
        let capped = Schedule::capped(&stages, 1.0);
        assert!((capped.peak_rate() - 1.0).abs() < 1e-12);
        // Two triangles of one second and one request per second, and six seconds at 1/s.
        assert_eq!(capped.len(), 7);
    }

    #[test]
    fn workers_share_the_arrivals_without_gap_or_overlap() {
        let warm = Schedule::new(&[Stage::constant(10.0, secs(1.0))]);
        let main = Schedule::new(&[Stage::ramp(5.0, 50.0, secs(3.0))]);
        let part = |w| Arrivals::new(warm.clone(), main.clone(), secs(1.0), w, 3);
        let mut all: Vec<_> = (0..3).flat_map(part).collect();
        all.sort_by_key(|a| a.position);
        let positions: Vec<_> = all.iter().map(|a| a.position).collect();
        assert_eq!(positions, (0..warm.len() + main.len()).collect::<Vec<_>>());
        assert!(all.windows(2).all(|w| w[0].due <= w[1].due));
        assert_eq!((0..3).map(|w| part(w).measured() as u64).sum::<u64>(), main.len());
    }
}
