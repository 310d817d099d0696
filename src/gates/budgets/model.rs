//! A budget to be imported, and what becomes of it.

use super::super::model::PolicyDocument;
use crate::{Error, Result, lab::DEVICES};
use serde::{Deserialize, Serialize};

/// A budget of another tool, to be turned into rules.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema), schema(example = json!({
    "content": "[{\"path\": \"/*\", \"timings\": [{\"metric\": \"largest-contentful-paint\", \"budget\": 2500}]}]"
})))]
#[serde(deny_unknown_fields)]
pub struct NewBudget {
    /// The text of Lighthouse's `budget.json`, of a Lighthouse CI configuration with assertions, or of a budget of
    /// sitespeed.io.
    pub content: String,
    /// The device whose metrics the rules judge: `mobile`, `tablet` or `desktop`; `mobile` when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// The page that benchmarks open, as a path or an address: entries for other pages are left out. `/` when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<String>,
}

impl NewBudget {
    /// The device that is named.
    ///
    /// # Errors
    /// Invalid, with the devices that there are.
    pub fn device(&self) -> Result<&str> {
        let device = self.device.as_deref().filter(|device| !device.is_empty()).unwrap_or("mobile");
        match DEVICES.contains(&device) {
            true => Ok(device),
            false => Err(Error::invalid("/device", format!("Device must be one of {}.", DEVICES.join(", ")))),
        }
    }
}

/// A budget as a policy. Nothing was kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct ImportedPolicy {
    /// `lighthouse`, `lighthouse_ci` or `sitespeed`.
    pub format: String,
    /// The rules, in a policy of their own.
    pub document: PolicyDocument,
    /// Entries that became no rule.
    pub not_carried: Vec<NotCarried>,
    /// What has to be known of the rules.
    pub notes: Vec<String>,
}

/// An entry of a budget that became no rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct NotCarried {
    /// Where it stands in the file, as a JSON pointer.
    pub origin: String,
    /// Why.
    pub why: String,
}
