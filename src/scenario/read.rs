//! A scenario file into the model, once for each row of its matrix.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::config::{Capability, Effect};
use crate::source::{
    Data, Diagnostic, Entry, Fields, Located, Node, Problems, Sources, Value, duration, is_template, one_of, parse,
    read_file, text, texts,
};

use super::expand::expand;
use super::files::is_name;
use super::fragments::{FragmentFiles, Splicer, normal};
use super::keys::{SCENARIO, TOKEN_USE};
use super::model::{Scenario, TokenUse};
use super::parts::template;
use super::read_step::read_steps;
use super::words::{Grant, INVARIANT_WORDS, SNAPSHOT_WORDS};

/// The longest that a scenario may take when it does not say.
const DEFAULT_TIMEOUT: Duration = Duration::from_mins(1);

/// What a scenario file holds.
#[derive(Debug)]
pub enum Rows {
    /// A scenario without a matrix.
    One(Box<Scenario>),
    /// One scenario for each row, with the row's name.
    Matrix(Vec<(String, Scenario)>),
}

/// Reads the scenario file `path`.
///
/// The sources hold the file and its fragments in any case, so that the problems can be drawn.
pub fn read_scenario(path: &Path, fragments: &FragmentFiles) -> (Sources, Result<Rows, Vec<Diagnostic>>) {
    let file = match read_file(path, path, 0) {
        Ok(file) => file,
        Err(problem) => {
            let empty = crate::source::SourceFile { path: path.to_path_buf(), text: String::new() };
            return (Sources::of(empty), Err(vec![problem]));
        }
    };
    let file = Arc::new(file);
    let mut sources = Sources::default();
    sources.add(Arc::clone(&file));
    let rows = parse(&file.text, 0).and_then(|document| {
        let mut problems = Problems::default();
        let document = with_fragments(document, path, fragments, &mut sources, &mut problems);
        let rows = read_rows(&document, &mut problems);
        if problems.is_empty() { Ok(rows) } else { Err(problems.into_sorted()) }
    });
    (sources, rows)
}

fn with_fragments(
    mut document: Node,
    path: &Path,
    files: &FragmentFiles,
    sources: &mut Sources,
    problems: &mut Problems,
) -> Node {
    let mut splicer = Splicer { files, sources, problems, stack: vec![normal(path)] };
    if let Value::Mapping(entries) = &mut document.value {
        for entry in entries.iter_mut().filter(|entry| ["steps", "finally"].contains(&&*entry.key.value)) {
            splicer.splice(&mut entry.value);
        }
    }
    document
}

fn read_rows(document: &Node, problems: &mut Problems) -> Rows {
    let Some(matrix) = document.get("matrix") else {
        return Rows::One(Box::new(read_row(document, None, problems)));
    };
    let rows = matrix.as_mapping().unwrap_or_default();
    if rows.is_empty() {
        problems.push(
            Diagnostic::error(
                "wrong-type",
                format!("`matrix` is a mapping of row names to rows, not {}", matrix.kind()),
                matrix.place,
            )
            .help("a row is a mapping of names to values; all rows have the same names"),
        );
        return Rows::Matrix(Vec::new());
    }
    check_rows(rows, problems);
    Rows::Matrix(
        rows.iter().map(|row| (row.key.value.to_string(), read_row(document, Some(&row.value), problems))).collect(),
    )
}

fn check_rows(rows: &[Entry], problems: &mut Problems) {
    let names = |row: &Entry| {
        let mut names: Vec<String> =
            row.value.as_mapping().unwrap_or_default().iter().map(|entry| entry.key.value.to_string()).collect();
        names.sort();
        names
    };
    let first = names(&rows[0]);
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
        } else if names(row) != first {
            problems.push(
                Diagnostic::error(
                    "uneven-matrix",
                    format!("the row `{}` has other names than the first", row.key.value),
                    row.key.place,
                )
                .label(names(row).join(", "))
                .context(rows[0].key.place, first.join(", "))
                .help("all rows of a matrix have the same names"),
            );
        }
    }
}

/// One scenario: `document` with the values of `row` and its literal `vars` written in.
fn read_row(document: &Node, row: Option<&Node>, problems: &mut Problems) -> Scenario {
    let with_row = row.map(|row| expand(document, &|name| row.get(name.strip_prefix("matrix.")?).cloned(), problems));
    let document = with_row.as_ref().unwrap_or(document);
    let vars = document.get("vars").and_then(Node::as_mapping).unwrap_or_default();
    let literal: Vec<&Entry> = vars.iter().filter(|entry| !has_placeholder(&entry.value)).collect();
    if literal.is_empty() {
        return read_document(document, problems);
    }
    let binding = |name: &str| literal.iter().find(|entry| &*entry.key.value == name).map(|entry| entry.value.clone());
    read_document(&expand(document, &binding, problems), problems)
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
    let title =
        get("title").and_then(|node| text(node, "`title`", problems)).map(|title| title.value).unwrap_or_default();
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
    if steps.is_empty()
        && let Some(node) = get("steps")
    {
        problems.push(Diagnostic::error("no-steps", "a scenario without steps proves nothing", node.place));
    }
    Scenario {
        title,
        certifies,
        tags,
        needs: needs.unwrap_or_default(),
        effects,
        targets,
        client: get("client").and_then(|node| text(node, "`client`", problems)),
        token: get("token").and_then(|node| read_token(node, problems)),
        vars: get("vars").map(|node| read_vars(node, problems)).unwrap_or_default(),
        steps,
        finally: get("finally").map(|steps| read_steps(steps, "`finally`", problems)).unwrap_or_default(),
        snapshot: get("snapshot").and_then(|node| one_of(node, "`snapshot`", SNAPSHOT_WORDS, problems)).unwrap_or(true),
        invariants: get("invariants")
            .and_then(|node| one_of(node, "`invariants`", INVARIANT_WORDS, problems))
            .unwrap_or(true),
        timeout: get("timeout").and_then(|node| duration(node, "`timeout`", problems)).unwrap_or(DEFAULT_TIMEOUT),
    }
}

fn read_token(node: &Node, problems: &mut Problems) -> Option<TokenUse> {
    let fields = TOKEN_USE.fields(node, problems)?;
    let grant = one_of(fields.get("grant")?, "`grant`", Grant::WORDS, problems)?;
    let user = fields.get("user").and_then(|node| text(node, "`user`", problems));
    if grant == Grant::RefreshToken {
        problems.push(
            Diagnostic::error("unknown-word", "a carried token is not obtained by a refresh token", node.place)
                .help("write the refresh as a step of its own"),
        );
    }
    if grant == Grant::ClientCredentials
        && let Some(user) = &user
    {
        problems.push(Diagnostic::error("unknown-key", "client credentials stand for no user", user.place));
    }
    let mut part = |key: &str| fields.get(key).and_then(|node| template(node, &format!("`{key}`"), problems));
    Some(TokenUse { grant, scope: part("scope"), audience: part("audience"), user, place: node.place })
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
