//! Credentials by reference: from the environment and `.env`.

#![expect(clippy::unwrap_used, reason = "a test stops where its surroundings fail")]

mod own;
mod project;
mod wire;

use own::{WITH_CLIENT, ok, run, steps};
use project::{Project, Ran, TACKTEST, finish};
use wire::Server;

/// Characters that shells, URLs and other readers of such files change.
const SECRET: &str = "p%a+s:s/w&o=r$HOME d#!";

/// A scenario that sends the client's secret.
fn sends() -> String {
    steps("  - post: /x\n    json: { sent: \"${client.secret}\" }\n    expect: { status: 200 }\n")
}

/// Writes `.env` of `project` with these permissions.
fn dotenv(project: &Project, text: &str, mode: u32) {
    project.write(".env", text);
    allow(project, ".env", mode);
}

#[cfg(unix)]
fn allow(project: &Project, path: &str, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(project.path(path), std::fs::Permissions::from_mode(mode)).unwrap();
}

#[cfg(not(unix))]
fn allow(_: &Project, _: &str, _: u32) {}

/// Runs `project` against `server`, of whose clients the environment tells nothing.
fn run_without(project: &Project, server: &Server, arguments: &[&str]) -> Ran {
    let mut command = project.command(TACKTEST);
    finish(command.args(arguments).args(["--target", "own"]).env("OWN_HOST", server.address.to_string()))
}

#[test]
fn a_secret_of_the_file_is_sent_as_it_stands_and_the_environment_goes_first() {
    let server = Server::answering(ok);
    let project = Project::with_targets(WITH_CLIENT).scenario("one", &sends());
    for line in [
        format!("OWN_SECRET={SECRET}"),
        format!("export OWN_SECRET='{SECRET}'"),
        format!("\u{feff}OWN_SECRET=\"{SECRET}\"\r\n"),
    ] {
        dotenv(&project, &line, 0o600);
        let ran = run_without(&project, &server, &["run"]);
        ran.ended(0);
        assert!(server.requests().last().unwrap().contains(SECRET), "{line}");
        assert!(!ran.stderr.contains("chmod"), "{}", ran.stderr);
    }
    run(&project, &server, &[]).ended(0);
    assert!(server.requests().last().unwrap().contains(own::SECRET));
}

#[test]
fn a_secret_of_the_file_is_hidden_as_any_other() {
    let server = Server::answering(|request| wire::json("200 OK", &serde_json::json!({ "seen": request }).to_string()));
    let expects = sends().replace("status: 200", "body: { seen: nothing }");
    let project = Project::with_targets(WITH_CLIENT).scenario("one", &format!("invariants: none\n{expects}"));
    dotenv(&project, &format!("OWN_SECRET='{SECRET}'\n"), 0o600);
    let ran = run_without(&project, &server, &["run"]);
    ran.told(1, &["[demand.secret]"]);
    assert!(!ran.stdout.contains(SECRET) && !ran.stderr.contains(SECRET), "{ran:?}");
}

#[test]
fn what_the_file_leaves_empty_is_not_set() {
    let server = Server::answering(ok);
    let project = Project::with_targets(WITH_CLIENT).scenario("one", &sends());
    dotenv(&project, "OWN_SECRET= # ask the partner team\n", 0o600);
    let told = "the environment variable `OWN_SECRET` of client `demand` is not set";
    run_without(&project, &server, &["list", "--format", "json"]).told(0, &[told]);
    run_without(&project, &server, &["run"]).told(4, &["1 ignored"]);
    // One that is set to nothing on purpose hides that of the file.
    dotenv(&project, "OWN_SECRET=fictional\n", 0o600);
    run_without(&project, &server, &["run"]).ended(0);
    let mut command = project.command(TACKTEST);
    command.args(["list", "--target", "own", "--format", "json"]).env("OWN_HOST", "127.0.0.1:9").env("OWN_SECRET", "");
    finish(&mut command).told(0, &[told]);
}

#[test]
fn a_wrong_line_is_told_by_its_number_and_never_by_its_text() {
    let server = Server::answering(ok);
    let project = Project::with_targets(WITH_CLIENT).scenario("one", &sends());
    dotenv(&project, "# mine\nOWN_SECRET 'hush-fictional'\n", 0o600);
    for command in ["run", "list"] {
        let ran = run_without(&project, &server, &[command]);
        ran.told(2, &[".env:2: a line is `NAME=value`"]);
        assert!(!format!("{ran:?}").contains("hush"), "{ran:?}");
    }
    assert!(server.requests().is_empty());
    // It is nobody's business where no variable is needed.
    project.tacktest(&["list"]).ended(0);
    std::fs::remove_file(project.path(".env")).unwrap();
    std::fs::create_dir(project.path(".env")).unwrap();
    run_without(&project, &server, &["run"]).told(2, &[".env: not a regular file"]);
}

#[cfg(unix)]
#[test]
fn a_file_that_others_may_read_is_warned_of_and_used() {
    let server = Server::answering(ok);
    let project = Project::with_targets(WITH_CLIENT).scenario("one", &sends());
    dotenv(&project, "OWN_SECRET=fictional\n", 0o644);
    let ran = run_without(&project, &server, &["run"]);
    ran.told(0, &["warning: `.env` may hold secrets", "chmod 600 '.env'"]);
    assert_eq!(ran.stderr.matches("chmod").count(), 1, "{}", ran.stderr);
}
