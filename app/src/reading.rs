//! What pages share when they read and write: what stands in place of something that could not be read, and what a form
//! tells about its last attempt.

use crate::{
    error::WireError,
    ui::{ButtonKind, Denied, EmptyState, Failed, LinkButton, Page, Problem, Symbol},
    urls,
};
use hub::Kind;
use leptos::{
    prelude::*,
    server_fn::{ServerFn, error::ServerFnUrlError},
};

/// The page of something that could not be read.
#[component]
pub fn Trouble(
    /// The page's heading.
    #[prop(into)]
    title: String,
    /// Why it could not be read.
    error: WireError,
    /// Where to try again.
    #[prop(into)]
    retry: String,
    /// Who can let the reader in.
    #[prop(default = "An owner or an admin of this organisation can change your role.".to_owned(), into)]
    who: String,
) -> impl IntoView {
    match error.kind {
        Kind::NotFound => view! {
            <Page title="Nothing is here" lead="It was removed, or it belongs to another organisation.">
                <EmptyState title=error.message purpose="The address may be old." symbol=Symbol::Search>
                    <LinkButton href=urls::OVERVIEW>"Go to the overview"</LinkButton>
                </EmptyState>
            </Page>
        }
        .into_any(),
        Kind::Unauthenticated => view! {
            <Page title>
                <EmptyState title="Your session has ended" purpose="Sign in again; nothing was lost." symbol=Symbol::Lock>
                    <LinkButton href=urls::SIGN_IN kind=ButtonKind::Primary>"Sign in"</LinkButton>
                </EmptyState>
            </Page>
        }
        .into_any(),
        Kind::Forbidden => view! { <Page title><Denied what=error.message who/></Page> }.into_any(),
        _ => view! { <Page title><Failed what=error.message retry/></Page> }.into_any(),
    }
}

/// Why the last attempt at a form was refused, for its [`FormErrors`](crate::ui::FormErrors): the answer sent the browser
/// back with the error in the address.
#[must_use]
pub fn refusal<S: ServerFn<Error = WireError>>() -> Option<Problem> {
    refused(S::PATH)
}

/// The same of the form that is sent to this path.
#[must_use]
pub fn refused(path: &str) -> Option<Problem> {
    let refused = use_context::<ServerActionError>().filter(|error| error.path() == path)?;
    Some(ServerFnUrlError::<WireError>::decode_err(refused.err()).problem())
}
