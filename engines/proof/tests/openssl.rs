//! The `openssl` program verifies what we sign.

#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use std::fs;
use std::path::Path;
use std::process::Command;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sbh_proof::dsse::{Envelope, pae};
use sbh_proof::statement::PAYLOAD_TYPE;
use sbh_proof::{Checkpoint, Hash, SigningKey};

fn openssl(folder: &Path, arguments: &[&str]) -> (bool, String) {
    let output = Command::new("openssl").args(arguments).current_dir(folder).output();
    let output = output.expect("this test needs the program openssl (Debian's package openssl)");
    (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned())
}

fn verifies(key: &SigningKey, message: &[u8], signature: &[u8]) -> bool {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("public-key.pem"), key.public_key().to_pem()).unwrap();
    fs::write(folder.path().join("message"), message).unwrap();
    fs::write(folder.path().join("signature"), signature).unwrap();
    let arguments = ["dgst", "-sha256", "-verify", "public-key.pem", "-signature", "signature", "message"];
    openssl(folder.path(), &arguments).0
}

#[test]
fn openssl_verifies_an_envelope() {
    let key = SigningKey::generate().unwrap();
    let envelope = Envelope::sign(PAYLOAD_TYPE, b"{\"a\":1}", &key);
    let signature = STANDARD.decode(&envelope.signatures[0].sig).unwrap();
    assert!(verifies(&key, &pae(PAYLOAD_TYPE, b"{\"a\":1}"), &signature));
    assert!(!verifies(&key, &pae(PAYLOAD_TYPE, b"{\"a\":2}"), &signature));
}

#[test]
fn openssl_verifies_a_checkpoint() {
    let key = SigningKey::generate().unwrap();
    let note = Checkpoint::new("hub.example/audit", 7, Hash::of(&[b"root"])).unwrap().sign(&key);
    let (body, line) = note.split_once("\n\n").unwrap();
    let signature = STANDARD.decode(line.trim_end().rsplit(' ').next().unwrap()).unwrap();
    assert!(verifies(&key, format!("{body}\n").as_bytes(), &signature[4..]));
}

#[test]
fn openssl_keys_are_read_and_key_ids_agree() {
    let folder = tempfile::tempdir().unwrap();
    let make = ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", "key.pem"];
    assert!(openssl(folder.path(), &make).0);
    let key = SigningKey::from_pem(&fs::read_to_string(folder.path().join("key.pem")).unwrap()).unwrap();
    openssl(folder.path(), &["pkey", "-in", "key.pem", "-pubout", "-outform", "DER", "-out", "public.der"]);
    let (_, printed) = openssl(folder.path(), &["dgst", "-sha256", "-r", "public.der"]);
    assert!(printed.starts_with(&key.public_key().key_id().to_string()), "{printed}");
}
