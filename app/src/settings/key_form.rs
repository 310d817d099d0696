//! Making an API key, and the one page that shows its secret.

use super::{
    calls::{CreateKey, created_key, key_choices},
    scopes::Scopes,
    view::SecretView,
};
use crate::{
    reading::{Trouble, refusal},
    ui::{
        Answer, Button, ButtonKind, Choice, CodeBlock, Crumb, EmptyState, Field, FormErrors, LinkButton, Meaning, Page,
        Section, Select, Skeleton, Symbol,
    },
    urls,
};
use hub::access::Permission;
use leptos::{prelude::*, server_fn::ServerFn as _};

/// What the form of a new key asks.
#[component]
pub fn NewKeyPage() -> impl IntoView {
    let choices = Resource::new(|| (), |()| key_choices());
    let waiting = || view! { <Page title="New API key"><Skeleton label="Loading the scopes" rows=6/></Page> };
    view! {
        <Suspense fallback=waiting>
            {move || Suspend::new(async move {
                match choices.await {
                    Ok(scopes) => view! { <KeyFields scopes/> }.into_any(),
                    Err(error) => view! { <Trouble title="New API key" error retry=urls::NEW_KEY/> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn KeyFields(scopes: Vec<Permission>) -> impl IntoView {
    let crumbs = vec![Crumb::link("Settings", urls::SETTINGS), Crumb::link("API keys", urls::KEYS), Crumb::here("New")];
    let ends = [("30", "30 days"), ("90", "90 days"), ("365", "One year"), ("730", "Two years"), ("", "Never")];
    let ends = ends.map(|(days, label)| Choice::new(days, label)).to_vec();
    view! {
        <Page title="New API key" lead="For programs: the command line, a pipeline, a script." crumbs narrow=true>
            <form method="post" action=CreateKey::url() class="form form-wide">
                <FormErrors problem={refusal::<CreateKey>()} argument="request">
                    <Field label="Name" name="request[name]" hint="What it is for, such as release pipeline" required=true max_length=80 autocomplete="off"/>
                    <Select label="Ends after" name="request[expires]" choices=ends value="90"/>
                    <Field label="Networks" name="request[networks]" hint="Where programs use it from, such as 10.1.0.0/16; from everywhere when left out" max_length=1000 autocomplete="off"/>
                    <Scopes scopes/>
                    <div class="actions">
                        <Button kind=ButtonKind::Primary>"Create the key"</Button>
                        <LinkButton href=urls::KEYS kind=ButtonKind::Quiet>"Cancel"</LinkButton>
                    </div>
                </FormErrors>
            </form>
        </Page>
    }
    .into_any()
}

/// Shows the secret of the key that was just made, once.
#[component]
pub fn CreatedKeyPage() -> impl IntoView {
    let made = Resource::new(|| (), |()| created_key());
    let waiting = || view! { <Page title="Your new key"><Skeleton label="Loading the key"/></Page> };
    view! {
        <Suspense fallback=waiting>
            {move || Suspend::new(async move {
                match made.await {
                    Ok(Some(key)) => view! { <Secret key/> }.into_any(),
                    Ok(None) => view! { <Gone/> }.into_any(),
                    Err(error) => view! { <Trouble title="Your new key" error retry=urls::KEYS/> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

fn crumbs() -> Vec<Crumb> {
    vec![Crumb::link("Settings", urls::SETTINGS), Crumb::link("API keys", urls::KEYS), Crumb::here("Created")]
}

#[component]
fn Secret(key: SecretView) -> impl IntoView {
    let scopes = key.scopes.iter().map(|scope| view! { <li><code>{scope.as_str()}</code></li> }).collect_view();
    view! {
        <Page title=format!("Key {} is made", key.name) crumbs=crumbs() narrow=true>
            <Answer meaning=Meaning::Warn words="Copy the secret now. The hub keeps its hash alone and can't show it again."/>
            <CodeBlock code=key.secret caption="Secret"/>
            <p>"The command line reads it from the variable "<code>"SBH_TOKEN"</code>"; the API takes it as a bearer token."</p>
            <Section title="Scopes"><ul class="cluster">{scopes}</ul></Section>
            <div class="actions"><LinkButton href=urls::KEYS kind=ButtonKind::Primary>"I have copied it"</LinkButton></div>
        </Page>
    }
    .into_any()
}

#[component]
fn Gone() -> impl IntoView {
    view! {
        <Page title="The secret is not shown again" crumbs=crumbs() narrow=true>
            <EmptyState title="A secret is shown once" purpose="If it was not copied, revoke the key and create another." symbol=Symbol::Lock>
                <LinkButton href=urls::KEYS>"API keys"</LinkButton>
            </EmptyState>
        </Page>
    }
    .into_any()
}
