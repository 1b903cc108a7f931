//! `$format`: texts of a known form. The list is closed, and the names are those of JSON Schema (2020-12, §7.3).

use serde_json::Value;

use crate::source::{Diagnostic, Node, Place, did_you_mean};

use super::super::compare::Comparison;
use super::super::compile::Compiler;
use super::super::vocabulary::Operator;

/// A form that a text can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::pattern) enum Format {
    /// A date and time with its offset, RFC 3339 §5.6.
    DateTime,
    /// A date, RFC 3339 §5.6.
    Date,
    /// A mailbox without quotes, comments or address literal, RFC 5321 §4.1.2.
    Email,
    /// An absolute URI, RFC 3986 §3.
    Uri,
    /// A UUID, RFC 9562 §4.
    Uuid,
}

const FORMATS: [(&str, Format, &str); 5] = [
    ("date-time", Format::DateTime, "2025-01-31T12:00:00Z"),
    ("date", Format::Date, "2025-01-31"),
    ("email", Format::Email, "name@example.com"),
    ("uri", Format::Uri, "https://example.com/a?b=c"),
    ("uuid", Format::Uuid, "123e4567-e89b-42d3-a456-426614174000"),
];

/// Compiles the argument of `$format`.
pub(super) fn compile(node: &Node, compiler: &mut Compiler<'_>) -> Option<Format> {
    let Some(word) = node.as_text() else {
        return compiler.wrong(Operator::Format, node, "the name of a format");
    };
    let found = FORMATS.iter().find(|(name, ..)| *name == word).map(|(_, format, _)| *format);
    if found.is_none() {
        let names = FORMATS.map(|(name, ..)| name);
        compiler.problems.push(
            Diagnostic::error("unknown-word", format!("there is no format `{word}`"), node.place)
                .label("unknown format")
                .suggest(did_you_mean(word, names))
                .help(format!("formats: {}; for another form write `$matches`", names.join(" "))),
        );
    }
    found
}

impl Format {
    /// The name, as it is written.
    pub(in crate::pattern) fn name(self) -> &'static str {
        FORMATS[self as usize].0
    }

    /// Reports it if `actual` is no text of this form.
    pub(super) fn check(self, actual: &Value, place: Place, comparison: &mut Comparison<'_>) {
        let (name, _, example) = FORMATS[self as usize];
        let expected = format!("a text of the format {name}, such as {example}");
        if !actual.as_str().is_some_and(|text| self.holds(text)) {
            super::text::miss_text(expected, actual, place, comparison);
        }
    }

    fn holds(self, text: &str) -> bool {
        match self {
            Self::DateTime => is_date_time(text),
            Self::Date => is_date(text),
            Self::Email => is_email(text),
            Self::Uri => is_uri(text),
            Self::Uuid => is_uuid(text),
        }
    }
}

/// The number that `text` is, if it has exactly `digits` digits and nothing else.
fn number(text: Option<&str>, digits: usize) -> Option<i16> {
    text.filter(|text| text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit()))?.parse().ok()
}

fn is_date(text: &str) -> bool {
    let mut parts = text.split('-');
    let (year, month, day) = (number(parts.next(), 4), number(parts.next(), 2), number(parts.next(), 2));
    let (Some(year), Some(month), Some(day), None) = (year, month, day, parts.next()) else {
        return false;
    };
    let small = |number: i16| i8::try_from(number).unwrap_or_default();
    jiff::civil::Date::new(year, small(month), small(day)).is_ok()
}

fn is_date_time(text: &str) -> bool {
    let Some((date, time)) = text.split_once(['T', 't']) else {
        return false;
    };
    let Some(offset_at) = time.find(['Z', 'z', '+', '-']) else {
        return false;
    };
    let (clock, offset) = time.split_at(offset_at);
    let (whole, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    is_date(date)
        // A leap second is written as second 60.
        && is_clock(whole, &[23, 59, 60])
        && !fraction.is_empty()
        && fraction.bytes().all(|byte| byte.is_ascii_digit())
        && (offset.eq_ignore_ascii_case("z")
            || offset.strip_prefix(['+', '-']).is_some_and(|offset| is_clock(offset, &[23, 59])))
}

/// Whether `text` is two-digit numbers with colons, each no larger than its limit.
fn is_clock(text: &str, limits: &[i16]) -> bool {
    let mut parts = text.split(':');
    limits.iter().all(|limit| number(parts.next(), 2).is_some_and(|number| number <= *limit)) && parts.next().is_none()
}

fn is_email(text: &str) -> bool {
    let is_atom = |atom: &str| {
        !atom.is_empty()
            && atom
                .chars()
                .all(|character| character.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(character))
    };
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    text.rsplit_once('@').is_some_and(|(local, domain)| {
        local.len() <= 64 && domain.len() <= 255 && local.split('.').all(is_atom) && domain.split('.').all(is_label)
    })
}

fn is_uri(text: &str) -> bool {
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let fits = match byte {
            // The URL crate repairs what RFC 3986 does not allow, so the characters are looked at first.
            b'%' => [rest.next(), rest.next()].iter().all(|next| next.is_some_and(|next| next.is_ascii_hexdigit())),
            _ => byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=".contains(&byte),
        };
        if !fits {
            return false;
        }
    }
    url::Url::parse(text).is_ok()
}

fn is_uuid(text: &str) -> bool {
    let groups: Vec<_> = text.split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && groups.iter().all(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_enum_and_its_examples_hold() {
        for (index, (name, format, example)) in FORMATS.into_iter().enumerate() {
            assert_eq!((format as usize, format.name()), (index, name));
            assert!(format.holds(example), "{name}");
        }
    }

    #[test]
    fn each_format_takes_its_form_and_no_other() {
        let right: [(Format, &[&str]); 5] = [
            (
                Format::DateTime,
                &["2024-02-29T23:59:60Z", "2025-01-31t12:00:00.123456789012z", "0000-01-01T00:00:00-23:59"],
            ),
            (Format::Date, &["2024-02-29", "2000-02-29"]),
            (Format::Email, &["a.b+c@sub.example.com", "x@localhost"]),
            (
                Format::Uri,
                &["mailto:a@example.com", "urn:partner-api", "http://127.0.0.1:80/%20?q#f", "https://[::1]/"],
            ),
            (Format::Uuid, &["00000000-0000-0000-0000-000000000000", "ABCDEF00-aaaa-0000-0000-00000000000F"]),
        ];
        let wrong: [(Format, &[&str]); 5] = [
            (
                Format::DateTime,
                &[
                    "",
                    "T",
                    "2025-01-31",
                    "2025-01-31T12:00Z",
                    "2025-01-31T12:00:00",
                    "2025-01-31T24:00:00Z",
                    "2025-01-31T12:60:00Z",
                    "2025-01-31T12:00:61Z",
                    "2025-01-31T12:00:00.Z",
                    "2025-02-30T12:00:00Z",
                    "2025-01-31T12:00:00+0100",
                    "2025-01-31T12:00:00+24:00",
                    "2025-01-31T12:00:00Z[UTC]",
                    "2025-01-31T１2:00:00Z",
                ],
            ),
            (
                Format::Date,
                &["", "2025-2-03", "2025-02-29", "2100-02-29", "2025-13-01", "+2025-01-01", "2025-01-01-", "20250101"],
            ),
            (
                Format::Email,
                &["", "a", "@b", "a@", "a..b@c", ".a@b", "a@b@c", "a b@c", "a@-b", "a@b_c", "ä@example.com"],
            ),
            (
                Format::Uri,
                &[
                    "",
                    "/a",
                    "//example.com",
                    "https://a b",
                    "https://a/%2",
                    "https://a/%zz",
                    "https://ä.example",
                    "a\\b:c",
                    "http://",
                ],
            ),
            (
                Format::Uuid,
                &[
                    "",
                    "123e4567e89b42d3a456426614174000",
                    "{123e4567-e89b-42d3-a456-426614174000}",
                    "g23e4567-e89b-42d3-a456-426614174000",
                ],
            ),
        ];
        for (format, texts) in right {
            assert!(texts.iter().all(|text| format.holds(text)), "{format:?}");
        }
        for (format, texts) in wrong {
            for text in texts {
                assert!(!format.holds(text), "{format:?} {text}");
            }
        }
    }
}
