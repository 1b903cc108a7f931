//! Whether a login is kept for a client that acts for a user.

use crate::config::login_command;

use super::Line;
use super::subject::Subject;

/// Tells about the logins of the client `name`; `users` are those who are known to have one, `None` if an external store
/// would have to be asked.
pub(super) fn check(subject: &Subject<'_>, name: &str, users: Option<Vec<String>>) -> Line {
    let check = format!("login of {name}");
    if !subject.session.is_real() {
        return Line::skipped(&check, "none is needed: here the harness logs its users in by itself");
    }
    match users {
        None => Line::skipped(&check, "logins are kept by the commands of `logins`, which are run when scenarios are"),
        Some(users) if users.is_empty() => {
            let advice = format!("run `{}`", login_command(&subject.target.name, name, None));
            Line::warning(&check, "none is kept, so what needs a user's token is skipped", advice)
        }
        Some(users) => Line::ok(&check, format!("kept for {}", users.join(", "))),
    }
}
