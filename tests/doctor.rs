//! `tacktest doctor`: what it tells of targets that are well and of ones that are not, and what it sends.

#![expect(clippy::unwrap_used, reason = "a test stops where its surroundings fail")]

mod project;
mod wire;

use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use project::{Project, Ran, TACKTEST, finish};
use serde_json::Value;
use wire::{Server, json, redirect};

/// Secrets that must never be told.
const SECRET: &str = "fictional/secret+1%";
const GATE: &str = "fictional gate";

/// A target at `OWN_HOST` with clients of both kinds.
const OWN: &str = "\
targets:
  own:
    kind: staging
    api: \"http://${env.OWN_HOST}/api/\"
    token_url: \"http://${env.OWN_HOST}/token\"
    authorize_url: \"http://${env.OWN_HOST}/auth\"
    site: \"http://${env.OWN_HOST}/site/\"
    audience: urn:own
    gate: { user: guest, password: \"${env.OWN_GATE}\" }
    clients:
      demand: { id: the-demand, secret: \"${env.OWN_SECRET}\", scopes: [demand::keywords.read] }
      supply: { id: the-supply, secret: \"${env.OWN_SECRET}\", redirect_uri: \"http://127.0.0.1:9/callback\" }
";

/// The mock as a program of its own; ended when dropped.
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

fn alone() -> Alone {
    let mut command = Command::new(TACKTEST);
    command
        .args(["mock", "--port", "0", "--format", "json"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut program = command.spawn().unwrap();
    let mut told = String::new();
    for line in BufReader::new(program.stdout.take().unwrap()).lines() {
        told.push_str(&line.unwrap());
        if told.ends_with('}') && serde_json::from_str::<Value>(&told).is_ok() {
            break;
        }
    }
    Alone { world: serde_json::from_str(&told).unwrap(), program }
}

impl Alone {
    /// A project whose target `own` is this mock's staging environment.
    fn project(&self) -> Project {
        let staging = &self.world["staging"];
        let of = |value: &Value| value.as_str().unwrap().to_owned();
        let client = |name: &str| {
            let client = &staging["clients"][name];
            let (id, secret, uri) = (of(&client["id"]), of(&client["secret"]), of(&client["redirect_uri"]));
            format!("{{ id: {id}, secret: {{ command: \"printf %s '{secret}'\" }}, redirect_uri: \"{uri}\" }}")
        };
        let urls = ["api", "token_url", "authorize_url", "auth_server", "site", "audience"].iter();
        let urls = urls.fold(String::new(), |all, key| all + &format!("    {key}: \"{}\"\n", of(&staging[*key])));
        let (user, password) = (of(&staging["gate"]["user"]), of(&staging["gate"]["password"]));
        let (demand, supply) = (client("demand"), client("supply"));
        let text = format!(
            "targets:\n  own:\n    kind: staging\n{urls}    gate: {{ user: \"{user}\", password: {{ command: \"printf %s '{password}'\" }} }}\n    \
             clients:\n      demand: {demand}\n      supply: {supply}\n"
        );
        Project::with_targets(&text)
    }
}

/// Answers as a server at which all is well; `change` may answer a request otherwise.
fn well(change: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Server {
    Server::answering(move |request| change(request).unwrap_or_else(|| well_answer(request)))
}

fn well_answer(request: &str) -> String {
    let path = request.split(' ').nth(1).unwrap_or_default();
    match path.split('?').next().unwrap_or_default() {
        "/token" if request.contains("grant_type=client_credentials") => {
            json("200 OK", r#"{"access_token":"fictional-token","token_type":"bearer","expires_in":3600}"#)
        }
        "/token" if request.starts_with("POST ") => json("400 Bad Request", r#"{"error":"invalid_grant"}"#),
        "/auth" => redirect("/login?challenge=1", ""),
        "/site/" if !request.contains("authorization: ") => json("401 Unauthorized", "{}"),
        "/site/" => json("200 OK", "{}"),
        _ => json("404 Not Found", "{}"),
    }
}

fn doctor(project: &Project, address: &str, arguments: &[&str]) -> Ran {
    let mut command = project.command(TACKTEST);
    command.args(["doctor", "--target", "own"]).args(arguments);
    let ran = finish(command.env("OWN_HOST", address).env("OWN_SECRET", SECRET).env("OWN_GATE", GATE));
    for secret in [SECRET, GATE, "fictional%2Fsecret", "fictional-token"] {
        assert!(!ran.stdout.contains(secret) && !ran.stderr.contains(secret), "{secret:?} is in\n{}", ran.stdout);
    }
    ran
}

/// What is told of [`OWN`], with `replaced` in its text, at a server that `change` makes unwell.
fn examined(
    replaced: (&str, &str),
    change: impl Fn(&str) -> Option<String> + Send + Sync + 'static,
) -> (Ran, Vec<String>) {
    assert!(OWN.contains(replaced.0));
    let server = well(change);
    let project = Project::with_targets(&OWN.replace(replaced.0, replaced.1));
    (doctor(&project, &server.address.to_string(), &[]), server.requests())
}

fn token_requests(requests: &[String]) -> usize {
    requests.iter().filter(|request| request.starts_with("POST /token ")).count()
}

/// The line of `check`.
#[track_caller]
fn line<'a>(ran: &'a Ran, check: &str) -> &'a str {
    let found = ran.stdout.lines().find(|line| line[9..].starts_with(&format!("{check}: ")));
    found.unwrap_or_else(|| panic!("no line of {check:?} in\n{}{}", ran.stdout, ran.stderr))
}

#[test]
fn a_target_that_is_well_has_only_good_lines() {
    let alone = alone();
    let ran = doctor(&alone.project(), "", &[]);
    ran.told(0, &[]);
    for (check, told) in [
        ("configuration", "everything"),
        ("name 127.0.0.1", "it is an address"),
        ("API", "over HTTP/1.1 in "),
        ("authorization server", "answers 4"),
        ("clock", "this machine's clock"),
        ("credentials of demand", "a token was given"),
        ("credentials of supply", "only the made-up code was refused"),
        ("redirect URI of supply", "it is registered"),
        ("gate of the site", "401 without, 200 with"),
    ] {
        let line = line(&ran, check);
        assert!(line.starts_with("ok ") && line.contains(told), "{line}");
    }
    // The built-in mock is well, too.
    Project::new().tacktest(&["doctor"]).told(0, &["ok       credentials of supply", "ok       gate of the site"]);
}

#[test]
fn lines_can_be_had_as_json() {
    let server = well(|_| None);
    let ran = doctor(&Project::with_targets(OWN), &server.address.to_string(), &["--format", "json"]);
    ran.told(0, &[]);
    let lines: Vec<Value> = ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |check: &str| lines.iter().find(|line| line["check"] == check).unwrap();
    assert_eq!(of("credentials of demand")["verdict"], "ok");
    assert_eq!(of("login of supply")["verdict"], "skipped");
    assert!(of("API")["cause"].is_null() && of("API")["advice"].is_null());
    let agents = server.requests();
    assert!(agents.iter().all(|request| request.contains("user-agent: tacktest/")), "{agents:?}");
}

#[test]
fn what_is_not_set_is_told_and_nothing_is_sent_for_it() {
    let server = well(|_| None);
    let project = Project::with_targets(OWN);
    let mut command = project.command(TACKTEST);
    command.args(["doctor", "--target", "own"]).env("OWN_HOST", server.address.to_string());
    let ran = finish(&mut command);
    ran.told(2, &["client `demand` refers to `OWN_SECRET`, which is not set", "the gate refers to `OWN_GATE`"]);
    assert!(line(&ran, "credentials of demand").starts_with("skipped "));
    assert!(line(&ran, "gate of the site").starts_with("skipped "));
    assert_eq!(token_requests(&server.requests()), 0);
}

#[test]
fn all_that_is_referred_to_is_looked_for_files_too() {
    let server = well(|_| None);
    let more = "    fixtures: { business: \"${env.OWN_BUSINESS}\" }\n    users: { pro: { login: \"${env.OWN_USER}\", \
                password: { file: secrets/pro } } }\n    network: { proxy: \"${env.OWN_PROXY}\", ca: \"own/ca.pem\" }\n";
    let gone =
        OWN.replace("id: the-supply, secret: \"${env.OWN_SECRET}\"", "id: the-supply, secret: { file: secrets/gone }");
    let ran = doctor(&Project::with_targets(&format!("{gone}{more}")), &server.address.to_string(), &[]);
    let file = "put it there, or correct its name in tacktest.yaml";
    ran.told(
        2,
        &[
            &format!(
                "problem  configuration: client `supply` refers to the file `secrets/gone`, which is not there; {file}; what"
            ),
            "problem  configuration: `network` refers to `OWN_PROXY`, which is not set; set it, in the environment or",
            &format!(
                "problem  configuration: `network` refers to the file `own/ca.pem`, which is not there; {file}; nothing"
            ),
            "warning  configuration: user `pro` refers to `OWN_USER`, which is not set",
            "warning  configuration: user `pro` refers to the file `secrets/pro`, which is not there",
            "warning  configuration: `fixtures` refer to `OWN_BUSINESS`, which is not set",
            "skipped  names: `network.proxy`, which is to resolve the names, can't be used",
        ],
    );
    assert!(server.requests().is_empty(), "without the proxy that was asked for nothing is sent");
}

#[test]
fn what_a_proxy_resolves_is_not_looked_up_here() {
    let proxy = Server::answering(|_| "HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n".to_owned());
    let api = "targets:\n  own:\n    kind: staging\n    api: https://api.partner.invalid/\n    token_url: \
               https://auth.partner.invalid/token\n";
    let own = format!("{api}    network: {{ proxy: \"http://{}\" }}\n", proxy.address);
    let ran = doctor(&Project::with_targets(&own), "", &[]);
    for host in ["api", "auth"] {
        let told = line(&ran, &format!("name {host}.partner.invalid"));
        assert!(told.starts_with("skipped ") && told.ends_with(&format!("the proxy {} resolves it", proxy.address)));
    }
    assert!(line(&ran, "name 127.0.0.1").starts_with("ok "), "the proxy's own name");
    assert!(proxy.requests().iter().any(|request| request.starts_with("CONNECT api.partner.invalid:443 ")));
    // The same by the environment, and with a proxy that is not there.
    let project = Project::with_targets(api);
    let mut command = project.command(TACKTEST);
    command.args(["doctor", "--target", "own"]);
    let ran = finish(command.env("HTTPS_PROXY", "http://no-such-proxy.invalid:3128"));
    ran.told(5, &["the proxy no-such-proxy.invalid:3128 resolves it", "problem  name no-such-proxy.invalid: "]);
    assert!(line(&ran, "target").starts_with("skipped "));
}

#[test]
fn wrong_credentials_are_told_without_them() {
    let refused = |request: &str| {
        let echo = format!(r#"{{"error":"invalid_client","error_description":"not {SECRET}"}}"#);
        request.starts_with("POST /token ").then(|| json("401 Unauthorized", &echo))
    };
    let (ran, requests) = examined(("the-demand", "the-demand"), refused);
    ran.told(2, &[]);
    for name in ["demand", "supply"] {
        let line = line(&ran, &format!("credentials of {name}"));
        assert!(line.starts_with("problem ") && line.contains("or they are of the other environment"), "{line}");
    }
    assert!(line(&ran, "redirect URI of supply").starts_with("skipped "));
    assert_eq!(token_requests(&requests), 2, "{requests:?}");
}

#[test]
fn what_a_server_says_of_a_client_is_told_scrubbed() {
    let invalid_scope = |request: &str| {
        let echo = format!(r#"{{"error":"invalid_scope","error_description":"no scope for {SECRET}"}}"#);
        request.contains("grant_type=client_credentials").then(|| json("400 Bad Request", &echo))
    };
    let (ran, requests) = examined(("the-demand", "the-demand"), invalid_scope);
    ran.told(2, &["400 `invalid_scope`: no scope for [demand.secret]"]);
    assert!(requests.iter().any(|request| request.contains("scope=demand%3A%3Akeywords.read&audience=urn%3Aown")));
    let unavailable =
        |request: &str| request.starts_with("POST /token ").then(|| json("503 Service Unavailable", "{}"));
    examined(("the-demand", "the-demand"), unavailable).0.told(5, &["the token URL answers 503, which says nothing"]);
}

#[test]
fn a_client_of_unknown_kind_is_asked_for_a_code_where_it_may_have_no_token() {
    let unauthorized = |request: &str| {
        let refused = json("400 Bad Request", r#"{"error":"unauthorized_client"}"#);
        request.contains("grant_type=client_credentials").then_some(refused)
    };
    let (ran, requests) = examined(("supply:", "mine:"), unauthorized);
    assert!(line(&ran, "credentials of mine").starts_with("ok "), "{}", ran.stdout);
    assert!(line(&ran, "redirect URI of mine").starts_with("ok "), "{}", ran.stdout);
    // `demand` is asked both ways too, and has no redirect URI for what it turns out to be.
    assert!(line(&ran, "redirect URI of demand").contains("acts for users and has none"));
    assert_eq!(token_requests(&requests), 4);
}

#[test]
fn credentials_of_the_other_environment_are_not_sent() {
    let server = well(|_| None);
    let other = "  live:\n    kind: production\n    api: \"http://${env.OWN_HOST}/live/\"\n    clients:\n      \
                 demand: { id: the-demand, secret: \"${env.NOT_SET}\" }\n";
    let text = format!("{}{other}", OWN.replace("    audience:", "    other: live\n    audience:"));
    let ran = doctor(&Project::with_targets(&text), &server.address.to_string(), &[]);
    ran.told(2, &[]);
    let line = line(&ran, "credentials of demand");
    assert!(line.contains("its id is that of a client of `live`; nothing was sent"), "{line}");
    let requests = server.requests();
    assert!(token_requests(&requests) == 1 && requests.iter().all(|request| !request.contains("the-demand")));
}

#[test]
fn html_in_place_of_json_is_told_and_gets_no_credentials() {
    let page = |_: &str| {
        let body = "<html>Welcome to the guest network</html>";
        Some(format!("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {}\r\n\r\n{body}", body.len()))
    };
    let (ran, requests) = examined(("the-demand", "the-demand"), page);
    ran.told(5, &["answers 200 with HTML where JSON is expected", "captive portal"]);
    assert!(line(&ran, "credentials of demand").starts_with("skipped "));
    assert_eq!(token_requests(&requests), 0);
    let portal = |request: &str| request.starts_with("GET /token ").then(|| redirect("http://127.0.0.1:1/portal", ""));
    let (ran, requests) = examined(("the-demand", "the-demand"), portal);
    assert!(line(&ran, "authorization server").contains("leads to http://127.0.0.1:1"), "{}", ran.stdout);
    assert_eq!(token_requests(&requests), 0);
}

#[test]
fn a_clock_that_is_off_is_told_with_figure_and_direction() {
    let late = |hours: i64| {
        move |request: &str| {
            let there = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(hours);
            let date = there.strftime("%a, %d %b %Y %H:%M:%S GMT");
            request
                .starts_with("GET /api/ ")
                .then(|| format!("HTTP/1.1 404 Not Found\r\ndate: {date}\r\ncontent-length: 0\r\n\r\n"))
        }
    };
    for (hours, direction) in [(2, "behind the server's"), (-2, "ahead of the server's")] {
        let (ran, _) = examined(("the-demand", "the-demand"), late(hours));
        ran.told(5, &[]);
        let line = line(&ran, "clock");
        let near = ["7199", "7200", "7201"].iter().any(|seconds| line.contains(&format!("is {seconds} s {direction}")));
        assert!(line.starts_with("problem ") && near, "{line}");
    }
    let (ran, _) = examined(("the-demand", "the-demand"), late(0));
    assert!(line(&ran, "clock").starts_with("ok "), "{}", ran.stdout);
}

#[test]
fn a_host_that_is_not_there_is_told() {
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
    let ran = doctor(&Project::with_targets(OWN), &free.to_string(), &[]);
    ran.told(5, &["connection refused", "skipped  credentials of demand: the authorization server does not answer"]);
    let ran = doctor(&Project::with_targets(OWN), "no-such-host.invalid", &[]);
    ran.told(5, &["problem  name no-such-host.invalid: ", "check the spelling of the host"]);
    assert!(line(&ran, "target").starts_with("skipped "));
    let mock = format!("targets:\n  own: {{ kind: mock, api: \"http://{free}/api/\" }}\n");
    let ran = doctor(&Project::with_targets(&mock), "", &[]);
    ran.told(5, &["problem  target: the mock's control API can't be reached", "start the mock"]);
    let short = OWN.replace("\"${env.OWN_GATE}\"", "{ command: printf abc }");
    let ran = doctor(&Project::with_targets(&short), &free.to_string(), &[]);
    ran.told(2, &["problem  target: the password of the gate of target `own` is too short"]);
}

#[test]
fn a_redirect_uri_that_is_unsound_or_not_registered_is_told() {
    let same = ("the-demand", "the-demand");
    let at_auth = |answer: &'static str| {
        move |request: &str| {
            request.starts_with("GET /auth?").then(|| match answer {
                "" => json("400 Bad Request", "{}"),
                location => redirect(location, ""),
            })
        }
    };
    for answer in ["", "/oauth2/fallbacks/error?error=invalid_request"] {
        let (ran, _) = examined(same, at_auth(answer));
        ran.told(2, &["redirect URI of supply: it is not registered"]);
    }
    let (ran, requests) = examined(same, at_auth("http://127.0.0.1:9/callback?error=invalid_scope&state=x"));
    ran.told(0, &["it is registered: the server told it of `invalid_scope`"]);
    let asked = requests.iter().find(|request| request.starts_with("GET /auth?")).unwrap();
    for part in ["client_id=the-supply", "redirect_uri=http%3A%2F%2F127.0.0.1%3A9%2Fcallback", "response_type=code"] {
        assert!(asked.contains(part), "{asked}");
    }
    for (uri, told) in [("http://partner.example.com/", "plain http"), ("http://127.0.0.1:9/#x", "fragment")] {
        let (ran, requests) = examined(("http://127.0.0.1:9/callback", uri), |_| None);
        ran.told(2, &[told]);
        assert!(!requests.iter().any(|request| request.starts_with("GET /auth")));
    }
    let (ran, _) = examined((", redirect_uri: \"http://127.0.0.1:9/callback\"", ""), |_| None);
    ran.told(2, &["redirect URI of supply: the client acts for users and has none"]);
}

#[test]
fn the_gate_is_asked_without_and_with_its_password() {
    let same = ("the-demand", "the-demand");
    let closed = |request: &str| request.starts_with("GET /site/ ").then(|| json("401 Unauthorized", "{}"));
    examined(same, closed).0.told(2, &["gate of the site: the site answers 401: user or password is wrong"]);
    let open = |request: &str| request.starts_with("GET /site/ ").then(|| json("200 OK", "{}"));
    let (ran, requests) = examined(same, open);
    ran.told(0, &["warning  gate of the site: the site answers 200 without user and password"]);
    let with: Vec<_> = requests.iter().filter(|request| request.contains("authorization: Basic Z3Vlc3Q6")).collect();
    assert!(with.len() == 1 && with[0].starts_with("GET /site/ "), "the gate's password goes to the site only");
}

#[test]
fn a_real_host_is_asked_once_a_second_at_most() {
    let server = well(|_| None);
    let text = "\
targets:
  own:
    kind: staging
    real: true
    api: \"http://${env.OWN_HOST}/api/\"
    token_url: \"http://${env.OWN_HOST}/token\"
    clients:
      demand: { id: the-demand, secret: \"${env.OWN_SECRET}\" }
";
    let started = Instant::now();
    doctor(&Project::with_targets(text), &server.address.to_string(), &[]).told(0, &[]);
    assert_eq!(server.requests().len(), 3, "{:?}", server.requests());
    assert!(started.elapsed() >= Duration::from_secs(2), "{:?}", started.elapsed());
}

#[test]
fn a_real_host_that_blocks_is_left_alone_and_one_that_is_busy_is_waited_for() {
    let text = OWN.replace("    kind: staging\n", "    kind: staging\n    real: true\n");
    let blocking = Server::answering(|_| "HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n".to_owned());
    let ran = doctor(&Project::with_targets(&text), &blocking.address.to_string(), &[]);
    ran.told(5, &["3 answers in a row were blocks, the last one 403 without a problem document"]);
    assert_eq!(blocking.requests().len(), 3, "{:?}", blocking.requests());
    let asked = std::sync::atomic::AtomicBool::new(false);
    let busy = well(move |_| {
        let is_first = !asked.swap(true, std::sync::atomic::Ordering::Relaxed);
        let later = "HTTP/1.1 429 Too Many Requests\r\nretry-after: 3\r\ncontent-length: 0\r\n\r\n";
        is_first.then(|| later.to_owned())
    });
    let started = Instant::now();
    let short = text.split("    authorize_url").next().unwrap();
    doctor(&Project::with_targets(short), &busy.address.to_string(), &[]).told(0, &[" answers 404 over ", "no client"]);
    assert!(started.elapsed() >= Duration::from_secs(3), "{:?}", started.elapsed());
    assert_eq!(busy.requests().iter().filter(|request| request.starts_with("GET /api/ ")).count(), 2);
}

#[test]
fn a_receiver_is_asked_for_its_nonce() {
    let free = || TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().to_string();
    let server = well(|_| None);
    let told = |listen: &str, public_url: &str| {
        let text = format!("{OWN}receiver: {{ listen: \"{listen}\", public_url: \"{public_url}\" }}\n");
        doctor(&Project::with_targets(&text), &server.address.to_string(), &[])
    };
    let here = free();
    told(&here, &format!("http://{here}/tacktest")).told(0, &["ok       receiver: http://"]);
    let elsewhere = server.url("/hooks").to_string();
    told("127.0.0.1:0", &elsewhere).told(2, &["receiver: http://", "answers 404, and not what was listening here"]);
    let asked = server.requests().into_iter().find(|request| request.starts_with("GET /hooks/")).unwrap();
    assert!(asked.starts_with("GET /hooks/.well-known/tacktest/"), "{asked}");
    told("127.0.0.1:0", &format!("http://{}/", free())).told(5, &["receiver: no answer from"]);
    let taken = server.address.to_string();
    told(&taken, &elsewhere).told(2, &["receiver: can't listen on"]);
}
