//! The inbox.

use super::{
    calls::{ReadAllNotifications, ReadNotification, list_notifications},
    view::{InboxLine, InboxView, words_of},
};
use crate::{
    moment::When,
    reading::{Trouble, refusal},
    ui::{
        Badge, Button, ButtonKind, Choice, EmptyState, FormErrors, LinkButton, Page, Pager, Select, Skeleton,
        SkeletonShape, Symbol, Tab, Tabs, format::counted,
    },
    urls,
};
use hub::notifications::NotificationKind;
use leptos::{prelude::*, server_fn::ServerFn as _};
use leptos_router::hooks::use_query_map;

/// What the reader was told, newest first.
#[component]
pub fn NotificationsPage() -> impl IntoView {
    let query = use_query_map();
    let wanted = Memo::new(move |_| {
        let query = query.read();
        let typed = |name: &str| query.get(name).filter(|text| !text.is_empty());
        (typed("show").as_deref() == Some("all"), typed("kind"), typed("cursor"))
    });
    let inbox = Resource::new(move || wanted.get(), |(all, kind, cursor)| list_notifications(all, kind, cursor));
    let waiting = || view! { <Page title="Notifications"><Skeleton shape=SkeletonShape::Table rows=6 label="Loading notifications"/></Page> };
    view! {
        <Suspense fallback=waiting>
            {move || Suspend::new(async move {
                match inbox.await {
                    Ok(view) => view! { <Inbox view first=wanted.get_untracked().2.is_none()/> }.into_any(),
                    Err(error) => view! { <Trouble title="Notifications" error retry=urls::NOTIFICATIONS/> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

fn actions(unread: u64) -> impl IntoView {
    let read_all = (unread > 0).then(|| {
        view! { <form method="post" action=ReadAllNotifications::url()><Button icon=Symbol::Check>"Mark all as read"</Button></form> }
    });
    view! { {read_all}<LinkButton href=urls::NOTIFICATION_CHOICES kind=ButtonKind::Quiet icon=Symbol::Settings>"Choose"</LinkButton> }
}

#[component]
fn Inbox(view: InboxView, first: bool) -> impl IntoView {
    let InboxView { lines, next, all, kind, unread } = view;
    let tabs = vec![
        Tab::new("Unread", urls::notifications(false, kind, None), !all).with_count(unread),
        Tab::new("All", urls::notifications(true, kind, None), all),
    ];
    let content = if lines.is_empty() {
        view! { <Nothing all=all || kind.is_some()/> }.into_any()
    } else {
        let shown = counted(lines.len() as u64, "notification");
        let next = next.map(|cursor| urls::notifications(all, kind, Some(&cursor)));
        let back = (!first).then(|| urls::notifications(all, kind, None));
        let lines = lines.into_iter().map(|line| view! { <Line line/> }.into_any()).collect::<Vec<_>>();
        view! { <div class="stack"><ul class="needs inbox">{lines}</ul><Pager shown next first=back/></div> }.into_any()
    };
    let problem = refusal::<ReadNotification>().or_else(refusal::<ReadAllNotifications>);
    view! {
        <Page title="Notifications" lead="What happened without you. Kept for 90 days." actions=move || actions(unread)>
            <Tabs label="Notifications" tabs/>
            <Filters all kind/>
            <FormErrors problem>{content}</FormErrors>
        </Page>
    }
    .into_any()
}

#[component]
fn Filters(all: bool, kind: Option<NotificationKind>) -> impl IntoView {
    let kinds = NotificationKind::ALL.into_iter().map(|kind| Choice::new(kind.as_str(), words_of(kind).1));
    let choices: Vec<_> = std::iter::once(Choice::new("", "Every kind")).chain(kinds).collect();
    let value = kind.map(NotificationKind::as_str).unwrap_or_default();
    view! {
        <form method="get" action=urls::NOTIFICATIONS class="filters" role="search" aria-label="Notifications">
            {all.then(|| view! { <input type="hidden" name="show" value="all"/> })}
            <Select label="Kind" name="kind" choices value/>
            <Button>"Filter"</Button>
        </form>
    }
    .into_any()
}

#[component]
fn Nothing(all: bool) -> impl IntoView {
    let title = if all { "No such notifications" } else { "Nothing is unread" };
    let purpose =
        "Failed benchmarks, blocked versions and schedules that stopped appear here, for members who want to know.";
    view! { <EmptyState title purpose symbol=Symbol::Bell/> }.into_any()
}

#[component]
fn Line(line: InboxLine) -> impl IntoView {
    let (meaning, word) = words_of(line.kind);
    let read = (!line.is_read).then(|| {
        let name = format!("Mark as read: {}", line.title);
        view! {
            <form method="post" action=ReadNotification::url()>
                <input type="hidden" name="id" value=line.id.to_string()/>
                <button class="button button-quiet button-icon button-small" type="submit" aria-label=name title="Mark as read">
                    <crate::ui::Icon symbol=Symbol::Check small=true/>
                </button>
            </form>
        }
    });
    let class = if line.is_read { "need inbox-line is-read" } else { "need inbox-line" };
    view! {
        <li class=class>
            <span class="need-badge"><Badge meaning word/></span>
            <div class="need-words">
                <p><a class="need-link" href=line.href>{line.title}</a></p>
                <p class="need-reason breakable">{line.body}</p>
            </div>
            <span class="need-time inbox-end"><When moment=line.at/>{read}</span>
        </li>
    }
    .into_any()
}
