//! What people are asked to agree to, and what they said. Decisions are only ever added.

#[cfg(feature = "backend")]
mod service;

use crate::{
    Error, Result,
    error::Faults,
    ids::{ConsentId, UserId},
    page::PageRequest,
    text,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Longest text that people are asked to agree to, in characters.
const TEXT_MAX: usize = 10_000;

/// A purpose to be asked for, or a new version of its text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema), schema(as = NewConsentPurpose))]
pub struct NewPurpose {
    /// What it is known by: 1 to 50 lower-case letters, digits and hyphens.
    #[cfg_attr(feature = "backend", schema(min_length = 1, max_length = 50, pattern = "^[a-z0-9-]+$"))]
    pub purpose: String,
    /// What it is called, 1 to 100 characters.
    #[cfg_attr(feature = "backend", schema(min_length = 1, max_length = 100))]
    pub title: String,
    /// What people agree to, 1 to 10,000 characters.
    #[cfg_attr(feature = "backend", schema(min_length = 1, max_length = 10_000))]
    pub text: String,
    /// Whether it is asked for; false ends it, and what was said stays. True when left out.
    #[serde(default = "yes")]
    pub is_open: bool,
}

fn yes() -> bool {
    true
}

impl NewPurpose {
    /// Checks and trims.
    pub fn parse(self) -> Result<Self> {
        let mut faults = Faults::default();
        let purpose = faults.keep(parse_key(&self.purpose));
        let title = faults.keep(text::line("/title", "Title", &self.title, 100));
        let words = faults.keep(parse_text(&self.text));
        faults.finish()?;
        Ok(Self {
            purpose: purpose.unwrap_or_default(),
            title: title.unwrap_or_default(),
            text: words.unwrap_or_default(),
            is_open: self.is_open,
        })
    }
}

fn parse_key(typed: &str) -> Result<String> {
    let key = text::line("/purpose", "Purpose", typed, 50)?;
    if key.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-') {
        return Ok(key);
    }
    Err(Error::invalid("/purpose", "Purpose may have lower-case letters, digits and hyphens."))
}

fn parse_text(typed: &str) -> Result<String> {
    let words = text::block("/text", "Text", typed.trim(), TEXT_MAX)?;
    if words.is_empty() { Err(Error::invalid("/text", "Text must have 1 to 10000 characters.")) } else { Ok(words) }
}

/// The newest text of a purpose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema), schema(as = ConsentPurpose))]
pub struct Purpose {
    /// What it is known by.
    pub purpose: String,
    /// The version of its text, from 1.
    pub version: u32,
    /// What it is called.
    pub title: String,
    /// What people agree to.
    pub text: String,
    /// Whether it is asked for.
    pub is_open: bool,
    /// Who wrote this version.
    pub created_by: String,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// A purpose with what the caller said last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema), schema(as = ConsentPurposeState))]
pub struct PurposeState {
    /// The purpose.
    #[serde(flatten)]
    pub purpose: Purpose,
    /// What the caller said last, if anything.
    pub decision: Option<Consent>,
}

impl PurposeState {
    /// Whether the caller agrees to the text of now.
    pub fn is_granted(&self) -> bool {
        self.decision.as_ref().is_some_and(|said| said.granted && said.version == self.purpose.version)
    }
}

/// A decision to be kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct NewConsent {
    /// The purpose.
    #[cfg_attr(feature = "backend", schema(min_length = 1, max_length = 50))]
    pub purpose: String,
    /// The version of the text that was read.
    #[cfg_attr(feature = "backend", schema(minimum = 1))]
    pub version: u32,
    /// Whether the person agrees.
    pub granted: bool,
}

/// A decision of somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct Consent {
    /// The decision.
    pub id: ConsentId,
    /// Whose it is.
    pub user_id: UserId,
    /// Their address; `erased person` once they were erased.
    pub person: String,
    /// The purpose.
    pub purpose: String,
    /// The version of the text.
    pub version: u32,
    /// Whether they agreed.
    pub granted: bool,
    /// How they said it.
    pub how: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// Which decisions are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
#[serde(default, deny_unknown_fields)]
pub struct ConsentQuery {
    /// `next_cursor` of the page before.
    #[cfg_attr(feature = "backend", param(value_type = Option<uuid::Uuid>))]
    pub cursor: Option<String>,
    /// Most rows wanted, 1 to 200; 50 when left out.
    #[cfg_attr(feature = "backend", param(minimum = 1, maximum = 200))]
    pub limit: Option<u32>,
    /// Only decisions about this purpose.
    pub purpose: Option<String>,
}

impl ConsentQuery {
    /// The part of the list.
    pub fn page(&self) -> PageRequest {
        PageRequest { cursor: self.cursor.clone(), limit: self.limit }
    }
}
