use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::{MerkleError, node_hash, roots, split};
use crate::Hash;

/// Proof that a leaf is in a tree (RFC 9162, section 2.1.3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InclusionProof {
    /// The leaf's index, from 0.
    pub index: u64,
    /// How many leaves the tree has.
    pub size: u64,
    /// The sibling hashes from the leaf up to the root.
    pub path: Vec<Hash>,
}

/// The ranges of leaves whose subtree roots make up an inclusion path, in the path's order.
///
/// For sources that cache subtree roots or read leaves asynchronously; [`prove_inclusion`] does both steps at once.
///
/// # Errors
/// [`MerkleError::Index`] unless `index` is below `size`.
pub fn inclusion_subtrees(index: u64, size: u64) -> Result<Vec<Range<u64>>, MerkleError> {
    if index >= size {
        return Err(MerkleError::Index { index, size });
    }
    let (mut start, mut end) = (0, size);
    let mut siblings = Vec::new();
    while end - start > 1 {
        let middle = start + split(end - start);
        if index < middle {
            siblings.push(middle..end);
            end = middle;
        } else {
            siblings.push(start..middle);
            start = middle;
        }
    }
    siblings.reverse();
    Ok(siblings)
}

/// Proves that leaf `index` is in the tree of the first `size` leaves; reads each other leaf hash once.
///
/// # Errors
/// [`MerkleError::Index`], or what the source of leaf hashes returns.
pub fn prove_inclusion<E: From<MerkleError>>(
    index: u64,
    size: u64,
    leaf: impl FnMut(u64) -> Result<Hash, E>,
) -> Result<InclusionProof, E> {
    let path = roots(inclusion_subtrees(index, size)?, leaf)?;
    Ok(InclusionProof { index, size, path })
}

impl InclusionProof {
    /// Checks the proof for a leaf hash against a root (RFC 9162, section 2.1.3.2).
    ///
    /// # Errors
    /// [`MerkleError::Index`] when the index is not in the tree, [`MerkleError::Mismatch`] when the path leads elsewhere.
    pub fn verify(&self, leaf: &Hash, root: &Hash) -> Result<(), MerkleError> {
        if self.index >= self.size {
            return Err(MerkleError::Index { index: self.index, size: self.size });
        }
        let (mut node, mut last, mut hash) = (self.index, self.size - 1, *leaf);
        for sibling in &self.path {
            if last == 0 {
                return Err(MerkleError::Mismatch);
            }
            if node & 1 == 1 || node == last {
                hash = node_hash(sibling, &hash);
                // A rightmost node without a sibling rises unchanged until it is a right child.
                while node & 1 == 0 && node != 0 {
                    node >>= 1;
                    last >>= 1;
                }
            } else {
                hash = node_hash(&hash, sibling);
            }
            node >>= 1;
            last >>= 1;
        }
        if last == 0 && hash == *root { Ok(()) } else { Err(MerkleError::Mismatch) }
    }
}
