//! Reading the clients of a profile.

use std::collections::BTreeMap;

use crate::source::{Diagnostic, Fields, Node, Problems, is_name, one_of, text, texts};

use super::{
    control::{ClientGrant, ClientMethod, Registration, Registrations, refuse_redirect_uri},
    explain::LONGEST_SCOPE,
    thumbtack::scope_words,
};

/// The clients that the mock has in any case.
const OWN: [&str; 2] = ["supply", "demand"];

/// Reads `clients`.
pub(super) fn read_clients(node: &Node, problems: &mut Problems) -> Registrations {
    let Some(fields) = Fields::of(node, "`clients`", &["staging", "production"], problems) else {
        return Registrations::default();
    };
    let mut environment = |name: &str| fields.get(name).map(|node| read_environment(node, name, problems));
    let (staging, production) = (environment("staging"), environment("production"));
    Registrations { staging: staging.unwrap_or_default(), production: production.unwrap_or_default() }
}

/// Reads a list of redirect URIs.
pub(super) fn read_redirect_uris(node: &Node, problems: &mut Problems) -> Vec<String> {
    let written = texts(node, "`redirect_uris`", problems);
    for uri in &written {
        if let Err(reason) = refuse_redirect_uri(&uri.value) {
            let title = format!("`{}` can't be registered", uri.value);
            problems.push(Diagnostic::error("bad-redirect-uri", title, uri.place).help(reason));
        }
    }
    written.into_iter().map(|uri| uri.value).collect()
}

fn read_environment(node: &Node, name: &str, problems: &mut Problems) -> BTreeMap<String, Registration> {
    let Some(entries) = node.as_mapping() else {
        let title = format!("`{name}` is a mapping of clients by name, not {}", node.kind());
        problems.push(Diagnostic::error("wrong-type", title, node.place));
        return BTreeMap::new();
    };
    let mut clients: BTreeMap<String, Registration> = BTreeMap::new();
    for entry in entries {
        let key = &entry.key;
        if !is_name(&key.value) {
            problems.push(
                Diagnostic::error("bad-name", format!("a client's name can't be `{}`", key.value), key.place)
                    .help("names have lower-case letters, digits and `_`"),
            );
        }
        let Some((client, is_public)) = read_client(&entry.value, problems) else { continue };
        let what = [
            ("id", client.id.is_none()),
            ("scopes", client.scopes.is_none()),
            ("secret", client.secret.is_none() && is_public == Some(false)),
        ];
        for (lacks, _) in what.into_iter().filter(|(_, lacks)| *lacks && !OWN.contains(&&*key.value)) {
            problems.push(
                Diagnostic::error("missing-key", format!("the client `{}` has no `{lacks}`", key.value), key.place)
                    .help("only `supply` and `demand` are there before, and have one"),
            );
        }
        if let Some((other, _)) = clients.iter().find(|(_, other)| client.id.is_some() && other.id == client.id) {
            let title = format!("the clients `{other}` and `{}` have the same id", key.value);
            problems.push(Diagnostic::error("same-client", title, key.place).help("a client is known by its id"));
        }
        clients.insert(key.value.to_string(), client);
    }
    clients
}

/// Reads a client, and whether it is one without a secret; `None` if nobody can tell, as `auth` can't be read.
fn read_client(node: &Node, problems: &mut Problems) -> Option<(Registration, Option<bool>)> {
    let keys = ["id", "secret", "auth", "scopes", "grants", "redirect_uris"];
    let fields = Fields::of(node, "a client", &keys, problems)?;
    let mut written = |key: &str| {
        let text = text(fields.get(key)?, &format!("`{key}`"), problems)?;
        if text.value.is_empty() {
            problems.push(Diagnostic::error("empty-credential", format!("`{key}` is empty"), text.place));
        }
        Some(text.value)
    };
    let (id, secret) = (written("id"), written("secret"));
    let auth = match fields.get("auth") {
        Some(node) => one_of(node, "`auth`", ClientMethod::WORDS, problems),
        None => Some(ClientMethod::default()),
    };
    let scopes = fields.get("scopes").map(|node| texts(node, "`scopes`", problems));
    for scope in scopes.iter().flatten() {
        if let Some(meant) = misspelt(&scope.value) {
            let title = format!("there is no scope `{}`", scope.value);
            problems.push(Diagnostic::error("unknown-scope", title, scope.place).suggest(Some(meant)));
        }
    }
    let grants = fields.get("grants").map(|node| {
        let words = node.as_sequence().unwrap_or(std::slice::from_ref(node));
        let read = |word| one_of(word, "an element of `grants`", ClientGrant::WORDS, problems);
        words.iter().filter_map(read).collect()
    });
    let registration = Registration {
        id,
        secret,
        auth: auth.unwrap_or_default(),
        scopes: scopes.map(|scopes| scopes.into_iter().map(|scope| scope.value).collect()),
        grants,
        redirect_uris: fields.get("redirect_uris").map(|node| read_redirect_uris(node, problems)),
    };
    Some((registration, auth.map(|auth| auth == ClientMethod::None)))
}

/// The scope that `scope` is a slip or two of the finger away from. Any other that is not known may be a client's: the API
/// has more than the mock knows, which opens nothing with them.
fn misspelt(scope: &str) -> Option<&'static str> {
    if scope.len() > LONGEST_SCOPE {
        return None;
    }
    // In a short word two slips may make another one.
    let slips = if scope.len() > 8 { 2 } else { 1 };
    let distance = |known: &'static str| (strsim::damerau_levenshtein(known, scope), known);
    let nearest = scope_words::known().map(distance).min_by_key(|(distance, _)| *distance);
    nearest.filter(|(distance, _)| (1..=slips).contains(distance)).map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::misspelt;

    #[test]
    fn a_scope_is_misspelt_if_a_known_one_is_near() {
        for (scope, meant) in [
            ("supply::users.read", None),
            ("supply::webhooks.write", None),
            ("offline", None),
            ("openid", None),
            ("home", None),
            ("businesses:read", None),
            ("supply::reviews.read", None),
            ("supply:users.read", Some("supply::users.read")),
            ("demand::keyword.read", Some("demand::keywords.read")),
            ("Supply::users.raed", Some("supply::users.read")),
            ("open_id", Some("openid")),
            ("offline_acces", Some("offline_access")),
        ] {
            assert_eq!(misspelt(scope), meant, "{scope}");
        }
        assert_eq!(misspelt(&"a".repeat(100_000)), None);
    }
}
