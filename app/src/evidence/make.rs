//! Making a pack.

use super::calls::CreateEvidence;
use crate::{
    reading::refusal,
    ui::{Button, ButtonKind, Choice, FormErrors, Section, Select, Symbol},
};
use hub::{compliance::EvidenceScope, ids::ValidationId};
use leptos::{prelude::*, server_fn::ServerFn as _};

/// Makes a signed pack of a finished validation.
#[component]
pub fn MakeEvidence(
    /// The validation.
    validation: ValidationId,
) -> impl IntoView {
    let scopes = EvidenceScope::ALL.map(|scope| Choice::new(scope.as_str(), scope.label())).to_vec();
    view! {
        <div class="screen-only">
            <Section title="Evidence" hint="A signed pack of these records, for an auditor">
                <form method="post" action=CreateEvidence::url() class="filters">
                    <FormErrors problem={refusal::<CreateEvidence>()} argument="request" id="evidence">
                        <input type="hidden" name="request[validation_id]" value=validation.to_string()/>
                        <Select label="Framework" name="request[scope]" choices=scopes/>
                        <Button kind=ButtonKind::Primary icon=Symbol::Evidence>"Make a pack"</Button>
                    </FormErrors>
                </form>
            </Section>
        </div>
    }
    .into_any()
}
