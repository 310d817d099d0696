//! Records of processing activities (General Data Protection Regulation, article 30): the hub's own, made from the list of
//! what its tables hold, and those that the organisation adds.

#[cfg(feature = "backend")]
mod own;
#[cfg(feature = "backend")]
mod service;
#[cfg(feature = "backend")]
mod table;

#[cfg(all(test, feature = "backend"))]
pub(super) use own::OWN;

use crate::{Error, Result, error::Faults, ids::ProcessingActivityId, text};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Longest text of a record, in characters.
const TEXT_MAX: usize = 2_000;
/// Most categories of a record.
const CATEGORIES_MAX: usize = 50;

/// Why processing is lawful (article 6, paragraph 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub enum LegalBasis {
    /// The person agreed (a).
    Consent,
    /// A contract needs it (b).
    Contract,
    /// The law asks for it (c).
    LegalObligation,
    /// Somebody's life depends on it (d).
    VitalInterests,
    /// A public task (e).
    PublicTask,
    /// Interests that weigh more (f).
    LegitimateInterests,
}

impl LegalBasis {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Consent,
        Self::Contract,
        Self::LegalObligation,
        Self::VitalInterests,
        Self::PublicTask,
        Self::LegitimateInterests,
    ];

    /// The text in forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Consent => "consent",
            Self::Contract => "contract",
            Self::LegalObligation => "legal_obligation",
            Self::VitalInterests => "vital_interests",
            Self::PublicTask => "public_task",
            Self::LegitimateInterests => "legitimate_interests",
        }
    }

    /// The words on pages.
    pub fn words(self) -> &'static str {
        match self {
            Self::Consent => "Consent",
            Self::Contract => "Contract",
            Self::LegalObligation => "Legal obligation",
            Self::VitalInterests => "Vital interests",
            Self::PublicTask => "Public task",
            Self::LegitimateInterests => "Legitimate interests",
        }
    }
}

/// A record to be kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema), schema(as = NewProcessingActivity))]
pub struct NewActivity {
    /// What the processing is called, 1 to 100 characters.
    #[cfg_attr(feature = "backend", schema(min_length = 1, max_length = 100))]
    pub name: String,
    /// What it is for, 1 to 2,000 characters.
    #[cfg_attr(feature = "backend", schema(min_length = 1, max_length = 2_000))]
    pub purpose: String,
    /// Why it is lawful.
    pub legal_basis: LegalBasis,
    /// Whose data, at least one category.
    #[cfg_attr(feature = "backend", schema(min_items = 1, max_items = 50))]
    pub persons: Vec<String>,
    /// Which data, at least one category.
    #[cfg_attr(feature = "backend", schema(min_items = 1, max_items = 50))]
    pub data: Vec<String>,
    /// Who gets it.
    #[serde(default)]
    #[cfg_attr(feature = "backend", schema(max_items = 50))]
    pub recipients: Vec<String>,
    /// Where it is sent beyond the country or union; empty where nowhere.
    #[serde(default)]
    #[cfg_attr(feature = "backend", schema(max_length = 2_000))]
    pub transfers: String,
    /// How long it is kept, 1 to 2,000 characters.
    #[cfg_attr(feature = "backend", schema(min_length = 1, max_length = 2_000))]
    pub retention: String,
    /// What protects it.
    #[serde(default)]
    #[cfg_attr(feature = "backend", schema(max_length = 2_000))]
    pub safeguards: String,
}

impl NewActivity {
    /// Checks and trims.
    pub fn parse(self) -> Result<Self> {
        let mut faults = Faults::default();
        let name = faults.keep(text::line("/name", "Name", &self.name, 100));
        let purpose = faults.keep(words("/purpose", "Purpose", &self.purpose, true));
        let persons = faults.keep(categories("/persons", "Persons", self.persons, true));
        let data = faults.keep(categories("/data", "Data", self.data, true));
        let recipients = faults.keep(categories("/recipients", "Recipients", self.recipients, false));
        let transfers = faults.keep(words("/transfers", "Transfers", &self.transfers, false));
        let retention = faults.keep(words("/retention", "Retention", &self.retention, true));
        let safeguards = faults.keep(words("/safeguards", "Safeguards", &self.safeguards, false));
        faults.finish()?;
        Ok(Self {
            name: name.unwrap_or_default(),
            purpose: purpose.unwrap_or_default(),
            legal_basis: self.legal_basis,
            persons: persons.unwrap_or_default(),
            data: data.unwrap_or_default(),
            recipients: recipients.unwrap_or_default(),
            transfers: transfers.unwrap_or_default(),
            retention: retention.unwrap_or_default(),
            safeguards: safeguards.unwrap_or_default(),
        })
    }
}

fn words(pointer: &str, label: &str, typed: &str, needed: bool) -> Result<String> {
    let words = text::block(pointer, label, typed.trim(), TEXT_MAX)?;
    if needed && words.is_empty() {
        return Err(Error::invalid(pointer, format!("{label} must have 1 to {TEXT_MAX} characters.")));
    }
    Ok(words)
}

/// Categories, one in each text; empty ones are left out.
fn categories(pointer: &str, label: &str, typed: Vec<String>, needed: bool) -> Result<Vec<String>> {
    let typed: Vec<_> = typed.into_iter().filter(|category| !category.trim().is_empty()).collect();
    if typed.len() > CATEGORIES_MAX || needed && typed.is_empty() {
        let least = usize::from(needed);
        return Err(Error::invalid(pointer, format!("{label} must name {least} to {CATEGORIES_MAX} categories.")));
    }
    typed.iter().map(|category| text::line(pointer, label, category, 200)).collect()
}

/// A record of the register.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema), schema(as = ProcessingActivity))]
pub struct Activity {
    /// The record; none for the hub's own, which can't be changed.
    pub id: Option<ProcessingActivityId>,
    /// What it says.
    pub record: NewActivity,
    /// Who wrote it last.
    pub updated_by: Option<String>,
    /// When.
    pub updated_at: Option<DateTime<Utc>>,
}

/// The whole register.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema), schema(as = ProcessingRegister))]
pub struct Register {
    /// Whose register it is.
    pub controller: String,
    /// When it was read.
    pub read_at: DateTime<Utc>,
    /// The hub's own processing first, then the organisation's by name.
    pub activities: Vec<Activity>,
}
