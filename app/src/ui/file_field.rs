//! Files of the reader's machine.

use super::labelled::{self, Labelled};
use leptos::prelude::*;

/// A labelled choice of files. Its form has to be sent as `multipart/form-data`.
#[component]
pub fn FileField(
    /// What to choose.
    #[prop(into)]
    label: String,
    /// The name in the form.
    #[prop(into)]
    name: String,
    /// What is allowed, or what it is for.
    #[prop(optional, into)]
    hint: String,
    /// Endings that the browser offers first, with commas between.
    #[prop(optional, into)]
    accept: Option<String>,
    /// Several at once.
    #[prop(optional)]
    multiple: bool,
    /// Has to be chosen.
    #[prop(optional)]
    required: bool,
) -> impl IntoView {
    let labelled = Labelled::new(&name, MaybeProp::default(), !hint.is_empty());
    let (described, invalid) = (labelled.clone(), labelled.clone());
    let control = view! {
        <input class="control control-file" type="file" id=labelled.id.clone() name=name accept=accept multiple=multiple required=required
            aria-describedby=move || described.described_by() aria-invalid=move || invalid.invalid()/>
    };
    labelled::framed(&labelled, label, !required, hint, control.into_any())
}
