//! What a list is asked for: by parameters of a query (RFC 7644 section 3.4.2) or by a search request (section 3.4.3).

use crate::{
    Filter, Projection, ResourceKind, ScimError,
    limits::{DEFAULT_COUNT, MAX_COUNT},
    resource::{body::member, require_schema},
};
use serde_json::{Map, Value};

/// The URI of the search message.
pub const SEARCH_URI: &str = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";

/// A question for resources of one kind. `sortBy` and `sortOrder` are passed over: sorting is not offered.
#[derive(Debug, Clone, PartialEq)]
pub struct ListQuery {
    /// Which resources; all without one.
    pub filter: Option<Filter>,
    /// The first result of the page, from 1.
    pub start_index: usize,
    /// The most results of the page; 0 asks for the number of results alone.
    pub count: usize,
    /// Which of their attributes.
    pub projection: Projection,
}

#[derive(Default)]
struct Parts<'a> {
    filter: Option<&'a str>,
    start_index: Option<i64>,
    count: Option<i64>,
    attributes: Vec<&'a str>,
    excluded: Vec<&'a str>,
}

impl ListQuery {
    /// Reads the decoded parameters of a query. Those that are not known are passed over.
    ///
    /// # Errors
    /// [`ScimError::InvalidFilter`] and [`ScimError::InvalidValue`], also where a parameter is given twice.
    pub fn from_parameters<'a>(
        kind: ResourceKind,
        parameters: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, ScimError> {
        let mut parts = Parts::default();
        for (name, value) in parameters {
            match name.to_ascii_lowercase().as_str() {
                "filter" => once(&mut parts.filter, value, "filter")?,
                "startindex" => once(&mut parts.start_index, whole_number(value, "startIndex")?, "startIndex")?,
                "count" => once(&mut parts.count, whole_number(value, "count")?, "count")?,
                "attributes" => parts.attributes.push(value),
                "excludedattributes" => parts.excluded.push(value),
                _ => {}
            }
        }
        parts.finish(kind)
    }

    /// Reads the body of a search request.
    ///
    /// # Errors
    /// [`ScimError::InvalidSyntax`], [`ScimError::InvalidFilter`] and [`ScimError::InvalidValue`].
    pub fn from_search(kind: ResourceKind, body: &Value) -> Result<Self, ScimError> {
        let members = require_schema(body, SEARCH_URI)?;
        let filter = match member(members, "filter")? {
            None => None,
            Some(Value::String(filter)) => Some(filter.as_str()),
            Some(_) => return Err(ScimError::value("filter", "a text is expected")),
        };
        let parts = Parts {
            filter,
            start_index: number(members, "startIndex")?,
            count: number(members, "count")?,
            attributes: names(members, "attributes")?,
            excluded: names(members, "excludedAttributes")?,
        };
        parts.finish(kind)
    }

    /// How many results come before the page.
    pub fn offset(&self) -> usize {
        self.start_index - 1
    }
}

impl Parts<'_> {
    /// A start below 1 is 1, a negative count is 0 (RFC 7644 table 6), and a count has a maximum (section 3.4.2.4).
    fn finish(self, kind: ResourceKind) -> Result<ListQuery, ScimError> {
        let filter = self.filter.filter(|filter| !filter.trim().is_empty());
        let at_least = |number: i64, least: i64| usize::try_from(number.max(least)).unwrap_or(usize::MAX);
        Ok(ListQuery {
            filter: filter.map(|filter| Filter::parse(kind, filter)).transpose()?,
            start_index: self.start_index.map_or(1, |start| at_least(start, 1)),
            count: self.count.map_or(DEFAULT_COUNT, |count| at_least(count, 0)).min(MAX_COUNT),
            projection: Projection::parse(kind, self.attributes, self.excluded)?,
        })
    }
}

fn once<T>(place: &mut Option<T>, value: T, name: &str) -> Result<(), ScimError> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(ScimError::value(name, "it is given more than once")),
    }
}

fn whole_number(text: &str, name: &str) -> Result<i64, ScimError> {
    text.trim().parse().map_err(|_| ScimError::value(name, "a whole number is expected"))
}

fn number(members: &Map<String, Value>, name: &str) -> Result<Option<i64>, ScimError> {
    let Some(value) = member(members, name)? else { return Ok(None) };
    value.as_i64().map(Some).ok_or_else(|| ScimError::value(name, "a whole number is expected"))
}

/// A list of names; one text with commas is taken as well.
fn names<'a>(members: &'a Map<String, Value>, name: &str) -> Result<Vec<&'a str>, ScimError> {
    let wrong = || ScimError::value(name, "a list of names is expected");
    match member(members, name)? {
        None => Ok(Vec::new()),
        Some(Value::String(names)) => Ok(vec![names]),
        Some(Value::Array(names)) => names.iter().map(|name| name.as_str().ok_or_else(wrong)).collect(),
        Some(_) => Err(wrong()),
    }
}
