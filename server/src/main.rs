//! The binary `sbh`.

use std::process::ExitCode;

fn main() -> ExitCode {
    server::cli::main()
}
