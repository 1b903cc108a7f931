//! The mock as a program of its own: for clients of partners, and as a target of scenarios.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, also in its helpers")]

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

/// `tacktest mock` under way; ended when dropped.
struct Alone {
    program: Child,
    world: Value,
}

impl Drop for Alone {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

fn alone(arguments: &[&str]) -> Alone {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tacktest"));
    command
        .args(["mock", "--port", "0"])
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut program = command.spawn().unwrap();
    let mut told = String::new();
    for line in BufReader::new(program.stdout.take().unwrap()).lines() {
        told.push_str(&line.unwrap());
        // The description is one indented object, so its end is the first brace in the first column.
        if told.ends_with('}') && serde_json::from_str::<Value>(&told).is_ok() {
            break;
        }
    }
    Alone { world: serde_json::from_str(&told).unwrap(), program }
}

fn run(folder: &Path, target: &str, world: &Value) -> Output {
    let client = &world["staging"]["clients"]["demand"];
    Command::new(env!("CARGO_BIN_EXE_tacktest"))
        .args(["run", "--target", target, "-C"])
        .arg(folder)
        .env("ALONE_ID", client["id"].as_str().unwrap())
        .env("ALONE_SECRET", client["secret"].as_str().unwrap())
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn project(world: &Value) -> tempfile::TempDir {
    let staging = &world["staging"];
    let url = |name: &str| staging[name].as_str().unwrap();
    let folder = tempfile::tempdir().unwrap();
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
    std::fs::write(folder.path().join("tacktest.yaml"), targets).unwrap();
    std::fs::create_dir(folder.path().join("scenarios")).unwrap();
    let scenario = "title: A keyword search answers
client: demand
snapshot: none
token: { grant: client_credentials, scope: demand::keywords.read }
steps:
  - get: /v4/keywords/search
    query: { searchQuery: car }
    expect: { status: 200, body: { data: { $each: { name: { $type: string } } } } }
";
    std::fs::write(folder.path().join("scenarios/search.yaml"), scenario).unwrap();
    let clock = "title: Time moves in a world\nsnapshot: none\nsteps:\n  - mock: { advance: 1h }\n";
    std::fs::write(folder.path().join("scenarios/clock.yaml"), clock).unwrap();
    folder
}

#[test]
fn it_is_a_mock_for_scenarios_and_a_plain_server_for_clients() {
    let mock = alone(&[]);
    let folder = project(&mock.world);
    let as_mock = run(folder.path(), "alone", &mock.world);
    let told = String::from_utf8_lossy(&as_mock.stdout).into_owned();
    assert!(as_mock.status.success() && told.contains("2 passed"), "{told}");
    // As a plain server it has one world for all, and no clock to move.
    let as_server = run(folder.path(), "local", &mock.world);
    let told = String::from_utf8_lossy(&as_server.stdout).into_owned();
    assert!(as_server.status.success() && told.contains("1 passed; 0 failed; 1 ignored"), "{told}");
}

#[test]
fn a_knob_changes_what_it_answers() {
    let mock = alone(&["--set", "access_token_form=opaque"]);
    let folder = project(&mock.world);
    let scenario = "title: Tokens are opaque
client: demand
snapshot: none
steps:
  - token: { grant: client_credentials }
    expect: { status: 200, body: { access_token: { $starts_with: ory_at_ } } }
";
    std::fs::write(folder.path().join("scenarios/opaque.yaml"), scenario).unwrap();
    let ran = run(folder.path(), "local", &mock.world);
    let told = String::from_utf8_lossy(&ran.stdout).into_owned();
    assert!(told.contains("test opaque") && told.contains("2 passed; 0 failed"), "{told}");
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
    std::fs::write(project.path().join("scenarios/search.yaml"), scenario).unwrap();
    let ran = run(project.path(), "local", &mock.world);
    let told = String::from_utf8_lossy(&ran.stdout).into_owned();
    assert!(told.contains("1 passed; 0 failed"), "{told}");

    std::fs::write(&file, "- { at: any, respond: waf_blok }\n").unwrap();
    let file = file.to_str().unwrap();
    for (path, word) in [(file, "did you mean `waf_block`?"), ("no_such_file.yaml", "no_such_file.yaml")] {
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
        let ended = Command::new(env!("CARGO_BIN_EXE_tacktest")).args(arguments).stdin(Stdio::null()).output().unwrap();
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
