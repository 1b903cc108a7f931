//! Whether there is what a fault is ordered for: a misspelled path would meet nothing, and nobody would notice.

use crate::mock::{
    control::At,
    thumbtack::{operation::Operation, operations},
};
use crate::source::did_you_mean;

use super::place::{is_wildcard, segments, without_trailing_slash};

/// Refuses a path of the API that no operation has, and a method that its operations do not have. Paths with wildcards,
/// and those that are not of the API, may be any.
pub fn places(at: &At) -> Result<(), String> {
    at.written().iter().filter_map(|written| written.split_once(' ')).try_for_each(|(method, path)| place(method, path))
}

fn place(method: &str, path: &str) -> Result<(), String> {
    if !path.starts_with("/v4/") || segments(path).any(is_wildcard) {
        return Ok(());
    }
    let there: Vec<&Operation> = operations::all().filter(|operation| leads_to(operation.path, path)).collect();
    if there.is_empty() {
        let paths = operations::all().map(|operation| below(operation.path));
        let meant = did_you_mean(below(path), paths).map(|path| format!("; did you mean `/v4/{path}`?"));
        return Err(format!(
            "no operation of the mock has the path `{path}`, so the fault would meet no request{}; \
             GET /_mock/openapi.json tells them all, and a path with a segment `*` may be any",
            meant.unwrap_or_default()
        ));
    }
    // What is asked by GET can be asked by HEAD (RFC 9110 §9.3.2).
    let is_known = |operation: &&Operation| {
        let name = operation.method.name();
        name == method || name == "GET" && method == "HEAD"
    };
    if method == "*" || there.iter().any(is_known) {
        return Ok(());
    }
    let mut names: Vec<&str> = there.iter().map(|operation| operation.method.name()).collect();
    names.sort_unstable();
    names.dedup();
    Err(format!(
        "no operation of the mock has the method {method} at `{path}`; it has {}, and `*` is any",
        names.join(", ")
    ))
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
            "POST /oauth2/tokens",
            "GET /a",
        ] {
            assert_eq!(told(known), Ok(()), "{known}");
        }
        for (wrong, words) in [
            ("GET /v4/keyword/search", "did you mean `/v4/keywords/search`?"),
            ("GET /v4/users/selfs", "did you mean `/v4/users/self`?"),
            ("* /v4/zebra", "a segment `*` may be any"),
            ("POST /v4/keywords/search", "it has GET, and `*` is any"),
            ("GET /v4/negotiations/1/message", "did you mean"),
        ] {
            assert!(told(wrong).unwrap_err().contains(words), "{wrong}: {:?}", told(wrong));
        }
        let several = At::Several(vec!["GET /v4/businesses".to_owned(), "GET /v4/busineses".to_owned()]);
        assert!(places(&several).unwrap_err().contains("`/v4/businesses`"));
    }
}
