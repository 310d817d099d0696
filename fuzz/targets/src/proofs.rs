//! What `sbh verify` reads.

use sbh_proof::{
    Checkpoint, ConsistencyProof, Envelope, Frontier, Hash, InclusionProof, PublicKey, SigningKey, Statement,
    canonical, verify,
};
use std::str::from_utf8;

/// Evidence packs. Nobody makes a pack that verifies by chance, and what verifies has its files listed.
pub fn packs(data: &[u8]) {
    if let Ok(report) = verify(data, None) {
        assert!(!report.files.is_empty());
    }
}

/// Signed envelopes, statements, and the proofs of the audit log as canonical JSON.
pub fn envelopes(data: &[u8]) {
    if let Ok(envelope) = canonical::parse::<Envelope>(data) {
        assert_eq!(canonical::to_bytes(&envelope).ok().as_deref(), Some(data), "one form, and no other is read");
    }
    let _ = canonical::parse::<Statement>(data);
    let root = Hash::of(&[b"root"]);
    if let Ok(proof) = canonical::parse::<InclusionProof>(data) {
        assert!(proof.verify(&Hash::of(&[b"leaf"]), &root).is_err());
    }
    if let Ok(proof) = canonical::parse::<ConsistencyProof>(data) {
        let _ = proof.verify(&Hash::of(&[b"old"]), &root);
    }
    let _ = canonical::parse::<Frontier>(data);
}

/// Signed notes, under the key that signed the corpus, so that what is behind the signature is reached too.
pub fn checkpoints(data: &[u8]) {
    let Ok(text) = from_utf8(data) else { return };
    let key = PublicKey::from_pem(KEY).expect("a public key in PEM");
    let _ = Checkpoint::open(text, &key);
}

const KEY: &str = "-----BEGIN PUBLIC KEY-----\n\
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEzt472vkfzURPk6PprcdEvNOSOdAM\n\
N1JSDG9KWi34GZs5bgunkGJBEKFncjODG9NpFigVwmNshqgoggbuT9CCcQ==\n\
-----END PUBLIC KEY-----\n";

/// Keys in PEM, and hashes in hex.
pub fn keys(data: &[u8]) {
    let Ok(text) = from_utf8(data) else { return };
    if let Ok(key) = PublicKey::from_pem(text) {
        assert_eq!(PublicKey::from_pem(&key.to_pem()).ok(), Some(key));
    }
    let _ = SigningKey::from_pem(text);
    if let Ok(hash) = text.parse::<Hash>() {
        assert_eq!(hash.to_string().parse::<Hash>().ok(), Some(hash));
    }
}
