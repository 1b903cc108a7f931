//! Runs against a real target with users' logins: stored ones, and those of a person who is there.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, also in its helpers")]

mod desk;
mod mock_support;
mod project;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use desk::Desk;
use serde_json::Value;
use tacktest::config::Project;
use tacktest::engine::{Context, run};
use tacktest::event::Verdict;
use tacktest::plan::{Kept, Selection, StoredLogin, Terms, load};
use tacktest::snapshot::{Policy, Store};
use tacktest::target::{Usable, Uses};

const USERS: &str = "    users: { pro: {} }\n";

/// A scenario that carries a user's token of this scope.
fn carried(scope: &str, more: &str) -> String {
    format!(
        "title: The user is told who it is\nclient: supply\nsnapshot: none\ntoken: {{ grant: authorization_code, scope: \"{scope}\"{more} }}\n\
         steps:\n  - get: /v4/users/self\n    expect: {{ status: 200, body: {{ userID: {{ $type: string }} }} }}\n"
    )
}

/// A scenario that asks a person, with what the step says.
fn asking(step: &str, expect: &str) -> String {
    format!(
        "title: A user answers\nclient: supply\nsnapshot: none\ntimeout: 1s\nsteps:\n  - authorize: {{ {step} }}\n    \
         expect: {{ redirect: {{ {expect} }} }}\n"
    )
}

const RUN: [&str; 3] = ["run", "--target", "real"];

/// Makes the stored access token look spent.
fn spend(desk: &Desk) {
    for file in fs::read_dir(desk.state().join("logins")).unwrap().flatten() {
        if file.path().extension().is_some_and(|ending| ending == "json") {
            let mut login: Value = serde_json::from_str(&fs::read_to_string(file.path()).unwrap()).unwrap();
            login["expires_at"] = "2026-01-01T00:00:00Z".into();
            fs::write(file.path(), login.to_string()).unwrap();
        }
    }
}

fn refresh_token(desk: &Desk) -> String {
    let login: Value = serde_json::from_str(&desk.kept()[0]).unwrap();
    login["refresh_token"].as_str().unwrap().to_owned()
}

#[test]
fn a_stored_login_carries_scenarios_and_what_it_lacks_skips_them() {
    let desk = Desk::new(USERS);
    desk.project.write("scenarios/one.yaml", &carried("supply::users.read", ""));
    desk.project.write("scenarios/two.yaml", &carried("supply::users.read", ", user: pro"));
    desk.project.write("scenarios/wider.yaml", &carried("supply::users.read supply::messages.read", ""));
    desk.project.write("scenarios/other.yaml", &carried("supply::users.read", ", user: other_pro"));
    let told = desk.tacktest(&RUN).ended(4);
    let none = "no login is stored for client `supply`, user `pro`: `tacktest login --target real --client supply`";
    assert!(told.contains(none), "{told}");
    desk.log_in("offline_access supply::users.read");
    let before = refresh_token(&desk);
    let told = desk.tacktest(&RUN).ended(0);
    assert!(told.contains("2 passed; 0 failed; 2 ignored"), "{told}");
    let lacking = "user `pro` was not granted supply::messages.read: `tacktest login --target real --client supply \
                   --scope \"offline_access supply::users.read supply::messages.read\"`";
    let other = "user `other_pro`: `tacktest login --target real --client supply --user other_pro`";
    assert!(told.contains(lacking) && told.contains(other), "{told}");
    assert_eq!(refresh_token(&desk), before, "nothing was refreshed without need");
    let listed = desk.tacktest(&["list", "--target", "real", "--format", "json"]).ended(0);
    assert_eq!(listed.matches("\"skip\":null").count(), 2, "{listed}");
    // A token that is over is replaced, and both scenarios carry the new one.
    spend(&desk);
    let told = desk.tacktest(&RUN).ended(0);
    assert!(told.contains("2 passed") && refresh_token(&desk) != before, "{told}");
    // Where it would be lost, it is not.
    spend(&desk);
    let ran = project::finish(desk.command(&RUN).env("CI", "true"));
    let told = ran.ended(5);
    assert!(told.contains("refused where `CI` is set"), "{told}");
}

#[test]
fn a_login_that_has_ended_is_no_failure_of_the_api() {
    let desk = Desk::new(USERS);
    desk.project.write("scenarios/one.yaml", &carried("supply::users.read", ""));
    desk.project.write("scenarios/two.yaml", &carried("supply::users.read", ""));
    desk.log_in("offline_access supply::users.read");
    let token = refresh_token(&desk);
    let supply = &desk.staging().clients["supply"];
    let basic = mock_support::basic(&supply.id, &supply.secret);
    let line = format!("POST {}", mock_support::path(&desk.staging().revoke_url));
    let form = format!("token={token}");
    assert_eq!(desk.server.send(&line, &[mock_support::FORM, ("Authorization", &basic)], &form).status, 200);
    spend(&desk);
    let told = desk.tacktest(&RUN).ended(5);
    assert!(
        told.contains("its refresh token was used elsewhere") && told.contains("tacktest login --target real"),
        "{told}"
    );
    assert!(!told.contains(&token) && !told.contains(&supply.secret), "{told}");
    fs::write(
        fs::read_dir(desk.state().join("logins"))
            .unwrap()
            .flatten()
            .find(|file| file.path().extension().is_some_and(|ending| ending == "json"))
            .unwrap()
            .path(),
        "{",
    )
    .unwrap();
    let told = desk.tacktest(&RUN).ended(2);
    assert!(told.contains("can't be used, and was left as it is"), "{told}");
}

#[test]
fn a_token_that_the_target_no_longer_takes_is_no_failure_of_the_api_and_is_refreshed_next() {
    let desk = Desk::new(USERS);
    desk.project.write("scenarios/one.yaml", &carried("supply::users.read", ""));
    desk.log_in("offline_access supply::users.read");
    // By the target's clock alone the token is over.
    desk.server.command(&desk.world, &serde_json::json!({"advance": "3700s"}));
    let before = refresh_token(&desk);
    let refused =
        carried("supply::users.read", "").replace("status: 200, body: { userID: { $type: string } }", "status: 401");
    desk.project.write("scenarios/expects.yaml", &refused);
    desk.tacktest(&[&RUN[..], &["--exact", "expects"]].concat()).ended(0);
    desk.project
        .write("scenarios/expects.yaml", &refused.replace("status: 401", "status: 401, body: { title: Other }"));
    desk.tacktest(&[&RUN[..], &["--exact", "expects"]].concat()).ended(1);
    let told = desk.tacktest(&[&RUN[..], &["--exact", "one"]].concat()).ended(5);
    assert!(told.contains("no longer takes the access token of the stored login real/supply/pro"), "{told}");
    assert!(told.contains("`tacktest login --target real --client supply"), "{told}");
    assert_eq!(refresh_token(&desk), before, "this run refreshes nothing");
    desk.tacktest(&[&RUN[..], &["--exact", "one"]].concat()).ended(0);
    assert!(refresh_token(&desk) != before);
}

#[test]
fn an_external_store_is_asked_before_the_run_and_not_for_a_list() {
    let desk = Desk::new(USERS);
    let text = desk.project.read("tacktest.yaml");
    let logins = "logins:\n  load: touch asked; cat kept/$TACKTEST_LOGIN 2>/dev/null || true\n  save: mkdir -p kept/real/supply; cat > kept/$TACKTEST_LOGIN\n";
    desk.project.write("tacktest.yaml", &format!("{text}{logins}"));
    desk.project.write("scenarios/one.yaml", &carried("supply::users.read", ""));
    let listed = desk.tacktest(&["list", "--target", "real", "--format", "json"]).ended(0);
    assert!(listed.contains("\"skip\":null") && !desk.project.path("asked").exists(), "{listed}");
    assert!(desk.tacktest(&RUN).ended(4).contains("no login is stored"));
    desk.log_in("offline_access supply::users.read");
    assert!(desk.kept().is_empty() && desk.project.read("kept/real/supply/pro").contains("refresh_token"));
    desk.tacktest(&RUN).ended(0);
    let told = desk.tacktest(&["logout", "--target", "real", "--client", "supply"]).ended(0);
    assert!(told.contains("remove what is kept in the store of `logins`, as real/supply/pro yourself"), "{told}");
}

#[test]
fn the_commands_of_a_store_are_those_of_the_project_wherever_it_is_run_from() {
    let desk = Desk::new(USERS);
    let text = desk.project.read("tacktest.yaml");
    let script = |desk: &Desk, path: &str, line: &str| {
        desk.project.write(path, &format!("#!/bin/sh\n{line}\n"));
        fs::set_permissions(desk.project.path(path), fs::Permissions::from_mode(0o755)).unwrap();
    };
    script(&desk, "load.sh", "cat kept-$(basename $(dirname $TACKTEST_LOGIN)) 2>/dev/null || true");
    script(&desk, "save.sh", "cat > kept-$(basename $(dirname $TACKTEST_LOGIN))");
    script(&desk, "elsewhere/load.sh", "touch executed");
    script(&desk, "elsewhere/save.sh", "touch executed");
    desk.project.write("tacktest.yaml", &format!("{text}logins: {{ load: ./load.sh, save: ./save.sh }}\n"));
    desk.project.write("scenarios/one.yaml", &carried("supply::users.read", ""));
    desk.log_in("offline_access supply::users.read");
    let root = |desk: &Desk| desk.project.path("elsewhere").parent().unwrap().to_path_buf();
    let run = |desk: &Desk| {
        let root = root(desk);
        let all = ["-C", root.to_str().unwrap(), "run", "--target", "real"];
        project::finish(desk.command(&all).current_dir(desk.project.path("elsewhere")))
    };
    let told = run(&desk).ended(0);
    assert!(told.contains("1 passed"), "{told}");
    assert!(!desk.project.path("elsewhere/executed").exists());
    // It is run by hand where it ran.
    script(&desk, "load.sh", "echo fictional-secret; exit 3");
    let told = run(&desk).ended(2);
    let by_hand = format!(
        "the command `logins.load` of tacktest.yaml ended with exit code 3; run it by hand in `{}` with TACKTEST_LOGIN=real/",
        root(&desk).display()
    );
    assert!(told.contains(&by_hand) && !told.contains("fictional-secret"), "{told}");
    // Half a login is none.
    script(&desk, "load.sh", "head -c 1100000 /dev/zero");
    let told = run(&desk).ended(2);
    assert!(told.contains("printed more than 1024 KiB; run it by hand in `"), "{told}");
}

#[test]
fn a_signal_to_the_whole_group_ends_no_command_that_keeps_a_rotated_token() {
    let desk = Desk::new(USERS);
    let text = desk.project.read("tacktest.yaml");
    let logins = "logins:\n  load: test $TACKTEST_LOGIN = real/supply/pro && cat kept 2>/dev/null || true\n  save: echo >> saves; cat > new; sleep 1; mv new kept\n";
    desk.project.write("tacktest.yaml", &format!("{text}{logins}"));
    desk.project.write("scenarios/one.yaml", &carried("supply::users.read", ""));
    desk.log_in("offline_access supply::users.read");
    let mut login: Value = serde_json::from_str(&desk.project.read("kept")).unwrap();
    login["expires_at"] = "2026-01-01T00:00:00Z".into();
    desk.project.write("kept", &login.to_string());
    desk.project.write("saves", "");
    let mut command = desk.command(&RUN);
    // As a shell does with what is typed at a terminal.
    command.process_group(0).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut program = command.spawn().unwrap();
    // The first marks that a refresh begins, the second keeps what came of it.
    while desk.project.read("saves").len() < 2 {
        if program.try_wait().unwrap().is_some() {
            let ended = program.wait_with_output().unwrap();
            panic!("no refresh: {ended:?}");
        }
        thread::sleep(Duration::from_millis(5));
    }
    thread::sleep(Duration::from_millis(100));
    let group = format!("-{}", program.id());
    assert!(Command::new("kill").args(["-s", "INT", "--", &group]).status().unwrap().success());
    let ended = program.wait_with_output().unwrap();
    let told = String::from_utf8_lossy(&ended.stderr);
    assert!(told.contains("interrupted: cleaning up") && !told.contains("could not be kept"), "{told}");
    assert_eq!(desk.project.read("saves").len(), 2, "no command was ended and begun anew: {told}");
    let kept: Value = serde_json::from_str(&desk.project.read("kept")).unwrap();
    assert!(kept["refresh_token"] != login["refresh_token"] && kept["refreshing_since"].is_null(), "{told}");
    desk.tacktest(&RUN).ended(0);
}

#[test]
fn what_relies_on_few_scopes_is_not_run_with_a_stored_login() {
    let desk = Desk::new(USERS);
    desk.log_in("offline_access supply::users.read");
    let arguments = ["run", "--suite", "thumbtack", "--target", "real", "--exact"];
    for name in ["scopes::per_route::users_self", "api::message_without_scope"] {
        let told = desk.tacktest(&[&arguments[..], &[name]].concat()).ended(4);
        assert!(told.contains("target `real` does not offer `narrow_scope`"), "{told}");
    }
}

#[test]
fn a_person_is_asked_one_thing_at_a_time_after_all_others() {
    let desk = Desk::new(USERS);
    desk.project.write(
        "scenarios/a_first.yaml",
        &asking("scope: supply::users.read, pkce: S256", "code: { $present: true }, state: \"${sent.state}\""),
    );
    desk.project.write(
        "scenarios/b_denied.yaml",
        &asking("scope: supply::users.read, user: other_pro, answer: deny", "error: access_denied"),
    );
    desk.project.write("scenarios/c_refused.yaml", &asking("scope: no::such.scope", "error: invalid_scope"));
    desk.project
        .write("scenarios/z_other.yaml", "title: One is one\nsteps:\n  - compare: 1\n    expect: { value: 1 }\n");
    let told = desk.tacktest(&RUN).ended(0);
    assert!(told.contains("a person must log in at target `real`: run it with `--attended`"), "{told}");
    let attended = ["run", "--target", "real", "--attended", "--no-browser"];
    let going = desk.start(&attended);
    going.line("3 scenarios ask a person to log in, one after the other");
    let line = going.line("at this URL:");
    assert!(line.contains("log in as `pro` and approve"), "{line}");
    let url = url::Url::parse(going.line("http").trim()).unwrap();
    // The person's time is not the scenario's, whose `timeout` is a second.
    thread::sleep(Duration::from_millis(1_300));
    desk.come_back(&desk.visit(&url));
    let line = going.line("at this URL:");
    assert!(line.contains("log in as `other_pro` and do NOT approve"), "{line}");
    let url = url::Url::parse(going.line("http").trim()).unwrap();
    let state = url.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    let denied = format!("http://127.0.0.1:{}/callback?error=access_denied&state={state}", desk.port);
    desk.come_back(&url::Url::parse(&denied).unwrap());
    // The server refuses the third by itself, so that nobody is asked.
    let told = going.ended().ended(0);
    assert!(told.contains("4 passed; 0 failed") && told.matches("at this URL:").count() == 2, "{told}");
    // Nobody is there.
    let told = desk.tacktest(&[&attended[..], &["--attended-timeout", "100ms", "a_first"]].concat()).ended(5);
    assert!(told.contains("1 scenario asks a person to log in") && told.contains("nobody came back to"), "{told}");
}

const PURE: &str = "title: One is one\ntags: [pure]\nsteps:\n  - compare: 1\n    expect: { value: 1 }\n";

const SEARCH: &str = "title: Keywords are found\nclient: demand\nsnapshot: none\n\
                      token: { grant: client_credentials, scope: demand::keywords.read }\nsteps:\n  \
                      - get: /v4/keywords/search\n    query: { searchQuery: car }\n    expect: { status: 200 }\n";

const SPENT: &str = "title: A token that is over is refused\nclient: demand\nsnapshot: none\nsteps:\n  \
                     - get: /v4/keywords/search\n    query: { searchQuery: car }\n    bearer: ${spent.access_token}\n    \
                     expect: { status: 401 }\n";

#[test]
fn what_is_kept_is_looked_at_only_for_a_scenario_that_needs_it() {
    let desk = Desk::new(USERS);
    desk.project.write("scenarios/carried.yaml", &carried("supply::users.read", ""));
    desk.project.write("scenarios/pure.yaml", PURE);
    desk.project.write("scenarios/search.yaml", SEARCH);
    desk.project.write("scenarios/spent.yaml", SPENT);
    desk.log_in("offline_access supply::users.read");
    desk.tacktest(&RUN).ended(0);
    let loosen = |folder: &str, mode: u32| {
        fs::set_permissions(desk.state().join(folder), fs::Permissions::from_mode(mode)).unwrap();
    };
    let only = |what: &[&str], code: i32| desk.tacktest(&[&RUN[..], what].concat()).ended(code).clone();
    loosen("logins", 0o755);
    assert!(only(&["carried"], 2).contains("chmod 700"));
    only(&["--tag", "pure"], 0);
    only(&["search"], 0);
    only(&["spent"], 4);
    loosen("logins", 0o700);
    loosen("spent", 0o755);
    assert!(only(&["spent"], 2).contains("chmod 700"));
    only(&["--tag", "pure"], 0);
    only(&["carried"], 0);
    loosen("spent", 0o700);
    let text = desk.project.read("tacktest.yaml");
    let logins = "logins: { load: \"touch asked; exit 3\", save: cat }\n";
    desk.project.write("tacktest.yaml", &format!("{text}{logins}"));
    only(&["pure"], 0);
    only(&["--tag", "pure"], 0);
    only(&["spent"], 4);
    assert!(!desk.project.path("asked").exists());
    assert!(only(&["carried"], 2).contains("`logins.load` of tacktest.yaml ended with exit code 3"));
}

#[test]
fn a_token_that_is_replaced_while_a_run_is_under_way_is_still_the_one_that_is_over() {
    let desk = Desk::new(USERS);
    desk.project.write("scenarios/a_search.yaml", SEARCH);
    desk.project.write("scenarios/b_spent.yaml", SPENT);
    assert!(desk.tacktest(&RUN).ended(0).contains("1 passed; 0 failed; 1 ignored"));
    let file = fs::read_dir(desk.state().join("spent"))
        .unwrap()
        .flatten()
        .map(|file| file.path())
        .find(|path| path.extension().is_some_and(|ending| ending == "json"))
        .unwrap();
    // It has been over for so long that the first scenario's token takes its place.
    let milliseconds = 31 * 24 * 3_600_000;
    let days = jiff::SignedDuration::from_millis(milliseconds);
    desk.server.command(&desk.world, &serde_json::json!({"advance": format!("{milliseconds}ms")}));
    let mut login: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    let end: jiff::Timestamp = login["expires_at"].as_str().unwrap().parse().unwrap();
    login["expires_at"] = (end - days).to_string().into();
    fs::write(&file, login.to_string()).unwrap();
    let told = desk.tacktest(&[&RUN[..], &["--test-threads", "1"]].concat()).ended(0);
    assert!(told.contains("2 passed; 0 failed"), "{told}");
    let after: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    assert!(after["access_token"] != login["access_token"], "it was replaced in that run");
}

/// Says that a token is kept that is not.
#[derive(Debug)]
struct Mistaken;

impl Kept for Mistaken {
    fn logins(&self) -> Option<&[StoredLogin]> {
        None
    }

    fn has_spent(&self, _: &str, _: &str) -> bool {
        true
    }

    fn fault(&self) -> Option<&str> {
        None
    }
}

#[test]
fn that_no_token_is_over_is_no_failure_of_the_api() {
    let desk = Desk::new(USERS);
    desk.project.write("scenarios/spent.yaml", SPENT);
    let project = Project::read(&desk.project.path(".")).unwrap();
    let target = project.target("real").unwrap();
    let terms = Terms { is_real: true, kept: Some(&Mistaken), ..Terms::default() };
    let tests = load(&project, target, &terms, &Selection::default()).unwrap();
    let usable = Usable::new(&project, target, &Uses::of_client("demand")).unwrap();
    let policy = Policy::from_environment(&|_| None).unwrap();
    let store = Store { root: desk.project.path("snapshots"), policy };
    let context = Context::new(usable, store, 7, project.definitions());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let outcome = runtime.block_on(run(&context, &tests[0]));
    let Verdict::Inconclusive(failure) = &outcome.verdict else { panic!("{outcome:?}") };
    let told = format!("{:?}", failure.findings);
    assert!(told.contains("no access token of client `demand`") && told.contains("run a scenario that"), "{told}");
}

#[test]
fn a_person_who_does_not_approve_and_pages_that_meddle_are_no_failure_of_the_api() {
    let desk = Desk::new(USERS);
    let attended = ["run", "--target", "real", "--attended", "--no-browser"];
    let denied = |expect: &str| {
        desk.project.write("scenarios/one.yaml", &asking("scope: supply::users.read", expect));
        let going = desk.start(&attended);
        let state = going.url().query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
        let back = format!("http://127.0.0.1:{}/callback?error=access_denied", desk.port);
        // An image of a page, say.
        assert_eq!(desk.come_back(&url::Url::parse(&back).unwrap()).status, 400);
        assert_eq!(desk.come_back(&url::Url::parse(&format!("{back}&state={state}")).unwrap()).status, 200);
        going.ended()
    };
    let told = denied("code: { $present: true }").ended(5);
    assert!(told.contains("inconclusive") && told.contains("the person who was asked to approve did not"), "{told}");
    denied("error: access_denied").ended(0);
    desk.project.write("scenarios/one.yaml", &asking("scope: supply::users.read", "code: { $present: true }"));
    let going = desk.start(&[&attended[..], &["--attended-timeout", "2s"]].concat());
    going.url();
    let stray = format!("http://127.0.0.1:{}/callback?code=a&state=another", desk.port);
    assert_eq!(desk.come_back(&url::Url::parse(&stray).unwrap()).status, 400);
    let told = going.ended().ended(5);
    assert!(told.contains("what came belongs to another one"), "{told}");
}

#[test]
fn a_token_of_a_run_long_ago_is_one_that_is_over() {
    let desk = Desk::new(USERS);
    let spent = ["run", "--suite", "thumbtack", "--target", "real", "--exact", "http::spent_token"];
    let none = "no access token of client `demand` that has been over for an hour is kept yet";
    assert!(desk.tacktest(&spent).ended(4).contains(none));
    desk.project.write("scenarios/search.yaml", SEARCH);
    desk.tacktest(&RUN).ended(0);
    let folder = desk.state().join("spent");
    let kept = || {
        fs::read_dir(&folder)
            .unwrap()
            .flatten()
            .find(|file| file.path().extension().is_some_and(|ending| ending == "json"))
            .unwrap()
            .path()
    };
    assert_eq!(fs::metadata(kept()).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(desk.tacktest(&spent).ended(4).contains(none), "it is not over yet");
    let before = fs::read_to_string(kept()).unwrap();
    // The mock's time goes on by its order, and the end that is kept is moved likewise.
    desk.server.command(&desk.world, &serde_json::json!({"advance": "7300s"}));
    let mut login: Value = serde_json::from_str(&before).unwrap();
    let end: jiff::Timestamp = login["expires_at"].as_str().unwrap().parse().unwrap();
    login["expires_at"] = (end - jiff::SignedDuration::from_secs(7_300)).to_string().into();
    fs::write(kept(), login.to_string()).unwrap();
    let told = desk.tacktest(&spent).ended(0);
    assert!(told.contains("1 passed"), "{told}");
    // What is kept stays, and is a secret.
    desk.tacktest(&RUN).ended(0);
    let after: Value = serde_json::from_str(&fs::read_to_string(kept()).unwrap()).unwrap();
    assert_eq!(after["access_token"], login["access_token"]);
    assert!(!told.contains(login["access_token"].as_str().unwrap()));
}
