//! Clients that are not ours against the mock as a program of its own: `openid-client` and `requests-oauthlib`.
//!
//! The mock and the harness's own client were written side by side, so what both get wrong, neither sees. What each client
//! does is in `tests/interop/clients/`. Where Node.js or Python with their packages are not there, this is skipped and
//! says so; `TACKTEST_INTEROP=required` makes that a failure.

#![expect(clippy::unwrap_used, reason = "a test stops where its surroundings fail")]

mod foreign;

use std::path::{Path, PathBuf};
use std::process::Command;

use foreign::{Alone, folder, is_here, python, succeeds, without_node};

/// How many flows each client has at least; none may get lost.
const FLOWS: usize = 13;

fn node_client(mock: &Alone) -> Command {
    let mut command = Command::new("node");
    command.arg("clients/client.mjs").current_dir(folder()).env("TACKTEST_MOCK", &mock.url);
    command
}

fn python_client(mock: &Alone) -> Command {
    let mut command = Command::new(python());
    command.arg("clients/client.py").current_dir(folder()).env("TACKTEST_MOCK", &mock.url);
    // What the surroundings say about proxies is not for this machine.
    command.env("NO_PROXY", "127.0.0.1").env("PYTHONDONTWRITEBYTECODE", "1");
    command
}

fn without_python() -> Option<String> {
    let why =
        "there is no Python with tests/interop/clients/requirements.txt at target/interop-python; .ci/run makes it";
    (!python().is_file()).then(|| why.to_owned())
}

/// Holds that every flow of a client succeeds.
#[track_caller]
fn all_flows(command: &mut Command) {
    let told = succeeds(command);
    let good = told.lines().filter(|line| line.starts_with("ok: ")).count();
    assert!(good >= FLOWS && told.ends_with(&format!("{good} flows, 0 failed\n")), "{told}");
}

#[test]
fn a_certified_client_for_node_completes_every_flow() {
    if is_here(without_node("openid-client")) {
        all_flows(&mut node_client(&Alone::start(&[])));
    }
}

#[test]
fn a_client_for_python_completes_every_flow() {
    if is_here(without_python()) {
        all_flows(&mut python_client(&Alone::start(&[])));
    }
}

/// A mock over TLS, with the certificate of its authority in `folder`.
fn over_tls(folder: &Path) -> (Alone, PathBuf) {
    let authority = folder.join("ca.pem");
    let mock = Alone::start(&["--tls", "--ca-file", authority.to_str().unwrap()]);
    assert!(mock.url.starts_with("https://"), "{}", mock.url);
    (mock, authority)
}

#[test]
fn they_do_over_tls_with_the_mocks_own_authority() {
    let folder = tempfile::tempdir().unwrap();
    if is_here(without_node("openid-client")) {
        let (mock, authority) = over_tls(folder.path());
        all_flows(node_client(&mock).env("NODE_EXTRA_CA_CERTS", authority));
    }
    if is_here(without_python()) {
        let (mock, authority) = over_tls(folder.path());
        all_flows(python_client(&mock).env("REQUESTS_CA_BUNDLE", &authority).env("SSL_CERT_FILE", authority));
    }
}
