//! A policy as rows of fields.

use super::{
    policy_form::{GOLDEN_PATHS, PolicyForm, RuleForm, subjects},
    policy_summary::golden_path_words,
};
use crate::ui::{Button, ButtonKind, Checkbox, Choice, Field, Select, Symbol};
use leptos::prelude::*;

/// The fields of a policy and of each of its rules.
#[component]
pub fn PolicyFields(
    /// What stands in them.
    form: PolicyForm,
    /// Takes a rule out of what was typed.
    #[prop(into)]
    remove: Callback<usize>,
) -> impl IntoView {
    let decisions = vec![
        Choice::new("every", "A blocking check fails"),
        Choice::new("total", "The passed weight is below a total"),
    ];
    let paths = GOLDEN_PATHS.iter().map(|(rule, word)| Choice::new(*word, golden_path_words(*rule))).collect();
    let spare = form.rules.len();
    let rules = form.rules.into_iter().enumerate();
    view! {
        <Field label="Name" name="form[name]" value=form.name required=true max_length=100 autocomplete="off"/>
        <div class="field-row decision">
            <Select label="Blocks when" name="form[decision]" choices=decisions value=form.decision/>
            <div class="decision-total">
                <Field label="Total at least" name="form[min_pct]" value=form.min_pct unit="%" quiet=true hint="1 % to 100 % of all weights"/>
            </div>
        </div>
        <Select label="Golden paths" name="form[golden_paths]" choices=paths value=form.golden_paths/>
        <Checkbox label="Dry run: show the verdict, enforce nothing" name="form[dry_run]" checked=form.dry_run/>
        <Checkbox label="Accept imported results: other tools' measurements count as well" name="form[accept_imported]" checked=form.accept_imported/>
        {rules.map(|(at, rule)| view! { <RuleFields at rule remove/> }).collect_view()}
        <div class="plain-only">
            <p class="section-hint">"One more rule; it is left out while nothing is chosen. For another one, save first."</p>
            <RuleFields at=spare rule=RuleForm::fresh() remove/>
        </div>
    }
    .into_any()
}

#[component]
fn RuleFields(at: usize, rule: RuleForm, remove: Callback<usize>) -> impl IntoView {
    let number = at + 1;
    let name = move |field: &str| format!("form[rules][{at}][{field}]");
    let nothing = Choice::new("", "Nothing: leave this rule out");
    let subjects = [nothing].into_iter().chain(subjects().into_iter().map(|(value, label)| Choice::new(value, label)));
    let comparisons = vec![
        Choice::new("at_most", "at most"),
        Choice::new("at_least", "at least"),
        Choice::new("relative", "relative"),
    ];
    let severities = vec![Choice::new("block", "Blocks"), Choice::new("warn", "Warns")];
    view! {
        <fieldset class="rule panel">
            <legend class="visually-hidden">{format!("Rule {number}")}</legend>
            <div class="rule-head">
                <span class="rule-number" aria-hidden="true">{number.to_string()}</span>
                <Select label="Judges" name=name("subject") choices=subjects.collect() value=rule.subject/>
                <span class="needs-wasm">
                    <Button kind=ButtonKind::Quiet small=true kind_of="button" icon=Symbol::Close on:click=move |_| remove.run(at)>
                        "Remove"<span class="visually-hidden">{format!(" rule {number}")}</span>
                    </Button>
                </span>
            </div>
            <div class="rule-fields">
                <Select label="Allowed" name=name("comparison") choices=comparisons value=rule.comparison/>
                <div class="rule-absolute"><Field label="Limit" name=name("limit") value=rule.limit quiet=true autocomplete="off"/></div>
                <div class="rule-relative"><Field label="Than the last" name=name("versions") value=rule.versions unit="versions" quiet=true autocomplete="off"/></div>
                <div class="rule-relative"><Field label="Worse by at most" name=name("worse_pct") value=rule.worse_pct unit="%" quiet=true autocomplete="off"/></div>
                <Select label="A failure" name=name("severity") choices=severities value=rule.severity/>
                <Field label="Weight" name=name("weight") value=rule.weight quiet=true autocomplete="off"/>
                <Field label="Id" name=name("id") value=rule.id quiet=true max_length=60 autocomplete="off"/>
                <Checkbox label="Key: its failure blocks whatever the total says" name=name("key") checked=rule.key/>
            </div>
        </fieldset>
    }
    .into_any()
}
