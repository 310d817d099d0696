//! One line of input.

use super::labelled::{self, Labelled};
use leptos::prelude::*;

/// What a field takes; the browser chooses keyboard and checks by it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FieldKind {
    #[default]
    Text,
    Number,
    Url,
    Email,
    Password,
    Search,
    Date,
    DateTime,
}

impl FieldKind {
    const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::Url => "url",
            Self::Email => "email",
            Self::Password => "password",
            Self::Search => "search",
            Self::Date => "date",
            Self::DateTime => "datetime-local",
        }
    }
}

/// A labelled input. Its message comes from the surrounding [`FormErrors`](super::FormErrors) by its name.
#[component]
pub fn Field(
    /// What to type.
    #[prop(into)]
    label: String,
    /// The name in the form.
    #[prop(into)]
    name: String,
    /// What it takes.
    #[prop(optional)]
    kind: FieldKind,
    /// What stands in it at first.
    #[prop(optional, into)]
    value: Option<String>,
    /// What is allowed, or what it is for.
    #[prop(optional, into)]
    hint: String,
    /// A message that does not come from the form's problem.
    #[prop(optional, into)]
    error: MaybeProp<String>,
    /// Has to be filled in; other fields say "optional" unless `quiet`.
    #[prop(optional)]
    required: bool,
    /// Without "(optional)", for filters.
    #[prop(optional)]
    quiet: bool,
    /// The unit behind the input, for example `ms`.
    #[prop(optional, into)]
    unit: String,
    /// The smallest number.
    #[prop(optional, into)]
    min: Option<String>,
    /// The largest number.
    #[prop(optional, into)]
    max: Option<String>,
    /// The step of a number, or `any`.
    #[prop(optional, into)]
    step: Option<String>,
    /// The most characters.
    #[prop(optional)]
    max_length: Option<u32>,
    /// An example.
    #[prop(optional, into)]
    placeholder: Option<String>,
    /// What the browser may fill in, as in the HTML standard: `username`, `current-password`, `new-password`, `off`.
    #[prop(optional, into)]
    autocomplete: Option<String>,
    /// Shown but fixed.
    #[prop(optional)]
    readonly: bool,
    /// Values that the browser offers; others can be typed.
    #[prop(optional)]
    suggestions: Vec<String>,
) -> impl IntoView {
    let labelled = Labelled::new(&name, error, !hint.is_empty());
    let (described, invalid) = (labelled.clone(), labelled.clone());
    // A password is typed anew.
    let typed = labelled.typed.as_ref().filter(|_| kind != FieldKind::Password).and_then(|typed| typed.of(&name));
    let value = typed.or(value);
    let list = (!suggestions.is_empty()).then(|| format!("{}-list", labelled.id));
    let offered = list.clone().map(|id| {
        let options = suggestions.into_iter().map(|value| view! { <option value=value></option> }).collect_view();
        view! { <datalist id=id>{options}</datalist> }
    });
    let input = view! {
        <input class="control" id=labelled.id.clone() name=name type=kind.name() value=value required=required
            readonly=readonly min=min max=max step=step maxlength=max_length placeholder=placeholder autocomplete=autocomplete list=list
            aria-describedby=move || described.described_by() aria-invalid=move || invalid.invalid()/>
    };
    let control = if unit.is_empty() {
        input.into_any()
    } else {
        view! { <span class="control-unit">{input}<span>{unit}</span></span> }.into_any()
    };
    let control = view! { {control}{offered} }.into_any();
    labelled::framed(&labelled, label, !required && !quiet && !readonly, hint, control)
}
