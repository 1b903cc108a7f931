//! The command line: one file a command; nothing is decided here.

mod accept;
mod arguments;
mod check;
mod completions;
mod config;
mod doctor;
mod exit;
mod help;
mod kept;
mod list;
mod login;
mod logins;
mod logout;
mod mock;
mod mock_arguments;
mod mock_faults;
mod mock_options;
mod mock_settings;
mod pending;
mod places;
mod reject;
mod review;
mod run;
mod run_arguments;
mod schema;

pub use exit::Exit;
pub use run::test_target;
pub use run_arguments::RunArguments;

use std::process::ExitCode;

use clap::Parser;

use arguments::{Arguments, Command};

/// Runs the program with the arguments of the process.
pub fn main() -> ExitCode {
    exit::quiet_panics();
    let arguments = Arguments::parse();
    let folder = arguments.folder.as_deref();
    let done = exit::guarded(|| match arguments.command.unwrap_or_default() {
        Command::Run(arguments) => run::run(folder, &arguments),
        Command::Check(arguments) => check::check(folder, &arguments),
        Command::List(arguments) => list::list(folder, &arguments),
        Command::Review(arguments) => review::review(folder, &arguments),
        Command::Accept(arguments) => accept::accept(folder, &arguments),
        Command::Reject(arguments) => reject::reject(folder, &arguments),
        Command::Config(command) => config::config(folder, &command),
        Command::Login(arguments) => login::login(folder, &arguments),
        Command::Logout(arguments) => logout::logout(folder, &arguments),
        Command::Doctor(arguments) => doctor::doctor(folder, &arguments),
        Command::Mock(arguments) => mock::mock(&arguments),
        Command::Schema(arguments) => schema::schema(&arguments),
        Command::Completions(arguments) => completions::completions(&arguments),
        Command::Help(arguments) => help::help(&arguments),
    });
    done.into()
}
