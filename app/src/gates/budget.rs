//! A performance budget of another tool, from which the editor of a policy is filled.

use super::{calls::ImportBudget, view::Filled};
use crate::ui::{Button, Choice, Field, FileText, FormErrors, Meaning, Notice, Problem, Select, TextArea, format};
use hub::{
    gates::{NewBudget, NotCarried},
    ids::SystemId,
    lab::DEVICES,
};
use leptos::{prelude::*, server_fn::ServerFn as _};
use serde::{Deserialize, Serialize};

/// A longer budget is not shown again when it is refused, in bytes.
const KEPT: usize = 32 * 1024;

/// The form as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BudgetForm {
    /// The budget's text.
    pub content: String,
    /// The device whose metrics the rules judge.
    pub device: String,
    /// The page that benchmarks open.
    pub page: String,
}

impl BudgetForm {
    /// The budget that is meant.
    #[must_use]
    pub fn budget(&self) -> NewBudget {
        let typed = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        NewBudget { content: self.content.clone(), device: typed(&self.device), page: typed(&self.page) }
    }

    /// What is kept of it for the next page.
    #[must_use]
    pub fn kept(self) -> Self {
        if self.content.len() > KEPT { Self { content: String::new(), ..self } } else { self }
    }
}

/// The form of an import.
#[component]
pub fn BudgetImport(
    /// The system.
    system: SystemId,
    /// What stands in it.
    form: BudgetForm,
    /// Why it was refused.
    problem: Option<Problem>,
) -> impl IntoView {
    let wrong = problem.is_some();
    let devices = ["mobile", "tablet", "desktop"].map(|device| Choice::new(device, device)).to_vec();
    let device = if DEVICES.contains(&form.device.as_str()) { form.device } else { "mobile".to_owned() };
    let page = if form.page.is_empty() { "/".to_owned() } else { form.page };
    view! {
        <details class="disclosure" open=wrong>
            <summary>"Import a performance budget"</summary>
            <form method="post" action=ImportBudget::url() class="form">
                <FormErrors problem argument="budget" id="budget">
                    <input type="hidden" name="system" value=system.to_string()/>
                    <p class="section-hint">"Lighthouse's budget.json, a Lighthouse CI configuration with assertions, or a budget of sitespeed.io. It fills the rows below behind the rules in force; nothing is saved until you save it."</p>
                    <FileText label="From a file".to_owned() target="budget-content".to_owned()/>
                    <TextArea label="Budget" name="budget[content]" value=form.content rows=8 code=true required=true/>
                    <div class="field-row">
                        <Select label="Device" name="budget[device]" choices=devices value=device hint="Budgets don't say on which device; a benchmark measures each."/>
                        <Field label="Page" name="budget[page]" value=page quiet=true autocomplete="off" hint="What benchmarks open. Entries for other pages are left out."/>
                    </div>
                    <div class="actions"><Button>"Fill the rows"</Button></div>
                </FormErrors>
            </form>
        </details>
    }
    .into_any()
}

/// What became of a budget.
#[component]
pub fn FilledNotice(
    /// It.
    filled: Filled,
) -> impl IntoView {
    let title = match filled.rules {
        0 => "No entry of the budget became a rule".to_owned(),
        rules => format!("{} filled in from the budget. Nothing is saved yet.", format::counted(rules, "rule")),
    };
    let notes: Vec<_> = filled.notes.into_iter().map(|note| view! { <li>{note}</li> }.into_any()).collect();
    let entry = |entry: NotCarried| view! { <li><code>{entry.origin}</code>": "{entry.why}</li> }.into_any();
    let left: Vec<_> = filled.not_carried.into_iter().map(entry).collect();
    let left = (!left.is_empty()).then(|| {
        let words = format!("{} left out:", format::counted(left.len() as u64, "entry"));
        view! { <p>{words}</p><ul class="not-carried">{left}</ul> }
    });
    let meaning = if left.is_some() { Meaning::Warn } else { Meaning::Pass };
    view! { <Notice meaning title live=true><ul>{notes}</ul>{left}</Notice> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_fields_are_left_to_the_core() {
        let form = BudgetForm { content: "[]".to_owned(), ..BudgetForm::default() };
        assert_eq!(form.budget(), NewBudget { content: "[]".to_owned(), device: None, page: None });
        assert_eq!(BudgetForm { content: "x".repeat(KEPT + 1), ..form }.kept().content, "");
    }
}
