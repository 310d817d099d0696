//! Choosing what one is told.

use super::{
    calls::{ChooseNotifications, notification_choices},
    view::{hint_of, words_of, words_of_reach},
};
use crate::{
    reading::{Trouble, refusal},
    settings::SettingsFrame,
    ui::{Button, ButtonKind, Choice, FormErrors, Meaning, Notice, Select, Skeleton},
    urls,
};
use hub::notifications::{Choices, NotificationKind, Reach};
use leptos::{prelude::*, server_fn::ServerFn as _};
use leptos_router::hooks::use_query_map;

/// What the reader wants to be told, kind by kind.
#[component]
pub fn ChoicesPage() -> impl IntoView {
    let query = use_query_map();
    let chosen = Memo::new(move |_| query.read().get("chosen").is_some());
    let choices = Resource::new(|| (), |()| notification_choices());
    let waiting = || view! { <SettingsFrame tab=urls::NOTIFICATION_CHOICES><Skeleton label="Loading your choices" rows=6/></SettingsFrame> };
    view! {
        <Suspense fallback=waiting>
            {move || Suspend::new(async move {
                match choices.await {
                    Ok(choices) => view! { <Fields choices chosen=chosen.get_untracked()/> }.into_any(),
                    Err(error) => view! { <Trouble title="Notifications" error retry=urls::NOTIFICATION_CHOICES/> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Fields(choices: Choices, chosen: bool) -> impl IntoView {
    let kept = chosen
        .then(|| view! { <Notice meaning=Meaning::Pass title="Kept"><p>"It counts for what happens from now on."</p></Notice> });
    let field = |kind: NotificationKind| {
        let reaches = Reach::ALL.map(|reach| Choice::new(reach.as_str(), words_of_reach(reach))).to_vec();
        let (name, value) = (format!("request[{}]", kind.as_str()), choices.of(kind).as_str());
        view! { <Select label=words_of(kind).1 name choices=reaches value hint=hint_of(kind)/> }.into_any()
    };
    let fields: Vec<_> = NotificationKind::ALL.into_iter().map(field).collect();
    view! {
        <SettingsFrame tab=urls::NOTIFICATION_CHOICES>
            {kept}
            <p class="section-hint">"Mine is what you started or own. For admins and owners it is also what nobody who is still here started, such as the runs of a key."</p>
            <form method="post" action=ChooseNotifications::url() class="form">
                <FormErrors problem={refusal::<ChooseNotifications>()} argument="request">
                    {fields}
                    <div class="actions"><Button kind=ButtonKind::Primary>"Keep"</Button></div>
                </FormErrors>
            </form>
        </SettingsFrame>
    }
    .into_any()
}
