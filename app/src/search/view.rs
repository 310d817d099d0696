//! What the search found.

use crate::{lab::view::RunItem, ui::Place};
use hub::systems::System;
use serde::{Deserialize, Serialize};

/// What the search found, the best of each kind.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FoundView {
    /// Pages by their names.
    pub places: Vec<FoundPlace>,
    /// Systems by their names.
    pub systems: Vec<System>,
    /// Benchmarks by the version that they measured.
    pub runs: Vec<RunItem>,
}

/// A page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundPlace {
    /// What it is called.
    pub name: String,
    /// Where it is.
    pub href: String,
}

impl FoundView {
    /// Whether there is nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.places.is_empty() && self.systems.is_empty() && self.runs.is_empty()
    }
}

impl From<Place> for FoundPlace {
    fn from(place: Place) -> Self {
        Self { name: place.name().to_owned(), href: place.href().to_owned() }
    }
}
