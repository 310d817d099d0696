//! `sbh bootstrap`

use crate::{process::Desk, support::PASSWORD};
use std::fs;

const INIT: [&str; 4] = ["init", "--email", "ada@example.com", "--password-stdin"];

#[tokio::test]
async fn a_new_project_is_set_up_and_the_way_to_an_owner_is_shown() {
    let desk = Desk::new();
    let shown = desk.sbh(&["bootstrap", "--hub-dir", "project"]).await.expect(0);
    shown.printing("sbh init").printing("cd 'project'");
    let project = desk.folder().join("project");
    assert!(project.join(".env").is_file() && project.join("data/sbh.db").is_file());
    assert!(!desk.folder().join("data").exists());
}

#[tokio::test]
async fn the_sample_is_registered_once_and_nothing_is_overwritten() {
    let desk = Desk::new();
    desk.sbh_reading(&INIT, PASSWORD).await.expect(0);
    let first = desk.sbh(&["bootstrap"]).await.expect(0);
    let first = first.saying("the system Sample shop registered").saying("its policy \"Release\" registered");
    let first = first.printing("sbh sample-system --version 1.0.0").printing("--version 1.1.0");
    fs::write(desk.folder().join(".env"), "PORT=3999\n").unwrap();
    let second = desk.sbh(&["bootstrap"]).await.expect(0);
    assert!(!second.err.contains("registered"), "{}", second.err);
    assert_eq!(fs::read_to_string(desk.folder().join(".env")).unwrap(), "PORT=3999\n");
    let ids =
        |text: &str| text.lines().find(|line| line.contains("sbh gates")).map(|line| line.replace("3000", "3999"));
    assert_eq!(ids(&first.out), ids(&second.out));
    let entries = desk.sbh(&["audit", "verify"]).await.expect(0);
    desk.sbh(&["bootstrap"]).await.expect(0);
    assert_eq!(desk.sbh(&["audit", "verify"]).await.expect(0).out, entries.out);
}

#[tokio::test]
async fn a_broken_file_of_settings_is_named_and_kept() {
    let desk = Desk::new();
    fs::write(desk.folder().join(".env"), "PORT=many\n").unwrap();
    desk.sbh(&["bootstrap"]).await.expect(2).saying("PORT");
    fs::write(desk.folder().join(".env"), "a line that is none\n").unwrap();
    desk.sbh(&["bootstrap"]).await.expect(1).saying(".env");
    assert_eq!(fs::read_to_string(desk.folder().join(".env")).unwrap(), "a line that is none\n");
}
