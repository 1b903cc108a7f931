//! Whom the operator of a target can ask about a run.

use crate::source::{Diagnostic, Node, Problems, is_template, text};

/// The most characters of a contact.
const LONGEST: usize = 200;

/// Reads `contact`, which becomes the comment of the `User-Agent` header (RFC 9110 §10.1.5).
pub(super) fn read_contact(node: &Node, problems: &mut Problems) -> Option<String> {
    let written = text(node, "`contact`", problems)?;
    let problem = problem_of(&written.value);
    if let Some(problem) = problem {
        problems.push(
            Diagnostic::error("bad-contact", format!("`contact` {problem}"), written.place)
                .label("can't stand in a header")
                .help("write an address that is read by somebody, such as `integrations@partner.example.com`"),
        );
        return None;
    }
    Some(written.value)
}

fn problem_of(contact: &str) -> Option<String> {
    // These have a meaning of their own within a comment of a header (RFC 9110 §5.6.5).
    let cannot = |character: char| !matches!(character, ' '..='~') || matches!(character, '(' | ')' | '\\');
    if contact.trim().is_empty() {
        return Some("is empty".to_owned());
    }
    if is_template(contact) {
        return Some("is sent to everybody and can't have a placeholder".to_owned());
    }
    if contact.chars().count() > LONGEST {
        return Some(format!("has more than {LONGEST} characters"));
    }
    let character = contact.chars().find(|character| cannot(*character))?;
    Some(format!("can't hold {character:?}: only printable ASCII but `(`, `)` and `\\`"))
}

#[cfg(test)]
mod tests {
    use super::problem_of;

    #[test]
    fn only_what_a_comment_of_a_header_can_hold_is_a_contact() {
        assert_eq!(problem_of("integrations@partner.example.com, 555-0100"), None);
        for (contact, told) in [
            (" ", "is empty"),
            ("a\r\nx-injected: b", "'\\r'"),
            ("José", "'é'"),
            ("a (b", "'('"),
            ("a\\", "'\\\\'"),
            ("${env.MAIL}", "placeholder"),
        ] {
            let problem = problem_of(contact).unwrap();
            assert!(problem.contains(told), "{contact:?}: {problem}");
        }
        assert!(problem_of(&"a".repeat(201)).unwrap().contains("200"));
    }
}
