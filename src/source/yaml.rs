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
    let mut problems = Problems::default();
    match parse_into(text, file, &mut problems) {
        Some(node) if problems.is_empty() => Ok(node),
        _ => Err(problems.into_sorted()),
    }
}

/// Reads one YAML document of file number `file`, so that its content can be judged though scalars or keys are refused.
///
/// `None` if the syntax is wrong. What is refused is added to `problems`; of a key that is written twice, the first stays.
pub fn parse_into(text: &str, file: u32, problems: &mut Problems) -> Option<Node> {
    let events = Parser::new_from_str_with_options(text, options());
    let mut reader = Reader { text, file, events, anchors: HashMap::new(), nodes: 0, problems };
    match reader.document() {
        Ok(node) => Some(node),
        Err(problem) => {
            problems.push(*problem);
            None
        }
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

struct Reader<'t, 'p> {
    text: &'t str,
    file: u32,
    events: Parser<'t, StrInput<'t>>,
    anchors: HashMap<usize, Anchored>,
    nodes: usize,
    problems: &'p mut Problems,
}

/// What an anchor stands for.
struct Anchored {
    node: Node,
    /// How many nodes that are.
    size: usize,
    /// How many levels of collections that are.
    height: usize,
}

type Read<T> = Result<T, Box<Diagnostic>>;

impl<'t> Reader<'t, '_> {
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
                Event::DocumentStart(..) if document.is_some() => return self.refuse(Refusal::SecondDocument, span),
                Event::StreamStart | Event::DocumentStart(..) | Event::DocumentEnd => {}
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
            Event::Alias(anchor) => (self.alias(anchor, span, depth)?, 0),
            _ => return self.refuse(Refusal::NoValue, span),
        };
        if self.nodes > MOST_NODES {
            return self.refuse(Refusal::TooManyNodes, span);
        }
        if anchor != 0 {
            let anchored = Anchored { node: node.clone(), size: self.nodes - before + 1, height: height(&node) };
            self.anchors.insert(anchor, anchored);
        }
        Ok(node)
    }

    fn check_tag(&self, tag: Option<&Tag>, span: Span) -> Read<()> {
        match tag {
            Some(_) => self.refuse(Refusal::Tag, span.tag_span().unwrap_or(span)),
            None => Ok(()),
        }
    }

    fn alias(&mut self, anchor: usize, span: Span, depth: usize) -> Read<Node> {
        let Some(Anchored { node, size, height }) = self.anchors.get(&anchor) else {
            return self.refuse(Refusal::UnknownAnchor, span);
        };
        // What reads the tree goes as deep as the tree is, however it was written.
        if depth + height > DEEPEST {
            return self.refuse(Refusal::TooDeep, span);
        }
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
            self.problems.spoil(place);
        }
        Node { place, value: plain(text) }
    }

    fn sequence(&mut self, span: Span, depth: usize) -> Read<Node> {
        let mut place = self.place(span);
        let mut elements: Vec<Node> = Vec::new();
        loop {
            let (event, span) = self.next()?;
            if event == Event::SequenceEnd {
                self.close(&mut place, span, elements.last().map(|last| last.place.end));
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
                self.close(&mut place, span, entries.last().map(|last| last.value.place.end.max(last.key.place.end)));
                self.refuse_twins(&mut entries);
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
                self.problems.spoil(key.place);
            }
            let (event, span) = self.next()?;
            let value = self.node(event, span, depth + 1)?;
            entries.push(Entry { key, key_is_plain, value });
        }
    }

    /// Refuses keys that are written twice; the first stays.
    fn refuse_twins(&mut self, entries: &mut Vec<Entry>) {
        // Sorted, because a file may have very many keys; the sort is stable, so twins keep their order.
        let mut keys: Vec<&Located<Box<str>>> = entries.iter().map(|entry| &entry.key).collect();
        keys.sort_by(|a, b| a.value.cmp(&b.value));
        let mut twins = Vec::new();
        for same in keys.chunk_by(|a, b| a.value == b.value) {
            for twin in &same[1..] {
                twins.push(twin.place);
                self.problems.push(
                    Diagnostic::error(
                        "duplicate-key",
                        format!("the key `{}` is written twice", twin.value),
                        twin.place,
                    )
                    .label("second time")
                    .context(same[0].place, "first time")
                    .help("remove one of the two"),
                );
            }
        }
        if !twins.is_empty() {
            twins.sort_unstable();
            entries.retain(|entry| twins.binary_search(&entry.key.place).is_err());
        }
    }

    /// A collection reaches to its closing bracket, or to the `end` of its last member where it has none.
    fn close(&self, place: &mut Place, closing: Span, end: Option<u32>) {
        let bracket = self.place(closing);
        let written = self.text.get(bracket.start as usize..bracket.end as usize);
        place.end = match written {
            Some("]" | "}") => bracket.end,
            _ => end.map_or(place.end, |end| end.max(place.end)),
        };
    }
}

/// How many levels of collections `node` has, itself included.
fn height(node: &Node) -> usize {
    match &node.value {
        Value::Sequence(elements) => 1 + elements.iter().map(height).max().unwrap_or(0),
        Value::Mapping(entries) => 1 + entries.iter().map(|entry| height(&entry.value)).max().unwrap_or(0),
        _ => 0,
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
pub(super) fn is_float(digits: &str) -> bool {
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
mod tests;
