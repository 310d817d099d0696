//! What the search found.

use super::{calls::search, view::FoundView};
use crate::{
    lab::RunsTable,
    reading::Trouble,
    ui::{Cell, Column, EmptyState, HeadCell, Page, Row, Section, Skeleton, Symbol, Table},
    urls,
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// The results of a search; the address holds the text.
#[component]
pub fn SearchPage() -> impl IntoView {
    let query = use_query_map();
    let text = Memo::new(move |_| query.read().get("q").unwrap_or_default());
    let found = Resource::new(move || text.get(), search);
    let waiting = || view! { <Page title="Search"><Skeleton rows=5 label="Searching"/></Page> };
    view! {
        <Suspense fallback=waiting>
            {move || Suspend::new(async move {
                match found.await {
                    Ok(found) => view! { <Results found text=text.get_untracked()/> }.into_any(),
                    Err(error) => view! { <Trouble title="Search" error retry=urls::SEARCH/> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Results(found: FoundView, text: String) -> impl IntoView {
    let content = if found.is_empty() {
        let title = match text.trim() {
            "" => "Search for a system, a version or a page".to_owned(),
            text => format!("Nothing is called “{text}”"),
        };
        view! { <EmptyState title purpose="Systems are found by a part of their name, benchmarks by a part of their version." symbol=Symbol::Search/> }.into_any()
    } else {
        view! { <Kinds found/> }.into_any()
    };
    view! { <Page title="Search" lead="Systems, benchmarks and pages; the newest of each kind.">{content}</Page> }
        .into_any()
}

#[component]
fn Kinds(found: FoundView) -> impl IntoView {
    let systems = found.systems.into_iter().map(|system| (system.name, urls::system(system.id), system.description));
    let places = found.places.into_iter().map(|place| (place.name, place.href, String::new()));
    let systems = names("Systems", "System", systems.collect());
    let places = names("Pages", "Page", places.collect());
    let runs = (!found.runs.is_empty()).then(|| {
        view! { <Section title="Benchmarks"><RunsTable runs=found.runs next=None first=true system=None/></Section> }
    });
    view! { {systems}{runs}{places} }.into_any()
}

/// A table of names that lead somewhere, each with a word about it.
fn names(title: &'static str, head: &'static str, rows: Vec<(String, String, String)>) -> Option<impl IntoView> {
    let line = |(name, href, words): (String, String, String)| {
        view! { <Row><HeadCell href>{name}</HeadCell><Cell label="About" quiet=true>{words}</Cell></Row> }
    };
    (!rows.is_empty()).then(|| {
        let columns = vec![Column::text(head), Column::text("About")];
        view! {
            <Section title>
                <Table caption=title caption_hidden=true columns cards=true>{rows.into_iter().map(line).collect_view()}</Table>
            </Section>
        }
    })
}
