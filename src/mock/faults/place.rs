//! Where a fault meets requests: methods and paths, with wildcards.

use http::Method;

use crate::mock::control::At;

/// The word for every place.
const ANY: &str = "any";

/// The places of a fault.
#[derive(Debug)]
pub enum Places {
    /// Every one.
    Any,
    /// These.
    These(Vec<Place>),
}

/// A method and a path.
#[derive(Debug)]
pub struct Place {
    /// `None` for any.
    method: Option<String>,
    /// The segments of the path; `None` for any one.
    segments: Vec<Option<String>>,
}

impl Places {
    /// Reads `at`; the error says what is wrong with it.
    pub fn read(at: &At) -> Result<Self, String> {
        match at.written() {
            [] => Err("`at` names no place; write `any` for every one".to_owned()),
            [only] if only == ANY => Ok(Self::Any),
            several => several.iter().map(|written| Place::read(written)).collect::<Result<_, _>>().map(Self::These),
        }
    }

    /// Whether a request for `path`, without trailing slash and query, is for one of them.
    pub fn meets(&self, method: &Method, path: &str) -> bool {
        match self {
            Self::Any => true,
            Self::These(places) => places.iter().any(|place| place.meets(method, path)),
        }
    }
}

impl Place {
    fn read(written: &str) -> Result<Self, String> {
        let (method, path) = written
            .split_once(' ')
            .ok_or_else(|| format!("`{written}` in `at` must be METHOD PATH, such as `GET /v4/keywords/search`"))?;
        if method != "*" && (method.is_empty() || !method.bytes().all(|byte| byte.is_ascii_uppercase())) {
            return Err(format!("the method `{method}` in `at` must be upper-case letters, or `*`"));
        }
        if !path.starts_with('/') || path.contains([' ', '?', '#']) {
            return Err(format!("the path `{path}` in `at` must begin with `/` and have no query"));
        }
        let segments = segments(without_trailing_slash(path))
            .map(|segment| (!is_wildcard(segment)).then(|| segment.to_owned()))
            .collect();
        Ok(Self { method: (method != "*").then(|| method.to_owned()), segments })
    }

    fn meets(&self, method: &Method, path: &str) -> bool {
        let mut asked = segments(path);
        self.method.as_deref().is_none_or(|only| only == method.as_str())
            && self.segments.iter().all(|segment| match (segment, asked.next()) {
                (Some(segment), Some(asked)) => segment == asked,
                (None, Some(asked)) => !asked.is_empty(),
                (_, None) => false,
            })
            && asked.next().is_none()
    }
}

/// The segments of a path.
pub fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.strip_prefix('/').unwrap_or(path).split('/')
}

/// Whether a segment stands for any one.
pub fn is_wildcard(segment: &str) -> bool {
    segment == "*" || segment.len() > 2 && segment.starts_with('{') && segment.ends_with('}')
}

/// The path without one trailing slash, as every path is looked at; the root stays as it is.
pub fn without_trailing_slash(path: &str) -> &str {
    path.strip_suffix('/').filter(|path| !path.is_empty()).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(at: &[&str]) -> Result<Places, String> {
        Places::read(&At::Several(at.iter().map(|&at| at.to_owned()).collect()))
    }

    #[test]
    fn segments_and_methods_may_be_any() {
        for (at, path, met) in [
            ("GET /v4/a", "/v4/a", true),
            ("GET /v4/a/", "/v4/a", true),
            ("GET /v4/a", "/v4/a/b", false),
            ("GET /v4/a/b", "/v4/a", false),
            ("POST /v4/a", "/v4/a", false),
            ("* /v4/a", "/v4/a", true),
            ("GET /v4/*/b", "/v4/1/b", true),
            ("GET /v4/{id}/b", "/v4/1/b", true),
            ("GET /v4/{id}/b", "/v4//b", false),
            ("GET /v4/{id}", "/v4/1/b", false),
            ("GET /v4/{}", "/v4/1", false),
            ("GET /", "/", true),
            ("GET /*", "/", false),
            ("any", "/v4/a", true),
        ] {
            assert_eq!(places(&[at]).unwrap().meets(&Method::GET, path), met, "{at} {path}");
        }
        let several = places(&["GET /a", "POST /b"]).unwrap();
        assert!(several.meets(&Method::POST, "/b") && !several.meets(&Method::GET, "/b"));
    }

    #[test]
    fn what_is_no_place_is_refused() {
        for (at, word) in [
            (&[][..], "no place"),
            (&["GET"], "METHOD PATH"),
            (&["get /a"], "upper-case"),
            (&["GET a"], "begin with"),
            (&["GET /a?b"], "query"),
            (&["GET /a", "any"], "METHOD PATH"),
        ] {
            let error = places(at).unwrap_err();
            assert!(error.contains(word), "{error}");
        }
    }
}
