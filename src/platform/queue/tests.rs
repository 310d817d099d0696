use super::{
    Ending, Handler, JobError, JobState, NewJob, Priority, RETENTION, Task, Workers, backoff, cancel, enqueue, prune,
    view,
};
use crate::{
    Error, Result,
    access::{Actor, Permission},
    ids::JobId,
    platform::{
        Platform,
        db::{Realm, Tx},
        queue::store,
        testing::{TestPlatform, on_each_database},
    },
};
use async_trait::async_trait;
use chrono::TimeDelta;
use serde_json::json;
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::sync::mpsc;

/// What a scripted handler does at one attempt.
enum Step {
    Succeed,
    Fail,
    Fatal,
    Panic,
    WaitForCancel,
}

/// Follows a script and tells what happened.
struct Scripted {
    platform: Platform,
    steps: Mutex<VecDeque<Step>>,
    told: mpsc::UnboundedSender<String>,
}

#[async_trait]
impl Handler for Scripted {
    fn kind(&self) -> &'static str {
        "scripted"
    }

    async fn run(&self, task: &Task) -> Result<(), JobError> {
        let step = self.steps.lock().unwrap().pop_front().expect("the script covers every attempt");
        self.told.send(format!("begun {}", task.attempt())).unwrap();
        match step {
            Step::Succeed => {
                let tx = self.platform.db.write(&task.scope()).await?;
                task.complete(&tx).await?;
                tx.commit().await?;
                self.told.send("done".to_owned()).unwrap();
                Ok(())
            }
            Step::Fail => Err(JobError::Failed(Error::unavailable("the target is away"))),
            Step::Fatal => Err(JobError::Fatal(Error::conflict("this can't work"))),
            Step::Panic => panic!("a handler's bug"),
            Step::WaitForCancel => {
                task.cancel.cancelled().await;
                Err(JobError::Stopped)
            }
        }
    }

    async fn give_up(&self, _: &Tx, _: &Task, ending: &Ending) -> Result<()> {
        self.told.send(format!("given up: {:?}", ending.state())).unwrap();
        Ok(())
    }
}

struct Stage<'a> {
    test: &'a TestPlatform,
    actor: Actor,
    told: mpsc::UnboundedReceiver<String>,
    workers: Option<Workers>,
}

impl<'a> Stage<'a> {
    async fn set(test: &'a TestPlatform, steps: Vec<Step>) -> Self {
        let (sender, told) = mpsc::unbounded_channel();
        let handler = Scripted { platform: test.platform.clone(), steps: Mutex::new(steps.into()), told: sender };
        let actor = test.owner().await;
        let workers = Workers::start(&test.platform, vec![Arc::new(handler)]);
        Self { test, actor, told, workers: Some(workers) }
    }

    async fn enqueue(&self, max_attempts: u32) -> JobId {
        let scope = self.actor.require(Permission::LabRun).unwrap();
        let tx = self.test.platform.db.write(&scope).await.unwrap();
        let job = NewJob { kind: "scripted", payload: json!({}), priority: Priority::Normal, max_attempts };
        let id = enqueue(&tx, &scope, self.test.platform.clock.now(), job).await.unwrap();
        tx.commit().await.unwrap();
        self.test.platform.work.raise();
        id
    }

    async fn hears(&mut self, expected: &str) {
        let told = tokio::time::timeout(Duration::from_secs(60), self.told.recv()).await.expect("something happens");
        assert_eq!(told.as_deref(), Some(expected));
    }

    async fn state(&self, id: JobId) -> JobState {
        let scope = self.actor.require(Permission::LabRead).unwrap();
        let tx = self.test.platform.db.read(&scope).await.unwrap();
        view(&tx, &scope, id).await.unwrap().state
    }

    /// Ends the workers, after which no state changes any more.
    async fn stop(&mut self) {
        self.workers.take().unwrap().stop().await;
    }
}

#[tokio::test]
async fn a_job_that_fails_is_tried_again_after_its_backoff() {
    on_each_database(async |test| {
        let mut stage = Stage::set(&test, vec![Step::Fail, Step::Panic, Step::Succeed]).await;
        let id = stage.enqueue(3).await;
        stage.hears("begun 1").await;
        let moved = keep_moving(&test);
        stage.hears("begun 2").await;
        stage.hears("begun 3").await;
        stage.hears("done").await;
        moved.abort();
        stage.stop().await;
        assert_eq!(stage.state(id).await, JobState::Succeeded);
    })
    .await;
}

/// Moves the clock on while workers poll, so that waits pass.
fn keep_moving(test: &TestPlatform) -> tokio::task::JoinHandle<()> {
    let clock = test.clock.clone();
    tokio::spawn(async move {
        loop {
            clock.advance(TimeDelta::milliseconds(200));
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
}

#[tokio::test]
async fn a_job_that_fails_for_good_is_a_dead_letter_with_its_error() {
    on_each_database(async |test| {
        let mut stage = Stage::set(&test, vec![Step::Fatal, Step::Fail]).await;
        let fatal = stage.enqueue(3).await;
        stage.hears("begun 1").await;
        stage.hears("given up: Dead").await;
        let last = stage.enqueue(1).await;
        stage.hears("begun 1").await;
        stage.hears("given up: Dead").await;
        stage.stop().await;
        assert_eq!((stage.state(fatal).await, stage.state(last).await), (JobState::Dead, JobState::Dead));
        let scope = stage.actor.require(Permission::LabRead).unwrap();
        let tx = test.platform.db.read(&scope).await.unwrap();
        assert_eq!(view(&tx, &scope, last).await.unwrap().error.as_deref(), Some("the target is away"));
    })
    .await;
}

#[tokio::test]
async fn a_running_job_is_cancelled_and_a_waiting_one_never_begins() {
    on_each_database(async |test| {
        let mut stage = Stage::set(&test, vec![Step::WaitForCancel]).await;
        let running = stage.enqueue(3).await;
        stage.hears("begun 1").await;
        let scope = stage.actor.require(Permission::LabRun).unwrap();
        let now = test.platform.clock.now();
        let tx = test.platform.db.write(&scope).await.unwrap();
        let job = NewJob { kind: "scripted", payload: json!({}), priority: Priority::Low, max_attempts: 1 };
        let waiting = enqueue(&tx, &scope, now + TimeDelta::hours(1), job).await.unwrap();
        assert!(cancel(&tx, &scope, now, waiting).await.unwrap(), "it had not begun");
        assert!(!cancel(&tx, &scope, now, running).await.unwrap(), "its worker ends it");
        tx.commit().await.unwrap();
        stage.hears("given up: Cancelled").await;
        stage.stop().await;
        assert_eq!(
            (stage.state(running).await, stage.state(waiting).await),
            (JobState::Cancelled, JobState::Cancelled)
        );
        let tx = test.platform.db.write(&scope).await.unwrap();
        assert!(cancel(&tx, &scope, now, running).await.is_err(), "it is over");
    })
    .await;
}

#[tokio::test]
async fn a_stopping_process_hands_its_jobs_back_without_counting_the_attempt() {
    on_each_database(async |test| {
        let mut stage = Stage::set(&test, vec![Step::WaitForCancel]).await;
        let id = stage.enqueue(1).await;
        stage.hears("begun 1").await;
        stage.stop().await;
        assert_eq!(stage.state(id).await, JobState::Queued);
        let mut next = Stage::set(&test, vec![Step::Succeed]).await;
        next.hears("begun 1").await;
        next.hears("done").await;
        next.stop().await;
        assert_eq!(next.state(id).await, JobState::Succeeded);
    })
    .await;
}

/// Leases as another process would.
async fn lease(test: &TestPlatform, owner: &str) -> Option<Task> {
    let tx = test.platform.db.realm(Realm::Dispatch).await.unwrap();
    let now = test.platform.clock.now_ms();
    let row = store::lease(&tx, owner, now, test.platform.settings.job_lease).await.unwrap();
    tx.commit().await.unwrap();
    row.map(|row| Task::new(row, test.platform.db.clone(), test.platform.clock.clone()))
}

async fn queue_one(test: &TestPlatform, actor: &Actor, priority: Priority) -> JobId {
    let scope = actor.require(Permission::LabRun).unwrap();
    let tx = test.platform.db.write(&scope).await.unwrap();
    let job = NewJob { kind: "scripted", payload: json!({}), priority, max_attempts: 3 };
    let id = enqueue(&tx, &scope, test.platform.clock.now(), job).await.unwrap();
    tx.commit().await.unwrap();
    id
}

#[tokio::test]
async fn a_lapsed_lease_goes_to_another_worker_and_fences_off_the_first() {
    on_each_database(async |test| {
        let actor = test.owner().await;
        queue_one(&test, &actor, Priority::Normal).await;
        let first = lease(&test, "first").await.expect("a job waits");
        assert!(lease(&test, "second").await.is_none(), "the lease holds");
        test.clock.advance(TimeDelta::seconds(31));
        let second = lease(&test, "second").await.expect("the lease has lapsed");
        assert_eq!((first.id(), second.attempt()), (second.id(), 2));

        let tx = test.platform.db.write(&first.scope()).await.unwrap();
        assert!(first.complete(&tx).await.is_err(), "the first worker only seemed dead; its effect must not happen");
        drop(tx);
        let tx = test.platform.db.write(&second.scope()).await.unwrap();
        second.complete(&tx).await.unwrap();
        assert!(second.complete(&tx).await.is_err(), "done is done");
        tx.commit().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_heartbeat_keeps_a_lease() {
    on_each_database(async |test| {
        let actor = test.owner().await;
        queue_one(&test, &actor, Priority::Normal).await;
        let task = lease(&test, "first").await.expect("a job waits");
        for _ in 0..5 {
            test.clock.advance(TimeDelta::seconds(20));
            let tx = test.platform.db.write(&task.scope()).await.unwrap();
            let now = test.platform.clock.now_ms();
            let beat = store::heartbeat(&tx, &task.held, now, Duration::from_secs(30)).await.unwrap();
            tx.commit().await.unwrap();
            assert_eq!(beat, Some(false));
            assert!(lease(&test, "second").await.is_none());
        }
    })
    .await;
}

#[tokio::test]
async fn higher_priorities_go_first_and_equals_in_their_order() {
    on_each_database(async |test| {
        let actor = test.owner().await;
        let mut queued = Vec::new();
        for priority in [Priority::Low, Priority::Normal, Priority::High, Priority::Normal] {
            queued.push(queue_one(&test, &actor, priority).await);
        }
        let mut leased = Vec::new();
        while let Some(task) = lease(&test, "worker").await {
            leased.push(task.id());
        }
        assert_eq!(leased, [queued[2], queued[1], queued[3], queued[0]]);
    })
    .await;
}

#[tokio::test]
async fn a_lapsed_lease_keeps_its_place_among_those_that_wait() {
    on_each_database(async |test| {
        let actor = test.owner().await;
        let lost = queue_one(&test, &actor, Priority::Normal).await;
        assert_eq!(lease(&test, "gone").await.expect("a job waits").id(), lost);
        let low = queue_one(&test, &actor, Priority::Low).await;
        let beside = queue_one(&test, &actor, Priority::Normal).await;
        let high = queue_one(&test, &actor, Priority::High).await;
        test.clock.advance(TimeDelta::seconds(31));
        let mut leased = Vec::new();
        while let Some(task) = lease(&test, "worker").await {
            leased.push(task.id());
        }
        assert_eq!(leased, [high, lost, beside, low]);
    })
    .await;
}

#[tokio::test]
async fn many_workers_never_lease_the_same_job() {
    on_each_database(async |test| {
        let actor = test.owner().await;
        for _ in 0..30 {
            queue_one(&test, &actor, Priority::Normal).await;
        }
        let workers = (0..6).map(|number| {
            let test = &test;
            async move {
                let mut mine = Vec::new();
                while let Some(task) = lease(test, &format!("worker {number}")).await {
                    mine.push(task.id());
                }
                mine
            }
        });
        let mut all: Vec<_> = futures::future::join_all(workers).await.into_iter().flatten().collect();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 30);
    })
    .await;
}

#[tokio::test]
async fn jobs_that_were_over_long_ago_are_removed_and_those_that_wait_are_not() {
    on_each_database(async |test| {
        let actor = test.owner().await;
        let (over, waiting) =
            (queue_one(&test, &actor, Priority::Normal).await, queue_one(&test, &actor, Priority::Low).await);
        let scope = actor.require(Permission::LabRun).unwrap();
        let (db, now) = (&test.platform.db, test.platform.clock.now());
        let tx = db.write(&scope).await.unwrap();
        cancel(&tx, &scope, now, over).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(prune(db, now + RETENTION).await.unwrap(), 0);
        assert_eq!(prune(db, now + RETENTION + TimeDelta::milliseconds(1)).await.unwrap(), 1);
        let tx = db.read(&scope).await.unwrap();
        assert!(view(&tx, &scope, over).await.is_err());
        assert_eq!(view(&tx, &scope, waiting).await.unwrap().state, JobState::Queued);
    })
    .await;
}

#[tokio::test]
async fn another_tenants_job_is_not_found() {
    on_each_database(async |test| {
        let (ours, theirs) = (test.owner().await, test.other_owner().await);
        let id = queue_one(&test, &ours, Priority::Normal).await;
        let scope = theirs.require(Permission::LabRun).unwrap();
        let tx = test.platform.db.write(&scope).await.unwrap();
        assert!(view(&tx, &scope, id).await.is_err());
        assert!(cancel(&tx, &scope, test.platform.clock.now(), id).await.is_err());
    })
    .await;
}

#[test]
fn waits_double_up_to_a_cap_and_keep_at_least_half() {
    assert_eq!(backoff(1, 1.0), Duration::from_secs(2));
    assert_eq!(backoff(1, 0.0), Duration::from_secs(1));
    assert_eq!(backoff(4, 1.0), Duration::from_secs(16));
    assert_eq!(backoff(60, 1.0), Duration::from_secs(300));
}

#[tokio::test]
async fn jobs_of_a_suspended_tenant_wait_and_are_not_lost() {
    on_each_database(async |test| {
        let (ours, theirs) = (test.owner().await, test.other_owner().await);
        let stand = async |suspended: &str| {
            let scope = ours.require(Permission::LabRun).unwrap();
            let tx = test.platform.db.write(&scope).await.unwrap();
            let sql = format!("UPDATE tenants SET suspended_at = {suspended} WHERE name = 'ours'");
            assert_eq!(sea_orm::ConnectionTrait::execute_unprepared(&tx, &sql).await.unwrap().rows_affected(), 1);
            tx.commit().await.unwrap();
        };
        let enqueue = async |actor: &Actor| {
            let scope = actor.require(Permission::LabRun).unwrap();
            let tx = test.platform.db.write(&scope).await.unwrap();
            let job = NewJob { kind: "scripted", payload: json!({}), priority: Priority::Normal, max_attempts: 1 };
            let id = enqueue(&tx, &scope, test.platform.clock.now(), job).await.unwrap();
            tx.commit().await.unwrap();
            id
        };
        let lease = async || {
            let tx = test.platform.db.realm(Realm::Dispatch).await.unwrap();
            let now_ms = test.platform.clock.now_ms();
            let leased = store::lease(&tx, "worker", now_ms, Duration::from_secs(30)).await.unwrap();
            tx.commit().await.unwrap();
            leased.map(|row| JobId::from(row.id))
        };
        stand("'2026-03-01 09:00:00+00:00'").await;
        let (waits, goes) = (enqueue(&ours).await, enqueue(&theirs).await);
        assert_eq!(lease().await, Some(goes), "others' jobs go on");
        assert_eq!(lease().await, None);
        stand("NULL").await;
        assert_eq!(lease().await, Some(waits));
    })
    .await;
}
