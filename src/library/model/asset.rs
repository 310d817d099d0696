//! Assets and what is asked of them.

use super::{AssetKind, NewVersion};
use crate::{
    Error, Result,
    error::Faults,
    ids::{AssetId, ProposalId, WorkspaceId},
    page::PageRequest,
    text,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// Most characters of a name.
const NAME_MAX: usize = 100;
/// Most characters of a description.
const DESCRIPTION_MAX: usize = 2_000;
/// Most tags of an asset.
const TAGS_MAX: usize = 20;
/// Most characters of a tag.
const TAG_MAX: usize = 40;
/// Most bytes of metadata, as JSON.
const METADATA_MAX: usize = 8 << 10;
/// Most characters of a reason.
const REASON_MAX: usize = 500;
/// Most characters of what is searched for.
const SEARCH_MAX: usize = 100;

/// Something that a workspace shares.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct Asset {
    /// The asset.
    pub id: AssetId,
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// What it is.
    pub kind: AssetKind,
    /// Its name, unique among the workspace's assets of this kind.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Words that it is found by, in small letters.
    pub tags: Vec<String>,
    /// Whatever else its makers note about it.
    #[cfg_attr(feature = "backend", schema(value_type = Object))]
    pub metadata: Map<String, Value>,
    /// Its newest version; 0 while the first one waits for an approval.
    pub latest_version: u32,
    /// How often a system took it into use or somebody forked it.
    pub use_count: u64,
    /// Where it comes from.
    pub forked_from: Option<Fork>,
    /// Why it should not be used any more.
    pub deprecation: Option<Deprecation>,
    /// Who shared it.
    pub created_by: String,
    /// When.
    pub created_at: DateTime<Utc>,
    /// When it or its newest version was last changed.
    pub updated_at: DateTime<Utc>,
}

/// Where a fork comes from. The asset there may have been renamed or removed since.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema), schema(as = AssetOrigin))]
pub struct Fork {
    /// The asset.
    pub asset_id: AssetId,
    /// Its version.
    pub version: u32,
    /// What it was called.
    pub name: String,
}

/// Why an asset should not be used any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct Deprecation {
    /// Since when.
    pub at: DateTime<Utc>,
    /// Why.
    pub reason: String,
    /// What to use instead.
    pub replacement_id: Option<AssetId>,
}

/// An asset to be shared, with its first version: either content or an address.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema), schema(example = json!({
    "workspace_id": "01890a5d-ac96-774b-bcce-b302099a8057", "kind": "golden_path", "name": "Sign in",
    "tags": ["login"], "content": "GET {{base_url}}/\nHTTP 200\n"
})))]
#[serde(deny_unknown_fields)]
pub struct NewAsset {
    /// Whose it will be.
    #[cfg_attr(feature = "backend", schema(value_type = WorkspaceId, required))]
    pub workspace_id: Option<WorkspaceId>,
    /// What it is.
    pub kind: AssetKind,
    /// 1 to 100 characters.
    #[cfg_attr(feature = "backend", schema(min_length = 1, max_length = 100))]
    pub name: String,
    /// Up to 2,000 characters.
    #[serde(default)]
    #[cfg_attr(feature = "backend", schema(max_length = 2_000))]
    pub description: String,
    /// Up to 20 tags of 1 to 40 letters, digits, dots, hyphens or underscores.
    #[serde(default)]
    #[cfg_attr(feature = "backend", schema(max_items = 20))]
    pub tags: Vec<String>,
    /// A JSON object of up to 8 KiB; whole numbers in it go up to 2^53 - 1.
    #[serde(default)]
    #[cfg_attr(feature = "backend", schema(value_type = Object))]
    pub metadata: Map<String, Value>,
    /// Its content, up to 200,000 characters.
    #[serde(default)]
    #[cfg_attr(feature = "backend", schema(max_length = 200_000))]
    pub content: Option<String>,
    /// Where it is: an https address, which the hub does not open.
    #[serde(default)]
    #[cfg_attr(feature = "backend", schema(max_length = 2_000))]
    pub uri: Option<String>,
    /// What there is to say about the first version, up to 500 characters.
    #[serde(default)]
    #[cfg_attr(feature = "backend", schema(max_length = 500))]
    pub note: String,
}

impl NewAsset {
    /// Checks and trims everything but what the content means.
    ///
    /// # Errors
    /// Invalid, with a pointer per wrong field.
    pub fn parse(self) -> Result<Self> {
        let mut faults = Faults::default();
        if self.workspace_id.is_none() {
            faults.add("/workspace_id", "Name the workspace.");
        }
        let name = faults.keep(text::line("/name", "Name", &self.name, NAME_MAX)).unwrap_or_default();
        let description = faults.keep(description(&self.description)).unwrap_or_default();
        let tags = faults.keep(tags(self.tags)).unwrap_or_default();
        faults.keep(metadata(&self.metadata));
        let version = NewVersion { content: self.content, uri: self.uri, note: self.note };
        let version = faults.keep(version.parse()).unwrap_or_default();
        faults.finish()?;
        let NewVersion { content, uri, note } = version;
        Ok(Self { name, description, tags, content, uri, note, ..self })
    }
}

/// What is to be different about an asset; what is left out stays. Its content changes by versions.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct AssetChange {
    /// 1 to 100 characters.
    #[cfg_attr(feature = "backend", schema(min_length = 1, max_length = 100))]
    pub name: Option<String>,
    /// Up to 2,000 characters.
    #[cfg_attr(feature = "backend", schema(max_length = 2_000))]
    pub description: Option<String>,
    /// All tags anew.
    #[cfg_attr(feature = "backend", schema(max_items = 20))]
    pub tags: Option<Vec<String>>,
    /// All metadata anew; whole numbers in it go up to 2^53 - 1.
    #[cfg_attr(feature = "backend", schema(value_type = Option<Object>))]
    pub metadata: Option<Map<String, Value>>,
}

impl AssetChange {
    /// Checks and trims.
    ///
    /// # Errors
    /// Invalid, with a pointer per wrong field.
    pub fn parse(self) -> Result<Self> {
        let mut faults = Faults::default();
        let name = self.name.map(|name| faults.keep(text::line("/name", "Name", &name, NAME_MAX)).unwrap_or_default());
        let description = self.description.map(|words| faults.keep(description(&words)).unwrap_or_default());
        let tags = self.tags.map(|words| faults.keep(tags(words)).unwrap_or_default());
        if let Some(map) = &self.metadata {
            faults.keep(metadata(map));
        }
        faults.finish()?;
        Ok(Self { name, description, tags, metadata: self.metadata })
    }
}

fn description(words: &str) -> Result<String> {
    Ok(text::block("/description", "Description", words, DESCRIPTION_MAX)?.trim().to_owned())
}

/// Tags in small letters, each once, in their order.
fn tags(words: Vec<String>) -> Result<Vec<String>> {
    let mut faults = Faults::default();
    let mut known = BTreeSet::new();
    for (at, word) in words.iter().enumerate() {
        let tag = text::key(word.trim());
        let plain = tag.chars().all(|c| c.is_alphanumeric() || "._-".contains(c));
        if tag.is_empty() || tag.chars().count() > TAG_MAX || !plain {
            let allowed = format!("A tag has 1 to {TAG_MAX} letters, digits, dots, hyphens or underscores.");
            faults.add(format!("/tags/{at}"), allowed);
        }
        known.insert(tag);
    }
    if words.len() > TAGS_MAX {
        faults.add("/tags", format!("There may be at most {TAGS_MAX} tags."));
    }
    faults.finish()?;
    Ok(known.into_iter().collect())
}

/// Whether every whole number in a value is one that all readers of JSON take for the same (RFC 8259, section 6).
fn is_exact(value: &Value) -> bool {
    match value {
        Value::Number(number) => {
            let whole = number.as_u64().or_else(|| number.as_i64().map(i64::unsigned_abs));
            whole.is_none_or(|whole| whole < 1 << 53)
        }
        Value::Array(items) => items.iter().all(is_exact),
        Value::Object(members) => members.values().all(is_exact),
        _ => true,
    }
}

fn metadata(map: &Map<String, Value>) -> Result<()> {
    if !map.values().all(is_exact) {
        let allowed = "Whole numbers go up to 2^53 - 1; write larger ones as text.";
        return Err(Error::invalid("/metadata", allowed));
    }
    let size = serde_json::to_vec(map)?.len();
    if size > METADATA_MAX {
        return Err(Error::invalid(
            "/metadata",
            format!("Metadata must have at most {METADATA_MAX} bytes as JSON; it has {size}."),
        ));
    }
    Ok(())
}

/// An asset that was just shared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct SharedAsset {
    /// The asset.
    #[serde(flatten)]
    pub asset: Asset,
    /// What waits for an approval before there is a first version, where the workspace wants changes reviewed.
    pub proposal_id: Option<ProposalId>,
}

/// Which assets are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
#[serde(default, deny_unknown_fields)]
pub struct LibraryQuery {
    /// `next_cursor` of the page before; left out for the first page.
    #[cfg_attr(feature = "backend", param(value_type = Option<uuid::Uuid>))]
    pub cursor: Option<String>,
    /// Most rows wanted, 1 to 200; 50 when left out.
    #[cfg_attr(feature = "backend", param(minimum = 1, maximum = 200))]
    pub limit: Option<u32>,
    /// Only assets of this workspace.
    pub workspace_id: Option<WorkspaceId>,
    /// Only assets of this kind.
    #[cfg_attr(feature = "backend", param(inline))]
    pub kind: Option<AssetKind>,
    /// Only assets with this tag.
    #[cfg_attr(feature = "backend", param(max_length = 40))]
    pub tag: Option<String>,
    /// Only assets whose name, description or tags have words that begin with each of these words.
    #[cfg_attr(feature = "backend", param(max_length = 100))]
    pub q: Option<String>,
    /// With `true`, deprecated assets are among them.
    pub deprecated: bool,
}

impl LibraryQuery {
    /// Checks and trims; what is empty is left out.
    ///
    /// # Errors
    /// Invalid, with a pointer per wrong parameter.
    pub fn parse(self) -> Result<(Self, PageRequest)> {
        let given = |text: Option<String>| text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        let (q, tag) = (given(self.q), given(self.tag).map(|tag| text::key(&tag)));
        if q.as_ref().is_some_and(|q| q.chars().count() > SEARCH_MAX) {
            return Err(Error::invalid("/q", format!("What is searched for has at most {SEARCH_MAX} characters.")));
        }
        if tag.as_ref().is_some_and(|tag| tag.chars().count() > TAG_MAX) {
            return Err(Error::invalid("/tag", format!("A tag has at most {TAG_MAX} characters.")));
        }
        let page = PageRequest { cursor: self.cursor.clone(), limit: self.limit };
        Ok((Self { q, tag, ..self }, page))
    }
}

/// Why an asset should not be used any more.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewDeprecation {
    /// 1 to 500 characters.
    #[cfg_attr(feature = "backend", schema(min_length = 1, max_length = 500))]
    pub reason: String,
    /// What to use instead: another asset that the caller sees.
    #[serde(default)]
    pub replacement_id: Option<AssetId>,
}

impl NewDeprecation {
    /// Checks and trims.
    ///
    /// # Errors
    /// Invalid, naming the reason.
    pub fn parse(self) -> Result<Self> {
        Ok(Self { reason: text::line("/reason", "Reason", &self.reason, REASON_MAX)?, ..self })
    }
}

/// A copy of an asset for another workspace, or for the same one under another name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewFork {
    /// Whose the copy will be.
    pub workspace_id: WorkspaceId,
    /// Which version; the newest when left out.
    #[serde(default)]
    #[cfg_attr(feature = "backend", schema(minimum = 1))]
    pub version: Option<u32>,
    /// What the copy is called, 1 to 100 characters; the same when left out.
    #[serde(default)]
    #[cfg_attr(feature = "backend", schema(min_length = 1, max_length = 100))]
    pub name: Option<String>,
}

impl NewFork {
    /// Checks and trims.
    ///
    /// # Errors
    /// Invalid, naming the name.
    pub fn parse(self) -> Result<Self> {
        let name = self.name.map(|name| text::line("/name", "Name", &name, NAME_MAX)).transpose()?;
        Ok(Self { name, ..self })
    }
}
