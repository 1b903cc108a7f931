//! What `id_token` and userinfo tell alike: whose token it is, and the user's own claims by scope.

use serde_json::{Map, Value, json};

use crate::mock::{
    ledger::Authority,
    site::Site,
    thumbtack::people::{User, ZONE},
};

/// The claims of a grant, as of `issued_at` in milliseconds since the epoch. A grant of the application itself has no
/// user to tell of.
pub fn shared(site: &Site, authority: &Authority, issued_at: i64) -> Map<String, Value> {
    let mut claims = Map::new();
    let mut tell = |name: &str, value: Value| drop(claims.insert(name.to_owned(), value));
    tell("aud", json!([authority.client.id]));
    tell("iat", json!(issued_at.div_euclid(1000)));
    tell("iss", json!(site.root()));
    if let Some(login) = &authority.login {
        tell("auth_time", json!(login.at.div_euclid(1000)));
        tell("rat", json!(login.requested_at.div_euclid(1000)));
    }
    if let Some(user) = authority.user {
        tell("sub", json!(user.id));
        if granted(authority, "openid") {
            tell_scopes(authority, user, tell);
        }
    }
    claims
}

/// Whether `scope` was granted.
pub fn granted(authority: &Authority, scope: &str) -> bool {
    authority.scopes.contains(&scope)
}

/// The claims that the documents list by scope (Authentication, `OpenID` Connect scopes). They need `openid` beside them.
fn tell_scopes(authority: &Authority, user: &User, mut tell: impl FnMut(&str, Value)) {
    if granted(authority, "profile") {
        tell("name", json!(format!("{} {}", user.first_name, user.last_name)));
        tell("given_name", json!(user.first_name));
        tell("family_name", json!(user.last_name));
        tell("picture", json!(user.picture()));
        tell("zoneinfo", json!(ZONE));
    }
    if granted(authority, "email") {
        tell("email", json!(user.email));
        tell("email_verified", json!(true));
    }
    if granted(authority, "phone") {
        tell("phone_number", json!(user.phone));
    }
}

/// The names of all claims, as the discovery document lists them.
pub const NAMES: [&str; 19] = [
    "at_hash",
    "aud",
    "auth_time",
    "email",
    "email_verified",
    "exp",
    "family_name",
    "given_name",
    "iat",
    "iss",
    "jti",
    "name",
    "nonce",
    "phone_number",
    "picture",
    "rat",
    "sid",
    "sub",
    "zoneinfo",
];
