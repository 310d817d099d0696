//! Where an invitation's link leads.

use super::{
    calls::{Join, invitation},
    view::InvitationView,
};
use crate::{
    moment::When,
    reading::refusal,
    shell::BareFrame,
    ui::{Button, ButtonKind, EmptyState, Field, FieldKind, FormErrors, LinkButton, Page, Skeleton, Symbol},
    urls,
};
use leptos::{prelude::*, server_fn::ServerFn as _};
use leptos_router::hooks::use_params_map;

/// The account that a link invites to.
#[component]
pub fn InvitationPage() -> impl IntoView {
    let params = use_params_map();
    let secret = Memo::new(move |_| params.read().get("secret").unwrap_or_default());
    let found = Resource::new(move || secret.get(), invitation);
    view! {
        <BareFrame>
            <Suspense fallback=|| view! { <Page title="Invitation" narrow=true><Skeleton label="Loading the invitation"/></Page> }>
                {move || Suspend::new(async move {
                    match found.await {
                        Ok(invitation) => view! { <Accept invitation secret=secret.get_untracked()/> }.into_any(),
                        Err(error) => view! {
                            <Page title="Invitation" narrow=true>
                                <EmptyState title=error.message purpose="Whoever invited you can make a new link." symbol=Symbol::Lock>
                                    <LinkButton href=urls::SIGN_IN>"Sign in"</LinkButton>
                                </EmptyState>
                            </Page>
                        }
                        .into_any(),
                    }
                })}
            </Suspense>
        </BareFrame>
    }
    .into_any()
}

#[component]
fn Accept(invitation: InvitationView, secret: String) -> impl IntoView {
    let InvitationView { organisation, email, role, ends } = invitation;
    view! {
        <Page title=format!("Join {organisation}") lead=format!("You are invited as {role}, with the address {email}.") narrow=true>
            <form method="post" action=Join::url() class="form">
                <FormErrors problem={refusal::<Join>()} argument="request">
                    <input type="hidden" name="request[secret]" value=secret/>
                    <Field label="E-mail" name="email" kind=FieldKind::Email value=email readonly=true autocomplete="username"/>
                    <Field label="Your name" name="request[name]" max_length=254 autocomplete="name"/>
                    <Field label="Password" name="request[password]" kind=FieldKind::Password hint="12 to 256 characters" required=true autocomplete="new-password"/>
                    <div class="actions"><Button kind=ButtonKind::Primary>"Make the account"</Button></div>
                    <p class="field-hint">"The link ends "<When moment=ends/>"."</p>
                </FormErrors>
            </form>
        </Page>
    }
    .into_any()
}
