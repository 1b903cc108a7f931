//! What can be written on the command line.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::plan::Selection;
use crate::source::spelled_duration;

use super::mock_arguments::MockArguments;
use super::run_arguments::{RunArguments, Selected};

pub(super) const EXIT_CODES: &str = "\
Exit codes:
  0   all passed
  1   findings: something did not hold
  2   wrong usage or configuration
  3   a scenario file is wrong
  4   nothing was selected, or all was skipped
  5   inconclusive: the surroundings failed, or the run was interrupted
  6   new or different shapes, or drift
  70  a bug of tacktest";

const REVIEW_HELP: &str = "\
Drift, TEST.TARGET.snap.new, is what another target than the mock answered. `review` shows it, `reject` removes it, \
and nothing accepts it, as accepted shapes are made on the mock: `accept` leaves it and ends with 6. Beware: `cargo \
insta accept` knows no difference and makes a snapshot of it, TEST.TARGET.snap, that no test reads.

Exit codes:
  0   done, or nothing is pending; also what `review` asked about and you left pending
  2   wrong usage or configuration, or files that can't be read or written; the others were done
  4   something is pending, but nothing was selected
  6   shapes stay pending because `review` could not ask, or drift because `accept` leaves it
  70  a bug of tacktest";

const DOCTOR_HELP: &str = "\
Exit codes:
  0   no problem
  2   wrong usage, or something that you configured is wrong: credentials, addresses, what is not set
  5   the surroundings fail: names, network, clock, servers
  70  a bug of tacktest";

/// Proves that an integration with the Thumbtack Partner API is right, by scenarios written in YAML.
#[derive(Debug, Parser)]
#[command(version, about, after_help = EXIT_CODES, max_term_width = 100, disable_help_subcommand = true)]
pub(super) struct Arguments {
    /// The folder of the project: the one with `tacktest.yaml` [default: the nearest above, else the bundled suite]
    #[arg(short = 'C', value_name = "DIR", global = true)]
    pub folder: Option<PathBuf>,
    #[command(subcommand)]
    pub command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Run scenarios, each as a named test (also done without any command)
    Run(Box<RunArguments>),
    /// Look for everything that can be wrong with scenario files without a network
    #[command(after_help = EXIT_CODES)]
    Check(CheckArguments),
    /// List the tests
    #[command(after_help = EXIT_CODES)]
    List(ListArguments),
    /// Review new and different shapes, one after the other
    ///
    /// Each pending file of the project's `snapshots/` is shown beside what is accepted; you answer with one key and
    /// return. Where stdin or stdout is no terminal, all are shown, nothing is asked or changed, and shapes that wait
    /// end it with exit code 6: decide by `tacktest accept` and `tacktest reject`.
    #[command(after_help = REVIEW_HELP)]
    Review(PendingArguments),
    /// Accept new and different shapes
    ///
    /// Each TEST.snap.new of the project's `snapshots/` becomes TEST.snap, byte for byte as `cargo insta accept` makes
    /// it; a TEST.snap that can't be read is replaced, too.
    #[command(after_help = REVIEW_HELP)]
    Accept(PendingArguments),
    /// Reject new and different shapes
    ///
    /// Each TEST.snap.new and each TEST.TARGET.snap.new of the project's `snapshots/` is removed, whatever it holds.
    #[command(after_help = REVIEW_HELP)]
    Reject(PendingArguments),
    /// Tell about the configuration
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Log a user in, and keep the login for scenarios on a real target
    ///
    /// Opens the authorization URL in your browser, receives the redirect (or takes the pasted URL, where the client's
    /// redirect URI is not on this machine), and keeps the tokens in a file that only you may read.
    #[command(after_help = EXIT_CODES)]
    Login(LoginArguments),
    /// Revoke a stored login, and remove it
    #[command(after_help = EXIT_CODES)]
    Logout(LogoutArguments),
    /// Look whether a target can be used: names, network, clock, credentials, redirect URIs, site and receiver
    #[command(after_help = DOCTOR_HELP)]
    Doctor(DoctorArguments),
    /// Run the built-in mock on its own, until it is interrupted
    #[command(after_help = EXIT_CODES)]
    Mock(Box<MockArguments>),
    /// Print the JSON Schema of scenario files, or of profiles of the mock, for editors
    #[command(after_help = EXIT_CODES)]
    Schema(SchemaArguments),
    /// Print completions for a shell
    #[command(after_help = EXIT_CODES)]
    Completions(CompletionsArguments),
    /// Tell about a command or a topic, and list the topics
    Help(HelpArguments),
}

impl Default for Command {
    fn default() -> Self {
        // Parsed, so that variables of the environment count here too.
        Self::Run(Box::new(RunArguments::parse_from(["tacktest"])))
    }
}

#[derive(Debug, Args)]
pub(super) struct CheckArguments {
    /// Scenario files or folders [default: all scenarios of the project]
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct ListArguments {
    #[command(flatten)]
    pub selected: Selected,
    /// A name a line, or a JSON object a line
    #[arg(long, value_enum, default_value = "text")]
    pub format: ListFormat,
}

#[derive(Debug, Subcommand)]
pub(super) enum ConfigCommand {
    /// Show every value of the targets and where it comes from, without secrets
    ///
    /// Files that hold secrets are not read, and commands are not run. The variables of the environment that change a
    /// run follow, as far as they are set.
    #[command(after_help = EXIT_CODES)]
    Explain(ExplainArguments),
}

#[derive(Debug, Args)]
pub(super) struct ExplainArguments {
    /// Only this target [default: all]
    #[arg(long, value_name = "NAME")]
    pub target: Option<String>,
    /// A line a value, or a JSON object a line
    #[arg(long, value_enum, default_value = "text")]
    pub format: ListFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ListFormat {
    /// Plain text.
    Text,
    /// A JSON object a line.
    Json,
}

/// Which pending files a command is about.
#[derive(Debug, Args)]
pub(super) struct PendingArguments {
    /// Parts of the names of tests; any of them must occur
    #[arg(value_name = "FILTER")]
    pub filters: Vec<String>,
    /// Take filters as whole names
    #[arg(long)]
    pub exact: bool,
    /// Leave out tests whose names contain this
    #[arg(long, value_name = "FILTER")]
    pub skip: Vec<String>,
}

impl PendingArguments {
    /// The tests that are selected.
    pub(super) fn selection(&self) -> Selection {
        Selection { filters: self.filters.clone(), exact: self.exact, skip: self.skip.clone(), ..Selection::default() }
    }
}

/// Whose login a command is about.
#[derive(Debug, Args)]
pub(super) struct LoginOf {
    /// The target
    #[arg(long, value_name = "NAME", env = "TACKTEST_TARGET")]
    pub target: String,
    /// The client, as tacktest.yaml names it
    #[arg(long, value_name = "NAME")]
    pub client: String,
    /// The user, as scenarios name them [default: the target's first]
    #[arg(long, value_name = "NAME")]
    pub user: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct LoginArguments {
    #[command(flatten)]
    pub of: LoginOf,
    /// The scopes to ask for [default: the client's `scopes` in tacktest.yaml, and `offline_access`]
    #[arg(long, value_name = "SCOPES")]
    pub scope: Option<String>,
    /// Do not open a browser; the URL is written to stderr in any case
    #[arg(long)]
    pub no_browser: bool,
    /// How long to wait for the user, such as `90s` or `5m`
    #[arg(long, value_name = "DURATION", default_value = "5m", value_parser = duration)]
    pub timeout: Duration,
}

/// A duration as scenarios write it, longer than none.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || format!("`{text}` is no duration; write a number and a unit: ms, s, m, h or d");
    spelled_duration(text).filter(|duration| !duration.is_zero()).ok_or_else(wrong)
}

#[derive(Debug, Args)]
pub(super) struct LogoutArguments {
    #[command(flatten)]
    pub of: LoginOf,
}

#[derive(Debug, Args)]
pub(super) struct SchemaArguments {
    /// Which files it describes
    #[arg(value_enum, default_value = "scenario")]
    pub of: SchemaOf,
}

/// What there is a JSON Schema of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum SchemaOf {
    /// Scenario files.
    Scenario,
    /// Profiles of the mock, with what is known of each knob.
    Profile,
    /// Files of faults of the mock.
    Faults,
}

#[derive(Debug, Args)]
pub(super) struct DoctorArguments {
    /// Which target is examined
    #[arg(long, value_name = "NAME", env = "TACKTEST_TARGET", default_value = "mock")]
    pub target: String,
    /// A check a line, or a JSON object a line
    #[arg(long, value_enum, default_value = "text")]
    pub format: ListFormat,
}

#[derive(Debug, Args)]
pub(super) struct HelpArguments {
    /// A command or a topic [default: the program, with a list of topics]
    #[arg(value_name = "COMMAND|TOPIC")]
    pub about: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct CompletionsArguments {
    /// The shell
    pub shell: clap_complete::Shell,
}
