use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::{MerkleError, empty_root, node_hash, roots, split};
use crate::Hash;

/// Proof that a tree's first leaves are an older tree's leaves (RFC 9162, section 2.1.4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsistencyProof {
    /// How many leaves the older tree has.
    pub old_size: u64,
    /// How many leaves the newer tree has.
    pub new_size: u64,
    /// The subtree roots from which both roots follow; empty when the sizes are equal or the older tree is empty.
    pub path: Vec<Hash>,
}

/// The ranges of leaves whose subtree roots make up a consistency path, in the path's order.
///
/// # Errors
/// [`MerkleError::Sizes`] when `old` is above `new`.
pub fn consistency_subtrees(old: u64, new: u64) -> Result<Vec<Range<u64>>, MerkleError> {
    if old > new {
        return Err(MerkleError::Sizes { old, new });
    }
    if old == 0 || old == new {
        return Ok(Vec::new());
    }
    let (mut start, mut end) = (0, new);
    let mut path = Vec::new();
    while end != old {
        let middle = start + split(end - start);
        if old <= middle {
            path.push(middle..end);
            end = middle;
        } else {
            path.push(start..middle);
            start = middle;
        }
    }
    // The verifier knows the older root already when it is this very subtree.
    if start != 0 {
        path.push(start..end);
    }
    path.reverse();
    Ok(path)
}

/// Proves that the tree of the first `new` leaves extends the tree of the first `old` ones.
///
/// # Errors
/// [`MerkleError::Sizes`], or what the source of leaf hashes returns.
pub fn prove_consistency<E: From<MerkleError>>(
    old: u64,
    new: u64,
    leaf: impl FnMut(u64) -> Result<Hash, E>,
) -> Result<ConsistencyProof, E> {
    let path = roots(consistency_subtrees(old, new)?, leaf)?;
    Ok(ConsistencyProof { old_size: old, new_size: new, path })
}

impl ConsistencyProof {
    /// Checks the proof against both roots (RFC 9162, section 2.1.4.2).
    ///
    /// # Errors
    /// [`MerkleError::Sizes`] when the older tree is the larger, [`MerkleError::Mismatch`] when a root does not follow.
    pub fn verify(&self, old_root: &Hash, new_root: &Hash) -> Result<(), MerkleError> {
        let (old, new) = (self.old_size, self.new_size);
        if old > new {
            return Err(MerkleError::Sizes { old, new });
        }
        let holds = if old == new {
            self.path.is_empty() && old_root == new_root && (old > 0 || *old_root == empty_root())
        } else if old == 0 {
            self.path.is_empty() && *old_root == empty_root()
        } else {
            self.roots(old_root) == Some((*old_root, *new_root))
        };
        if holds { Ok(()) } else { Err(MerkleError::Mismatch) }
    }

    /// Both roots that follow from the path, for `0 < old_size < new_size`.
    fn roots(&self, old_root: &Hash) -> Option<(Hash, Hash)> {
        let shift = (self.old_size - 1).trailing_ones();
        let (mut node, mut last) = ((self.old_size - 1) >> shift, (self.new_size - 1) >> shift);
        let mut path = self.path.iter();
        let first = if self.old_size.is_power_of_two() { old_root } else { path.next()? };
        let (mut old_hash, mut new_hash) = (*first, *first);
        for sibling in path {
            if last == 0 {
                return None;
            }
            if node & 1 == 1 || node == last {
                old_hash = node_hash(sibling, &old_hash);
                new_hash = node_hash(sibling, &new_hash);
                while node & 1 == 0 && node != 0 {
                    node >>= 1;
                    last >>= 1;
                }
            } else {
                new_hash = node_hash(&new_hash, sibling);
            }
            node >>= 1;
            last >>= 1;
        }
        (last == 0).then_some((old_hash, new_hash))
    }
}
