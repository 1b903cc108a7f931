//! YAML nodes become patterns while a file is loaded; every problem is collected with its place.

use crate::source::{Diagnostic, Entry, Node, Place, Problems, Template, Value, did_you_mean, is_template};

use super::model::{Member, Operation, Pattern, Rule};
use super::operators::{self, Check};
use super::vocabulary::{OPERATORS, Operator};

impl Pattern {
    /// Compiles the pattern written as `node`.
    ///
    /// Everything wrong with it is added to `problems`; the part that is wrong never holds.
    pub fn compile(node: &Node, problems: &mut Problems) -> Self {
        Compiler { problems, closed: false }.pattern(node)
    }

    /// Compiles the pattern written as `node` so that no object may have other members, as under `$exactly`: what an
    /// `example` is.
    ///
    /// Everything wrong with it is added to `problems`; the part that is wrong never holds.
    pub fn compile_exactly(node: &Node, problems: &mut Problems) -> Self {
        Compiler { problems, closed: true }.pattern(node)
    }
}

/// One pass over a pattern.
pub(super) struct Compiler<'p> {
    pub(super) problems: &'p mut Problems,
    /// Whether objects may have no other members here.
    pub(super) closed: bool,
}

/// What a key of a pattern is.
enum Key {
    Member,
    Operator,
    Path,
}

fn key_of(key: &str) -> Key {
    if key.starts_with("$.") || key.starts_with("$[") {
        Key::Path
    } else if key.starts_with('$') && !key.starts_with("$$") {
        Key::Operator
    } else {
        Key::Member
    }
}

impl Compiler<'_> {
    /// The pattern written as `node`.
    pub(super) fn pattern(&mut self, node: &Node) -> Pattern {
        let place = node.place;
        let rule = match &node.value {
            Value::Null => Rule::Null,
            Value::Bool(value) => Rule::Bool(*value),
            Value::Number(number, _) => Rule::Number(number.clone()),
            Value::Text(text) => return self.text(text, place),
            Value::Sequence(elements) => Rule::Elements(elements.iter().map(|element| self.pattern(element)).collect()),
            Value::Mapping(entries) => return self.mapping(entries, place),
        };
        Pattern { place, rule }
    }

    fn text(&mut self, text: &str, place: Place) -> Pattern {
        if !is_template(text) {
            return Pattern { place, rule: Rule::Text(text.into()) };
        }
        match Template::parse(text, place) {
            Ok(template) => {
                let rule = match template.as_literal() {
                    Some(literal) => Rule::Text(literal.into()),
                    None => Rule::Template { template: Box::new(template), closed: self.closed },
                };
                Pattern { place, rule }
            }
            Err(problem) => {
                self.problems.push(problem);
                Pattern::refused(place)
            }
        }
    }

    fn mapping(&mut self, entries: &[Entry], place: Place) -> Pattern {
        let mut members = Vec::new();
        let mut operations = Vec::new();
        for entry in entries {
            match key_of(&entry.key.value) {
                Key::Member => members.push(self.member(entry)),
                Key::Operator | Key::Path => operations.push(self.operation(entry)),
            }
        }
        let first =
            |operator: bool| entries.iter().find(|entry| matches!(key_of(&entry.key.value), Key::Member) != operator);
        match (first(false), first(true)) {
            (Some(member), Some(operator)) => {
                self.problems.push(mixed(member, operator));
                Pattern::refused(place)
            }
            (None, Some(_)) => {
                self.contradictions(entries, &operations);
                Pattern { place, rule: Rule::Operators(operations.into()) }
            }
            _ => Pattern { place, rule: Rule::Members { members: members.into(), closed: self.closed } },
        }
    }

    fn member(&mut self, entry: &Entry) -> Member {
        let mut key = entry.key.clone();
        if let Some(escaped) = key.value.strip_prefix('$') {
            key.value = escaped.into();
        } else if is_template(&key.value) {
            self.problems.push(placeholder_in_key(entry));
            self.pattern(&entry.value);
            return Member { pattern: Pattern::refused(key.place), key };
        }
        Member { key, pattern: self.pattern(&entry.value) }
    }

    fn operation(&mut self, entry: &Entry) -> Operation {
        let place = whole(entry);
        Operation { place, check: self.check(entry, place).unwrap_or(Check::Refused) }
    }

    fn check(&mut self, entry: &Entry, place: Place) -> Option<Check> {
        let key = &*entry.key.value;
        if is_template(key) {
            self.problems.push(placeholder_in_key(entry));
            self.pattern(&entry.value);
            return None;
        }
        if matches!(key_of(key), Key::Path) {
            return operators::path::compile(entry, self);
        }
        let Some(operator) = Operator::named(key) else {
            let names = || OPERATORS.iter().map(|(name, _)| *name);
            self.problems.push(
                Diagnostic::error("unknown-operator", format!("there is no operator `{key}`"), entry.key.place)
                    .label("unknown operator")
                    .suggest(did_you_mean(key, names()))
                    .help(format!("operators: {}; `$.…` is a path", names().collect::<Vec<_>>().join(" ")))
                    .help(format!("the member `{key}` of an object is written `${key}`")),
            );
            self.pattern(&entry.value);
            return None;
        };
        operators::compile(operator, &entry.value, place, self)
    }

    /// Refuses operators side by side that no value can satisfy together.
    fn contradictions(&mut self, entries: &[Entry], operations: &[Operation]) {
        for (index, later) in operations.iter().enumerate() {
            for (earlier, entry) in operations[..index].iter().zip(entries) {
                let (a, b) = (earlier.check.fits(), later.check.fits());
                if a.meets(b) {
                    continue;
                }
                let (first, second) = (&entry.key, &entries[index].key);
                self.problems.push(
                    Diagnostic::error(
                        "contradictory-operators",
                        format!("no value satisfies both `{}` and `{}`", first.value, second.value),
                        second.place,
                    )
                    .label(format!("asks for {}", b.words()))
                    .context(first.place, format!("asks for {}", a.words()))
                    .help("all operators of a mapping must hold; for alternatives write `$one_of: [{…}, {…}]`"),
                );
                return;
            }
        }
    }

    /// Adds the problem that the argument `node` of `operator` is not `what`, and refuses the operator.
    pub(super) fn wrong<T>(&mut self, operator: Operator, node: &Node, what: &str) -> Option<T> {
        let title = format!("`{}` takes {what}, not {}", operator.name(), node.kind());
        let mut diagnostic = Diagnostic::error("wrong-type", title, node.place).label(node.kind());
        if what == "a text" {
            diagnostic = match &node.value {
                Value::Number(_, spelling) => diagnostic.help(format!("quote it: \"{spelling}\"")),
                Value::Bool(value) => diagnostic.help(format!("quote it: \"{value}\"")),
                _ => diagnostic,
            };
        }
        self.problems.push(diagnostic);
        None
    }
}

/// From the key to the end of the value, if both stand in one file and in this order.
fn whole(entry: &Entry) -> Place {
    let (key, value) = (entry.key.place, entry.value.place);
    if key.file == value.file && value.start >= key.end { Place { end: value.end, ..key } } else { key }
}

/// The place of the character at byte `offset` of `text`, if the file has the text as it is; else all of `place`.
pub(super) fn part_of(text: &str, place: Place, offset: usize) -> Place {
    let quote = match (place.end.saturating_sub(place.start) as usize).checked_sub(text.len()) {
        Some(0) => 0,
        Some(2) => 1,
        _ => return place,
    };
    let at = text.char_indices().take_while(|(index, _)| *index <= offset).last();
    let Some((index, character)) = at else {
        return place;
    };
    let start = place.start as usize + quote + index;
    Place::new(place.file, start, start + character.len_utf8())
}

fn mixed(member: &Entry, operator: &Entry) -> Diagnostic {
    let key = &operator.key.value;
    Diagnostic::error("mixed-pattern", "a mapping holds either members or operators, not both", operator.key.place)
        .label("an operator")
        .context(member.key.place, "a member")
        .help(format!("the member `{key}` of an object is written `${key}`"))
        .help("for both, write `$all: [{members}, {operators}]`, or reach members by path: `$.name: …`")
}

fn placeholder_in_key(entry: &Entry) -> Diagnostic {
    let title = format!("the key `{}` can't hold a placeholder", entry.key.value);
    Diagnostic::error("placeholder-in-key", title, entry.key.place)
        .label("keys are taken as they are written")
        .help("placeholders stand in values only; a member whose name begins with `${` is written `$${…`")
}

#[cfg(test)]
mod tests {
    use super::super::testing::{covered, pattern, refusal, refusals, told};

    #[test]
    fn members_and_operators_do_not_mix() {
        let yaml = "{a: 1, $type: object}";
        assert_eq!(
            refusal(yaml),
            ("mixed-pattern", "a mapping holds either members or operators, not both".to_owned(), "$type".to_owned())
        );
        let problem = &refusals(yaml)[0];
        assert_eq!(covered(yaml, problem.context[0].0), "a");
        assert_eq!(refusal("{$$ref: 1, $.a: 2}").0, "mixed-pattern");
    }

    #[test]
    fn a_doubled_dollar_is_a_member_and_paths_stand_beside_operators() {
        assert_eq!(told("{$$ref: 1, a: 2}", r#"{"$ref": 1, "a": 2}"#), [""; 0]);
        assert_eq!(told("{$$ref: 1}", r#"{"$$ref": 1}"#).len(), 1);
        assert_eq!(told("{'$${x}': 1}", r#"{"${x}": 1}"#), [""; 0]);
        assert_eq!(
            told("{$type: object, $.a: 2, $['b']: 3}".replace("$['b']", "\"$['b']\"").as_str(), r#"{"a": 2, "b": 3}"#),
            [""; 0]
        );
        assert_eq!(told("{$length: 1, $.a: 2}", r#"{"a": 2, "b": 1}"#), ["$: has 2 members: expected 1, got 2"]);
    }

    #[test]
    fn keys_hold_no_placeholders() {
        for (yaml, key) in [
            ("{'a${x}': 1}", "'a${x}'"),
            ("{'${x}': 1}", "'${x}'"),
            ("{'$.a[?@.b == \"${x}\"]': 1}", "'$.a[?@.b == \"${x}\"]'"),
        ] {
            let (code, _, covered) = refusal(yaml);
            assert_eq!((code, covered.as_str()), ("placeholder-in-key", key), "{yaml}");
        }
    }

    #[test]
    fn all_problems_are_told_together() {
        let yaml = "a: {$contains: 1, $eq: {$gt: x}}\nb: [{$typ: string}, \"${\"]\nc: {d: 1, $not: {$one_of: []}}\n";
        let codes: Vec<_> = refusals(yaml).iter().map(|problem| problem.code).collect();
        assert_eq!(
            codes,
            [
                "wrong-type",
                "unknown-operator",
                "wrong-type",
                "unknown-operator",
                "bad-placeholder",
                "mixed-pattern",
                "empty-list"
            ]
        );
    }

    #[test]
    fn placeholders_are_named_in_order_with_their_places() {
        let yaml = "a: ${one}\nb: {$not: \"x${two}\", $gt: \"${three.x}\"}\nc: [{$matches: \"^${four}\"}, {$length: \"${five}\"}]\n\
                    d: {$exactly: {e: \"${six}\"}}\ne: {$.f: \"${seven}\", $one_of: [\"${eight}\"], $each: \"${nine}\"}\nf: $${no}\n";
        let pattern = pattern(yaml);
        let names: Vec<_> = pattern.names().into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["one", "two", "three.x", "four", "five", "six", "seven", "eight", "nine"]);
        for (name, place) in pattern.names() {
            assert_eq!(covered(yaml, place), format!("${{{name}}}"));
        }
    }
}
