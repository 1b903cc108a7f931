//! How the program ends.

use std::cell::RefCell;
use std::fmt::Display;
use std::io::Write;
use std::process::ExitCode;

use crate::report::Summary;

/// The exit codes; where several hold, the first of this list is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// A bug of this program.
    Bug,
    /// Wrong usage or configuration.
    Usage,
    /// A scenario file is wrong.
    WrongFile,
    /// Nothing was selected, or all was skipped.
    Nothing,
    /// Findings.
    Findings,
    /// New or different shapes, or drift.
    Shapes,
    /// The surroundings failed.
    Inconclusive,
    /// All is well.
    Good,
}

impl Exit {
    /// The exit code of a run that came to `summary`.
    pub fn of(summary: &Summary) -> Self {
        let all_skipped = summary.passed + summary.bad() == 0;
        [
            (summary.bugs > 0, Self::Bug),
            (summary.unusable > 0, Self::Usage),
            (summary.broken > 0, Self::WrongFile),
            (all_skipped, Self::Nothing),
            (summary.failed > 0, Self::Findings),
            (summary.shapes > 0, Self::Shapes),
            (summary.inconclusive > 0, Self::Inconclusive),
        ]
        .into_iter()
        .find_map(|(holds, exit)| holds.then_some(exit))
        .unwrap_or(Self::Good)
    }

    /// The number.
    pub fn code(self) -> u8 {
        match self {
            Self::Good => 0,
            Self::Findings => 1,
            Self::Usage => 2,
            Self::WrongFile => 3,
            Self::Nothing => 4,
            Self::Inconclusive => 5,
            Self::Shapes => 6,
            Self::Bug => 70,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// Tells an error on stderr; a stderr that is gone is no reason to fail.
pub(super) fn complain(message: impl Display) {
    let _ = writeln!(anstream::stderr(), "tacktest: {message}");
}

/// Writes data to stdout. Whoever closed the pipe has seen enough, so that is a good end.
pub(super) fn print(data: &str) -> Exit {
    let mut out = std::io::stdout().lock();
    match out.write_all(data.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => Exit::Good,
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Exit::Good,
        Err(error) => {
            complain(format!("can't write to stdout: {error}"));
            Exit::Usage
        }
    }
}

thread_local! {
    static LAST_PANIC: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Keeps panics from printing by themselves, unscrubbed and out of order.
pub(super) fn quiet_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let told = panic.payload();
        let message = told.downcast_ref::<String>().map(String::as_str).or(told.downcast_ref::<&str>().copied());
        let place = panic.location().map_or_else(String::new, |place| format!(" ({}:{})", place.file(), place.line()));
        LAST_PANIC.with_borrow_mut(|last| *last = format!("{}{place}", message.unwrap_or("a panic without a message")));
    }));
}

/// Runs `command`; a panic on this thread ends the program with the code of a bug, a closed pipe quietly.
pub(super) fn guarded(command: impl FnOnce() -> Exit) -> Exit {
    if let Ok(exit) = std::panic::catch_unwind(std::panic::AssertUnwindSafe(command)) {
        return exit;
    }
    let told = LAST_PANIC.with_borrow(Clone::clone);
    // libtest-mimic panics when the reader of its output goes away.
    if told.contains("Broken pipe") || told.contains("BrokenPipe") {
        return Exit::Good;
    }
    complain(format!("a bug of tacktest: {told}\nplease report it with this message"));
    Exit::Bug
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gravest_verdict_decides() {
        let all =
            Summary { passed: 1, failed: 1, skipped: 1, inconclusive: 1, shapes: 1, unusable: 1, broken: 1, bugs: 1 };
        assert_eq!(Exit::of(&all).code(), 70);
        let all = Summary { bugs: 0, ..all };
        assert_eq!(Exit::of(&all).code(), 2);
        let all = Summary { unusable: 0, ..all };
        assert_eq!(Exit::of(&all).code(), 3);
        assert_eq!(Exit::of(&Summary { broken: 0, ..all }).code(), 1);
        assert_eq!(Exit::of(&Summary { broken: 0, failed: 0, ..all }).code(), 6);
        assert_eq!(Exit::of(&Summary { inconclusive: 1, passed: 1, ..Summary::default() }).code(), 5);
        assert_eq!(Exit::of(&Summary { skipped: 3, ..Summary::default() }).code(), 4);
        assert_eq!(Exit::of(&Summary::default()).code(), 4);
        assert_eq!(Exit::of(&Summary { passed: 1, skipped: 1, ..Summary::default() }).code(), 0);
    }
}
