//! Faults by script: which request meets which, and how often.

use axum::{body::Body, response::Response};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header::CONTENT_TYPE};

use super::{
    control::{Fault, Respond},
    presets,
    site::Site,
};

/// The longest delay that may be ordered, in milliseconds.
const LONGEST_DELAY: u64 = 600_000;

/// The faults of a world, in the order in which they were ordered.
#[derive(Debug, Default)]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// Adds a fault. Errors say what is wrong with it.
    pub fn order(&mut self, fault: Fault) -> Result<(), String> {
        check(&fault)?;
        self.0.push(fault);
        Ok(())
    }

    /// The fault that this request meets, if any; it is used up by one.
    pub fn take(&mut self, method: &Method, path: &str) -> Option<Fault> {
        let index = self.0.iter().position(|fault| {
            fault
                .at
                .split_once(' ')
                .is_some_and(|(at, place)| at == method.as_str() && without_trailing_slash(place) == path)
        })?;
        let fault = self.0.get_mut(index)?;
        let met = fault.clone();
        match &mut fault.times {
            None => {}
            Some(left) if *left > 1 => *left -= 1,
            Some(_) => {
                self.0.remove(index);
            }
        }
        Some(met)
    }
}

fn check(fault: &Fault) -> Result<(), String> {
    let (method, path) =
        fault.at.split_once(' ').ok_or("`at` must be METHOD PATH, such as `GET /v4/keywords/search`")?;
    if method.is_empty() || !method.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Err(format!("the method `{method}` in `at` must be upper-case letters"));
    }
    if !path.starts_with('/') || path.contains([' ', '?', '#']) {
        return Err(format!("the path `{path}` in `at` must begin with `/` and have no query"));
    }
    if fault.times == Some(0) {
        return Err("`times` is 0, so the fault would never happen; leave it out for every request".to_owned());
    }
    if fault.respond.is_none() && fault.preset.is_none() && fault.delay_milliseconds.is_none() {
        return Err("a fault needs `respond`, `preset` or `delay_milliseconds`".to_owned());
    }
    if fault.respond.is_some() && fault.preset.is_some() {
        return Err("a fault has both `respond` and `preset`; it can give one answer".to_owned());
    }
    if fault.delay_milliseconds.is_some_and(|delay| delay > LONGEST_DELAY) {
        return Err(format!("`delay_milliseconds` is more than {LONGEST_DELAY}"));
    }
    fault.respond.as_ref().map_or(Ok(()), |respond| ordered(respond).map(drop))
}

/// The response that a fault gives at `site` in place of the real endpoint's, if it gives one, to a request with these
/// headers. Errors say which part of it cannot be sent.
pub fn answer(fault: &Fault, site: &Site, headers: &HeaderMap) -> Option<Result<Response, String>> {
    match (&fault.respond, fault.preset) {
        (Some(respond), _) => Some(ordered(respond)),
        (None, Some(preset)) => Some(Ok(presets::answer(preset, site, headers))),
        (None, None) => None,
    }
}

/// The path without one trailing slash, as every path is looked at; the root stays as it is.
pub fn without_trailing_slash(path: &str) -> &str {
    path.strip_suffix('/').filter(|path| !path.is_empty()).unwrap_or(path)
}

fn ordered(respond: &Respond) -> Result<Response, String> {
    if !(200..=599).contains(&respond.status) {
        return Err(format!("the status {} of `respond` is not between 200 and 599", respond.status));
    }
    let (media_type, body) = match (&respond.json, &respond.text) {
        (Some(_), Some(_)) => return Err("`respond` has both `json` and `text`; it can send one".to_owned()),
        (Some(json), None) => (Some("application/json"), json.to_string()),
        (None, Some(text)) => (Some("text/plain; charset=utf-8"), text.clone()),
        (None, None) => (None, String::new()),
    };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::from_u16(respond.status).map_err(|error| error.to_string())?;
    if let Some(media_type) = media_type {
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    }
    for (name, value) in &respond.headers {
        let key = HeaderName::try_from(name).map_err(|_| format!("`{name}` is no header name"))?;
        if matches!(key.as_str(), "content-length" | "transfer-encoding" | "connection") {
            return Err(format!("the header `{name}` belongs to the connection and cannot be ordered"));
        }
        let value =
            HeaderValue::try_from(value).map_err(|_| format!("the value of the header `{name}` cannot be sent"))?;
        response.headers_mut().insert(key, value);
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{from_value, json};

    fn fault(value: serde_json::Value) -> Fault {
        from_value(value).unwrap()
    }

    #[test]
    fn faults_at_one_place_are_used_up_in_order() {
        let mut faults = Faults::default();
        faults.order(fault(json!({"at": "GET /a", "times": 2, "respond": {"status": 500}}))).unwrap();
        faults.order(fault(json!({"at": "GET /a", "times": 1, "respond": {"status": 503}}))).unwrap();
        let mut statuses = Vec::new();
        while let Some(met) = faults.take(&Method::GET, "/a") {
            statuses.push(met.respond.unwrap().status);
        }
        assert_eq!(statuses, [500, 500, 503]);
        assert!(faults.take(&Method::POST, "/a").is_none());
        faults.order(fault(json!({"at": "GET /a/", "respond": {"status": 500}}))).unwrap();
        assert!(faults.take(&Method::GET, "/a").is_some());
        assert!(faults.take(&Method::GET, "/b").is_none());
    }

    #[test]
    fn wrong_faults_are_refused() {
        for (wrong, word) in [
            (json!({"at": "GET", "respond": {"status": 500}}), "METHOD PATH"),
            (json!({"at": "get /a", "respond": {"status": 500}}), "upper-case"),
            (json!({"at": "GET a", "respond": {"status": 500}}), "begin with"),
            (json!({"at": "GET /a?b", "respond": {"status": 500}}), "query"),
            (json!({"at": "GET /a"}), "needs"),
            (json!({"at": "GET /a", "respond": {"status": 500}, "preset": "geo_block"}), "one answer"),
            (json!({"at": "GET /a", "times": 0, "respond": {"status": 500}}), "never"),
            (json!({"at": "GET /a", "delay_milliseconds": 600_001}), "600000"),
            (json!({"at": "GET /a", "respond": {"status": 99}}), "between"),
            (json!({"at": "GET /a", "respond": {"status": 200, "json": 1, "text": "a"}}), "both"),
            (json!({"at": "GET /a", "respond": {"status": 200, "headers": {"a b": "c"}}}), "header name"),
            (json!({"at": "GET /a", "respond": {"status": 200, "headers": {"a": "b\n"}}}), "cannot be sent"),
            (json!({"at": "GET /a", "respond": {"status": 200, "headers": {"Content-Length": "9"}}}), "connection"),
        ] {
            let error = Faults::default().order(fault(wrong)).unwrap_err();
            assert!(error.contains(word), "{error}");
        }
    }
}
