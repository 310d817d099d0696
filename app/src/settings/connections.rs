//! Accounts of identity providers that sign the reader in.

use super::{security::when_or_never, view::ConnectionRow};
use crate::{
    moment::When,
    providers::Disconnect,
    reading::refusal,
    ui::{Button, ButtonKind, Cell, Column, Dialog, FormErrors, HeadCell, Row, Section, Table},
    urls,
};
use hub::identity::{Errand, OfferedProvider};
use leptos::{prelude::*, server_fn::ServerFn as _};

/// Nothing, where the organisation has no provider.
#[component]
pub(super) fn ConnectionsSection(connections: Vec<ConnectionRow>, connectable: Vec<OfferedProvider>) -> impl IntoView {
    if connections.is_empty() && connectable.is_empty() {
        return ().into_any();
    }
    let columns = vec![
        Column::text("Provider"),
        Column::text("Known there as"),
        Column::text("Since"),
        Column::text("Last sign-in"),
        Column::hidden("Actions"),
    ];
    let table = (!connections.is_empty()).then(|| {
        view! {
            <FormErrors problem={refusal::<Disconnect>()} id="disconnect">
                <Table caption="Connected accounts" caption_hidden=true columns cards=true>
                    {connections.into_iter().map(|row| view! { <Line row/> }).collect_view()}
                </Table>
            </FormErrors>
        }
    });
    let link = |provider: OfferedProvider| {
        let (href, words) =
            (urls::with_provider(provider.id, Errand::Connect, ""), format!("Connect {}", provider.name));
        view! { <a class="button" href=href rel="external">{words}</a> }
    };
    view! {
        <Section title="Connected accounts" hint="Accounts of your organisation's providers that sign you in">
            {table}
            <div class="actions">{connectable.into_iter().map(link).collect_view()}</div>
        </Section>
    }
    .into_any()
}

#[component]
fn Line(row: ConnectionRow) -> impl IntoView {
    let id = row.id.to_string();
    let title = format!("Disconnect {}?", row.provider);
    view! {
        <Row>
            <HeadCell>{row.provider}</HeadCell>
            <Cell label="Known there as"><code class="wrap">{row.subject}</code></Cell>
            <Cell label="Since" quiet=true><When moment=row.since/></Cell>
            <Cell label="Last sign-in" quiet=true>{when_or_never(row.used)}</Cell>
            <Cell>
                <Dialog id=format!("disconnect-{id}") title open="Disconnect" small=true>
                    <form method="post" action=Disconnect::url() class="stack">
                        <p>"It does not sign you in any more. Whoever holds that account stays who they are at the provider."</p>
                        <input type="hidden" name="id" value=id.clone()/>
                        <div class="actions"><Button kind=ButtonKind::Danger>"Disconnect it"</Button></div>
                    </form>
                </Dialog>
            </Cell>
        </Row>
    }
    .into_any()
}
