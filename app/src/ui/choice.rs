//! Choosing and longer text.

use super::labelled::{self, Labelled};
use leptos::prelude::*;

/// One of the values of a [`Select`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What the form sends.
    pub value: String,
    /// What the reader sees.
    pub label: String,
}

impl Choice {
    /// A value and its words.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into() }
    }
}

/// One of a few values.
#[component]
pub fn Select(
    /// What to choose.
    #[prop(into)]
    label: String,
    /// The name in the form.
    #[prop(into)]
    name: String,
    /// The values.
    choices: Vec<Choice>,
    /// The value that is chosen at first.
    #[prop(optional, into)]
    value: String,
    /// What the choice means.
    #[prop(optional, into)]
    hint: String,
    /// A message that does not come from the form's problem.
    #[prop(optional, into)]
    error: MaybeProp<String>,
) -> impl IntoView {
    let labelled = Labelled::new(&name, error, !hint.is_empty());
    let (described, invalid) = (labelled.clone(), labelled.clone());
    let value = labelled.typed.as_ref().and_then(|typed| typed.of(&name)).unwrap_or(value);
    let option = |choice: Choice| {
        let selected = choice.value == value;
        view! { <option value=choice.value selected=selected>{choice.label}</option> }
    };
    let options = choices.into_iter().map(option).collect_view();
    let control = view! {
        <select class="control" id=labelled.id.clone() name=name
            aria-describedby=move || described.described_by() aria-invalid=move || invalid.invalid()>
            {options}
        </select>
    };
    labelled::framed(&labelled, label, false, hint, control.into_any())
}

/// Several lines of text.
#[component]
pub fn TextArea(
    /// What to type.
    #[prop(into)]
    label: String,
    /// The name in the form.
    #[prop(into)]
    name: String,
    /// What stands in it at first.
    #[prop(optional, into)]
    value: String,
    /// What is allowed, or what it is for.
    #[prop(optional, into)]
    hint: String,
    /// A message that does not come from the form's problem.
    #[prop(optional, into)]
    error: MaybeProp<String>,
    /// Has to be filled in.
    #[prop(optional)]
    required: bool,
    /// Lines that are seen at once.
    #[prop(default = 4)]
    rows: u32,
    /// Code: fixed pitch, no wrapping, no spelling.
    #[prop(optional)]
    code: bool,
) -> impl IntoView {
    let labelled = Labelled::new(&name, error, !hint.is_empty());
    let (described, invalid) = (labelled.clone(), labelled.clone());
    let value = labelled.typed.as_ref().and_then(|typed| typed.of(&name)).unwrap_or(value);
    let class = if code { "control control-code" } else { "control" };
    let control = view! {
        <textarea class=class id=labelled.id.clone() name=name rows=rows required=required
            spellcheck=if code { "false" } else { "true" }
            aria-describedby=move || described.described_by() aria-invalid=move || invalid.invalid()>
            {value}
        </textarea>
    };
    labelled::framed(&labelled, label, !required, hint, control.into_any())
}

/// Yes or no. An unchecked box sends nothing, so the server's field needs `#[serde(default)]` or `#[server(default)]`.
#[component]
pub fn Checkbox(
    /// What yes means.
    #[prop(into)]
    label: String,
    /// The name in the form.
    #[prop(into)]
    name: String,
    /// What a checked box sends.
    #[prop(default = "true".to_owned(), into)]
    value: String,
    /// Checked at first.
    #[prop(optional)]
    checked: bool,
    /// What it leads to.
    #[prop(optional, into)]
    hint: String,
    /// A message that does not come from the form's problem.
    #[prop(optional, into)]
    error: MaybeProp<String>,
    /// One of several values of the same name: the value becomes part of the id.
    #[prop(optional)]
    among: bool,
) -> impl IntoView {
    let mut labelled = Labelled::new(&name, error, !hint.is_empty());
    if among {
        labelled.id = labelled::id_of(&labelled.id, &format!("-{value}"));
    }
    let (described, invalid) = (labelled.clone(), labelled.clone());
    let checked = labelled.typed.as_ref().map_or(checked, |typed| typed.has(&name, &value));
    view! {
        <div class="check">
            <input type="checkbox" id=labelled.id.clone() name=name value=value checked=checked
                aria-describedby=move || described.described_by() aria-invalid=move || invalid.invalid()/>
            <label class="check-label" for=labelled.id.clone()>{label}</label>
            {labelled::below(&labelled, hint)}
        </div>
    }
    .into_any()
}
