//! What a client is set to so that it talks to the mock, as lines for a file `.env`: the same where the mock is started
//! and on its live page.

use std::fmt::Write;

use super::{
    control::{Client, Environment},
    thumbtack::clients::REDIRECT_URI,
};

/// The variables of `environment`, of which `name` is the name, a line each.
pub fn variables(name: &str, environment: &Environment) -> String {
    let prefix = format!("THUMBTACK_{}", name.to_uppercase());
    let mut text = String::new();
    for (name, value) in [
        ("API_URL", &environment.api),
        ("AUTHORIZE_URL", &environment.authorize_url),
        ("TOKEN_URL", &environment.token_url),
        ("REVOKE_URL", &environment.revoke_url),
        ("JWKS_URL", &environment.jwks_url),
        ("USERINFO_URL", &environment.userinfo_url),
        ("AUDIENCE", &environment.audience),
    ] {
        text.push_str(&variable(&format!("{prefix}_{name}"), value));
    }
    for name in ["business", "negotiation"] {
        let id = environment.fixtures.get(name).map_or("", String::as_str);
        text.push_str(&variable(&format!("{prefix}_{}_ID", name.to_uppercase()), id));
    }
    for (name, client) in &environment.clients {
        let prefix = format!("{prefix}_{}", name.to_uppercase());
        text.push_str(&variable(&format!("{prefix}_CLIENT_ID"), &client.id));
        text.push_str(&variable(&format!("{prefix}_CLIENT_SECRET"), &client.secret));
        text.push_str(&variable(&format!("{prefix}_REDIRECT_URI"), redirect_uri(client)));
        text.push_str(&variable(&format!("{prefix}_SCOPES"), &client.scopes.join(" ")));
    }
    text
}

/// A line with a variable, quoted where a shell would read the value otherwise: it replaces a `~` behind a colon.
pub fn variable(name: &str, value: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._/:@".contains(&byte);
    let quoted =
        if value.bytes().all(is_plain) { value.to_owned() } else { format!("'{}'", value.replace('\'', "'\\''")) };
    let mut line = String::new();
    // Writing to a text can't fail.
    let _ = writeln!(line, "{name}={quoted}");
    line
}

/// The redirect URI that a client most likely uses: the first that somebody registered, before the mock's own.
fn redirect_uri(client: &Client) -> &str {
    let registered = client.redirect_uris.iter().find(|uri| *uri != REDIRECT_URI);
    registered.unwrap_or(&client.redirect_uri)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_quoted_where_a_shell_needs_it() {
        assert_eq!(variable("PLAIN", "http://127.0.0.1:4600/api/"), "PLAIN=http://127.0.0.1:4600/api/\n");
        assert_eq!(variable("QUOTED", "a%+:~"), "QUOTED='a%+:~'\n");
        assert_eq!(variable("QUOTE", "it's"), "QUOTE='it'\\''s'\n");
    }
}
