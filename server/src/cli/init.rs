//! `sbh init`

use super::{Failure, console, terminal};
use crate::config::Config;
use clap::Args;
use hub::identity::NewOwner;

/// The owner to be.
#[derive(Args)]
pub(super) struct Options {
    /// The owner's e-mail address
    #[arg(long)]
    email: String,
    /// What the organisation is called
    #[arg(long, default_value = "My organisation")]
    organisation: String,
    /// The owner's name; the address when left out
    #[arg(long, default_value = "")]
    name: String,
    /// Read the password, 12 to 256 characters, from the first line of standard input
    #[arg(long, required = true)]
    password_stdin: bool,
}

/// Creates the first organisation and its owner; works while the hub runs.
pub(super) async fn run(options: Options) -> Result<(), Failure> {
    let config = Config::from_env()?;
    let new = NewOwner {
        organisation: options.organisation,
        email: options.email,
        name: options.name,
        password: terminal::line_of_stdin("--password-stdin")?,
    };
    // Refused before a database is made for nothing.
    let new = new.parse()?;
    let actor = console::open_hub(config).await?.identity().create_first_owner(new).await?;
    terminal::print(&format!("{} owns this hub.\n", actor.label()));
    Ok(())
}
