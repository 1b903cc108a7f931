//! `tacktest completions`.

use clap::CommandFactory;

use super::arguments::{Arguments, CompletionsArguments};
use super::exit::{Exit, print};

/// Prints the completions for a shell.
pub(super) fn completions(arguments: &CompletionsArguments) -> Exit {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Arguments::command(), "tacktest", &mut script);
    print(&String::from_utf8_lossy(&script))
}
