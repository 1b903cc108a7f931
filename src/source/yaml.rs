//! YAML 1.2 text into a located tree; with `syntax`, the only place that names the YAML crate.
//!
//! The crate scans and parses; the tree is built here from its events, because only they tell how a scalar was written.
//! What a plain scalar means is decided from that spelling: a harness must not turn `no` into `false` or `007` into 7
//! behind its user's back.

use std::collections::HashMap;

use serde_yaml::granit_parser::{Event, Options, Parser, ScalarStyle, Span, StrInput, Tag};

use super::syntax::{Refusal, refused, syntax_error};
use super::traps::trap;
use super::{Diagnostic, Entry, Located, Node, Place, Problems, Value};

/// How deep collections may be nested.
pub(super) const DEEPEST: usize = 32;

/// How many nodes a document may have, with every alias counted as what it stands for.
const MOST_NODES: usize = 100_000;

/// Reads one YAML document of file number `file`.
///
/// The error holds every problem: one if the syntax is wrong, else all scalars and keys that are refused.
pub fn parse(text: &str, file: u32) -> Result<Node, Vec<Diagnostic>> {
    let mut reader = Reader {
        text,
        file,
        events: Parser::new_from_str_with_options(text, options()),
        anchors: HashMap::new(),
        nodes: 0,
        problems: Problems::default(),
    };
    match reader.document() {
        Ok(_) if !reader.problems.is_empty() => Err(reader.problems.into_sorted()),
        Ok(node) => Ok(node),
        Err(problem) => Err(vec![*problem]),
    }
}

fn options() -> Options {
    // One level more than the reader allows, so that it is the reader that tells the limit.
    let mut options = Options::default();
    options.flow_nesting_limit = DEEPEST + 1;
    options.block_nesting_limit = DEEPEST + 1;
    options.strict_indentation = true;
    options.disallow_directives = true;
    options
}

struct Reader<'t> {
    text: &'t str,
    file: u32,
    events: Parser<'t, StrInput<'t>>,
    /// What each anchor stands for, and how many nodes that are.
    anchors: HashMap<usize, (Node, usize)>,
    nodes: usize,
    problems: Problems,
}

type Read<T> = Result<T, Box<Diagnostic>>;

impl<'t> Reader<'t> {
    fn next(&mut self) -> Read<(Event<'t>, Span)> {
        match self.events.next_event() {
            Some(Ok(event)) => Ok(event),
            Some(Err(error)) => Err(Box::new(syntax_error(self.text, self.file, &error))),
            None => Ok((Event::StreamEnd, Span::default())),
        }
    }

    fn place(&self, span: Span) -> Place {
        let range = span.byte_range().unwrap_or_default();
        let start = range.start.min(self.text.len());
        let end = range.end.clamp(start, self.text.len());
        let trimmed = self.text.get(start..end).map_or(end, |written| start + written.trim_end().len());
        Place::new(self.file, start, trimmed)
    }

    fn refuse<T>(&self, refusal: Refusal, span: Span) -> Read<T> {
        Err(Box::new(refused(refusal, self.place(span))))
    }

    fn document(&mut self) -> Read<Node> {
        let mut document = None;
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::StreamEnd => break,
                Event::StreamStart | Event::DocumentStart(..) | Event::DocumentEnd => {}
                _ if document.is_some() => return self.refuse(Refusal::SecondDocument, span),
                event => document = Some(self.node(event, span, 0)?),
            }
        }
        Ok(document.unwrap_or(Node { place: Place::start_of(self.file), value: Value::Null }))
    }

    fn node(&mut self, event: Event<'t>, span: Span, depth: usize) -> Read<Node> {
        self.nodes += 1;
        if depth > DEEPEST {
            return self.refuse(Refusal::TooDeep, span);
        }
        let before = self.nodes;
        let (node, anchor) = match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.check_tag(tag.as_deref(), span)?;
                (self.scalar(&text, style, span), anchor)
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.check_tag(tag.as_deref(), span)?;
                (self.sequence(span, depth)?, anchor)
            }
            Event::MappingStart(_, anchor, tag) => {
                self.check_tag(tag.as_deref(), span)?;
                (self.mapping(span, depth)?, anchor)
            }
            Event::Alias(anchor) => (self.alias(anchor, span)?, 0),
            _ => return self.refuse(Refusal::NoValue, span),
        };
        if self.nodes > MOST_NODES {
            return self.refuse(Refusal::TooManyNodes, span);
        }
        if anchor != 0 {
            self.anchors.insert(anchor, (node.clone(), self.nodes - before + 1));
        }
        Ok(node)
    }

    fn check_tag(&self, tag: Option<&Tag>, span: Span) -> Read<()> {
        match tag {
            Some(_) => self.refuse(Refusal::Tag, span),
            None => Ok(()),
        }
    }

    fn alias(&mut self, anchor: usize, span: Span) -> Read<Node> {
        let Some((node, size)) = self.anchors.get(&anchor) else { return self.refuse(Refusal::UnknownAnchor, span) };
        self.nodes += size;
        if self.nodes > MOST_NODES {
            return self.refuse(Refusal::TooManyNodes, span);
        }
        Ok(Node { place: self.place(span), value: node.value.clone() })
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, span: Span) -> Node {
        let place = self.place(span);
        if style != ScalarStyle::Plain {
            return Node { place, value: Value::Text(text.into()) };
        }
        if let Some(trap) = trap(text) {
            self.problems.push(trap.diagnostic(place));
        }
        Node { place, value: plain(text) }
    }

    fn sequence(&mut self, span: Span, depth: usize) -> Read<Node> {
        let mut place = self.place(span);
        let mut elements = Vec::new();
        loop {
            let (event, span) = self.next()?;
            if event == Event::SequenceEnd {
                self.close(&mut place, span, elements.last());
                elements.shrink_to_fit();
                return Ok(Node { place, value: Value::Sequence(elements) });
            }
            elements.push(self.node(event, span, depth + 1)?);
        }
    }

    fn mapping(&mut self, span: Span, depth: usize) -> Read<Node> {
        let mut place = self.place(span);
        let mut entries: Vec<Entry> = Vec::new();
        loop {
            let (event, span) = self.next()?;
            if event == Event::MappingEnd {
                self.close(&mut place, span, entries.last().map(|entry| &entry.value));
                self.refuse_twins(&entries);
                entries.shrink_to_fit();
                return Ok(Node { place, value: Value::Mapping(entries) });
            }
            let Event::Scalar(text, style, _, tag) = event else { return self.refuse(Refusal::KeyIsNoText, span) };
            self.check_tag(tag.as_deref(), span)?;
            let key_is_plain = style == ScalarStyle::Plain;
            if key_is_plain && text == "<<" {
                return self.refuse(Refusal::MergeKey, span);
            }
            let key: Located<Box<str>> = Located::new((*text).into(), self.place(span));
            if key_is_plain && let Some(trap) = trap(&key.value) {
                self.problems.push(trap.diagnostic(key.place));
            }
            let (event, span) = self.next()?;
            let value = self.node(event, span, depth + 1)?;
            entries.push(Entry { key, key_is_plain, value });
        }
    }

    fn refuse_twins(&mut self, entries: &[Entry]) {
        // Sorted, because a file may have very many keys; the sort is stable, so twins keep their order.
        let mut keys: Vec<&Located<Box<str>>> = entries.iter().map(|entry| &entry.key).collect();
        keys.sort_by(|a, b| a.value.cmp(&b.value));
        for pair in keys.windows(2).filter(|pair| pair[0].value == pair[1].value) {
            self.problems.push(
                Diagnostic::error(
                    "duplicate-key",
                    format!("the key `{}` is written twice", pair[1].value),
                    pair[1].place,
                )
                .label("second time")
                .context(pair[0].place, "first time")
                .help("remove one of the two"),
            );
        }
    }

    /// A collection reaches to its closing bracket, or to its last member where it has none.
    fn close(&self, place: &mut Place, end: Span, last: Option<&Node>) {
        let bracket = self.place(end);
        let closing =
            self.text.get(bracket.start as usize..bracket.end as usize).is_some_and(|text| text == "]" || text == "}");
        if closing {
            place.end = bracket.end;
        } else if let Some(last) = last.filter(|last| last.place.end > place.end) {
            place.end = last.place.end;
        }
    }
}

/// What a plain scalar is by the core schema of YAML 1.2, without the spellings that `trap` refuses.
fn plain(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" => return Value::Bool(true),
        "false" => return Value::Bool(false),
        _ => {}
    }
    let digits = text.trim_start_matches(['+', '-']);
    let is_signed_once = text.len() - digits.len() <= 1;
    if !is_signed_once || !digits.starts_with(|first: char| first.is_ascii_digit() || first == '.') {
        return Value::Text(text.into());
    }
    let unsigned = text.trim_start_matches('+');
    let number = if digits.bytes().all(|byte| byte.is_ascii_digit()) {
        unsigned.parse::<u64>().map(serde_json::Number::from).or_else(|_| unsigned.parse::<i64>().map(Into::into)).ok()
    } else if is_float(digits) {
        unsigned.parse::<f64>().ok().and_then(serde_json::Number::from_f64)
    } else {
        None
    };
    number.map_or_else(|| Value::Text(text.into()), |number| Value::Number(number, text.into()))
}

/// Whether unsigned `digits` are a float of the core schema.
fn is_float(digits: &str) -> bool {
    let (mantissa, exponent) = match digits.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (digits, None),
    };
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let has_digit = !whole.is_empty() || !fraction.is_empty();
    let exponent_is_fine = exponent.is_none_or(|exponent| {
        let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        !exponent.is_empty() && is_digits(exponent)
    });
    has_digit && is_digits(whole) && is_digits(fraction) && exponent_is_fine
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
