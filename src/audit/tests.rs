#![expect(clippy::unwrap_used, reason = "a test that can not be set up fails")]

use crate::{
    access::{Actor, Permission},
    audit::{AuditQuery, Change, Damage, record},
    platform::testing::{TestPlatform, on_each_database},
};
use sea_orm::ConnectionTrait as _;
use serde_json::json;

async fn log_entries(test: &TestPlatform, actor: &Actor, count: usize) {
    let scope = actor.require(Permission::SystemsWrite).expect("an owner may write");
    for number in 0..count {
        let tx = test.platform.db.write(&scope).await.unwrap();
        let change = Change {
            action: "test.done",
            object: "thing",
            object_id: format!("thing-{number}"),
            detail: json!({ "number": number }),
            event: None,
        };
        record(&tx, &scope, actor, test.platform.clock.now(), change).await.unwrap();
        tx.commit().await.unwrap();
    }
}

async fn tamper(test: &TestPlatform, actor: &Actor, sql: &str) {
    let scope = actor.require(Permission::AuditRead).unwrap();
    let tx = test.platform.db.write(&scope).await.unwrap();
    tx.execute_unprepared(sql).await.unwrap();
    tx.commit().await.unwrap();
}

/// Logs entries, lets somebody with access to the database change them, and gives what the check finds.
async fn damage_after(test: &TestPlatform, statements: &[&str]) -> Vec<Damage> {
    let actor = test.owner().await;
    log_entries(test, &actor, 6).await;
    let audit = test.hub.audit();
    let checkpoint = audit.checkpoint(&actor).await.unwrap();
    assert!(audit.verify(&actor, Some(&checkpoint)).await.unwrap().intact());
    for statement in statements {
        tamper(test, &actor, statement).await;
    }
    audit.verify(&actor, Some(&checkpoint)).await.unwrap().damage
}

#[tokio::test]
async fn an_untouched_log_is_intact_and_grows_from_its_checkpoint() {
    on_each_database(async |test| {
        let actor = test.owner().await;
        log_entries(&test, &actor, 3).await;
        let checkpoint = test.hub.audit().checkpoint(&actor).await.unwrap();
        log_entries(&test, &actor, 5).await;
        let found = test.hub.audit().verify(&actor, Some(&checkpoint)).await.unwrap();
        assert!(found.intact(), "{found:?}");
        assert!(found.size > found.checkpoint_size.unwrap());
    })
    .await;
}

#[tokio::test]
async fn an_edited_entry_is_found() {
    on_each_database(async |test| {
        let body = "UPDATE audit_entries SET body = replace(body, 'thing-2', 'thing-9') WHERE object_id = 'thing-2'";
        let damage = damage_after(&test, &[body]).await;
        assert!(matches!(damage[0], Damage::Edited { .. }), "{damage:?}");
    })
    .await;
}

#[tokio::test]
async fn a_column_that_no_longer_says_what_was_hashed_is_found() {
    on_each_database(async |test| {
        let column = "UPDATE audit_entries SET actor = 'somebody else' WHERE object_id = 'thing-2'";
        let damage = damage_after(&test, &[column]).await;
        assert!(matches!(damage[..], [Damage::Edited { .. }]), "{damage:?}");
    })
    .await;
}

#[tokio::test]
async fn a_deleted_entry_is_found() {
    on_each_database(async |test| {
        let damage = damage_after(&test, &["DELETE FROM audit_entries WHERE object_id = 'thing-3'"]).await;
        assert!(damage.iter().any(|found| matches!(found, Damage::Missing { .. })), "{damage:?}");
    })
    .await;
}

#[tokio::test]
async fn swapped_entries_are_found() {
    on_each_database(async |test| {
        let swap = [
            "UPDATE audit_entries SET seq = 1000 WHERE object_id = 'thing-2'",
            "UPDATE audit_entries SET seq = seq - 1 WHERE object_id = 'thing-3'",
            "UPDATE audit_entries SET seq = (SELECT seq FROM audit_entries WHERE object_id = 'thing-3') + 1 WHERE seq = 1000",
        ];
        let damage = damage_after(&test, &swap).await;
        let edited = damage.iter().filter(|found| matches!(found, Damage::Edited { .. })).count();
        assert_eq!(edited, 2, "{damage:?}");
    })
    .await;
}

/// Whoever can write to the database can also write a head that fits a shorter log; only a checkpoint that was saved
/// elsewhere shows the truncation.
#[tokio::test]
async fn a_truncated_log_with_a_forged_head_is_found_against_the_checkpoint() {
    on_each_database(async |test| {
        let actor = test.owner().await;
        log_entries(&test, &actor, 2).await;
        let scope = actor.require(Permission::AuditRead).unwrap();
        let tx = test.platform.db.read(&scope).await.unwrap();
        let row = tx
            .query_one_raw(sea_orm::Statement::from_string(
                tx.get_database_backend(),
                "SELECT size, root, CAST(frontier AS TEXT) AS frontier FROM audit_heads",
            ))
            .await
            .unwrap()
            .unwrap();
        let (size, root, frontier): (i64, String, String) =
            (row.try_get("", "size").unwrap(), row.try_get("", "root").unwrap(), row.try_get("", "frontier").unwrap());
        drop(tx);
        log_entries(&test, &actor, 4).await;
        let audit = test.hub.audit();
        let checkpoint = audit.checkpoint(&actor).await.unwrap();
        tamper(&test, &actor, &format!("DELETE FROM audit_entries WHERE seq >= {size}")).await;
        let head = format!("UPDATE audit_heads SET size = {size}, root = '{root}', frontier = '{frontier}'");
        tamper(&test, &actor, &head).await;
        assert!(audit.verify(&actor, None).await.unwrap().intact(), "the forged head fits");
        let damage = audit.verify(&actor, Some(&checkpoint)).await.unwrap().damage;
        assert!(damage.iter().any(|found| matches!(found, Damage::Truncated { .. })), "{damage:?}");
    })
    .await;
}

#[tokio::test]
async fn a_checkpoint_of_another_tenant_is_refused() {
    on_each_database(async |test| {
        let (ours, theirs) = (test.owner().await, test.other_owner().await);
        let foreign = test.hub.audit().checkpoint(&theirs).await.unwrap();
        let refused = test.hub.audit().verify(&ours, Some(&foreign)).await.unwrap_err();
        assert_eq!(refused.fields()[0].pointer, "/checkpoint");
    })
    .await;
}

#[tokio::test]
async fn inclusion_and_consistency_are_proven_to_somebody_with_checkpoints_alone() {
    on_each_database(async |test| {
        let actor = test.owner().await;
        let audit = test.hub.audit();
        log_entries(&test, &actor, 4).await;
        let old = audit.verify(&actor, None).await.unwrap();
        log_entries(&test, &actor, 7).await;
        let new = audit.verify(&actor, None).await.unwrap();
        let root = new.root.parse().unwrap();
        let query = AuditQuery { action: Some("test".to_owned()), ..AuditQuery::default() };
        let entry = audit.list(&actor, &query).await.unwrap().items.remove(3);
        let proof = audit.inclusion(&actor, entry.seq, None).await.unwrap();
        proof.verify(&entry.leaf_hash.parse().unwrap(), &root).unwrap();
        let consistency = audit.consistency(&actor, old.size, None).await.unwrap();
        consistency.verify(&old.root.parse().unwrap(), &root).unwrap();
    })
    .await;
}

#[tokio::test]
async fn entries_written_at_the_same_time_form_one_sequence() {
    on_each_database(async |test| {
        let actor = test.owner().await;
        let before = test.hub.audit().verify(&actor, None).await.unwrap().size;
        futures::future::join_all((0..8).map(|_| log_entries(&test, &actor, 5))).await;
        let after = test.hub.audit().verify(&actor, None).await.unwrap();
        assert!(after.intact(), "{after:?}");
        assert_eq!(after.size, before + 40);
    })
    .await;
}

#[tokio::test]
async fn a_change_that_is_rolled_back_leaves_no_entry() {
    on_each_database(async |test| {
        let actor = test.owner().await;
        let scope = actor.require(Permission::SystemsWrite).unwrap();
        let before = test.hub.audit().verify(&actor, None).await.unwrap();
        let tx = test.platform.db.write(&scope).await.unwrap();
        let change = Change {
            action: "test.undone",
            object: "thing",
            object_id: "x".to_owned(),
            detail: json!({}),
            event: Some("x"),
        };
        record(&tx, &scope, &actor, test.platform.clock.now(), change).await.unwrap();
        drop(tx);
        assert_eq!(test.hub.audit().verify(&actor, None).await.unwrap(), before);
    })
    .await;
}
