//! The Merkle tree of RFC 9162, section 2.1 (the same as RFC 6962's), with SHA-256.
//!
//! A leaf is `SHA-256(0x00 ‖ entry)`, an inner node `SHA-256(0x01 ‖ left ‖ right)`. A tree of n leaves splits at the
//! largest power of two below n.

mod consistency;
mod frontier;
mod inclusion;

use std::ops::Range;

pub use consistency::{ConsistencyProof, consistency_subtrees, prove_consistency};
pub use frontier::Frontier;
pub use inclusion::{InclusionProof, inclusion_subtrees, prove_inclusion};

use crate::Hash;

/// Why a proof could not be made or does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MerkleError {
    /// The leaf is not in a tree of that size.
    #[error("index {index} is not below the tree size {size}")]
    Index { index: u64, size: u64 },
    /// The older tree is larger than the newer one.
    #[error("old size {old} is above new size {new}")]
    Sizes { old: u64, new: u64 },
    /// A frontier has one peak for each one-bit of its size.
    #[error("a frontier of size {size} has {expected} peaks, not {found}")]
    Peaks { size: u64, expected: u32, found: usize },
    /// The path is too short or too long for the sizes, or leads to another root.
    #[error("the proof does not lead to the given root")]
    Mismatch,
}

/// The hash of a leaf with these bytes.
#[must_use]
pub fn leaf_hash(entry: &[u8]) -> Hash {
    Hash::of(&[&[0x00], entry])
}

/// The hash of an inner node.
#[must_use]
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Hash::of(&[&[0x01], left.as_bytes(), right.as_bytes()])
}

/// The root of the tree without leaves: the digest of nothing.
#[must_use]
pub fn empty_root() -> Hash {
    Hash::of(&[])
}

/// The root of a tree over these leaf hashes.
#[must_use]
pub fn root(leaves: &[Hash]) -> Hash {
    let mut frontier = Frontier::default();
    for leaf in leaves {
        frontier.append(*leaf);
    }
    frontier.root()
}

/// The root of the tree over a range of leaves, read one by one in `O(log n)` memory.
///
/// # Errors
/// What the source of leaf hashes returns.
pub fn subtree_root<E>(range: Range<u64>, mut leaf: impl FnMut(u64) -> Result<Hash, E>) -> Result<Hash, E> {
    let mut frontier = Frontier::default();
    for index in range {
        frontier.append(leaf(index)?);
    }
    Ok(frontier.root())
}

/// Where a tree of `size` leaves splits: the largest power of two below `size`, which is at least 2.
fn split(size: u64) -> u64 {
    1 << (u64::BITS - 1 - (size - 1).leading_zeros())
}

fn roots<E>(subtrees: Vec<Range<u64>>, mut leaf: impl FnMut(u64) -> Result<Hash, E>) -> Result<Vec<Hash>, E> {
    subtrees.into_iter().map(|range| subtree_root(range, &mut leaf)).collect()
}
