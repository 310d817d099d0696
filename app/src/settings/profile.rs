//! What the reader is called.

use super::{
    page::SettingsFrame,
    profile_calls::{ChangeProfile, own_profile},
};
use crate::{
    reading::{Trouble, refusal},
    ui::{Button, ButtonKind, Field, FormErrors, Meaning, Notice, Section, Skeleton},
    urls,
};
use hub::identity::Profile;
use leptos::{prelude::*, server_fn::ServerFn as _};
use leptos_router::hooks::use_query_map;

/// What the reader is called, and changing it.
#[component]
pub fn ProfilePage() -> impl IntoView {
    let profile = Resource::new(|| (), |()| own_profile());
    let waiting =
        || view! { <SettingsFrame tab=urls::PROFILE><Skeleton label="Loading your profile"/></SettingsFrame> };
    view! {
        <Suspense fallback=waiting>
            {move || Suspend::new(async move {
                match profile.await {
                    Ok(profile) => view! { <Shown profile/> }.into_any(),
                    Err(error) => view! { <Trouble title="Your profile" error retry=urls::PROFILE/> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Shown(profile: Profile) -> impl IntoView {
    let saved = use_query_map().read_untracked().get("saved");
    let saved = saved.map(|_| view! { <Notice meaning=Meaning::Pass title="Your name is changed." live=true/> });
    let account = format!("{}, {}", profile.email, profile.role);
    let body = if profile.kept_by_directory {
        view! {
            <p>{profile.name}</p>
            <p class="section-hint">"Your organisation's directory keeps your name. Have it changed there: it would set it again."</p>
        }
        .into_any()
    } else {
        view! {
            <form method="post" action=ChangeProfile::url() class="form">
                <FormErrors problem={refusal::<ChangeProfile>()} argument="request">
                    <Field label="Name" name="request[name]" value=profile.name hint="What others see you called; your address when empty"
                        autocomplete="name" max_length=254/>
                    <div class="actions"><Button kind=ButtonKind::Primary>"Change the name"</Button></div>
                </FormErrors>
            </form>
        }
        .into_any()
    };
    view! {
        <SettingsFrame tab=urls::PROFILE>
            {saved}
            <Section title="Your profile" hint=account>{body}</Section>
        </SettingsFrame>
    }
    .into_any()
}
