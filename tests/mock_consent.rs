//! Who agrees at the mock's authorization URL, and to what: refusal, remembered consent, `id_token_hint`.

mod mock_support;

use mock_support::{REDIRECT, Server, jwt_part};
use serde_json::{Value, json};
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
    let answer = server.openid_login(staging, &format!("scope={}", scope.replace(' ', "+")));
    assert_eq!(answer.member("scope"), "supply::users.read openid");
    assert_eq!(
        (&answer.json()["refresh_token"], &jwt_part(&answer.member("id_token"), 1)["email"]),
        (&Value::Null, &Value::Null)
    );
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

#[test]
fn an_id_token_hint_must_be_of_this_server_and_of_the_user_who_logs_in() {
    let server = Server::start();
    let world = server.world();
    let staging = &world.staging;
    let supply = &staging.clients["supply"];
    let token = server.openid_login(staging, "scope=openid").member("id_token");
    let ask = |hint: &str| server.authorize(staging, supply, &format!("scope=email&id_token_hint={hint}"));
    server.command(&world, &json!({"advance": "2h"}));
    assert!(ask(&token).redirected("code").starts_with("ory_ac_"), "an expired one is good");
    server.command(&world, &json!({"next_login": {"user": "customer"}}));
    let foreign = server.openid_login(&world.production, "scope=openid").member("id_token");
    server.command(&world, &json!({"next_login": {"user": "customer"}}));
    for hint in [foreign.as_str(), "x", "a.b.c", &format!("{token}A")] {
        let refused = ask(hint);
        assert_eq!(refused.redirected("error"), "invalid_request", "{hint}");
        assert!(refused.redirected("error_description").ends_with("id_token_hint parameter failed."), "{refused:?}");
    }
    let other = ask(&token);
    assert_eq!(other.redirected("error"), "login_required");
    assert!(other.redirected("error_description").ends_with(
        "Request failed because subject claim from id_token_hint does not match subject from authentication session."
    ));
    assert!(ask(&token).redirected("code").starts_with("ory_ac_"), "the ordered login was used up");
}
