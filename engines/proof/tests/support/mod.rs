//! A key and packs to test with.

use sbh_proof::merkle::{self, MerkleError, prove_inclusion};
use sbh_proof::{AuditEntry, AuditTrail, Checkpoint, PackBuilder, SigningKey, canonical};
use serde_json::json;

pub const PREDICATE_TYPE: &str = "https://hub.example/evidence/v1";

pub fn key() -> SigningKey {
    SigningKey::generate().unwrap()
}

/// A log of `size` entries and the proven trail of those at `indices`.
pub fn trail(key: &SigningKey, size: u64, indices: &[u64]) -> AuditTrail {
    let entry =
        |index: u64| json!({"action": "gate.blocked", "actor": "ana", "at": "2026-01-02T03:04:05Z", "n": index});
    let leaves: Vec<_> = (0..size).map(|index| canonical::leaf_hash(&entry(index)).unwrap()).collect();
    let source = |index: u64| Ok::<_, MerkleError>(leaves[usize::try_from(index).unwrap()]);
    AuditTrail {
        checkpoint: Checkpoint::new("hub.example/audit", size, merkle::root(&leaves)).unwrap().sign(key),
        entries: indices.iter().map(|index| AuditEntry { index: *index, entry: entry(*index) }).collect(),
        proofs: indices.iter().map(|index| prove_inclusion(*index, size, source).unwrap()).collect(),
    }
}

pub fn builder() -> PackBuilder {
    PackBuilder::new(PREDICATE_TYPE, json!({"scope": "SOC2", "made_at": "2026-01-02T03:04:05Z", "note": "Grüße"}))
}

pub fn small(key: &SigningKey) -> Vec<u8> {
    let records = json!([{"control": "CC7.2", "passed": true}]).to_string();
    let builder = builder().file("records/gates.json", records).unwrap().file("empty", "").unwrap();
    builder.audit(trail(key, 5, &[1, 4])).unwrap().seal(key).unwrap()
}
