//! Plans become libtest-mimic trials; concurrency, verdicts and the two ways of telling them are ours.
//!
//! Scenarios run as tasks on the one runtime, as many at a time as asked for. Each trial only waits for its own task's
//! outcome, so libtest-mimic needs a single thread and prints in order, however many scenarios are under way.

mod drive;
pub(crate) mod signals;

use std::io::{self, Write};
use std::panic::AssertUnwindSafe;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, PoisonError};
use std::time::Instant;

use libtest_mimic::{Arguments, Completion, Conclusion, Failed, Trial};
use tokio::sync::oneshot;

use crate::engine::{Context, panic_message};
use crate::event::{Event, Outcome, Verdict};
use crate::plan::Test;
use crate::report::{Summary, Terminal, explain};
use crate::runtime::OneRuntime;
use crate::source::Style;

use drive::Driver;

/// Scenarios under way at one time, when nothing else is asked for.
const DEFAULT_CONCURRENCY: usize = 100;

/// How a run is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Telling {
    /// libtest-mimic prints.
    Mimic,
    /// Our own reporter draws at the terminal, while libtest-mimic prints nowhere.
    Terminal,
}

/// How tests are run.
#[derive(Debug)]
pub struct Options {
    /// The flags of libtest; filters are applied before.
    pub arguments: Arguments,
    /// Scenarios under way at one time.
    pub concurrency: Option<usize>,
    /// How the run is told.
    pub telling: Telling,
    /// Whether texts are coloured.
    pub style: Style,
}

/// What a run came to.
#[derive(Debug)]
pub struct Finished {
    /// Verdicts, counted.
    pub summary: Summary,
    /// Why the run was stopped before its end, if it was.
    pub stopped: Option<String>,
    /// Differences worth telling that changed no verdict, with the test's name.
    pub notes: Vec<(String, String)>,
    /// The bug that ended the reporter before the run, if one did; it is counted.
    pub reporter_bug: Option<String>,
    /// What libtest-mimic makes of it; `None` if it could not write all of it.
    pub conclusion: Option<Conclusion>,
    /// Why the output could not be written, unless its reader just went away.
    pub unwritable: Option<String>,
    /// Whether a signal ended the run early.
    pub interrupted: bool,
}

/// Lists `tests` as libtest does; nothing is started. The error says why the list can't be written.
pub fn list(tests: &[Test], arguments: &Arguments) -> Result<(), String> {
    let trials = tests.iter().map(|test| Trial::test(&*test.name, || Ok(())).with_ignored_flag(test.skip.is_some()));
    // What it concludes of a list is always the same.
    match printed(arguments, trials.collect()) {
        Ok(_) | Err(Unprinted::ReaderGone) => Ok(()),
        Err(Unprinted::Unwritable(why)) => Err(why),
    }
}

/// Why libtest-mimic did not print all.
enum Unprinted {
    ReaderGone,
    Unwritable(String),
}

/// Lets libtest-mimic print, which panics when it can't.
fn printed(arguments: &Arguments, trials: Vec<Trial>) -> Result<Conclusion, Unprinted> {
    std::panic::catch_unwind(AssertUnwindSafe(|| libtest_mimic::run(arguments, trials))).map_err(|panic| {
        match panic_message(&*panic) {
            message if is_broken_pipe(message) => Unprinted::ReaderGone,
            message => match write_error(message) {
                Some(why) => Unprinted::Unwritable(why),
                None => std::panic::resume_unwind(panic),
            },
        }
    })
}

/// Runs `tests` and tells what becomes of them. A signal that asks to end ends the run early: nothing more is begun, what
/// is under way is cleaned up; a second one ends the program.
pub fn run_tests(context: Context, tests: Vec<Test>, options: Options) -> io::Result<Finished> {
    let runtime = OneRuntime::start()?;
    let signals = {
        let _on = runtime.handle().enter();
        signals::listen()?
    };
    let interrupt = context.interrupt.clone();
    runtime.handle().spawn(signals::heed(signals, interrupt.clone()));
    let tests = Arc::new(tests);
    let (report, events) = channel();
    let (senders, receivers): (Vec<_>, Vec<_>) = tests.iter().map(|_| oneshot::channel()).unzip();
    let (alive, ended) = channel::<()>();
    let asked = options.concurrency.unwrap_or(DEFAULT_CONCURRENCY);
    let paced = context.target.pacer.most_at_once().unwrap_or(usize::MAX);
    let context = Arc::new(context);
    let driver = Driver {
        context: Arc::clone(&context),
        tests: Arc::clone(&tests),
        waiting: senders,
        report: (options.telling == Telling::Terminal).then(|| report.clone()),
        tally: Arc::default(),
        concurrency: allowed(asked.min(paced)),
        alive,
    };
    let tally = Arc::clone(&driver.tally);
    let started = Instant::now();
    let mut arguments = options.arguments;
    arguments.test_threads = Some(1);
    let terminal = match options.telling {
        Telling::Mimic => None,
        Telling::Terminal => {
            arguments.logfile = Some(null_device().to_owned());
            Some(draw(events, options.style)?)
        }
    };
    let _ = report.send(Event::Started { tests: tests.len() });
    let trials = trials(&tests, receivers, &arguments, options.style);
    runtime.handle().spawn(driver.drive());
    // The tests go on where their output can't be written, as verdicts and cleanup matter.
    let (conclusion, unwritable) = match printed(&arguments, trials) {
        Ok(conclusion) => (Some(conclusion), None),
        Err(Unprinted::ReaderGone) => (None, None),
        Err(Unprinted::Unwritable(why)) => (None, Some(why)),
    };
    // Nothing is ever sent here: the channel ends with the last test.
    let _ = ended.recv();
    let _ = report.send(Event::Finished { elapsed: started.elapsed() });
    drop(report);
    if let Some(terminal) = terminal {
        tally.lock().unwrap_or_else(PoisonError::into_inner).reporter_ended(terminal.join());
    }
    let tally = std::mem::take(&mut *tally.lock().unwrap_or_else(PoisonError::into_inner));
    runtime.end();
    Ok(Finished {
        summary: tally.summary,
        stopped: context.target.pacer.stopped(),
        notes: tally.notes,
        reporter_bug: tally.reporter_bug,
        conclusion,
        unwritable,
        interrupted: interrupt.is_given(),
    })
}

/// What is counted as tests finish.
#[derive(Debug, Default)]
struct Tally {
    summary: Summary,
    notes: Vec<(String, String)>,
    reporter_bug: Option<String>,
}

impl Tally {
    /// A reporter that panicked has told nothing since, so the run ends as a bug of ours.
    fn reporter_ended(&mut self, ended: std::thread::Result<()>) {
        if let Err(panic) = ended {
            self.summary.bugs += 1;
            self.reporter_bug = Some(panic_message(&*panic).to_owned());
        }
    }
}

fn is_broken_pipe(message: &str) -> bool {
    message.contains("Broken pipe") || message.contains("BrokenPipe")
}

/// What the system said, if a panic with `message` is about an error of it, such as a full disk.
fn write_error(message: &str) -> Option<String> {
    let error = message.strip_prefix("called `Result::unwrap()` on an `Err` value: Os {")?;
    let (_, told) = error.split_once("message: \"")?;
    told.rsplit_once('"').map(|(told, _)| told.to_owned())
}

/// Trials that wait for the outcomes of `tests`.
fn trials(
    tests: &[Test],
    receivers: Vec<oneshot::Receiver<Arc<Outcome>>>,
    arguments: &Arguments,
    style: Style,
) -> Vec<Trial> {
    let make = |(test, receiver): (&Test, oneshot::Receiver<Arc<Outcome>>)| {
        let runner = move || match receiver.blocking_recv() {
            Ok(outcome) => told(&outcome, style),
            Err(_) => Err(Failed::from("the scenario ended without a verdict")),
        };
        // nextest counts a skip at run time as passed, so it is told beforehand.
        let before = test.skip.is_some() && (under_nextest() || arguments.ignored);
        Trial::ignorable_test(&*test.name, runner).with_ignored_flag(before)
    };
    tests.iter().zip(receivers).map(make).collect()
}

fn told(outcome: &Outcome, style: Style) -> Result<Completion, Failed> {
    match &outcome.verdict {
        Verdict::Pass => Ok(Completion::Completed),
        // nextest would count it as passed; it runs here only when skipped tests are asked for.
        Verdict::Skip(reason) if under_nextest() => Err(Failed::from(format!("skipped: {reason}"))),
        Verdict::Skip(reason) => Ok(Completion::ignored_with(reason)),
        bad => Err(Failed::from(explain(bad, style))),
    }
}

/// Whether nextest runs this process, one test in each.
pub fn under_nextest() -> bool {
    std::env::var_os("NEXTEST").is_some_and(|value| value == "1")
}

/// Draws events on a thread of its own, so that drawing never holds up a scenario.
fn draw(events: Receiver<Event>, style: Style) -> io::Result<std::thread::JoinHandle<()>> {
    std::thread::Builder::new().name("reporter".to_owned()).spawn(move || {
        let mut terminal = Terminal::new(io::BufWriter::new(io::stdout()), style == Style::Coloured);
        for event in events {
            // A terminal that is gone is no reason to stop the run.
            if terminal.event(&event).is_err() {
                return;
            }
        }
        let _ = io::stdout().flush();
    })
}

/// At most as many scenarios at a time as there are descriptors for both ends of their connections.
fn allowed(asked: usize) -> usize {
    const KEPT_FREE: u64 = 64;
    let limit = rlimit::increase_nofile_limit(u64::MAX).unwrap_or(256);
    let both_ends = usize::try_from(limit.saturating_sub(KEPT_FREE) / 2).unwrap_or(usize::MAX);
    asked.clamp(1, both_ends.max(1))
}

fn null_device() -> &'static str {
    if cfg!(windows) { "NUL" } else { "/dev/null" }
}

#[cfg(test)]
mod tests {
    use super::{Tally, write_error};

    #[test]
    fn what_the_system_said_is_taken_from_a_panic() {
        let full = std::io::Error::from_raw_os_error(28);
        let message = format!("called `Result::unwrap()` on an `Err` value: {full:?}");
        let told = write_error(&message).unwrap();
        assert!(!told.is_empty() && full.to_string().starts_with(&told), "{told}");
        assert_eq!(write_error("index out of bounds"), None);
    }

    #[test]
    fn a_reporter_that_panicked_is_a_bug_that_is_told() {
        let mut tally = Tally::default();
        tally.reporter_ended(std::thread::spawn(|| {}).join());
        assert_eq!((tally.summary.bugs, tally.reporter_bug.as_deref()), (0, None));
        tally.reporter_ended(std::thread::spawn(|| std::panic::panic_any("no columns")).join());
        assert_eq!((tally.summary.bugs, tally.reporter_bug.as_deref()), (1, Some("no columns")));
    }
}
