//! Logins by pages: what a browser meets between an authorization request and its answer.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, also in its helpers")]

#[path = "../mock_support/mod.rs"]
mod mock_support;

mod browser;
mod sessions;

use browser::{Browser, asked, server, tokens};
use mock_support::{FORM, Server, jwt_part};
use serde_json::json;

const PRO: &str = "email=pro%40example.com&password=mock-pro-password";
const CUSTOMER: &str = "email=customer%40example.com&password=mock-customer-password";
const SCOPE: &str = "scope=supply::users.read+openid+email+offline_access";
const ALL: &str = "answer=approve&scope=supply::users.read&scope=email&scope=offline_access";

#[test]
fn a_person_logs_in_and_approves() {
    let (server, world) = server();
    let mut browser = Browser::new(&server);
    let to_login = browser.ask(&world.staging, SCOPE);
    let login_url = format!("{}oauth/login?login_challenge=", world.staging.auth_server);
    assert_eq!((to_login.status, to_login.header("location").starts_with(&login_url)), (302, true), "{to_login:?}");
    let page = browser.open(to_login.header("location"));
    assert_eq!(page.status, 200);
    assert!(
        page.body.contains("<title>Log in – staging</title>") && page.body.contains("mock-pro-password"),
        "{page:?}"
    );
    let to_consent = browser.log_in(&to_login, PRO);
    let consent_url = format!("{}oauth/connect?consent_challenge=", world.staging.auth_server);
    assert_eq!((to_consent.status, to_consent.header("location").starts_with(&consent_url)), (302, true));
    let page = browser.open(to_consent.header("location"));
    for shown in [
        "Connect Example Supply Partner",
        "pro@example.com",
        "http://127.0.0.1:8421/callback",
        "See your e-mail address",
    ] {
        assert!(page.body.contains(shown), "{shown}: {page:?}");
    }
    let done = browser.consent(&to_consent, ALL);
    assert_eq!((done.status, done.redirected("state").as_str()), (303, "12345678"));
    assert!(done.header("location").starts_with("http://127.0.0.1:8421/callback?code=ory_ac_"), "{done:?}");
    assert_eq!(done.redirected("scope"), "supply::users.read openid email offline_access");
    let tokens = tokens(&server, &world, &done);
    let claims = jwt_part(tokens["id_token"].as_str().unwrap(), 1);
    assert_eq!(
        (claims["email"].as_str(), claims["sub"].as_str()),
        (Some("pro@example.com"), Some("518000000000000001"))
    );
}

#[test]
fn pages_are_kept_out_of_caches_frames_and_scripts() {
    let (server, world) = server();
    let mut browser = Browser::new(&server);
    let to_login = browser.ask(&world.staging, SCOPE);
    let login = browser.open(to_login.header("location"));
    let to_consent = browser.log_in(&to_login, PRO);
    let consent = browser.open(to_consent.header("location"));
    let over = browser.open("/oauth/login?login_challenge=x");
    let error = browser.open("/oauth2/fallbacks/error?error=x");
    for page in [login, consent, over, error] {
        assert_eq!(page.header("cache-control"), "no-store", "{page:?}");
        assert_eq!(page.header("x-frame-options"), "DENY");
        assert_eq!(page.header("referrer-policy"), "no-referrer");
        let policy = page.header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'; style-src 'sha256-") && !policy.contains("script-src"),
            "{policy}"
        );
        assert!(!page.body.contains("<script"), "{page:?}");
    }
}

#[test]
fn a_wrong_password_shows_the_page_again_and_keeps_the_address() {
    let (server, world) = server();
    let mut browser = Browser::new(&server);
    let to_login = browser.ask(&world.staging, SCOPE);
    let challenge = to_login.redirected("login_challenge");
    for wrong in [
        "email=pro%40example.com&password=wrong",
        "email=pro%40example.com",
        "email=pro%40example.com&password=mock-customer-password",
    ] {
        let again = browser.submit("/oauth/login", &format!("login_challenge={challenge}&{wrong}"));
        // The world is the mock's own default, or one below its own prefix; the form leads to the latter.
        assert_eq!(again.status, 410, "a challenge belongs to its world: {again:?}");
        let again = browser.fill(&to_login, wrong);
        assert_eq!(again.status, 422, "{again:?}");
        assert!(again.body.contains("role=\"alert\"") && again.body.contains("value=\"pro@example.com\""), "{again:?}");
        assert!(!again.body.contains("value=\"wrong\""));
    }
    let to_consent = browser.log_in(&to_login, "email=+PRO%40example.com&password=mock-pro-password");
    assert!(to_consent.redirected("consent_challenge").len() == 43, "the challenge is still good");
}

#[test]
fn the_user_may_refuse_on_either_page() {
    let (server, world) = server();
    let mut browser = Browser::new(&server);
    let denied = "http://127.0.0.1:8421/callback?error=access_denied&error_description=The+resource+owner+denied+the+request&state=12345678";
    let to_login = browser.ask(&world.staging, SCOPE);
    assert_eq!(browser.log_in(&to_login, "answer=deny").header("location"), denied);
    for answer in ["answer=deny&scope=email", "scope=email", "answer=else"] {
        let to_consent = browser.arrive(&world.staging, SCOPE, PRO);
        assert_eq!(browser.consent(&to_consent, answer).header("location"), denied, "{answer}");
    }
}

#[test]
fn what_is_not_ticked_is_not_granted_and_what_was_not_asked_for_neither() {
    let (server, world) = server();
    let mut browser = Browser::new(&server);
    let granted = |browser: &mut Browser, ticked: &str| {
        let to_consent = browser.arrive(&world.staging, SCOPE, PRO);
        browser.consent(&to_consent, &format!("answer=approve{ticked}")).redirected("scope")
    };
    assert_eq!(granted(&mut browser, "&scope=email"), "openid email");
    assert_eq!(
        granted(&mut browser, "&scope=phone&scope=supply::messages.write"),
        "openid",
        "openid is always granted"
    );
}

#[test]
fn challenges_and_verifiers_are_good_once() {
    let (server, world) = server();
    let mut browser = Browser::new(&server);
    let to_login = browser.ask(&world.staging, SCOPE);
    let back = browser.fill(&to_login, PRO);
    assert_eq!(browser.fill(&to_login, PRO).status, 410);
    assert_eq!(browser.open(to_login.header("location")).status, 410);
    let to_consent = browser.open(back.header("location"));
    let again = browser.open(back.header("location"));
    assert_eq!(again.redirected("error"), "access_denied");
    assert_eq!(
        again.redirected("error_description"),
        "The resource owner or authorization server denied the request. The login verifier has already been used, has not been granted, or is invalid."
    );
    let back = browser.fill(&to_consent, ALL);
    assert_eq!(browser.fill(&to_consent, ALL).status, 410);
    assert!(browser.open(back.header("location")).redirected("code").starts_with("ory_ac_"));
    let again = browser.open(back.header("location"));
    assert!(again.redirected("error_description").contains("The consent verifier has already been used"), "{again:?}");
}

#[test]
fn one_key_does_not_stand_for_another_nor_one_request_for_another() {
    let (server, world) = server();
    let mut browser = Browser::new(&server);
    let to_login = browser.ask(&world.staging, SCOPE);
    let challenge = to_login.redirected("login_challenge");
    for verifier in ["login_verifier", "consent_verifier"] {
        let refused = browser.ask(&world.staging, &format!("{SCOPE}&{verifier}={challenge}"));
        assert_eq!(refused.redirected("error"), "access_denied", "the pages are not passed by: {verifier}");
    }
    let to_consent = browser.log_in(&to_login, PRO);
    let back = browser.fill(&to_consent, ALL);
    let verifier = back.redirected("consent_verifier");
    let changed = asked(&world.staging, &format!("{SCOPE}+phone&consent_verifier={verifier}"));
    assert_eq!(browser.open(&changed).redirected("error"), "access_denied");
    assert_eq!(browser.open(back.header("location")).redirected("error"), "access_denied", "it is used up");
}

#[test]
fn a_login_belongs_to_the_browser_that_began_it() {
    let (server, world) = server();
    let (mut browser, mut other) = (Browser::new(&server), Browser::new(&server));
    let to_login = browser.ask(&world.staging, SCOPE);
    assert_eq!(other.open(to_login.header("location")).status, 410);
    assert_eq!(other.fill(&to_login, PRO).status, 410);
    let back = browser.fill(&to_login, PRO);
    let refused = other.open(back.header("location"));
    assert_eq!(refused.redirected("error"), "request_forbidden");
    assert!(refused.redirected("error_description").ends_with("No CSRF value available in the session cookie."));
    let to_login = browser.ask(&world.staging, SCOPE);
    let back = browser.fill(&to_login, PRO);
    other.ask(&world.staging, SCOPE);
    let refused = other.open(back.header("location"));
    assert!(refused.redirected("error_description").contains("does not match the CSRF value"), "{refused:?}");
}

#[test]
fn two_tabs_of_one_browser_log_in_side_by_side() {
    let (server, world) = server();
    let mut browser = Browser::new(&server);
    let (one, two) = (browser.ask(&world.staging, SCOPE), browser.ask(&world.staging, "scope=email"));
    let (one, two) = (browser.log_in(&one, PRO), browser.log_in(&two, CUSTOMER));
    assert!(browser.consent(&one, ALL).redirected("code").starts_with("ory_ac_"));
    assert_eq!(browser.consent(&two, "answer=approve&scope=email").redirected("scope"), "email");
}

#[test]
fn a_login_ends_after_half_an_hour_of_the_worlds_clock() {
    let (server, world) = server();
    let mut browser = Browser::new(&server);
    let to_login = browser.ask(&world.staging, SCOPE);
    let verified = browser.ask(&world.staging, SCOPE);
    let back = browser.fill(&verified, PRO);
    server.command(&world, &json!({"advance": "1790s"}));
    assert_eq!(browser.open(to_login.header("location")).status, 200);
    server.command(&world, &json!({"advance": "10s"}));
    assert_eq!(browser.open(to_login.header("location")).status, 410);
    let refused = browser.open(back.header("location"));
    assert_eq!(refused.redirected("error"), "request_unauthorized");
    assert!(refused.redirected("error_description").ends_with("The login request has expired, please try again."));
}

#[test]
fn an_ordered_login_goes_before_the_pages() {
    let (server, world) = server();
    let mut browser = Browser::new(&server);
    server.command(&world, &json!({"next_login": {"user": "customer", "answer": "deny"}}));
    assert_eq!(browser.ask(&world.staging, SCOPE).redirected("error"), "access_denied");
    assert_eq!(browser.ask(&world.staging, SCOPE).redirected("login_challenge").len(), 43, "once");
}

#[test]
fn a_hint_fills_the_address_in_and_is_no_markup() {
    let (server, world) = server();
    let mut browser = Browser::new(&server);
    let to_login = browser.ask(&world.staging, "scope=email&login_hint=a%22%3E%3Cscript%3Ex%40example.com");
    let page = browser.open(to_login.header("location"));
    assert!(!page.body.contains("<script") && page.body.contains("x@example.com\""), "{page:?}");
}

#[test]
fn a_request_may_be_posted_and_may_not_be_endless() {
    let (server, world) = server();
    let mut browser = Browser::new(&server);
    let url = asked(&world.staging, SCOPE);
    let (path, form) = url.split_once('?').unwrap();
    let to_login = browser.submit(path, form);
    assert_eq!((to_login.status, to_login.body.as_str()), (302, ""));
    let to_consent = browser.log_in(&to_login, PRO);
    assert!(browser.consent(&to_consent, ALL).redirected("code").starts_with("ory_ac_"));
    let endless = browser.ask(&world.staging, &format!("{SCOPE}&more={}", "x".repeat(8192)));
    assert_eq!(endless.redirected("error"), "invalid_request");
    assert!(endless.redirected("error_description").contains("longer than 8192 bytes"));
}

#[test]
fn checks_come_before_the_pages_and_some_after_them() {
    let (server, world) = server();
    let mut browser = Browser::new(&server);
    assert_eq!(browser.ask(&world.staging, "scope=nope").redirected("error"), "invalid_scope");
    let (bad_prompt, bad_challenge) =
        (format!("{SCOPE}&prompt=maybe"), format!("{SCOPE}&code_challenge=x&code_challenge_method=plain"));
    for more in [bad_prompt, bad_challenge] {
        let to_consent = browser.arrive(&world.staging, &more, PRO);
        assert_eq!(browser.consent(&to_consent, ALL).redirected("error"), "invalid_request", "{more}");
    }
}

#[test]
fn without_the_knob_nobody_is_asked() {
    let server = Server::start();
    let world = server.world();
    let mut browser = Browser::new(&server);
    assert!(browser.ask(&world.staging, SCOPE).redirected("code").starts_with("ory_ac_"));
    assert!(browser.cookies.is_empty());
    let answer = server.send("POST /oauth/login", &[FORM], "login_challenge=x&answer=deny");
    assert_eq!(answer.status, 410);
}

#[test]
fn cookies_belong_to_their_environment() {
    let (server, world) = server();
    for (environment, below) in [(&world.staging, ""), (&world.production, "production/")] {
        let answer = server.send(&format!("GET {}", asked(environment, SCOPE)), &[], "");
        let cookie = answer.header("set-cookie");
        assert!(cookie.contains(&format!("; Path=/worlds/{}/{below}; HttpOnly", world.id)), "{cookie}");
        assert!(!cookie.contains("Secure"), "it would not come back over plain HTTP");
    }
}

#[test]
fn the_journal_tells_what_happened_on_the_pages_and_no_secret_of_theirs() {
    let (server, world) = server();
    let mut browser = Browser::new(&server);
    let to_login = browser.ask(&world.staging, SCOPE);
    let challenge = to_login.redirected("login_challenge");
    browser.fill(&to_login, "email=pro%40example.com&password=fictional-guess");
    Browser::new(&server).open(to_login.header("location"));
    let to_consent = browser.log_in(&to_login, PRO);
    browser.consent(&to_consent, "answer=deny");
    let told = server.send(&format!("GET /control/worlds/{}/journal", world.id), &[], "").body;
    for why in [
        "no account has this e-mail address and this password",
        "the challenge is unknown, was answered before",
        "the user denied on the consent page",
    ] {
        assert!(told.contains(why), "{why}: {told}");
    }
    let secrets = [&challenge, &to_consent.redirected("consent_challenge"), "mock-pro-password", "fictional-guess"];
    for secret in secrets.into_iter().chain(browser.cookies.values().map(String::as_str)) {
        assert!(!told.contains(secret), "{secret}: {told}");
    }
}
