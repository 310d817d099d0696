//! Lists are paged by a cursor: the id of the last row that was seen.

use crate::{Error, Result};
use serde::{Deserialize, Serialize};

/// Rows of a page when nothing else is asked for.
pub const DEFAULT_LIMIT: u32 = 50;
/// Most rows of a page.
pub const MAX_LIMIT: u32 = 200;

/// Which part of a list is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
#[serde(default, deny_unknown_fields)]
pub struct PageRequest {
    /// `next_cursor` of the page before; left out for the first page.
    #[cfg_attr(feature = "backend", param(value_type = Option<uuid::Uuid>))]
    pub cursor: Option<String>,
    /// Most rows wanted, 1 to 200; 50 when left out.
    #[cfg_attr(feature = "backend", param(minimum = 1, maximum = 200))]
    pub limit: Option<u32>,
}

impl PageRequest {
    /// The wanted number of rows.
    ///
    /// # Errors
    /// Invalid outside 1 to 200.
    pub fn limit(&self) -> Result<u64> {
        match self.limit.unwrap_or(DEFAULT_LIMIT) {
            limit @ 1..=MAX_LIMIT => Ok(limit.into()),
            other => Err(Error::invalid("/limit", format!("Limit must be 1 to {MAX_LIMIT}; you sent {other}."))),
        }
    }

    /// The id behind the cursor.
    ///
    /// # Errors
    /// Invalid for text that no page gave out.
    pub fn after(&self) -> Result<Option<uuid::Uuid>> {
        let parse = |text: &String| {
            text.parse().map_err(|_| Error::invalid("/cursor", "Cursor must be a next_cursor that a page gave."))
        };
        self.cursor.as_ref().map(parse).transpose()
    }
}

/// A part of a list, newest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Ask with this for what follows; absent on the last page.
    pub next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// Makes a page of rows that were read with one more than `limit`.
    pub fn of(mut rows: Vec<T>, limit: u64, id: impl Fn(&T) -> String) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next_cursor = rows.last().filter(|_| more).map(id);
        Self { items: rows, next_cursor }
    }

    /// The same page with its rows turned into something else.
    pub fn try_map<U>(self, turn: impl FnMut(T) -> Result<U>) -> Result<Page<U>> {
        let items = self.items.into_iter().map(turn).collect::<Result<_>>()?;
        Ok(Page { items, next_cursor: self.next_cursor })
    }
}
