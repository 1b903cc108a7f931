//! An identity token from a server: taken apart, verified with the server's key set, and shown nowhere.

#![expect(clippy::unwrap_used, reason = "a test stops where its surroundings fail")]

mod own;
mod project;
mod wire;

use own::{against, steps};
use wire::json;

/// The example of RFC 7515, appendix A.3.
const TOKEN: &str = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
const KEYS: &str = r#"{"keys":[{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}"#;

fn answer(request: &str) -> String {
    let body =
        if request.starts_with("GET /api/jwks ") { KEYS.to_owned() } else { format!(r#"{{"id_token":"{TOKEN}"}}"#) };
    json("200 OK", &body)
}

/// Steps that save the key set and expect this of the token.
fn asking(jwt: &str) -> String {
    steps(&format!(
        "  - get: /jwks\n    expect: {{ status: 200 }}\n    save: {{ jwks: $ }}\n  - get: /token\n    \
         expect: {{ status: 200, body: {{ id_token: {{ $jwt: {jwt} }} }} }}\n"
    ))
}

#[test]
fn a_token_is_verified_by_the_key_set_that_was_saved() {
    let held = "{ header: { alg: ES256 }, claims: { iss: joe, exp: { $gt: 1 } }, signed_by: \"${jwks}\" }";
    against(&asking(held), answer).0.ended(0);
    let changed = |request: &str| answer(request).replace("DtEhU3", "DtEhU4");
    against(&asking(held), changed).0.told(1, &["$.id_token: the signature is not one of the key"]);
}

#[test]
fn what_is_wrong_with_a_claim_is_told_by_its_path_and_without_the_token() {
    let (ran, _) =
        against(&asking("{ claims: { iss: jane, sub: { $present: true } }, signed_by: \"${jwks}\" }"), answer);
    ran.told(
        1,
        &[
            "$.id_token.claims.iss: expected \"jane\", got \"joe\"",
            "$.id_token.claims.sub: the member \"sub\" is missing",
        ],
    );
    let findings = ran.stdout.split("< HTTP/1.1").next().unwrap_or_default();
    assert!(!findings.contains("DtEhU3ljbEg8L38V"), "{findings}");
}
