//! How the reader signs in: the password, second factors, recovery codes, remembered browsers.

use super::{
    browser,
    calls::{ChangePassword, ForgetDevice, MakeRecoveryCodes, RemoveFactor, StartApp, security},
    connections::ConnectionsSection,
    messages::why_not,
    page::SettingsFrame,
    view::{DeviceRow, FactorRow, SecurityView},
};
use crate::{
    moment::{Moment, When},
    reading::{Trouble, refusal},
    ui::{
        Button, ButtonKind, Cell, Column, Dialog, Field, FieldKind, FormErrors, HeadCell, LinkButton, Meaning, Notice,
        Row, Section, Skeleton, Table,
    },
    urls,
};
use hub::identity::{FactorKind, MessageOffer, RecoveryState};
use leptos::{prelude::*, server_fn::ServerFn as _};
use leptos_router::hooks::use_query_map;

/// How the reader signs in.
#[component]
pub fn SecurityPage() -> impl IntoView {
    let query = use_query_map();
    let refused = Memo::new(move |_| query.read().get("done").as_deref() == Some("refused"));
    let security = Resource::new(move || refused.get(), security);
    let waiting = || view! { <SettingsFrame tab=urls::SECURITY><Skeleton label="Loading how you sign in" rows=6/></SettingsFrame> };
    view! {
        <Suspense fallback=waiting>
            {move || Suspend::new(async move {
                match security.await {
                    Ok(view) => view! { <Security view/> }.into_any(),
                    Err(error) => view! { <Trouble title="How you sign in" error retry=urls::SECURITY/> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Security(view: SecurityView) -> impl IntoView {
    let SecurityView { factors, recovery, made, devices, takes_credentials, needed, kinds, messages, .. } = view;
    let refused = view.refused.map(|title| view! { <Notice meaning=Meaning::Fail title live=true/> });
    let has_factors = !factors.is_empty();
    view! {
        <SettingsFrame tab=urls::SECURITY>
            {done()}{refused}
            <FactorsSection factors offered=(kinds, takes_credentials, messages) needed/>
            {has_factors.then(|| view! { <RecoverySection recovery made/> })}
            {(!devices.is_empty()).then(|| view! { <DevicesSection devices/> })}
            <ConnectionsSection connections=view.connections connectable=view.connectable/>
            {view.has_password.then(|| view! { <PasswordSection/> })}
        </SettingsFrame>
    }
    .into_any()
}

/// What was just done.
fn done() -> Option<impl IntoView> {
    let what = use_query_map().read_untracked().get("done")?;
    let title = match what.as_str() {
        "enrolled" => "You are signed in. Make recovery codes now, for the day when your second factor is lost.",
        "factor" => "The second factor is added. It is asked for at your next sign-in.",
        "connected" => "The account is connected. You can sign in with it from now on.",
        "password" => "The password is changed. Every other session of yours has ended.",
        _ => return None,
    };
    Some(view! { <Notice meaning=Meaning::Pass title live=true/> })
}

#[component]
fn FactorsSection(
    factors: Vec<FactorRow>,
    offered: (Vec<FactorKind>, bool, MessageOffer),
    needed: bool,
) -> impl IntoView {
    let columns = vec![
        Column::text("Second factor"),
        Column::text("Kind"),
        Column::text("Added"),
        Column::text("Last used"),
        Column::hidden("Actions"),
    ];
    let hint = if needed {
        "Your role needs one. It is asked for after the password"
    } else {
        "Asked for after the password, so that the password alone opens nothing"
    };
    let table = if factors.is_empty() {
        view! { <p>"You have none yet: whoever learns your password can sign in."</p> }.into_any()
    } else {
        view! {
            <FormErrors problem={refusal::<RemoveFactor>()} id="remove">
                <Table caption="Second factors" caption_hidden=true columns cards=true>
                    {factors.into_iter().map(|row| view! { <FactorLine row/> }).collect_view()}
                </Table>
            </FormErrors>
        }
        .into_any()
    };
    view! { <Section title="Second factors" hint>{table}<AddFactor offered/></Section> }.into_any()
}

#[component]
fn FactorLine(row: FactorRow) -> impl IntoView {
    let (id, name) = (row.factor.id.to_string(), row.factor.name);
    let title = format!("Remove {name}?");
    let number = row.factor.number.map(|number| format!(" to {number}"));
    view! {
        <Row>
            <HeadCell>{name}</HeadCell>
            <Cell label="Kind">{row.factor.kind.words()}{number}</Cell>
            <Cell label="Added" quiet=true><When moment=row.added/></Cell>
            <Cell label="Last used" quiet=true>{when_or_never(row.used)}</Cell>
            <Cell>
                <Dialog id=format!("remove-{id}") title open="Remove" small=true>
                    <form method="post" action=RemoveFactor::url() class="stack">
                        <p>"It does not sign you in any more. With the last one your recovery codes and remembered browsers end too."</p>
                        <input type="hidden" name="id" value=id.clone()/>
                        <div class="actions"><Button kind=ButtonKind::Danger>"Remove it"</Button></div>
                    </form>
                </Dialog>
            </Cell>
        </Row>
    }
    .into_any()
}

pub(super) fn when_or_never(moment: Option<Moment>) -> impl IntoView {
    match moment {
        Some(moment) => view! { <When moment/> }.into_any(),
        None => "Never".into_any(),
    }
}

#[component]
fn AddFactor(offered: (Vec<FactorKind>, bool, MessageOffer)) -> impl IntoView {
    let (kinds, takes_credentials, messages) = offered;
    let counts = |kind: FactorKind| kinds.contains(&kind);
    let link = |kind: FactorKind, words: &'static str| {
        (takes_credentials && counts(kind))
            .then(|| view! { <LinkButton href=urls::new_credential(kind)>{words}</LinkButton> })
    };
    let passkey = link(FactorKind::Passkey, "Add a passkey");
    let key = link(FactorKind::SecurityKey, "Add a security key");
    let none = (!takes_credentials).then(|| {
        view! { <p class="field-hint">"Browsers take passkeys and security keys only at a name with https, or at localhost."</p> }
    });
    let app = counts(FactorKind::Totp).then(|| view! { <Button>"Add an authenticator app"</Button> });
    let messages = match why_not(messages) {
        Some(why) => view! { <p class="field-hint">{why}</p> }.into_any(),
        None => view! {
            <p class="field-hint">
                "None of these at hand? "<a href=urls::NEW_MESSAGES>"Add a number for text messages"</a>
                ", which is weaker: numbers can be taken over."
            </p>
        }
        .into_any(),
    };
    view! {
        <form method="post" action=StartApp::url()>
            <FormErrors problem={refusal::<StartApp>()} id="app">
                <div class="actions">{app}{passkey}{key}</div>
                {none}{messages}
            </FormErrors>
        </form>
    }
    .into_any()
}

#[component]
fn RecoverySection(recovery: RecoveryState, made: Option<Moment>) -> impl IntoView {
    let state = match made {
        Some(moment) => {
            let left = match recovery.left {
                0 => "None is left of those made ".to_owned(),
                1 => "One is left of those made ".to_owned(),
                left => format!("{left} are left of those made "),
            };
            view! { <p>{left}<When moment/>"."</p> }.into_any()
        }
        None => view! { <p>"You have none. Without them, a lost second factor locks you out."</p> }.into_any(),
    };
    view! {
        <Section title="Recovery codes" hint="Each signs you in once in the place of a second factor">
            {state}
            <form method="post" action=MakeRecoveryCodes::url()>
                <FormErrors problem={refusal::<MakeRecoveryCodes>()} id="codes">
                    <div class="actions"><Button>"Make new recovery codes"</Button></div>
                </FormErrors>
            </form>
        </Section>
    }
    .into_any()
}

#[component]
fn DevicesSection(devices: Vec<DeviceRow>) -> impl IntoView {
    let columns = vec![
        Column::text("Browser"),
        Column::text("Since"),
        Column::text("Last sign-in"),
        Column::text("Until"),
        Column::hidden("Actions"),
    ];
    let line = |row: DeviceRow| {
        let name = browser::name(&row.user_agent);
        let words = format!("Forget {name}");
        view! {
            <Row>
                <HeadCell><span title=row.user_agent>{name}</span></HeadCell>
                <Cell label="Since" quiet=true><When moment=row.since/></Cell>
                <Cell label="Last sign-in" quiet=true>{when_or_never(row.used)}</Cell>
                <Cell label="Until"><When moment=row.until/></Cell>
                <Cell>
                    <form method="post" action=ForgetDevice::url()>
                        <input type="hidden" name="id" value=row.id.to_string()/>
                        <Button small=true><span aria-hidden="true">"Forget"</span><span class="visually-hidden">{words}</span></Button>
                    </form>
                </Cell>
            </Row>
        }
    };
    view! {
        <Section title="Remembered browsers" hint="A second factor is not asked for here until they end">
            <FormErrors problem={refusal::<ForgetDevice>()} id="forget">
                <Table caption="Remembered browsers" caption_hidden=true columns cards=true>
                    {devices.into_iter().map(line).collect_view()}
                </Table>
            </FormErrors>
        </Section>
    }
    .into_any()
}

#[component]
fn PasswordSection() -> impl IntoView {
    view! {
        <Section title="Password" hint="Changing it ends your other sessions">
            <form method="post" action=ChangePassword::url() class="form">
                <FormErrors problem={refusal::<ChangePassword>()} argument="request" id="password">
                    <Field label="Current password" name="request[current]" kind=FieldKind::Password required=true autocomplete="current-password"/>
                    <Field label="New password" name="request[password]" kind=FieldKind::Password hint="12 to 256 characters" required=true autocomplete="new-password"/>
                    <div class="actions"><Button>"Change the password"</Button></div>
                </FormErrors>
            </form>
        </Section>
    }
    .into_any()
}
