//! One provider: what it has to know about the hub, trying it, changing it, removing it.

use super::{
    calls::{RemoveProvider, provider_page},
    form::ChangeForm,
    view::{ProviderForm, ProviderView},
};
use crate::{
    identity::Told,
    moment::{Moment, When},
    reading::{Trouble, refusal},
    ui::{
        Badge, Button, ButtonKind, Cell, CodeBlock, Column, Crumb, Dialog, FormErrors, HeadCell, KeyValue, KeyValues,
        LinkButton, Meaning, Notice, Page, Row, Section, Skeleton, Table,
    },
    urls,
};
use hub::{
    identity::{Certificate, Errand, Finding, Outcome, ProviderAddresses, Vouched},
    ids::ProviderId,
};
use leptos::{prelude::*, server_fn::ServerFn as _};
use leptos_router::hooks::{use_params_map, use_query_map};

/// One provider.
#[component]
pub fn ProviderPage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let asked = Memo::new(move |_| {
        let given = |name: &str| query.read().get(name).is_some();
        (params.read().get("provider").unwrap_or_default(), given("examine"), given("tried"))
    });
    let provider = Resource::new(move || asked.get(), |(id, examine, tried)| provider_page(id, examine, tried));
    view! {
        <Suspense fallback=|| view! { <Page title="Identity provider"><Skeleton label="Loading the provider" rows=6/></Page> }>
            {move || Suspend::new(async move {
                match provider.await {
                    Ok(view) => view! { <Provider view/> }.into_any(),
                    Err(error) => view! { <Trouble title="Identity provider" error retry=urls::PROVIDERS/> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Provider(view: ProviderView) -> impl IntoView {
    let ProviderView { provider, ends, findings, told } = view;
    let (id, name) = (provider.id, provider.settings.name.clone());
    let form = ProviderForm::of(&provider);
    let saved = use_query_map().read_untracked().get("saved").map(|_| {
        view! { <Notice meaning=Meaning::Pass title="The provider is saved. Give it the addresses below, and try it." live=true/> }
    });
    let crumbs = vec![
        Crumb::link("Settings", urls::SETTINGS),
        Crumb::link("Identity providers", urls::PROVIDERS),
        Crumb::here(name.clone()),
    ];
    let lead = format!("{}: {}", provider.settings.protocol.kind().words(), provider.issuer);
    let certificates = (!provider.certificates.is_empty())
        .then(|| view! { <Certificates certificates=provider.certificates.clone() ends/> });
    view! {
        <Page title=name.clone() lead crumbs narrow=true>
            {saved}
            <Section title="What the provider has to know"><Addresses addresses=provider.addresses/></Section>
            {certificates}
            <Trial id findings told/>
            <Section title="Settings"><ChangeForm id form has_secret=provider.has_secret/></Section>
            <Remove id name/>
        </Page>
    }
    .into_any()
}

#[component]
fn Addresses(addresses: ProviderAddresses) -> impl IntoView {
    let pairs = match addresses {
        ProviderAddresses::Oidc { redirect_uri, post_logout_redirect_uri, backchannel_logout_uri, audience } => vec![
            ("Redirect address", redirect_uri),
            ("Address after sign-out", post_logout_redirect_uri),
            ("Back-channel logout address", backchannel_logout_uri),
            ("Audience of access tokens", audience),
        ],
        ProviderAddresses::Saml { entity_id, acs_url, slo_url } => vec![
            ("Entity ID, where the hub's metadata is", entity_id),
            ("Assertion consumer service", acs_url),
            ("Single logout service", slo_url),
        ],
    };
    let shown = |(name, value): (&'static str, String)| view! { <CodeBlock code=value caption=name/> };
    view! { <div class="stack">{pairs.into_iter().map(shown).collect_view()}</div> }.into_any()
}

#[component]
fn Certificates(certificates: Vec<Certificate>, ends: Vec<Option<Moment>>) -> impl IntoView {
    let line = |(certificate, end): (Certificate, Option<Moment>)| {
        let end = match end {
            Some(moment) => view! { <When moment/> }.into_any(),
            None => "Not told".into_any(),
        };
        view! { <Row><HeadCell><code class="wrap">{certificate.sha256}</code></HeadCell><Cell label="Ends">{end}</Cell></Row> }
    };
    view! {
        <Section title="Certificates" hint="The keys by which the provider's answers are believed">
            <Table caption="Certificates" caption_hidden=true columns=vec![Column::text("SHA-256"), Column::text("Ends")] cards=true>
                {certificates.into_iter().zip(ends).map(line).collect_view()}
            </Table>
        </Section>
    }
    .into_any()
}

#[component]
fn Trial(id: ProviderId, findings: Option<Vec<Finding>>, told: Option<Told>) -> impl IntoView {
    let examine = format!("{}?examine=1", urls::provider(id));
    let findings = findings.map(|findings| view! { <Findings findings/> });
    let told = told.map(|told| match told {
        Told::Refused(why) => view! { <Notice meaning=Meaning::Fail title=why live=true/> }.into_any(),
        Told::Vouched(vouched) => view! { <Said vouched=*vouched/> }.into_any(),
    });
    view! {
        <Section title="Test this provider" hint="Nothing is changed by it">
            {findings}{told}
            <div class="actions">
                <LinkButton href=examine>"Check its configuration"</LinkButton>
                <a class="button" href=urls::with_provider(id, Errand::Try, "") rel="external">"Sign in to try it"</a>
            </div>
        </Section>
    }
    .into_any()
}

#[component]
fn Findings(findings: Vec<Finding>) -> impl IntoView {
    let line = |finding: Finding| {
        let (meaning, word) = match finding.outcome {
            Outcome::Passed => (Meaning::Pass, "Passed"),
            Outcome::Warned => (Meaning::Warn, "Note"),
            Outcome::Failed => (Meaning::Fail, "Failed"),
            Outcome::Skipped => (Meaning::Unknown, "Not looked at"),
        };
        view! {
            <Row>
                <HeadCell>{capitalised(&finding.step)}</HeadCell>
                <Cell label="Outcome"><Badge meaning word/></Cell>
                <Cell label="What it means">{finding.explanation}</Cell>
            </Row>
        }
    };
    let columns = vec![Column::text("Step"), Column::text("Outcome"), Column::text("What it means")];
    view! {
        <Table caption="What came of each step" caption_hidden=true columns cards=true>
            {findings.into_iter().map(line).collect_view()}
        </Table>
    }
    .into_any()
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().collect::<String>() + letters.as_str()).unwrap_or_default()
}

#[component]
fn Said(vouched: Vouched) -> impl IntoView {
    let title = match (&vouched.refusal, vouched.role) {
        (Some(why), _) => why.clone(),
        (None, Some(role)) => format!("This works: you would come in as {role}."),
        (None, None) => "This works.".to_owned(),
    };
    let meaning = if vouched.refusal.is_some() { Meaning::Warn } else { Meaning::Pass };
    let verified = match vouched.email_verified {
        Some(true) => " (verified)",
        Some(false) => " (not verified)",
        None => "",
    };
    let email = vouched.email.map_or_else(|| "Not told".to_owned(), |email| format!("{email}{verified}"));
    let groups = if vouched.groups.is_empty() { "None".to_owned() } else { vouched.groups.join(", ") };
    view! {
        <Notice meaning title live=true/>
        <KeyValues>
            <KeyValue name="Subject"><code class="wrap">{vouched.subject}</code></KeyValue>
            <KeyValue name="E-mail">{email}</KeyValue>
            <KeyValue name="Name">{vouched.name.unwrap_or_else(|| "Not told".to_owned())}</KeyValue>
            <KeyValue name="Groups">{groups}</KeyValue>
        </KeyValues>
    }
    .into_any()
}

#[component]
fn Remove(id: ProviderId, name: String) -> impl IntoView {
    view! {
        <Section title="Remove" hint="Members who have no password can't sign in without it">
            <FormErrors problem={refusal::<RemoveProvider>()} id="remove">
                <Dialog id="remove-provider" title=format!("Remove {name}?") open="Remove the provider">
                    <form method="post" action=RemoveProvider::url() class="stack">
                        <p>"Every session that rests on it ends, and every connection with it is gone: a provider that is added again knows nobody."</p>
                        <input type="hidden" name="id" value=id.to_string()/>
                        <div class="actions"><Button kind=ButtonKind::Danger>"Remove it"</Button></div>
                    </form>
                </Dialog>
            </FormErrors>
        </Section>
    }
    .into_any()
}
