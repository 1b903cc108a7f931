//! What can be written on the command line about running tests, and about which.

use std::time::Duration;

use clap::builder::FalseyValueParser;
use clap::{ArgAction, Args, Parser, ValueEnum};

use crate::config::{Allowance, Allowed};
use crate::plan::Selection;

use super::arguments::{EXIT_CODES, duration};

/// The arguments of `run`, which are also those of the `cargo test` target: libtest's and our own.
#[derive(Debug, Clone, Parser)]
#[expect(clippy::struct_excessive_bools, reason = "they are the flags of libtest")]
#[command(after_help = EXIT_CODES)]
pub struct RunArguments {
    /// Which tests.
    #[command(flatten)]
    pub selected: Selected,
    /// Take filters as whole names
    #[arg(long)]
    pub exact: bool,
    /// Leave out tests whose names contain this
    #[arg(long, value_name = "FILTER")]
    pub skip: Vec<String>,
    /// What generated values are made of, but `gen.now`, which is the time [default: drawn anew for each run]
    #[arg(long, value_name = "NUMBER", env = "TACKTEST_SEED")]
    pub seed: Option<u64>,
    /// How many tests run at one time [default: 100]
    #[arg(long, value_name = "NUMBER", env = "TACKTEST_TEST_THREADS")]
    pub test_threads: Option<usize>,
    /// On a real target, ask a person to log in for the scenarios that need it, after all others
    #[arg(long)]
    pub attended: bool,
    /// How long to wait for the person at each step, such as `90s` or `2m`
    #[arg(long, value_name = "DURATION", default_value = "2m", value_parser = duration)]
    pub attended_timeout: Duration,
    /// With `--attended`, do not open a browser; the URL is written to stderr in any case
    #[arg(long)]
    pub no_browser: bool,
    /// List the tests instead of running them
    #[arg(long)]
    pub list: bool,
    /// Run only tests that would be skipped
    #[arg(long)]
    pub ignored: bool,
    /// Run skipped tests too (what the target lacks, it still lacks)
    #[arg(long)]
    pub include_ignored: bool,
    /// Fail tests that would be skipped for want of something that you can provide: a variable, a file, a client, a
    /// fixture, a login
    #[arg(long, env = "TACKTEST_STRICT_SKIPS", value_parser = FalseyValueParser::new())]
    pub strict_skips: bool,
    /// How results are written
    #[arg(long, value_enum)]
    pub format: Option<Format>,
    /// One character a test; the same as `--format terse`
    #[arg(short, long, conflicts_with = "format")]
    pub quiet: bool,
    /// When to colour
    #[arg(long, value_enum)]
    pub color: Option<Color>,
    /// Write results to this file instead of stdout
    #[arg(long, value_name = "PATH")]
    pub logfile: Option<String>,
    /// Accepted for libtest's sake: nothing is captured
    #[arg(long, hide = true)]
    pub nocapture: bool,
    /// Accepted for libtest's sake
    #[arg(long, hide = true)]
    pub show_output: bool,
    /// Accepted for libtest's sake
    #[arg(long, hide = true)]
    pub test: bool,
    /// Accepted for libtest's sake: there are no benchmarks here
    #[arg(long, hide = true)]
    pub bench: bool,
    /// Accepted for libtest's sake
    #[arg(short = 'Z', hide = true, action = ArgAction::Append)]
    pub unstable: Vec<String>,
}

/// Which tests a command is about.
#[derive(Debug, Clone, Args)]
pub struct Selected {
    /// Parts of the names of tests; any of them must occur
    #[arg(value_name = "FILTER")]
    pub filters: Vec<String>,
    /// Only tests with this tag
    #[arg(long, value_name = "TAG")]
    pub tag: Vec<String>,
    /// Only tests that certify this requirement, or one below this name (`auth.oidc.*`)
    #[arg(long, value_name = "ID|NAME.*")]
    pub certifies: Vec<String>,
    /// Where they run, and by what skips are decided
    #[arg(long, value_name = "NAME", env = "TACKTEST_TARGET", default_value = "mock")]
    pub target: String,
    /// Allow a real target what is not done to it otherwise (separate several by commas)
    #[arg(long, value_enum, value_name = "WORD", env = "TACKTEST_ALLOW", value_delimiter = ',')]
    pub allow: Vec<Allow>,
    /// The bundled suite of this name, whatever the project
    #[arg(long, value_name = "NAME")]
    pub suite: Option<Suite>,
}

impl Selected {
    /// What is asked of the planner.
    pub(super) fn selection(&self) -> Selection {
        Selection {
            filters: self.filters.clone(),
            tags: self.tag.clone(),
            certifies: self.certifies.clone(),
            ..Selection::default()
        }
    }

    /// What the run is allowed.
    pub(super) fn allowed(&self) -> Allowed {
        let allowances = self.allow.iter().map(|allow| match allow {
            Allow::Contacts => Allowance::Contacts,
            Allow::SpendsLogin => Allowance::SpendsLogin,
            Allow::Production => Allowance::Production,
        });
        Allowed::new(allowances.collect())
    }
}

/// What must be allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum Allow {
    /// At a test environment: what may notify or charge a person, for the ids in `fixtures` only.
    Contacts,
    /// At a test environment: what ends a login of the scenario's own, after all other tests and one at a time.
    SpendsLogin,
    /// To run against production, only what changes nothing.
    Production,
}

/// The suites that come with the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Suite {
    /// The scenarios about the Thumbtack Partner API.
    Thumbtack,
}

/// How results are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A line a test.
    Pretty,
    /// A character a test.
    Terse,
    /// A JSON object a line.
    Json,
}

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// At a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}
