use crate::merkle::MerkleError;
use crate::{ArchiveError, CanonicalError, CheckpointError, DsseError, Hash, KeyError};

/// Why a pack could not be made or does not verify.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PackError {
    /// The archive is not in the one form a pack may have.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// A name that the pack itself uses.
    #[error("file name {0:?} is reserved")]
    Reserved(String),
    /// The same name was added twice.
    #[error("file {0:?} was added twice")]
    Repeated(String),
    /// The manifest names a file that the archive lacks, or the archive lacks one that each pack has.
    #[error("file {0:?} is missing")]
    Missing(String),
    /// The archive has a file that the manifest does not name.
    #[error("file {0:?} is not in the manifest")]
    Extra(String),
    /// A file's bytes are not those the manifest names.
    #[error("file {name:?} has digest {found}, the manifest says {expected}")]
    Digest { name: String, expected: Hash, found: Hash },
    /// The public key cannot be read.
    #[error("{file}: {source}", file = super::PUBLIC_KEY)]
    PublicKey {
        #[source]
        source: KeyError,
    },
    /// The public key is readable but not in the form we write.
    #[error("{file} is not in the one form a key has", file = super::PUBLIC_KEY)]
    PublicKeyForm,
    /// The pack was signed with another key than the one trusted.
    #[error("the pack is signed with key {found}, the trusted key is {expected}")]
    WrongKey { expected: Hash, found: Hash },
    /// The manifest or its statement is not canonical JSON.
    #[error("{part}: {source}")]
    Canonical {
        part: &'static str,
        #[source]
        source: CanonicalError,
    },
    /// The manifest's signature does not hold.
    #[error("{file}: {0}", file = super::MANIFEST)]
    Envelope(#[from] DsseError),
    /// The manifest is signed, but is not the manifest of a pack.
    #[error("{file}: {0}", file = super::MANIFEST)]
    Manifest(&'static str),
    /// The audit trail is incomplete or contradicts itself.
    #[error("audit trail: {0}")]
    Audit(String),
    /// The audit trail's checkpoint does not hold.
    #[error("audit/checkpoint: {0}")]
    Checkpoint(#[from] CheckpointError),
    /// An audit entry is not in the log that the checkpoint signs.
    #[error("audit entry {index}: {source}")]
    Inclusion {
        index: u64,
        #[source]
        source: MerkleError,
    },
}
