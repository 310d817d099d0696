use super::*;

/// Two seconds of baseline, one of burst, six to watch; two seconds in a row are a recovery.
const BURST: Burst = Burst {
    rate: 100.0,
    multiple: 5.0,
    baseline_s: 2,
    burst_s: 1,
    watch_s: 6,
    band: Band { latency_factor: 1.5, latency_slack_ms: 10.0, error_slack: 0.01, seconds: 2 },
};

/// A second in which 100 requests ended, all after `latency_ms`, of which `errors` failed.
fn second(second: u32, latency_ms: u64, errors: u64) -> SeriesPoint {
    let mut histogram = LatencyHistogram::coarse();
    (0..100).for_each(|_| histogram.record(Duration::from_millis(latency_ms)));
    SeriesPoint { second, completed: 100, errors, succeeded: 100 - errors, histogram, ..SeriesPoint::default() }
}

fn series(latencies_ms: &[u64]) -> Vec<SeriesPoint> {
    (0u32..).zip(latencies_ms).map(|(at, latency)| second(at, *latency, 0)).collect()
}

fn recovery_of(latencies_ms: &[u64]) -> Recovery {
    recovery(&series(latencies_ms), &BURST)
}

#[test]
fn the_recovery_time_counts_from_the_end_of_the_burst_to_where_the_target_stays() {
    assert_eq!(recovery_of(&[50, 50, 900, 50, 50, 50, 50, 50, 50]).recovery_s, Some(0));
    assert_eq!(recovery_of(&[50, 50, 900, 800, 400, 50, 50, 50, 50]).recovery_s, Some(2));
    assert_eq!(recovery_of(&[50, 50, 900, 800, 50, 400, 50, 50, 400]).recovery_s, Some(3), "one good second is none");
    assert_eq!(recovery_of(&[50, 50, 900, 800, 400, 400, 400, 50, 50]).recovery_s, Some(4), "the last two will do");
}

#[test]
fn what_does_not_come_back_says_so() {
    let never = recovery_of(&[50, 50, 900, 800, 400, 400, 400, 400, 50]);
    assert_eq!((never.recovery_s, never.not_recovered), (None, Some(NotRecovered::NotWithinWatch { seconds: 6 })));
    let cut_short = recovery_of(&[50, 50, 900, 800]);
    assert_eq!(cut_short.not_recovered, Some(NotRecovered::NotWithinWatch { seconds: 6 }));
    let nothing = recovery(&[], &BURST);
    assert_eq!((nothing.recovery_s, nothing.not_recovered), (None, Some(NotRecovered::NoBaseline)));
    assert_eq!(nothing.limit_p95_ms, None);
}

#[test]
fn the_band_is_the_wider_of_factor_and_slack() {
    // 50 ms times 1.5 is more than 50 ms and 10; a coarse histogram keeps two significant digits.
    let wide = recovery_of(&[50, 50, 900, 70, 70, 70, 70, 70, 70]);
    assert_eq!(wide.recovery_s, Some(0));
    assert!((wide.limit_p95_ms.unwrap() - 75.0).abs() < 2.0, "{wide:?}");
    assert_eq!(recovery_of(&[50, 50, 900, 80, 80, 80, 80, 80, 80]).recovery_s, None);
    // 4 ms and 10 is more than 4 ms times 1.5.
    assert_eq!(recovery_of(&[4, 4, 900, 13, 13, 13, 13, 13, 13]).recovery_s, Some(0));
    assert_eq!(recovery_of(&[4, 4, 900, 15, 15, 15, 15, 15, 15]).recovery_s, None);
}

#[test]
fn errors_beyond_those_of_the_baseline_keep_a_target_from_having_recovered() {
    let with = |errors: [u64; 9]| {
        let seconds: Vec<_> = (0u32..).zip(errors).map(|(at, errors)| second(at, 50, errors)).collect();
        recovery(&seconds, &BURST)
    };
    assert_eq!(with([0, 0, 90, 20, 2, 1, 0, 0, 0]).recovery_s, Some(2));
    // The target failed as often before.
    assert_eq!(with([20, 20, 90, 20, 21, 20, 20, 20, 20]).recovery_s, Some(0));
    let found = with([10, 0, 90, 50, 50, 50, 50, 50, 50]);
    assert_eq!((found.baseline.error_rate, found.burst.error_rate), (Some(0.05), Some(0.9)));
    assert_eq!((found.after.error_rate, found.recovery_s), (Some(0.5), None));
}

#[test]
fn a_second_in_which_nothing_was_answered_is_not_within_the_band() {
    let mut seconds = series(&[50, 50, 900, 50, 50, 50, 50, 50, 50]);
    seconds[4] = SeriesPoint { second: 4, in_flight: 64, queued: 100, ..SeriesPoint::default() };
    assert_eq!(recovery(&seconds, &BURST).recovery_s, Some(2));
    // Only failures without an answer, a refused connection for example, have no latency.
    seconds[4] = SeriesPoint { second: 4, errors: 100, ..SeriesPoint::default() };
    assert_eq!(recovery(&seconds, &BURST).recovery_s, Some(2));
    seconds.remove(4);
    assert_eq!(recovery(&seconds, &BURST).recovery_s, Some(2), "a gap is no answer");
}

#[test]
fn parts_are_told_apart_and_the_drain_is_left_out() {
    let mut seconds = series(&[50, 60, 900, 300, 50, 50, 50, 50, 50]);
    seconds.push(second(9, 5_000, 100));
    let found = recovery(&seconds, &BURST);
    assert_eq!((found.baseline.requests, found.burst.requests, found.after.requests), (200, 100, 600));
    assert_eq!(found.after.error_rate, Some(0.0));
    let near = |found: Option<f64>, wanted: f64| (found.unwrap() / wanted - 1.0).abs() < 0.02;
    assert!(near(found.baseline.p95_ms, 60.0) && near(found.burst.p95_ms, 900.0), "{found:?}");
    assert!(near(found.after.p95_ms, 300.0), "100 of 600 are more than 5 %: {found:?}");
}

#[test]
fn a_burst_becomes_a_schedule_of_three_stages() {
    let base = url::Url::parse("http://127.0.0.1:9/").unwrap();
    let seconds = Duration::from_secs;
    let plan = BURST.plan(Plan::closed(base.clone(), 3, seconds(1)));
    let stages = vec![
        Stage::constant(100.0, seconds(2)),
        Stage::constant(500.0, seconds(1)),
        Stage::constant(100.0, seconds(6)),
    ];
    assert_eq!(plan.model, Model::open(stages.clone()));
    assert!(plan.validate().is_ok() && BURST.validate().is_ok());
    let mut own = Plan::open(base, 1.0, seconds(1));
    own.model = Model::Open { stages: vec![], connections: 7, streams_per_connection: 2, queue_limit: 9 };
    let kept = Model::Open { stages, connections: 7, streams_per_connection: 2, queue_limit: 9 };
    assert_eq!(BURST.plan(own).model, kept);
}

#[test]
fn what_is_not_acceptable_is_named() {
    let named = |change: &dyn Fn(&mut Burst)| -> Vec<String> {
        let mut burst = BURST;
        change(&mut burst);
        let errors = burst.validate().expect_err("the change is not acceptable");
        errors.0.into_iter().map(|error| error.field).collect()
    };
    assert_eq!(named(&|b| b.rate = 9.0), ["burst.rate"]);
    assert_eq!(named(&|b| b.multiple = 0.5), ["burst.multiple"]);
    assert_eq!(named(&|b| (b.rate, b.multiple) = (10_000.0, 101.0)), ["burst.multiple"]);
    assert_eq!(named(&|b| b.band.seconds = 7), ["burst.band.seconds"]);
    assert_eq!(named(&|b| b.band.latency_factor = f64::NAN), ["burst.band.latency_factor"]);
    assert_eq!(named(&|b| b.watch_s = 0), ["burst.watch_s", "burst.band.seconds"]);
}
