//! From measurements to a scorecard.

use super::{
    AccessibilityView, AxeRule, BenchmarkRequest, BrowserSummary, Card, DimensionRow, LatencyPair, LoadModel,
    LoadSummary, METRICS, ObservatoryView, PageAudit, Percentiles, RequestLine, SCORED_DEVICE, ScalabilitySummary,
    Second, SecuritySummary, Seen, StepSummary, StepsRequest, Unmeasured, availability_pct, error_rate_pct,
};
use crate::{
    ids::EnvironmentId,
    page::PageRequest,
    platform::testing::on_each_database,
    systems::{AllowPrivate, EnvironmentKind, NewEnvironment, NewSystem},
};
use sbh_stats::{Dimension, curve::CURRENT};

fn load() -> LoadSummary {
    let corrected = Percentiles { count: 100, p50_ms: 40.0, p95_ms: 120.0, p99_ms: 300.0, ..Percentiles::default() };
    LoadSummary {
        latency: LatencyPair { raw: Some(corrected), corrected: Some(corrected) },
        throughput_rps: 20.0,
        requests: 100,
        errors: 0,
        dropped: 0,
        valid: true,
        invalid_reason: None,
        duration_s: 5.0,
        http_version: None,
        bytes_in: 1_000,
        bytes_out: 100,
        connections_opened: 1,
        error_classes: Default::default(),
        statuses: Default::default(),
        generator_cpu_fraction: 0.1,
        schedule_missed_fraction: 0.0,
        series: (0..5).map(|second| Second { second, started: 20, completed: 20, ..Second::default() }).collect(),
        by_request: Vec::new(),
        host: None,
        repetitions: Vec::new(),
    }
}

fn card(
    load: Option<&LoadSummary>,
    no_load: &str,
    security: Option<&SecuritySummary>,
    browser: Option<&BrowserSummary>,
) -> crate::Result<Card> {
    super::card(Seen { load, no_load, security, browser, ..Seen::default() }, CURRENT)
}

fn security(score: i32) -> SecuritySummary {
    let observatory = ObservatoryView { score, grade: "C".to_owned(), tests: Vec::new() };
    SecuritySummary { observatory: Some(observatory), ..SecuritySummary::default() }
}

#[test]
fn a_scorecard_has_all_eight_dimensions_and_says_why_one_is_missing() {
    let made = card(Some(&load()), "", Some(&security(60)), None).unwrap();
    assert_eq!(made.dimensions.iter().map(|row| row.dimension).collect::<Vec<_>>(), Dimension::ALL);
    for row in &made.dimensions {
        assert_eq!(row.score.is_none(), row.reason.is_some(), "{row:?}");
    }
    let measured = made.dimensions.iter().filter(|row| row.score.is_some()).count();
    assert_eq!(measured, 3, "performance, reliability, security");
}

#[test]
fn contributions_add_up_to_what_is_shown() {
    for security_score in [0, 37, 60, 130] {
        let made = card(Some(&load()), "", Some(&security(security_score)), None).unwrap();
        let sum: f64 = made.dimensions.iter().filter_map(|row| row.points).sum();
        assert!((sum - made.score.unwrap()).abs() < 1e-9, "{sum} {:?}", made.score);
        for row in made.dimensions.iter().filter(|row| row.score.is_some()) {
            let sum: f64 = row.contributions.iter().map(|part| part.points.as_f64()).sum();
            assert!((sum - row.score.unwrap()).abs() < 1e-9, "{row:?}");
        }
    }
}

#[test]
fn without_load_nothing_is_scored_from_it() {
    let made = card(None, "Ownership is not verified.", Some(&security(60)), None).unwrap();
    let performance = &made.dimensions[0];
    assert_eq!((performance.score, performance.reason.as_deref()), (None, Some("Ownership is not verified.")));
    assert_eq!(made.score, Some(60.0), "the one measured dimension");
    assert!(!made.metrics.contains_key("error_rate_pct"));
}

#[test]
fn nothing_measured_is_no_score() {
    let made = card(None, "The target is down.", None, None).unwrap();
    assert_eq!((made.score, made.grade), (None, None));
    assert!(made.metrics.is_empty());
}

#[test]
fn a_target_that_answers_nothing_has_no_latency_and_no_reliability() {
    let mut dead = load();
    dead.latency = LatencyPair::default();
    dead.errors = 100;
    for second in &mut dead.series {
        (second.completed, second.errors) = (0, 20);
    }
    let made = card(Some(&dead), "", None, None).unwrap();
    assert_eq!(made.dimensions[0].reason.as_deref(), Some("No request was answered."));
    assert_eq!(made.dimensions[1].score, Some(0.0));
}

#[test]
fn arrivals_that_were_never_sent_count_as_failed() {
    let mut some = load();
    (some.errors, some.dropped) = (5, 100);
    assert_eq!(error_rate_pct(&some), Some(52.5));
    (some.requests, some.errors, some.dropped) = (0, 0, 0);
    assert_eq!(error_rate_pct(&some), None);
}

#[test]
fn availability_is_the_share_of_seconds_that_were_answered() {
    let mut some = load();
    (some.series[2].completed, some.series[2].errors) = (0, 20);
    some.series.push(Second { second: 5, started: 0, ..Second::default() });
    assert_eq!(availability_pct(&some), Some(80.0));
}

#[test]
fn every_collected_metric_is_in_the_catalogue() {
    let made = card(Some(&load()), "", Some(&security(60)), None).unwrap();
    for key in made.metrics.keys() {
        assert!(METRICS.iter().any(|info| info.key == key), "{key}");
    }
    assert_eq!(made.metrics["bytes_per_request"], 10.0);
}

/// Each wrong request with the pointer that its error must name.
#[test]
fn a_wrong_benchmark_names_the_field() {
    let good = || BenchmarkRequest {
        environment_id: Some(EnvironmentId::from(uuid::Uuid::nil())),
        version: "1.0.0".to_owned(),
        ..BenchmarkRequest::default()
    };
    let line = RequestLine {
        name: "a".to_owned(),
        method: None,
        path: "/".to_owned(),
        headers: Default::default(),
        body: None,
        weight: None,
    };
    assert_eq!(good().parse(10, 120.0, &[]).unwrap().duration_s, Some(30.0));
    assert_eq!(good().parse(10, 20.0, &[]).unwrap().duration_s, Some(20.0), "never more than the configuration allows");
    let steps = |max_users, step_s| BenchmarkRequest { steps: Some(StepsRequest { max_users, step_s }), ..good() };
    assert_eq!(steps(10, None).parse(10, 120.0, &[]).unwrap().steps.unwrap().step_s, Some(2.0));
    let repeated = |times| BenchmarkRequest { repetitions: Some(times), ..good() }.parse(10, 120.0, &[]);
    assert_eq!(repeated(12).unwrap().duration_s, Some(10.0), "all repetitions together");
    assert!(repeated(100).unwrap().same_way(&repeated(100).unwrap()));
    assert!(!repeated(12).unwrap().same_way(&good().parse(10, 120.0, &[]).unwrap()), "of another duration");
    let wrong = [
        ("/environment_id", BenchmarkRequest { environment_id: None, ..good() }),
        ("/version", BenchmarkRequest { version: "<script>".to_owned(), ..good() }),
        ("/duration_s", BenchmarkRequest { duration_s: Some(121.0), ..good() }),
        ("/duration_s", BenchmarkRequest { duration_s: Some(f64::NAN), ..good() }),
        ("/warm_up_s", BenchmarkRequest { warm_up_s: Some(-1.0), ..good() }),
        ("/repetitions", BenchmarkRequest { repetitions: Some(0), ..good() }),
        ("/steps/max_users", steps(3, None)),
        ("/steps/max_users", steps(11, None)),
        ("/steps/step_s", steps(10, Some(24.1))),
        ("/repetitions", BenchmarkRequest { repetitions: Some(101), ..good() }),
        ("/duration_s", BenchmarkRequest { repetitions: Some(12), duration_s: Some(10.1), ..good() }),
        ("/model/vus", BenchmarkRequest { model: LoadModel::Closed { vus: 11, think_time_s: 0.0 }, ..good() }),
        ("/model/rate", BenchmarkRequest { model: LoadModel::Open { rate: 0.0, ramp_to: None }, ..good() }),
        ("/http", BenchmarkRequest { http: Some("http3".to_owned()), ..good() }),
        ("/requests/1/name", BenchmarkRequest { requests: vec![line.clone(), line], ..good() }),
    ];
    for (pointer, request) in wrong {
        let error = request.parse(10, 120.0, &["mobile".to_owned()]).expect_err(pointer);
        assert!(error.fields().iter().any(|field| field.pointer == pointer), "{pointer}: {error:?}");
    }
}

fn browser(metrics: &[(&str, f64)]) -> BrowserSummary {
    let metrics = metrics.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect();
    let audit = PageAudit { device: SCORED_DEVICE.to_owned(), metrics, ..PageAudit::default() };
    BrowserSummary { audits: vec![audit], not_measured: Vec::new() }
}

fn experience(browser: Option<&BrowserSummary>) -> DimensionRow {
    let made = card(Some(&load()), "", None, browser).unwrap();
    made.dimensions.into_iter().find(|row| row.dimension == Dimension::Ux).unwrap()
}

#[test]
fn a_phone_scores_user_experience_as_lighthouse_does() {
    let good = [("fcp_ms", 1800.0), ("speed_index_ms", 3387.0), ("lcp_ms", 2500.0), ("tbt_ms", 200.0), ("cls", 0.1)];
    assert_eq!(experience(Some(&browser(&good))).score, Some(90.0));
    let fair = [("fcp_ms", 3000.0), ("speed_index_ms", 5800.0), ("lcp_ms", 4000.0), ("tbt_ms", 600.0), ("cls", 0.25)];
    assert_eq!(experience(Some(&browser(&fair))).score, Some(50.0));
    let with_rules: Vec<_> = fair.into_iter().chain([("accessibility_pct", 80.0)]).collect();
    assert_eq!(experience(Some(&browser(&with_rules))).score, Some(60.0), "a third of the weight is accessibility");
}

#[test]
fn user_experience_without_a_phone_says_why() {
    let desktop = PageAudit { device: "desktop".to_owned(), ..browser(&[("lcp_ms", 900.0)]).audits.remove(0) };
    let other = BrowserSummary { audits: vec![desktop], not_measured: Vec::new() };
    let gap = Unmeasured { what: SCORED_DEVICE.to_owned(), why: "no Chromium was found".to_owned() };
    let failed = BrowserSummary { audits: Vec::new(), not_measured: vec![gap] };
    for (browser, word) in
        [(None, "did not open"), (Some(&other), "curves are those of a phone"), (Some(&failed), "no Chromium")]
    {
        let row = experience(browser);
        assert!(row.score.is_none() && row.reason.as_ref().unwrap().contains(word), "{row:?}");
    }
    let made = card(None, "", None, Some(&other)).unwrap();
    assert_eq!(made.metrics.get("browser.desktop.lcp_ms"), Some(&900.0));
    assert!(METRICS.iter().any(|info| info.key == "browser.desktop.lcp_ms"));
}

#[test]
fn what_is_undecided_is_no_pass() {
    let rule = |id: &str| AxeRule { id: id.to_owned(), ..AxeRule::default() };
    let view = |passes: usize, violations: usize, incomplete: usize| AccessibilityView {
        passes: vec!["rule".to_owned(); passes],
        violations: vec![rule("image-alt"); violations],
        incomplete: vec![rule("color-contrast"); incomplete],
        ..AccessibilityView::default()
    };
    assert_eq!(view(3, 1, 0).kept_pct(), Some(75.0));
    assert_eq!(view(3, 1, 5).kept_pct(), Some(75.0));
    assert_eq!(view(0, 0, 5).kept_pct(), None);
}

#[tokio::test]
async fn what_waits_is_counted_and_found_by_its_version_in_its_own_organisation() {
    on_each_database(async |test| {
        let (actor, other) = (test.owner().await, test.other_owner().await);
        let (systems, lab) = (test.hub.systems(), test.hub.lab());
        let new = NewSystem { name: "Shop".to_owned(), description: String::new() };
        let system = systems.create(&actor, new).await.unwrap();
        let base_url = "http://127.0.0.1:4100".to_owned();
        let new = NewEnvironment { kind: EnvironmentKind::Staging, name: String::new(), base_url };
        let environment = systems.add_environment(&actor, system.id, new).await.unwrap();
        let reason = AllowPrivate { reason: "our laptop".to_owned() };
        systems.allow_private(&actor, environment.id, reason).await.unwrap();
        let request = |version: &str| BenchmarkRequest {
            environment_id: Some(environment.id),
            version: version.to_owned(),
            ..BenchmarkRequest::default()
        };
        let first = lab.start(&actor, request("1.4.0")).await.unwrap();
        lab.start(&actor, request("2.0.0-rc.1")).await.unwrap();

        assert_eq!(lab.under_way(&actor).await.unwrap(), 2);
        assert_eq!(lab.under_way(&other).await.unwrap(), 0);
        let found = lab.search(&actor, "4.0", 8).await.unwrap();
        assert_eq!(found.iter().map(|run| run.id).collect::<Vec<_>>(), [first.id]);
        assert!(lab.search(&actor, "1%0", 8).await.unwrap().is_empty(), "no wildcard");
        assert!(lab.search(&other, "1.4.0", 8).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn the_newest_of_each_of_several_systems_are_found_at_once() {
    on_each_database(async |test| {
        let (actor, other) = (test.owner().await, test.other_owner().await);
        let (systems, lab) = (test.hub.systems(), test.hub.lab());
        let mut expected = Vec::new();
        for name in ["Shop", "Bank"] {
            let new = NewSystem { name: name.to_owned(), description: String::new() };
            let system = systems.create(&actor, new).await.unwrap().id;
            let base_url = "http://127.0.0.1:4100".to_owned();
            let new = NewEnvironment { kind: EnvironmentKind::Staging, name: String::new(), base_url };
            let environment = systems.add_environment(&actor, system, new).await.unwrap().id;
            let allow = AllowPrivate { reason: "our laptop".to_owned() };
            systems.allow_private(&actor, environment, allow).await.unwrap();
            let mut runs = Vec::new();
            for version in ["1", "2", "3"] {
                let version = version.to_owned();
                let environment_id = Some(environment);
                let request = BenchmarkRequest { environment_id, version, ..BenchmarkRequest::default() };
                runs.push(lab.start(&actor, request).await.unwrap().id);
            }
            expected.push((system, vec![runs[2], runs[1]]));
        }
        let ids: Vec<_> = expected.iter().map(|(system, _)| *system).collect();
        let found = lab.newest_runs(&actor, &ids, 2).await.unwrap();
        for (system, runs) in expected {
            let of_it = found.iter().filter(|run| run.system_id == Some(system)).map(|run| run.id);
            assert_eq!(of_it.collect::<Vec<_>>(), runs);
        }
        assert_eq!(found.len(), 4);
        assert!(lab.newest_runs(&other, &ids, 2).await.unwrap().is_empty());
        assert!(lab.newest_runs(&actor, &[], 2).await.unwrap().is_empty());
        let details = systems.details(&actor, &PageRequest::default()).await.unwrap().items;
        let environments = details.iter().map(|detail| detail.environments.len()).collect::<Vec<_>>();
        assert_eq!(environments, [1, 1]);
    })
    .await;
}

#[test]
fn a_target_that_falls_under_load_scores_less() {
    let step = |users: u32, throughput_rps| StepSummary {
        users,
        throughput_rps,
        p50_ms: None,
        p95_ms: None,
        p99_ms: None,
        error_rate_pct: Some(0.0),
        fitted: true,
    };
    let scaled = |last: f64, stopped: Option<&str>| {
        let steps = vec![step(1, 100.0), step(2, 190.0), step(4, last)];
        let found = ScalabilitySummary { steps, stopped: stopped.map(str::to_owned), ..ScalabilitySummary::default() };
        let made =
            super::card(Seen { scalability: Some(&found), no_load: "none", ..Seen::default() }, CURRENT).unwrap();
        let row = made.dimensions.into_iter().find(|row| row.dimension == Dimension::Scalability).unwrap();
        (row.score, made.metrics.get("scalability.kept_pct").copied())
    };
    assert_eq!(scaled(190.0, None), (Some(100.0), Some(100.0)));
    assert_eq!(scaled(152.0, None), (Some(50.0), Some(80.0)));
    assert_eq!(scaled(190.0, Some("At 8 users the target refused connections.")), (Some(0.0), Some(0.0)));
}
