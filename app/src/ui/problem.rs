//! Wrong input: a summary above the form that links to the fields, and each message beside its field.

use super::{
    badge::{Meaning, StatusIcon},
    labelled,
};
use crate::urls;
use hub::error::FieldError;
use leptos::{context::Provider, prelude::*};
use leptos_router::hooks::use_location;
use serde::{Deserialize, Serialize};

/// Why a form was not accepted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// One sentence for the whole form.
    pub message: String,
    /// The wrong fields, by JSON pointer.
    pub fields: Vec<FieldError>,
    /// It is accepted once the reader confirmed who sits there.
    pub unconfirmed: bool,
}

/// What was typed into the form that was refused, by the names of its fields; nothing secret is among it. The fields of
/// the form show it again. It belongs into the context of the page that tells of the refusal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Typed(pub Vec<(String, String)>);

impl Typed {
    /// The value of a field.
    pub(super) fn of(&self, name: &str) -> Option<String> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
    }

    /// Whether a box was checked.
    pub(super) fn has(&self, name: &str, value: &str) -> bool {
        self.0.iter().any(|(known, it)| known == name && it == value)
    }
}

/// What the fields of a form know about their form.
#[derive(Clone)]
pub(super) struct FormScope {
    pub problem: Option<Problem>,
    /// What was typed into the form, when it was refused.
    pub typed: Option<Typed>,
    /// The name of the server function's argument that holds the fields, when they are nested in one.
    pub argument: &'static str,
    /// The beginning of the ids of its fields.
    pub id: &'static str,
}

/// Shows a problem above the fields inside it and hands each field its message. A [`Live`](super::Live) page gives it the focus.
#[component]
pub fn FormErrors(
    /// The answer to the last attempt.
    problem: Option<Problem>,
    /// `"request"` where the fields are named `request[name]`, because the server function takes one struct.
    #[prop(optional)]
    argument: &'static str,
    /// What stands in the fields at first, for a form that changes something.
    #[prop(optional_no_strip)]
    filled: Option<Typed>,
    /// The beginning of the ids of its fields; forms that share a page and a field name need different ones.
    #[prop(default = "field")]
    id: &'static str,
    /// The fields.
    children: Children,
) -> impl IntoView {
    let words = problem.clone().map(|problem| {
        view! {
            <div class="form-errors is-fail" role="alert" tabindex="-1">
                <p class="form-errors-title"><StatusIcon meaning=Meaning::Fail silent=true/>{problem.message}</p>
                {links(problem.fields, id)}
                {problem.unconfirmed.then(confirm)}
            </div>
        }
    });
    let typed = problem.is_some().then(use_context::<Typed>).flatten().or(filled);
    view! {
        {words}
        <Provider value=FormScope { problem, typed, argument, id }>{children()}</Provider>
    }
    .into_any()
}

/// The way to where the reader confirms who sits there, and back.
fn confirm() -> impl IntoView {
    let here = use_location().pathname.get_untracked();
    view! { <p><a href=urls::confirm(&here)>"Confirm that it is you"</a>" and send the form again."</p> }
}

fn links(fields: Vec<FieldError>, id: &'static str) -> Option<impl IntoView> {
    let link = move |field: FieldError| {
        let target = format!("#{}", labelled::id_of(id, &field.pointer));
        view! { <li><a href=target rel="external">{field.message}</a></li> }
    };
    (!fields.is_empty()).then(|| {
        view! { <ul class="form-errors-list">{fields.into_iter().map(link).collect_view()}</ul> }
    })
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::ui::Field;

    fn rendered(fields: Vec<FieldError>) -> String {
        let problem = Problem { message: "One field is not valid.".into(), fields, unconfirmed: false };
        Owner::new().with(|| {
            view! {
                <FormErrors problem=Some(problem) argument="request">
                    <Field label="Duration" name="request[duration]" hint="1 s to 120 s"/>
                </FormErrors>
            }
            .to_html()
        })
    }

    #[test]
    fn a_message_stands_beside_its_field_and_the_summary_leads_there() {
        let html = rendered(vec![FieldError { pointer: "/duration".into(), message: "At most 120 s".into() }]);
        assert!(html.contains("href=\"#field-duration\""), "{html}");
        assert!(html.contains("id=\"field-duration\""), "{html}");
        assert!(html.contains("aria-describedby=\"field-duration-hint field-duration-error\""), "{html}");
        assert!(html.contains("aria-invalid=\"true\""), "{html}");
        assert_eq!(html.matches("At most 120 s").count(), 2, "{html}");
    }

    #[test]
    fn a_message_for_another_field_leaves_this_one_alone() {
        let html = rendered(vec![FieldError { pointer: "/name".into(), message: "Too long".into() }]);
        assert!(!html.contains("aria-invalid"), "{html}");
        assert!(html.contains("aria-describedby=\"field-duration-hint\""), "{html}");
    }
}
