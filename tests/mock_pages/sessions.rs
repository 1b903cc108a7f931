//! Browsers that stay logged in, and users who are not asked again.

use serde_json::{Value, json};

use crate::browser::{Browser, server, tokens};
use crate::mock_support::{Answer, Server, jwt_part};
use crate::{ALL, CUSTOMER, PRO, SCOPE};
use tacktest::mock::control::World;

/// A browser whose user `who` stays logged in, and agrees as `how` says; with the answer to the client.
fn logged_in<'s>(server: &'s Server, world: &World, who: &str, how: &str) -> (Browser<'s>, Answer) {
    let mut browser = Browser::new(server);
    let to_consent = browser.arrive(&world.staging, SCOPE, &format!("{who}&remember=yes"));
    let done = browser.consent(&to_consent, how);
    (browser, done)
}

fn claims(server: &Server, world: &World, answer: &Answer) -> Value {
    jwt_part(tokens(server, world, answer)["id_token"].as_str().unwrap(), 1)
}

#[test]
fn a_browser_that_stays_logged_in_is_asked_for_consent_alone() {
    let (server, world) = server();
    let (mut browser, first) = logged_in(&server, &world, CUSTOMER, ALL);
    let first = claims(&server, &world, &first);
    server.command(&world, &json!({"advance": "100s"}));
    let to_login = browser.ask(&world.staging, SCOPE);
    let to_consent = browser.pass(&to_login);
    let done = browser.consent(&to_consent, ALL);
    let second = claims(&server, &world, &done);
    for same in ["sub", "sid", "auth_time"] {
        assert_eq!(first[same], second[same], "{same}");
    }
    assert!(second["rat"].as_i64().unwrap() >= second["auth_time"].as_i64().unwrap() + 100, "{second}");
    let anew = browser.ask(&world.staging, &format!("{SCOPE}&prompt=login"));
    let to_consent = browser.log_in(&anew, &format!("{CUSTOMER}&remember=yes"));
    let done = browser.consent(&to_consent, ALL);
    assert_ne!(claims(&server, &world, &done)["sid"], first["sid"]);
}

#[test]
fn a_login_that_is_not_kept_ends_the_session_before_it() {
    let (server, world) = server();
    let (mut browser, _) = logged_in(&server, &world, PRO, ALL);
    let anew = browser.ask(&world.staging, &format!("{SCOPE}&prompt=login"));
    assert!(browser.cookies.contains_key("ory_hydra_session"));
    let old = browser.cookies.clone();
    browser.log_in(&anew, CUSTOMER);
    assert!(!browser.cookies.contains_key("ory_hydra_session"));
    browser.cookies = old;
    let silent = browser.ask(&world.staging, &format!("{SCOPE}&prompt=none"));
    assert_eq!(silent.redirected("error"), "login_required", "the cookie is good for nothing any more");
}

#[test]
fn without_a_word_there_must_be_a_session_and_a_consent() {
    let (server, world) = server();
    let silent = format!("{SCOPE}&prompt=none");
    let error = |answer: &Answer, name: &str, hint: &str| {
        assert_eq!(answer.redirected("error"), name);
        assert!(answer.redirected("error_description").ends_with(hint), "{answer:?}");
    };
    let no_session = "Prompt 'none' was requested, but no existing login session was found.";
    error(&Browser::new(&server).ask(&world.staging, &silent), "login_required", no_session);
    let (mut browser, _) = logged_in(&server, &world, PRO, ALL);
    let to_login = browser.ask(&world.staging, &silent);
    let no_consent = "Prompt 'none' was requested, but no previous consent was found.";
    error(&browser.pass(&to_login), "consent_required", no_consent);
    error(&browser.ask(&world.production, &silent), "login_required", no_session);

    let (mut browser, _) = logged_in(&server, &world, PRO, &format!("{ALL}&remember=yes"));
    let to_login = browser.ask(&world.staging, &silent);
    let to_consent = browser.pass(&to_login);
    assert!(browser.pass(&to_consent).redirected("code").starts_with("ory_ac_"), "nobody was asked");
    server.command(&world, &json!({"advance": "1m"}));
    let too_old = "Request failed because prompt is set to 'none' and authentication time reached 'max_age'.";
    error(&browser.ask(&world.staging, &format!("{silent}&max_age=59")), "login_required", too_old);
    assert_eq!(browser.ask(&world.staging, &format!("{silent}&max_age=3600")).redirected("login_challenge").len(), 43);
    let contradictory = browser.ask(&world.staging, &format!("{SCOPE}&prompt=none+login"));
    let to_consent = browser.log_in(&contradictory, PRO);
    let refused = browser.pass(&to_consent);
    error(&refused, "invalid_request", "contains other values as well which is not allowed.");
}

#[test]
fn a_session_that_is_too_old_is_no_login() {
    let (server, world) = server();
    let (mut browser, _) = logged_in(&server, &world, PRO, ALL);
    server.command(&world, &json!({"advance": "1m"}));
    let asks = |browser: &mut Browser, age: &str| {
        let to_login = browser.ask(&world.staging, &format!("{SCOPE}&max_age={age}"));
        browser.open(to_login.header("location")).status == 200
    };
    assert!(asks(&mut browser, "0") && asks(&mut browser, "59"));
    assert!(!asks(&mut browser, "3600") && !asks(&mut browser, "-1") && !asks(&mut browser, "9223372036854775807"));
    let unreadable = browser.ask(&world.staging, &format!("{SCOPE}&max_age=soon"));
    assert_eq!(unreadable.redirected("error"), "error");
    assert_eq!(unreadable.redirected("error_description"), "The error is unrecognizable");
}

#[test]
fn a_hint_at_somebody_else_is_refused_before_and_after_the_pages() {
    let (server, world) = server();
    let (mut browser, done) = logged_in(&server, &world, PRO, ALL);
    let hint = tokens(&server, &world, &done)["id_token"].as_str().unwrap().to_owned();
    let right = browser.ask(&world.staging, &format!("{SCOPE}&id_token_hint={hint}"));
    assert_eq!(right.redirected("login_challenge").len(), 43);
    let (mut other, _) = logged_in(&server, &world, CUSTOMER, ALL);
    let wrong = other.ask(&world.staging, &format!("{SCOPE}&id_token_hint={hint}"));
    assert_eq!(wrong.redirected("error"), "login_required");
    let mut fresh = Browser::new(&server);
    let to_consent = fresh.arrive(&world.staging, &format!("{SCOPE}&id_token_hint={hint}"), CUSTOMER);
    assert_eq!(fresh.consent(&to_consent, ALL).redirected("error"), "login_required");
}

#[test]
fn a_remembered_consent_is_not_asked_for_again_and_grows_by_being_asked() {
    let (server, world) = server();
    let (mut browser, _) = logged_in(&server, &world, PRO, "answer=approve&scope=email&remember=yes");
    let granted = |browser: &mut Browser| {
        let to_login = browser.ask(&world.staging, SCOPE);
        let to_consent = browser.pass(&to_login);
        browser.pass(&to_consent).redirected("scope")
    };
    assert_eq!(granted(&mut browser), "openid email");
    let asked = browser.ask(&world.staging, &format!("{SCOPE}&prompt=consent"));
    let to_consent = browser.pass(&asked);
    browser.consent(&to_consent, "answer=approve&scope=offline_access&remember=yes");
    assert_eq!(granted(&mut browser), "openid email offline_access");
    let given = json!({"user": "pro", "client": "supply", "scope": "supply::users.read"});
    server.command(&world, &json!({"given": {"remembered_consent": given}}));
    assert_eq!(granted(&mut browser), "supply::users.read openid email offline_access", "an ordered one counts too");
    let (mut other, _) = logged_in(&server, &world, CUSTOMER, ALL);
    let to_login = other.ask(&world.staging, SCOPE);
    let to_consent = other.pass(&to_login);
    assert_eq!(other.open(to_consent.header("location")).status, 200, "another user is asked");
}

#[test]
fn a_logout_ends_the_session_of_the_browser_alone() {
    let (server, world) = server();
    let (mut browser, done) = logged_in(&server, &world, PRO, ALL);
    let tokens = tokens(&server, &world, &done);
    let (mut other, done) = logged_in(&server, &world, CUSTOMER, ALL);
    let foreign = crate::browser::tokens(&server, &world, &done)["id_token"].as_str().unwrap().to_owned();
    let logout = format!("{}oauth2/sessions/logout", world.staging.auth_server);
    let refused = browser.open(&format!("{logout}?state=a"));
    assert!(refused.header("location").contains("/oauth2/fallbacks/error?"), "{refused:?}");
    assert_eq!(browser.open(&format!("{logout}?id_token_hint={foreign}")).status, 302);
    assert!(browser.cookies.contains_key("ory_hydra_session"), "the hint is at somebody else");

    let old = browser.cookies.clone();
    assert_eq!(browser.open(&logout).status, 302);
    assert!(!browser.cookies.contains_key("ory_hydra_session"));
    browser.cookies = old;
    let silent = format!("{SCOPE}&prompt=none");
    assert_eq!(browser.ask(&world.staging, &silent).redirected("error"), "login_required");
    assert_eq!(other.ask(&world.staging, &silent).redirected("login_challenge").len(), 43, "another's stays");
    let token = tokens["access_token"].as_str().unwrap();
    assert_eq!(server.get(&world.staging, "v4/users/self", token).status, 200, "tokens stay good");
}
