//! `sbh migrate`

use super::{FAILED, Failure, console::open_hub, terminal};
use crate::config::Config;
use clap::Args;
use hub::platform::db::Db;

/// How to migrate.
#[derive(Args)]
pub(super) struct Options {
    /// Change nothing; the exit code is 1 when something is pending
    #[arg(long)]
    check: bool,
}

/// Brings the tables up to date, or says whether they are.
pub(super) async fn run(options: Options) -> Result<(), Failure> {
    let config = Config::from_env()?;
    if options.check {
        check(&config).await?;
    } else {
        open_hub(config).await?;
    }
    terminal::print("The tables are up to date.\n");
    Ok(())
}

async fn check(config: &Config) -> Result<(), Failure> {
    if let Some(file) = config.sqlite_file().filter(|file| !file.exists()) {
        let message = format!("there is no database at {} yet; `sbh migrate` makes it", file.display());
        return Err(Failure::new(FAILED, message));
    }
    match Db::open(&config.database_url.0, 2).await?.pending_migrations().await? {
        0 => Ok(()),
        pending => Err(Failure::new(FAILED, format!("{pending} migrations are pending; run `sbh migrate`"))),
    }
}
