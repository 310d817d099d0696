//! Importing results.

use super::{
    model::{Import, ImportedFile, NewImport, NewImportFile},
    rules::{Read, imported_card, take},
};
use crate::{
    Error, Result,
    access::{Actor, Permission, Scope},
    audit::{self, Change},
    ids::{ArtifactId, BenchmarkId},
    lab::{
        Artifact, Benchmark, BenchmarkRequest, BenchmarkState, Lab,
        store::{self, add_imported},
    },
    platform::secrets::sha256_hex,
    systems::Systems,
    tenants::quotas::{self, QuotaKind},
};
use sbh_imports::measure::{Format, Imported, parse, parse_as};
use sbh_stats::curve;
use serde_json::json;
use std::collections::BTreeSet;
use url::Url;

impl Lab<'_> {
    /// Keeps results of other tools as a benchmark of a version, with its scorecard and the files themselves. Needs
    /// `lab:run`.
    ///
    /// # Errors
    /// Invalid where a file can't be read, with its place, and where two files hold the same metric.
    pub async fn import(&self, actor: &Actor, new: NewImport) -> Result<Benchmark> {
        let scope = actor.require(Permission::LabRun)?;
        if !self.platform.settings.benchmark_lab {
            return Err(Error::unavailable("The benchmark lab is switched off (FEATURE_BENCHMARK_LAB=false)."));
        }
        let new = new.parse()?;
        let environment =
            new.environment_id.ok_or_else(|| Error::invalid("/environment_id", "Name the environment."))?;
        let tx = self.platform.db.read(&scope).await?;
        let (environment, _) = Systems::new(self.platform).target(&tx, &scope, environment).await?;
        drop(tx);
        let sent = new.files.iter().map(|file| file.content.len() as u64).sum();
        // Up to millions of samples: not on a thread that answers requests.
        let read = tokio::task::spawn_blocking(move || read(new)).await.map_err(Error::internal)?;
        let (new, read) = read?;
        let (metrics, not_taken) = take(&read)?;
        let card = imported_card(metrics, curve::CURRENT)?;
        let now = self.platform.clock.now();
        let tx = self.platform.db.write(&scope).await?;
        quotas::take(&tx, &scope, now, QuotaKind::Storage, sent).await?;
        let (files, artifacts) = self.keep_imported(&scope, new.files, read, &environment.base_url).await?;
        let benchmark = Benchmark {
            id: BenchmarkId::generate(),
            system_id: Some(environment.system_id),
            environment_id: Some(environment.id),
            teardown_id: None,
            version: new.version.clone(),
            state: BenchmarkState::Succeeded,
            request: BenchmarkRequest {
                environment_id: Some(environment.id),
                version: new.version,
                ..BenchmarkRequest::default()
            },
            in_turns_with: None,
            progress: None,
            cancel_requested: false,
            load: None,
            security: None,
            scalability: None,
            resilience: None,
            cost: None,
            browser: None,
            imported: Some(Import { files, not_taken, by: actor.label(), at: now }),
            files_removed: None,
            reason: None,
            created_by: actor.label(),
            created_at: now,
            started_at: None,
            finished_at: Some(now),
        };
        add_imported(&tx, &scope, &benchmark).await?;
        for artifact in &artifacts {
            store::add_artifact(&tx, &scope, now, benchmark.id, artifact).await?;
        }
        let scorecard = store::add_scorecard(&tx, &scope, now, &benchmark, &card).await?;
        let change = Change {
            action: "benchmark.imported",
            object: BenchmarkId::WHAT,
            object_id: benchmark.id.to_string(),
            detail: json!({
                "version": benchmark.version, "system_id": benchmark.system_id, "environment_id": benchmark.environment_id,
                "imported": benchmark.imported, "scorecard_id": scorecard, "score": card.score,
            }),
            event: Some("benchmark.completed"),
        };
        audit::record(&tx, &scope, actor, now, change).await?;
        tx.commit().await?;
        Ok(benchmark)
    }

    /// Keeps the files as they were sent; gives what the benchmark says of them, and its artifacts.
    async fn keep_imported(
        &self,
        scope: &Scope,
        sent: Vec<NewImportFile>,
        read: Vec<Read>,
        base_url: &Url,
    ) -> Result<(Vec<ImportedFile>, Vec<Artifact>)> {
        let (mut files, mut artifacts, mut names) = (Vec::new(), Vec::new(), BTreeSet::new());
        for (at, (file, (_, imported))) in sent.into_iter().zip(read).enumerate() {
            let mut artifact = artifact_name(&file.name);
            if !names.insert(artifact.clone()) {
                artifact = format!("{}-{artifact}", at + 1);
                names.insert(artifact.clone());
            }
            let bytes = file.content.into_bytes();
            let size = bytes.len() as u64;
            let sha256 = self.platform.artifacts.put(scope, bytes).await?;
            let media_type = media_type(imported.format).to_owned();
            let (id, name) = (ArtifactId::generate(), artifact.clone());
            artifacts.push(Artifact { id, name, media_type, sha256: sha256.clone(), size });
            let mut notes = imported.notes;
            notes.extend(elsewhere(imported.target_url.as_deref(), base_url));
            files.push(ImportedFile {
                name: file.name,
                artifact,
                format: imported.format.key().to_owned(),
                tool: imported.tool.to_owned(),
                tool_version: imported.tool_version,
                sha256,
                size,
                target_url: imported.target_url,
                measured_at: imported.started_at,
                notes,
            });
        }
        Ok((files, artifacts))
    }
}

/// Reads every file, and names each that can't be.
fn read(new: NewImport) -> Result<(NewImport, Vec<Read>)> {
    let (mut read, mut faults) = (Vec::new(), crate::error::Faults::default());
    let mut seen = BTreeSet::new();
    for (at, file) in new.files.iter().enumerate() {
        if !seen.insert(sha256_hex(file.content.as_bytes())) {
            faults.add(format!("/files/{at}/content"), format!("{} is the same file as another one.", file.name));
        }
        if let Some(imported) = faults.keep(read_file(at, file)) {
            read.push((file.name.clone(), imported));
        }
    }
    faults.finish()?;
    Ok((new, read))
}

fn read_file(at: usize, file: &NewImportFile) -> Result<Imported> {
    let bytes = file.content.as_bytes();
    let format = match file.format.as_deref().map(str::trim).filter(|format| !format.is_empty()) {
        None => None,
        Some(key) => Some(Format::from_key(key).ok_or_else(|| {
            let known: Vec<_> = Format::ALL.iter().map(|format| format.key()).collect();
            Error::invalid(format!("/files/{at}/format"), format!("Format must be one of {}.", known.join(", ")))
        })?),
    };
    let imported = match format {
        Some(format) => parse_as(format, bytes),
        None => parse(bytes),
    };
    imported.map_err(|error| Error::invalid(format!("/files/{at}/content"), format!("{}: {error}.", file.name)))
}

/// The name as a part of an address.
fn artifact_name(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '_' };
    let name: String = name.chars().map(plain).collect();
    // A name of dots alone would be a step in the address.
    if name.trim_matches('.').is_empty() { format!("file{name}") } else { name }
}

fn media_type(format: Format) -> &'static str {
    match format {
        Format::JtlCsv => "text/csv",
        Format::JtlXml => "application/xml",
        Format::K6Stream => "application/x-ndjson",
        _ => "application/json",
    }
}

/// A note where the file measured another origin than the environment's.
fn elsewhere(measured: Option<&str>, base_url: &Url) -> Option<String> {
    let measured = Url::parse(measured?).ok()?;
    (measured.origin() != base_url.origin()).then(|| {
        format!(
            "The file measured {}, and the environment is {}.",
            measured.origin().ascii_serialization(),
            base_url.origin().ascii_serialization()
        )
    })
}
