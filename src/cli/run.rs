//! `tacktest run`, and the `cargo test` target.

use std::path::Path;
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Parser;
use libtest_mimic::{ColorSetting, FormatSetting};

use crate::config::{Kind, Project, TargetDefinition};
use crate::engine::{Context, Receiving};
use crate::harness::{self, Finished, Options, Telling};
use crate::oauth::Person;
use crate::plan::{Body, Selection, Terms, Test, load};
use crate::snapshot::{Policy, SnapshotName, Store, StoreError};
use crate::source::Style;
use crate::target::{Usable, Uses};

use super::exit::{Exit, complain, guarded, quiet_panics};
use super::kept::{KeptHere, Spent};
use super::places::{self, at_terminal, stdout_style};
use super::run_arguments::{Color, Format, RunArguments};

/// Runs the scenarios that `arguments` select.
pub(super) fn run(folder: Option<&Path>, arguments: &RunArguments) -> Exit {
    let telling = if at_terminal()
        && arguments.format.is_none_or(|format| format == Format::Pretty)
        && !arguments.quiet
        && arguments.logfile.is_none()
    {
        Telling::Terminal
    } else {
        Telling::Mimic
    };
    match prepare(folder, arguments).and_then(|prepared| prepared.run(arguments, telling)) {
        Ok(Done::Listed) => Exit::Good,
        Ok(Done::NothingSelected) => {
            complain(format!("no test {}; `tacktest list` shows what there is", asked_for(arguments)));
            Exit::Nothing
        }
        Ok(Done::Ran(finished)) => {
            let exit = exit_of(&finished);
            if exit == Exit::Nothing && finished.conclusion.is_some() {
                complain("every selected test was skipped, so nothing was shown; the reasons stand beside the names");
            }
            exit
        }
        Err(exit) => exit,
    }
}

/// How a run ends: what an early end left out is not shown to be good, nor is what could not be written down.
fn exit_of(finished: &Finished) -> Exit {
    let exit = match Exit::of(&finished.summary) {
        Exit::Nothing | Exit::Good if finished.interrupted => Exit::Inconclusive,
        exit => exit,
    };
    if finished.unwritable.is_some() { exit.min(Exit::Usage) } else { exit }
}

/// The `cargo test` target: the same runner, with libtest's exit codes (0 and 101, 2 for wrong usage).
pub fn test_target() -> ExitCode {
    quiet_panics();
    let arguments = RunArguments::parse();
    let mut code = ExitCode::SUCCESS;
    let exit =
        guarded(|| match prepare(None, &arguments).and_then(|prepared| prepared.run(&arguments, Telling::Mimic)) {
            // No match is no failure here: `cargo test NAME` asks every target.
            Ok(Done::Listed | Done::NothingSelected) => Exit::Good,
            Ok(Done::Ran(finished)) => {
                // Without a conclusion, libtest's code for failed tests, as nobody saw the end; so if there was none.
                let conclusion = finished.conclusion.filter(|_| !finished.interrupted);
                code = conclusion.map_or(ExitCode::from(101), |conclusion| conclusion.exit_code());
                Exit::Good
            }
            Err(exit) => exit,
        });
    if exit == Exit::Good { code } else { exit.into() }
}

struct Prepared {
    project: Project,
    target: TargetDefinition,
    tests: Vec<Test>,
    store: Store,
    spent: Spent,
}

enum Done {
    Listed,
    NothingSelected,
    Ran(Box<Finished>),
}

fn prepare(folder: Option<&Path>, arguments: &RunArguments) -> Result<Prepared, Exit> {
    let project = places::project(folder, arguments.selected.suite)?;
    let target = places::target(&project, &arguments.selected.target)?.clone();
    if target.kind != Kind::Mock && harness::under_nextest() {
        complain(
            "nextest runs every test in a process of its own, which no real target bears: use `tacktest run` for it",
        );
        return Err(Exit::Usage);
    }
    let selection =
        Selection { exact: arguments.exact, skip: arguments.skip.clone(), ..arguments.selected.selection() };
    let policy = Policy::from_environment(&|name| std::env::var(name).ok()).map_err(|message| {
        complain(message);
        Exit::Usage
    })?;
    let kept = KeptHere::of(&project, &target, !arguments.list);
    let terms = Terms { attended: arguments.attended, ..places::terms(&project, &target, &arguments.selected, &kept) };
    let mut tests = places::load(&project, &target, &terms, &selection)?;
    if arguments.strict_skips {
        tests.iter_mut().for_each(Test::fail_if_missing);
    }
    let spent = kept.into_spent();
    let store = Store { root: project.snapshots(), policy };
    Ok(Prepared { project, target, tests, store, spent })
}

impl Prepared {
    fn run(mut self, arguments: &RunArguments, telling: Telling) -> Result<Done, Exit> {
        let libtest = libtest_arguments(arguments);
        // When listing too: where a filter leaves no test at all, nextest lists and runs nothing.
        self.refer_to_others()?;
        if arguments.list {
            return harness::list(&self.tests, &libtest).map(|()| Done::Listed).map_err(|why| {
                complain(format!("can't write the list: {why}"));
                Exit::Usage
            });
        }
        if let Some(path) = &arguments.logfile
            && let Err(error) = std::fs::File::create(path)
        {
            complain(format!("can't write results to `{path}`: {error}"));
            return Err(Exit::Usage);
        }
        if arguments.ignored {
            self.tests.retain(|test| test.skip.is_some());
        }
        if self.tests.is_empty() && telling == Telling::Terminal {
            return Ok(Done::NothingSelected);
        }
        let usable = Usable::new(&self.project, &self.target, &uses(&self.tests)).map_err(|error| {
            complain(error);
            Exit::Usage
        })?;
        if let Some(agreement) = &usable.agreement {
            complain(format!("pace of target `{}`: {agreement}", usable.name));
        }
        let seed = arguments.seed.unwrap_or_else(drawn_seed);
        let nothing = self.tests.is_empty();
        let mut context = Context::new(usable, self.store, seed, self.project.definitions());
        context.allowed = arguments.selected.allowed();
        context.logins = Some(super::logins::stored(&self.project));
        context.spent = self.spent;
        context.receiving = receiving(&self.project, context.target.is_in_process());
        context.person = arguments.attended.then_some(Person {
            browser: !arguments.no_browser,
            timeout: arguments.attended_timeout,
            tell: |text| complain(text),
        });
        let options = Options {
            arguments: libtest,
            concurrency: arguments.test_threads,
            telling,
            style: if stays_plain(arguments) { Style::Plain } else { stdout_style(arguments.color) },
        };
        let finished = harness::run_tests(context, self.tests, options).map_err(|error| {
            complain(format!("the run can't be started: {error}"));
            Exit::Usage
        })?;
        if let Some(bug) = &finished.reporter_bug {
            complain(format!("a bug of tacktest ended its report: {bug}\nplease report it with this message"));
        }
        if let Some(why) = &finished.unwritable {
            complain(format!("can't write the results: {why}; the tests were run to their end"));
        }
        if finished.interrupted {
            complain("interrupted: what was under way ran its `finally`, and the rest was not run");
        }
        if nothing {
            return Ok(Done::NothingSelected);
        }
        if let Some(reason) = &finished.stopped {
            complain(format!("the run was stopped: {reason}"));
        }
        if telling == Telling::Mimic {
            finished.notes.iter().for_each(|(name, note)| complain(format!("{name}: {note}")));
        }
        if finished.summary.failed + finished.summary.inconclusive > 0 && arguments.seed.is_none() {
            complain(format!("generated values can be had again with --seed {seed}"));
        }
        Ok(Done::Ran(Box::new(finished)))
    }

    /// Snapshots of scenarios that do not run now are not unreferenced. A run that can't say so fails, else `cargo insta`
    /// would delete them after it.
    fn refer_to_others(&self) -> Result<(), Exit> {
        if self.store.policy.references.is_none() {
            return Ok(());
        }
        let Ok(all) = load(&self.project, &self.target, &Terms::default(), &Selection::default()) else {
            return Ok(());
        };
        for test in &all {
            let file = test.file_name.replace("::", "/");
            let referred = match &test.body {
                // Which tests a wrong file has is not known, so all that it may have stay.
                Body::Broken(_) => self.store.refer_to_all_of(&file),
                Body::Ready(_) | Body::Later(_) | Body::Missing(_) => {
                    SnapshotName::new(&file, test.row.as_deref()).and_then(|name| self.store.refer(&name))
                }
            };
            match referred {
                // No snapshot can have such a name.
                Ok(()) | Err(StoreError::Name(_)) => {}
                Err(error) => {
                    complain(error);
                    return Err(Exit::Usage);
                }
            }
        }
        Ok(())
    }
}

/// Where webhooks are received: where the project says, unless the built-in mock sends them, which reaches any port.
fn receiving(project: &Project, is_in_process: bool) -> Receiving {
    let written = project.receiver.as_ref().filter(|_| !is_in_process);
    let reached =
        written.and_then(|receiver| Some((receiver.listen, receiver.public_url.text(&project.variables).ok()?)));
    reached.map_or_else(Receiving::default, |(listen, public_url)| {
        Receiving::at(listen, public_url, project.contact.clone())
    })
}

/// The credentials that `tests` use, as far as they run.
fn uses(tests: &[Test]) -> Uses {
    let mut uses = Uses::default();
    let run = |test: &&Test| test.skip.is_none() && matches!(test.body, Body::Ready(_) | Body::Later(_));
    tests.iter().filter(run).for_each(|test| uses.add(test.client.as_deref(), &test.needs));
    uses
}

/// Colours have no place in JSON or in a file.
fn stays_plain(arguments: &RunArguments) -> bool {
    arguments.format == Some(Format::Json) || arguments.logfile.is_some() && arguments.color.is_none()
}

/// What a test would have to be, for the message that none is.
fn asked_for(arguments: &RunArguments) -> String {
    let quoted = |words: &[String]| words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(" or ");
    let filter = if arguments.exact { "is called" } else { "has a name with" };
    let skip = if arguments.exact { "is not called" } else { "has no" };
    let asked: Vec<String> = [
        (filter, &arguments.selected.filters),
        (skip, &arguments.skip),
        ("is tagged", &arguments.selected.tag),
        ("certifies", &arguments.selected.certifies),
    ]
    .into_iter()
    .filter(|(_, words)| !words.is_empty())
    .map(|(what, words)| format!("{what} {}", quoted(words)))
    .chain(arguments.ignored.then(|| "would be skipped".to_owned()))
    .collect();
    if asked.is_empty() { "was found".to_owned() } else { asked.join(" and ") }
}

fn libtest_arguments(arguments: &RunArguments) -> libtest_mimic::Arguments {
    libtest_mimic::Arguments {
        include_ignored: arguments.include_ignored,
        ignored: arguments.ignored,
        list: arguments.list,
        quiet: arguments.quiet,
        format: arguments.format.map(|format| match format {
            Format::Pretty => FormatSetting::Pretty,
            Format::Terse => FormatSetting::Terse,
            Format::Json => FormatSetting::Json,
        }),
        color: arguments.color.map(|color| match color {
            Color::Auto => ColorSetting::Auto,
            Color::Always => ColorSetting::Always,
            Color::Never => ColorSetting::Never,
        }),
        logfile: arguments.logfile.clone(),
        ..libtest_mimic::Arguments::default()
    }
}

/// A seed that no other run is likely to have.
fn drawn_seed() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let mixed = now.as_nanos() ^ u128::from(std::process::id()) << 64;
    #[expect(clippy::cast_possible_truncation, reason = "the lower half changes most")]
    let seed = mixed as u64;
    seed
}
