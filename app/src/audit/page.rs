//! The entries of the audit log.

use super::{
    calls::list_audit,
    view::{AuditFilter, AuditView, EntryView},
};
use crate::{
    moment::When,
    reading::Trouble,
    ui::{
        Button, Cell, Choice, CodeBlock, Column, EmptyState, Field, HeadCell, KeyValue, KeyValues, LinkButton, Meaning,
        Notice, Page, Pager, Row, Select, Skeleton, SkeletonShape, Symbol, Table, format::count,
    },
    urls,
};
use hub::Kind;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// Who can let a reader in.
pub(super) const WHO: &str =
    "Auditors, admins and owners read the audit log. An owner of this organisation can give you such a role.";
/// Characters of an id that are shown to recognise it by: the random end, for ids begin with their time.
const SHORT_ID: usize = 8;

/// The audit log, newest first.
#[component]
pub fn AuditPage() -> impl IntoView {
    let query = use_query_map();
    let filter = Memo::new(move |_| {
        let query = query.read();
        let typed = |name: &str| query.get(name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        AuditFilter {
            cursor: typed("cursor"),
            action: typed("action"),
            object_id: typed("object_id"),
            object: typed("object"),
            actor: typed("actor"),
            since: typed("since"),
            until: typed("until"),
            outcome: typed("outcome"),
        }
    });
    let entries = Resource::new(move || filter.get(), list_audit);
    let waiting = || view! { <Page title="Audit"><Skeleton shape=SkeletonShape::Table rows=8 label="Loading the audit log"/></Page> };
    view! {
        <Suspense fallback=waiting>
            {move || Suspend::new(async move {
                match entries.await {
                    Ok(view) => view! { <Entries view filter=filter.get_untracked()/> }.into_any(),
                    Err(error) if error.kind == Kind::Invalid => view! { <Refused what=error.message filter=filter.get_untracked()/> }.into_any(),
                    Err(error) => view! { <Trouble title="Audit" error retry=urls::AUDIT who=WHO/> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

/// The filter was not understood: it stays, beside what is wrong with it.
#[component]
fn Refused(what: String, filter: AuditFilter) -> impl IntoView {
    view! {
        <Page title="Audit">
            <Filters filter/>
            <Notice meaning=Meaning::Fail title=what live=true/>
        </Page>
    }
    .into_any()
}

#[component]
fn Entries(view: AuditView, filter: AuditFilter) -> impl IntoView {
    let (lines, table) = (urls::audit_export("jsonl", &view.export), urls::audit_export("csv", &view.export));
    let actions = move || {
        view! {
            <LinkButton href=lines.clone() icon=Symbol::Download download="audit.jsonl">"JSON lines"</LinkButton>
            <LinkButton href=table.clone() icon=Symbol::Download download="audit.csv">"CSV"</LinkButton>
            <LinkButton href=urls::AUDIT_CHECKPOINT icon=Symbol::Download download="audit-checkpoint.txt">"Checkpoint"</LinkButton>
            <LinkButton href=urls::AUDIT_CHECK icon=Symbol::Check>"Verify the log"</LinkButton>
        }
    };
    view! {
        <Page title="Audit" lead="Everything that changed something. Entries are chained in a Merkle tree, so that an edit shows." actions>
            <Filters filter=filter.clone()/>
            <EntriesTable view filter/>
        </Page>
    }
    .into_any()
}

#[component]
fn Filters(filter: AuditFilter) -> impl IntoView {
    let outcomes = [("", "Any"), ("done", "Done"), ("negative", "Refused, failed or stopped")];
    let outcomes = outcomes.map(|(value, label)| Choice::new(value, label)).to_vec();
    let clear = filter.narrows().then(|| view! { <LinkButton href=urls::AUDIT>"Show all"</LinkButton> });
    view! {
        <form method="get" action=urls::AUDIT class="filters" role="search" aria-label="Entries">
            <Field label="Action begins with" name="action" value=filter.action.unwrap_or_default() placeholder="gate.policy" quiet=true/>
            <Field label="Who" name="actor" value=filter.actor.unwrap_or_default() placeholder="ada@example.com" quiet=true/>
            <Field label="Kind of thing" name="object" value=filter.object.unwrap_or_default() placeholder="policy" quiet=true/>
            <Field label="About the thing with id" name="object_id" value=filter.object_id.unwrap_or_default() quiet=true/>
            <Field label="From" name="since" value=filter.since.unwrap_or_default() placeholder="2026-03-01" quiet=true/>
            <Field label="To" name="until" value=filter.until.unwrap_or_default() placeholder="2026-03-31" quiet=true/>
            <Select label="Result" name="outcome" choices=outcomes value=filter.outcome.unwrap_or_default()/>
            <Button>"Filter"</Button>
            {clear}
        </form>
    }
    .into_any()
}

#[component]
fn EntriesTable(view: AuditView, filter: AuditFilter) -> impl IntoView {
    if view.entries.is_empty() {
        let (title, purpose) = match filter.narrows() {
            true => ("No entry matches", "An action matches whole, or up to one of its dots: gate, gate.policy."),
            false => ("Nothing happened yet", "What changes something is written here, and stays."),
        };
        return view! { <EmptyState title purpose symbol=Symbol::Audit/> }.into_any();
    }
    let shown = entries(view.entries.len() as u64);
    let next = view.next.map(|cursor| address(&AuditFilter { cursor: Some(cursor), ..filter.clone() }));
    let first = filter.cursor.is_some().then(|| address(&AuditFilter { cursor: None, ..filter }));
    let columns = vec![
        Column::text("When"),
        Column::text("Who"),
        Column::text("What"),
        Column::text("To"),
        Column::number("Entry", ""),
    ];
    view! {
        <div class="stack">
            <Table caption="Audit entries, newest first" caption_hidden=true columns cards=true>
                {view.entries.into_iter().map(|entry| view! { <EntryLine entry/> }).collect_view()}
            </Table>
            <Pager shown next first/>
        </div>
    }
    .into_any()
}

#[component]
fn EntryLine(entry: EntryView) -> impl IntoView {
    let about = address(&AuditFilter { object_id: Some(entry.object_id.clone()), ..AuditFilter::default() });
    let short: String = entry.object_id.chars().rev().take(SHORT_ID).collect::<Vec<_>>().into_iter().rev().collect();
    let to = format!("{} …{short}", entry.object);
    let (at, actor, seq, id) = (entry.at.clone(), entry.actor.clone(), entry.seq, entry.object_id.clone());
    view! {
        <Row>
            <HeadCell><When moment=at/></HeadCell>
            <Cell label="Who">{actor}</Cell>
            <Cell label="What"><EntryDetail entry/></Cell>
            <Cell label="To"><a class="audit-object" href=about title=id>{to}</a></Cell>
            <Cell label="Entry" number=true quiet=true>{seq}</Cell>
        </Row>
    }
    .into_any()
}

#[component]
fn EntryDetail(entry: EntryView) -> impl IntoView {
    let detail = (!entry.detail.is_empty()).then(|| view! { <CodeBlock code=entry.detail caption="Particulars"/> });
    let proof = format!("audit-entry-{}.json", entry.seq);
    let person =
        entry.person.map(|number| view! { <KeyValue name="In evidence packs">{format!("person {number}")}</KeyValue> });
    view! {
        <details class="disclosure audit-detail">
            <summary><code>{entry.action}</code></summary>
            <div class="stack">
                <KeyValues>
                    <KeyValue name="Time">{entry.at.at}</KeyValue>
                    <KeyValue name="Id"><code>{entry.object_id}</code></KeyValue>
                    {person}
                    <KeyValue name="Leaf hash"><code>{entry.leaf_hash}</code></KeyValue>
                </KeyValues>
                {detail}
                <div class="actions">
                    <LinkButton href=urls::audit_proof(entry.seq) small=true icon=Symbol::Download download=proof>"Proof"</LinkButton>
                </div>
            </div>
        </details>
    }
    .into_any()
}

/// How many entries, in words.
pub(super) fn entries(size: u64) -> String {
    if size == 1 { "1 entry".to_owned() } else { format!("{} entries", count(size)) }
}

/// The address that shows what a filter lets through.
fn address(filter: &AuditFilter) -> String {
    let parts = [
        ("action", &filter.action),
        ("actor", &filter.actor),
        ("object", &filter.object),
        ("object_id", &filter.object_id),
        ("since", &filter.since),
        ("until", &filter.until),
        ("outcome", &filter.outcome),
        ("cursor", &filter.cursor),
    ];
    let part = |(name, value): (&str, &Option<String>)| Some(format!("{name}={}", urls::url_encoded(value.as_ref()?)));
    let query: Vec<_> = parts.into_iter().filter_map(part).collect();
    if query.is_empty() { urls::AUDIT.to_owned() } else { format!("{}?{}", urls::AUDIT, query.join("&")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_says_the_whole_filter() {
        let text = |text: &str| Some(text.to_owned());
        let filter = AuditFilter { cursor: text("41"), action: text("gate policy"), ..AuditFilter::default() };
        assert_eq!(address(&filter), "/audit?action=gate%20policy&cursor=41");
        assert_eq!(address(&AuditFilter::default()), "/audit");
    }
}
