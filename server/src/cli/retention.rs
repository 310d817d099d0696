//! `sbh retention`

use super::{FAILED, Failure, console::Console, terminal};
use clap::{Args, ValueEnum};
use hub::privacy::Aged;

/// How to say it.
#[derive(Args)]
pub(super) struct Options {
    /// Lines, or everything as JSON
    #[arg(long, value_enum, default_value_t)]
    output: Output,
}

#[derive(Clone, Copy, Default, ValueEnum)]
enum Output {
    #[default]
    Table,
    Json,
}

/// Looks, as the console.
pub(super) async fn run(options: Options) -> Result<(), Failure> {
    let Console { hub, actor } = Console::open().await?;
    let kinds = hub.privacy().retention(&actor).await?;
    match options.output {
        Output::Json => terminal::print_json(&kinds).map_err(|error| Failure::new(FAILED, error))?,
        Output::Table => terminal::print(&table(&kinds)),
    }
    Ok(())
}

fn table(kinds: &[Aged]) -> String {
    let mut text =
        format!("{:26} {:>10} {:>13}  {:20}  kept\n", "kind", "there are", "would go now", "oldest that stays");
    for aged in kinds {
        let oldest =
            aged.oldest_kept.map_or_else(|| "none".to_owned(), |at| at.format("%Y-%m-%d %H:%M:%S").to_string());
        let (kind, kept) = (aged.kind.words(), &aged.kept);
        text.push_str(&format!("{kind:26} {:>10} {:>13}  {oldest:20}  {kept}\n", aged.rows, aged.would_remove));
    }
    text
}
