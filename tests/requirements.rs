//! The built-in catalogue and the bundled scenarios: what is shown, what is not yet, and the table of both.
//!
//! The table is `scenarios/README.md`. `TACKTEST_WRITE_DOCS=1 cargo test --test requirements` writes it anew below the
//! line that says so; otherwise it is held to be as it would be written.

#![expect(clippy::unwrap_used, reason = "a test stops where its surroundings fail")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use tacktest::config::{Capability, Catalogue, Effect, Level, Party, Project, Requirement, Shown};
use tacktest::plan::{Selection, Terms, Test, load};

/// The line of the README below which all is written by this test.
const WRITTEN_BELOW: &str =
    "<!-- What follows is written by `TACKTEST_WRITE_DOCS=1 cargo test --test requirements`. -->\n";

fn project() -> Project {
    Project::read(Path::new(env!("CARGO_MANIFEST_DIR"))).map_err(|(problems, _)| problems).unwrap()
}

fn catalogue(project: &Project) -> &Catalogue {
    project.requirements().map_err(|wrong| &wrong.problems).unwrap()
}

/// The bundled tests, sorted by name.
fn tests(project: &Project) -> Vec<Test> {
    load(project, project.target("mock").unwrap(), &Terms::default(), &Selection::default()).unwrap()
}

/// The scenario files by the requirements that they certify, each from the folder of the scenarios.
fn certifying(tests: &[Test]) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut files: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for test in tests {
        for requirement in &test.certifies {
            files.entry(&requirement.id).or_default().insert(file_of(test));
        }
    }
    files
}

fn file_of(test: &Test) -> &str {
    test.source.strip_prefix("scenarios/").unwrap()
}

/// Whether `id` is what `pattern`, an element of `passes_with`, stands for.
fn stands_for(pattern: &str, id: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == id, |prefix| id.starts_with(prefix))
}

/// What a scenario can show: the server's side of what is no person's word.
fn can_be_certified(requirement: &Requirement) -> bool {
    requirement.party != Party::Client && requirement.shown != Shown::Attested
}

/// The requirements that scenarios could certify and do not, in the order of the catalogue.
fn uncertified<'c>(catalogue: &'c [Arc<Requirement>], files: &BTreeMap<&str, BTreeSet<&str>>) -> Vec<&'c str> {
    let is_certified = |requirement: &Requirement| {
        let shown = |pattern: &String| files.keys().any(|id| stands_for(pattern, id));
        files.contains_key(requirement.id.as_str())
            || !requirement.passes_with.is_empty() && requirement.passes_with.iter().all(shown)
    };
    let missing = catalogue.iter().filter(|requirement| can_be_certified(requirement) && !is_certified(requirement));
    missing.map(|requirement| requirement.id.as_str()).collect()
}

#[test]
fn the_catalogue_has_every_statement_of_the_documents() {
    let project = project();
    let all = catalogue(&project).requirements();
    // The pages of operations are not taken statement by statement.
    let whole = |requirement: &Requirement| requirement.document.title != "API operations";
    let count = |holds: &dyn Fn(&Requirement) -> bool| {
        all.iter().filter(|requirement| whole(requirement) && holds(requirement)).count()
    };
    let of_document = |title: &'static str| count(&|requirement| requirement.document.title == title);
    assert_eq!(["Environments", "Authentication", "HTTP response codes"].map(of_document), [24, 53, 16]);
    assert_eq!(count(&|_| true), 93);
    let binding = |party: Party| count(&|requirement| requirement.party == party);
    assert_eq!([Party::Server, Party::Client, Party::Both].map(binding), [57, 16, 20]);
    assert_eq!(count(&|requirement| requirement.level == Level::Should), 5);
    let statements: BTreeSet<&str> = all.iter().map(|requirement| requirement.statement.as_str()).collect();
    assert_eq!(statements.len(), all.len(), "no two requirements say the same");
    for requirement in all {
        let Requirement { id, statement, document, .. } = &**requirement;
        let one_sentence = !statement.ends_with('.') && !statement.contains(". ") && !statement.contains('\n');
        assert!(one_sentence, "{id}: {statement}");
        let dated = [
            ("env", "2026-04-24"),
            ("auth", "2025-09-18"),
            ("http", "2025-12-09"),
            ("api", "2026-04-24"),
            ("webhook", "2026-04-24"),
        ];
        assert!(dated.contains(&(id.split('.').next().unwrap(), document.date.as_str())), "{id}: {document:?}");
    }
}

#[test]
fn every_requirement_that_a_scenario_can_show_is_certified() {
    let project = project();
    let tests = tests(&project);
    assert_eq!(uncertified(catalogue(&project).requirements(), &certifying(&tests)), Vec::<&str>::new());
}

#[test]
fn what_no_scenario_certifies_is_seen() {
    let project = project();
    let all = catalogue(&project).requirements();
    let tests = tests(&project);
    let mut files = certifying(&tests);
    assert!(files.remove("http.404").is_some());
    assert_eq!(uncertified(all, &files), ["http.404"]);
    // What passes with others is missing as soon as none of a kind is left.
    files.retain(|id, _| !id.starts_with("auth.refresh.") && *id != "auth.oauth2");
    assert!(uncertified(all, &files).contains(&"auth.oauth2"));
}

#[test]
fn no_scenario_certifies_what_only_a_person_can_say() {
    let project = project();
    for test in tests(&project) {
        let attested = test.certifies.iter().find(|requirement| requirement.shown == Shown::Attested);
        assert!(attested.is_none(), "{}: {attested:?}", test.name);
    }
}

#[test]
fn what_must_not_be_provoked_at_a_real_server_is_not() {
    let only_mocks =
        [Capability::Mock, Capability::Clock, Capability::Faults, Capability::Given, Capability::Environments];
    let project = project();
    for test in tests(&project) {
        let Some(on_the_mock) = test.certifies.iter().find(|requirement| requirement.shown == Shown::Mock) else {
            continue;
        };
        let stays_there =
            test.needs.iter().any(|need| only_mocks.contains(need)) || test.effects >= Effect::WrongCredentials;
        assert!(stays_there, "{} shows {} and could run anywhere", test.name, on_the_mock.id);
    }
}

#[test]
fn the_table_of_contents_is_as_it_would_be_written() {
    let project = project();
    let path = project.scenarios().join("README.md");
    let text = fs::read_to_string(&path).unwrap();
    let (head, found) = text.split_once(WRITTEN_BELOW).expect("the README has the line below which it is written");
    let written = contents(catalogue(&project).requirements(), &tests(&project));
    if std::env::var_os("TACKTEST_WRITE_DOCS").is_some() {
        fs::write(&path, format!("{head}{WRITTEN_BELOW}{written}")).unwrap();
        return;
    }
    let differs = found.lines().zip(written.lines()).find(|(found, written)| found != written);
    assert!(
        found == written,
        "scenarios/README.md is not as `TACKTEST_WRITE_DOCS=1 cargo test --test requirements` writes it; first: {differs:?}"
    );
}

/// The table: a heading for each document, a row for each requirement, and the scenarios beyond them.
fn contents(all: &[Arc<Requirement>], tests: &[Test]) -> String {
    let files = certifying(tests);
    let mut text = String::new();
    let mut document = "";
    for requirement in all {
        if requirement.document.title != document {
            document = &requirement.document.title;
            let _ = write!(text, "\n## {document} ({})\n\n", requirement.document.date);
            text.push_str("| requirement | what it states | binds | scenarios |\n|---|---|---|---|\n");
        }
        let Requirement { id, statement, .. } = &**requirement;
        let _ = writeln!(
            text,
            "| `{id}` | {} | {} | {} |",
            statement.replace('|', "\\|"),
            binds(requirement),
            shown_by(requirement, files.get(id.as_str()))
        );
    }
    text.push_str("\n## Beyond the documents\n\n");
    let beyond: BTreeMap<&str, &str> = tests
        .iter()
        .filter(|test| test.certifies.is_empty())
        .map(|test| (file_of(test), test.title.as_str()))
        .collect();
    for (file, title) in beyond {
        let _ = writeln!(text, "- {}: {title}", link(file));
    }
    text
}

fn binds(requirement: &Requirement) -> String {
    let party = match requirement.party {
        Party::Server => "server",
        Party::Client => "client",
        Party::Both => "both",
    };
    let level = match requirement.level {
        Level::Must => "",
        Level::Should => " (should)",
    };
    format!("{party}{level}")
}

fn shown_by(requirement: &Requirement, files: Option<&BTreeSet<&str>>) -> String {
    if let Some(files) = files {
        return files.iter().map(|file| link(file)).collect::<Vec<_>>().join(", ");
    }
    if !requirement.passes_with.is_empty() {
        let parts: Vec<String> = requirement.passes_with.iter().map(|part| format!("`{part}`")).collect();
        return format!("those of {}", parts.join(", "));
    }
    match (requirement.shown, requirement.party) {
        (Shown::Attested, _) => "none: a person attests it".to_owned(),
        (_, Party::Client) => "none: the client is watched at the mock".to_owned(),
        _ => "none yet".to_owned(),
    }
}

fn link(file: &str) -> String {
    format!("[{}]({file})", file.trim_end_matches(".yaml"))
}
