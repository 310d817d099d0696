//! The hub as scim2-client and scim2-tester (PyPI) see it: a client that we did not write, as a process of its own.

use crate::{
    peers::python,
    support::{Backend, TestHub},
};
use hub::access::Permission;
use serde_json::{Value, json};
use std::{path::Path, process::Stdio};
use tokio::process::Command;

/// What the peer asks and the hub does not do, on purpose: by the check's name and the kind of thing, with the words that
/// tell it apart.
const DIFFERENCES: [(&str, &str, &str); 3] = [
    // A search over users and groups at once is not offered.
    ("search_with_attributes", "User", "searching several resource types at once is not supported"),
    ("search_with_attributes", "Group", "searching several resource types at once is not supported"),
    // Somebody may sign in or may not: to forget which is to say nothing, and they stay as they were.
    ("check_remove_attribute", "User", "did not remove attribute 'active'"),
];

fn is_on_purpose(check: &Value) -> bool {
    DIFFERENCES.iter().any(|(title, kind, words)| {
        check["title"] == *title && check["of"] == *kind && check["reason"].as_str().unwrap().contains(words)
    })
}

async fn a_client_that_others_wrote_finds_no_fault(backend: Backend) {
    // It asks more in a minute than anybody may.
    let hub = TestHub::start_with(backend, &[("RATE_LIMIT_IDENTIFIED_PER_MINUTE", "1000000")]).await;
    let new = json!({ "name": "peer", "scopes": [Permission::ScimManage.as_str()] });
    let key = hub.as_owner().await.post("/api/keys", &new).await.expect(201);
    let mut peer = Command::new(python());
    peer.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/identity/peers/scim_check.py"));
    peer.arg(format!("http://{}/scim/v2", hub.address())).env("SCIM_TOKEN", key["secret"].as_str().unwrap());
    let output = peer.kill_on_drop(true).stdin(Stdio::null()).output().await.unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{told}\n{}", String::from_utf8_lossy(&output.stderr));
    let checks: Vec<Value> = told.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let passed = ["SUCCESS", "COMPLIANT", "ACCEPTABLE"];
    let failed = checks.iter().filter(|check| !passed.contains(&check["status"].as_str().unwrap()));
    let faults: Vec<_> = failed.filter(|check| !is_on_purpose(check)).collect();
    assert!(checks.len() >= 80, "{told}");
    assert!(faults.is_empty(), "{} of {}: {faults:#?}", faults.len(), checks.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn it_finds_no_fault_on_sqlite() {
    a_client_that_others_wrote_finds_no_fault(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_finds_no_fault_on_postgres() {
    a_client_that_others_wrote_finds_no_fault(Backend::Postgres).await;
}
