//! The course of a running benchmark, as its events tell it.

use super::view::Pulse;
use crate::ui::{Meaning, Phase, ProgressFacts, format};
use hub::lab::{Benchmark, BenchmarkRequest, BenchmarkState, RunPhase, RunProgress};
use serde::{Deserialize, Serialize};

/// The phases of the load, which a benchmark may repeat.
const LOAD: [RunPhase; 3] = [RunPhase::WarmUp, RunPhase::Measuring, RunPhase::Draining];
/// Those of which nobody knows how long they will take.
const OPEN_END: [RunPhase; 2] = [RunPhase::Visiting, RunPhase::Browsing];
/// Points that a live chart keeps; past it every second one goes.
const MOST_POINTS: usize = 240;

/// What a live page knows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Course {
    /// Where the benchmark stands.
    pub state: BenchmarkState,
    /// Somebody asked for its end.
    pub cancel_requested: bool,
    /// How far it is.
    pub progress: RunProgress,
    /// How often the load runs.
    pub repetitions: u32,
    /// The load over time.
    pub points: Vec<Point>,
    /// What happened, oldest first: the load's age and what it was.
    pub log: Vec<(String, String)>,
}

/// The load at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Point {
    /// Seconds of load.
    pub at_s: f64,
    /// Requests finished a second.
    pub rate_rps: f64,
    /// 95th percentile of latency so far.
    pub p95_ms: Option<f64>,
}

impl Course {
    /// As the benchmark stands when the page is made.
    pub fn of(run: &Benchmark) -> Self {
        let progress = run.progress.clone().unwrap_or_default();
        let mut course = Self {
            state: run.state,
            cancel_requested: run.cancel_requested,
            repetitions: run.request.repeated(),
            points: Vec::new(),
            log: vec![(age(&progress), progress.phase.label().to_owned())],
            progress,
        };
        course.keep_point();
        course
    }

    /// Takes in an event.
    pub fn note(&mut self, pulse: Pulse) {
        let now = pulse.progress.unwrap_or_default();
        let age = age(&now);
        if now.phase != self.progress.phase {
            self.log.push((age.clone(), now.phase.label().to_owned()));
        }
        if now.errors > 0 && self.progress.errors == 0 {
            self.log.push((age.clone(), "The first requests failed".to_owned()));
        }
        if pulse.cancel_requested && !self.cancel_requested {
            self.log.push((age, "Somebody asked for its end".to_owned()));
        }
        (self.state, self.cancel_requested, self.progress) = (pulse.state, pulse.cancel_requested, now);
        self.keep_point();
    }

    fn keep_point(&mut self) {
        let RunProgress { elapsed_s: at_s, rate_rps, p95_ms, .. } = self.progress;
        let newer = self.points.last().is_none_or(|last| at_s > last.at_s);
        if at_s <= 0.0 || !newer || !LOAD.contains(&self.progress.phase) {
            return;
        }
        self.points.push(Point { at_s, rate_rps, p95_ms });
        if self.points.len() > MOST_POINTS {
            let mut keep = false;
            self.points.retain(|_| {
                keep = !keep;
                keep
            });
        }
    }

    /// The words and figures of the bar.
    pub fn facts(&self) -> ProgressFacts {
        let now = &self.progress;
        let total = if OPEN_END.contains(&now.phase) { 0.0 } else { now.elapsed_s + now.remaining_s };
        let figure = |name: &str, value: String, unit: &str| (name.to_owned(), value, unit.to_owned());
        let latency = |value: Option<f64>| value.map_or(format::NONE.to_owned(), format::significant);
        ProgressFacts {
            phase: self.words(),
            permille: (total > 0.0).then(|| permille(now.elapsed_s / total)),
            elapsed: seconds(now.elapsed_s),
            remaining: if total > 0.0 { seconds(now.remaining_s) } else { String::new() },
            figures: vec![
                figure("Rate", format::significant(now.rate_rps), "requests/s"),
                figure("p50", latency(now.p50_ms), "ms"),
                figure("p95", latency(now.p95_ms), "ms"),
                figure("Requests", format::count(now.requests), ""),
                figure("Errors", format::count(now.errors), ""),
            ],
        }
    }

    fn words(&self) -> String {
        let (phase, repetition) = (self.progress.phase, self.progress.repetition);
        let side = if self.progress.baseline { ", of the baseline" } else { "" };
        match self.state {
            _ if self.cancel_requested => "Ending, as asked".to_owned(),
            BenchmarkState::Queued => "Waiting for a worker".to_owned(),
            _ if self.repetitions > 1 && LOAD.contains(&phase) => {
                format!("{}, {repetition} of {}{side}", phase.label(), self.repetitions)
            }
            _ => format!("{}{side}", phase.label()),
        }
    }

    /// The steps of the run; without load where none may be sent.
    pub fn phases(&self, request: &BenchmarkRequest, may_load: bool) -> Vec<Phase> {
        let current = self.progress.phase;
        let at = |phase: RunPhase| RunPhase::ALL.iter().position(|other| *other == phase);
        let browsing = may_load && !request.devices.is_empty();
        let wanted = RunPhase::ALL.into_iter().filter(|phase| match phase {
            RunPhase::Browsing => browsing,
            RunPhase::Stepping => may_load && request.steps.is_some(),
            RunPhase::Bursting => may_load && request.burst.is_some(),
            RunPhase::Visiting => may_load && request.rude,
            phase => may_load || !LOAD.contains(phase),
        });
        let step = |phase: RunPhase| Phase {
            name: phase.label().to_owned(),
            meaning: match at(phase).cmp(&at(current)) {
                std::cmp::Ordering::Less => Some(Meaning::Pass),
                std::cmp::Ordering::Equal => Some(Meaning::Running),
                std::cmp::Ordering::Greater => None,
            },
            detail: match phase {
                RunPhase::Browsing => request.devices.join(", "),
                RunPhase::Stepping => {
                    request.steps.map(|steps| format!("up to {} users", steps.max_users)).unwrap_or_default()
                }
                RunPhase::Bursting => {
                    request.burst.map(|burst| format!("{} times the rate", burst.multiple)).unwrap_or_default()
                }
                RunPhase::WarmUp => planned(request.warm_up_s, request.repeated()),
                RunPhase::Measuring => planned(request.duration_s, request.repeated()),
                _ => String::new(),
            },
        };
        wanted.map(step).collect()
    }
}

fn planned(duration_s: Option<f64>, repeated: u32) -> String {
    let Some(each) = duration_s.map(seconds) else { return String::new() };
    if repeated > 1 { format!("{repeated} times {each}") } else { each }
}

fn age(progress: &RunProgress) -> String {
    if progress.elapsed_s > 0.0 { seconds(progress.elapsed_s) } else { String::new() }
}

/// A number of seconds in words, without tenths.
pub(super) fn seconds(value: f64) -> String {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a run lasts hours at most")]
    let whole = value.max(0.0).round() as u64;
    if whole == 0 { "0 s".to_owned() } else { format::duration(whole * 1000) }
}

fn permille(share: f64) -> u16 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0 to 1000 before")]
    let permille = (share * 1000.0).clamp(0.0, 1000.0) as u16;
    permille
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start() -> Course {
        Course {
            state: BenchmarkState::Queued,
            cancel_requested: false,
            progress: RunProgress::default(),
            repetitions: 1,
            points: Vec::new(),
            log: Vec::new(),
        }
    }

    fn pulse(phase: RunPhase, elapsed_s: f64) -> Pulse {
        let progress =
            RunProgress { phase, elapsed_s, remaining_s: 10.0 - elapsed_s, rate_rps: 20.0, ..Default::default() };
        Pulse { state: BenchmarkState::Running, progress: Some(progress), cancel_requested: false }
    }

    #[test]
    fn each_phase_is_logged_once() {
        let mut course = start();
        for event in [
            pulse(RunPhase::Probing, 0.0),
            pulse(RunPhase::WarmUp, 1.0),
            pulse(RunPhase::WarmUp, 2.0),
            pulse(RunPhase::Measuring, 3.0),
        ] {
            course.note(event);
        }
        let told: Vec<_> = course.log.iter().map(|(age, words)| (age.as_str(), words.as_str())).collect();
        assert_eq!(told, [("", "Passive probes"), ("1 s", "Warm-up"), ("3 s", "Measuring")]);
    }

    #[test]
    fn points_follow_the_load_and_stay_few() {
        let mut course = start();
        course.note(pulse(RunPhase::Probing, 0.0));
        assert!(course.points.is_empty());
        for at in 1..=2_000 {
            course.note(pulse(RunPhase::Measuring, f64::from(at) / 2.0));
            course.note(pulse(RunPhase::Measuring, f64::from(at) / 2.0));
        }
        assert!(course.points.len() <= MOST_POINTS && course.points.len() > MOST_POINTS / 4);
        assert!(course.points.is_sorted_by(|a, b| a.at_s < b.at_s));
    }

    #[test]
    fn nobody_knows_how_far_probes_are() {
        let mut course = start();
        course.note(Pulse {
            progress: Some(RunProgress { phase: RunPhase::Probing, ..Default::default() }),
            ..pulse(RunPhase::Probing, 0.0)
        });
        assert_eq!((course.facts().permille, course.facts().remaining), (None, String::new()));
        course.note(pulse(RunPhase::Measuring, 2.5));
        assert_eq!((course.facts().permille, course.facts().remaining.as_str()), (Some(250), "8 s"));
    }

    #[test]
    fn a_repeated_load_says_which_repetition_it_is() {
        let mut course = Course { repetitions: 12, ..start() };
        let mut event = pulse(RunPhase::Measuring, 2.5);
        event.progress.as_mut().unwrap().repetition = 3;
        course.note(event);
        assert_eq!(course.facts().phase, "Measuring, 3 of 12");
        let request = BenchmarkRequest { repetitions: Some(12), duration_s: Some(10.0), ..BenchmarkRequest::default() };
        let step = course.phases(&request, true).into_iter().find(|step| step.name == "Measuring");
        assert_eq!(step.map(|step| step.detail), Some("12 times 10 s".to_owned()));
    }

    #[test]
    fn a_browser_takes_as_long_as_it_takes_and_is_no_load() {
        let mut course = start();
        course.note(pulse(RunPhase::Measuring, 3.0));
        course.note(pulse(RunPhase::Browsing, 5.0));
        assert_eq!((course.facts().permille, course.facts().remaining, course.points.len()), (None, String::new(), 1));
        let request = BenchmarkRequest { devices: vec!["mobile".to_owned()], ..Default::default() };
        let step = course.phases(&request, true).into_iter().find(|step| step.name == RunPhase::Browsing.label());
        assert_eq!(step.map(|step| (step.detail, step.meaning)), Some(("mobile".to_owned(), Some(Meaning::Running))));
    }

    #[test]
    fn a_run_without_load_has_no_steps_of_load() {
        let mut course = start();
        course.note(pulse(RunPhase::Probing, 0.0));
        let names = |may_load| {
            course.phases(&BenchmarkRequest::default(), may_load).into_iter().map(|step| step.name).collect::<Vec<_>>()
        };
        assert_eq!(names(false), ["Waiting", "Passive probes", "Scoring"]);
        assert_eq!(names(true).len(), 6);
        let steps = course.phases(&BenchmarkRequest::default(), true);
        assert_eq!(
            (steps[0].meaning, steps[1].meaning, steps[2].meaning),
            (Some(Meaning::Pass), Some(Meaning::Running), None)
        );
    }
}
