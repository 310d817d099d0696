//! What axe-core found.

use serde::{Deserialize, Serialize};

/// The version of axe-core in `assets/axe.min.js`.
pub const AXE_VERSION: &str = "4.14.1";

/// Accessibility of one page as loaded. Automatic rules find a part of what is wrong; no violation is no proof of accessibility.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Accessibility {
    /// The version of axe-core.
    pub axe_version: String,
    /// Rules that the page breaks.
    pub violations: Vec<RuleResult>,
    /// Rules that could not be decided and need a person. They are no passes.
    pub incomplete: Vec<RuleResult>,
    /// Rules that the page keeps.
    pub passes: Vec<RuleResult>,
    /// How many rules found nothing to look at.
    pub inapplicable: u64,
    /// Frames in the page, whose contents were not looked at.
    pub frames_not_checked: u64,
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RuleResult {
    /// axe-core's name of the rule, such as `image-alt`.
    pub id: String,
    /// `minor`, `moderate`, `serious` or `critical`; `None` for a rule that was kept.
    pub impact: Option<String>,
    /// Standards and success criteria, such as `wcag2a` and `wcag111`.
    pub tags: Vec<String>,
    /// What the rule asks for.
    pub help: String,
    /// Where the rule is explained.
    pub help_url: String,
    /// How many elements there are.
    pub node_count: u64,
    /// The first of them; none for a rule that was kept.
    pub nodes: Vec<Node>,
}

/// One element.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Node {
    /// A CSS selector; for an element in shadow trees, one for each tree joined with ` >>> `.
    pub target: String,
    /// Its HTML, cut to the limit.
    pub html: String,
    /// What is wrong with it or has to be looked at.
    pub summary: String,
}
