//! `tacktest config explain`: each value with its origin, and no secret.

#![expect(clippy::unwrap_used, reason = "a test stops where its surroundings fail")]

mod project;

use project::{Project, Ran, TACKTEST, finish};
use serde_json::Value;

const FILE: &str = "\
targets:
  staging:
    pace: { per_second: 1 }
    gate: { user: \"${env.GATE_USER}\", password: { command: touch ran; printf fictional } }
    clients:
      supply: { id: \"${env.SUPPLY_ID}\", secret: \"${env.SUPPLY_SECRET}\", redirect_uri: http://127.0.0.1:8421/ }
  own:
    kind: staging
    api: \"http://${env.OWN_HOST}/api/\"
    site: \"${env.OWN_SITE}\"
    fixtures: { business: \"1337\", leak: \"${env.SUPPLY_SECRET}\" }
    users: { pro: { login: pro@example.com, password: \"${env.NEVER_SET_HERE}\" } }
    clients:
      demand: { id: { file: id }, secret: { file: gone }, auth: post, scopes: [a, b] }
receiver: { public_url: \"${env.OWN_SITE}\" }
";

fn project() -> Project {
    let project = Project::with_targets(FILE);
    project.write(".env", "# mine\nSUPPLY_ID=\nSUPPLY_SECRET='Hush/of + staging'\n");
    project.write("id", "Hush-of-file");
    project
}

fn explain(project: &Project, arguments: &[&str]) -> Ran {
    let mut command = project.command(TACKTEST);
    command.args(["config", "explain"]).args(arguments);
    finish(
        command
            .env("GATE_USER", "keeper")
            .env("OWN_HOST", "127.0.0.1:9")
            .env("OWN_SITE", "http://someone:Hush-in-url@127.0.0.1:9/"),
    )
}

#[test]
fn every_value_has_a_line_with_its_origin_and_no_secret_is_told() {
    let project = project();
    let ran = explain(&project, &[]);
    assert!(!format!("{ran:?}").contains("Hush"), "{ran:?}");
    assert!(!project.path("ran").exists());
    let lines = [
        "targets.mock.kind: mock  # built in",
        "targets.staging.api: https://staging-api.thumbtack.com/api/  # built in",
        "targets.staging.other: production  # built in",
        "targets.staging.pace.concurrency: 1 at a real target, else no limit  # default",
        "targets.staging.pace.per_second: 1  # tacktest.yaml:3:25",
        "targets.staging.gate.user: keeper  # variable GATE_USER (environment)",
        "targets.staging.gate.password: [secret, set]  # command at tacktest.yaml:4:60 (not run)",
        "targets.staging.clients.supply.id: [not set]  # variable SUPPLY_ID (.env:2, empty)",
        "targets.staging.clients.supply.secret: [secret, set]  # variable SUPPLY_SECRET (.env:3)",
        "targets.staging.clients.supply.redirect_uri: http://127.0.0.1:8421/  # tacktest.yaml:6:87",
        "targets.staging.clients.supply.auth: basic  # default",
        "targets.own.kind: staging  # tacktest.yaml:8:11",
        "targets.own.api: http://127.0.0.1:9/api/  # tacktest.yaml:9:10 with variable OWN_HOST (environment)",
        "targets.own.site: http://someone:***@127.0.0.1:9/  # variable OWN_SITE (environment)",
        "targets.own.real: false  # default",
        "targets.own.fixtures.business: 1337  # tacktest.yaml:11:27",
        "targets.own.fixtures.leak: [secret]  # variable SUPPLY_SECRET (.env:3)",
        "targets.own.users.pro.login: pro@example.com  # tacktest.yaml:12:28",
        "targets.own.users.pro.password: [secret, not set]  # variable NEVER_SET_HERE (not set)",
        "targets.own.clients.demand.id: [set, not read]  # file id",
        "targets.own.clients.demand.secret: [secret, not set]  # file gone (not there)",
        "targets.own.clients.demand.auth: post  # tacktest.yaml:14:65",
        "targets.own.clients.demand.scopes: [a, b]  # tacktest.yaml:14:79",
        "receiver.listen: 127.0.0.1:0  # default",
        "receiver.public_url: http://someone:***@127.0.0.1:9/  # variable OWN_SITE (environment)",
    ];
    ran.ended(0);
    let told: Vec<&str> = ran.stdout.lines().collect();
    for line in lines {
        assert!(told.contains(&line), "{line} is not in\n{}", ran.stdout);
    }
    assert!(told.iter().any(|line| line.starts_with("targets.production.api: https://api.thumbtack.com/")));
    let own = explain(&project, &["--target", "own"]);
    assert!(own.stdout.lines().all(|line| line.starts_with("targets.own.")), "{}", own.stdout);
    assert!(own.stdout.contains("targets.own.fixtures.leak: [secret]"), "also by the secrets of other targets");
}

#[test]
fn programs_read_it_as_json() {
    let ran = explain(&project(), &["--target", "staging", "--format", "json"]);
    ran.ended(0);
    let rows: Vec<Value> = ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let row = |key: &str| rows.iter().find(|row| row["key"] == key).unwrap().clone();
    let secret = row("targets.staging.clients.supply.secret");
    assert_eq!((&secret["value"], &secret["secret"], &secret["set"]), (&Value::Null, &true.into(), &true.into()));
    assert_eq!(
        (&secret["origin"], &secret["place"]),
        (&"variable SUPPLY_SECRET (.env:3)".into(), &"tacktest.yaml:6:49".into())
    );
    let id = row("targets.staging.clients.supply.id");
    assert_eq!((&id["value"], &id["secret"], &id["set"]), (&Value::Null, &false.into(), &false.into()));
    assert_eq!(row("targets.staging.audience")["value"], "urn:partner-api");
    assert!(!ran.stdout.contains("Hush"), "{}", ran.stdout);
}

#[test]
fn variables_that_change_a_run_are_told_and_others_are_not() {
    let project = project();
    let mut command = project.command(TACKTEST);
    command.args(["config", "explain", "--target", "mock"]);
    command.env("TACKTEST_SEED", "7").env("CI", "true").env("INSTA_UPDATE", "no").env("TACKTEST_OF_MINE", "Hush");
    let ran = finish(command.env("SOMETHING_ELSE", "1"));
    ran.told(
        0,
        &[
            "CI: true  # environment\n",
            "INSTA_UPDATE: no  # environment\n",
            "TACKTEST_SEED: 7  # environment, for --seed\n",
            "TACKTEST_OF_MINE: [set, not read]  # environment, for no flag\n",
        ],
    );
    assert!(!ran.stdout.contains("Hush") && !ran.stdout.contains("SOMETHING_ELSE"), "{}", ran.stdout);
}

#[test]
fn a_wrong_configuration_is_not_explained() {
    let project = project();
    project.tacktest(&["config", "explain", "--target", "onw"]).told(2, &["did you mean `own`?"]);
    project.write(".env", "Hush\n");
    let ran = explain(&project, &[]);
    ran.told(2, &[".env:1: a line is `NAME=value`"]);
    assert!(!format!("{ran:?}").contains("Hush") && ran.stdout.is_empty(), "{ran:?}");
    project.write("tacktest.yaml", "targets: { staging: { clints: {} } }");
    explain(&project, &[]).told(2, &["did you mean `clients`?"]);
    let nowhere = tempfile::tempdir().unwrap();
    let mut command = Project::new().command(TACKTEST);
    let bundled = finish(command.current_dir(&nowhere).args(["config", "explain"]));
    bundled.told(0, &["targets.staging.token_url: https://staging-auth.thumbtack.com/oauth2/token  # built in"]);
}
