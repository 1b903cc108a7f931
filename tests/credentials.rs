//! Credentials by reference: from the environment, `.env`, files and commands.

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
    run_without(&project, &server, &["run"]).told(4, &["1 ignored"]);
    #[cfg(unix)]
    {
        std::fs::remove_dir(project.path(".env")).unwrap();
        std::os::unix::fs::symlink("nowhere", project.path(".env")).unwrap();
        run_without(&project, &server, &["run"]).told(2, &[".env: can't read the file"]);
    }
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

/// A project whose client has this `secret`, and a client beside it that no scenario uses.
fn with_secret(secret: &str) -> Project {
    let beside = "      beside: { id: { command: touch ran-beside }, secret: { file: tacktest.yaml } }\n";
    let text = WITH_CLIENT.replace("\"${env.OWN_SECRET}\"", secret);
    assert_ne!(text, WITH_CLIENT);
    let project = Project::with_targets(&(text + beside)).scenario("one", &sends());
    project.scenario("two", &sends()).scenario("holds", project::HOLDS)
}

#[cfg(unix)]
#[test]
fn a_secret_of_a_file_is_sent_without_its_newline() {
    let server = Server::answering(ok);
    let project = with_secret("{ file: secrets/own }");
    project.write("secrets/own", &format!("{SECRET}\n"));
    allow(&project, "secrets/own", 0o600);
    run_without(&project, &server, &["run"]).told(0, &["3 passed"]);
    assert!(server.requests().last().unwrap().ends_with(&format!("{{\"sent\":\"{SECRET}\"}}")));
    // By the folder of the project, wherever the program is started, and by the user's own.
    let elsewhere = tempfile::tempdir().unwrap();
    let of_home = with_secret("{ file: ~/own }");
    for (project, home) in [(&project, elsewhere.path()), (&of_home, &*project.path("secrets"))] {
        let mut command = project.command(TACKTEST);
        command.current_dir(&elsewhere).arg("-C").arg(project.path("")).args(["run", "--target", "own"]);
        command.env("OWN_HOST", server.address.to_string()).env("HOME", home);
        finish(&mut command).told(0, &["3 passed"]);
    }
}

#[cfg(unix)]
#[test]
fn a_secret_of_a_command_is_had_once_a_run_and_only_where_it_is_used() {
    let server = Server::answering(ok);
    let project =
        with_secret("{ command: \"echo run >> runs; cat; printf '%s\\n' \\\"$OWN_VALUE\\\"; echo hush >&2\" }");
    let run = |arguments: &[&str]| {
        let mut command = project.command(TACKTEST);
        command.args(arguments).args(["--target", "own"]);
        finish(command.env("OWN_HOST", server.address.to_string()).env("OWN_VALUE", SECRET))
    };
    run(&["list"]).ended(0);
    run(&["run", "holds"]).told(0, &["1 passed"]);
    assert!(!project.path("runs").exists(), "nobody asked for it");
    let ran = run(&["run"]);
    ran.told(0, &["3 passed"]);
    assert!(!ran.stderr.contains("hush"), "{ran:?}");
    assert!(server.requests().last().unwrap().ends_with(&format!("{{\"sent\":\"{SECRET}\"}}")));
    assert_eq!(project.read("runs"), "run\n");
    assert!(!project.path("ran-beside").exists());
}

#[test]
fn a_file_that_is_not_there_skips_what_needs_it() {
    let server = Server::answering(ok);
    let project = with_secret("{ file: secrets/gone }");
    run_without(&project, &server, &["run"]).told(0, &["1 passed; 0 failed; 2 ignored"]);
    let told = "the file `secrets/gone` of client `demand` is not there";
    run_without(&project, &server, &["list", "--format", "json"]).told(0, &[told]);
    run_without(&project, &server, &["run", "--strict-skips"]).told(1, &["1 passed; 2 failed", told]);
}

#[cfg(unix)]
#[test]
fn a_file_that_can_not_be_taken_is_refused_before_anything_is_sent() {
    let server = Server::answering(ok);
    let project = with_secret("{ file: secrets/own }");
    let named = "`clients.demand.secret` of target `own`: the file `secrets/own` ";
    project.write("secrets/own", "hush-fictional\n");
    for mode in [0o640, 0o604, 0o620] {
        allow(&project, "secrets/own", mode);
        let told = format!("{named}is open to others on this machine (mode {mode:o}); type: chmod 600 '");
        let ran = run_without(&project, &server, &["run"]);
        ran.told(2, &[&told]);
        assert!(!format!("{ran:?}").contains("hush"), "{ran:?}");
    }
    // Nobody looks into it where nothing needs it, or where names are asked for.
    run_without(&project, &server, &["list"]).ended(0);
    run_without(&project, &server, &["run", "holds"]).ended(0);
    allow(&project, "secrets/own", 0o600);
    for (text, told) in [
        ("\n", "holds what is empty".to_owned()),
        (&"a".repeat(70_000), "holds what is no secret: it has more than 64 KiB".to_owned()),
    ] {
        project.write("secrets/own", text);
        run_without(&project, &server, &["run"]).told(2, &[&format!("{named}{told}")]);
    }
    project.write("secrets/own", "abc\n");
    run_without(&project, &server, &["run"]).told(2, &["too short to be kept out of outputs"]);
    std::fs::remove_file(project.path("secrets/own")).unwrap();
    std::fs::create_dir(project.path("secrets/own")).unwrap();
    run_without(&project, &server, &["run"]).told(2, &[&format!("{named}is no regular file")]);
    std::fs::remove_dir(project.path("secrets/own")).unwrap();
    std::os::unix::fs::symlink("nowhere", project.path("secrets/own")).unwrap();
    run_without(&project, &server, &["run"]).told(2, &[&format!("{named}can't be read: ")]);
    assert!(server.requests().is_empty());
}

#[cfg(unix)]
#[test]
fn a_command_that_fails_is_told_by_its_key_and_never_by_what_it_wrote() {
    let server = Server::answering(ok);
    for (line, told) in [
        ("echo hush; echo hush >&2; exit 3", "its command ended with exit code 3; run it by hand in `"),
        ("true", "its command printed what is empty; run it by hand in `"),
        ("head -c 70000 /dev/zero", "its command printed more than 64 KiB; run it by hand"),
    ] {
        let project = with_secret(&format!("{{ command: \"{line}\" }}"));
        let ran = run_without(&project, &server, &["run"]);
        ran.told(2, &[&format!("`clients.demand.secret` of target `own`: {told}")]);
        assert!(!format!("{ran:?}").contains("hush"), "{ran:?}");
    }
    assert!(server.requests().is_empty());
}

#[test]
fn a_secret_in_the_project_file_is_refused_and_not_repeated() {
    let project = with_secret("Hush-fictional");
    let ran = project.tacktest(&["run"]);
    ran.told(2, &["error[literal-secret]", "tacktest.yaml:9:", "secret: **************,", "pass show"]);
    assert!(!format!("{ran:?}").contains("Hush"), "{ran:?}");
}

#[test]
fn a_secret_that_stands_in_a_scenario_is_not_shown_in_its_excerpt() {
    let server = Server::answering(ok);
    let text = "title: Hush-fictional\nclient: demand\nsnapshot: none\nsteps:\n  - name: sends Hush-fictional\n    \
                post: /x\n    json: {}\n    expect: { headers: { a: Hush-fictional, b: c } }\n";
    let project = Project::with_targets(WITH_CLIENT).scenario("one", text);
    let broken = "title: Hush-fictional\nsteps: [{ get: /x, bearer: Hush-fictional, expects: 5 }]\n";
    let project = project.scenario("two", broken);
    dotenv(&project, "OWN_SECRET=Hush-fictional\n", 0o600);
    let ran = run_without(&project, &server, &["run"]);
    ran.told(3, &["0 passed; 2 failed", "{ a: **************, b: c } }", "step 1 of 1: sends [demand.secret]"]);
    assert!(!format!("{ran:?}").contains("Hush"), "{ran:?}");
}
