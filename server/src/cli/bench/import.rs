//! `sbh bench import`: results of other tools, kept on a hub as a benchmark of a version.

use super::{
    options::{Output, version},
    print,
    run::Run,
};
use crate::cli::{
    Failure, WRONG_USE,
    hub_client::{HubClient, hub_url},
};
use clap::{Args, builder::PossibleValuesParser};
use http::HeaderMap;
use hub::{
    ids::EnvironmentId,
    lab::{Benchmark, NewImport, NewImportFile, Scorecard},
    page::Page,
    systems::{Environment, System, SystemDetail},
};
use std::path::{Path, PathBuf};
use url::Url;

/// The formats, by the names that the API uses.
const FORMATS: [&str; 6] = ["lighthouse", "k6_summary", "k6_stream", "oha", "jtl_csv", "jtl_xml"];

/// What to import, and of what.
#[derive(Args)]
#[command(
    after_help = "The scorecard is marked as imported. Gates count it where the policy accepts imported results."
)]
pub(in crate::cli) struct Options {
    /// Results of Lighthouse, k6, oha or JMeter; several make one scorecard together
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The hub, asked with the API key in SBH_TOKEN (scopes lab:run, lab:read and systems:read)
    #[arg(long, value_name = "URL", value_parser = hub_url)]
    hub: Url,
    /// The system that was measured, by its name or id
    #[arg(long)]
    system: String,
    /// The environment that was measured, by its name or id; the only one when left out
    #[arg(long)]
    environment: Option<String>,
    /// What was deployed there when it was measured
    #[arg(long, value_parser = version)]
    version: String,
    /// The format of the files; recognised when left out
    #[arg(long, value_parser = PossibleValuesParser::new(FORMATS))]
    format: Option<String>,
    /// How to print the scorecard
    #[arg(long, value_enum, default_value_t)]
    output: Output,
    /// Reads the API key from the first line of standard input instead of SBH_TOKEN
    #[arg(long)]
    token_stdin: bool,
}

/// Imports the files and prints the scorecard that they make.
///
/// # Errors
/// Wrong use for a file that can't be read and for what the hub refuses.
pub(super) async fn run(options: &Options) -> Result<(), Failure> {
    let files = options.files.iter().map(|path| read(path, options.format.clone()));
    let files = files.collect::<Result<Vec<_>, _>>()?;
    let hub = HubClient::new(options.hub.clone(), options.token_stdin)?;
    let environment = environment(&hub, options).await?;
    let new = NewImport { environment_id: Some(environment.id), version: options.version.clone(), files };
    let made: Benchmark = hub.post("api/teardown/benchmark/import", &new, HeaderMap::new()).await?;
    eprintln!("Benchmark {} holds the imported results.", made.id);
    let scorecard = scorecard(&hub, &made, environment.id).await?;
    print(&Run::on_hub(made, scorecard, Some(environment.base_url.into())), options.output)
}

fn read(path: &Path, format: Option<String>) -> Result<NewImportFile, Failure> {
    let shown = path.display();
    let bytes = std::fs::read(path).map_err(|error| Failure::new(WRONG_USE, format!("{shown}: {error}")))?;
    let content =
        String::from_utf8(bytes).map_err(|_| Failure::new(WRONG_USE, format!("{shown}: no text in UTF-8")))?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    Ok(NewImportFile { name, format, content })
}

/// The environment that the options name.
async fn environment(hub: &HubClient, options: &Options) -> Result<Environment, Failure> {
    let system = system(hub, &options.system).await?;
    let detail: SystemDetail = hub.get(&format!("api/systems/{}", system.id), &[]).await?;
    let names: Vec<_> = detail.environments.iter().map(|environment| environment.name.clone()).collect();
    let wanted = options.environment.as_deref();
    let mut found = detail.environments.into_iter().filter(|environment| match wanted {
        Some(wanted) => is(wanted, &environment.name, &environment.id.to_string()),
        None => true,
    });
    match (found.next(), found.next()) {
        (Some(only), None) => Ok(only),
        _ => {
            let message = format!("--environment must be one of those of {}: {}", system.name, names.join(", "));
            Err(Failure::new(WRONG_USE, message))
        }
    }
}

async fn system(hub: &HubClient, wanted: &str) -> Result<System, Failure> {
    let mut cursor = String::new();
    loop {
        let query = [("limit", "200"), ("cursor", cursor.as_str())];
        let query = if cursor.is_empty() { &query[..1] } else { &query[..] };
        let page: Page<System> = hub.get("api/systems", query).await?;
        if let Some(found) = page.items.into_iter().find(|system| is(wanted, &system.name, &system.id.to_string())) {
            return Ok(found);
        }
        let none = || Failure::new(WRONG_USE, format!("--system: the hub has no system {wanted:?}"));
        cursor = page.next_cursor.ok_or_else(none)?;
    }
}

/// Names are compared as the hub compares them.
fn is(wanted: &str, name: &str, id: &str) -> bool {
    wanted.trim().to_lowercase() == name.to_lowercase() || wanted.trim() == id
}

async fn scorecard(
    hub: &HubClient,
    made: &Benchmark,
    environment: EnvironmentId,
) -> Result<Option<Scorecard>, Failure> {
    let Some(system) = made.system_id else { return Ok(None) };
    let environment = environment.to_string();
    let query = [("version", made.version.as_str()), ("environment_id", environment.as_str())];
    let card: Scorecard = hub.get(&format!("api/teardown/scorecard/{system}"), &query).await?;
    Ok(Some(card).filter(|card| card.benchmark_id == made.id))
}
