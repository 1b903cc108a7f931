//! Webhooks in scenarios: a server of one's own sends what a step asks it to, and scenarios receive it.

#![expect(clippy::unwrap_used, reason = "a test stops where its surroundings fail")]

mod own;
mod project;
mod wire;

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use own::run;
use project::{Project, Ran};
use serde_json::Value;
use wire::{Server, json};

/// A target at a server that sends webhooks.
const SENDS: &str = "\
targets:
  own:
    kind: staging
    api: \"http://${env.OWN_HOST}/api/\"
    offers: [webhooks]
";

/// What every scenario begins with.
const HEAD: &str = "title: A statement\nsnapshot: none\ntimeout: 20s\nsteps:\n";

/// Sends what the body of each `POST /api/send` asks for: `bodies` to `to`, one after the other, with `headers` after
/// `after` milliseconds. What is answered to them is what `GET /api/answers` tells.
fn sender() -> Server {
    let answers = std::sync::Arc::new(std::sync::Mutex::new(Vec::<u16>::new()));
    Server::answering(move |request| {
        if request.starts_with("GET ") {
            return json("200 OK", &format!(r#"{{"answers":{:?}}}"#, answers.lock().unwrap()));
        }
        let body = request.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        let Ok(ask) = serde_json::from_str::<Value>(body) else { return json("400 Bad Request", "{}") };
        let answers = std::sync::Arc::clone(&answers);
        let send = move || {
            let to = ask["to"].as_str().unwrap_or_default().to_owned();
            thread::sleep(Duration::from_millis(ask["after"].as_u64().unwrap_or(0)));
            for body in ask["bodies"].as_array().into_iter().flatten() {
                let text = body.as_str().map_or_else(|| body.to_string(), str::to_owned);
                let status = post(&to, ask["headers"].as_str().unwrap_or_default(), &text);
                answers.lock().unwrap().push(status);
            }
        };
        if request.contains("/send_first ") {
            send();
        } else {
            thread::spawn(send);
        }
        json("200 OK", "{}")
    })
}

/// Posts `body` to `url` and gives the status of the answer.
fn post(url: &str, headers: &str, body: &str) -> u16 {
    let (host, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let length = body.len();
    let head = format!(
        "POST /{path} HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n{headers}connection: close\r\n\r\n"
    );
    stream.write_all(format!("{head}{body}").as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.split(' ').nth(1).unwrap().parse().unwrap()
}

fn event(name: &str, id: &str) -> String {
    format!(r#"{{ event: {{ eventType: {name} }}, data: {{ messageID: "{id}" }} }}"#)
}

/// A step that has `bodies` sent, after the answer.
fn send(bodies: &str, more: &str) -> String {
    format!(
        "  - post: /send\n    json: {{ to: \"${{receiver.url}}\", bodies: {bodies}{more} }}\n    expect: {{ status: 200 }}\n"
    )
}

/// The same before the answer, so that all is there.
fn send_first(bodies: &str) -> String {
    send(bodies, "").replace("/send\n", "/send_first\n")
}

/// What comes of a scenario of these steps.
fn ran(steps: &str) -> Ran {
    let project = Project::with_targets(SENDS).scenario("one", &format!("{HEAD}{steps}"));
    run(&project, &sender(), &[])
}

#[track_caller]
fn passes(steps: &str) -> String {
    let ran = ran(steps);
    ran.told(0, &["1 passed"]);
    ran.ended(0)
}

#[track_caller]
fn fails(steps: &str, parts: &[&str]) -> String {
    let ran = ran(steps);
    ran.told(1, parts);
    ran.ended(1)
}

#[test]
fn an_event_is_taken_by_its_name_and_any_in_order() {
    let bodies = format!("[{}, {}, {}]", event("Made", "1"), event("Sent", "2"), event("Made", "3"));
    let text = passes(&format!(
        "{}  - receive: Sent
    expect:
      headers: {{ content-type: application/json, x-hook: {{ $absent: true }} }}
      body: {{ data: {{ messageID: \"2\" }} }}
    save: {{ second: $.data.messageID, kind: {{ header: content-type }} }}
  - receive: any
    expect: {{ body: {{ data: {{ messageID: \"1\" }} }}, within: 1s }}
  - receive: Made
    expect: {{ body: {{ data: {{ messageID: {{ $not: \"${{second}}\" }} }} }} }}
    save: {{ third: $.data.messageID }}
  - compare: \"${{second}} ${{third}} ${{kind}}\"
    expect: {{ value: 2 3 application/json }}
  - receive: none
    expect: {{ within: 50ms }}
",
        send_first(&bodies)
    ));
    assert!(!text.contains("no step received"), "{text}");
}

#[test]
fn what_comes_late_is_waited_for_as_long_as_is_said() {
    let late = send(&format!("[{}]", event("Made", "1")), ", after: 400");
    passes(&format!("{late}  - receive: Made\n    expect: none\n"));
    passes(&format!("{late}  - receive: Made\n    expect: {{ within: 3s }}\n"));
    fails(
        &format!("{late}  - receive: Made\n    expect: {{ within: 100ms }}\n"),
        &["expected a webhook of `Made` within 100ms, and none came", "nothing came at all"],
    );
}

#[test]
fn an_event_that_does_not_come_is_told_with_what_came_instead() {
    let bodies = format!("[{}, {}, {}, \"no JSON\"]", event("Made", "1"), event("Made", "1"), event("Gone", "1"));
    fails(
        &format!("{}  - receive: Sent\n    expect: {{ within: 50ms }}\n", send_first(&bodies)),
        &["what came instead: `Made` (2 times), `Gone`, a delivery without an event", "receive: Sent"],
    );
    let begun = Instant::now();
    fails(
        &format!("{}  - receive: Sent\n    expect: none\n", send_first("[]")),
        &["expected a webhook of `Sent` within 5s", "step 2 of 2: receive Sent"],
    );
    assert!(begun.elapsed() >= Duration::from_secs(5));
}

#[test]
fn a_delivery_where_none_may_come_is_a_finding_that_shows_it() {
    let bodies = format!("[{}]", event("Made", "1"));
    let silence = "  - receive: none\n    expect: { within: 400ms }\n";
    let told = ["expected nothing within 400ms, and `Made` came", "> POST /", "\"eventType\": \"Made\"", "< 200 OK"];
    fails(&format!("{}{silence}", send_first(&bodies)), &told);
    let text = fails(&format!("{}{silence}", send(&bodies, ", after: 150")), &told);
    assert!(!text.contains("curl"), "nobody sends it again: {text}");
    passes(&format!("{}{silence}", send_first("[]")));
}

#[test]
fn what_is_missed_in_a_delivery_is_told_and_shown() {
    let bodies = format!("[{}, \"no JSON\", \"\"]", event("Made", "1"));
    let sent = send_first(&bodies);
    let expecting = |receive: &str, expect: &str| format!("{sent}  - receive: {receive}\n    expect: {expect}\n");
    fails(
        &expecting("Made", "{ body: { data: { messageID: \"7\" } }, headers: { x-hook: { $present: true } } }"),
        &["$.data.messageID", "header x-hook", "> POST /", "\"messageID\": \"1\"", "< 200 OK"],
    );
    let example = expecting("Made", "{ within: 1s, example: { event: { eventType: Made } } }");
    assert!(passes(&example).contains("differs from the documented example"), "it binds on the mock only");
    let two = expecting("Made", "none");
    fails(&format!("{two}  - receive: any\n    expect: {{ body: {{}} }}\n"), &["a body that is not JSON", "no JSON"]);
    let three = format!("{two}  - receive: any\n    expect: {{ text: no JSON }}\n");
    fails(&format!("{three}  - receive: any\n    expect: {{ body: {{}} }}\n"), &["the webhook has no body"]);
    fails(
        &format!("{sent}  - receive: Made\n    expect: none\n    save: {{ x: $.data.nothing }}\n"),
        &["nothing to save as `x`", "> POST /"],
    );
}

#[test]
fn later_deliveries_are_answered_as_a_step_says() {
    let one = send_first(&format!("[{}]", event("Made", "1")));
    let begun = Instant::now();
    passes(&format!(
        "{one}  - reply: {{ status: 503 }}
{one}  - reply: {{ delay: 300ms }}
{one}  - reply: {{ status: 204, delay: 300ms }}
{one}  - get: /answers
    expect: {{ body: {{ answers: [200, 503, 200, 204] }} }}
"
    ));
    assert!(begun.elapsed() >= Duration::from_millis(600));
}

#[test]
fn what_no_step_received_is_noted_and_no_finding() {
    let bodies = format!("[{}, {}, {}]", event("Made", "1"), event("Made", "1"), event("Sent", "2"));
    let text = passes(&send_first(&bodies));
    assert!(text.contains("3 webhooks came that no step received: `Made` (2 times), `Sent`"), "{text}");
    let text = passes(&send_first(&format!("[{}]", event("Made", "1"))));
    assert!(text.contains("a webhook came that no step received: `Made`"), "{text}");
}

#[test]
fn scenarios_side_by_side_do_not_see_each_others() {
    let mut project = Project::with_targets(SENDS);
    for number in 0..40 {
        let bodies = format!("[{}, {}]", event("Made", &number.to_string()), event("Made", "x"));
        let text = format!(
            "{HEAD}{}  - receive: Made\n    expect: {{ body: {{ data: {{ messageID: \"{number}\" }} }} }}\n  - receive: Made\n    expect: none\n  - receive: none\n    expect: {{ within: 200ms }}\n",
            send(&bodies, ", after: 20")
        );
        project = project.scenario(&format!("s{number}"), &text);
    }
    run(&project, &sender(), &[]).told(0, &["40 passed"]);
}

#[test]
fn credentials_that_webhooks_carry_are_shown_nowhere() {
    let registered = |auth: &str| {
        format!(
            "  - post: /send_first\n    json: {{ to: \"${{receiver.url}}\", auth: {auth}, headers: \"HEADERS\", bodies: [{}] }}\n    expect: {{ status: 200 }}\n  - receive: Made\n    expect: {{ headers: {{ HEADER: other }} }}\n",
            event("Made", "fictional-hook-secret")
        )
    };
    // user:fictional-hook-secret
    let basic = "authorization: Basic dXNlcjpmaWN0aW9uYWwtaG9vay1zZWNyZXQ=\\r\\n";
    let steps = registered("{ username: user, password: fictional-hook-secret }");
    let text = fails(&steps.replace("HEADERS", basic).replace("HEADER", "authorization"), &["Basic [auth.password]"]);
    assert!(!text.contains("fictional-hook-secret") && !text.contains("dXNlcjpmaWN0"), "{text}");
    let custom = "x-hook: fictional-hook-secret\\r\\n";
    let steps = registered("{ header: x-hook, value: fictional-hook-secret }");
    let text = fails(&steps.replace("HEADERS", custom).replace("HEADER", "x-hook"), &["x-hook: [auth.value]"]);
    assert!(!text.contains("fictional-hook-secret"), "{text}");
}

#[test]
fn shapes_of_deliveries_are_pinned() {
    let bodies = format!("[{}, \"no JSON\"]", event("Made", "1"));
    let steps =
        format!("{}  - receive: Made\n    expect: none\n  - receive: any\n    expect: none\n", send_first(&bodies));
    let text = format!("{HEAD}{steps}").replace("snapshot: none\n", "");
    let project = Project::with_targets(SENDS).scenario("one", &text);
    let server = sender();
    let run = || run(&project, &server, &[]);
    let sent = "- step: post /send_first\n  status: 200\n  media_type: application/json\n  body: {}\n";
    let made = "- step: receive Made\n  status: none\n  media_type: application/json\n  body:\n    data:\n      messageID: string\n    event:\n      eventType: string\n";
    let any = "- step: receive any\n  status: none\n  media_type: application/json\n  body: text\n";
    let accepted = format!("---\nsource: scenarios/one.yaml\ndescription: A statement\n---\n{sent}{made}{any}");
    project.write("snapshots/one.snap", &accepted);
    run().told(0, &["1 passed"]);
    project.write("snapshots/one.snap", &accepted.replace("eventType: string", "eventType: integer"));
    run().told(6, &["receive Made: $.event.eventType was integer, and is string"]);
    project
        .write("snapshots/one.snap", &accepted.replace("receive Made\n  status: none", "receive Made\n  status: 200"));
    run().told(6, &["receive Made: the status was 200, and is none"]);
}

#[test]
fn the_receiver_of_the_project_is_used_where_there_is_one() {
    let with = |public_url: &str| format!("receiver: {{ public_url: \"{public_url}\" }}\n{SENDS}");
    let look = "  - compare: \"${receiver.url}\"\n    expect: { value: { $starts_with: \"EXPECTED\" } }\n";
    for (public_url, expected) in [
        ("https://hooks.partner.example.com/tacktest/?a=b", "https://hooks.partner.example.com/tacktest/"),
        ("https://hooks.partner.example.com", "https://hooks.partner.example.com/"),
    ] {
        let text = format!("{HEAD}{}", look.replace("EXPECTED", expected));
        run(&Project::with_targets(&with(public_url)).scenario("one", &text), &sender(), &[]).told(0, &["1 passed"]);
    }
    let text = format!("{HEAD}{}", look.replace("EXPECTED", "http://127.0.0.1:"));
    run(&Project::with_targets(SENDS).scenario("one", &text), &sender(), &[]).told(0, &["1 passed"]);
    // The built-in mock reaches any port of this machine.
    let project = Project::with_targets(&with("https://hooks.partner.example.com")).scenario("one", &text);
    project.tacktest(&[]).told(0, &["1 passed"]);
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = taken.local_addr().unwrap();
    let definition = format!("receiver: {{ listen: \"{listen}\", public_url: \"http://{listen}\" }}\n{SENDS}");
    let project = Project::with_targets(&definition).scenario("one", &text);
    run(&project, &sender(), &[]).told(5, &["webhooks can't be received at", "`receiver.listen`"]);
}

#[test]
fn no_webhook_is_asked_for_while_the_public_address_leads_elsewhere() {
    let free = || std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let bodies = format!("[{}]", event("Made", "1"));
    let text = format!("{HEAD}{}  - receive: Made\n    expect: none\n", send_first(&bodies));
    let ran = |listen: &str, public_url: &str, server: &Server| {
        let definition = format!("receiver: {{ listen: \"{listen}\", public_url: \"{public_url}\" }}\n{SENDS}");
        let project = Project::with_targets(&definition).scenario("one", &text).scenario("two", &text);
        run(&project, server, &[])
    };
    let (listen, server) = (free(), sender());
    ran(&listen, &format!("http://{listen}/a/"), &server).told(0, &["2 passed"]);

    let elsewhere = Server::answering(|_| json("404 Not Found", "{}"));
    let server = sender();
    let told = [
        "does not lead here: it answers 404, and not what listens here",
        "0 passed; 2 failed",
        "make http://127.0.0.1:",
    ];
    ran("127.0.0.1:0", elsewhere.url("/hooks").as_str(), &server).told(5, &told);
    assert_eq!(server.connections(), 0, "nothing was registered");
    let asked = elsewhere.requests();
    assert_eq!(asked.len(), 1, "it is asked once a run: {asked:?}");
    assert!(asked[0].starts_with("GET /hooks/.well-known/tacktest/"), "{asked:?}");

    // Another receiver answers any nonce, so that the answer alone shows nothing.
    let other = Server::answering(|request| {
        let nonce = request.split([' ', '/']).nth(4).unwrap_or_default();
        format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{nonce}", nonce.len())
    });
    ran("127.0.0.1:0", other.url("/").as_str(), &server).told(5, &["another receiver answers there"]);
    ran("127.0.0.1:0", &format!("http://{}", free()), &server).told(5, &["does not lead here: there is no answer"]);
    assert_eq!(server.connections(), 0, "nothing was registered");
}

#[test]
fn where_webhooks_can_not_come_scenarios_are_skipped() {
    let text = format!("{HEAD}{}  - receive: any\n    expect: none\n", send("[]", ""));
    let skipped = |targets: &str, reason: &str| {
        let project = Project::with_targets(targets).scenario("one", &text);
        run(&project, &sender(), &[]).told(4, &[reason]);
    };
    skipped(&SENDS.replace("    offers: [webhooks]\n", ""), "target `own` does not offer `webhooks`");
    let real = format!("{SENDS}    real: true\n");
    let text_of_real = "webhooks of a real target reach this machine by `receiver: { public_url";
    let allowed = |targets: &str, arguments: &[&str], reason: &str| {
        let project = Project::with_targets(targets).scenario("one", &text.replace("/send", "/v4/users/webhooks"));
        run(&project, &sender(), arguments).told(if reason.is_empty() { 0 } else { 4 }, &[reason]);
    };
    allowed(&real, &[], text_of_real);
    let unset = format!("receiver: {{ public_url: \"${{env.TACKTEST_NOT_SET}}\" }}\n{real}");
    allowed(&unset, &[], "the environment variable `TACKTEST_NOT_SET` of `receiver.public_url` is not set");
    let emits = format!("{HEAD}  - mock: {{ emit: ReviewCreatedV4 }}\n");
    let project = Project::with_targets(SENDS).scenario("one", &emits);
    run(&project, &sender(), &[]).told(4, &["target `own` does not offer `given`"]);
}
