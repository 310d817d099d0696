//! One audit entry, proven to somebody who has nothing but the file and the key.

#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use sbh_proof::{Checkpoint, EntryProof, EntryProofError, SigningKey, Trust, canonical, merkle};
use serde_json::{Value, json};

fn proof(key: &SigningKey, seq: u64) -> Value {
    let entries: Vec<_> = (0..7).map(|seq| json!({ "seq": seq, "action": format!("thing.{seq}") })).collect();
    let leaves: Vec<_> = entries.iter().map(|entry| canonical::leaf_hash(entry).unwrap()).collect();
    let size = leaves.len() as u64;
    let source = |at: u64| Ok::<_, merkle::MerkleError>(leaves[usize::try_from(at).unwrap()]);
    let checkpoint = Checkpoint::new("hub.example/audit", size, merkle::root(&leaves)).unwrap();
    let made = EntryProof {
        kind: EntryProof::KIND.to_owned(),
        entry: entries[usize::try_from(seq).unwrap()].clone(),
        proof: merkle::prove_inclusion(seq, size, source).unwrap(),
        checkpoint: checkpoint.sign(key),
        public_key: key.public_key().to_pem(),
    };
    serde_json::to_value(made).unwrap()
}

fn verify(file: &Value, key: Option<&SigningKey>) -> Result<sbh_proof::ProvenEntry, EntryProofError> {
    EntryProof::verify(&serde_json::to_vec(file).unwrap(), key.map(SigningKey::public_key).as_ref())
}

#[test]
fn every_entry_is_proven() {
    let key = SigningKey::generate().unwrap();
    for seq in 0..7 {
        let proven = verify(&proof(&key, seq), Some(&key)).unwrap();
        assert_eq!((proven.seq, proven.size, proven.trust), (seq, 7, Trust::TrustedKey));
        assert_eq!(verify(&proof(&key, seq), None).unwrap().trust, Trust::SelfConsistent);
    }
}

#[test]
fn what_was_changed_is_refused() {
    let key = SigningKey::generate().unwrap();
    let whole = proof(&key, 3);
    let changed = |pointer: &str, value: Value| {
        let mut file = whole.clone();
        *file.pointer_mut(pointer).unwrap() = value;
        verify(&file, Some(&key))
    };
    assert!(matches!(changed("/entry/action", json!("thing.9")), Err(EntryProofError::Inclusion(_))));
    assert!(matches!(changed("/entry/seq", json!(4)), Err(EntryProofError::Other { .. })));
    assert!(matches!(changed("/proof/size", json!(8)), Err(EntryProofError::Other { .. })));
    assert!(matches!(changed("/kind", json!("another")), Err(EntryProofError::Kind(_))));
    let forged = whole["checkpoint"].as_str().unwrap().replace("\n7\n", "\n8\n");
    assert!(matches!(changed("/checkpoint", json!(forged)), Err(EntryProofError::Checkpoint(_))));
    let other = SigningKey::generate().unwrap();
    assert!(matches!(verify(&whole, Some(&other)), Err(EntryProofError::WrongKey { .. })));
    assert!(matches!(EntryProof::verify(b"PK", None), Err(EntryProofError::Shape(_))));
}
