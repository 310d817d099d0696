//! A check of the whole audit log.

use super::{
    calls::check_audit,
    page::{WHO, entries},
    view::CheckView,
};
use crate::{
    moment::When,
    reading::Trouble,
    ui::{
        Answer, Button, ButtonKind, Crumb, Failed, KeyValue, KeyValues, LinkButton, Meaning, Page, Section, Skeleton,
        Symbol, TextArea,
        format::{count, counted},
    },
    urls,
};
use hub::{
    Kind,
    audit::{Damage, Verification},
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// Reads the whole log, optionally against a checkpoint that somebody kept, and says what is wrong.
#[component]
pub fn AuditCheckPage() -> impl IntoView {
    let query = use_query_map();
    let checkpoint = Memo::new(move |_| query.read().get("checkpoint").filter(|note| !note.trim().is_empty()));
    let check = Resource::new(move || checkpoint.get(), |note| check_audit(note.map(|note| as_note(&note))));
    let waiting = || view! { <Page title="Verify the audit log"><Skeleton label="Reading the log"/></Page> };
    view! {
        <Suspense fallback=waiting>
            {move || Suspend::new(async move {
                let note = checkpoint.get_untracked();
                match check.await {
                    Ok(view) => view! { <Found view note/> }.into_any(),
                    Err(error) if error.kind == Kind::Invalid => view! {
                        <Framed>
                            <Failed what=error.message retry=urls::AUDIT_CHECK/>
                            <Compare note/>
                        </Framed>
                    }
                    .into_any(),
                    Err(error) => view! { <Trouble title="Verify the audit log" error retry=urls::AUDIT_CHECK who=WHO/> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

/// A note as it was signed: browsers send line ends of text fields as CR LF, and people lose the last one.
fn as_note(typed: &str) -> String {
    format!("{}\n", typed.replace("\r\n", "\n").trim())
}

#[component]
fn Framed(children: Children) -> impl IntoView {
    let crumbs = vec![Crumb::link("Audit", urls::AUDIT), Crumb::here("Verify")];
    view! { <Page title="Verify the audit log" crumbs>{children()}</Page> }.into_any()
}

#[component]
fn Found(view: CheckView, note: Option<String>) -> impl IntoView {
    let (meaning, words) = answer(&view.found);
    let damage = view.found.damage.iter().map(|damage| view! { <li>{told(damage)}</li> }).collect_view();
    let compared = match view.found.checkpoint_size {
        Some(size) => format!("A checkpoint of {}", entries(size)),
        None => "The log's own head".to_owned(),
    };
    view! {
        <Framed>
            <Answer meaning words>
                <LinkButton href=urls::AUDIT_CHECKPOINT icon=Symbol::Download download="audit-checkpoint.txt">"Save a checkpoint"</LinkButton>
            </Answer>
            {(!view.found.intact()).then(|| view! { <ul class="audit-damage">{damage}</ul> })}
            <KeyValues>
                <KeyValue name="Entries read">{count(view.found.size)}</KeyValue>
                <KeyValue name="Root of the tree"><code class="breakable">{view.found.root.clone()}</code></KeyValue>
                <KeyValue name="Compared with">{compared}</KeyValue>
                <KeyValue name="Checked"><When moment=view.at/></KeyValue>
            </KeyValues>
            <Compare note/>
        </Framed>
    }
    .into_any()
}

#[component]
fn Compare(note: Option<String>) -> impl IntoView {
    view! {
        <Section title="Compare with a checkpoint" hint="A checkpoint that you kept elsewhere shows a log that was cut short or rewritten.">
            <form method="get" action=urls::AUDIT_CHECK class="form">
                <TextArea label="Checkpoint" name="checkpoint" value=note.unwrap_or_default() hint="The whole signed note, as it was saved" rows=6 required=true code=true/>
                <div class="actions"><Button kind=ButtonKind::Primary>"Verify against it"</Button></div>
            </form>
        </Section>
    }
    .into_any()
}

fn answer(found: &Verification) -> (Meaning, String) {
    match found.damage.len() {
        0 => (Meaning::Pass, format!("Intact: all {} are as they were written.", entries(found.size))),
        faults => (Meaning::Fail, format!("Damaged: {} in {}.", counted(faults as u64, "fault"), entries(found.size))),
    }
}

/// What is wrong, in a sentence.
fn told(damage: &Damage) -> String {
    match damage {
        Damage::Edited { seq } => format!("Entry {seq} is not what was written: somebody edited it."),
        Damage::Missing { seq } => {
            format!("Entry {seq} is missing although later ones exist: somebody deleted or moved it.")
        }
        Damage::Head { expected_size, expected_root } => {
            format!(
                "The entries do not make the tree that the log's head names ({}, root {expected_root}).",
                entries(*expected_size)
            )
        }
        Damage::Truncated { expected_size } => {
            format!(
                "The log is shorter than the checkpoint, which had {}: its end was cut off.",
                entries(*expected_size)
            )
        }
        Damage::Rewritten { expected_root } => {
            format!(
                "The entries up to the checkpoint make another tree than the checkpoint's (root {expected_root}): they were rewritten."
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_that_came_through_a_form_is_as_it_was_signed() {
        assert_eq!(as_note("origin\r\n4\r\n\r\n\u{2014} key sig"), "origin\n4\n\n\u{2014} key sig\n");
    }

    #[test]
    fn damage_is_counted_and_told() {
        let damage = vec![Damage::Edited { seq: 3 }, Damage::Truncated { expected_size: 9 }];
        let found = Verification { size: 7, root: String::new(), checkpoint_size: Some(9), damage };
        assert_eq!(answer(&found), (Meaning::Fail, "Damaged: 2 faults in 7 entries.".to_owned()));
        assert!(told(&found.damage[0]).contains("Entry 3"));
    }
}
