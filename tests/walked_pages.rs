//! The harness at the mock's own login pages, as a target of one's own: it fills in what people fill in.

#![expect(clippy::unwrap_used, reason = "a test stops where its surroundings fail")]

mod mock_support;
mod project;

use mock_support::Server;
use project::{Project, Ran, TACKTEST, finish};
use tacktest::mock::control::{Settings, World};

/// The mock as a target of one's own, whose users have these passwords.
fn target(world: &World, password: &str) -> Project {
    let staging = &world.staging;
    let supply = &staging.clients["supply"];
    let text = format!(
        "targets:\n  own:\n    kind: staging\n    api: {}\n    token_url: {}\n    authorize_url: {}\n    userinfo_url: {}\n    \
         audience: {}\n    offers: [consent]\n    users:\n      pro: {{ login: pro@example.com, password: {{ command: \"echo {password}\" }} }}\n      \
         customer: {{ login: customer@example.com, password: {{ command: \"echo mock-customer-password\" }} }}\n    \
         clients:\n      supply: {{ id: {}, secret: \"${{env.OWN_SECRET}}\", redirect_uri: \"{}\" }}\n",
        staging.api,
        staging.token_url,
        staging.authorize_url,
        staging.userinfo_url,
        staging.audience,
        supply.id,
        supply.redirect_uri
    );
    Project::with_targets(&text)
}

fn run(project: Project, world: &World, steps: &str) -> Ran {
    let scenario = format!("title: A statement\nclient: supply\nsnapshot: none\nsteps:\n{steps}");
    let project = project.scenario("one", &scenario);
    let mut command = project.command(TACKTEST);
    command.args(["run", "--target", "own"]).env("OWN_SECRET", &world.staging.clients["supply"].secret);
    finish(&mut command)
}

fn pages() -> (Server, World) {
    let settings = serde_json::json!({ "login": "pages" });
    let server = Server::with(serde_json::from_value::<Settings>(settings).unwrap());
    let world = server.world();
    (server, world)
}

/// A whole login of a user, and who it was.
fn login(user: &str, email: &str) -> String {
    format!(
        "  - authorize: {{ scope: openid email, pkce: S256{user} }}\n    expect: {{ redirect: {{ code: {{ $present: true }}, \
         scope: openid email, state: \"${{sent.state}}\" }} }}\n    save: {{ code: {{ redirect: code }} }}\n  \
         - token: {{ grant: authorization_code, code: \"${{code}}\" }}\n    expect: {{ status: 200 }}\n    save: {{ access: $.access_token }}\n  \
         - get: \"${{target.userinfo_url}}\"\n    bearer: \"${{access}}\"\n    expect: {{ body: {{ email: {email} }} }}\n"
    )
}

#[test]
fn any_user_logs_in_and_approves() {
    let (_server, world) = pages();
    for (user, email) in [("", "pro@example.com"), (", user: customer", "customer@example.com")] {
        run(target(&world, "mock-pro-password"), &world, &login(user, email)).told(0, &["test one ... ok"]);
    }
}

#[test]
fn a_user_who_is_to_deny_denies() {
    let (_server, world) = pages();
    let deny = "  - authorize: { scope: openid, answer: deny }\n    expect:\n      redirect:\n        error: access_denied\n        \
                code: { $absent: true }\n        state: \"${sent.state}\"\n";
    run(target(&world, "mock-pro-password"), &world, deny).told(0, &["test one ... ok"]);
}

#[test]
fn where_no_page_asks_nobody_can_deny() {
    let server = Server::start();
    let world = server.world();
    let deny = "  - authorize: { scope: openid, answer: deny }\n    expect: { redirect: { error: access_denied } }\n";
    let ran = run(target(&world, "mock-pro-password"), &world, deny);
    ran.told(1, &["gave a code without asking for consent, so that nobody could deny"]);
}

#[test]
fn a_wrong_password_ends_at_the_page() {
    let (_server, world) = pages();
    let ran = run(target(&world, "not-the-password"), &world, &login("", "pro@example.com"));
    ran.told(1, &["the answer does not redirect (status 422)"]);
    assert!(!ran.stdout.contains("not-the-password"), "{ran:?}");
}
