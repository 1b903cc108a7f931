//! `utmData`: where a customer came from, as a partner tells it in a body or, member by member, in a query.

use serde_json::{Map, Value};

use super::fields::wrong;
use crate::mock::{control::OtherUtmMembers, form::Parameters, problem::Invalid};

/// The longest `utm_source` in characters (API specification).
const LONGEST_SOURCE: usize = 48;

/// The members about which partners agree.
const MEMBERS: [&str; 10] = [
    "utm_source",
    "utm_campaign",
    "utm_content",
    "utm_subid",
    "utm_user_hash",
    "utm_facebook_click_id",
    "utm_google_click_id",
    "utm_vertical",
    "rt_ad",
    "source_id",
];

/// Checks the `utmData` of a body, and takes the one member of it that is required.
pub fn source<'a>(data: Option<&'a Value>, other: OtherUtmMembers, errors: &mut Vec<Invalid>) -> Option<&'a str> {
    let Some(data) = data else {
        errors.push(wrong("utmData", "is required"));
        return None;
    };
    let Some(data) = data.as_object() else {
        errors.push(wrong("utmData", "must be an object"));
        return None;
    };
    for (name, value) in data.iter().filter(|(name, _)| *name != "utm_source") {
        if !MEMBERS.contains(&name.as_str()) && other == OtherUtmMembers::Refused {
            errors.push(wrong("utmData", format!("has the member `{name}`, which is not known")));
        } else if !value.is_string() {
            errors.push(wrong("utmData", format!("the member `{name}` must be a string")));
        }
    }
    let source = data.get("utm_source");
    let text = source.and_then(Value::as_str).filter(|source| is_source(source));
    match (source, text) {
        (None, _) => errors.push(wrong("utmData.utm_source", "is required")),
        (Some(_), None) => {
            let rule = format!("must match ^cma-[a-zA-Z0-9-_]+$ and have at most {LONGEST_SOURCE} characters");
            errors.push(wrong("utmData.utm_source", rule));
        }
        (Some(_), Some(_)) => {}
    }
    text
}

/// As [`source`], of the members `utmData[utm_source]` and so on of a query. That they are required there as in a body is
/// a guess: the samples have the one that is required.
pub fn source_in_query(query: &Parameters, other: OtherUtmMembers, errors: &mut Vec<Invalid>) -> Option<String> {
    let members: Map<String, Value> =
        query.members("utmData").map(|(name, value)| (name.to_owned(), value.into())).collect();
    source(Some(&Value::Object(members)), other, errors).map(str::to_owned)
}

fn is_source(text: &str) -> bool {
    let rest = text.strip_prefix("cma-").unwrap_or_default();
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    !rest.is_empty() && rest.bytes().all(allowed) && text.len() <= LONGEST_SOURCE
}
