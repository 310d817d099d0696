//! What every control of a form has: an id, a label, a hint, and its message out of the form's problem.

use super::{
    icon::{Icon, Symbol},
    problem::{FormScope, Typed},
};
use leptos::prelude::*;

/// The ids and the message of one control.
#[derive(Clone)]
pub(super) struct Labelled {
    pub id: String,
    pub error: Signal<Option<String>>,
    /// What was typed into the form, when it was refused.
    pub typed: Option<Typed>,
    has_hint: bool,
}

impl Labelled {
    /// Of the control called `name`; `error` wins over the form's problem.
    pub fn new(name: &str, error: MaybeProp<String>, has_hint: bool) -> Self {
        let scope = use_context::<FormScope>();
        let pointer = pointer_of(name, scope.as_ref().map_or("", |scope| scope.argument));
        let id = id_of(scope.as_ref().map_or("field", |scope| scope.id), &pointer);
        let fields = scope.as_ref().and_then(|scope| scope.problem.as_ref()).map(|problem| &problem.fields);
        let field = fields.and_then(|fields| fields.iter().find(|field| field.pointer == pointer));
        let of_form = field.map(|field| field.message.clone());
        let error = Signal::derive(move || error.get().or_else(|| of_form.clone()));
        Self { id, error, typed: scope.and_then(|scope| scope.typed), has_hint }
    }

    /// The ids that describe the control, for `aria-describedby`.
    pub fn described_by(&self) -> Option<String> {
        let hint = self.has_hint.then(|| self.hint_id());
        match (hint, self.error.get().is_some()) {
            (Some(hint), true) => Some(format!("{hint} {}", self.error_id())),
            (Some(hint), false) => Some(hint),
            (None, true) => Some(self.error_id()),
            (None, false) => None,
        }
    }

    /// `"true"` for a wrong value, for `aria-invalid`.
    pub fn invalid(&self) -> Option<&'static str> {
        self.error.get().is_some().then_some("true")
    }

    /// The id of the message.
    pub fn error_id(&self) -> String {
        format!("{}-error", self.id)
    }

    /// The id of the hint.
    pub fn hint_id(&self) -> String {
        format!("{}-hint", self.id)
    }
}

/// The hint and the message of a control.
pub(super) fn below(labelled: &Labelled, hint: String) -> impl IntoView + use<> {
    let (hint_id, error_id, error) = (labelled.hint_id(), labelled.error_id(), labelled.error);
    let hint = labelled.has_hint.then(|| view! { <p class="field-hint" id=hint_id>{hint}</p> });
    let message = move || {
        let id = error_id.clone();
        error
            .get()
            .map(|error| view! { <p class="field-error" id=id><Icon symbol=Symbol::Fail small=true/>{error}</p> })
    };
    view! { {hint}{message} }
}

/// A control with its label above, and hint and message below.
pub(super) fn framed(labelled: &Labelled, label: String, optional: bool, hint: String, control: AnyView) -> AnyView {
    let optional = optional.then(|| view! { <span class="field-optional">" (optional)"</span> });
    view! {
        <div class="field">
            <label class="field-label" for=labelled.id.clone()>{label}{optional}</label>
            {control}
            {below(labelled, hint)}
        </div>
    }
    .into_any()
}

/// The JSON pointer of a form field: `rules[0][threshold]` is `/rules/0/threshold`, and below `argument` without it.
fn pointer_of(name: &str, argument: &str) -> String {
    let path = name.replace('[', "/").replace(']', "");
    let inner = path.strip_prefix(argument).filter(|rest| !argument.is_empty() && rest.starts_with('/'));
    inner.map_or_else(|| format!("/{path}"), ToOwned::to_owned)
}

/// The id of the control at a pointer: `/rules/0/threshold` is `field-rules-0-threshold`.
pub(super) fn id_of(form: &str, pointer: &str) -> String {
    let tail: String = pointer.chars().map(|sign| if sign.is_ascii_alphanumeric() { sign } else { '-' }).collect();
    format!("{form}{tail}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_leads_to_the_pointer_that_errors_use() {
        let cases = [
            ("name", "", "/name"),
            ("rules[0][threshold]", "", "/rules/0/threshold"),
            ("request[name]", "request", "/name"),
            ("request[rules][1][op]", "request", "/rules/1/op"),
            ("requested", "request", "/requested"),
        ];
        for (name, argument, pointer) in cases {
            assert_eq!(pointer_of(name, argument), pointer);
        }
    }

    #[test]
    fn an_id_has_only_signs_that_fit_into_a_link() {
        assert_eq!(id_of("field", "/rules/0/error rate"), "field-rules-0-error-rate");
    }
}
