//! `sbh completions`

use super::{Arguments, Failure, terminal};
use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

/// For which shell.
#[derive(Args)]
pub(super) struct Options {
    /// The shell, for example: source <(sbh completions bash)
    shell: Shell,
}

/// Prints the script that a shell reads.
pub(super) fn run(options: &Options) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(options.shell, &mut Arguments::command(), "sbh", &mut script);
    terminal::print(&String::from_utf8_lossy(&script));
    Ok(())
}
