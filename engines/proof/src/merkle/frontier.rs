use serde::{Deserialize, Serialize};

use super::{MerkleError, empty_root, node_hash};
use crate::Hash;

/// What must be stored to append to a tree: its size and the roots of its perfect subtrees, largest first.
///
/// Appending and computing the root take `O(log n)`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "Stored")]
pub struct Frontier {
    size: u64,
    peaks: Vec<Hash>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    size: u64,
    peaks: Vec<Hash>,
}

impl TryFrom<Stored> for Frontier {
    type Error = MerkleError;

    fn try_from(stored: Stored) -> Result<Self, MerkleError> {
        Self::new(stored.size, stored.peaks)
    }
}

impl Frontier {
    /// A stored frontier.
    ///
    /// # Errors
    /// [`MerkleError::Peaks`] unless there is one peak for each one-bit of the size.
    pub fn new(size: u64, peaks: Vec<Hash>) -> Result<Self, MerkleError> {
        let expected = size.count_ones();
        if u32::try_from(peaks.len()) == Ok(expected) {
            Ok(Self { size, peaks })
        } else {
            Err(MerkleError::Peaks { size, expected, found: peaks.len() })
        }
    }

    /// Adds a leaf hash and returns its index.
    pub fn append(&mut self, leaf: Hash) -> u64 {
        let mut peak = leaf;
        for _ in 0..self.size.trailing_ones() {
            let left = self.peaks.pop().expect("there is a peak for each one-bit of the size");
            peak = node_hash(&left, &peak);
        }
        self.peaks.push(peak);
        self.size += 1;
        self.size - 1
    }

    /// How many leaves the tree has.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The roots of the perfect subtrees, largest first.
    #[must_use]
    pub fn peaks(&self) -> &[Hash] {
        &self.peaks
    }

    /// The root of the tree.
    #[must_use]
    pub fn root(&self) -> Hash {
        let mut peaks = self.peaks.iter().rev();
        match peaks.next() {
            Some(last) => peaks.fold(*last, |right, left| node_hash(left, &right)),
            None => empty_root(),
        }
    }
}
