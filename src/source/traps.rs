//! Plain spellings that two YAML readers would read differently, and that are therefore refused.

use super::yaml::is_float;
use super::{Diagnostic, Place};

/// A plain spelling that two YAML readers would read differently.
pub(super) enum Trap {
    Boolean(String),
    Number { spelling: String, why: &'static str },
}

/// The trap that the plain scalar `spelling` is, if it is one.
pub(super) fn trap(spelling: &str) -> Option<Trap> {
    if ["yes", "no", "on", "off", "y", "n"].contains(&spelling.to_ascii_lowercase().as_str()) {
        return Some(Trap::Boolean(spelling.to_owned()));
    }
    if ["True", "TRUE", "False", "FALSE"].contains(&spelling) {
        return Some(Trap::Boolean(spelling.to_owned()));
    }
    let number = |why| Some(Trap::Number { spelling: spelling.to_owned(), why });
    let digits = spelling.trim_start_matches(['+', '-']);
    if [".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN"].contains(&digits) {
        return number("JSON has no such number");
    }
    if is_float(digits) && !digits.parse::<f64>().is_ok_and(f64::is_finite) {
        return number("beyond 64 bits");
    }
    if !digits.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    let lower = digits.to_ascii_lowercase();
    if let Some(radix) = ["0x", "0o", "0b"].iter().find(|prefix| lower.starts_with(**prefix)) {
        let rest = &lower[radix.len()..];
        return if rest.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'_') {
            number("not decimal")
        } else {
            None
        };
    }
    if digits.contains('_') && digits.bytes().all(|byte| byte.is_ascii_digit() || b"_.".contains(&byte)) {
        return number("`_` within it");
    }
    let is_decimal =
        digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') && digits.matches('.').count() <= 1;
    let mantissa = lower.split('e').next().unwrap_or_default();
    if (is_decimal || is_float(digits))
        && mantissa.len() > 1
        && mantissa.starts_with('0')
        && !mantissa.starts_with("0.")
    {
        return number("a leading zero");
    }
    if digits.bytes().all(|byte| byte.is_ascii_digit()) {
        let fits = spelling.trim_start_matches('+').parse::<i64>().is_ok()
            || digits.parse::<u64>().is_ok() && !spelling.starts_with('-');
        if !fits {
            return number("beyond 64 bits");
        }
    }
    None
}

impl Trap {
    /// What is told about the trap at `place`.
    pub(super) fn diagnostic(&self, place: Place) -> Diagnostic {
        match self {
            Trap::Boolean(spelling) => Diagnostic::error(
                "yaml-boolean",
                format!("`{spelling}` is a boolean to some YAML readers and a text to others"),
                place,
            )
            .label("ambiguous")
            .help(format!("write `true` or `false` for a boolean, `\"{spelling}\"` for the text")),
            Trap::Number { spelling, why } => Diagnostic::error(
                "yaml-number",
                format!("`{spelling}` is not the same number to every YAML reader"),
                place,
            )
            .label(*why)
            .help(format!("write the number in plain decimal digits, or `\"{spelling}\"` for the text")),
        }
    }
}
