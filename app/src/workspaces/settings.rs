//! How a workspace is: name, description, reviews, archive.

use super::{
    calls::{ArchiveWorkspace, ChangeWorkspace},
    view::WorkspaceItem,
};
use crate::{
    reading::refusal,
    ui::{Button, ButtonKind, Checkbox, Field, FormErrors, KeyValue, KeyValues, Meaning, Notice, Section, TextArea},
};
use hub::access::WorkspacePermission;
use leptos::{prelude::*, server_fn::ServerFn as _};
use leptos_router::hooks::use_query_map;

/// The tab of the settings.
#[component]
pub(super) fn Settings(item: WorkspaceItem, may_write: bool) -> impl IntoView {
    let WorkspaceItem { workspace, archived, .. } = item;
    let is_archived = archived.is_some();
    let describes = may_write && !is_archived && workspace.role.may(WorkspacePermission::Describe);
    let owns = may_write && workspace.role.may(WorkspacePermission::Own);
    let saved = use_query_map().read_untracked().get("saved").is_some();
    let saved = saved.then(|| view! { <Notice meaning=Meaning::Pass title="The settings are saved." live=true/> });
    let reviews = if workspace.review_changes { "Changes need a review" } else { "Changes need no review" };
    let facts = view! {
        <KeyValues>
            <KeyValue name="Made by">{workspace.created_by.clone()}</KeyValue>
            <KeyValue name="Reviews">{reviews}</KeyValue>
            <KeyValue name="Id"><code>{workspace.id.to_string()}</code></KeyValue>
        </KeyValues>
    };
    let review = owns.then(|| {
        view! {
            <input type="hidden" name="owns" value="true"/>
            <Checkbox label="Changes need a review" name="review_changes" checked=workspace.review_changes
                hint="New versions of its assets are proposed, and somebody else approves them"/>
        }
    });
    let id = workspace.id.to_string();
    let change = describes.then(|| {
        view! {
            <Section title="Change">
                <form method="post" action=ChangeWorkspace::url() class="form">
                    <FormErrors problem={refusal::<ChangeWorkspace>()} id="change">
                        <input type="hidden" name="id" value=id.clone()/>
                        <Field label="Name" name="name" value=workspace.name.clone() hint="1 to 100 characters" required=true max_length=100/>
                        <TextArea label="Description" name="description" value=workspace.description.clone() hint="Up to 2,000 characters" rows=3/>
                        {review}
                        <div class="actions"><Button kind=ButtonKind::Primary>"Save"</Button></div>
                    </FormErrors>
                </form>
            </Section>
        }
    });
    let archive = owns.then(|| view! { <Archive id=workspace.id.to_string() is_archived/> });
    view! { {saved}<Section title="Workspace">{facts}</Section>{change}{archive} }.into_any()
}

#[component]
fn Archive(id: String, is_archived: bool) -> impl IntoView {
    let (title, words, button) = if is_archived {
        ("Bring it back", "Its members can change what is in it again.", "Bring the workspace back")
    } else {
        (
            "Archive",
            "Nothing in it changes any more. Its assets stay readable, and what systems use goes on.",
            "Archive the workspace",
        )
    };
    let kind = if is_archived { ButtonKind::Secondary } else { ButtonKind::Danger };
    view! {
        <Section title=title hint=words>
            <form method="post" action=ArchiveWorkspace::url()>
                <FormErrors problem={refusal::<ArchiveWorkspace>()} id="archive">
                    <input type="hidden" name="id" value=id/>
                    <input type="hidden" name="archived" value=(!is_archived).to_string()/>
                    <Button kind>{button}</Button>
                </FormErrors>
            </form>
        </Section>
    }
    .into_any()
}
