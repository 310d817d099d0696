//! The one page that shows a link's address.

use super::{calls::made_share, view::MadeView};
use crate::{
    reading::Trouble,
    ui::{Answer, ButtonKind, CodeBlock, Crumb, EmptyState, LinkButton, Meaning, Page, Section, Skeleton, Symbol},
    urls,
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

/// Shows the address of the link that was just made, once, with what to copy for a badge.
#[component]
pub fn MadeSharePage() -> impl IntoView {
    let params = use_params_map();
    let system = Memo::new(move |_| params.read().get("system").unwrap_or_default());
    let made = Resource::new(move || system.get(), made_share);
    let waiting = || view! { <Page title="Your new link"><Skeleton label="Loading the link"/></Page> };
    view! {
        <Suspense fallback=waiting>
            {move || Suspend::new(async move {
                let back = format!("{}/{}/scorecard", urls::SYSTEMS, system.get_untracked());
                match made.await {
                    Ok(Some(made)) => view! { <Made made back/> }.into_any(),
                    Ok(None) => view! { <Gone back/> }.into_any(),
                    Err(error) => view! { <Trouble title="Your new link" error retry=back/> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

fn crumbs(back: &str) -> Vec<Crumb> {
    vec![Crumb::link("Systems", urls::SYSTEMS), Crumb::link("Scorecard", back), Crumb::here("New link")]
}

#[component]
fn Made(made: MadeView, back: String) -> impl IntoView {
    let (markdown, html) = (made.markdown(), made.html());
    let (url, badge) = (made.url.clone(), made.badge.clone());
    view! {
        <Page title=format!("Link {} is made", made.name) crumbs=crumbs(&back) narrow=true>
            <Answer meaning=Meaning::Warn words="Copy the link now. The hub keeps its hash alone and can't show it again."/>
            <CodeBlock code=url.clone() caption="Link"/>
            <p>"Whoever has it sees the scorecard until the link ends or is revoked. "<a href=url rel="external">"Open it"</a></p>
            <Section title="Badge" hint="For a readme or a page of yours; it leads to the scorecard">
                <div class="stack">
                    <p><img class="score-badge" src=badge alt=format!("Badge of {}", made.system) height="20"/></p>
                    <CodeBlock code=markdown caption="Markdown"/>
                    <CodeBlock code=html caption="HTML"/>
                    <p class="field-hint">
                        "It shows the grade. With "<code>"?show=score"</code>" after its address it shows the score, with "
                        <code>"?show=verdict"</code>" what the gates said. A copy of it may be kept for a minute after the link is revoked."
                    </p>
                </div>
            </Section>
            <div class="actions"><LinkButton href=back.clone() kind=ButtonKind::Primary>"I have copied it"</LinkButton></div>
        </Page>
    }
    .into_any()
}

#[component]
fn Gone(back: String) -> impl IntoView {
    view! {
        <Page title="The link is not shown again" crumbs=crumbs(&back) narrow=true>
            <EmptyState title="A link is shown once" purpose="If it was not copied, revoke it and make another." symbol=Symbol::Lock>
                <LinkButton href=back.clone()>"To the scorecard"</LinkButton>
            </EmptyState>
        </Page>
    }
    .into_any()
}
