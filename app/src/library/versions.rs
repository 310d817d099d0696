//! The versions of an asset, and making the next one.

use super::{calls::SubmitVersion, view::AssetRights};
use crate::{
    moment::{Moment, When},
    reading::refusal,
    ui::{
        Button, ButtonKind, Cell, Column, Field, FieldKind, FormErrors, HeadCell, Pager, Row, Section, Table, TextArea,
        format::counted,
    },
    urls,
};
use hub::library::{Asset, AssetVersion, VersionHead};
use leptos::{prelude::*, server_fn::ServerFn as _};
use leptos_router::hooks::use_query_map;

/// The tab of the versions.
#[component]
pub(super) fn Versions(
    asset: Asset,
    versions: Vec<(VersionHead, Moment)>,
    next: Option<String>,
    newest: Option<Box<AssetVersion>>,
    may: AssetRights,
) -> impl IntoView {
    let id = asset.id;
    let place = urls::asset_tab(id, "versions");
    let first = use_query_map().read_untracked().get("cursor").map(|_| place.clone());
    let next = next.map(|cursor| format!("{place}&cursor={cursor}"));
    let shown = counted(versions.len() as u64, "version");
    let columns = vec![
        Column::text("Version"),
        Column::text("Author"),
        Column::text("Approved by"),
        Column::text("Note"),
        Column::text("SHA-256"),
        Column::text("Made"),
    ];
    let line = |(head, made): (VersionHead, Moment)| {
        let short = head.sha256.get(..12).unwrap_or_default().to_owned();
        view! {
            <Row>
                <HeadCell href=urls::asset_version(id, head.number)>{format!("Version {}", head.number)}</HeadCell>
                <Cell label="Author">{head.author}</Cell>
                <Cell label="Approved by" quiet=true>{head.approved_by.unwrap_or_else(|| "–".to_owned())}</Cell>
                <Cell label="Note">{head.note}</Cell>
                <Cell label="SHA-256"><code title=head.sha256>{short}</code></Cell>
                <Cell label="Made" quiet=true><When moment=made/></Cell>
            </Row>
        }
    };
    let table = (!versions.is_empty()).then(|| {
        let lines = versions.into_iter().map(line).collect_view();
        view! { <Table caption="Versions" caption_hidden=true columns cards=true>{lines}</Table><Pager shown next first/> }
    });
    let form = may.write.then(|| view! { <NextForm id=id.to_string() newest reviews=may.reviews/> });
    view! { {table}{form} }.into_any()
}

#[component]
fn NextForm(id: String, newest: Option<Box<AssetVersion>>, reviews: bool) -> impl IntoView {
    let (content, uri) = newest.map(|newest| (newest.content, newest.head.uri)).unwrap_or_default();
    let (title, hint, words) = if reviews {
        ("Propose the next version", "Somebody else looks at it before it counts", "Propose")
    } else {
        ("Make the next version", "What is there stays as it is", "Make the version")
    };
    view! {
        <Section title hint>
            <form method="post" action=SubmitVersion::url() class="form">
                <FormErrors problem={refusal::<SubmitVersion>()} id="version">
                    <input type="hidden" name="id" value=id/>
                    <TextArea label="Content" name="content" value=content.unwrap_or_default() hint="Up to 200,000 characters; or give the address below" rows=10 code=true/>
                    <Field label="Address" name="uri" kind=FieldKind::Url value=uri.unwrap_or_default() hint="An https address in place of content"/>
                    <Field label="Note" name="note" hint="What is different; up to 500 characters" max_length=500/>
                    <div class="actions"><Button kind=ButtonKind::Primary>{words}</Button></div>
                </FormErrors>
            </form>
        </Section>
    }
    .into_any()
}
