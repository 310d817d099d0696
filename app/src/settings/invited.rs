//! The one page that shows an invitation's link.

use super::{calls::invited, view::InvitedView};
use crate::{
    reading::Trouble,
    ui::{Answer, ButtonKind, CodeBlock, Crumb, EmptyState, LinkButton, Meaning, Page, Skeleton, Symbol},
    urls,
};
use leptos::prelude::*;

/// Shows the link of the invitation that was just made, once.
#[component]
pub fn InvitedPage() -> impl IntoView {
    let made = Resource::new(|| (), |()| invited());
    view! {
        <Suspense fallback=|| view! { <Page title="Your invitation" narrow=true><Skeleton label="Loading the link"/></Page> }>
            {move || Suspend::new(async move {
                match made.await {
                    Ok(Some(invitation)) => view! { <Made invitation/> }.into_any(),
                    Ok(None) => view! { <Gone/> }.into_any(),
                    Err(error) => view! { <Trouble title="Your invitation" error retry=urls::MEMBERS/> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

fn crumbs() -> Vec<Crumb> {
    vec![Crumb::link("Settings", urls::SETTINGS), Crumb::link("Members", urls::MEMBERS), Crumb::here("Invitation")]
}

#[component]
fn Made(invitation: InvitedView) -> impl IntoView {
    view! {
        <Page title=format!("{} is invited", invitation.email) crumbs=crumbs() narrow=true>
            <Answer meaning=Meaning::Warn words="Copy the link now and send it yourself. The hub keeps its hash alone and can't show it again."/>
            <CodeBlock code=invitation.link caption="Link"/>
            <p>"Whoever has it makes the account of this address, once, until the link ends or is taken back."</p>
            <div class="actions"><LinkButton href=urls::MEMBERS kind=ButtonKind::Primary>"I have copied it"</LinkButton></div>
        </Page>
    }
    .into_any()
}

#[component]
fn Gone() -> impl IntoView {
    view! {
        <Page title="The link is not shown again" crumbs=crumbs() narrow=true>
            <EmptyState title="A link is shown once" purpose="If it was not copied, invite the address again; the link of before ends with that." symbol=Symbol::Lock>
                <LinkButton href=urls::MEMBERS>"Members"</LinkButton>
            </EmptyState>
        </Page>
    }
    .into_any()
}
