#![expect(clippy::unwrap_used, reason = "a failed setup fails the test")]

use super::{
    LATEST, NewSchedule, RunOutcome, RunResult, Schedule, ScheduleState, Timetable,
    rules::{Due, due, is_news, version_at},
};
use crate::{
    Error, Kind,
    access::{Actor, Permission, Role},
    gates::ValidationRequest,
    identity::NewMember,
    ids::{EnvironmentId, ScheduleId, SystemId},
    lab::{BenchmarkQuery, BenchmarkRequest},
    notifications::{About, NotificationKind, NotificationQuery},
    page::PageRequest,
    platform::{
        db::Realm,
        testing::{PASSWORD, TestPlatform, on_each_database},
    },
    systems::{EnvironmentKind, NewEnvironment, NewSystem},
};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::ConnectionTrait as _;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn faults(error: &Error) -> Vec<&str> {
    error.fields().iter().map(|field| field.pointer.as_str()).collect()
}

#[test]
fn what_is_no_expression_and_what_is_no_zone_is_named() {
    let cases = [
        ("", "UTC", vec!["/cron"]),
        ("* * * *", "UTC", vec!["/cron"]),
        ("0 0 2 * * *", "UTC", vec!["/cron"]),
        ("@daily", "UTC", vec!["/cron"]),
        ("61 2 * * *", "UTC", vec!["/cron"]),
        ("0 2 * * FUNDAY", "UTC", vec!["/cron"]),
        ("0 0 30 2 *", "UTC", vec!["/cron"]),
        ("* * * * *", "UTC", vec!["/cron"]),
        ("*/4 * * * *", "UTC", vec!["/cron"]),
        ("0,4 2 1 1 *", "UTC", vec!["/cron"]),
        ("58 23,0 * * *", "UTC", vec![]),
        ("0,58 23,0 * * *", "UTC", vec!["/cron"]),
        ("*/5 * * * *", "UTC", vec![]),
        ("0 2 * * MON-FRI", "Europe/Berlin", vec![]),
        ("0 0 29 2 *", "UTC", vec![]),
        ("0 2 * * *", "Mars/Olympus", vec!["/time_zone"]),
        ("0 2 * * *", "", vec!["/time_zone"]),
        ("x", "y", vec!["/cron", "/time_zone"]),
    ];
    for (cron, zone, wrong) in cases {
        let read = Timetable::parse(cron, zone);
        assert_eq!(read.as_ref().err().map(faults).unwrap_or_default(), wrong, "{cron} in {zone}");
    }
}

#[test]
fn a_clock_that_is_put_forward_or_back_moves_a_time_and_keeps_a_rhythm() {
    let cases = [
        // 2026-03-29, 02:00 becomes 03:00.
        ("30 2 * * *", "2026-03-28T12:00:00Z", vec!["2026-03-29T03:00:00+02:00", "2026-03-30T02:30:00+02:00"]),
        ("0 * * * *", "2026-03-28T23:30:00Z", vec!["2026-03-29T01:00:00+01:00", "2026-03-29T03:00:00+02:00"]),
        ("0,30 2 * * *", "2026-03-28T12:00:00Z", vec!["2026-03-30T02:00:00+02:00", "2026-03-30T02:30:00+02:00"]),
        // 2026-10-25, 03:00 becomes 02:00.
        ("30 2 * * *", "2026-10-24T12:00:00Z", vec!["2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00"]),
        (
            "*/30 * * * *",
            "2026-10-24T23:45:00Z",
            vec![
                "2026-10-25T02:00:00+02:00",
                "2026-10-25T02:30:00+02:00",
                "2026-10-25T02:00:00+01:00",
                "2026-10-25T02:30:00+01:00",
                "2026-10-25T03:00:00+01:00",
            ],
        ),
    ];
    for (cron, from, expected) in cases {
        let table = Timetable::parse(cron, "Europe/Berlin").unwrap();
        let found: Vec<_> = table.after(at(from)).take(expected.len()).map(|time| table.local(time)).collect();
        assert_eq!(found, expected, "{cron} after {from}");
    }
}

#[test]
fn however_many_times_were_missed_one_is_run_unless_it_is_too_old() {
    let run = |text: &str, passed_over| Due::Run { at: at(text), passed_over };
    let missed = |text: &str, passed_over| Due::Missed { at: at(text), passed_over };
    let cases = [
        ("0 2 * * *", "2026-03-02T02:00:00Z", "2026-03-02T01:59:59Z", Due::NotYet),
        ("0 2 * * *", "2026-03-02T02:00:00Z", "2026-03-02T02:00:00Z", run("2026-03-02T02:00:00Z", 0)),
        ("0 2 * * *", "2026-03-02T02:00:00Z", "2026-03-02T03:00:00Z", run("2026-03-02T02:00:00Z", 0)),
        ("0 2 * * *", "2026-03-02T02:00:00Z", "2026-03-02T03:00:01Z", missed("2026-03-02T02:00:00Z", 0)),
        ("0 2 * * *", "2026-03-02T02:00:00Z", "2026-03-05T02:30:00Z", run("2026-03-05T02:00:00Z", 3)),
        ("0 2 * * *", "2026-03-02T02:00:00Z", "2026-03-05T12:00:00Z", missed("2026-03-02T02:00:00Z", 3)),
        ("*/5 * * * *", "2026-03-02T02:00:00Z", "2026-03-02T02:12:00Z", run("2026-03-02T02:10:00Z", 2)),
        ("*/5 * * * *", "2026-03-02T02:00:00Z", "2027-03-02T02:02:00Z", run("2027-03-02T02:00:00Z", 1_000)),
    ];
    for (cron, next, now, expected) in cases {
        let table = Timetable::parse(cron, "UTC").unwrap();
        assert_eq!(due(&table, at(next), at(now)), expected, "{cron} due {next} at {now}");
    }
}

#[test]
fn a_version_is_typed_dated_or_the_latest() {
    let table = Timetable::parse("30 2 * * *", "Asia/Tokyo").unwrap();
    let cases = [
        ("1.4.0", Ok(Some("1.4.0"))),
        ("nightly-{date}", Ok(Some("nightly-2026-03-02"))),
        ("n-{date}-{time}", Ok(Some("n-2026-03-02-0230"))),
        (" {latest} ", Ok(None)),
        ("v{latest}", Err(())),
        ("{day}", Err(())),
        ("{date", Err(())),
        ("", Err(())),
        ("one two", Err(())),
    ];
    for (pattern, expected) in cases {
        let found = version_at(pattern, &table, at("2026-03-01T17:30:00Z"));
        let found = found.map_err(|error| assert_eq!(faults(&error), ["/version"], "{pattern}"));
        let expected: Result<Option<String>, ()> = expected.map(|version| version.map(str::to_owned));
        assert_eq!(found, expected, "{pattern}");
    }
}

#[test]
fn the_same_reason_again_is_no_news() {
    let skipped = RunOutcome::Skipped;
    let cases = [
        (None, skipped, "late", true),
        (Some((skipped, Some("late"))), skipped, "late", false),
        (Some((skipped, Some("late"))), skipped, "going", true),
        (Some((RunOutcome::Started, None)), skipped, "late", true),
        (Some((skipped, Some("late"))), RunOutcome::Refused, "late", true),
        (None, RunOutcome::Started, "", false),
    ];
    for (before, outcome, reason, told) in cases {
        assert_eq!(is_news(before, outcome, reason), told, "{before:?} then {outcome:?} {reason}");
    }
}

/// A shop with a staging environment and a member who builds.
struct Stage<'a> {
    test: &'a TestPlatform,
    owner: Actor,
    member: Actor,
    system: SystemId,
    environment: EnvironmentId,
}

impl<'a> Stage<'a> {
    async fn set(test: &'a TestPlatform) -> Self {
        let owner = test.owner().await;
        let new = NewSystem { name: "Shop".to_owned(), description: String::new() };
        let system = test.hub.systems().create(&owner, new).await.unwrap().id;
        let base_url = "http://127.0.0.1:1".to_owned();
        let new = NewEnvironment { kind: EnvironmentKind::Staging, name: String::new(), base_url };
        let environment = test.hub.systems().add_environment(&owner, system, new).await.unwrap().id;
        let email = "member@ours.example".to_owned();
        let new = NewMember { email, name: String::new(), role: Role::Member, password: PASSWORD.to_owned() };
        let member = test.hub.identity().add_member(&owner, new).await.unwrap();
        let member = test.hub.identity().actor(member.id).await.unwrap().unwrap();
        Self { test, owner, member, system, environment }
    }

    fn benchmark(&self, name: &str, version: &str) -> NewSchedule {
        let request = BenchmarkRequest {
            environment_id: Some(self.environment),
            version: version.to_owned(),
            duration_s: Some(1.0),
            ..BenchmarkRequest::default()
        };
        NewSchedule {
            name: name.to_owned(),
            cron: "0 * * * *".to_owned(),
            time_zone: "UTC".to_owned(),
            enabled: true,
            benchmark: Some(request),
            validation: None,
        }
    }

    async fn make(&self, new: NewSchedule) -> Schedule {
        self.test.hub.schedules().create(&self.member, new).await.unwrap()
    }

    async fn get(&self, id: ScheduleId) -> Schedule {
        self.test.hub.schedules().get(&self.owner, id).await.unwrap()
    }

    async fn dispatch(&self) -> u64 {
        self.test.hub.schedules().dispatch().await.unwrap()
    }

    async fn runs(&self) -> usize {
        self.test.hub.lab().benchmarks(&self.owner, &BenchmarkQuery::default()).await.unwrap().items.len()
    }

    /// What the member was told, newest first.
    async fn told(&self) -> Vec<(NotificationKind, About, String)> {
        let query = NotificationQuery::default();
        let inbox = self.test.hub.notifications().list(&self.member, &query).await.unwrap();
        inbox.items.into_iter().map(|line| (line.kind, line.about, line.body)).collect()
    }

    async fn sql(&self, statement: &str) {
        let tx = self.test.platform.db.realm(Realm::SignIn).await.unwrap();
        tx.execute_unprepared(statement).await.unwrap();
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn a_due_time_starts_one_run_however_many_hubs_look() {
    on_each_database(async |test| {
        let stage = Stage::set(&test).await;
        let made = stage.make(stage.benchmark("Hourly", "n-{date}-{time}")).await;
        assert_eq!(made.next_due_at, Some(at("2026-03-01T10:00:00Z")));
        assert_eq!(stage.dispatch().await, 0);
        for hour in 1..=3 {
            test.clock.advance(TimeDelta::minutes(if hour == 1 { 30 } else { 60 }));
            let hubs: Vec<_> = (0..6).map(|_| test.hub.clone()).collect();
            let looks = hubs.iter().map(|hub| async move { hub.schedules().dispatch().await.unwrap() });
            let settled: u64 = futures::future::join_all(looks).await.iter().sum();
            assert_eq!(settled, 1, "hour {hour}");
            // A run that is still going holds the next one back; its end is no part of this test.
            let run = stage.get(made.id).await.last_run.unwrap();
            let benchmark = run.benchmark_id.unwrap();
            test.hub.lab().cancel(&stage.owner, benchmark).await.unwrap();
        }
        assert_eq!(stage.runs().await, 3);
        let history = test.hub.schedules().runs(&stage.owner, made.id, &PageRequest::default()).await.unwrap().items;
        let versions: Vec<_> = history.iter().map(|run| run.version.as_deref().unwrap()).collect();
        assert_eq!(versions, ["n-2026-03-01-1200", "n-2026-03-01-1100", "n-2026-03-01-1000"]);
        assert!(history.iter().all(|run| run.result == Some(RunResult::Cancelled) && !run.by_hand));
        let benchmark = test.hub.lab().benchmark(&stage.owner, history[0].benchmark_id.unwrap()).await.unwrap();
        assert_eq!(benchmark.created_by, "member@ours.example", "it acts as the member who saved it");
    })
    .await;
}

#[tokio::test]
async fn a_run_that_is_still_going_holds_the_next_one_back_and_members_hear_of_it_once() {
    on_each_database(async |test| {
        let stage = Stage::set(&test).await;
        let made = stage.make(stage.benchmark("Hourly", "1.0.0")).await;
        for _ in 0..4 {
            test.clock.advance(TimeDelta::minutes(60));
            assert_eq!(stage.dispatch().await, 1);
        }
        assert_eq!(stage.runs().await, 1);
        let history = test.hub.schedules().runs(&stage.owner, made.id, &PageRequest::default()).await.unwrap().items;
        let outcomes: Vec<_> = history.iter().map(|run| run.outcome).collect();
        assert_eq!(outcomes, [RunOutcome::Skipped, RunOutcome::Skipped, RunOutcome::Skipped, RunOutcome::Started]);
        assert_eq!(history[0].reason.as_deref(), Some("The run of 1.0.0 was still going."));
        let told = stage.told().await;
        assert_eq!(told.len(), 1, "{told:?}");
    })
    .await;
}

#[tokio::test]
async fn missed_times_are_skipped_with_a_notice_and_the_next_one_runs() {
    on_each_database(async |test| {
        let stage = Stage::set(&test).await;
        let daily = NewSchedule { cron: "0 2 * * *".to_owned(), ..stage.benchmark("Daily", "1.0.0") };
        let made = stage.make(daily).await;
        test.clock.advance(TimeDelta::days(3));
        assert_eq!(stage.dispatch().await, 1);
        let seen = stage.get(made.id).await;
        let last = seen.last_run.unwrap();
        assert_eq!((last.outcome, last.passed_over, stage.runs().await), (RunOutcome::Skipped, 2, 0));
        assert_eq!(seen.next_due_at, Some(at("2026-03-05T02:00:00Z")));
        let told = stage.told().await;
        assert_eq!(
            (told.len(), told[0].0, told[0].1),
            (1, NotificationKind::ScheduleSkipped, About::Schedule(made.id))
        );
        test.clock.advance(TimeDelta::hours(17));
        assert_eq!((stage.dispatch().await, stage.runs().await), (1, 1));
    })
    .await;
}

#[tokio::test]
async fn it_never_runs_with_rights_that_its_owner_lost() {
    on_each_database(async |test| {
        let stage = Stage::set(&test).await;
        let made = stage.make(stage.benchmark("Hourly", "1.0.0")).await;
        stage.sql("UPDATE users SET role = 'auditor' WHERE email = 'member@ours.example'").await;
        test.clock.advance(TimeDelta::minutes(30));
        assert_eq!(stage.dispatch().await, 1);
        let stopped = stage.get(made.id).await;
        assert_eq!((stopped.state, stopped.next_due_at, stage.runs().await), (ScheduleState::Stopped, None, 0));
        assert!(stopped.reason.unwrap().contains("lab:run"));
        assert_eq!(stage.told().await[0].0, NotificationKind::ScheduleStopped);

        let resumed = test.hub.schedules().resume(&stage.owner, made.id).await.unwrap();
        assert_eq!((resumed.state, resumed.owner.as_str()), (ScheduleState::On, "owner@ours.example"));
        test.clock.advance(TimeDelta::hours(1));
        assert_eq!((stage.dispatch().await, stage.runs().await), (1, 1));

        let theirs = stage.benchmark("Theirs", "1.0.0");
        stage.sql("UPDATE users SET role = 'member' WHERE email = 'member@ours.example'").await;
        let theirs = stage.make(theirs).await;
        stage.sql("UPDATE users SET disabled_at = created_at WHERE email = 'member@ours.example'").await;
        test.clock.advance(TimeDelta::hours(1));
        stage.dispatch().await;
        let stopped = stage.get(theirs.id).await;
        assert_eq!(stopped.state, ScheduleState::Stopped);
        assert!(stopped.reason.unwrap().contains("no member any more"));
        let inbox = test.hub.notifications().list(&stage.owner, &NotificationQuery::default()).await.unwrap();
        assert!(
            inbox.items.iter().any(|line| line.about == About::Schedule(theirs.id)),
            "those who are left hear of it"
        );
    })
    .await;
}

#[tokio::test]
async fn the_latest_version_needs_a_measured_one() {
    on_each_database(async |test| {
        let stage = Stage::set(&test).await;
        let validation =
            ValidationRequest { system_id: stage.system, version: LATEST.to_owned(), environment_id: None };
        let new = NewSchedule { benchmark: None, validation: Some(validation), ..stage.benchmark("Gates", "") };
        let made = stage.make(new).await;
        assert_eq!(made.validation.unwrap().environment_id, Some(stage.environment), "the only one, for good");
        test.clock.advance(TimeDelta::minutes(30));
        assert_eq!(stage.dispatch().await, 1);
        let last = stage.get(made.id).await.last_run.unwrap();
        assert_eq!(last.outcome, RunOutcome::Skipped);
        assert!(last.reason.unwrap().contains("No version was measured"));
    })
    .await;
}

#[tokio::test]
async fn a_run_by_hand_keeps_the_times_and_waits_for_the_last() {
    on_each_database(async |test| {
        let stage = Stage::set(&test).await;
        let paused = NewSchedule { enabled: false, ..stage.benchmark("By hand", "1.0.0") };
        let made = stage.make(paused).await;
        let schedules = test.hub.schedules();
        let run = schedules.run_now(&stage.owner, made.id).await.unwrap();
        assert_eq!((run.by_hand, run.result), (true, Some(RunResult::UnderWay)));
        let going = schedules.run_now(&stage.owner, made.id).await.unwrap_err();
        assert_eq!(going.kind(), Kind::Conflict);
        assert_eq!((stage.get(made.id).await.state, stage.runs().await), (ScheduleState::Paused, 1));
    })
    .await;
}

#[tokio::test]
async fn a_schedule_is_defined_by_those_who_may_run_what_it_starts() {
    on_each_database(async |test| {
        let stage = Stage::set(&test).await;
        let schedules = test.hub.schedules();
        let scopes = [Permission::SchedulesWrite].into();
        let (tenant, id) = (stage.owner.tenant(), crate::ids::KeyId::generate());
        let key = Actor::key(tenant, id, "ci".to_owned(), Role::Owner, &scopes);
        let refused = schedules.create(&key, stage.benchmark("Key", "1")).await.unwrap_err();
        assert_eq!(refused.kind(), Kind::Forbidden);
        let auditor = Actor::user(tenant, stage.member.user_id().unwrap(), "a@x.example".to_owned(), Role::Auditor);
        assert_eq!(schedules.create(&auditor, stage.benchmark("A", "1")).await.unwrap_err().kind(), Kind::Forbidden);

        let both = NewSchedule {
            name: String::new(),
            cron: "* * * * *".to_owned(),
            validation: Some(ValidationRequest {
                system_id: stage.system,
                version: "1".to_owned(),
                environment_id: None,
            }),
            ..stage.benchmark("", "1")
        };
        let error = schedules.create(&stage.member, both).await.unwrap_err();
        assert_eq!(faults(&error), ["/name", "/cron", "/validation"]);
        let long = {
            let mut new = stage.benchmark("Long", "v{latest}");
            new.benchmark.as_mut().unwrap().duration_s = Some(1e6);
            new
        };
        let error = schedules.create(&stage.member, long).await.unwrap_err();
        assert_eq!(faults(&error), ["/benchmark/version"]);

        let made = stage.make(stage.benchmark("Nightly", "1")).await;
        let again = schedules.create(&stage.member, stage.benchmark("NIGHTLY", "1")).await.unwrap_err();
        assert_eq!(faults(&again), ["/name"]);
        let stranger = test.other_owner().await;
        assert_eq!(schedules.get(&stranger, made.id).await.unwrap_err().kind(), Kind::NotFound);
        assert_eq!(schedules.remove(&stranger, made.id).await.unwrap_err().kind(), Kind::NotFound);

        let paused = schedules.pause(&stage.owner, made.id).await.unwrap();
        assert_eq!((paused.state, paused.next_due_at), (ScheduleState::Paused, None));
        let renamed = schedules.update(&stage.owner, made.id, stage.benchmark("Hourly", "2")).await.unwrap();
        assert_eq!((renamed.name.as_str(), renamed.state), ("Hourly", ScheduleState::On));
        assert_eq!(renamed.owner, "owner@ours.example");
        schedules.remove(&stage.owner, made.id).await.unwrap();
        assert_eq!(schedules.get(&stage.owner, made.id).await.unwrap_err().kind(), Kind::NotFound);
    })
    .await;
}

#[tokio::test]
async fn an_organisation_has_so_many_schedules_and_no_more() {
    on_each_database(async |test| {
        let stage = Stage::set(&test).await;
        for number in 0..super::MOST_SCHEDULES {
            stage.make(stage.benchmark(&format!("Schedule {number}"), "1")).await;
        }
        let refused = test.hub.schedules().create(&stage.member, stage.benchmark("One more", "1")).await.unwrap_err();
        assert_eq!(refused.kind(), Kind::Conflict);
        assert!(refused.message().contains("100"), "{refused}");
    })
    .await;
}
