//! The log's tree against published vectors and, for small trees, against the definition for every size and index.

#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use sbh_proof::merkle::{
    self, ConsistencyProof, Frontier, InclusionProof, MerkleError, prove_consistency, prove_inclusion,
};
use sbh_proof::{Hash, canonical};

const SIZES: u64 = 64;

fn leaves(count: u64) -> Vec<Hash> {
    (0..count).map(|index| merkle::leaf_hash(format!("entry {index}").as_bytes())).collect()
}

fn source(leaves: &[Hash]) -> impl FnMut(u64) -> Result<Hash, MerkleError> {
    |index| Ok(leaves[usize::try_from(index).unwrap()])
}

fn root(leaves: &[Hash], size: u64) -> Hash {
    merkle::root(&leaves[..usize::try_from(size).unwrap()])
}

/// MTH of RFC 9162, section 2.1.1, word for word.
fn by_definition(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => merkle::empty_root(),
        [leaf] => *leaf,
        _ => {
            let split = (leaves.len().next_power_of_two() / 2).max(1);
            merkle::node_hash(&by_definition(&leaves[..split]), &by_definition(&leaves[split..]))
        }
    }
}

fn flip(hash: &Hash, bit: usize) -> Hash {
    let mut bytes = *hash.as_bytes();
    bytes[bit / 8] ^= 1 << (bit % 8);
    Hash::from_bytes(bytes)
}

/// The reference tree of the Certificate Transparency implementations (google/certificate-transparency,
/// `merkletree/merkle_tree_test.cc`): eight entries and the root after each.
#[test]
fn certificate_transparency_reference_roots_are_met() {
    let entries = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
    let roots = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];
    assert_eq!(merkle::empty_root().to_string(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    let mut frontier = Frontier::default();
    for (entry, expected) in entries.iter().zip(roots) {
        frontier.append(merkle::leaf_hash(&hex::decode(entry).unwrap()));
        assert_eq!(frontier.root().to_string(), expected);
    }
}

/// Paths of the same reference tree (`merkletree/merkle_tree_test.cc`, path and consistency proof tests).
#[test]
fn certificate_transparency_reference_paths_are_met() {
    let entries = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
    let leaves: Vec<Hash> = entries.iter().map(|entry| merkle::leaf_hash(&hex::decode(entry).unwrap())).collect();
    let inclusion = prove_inclusion(0, 8, source(&leaves)).unwrap();
    assert_eq!(
        inclusion.path.iter().map(Hash::to_string).collect::<Vec<_>>(),
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ]
    );
    let consistency = prove_consistency(6, 8, source(&leaves)).unwrap();
    assert_eq!(
        consistency.path.iter().map(Hash::to_string).collect::<Vec<_>>(),
        [
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ]
    );
}

#[test]
fn appending_gives_the_root_of_the_definition() {
    let leaves = leaves(SIZES * 3);
    let mut frontier = Frontier::default();
    for (index, leaf) in leaves.iter().enumerate() {
        assert_eq!(frontier.append(*leaf), u64::try_from(index).unwrap());
        assert_eq!(frontier.root(), by_definition(&leaves[..=index]));
    }
}

#[test]
fn a_stored_frontier_continues_where_it_stopped() {
    let leaves = leaves(SIZES);
    for stop in 0..leaves.len() {
        let mut before = Frontier::default();
        leaves[..stop].iter().for_each(|leaf| _ = before.append(*leaf));
        let stored = canonical::to_bytes(&before).unwrap();
        let mut after: Frontier = serde_json::from_slice(&stored).unwrap();
        leaves[stop..].iter().for_each(|leaf| _ = after.append(*leaf));
        assert_eq!(after.root(), merkle::root(&leaves));
    }
    assert!(matches!(Frontier::new(3, vec![leaves[0]]), Err(MerkleError::Peaks { expected: 2, found: 1, .. })));
    assert!(serde_json::from_str::<Frontier>(r#"{"size":1,"peaks":[]}"#).is_err());
}

#[test]
fn every_leaf_of_every_small_tree_is_proven_and_nothing_else() {
    let leaves = leaves(SIZES);
    for size in 1..=SIZES {
        let root = root(&leaves, size);
        for index in 0..size {
            let proof = prove_inclusion(index, size, source(&leaves)).unwrap();
            let leaf = leaves[usize::try_from(index).unwrap()];
            proof.verify(&leaf, &root).unwrap();
            assert_inclusion_refuses_changes(&proof, &leaf, &root);
        }
        assert!(matches!(prove_inclusion(size, size, source(&leaves)), Err(MerkleError::Index { .. })));
    }
}

fn assert_inclusion_refuses_changes(proof: &InclusionProof, leaf: &Hash, root: &Hash) {
    let refused = |proof: &InclusionProof| assert!(proof.verify(leaf, root).is_err(), "{proof:?}");
    assert!(proof.verify(&flip(leaf, 7), root).is_err() && proof.verify(leaf, &flip(root, 255)).is_err());
    for other in (0..=proof.size).filter(|other| *other != proof.index) {
        refused(&InclusionProof { index: other, ..proof.clone() });
    }
    refused(&InclusionProof { size: 0, ..proof.clone() });
    for step in 0..proof.path.len() {
        let mut changed = proof.clone();
        changed.path[step] = flip(&changed.path[step], step);
        refused(&changed);
        changed.path.remove(step);
        refused(&changed);
    }
    let mut longer = proof.clone();
    longer.path.push(*root);
    refused(&longer);
}

#[test]
fn every_pair_of_small_trees_is_consistent_and_nothing_else() {
    let leaves = leaves(SIZES);
    for new in 0..=SIZES {
        let new_root = root(&leaves, new);
        for old in 0..=new {
            let old_root = root(&leaves, old);
            let proof = prove_consistency(old, new, source(&leaves)).unwrap();
            proof.verify(&old_root, &new_root).unwrap();
            assert_consistency_refuses_changes(&proof, &old_root, &new_root);
        }
        assert!(matches!(prove_consistency(new + 1, new, source(&leaves)), Err(MerkleError::Sizes { .. })));
    }
}

fn assert_consistency_refuses_changes(proof: &ConsistencyProof, old_root: &Hash, new_root: &Hash) {
    let refused = |proof: &ConsistencyProof| assert!(proof.verify(old_root, new_root).is_err(), "{proof:?}");
    assert!(proof.verify(&flip(old_root, 0), new_root).is_err());
    // Every tree extends the empty one, so no root can contradict it.
    assert!(proof.old_size == 0 || proof.verify(old_root, &flip(new_root, 9)).is_err());
    for step in 0..proof.path.len() {
        let mut changed = proof.clone();
        changed.path[step] = flip(&changed.path[step], step);
        refused(&changed);
        changed.path.remove(step);
        refused(&changed);
    }
    let mut longer = proof.clone();
    longer.path.push(*new_root);
    refused(&longer);
    refused(&ConsistencyProof { old_size: proof.new_size + 1, ..proof.clone() });
}

#[test]
fn a_rewritten_log_is_not_consistent() {
    let honest = leaves(20);
    let mut rewritten = honest.clone();
    rewritten[3] = merkle::leaf_hash(b"another entry");
    let proof = prove_consistency(10, 20, source(&rewritten)).unwrap();
    assert!(proof.verify(&root(&honest, 10), &root(&rewritten, 20)).is_err());
}

#[test]
fn proofs_hold_in_a_tree_too_large_to_hash() {
    // One subtree root stands for all leaves of each range: the verifier needs only their order and number.
    let size = (1 << 52) + 3;
    let index = (1 << 52) + 1;
    let ranges = merkle::inclusion_subtrees(index, size).unwrap();
    assert_eq!(ranges, [(1 << 52)..index, (index + 1)..size, 0..(1 << 52)]);
}

#[test]
fn a_failing_source_stops_the_proof() {
    let broken = |_| Err::<Hash, _>(MerkleError::Mismatch);
    assert_eq!(prove_inclusion(0, 2, broken), Err(MerkleError::Mismatch));
}
