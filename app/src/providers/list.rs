//! The organisation's providers.

use super::{
    calls::list_providers,
    view::{ProviderRow, ProvidersView},
};
use crate::{
    moment::When,
    reading::Trouble,
    settings::SettingsFrame,
    ui::{
        Badge, Cell, CodeBlock, Column, EmptyState, HeadCell, LinkButton, Meaning, Notice, Row, Section, Skeleton,
        SkeletonShape, Symbol, Table,
    },
    urls,
};
use hub::identity::ProviderKind;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// By which providers members sign in.
#[component]
pub fn ProvidersPage() -> impl IntoView {
    let providers = Resource::new(|| (), |()| list_providers());
    let waiting = || view! { <SettingsFrame tab=urls::PROVIDERS><Skeleton shape=SkeletonShape::Table label="Loading providers"/></SettingsFrame> };
    view! {
        <Suspense fallback=waiting>
            {move || Suspend::new(async move {
                match providers.await {
                    Ok(view) => view! { <Providers view/> }.into_any(),
                    Err(error) => view! { <Trouble title="Identity providers" error retry=urls::PROVIDERS/> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Providers(view: ProvidersView) -> impl IntoView {
    let removed = use_query_map().read_untracked().get("removed");
    let removed = removed.map(|_| {
        view! { <Notice meaning=Meaning::Pass title="The provider is removed, and sessions that rested on it have ended." live=true/> }
    });
    let columns = vec![
        Column::text("Provider"),
        Column::text("Protocol"),
        Column::text("State"),
        Column::text("New members"),
        Column::text("Changed"),
    ];
    let body = if view.rows.is_empty() {
        view! {
            <EmptyState symbol=Symbol::Lock title="No identity provider yet"
                purpose="Members sign in with e-mail and password. With a provider, they use the account that your organisation gave them."/>
        }
        .into_any()
    } else {
        let address = view.address;
        view! {
            <Table caption="Identity providers" caption_hidden=true columns cards=true>
                {view.rows.into_iter().map(|row| view! { <Line row/> }).collect_view()}
            </Table>
            <CodeBlock code=address caption="Members sign in at"/>
        }
        .into_any()
    };
    view! {
        <SettingsFrame tab=urls::PROVIDERS>
            {removed}
            <Section title="Identity providers" hint="Members sign in with the account that your organisation gave them">
                {body}
                <div class="actions">
                    <LinkButton href=urls::new_provider(ProviderKind::Oidc)>"Add an OpenID Connect provider"</LinkButton>
                    <LinkButton href=urls::new_provider(ProviderKind::Saml)>"Add a SAML provider"</LinkButton>
                </div>
            </Section>
        </SettingsFrame>
    }
    .into_any()
}

#[component]
fn Line(row: ProviderRow) -> impl IntoView {
    let settings = row.provider.settings;
    let state = if settings.enabled {
        view! { <Badge meaning=Meaning::Pass word="On"/> }
    } else {
        view! { <Badge meaning=Meaning::Unknown word="Off"/> }
    };
    let new = if settings.just_in_time { "At their first sign-in" } else { "By invitation" };
    view! {
        <Row>
            <HeadCell><a href=urls::provider(row.provider.id)>{settings.name}</a></HeadCell>
            <Cell label="Protocol">{settings.protocol.kind().words()}</Cell>
            <Cell label="State">{state}</Cell>
            <Cell label="New members">{new}</Cell>
            <Cell label="Changed" quiet=true><When moment=row.changed/></Cell>
        </Row>
    }
    .into_any()
}
