//! `sbh keys`

use super::{Failure, console::Console, recognise, terminal};
use clap::Subcommand;
use hub::{
    access::Permission,
    identity::{ApiKey, NewKey, Rotation},
    ids::KeyId,
};

/// What to do with keys.
#[derive(Subcommand)]
pub(super) enum Command {
    /// Creates a key; standard output is its secret alone, this once
    Create {
        /// What it is for
        #[arg(long)]
        name: String,
        /// What it may do, separated by commas; `sbh routes` and docs/permissions.md name them
        #[arg(long, value_delimiter = ',', required = true)]
        scopes: Vec<String>,
        /// Days until it ends, 1 to 730; never when left out
        #[arg(long)]
        expires_in_days: Option<u32>,
        /// Networks that it is taken from, separated by commas, such as 10.1.0.0/16; from everywhere when left out
        #[arg(long, value_delimiter = ',')]
        networks: Vec<String>,
    },
    /// Makes a key in the place of another; standard output is its secret alone, this once
    Rotate {
        /// The id of the key that is replaced
        id: String,
        /// Hours for which both work, 0 to 720
        #[arg(long, default_value_t = 24)]
        overlap_hours: u32,
    },
    /// Says whether a text has API keys in it, without asking a hub; exit code 1 where it has
    ///
    /// Keys are told by their prefix and checksum. Only their first characters are printed, with the line.
    Recognise {
        /// The text; - reads standard input
        text: String,
    },
    /// Lists the keys, without their secrets
    List,
    /// Revokes a key at once
    Revoke {
        /// Its id
        id: String,
    },
}

/// Carries the command out as the console.
pub(super) async fn run(command: Command) -> Result<(), Failure> {
    if let Command::Recognise { text } = &command {
        return recognise::run(text);
    }
    let Console { hub, actor } = Console::open().await?;
    match command {
        Command::Recognise { .. } => {}
        Command::Create { name, scopes, expires_in_days, networks } => {
            let scopes = scopes.iter().map(|scope| scope.trim().parse::<Permission>()).collect::<Result<_, _>>()?;
            let made = hub.keys().create(&actor, NewKey { name, scopes, expires_in_days, networks }).await?;
            eprintln!("Key {} ({}). The secret is shown this once.", made.key.name, made.key.id);
            terminal::print(&format!("{}\n", made.secret));
        }
        Command::Rotate { id, overlap_hours } => {
            let made = hub.keys().rotate(&actor, KeyId::parse(&id)?, Rotation { overlap_hours }).await?;
            eprintln!("Key {} ({}) takes its place. The secret is shown this once.", made.key.name, made.key.id);
            terminal::print(&format!("{}\n", made.secret));
        }
        Command::List => terminal::print(&hub.keys().list(&actor).await?.iter().map(line).collect::<String>()),
        Command::Revoke { id } => {
            hub.keys().revoke(&actor, KeyId::parse(&id)?).await?;
            terminal::print("Revoked.\n");
        }
    }
    Ok(())
}

fn line(key: &ApiKey) -> String {
    let scopes: Vec<_> = key.scopes.iter().map(|scope| scope.as_str()).collect();
    let state = match (key.revoked_at, key.expires_at) {
        (Some(at), _) => format!("revoked {}", at.date_naive()),
        (None, Some(at)) => format!("until {}", at.date_naive()),
        (None, None) => "no end".to_owned(),
    };
    format!("{}  {}…  {}  {state}  {}\n", key.id, key.hint, key.name, scopes.join(","))
}
