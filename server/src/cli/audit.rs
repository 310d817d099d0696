//! `sbh audit`

use super::{FAILED, Failure, WRONG_USE, console::Console, terminal};
use clap::Subcommand;
use hub::audit::{Damage, Verification};
use std::{fs, path::PathBuf};

/// What to do with the audit log.
#[derive(Subcommand)]
pub(super) enum Command {
    /// Reads the whole log and says what is wrong with it
    Verify {
        /// A checkpoint that was saved earlier; without one a truncation can't be seen
        #[arg(long)]
        checkpoint: Option<PathBuf>,
    },
    /// Prints the log's present head as a signed note, to be kept elsewhere
    Checkpoint,
}

/// Carries the command out as the console.
pub(super) async fn run(command: Command) -> Result<(), Failure> {
    let Console { hub, actor } = Console::open().await?;
    match command {
        Command::Checkpoint => terminal::print(&hub.audit().checkpoint(&actor).await?),
        Command::Verify { checkpoint } => {
            let unreadable = |error: std::io::Error| {
                Failure::new(WRONG_USE, format!("--checkpoint: the file could not be read: {error}"))
            };
            let note = checkpoint.map(fs::read_to_string).transpose().map_err(unreadable)?;
            tell(&hub.audit().verify(&actor, note.as_deref()).await?)?;
        }
    }
    Ok(())
}

fn tell(found: &Verification) -> Result<(), Failure> {
    if found.intact() {
        let compared =
            found.checkpoint_size.map(|size| format!(", extends the checkpoint of {size}")).unwrap_or_default();
        let (size, root) = (found.size, &found.root);
        terminal::print(&format!("The audit log is intact: {size} entries{compared}, root {root}.\n"));
        return Ok(());
    }
    let lines: String = found.damage.iter().map(|damage| format!("\n  {}", words(damage))).collect();
    Err(Failure::new(FAILED, format!("the audit log was changed:{lines}")))
}

fn words(damage: &Damage) -> String {
    match damage {
        Damage::Edited { seq } => format!("entry {seq} is not what was written"),
        Damage::Missing { seq } => format!("entry {seq} is missing"),
        Damage::Head { expected_size, .. } => format!("the log's head says {expected_size} entries with another root"),
        Damage::Truncated { expected_size } => {
            format!("the checkpoint knew {expected_size} entries; some were cut off")
        }
        Damage::Rewritten { .. } => "the entries up to the checkpoint are not those it was made of".to_owned(),
    }
}
