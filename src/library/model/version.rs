//! Versions of assets.

use super::Proposal;
use crate::{Result, error::Faults, ids::AssetId, text};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use url::Url;

/// Most characters of content.
const CONTENT_MAX: usize = 200_000;
/// Longest address, in bytes.
const URI_MAX: usize = 2_000;
/// Most characters of a note.
const NOTE_MAX: usize = 500;

/// A version of an asset, without its content. It never changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema), schema(as = AssetVersionHead))]
pub struct VersionHead {
    /// The asset.
    pub asset_id: AssetId,
    /// Counts up with each version, from 1.
    pub number: u32,
    /// Where it is, where it has an address in place of content.
    pub uri: Option<String>,
    /// SHA-256 of the content, or of the address, in hex.
    pub sha256: String,
    /// Size of the content, or of the address, in bytes.
    pub size: u32,
    /// What its author says about it.
    pub note: String,
    /// Who made it.
    pub author: String,
    /// Who approved it, where it was proposed.
    pub approved_by: Option<String>,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// A version of an asset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct AssetVersion {
    /// What is known of it.
    #[serde(flatten)]
    pub head: VersionHead,
    /// What it holds, unless it has an address.
    pub content: Option<String>,
}

/// A version to be made or proposed: either content or an address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema), schema(as = NewAssetVersion, example = json!({
    "content": "GET {{base_url}}/\nHTTP 200\n", "note": "First step only"
})))]
#[serde(deny_unknown_fields)]
pub struct NewVersion {
    /// What it holds, up to 200,000 characters.
    #[serde(default)]
    #[cfg_attr(feature = "backend", schema(max_length = 200_000))]
    pub content: Option<String>,
    /// Where it is: an https address, which the hub does not open.
    #[serde(default)]
    #[cfg_attr(feature = "backend", schema(max_length = 2_000))]
    pub uri: Option<String>,
    /// What there is to say about it, up to 500 characters.
    #[serde(default)]
    #[cfg_attr(feature = "backend", schema(max_length = 500))]
    pub note: String,
}

impl NewVersion {
    /// Checks everything but what the content means.
    ///
    /// # Errors
    /// Invalid, with a pointer per wrong field.
    pub fn parse(self) -> Result<Self> {
        let mut faults = Faults::default();
        let content = self.content.filter(|content| !content.trim().is_empty());
        let uri = self.uri.map(|uri| uri.trim().to_owned()).filter(|uri| !uri.is_empty());
        match (&content, &uri) {
            (None, None) => faults.add("/content", "Give it content, or the address where it is."),
            (Some(_), Some(_)) => faults.add("/uri", "Give it either content or an address, not both."),
            (Some(content), None) => {
                faults.keep(text::block("/content", "Content", content, CONTENT_MAX));
            }
            (None, Some(uri)) => check_uri(uri, &mut faults),
        }
        let note = faults.keep(text::block("/note", "Note", &self.note, NOTE_MAX)).unwrap_or_default();
        faults.finish()?;
        Ok(Self { content, uri, note: note.trim().to_owned() })
    }

    /// What is hashed and counted: the content, or the address.
    #[must_use]
    pub fn body(&self) -> &str {
        self.content.as_deref().or(self.uri.as_deref()).unwrap_or_default()
    }
}

fn check_uri(uri: &str, faults: &mut Faults) {
    if uri.len() > URI_MAX {
        return faults.add("/uri", format!("An address has at most {URI_MAX} bytes."));
    }
    let sound = Url::parse(uri).is_ok_and(|url| {
        url.scheme() == "https" && url.has_host() && url.username().is_empty() && url.password().is_none()
    });
    if !sound {
        faults.add("/uri", "The address must be an https URL without a user name or password in it.");
    }
}

/// What came of a version: it was made, or it waits for an approval.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema), schema(as = SubmittedVersion))]
pub struct Submitted {
    /// The version, where no approval is needed.
    pub version: Option<VersionHead>,
    /// The proposal, where one is.
    pub proposal: Option<Proposal>,
}
