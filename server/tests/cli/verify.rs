//! `sbh verify`

use crate::process::Desk;
use sbh_proof::{PackBuilder, SigningKey};
use serde_json::json;
use std::fs;

/// A desk with a pack, the key that signed it, and another one.
fn desk_with_pack() -> Desk {
    let (desk, key) = (Desk::new(), SigningKey::generate().unwrap());
    let builder = PackBuilder::new("https://hub.example/evidence/v1", json!({ "scope": "SOC2" }));
    let pack = builder.file("records/gates.json", "[]").unwrap().seal(&key).unwrap();
    fs::write(desk.folder().join("pack.zip"), pack).unwrap();
    fs::write(desk.folder().join("trusted.pem"), key.public_key().to_pem()).unwrap();
    let other = SigningKey::generate().unwrap().public_key().to_pem();
    fs::write(desk.folder().join("other.pem"), other).unwrap();
    desk
}

#[tokio::test]
async fn a_whole_pack_verifies() {
    let desk = desk_with_pack();
    let whole = desk.sbh(&["verify", "pack.zip"]).await.expect(0).printing("self-consistent");
    whole.saying("--key");
    let trusted = desk.sbh(&["verify", "pack.zip", "--key", "trusted.pem"]).await.expect(0);
    assert_eq!(trusted.printing("verified").err, "");
    let report = desk.sbh(&["verify", "pack.zip", "--key", "trusted.pem", "--output", "json"]).await.expect(0).json();
    assert_eq!((&report["verified"], &report["trust"]), (&true.into(), &"trusted_key".into()), "{report}");
}

#[tokio::test]
async fn another_key_is_refused() {
    let desk = desk_with_pack();
    desk.sbh(&["verify", "pack.zip", "--key", "other.pem"]).await.expect(1).saying("the trusted key is");
}

#[tokio::test]
async fn a_changed_pack_is_refused_with_the_reason() {
    let desk = desk_with_pack();
    let path = desk.folder().join("pack.zip");
    let mut pack = fs::read(&path).unwrap();
    let middle = pack.len() / 2;
    pack[middle] ^= 1;
    fs::write(path, pack).unwrap();
    let refused = desk.sbh(&["verify", "pack.zip", "--output", "json"]).await.expect(1).saying("is refused");
    assert!(refused.json()["verified"] == false && refused.json()["reason"].is_string(), "{}", refused.out);
}

#[tokio::test]
async fn what_is_no_pack_and_what_is_no_key_are_told_apart() {
    let desk = desk_with_pack();
    desk.sbh(&["verify", "nothing.zip"]).await.expect(2).saying("nothing.zip");
    desk.sbh(&["verify", "trusted.pem"]).await.expect(1).saying("is refused");
    desk.sbh(&["verify", "pack.zip", "--key", "pack.zip"]).await.expect(2).saying("--key");
    desk.sbh(&["verify"]).await.expect(2);
}
