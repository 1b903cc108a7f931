//! Whether there is what a fault is ordered for: a misspelled path would meet nothing, and nobody would notice.

use crate::mock::{
    control::At,
    oauth,
    thumbtack::{operation::Operation, operations},
};
use crate::source::did_you_mean;

use super::place::{is_wildcard, segments, without_trailing_slash};

/// Refuses a path of the API that no operation has, one of the authorization server or near to it that it does not have,
/// and a method that is not known there. Paths with wildcards, and those that are near to nothing, may be any.
pub fn places(at: &At) -> Result<(), String> {
    at.written().iter().filter_map(|written| written.split_once(' ')).try_for_each(|(method, path)| place(method, path))
}

fn place(method: &str, path: &str) -> Result<(), String> {
    if let Some(below) = path.strip_prefix("/api/") {
        return Err(format!("paths of the API are written below its base: `/{below}` in place of `{path}`"));
    }
    if path.starts_with("/production/") {
        return Err(format!(
            "paths are the same in both environments, so no request has the path `{path}`; it is written without \
             `/production`, and a fault has `environment: production` for that one alone"
        ));
    }
    if segments(path).any(is_wildcard) {
        return Ok(());
    }
    if path.starts_with("/v4/") { of_the_api(method, path) } else { elsewhere(method, path) }
}

fn of_the_api(method: &str, path: &str) -> Result<(), String> {
    let there: Vec<&Operation> = operations::all().filter(|operation| leads_to(operation.path, path)).collect();
    if there.is_empty() {
        let paths = operations::all().map(|operation| below(operation.path));
        let meant = did_you_mean(below(path), paths).map(|path| format!("; did you mean `/v4/{path}`?"));
        return Err(format!(
            "no operation of the mock has the path `{path}`, so no request would be met{}; \
             GET /_mock/openapi.json tells them all, and a path with a segment `*` may be any",
            meant.unwrap_or_default()
        ));
    }
    let mut names: Vec<&str> = there.iter().map(|operation| operation.method.name()).collect();
    names.sort_unstable();
    names.dedup();
    has_method(&names, method, || format!("no operation of the mock has the method {method} at `{path}`"))
}

/// A place that is not below `/v4/`: one of the authorization server, or one that is like nothing that is known.
fn elsewhere(method: &str, path: &str) -> Result<(), String> {
    let path = without_trailing_slash(path);
    if let Some((_, methods)) = oauth::places().find(|(known, _)| *known == path) {
        return has_method(methods, method, || {
            format!("the authorization server of the mock does not have the method {method} at `{path}`")
        });
    }
    let all = oauth::places().map(|(known, _)| known).chain(operations::all().map(|operation| operation.path));
    // Without the slash that all of them begin with, which would make them more alike than they are.
    let Some(meant) = did_you_mean(inner(path), all.map(inner)) else { return Ok(()) };
    Err(format!("nothing of the mock has the path `{path}`, so no request would be met; did you mean `/{meant}`?"))
}

/// Refuses a method that is none of `known`. What can be asked by GET can be asked by HEAD (RFC 9110 §9.3.2).
fn has_method(known: &[&str], method: &str, refusal: impl Fn() -> String) -> Result<(), String> {
    if method == "*" || known.iter().any(|name| *name == method || *name == "GET" && method == "HEAD") {
        return Ok(());
    }
    Err(format!("{}; it has {}, and `*` is any", refusal(), known.join(", ")))
}

fn inner(path: &str) -> &str {
    path.strip_prefix('/').unwrap_or(path)
}

fn below(path: &str) -> &str {
    path.strip_prefix("/v4/").unwrap_or(path)
}

/// Whether a request for `path` is one for the operation at `template`, whose parameters stand in braces.
fn leads_to(template: &str, path: &str) -> bool {
    let (template, path) = (without_trailing_slash(template), without_trailing_slash(path));
    segments(template).count() == segments(path).count()
        && segments(template).zip(segments(path)).all(|(known, asked)| known == asked || is_wildcard(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelled_place_of_the_api_is_refused() {
        let told = |at: &str| places(&At::One(at.to_owned()));
        for known in [
            "any",
            "GET /v4/users/self",
            "HEAD /v4/users/self/",
            "* /v4/users/self",
            "GET /v4/reviews",
            "GET /v4/negotiations/518000000000000021",
            "GET /v4/negotiations/{id}",
            "POST /v4/*",
            "POST /oauth2/token",
            "POST /oauth2/token/",
            "HEAD /oauth2/auth",
            "* /userinfo",
            "POST /oauth2/*",
            "GET /a",
            "GET /site/pages",
            "GET /_mock/openapi.json",
        ] {
            assert_eq!(told(known), Ok(()), "{known}");
        }
        for (wrong, words) in [
            ("GET /v4/keyword/search", "did you mean `/v4/keywords/search`?"),
            ("GET /v4/users/selfs", "did you mean `/v4/users/self`?"),
            ("* /v4/zebra", "a segment `*` may be any"),
            ("POST /v4/keywords/search", "it has GET, and `*` is any"),
            ("GET /v4/negotiations/1/message", "did you mean"),
            ("GET /api/v4/users/self", "`/v4/users/self` in place of `/api/v4/users/self`"),
            ("GET /api/v4/*", "`/v4/*` in place of"),
            ("GET /production/v4/users/self", "without `/production`"),
            ("GET /v3/users/self", "did you mean `/v4/users/self`?"),
            ("POST /oauth2/tokn", "did you mean `/oauth2/token`?"),
            ("POST /oauth/token", "did you mean `/oauth2/token`?"),
            ("GET /userinfos", "did you mean `/userinfo`?"),
            ("GET /oauth2/quite/another/place", "did you mean `/oauth2/auth`?"),
            ("GET /oauth2/token", "does not have the method GET at `/oauth2/token`; it has POST, and `*` is any"),
            ("POST /.well-known/jwks.json/", "it has GET, and"),
        ] {
            assert!(told(wrong).unwrap_err().contains(words), "{wrong}: {:?}", told(wrong));
        }
        let several = At::Several(vec!["GET /v4/businesses".to_owned(), "GET /v4/busineses".to_owned()]);
        assert!(places(&several).unwrap_err().contains("`/v4/businesses`"));
    }
}
