//! A run at a terminal: libtest's lines as tests finish, and how far it has come.

use std::io::{self, Write};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anstyle::{AnsiColor, Style};

use crate::event::{Event, Outcome, Verdict};
use crate::source;

use super::{Summary, explain};

/// How often the line of progress is drawn anew.
const REDRAW: Duration = Duration::from_millis(100);

/// Draws a run.
pub struct Terminal<W: Write> {
    out: W,
    coloured: bool,
    total: usize,
    done: Summary,
    bad: Vec<Arc<Outcome>>,
    running: Vec<String>,
    drawn: Option<Instant>,
    /// How many characters the line of progress has.
    open: usize,
}

impl<W: Write> Terminal<W> {
    /// A reporter that draws to `out`.
    pub fn new(out: W, coloured: bool) -> Self {
        Self {
            out,
            coloured,
            total: 0,
            done: Summary::default(),
            bad: Vec::new(),
            running: Vec::new(),
            drawn: None,
            open: 0,
        }
    }

    /// Takes one event.
    pub fn event(&mut self, event: &Event) -> io::Result<()> {
        match event {
            Event::Started { tests } => {
                self.total = *tests;
                writeln!(self.out, "\nrunning {tests} {}", if *tests == 1 { "test" } else { "tests" })
            }
            Event::TestStarted { name } => {
                self.running.push(name.clone());
                self.progress(false)
            }
            Event::TestFinished(outcome) => {
                self.running.retain(|name| *name != outcome.name);
                self.done.count(outcome);
                self.line(outcome)?;
                if !outcome.verdict.is_good() {
                    self.bad.push(Arc::clone(outcome));
                }
                self.progress(false)
            }
            Event::Finished { elapsed } => self.end(*elapsed),
        }
    }

    fn line(&mut self, outcome: &Outcome) -> io::Result<()> {
        let (word, style) = match &outcome.verdict {
            Verdict::Pass => ("ok".to_owned(), AnsiColor::Green),
            Verdict::Skip(reason) => (format!("ignored, {reason}"), AnsiColor::Yellow),
            Verdict::Inconclusive(_) => ("FAILED (inconclusive)".to_owned(), AnsiColor::Yellow),
            Verdict::Shapes(_) => ("FAILED (shapes)".to_owned(), AnsiColor::Red),
            Verdict::Unusable(_) => ("FAILED (snapshots unusable)".to_owned(), AnsiColor::Red),
            Verdict::Broken(_) => ("FAILED (wrong file)".to_owned(), AnsiColor::Red),
            Verdict::Fail(_) | Verdict::Bug(_) => ("FAILED".to_owned(), AnsiColor::Red),
        };
        self.clear()?;
        let word = self.painted(&word, style);
        writeln!(self.out, "test {} ... {word}", outcome.name)?;
        outcome.notes.iter().try_for_each(|note| writeln!(self.out, "     note: {note}"))
    }

    /// Draws how far the run has come, on a line that the next one replaces.
    fn progress(&mut self, now: bool) -> io::Result<()> {
        let done = self.total.min(self.done.passed + self.done.skipped + self.done.bad());
        if done == self.total || (!now && self.drawn.is_some_and(|drawn| drawn.elapsed() < REDRAW)) {
            return self.out.flush();
        }
        self.drawn = Some(Instant::now());
        self.clear()?;
        let oldest = self.running.first().map_or("", String::as_str);
        // A line that the terminal would break could not be taken back.
        let width = terminal_size::terminal_size().map_or(80, |(width, _)| usize::from(width.0)).saturating_sub(1);
        let line: String = format!("{done} of {}  {oldest}", self.total).chars().take(width).collect();
        write!(self.out, "{line}")?;
        self.open = line.chars().count();
        self.out.flush()
    }

    fn clear(&mut self) -> io::Result<()> {
        match std::mem::take(&mut self.open) {
            0 => Ok(()),
            // Over the line with spaces: no escape sequence is needed for it, so none can be left behind.
            open => write!(self.out, "\r{:open$}\r", ""),
        }
    }

    fn end(&mut self, elapsed: Duration) -> io::Result<()> {
        self.clear()?;
        if !self.bad.is_empty() {
            let style = if self.coloured { source::Style::Coloured } else { source::Style::Plain };
            writeln!(self.out, "\nfailures:\n")?;
            for outcome in &self.bad {
                writeln!(self.out, "---- {} ----\n{}\n", outcome.name, explain(&outcome.verdict, style).trim_end())?;
            }
            writeln!(self.out, "\nfailures:")?;
            self.bad.sort_by(|a, b| a.name.cmp(&b.name));
            self.bad.iter().try_for_each(|outcome| writeln!(self.out, "    {}", outcome.name))?;
        }
        let verdict = if self.bad.is_empty() {
            self.painted("ok", AnsiColor::Green)
        } else {
            self.painted("FAILED", AnsiColor::Red)
        };
        let (passed, bad, skipped) = (self.done.passed, self.done.bad(), self.done.skipped);
        let seconds = elapsed.as_secs_f64();
        writeln!(
            self.out,
            "\ntest result: {verdict}. {passed} passed; {bad} failed; {skipped} ignored; finished in {seconds:.2}s\n"
        )?;
        self.out.flush()
    }

    fn painted(&self, text: &str, colour: AnsiColor) -> String {
        if !self.coloured {
            return text.to_owned();
        }
        let style = Style::new().fg_color(Some(colour.into()));
        format!("{style}{text}{style:#}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(name: &str, verdict: Verdict) -> Event {
        Event::TestFinished(Arc::new(Outcome {
            name: name.to_owned(),
            verdict,
            elapsed: Duration::ZERO,
            notes: Vec::new(),
        }))
    }

    #[test]
    fn lines_are_those_of_libtest_and_failures_come_at_the_end() {
        let mut out = Vec::new();
        let mut terminal = Terminal::new(&mut out, false);
        let events = [
            Event::Started { tests: 3 },
            Event::TestStarted { name: "a::b".to_owned() },
            outcome("a::b", Verdict::Pass),
            outcome("a::c", Verdict::Skip("no clock".to_owned())),
            outcome("a::d", Verdict::Broken("what is wrong".to_owned())),
            Event::Finished { elapsed: Duration::from_millis(1_500) },
        ];
        for event in &events {
            terminal.event(event).unwrap();
        }
        let text = String::from_utf8(out).unwrap();
        for expected in [
            "running 3 tests",
            "test a::b ... ok\n",
            "test a::c ... ignored, no clock\n",
            "test a::d ... FAILED (wrong file)\n",
            "---- a::d ----\nwhat is wrong\n",
            "failures:\n    a::d\n",
            "test result: FAILED. 1 passed; 1 failed; 1 ignored; finished in 1.50s",
        ] {
            assert!(text.contains(expected), "{expected:?} is not in\n{text}");
        }
    }
}
