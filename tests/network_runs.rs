//! Runs of the program over TLS and through proxies, as tacktest.yaml and the environment say.

#![expect(clippy::unwrap_used, reason = "a test stops where its surroundings fail")]

mod project;
mod tls;
mod wire;

use std::process::Command;

use project::{Project, Ran, TACKTEST, finish};
use tls::{ALWAYS, Authority, CREDENTIALS, CountingProxy, Manner, PASSWORD, TlsServer};
use wire::{Server, json};

/// A host that no resolver knows, so that nothing but a proxy reaches it.
const HOST: &str = "api.partner.example";

const SCENARIO: &str = "title: T\nsnapshot: none\nsteps:\n  - get: /x\n    expect: { status: 200, body: { a: 1 } }\n";

fn one(_: &str) -> String {
    json("200 OK", r#"{"a":1}"#)
}

/// A target at `api`, with these lines in its `network`, that trusts `authority`.
fn project(api: &str, network: &str, authority: &Authority) -> Project {
    let targets = format!(
        "targets:\n  own:\n    kind: staging\n    api: {api}\n    network:\n      ca: certificates/ca.pem\n{network}"
    );
    let project = Project::with_targets(&targets).scenario("one", SCENARIO);
    project.write("certificates/ca.pem", &authority.pem);
    project
}

/// A run of the one scenario from another folder than the project's.
fn run(project: &Project, settings: impl FnOnce(&mut Command) -> &mut Command) -> Ran {
    let mut command = project.command(TACKTEST);
    command.current_dir("/").arg("-C").arg(project.path("")).args(["run", "--target", "own"]);
    finish(settings(&mut command))
}

/// A server with a certificate for [`HOST`] and 127.0.0.1.
fn server(authority: &Authority) -> TlsServer {
    TlsServer::start(authority.issue(&[HOST, "127.0.0.1"], ALWAYS).server(None), one)
}

#[test]
fn a_scenario_runs_over_tls_with_a_private_ca() {
    let authority = Authority::new("one");
    let server = server(&authority);
    let api = format!("https://{}/api/", server.address);
    run(&project(&api, "", &authority), |command| command).ended(0);
    let stranger = project(&api, "", &Authority::new("other"));
    run(&stranger, |command| command).told(5, &["inconclusive", "network: { ca: FILE }"]);
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn the_proxy_of_the_environment_is_for_other_hosts_only() {
    let authority = Authority::new("one");
    let server = server(&authority);
    let proxy = CountingProxy::start(server.address, Manner::Open);
    let far = project(&format!("https://{HOST}/"), "", &authority);
    let near = project(&format!("https://{}/", server.address), "", &authority);
    for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"] {
        let before = proxy.connections();
        run(&far, |command| command.env(name, format!("http://{}", proxy.address))).ended(0);
        assert_eq!(proxy.connections(), before + 1, "{name}");
        run(&near, |command| command.env(name, format!("http://{}", proxy.address))).ended(0);
        assert_eq!(proxy.connections(), before + 1, "{name}");
    }
    assert!(proxy.heads().iter().all(|head| head.starts_with("CONNECT api.partner.example:443 ")));
    // Plain http on this machine, as the mock speaks it.
    let mock = Project::new().scenario(
        "one",
        "title: T\nclient: demand\nsnapshot: none\nsteps:\n  - token: { grant: client_credentials }\n    expect: { status: 200 }\n",
    );
    let mut command = mock.command(TACKTEST);
    finish(command.env("HTTP_PROXY", format!("http://{}", proxy.address))).ended(0);
    assert_eq!(proxy.connections(), 3);
}

#[test]
fn no_proxy_names_hosts_that_are_reached_without() {
    let authority = Authority::new("one");
    let proxy = CountingProxy::start(server(&authority).address, Manner::Open);
    let far = project(&format!("https://{HOST}/"), "", &authority);
    for list in [HOST, "other.example, .partner.example", "*"] {
        let ran =
            run(&far, |command| command.env("HTTPS_PROXY", format!("http://{}", proxy.address)).env("NO_PROXY", list));
        ran.told(5, &["inconclusive", "the name api.partner.example can't be resolved", "check how it is spelled"]);
    }
    assert_eq!(proxy.connections(), 0);
}

#[test]
fn a_proxy_in_the_configuration_goes_before_the_environments() {
    let authority = Authority::new("one");
    let server = server(&authority);
    let proxy = CountingProxy::start(server.address, Manner::WantsCredentials);
    let other = CountingProxy::start(server.address, Manner::Refuses);
    let network = "      proxy: \"${env.OWN_PROXY}\"\n";
    for api in [format!("https://{HOST}/"), format!("https://{}/", server.address)] {
        let ran = run(&project(&api, network, &authority), |command| {
            command
                .env("OWN_PROXY", format!("http://{CREDENTIALS}@{}", proxy.address))
                .env("HTTPS_PROXY", format!("http://{}", other.address))
        });
        ran.ended(0);
    }
    assert_eq!((proxy.connections(), other.connections()), (2, 0));
    // To go without it would be another way than the one that was asked for.
    let unset = run(&project("https://127.0.0.1:9/", network, &authority), |command| command);
    unset.told(2, &["`network.proxy` of target `own`", "`OWN_PROXY` is not set"]);
}

#[test]
fn the_password_of_a_proxy_is_hidden() {
    let authority = Authority::new("one");
    let echo = TlsServer::start(authority.issue(&[HOST], ALWAYS).server(None), |_| {
        // What a real target says of an error is told whole.
        json("400 Bad Request", &format!("{{\"a\":\"{PASSWORD}\"}}"))
    });
    let proxy = CountingProxy::start(echo.address, Manner::WantsCredentials);
    let url = format!("http://{CREDENTIALS}@{}", proxy.address);
    for (name, network) in [("OWN_PROXY", "      proxy: \"${env.OWN_PROXY}\"\n"), ("HTTPS_PROXY", "")] {
        let ran = run(&project(&format!("https://{HOST}/"), network, &authority), |command| command.env(name, &url));
        ran.told(1, &["[network.proxy.password]"]);
        assert!(!ran.stdout.contains("fictional-password") && !ran.stderr.contains("fictional-password"), "{ran:?}");
    }
    let strange = url.replace(PASSWORD.trim_end_matches('%'), "fictional-mistake");
    let ran =
        run(&project(&format!("https://{HOST}/"), "", &authority), |command| command.env("HTTPS_PROXY", &strange));
    ran.told(5, &["inconclusive", &format!("the proxy {} wants a user and a password", proxy.address)]);
    assert!(!ran.stdout.contains("fictional-mistake") && !ran.stderr.contains("fictional-mistake"), "{ran:?}");
}

#[cfg(unix)]
#[test]
fn a_client_certificate_is_read_from_the_projects_folder() {
    let (authority, clients) = (Authority::new("one"), Authority::new("clients"));
    let config = authority.issue(&["127.0.0.1"], ALWAYS).server(Some(&clients));
    let server = TlsServer::start(config, one);
    let network = "      client_certificate: { certificate: certificates/own.pem, key: certificates/own.key }\n";
    let project = project(&format!("https://{}/", server.address), network, &authority);
    let own = clients.issue(&["client.partner.example"], ALWAYS);
    project.write("certificates/own.pem", &own.certificate);
    project.write("certificates/own.key", &own.key);
    let ran = open_to(&project, 0o644);
    ran.told(2, &["`network.client_certificate.key`", "open to others", "chmod 600", "own.key"]);
    assert!(server.requests().is_empty());
    open_to(&project, 0o600).ended(0);
    assert_eq!(server.requests().len(), 1);
}

#[cfg(unix)]
#[test]
fn a_pipe_in_place_of_a_file_is_refused_and_not_waited_for() {
    let network = "      client_certificate: { certificate: certificates/own.pem, key: certificates/own.key }\n";
    for name in ["ca.pem", "own.pem", "own.key"] {
        let project = project("https://127.0.0.1:9/", network, &Authority::new("one"));
        let own = Authority::new("clients").issue(&["client.partner.example"], ALWAYS);
        project.write("certificates/own.pem", &own.certificate);
        project.write("certificates/own.key", &own.key);
        let pipe = project.path(&format!("certificates/{name}"));
        std::fs::remove_file(&pipe).unwrap();
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        run(&project, |command| command).told(2, &["can't be used", &format!("{name} is no regular file")]);
    }
}

#[cfg(unix)]
#[test]
fn a_certificate_of_the_users_home_is_named_by_a_tilde() {
    let authority = Authority::new("one");
    let server = server(&authority);
    let project = project(&format!("https://{}/", server.address), "", &authority);
    project.write("tacktest.yaml", &project.read("tacktest.yaml").replace("certificates/ca.pem", "~/mine/ca.pem"));
    let home = project.path("home");
    project.write("home/mine/ca.pem", &authority.pem);
    run(&project, |command| command.env("HOME", &home)).ended(0);
    assert_eq!(server.requests().len(), 1);
}

/// A run while the key has these permissions.
#[cfg(unix)]
fn open_to(project: &Project, mode: u32) -> Ran {
    use std::os::unix::fs::PermissionsExt;

    std::fs::set_permissions(project.path("certificates/own.key"), std::fs::Permissions::from_mode(mode)).unwrap();
    run(project, |command| command)
}

/// The roots of a system are files on Linux, and there only can they be taken away.
#[cfg(target_os = "linux")]
#[test]
fn a_machine_without_roots_is_told_so_and_only_over_tls() {
    let authority = Authority::new("one");
    let server = server(&authority);
    let targets = format!("targets:\n  own:\n    kind: staging\n    api: https://{}/\n", server.address);
    let project = Project::with_targets(&targets).scenario("one", SCENARIO);
    run(&project, without_roots).told(5, &["inconclusive", "this machine has no root certificates", "ca-certificates"]);
    let plain = Server::answering(one);
    let targets = format!("targets:\n  own:\n    kind: staging\n    api: \"{}\"\n", plain.url("/"));
    let project = Project::with_targets(&targets).scenario("one", SCENARIO);
    run(&project, without_roots).ended(0);
}

#[cfg(target_os = "linux")]
fn without_roots(command: &mut Command) -> &mut Command {
    command.env("SSL_CERT_FILE", "/nonexistent/ca.pem").env("SSL_CERT_DIR", "/nonexistent")
}

#[test]
fn html_in_place_of_json_is_told_in_these_words() {
    let page = Server::answering(|_| {
        let body = "<!doctype html><title>Sign in</title>";
        format!(
            "HTTP/1.1 200 OK\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        )
    });
    let targets = format!("targets:\n  own:\n    kind: staging\n    api: \"{}\"\n", page.url("/"));
    let project = Project::with_targets(&targets).scenario("one", SCENARIO);
    run(&project, |command| command).told(1, &["the answer (200) is HTML, not JSON", "expected JSON"]);
}
