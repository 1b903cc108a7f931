//! Who agrees at the mock's authorization URL, and to what: refusal, remembered consent.

mod mock_support;

use mock_support::{REDIRECT, Server};
use serde_json::json;
use tacktest::mock::control::Environment;

#[test]
fn a_user_may_refuse_once() {
    let server = Server::start();
    let world = server.world();
    let supply = &world.staging.clients["supply"];
    server.command(&world, &json!({"next_login": {"user": "customer", "answer": "deny"}}));
    let denied = server.authorize(&world.staging, supply, "scope=email");
    assert_eq!(denied.status, 303);
    assert_eq!(
        denied.header("location"),
        "http://127.0.0.1:8421/callback?error=access_denied&error_description=The+resource+owner+denied+the+request&state=12345678"
    );
    assert!(server.authorize(&world.staging, supply, "scope=email").redirected("code").starts_with("ory_ac_"));
}

#[test]
fn a_remembered_consent_silently_leaves_out_what_is_new() {
    let server = Server::start();
    let world = server.world();
    let staging = &world.staging;
    let scope = "supply::users.read openid email offline_access";
    let given = json!({"user": "pro", "client": "supply", "scope": "supply::users.read openid phone"});
    server.command(&world, &json!({"given": {"remembered_consent": given}}));
    let granted = |environment: &Environment, more: &str| {
        let answer = server.authorize(
            environment,
            &environment.clients["supply"],
            &format!("{REDIRECT}&scope={}{more}", scope.replace(' ', "+")),
        );
        answer.redirected("scope")
    };
    assert_eq!(granted(staging, ""), "supply::users.read openid");
    assert_eq!(granted(staging, "&prompt=login"), "supply::users.read openid");
    assert_eq!(granted(&world.production, ""), "supply::users.read openid", "the order is for both environments");
    let only_new = server.authorize(staging, &staging.clients["supply"], "scope=email");
    assert_eq!(only_new.redirected("scope"), "", "no error, and nothing granted");

    server.command(&world, &json!({"next_login": {"user": "other_pro"}}));
    assert_eq!(granted(staging, ""), scope, "another user has not agreed before");
    let demand = server.authorize(staging, &staging.clients["demand"], "scope=email");
    assert_eq!(demand.redirected("scope"), "email", "nor has the user for another client");

    let none = server.authorize(staging, &staging.clients["supply"], "scope=supply::users.read&prompt=none");
    assert_eq!(none.redirected("error"), "login_required", "consent is no session");
    assert_eq!(granted(staging, "&prompt=login+consent"), scope);
    assert_eq!(granted(staging, ""), scope, "what was agreed to again is remembered too");
}

#[test]
fn remembered_consent_does_not_keep_a_user_from_refusing() {
    let server = Server::start();
    let world = server.world();
    let given = json!({"user": "pro", "client": "supply", "scope": "email"});
    server.command(&world, &json!({"given": {"remembered_consent": given}}));
    server.command(&world, &json!({"next_login": {"user": "pro", "answer": "deny"}}));
    let supply = &world.staging.clients["supply"];
    let denied = server.authorize(&world.staging, supply, "scope=email&prompt=consent");
    assert_eq!(denied.redirected("error"), "access_denied");
    let after = server.authorize(&world.staging, supply, "scope=email+phone");
    assert_eq!(after.redirected("scope"), "email", "a refusal is no agreement");
}
