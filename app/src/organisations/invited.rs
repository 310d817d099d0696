//! The one page that shows the link for a first owner.

use super::{calls::invited_owner, view::InvitedOwnerView};
use crate::{
    reading::Trouble,
    ui::{Answer, ButtonKind, CodeBlock, Crumb, EmptyState, LinkButton, Meaning, Page, Skeleton, Symbol},
    urls,
};
use leptos::prelude::*;

/// Shows the link of the invitation that was just made, once.
#[component]
pub fn InvitedOwnerPage() -> impl IntoView {
    let made = Resource::new(|| (), |()| invited_owner());
    view! {
        <Suspense fallback=|| view! { <Page title="The owner's link" narrow=true><Skeleton label="Loading the link"/></Page> }>
            {move || Suspend::new(async move {
                match made.await {
                    Ok(Some(invitation)) => view! { <Made invitation/> }.into_any(),
                    Ok(None) => view! { <Gone/> }.into_any(),
                    Err(error) => view! { <Trouble title="The owner's link" error retry=urls::ORGANISATIONS/> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

fn crumbs() -> Vec<Crumb> {
    vec![Crumb::link("Organisations", urls::ORGANISATIONS), Crumb::here("Owner's link")]
}

#[component]
fn Made(invitation: InvitedOwnerView) -> impl IntoView {
    let InvitedOwnerView { organisation, email, link } = invitation;
    let words = format!(
        "{email} makes the account that owns it by following this link, once. You send it; the hub sends no mail."
    );
    view! {
        <Page title=format!("{organisation} waits for its owner") lead=words crumbs=crumbs() narrow=true>
            <Answer meaning=Meaning::Warn words="Copy the link now. The hub keeps its hash alone and can't show it again."/>
            <CodeBlock code=link caption="Link"/>
            <div class="actions"><LinkButton href=urls::ORGANISATIONS kind=ButtonKind::Primary>"I have copied it"</LinkButton></div>
        </Page>
    }
    .into_any()
}

#[component]
fn Gone() -> impl IntoView {
    view! {
        <Page title="The link is not shown again" crumbs=crumbs() narrow=true>
            <EmptyState title="A link is shown once" purpose="If it was not copied, make another on the organisation's page; the link of before ends with that." symbol=Symbol::Lock>
                <LinkButton href=urls::ORGANISATIONS>"Organisations"</LinkButton>
            </EmptyState>
        </Page>
    }
    .into_any()
}
