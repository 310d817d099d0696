//! `sbh gates`

mod junit;
mod table;

use super::{
    FAILED, Failure,
    hub_client::{HubClient, hub_url},
    terminal,
};
use clap::{Args, ValueEnum};
use http::{HeaderMap, HeaderName, HeaderValue};
use hub::{
    gates::{Validation, ValidationRequest, Verdict},
    ids::{EnvironmentId, SystemId},
    text,
};
use std::time::Duration;
use url::Url;

/// The most that a hub lets a caller wait for a verdict (RFC 7240).
const WAIT: HeaderValue = HeaderValue::from_static("wait=20");
/// How often the hub is asked for the verdict afterwards.
const INTERVAL: Duration = Duration::from_secs(1);

/// Which version to judge.
#[derive(Args)]
#[command(after_help = "The exit code is 0 when the version is allowed or the policy enforces nothing, 1 when it is \
                        blocked, inconclusive or could not be judged. The API key in SBH_TOKEN needs the scopes \
                        gates:validate and gates:read.")]
pub(super) struct Options {
    /// The system
    #[arg(long, value_name = "ID")]
    system_id: SystemId,
    /// The version that may be released or not
    #[arg(long, value_parser = version)]
    version: String,
    /// Where it was measured; the system's only environment when left out
    #[arg(long, value_name = "ID")]
    environment_id: Option<EnvironmentId>,
    /// The hub
    #[arg(long, value_name = "URL", value_parser = hub_url, default_value = "http://127.0.0.1:3000")]
    hub: Url,
    /// Reads the API key from the first line of standard input instead of SBH_TOKEN
    #[arg(long)]
    token_stdin: bool,
    /// How to print the outcome
    #[arg(long, value_enum, default_value_t)]
    output: Output,
}

#[derive(Clone, Copy, Default, ValueEnum)]
enum Output {
    #[default]
    Table,
    Json,
    Junit,
    Markdown,
}

/// Validates on the hub and prints the report.
pub(super) async fn run(options: Options) -> Result<(), Failure> {
    let hub = HubClient::new(options.hub.clone(), options.token_stdin)?;
    let request = ValidationRequest {
        system_id: options.system_id,
        version: options.version.clone(),
        environment_id: options.environment_id,
    };
    let validation = judged(&hub, &request).await?;
    print(&validation, options.output)?;
    verdict(&validation)
}

/// The validation once it is over.
async fn judged(hub: &HubClient, request: &ValidationRequest) -> Result<Validation, Failure> {
    let prefer = HeaderMap::from_iter([(HeaderName::from_static("prefer"), WAIT)]);
    let mut validation: Validation = hub.post("api/gate/validate", request, prefer).await?;
    while !validation.state.is_final() {
        tokio::time::sleep(INTERVAL).await;
        validation = hub.watch(&format!("api/gate/validations/{}", validation.id)).await?;
    }
    Ok(validation)
}

fn print(validation: &Validation, output: Output) -> Result<(), Failure> {
    let broken = |error: &dyn std::error::Error| Failure::new(FAILED, error);
    match output {
        Output::Table => terminal::print(&table::text(validation)),
        Output::Markdown => terminal::print(&hub::gates::markdown(validation)),
        Output::Json => terminal::print_json(validation).map_err(|error| broken(&error))?,
        Output::Junit => terminal::print(&junit::text(validation).map_err(|error| broken(&error))?),
    }
    Ok(())
}

/// A verdict that does not bind lets everything pass, and says so.
fn verdict(validation: &Validation) -> Result<(), Failure> {
    match validation.verdict {
        Some(Verdict::Allowed) => Ok(()),
        Some(verdict) if !validation.enforced => {
            eprintln!("The policy is a dry run: {} binds nobody.", verdict.as_str());
            Ok(())
        }
        _ => Err(Failure::said(FAILED)),
    }
}

/// The verdict in a sentence, or why there is none.
fn summary(validation: &Validation) -> String {
    match &validation.report {
        Some(report) => report.summary.clone(),
        None => {
            let reason = validation.reason.as_deref().unwrap_or("The hub gave no reason.");
            format!("The validation could not be carried out, which allows nothing: {reason}")
        }
    }
}

fn version(text: &str) -> Result<String, hub::Error> {
    text::version("/version", text)
}

#[cfg(test)]
mod tests;
