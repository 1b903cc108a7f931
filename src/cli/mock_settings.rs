//! What a partner's client is set to so that it talks to the mock, ready to be pasted.

use std::fmt::Write;

use crate::mock::control::{AccessTokenForm, Environment, World};
use crate::mock::{variable, variables};

/// What is told of access tokens unless it was chosen.
const TOKENS: &str =
    "JWTs signed with ES256, which is fast; production's are likely of RS256: `--set access_token_form=jwt_rs256`";

/// What is told besides the world itself.
pub(super) struct Told<'t> {
    /// The root URL of the mock, without slash at its end.
    pub url: &'t str,
    /// The file with the certificate of its authority, if it speaks https.
    pub ca_file: Option<&'t str>,
    /// The form of its access tokens.
    pub token_form: AccessTokenForm,
    /// Whether it is controlled with a token.
    pub has_token: bool,
}

/// The settings of clients for both environments of `world`, as lines for a file `.env`, and a target for
/// `tacktest.yaml`.
pub(super) fn client_settings(world: &World, told: &Told<'_>) -> String {
    let environments = [("staging", &world.staging), ("production", &world.production)];
    let mut text = format!("The mock of the Thumbtack Partner API, at {}\n", told.url);
    for (what, below) in [
        ("live page", "/_mock/"),
        ("journal", "/control/worlds/default/journal?follow"),
        ("OpenAPI", "/_mock/openapi.json"),
    ] {
        row(&mut text, what, &format!("{}{below}", told.url));
    }
    if told.token_form == AccessTokenForm::JwtEs256 {
        row(&mut text, "access tokens", TOKENS);
    }
    for (name, environment) in environments {
        text.push_str(&table(name, environment));
    }
    text.push_str("\nSettings for a client, as a file `.env`:\n\n");
    for (name, environment) in environments {
        text.push_str(&variables(name, environment));
    }
    if let Some(file) = told.ca_file {
        // Python's requests, Node, and curl with all that is built on OpenSSL.
        for name in ["REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE"] {
            text.push_str(&variable(name, file));
        }
    }
    text.push_str("\nA target for scenarios, in `tacktest.yaml`:\n\n");
    text.push_str(&target(world, told));
    text
}

fn table(name: &str, environment: &Environment) -> String {
    let mut text = format!("\n{name}\n");
    let mut row = |what: &str, value: &str| row(&mut text, what, value);
    row("API", &environment.api);
    row("authorize", &environment.authorize_url);
    row("token", &environment.token_url);
    row("revoke", &environment.revoke_url);
    row("keys", &environment.jwks_url);
    row("userinfo", &environment.userinfo_url);
    row("site", &environment.site);
    if let Some(gate) = &environment.gate {
        row("", &format!("opened by {} / {}", gate.user, gate.password));
    }
    row("audience", &environment.audience);
    for (name, client) in &environment.clients {
        row(&format!("{name} client"), &format!("{} / {}", client.id, client.secret));
        for uri in &client.redirect_uris {
            row("", uri);
        }
    }
    row("users", &environment.users.join(", "));
    for name in ["business", "negotiation"] {
        row(name, environment.fixtures.get(name).map_or("", String::as_str));
    }
    text
}

fn row(text: &mut String, what: &str, value: &str) {
    // Writing to a text can't fail.
    let _ = writeln!(text, "  {what:<14}{value}");
}

fn target(world: &World, told: &Told<'_>) -> String {
    let mut text = format!("targets:\n  own_mock:\n    kind: mock\n    api: {}\n", world.staging.api);
    if let Some(file) = told.ca_file {
        let _ = writeln!(text, "    network: {{ ca: \"{}\" }}", file.replace('\\', "/"));
    }
    if told.has_token {
        text.push_str("    control_token: \"${env.TACKTEST_CONTROL_TOKEN}\"\n");
    }
    text
}
