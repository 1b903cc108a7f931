//! Secrets of which only a part is left, because a text about them was cut at `…`.

use std::sync::Arc;

use super::needle::{Form, Hit, Needles, json_escaped};

/// The mark of a cut.
const MARK: char = '…';

/// Fewer characters beside a cut are not taken for a part of a secret, as they would be found in every text.
const SHORTEST_PART: usize = 4;

/// How many characters beside a cut are looked at; shortened texts are far shorter.
const LONGEST_PART: usize = 1024;

/// Adds to `hits` what stands directly before or after a cut and is a part of a secret.
pub(super) fn find_cut(needles: &Needles, text: &str, hits: &mut Vec<Hit>) {
    for (mark, _) in text.match_indices(MARK) {
        // Excerpts have their quotes inside of the marks.
        let before = text[..mark].strip_suffix('"').unwrap_or(&text[..mark]);
        let starts = before.char_indices().rev().skip(SHORTEST_PART - 1).take(LONGEST_PART);
        let suffixes: Vec<&str> = starts.map(|(start, _)| &before[start..]).collect();
        let after = mark + MARK.len_utf8();
        let rest = text[after..].strip_prefix('"').unwrap_or(&text[after..]);
        let ends = rest.char_indices().skip(SHORTEST_PART - 1).take(LONGEST_PART);
        let prefixes: Vec<&str> = ends.map(|(end, last)| &rest[..end + last.len_utf8()]).collect();
        for (secret, name, form) in needles.texts() {
            let mut hit = |start: usize, part: &str| {
                hits.push(Hit { start, end: start + part.len(), name: Arc::clone(name), form });
            };
            for spelled in spellings(secret, form) {
                if let Some(part) = longest(&suffixes, &spelled) {
                    hit(before.len() - part.len(), part);
                }
                if let Some(part) = longest(&prefixes, &spelled) {
                    hit(text.len() - rest.len(), part);
                }
            }
        }
    }
}

/// The longest of `parts`, of which each holds the one before it, that occurs in `secret`.
fn longest<'t>(parts: &[&'t str], secret: &str) -> Option<&'t str> {
    let count = parts.partition_point(|part| secret.contains(part));
    parts.get(count.checked_sub(1)?).copied()
}

/// How a secret is written into a shortened text: as it is, in JSON, in JSON inside of JSON, in a form.
fn spellings(secret: &str, form: Form) -> Vec<String> {
    let mut spellings = vec![secret.to_owned()];
    if form == Form::Raw {
        let json = json_escaped(secret);
        let form = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
        spellings.extend([json_escaped(&json), json, form]);
        spellings.sort();
        spellings.dedup();
    }
    spellings
}

#[cfg(test)]
mod tests {
    use super::super::Scrubber;

    #[test]
    fn a_part_of_a_secret_beside_a_cut_is_hidden() {
        let scrubber = Scrubber::new();
        scrubber.learn("secret", "fictional-0123456789-\"quoted\"-abcdef");
        for (text, scrubbed) in [
            ("got \"fictional-01234…", "got \"[secret]…"),
            ("…\"456789\"… there", "…\"[secret]\"… there"),
            ("…def and more", "…def and more"),
            ("…abcdef and more", "…[secret] and more"),
            (r#""{\"a\":\"fictional-0123456789-\\\"quo…"#, r#""{\"a\":\"[secret]…"#),
            ("fict and more…", "fict and more…"),
            ("ZmljdGlvbmFsLTAxM…", "[secret]…"),
            ("…", "…"),
        ] {
            assert_eq!(scrubber.scrub(text), scrubbed);
        }
    }
}
