//! `$jwt`: a text that is a signed JSON Web Token, and what is in it.

use serde_json::Value;

use crate::source::{Data, Diagnostic, Fields, Node, Place, Template, is_template};

use super::super::compare::Comparison;
use super::super::compile::Compiler;
use super::super::describe::count;
use super::super::jwt::{Compact, token_hash, verify};
use super::super::model::{Pattern, Rule};
use super::kind::Kinds;

/// The members of the argument, all of which may be left out.
pub(in crate::pattern) const MEMBERS: &[&str] = &["header", "claims", "signed_by", "at_hash_of"];

/// How `signed_by` is given its key set.
const SAVED_SET: &str =
    "save the answer of the key set's URL by `save: { jwks: $ }`, and write `signed_by: \"${jwks}\"`";

/// The argument of `$jwt`.
#[derive(Debug, Clone)]
pub(in crate::pattern) struct Jwt {
    pub(in crate::pattern) header: Option<Pattern>,
    pub(in crate::pattern) claims: Option<Pattern>,
    pub(in crate::pattern) signed_by: Option<(KeySet, Place)>,
    pub(in crate::pattern) at_hash_of: Option<Template>,
}

/// The key set that verifies the signature.
#[derive(Debug, Clone)]
pub(in crate::pattern) enum KeySet {
    /// Written in the file.
    Written(Value),
    /// One placeholder.
    Saved(Template),
}

/// Compiles the argument of `$jwt`.
pub(super) fn compile(node: &Node, compiler: &mut Compiler<'_>) -> Option<Jwt> {
    if node.as_mapping().is_none() {
        compiler.problems.push(
            Diagnostic::error("wrong-type", format!("`$jwt` is a mapping, not {}", node.kind()), node.place)
                .label(node.kind())
                .help(format!("write `$jwt: {{}}` for any JWT, or what it has: {}", MEMBERS.join(", "))),
        );
        return None;
    }
    let fields = Fields::of(node, "`$jwt`", MEMBERS, compiler.problems)?;
    let header = fields.get("header").map(|node| object("header", node, compiler));
    let claims = fields.get("claims").map(|node| object("claims", node, compiler));
    let known = node.as_mapping().unwrap_or_default().iter().all(|entry| MEMBERS.contains(&&*entry.key.value));
    let signed_by = match fields.get("signed_by") {
        None => None,
        Some(node) => Some((key_set(node, compiler)?, node.place)),
    };
    let at_hash_of = match fields.get("at_hash_of") {
        None => None,
        Some(node) => Some(access_token(node, compiler)?),
    };
    // An unknown member was told.
    known.then_some(Jwt { header, claims, signed_by, at_hash_of })
}

/// The pattern of the part `name` of a token, which is always an object (RFC 7519 §7.2).
fn object(name: &str, node: &Node, compiler: &mut Compiler<'_>) -> Pattern {
    let pattern = compiler.pattern(node);
    let asked_for = match &pattern.rule {
        Rule::Null | Rule::Bool(_) | Rule::Number(_) | Rule::Text(_) | Rule::Elements(_) => node.kind().to_owned(),
        // What a lone placeholder stands for is known in the run only.
        Rule::Template { template, .. } if template.as_placeholder().is_none() => node.kind().to_owned(),
        Rule::Operators(operations) => {
            let kinds = operations.iter().map(|operation| operation.check.fits());
            match kinds.into_iter().find(|kinds| !kinds.meets(Kinds::OBJECT)) {
                Some(kinds) => kinds.words(),
                None => return pattern,
            }
        }
        _ => return pattern,
    };
    compiler.problems.push(
        Diagnostic::error("wrong-type", format!("`{name}` of a JWT is always an object"), node.place)
            .label(format!("asks for {asked_for}"))
            .help(format!("write a pattern of its members, such as `{name}: {{ {} }}`", example(name))),
    );
    Pattern::refused(node.place)
}

fn example(name: &str) -> &'static str {
    if name == "header" { "alg: ES256" } else { "sub: { $type: string }" }
}

fn key_set(node: &Node, compiler: &mut Compiler<'_>) -> Option<KeySet> {
    let template = node.as_text().filter(|text| is_template(text)).map(|text| Template::parse(text, node.place));
    match template {
        Some(Ok(template)) if template.as_placeholder().is_some() => return Some(KeySet::Saved(template)),
        Some(Err(problem)) => {
            compiler.problems.push(problem);
            return None;
        }
        _ => {}
    }
    if node.as_mapping().is_some()
        && let Data::Literal(value) = Data::of(node, compiler.problems)
    {
        if value.get("keys").and_then(Value::as_array).is_some_and(|keys| !keys.is_empty()) {
            return Some(KeySet::Written(value));
        }
        compiler.problems.push(
            Diagnostic::error("wrong-type", "`signed_by` takes a key set, and this one has no keys", node.place)
                .label("verifies nothing")
                .help(SAVED_SET)
                .help("written out it has them in a list: `signed_by: { keys: [{ kty: EC, … }] }` (RFC 7517 §5)"),
        );
        return None;
    }
    compiler.problems.push(
        Diagnostic::error("wrong-type", "`signed_by` takes a key set", node.place).label(node.kind()).help(SAVED_SET),
    );
    None
}

fn access_token(node: &Node, compiler: &mut Compiler<'_>) -> Option<Template> {
    let Some(text) = node.as_text().filter(|text| !text.trim().is_empty()) else {
        let written = if node.as_text().is_some() { "an empty text" } else { node.kind() };
        let title = format!("`at_hash_of` takes an access token, not {written}");
        compiler.problems.push(
            Diagnostic::error("wrong-type", title, node.place)
                .label(written)
                .help("write the saved token, such as `at_hash_of: \"${access}\"`"),
        );
        return None;
    };
    Template::parse(text, node.place).map_err(|problem| compiler.problems.push(problem)).ok()
}

impl Jwt {
    /// Reports every way in which `actual` is not this token. No finding holds the token itself.
    pub(super) fn check(&self, actual: &Value, place: Place, comparison: &mut Comparison<'_>) {
        let Some(text) = actual.as_str() else {
            comparison.miss_kind(place, "a text that is a JWT".to_owned(), actual);
            return;
        };
        let token = match Compact::parse(text) {
            Ok(token) => token,
            Err(message) => {
                let there = format!("a text of {}", count(text.chars().count(), "character"));
                comparison.report(place, message, "a compact JWT".to_owned(), there);
                return;
            }
        };
        if let Some(pattern) = &self.header {
            comparison.within(|path| path.push_str(".header"), |inner| inner.value(pattern, &token.header));
        }
        if let Some(pattern) = &self.claims {
            comparison.within(|path| path.push_str(".claims"), |inner| inner.value(pattern, &token.claims));
        }
        if let Some((set, place)) = &self.signed_by {
            check_signature(&token, set, *place, comparison);
        }
        if let Some(access) = &self.at_hash_of {
            check_hash(&token, access, comparison);
        }
    }

    pub(super) fn collect_names<'p>(&'p self, names: &mut Vec<(&'p str, Place)>) {
        for pattern in [&self.header, &self.claims].into_iter().flatten() {
            pattern.collect_names(names);
        }
        if let Some((KeySet::Saved(template), _)) = &self.signed_by {
            names.extend(template.names());
        }
        names.extend(self.at_hash_of.iter().flat_map(Template::names));
    }
}

fn check_signature(token: &Compact<'_>, set: &KeySet, place: Place, comparison: &mut Comparison<'_>) {
    let resolved;
    let set = match set {
        KeySet::Written(value) => value,
        KeySet::Saved(template) => match template.value(comparison.scope) {
            Ok(value) => {
                resolved = value;
                &resolved
            }
            Err(name) => return comparison.unresolved(template, &name),
        },
    };
    if let Err(message) = verify(token, set) {
        comparison.report(place, message, "a token that the key set verifies".to_owned(), "another token".to_owned());
    }
}

fn check_hash(token: &Compact<'_>, access: &Template, comparison: &mut Comparison<'_>) {
    let text = match access.text(comparison.scope) {
        Ok(text) => text,
        Err(name) => return comparison.unresolved(access, &name),
    };
    match token_hash(token, &text) {
        Ok(hash) => {
            let expected = Pattern::literal(&Value::String(hash), access.place, false);
            comparison.within(
                |path| path.push_str(".claims.at_hash"),
                |inner| {
                    if let Some(claim) = token.claims.get("at_hash") {
                        inner.value(&expected, claim);
                        return;
                    }
                    let message = "the claim is missing, so nothing ties the token to the access token".to_owned();
                    inner.missing(access.place, &expected, message);
                },
            );
        }
        Err(message) => {
            let expected = "a token whose `alg` has a hash".to_owned();
            comparison.report(access.place, message, expected, "another token".to_owned());
        }
    }
}
