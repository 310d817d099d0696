//! The commands that need neither a database nor a network: completions, routes; and the sample system.

use crate::process::{Desk, ended, signal};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader};

#[tokio::test]
async fn each_shell_gets_its_completions() {
    let desk = Desk::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        desk.sbh(&["completions", shell]).await.expect(0).printing("sample-system");
    }
    desk.sbh(&["completions", "abacus"]).await.expect(2).saying("bash");
}

#[tokio::test]
async fn routes_name_method_path_operation_and_permission() {
    let desk = Desk::new();
    let table = desk.sbh(&["routes"]).await.expect(0);
    let row = table.out.lines().find(|line| line.contains(" /api/gate/validate ")).unwrap();
    assert_eq!(
        row.split_whitespace().collect::<Vec<_>>(),
        ["POST", "/api/gate/validate", "validate", "gates:validate"]
    );
    let document: Value = desk.sbh(&["routes", "--output", "json"]).await.expect(0).json();
    assert!(document["paths"]["/api/gate/validate"]["post"].is_object());
}

#[tokio::test]
async fn a_leaked_key_is_recognised_without_a_hub_and_not_repeated() {
    let desk = Desk::new();
    let key = format!("sbh_{}5d1c59b2", "0".repeat(48));
    let found = desk.sbh(&["keys", "recognise", &format!("a line\nSBH_TOKEN={key}")]).await.expect(1);
    assert_eq!(found.out, "2: sbh_00000000…\n");
    desk.sbh(&["keys", "recognise", &key.replacen('0', "1", 1)]).await.expect(0);
    desk.sbh_reading(&["keys", "recognise", "-"], &format!("{key}\n")).await.expect(1);
}

#[tokio::test]
async fn commands_that_do_not_exist_are_wrong_use() {
    let desk = Desk::new();
    desk.sbh(&["fly"]).await.expect(2);
    desk.sbh(&[]).await.expect(2);
    desk.sbh(&["--version"]).await.expect(0).printing("sbh ");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn the_sample_system_says_where_it_listens_and_ends_when_told() {
    let mut child = Desk::new().start(&["sample-system", "--port", "0", "--version", "1.1.0"]);
    let mut lines = BufReader::new(child.stdout.as_mut().unwrap()).lines();
    let first = lines.next_line().await.unwrap().unwrap();
    let url = first.split_whitespace().last().unwrap().to_owned();
    server::serve::install_crypto();
    let knobs: Value = reqwest::get(format!("{url}/admin/knobs")).await.unwrap().json().await.unwrap();
    assert_eq!(knobs["version"], "1.1.0", "{knobs}");
    signal(&child, "TERM").await;
    ended(child).await.expect(0);
}

#[tokio::test]
async fn a_sample_system_that_does_not_exist_or_has_no_place_is_refused() {
    let desk = Desk::new();
    desk.sbh(&["sample-system", "--version", "9"]).await.expect(2).saying("1.0.0, 1.1.0");
    let taken = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    desk.sbh(&["sample-system", "--port", &port]).await.expect(1).saying("--port");
}
