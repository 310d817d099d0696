//! A field for code, with line numbers.

use super::labelled::{self, Labelled};
use leptos::prelude::*;

/// A [`CodeField`] on a page: an island.
#[island]
pub fn CodeEditor(
    /// What to type.
    label: String,
    /// The name in the form.
    name: String,
    /// What stands in it at first.
    text: String,
    /// The message about it.
    error: Option<String>,
    /// The line, from 1, that the message is about.
    marked: Option<u64>,
    /// Lines that are seen at least.
    rows: u64,
) -> impl IntoView {
    let text = RwSignal::new(text);
    view! { <CodeField label name text error marked=Signal::stored(marked) rows required=true/> }.into_any()
}

/// Several lines of code with their numbers. It is as high as its text, so that the numbers never part from the lines.
#[component]
pub fn CodeField(
    /// What to type.
    #[prop(into)]
    label: String,
    /// The name in the form.
    #[prop(into)]
    name: String,
    /// What stands in it; follows what is typed, and can be set.
    text: RwSignal<String>,
    /// What is allowed, or what it is for.
    #[prop(optional, into)]
    hint: String,
    /// A message that does not come from the form's problem.
    #[prop(optional, into)]
    error: MaybeProp<String>,
    /// Has to be filled in.
    #[prop(optional)]
    required: bool,
    /// Lines that are seen at least.
    #[prop(default = 8)]
    rows: u64,
    /// The line, from 1, that a message is about.
    #[prop(optional, into)]
    marked: Signal<Option<u64>>,
) -> impl IntoView {
    let labelled = Labelled::new(&name, error, !hint.is_empty());
    let (described, invalid) = (labelled.clone(), labelled.clone());
    let lines = Memo::new(move |_| text.with(|text| text.matches('\n').count() as u64 + 1).max(rows));
    let number = move |line: u64| view! { <span class=move || (marked.get() == Some(line)).then_some("is-marked")>{line}</span> };
    let control = view! {
        <div class="code-field">
            <div class="code-lines" aria-hidden="true">{move || (1..=lines.get()).map(number).collect_view()}</div>
            <textarea class="control control-code" id=labelled.id.clone() name=name required=required
                spellcheck="false" autocapitalize="off" autocomplete="off"
                rows=move || lines.get() prop:value=move || text.get()
                on:input=move |event| text.set(event_target_value(&event))
                aria-describedby=move || described.described_by() aria-invalid=move || invalid.invalid()>
                {text.get_untracked()}
            </textarea>
        </div>
    };
    labelled::framed(&labelled, label, !required, hint, control.into_any())
}
