//! The mock as a program of its own: for clients of partners, and as a target of scenarios.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, also in its helpers")]

mod alone;
mod project;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};

use alone::{alone, tacktest};
use project::{Project, Ran, SEARCH, TACKTEST, finish};
use serde_json::Value;

fn run(project: &Project, target: &str, world: &Value) -> Ran {
    let client = &world["staging"]["clients"]["demand"];
    let mut command = project.command(TACKTEST);
    for (name, member) in [("ALONE_ID", "id"), ("ALONE_SECRET", "secret")] {
        command.env(name, client[member].as_str().unwrap());
    }
    finish(command.args(["run", "--target", target]))
}

fn project(world: &Value) -> Project {
    let staging = &world["staging"];
    let url = |name: &str| staging[name].as_str().unwrap();
    let targets = format!(
        "targets:
  alone: {{ kind: mock, api: \"{api}\" }}
  local:
    kind: staging
    api: {api}
    token_url: {token}
    audience: {audience}
    clients:
      demand: {{ id: \"${{env.ALONE_ID}}\", secret: \"${{env.ALONE_SECRET}}\" }}
",
        api = url("api"),
        token = url("token_url"),
        audience = url("audience"),
    );
    let search = format!(
        "title: A keyword search answers\n{SEARCH}    expect: {{ status: 200, body: {{ data: {{ $each: {{ name: {{ $type: string \
         }} }} }} }} }}\n"
    );
    let clock = "title: Time moves in a world\nsnapshot: none\nsteps:\n  - mock: { advance: 1h }\n";
    Project::with_targets(&targets).scenario("search", &search).scenario("clock", clock)
}

/// A scenario of a token that is opaque, up to what else is expected of its body.
const OPAQUE: &str = "title: Tokens are opaque
client: demand
snapshot: none
steps:
  - token: { grant: client_credentials }
    expect: { status: 200, body: { access_token: { $starts_with: ory_at_ }";

#[test]
fn it_is_a_mock_for_scenarios_and_a_plain_server_for_clients() {
    let mock = alone(&[]);
    let project = project(&mock.world);
    run(&project, "alone", &mock.world).told(0, &["2 passed"]);
    // As a plain server it has one world for all, and no clock to move.
    run(&project, "local", &mock.world).told(0, &["1 passed; 0 failed; 1 ignored"]);
}

#[test]
fn a_knob_changes_what_it_answers() {
    let mock = alone(&["--set", "access_token_form=opaque"]);
    let project = project(&mock.world).scenario("opaque", &format!("{OPAQUE} }} }}\n"));
    let told = run(&project, "local", &mock.world).stdout;
    assert!(told.contains("test opaque") && told.contains("2 passed; 0 failed"), "{told}");
}

/// The status of a search without a token.
fn search(world: &Value) -> u16 {
    let api = url::Url::parse(world["staging"]["api"].as_str().unwrap()).unwrap();
    let mut stream = TcpStream::connect(api.socket_addrs(|| None).unwrap()[0]).unwrap();
    let place = format!("{}v4/keywords/search?searchQuery=car", api.path());
    write!(stream, "GET {place} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.split(' ').nth(1).unwrap().parse().unwrap()
}

#[test]
fn a_file_of_faults_is_ordered_and_a_wrong_one_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("faults.yaml");
    std::fs::write(&file, "- { at: GET /v4/keywords/search, times: 1, respond: rate_limit }\n").unwrap();
    let mock = alone(&["--faults", file.to_str().unwrap()]);
    let project = project(&mock.world);
    let statuses = [429, 200].map(|status| {
        format!("  - get: /v4/keywords/search\n    query: {{ searchQuery: car }}\n    expect: {{ status: {status} }}\n")
    });
    let scenario = format!(
        "title: The first answer is no success\nclient: demand\nsnapshot: none\n\
         token: {{ grant: client_credentials, scope: demand::keywords.read }}\nsteps:\n{}",
        statuses.concat()
    );
    project.write("scenarios/search.yaml", &scenario);
    let told = run(&project, "local", &mock.world).stdout;
    assert!(told.contains("1 passed; 0 failed"), "{told}");

    // Those of a profile come first, those of the file are added.
    let profile = folder.path().join("profile.yaml");
    let clients = "clients: { staging: { kiosk: { id: kiosk, auth: none, scopes: [demand::keywords.read] } } }\n";
    let own = "faults:\n  - { at: GET /v4/keywords/search, times: 1, respond: waf_block }\n  - { at: any, client: kiosk, delay: 1ms }\n";
    std::fs::write(&profile, format!("{clients}{own}")).unwrap();
    let mock = alone(&["--profile", profile.to_str().unwrap(), "--faults", file.to_str().unwrap()]);
    assert_eq!([(); 3].map(|()| search(&mock.world)), [403, 429, 401]);

    std::fs::write(&profile, "faults:\n  - { at: any, delay: 1ms }\n  - { at: GET /v4/user/self, reset: before }\n")
        .unwrap();
    let ended = tacktest(&["mock", "--profile", profile.to_str().unwrap()]).output().unwrap();
    let told = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert_eq!(ended.status.code(), Some(2), "{told}");
    for words in ["profile.yaml:3:5", "did you mean `/v4/users/self`?", "^^^^"] {
        assert!(told.contains(words), "{told}");
    }

    let misspelled = folder.path().join("misspelled.yaml");
    std::fs::write(&misspelled, "- { at: GET /v4/user/self, respond: rate_limit }\n").unwrap();
    std::fs::write(&file, "- { at: any, respond: waf_blok }\n").unwrap();
    let [file, misspelled] = [&file, &misspelled].map(|path| path.to_str().unwrap());
    for (path, word) in [
        (file, "did you mean `waf_block`?"),
        (misspelled, "misspelled.yaml:1:3"),
        ("no_such_file.yaml", "no_such_file.yaml"),
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tacktest"));
        let ended = command.args(["mock", "--faults", path]).stdin(Stdio::null()).output().unwrap();
        let told = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert_eq!((ended.status.code(), told.contains(word)), (Some(2), true), "{told}");
    }
}

#[test]
fn a_port_in_use_and_a_wrong_knob_are_told() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    for (arguments, words) in [
        (["mock", "--port", &*port], ["can't listen on", "`--port 0` takes a free port"]),
        (["mock", "--set", "no_such_knob=1"], ["no_such_knob", "knobs of the mock"]),
    ] {
        let ended = tacktest(&arguments).output().unwrap();
        let told = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert_eq!(ended.status.code(), Some(2), "{told}");
        assert!(words.iter().all(|word| told.contains(word)) && ended.stdout.is_empty(), "{told}");
    }
}

#[test]
fn the_planner_knows_the_mock_by_the_names_that_its_worlds_tell() {
    use tacktest::config::{MOCK_CLIENTS, MOCK_FIXTURES, MOCK_USERS};
    let world = alone(&[]).world.clone();
    for environment in ["staging", "production"] {
        let told = |part: &str| {
            let mut names: Vec<String> = world[environment][part].as_object().unwrap().keys().cloned().collect();
            names.sort();
            names
        };
        let sorted = |names: &[&str]| {
            let mut names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            names.sort();
            names
        };
        assert_eq!(told("clients"), sorted(MOCK_CLIENTS), "{environment}");
        assert_eq!(told("fixtures"), sorted(MOCK_FIXTURES), "{environment}");
        // The order counts: the first user is the default.
        let users: Vec<&str> =
            world[environment]["users"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        assert_eq!(users, MOCK_USERS, "{environment}");
    }
}

#[test]
fn settings_to_paste_name_both_environments() {
    let folder = tempfile::tempdir().unwrap();
    let own = "https://app.example.com/callback";
    let mut command =
        tacktest(&["mock", "--port", "0", "--public-url", "http://127.0.0.1:1", "--redirect-uri", own, "--tls"]);
    let mut program = command.current_dir(folder.path()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // It says that it listens when all else was said.
    let mut told = String::new();
    let mut stderr = BufReader::new(program.stderr.take().unwrap());
    while !told.contains("Ctrl-C") && stderr.read_line(&mut told).unwrap() > 0 {}
    program.kill().unwrap();
    program.wait().unwrap();
    let listens = told.lines().last().unwrap();
    assert!(listens.starts_with("tacktest: the mock listens on 127.0.0.1:"), "{told}");
    assert!(listens.ends_with(" and is reached at http://127.0.0.1:1; Ctrl-C ends it"), "{told}");
    let mut settings = String::new();
    program.stdout.take().unwrap().read_to_string(&mut settings).unwrap();
    for line in [
        "  API           http://127.0.0.1:1/production/api/",
        "  token         http://127.0.0.1:1/oauth2/token",
        "THUMBTACK_PRODUCTION_TOKEN_URL=http://127.0.0.1:1/production/oauth2/token",
        "THUMBTACK_STAGING_DEMAND_CLIENT_SECRET='mock-demand-staging%+:~'",
        "    api: http://127.0.0.1:1/api/",
        "  live page     http://127.0.0.1:1/_mock/",
        "  journal       http://127.0.0.1:1/control/worlds/default/journal?follow",
        "  OpenAPI       http://127.0.0.1:1/_mock/openapi.json",
        "  access tokens JWTs signed with ES256, which is fast; production's are likely of RS256: `--set access_token_form=jwt_rs256`",
        "                http://127.0.0.1:8421/callback",
        "                https://app.example.com/callback",
        "THUMBTACK_STAGING_SUPPLY_REDIRECT_URI=https://app.example.com/callback",
        "  business      518000000000000011",
        "THUMBTACK_STAGING_NEGOTIATION_ID=518000000000000021",
    ] {
        assert!(settings.lines().any(|told| told == line), "{line}\n{settings}");
    }
    assert!(settings.contains("THUMBTACK_STAGING_DEMAND_SCOPES='demand::businesses/search.read "), "{settings}");
    // What is pasted elsewhere still leads to the file.
    let ca = settings.lines().find_map(|line| line.strip_prefix("SSL_CERT_FILE=")).unwrap();
    assert!(Path::new(ca).is_absolute() && Path::new(ca).is_file(), "{settings}");
    assert!(settings.contains(&format!("    network: {{ ca: \"{ca}\" }}")), "{settings}");
    assert!(!settings.contains("control_token"), "{settings}");
}

#[test]
fn a_profile_turns_knobs_and_the_command_line_wins() {
    let folder = tempfile::tempdir().unwrap();
    let profile = folder.path().join("profile.yaml");
    std::fs::write(&profile, "seed: 7\nknobs:\n  access_token_form: opaque\n  access_token_seconds: 60\n").unwrap();
    let shown = profile.to_str().unwrap();
    let expires_in = |arguments: &[&str]| {
        let mock = alone(&[&["--profile", shown], arguments].concat());
        let scenario = format!(
            "{OPAQUE}, expires_in: {{ $gt: \"${{matrix.over}}\", $lte: \"${{matrix.most}}\" }} }} }}\n\
             matrix: {{ sixty: {{ over: 50, most: 60 }}, seventy: {{ over: 60, most: 70 }} }}\n"
        );
        run(&project(&mock.world).scenario("opaque", &scenario), "local", &mock.world).stdout
    };
    let told = expires_in(&[]);
    assert!(told.contains("test opaque::sixty   ... ok") && told.contains("test opaque::seventy ... FAILED"), "{told}");
    let told = expires_in(&["--set", "access_token_seconds=70"]);
    assert!(told.contains("test opaque::sixty   ... FAILED") && told.contains("test opaque::seventy ... ok"), "{told}");
}

#[test]
fn what_is_wrong_with_a_profile_is_told_at_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let told = |text: &[u8]| {
        std::fs::write(folder.path().join("profile.yaml"), text).unwrap();
        let ended = tacktest(&["mock", "--profile", "profile.yaml"]).current_dir(folder.path()).output().unwrap();
        assert!(ended.status.code() == Some(2) && ended.stdout.is_empty());
        String::from_utf8_lossy(&ended.stderr).into_owned()
    };
    let wrong = told(b"knobs:\n  wrong_audiance: api\n  code_seconds: many\n");
    for words in ["profile.yaml:2:3", "did you mean `wrong_audience`?", "profile.yaml:3:17", "expected u32", "^^^^"] {
        assert!(wrong.contains(words), "{words}: {wrong}");
    }
    assert!(told(b"knobs: [\n").contains("profile.yaml:"));
    assert!(told(b"\xff\xfe\0k").contains("not UTF-8"));
    let missing = tacktest(&["mock", "--profile", "no_such.yaml"]).current_dir(folder.path()).output().unwrap();
    assert!(String::from_utf8_lossy(&missing.stderr).contains("can't read the file"));
}

#[test]
fn a_seed_repeats_what_is_given_out() {
    let code = || {
        let mock = alone(&["--seed", "7"]);
        let staging = &mock.world["staging"];
        let query = "response_type=code&state=12345678&audience=urn:partner-api";
        let client = staging["clients"]["supply"]["id"].as_str().unwrap();
        let url = url::Url::parse(staging["authorize_url"].as_str().unwrap()).unwrap();
        let mut stream = TcpStream::connect((url.host_str().unwrap(), url.port().unwrap())).unwrap();
        let line = format!("GET {}?{query}&client_id={client} HTTP/1.1", url.path());
        stream.write_all(format!("{line}\r\nHost: mock\r\nConnection: close\r\n\r\n").as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let code = answer.split("code=").nth(1).unwrap_or_else(|| panic!("{answer}"));
        code.split('&').next().unwrap().to_owned()
    };
    assert_eq!(code(), code());
}

#[test]
fn scenarios_run_over_tls_where_its_authority_is_trusted() {
    let mock = alone(&["--tls"]);
    assert!(mock.world["staging"]["api"].as_str().unwrap().starts_with("https://127.0.0.1:"));
    let ca = mock.folder.path().join("tacktest-mock-ca.pem");
    assert!(std::fs::read_to_string(&ca).unwrap().starts_with("-----BEGIN CERTIFICATE-----"));
    let project = project(&mock.world);
    // Nobody trusts it unasked.
    run(&project, "local", &mock.world).told(5, &["certificate"]);
    let network = format!("    network: {{ ca: \"{}\" }}\n    clients:", ca.display());
    let targets = project.read("tacktest.yaml").replace("    clients:", &network);
    let targets = targets.replace("kind: mock, ", &format!("kind: mock, network: {{ ca: \"{}\" }}, ", ca.display()));
    project.write("tacktest.yaml", &targets);
    run(&project, "local", &mock.world).ended(0);
    run(&project, "alone", &mock.world).told(0, &["2 passed"]);
}

#[test]
fn a_file_of_something_else_is_not_replaced_by_the_authority() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("key.pem"), "fictional").unwrap();
    let mut command = tacktest(&["mock", "--tls", "--ca-file", "key.pem"]);
    let ended = command.current_dir(folder.path()).output().unwrap();
    let told = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert!(ended.status.code() == Some(2) && told.contains("key.pem is there"), "{told}");
    assert_eq!(std::fs::read_to_string(folder.path().join("key.pem")).unwrap(), "fictional");
}

#[cfg(unix)]
#[test]
fn a_signal_ends_it_well() {
    for signal in ["TERM", "INT"] {
        let (code, told) = alone(&[]).ended_by(signal);
        assert!(code == Some(0) && told.contains("another signal ends it at once"), "{signal}: {code:?} {told}");
    }
}

#[test]
fn wrong_arguments_are_told() {
    for (arguments, words) in [
        (&["--listen", "127.0.0.1:1", "--port", "2"][..], "name one"),
        (&["--listen", "mock.example"], "write an address"),
        (&["--public-url", "mock:4600"], "write an http or https URL"),
        (&["--ca-file", "x.pem"], "--tls"),
        (&["--tls=never"], "wrong-name"),
        (&["--control-token-file", "no_such_file"], "can't be read: no_such_file"),
    ] {
        let ended = tacktest(&[&["mock"], arguments].concat()).output().unwrap();
        let told = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert!(ended.status.code() == Some(2) && told.contains(words), "{arguments:?}: {told}");
    }
    let ended = tacktest(&["mock"]).env("TACKTEST_CONTROL_TOKEN", "short").output().unwrap();
    let told = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert!(ended.status.code() == Some(2) && told.contains("at least 16 characters"), "{told}");
}
