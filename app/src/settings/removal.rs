//! An owner has the whole organisation removed.

use super::{
    calls::{RemoveOwnOrganisation, own_removal},
    page::SettingsFrame,
    view::OwnRemovalView,
};
use crate::{
    reading::{Trouble, refusal},
    ui::{Button, ButtonKind, Denied, Field, FormErrors, Meaning, Notice, Section, Skeleton, format::counted},
    urls,
};
use leptos::{prelude::*, server_fn::ServerFn as _};

/// Where the owner types the organisation's name.
#[component]
pub fn RemovalPage() -> impl IntoView {
    let removal = Resource::new(|| (), |()| own_removal());
    let waiting = || view! { <SettingsFrame tab=urls::MEMBERS><Skeleton label="Loading the form"/></SettingsFrame> };
    view! {
        <Suspense fallback=waiting>
            {move || Suspend::new(async move {
                match removal.await {
                    Ok(view) => view! { <Removal view/> }.into_any(),
                    Err(error) => view! { <Trouble title="Remove the organisation" error retry=urls::REMOVAL/> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Removal(view: OwnRemovalView) -> impl IntoView {
    let OwnRemovalView { organisation, grace_days, owns, operates } = view;
    let content = if !owns {
        view! { <Denied what="Only the owner has the organisation removed" who="The owner can hand the ownership over."/> }.into_any()
    } else if operates {
        view! { <Notice meaning=Meaning::Info title="This organisation runs the hub, and stays as long as the hub does."/> }.into_any()
    } else {
        view! { <RemovalForm organisation grace_days/> }.into_any()
    };
    view! { <SettingsFrame tab=urls::MEMBERS><Section title="Remove the organisation">{content}</Section></SettingsFrame> }.into_any()
}

#[component]
fn RemovalForm(organisation: String, grace_days: u32) -> impl IntoView {
    let when = match grace_days {
        0 => "At the hub's next look everything of it is gone for good.".to_owned(),
        days => {
            let days = counted(days.into(), "day");
            format!("For {days} those who run this hub can restore it; then everything of it is gone for good.")
        }
    };
    let words = format!("Nobody of {organisation} gets in any more, you included, and its work stops at once. {when}");
    view! {
        <p>{words}</p>
        <p><a href=urls::AUDIT>"Download the audit log"</a>" first, if it must be kept: it goes too."</p>
        <form method="post" action=RemoveOwnOrganisation::url() class="form">
            <FormErrors problem={refusal::<RemoveOwnOrganisation>()}>
                <Field label="The organisation's name" name="name" hint="To the letter, so that this is no mistake" required=true max_length=100 autocomplete="off"/>
                <div class="actions"><Button kind=ButtonKind::Danger>"Remove the organisation"</Button></div>
            </FormErrors>
        </form>
    }
    .into_any()
}
