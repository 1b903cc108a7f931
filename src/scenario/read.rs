//! A scenario file into the model, once for each row of its matrix.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::config::{Capability, Effect, EnvironmentWord};
use crate::mock::control::read_knobs;
use crate::source::{
    Data, Diagnostic, Entry, Fields, Located, Node, Problems, Sources, Template, Value, did_you_mean, duration,
    is_name, is_template, one_of, parse_into, read_file, text, texts,
};

use super::expand::{Budget, MOST_WRITTEN, expand};
use super::fragments::{FragmentFiles, Splicer, normal};
use super::keys::{SCENARIO, TOKEN_USE};
use super::model::{Scenario, TokenUse};
use super::parts::{plain_text, template};
use super::read_step::read_steps;
use super::words::{Grant, INVARIANT_WORDS, SNAPSHOT_WORDS};

/// The longest that a scenario may take when it does not say.
const DEFAULT_TIMEOUT: Duration = Duration::from_mins(1);

/// The most rows of a matrix.
const MOST_ROWS: usize = 1_000;

/// The most values that all rows of a scenario may have together: each row is a scenario of its own in memory.
const MOST_VALUES: usize = 500_000;

/// What a scenario file holds.
#[derive(Debug)]
pub enum Rows {
    /// A scenario without a matrix.
    One(Box<Scenario>),
    /// One scenario for each row, with the row's name.
    Matrix(Vec<(String, Scenario)>),
}

/// A scenario file as read.
#[derive(Debug)]
pub struct Reading {
    /// The file and its fragments, so that the problems can be drawn.
    pub sources: Sources,
    /// The scenarios; with problems they are read as far as they can be, and not fit to run. `None` if the file is no
    /// YAML.
    pub rows: Option<Rows>,
    /// What is wrong.
    pub problems: Problems,
    /// Whether all steps are known: the steps of a fragment that can't be read are not.
    pub complete: bool,
}

/// Reads the scenario file `path`.
pub fn read_scenario(path: &Path, fragments: &FragmentFiles) -> Reading {
    let mut reading =
        Reading { sources: Sources::default(), rows: None, problems: Problems::default(), complete: true };
    let file = read_file(path, path, 0).unwrap_or_else(|problem| {
        reading.problems.push(problem);
        crate::source::SourceFile { path: path.to_path_buf(), text: String::new() }
    });
    let file = Arc::new(file);
    reading.sources.add(Arc::clone(&file));
    if reading.problems.is_empty()
        && let Some(document) = parse_into(&file.text, 0, &mut reading.problems)
    {
        if document.is_null() {
            reading.problems.push(
                Diagnostic::error("empty-file", "the file is empty", document.place)
                    .help("a scenario has a `title` and `steps`"),
            );
            return reading;
        }
        let document = with_fragments(document, path, fragments, &mut reading);
        reading.rows = Some(read_rows(&document, &mut reading.problems));
    }
    reading
}

fn with_fragments(mut document: Node, path: &Path, files: &FragmentFiles, reading: &mut Reading) -> Node {
    let Reading { sources, problems, .. } = reading;
    let stack = vec![normal(path)];
    let budget = Budget::of(MOST_WRITTEN);
    let mut splicer = Splicer { files, sources, problems, stack, added: 0, budget, incomplete: false };
    if let Value::Mapping(entries) = &mut document.value {
        for entry in entries.iter_mut().filter(|entry| ["steps", "finally"].contains(&&*entry.key.value)) {
            splicer.splice(&mut entry.value);
        }
    }
    reading.complete = !splicer.incomplete;
    document
}

fn read_rows(document: &Node, problems: &mut Problems) -> Rows {
    let Some(matrix) = document.get("matrix") else {
        check_matrix_names(document, None, problems);
        return Rows::One(Box::new(read_row(document, None, &mut Budget::of(MOST_WRITTEN), problems)));
    };
    let rows = matrix.as_mapping().unwrap_or_default();
    if rows.len() > MOST_ROWS {
        problems.push(
            Diagnostic::error(
                "too-many-rows",
                format!("the matrix has {} rows; the limit is {MOST_ROWS}", rows.len()),
                matrix.place,
            )
            .help("split the scenario"),
        );
        return Rows::Matrix(Vec::new());
    }
    if rows.is_empty() {
        let title = match matrix.value {
            Value::Mapping(_) => "the matrix has no rows".to_owned(),
            _ => format!("`matrix` is a mapping of row names to rows, not {}", matrix.kind()),
        };
        problems.push(
            Diagnostic::error("wrong-type", title, matrix.place)
                .help("a row is a mapping of names to values; all rows have the same names"),
        );
        return Rows::Matrix(Vec::new());
    }
    check_rows(rows, problems);
    check_matrix_names(document, Some(rows), problems);
    // Each row is written into a copy of the document, in which the other rows would only take space.
    let without_rows = Node { value: Value::Mapping(Vec::new()), ..matrix.clone() };
    let entries = document.as_mapping().unwrap_or_default().iter().map(|entry| match &*entry.key.value {
        "matrix" => Entry { value: without_rows.clone(), ..entry.clone() },
        _ => entry.clone(),
    });
    let document = Node { place: document.place, value: Value::Mapping(entries.collect()) };
    let values = rows.len() * size(&document);
    if values > MOST_VALUES {
        problems.push(
            Diagnostic::error(
                "too-many-rows",
                format!("{} rows of a scenario this long make {values} values; the limit is {MOST_VALUES}", rows.len()),
                matrix.place,
            )
            .help("split the scenario"),
        );
        return Rows::Matrix(Vec::new());
    }
    // In a row that lacks names, placeholders would be left and told as wrong values.
    let fitting = rows.iter().filter(|row| row.value.as_mapping().is_some() && names_of(row) == names_of(&rows[0]));
    let mut budget = Budget::of(MOST_VALUES);
    let mut read = |row: &Entry| read_row(&document, Some(&row.value), &mut budget, problems);
    Rows::Matrix(fitting.map(|row| (row.key.value.to_string(), read(row))).collect())
}

/// A placeholder `matrix.NAME` that no row gives a value is a problem.
fn check_matrix_names(node: &Node, rows: Option<&[Entry]>, problems: &mut Problems) {
    match &node.value {
        Value::Text(text) if is_template(text) => {
            // A malformed placeholder is told by the reader that needs the text.
            let Ok(template) = Template::parse(text, node.place) else { return };
            let known: Vec<&str> = rows
                .unwrap_or_default()
                .iter()
                .flat_map(|row| row.value.as_mapping().unwrap_or_default())
                .map(|entry| &*entry.key.value)
                .collect();
            for (name, place) in template.names() {
                let Some(wanted) = name.strip_prefix("matrix.").filter(|wanted| !known.contains(wanted)) else {
                    continue;
                };
                let problem =
                    Diagnostic::error("unknown-name", format!("`{name}` has no value here"), place).label("unknown");
                problems.push(match (rows, did_you_mean(wanted, known.iter().copied())) {
                    (None, _) => problem.help("the scenario has no `matrix`"),
                    (Some(_), Some(guess)) => problem.help(format!("did you mean `matrix.{guess}`?")),
                    (Some(_), None) => problem.help("no row of `matrix` has this name"),
                });
                // The reader of the value would tell that a placeholder is left.
                problems.spoil(place);
                problems.spoil(node.place);
            }
        }
        Value::Sequence(elements) => {
            for element in elements {
                check_matrix_names(element, rows, problems);
            }
        }
        Value::Mapping(entries) => {
            for entry in entries {
                check_matrix_names(&entry.value, rows, problems);
            }
        }
        _ => {}
    }
}

fn check_rows(rows: &[Entry], problems: &mut Problems) {
    let first = names_of(&rows[0]);
    for row in rows {
        if !is_name(&row.key.value) {
            problems.push(
                Diagnostic::error("bad-name", format!("a row can't be named `{}`", row.key.value), row.key.place)
                    .help("the name becomes part of the test's name: lower-case letters, digits and `_`"),
            );
        }
        if row.value.as_mapping().is_none() {
            problems.push(Diagnostic::error(
                "wrong-type",
                format!("a row is a mapping, not {}", row.value.kind()),
                row.value.place,
            ));
        } else if names_of(row) != first {
            problems.push(
                Diagnostic::error(
                    "uneven-matrix",
                    format!("the row `{}` has other names than the first", row.key.value),
                    row.key.place,
                )
                .label(names_of(row).join(", "))
                .context(rows[0].key.place, first.join(", "))
                .help("all rows of a matrix have the same names"),
            );
        }
    }
}

/// How many values `node` has within it, itself included.
fn size(node: &Node) -> usize {
    1 + match &node.value {
        Value::Sequence(elements) => elements.iter().map(size).sum(),
        Value::Mapping(entries) => entries.iter().map(|entry| size(&entry.value)).sum(),
        _ => 0,
    }
}

/// The names to which `row` gives values, sorted.
fn names_of(row: &Entry) -> Vec<&str> {
    let mut names: Vec<&str> =
        row.value.as_mapping().unwrap_or_default().iter().map(|entry| &*entry.key.value).collect();
    names.sort_unstable();
    names
}

/// One scenario: `document` with the values of `row` and its literal `vars` written in.
fn read_row(document: &Node, row: Option<&Node>, budget: &mut Budget, problems: &mut Problems) -> Scenario {
    let with_row =
        row.map(|row| expand(document, &|name| row.get(name.strip_prefix("matrix.")?).cloned(), budget, problems));
    let document = with_row.as_ref().unwrap_or(document);
    let vars = document.get("vars").and_then(Node::as_mapping).unwrap_or_default();
    let literal: Vec<&Entry> = vars.iter().filter(|entry| !has_placeholder(&entry.value)).collect();
    if literal.is_empty() {
        return read_document(document, problems);
    }
    let binding = |name: &str| literal.iter().find(|entry| &*entry.key.value == name).map(|entry| entry.value.clone());
    read_document(&expand(document, &binding, budget, problems), problems)
}

fn has_placeholder(node: &Node) -> bool {
    match &node.value {
        Value::Text(text) => is_template(text),
        Value::Sequence(elements) => elements.iter().any(has_placeholder),
        Value::Mapping(entries) => entries.iter().any(|entry| has_placeholder(&entry.value)),
        _ => false,
    }
}

fn read_document(document: &Node, problems: &mut Problems) -> Scenario {
    let empty = Node { place: document.place, value: Value::Mapping(Vec::new()) };
    let fields = SCENARIO.fields(document, problems).or_else(|| Fields::of(&empty, "", &[], problems));
    let get = |key: &str| fields.and_then(|fields| fields.get(key));
    if let Some(why) = get("why") {
        text(why, "`why`", problems);
    }
    let title = get("title").and_then(|node| plain_text(node, "`title`", problems)).unwrap_or_default();
    let list = |key: &str, problems: &mut Problems| {
        get(key).map(|node| texts(node, &format!("`{key}`"), problems)).unwrap_or_default()
    };
    let certifies = list("certifies", problems);
    let tags = list("tags", problems);
    let targets = list("targets", problems);
    let needs = get("needs").map(|node| {
        let words = node.as_sequence().unwrap_or(std::slice::from_ref(node));
        words.iter().filter_map(|word| one_of(word, "an element of `needs`", Capability::WORDS, problems)).collect()
    });
    let effects = get("effects")
        .and_then(|node| Some(Located::new(one_of(node, "`effects`", Effect::WORDS, problems)?, node.place)));
    let steps = get("steps").map(|steps| read_steps(steps, "`steps`", problems)).unwrap_or_default();
    if let Some(node) = get("steps").filter(|node| node.as_sequence().is_some_and(<[_]>::is_empty)) {
        problems.push(Diagnostic::error("no-steps", "a scenario without steps proves nothing", node.place));
    }
    Scenario {
        title,
        certifies,
        tags,
        needs: needs.unwrap_or_default(),
        knobs: get("knobs").map(|node| read_knobs(node, problems).0).unwrap_or_default(),
        effects,
        targets,
        environment: get("environment")
            .and_then(|node| one_of(node, "`environment`", EnvironmentWord::WORDS, problems))
            .unwrap_or_default(),
        // A client that can't be read is taken for the mock's, so that not all that needs one is told as well.
        client: get("client").map(|node| {
            text(node, "`client`", problems)
                .unwrap_or_else(|| Located::new(crate::config::MOCK_CLIENTS[0].to_owned(), node.place))
        }),
        token: get("token").and_then(|node| read_token(node, problems)),
        vars: get("vars").map(|node| read_vars(node, problems)).unwrap_or_default(),
        steps,
        finally: get("finally").map(|steps| read_steps(steps, "`finally`", problems)).unwrap_or_default(),
        snapshot: get("snapshot").and_then(|node| one_of(node, "`snapshot`", SNAPSHOT_WORDS, problems)).unwrap_or(true),
        invariants: get("invariants")
            .and_then(|node| one_of(node, "`invariants`", INVARIANT_WORDS, problems))
            .unwrap_or(true),
        timeout: get("timeout").and_then(|node| read_timeout(node, problems)).unwrap_or(DEFAULT_TIMEOUT),
    }
}

fn read_timeout(node: &Node, problems: &mut Problems) -> Option<Duration> {
    let timeout = duration(node, "`timeout`", problems)?;
    if timeout.is_zero() {
        problems.push(Diagnostic::error(
            "bad-duration",
            "`timeout` can't be zero: nothing is done in no time",
            node.place,
        ));
    }
    Some(timeout)
}

fn read_token(node: &Node, problems: &mut Problems) -> Option<TokenUse> {
    let fields = TOKEN_USE.fields(node, problems)?;
    let grant = fields.get("grant").and_then(|node| one_of(node, "`grant`", Grant::WORDS, problems));
    let user = fields.get("user").and_then(|node| text(node, "`user`", problems));
    if grant == Some(Grant::RefreshToken) {
        problems.push(
            Diagnostic::error("unknown-word", "a carried token is not obtained by a refresh token", node.place)
                .help("write the refresh as a step of its own"),
        );
    }
    if grant == Some(Grant::ClientCredentials)
        && let Some(user) = &user
    {
        problems.push(
            Diagnostic::error("misplaced-key", "client credentials stand for no user", user.place)
                .help("remove `user`, or log a user in with `grant: authorization_code`"),
        );
    }
    let mut part = |key: &str| fields.get(key).and_then(|node| template(node, &format!("`{key}`"), problems));
    let (scope, audience) = (part("scope"), part("audience"));
    Some(TokenUse { grant: grant?, scope, audience, user, place: node.place })
}

fn read_vars(node: &Node, problems: &mut Problems) -> Vec<(Located<String>, Data)> {
    let Some(entries) = node.as_mapping() else {
        problems.push(Diagnostic::error(
            "wrong-type",
            format!("`vars` is a mapping of names to values, not {}", node.kind()),
            node.place,
        ));
        return Vec::new();
    };
    entries
        .iter()
        .map(|entry| {
            if !is_name(&entry.key.value) {
                problems.push(
                    Diagnostic::error(
                        "bad-name",
                        format!("a variable can't be named `{}`", entry.key.value),
                        entry.key.place,
                    )
                    .help("names have lower-case letters, digits and `_`"),
                );
            }
            (Located::new(entry.key.value.to_string(), entry.key.place), Data::of(&entry.value, problems))
        })
        .collect()
}
