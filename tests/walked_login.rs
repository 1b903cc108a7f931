//! A login at a target of one's own, walked from the authorization request to its answer.

#![expect(clippy::unwrap_used, reason = "a test stops where its surroundings fail")]

mod own;
mod project;
mod wire;

use own::{WITH_CLIENT, run, steps};
use project::Project;
use wire::{Server, json, redirect};

/// Two users, of whom the first logs in by default.
const USERS: &str = "    users:\n      first: { login: one@example.com, password: { command: \"echo 'fictional & one'\" } }\n      \
    second: { login: two@example.com, password: \"${env.OWN_SECRET}\" }\n";

/// A step that asks for an authorization and expects the state of its own request back.
const AUTHORIZE: &str = "  - authorize: { scope: a }\n    expect:\n      redirect:\n        state: \"${sent.state}\"\n";

fn offering(more: &str) -> String {
    WITH_CLIENT.replace("    clients:", &format!("    offers: [consent]\n{more}    clients:"))
}

/// The value of the parameter `name` in the request line.
fn parameter(request: &str, name: &str) -> String {
    let target = request.split(' ').nth(1).unwrap();
    let (_, query) = target.split_once('?').unwrap_or((target, ""));
    url::form_urlencoded::parse(query.as_bytes()).find(|(known, _)| known == name).unwrap().1.into_owned()
}

#[test]
fn what_was_sent_is_the_authorization_request_and_not_the_last_redirect() {
    let server = Server::answering(|request| match request.split([' ', '?']).nth(1).unwrap() {
        "/auth" => redirect(&format!("login?for={}", parameter(request, "state")), ""),
        "/login" => {
            redirect(&format!("http://127.0.0.1:9/callback?code=c1c1c1&state={}", parameter(request, "for")), "")
        }
        _ => json("404 Not Found", "{}"),
    });
    let project = Project::with_targets(&offering("")).scenario("one", &steps(AUTHORIZE));
    run(&project, &server, &[]).told(0, &["test one ... ok"]);
    assert_eq!(server.requests().len(), 2);
}

/// An answer with a page.
fn page(headers: &str, html: &str) -> String {
    format!("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n{headers}content-length: {}\r\n\r\n{html}", html.len())
}

fn is(request: &str, line: &str) -> bool {
    request.starts_with(&format!("{line} "))
}

const LOGIN: &str = "<form method=post action=in><input type=hidden name=csrf value=h1><input name=who>\
                     <input type=password name=secret_word><button>Go on</button></form>";

const CONSENT: &str = "<form method=post action=/agree><button name=answer value=yes>Yes</button>\
                       <button name=answer value=no>No</button></form>";

/// A login by two pages, with cookies; whoever has the password `password` is let in.
fn site(password: &'static str) -> Server {
    Server::answering(move |request| {
        let body = request.split_once("\r\n\r\n").unwrap().1;
        let done = "http://127.0.0.1:9/callback?code=c1c1c1&state=s";
        if request.starts_with("GET /auth?") {
            redirect("/login/page", "set-cookie: seat=1; Path=/login\r\n")
        } else if is(request, "GET /login/page") || is(request, "POST /login/in") && !body.ends_with(password) {
            page("", LOGIN)
        } else if is(request, "POST /login/in") && request.contains("cookie: seat=1\r\n") {
            redirect("/consent", "set-cookie: session=2; Path=/\r\n")
        } else if is(request, "GET /consent") {
            page("", CONSENT)
        } else if is(request, "POST /agree") && request.contains("cookie: session=2\r\n") && body == "answer=yes" {
            redirect(done, "")
        } else {
            json("404 Not Found", "{}")
        }
    })
}

fn authorize(user: &str) -> String {
    steps(&format!("  - authorize: {{ scope: a{user} }}\n    expect: {{ redirect: {{ code: c1c1c1 }} }}\n"))
}

fn bodies(server: &Server) -> Vec<String> {
    let posted =
        |request: &String| request.starts_with("POST ").then(|| request.split_once("\r\n\r\n").unwrap().1.to_owned());
    server.requests().iter().filter_map(posted).collect()
}

#[test]
fn pages_are_answered_by_the_user_whom_the_step_names_or_the_first() {
    for (user, password, sent) in [
        ("", "=fictional+%26+one", "csrf=h1&who=one%40example.com&secret_word=fictional+%26+one"),
        (", user: first", "=fictional+%26+one", "csrf=h1&who=one%40example.com&secret_word=fictional+%26+one"),
        (
            ", user: second",
            "=fictional%2Fsecret%2B1%25",
            "csrf=h1&who=two%40example.com&secret_word=fictional%2Fsecret%2B1%25",
        ),
    ] {
        let server = site(password);
        let project = Project::with_targets(&offering(USERS)).scenario("one", &authorize(user));
        run(&project, &server, &[]).told(0, &["test one ... ok"]);
        assert_eq!(bodies(&server), [sent, "answer=yes"], "{user}");
    }
}

#[test]
fn a_login_page_that_comes_again_ends_the_walk_and_shows_no_password() {
    let server = site("=another");
    let project = Project::with_targets(&offering(USERS)).scenario("one", &authorize(""));
    let ran = run(&project, &server, &[]);
    ran.told(1, &["the answer does not redirect (status 200)", "> POST /login/in HTTP/1.1", "[users.first.password]"]);
    assert_eq!(bodies(&server).len(), 1, "a password is told once");
    for shown in ["fictional & one", "fictional+%26+one"] {
        assert!(!ran.stdout.contains(shown) && !ran.stderr.contains(shown), "{ran:?}");
    }
}

#[test]
fn a_form_that_would_have_to_be_sent_once_more_ends_the_walk() {
    let again = "HTTP/1.1 307 Temporary Redirect\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n";
    let server =
        Server::answering(move |request| if request.starts_with("POST ") { again.to_owned() } else { page("", LOGIN) });
    let project = Project::with_targets(&offering(USERS)).scenario("one", &authorize(""));
    run(&project, &server, &[]).told(1, &["< 307 Temporary Redirect", "redirect.code"]);
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn without_users_pages_end_the_walk() {
    let server = site("");
    let project = Project::with_targets(&offering("")).scenario("one", &authorize(""));
    run(&project, &server, &[]).told(1, &["the answer does not redirect (status 200)"]);
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn a_login_that_goes_on_and_on_is_left() {
    let server = Server::answering(|_| page("", CONSENT));
    let project = Project::with_targets(&offering(USERS)).scenario("one", &authorize(""));
    run(&project, &server, &[]).told(1, &["the answer does not redirect (status 200)"]);
    assert_eq!(server.requests().len(), 6, "five pages are answered");
}

#[test]
fn a_code_that_may_be_another_users_is_refused() {
    let done = "http://127.0.0.1:9/callback?code=c1c1c1&state=s";
    let server = Server::answering(move |_| redirect(done, ""));
    let run_as = |user| {
        let project = Project::with_targets(&offering(USERS)).scenario("one", &authorize(user));
        run(&project, &server, &[])
    };
    run_as("").told(0, &["test one ... ok"]);
    run_as(", user: first").told(0, &["test one ... ok"]);
    run_as(", user: second")
        .told(1, &["without asking for a password, so that nobody can tell whether `second` was logged in"]);
}

#[test]
fn a_password_that_cannot_be_hidden_is_refused() {
    let server = Server::answering(|_| page("", CONSENT));
    let short = USERS.replace("fictional & one", "abc");
    let project = Project::with_targets(&offering(&short)).scenario("one", &authorize(""));
    run(&project, &server, &[]).told(2, &["the password of user `first` of target `own` is too short"]);
    assert_eq!(server.connections(), 0);
}
