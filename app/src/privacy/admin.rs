//! Everybody's requests.

use super::{
    calls::{AskForMember, TakeBackErasure, privacy_requests},
    frame::{PrivacyFrame, WHO, kind_words, state_badge},
    view::{RequestLine, RequestsView},
};
use crate::{
    moment::When,
    reading::{Trouble, refusal},
    ui::{
        Button, ButtonKind, Cell, Choice, Column, EmptyState, FormErrors, HeadCell, LinkButton, Pager, Row, Section,
        Select, Skeleton, SkeletonShape, Symbol, Table, format::counted,
    },
    urls,
};
use hub::{
    ids::UserId,
    privacy::{RequestKind, RequestState},
};
use leptos::{prelude::*, server_fn::ServerFn as _};
use leptos_router::hooks::use_query_map;

/// Who asked for what, and where it stands.
#[component]
pub fn PrivacyRequestsPage() -> impl IntoView {
    let query = use_query_map();
    let wanted = Memo::new(move |_| {
        let query = query.read();
        let typed = |name: &str| query.get(name).filter(|text| !text.is_empty());
        (typed("kind"), typed("state"), typed("cursor"))
    });
    let requests = Resource::new(move || wanted.get(), |(kind, state, cursor)| privacy_requests(kind, state, cursor));
    let waiting = || view! { <PrivacyFrame tab=urls::PRIVACY_REQUESTS><Skeleton shape=SkeletonShape::Table label="Loading requests"/></PrivacyFrame> };
    view! {
        <Suspense fallback=waiting>
            {move || Suspend::new(async move {
                let (kind, state, cursor) = wanted.get_untracked();
                match requests.await {
                    Ok(view) => view! { <Requests view kind state first=cursor.is_none()/> }.into_any(),
                    Err(error) => view! { <Trouble title="Privacy" error retry=urls::PRIVACY_REQUESTS who=WHO/> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Requests(view: RequestsView, kind: Option<String>, state: Option<String>, first: bool) -> impl IntoView {
    let RequestsView { requests, next, members, may_manage } = view;
    let address = |cursor: Option<&str>| urls::privacy_requests(kind.as_deref(), state.as_deref(), cursor);
    let next = next.map(|cursor| address(Some(&cursor)));
    let back = (!first).then(|| address(None));
    let content = if requests.is_empty() {
        let purpose = "Members ask for their data and for their erasure in their settings; you can ask for them here.";
        view! { <EmptyState title="No such requests" purpose symbol=Symbol::Lock/> }.into_any()
    } else {
        let shown = counted(requests.len() as u64, "request");
        let columns = vec![
            Column::text("Person"),
            Column::text("Request"),
            Column::text("State"),
            Column::text("Asked"),
            Column::text("Due"),
            Column::hidden("Actions"),
        ];
        let lines = requests.into_iter().map(|line| view! { <Line line may_manage/> }).collect_view();
        view! {
            <FormErrors problem={refusal::<TakeBackErasure>()} id="back">
                <Table caption="Privacy requests" caption_hidden=true columns cards=true>{lines}</Table>
            </FormErrors>
            <Pager shown next first=back/>
        }
        .into_any()
    };
    view! {
        <PrivacyFrame tab=urls::PRIVACY_REQUESTS>
            <Filters kind=kind.clone().unwrap_or_default() state=state.clone().unwrap_or_default()/>
            <div class="stack">{content}</div>
            {may_manage.then(|| view! { <Ask members/> })}
        </PrivacyFrame>
    }
    .into_any()
}

#[component]
fn Filters(kind: String, state: String) -> impl IntoView {
    let any = || std::iter::once(Choice::new("", "Any"));
    let kinds = RequestKind::ALL.into_iter().map(|kind| Choice::new(kind.as_str(), kind_words(kind)));
    let states = RequestState::ALL.into_iter().map(|state| Choice::new(state.as_str(), state.as_str()));
    let (kinds, states) = (any().chain(kinds).collect::<Vec<_>>(), any().chain(states).collect::<Vec<_>>());
    view! {
        <form method="get" action=urls::PRIVACY_REQUESTS class="filters" role="search" aria-label="Requests">
            <Select label="Kind of request" name="kind" choices=kinds value=kind/>
            <Select label="State" name="state" choices=states value=state/>
            <Button>"Filter"</Button>
        </form>
    }
    .into_any()
}

#[component]
fn Line(line: RequestLine, may_manage: bool) -> impl IntoView {
    let ready = line.is_ready();
    let request = line.request;
    let by = (request.asked_by != request.subject).then(|| format!(" by {}", request.asked_by));
    let due = line.due.map(|due| view! { <When moment=due/> });
    let waits = request.kind == RequestKind::Erasure && request.state == RequestState::Waiting;
    let actions = if may_manage && waits {
        let words = format!("Take back the erasure of {}", request.subject);
        view! {
            <form method="post" action=TakeBackErasure::url()>
                <input type="hidden" name="id" value=request.id.to_string()/>
                <input type="hidden" name="of_all" value="true"/>
                <Button small=true><span aria-hidden="true">"Take back"</span><span class="visually-hidden">{words}</span></Button>
            </form>
        }
        .into_any()
    } else if may_manage && ready {
        let page = urls::privacy_export(request.id, "html");
        view! { <LinkButton href=page small=true icon=Symbol::Download download="personal-data.html">"Download"</LinkButton> }
            .into_any()
    } else {
        ().into_any()
    };
    view! {
        <Row>
            <HeadCell>{request.subject}</HeadCell>
            <Cell label="Request">{kind_words(request.kind)}</Cell>
            <Cell label="State"><span>{state_badge(request.kind, request.state)}" "{request.reason}</span></Cell>
            <Cell label="Asked" quiet=true><span><When moment=line.asked/>{by}</span></Cell>
            <Cell label="Due">{due}</Cell>
            <Cell>{actions}</Cell>
        </Row>
    }
    .into_any()
}

#[component]
fn Ask(members: Vec<(UserId, String)>) -> impl IntoView {
    let members: Vec<_> = members.into_iter().map(|(id, email)| Choice::new(id.to_string(), email)).collect();
    let kinds = [("export", "An export of the data"), ("erasure", "The erasure, after a week")];
    let kinds = kinds.map(|(value, label)| Choice::new(value, label)).to_vec();
    view! {
        <Section title="Ask for a member" hint="For somebody who asked you, in a letter for example">
            <form method="post" action=AskForMember::url() class="form">
                <FormErrors problem={refusal::<AskForMember>()} id="ask">
                    <Select label="Member" name="member" choices=members/>
                    <Select label="What is asked for" name="kind" choices=kinds value="export"/>
                    <div class="actions"><Button kind=ButtonKind::Primary>"Ask"</Button></div>
                </FormErrors>
            </form>
        </Section>
    }
    .into_any()
}
