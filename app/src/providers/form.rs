//! The form of a provider.

use super::{
    calls::{AddProvider, ChangeProvider},
    view::{OidcForm, ProtocolForm, ProviderForm, SamlForm},
};
use crate::{
    reading::refusal,
    ui::{
        Button, ButtonKind, Checkbox, Choice, Crumb, Field, FieldKind, FormErrors, LinkButton, Page, Section, Select,
        TextArea,
    },
    urls,
};
use hub::{
    access::Role,
    identity::{ClientAuthentication, ProviderKind},
    ids::ProviderId,
};
use leptos::{prelude::*, server_fn::ServerFn as _};
use leptos_router::hooks::use_query_map;

/// A provider to be added.
#[component]
pub fn NewProviderPage() -> impl IntoView {
    let is_saml = use_query_map().read_untracked().get("kind").as_deref() == Some(ProviderKind::Saml.as_str());
    let (kind, protocol) = if is_saml {
        (ProviderKind::Saml, ProtocolForm { saml: Some(SamlForm::default()), oidc: None })
    } else {
        let oidc = OidcForm {
            scopes: "profile email".to_owned(),
            require_verified_email: true,
            user_info: true,
            ..OidcForm::default()
        };
        (ProviderKind::Oidc, ProtocolForm { oidc: Some(oidc), saml: None })
    };
    let form = ProviderForm { enabled: true, protocol, ..ProviderForm::default() };
    let title = format!("New {} provider", kind.words());
    let lead = match kind {
        ProviderKind::Oidc => {
            "Register the hub as a client at the provider first. The addresses that it asks for stand on the next page; enter any there until then."
        }
        ProviderKind::Saml => "The hub's own metadata is ready after this step.",
    };
    let crumbs = vec![
        Crumb::link("Settings", urls::SETTINGS),
        Crumb::link("Identity providers", urls::PROVIDERS),
        Crumb::here("New"),
    ];
    view! {
        <Page title lead crumbs narrow=true>
            <form method="post" action=AddProvider::url() class="form form-wide">
                <FormErrors problem={refusal::<AddProvider>()} argument="request">
                    <Fields form has_secret=false/>
                    <div class="actions">
                        <Button kind=ButtonKind::Primary>"Add the provider"</Button>
                        <LinkButton href=urls::PROVIDERS kind=ButtonKind::Quiet>"Cancel"</LinkButton>
                    </div>
                </FormErrors>
            </form>
        </Page>
    }
    .into_any()
}

/// The form of a provider that is there.
#[component]
pub(super) fn ChangeForm(id: ProviderId, form: ProviderForm, has_secret: bool) -> impl IntoView {
    view! {
        <form method="post" action=ChangeProvider::url() class="form form-wide">
            <FormErrors problem={refusal::<ChangeProvider>()} argument="request" id="change">
                <input type="hidden" name="id" value=id.to_string()/>
                <Fields form has_secret/>
                <div class="actions"><Button kind=ButtonKind::Primary>"Save the provider"</Button></div>
            </FormErrors>
        </form>
    }
    .into_any()
}

fn roles(none: &str) -> Vec<Choice> {
    let roles = [Role::Member, Role::Auditor, Role::Admin].map(|role| Choice::new(role.as_str(), role.as_str()));
    std::iter::once(Choice::new("", none)).chain(roles).collect()
}

#[component]
fn Fields(form: ProviderForm, has_secret: bool) -> impl IntoView {
    let ProtocolForm { oidc, saml } = form.protocol;
    let protocol = match (oidc, saml) {
        (Some(oidc), _) => view! { <OidcFields form=oidc has_secret/> }.into_any(),
        (None, saml) => view! { <SamlFields form=saml.unwrap_or_default()/> }.into_any(),
    };
    view! {
        <Field label="Name" name="request[name]" hint="What the button on the sign-in page says after “Sign in with”" value=form.name required=true max_length=60 autocomplete="off"/>
        {protocol}
        <Section title="Who gets in, and as what">
            <Checkbox label="New members come in by themselves" name="request[just_in_time]" checked=form.just_in_time
                hint="Whoever the provider vouches for becomes a member at the first sign-in. Off: members connect it in their settings first."/>
            <Checkbox label="It calls members what the directory calls them" name="request[directory]" checked=form.directory
                hint="Members whom the directory made over SCIM are connected at their first sign-in, by their externalId."/>
            <Select label="Role of new members whose groups give none" name="request[default_role]" choices=roles("None: they don't get in") value=form.default_role/>
            <TextArea label="Roles by group" name="request[group_roles]" value=form.group_roles code=true rows=4
                hint="One group a line, such as release-managers = admin. Asked at every sign-in; of several roles the one that may most counts."/>
            <Checkbox label="The provider asks for a second factor" name="request[second_factor]" checked=form.second_factor
                hint="Then the hub does not ask for one of its own after it."/>
            <Checkbox label="Members can sign in with it" name="request[enabled]" checked=form.enabled/>
        </Section>
    }
    .into_any()
}

#[component]
fn OidcFields(form: OidcForm, has_secret: bool) -> impl IntoView {
    let ways = [
        (ClientAuthentication::ClientSecretBasic, "Secret in the Authorization field (client_secret_basic)"),
        (ClientAuthentication::ClientSecretPost, "Secret in the form (client_secret_post)"),
        (ClientAuthentication::None, "No secret: a public client (none)"),
    ];
    let ways = ways.map(|(way, words)| Choice::new(way.as_str(), words)).to_vec();
    let secret = if has_secret {
        "A secret is stored. Leave this empty to keep it"
    } else {
        "From the provider; none for a public client"
    };
    let name = |field: &str| format!("request[protocol][oidc][{field}]");
    view! {
        <Field label="Issuer" name=name("issuer") hint="Exactly as the provider writes it, such as https://id.example.com/realms/main; a slash at the end counts"
            value=form.issuer required=true max_length=1000 autocomplete="off"/>
        <Field label="Client ID" name=name("client_id") value=form.client_id required=true max_length=1000 autocomplete="off"/>
        <Field label="Client secret" name=name("client_secret") kind=FieldKind::Password hint=secret max_length=1000 autocomplete="off"/>
        <Select label="How the hub authenticates" name=name("authentication") choices=ways value=form.authentication.as_str()/>
        <Field label="Scopes" name=name("scopes") hint="Beside openid, with spaces between them" value=form.scopes max_length=500 autocomplete="off"/>
        <Field label="Claim with the groups" name=name("groups_claim") hint="Such as groups, or realm_access.roles" value=form.groups_claim max_length=200 autocomplete="off"/>
        <Checkbox label="Ask the UserInfo endpoint for what the ID token lacks" name=name("user_info") checked=form.user_info/>
        <Checkbox label="New members need an address that the provider verified" name=name("require_verified_email") checked=form.require_verified_email/>
        <details class="disclosure" open=form.takes_tokens>
            <summary>"Access tokens for the API"</summary>
            <div class="stack">
                <Checkbox label="Take access tokens of this provider" name=name("takes_tokens") checked=form.takes_tokens
                    hint="The token's audience is the one that the provider's page names, and its scopes are the hub's permissions."/>
                <Select label="Role of clients that no member is connected to" name=name("api_role") choices=roles("None: they are refused") value=form.api_role/>
                <Checkbox label="Take tokens without the type at+jwt" name=name("accept_untyped") checked=form.accept_untyped hint="For servers older than RFC 9068"/>
            </div>
        </details>
    }
    .into_any()
}

#[component]
fn SamlFields(form: SamlForm) -> impl IntoView {
    let name = |field: &str| format!("request[protocol][saml][{field}]");
    let attribute = |field: &str| format!("request[protocol][saml][attributes][{field}]");
    let names = form.attributes;
    view! {
        <Field label="Address of the provider's metadata" name=name("metadata_url") hint="Loaded now and once a day" value=form.metadata_url max_length=1000 autocomplete="off"/>
        <TextArea label="Or the metadata itself" name=name("metadata") value=form.metadata code=true rows=6 hint="The XML with EntityDescriptor. Leave it empty to keep what is there"/>
        <Field label="Entity ID" name=name("entity_id") hint="Only where the metadata describes several providers" value=form.entity_id max_length=1000 autocomplete="off"/>
        <details class="disclosure">
            <summary>"Names of attributes"</summary>
            <div class="stack">
                <Field label="What never changes about a person" name=attribute("subject") hint="The name identifier, when left out" value=names.subject max_length=200 autocomplete="off"/>
                <Field label="E-mail address" name=attribute("email") hint="The usual names, when left out" value=names.email max_length=200 autocomplete="off"/>
                <Field label="Full name" name=attribute("name") hint="The usual names, when left out" value=names.name max_length=200 autocomplete="off"/>
                <Field label="Groups" name=attribute("groups") hint="None, when left out" value=names.groups max_length=200 autocomplete="off"/>
            </div>
        </details>
        <Checkbox label="Sign-in may begin at the provider" name=name("idp_initiated") checked=form.idp_initiated
            hint="Anybody can then sign somebody else in with an answer of their own. Best left off."/>
    }
    .into_any()
}
