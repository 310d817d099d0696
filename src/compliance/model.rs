//! Evidence packs as they are asked for and listed.

use super::controls::EvidenceScope;
use crate::ids::{EvidenceId, SystemId, ValidationId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A pack to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewEvidence {
    /// The framework that it is for.
    pub scope: EvidenceScope,
    /// The finished validation whose records go in.
    pub validation_id: ValidationId,
}

/// A pack that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct EvidencePacket {
    /// The pack.
    pub id: EvidenceId,
    /// The framework that it is for.
    pub scope: EvidenceScope,
    /// The system.
    pub system_id: SystemId,
    /// The version.
    pub version: String,
    /// The validation whose records it holds.
    pub validation_id: ValidationId,
    /// SHA-256 of the file, in hex.
    pub sha256: String,
    /// Its size in bytes.
    pub size: u64,
    /// The key that signed it: SHA-256 of its DER form, in hex.
    pub key_id: String,
    /// The files in it.
    pub contents: Vec<String>,
    /// Who made it.
    pub created_by: String,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// A signing key's public half.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct PublicKeyView {
    /// SHA-256 of its DER SubjectPublicKeyInfo, in hex.
    pub key_id: String,
    /// SubjectPublicKeyInfo in PEM.
    pub pem: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it stopped signing, if it did.
    pub retired_at: Option<DateTime<Utc>>,
}

/// Which packs are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
#[serde(default, deny_unknown_fields)]
pub struct EvidenceQuery {
    /// `next_cursor` of the page before.
    #[cfg_attr(feature = "backend", param(value_type = Option<uuid::Uuid>))]
    pub cursor: Option<String>,
    /// Most rows wanted, 1 to 200; 50 when left out.
    #[cfg_attr(feature = "backend", param(minimum = 1, maximum = 200))]
    pub limit: Option<u32>,
    /// Only packs of this system.
    pub system_id: Option<SystemId>,
}

impl EvidenceQuery {
    /// The part of the list.
    pub fn page(&self) -> crate::page::PageRequest {
        crate::page::PageRequest { cursor: self.cursor.clone(), limit: self.limit }
    }
}
