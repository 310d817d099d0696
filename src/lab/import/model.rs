//! What is imported, and where imported figures come from.

use super::super::security::Unmeasured;
use crate::{Result, error::Faults, ids::EnvironmentId, text};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Most files of one import.
const FILES_MAX: usize = 10;
/// Most characters of a file's name.
const NAME_MAX: usize = 100;

/// Results of other tools to be imported as one benchmark of a version.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema), schema(example = json!({
    "environment_id": "01890a5d-ac96-774b-bcce-b302099a8057", "version": "1.4.0",
    "files": [{ "name": "k6.json", "content": "{\"metrics\": {}}" }]
})))]
#[serde(deny_unknown_fields)]
pub struct NewImport {
    /// The environment that was measured; its system follows from it.
    #[cfg_attr(feature = "backend", schema(value_type = EnvironmentId, required))]
    pub environment_id: Option<EnvironmentId>,
    /// What was deployed there when it was measured.
    #[cfg_attr(feature = "backend", schema(min_length = 1, max_length = 100))]
    pub version: String,
    /// 1 to 10 files, such as one of k6 and one of Lighthouse. No two may hold the same metric.
    #[cfg_attr(feature = "backend", schema(min_items = 1, max_items = 10))]
    pub files: Vec<NewImportFile>,
}

/// A file to be imported.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewImportFile {
    /// Its name, 1 to 100 characters, unique in the import.
    #[cfg_attr(feature = "backend", schema(min_length = 1, max_length = 100))]
    pub name: String,
    /// `lighthouse`, `k6_summary`, `k6_stream`, `oha`, `jtl_csv` or `jtl_xml`; recognised when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// The file's text, as the tool wrote it.
    pub content: String,
}

impl NewImport {
    /// Checks everything but the files' own grammar.
    ///
    /// # Errors
    /// Invalid, naming each field and what is allowed.
    pub fn parse(mut self) -> Result<Self> {
        let mut faults = Faults::default();
        if self.environment_id.is_none() {
            faults.add("/environment_id", "Name the environment that was measured.");
        }
        self.version = faults.keep(text::version("/version", &self.version)).unwrap_or_default();
        if self.files.is_empty() || self.files.len() > FILES_MAX {
            faults.add("/files", format!("Send 1 to {FILES_MAX} files; there are {}.", self.files.len()));
        }
        let mut names = BTreeSet::new();
        for (at, file) in self.files.iter_mut().enumerate() {
            let pointer = |field: &str| format!("/files/{at}/{field}");
            file.name = faults.keep(text::line(&pointer("name"), "Name", &file.name, NAME_MAX)).unwrap_or_default();
            if !names.insert(file.name.clone()) {
                faults.add(pointer("name"), "Each file needs a name of its own.");
            }
            if file.content.trim().is_empty() {
                faults.add(pointer("content"), "The file is empty.");
            }
        }
        faults.finish()?;
        Ok(self)
    }
}

/// Where imported figures come from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct Import {
    /// The files.
    pub files: Vec<ImportedFile>,
    /// Figures of the files that could not be taken over, and why.
    pub not_taken: Vec<Unmeasured>,
    /// Who imported them.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// A file that was imported.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct ImportedFile {
    /// Its name as it was sent.
    pub name: String,
    /// The artifact of the benchmark that keeps it.
    pub artifact: String,
    /// Its format, as in the request.
    pub format: String,
    /// The tool that measured.
    pub tool: String,
    /// The tool's version, if the file says it.
    pub tool_version: Option<String>,
    /// SHA-256 of the file, in hex.
    pub sha256: String,
    /// Its size in bytes.
    pub size: u64,
    /// The one address that was measured, if the file says it.
    pub target_url: Option<String>,
    /// When the measurement began, if the file says it.
    pub measured_at: Option<DateTime<Utc>>,
    /// What has to be known to read its figures.
    pub notes: Vec<String>,
}

impl Import {
    /// The tools in words: `k6 and Lighthouse 13.0.1`.
    pub fn tools(&self) -> String {
        let named = |file: &ImportedFile| match &file.tool_version {
            Some(version) => format!("{} {version}", file.tool),
            None => file.tool.clone(),
        };
        let tools: BTreeSet<_> = self.files.iter().map(named).collect();
        let mut tools: Vec<_> = tools.into_iter().collect();
        let last = tools.pop().unwrap_or_default();
        if tools.is_empty() { last } else { format!("{} and {last}", tools.join(", ")) }
    }

    /// The formats of its files. Only imports of the same formats can be set side by side.
    #[cfg(feature = "backend")]
    pub(in crate::lab) fn formats(&self) -> BTreeSet<&str> {
        self.files.iter().map(|file| file.format.as_str()).collect()
    }
}
