//! One pack: what is in it, and how to verify it without the hub.

use super::{calls::evidence_page, list::verdict_badge, view::PackView};
use crate::{
    moment::When,
    reading::Trouble,
    ui::{
        ButtonKind, Cell, CodeBlock, Column, Crumb, HeadCell, KeyValue, KeyValues, LinkButton, Page, Row, Section,
        Skeleton, Symbol, Table, format::bytes,
    },
    urls,
};
use hub::compliance::{Control, controls};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

/// What each file of a pack is.
const FILES: &[(&str, &str)] = &[
    ("index.html", "The page to read first"),
    ("verdict.json", "The verdict and every check"),
    ("inputs.json", "Everything that the verdict rests on"),
    ("scorecard.json", "The scores of the version"),
    ("benchmark.json", "The measurement behind them"),
    ("golden-paths.json", "What each golden path did"),
    ("findings.json", "What the probes found"),
    ("controls.json", "Which files speak to which control"),
    ("audit/entries.jsonl", "The audit entries about these things"),
    ("audit/proofs.json", "The proof of each that it is in the log"),
    ("audit/checkpoint", "The signed head of the log"),
    ("manifest.dsse.json", "The signed list of all other files"),
    ("public-key.pem", "The key that signed, for convenience"),
];

/// The signature, with openssl (DSSE 1.0, protocol.md: the signed bytes are a header, the type, and the payload).
const OPENSSL: &str = r#"unzip -q pack.zip -d pack && cd pack
jq -r .payload manifest.dsse.json | base64 -d > statement.json
{ printf 'DSSEv1 28 application/vnd.in-toto+json %d ' "$(wc -c < statement.json)"; cat statement.json; } > signed.bin
jq -r '.signatures[0].sig' manifest.dsse.json | base64 -d > signature.der
openssl dgst -sha256 -verify public-key.pem -signature signature.der signed.bin"#;

/// That the key is the one that is expected, and that every file is as signed.
const FINGERPRINTS: &str = r#"openssl pkey -pubin -in public-key.pem -outform DER | openssl dgst -sha256 -r
jq -r '.subject[] | "\(.digest.sha256)  \(.name)"' statement.json | sha256sum -c"#;

/// One pack.
#[component]
pub fn PackPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").unwrap_or_default());
    let pack = Resource::new(move || id.get(), evidence_page);
    let waiting = || view! { <Page title="Evidence pack"><Skeleton rows=8 label="Loading the pack"/></Page> };
    view! {
        <Suspense fallback=waiting>
            {move || Suspend::new(async move {
                match pack.await {
                    Ok(view) => view! { <Pack view/> }.into_any(),
                    Err(error) => {
                        let retry = format!("{}/{}", urls::EVIDENCE, id.get_untracked());
                        view! { <Trouble title="Evidence pack" error retry/> }.into_any()
                    }
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Pack(view: PackView) -> impl IntoView {
    let packet = view.packet.clone();
    let name = format!("{} {}", view.system, packet.version);
    let title = format!("{} evidence for {name}", packet.scope.label());
    let crumbs = vec![Crumb::link("Evidence", urls::EVIDENCE), Crumb::here(name)];
    let (download, scope, names) = (urls::evidence_file(packet.id), packet.scope, packet.contents);
    let key_id = packet.key_id;
    let actions = move || {
        view! {
            <LinkButton href=urls::PUBLIC_KEY download="public-key.pem">"Public key"</LinkButton>
            <LinkButton href=download.clone() download="pack.zip" kind=ButtonKind::Primary icon=Symbol::Download>"Download"</LinkButton>
        }
    };
    view! {
        <Page title crumbs lead="The records of one validation, signed." actions>
            <Facts view/>
            <Section title="Controls" hint="A pack shows that a check was made and what it found; whether that fulfils a control is the auditor's judgement">
                <Controls controls=controls(scope)/>
            </Section>
            <Section title="Files"><Files names/></Section>
            <Verify key_id/>
        </Page>
    }
    .into_any()
}

#[component]
fn Facts(view: PackView) -> impl IntoView {
    let packet = view.packet;
    view! {
        <KeyValues>
            <KeyValue name="Validation"><a class="badge-link" href=urls::validation(packet.validation_id)>{verdict_badge(view.verdict)}</a></KeyValue>
            <KeyValue name="Made"><When moment=view.made/>" by "{packet.created_by}</KeyValue>
            <KeyValue name="Size">{bytes(packet.size)}</KeyValue>
            <KeyValue name="SHA-256"><code class="breakable">{packet.sha256}</code></KeyValue>
            <KeyValue name="Signed by key"><code class="breakable">{packet.key_id}</code></KeyValue>
        </KeyValues>
    }
    .into_any()
}

#[component]
fn Controls(controls: &'static [Control]) -> impl IntoView {
    let columns = ["Control", "What it asks for", "Files that speak to it"].map(Column::text).to_vec();
    let line = |control: &'static Control| {
        let files = control.files.iter().map(|file| view! { <li><code>{*file}</code></li> }).collect_view();
        view! {
            <Row>
                <HeadCell>{control.id}</HeadCell>
                <Cell>{control.title}</Cell>
                <Cell label="Files"><ul class="cluster">{files}</ul></Cell>
            </Row>
        }
    };
    view! {
        <Table caption="Controls" caption_hidden=true columns cards=true>{controls.iter().map(line).collect_view()}</Table>
    }
    .into_any()
}

#[component]
fn Files(names: Vec<String>) -> impl IntoView {
    let line = |name: String| {
        let what = FILES.iter().find(|(known, _)| *known == name).map(|(_, what)| *what);
        view! { <KeyValue name><span>{what}</span></KeyValue> }
    };
    view! { <div class="pack-files"><KeyValues>{names.into_iter().map(line).collect_view()}</KeyValues></div> }
        .into_any()
}

#[component]
fn Verify(key_id: String) -> impl IntoView {
    view! {
        <Section title="Verify it without us" hint="Take the public key from where you trust it, not from the pack">
            <CodeBlock code="sbh verify pack.zip --key public-key.pem" caption="With sbh: every byte, every audit entry"/>
            <CodeBlock code=OPENSSL caption="With openssl and jq: the signature. It prints Verified OK"/>
            <CodeBlock code=FINGERPRINTS caption="The key and the files"/>
            <p>"The first line prints the key's id. It must be "<code class="breakable">{key_id}</code>". Every file must print OK."</p>
        </Section>
    }
    .into_any()
}
