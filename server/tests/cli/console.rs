//! The commands for whoever runs the hub: init, keys, migrate, config, audit.

use crate::{
    process::{Desk, Ended},
    support::PASSWORD,
};
use sea_orm::{ConnectionTrait as _, Database};

const INIT: [&str; 6] = ["init", "--email", "ada@example.com", "--organisation", "Acme", "--password-stdin"];

/// Lets the second and the third entry change places.
const SWAP: &str = "UPDATE audit_entries SET seq = 99 WHERE seq = 1; UPDATE audit_entries SET seq = 1 WHERE seq = 2; \
                    UPDATE audit_entries SET seq = 2 WHERE seq = 99";

/// A desk where a hub has an owner.
async fn owned() -> Desk {
    let desk = Desk::new();
    desk.sbh_reading(&INIT, PASSWORD).await.expect(0);
    desk
}

async fn create_key(desk: &Desk) -> Ended {
    desk.sbh(&["keys", "create", "--name", "ci", "--scopes", "lab:read,lab:run"]).await
}

/// Changes the database behind the hub's back.
async fn tamper(desk: &Desk, sql: &str) {
    let url = format!("sqlite://{}", desk.folder().join("data/sbh.db").display());
    let database = Database::connect(url).await.unwrap();
    assert!(database.execute_unprepared(sql).await.unwrap().rows_affected() > 0, "{sql} changes something");
    database.close().await.unwrap();
}

#[tokio::test]
async fn the_first_owner_is_made_once() {
    let desk = owned().await;
    desk.sbh_reading(&INIT, PASSWORD).await.expect(1).saying("has an owner already");
}

#[tokio::test]
async fn a_wrong_owner_is_refused_field_by_field_before_anything_is_made() {
    let desk = Desk::new();
    let wrong = ["init", "--email", "ada", "--organisation", " ", "--password-stdin"];
    let refused = desk.sbh_reading(&wrong, "short\n").await.expect(2);
    refused.saying("E-mail must").saying("Organisation must").saying("Password must have 12 to 256 characters");
    desk.sbh_reading(&INIT, "").await.expect(2).saying("--password-stdin");
    desk.sbh(&INIT[..5]).await.expect(2).saying("--password-stdin");
    assert!(!desk.folder().join("data").exists());
}

#[tokio::test]
async fn a_secret_stands_alone_on_standard_output_and_is_never_listed() {
    let desk = owned().await;
    let made = create_key(&desk).await.expect(0);
    let secret = made.out.strip_suffix('\n').unwrap();
    assert!(secret.starts_with("sbh_") && secret.chars().all(|sign| sign.is_ascii_alphanumeric() || sign == '_'));
    assert!(!made.err.contains(secret));
    let listed = desk.sbh(&["keys", "list"]).await.expect(0).printing("lab:read,lab:run");
    assert!(!listed.out.contains(secret));
    let id = listed.out.split_whitespace().next().unwrap();
    desk.sbh(&["keys", "revoke", id]).await.expect(0);
    desk.sbh(&["keys", "list"]).await.expect(0).printing("revoked");
    desk.sbh(&["keys", "revoke", "nonsense"]).await.expect(1).saying("There is no such key.");
}

#[tokio::test]
async fn wrong_keys_are_refused_with_what_is_allowed() {
    let desk = owned().await;
    let wrong = ["keys", "create", "--name", "ci", "--scopes", "lab:fly"];
    desk.sbh(&wrong).await.expect(2).saying("lab:read");
    let wrong = ["keys", "create", "--name", "ci", "--scopes", "lab:read", "--expires-in-days", "9999"];
    desk.sbh(&wrong).await.expect(2).saying("1 to 730 days");
    desk.sbh(&["keys", "create", "--name", "ci"]).await.expect(2).saying("--scopes");
}

#[tokio::test]
async fn without_an_owner_the_console_says_what_to_do() {
    let desk = Desk::new();
    for command in [&["keys", "list"][..], &["audit", "verify"]] {
        desk.sbh(command).await.expect(1).saying("sbh init");
    }
}

#[tokio::test]
async fn migrations_are_checked_without_being_applied() {
    let desk = Desk::new();
    desk.sbh(&["migrate", "--check"]).await.expect(1).saying("sbh migrate");
    assert!(!desk.folder().join("data").exists());
    desk.sbh(&["migrate"]).await.expect(0);
    desk.sbh(&["migrate", "--check"]).await.expect(0);
    tamper(&desk, "DELETE FROM seaql_migrations").await;
    desk.sbh(&["migrate", "--check"]).await.expect(1).saying("migrations are pending");
}

#[tokio::test]
async fn a_database_that_does_not_answer_is_unreachable() {
    let desk = Desk::new().with("DATABASE_URL", "postgres://nobody@127.0.0.1:1/nothing");
    desk.sbh(&["keys", "list"]).await.expect(3).saying("The database does not answer.");
}

#[tokio::test]
async fn the_configuration_is_shown_without_secrets_and_refused_by_name() {
    let secret = "a secret key that is long enough for it";
    let desk = Desk::new().with("SECRET_KEY", secret).with("PORT", "4000");
    let shown = desk.sbh(&["config"]).await.expect(0).printing("PORT=4000 # environment\n");
    let shown = shown.printing("JOB_WORKERS=2 # default\n");
    assert!(!shown.out.contains(secret));
    let desk = desk.with("BENCH_MAX_VUS", "many").with("ENVIRONMENT", "moon");
    desk.sbh(&["config"]).await.expect(2).saying("BENCH_MAX_VUS").saying("ENVIRONMENT");
    desk.sbh(&["serve"]).await.expect(2).saying("BENCH_MAX_VUS");
}

#[tokio::test]
async fn an_intact_log_is_recognised() {
    let desk = owned().await;
    let note = desk.sbh(&["audit", "checkpoint"]).await.expect(0).out;
    std::fs::write(desk.folder().join("note"), note).unwrap();
    create_key(&desk).await.expect(0);
    desk.sbh(&["audit", "verify"]).await.expect(0).printing("intact");
    desk.sbh(&["audit", "verify", "--checkpoint", "note"]).await.expect(0).printing("intact");
    desk.sbh(&["audit", "verify", "--checkpoint", "nothing"]).await.expect(2).saying("--checkpoint");
    std::fs::write(desk.folder().join("note"), "nonsense").unwrap();
    desk.sbh(&["audit", "verify", "--checkpoint", "note"]).await.expect(2).saying("checkpoint");
}

#[tokio::test]
async fn damage_is_found_and_named() {
    let edits = [
        ("UPDATE audit_entries SET actor = 'nobody' WHERE seq = 1", "entry 1 is not what was written"),
        ("DELETE FROM audit_entries WHERE seq = 1", "entry 1 is missing"),
        (SWAP, "entry 1 is not what was written"),
    ];
    for (edit, said) in edits {
        let desk = owned().await;
        create_key(&desk).await.expect(0);
        create_key(&desk).await.expect(0);
        tamper(&desk, edit).await;
        desk.sbh(&["audit", "verify"]).await.expect(1).saying(said);
    }
}

#[tokio::test]
async fn a_log_that_was_cut_off_is_found_by_an_earlier_checkpoint() {
    let desk = owned().await;
    create_key(&desk).await.expect(0);
    let note = desk.sbh(&["audit", "checkpoint"]).await.expect(0).out;
    std::fs::write(desk.folder().join("note"), note).unwrap();
    tamper(&desk, "DELETE FROM audit_entries WHERE seq = (SELECT max(seq) FROM audit_entries)").await;
    desk.sbh(&["audit", "verify", "--checkpoint", "note"]).await.expect(1).saying("some were cut off");
}

#[tokio::test]
async fn organisations_are_made_suspended_and_removed_by_their_slugs() {
    let desk = owned().await.with("PUBLIC_URL", "https://hub.example.com");
    let create = ["tenants", "create", "--name", "Beta Labs", "--email", "boss@beta.example"];
    let link = desk.sbh(&create).await.expect(0).saying("boss@beta.example is invited").out;
    let secret = link.trim_end().strip_prefix("https://hub.example.com/invitation/").unwrap();
    assert!(secret.len() == 64 && !link.trim_end().contains(char::is_whitespace), "{link}");
    desk.sbh(&create).await.expect(0);
    let with_password = [&create[..], &["--slug", "gamma", "--tier", "professional", "--password-stdin"]].concat();
    desk.sbh_reading(&with_password, PASSWORD).await.expect(0).printing("gamma  Beta Labs  professional  1 members");
    desk.sbh_reading(&with_password, PASSWORD).await.expect(2).saying("Another organisation is called this.");
    let listed = desk.sbh(&["tenants", "list"]).await.expect(0);
    let listed = listed.printing("beta-labs-2").printing("Acme  enterprise  1 members  runs the hub");
    assert_eq!(listed.out.lines().count(), 4, "{listed:?}");
    desk.sbh(&["tenants", "set-tier", "gamma", "golden"]).await.expect(2).saying("basic, professional or enterprise");
    desk.sbh(&["tenants", "set-tier", "gamma", "enterprise"]).await.expect(0).printing("enterprise");
    desk.sbh(&["tenants", "suspend", "gamma", "--reason", "Unpaid."]).await.expect(0).printing("suspended: Unpaid.");
    desk.sbh(&["tenants", "resume", "gamma"]).await.expect(0).printing("active");
    desk.sbh(&["tenants", "delete", "gamma"]).await.expect(0).printing("goes after");
    desk.sbh(&["tenants", "restore", "gamma"]).await.expect(0).printing("active");
    desk.sbh(&["tenants", "delete", "acme"]).await.expect(1).saying("runs the hub");
    desk.sbh(&["tenants", "resume", "delta"]).await.expect(1).saying("There is no such organisation.");
}
