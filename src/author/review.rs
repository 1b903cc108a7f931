//! Pending shapes, one after the other: shown, and decided by whoever answers.

use std::io::{self, BufRead, Write};

use crate::snapshot::{Before, Pending, PendingFiles, Proposal, StoreError};
use crate::source::Style;

use super::decide::Decided;
use super::diff::{diff, visible};

/// What a person can answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    Accept,
    Reject,
    Skip,
    Quit,
}

/// Shows all of `pending`, each with its difference; decides nothing.
pub fn show(pending: PendingFiles, out: &mut dyn Write, style: Style) -> io::Result<Decided> {
    let mut decided = Decided { problems: pending.problems, ..Decided::default() };
    let total = pending.files.len();
    for (index, file) in pending.files.iter().enumerate() {
        let Some(proposal) = readable(file, &mut decided) else { continue };
        writeln!(out, "[{} of {total}] {}", index + 1, drawn(file, &proposal, style))?;
        decided.left += 1;
    }
    out.flush()?;
    Ok(decided)
}

/// Shows all of `pending` and does with each what `answers` say, a line each; their end means to quit.
pub fn review(
    pending: PendingFiles,
    answers: &mut dyn BufRead,
    out: &mut dyn Write,
    style: Style,
) -> io::Result<Decided> {
    let mut decided = Decided { problems: pending.problems, ..Decided::default() };
    let total = pending.files.len();
    for (index, file) in pending.files.iter().enumerate() {
        let Some(proposal) = readable(file, &mut decided) else { continue };
        writeln!(out, "[{} of {total}] {}", index + 1, drawn(file, &proposal, style))?;
        match ask(file, answers, out)? {
            Answer::Accept => decided.took(file.accept(&proposal).map(ToOwned::to_owned)),
            Answer::Reject => decided.dropped(file),
            Answer::Skip => decided.left += 1,
            Answer::Quit => {
                decided.left += total - index;
                return Ok(decided);
            }
        }
        writeln!(out)?;
    }
    Ok(decided)
}

/// The content of `file`; why it has none is kept for the end.
fn readable(file: &Pending, decided: &mut Decided) -> Option<Proposal> {
    file.read().map_err(|error| decided.problems.push(error)).ok()
}

/// Asks until there is an answer that can be followed.
fn ask(file: &Pending, answers: &mut dyn BufRead, out: &mut dyn Write) -> io::Result<Answer> {
    let question = match file.refusal() {
        None => "a accept, r reject, s skip, q quit",
        Some(_) => "r reject, s skip, q quit",
    };
    loop {
        write!(out, "{question}: ")?;
        out.flush()?;
        let mut line = Vec::new();
        if answers.read_until(b'\n', &mut line)? == 0 {
            // The prompt stays open else.
            writeln!(out)?;
            return Ok(Answer::Quit);
        }
        let answer = match String::from_utf8_lossy(&line).trim().to_ascii_lowercase().as_str() {
            "a" | "accept" => Answer::Accept,
            "r" | "reject" => Answer::Reject,
            "s" | "skip" => Answer::Skip,
            "q" | "quit" => Answer::Quit,
            _ => continue,
        };
        match file.refusal().filter(|_| answer == Answer::Accept) {
            Some(refusal) => writeln!(out, "{refusal}")?,
            None => return Ok(answer),
        }
    }
}

/// The file, its test, and the difference to what is accepted.
fn drawn(file: &Pending, proposal: &Proposal, style: Style) -> String {
    let mut text = format!("{}\ntest:   {}\n", file.path.display(), file.test);
    for (what, value) in [("title: ", &proposal.title), ("source:", &proposal.source)] {
        if let Some(value) = value {
            text = format!("{text}{what} {}\n", visible(value));
        }
    }
    if let Some(target) = &file.target {
        text = format!("{text}drift:  what the target `{target}` answered, beside what is accepted\n");
    }
    let (old, remark) = match &proposal.before {
        Before::Nothing => ("", "nothing is accepted yet\n".to_owned()),
        Before::Shapes(old) => (old.as_str(), String::new()),
        Before::Unusable(error) => ("", format!("{}\n", told(error))),
    };
    let difference = diff(old, &proposal.text, style);
    let difference = if difference.is_empty() {
        "the shapes are the accepted ones; only what stands above them may differ\n".to_owned()
    } else {
        difference
    };
    format!("{text}{remark}{difference}")
}

fn told(error: &StoreError) -> String {
    error.to_string().lines().map(visible).collect::<Vec<_>>().join("\n")
}
