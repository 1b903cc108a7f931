//! [Schemathesis](https://schemathesis.io) against the document that the mock serves of itself: requests by chance, right
//! and wrong ones, find neither a fault of the server's nor an answer that is not documented.
//!
//! `tests/interop/schemathesis/README.md` tells how it is installed. Without it this is skipped and says so;
//! `TACKTEST_INTEROP=required` makes that a failure.
#![expect(clippy::unwrap_used, reason = "a test stops where its surroundings fail")]

mod mock_support;

use std::fs::{self, File};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use mock_support::Server;
use serde_json::json;
use tacktest::mock::control::World;

/// Requests by chance for each operation.
const EXAMPLES: &str = "6";

/// How long it may take; a minute is usual.
const LONGEST: Duration = Duration::from_mins(10);

/// A user's token with every scope that a client may have of its own side.
fn token(server: &Server, world: &World, client: &str, user: &str) -> String {
    server.command(world, &json!({"next_login": {"user": user, "answer": "approve"}}));
    let known = &world.staging.clients[client];
    let own = known.scopes.iter().filter(|scope| scope.starts_with(client));
    let scopes: Vec<&str> = own.map(String::as_str).collect();
    server.login(&world.staging, known, &scopes.join("+")).member("access_token")
}

/// Waits for the program's end, but not for ever, and tells whether it succeeded.
fn ends(mut child: Child) -> bool {
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status.success();
        }
        if start.elapsed() > LONGEST {
            child.kill().unwrap();
            child.wait().unwrap();
            return false;
        }
        thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn requests_by_chance_find_no_fault_and_no_undocumented_answer() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let program = root.join("target/schemathesis/bin/schemathesis");
    if !program.exists() {
        let reason = format!(
            "{} is not there; tests/interop/schemathesis/README.md tells how it is installed",
            program.display()
        );
        let required = std::env::var_os("TACKTEST_INTEROP").is_some_and(|value| value == "required");
        assert!(!required, "{reason}");
        eprintln!("skipped: {reason}");
        return;
    }
    let server = Server::start();
    let world = server.world();
    let folder = root.join("tests/interop/schemathesis");
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let report = scratch.join("schemathesis.txt");
    let child = Command::new(program)
        .arg("--config-file")
        .arg(folder.join("schemathesis.toml"))
        .args(["run", &format!("{}_mock/openapi.json", world.staging.auth_server)])
        .args([
            "--max-examples",
            EXAMPLES,
            "--seed",
            "5",
            "--request-timeout",
            "10",
            "--phases",
            "examples,coverage,fuzzing",
        ])
        .args(["--generation-database", "none", "--no-color"])
        // What it keeps, it keeps where it was started.
        .current_dir(scratch)
        .env("SCHEMATHESIS_HOOKS", folder.join("hooks.py"))
        .env("SCHEMATHESIS_SUPPLY_TOKEN", token(&server, &world, "supply", "pro"))
        .env("SCHEMATHESIS_DEMAND_TOKEN", token(&server, &world, "demand", "customer"))
        .env("HYPOTHESIS_STORAGE_DIRECTORY", scratch.join("hypothesis"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(Stdio::null())
        .stdout(File::create(&report).unwrap())
        .spawn()
        .unwrap();
    let succeeded = ends(child);
    let said = fs::read_to_string(&report).unwrap();
    assert!(succeeded, "{said}");
    // That it tested nothing would be a success, too.
    let tested = said.lines().find_map(|line| line.trim().strip_prefix("Tested: ")).unwrap_or_default();
    assert!(tested.parse::<u32>().unwrap() > 40, "{said}");
}
