//! Lists of validations, and asking for one.

use super::{
    calls::ValidateVersion,
    view::{SystemGatesView, ValidationRow},
};
use crate::{
    moment::When,
    reading::refusal,
    systems::parts::JudgedBadge,
    ui::{
        Button, ButtonKind, Cell, Choice, Column, EnvironmentChip, Field, FormErrors, HeadCell, Row, Select, Symbol,
        Table,
    },
    urls,
};
use leptos::{prelude::*, server_fn::ServerFn as _};

/// Validations as a table.
#[component]
pub fn ValidationsTable(
    /// The rows.
    rows: Vec<ValidationRow>,
    /// They are of one system, whose name stands above.
    #[prop(optional)]
    of_one: bool,
) -> impl IntoView {
    let system = (!of_one).then(|| Column::text("System"));
    let rest = ["Environment", "Verdict", "In a sentence", "Asked"].map(Column::text);
    let columns = [Column::text("Version")].into_iter().chain(system).chain(rest).collect();
    view! {
        <Table caption="Validations" caption_hidden=true columns cards=true>
            {rows.into_iter().map(|row| view! { <Line row of_one/> }).collect_view()}
        </Table>
    }
    .into_any()
}

#[component]
fn Line(row: ValidationRow, of_one: bool) -> impl IntoView {
    let system = (!of_one).then(|| view! { <Cell label="System">{row.system}</Cell> });
    let by = format!(" by {}", row.by);
    view! {
        <Row>
            <HeadCell href=urls::validation(row.judged.id)>{row.version}</HeadCell>
            {system}
            <Cell label="Environment"><EnvironmentChip name=row.environment/></Cell>
            <Cell label="Verdict"><JudgedBadge judged=Some(row.judged)/></Cell>
            <Cell quiet=true><span class="cell-words">{row.summary}</span></Cell>
            <Cell label="Asked" quiet=true><span><When moment=row.asked/>{by}</span></Cell>
        </Row>
    }
    .into_any()
}

/// Asks for a verdict on a version.
#[component]
pub fn ValidateForm(
    /// The system's gates.
    view: SystemGatesView,
) -> impl IntoView {
    let environments = view.environments.into_iter().map(|(id, name)| Choice::new(id, name)).collect();
    let newest = view.versions.first().cloned().unwrap_or_default();
    view! {
        <form method="post" action=ValidateVersion::url() class="validate-form panel">
            <FormErrors problem={refusal::<ValidateVersion>()} argument="request" id="validate">
                <input type="hidden" name="request[system_id]" value=view.system.id.to_string()/>
                <div class="validate-fields">
                    <Field label="Version" name="request[version]" value=newest required=true max_length=100
                        autocomplete="off" suggestions=view.versions/>
                    <Select label="Environment" name="request[environment_id]" choices=environments/>
                    <Button kind=ButtonKind::Primary icon=Symbol::Gates>"Validate"</Button>
                </div>
            </FormErrors>
        </form>
    }
    .into_any()
}
