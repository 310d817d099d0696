//! Pages of resources (RFC 7644 section 3.4.2).

use crate::ListQuery;
use serde_json::{Value, json};

/// The URI of the list message.
pub const LIST_URI: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

/// A page of resources.
#[derive(Debug, Clone, PartialEq)]
pub struct ListResponse {
    /// How many resources match in all.
    pub total_results: usize,
    /// The first result of this page, from 1.
    pub start_index: usize,
    /// The resources of this page.
    pub resources: Vec<Value>,
}

impl ListResponse {
    /// A page whose resources a store has cut out already, with the attributes that the query asks for.
    pub fn new(query: &ListQuery, total_results: usize, page: impl IntoIterator<Item = Value>) -> Self {
        let resources = page.into_iter().take(query.count).map(|resource| query.projection.apply(&resource)).collect();
        Self { total_results, start_index: query.start_index, resources }
    }

    /// The page of a query out of all resources, in a stable order, by asking each the filter.
    pub fn select(query: &ListQuery, all: impl IntoIterator<Item = Value>) -> Self {
        let mut total = 0;
        let mut page = Vec::new();
        for resource in all {
            if query.filter.as_ref().is_none_or(|filter| filter.matches(&resource)) {
                if total >= query.offset() && page.len() < query.count {
                    page.push(resource);
                }
                total += 1;
            }
        }
        Self::new(query, total, page)
    }

    /// A list that is never paged, such as the schemas.
    pub fn whole(resources: Vec<Value>) -> Self {
        Self { total_results: resources.len(), start_index: 1, resources }
    }

    /// The body of the response.
    pub fn to_json(&self) -> Value {
        json!({
            "schemas": [LIST_URI],
            "totalResults": self.total_results,
            "startIndex": self.start_index,
            "itemsPerPage": self.resources.len(),
            "Resources": self.resources,
        })
    }
}
