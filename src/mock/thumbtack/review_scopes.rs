//! The scopes of reviews, which are unknown: knobs choose among those that the table names.

use super::operation::Operation;
use crate::mock::control::{ReviewAnsweringScope, ReviewReadingScope, Settings};

/// The scopes of which one opens `operation` in a world with these settings.
pub fn scopes_of(operation: &Operation, settings: &Settings) -> &'static [&'static str] {
    match operation.id {
        "listBusinessReviewsV4" => match settings.review_reading_scope {
            ReviewReadingScope::Either => operation.scopes,
            ReviewReadingScope::BusinessesList => &["supply::businesses.list"],
            ReviewReadingScope::NegotiationsRead => &["supply::negotiations.read"],
        },
        "respondToReviewV4" => match settings.review_answering_scope {
            ReviewAnsweringScope::Either => operation.scopes,
            ReviewAnsweringScope::NegotiationsWrite => &["supply::negotiations.write"],
            ReviewAnsweringScope::MessagesWrite => &["supply::messages.write"],
        },
        _ => operation.scopes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mock::thumbtack::operations;

    #[test]
    fn a_knob_chooses_among_the_scopes_of_the_table() {
        let chosen = Settings {
            review_reading_scope: ReviewReadingScope::NegotiationsRead,
            review_answering_scope: ReviewAnsweringScope::MessagesWrite,
            ..Settings::default()
        };
        let mut changed = 0;
        for operation in operations::all() {
            assert_eq!(scopes_of(operation, &Settings::default()), operation.scopes, "{}", operation.id);
            let scopes = scopes_of(operation, &chosen);
            assert!(scopes.iter().all(|scope| operation.scopes.contains(scope)), "{}", operation.id);
            changed += usize::from(scopes != operation.scopes);
        }
        assert_eq!(changed, 2, "both ids are those of operations");
    }
}
