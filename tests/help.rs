//! What `tacktest help` tells, and that its examples are right.

#![expect(clippy::unwrap_used, reason = "a test stops where its surroundings fail")]

mod project;

use std::collections::BTreeSet;

use project::Project;
use tacktest::config;

/// The block of `text` whose lines are indented by four spaces and that begins with `first`, without the indentation.
fn example(text: &str, first: &str) -> String {
    let lines = text.lines().skip_while(|line| line.strip_prefix("    ").is_none_or(|line| !line.starts_with(first)));
    lines.map_while(|line| line.strip_prefix("    ")).fold(String::new(), |block, line| block + line + "\n")
}

#[test]
fn help_knows_commands_and_topics() {
    let project = Project::new();
    let help = |arguments: &[&str]| project.tacktest(&[&["help"], arguments].concat());
    help(&[])
        .told(0, &["Usage: tacktest", "Topics (tacktest help TOPIC):", "staging-accounts  What", "  run ", "  help "]);
    let run = help(&["run"]);
    run.told(0, &["Usage: tacktest run", "--target <NAME>", "Exit codes:"]);
    assert_eq!(run.stdout, project.tacktest(&["run", "--help"]).stdout);
    help(&["staging-accounts"]).told(0, &["4242 4242 4242 4242", "tacktest doctor --target staging"]);
    help(&["webhooks"]).told(0, &["receive: none", "public_url", "`tacktest doctor`"]);
    help(&["staging-acounts"]).told(2, &["no command or topic `staging-acounts`", "did you mean `staging-accounts`?"]);
    help(&["nothing-like-it"]).told(2, &["`tacktest help` lists them"]);
    project.shell("\"$T\" help staging-accounts | true").ended(0);
}

#[test]
fn the_example_of_the_topic_is_a_project_file_and_a_set_of_variables() {
    let text = Project::new().tacktest(&["help", "staging-accounts"]).stdout;
    let yaml = example(&text, "contact:");
    let project = Project::with_targets(&yaml);
    let read = config::Project::read(&project.path("")).unwrap();
    let staging = read.target("staging").unwrap();
    assert_eq!(staging.clients.keys().collect::<Vec<_>>(), ["demand", "supply"]);
    assert!(staging.gate.is_some() && staging.fixtures.len() == 2 && read.contact.is_some());
    let named: BTreeSet<&str> = yaml.split("${env.").skip(1).map(|rest| rest.split('}').next().unwrap()).collect();
    let variables = example(&text, "TT_");
    let given: BTreeSet<&str> = variables.lines().map(|line| line.split_once('=').unwrap().0).collect();
    assert_eq!(named, given);
    // A client has scopes of one kind only.
    for (name, client) in &staging.clients {
        for scope in client.scopes.iter().filter(|scope| scope.contains("::")) {
            assert!(scope.starts_with(&format!("{name}::")), "{scope}");
        }
    }
}

#[test]
fn the_examples_of_webhooks_are_a_scenario_and_a_project_file() {
    let text = Project::new().tacktest(&["help", "webhooks"]).stdout;
    let head =
        "title: A statement\nclient: supply\ntoken: { grant: authorization_code, scope: supply::webhooks.write }\n";
    let scenario = format!("{head}{}", example(&text, "steps:"));
    Project::new().scenario("one", &scenario).tacktest(&["check"]).ended(0);
    let project = Project::with_targets(&example(&text, "receiver:"));
    let read = config::Project::read(&project.path("")).unwrap();
    assert_eq!(read.receiver.unwrap().listen.port(), 8422);
}

#[test]
fn the_project_file_of_the_readme_is_one() {
    let readme = include_str!("../README.md");
    let blocks = readme.split("```yaml\n").skip(1).map(|block| block.split("```").next().unwrap());
    let files: Vec<&str> = blocks.filter(|block| block.contains("\ntargets:")).collect();
    assert_eq!(files.len(), 1);
    let project = Project::with_targets(files[0]);
    let read = config::Project::read(&project.path("")).map_err(|(problems, _)| problems).unwrap();
    assert!(read.target("local").is_some_and(|local| local.network.is_some() && local.clients.contains_key("demand")));
}
