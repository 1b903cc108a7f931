//! All checks in their order; one that another makes pointless is skipped with that reason.

use crate::config::{Project, TargetDefinition};

use super::subject::{CHECK, Subject};
use super::{Line, clock, configuration, credentials, login, names, reach, receiver, redirect, site};

/// Examines `target` of `project` at its pace: a real one is asked slowly, is waited for where it asks for that, and is
/// left alone once it blocks. No line holds a secret.
///
/// `users` tells whose logins are kept for a client, and `None` if that would have to be asked of an external store.
pub async fn examine(
    project: &Project,
    target: &TargetDefinition,
    users: impl Fn(&str) -> Option<Vec<String>>,
) -> Vec<Line> {
    let mut lines = configuration::check(project, target);
    let (names, resolved) = names::check(project, target).await;
    lines.extend(names);
    if resolved {
        match Subject::open(project, target).await {
            Ok(subject) => lines.extend(of_subject(&subject, users).await),
            Err(line) => lines.push(line),
        }
    } else {
        lines.push(Line::skipped(CHECK, "without the addresses of its hosts nothing more can be looked at"));
    }
    lines.extend(receiver::check(project).await);
    lines
}

async fn of_subject(subject: &Subject<'_>, users: impl Fn(&str) -> Option<Vec<String>>) -> Vec<Line> {
    let reached = reach::check(subject).await;
    let mut lines = reached.lines;
    lines.push(clock::check(&reached.answers));
    for examined in credentials::check(subject, reached.no_credentials).await {
        let redirect = redirect::check(subject, &examined).await;
        let login = examined.acts_for_users.then(|| login::check(subject, &examined.name, users(&examined.name)));
        lines.push(examined.line);
        lines.extend(redirect);
        lines.extend(login);
    }
    lines.extend(site::check(subject, reached.site.as_ref()).await);
    subject.close().await;
    // What a server writes back, such as a description of an error, may hold what was sent.
    lines.into_iter().map(|line| line.map(|text| subject.session.scrubber.scrub(text))).collect()
}
