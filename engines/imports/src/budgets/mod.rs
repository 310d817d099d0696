//! Budgets that teams wrote for other tools, as neutral limits.

mod assertions;
mod lighthouse;
mod path;
mod sitespeed;

pub use path::PathPattern;

use crate::{ImportError, Place, json, json::Node, limits::MAX_BUDGET_ENTRIES};

/// A format of budgets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BudgetFormat {
    /// Lighthouse's `budget.json`.
    Lighthouse,
    /// The assertions of a Lighthouse CI configuration in JSON.
    LighthouseCi,
    /// The budget of sitespeed.io since version 8.
    Sitespeed,
}

/// Whether a value may not fall below a limit, or not exceed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Bound {
    /// The least that is allowed.
    Min,
    /// The most that is allowed.
    Max,
}

/// What a limit does when it is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Severity {
    /// It is reported.
    Warn,
    /// It blocks the release.
    Block,
}

/// What a limit counts, of all requests of the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// The page as a whole.
    Page,
    /// Requests of a type, such as `script`.
    ResourceType(String),
    /// Requests to other sites than the hosts named, or than the page's own where none is.
    ThirdParty {
        /// Hosts that are no third party, as the file has them: `*.example.com`.
        first_party_hosts: Vec<String>,
    },
}

/// The pages that a limit is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pages {
    /// Every page.
    All,
    /// Pages whose path matches. The last entry of the file that matches a page is the only one for it.
    Path(PathPattern),
    /// One page, by its address or alias.
    Url(String),
    /// Every page but those with limits of the same name of their own, by address or alias.
    Except(Vec<String>),
}

/// A limit.
#[derive(Debug, Clone, PartialEq)]
pub struct Limit {
    /// The metric as the hub names it behind `browser.<device>.`, such as `lcp_ms`, or `score.<category>`.
    pub metric: String,
    /// What is counted.
    pub scope: Scope,
    /// Whether it is the least or the most.
    pub bound: Bound,
    /// The limit, in `unit`.
    pub value: f64,
    /// `ms`, `B`, `requests`, `share` from 0 to 1, `points` from 0 to 100, or nothing.
    pub unit: &'static str,
    /// What it does when it is broken.
    pub severity: Severity,
    /// The pages it is for.
    pub pages: Pages,
    /// By how much the value may pass the limit, in `unit`.
    pub tolerance: Option<f64>,
    /// Where it stands in the file, as a JSON pointer.
    pub origin: String,
}

/// An entry that is not carried over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotCarried {
    /// Where it stands in the file, as a JSON pointer.
    pub origin: String,
    /// Why.
    pub why: String,
}

/// What a file of budgets asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct Budgets {
    /// The format that was read.
    pub format: BudgetFormat,
    /// The limits, in the order of the file.
    pub limits: Vec<Limit>,
    /// The entries that are not carried over.
    pub not_carried: Vec<NotCarried>,
    /// How the file chooses among its limits, and what else has to be known.
    pub notes: Vec<String>,
}

impl Budgets {
    fn new(format: BudgetFormat) -> Self {
        Self { format, limits: Vec::new(), not_carried: Vec::new(), notes: Vec::new() }
    }

    fn skip(&mut self, node: &Node<'_>, why: impl Into<String>) {
        self.not_carried.push(NotCarried { origin: node.pointer().to_owned(), why: why.into() });
    }
}

/// Tells the format and reads the file.
///
/// # Errors
/// No known format, or what [`parse_as`] refuses.
pub fn parse(bytes: &[u8]) -> Result<Budgets, ImportError> {
    let document = json::document(bytes)?;
    let root = Node::root(&document);
    let format = if root.is_array() {
        BudgetFormat::Lighthouse
    } else if root.get("budget").is_object() {
        BudgetFormat::Sitespeed
    } else if root.get("ci").is_object() || root.get("assertions").exists() {
        BudgetFormat::LighthouseCi
    } else {
        return Err(ImportError::UnknownFormat { known: "Lighthouse's budget.json, Lighthouse CI, sitespeed.io" });
    };
    read(format, &root)
}

/// Reads a file of a format.
///
/// # Errors
/// The first thing that is wrong, with its place and what is allowed.
pub fn parse_as(format: BudgetFormat, bytes: &[u8]) -> Result<Budgets, ImportError> {
    read(format, &Node::root(&json::document(bytes)?))
}

fn read(format: BudgetFormat, root: &Node<'_>) -> Result<Budgets, ImportError> {
    let mut budgets = Budgets::new(format);
    match format {
        BudgetFormat::Lighthouse => lighthouse::read(root, &mut budgets)?,
        BudgetFormat::LighthouseCi => assertions::read(root, &mut budgets)?,
        BudgetFormat::Sitespeed => sitespeed::read(root, &mut budgets)?,
    }
    if budgets.limits.len() + budgets.not_carried.len() > MAX_BUDGET_ENTRIES {
        let limit = MAX_BUDGET_ENTRIES as u64;
        return Err(ImportError::TooLarge { place: Place::File, what: "entries", limit });
    }
    Ok(budgets)
}
