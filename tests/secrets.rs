//! Secrets in every position of failing scenarios: no output and no file holds one in any encoding.

#![expect(clippy::unwrap_used, reason = "a test stops where its surroundings fail")]

mod project;
mod wire;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use project::{Project, Ran, TACKTEST, finish};
use serde_json::json;
use url::form_urlencoded::byte_serialize;
use wire::{Server, json as answer};

const TARGET: &str = "\
targets:
  own:
    kind: staging
    api: \"http://${env.OWN_HOST}/api/\"
    token_url: \"http://${env.OWN_HOST}/token\"
    authorize_url: \"http://${env.OWN_HOST}/auth\"
    offers: [consent, login]
    clients:
      demand: { id: an-id, secret: \"${env.OWN_SECRET}\", redirect_uri: \"http://127.0.0.1:9/callback\" }
      post: { id: an-id, secret: \"${env.OWN_SECRET}\", auth: post }
";

/// What must never be seen. Some characters change in every encoding.
const CLIENT_SECRET: &str = "Client/Canary+1% \"quoted\" Zz9";
const ACCESS: &str = "access.Canary~QWERTYUIOP/asdfghjkl+0123456789=";
const REFRESH: &str = "refresh.Canary~zxcvbnm/QAZWSXEDC+9876543210=";
const ID_TOKEN: &str = "eyJhbGciOiJub25lIn0.eyJDYW5hcnkiOiJpZCJ9.Canary-signature";
const CODE: &str = "code.Canary~MNBVCXZ/poiuytrewq";
const ALL: [&str; 5] = [CLIENT_SECRET, ACCESS, REFRESH, ID_TOKEN, CODE];

/// A part of a secret this long is as good as the secret.
const TELLING_PART: usize = 8;

/// The secrets as they are and as they are encoded.
fn forms(secret: &str) -> Vec<String> {
    let json = json!(secret).to_string().trim_matches('"').to_owned();
    let percent = |text: &str| text.bytes().fold(String::new(), |all, byte| all + &format!("%{byte:02X}"));
    let mut forms = vec![
        secret.to_owned(),
        byte_serialize(secret.as_bytes()).collect(),
        byte_serialize(secret.as_bytes()).collect::<String>().replace('+', "%20"),
        json!(json).to_string().trim_matches('"').to_owned(),
        json,
        percent(secret),
    ];
    for before in ["", "x", "xy", "an-id:"] {
        let whole = format!("{before}{secret}");
        // What the first characters share with what stands before is not the secret's own.
        let own = (before.len() * 8).div_ceil(6);
        forms.push(STANDARD_NO_PAD.encode(&whole)[own..].to_owned());
        forms.push(URL_SAFE_NO_PAD.encode(&whole)[own..].to_owned());
    }
    forms
}

/// Holds that no part of a secret is in `text`.
#[track_caller]
fn clean(what: &str, text: &str) {
    for secret in ALL {
        for form in forms(secret) {
            let part = form.as_bytes().windows(TELLING_PART).find(|part| {
                let part = std::str::from_utf8(part).unwrap();
                // Words that the secrets share with ordinary text tell nothing.
                !["eyJhbGci", "yJhbGciO"].contains(&part) && text.contains(part)
            });
            assert!(part.is_none(), "{what} holds {:?} of {secret}:\n{text}", std::str::from_utf8(part.unwrap()));
        }
    }
}

/// A server that gives the secrets away in every way.
fn careless() -> Server {
    Server::answering(|request| {
        let everything = json!({
            "access_token": ACCESS, "refresh_token": REFRESH, "id_token": ID_TOKEN, "token_type": "bearer",
            "expires_in": 3600,
        });
        if request.starts_with("POST /token ") {
            return answer("200 OK", &everything.to_string());
        }
        if request.starts_with("GET /auth?") {
            let code: String = byte_serialize(CODE.as_bytes()).collect();
            let verifier = request.len();
            return wire::redirect(&format!("http://127.0.0.1:9/callback?code={code}&state=s{verifier}"), "");
        }
        let long = format!("{} {ACCESS} {}", "x".repeat(170), STANDARD_NO_PAD.encode(format!("an-id:{CLIENT_SECRET}")));
        let body = json!({
            "seen": request, "again": everything, (REFRESH): 1, "url": byte_serialize(ACCESS.as_bytes()).collect::<String>(),
            "long": long, "nested": json!({ "a": CLIENT_SECRET }).to_string(), CODE: { (ACCESS): ID_TOKEN },
        });
        answer("200 OK", &body.to_string())
    })
}

fn run(project: &Project, server: &Server, arguments: &[&str]) -> Ran {
    let mut command = project.command(TACKTEST);
    command.args(["run", "--target", "own"]).args(arguments);
    finish(command.env("OWN_HOST", server.address.to_string()).env("OWN_SECRET", CLIENT_SECRET))
}

const LOGIN: &str = "\
title: A login
client: demand
invariants: none
steps:
  - name: agree
    authorize: { scope: a, pkce: S256 }
    expect: { redirect: { code: { $present: true } } }
    save: { code: { redirect: code } }
  - name: exchange
    token: { grant: authorization_code, code: \"${code}\" }
    expect: { status: 200 }
    save: { access: $.access_token, refresh: $.refresh_token, identity: $.id_token }
";

/// Steps after which each scenario fails, with the secrets in another position.
const FAILING: [&str; 10] = [
    "  - get: /x\n    bearer: \"${access}\"\n    expect: { status: 201, body: { seen: nope, again: { access_token: nope }, url: nope, long: nope, nested: nope } }\n",
    "  - get: /x\n    bearer: \"${access}\"\n    expect: { status: 201, body: { $exactly: { a: \"${refresh}\" } }, text: { $contains: \"not ${code}\" } }\n",
    "  - post: /x\n    form: { a: \"${client.secret}\", b: \"${refresh}\", c: \"${identity}\" }\n    expect: { status: 201 }\n",
    "  - post: /x\n    json: { a: \"${client.secret}\", b: [\"${refresh}\", \"a ${code} b\"] }\n    expect: { text: { $matches: \"^${access}$\" } }\n",
    "  - post: /x\n    query: { a: \"${client.secret}\", b: \"${code}\" }\n    headers: { x-key: \"${access}\" }\n    text: \"${refresh}\"\n    expect: { status: 201 }\n",
    "  - get: /x\n    basic: { user: an-id, password: \"${client.secret}\" }\n    expect: { status: 201 }\n",
    "  - get: /x\n    basic: { user: someone, password: \"${refresh}\" }\n    expect: { body: { seen: { $starts_with: POST } } }\n",
    "  - compare: { a: \"${access}\", b: \"and ${client.secret}\", c: \"${code}\" }\n    expect: { value: { a: 1, b: 2, c: 3 } }\n",
    "  - token: { grant: refresh_token, refresh_token: \"${refresh}\" }\n    expect: { status: 200, body: { refresh_token: { $not: \"${refresh}\" }, access_token: x, id_token: w } }\n",
    "  - get: \"${target.authorize_url}\"\n    query: { a: b }\n    expect: { redirect: { code: x, uri: w } }\n",
];

#[test]
fn no_output_and_no_file_holds_a_secret() {
    let server = careless();
    let mut project = Project::with_targets(TARGET);
    for (number, steps) in FAILING.iter().enumerate() {
        project = project.scenario(&format!("test_{number}"), &format!("{LOGIN}{steps}"));
    }
    // Answers whose member names are secrets, pinned as shapes, with a note for what differs from a documented body.
    let pinned = "  - name: call\n    get: /x\n    expect: { status: 200, example: { seen: nope, again: none } }\n";
    let project = project.scenario("pinned", &format!("{LOGIN}{pinned}"));
    let project = project.scenario("carried", &format!("{CARRIED}token: {{ grant: authorization_code }}\n"));
    project.write("snapshots/pinned.snap", ACCEPTED);
    for arguments in
        [&[][..], &["--format", "json"], &["--format", "terse"], &["--logfile", "results.txt"], &["--color", "always"]]
    {
        let ran = run(&project, &server, arguments);
        assert_eq!(ran.code, 1, "{ran:?}");
        clean(&format!("stdout of {arguments:?}"), &ran.stdout);
        clean(&format!("stderr of {arguments:?}"), &ran.stderr);
        if arguments.is_empty() {
            ran.told(1, &["12 failed", "$ACCESS", "[demand.secret]", "test_9"]);
            assert!(ran.stderr.contains("pinned: differs from the documented example"), "{}", ran.stderr);
        }
    }
    let drift = project.read("snapshots/pinned.own.snap.new");
    assert!(drift.contains("[refresh_token]") && drift.contains("[access_token]"), "{drift}");
    project.files().iter().for_each(|(path, text)| clean(&path.display().to_string(), text));
}

/// Shapes that the answers do not have, so that theirs are told and written.
const ACCEPTED: &str = "---\nsource: scenarios/pinned.yaml\ndescription: A login\n---\n\
- step: agree\n  status: 302\n  body: none\n\
- step: exchange\n  status: 200\n  media_type: application/json\n  body:\n    access_token: string\n\
- step: call\n  status: 200\n  media_type: application/json\n  body:\n    lost: string\n";

const CARRIED: &str = "\
title: A carried token
client: post
invariants: none
steps:
  - post: /x
    json: {}
    expect: { status: 201 }
";

#[test]
fn the_verifier_of_pkce_is_hidden_too() {
    let server = careless();
    let text = LOGIN.replace("expect: { status: 200 }", "expect: { status: 200, body: { token_type: other } }");
    let project = Project::with_targets(TARGET).scenario("one", &text);
    let ran = run(&project, &server, &[]);
    let requests = server.requests();
    let form = requests.iter().find(|request| request.starts_with("POST /token ")).unwrap().clone();
    let verifier = form.split("code_verifier=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    assert!(verifier.len() >= 43);
    ran.told(1, &["code_verifier=[code_verifier]", "$CODE_VERIFIER"]);
    assert!(!ran.stdout.contains(&verifier), "{}", ran.stdout);
    clean("stdout", &ran.stdout);
}

#[test]
fn an_answer_that_repeats_the_clients_secret_is_a_finding() {
    let text = "title: An echo\nclient: demand\nsnapshot: none\nsteps:\n  - post: /x\n    json: {}\n    expect: { status: 200 }\n";
    let echo = |head: &'static str| {
        Server::answering(move |_| {
            let body = format!("secret: {CLIENT_SECRET}");
            format!("HTTP/1.1 {head}\r\ncontent-length: {}\r\n\r\n{body}", body.len())
        })
    };
    let project = Project::with_targets(TARGET).scenario("one", text);
    let ran = run(&project, &echo("200 OK"), &[]);
    ran.told(1, &["the answer repeats a client secret", "scenarios/one.yaml:5:5"]);
    clean("stdout", &ran.stdout);
    // Trouble of the surroundings is no excuse for it.
    run(&project, &echo("503 Service Unavailable"), &[]).told(1, &["the answer repeats a client secret"]);
    let project = Project::with_targets(TARGET).scenario("one", &format!("invariants: none\n{text}"));
    run(&project, &echo("200 OK"), &[]).ended(0);
    run(&project, &echo("503 Service Unavailable"), &[]).ended(5);
    // In a header it is one as well.
    let header =
        Server::answering(|_| format!("HTTP/1.1 200 OK\r\nx-debug: {CLIENT_SECRET}\r\ncontent-length: 0\r\n\r\n"));
    let project = Project::with_targets(TARGET).scenario("one", text);
    run(&project, &header, &[]).told(1, &["the answer repeats a client secret"]);
}

#[test]
fn an_echo_is_found_in_every_encoding_and_every_exchange() {
    let told = "the answer repeats a client secret";
    let text = "title: An echo\nclient: demand\nsnapshot: none\nsteps:\n  - post: /x\n    json: {}\n    expect: none\n";
    let project = Project::with_targets(TARGET).scenario("one", text);
    let encoded: String = byte_serialize(CLIENT_SECRET.as_bytes()).collect();
    let location = format!("http://127.0.0.1:9/callback?debug={encoded}");
    let in_location = Server::answering(move |_| wire::redirect(&location, ""));
    run(&project, &in_location, &[]).told(1, &[told]);
    let in_json = Server::answering(|_| answer("200 OK", &json!({ "debug": CLIENT_SECRET }).to_string()));
    run(&project, &in_json, &[]).told(1, &[told]);
    // In an answer after which `until` goes on, though the last answer holds none.
    let until = "    until: { every: 10ms, for: 20s, expect: { body: { done: true } } }\n    expect: none\n";
    let project = Project::with_targets(TARGET).scenario("one", &text.replace("    expect: none\n", until));
    let count = std::sync::atomic::AtomicUsize::new(0);
    let polled = Server::answering(move |_| match count.fetch_add(1, std::sync::atomic::Ordering::SeqCst) {
        0 => answer("200 OK", &json!({ "debug": CLIENT_SECRET }).to_string()),
        _ => answer("200 OK", r#"{"done":true}"#),
    });
    let ran = run(&project, &polled, &[]);
    ran.told(1, &[told]);
    clean("stdout", &ran.stdout);
    // In the exchange that brings the carried token, whether it brings one or not, and in the login before it.
    let carried = text.replace("steps:", "token: { grant: authorization_code }\nsteps:");
    let project = Project::with_targets(TARGET).scenario("one", &carried);
    for (status, leak_in_login) in [("200 OK", false), ("503 Service Unavailable", false), ("200 OK", true)] {
        let server = Server::answering(move |request| {
            let token = json!({ "access_token": ACCESS, "debug": if leak_in_login { "" } else { CLIENT_SECRET } });
            if request.starts_with("POST /token ") {
                return answer(status, &token.to_string());
            }
            let leak = if leak_in_login { format!("x-debug: {CLIENT_SECRET}\r\n") } else { String::new() };
            let code: String = byte_serialize(CODE.as_bytes()).collect();
            if request.starts_with("GET /auth?") {
                return wire::redirect(&format!("http://127.0.0.1:9/callback?code={code}"), &leak);
            }
            answer("200 OK", "{}")
        });
        let ran = run(&project, &server, &[]);
        ran.told(1, &[told]);
        clean("stdout", &ran.stdout);
        let project = Project::with_targets(TARGET).scenario("one", &format!("invariants: none\n{carried}"));
        run(&project, &server, &[]).ended(if status.starts_with("200") { 0 } else { 5 });
    }
}

#[test]
fn the_cookies_of_a_login_are_hidden_in_the_command_too() {
    const SESSION: &str = "session-of-a-fictional-person";
    let server = Server::answering(|request| {
        if request.starts_with("GET /auth?") {
            return wire::redirect("/auth/login", &format!("set-cookie: session={SESSION}; Path=/\r\n"));
        }
        answer("200 OK", "{}")
    });
    let text = "title: A login\nclient: demand\nsteps:\n  - authorize: { scope: a }\n    expect: { redirect: { code: { $present: true } } }\n";
    let ran = run(&Project::with_targets(TARGET).scenario("one", text), &server, &[]);
    assert!(server.requests().iter().any(|request| request.contains(&format!("cookie: session={SESSION}"))));
    ran.told(1, &["cookie: session=[cookie]", "cookie: session=$COOKIE"]);
    assert!(!ran.stdout.contains(SESSION), "{}", ran.stdout);
}

#[test]
fn the_mocks_own_secrets_are_hidden() {
    let text = "\
title: The mock
client: supply
token: { grant: authorization_code, scope: offline_access supply::businesses.list }
steps:
  - authorize: { scope: offline_access supply::businesses.list, pkce: S256 }
    expect: { redirect: { code: { $present: true } } }
    save: { code: { redirect: code } }
  - token: { grant: authorization_code, code: \"${code}\" }
    expect: { status: 200 }
    save: { access: $.access_token, refresh: $.refresh_token }
  - compare: [\"${access}\", \"${refresh}\", \"${code}\", \"${client.secret}\"]
    expect: { value: [a, b, c, d] }
";
    let ran = Project::new().scenario("one", text).tacktest(&[]);
    ran.told(1, &["[access_token]", "[refresh_token]", "[code]", "[supply.secret]"]);
    for told in ["eyJ", "ory_", "secret-"] {
        assert!(!ran.stdout.contains(told), "{told}: {}", ran.stdout);
    }
}
