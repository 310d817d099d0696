//! The reader's browser sessions.

use super::{
    browser,
    calls::{EndSession, list_sessions},
    page::SettingsFrame,
    view::SessionRow,
};
use crate::{
    moment::When,
    reading::{Trouble, refusal},
    ui::{Badge, Button, Cell, Column, FormErrors, HeadCell, Meaning, Row, Skeleton, SkeletonShape, Table},
    urls,
};
use leptos::{prelude::*, server_fn::ServerFn as _};

/// Where the reader is signed in.
#[component]
pub fn SessionsPage() -> impl IntoView {
    let sessions = Resource::new(|| (), |()| list_sessions());
    let waiting = || view! { <SettingsFrame tab=urls::SESSIONS><Skeleton shape=SkeletonShape::Table label="Loading sessions"/></SettingsFrame> };
    view! {
        <Suspense fallback=waiting>
            {move || Suspend::new(async move {
                match sessions.await {
                    Ok(sessions) => view! { <Sessions sessions/> }.into_any(),
                    Err(error) => view! { <Trouble title="Sessions" error retry=urls::SESSIONS/> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Sessions(sessions: Vec<SessionRow>) -> impl IntoView {
    let columns = vec![
        Column::text("Browser"),
        Column::text("Signed in"),
        Column::text("Last seen"),
        Column::text("Ends unless used"),
        Column::hidden("Actions"),
    ];
    view! {
        <SettingsFrame tab=urls::SESSIONS>
            <p class="section-hint">"Where you are signed in. End what you do not recognise."</p>
            <FormErrors problem={refusal::<EndSession>()} id="end">
                <Table caption="Sessions" caption_hidden=true columns cards=true>
                    {sessions.into_iter().map(|session| view! { <SessionLine session/> }).collect_view()}
                </Table>
            </FormErrors>
        </SettingsFrame>
    }
    .into_any()
}

#[component]
fn SessionLine(session: SessionRow) -> impl IntoView {
    let name = browser::name(&session.user_agent);
    let words = format!("End the session of {name}");
    let close = if session.current {
        view! { <Badge meaning=Meaning::Info word="This browser"/> }.into_any()
    } else {
        view! {
            <form method="post" action=EndSession::url()>
                <input type="hidden" name="id" value=session.id.to_string()/>
                <Button small=true><span aria-hidden="true">"End"</span><span class="visually-hidden">{words}</span></Button>
            </form>
        }
        .into_any()
    };
    view! {
        <Row current=session.current>
            <HeadCell><span title=session.user_agent>{name}</span></HeadCell>
            <Cell label="Signed in"><When moment=session.began/></Cell>
            <Cell label="Last seen"><When moment=session.seen/></Cell>
            <Cell label="Ends unless used" quiet=true><When moment=session.ends/></Cell>
            <Cell>{close}</Cell>
        </Row>
    }
    .into_any()
}
