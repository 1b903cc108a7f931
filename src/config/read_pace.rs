//! Reading the pace of a target, and holding that of a real one to what a project may say.

use url::Url;

use crate::source::{Diagnostic, Fields, Node, Place, Problems, Template, is_loopback, number_within, text};

use super::pace::{Agreed, Pace};
use super::target::TargetDefinition;

pub(super) fn read_pace(node: &Node, problems: &mut Problems) -> Pace {
    let keys = ["concurrency", "per_second", "per_run", "agreed"];
    let Some(fields) = Fields::of(node, "`pace`", &keys, problems) else {
        return Pace::default();
    };
    let mut number = |key: &str| number_within(fields.get(key)?, &format!("`{key}`"), 1..=100_000, problems);
    let (concurrency, per_second, per_run) = (number("concurrency"), number("per_second"), number("per_run"));
    // One that is written wrong is told by itself.
    let agreed = fields.get("agreed").map(|node| read_agreed(node, problems).unwrap_or_default());
    Pace { concurrency, per_second, per_run, agreed }
}

fn read_agreed(node: &Node, problems: &mut Problems) -> Option<Agreed> {
    let fields = Fields::of(node, "`agreed`", &["by", "date"], problems)?;
    let mut part = |key: &str, hint: &str| {
        let Some(part) = fields.get(key) else {
            problems.push(
                Diagnostic::error("missing-key", format!("`agreed` has no `{key}`"), node.place)
                    .help(format!("write {hint}")),
            );
            return None;
        };
        Some((text(part, &format!("`{key}`"), problems)?.value, part.place))
    };
    let by = part("by", "who agreed to the pace, such as `by: Partner Support`");
    let date = part("date", "when it was agreed, such as `date: 2026-01-31`");
    let ((by, _), (date, place)) = by.zip(date)?;
    if !date.parse::<jiff::civil::Date>().is_ok_and(|parsed| parsed.to_string() == date) {
        problems.push(
            Diagnostic::error("bad-date", format!("`date` can't be `{date}`"), place)
                .label("not a date")
                .help("write year, month and day, such as `2026-01-31`"),
        );
    }
    Some(Agreed { by, date })
}

/// A pace that `target`, of which it is told at `place`, may not have by itself is a problem if it is known by now that
/// the target is a real one; else it is told when the target is made usable.
pub(super) fn check_pace(target: &TargetDefinition, place: Place, problems: &mut Problems) {
    if !(target.real || target.urls.values().any(is_elsewhere)) {
        return;
    }
    if let Some(excess) = target.pace.excess(target.kind) {
        problems.push(
            Diagnostic::error("pace-not-agreed", excess, place)
                .label("nobody agreed to it")
                .help("ask the operator of the target, and write `agreed: { by: …, date: YYYY-MM-DD }` into `pace`"),
        );
    }
}

/// Whether the URL is written out, and not at this machine.
fn is_elsewhere(template: &Template) -> bool {
    let url = template.as_literal().and_then(|text| Url::parse(text).ok());
    url.is_some_and(|url| url.has_host() && !is_loopback(&url))
}
