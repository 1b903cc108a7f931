//! What scenarios certify, from outside: unknown ids, a project's own requirements, and what a failure tells of them.

#![expect(clippy::unwrap_used, reason = "a test stops where its surroundings fail")]

mod project;

use project::{FAILS, HOLDS, Project};

const OWN: &str = "\
documents:
  orders: { title: How orders work, date: 2026-01-31 }
requirements:
  orders.refund.once:
    statement: an order is refunded once
    level: must
    party: server
    basis: stated
    source: { document: orders, section: Refunds }
    shown: staging
    passes_with: [orders.refund.asked, http.*]
  orders.refund.asked:
    statement: a refund is asked for
    level: should
    party: client
    basis: practice
    source: { document: auth, section: scopes }
    shown: attested
";

const BUILT_IN: &str = include_str!("../scenarios/_requirements.yaml");

fn certifying(scenario: &str, ids: &str) -> String {
    format!("{scenario}certifies: [{ids}]\n")
}

/// A project with this catalogue and a scenario that certifies one of the project's own requirements and a built-in one.
fn with_catalogue(text: &str) -> Project {
    let project = Project::new().scenario("refund", &certifying(HOLDS, "orders.refund.once, http.404"));
    project.write("scenarios/_requirements.yaml", text);
    project
}

#[test]
fn an_unknown_requirement_is_refused_where_it_stands() {
    let project = Project::new().scenario("fine", HOLDS).scenario("typo", &certifying(HOLDS, "http.200, http.4004"));
    let told =
        ["unknown-requirement", "there is no requirement `http.4004`", "scenarios/typo.yaml:5:23", "`http.404`?"];
    project.tacktest(&["check"]).told(3, &told);
    project.tacktest(&["run"]).told(3, &[&told[..], &["test fine ... ok"]].concat());
    // The project's own ids are known to the project only.
    Project::new().scenario("x", &certifying(HOLDS, "orders.refund.once")).tacktest(&["check"]).told(3, &told[..1]);
}

#[test]
fn an_unknown_requirement_on_the_command_line_is_wrong_usage() {
    let project = Project::new().scenario("one", &certifying(HOLDS, "http.404"));
    for command in ["run", "list"] {
        let asked = |ids: &[&str]| {
            let arguments = ids.iter().flat_map(|id| ["--certifies", *id]);
            project.tacktest(&[command].into_iter().chain(arguments).collect::<Vec<_>>())
        };
        asked(&["http.4004", "http.404", "zebra"])
            .told(2, &["there is no requirement `http.4004`; did you mean `http.404`?", "no requirement `zebra`\n"]);
        asked(&["env.links.staging"]).told(
            2,
            &["`env.links.staging`; below that name are env.links.staging.responses, env.links.staging.webhooks; for all of \
               them write `--certifies 'env.links.staging.*'`\n"],
        );
        for (slip, told) in [
            ("http.", "no requirement `http.`; below that name are http.200, "),
            ("http*", "for all of them write `--certifies 'http.*'`\n"),
            ("htpp.*", "no requirement `htpp.*`; did you mean `http.*`?\n"),
            ("http.404.*", "no requirement `http.404.*`; did you mean `http.404`?\n"),
            ("*", "no requirement `*`\n"),
            (".*", "no requirement `.*`\n"),
        ] {
            asked(&[slip]).told(2, &[told]);
        }
        asked(&["http.404"]).told(0, &["one"]);
        asked(&["http.403"]).ended(4);
    }
}

#[test]
fn all_requirements_below_a_name_are_asked_for_together() {
    let project = Project::new()
        .scenario("code", &certifying(HOLDS, "http.404"))
        .scenario("link", &certifying(HOLDS, "auth.code.returned, env.links.staging.responses"));
    let listed = |names: &[&str]| {
        let arguments = names.iter().flat_map(|name| ["--certifies", *name]);
        let list = project.tacktest(&["list"].into_iter().chain(arguments).collect::<Vec<_>>());
        list.ended(0);
        list.stdout
    };
    assert_eq!(listed(&["http.*"]), "code\n");
    assert_eq!(listed(&["env.*"]), "link\n");
    assert_eq!(listed(&["env.links.*"]), "link\n");
    assert_eq!(listed(&["env.*", "http.404"]), "code\nlink\n");
    project.tacktest(&["run", "--certifies", "auth.oidc.*"]).ended(4);
    project.tacktest(&["run", "--certifies", "env.*"]).told(0, &["test link ... ok", "1 passed"]);
    // A scenario shows single statements.
    let group = Project::new().scenario("group", &certifying(HOLDS, "env.links.*"));
    group.tacktest(&["check"]).told(3, &["no requirement `env.links.*`", "below that name are env.links."]);
}

#[test]
fn a_project_adds_requirements_of_its_own() {
    let project = with_catalogue(OWN);
    project.tacktest(&["check"]).told(0, &["1 file: 1 test, nothing wrong"]);
    project.tacktest(&["run", "--certifies", "orders.refund.once"]).told(0, &["test refund ... ok"]);
    let failing = with_catalogue(OWN).scenario("refund", &certifying(FAILS, "orders.refund.once, http.404"));
    failing.tacktest(&["run"]).told(
        1,
        &["\ncertifies orders.refund.once: an order is refunded once (How orders work, Refunds, 2026-01-31)\n\
             certifies http.404: 404 means that the resource does not exist (HTTP response codes, "],
    );
    // The bundled suite is about the built-in requirements, whatever the project adds.
    let suite = ["list", "--suite", "thumbtack", "--certifies"];
    project.tacktest(&[&suite[..], &["orders.refund.once"]].concat()).told(2, &["no requirement `orders.refund.once`"]);
    project.tacktest(&[&suite[..], &["http.404"]].concat()).told(0, &["http::not_found"]);
}

#[test]
fn a_built_in_requirement_may_be_repeated_and_not_changed() {
    let project = Project::new().scenario("one", &certifying(HOLDS, "http.404"));
    let spelled_otherwise = BUILT_IN.replace("shown: staging", "shown: \"staging\"");
    for same in [BUILT_IN, &spelled_otherwise, "", "# Nothing yet.\n", "documents:\nrequirements:\n"] {
        project.write("scenarios/_requirements.yaml", same);
        project.tacktest(&["check"]).told(0, &["1 file: 1 test, nothing wrong"]);
        project.tacktest(&["run"]).ended(0);
    }
    let statement = "404 means that the resource does not exist";
    assert_eq!(BUILT_IN.matches(statement).count(), 1);
    project.write("scenarios/_requirements.yaml", &BUILT_IN.replace(statement, "404 means whatever"));
    let told = ["`statement` of the built-in requirement `http.404` can't be changed", statement];
    project.tacktest(&["check"]).told(3, &told);
    project.tacktest(&["run"]).told(2, &told);
}

#[test]
fn all_that_is_wrong_with_a_catalogue_is_told_by_every_command_that_needs_it() {
    let project = with_catalogue(&OWN.replace("level: must", "level: mus").replace("shown: staging", "shown: stage"));
    let told = ["scenarios/_requirements.yaml:6:12", "did you mean `must`?", "scenarios/_requirements.yaml:10:12"];
    for command in [&["run"][..], &["list"], &["run", "--certifies", "http.404"]] {
        let run = project.tacktest(command);
        run.told(2, &told);
        assert_eq!(run.stdout, "", "{command:?}");
    }
    let broken = project.scenario("wrong", "title: No steps\n");
    let all = [&told[..], &["scenarios/wrong.yaml:1:1", "3 files: 3 problems"]].concat();
    broken.tacktest(&["check"]).told(3, &all);
    broken.tacktest(&["check", "scenarios"]).told(3, &all);
    broken.tacktest(&["check", "scenarios/_requirements.yaml"]).told(3, &[&told[..], &["1 file: 2 problems"]].concat());
    broken.write("scenarios/_requirements.yaml", OWN);
    broken.tacktest(&["check", "scenarios/_requirements.yaml"]).told(0, &["1 file: 0 tests, nothing wrong"]);
    // Of that name, but no catalogue of the project.
    broken.write("scenarios/http/_requirements.yaml", "level: mus");
    broken.tacktest(&["check", "scenarios/http/_requirements.yaml"]).told(4, &["is a fragment or data"]);
}

#[test]
fn a_catalogue_that_no_scenario_needs_is_not_read() {
    let project = with_catalogue("requirements: 7\n").scenario("refund", HOLDS);
    project.tacktest(&["run"]).ended(0);
    project.tacktest(&["check", "scenarios/refund.yaml"]).ended(0);
    project.tacktest(&["check"]).told(3, &["`requirements` is a mapping"]);
    std::fs::remove_file(project.path("scenarios/_requirements.yaml")).unwrap();
    std::fs::create_dir(project.path("scenarios/_requirements.yaml")).unwrap();
    project.tacktest(&["check"]).told(3, &["unreadable-file", "scenarios/_requirements.yaml", "not a regular file"]);
}
