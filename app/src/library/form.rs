//! What the forms of the library send, and what they mean.

use hub::{
    error::FieldError,
    library::{AssetChange, AssetKind, NewAsset},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A new asset as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AssetForm {
    /// Whose it will be.
    pub workspace_id: String,
    /// What it is.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Words between commas or spaces.
    pub tags: String,
    /// A JSON object, or nothing.
    pub metadata: String,
    /// What it holds.
    pub content: String,
    /// Where it is.
    pub uri: String,
    /// About the first version.
    pub note: String,
}

/// How an asset is described, as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DescriptionForm {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Words between commas or spaces.
    pub tags: String,
    /// A JSON object, or nothing.
    pub metadata: String,
}

/// Browsers send a carriage return before each line break.
fn lines(text: &str) -> String {
    text.replace("\r\n", "\n")
}

fn tags(text: &str) -> Vec<String> {
    let apart = |c: char| c == ',' || c.is_whitespace();
    text.split(apart).filter(|tag| !tag.is_empty()).map(str::to_owned).collect()
}

fn metadata(text: &str) -> Result<Map<String, Value>, FieldError> {
    let wrong = |message: String| FieldError { pointer: "/metadata".to_owned(), message };
    if text.trim().is_empty() {
        return Ok(Map::new());
    }
    match serde_json::from_str(text) {
        Ok(Value::Object(map)) => Ok(map),
        Ok(_) => Err(wrong("Metadata must be a JSON object, as { \"team\": \"checkout\" } is.".to_owned())),
        Err(error) => {
            let (line, column) = (error.line(), error.column());
            Err(wrong(format!("Metadata is no JSON; it stops being so at line {line}, column {column}.")))
        }
    }
}

/// What is left of a text that may be empty.
fn given(text: &str) -> Option<String> {
    (!text.trim().is_empty()).then(|| lines(text))
}

impl AssetForm {
    /// The asset that is meant.
    ///
    /// # Errors
    /// Names each field that can't be read.
    pub fn asset(&self) -> Result<NewAsset, Vec<FieldError>> {
        let kind = self.kind.parse::<AssetKind>().map_err(|error| error.fields().to_vec());
        let metadata = metadata(&self.metadata).map_err(|fault| vec![fault]);
        match (kind, metadata) {
            (Ok(kind), Ok(metadata)) => Ok(NewAsset {
                workspace_id: self.workspace_id.parse().ok(),
                kind,
                name: self.name.clone(),
                description: lines(&self.description),
                tags: tags(&self.tags),
                metadata,
                content: given(&self.content),
                uri: given(&self.uri),
                note: lines(&self.note),
            }),
            (kind, metadata) => Err([kind.err(), metadata.err()].into_iter().flatten().flatten().collect()),
        }
    }
}

impl DescriptionForm {
    /// The change that is meant.
    ///
    /// # Errors
    /// Names the metadata where it can't be read.
    pub fn change(&self) -> Result<AssetChange, Vec<FieldError>> {
        Ok(AssetChange {
            name: Some(self.name.clone()),
            description: Some(lines(&self.description)),
            tags: Some(tags(&self.tags)),
            metadata: Some(metadata(&self.metadata).map_err(|fault| vec![fault])?),
        })
    }
}

/// The version that is meant.
#[cfg(feature = "ssr")]
#[must_use]
pub fn version(content: &str, uri: &str, note: &str) -> hub::library::NewVersion {
    hub::library::NewVersion { content: given(content), uri: given(uri), note: lines(note) }
}

/// Metadata as the form shows it; nothing where there is none.
#[must_use]
pub fn metadata_text(map: &Map<String, Value>) -> String {
    if map.is_empty() { String::new() } else { serde_json::to_string_pretty(map).unwrap_or_default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_is_read_and_each_wrong_field_named() {
        let form = AssetForm {
            kind: "prompt".to_owned(),
            name: "Summary".to_owned(),
            tags: "a, b  c".to_owned(),
            content: "one\r\ntwo".to_owned(),
            metadata: "{ \"team\": \"checkout\" }".to_owned(),
            ..AssetForm::default()
        };
        let asset = form.asset().unwrap();
        assert_eq!((asset.tags.len(), asset.content.as_deref(), asset.uri), (3, Some("one\ntwo"), None));
        assert_eq!(metadata_text(&asset.metadata), "{\n  \"team\": \"checkout\"\n}");
        let wrong = AssetForm { kind: "film".to_owned(), metadata: "[1]".to_owned(), ..form };
        let pointers: Vec<_> = wrong.asset().unwrap_err().into_iter().map(|fault| fault.pointer).collect();
        assert_eq!(pointers, ["/kind", "/metadata"]);
    }
}
