//! Files that are removed, and those that stay, on both databases.

use crate::{
    Hub, Kind,
    access::{Actor, Permission},
    audit::AuditQuery,
    ids::BenchmarkId,
    lab::{Benchmark, NewImport, NewImportFile},
    platform::{
        artifacts::GRACE,
        settings::Settings,
        testing::{TestPlatform, on_each_database},
    },
    systems::{EnvironmentKind, NewEnvironment, NewSystem},
};
use chrono::TimeDelta;
use std::{
    path::PathBuf,
    sync::Arc,
    time::{Duration, SystemTime},
};

const K6: &str = include_str!("../../../engines/imports/tests/fixtures/k6-handle-summary.json");
const NAME: &str = "k6.json";

/// A benchmark of each version, from the same file, ten days apart.
async fn imported(test: &TestPlatform, versions: &[&str]) -> Vec<Benchmark> {
    let owner = test.owner().await;
    let new = NewSystem { name: "Shop".to_owned(), ..NewSystem::default() };
    let system = test.hub.systems().create(&owner, new).await.unwrap().id;
    let base_url = "https://shop.example".to_owned();
    let new = NewEnvironment { kind: EnvironmentKind::Staging, name: String::new(), base_url };
    let environment = test.hub.systems().add_environment(&owner, system, new).await.unwrap().id;
    let mut made = Vec::new();
    for version in versions {
        let file = NewImportFile { name: NAME.to_owned(), format: None, content: K6.to_owned() };
        let new = NewImport { environment_id: Some(environment), version: (*version).to_owned(), files: vec![file] };
        made.push(test.hub.lab().import(&owner, new).await.unwrap());
        test.clock.advance(TimeDelta::days(10));
    }
    made
}

fn path(test: &TestPlatform, owner: &Actor, sha256: &str) -> PathBuf {
    test.folder().join("artifacts").join(owner.tenant().to_string()).join(&sha256[..2]).join(sha256)
}

/// Makes a file look as if it was kept that long ago.
fn age(path: &std::path::Path, by: Duration) {
    let file = std::fs::File::options().append(true).open(path).unwrap();
    file.set_modified(SystemTime::now() - by).unwrap();
}

async fn removals(test: &TestPlatform, owner: &Actor, id: BenchmarkId) -> Vec<serde_json::Value> {
    let query = AuditQuery { object_id: Some(id.to_string()), ..AuditQuery::default() };
    let entries = test.hub.audit().list(owner, &query).await.unwrap().items;
    entries.into_iter().filter(|entry| entry.action == "benchmark.files.removed").map(|entry| entry.detail).collect()
}

#[tokio::test]
async fn files_go_with_their_last_benchmark_and_the_figures_stay() {
    on_each_database(async |test| {
        let owner = test.owner().await;
        let (hub, lab) = (&test.hub, test.hub.lab());
        let runs = imported(&test, &["1.0", "2.0"]).await;
        let (first, second) = (runs[0].id, runs[1].id);
        let card = lab.scorecard_of(&owner, first).await.unwrap();
        let digest = lab.artifacts(&owner, first).await.unwrap().remove(0).sha256;
        let blob = path(&test, &owner, &digest);
        age(&blob, GRACE * 2);
        let until = lab.files_kept_until(&owner, &runs[0]).await.unwrap().unwrap();
        assert_eq!(until, runs[0].finished_at.unwrap() + TimeDelta::days(365));

        // Twenty days have passed, ten for each benchmark.
        test.clock.advance(TimeDelta::days(345) - TimeDelta::seconds(1));
        assert_eq!(lab.remove_old_files().await.unwrap(), 0, "not a second early");
        test.clock.advance(TimeDelta::seconds(1));
        let (one, other) = (hub.lab(), hub.lab());
        let (one, other) = tokio::join!(one.remove_old_files(), other.remove_old_files());
        assert_eq!(one.unwrap() + other.unwrap(), 1, "two hubs remove a file once");
        let run = lab.benchmark(&owner, first).await.unwrap();
        let removed = run.files_removed.unwrap();
        assert_eq!((removed.at, removed.after_days, removed.files), (until, 365, 1));
        assert_eq!(lab.files_kept_until(&owner, &run).await.unwrap(), None);
        assert_eq!(lab.artifacts(&owner, first).await.unwrap(), []);
        let gone = lab.artifact(&owner, first, NAME).await.unwrap_err();
        assert_eq!(gone.kind(), Kind::NotFound);
        assert!(gone.message().contains("2027-03-01, after 365 days (ARTIFACT_RETENTION_DAYS)"), "{gone:?}");
        assert_eq!(lab.scorecard_of(&owner, first).await.unwrap(), card, "the figures stay");
        let told = removals(&test, &owner, first).await;
        assert_eq!((told.len(), &told[0]["files"][0]["sha256"]), (1, &serde_json::json!(digest)));
        assert_eq!(lab.artifact(&owner, second, NAME).await.unwrap().1, K6.as_bytes(), "the other one has it too");

        test.clock.advance(TimeDelta::days(10));
        assert_eq!(lab.remove_old_files().await.unwrap(), 1);
        assert!(!blob.exists(), "nobody has it any more");
        assert_eq!(lab.remove_old_files().await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn a_file_that_somebody_is_about_to_have_again_stays() {
    on_each_database(async |test| {
        let owner = test.owner().await;
        let runs = imported(&test, &["1.0"]).await;
        let digest = test.hub.lab().artifacts(&owner, runs[0].id).await.unwrap().remove(0).sha256;
        let blob = path(&test, &owner, &digest);
        age(&blob, GRACE * 2);
        let scope = owner.require(Permission::LabRun).unwrap();
        assert_eq!(test.platform.artifacts.put(&scope, K6.as_bytes().to_vec()).await.unwrap(), digest);
        test.clock.advance(TimeDelta::days(365));
        assert_eq!(test.hub.lab().remove_old_files().await.unwrap(), 1);
        assert_eq!(test.platform.artifacts.get(&scope, &digest).await.unwrap(), K6.as_bytes());
    })
    .await;
}

#[tokio::test]
async fn what_a_crash_left_behind_goes_after_a_week_and_nothing_else_does() {
    on_each_database(async |test| {
        let (owner, stranger) = (test.owner().await, test.other_owner().await);
        let runs = imported(&test, &["1.0"]).await;
        let known = test.hub.lab().artifacts(&owner, runs[0].id).await.unwrap().remove(0).sha256;
        let (week, keep) = (Duration::from_secs(7 * 24 * 3_600 + 60), test.platform.artifacts.clone());
        let scope = owner.require(Permission::LabRun).unwrap();
        let old = path(&test, &owner, &keep.put(&scope, b"no benchmark has it".to_vec()).await.unwrap());
        let young = path(&test, &owner, &keep.put(&scope, b"nor this".to_vec()).await.unwrap());
        let foreign = stranger.require(Permission::LabRun).unwrap();
        let foreign = path(&test, &stranger, &keep.put(&foreign, b"nothing is known of them".to_vec()).await.unwrap());
        let half = old.with_file_name("0198.partial");
        std::fs::write(&half, "hal").unwrap();
        let known = path(&test, &owner, &known);
        let leaving = known.with_added_extension("leaving");
        std::fs::rename(&known, &leaving).unwrap();
        for path in [&old, &half, &leaving, &foreign] {
            age(path, week);
        }
        let forever = Settings { artifact_retention_days: None, ..(*test.platform.settings).clone() };
        let forever = Hub::new(crate::platform::Platform { settings: Arc::new(forever), ..test.platform.clone() });
        assert_eq!(forever.lab().remove_orphans().await.unwrap(), 0, "for ever means every file");
        assert_eq!(test.hub.lab().remove_orphans().await.unwrap(), 1);
        let there = [&old, &half, &leaving, &young, &known, &foreign].map(|path| path.exists());
        assert_eq!(there, [false, false, false, true, true, true]);
    })
    .await;
}

#[tokio::test]
async fn for_ever_removes_nothing() {
    on_each_database(async |test| {
        let runs = imported(&test, &["1.0"]).await;
        let forever = Settings { artifact_retention_days: None, ..(*test.platform.settings).clone() };
        let hub = Hub::new(crate::platform::Platform { settings: Arc::new(forever), ..test.platform.clone() });
        test.clock.advance(TimeDelta::days(36_500));
        assert_eq!(hub.lab().remove_old_files().await.unwrap(), 0);
        let owner = test.owner().await;
        assert_eq!(hub.lab().files_kept_until(&owner, &runs[0]).await.unwrap(), None);
    })
    .await;
}
