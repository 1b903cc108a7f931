//! `tacktest review`.

use std::io::{self, IsTerminal, stdin, stdout};
use std::path::Path;

use crate::author::{self, Decided};

use super::arguments::PendingArguments;
use super::exit::{Exit, complain};
use super::pending::{pending, told};
use super::places::{at_terminal, stdout_style};

/// Shows what is pending and selected, and asks what to do with it where somebody can answer.
pub(super) fn review(folder: Option<&Path>, arguments: &PendingArguments) -> Exit {
    let pending = match pending(folder, arguments) {
        Ok(pending) => pending,
        Err(exit) => return exit,
    };
    let style = stdout_style(None);
    let asks = stdin().is_terminal() && at_terminal();
    let reviewed = if asks {
        author::review(pending, &mut stdin().lock(), &mut stdout().lock(), style)
    } else {
        author::show(pending, &mut stdout().lock(), style)
    };
    match reviewed {
        Ok(decided) => ended(&decided, asks),
        // Whoever closed the pipe has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Exit::Good,
        Err(error) => {
            complain(format!("the review can't go on: {error}; what was decided before it is done"));
            Exit::Usage
        }
    }
}

/// How it ends. Whoever was asked chose to leave what is left, and that is no failure, as nothing waits unseen.
fn ended(decided: &Decided, asked: bool) -> Exit {
    let exit = told(decided);
    if decided.left == 0 {
        return exit;
    }
    if asked {
        complain(format!("{} left pending", decided.left));
        return exit;
    }
    complain(format!(
        "nothing was asked, as stdin or stdout is no terminal, and nothing changed: {} pending; decide by `tacktest \
         accept` or `tacktest reject`",
        decided.left
    ));
    exit.min(Exit::Shapes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_leaves_is_no_failure_and_what_nobody_was_asked_is_one() {
        let left = |left| Decided { left, ..Decided::default() };
        assert_eq!(ended(&left(2), true), Exit::Good);
        assert_eq!(ended(&left(2), false), Exit::Shapes);
        assert_eq!(ended(&left(0), true), Exit::Good);
        assert_eq!(ended(&left(0), false), Exit::Good);
    }
}
