//! `tacktest login` and `tacktest logout`, with a script for a browser.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, also in its helpers")]

mod desk;
mod mock_support;
mod project;

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;

use desk::{Desk, Going};
use serde_json::Value;
use url::Url;

const LOGIN: [&str; 5] = ["login", "--target", "real", "--client", "supply"];
const LOGOUT: [&str; 5] = ["logout", "--target", "real", "--client", "supply"];

/// The value of a parameter.
fn parameter(url: &Url, name: &str) -> String {
    url.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned()).unwrap_or_default()
}

#[test]
fn a_login_is_asked_for_received_exchanged_and_kept() {
    let desk = Desk::new("    users: { pro: {} }\n");
    let going = desk.start_login(&[]);
    let url = going.url();
    assert!(url.as_str().starts_with(&desk.staging().authorize_url));
    assert_eq!(parameter(&url, "scope"), "offline_access supply::users.read supply::businesses.list");
    assert_eq!(parameter(&url, "code_challenge_method"), "S256");
    assert_eq!(parameter(&url, "audience"), desk.staging().audience);
    let back = desk.visit(&url);
    // What is not the redirect URI is refused, and waited on.
    let other =
        Url::parse(&format!("{}x?{}", back.as_str().split('?').next().unwrap(), back.query().unwrap())).unwrap();
    assert_eq!(desk.come_back(&other).status, 404);
    let page = desk.come_back(&back);
    assert!(page.status == 200 && page.body.contains("You can close this window"), "{page:?}");
    let ran = going.ended();
    let told = ran.ended(0);
    assert!(ran.stdout.is_empty() && told.contains("log in as `pro` and approve"), "{told}");
    assert!(
        told.contains("asking for the scopes offline_access supply::users.read") && !told.contains("warning"),
        "{told}"
    );
    let [kept] = &desk.kept()[..] else { panic!("{:?}", desk.kept()) };
    let kept: Value = serde_json::from_str(kept).unwrap();
    assert_eq!(kept["user"], "pro");
    for token in ["access_token", "refresh_token"] {
        assert!(!told.contains(kept[token].as_str().unwrap()), "{told}");
    }
    assert!(!told.contains(&desk.staging().clients["supply"].secret) && !told.contains(&parameter(&back, "code")));
    for file in fs::read_dir(desk.state().join("logins")).unwrap() {
        assert_eq!(file.unwrap().metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn what_is_not_as_asked_is_warned_about() {
    let desk = Desk::new("");
    let going = desk.start_login(&["--scope", "supply::users.read", "--user", "somebody"]);
    let url = going.url();
    assert_eq!(parameter(&url, "scope"), "supply::users.read");
    desk.come_back(&desk.visit(&url));
    let told = going.ended().ended(0);
    assert!(told.contains("log in as `somebody`") && told.contains("warning: no refresh token came"), "{told}");
    assert!(desk.kept()[0].contains("\"somebody\""));
}

#[test]
fn a_redirect_of_somebody_elses_login_is_not_exchanged() {
    let desk = Desk::new("");
    let going = desk.start_login(&["--timeout", "3s"]);
    let back = desk.visit(&going.url());
    let state = parameter(&back, "state");
    let forged = Url::parse(&back.as_str().replace(&state, "another-state")).unwrap();
    let page = desk.come_back(&forged);
    assert!(page.status == 400 && page.body.contains("belongs to another login"), "{page:?}");
    let told = going.ended().ended(5);
    assert!(told.contains("with the `state` of this login: what came belongs to another one"), "{told}");
    assert!(desk.kept().is_empty() && !told.contains("another-state"));
    // The code is still good, as nobody has presented it: it was asked for with PKCE, so its exchange fails for that only.
    let supply = &desk.staging().clients["supply"];
    let code = format!("{}&redirect_uri=http%3A%2F%2F127.0.0.1%3A{}%2Fcallback", parameter(&back, "code"), desk.port);
    let answer = desk.server.exchange(desk.staging(), supply, &code);
    assert!(answer.body.contains("code_verifier") || answer.body.contains("PKCE"), "{answer:?}");
}

#[test]
fn what_a_page_sends_to_the_redirect_uri_ends_no_login() {
    let desk = Desk::new("");
    let going = desk.start_login(&[]);
    let back = desk.visit(&going.url());
    for query in ["", "error=access_denied", "code=a&state=another", "error=access_denied&state="] {
        let stray = Url::parse(&format!("http://127.0.0.1:{}/callback?{query}", desk.port)).unwrap();
        assert_eq!(desk.come_back(&stray).status, 400, "{query}");
    }
    assert_eq!(desk.come_back(&back).status, 200);
    going.ended().ended(0);
    assert_eq!(desk.kept().len(), 1);
}

#[test]
fn an_answer_without_a_code_is_told_in_words() {
    let desk = Desk::new("");
    for (query, told) in [
        ("error=access_denied", "the user did not approve (`access_denied`)"),
        ("error=invalid_scope&error_description=odd", "ask for fewer by `--scope`"),
        ("code=never-issued", "the code was not exchanged: no token: the token endpoint answered 400"),
    ] {
        let going = desk.start_login(&[]);
        let state = parameter(&going.url(), "state");
        let back = format!("http://127.0.0.1:{}/callback?{query}&state={state}", desk.port);
        desk.come_back(&Url::parse(&back).unwrap());
        let all = going.ended().ended(5);
        assert!(all.contains(told) && desk.kept().is_empty(), "{all}");
    }
    let late = desk.start_login(&["--timeout", "100ms"]).ended().ended(5);
    assert!(late.contains("nobody came back to") && late.contains("within 100ms"), "{late}");
}

#[test]
fn where_the_redirect_uri_is_elsewhere_its_url_is_pasted() {
    let desk = Desk::new("");
    let local = format!("http://127.0.0.1:{}/callback", desk.port);
    let text = desk.project.read("tacktest.yaml").replace(&local, "https://partner.example.com/callback");
    desk.project.write("tacktest.yaml", &text);
    let mut going = desk.start_login(&[]);
    let url = going.url();
    assert_eq!(parameter(&url, "redirect_uri"), "https://partner.example.com/callback");
    going.line("paste the whole URL of its page here");
    going.paste("code=a\nhttps://partner.example.com.example.org/callback?code=a\n");
    going.line("this is not a URL that begins with");
    going.line("this is not a URL that begins with");
    going.paste("https://partner.example.com/callback?code=a&state=another-state\n");
    going.line("this is the URL of another login");
    let state = parameter(&url, "state");
    going.paste(&format!("https://partner.example.com/callback?code=never-issued&state={state}\n"));
    let told = going.ended().ended(5);
    assert!(told.contains("the code was not exchanged"), "{told}");
    let told = desk.start_login(&[]).ended().ended(5);
    assert!(told.contains("no URL was pasted: the input has ended"), "{told}");
}

#[test]
fn a_login_to_production_is_the_partners_own_or_none() {
    let desk = Desk::new("    kind: production\n    users: { pro: { login: a } }\n");
    let told = desk.tacktest(&LOGIN).ended(2);
    assert!(told.contains("`users: { pro: { own_account: true } }`") && !told.contains("at this URL"), "{told}");
    desk.retarget("    kind: production\n    users: { pro: { own_account: true } }\n");
    let told = desk.start_login(&["--user", "other"]).ended().ended(2);
    assert!(told.contains("if the account of `other` is your own"), "{told}");
    desk.log_in("offline_access supply::users.read");
    assert_eq!(desk.kept().len(), 1);
}

#[test]
fn what_can_t_be_logged_in_is_refused_before_anything_is_asked() {
    let desk = Desk::new("");
    let text = desk.project.read("tacktest.yaml");
    let local = format!(", redirect_uri: \"http://127.0.0.1:{}/callback\"", desk.port);
    for (arguments, change, told) in [
        (vec!["--client", "suply"], None, "did you mean `supply`?"),
        (vec!["--target", "mock"], None, "the mock `mock` logs its users in by itself"),
        (vec!["--user", "A B"], None, "is no name of a user"),
        (vec!["--scope", " "], None, "names no scope"),
        (vec!["--timeout", "5"], None, "a number and a unit"),
        (vec![], Some(("scopes: [", "auth: basic } #")), "does not say which scopes client `supply`"),
        (vec![], Some((local.as_str(), "")), "has no `redirect_uri`"),
        (
            vec![],
            Some(("secret: ", "secret: \"${env.TACKTEST_NEVER_SET}\" } #")),
            "`TACKTEST_NEVER_SET` of client `supply`",
        ),
        (vec![], Some(("    authorize_url", "    jwks_url")), "has no `authorize_url`"),
    ] {
        let (from, to) = change.unwrap_or_default();
        desk.project.write("tacktest.yaml", &if from.is_empty() { text.clone() } else { text.replace(from, to) });
        let mut all: Vec<&str> = LOGIN.to_vec();
        for pair in arguments.chunks(2) {
            match all.iter().position(|word| *word == pair[0]) {
                Some(at) => all[at + 1] = pair[1],
                None => all.extend(pair),
            }
        }
        let ran = desk.tacktest(&all).ended(2);
        assert!(ran.contains(told) && !ran.contains("at this URL"), "{told}: {ran}");
    }
    desk.project.write("tacktest.yaml", &text);
    let taken = TcpListener::bind(("127.0.0.1", desk.port)).unwrap();
    let ran = desk.tacktest(&LOGIN).ended(2);
    assert!(ran.contains("can't listen at the client's `redirect_uri`") && !ran.contains("at this URL"), "{ran}");
    drop(taken);
    fs::create_dir_all(desk.state().join("logins")).unwrap();
    fs::set_permissions(desk.state().join("logins"), fs::Permissions::from_mode(0o755)).unwrap();
    let ran = desk.tacktest(&LOGIN).ended(2);
    assert!(ran.contains("type: chmod 700") && !ran.contains("at this URL"), "{ran}");
}

#[cfg(target_os = "linux")]
#[test]
fn the_url_is_opened_by_the_program_of_the_desktop() {
    let desk = Desk::new("");
    desk.project.write("bin/xdg-open", "#!/bin/sh\nprintf %s \"$1\" > opened.new; mv opened.new opened\n");
    fs::set_permissions(desk.project.path("bin/xdg-open"), fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:{}", desk.project.path("bin").display(), std::env::var("PATH").unwrap());
    let going = Going::of(desk.command(&LOGIN).env("PATH", path).stdin(Stdio::null()));
    let url = going.url();
    let opened = desk.project.path("opened");
    for _ in 0..500 {
        if opened.is_file() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    assert_eq!(fs::read_to_string(opened).unwrap(), url.as_str());
    desk.come_back(&desk.visit(&url));
    going.ended().ended(0);
    // Without such a program the login goes on by hand. The shell, which tells the secret here, is kept.
    let bare = desk.project.path("bare");
    fs::create_dir(&bare).unwrap();
    std::os::unix::fs::symlink("/bin/sh", bare.join("sh")).unwrap();
    let going = Going::of(desk.command(&LOGIN).env("PATH", bare).stdin(Stdio::null()));
    let url = going.url();
    going.line("no browser could be opened");
    desk.come_back(&desk.visit(&url));
    going.ended().ended(0);
}

#[test]
fn a_logout_revokes_and_removes_or_says_what_stays() {
    let desk = Desk::new("");
    let told = desk.tacktest(&LOGOUT).ended(2);
    assert!(told.contains("no login is stored for real/supply/default"), "{told}");
    desk.log_in("offline_access supply::users.read");
    let kept: Value = serde_json::from_str(&desk.kept()[0]).unwrap();
    let told = desk.tacktest(&LOGOUT).ended(0);
    assert!(
        told.contains("has no `revoke_url`, so its tokens stay valid") && told.contains(&desk.staging().site),
        "{told}"
    );
    let supply = &desk.staging().clients["supply"];
    let refresh =
        |kept: &Value| desk.server.refresh(desk.staging(), supply, kept["refresh_token"].as_str().unwrap()).status;
    assert!(desk.kept().is_empty());
    assert_eq!(refresh(&kept), 200);
    desk.retarget(&format!("    revoke_url: {}\n", desk.staging().revoke_url));
    desk.log_in("offline_access supply::users.read");
    let kept: Value = serde_json::from_str(&desk.kept()[0]).unwrap();
    let told = desk.tacktest(&LOGOUT).ended(0);
    assert!(told.contains("the login real/supply/default was revoked") && desk.kept().is_empty(), "{told}");
    assert_eq!(refresh(&kept), 400);
    // What can't be revoked stays.
    desk.log_in("offline_access supply::users.read");
    desk.retarget(&format!("    revoke_url: {}/nowhere\n", desk.staging().revoke_url));
    let told = desk.tacktest(&LOGOUT).ended(5);
    assert!(told.contains("the revocation endpoint answered 404") && desk.kept().len() == 1, "{told}");
}
