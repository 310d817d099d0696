//! The files that a benchmark left, and until when they are there.

use crate::{
    ui::{Cell, Column, HeadCell, LinkButton, Row, Section, Symbol, Table, format},
    urls,
};
use hub::{
    ids::BenchmarkId,
    lab::{Artifact, FilesRemoved},
};
use leptos::prelude::*;

/// Until when files are there, or since when they are not, in a few words.
pub(super) fn lifetime(kept_until: Option<&str>, removed: Option<&FilesRemoved>) -> String {
    match (removed, kept_until) {
        (Some(removed), _) => {
            let days = format::counted(u64::from(removed.after_days), "day");
            format!("Removed on {}, after {days}", removed.at.format("%Y-%m-%d"))
        }
        (None, Some(day)) => format!("Kept until {day}"),
        (None, None) => "Kept for ever".to_owned(),
    }
}

/// The files, or what became of them; nothing for a benchmark that left none.
#[component]
pub(super) fn Files(
    /// The benchmark.
    id: BenchmarkId,
    /// Its files.
    artifacts: Vec<Artifact>,
    /// The last day, unless they are kept for ever.
    kept_until: Option<String>,
    /// That they were removed.
    removed: Option<FilesRemoved>,
    /// They were imported, not measured here.
    imported: bool,
) -> impl IntoView {
    let lifetime = lifetime(kept_until.as_deref(), removed.as_ref());
    if let Some(removed) = removed {
        let words = "The figures stay; names and SHA-256 of the files are in the audit log.";
        return view! { <Section title="Files" hint=lifetime><p>{format!("{removed} {words}")}</p></Section> }
            .into_any();
    }
    let what = match imported {
        true => "As they were sent",
        false => "Everything that was measured; histograms as HdrHistogram reads them",
    };
    let hint = format!("{what}. {lifetime}.");
    let list = (!artifacts.is_empty()).then(|| view! { <Section title="Files" hint><List artifacts id/></Section> });
    list.into_any()
}

#[component]
fn List(artifacts: Vec<Artifact>, id: BenchmarkId) -> impl IntoView {
    let columns = vec![Column::text("File"), Column::text("Size"), Column::text("SHA-256"), Column::hidden("Download")];
    let line = move |file: Artifact| {
        let (words, href) = (format!("Download {}", file.name), urls::artifact(id, &file.name));
        view! {
            <Row>
                <HeadCell>{file.name}</HeadCell>
                <Cell label="Size">{format::bytes(file.size)}</Cell>
                <Cell label="SHA-256" quiet=true><code class="breakable">{file.sha256}</code></Cell>
                <Cell><LinkButton href small=true icon=Symbol::Download download="">{words}</LinkButton></Cell>
            </Row>
        }
    };
    view! {
        <Table caption="Files" caption_hidden=true columns cards=true>{artifacts.into_iter().map(line).collect_view()}</Table>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lifetime_is_told_with_its_day() {
        let removed =
            FilesRemoved { at: "2027-03-01T09:30:00Z".parse().unwrap(), after_days: 1, by_tier: false, files: 3 };
        let cases = [
            (None, None, "Kept for ever"),
            (Some("2027-03-01"), None, "Kept until 2027-03-01"),
            (Some("2027-03-01"), Some(&removed), "Removed on 2027-03-01, after 1 day"),
        ];
        for (until, removed, words) in cases {
            assert_eq!(lifetime(until, removed), words);
        }
    }
}
