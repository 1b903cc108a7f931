//! Who is meant by what a request carries besides its path: ids and telephone numbers in its query and its body.

use std::borrow::Cow;

use serde_json::Value;
use url::Url;

use crate::http::{Request, is_id};

/// Headers by which some servers take another method than that of the request.
const OTHER_METHOD: [&str; 3] = ["x-http-method", "x-http-method-override", "x-method-override"];

/// What in `request` asks for another method than its own, which would be done in its place.
pub(super) fn other_method(request: &Request) -> Option<&str> {
    let header = request.headers.iter().map(|(name, _)| name.as_str());
    let mut of_these = header.filter(|name| OTHER_METHOD.iter().any(|known| known.eq_ignore_ascii_case(name)));
    of_these.next().or_else(|| pairs(request).any(|(name, _)| name == "_method").then_some("_method"))
}

/// The first member of the query or the body of `request` that names somebody by an id or a number that is not
/// `is_known`: its name and its value. The members `nobodys` hold ids of nobody.
pub(super) fn stranger_in(
    request: &Request,
    nobodys: &[&str],
    is_known: &dyn Fn(&str) -> bool,
) -> Option<(String, String)> {
    let is_stranger =
        |name: &str, value: &str| !nobodys.contains(&name) && names_somebody(innermost(name)) && !is_known(value);
    let in_pairs = pairs(request).find(|(name, value)| is_stranger(name, value));
    if let Some((name, value)) = in_pairs {
        return Some((name.into_owned(), value.into_owned()));
    }
    // Whatever its media type says, a server may take it for what it is.
    let json = serde_json::from_slice::<Value>(&request.body).ok()?;
    stranger_of("", &json, &is_stranger)
}

/// Whether the body of `request` is an object that names somebody in one of `members`, which hold lists of ids.
pub(super) fn names_any(request: &Request, members: &[&str]) -> bool {
    let body = serde_json::from_slice::<Value>(&request.body).unwrap_or_default();
    members.iter().any(|member| body[*member].as_array().is_some_and(|ids| !ids.is_empty()))
}

fn stranger_of(name: &str, value: &Value, is_stranger: &dyn Fn(&str, &str) -> bool) -> Option<(String, String)> {
    let text = match value {
        Value::Array(elements) => return elements.iter().find_map(|element| stranger_of(name, element, is_stranger)),
        Value::Object(members) => {
            return members.iter().find_map(|(name, value)| stranger_of(name, value, is_stranger));
        }
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Null | Value::Bool(_) => return None,
    };
    is_stranger(name, &text).then(|| (name.to_owned(), text))
}

/// The pairs of the query, and those of the body if it is read as a form.
fn pairs(request: &Request) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
    Url::query_pairs(&request.url).chain(url::form_urlencoded::parse(&request.body))
}

/// The name without the brackets in which forms write members of members and elements: `id` of `users[0][id]`.
fn innermost(name: &str) -> &str {
    let mut parts =
        name.split(['[', ']', '.']).filter(|part| !part.is_empty() && !part.bytes().all(|b| b.is_ascii_digit()));
    parts.next_back().unwrap_or(name)
}

/// Whether a member of this name holds an id or a telephone number.
fn names_somebody(name: &str) -> bool {
    let plain = name.to_ascii_lowercase().replace(['_', '-'], "");
    is_id(name) || ["phone", "phones", "phonenumber", "phonenumbers"].iter().any(|end| plain.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(query: &str, body: &'static str) -> Request {
        Request::new(::http::Method::POST, format!("http://127.0.0.1/v4/a?{query}").parse().unwrap())
            .with_body("text/plain", body)
    }

    #[test]
    fn who_is_no_fixture_is_found_wherever_he_is_named() {
        let known = |id: &str| id == "1337";
        for (query, body, found) in [
            ("", "", None),
            ("negotiationID=1337", r#"{"userID":"1337","categoryIDs":[1337],"text":"17"}"#, None),
            ("page=7&paid=8", "a=7", None),
            ("userID=7", "", Some(("userID", "7"))),
            ("user_id=7", "", Some(("user_id", "7"))),
            ("", "businessID=7", Some(("businessID", "7"))),
            ("", "to[0][requestPK]=7", Some(("to[0][requestPK]", "7"))),
            ("", r#"{"to":{"userId":7}}"#, Some(("userId", "7"))),
            ("", r#"{"businessIDs":["1337","7"]}"#, Some(("businessIDs", "7"))),
            ("", r#"{"customer":{"phone":"+15550100"}}"#, Some(("phone", "+15550100"))),
            ("phoneNumber=5550100", "", Some(("phoneNumber", "5550100"))),
            ("", r#"{"userID":null}"#, None),
            ("searchID=7", r#"{"searchID":"7","businessID":"1337"}"#, None),
            ("", r#"{"searchID":"7","businessID":"7"}"#, Some(("businessID", "7"))),
        ] {
            let stranger = stranger_in(&request(query, body), &["searchID"], &known);
            let stranger = stranger.as_ref().map(|(name, value)| (name.as_str(), value.as_str()));
            assert_eq!(stranger, found, "{query} {body}");
        }
    }

    #[test]
    fn another_method_is_found_in_any_place() {
        assert_eq!(other_method(&request("a=_method", "b=c")), None);
        assert_eq!(other_method(&request("_method=DELETE", "")), Some("_method"));
        assert_eq!(other_method(&request("", "_method=DELETE")), Some("_method"));
        for name in ["X-HTTP-Method-Override", "x-method-override", "X-Http-Method"] {
            assert_eq!(other_method(&request("", "").with_header(name, "DELETE")), Some(name));
        }
    }
}
