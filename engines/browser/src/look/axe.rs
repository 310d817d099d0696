//! Running axe-core in the page.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::timeout;

use super::context::Context;
use crate::accessibility::{AXE_VERSION, Accessibility, Node, RuleResult};
use crate::error::AuditError;
use crate::measured::Measured;
use crate::options::Limits;
use crate::text::cut;

const AXE: &str = include_str!("../../assets/axe.min.js");
/// How long the rules may take.
const LIMIT: Duration = Duration::from_secs(60);
/// axe-core has about a hundred rules.
const RULES: usize = 300;

/// Takes from axe-core's results what is kept, so that a page of a million elements is not sent whole. `preload` would make it fetch style
/// sheets, which are requests that the page did not make.
const RUN: &str = r#"axe.run(document, { iframes: false, preload: false }).then((results) => {
  const brief = (rule, kept) => ({
    id: rule.id, impact: rule.impact, tags: rule.tags, help: rule.help, helpUrl: rule.helpUrl, count: rule.nodes.length,
    nodes: rule.nodes.slice(0, kept).map((node) => ({
      target: node.target.map((part) => [].concat(part).join(" >>> ")).join(" ").slice(0, 1000),
      html: node.html.slice(0, HTML + 1),
      summary: (node.failureSummary || "").slice(0, 1000),
    })),
  });
  return {
    version: axe.version,
    violations: results.violations.map((rule) => brief(rule, NODES)),
    incomplete: results.incomplete.map((rule) => brief(rule, NODES)),
    passes: results.passes.map((rule) => brief(rule, 0)),
    inapplicable: results.inapplicable.length,
  };
})"#;

impl Context<'_> {
    /// The rules' results on the page as it is now, at the processor's own speed.
    pub(super) async fn accessibility(&self, frames: usize, limits: Limits) -> Measured<Accessibility> {
        match timeout(LIMIT, self.check(limits)).await {
            Ok(Ok(results)) => Measured::value(read(&results, frames, limits)),
            Ok(Err(error)) => Measured::missing(error.to_string()),
            Err(_) => Measured::missing(format!("the rules were not done within {} s", LIMIT.as_secs())),
        }
    }

    async fn check(&self, limits: Limits) -> Result<Value, AuditError> {
        self.page.call("Emulation.setCPUThrottlingRate", json!({ "rate": 1 })).await?;
        let run = RUN.replace("HTML", &limits.html.to_string()).replace("NODES", &limits.nodes.to_string());
        // One evaluation, so that no navigation comes between the library and its use.
        self.evaluate_without_limit(&format!("{AXE};\n{run}")).await
    }
}

/// What axe-core's results say; what is not as it should be there is left out.
pub fn read(results: &Value, frames: usize, limits: Limits) -> Accessibility {
    let rules = |state: &str| {
        let rules = results[state].as_array().into_iter().flatten().take(RULES);
        rules.map(|rule| rule_result(rule, limits)).collect()
    };
    Accessibility {
        axe_version: results["version"].as_str().unwrap_or(AXE_VERSION).to_owned(),
        violations: rules("violations"),
        incomplete: rules("incomplete"),
        passes: rules("passes"),
        inapplicable: results["inapplicable"].as_u64().unwrap_or_default(),
        frames_not_checked: frames as u64,
    }
}

fn rule_result(rule: &Value, limits: Limits) -> RuleResult {
    let text = |value: &Value, limit: usize| cut(value.as_str().unwrap_or_default(), limit);
    let node = |node: &Value| Node {
        target: text(&node["target"], 1000),
        html: text(&node["html"], limits.html),
        summary: text(&node["summary"], 1000),
    };
    let tags = rule["tags"].as_array().into_iter().flatten().take(50);
    let nodes = rule["nodes"].as_array().into_iter().flatten().take(limits.nodes);
    RuleResult {
        id: text(&rule["id"], 100),
        impact: rule["impact"].as_str().map(|impact| cut(impact, 20)),
        tags: tags.map(|tag| text(tag, 100)).collect(),
        help: text(&rule["help"], 500),
        help_url: text(&rule["helpUrl"], 500),
        node_count: rule["count"].as_u64().unwrap_or_default(),
        nodes: nodes.map(node).collect(),
    }
}
