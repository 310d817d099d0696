//! `sbh routes`

use super::{FAILED, Failure, terminal};
use crate::api;
use clap::{Args, ValueEnum};
use hub::access::{Needs, OPERATIONS};
use utoipa::openapi::OpenApi;

/// How to list the operations.
#[derive(Args)]
pub(super) struct Options {
    /// A table for people, or the whole description as OpenAPI 3.1
    #[arg(long, value_enum, default_value_t)]
    output: Output,
}

#[derive(Clone, Copy, Default, ValueEnum)]
enum Output {
    #[default]
    Table,
    Json,
}

/// Prints every operation.
pub(super) fn run(options: &Options) -> Result<(), Failure> {
    let document = api::document();
    let text = match options.output {
        Output::Table => table(document),
        Output::Json => document.to_pretty_json().map_err(|error| Failure::new(FAILED, error))? + "\n",
    };
    terminal::print(&text);
    Ok(())
}

/// Method, path, operation and the permission that it asks for, one operation a line.
fn table(document: OpenApi) -> String {
    let mut text = String::new();
    for (path, item) in document.paths.paths {
        let operations =
            [("GET", item.get), ("POST", item.post), ("PUT", item.put), ("PATCH", item.patch), ("DELETE", item.delete)];
        for (method, operation) in operations {
            if let Some(operation) = operation {
                let id = operation.operation_id.unwrap_or_default();
                text.push_str(&format!("{method:6} {path:60} {id:22} {}\n", needs(&id)));
            }
        }
    }
    text
}

fn needs(operation: &str) -> &'static str {
    match OPERATIONS.iter().find(|known| known.id == operation).map(|known| known.needs) {
        Some(Needs::Permission(permission)) => permission.as_str(),
        Some(Needs::Identity) => "an identity",
        Some(Needs::Nothing) | None => "-",
    }
}
