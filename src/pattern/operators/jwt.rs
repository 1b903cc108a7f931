//! `$jwt`: a text that is a signed JSON Web Token, and what is in it.

use serde_json::Value;

use crate::source::{Data, Diagnostic, Fields, Node, Place, Template, is_template};

use super::super::compare::Comparison;
use super::super::compile::Compiler;
use super::super::describe::count;
use super::super::jwt::{Compact, token_hash, verify};
use super::super::model::Pattern;

/// The members of the argument, all of which may be left out.
pub(in crate::pattern) const MEMBERS: &[&str] = &["header", "claims", "signed_by", "at_hash_of"];

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
    let fields = Fields::of(node, "`$jwt`", MEMBERS, compiler.problems)?;
    let header = fields.get("header").map(|node| compiler.pattern(node));
    let claims = fields.get("claims").map(|node| compiler.pattern(node));
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
        return Some(KeySet::Written(value));
    }
    compiler.problems.push(
        Diagnostic::error("wrong-type", "`signed_by` takes a key set", node.place)
            .label(node.kind())
            .help("save the answer of the key set's URL by `save: { jwks: $ }`, and write `signed_by: \"${jwks}\"`"),
    );
    None
}

fn access_token(node: &Node, compiler: &mut Compiler<'_>) -> Option<Template> {
    let Some(text) = node.as_text() else {
        let title = format!("`at_hash_of` takes an access token, not {}", node.kind());
        compiler.problems.push(
            Diagnostic::error("wrong-type", title, node.place)
                .label(node.kind())
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
