//! YAML 1.2 text into a located tree; the only place that names the YAML crate.
//!
//! The crate parses, finds syntax errors and keeps the budget. What a plain scalar means is decided here from its
//! spelling, because a harness must not turn `no` into `false` or `007` into 7 behind its user's back.

use std::collections::HashMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_yaml::{Location, Options, Spanned};

use super::syntax::syntax_error;
use super::traps::trap;
use super::{Diagnostic, Entry, Located, Node, Place, Problems, Value};

/// Reads one YAML document of file number `file`.
///
/// The error holds every problem: one if the syntax is wrong, else all scalars and keys that are refused.
pub fn parse(text: &str, file: u32) -> Result<Node, Vec<Diagnostic>> {
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    let raw: Spanned<Raw> =
        serde_yaml::from_str_with_options(body, options()).map_err(|error| vec![syntax_error(body, file, &error)])?;
    let mut reader = Reader { text: body, file, problems: Problems::default() };
    let node = reader.node(raw);
    if reader.problems.is_empty() { Ok(node) } else { Err(reader.problems.into_sorted()) }
}

/// Every option that differs from the crate's defaults has a test below.
fn options() -> Options {
    serde_yaml::options! {
        strict_booleans: true,
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
        reject_unsupported_tags: true,
        reject_tagged_field_names: true,
        non_finite_float_policy: serde_yaml::options::NonFiniteFloatPolicy::AsString,
        duplicate_keys: serde_yaml::options::DuplicateKeyPolicy::PassThrough,
        merge_keys: serde_yaml::options::MergeKeyPolicy::Error,
        with_snippet: false,
        budget: serde_yaml::budget! {
            max_depth: 32,
            flow_nesting_limit: 32,
            max_nodes: 100_000,
            max_documents: 1,
            max_anchors: 100,
            max_aliases: 1_000,
            max_recorded_anchor_events: 10_000,
        },
        alias_limits: serde_yaml::alias_limits! {
            max_total_replayed_events: 20_000,
            max_replay_stack_depth: 8,
            max_alias_expansions_per_anchor: 1_000,
        },
    }
}

/// A node as the crate tells it, before spellings are looked at.
enum Raw {
    Null,
    Bool(bool),
    Number(Option<serde_json::Number>),
    Text(String),
    Sequence(Vec<Spanned<Raw>>),
    Mapping(Vec<(Spanned<String>, Spanned<Raw>)>),
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a YAML value")
    }

    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_none<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Raw, E> {
        Ok(Raw::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Raw, E> {
        Ok(Raw::Number(Some(value.into())))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Raw, E> {
        Ok(Raw::Number(Some(value.into())))
    }

    fn visit_i128<E>(self, _: i128) -> Result<Raw, E> {
        Ok(Raw::Number(None))
    }

    fn visit_u128<E>(self, _: u128) -> Result<Raw, E> {
        Ok(Raw::Number(None))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Raw, E> {
        Ok(Raw::Number(serde_json::Number::from_f64(value)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Raw, E> {
        Ok(Raw::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Raw, E> {
        Ok(Raw::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Raw, A::Error> {
        let mut elements = Vec::new();
        while let Some(element) = access.next_element()? {
            elements.push(element);
        }
        Ok(Raw::Sequence(elements))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Raw, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = access.next_entry()? {
            entries.push(entry);
        }
        Ok(Raw::Mapping(entries))
    }
}

struct Reader<'t> {
    text: &'t str,
    file: u32,
    problems: Problems,
}

impl Reader<'_> {
    fn place(&self, location: Location) -> Place {
        let span = location.span();
        let offset = |bytes: Option<u64>| usize::try_from(bytes.unwrap_or(0)).unwrap_or(usize::MAX);
        let start = offset(span.byte_offset()).min(self.text.len());
        let end = (start + offset(span.byte_len())).min(self.text.len());
        let trimmed = self.text.get(start..end).map_or(end, |written| start + written.trim_end().len());
        Place::new(self.file, start, trimmed)
    }

    /// What was written at `location`, if it is a scalar without quotes.
    fn plain(&self, location: Location) -> Option<&str> {
        let place = self.place(location);
        let written = self.text.get(place.start as usize..place.end as usize)?;
        let quoted = written.starts_with(['"', '\'', '|', '>']);
        (!quoted && !self.is_block(place.start as usize)).then_some(written)
    }

    /// Whether a scalar that starts at `start` is the content of a block scalar, whose indicator ends the line above.
    fn is_block(&self, start: usize) -> bool {
        let (above, own) = self.text[..start].rsplit_once('\n').unwrap_or(("", &self.text[..start]));
        if !own.trim().is_empty() {
            return false;
        }
        let line = above.trim_end().rsplit('\n').next().unwrap_or_default();
        let line = line.split(" #").next().unwrap_or_default().trim_end();
        let indicator = line.trim_end_matches(|last: char| last.is_ascii_digit() || last == '+' || last == '-');
        indicator.ends_with(['|', '>'])
    }

    fn node(&mut self, raw: Spanned<Raw>) -> Node {
        let place = self.place(raw.referenced);
        let value = match raw.value {
            Raw::Sequence(elements) => {
                Value::Sequence(elements.into_iter().map(|element| self.node(element)).collect())
            }
            Raw::Mapping(entries) => self.mapping(entries),
            scalar => {
                let plain = self.plain(raw.defined).map(str::to_owned);
                if let Some(trap) = plain.as_deref().and_then(trap) {
                    self.problems.push(trap.diagnostic(place));
                }
                scalar_value(scalar, plain)
            }
        };
        let place = match &value {
            Value::Mapping(entries) => entries.last().map_or(place, |last| spanning(place, last.value.place)),
            Value::Sequence(elements) => elements.last().map_or(place, |last| spanning(place, last.place)),
            _ => place,
        };
        Node { place, value }
    }

    fn mapping(&mut self, raw: Vec<(Spanned<String>, Spanned<Raw>)>) -> Value {
        let mut entries: Vec<Entry> = Vec::with_capacity(raw.len());
        let mut seen: HashMap<Box<str>, Place> = HashMap::with_capacity(raw.len());
        for (key, value) in raw {
            let place = self.place(key.referenced);
            let plain = self.plain(key.defined);
            let key_is_plain = plain.is_some();
            if let Some(trap) = plain.and_then(trap) {
                self.problems.push(trap.diagnostic(place));
            }
            let text: Box<str> = key.value.into();
            if let Some(first) = seen.insert(text.clone(), place) {
                self.problems.push(
                    Diagnostic::error("duplicate-key", format!("the key `{text}` is written twice"), place)
                        .label("second time")
                        .context(first, "first time")
                        .help("remove one of the two"),
                );
            }
            let value = self.node(value);
            entries.push(Entry { key: Located::new(text, place), key_is_plain, value });
        }
        Value::Mapping(entries)
    }
}

/// A block collection's own place has no length; it reaches to its last member, unless that is an alias elsewhere.
fn spanning(place: Place, last: Place) -> Place {
    if last.file == place.file && last.end > place.end { Place { end: last.end, ..place } } else { place }
}

fn scalar_value(raw: Raw, plain: Option<String>) -> Value {
    match raw {
        Raw::Bool(value) => Value::Bool(value),
        Raw::Number(number) => match (number, plain) {
            (Some(number), Some(spelling)) => Value::Number(number, spelling.into()),
            (Some(number), None) => Value::Number(number.clone(), number.to_string().into()),
            (None, spelling) => Value::Text(spelling.unwrap_or_default().into()),
        },
        Raw::Text(text) => Value::Text(text.into()),
        Raw::Null | Raw::Sequence(_) | Raw::Mapping(_) => Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    fn codes(text: &str) -> Vec<&'static str> {
        parse(text, 0).err().unwrap_or_default().iter().map(|diagnostic| diagnostic.code).collect()
    }

    fn written(text: &str, path: &[&str]) -> String {
        let mut node = &parse(text, 0).unwrap();
        for key in path {
            node = node.get(key).unwrap();
        }
        text[node.place.start as usize..node.place.end as usize].to_owned()
    }

    #[test]
    fn values_are_read_as_yaml_1_2_means_them() {
        let node =
            parse("{a: 1, b: 1.5, c: true, d: null, e: ~, f: text, g: \"1\", h: [1, x], i: {}, j: 1e3, k: 13:00}", 0)
                .unwrap();
        assert_eq!(
            node.to_json().to_string(),
            r#"{"a":1,"b":1.5,"c":true,"d":null,"e":null,"f":"text","g":"1","h":[1,"x"],"i":{},"j":1000.0,"k":"13:00"}"#
        );
        assert_eq!(parse("a:", 0).unwrap().get("a").unwrap().value, Value::Null);
        assert_eq!(parse("18446744073709551615", 0).unwrap().to_json(), u64::MAX);
        assert_eq!(parse("0.5", 0).unwrap().to_json(), 0.5);
        assert_eq!(parse("0", 0).unwrap().to_json(), 0);
        assert_eq!(parse("\u{feff}a: 1", 0).unwrap().get("a").unwrap().to_json(), 1);
    }

    #[test]
    fn every_scalar_and_key_has_its_place() {
        let text =
            "a: 1\nbc:\n  - \"two words\"\n  - x: yes please # comment\nd: |\n  block\ne: 'q'\nf: plain  # more\n";
        assert_eq!(written(text, &["a"]), "1");
        assert_eq!(written(text, &["e"]), "'q'");
        assert_eq!(written(text, &["f"]), "plain");
        let node = parse(text, 0).unwrap();
        let elements = node.get("bc").unwrap().as_sequence().unwrap();
        let place = elements[0].place;
        assert_eq!(&text[place.start as usize..place.end as usize], "\"two words\"");
        let key = &elements[1].as_mapping().unwrap()[0].key;
        assert_eq!(&text[key.place.start as usize..key.place.end as usize], "x");
        assert_eq!(node.get("d").unwrap().as_text(), Some("block\n"));
    }

    #[test]
    fn ambiguous_spellings_are_refused_anywhere_unless_quoted() {
        for word in ["yes", "no", "On", "OFF", "y", "N", "True", "FALSE"] {
            assert_eq!(codes(&format!("a: [{word}]")), ["yaml-boolean"], "{word}");
            assert_eq!(codes(&format!("{word}: 1")), ["yaml-boolean"], "{word} as key");
            assert_eq!(codes(&format!("a: \"{word}\"")), [""; 0], "{word} quoted");
        }
        for number in [
            "007",
            "-07",
            "00.5",
            "1_000",
            "0x1F",
            "0o17",
            "99999999999999999999",
            "-9223372036854775809",
            ".inf",
            "-.inf",
            ".nan",
        ] {
            assert_eq!(codes(&format!("a: {number}")), ["yaml-number"], "{number}");
            assert_eq!(codes(&format!("a: '{number}'")), [""; 0], "{number} quoted");
        }
        for fine in ["2024-06-13", "12:30", "0.5", "-0.5", "10", "1.10", "0xyz", "1_a", "+1", "127.0.0.1", "1e3"] {
            assert_eq!(codes(&format!("a: {fine}")), [""; 0], "{fine}");
        }
    }

    #[test]
    fn all_problems_are_told_together_in_order() {
        assert_eq!(codes("a: no\na: 2\nb: 007\n"), ["yaml-boolean", "duplicate-key", "yaml-number"]);
    }

    #[test]
    fn what_the_language_leaves_out_is_refused() {
        for text in [
            "a: !env X",
            "a: {<<: {b: 1}}",
            "base: &b {x: 1}\na:\n  <<: *b\n",
            "a: 1\n---\nb: 2\n",
            "a: [",
            "a:\n\tb: 1",
            "a: b: c",
            "? [x]\n: 1",
        ] {
            assert_eq!(codes(text), ["yaml-syntax"], "{text}");
        }
    }

    #[test]
    fn an_alias_stands_for_its_anchor_and_has_its_own_place() {
        let text = "a: &x {k: 1}\nb: *x\n";
        let node = parse(text, 0).unwrap();
        assert_eq!(node.get("b").unwrap().to_json().to_string(), r#"{"k":1}"#);
        assert_eq!(node.get("b").unwrap().place.start, 16);
    }

    #[test]
    fn bombs_and_deep_nesting_are_refused() {
        let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for level in 1..12 {
            let previous = format!("*a{}, ", level - 1).repeat(9);
            writeln!(bomb, "a{level}: &a{level} [{}]", previous.trim_end_matches(", ")).unwrap();
        }
        assert_eq!(codes(&bomb), ["yaml-syntax"]);
        assert_eq!(codes(&"[".repeat(10_000)), ["yaml-syntax"]);
        assert_eq!(codes(&("[".repeat(10_000) + &"]".repeat(10_000))), ["yaml-syntax"]);
        let blocks = (0..200).map(|depth| " ".repeat(depth) + "a:\n").collect::<String>();
        assert_eq!(codes(&blocks), ["yaml-syntax"]);
    }

    #[test]
    fn an_unquoted_placeholder_or_path_in_braces_is_named_as_such() {
        for text in ["a: {b: ${x}}", "a: [${x}]", "a: { b: x${y} }", "a: {\n  b: ${x},\n}", "- a: [1,\n  ${x}]\n"] {
            assert_eq!(codes(text), ["unquoted-placeholder"], "{text}");
        }
        for text in ["a: {b: $.data[0].id}", "a: [$.data[0]]", "a: {b: \"x\", c: $.d[0]}"] {
            assert_eq!(codes(text), ["unquoted-path"], "{text}");
        }
        assert_eq!(codes("a: {b: $.data}"), [""; 0]);
        assert_eq!(codes("a: ${x}"), [""; 0]);
    }

    #[test]
    fn an_empty_file_is_null() {
        for text in ["", "# only a comment\n", "\n\n", "---\n"] {
            assert_eq!(parse(text, 0).map(|node| node.value), Ok(Value::Null), "{text:?}");
        }
    }
}
