//! What may be shown of an answer that a real target gave: its shape, and none of people's data.

use serde_json::Value;

use super::{Exchange, Response};

/// Members whose value is one of a few words, or says what kind of thing it is.
const WORDS: &[&str] = &[
    "chargeState",
    "currency",
    "error",
    "event",
    "eventType",
    "from",
    "kind",
    "leadType",
    "role",
    "scope",
    "state",
    "status",
    "token_type",
    "type",
    "webhookType",
];

/// Members whose number counts or dates something that is no person.
const COUNTS: &[&str] =
    &["code", "count", "exp", "expires_in", "iat", "limit", "nbf", "offset", "page", "size", "status", "total"];

/// The exchange as it may be shown of a real target: the values of the answer are replaced, unless it is an error.
///
/// Statuses, the names of headers and of members, types, lengths, ids, words of a closed set, times, booleans and error
/// bodies stay, and so do the values of headers, but for those of the parameters of `location` and e-mail addresses; what
/// the scenario itself sent stays, too.
#[must_use]
pub fn without_values(exchange: Exchange) -> Exchange {
    let outcome = exchange.outcome.map(|response| {
        if response.status >= 400 {
            return response;
        }
        let (headers, body) = shown_message(&response.headers, &response.body);
        let mut shown = Response::new(response.status, headers, body);
        shown.version = response.version;
        shown
    });
    Exchange { outcome, ..exchange }
}

/// The exchange as it may be shown where a real target sent the request: the values of that are replaced, and the same
/// stays of it as of an answer.
#[must_use]
pub fn without_sent_values(mut exchange: Exchange) -> Exchange {
    let (headers, body) = shown_message(&exchange.request.headers, &exchange.request.body);
    exchange.request.headers = headers;
    exchange.request.body = body.into();
    exchange
}

/// The headers and the body of a message without what may be a person's data.
fn shown_message(headers: &[(String, String)], body: &[u8]) -> (Vec<(String, String)>, String) {
    let headers = headers.iter().map(|(name, value)| (name.clone(), withheld_header(name, value))).collect();
    let body = match serde_json::from_slice::<Value>(body) {
        _ if body.is_empty() => String::new(),
        Ok(json) => withheld("", &json).to_string(),
        Err(_) => format!("[a body of {} bytes]", body.len()),
    };
    (headers, body)
}

/// `value` of the header `name`, without what may be a person's data.
fn withheld_header(name: &str, value: &str) -> String {
    if name.eq_ignore_ascii_case("location")
        && let Some(start) = value.find(['?', '#'])
    {
        let (address, parameters) = value.split_at(start);
        let parts = parameters.split_inclusive(['?', '&', '#']).map(|part| {
            let end = part.len() - usize::from(part.ends_with(['?', '&', '#']));
            withheld_parameter(&part[..end]) + &part[end..]
        });
        return withheld_address(address) + &parts.collect::<String>();
    }
    withheld_address(value)
}

/// A parameter `name=value` without its value, unless that is one that may stay.
fn withheld_parameter(parameter: &str) -> String {
    let Some((name, value)) = parameter.split_once('=') else { return withheld_address(parameter) };
    if may_stay(name, value) { parameter.to_owned() } else { format!("{name}=[string]") }
}

fn withheld_address(value: &str) -> String {
    if looks_like_address(value) { format!("[string, {} characters]", value.chars().count()) } else { value.to_owned() }
}

/// Whether `value` has something like an e-mail address in it, as it is or URL-encoded.
fn looks_like_address(value: &str) -> bool {
    let plain = value.replace("%40", "@");
    plain.split('@').collect::<Vec<_>>().windows(2).any(|around| {
        let is_part = |character: char| character.is_alphanumeric();
        around[0].ends_with(is_part)
            && around[1].starts_with(is_part)
            && around[1].split([' ', ',', ';', '>', '"', '/', '?', '&']).next().is_some_and(|host| host.contains('.'))
    })
}

/// `value`, which a member called `member` has, without what may be a person's data.
pub fn withheld(member: &str, value: &Value) -> Value {
    match value {
        Value::Null | Value::Bool(_) => value.clone(),
        Value::Number(_) if is_id(member) || is_count(member) => value.clone(),
        Value::Number(_) => "[number]".into(),
        Value::String(text) if may_stay(member, text) => value.clone(),
        Value::String(text) => format!("[string, {} characters]", text.chars().count()).into(),
        Value::Array(elements) => elements.iter().map(|element| withheld(member, element)).collect(),
        Value::Object(members) => members.iter().map(|(name, value)| (name.clone(), withheld(name, value))).collect(),
    }
}

fn may_stay(member: &str, text: &str) -> bool {
    text.parse::<jiff::Timestamp>().is_ok()
        || is_id(member) && is_of(text, 128, "-_.:")
        || member == "scope" && is_of(text, 512, "-_.: ")
        || WORDS.contains(&member)
            && is_of(text, 40, "-_.")
            && text.starts_with(|first: char| first.is_ascii_alphabetic())
}

/// Whether `text` has only ASCII letters, digits and `others`, and is no longer than `most`.
fn is_of(text: &str, most: usize, others: &str) -> bool {
    text.len() <= most && text.chars().all(|character| character.is_ascii_alphanumeric() || others.contains(character))
}

/// Whether a member of this name holds an id, or several.
pub fn is_id(member: &str) -> bool {
    member == "id" || ["ID", "Id", "_id", "PK", "IDs", "Ids", "_ids"].iter().any(|end| member.ends_with(end))
}

fn is_count(member: &str) -> bool {
    COUNTS.contains(&member) || ["Count", "_count", "Time", "At", "_at"].iter().any(|end| member.ends_with(end))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::http::Request;

    #[test]
    fn what_names_no_person_stays_and_all_else_is_told_by_its_shape() {
        let answer = json!({
            "negotiationID": "519153480500518912", "id": 7, "requestPK": "a-1", "userIDs": ["1", "x@example.com"],
            "status": "open", "state": "in progress", "from": "Customer", "type": "+15550100",
            "createdAt": "2026-01-31T10:00:00Z", "sentAt": 1_760_000_000, "expires_in": 3600, "hasMore": true,
            "scope": "a::b c", "deleted": null, "name": "Jane Fictional", "email": "jane@example.com",
            "customerId": "jane@example.com", "price": 250, "phone": 15_550_100, "paid": "Jane",
            "messages": [{ "text": "Hello Jane", "messageID": "m1" }], "empty": "", "traceID": "abc"
        });
        let shown = json!({
            "negotiationID": "519153480500518912", "id": 7, "requestPK": "a-1",
            "userIDs": ["1", "[string, 13 characters]"],
            "status": "open", "state": "[string, 11 characters]", "from": "Customer", "type": "[string, 9 characters]",
            "createdAt": "2026-01-31T10:00:00Z", "sentAt": 1_760_000_000, "expires_in": 3600, "hasMore": true,
            "scope": "a::b c", "deleted": null, "name": "[string, 14 characters]", "email": "[string, 16 characters]",
            "customerId": "[string, 16 characters]", "price": "[number]", "phone": "[number]",
            "paid": "[string, 4 characters]",
            "messages": [{ "text": "[string, 10 characters]", "messageID": "m1" }], "empty": "[string, 0 characters]",
            "traceID": "abc"
        });
        assert_eq!(withheld("", &answer), shown);
        assert_eq!(withheld("", &json!("Jane")), json!("[string, 4 characters]"));
    }

    #[test]
    fn a_header_tells_no_address_and_a_redirect_only_the_names_of_its_parameters() {
        for (name, value, shown) in [
            ("content-type", "application/json", "application/json"),
            ("x-user", "jane@example.com", "[string, 16 characters]"),
            ("x-user", "Jane <jane%40example.com>", "[string, 25 characters]"),
            ("set-cookie", "a=@b", "a=@b"),
            ("location", "/login/next", "/login/next"),
            ("Location", "/x?email=jane@example.com&flow&state=a-b", "/x?email=[string]&flow&state=a-b"),
            ("location", "https://a.example/x#name=Jane&id=7", "https://a.example/x#name=[string]&id=7"),
        ] {
            assert_eq!(withheld_header(name, value), shown, "{name}: {value}");
        }
    }

    #[test]
    fn an_error_is_shown_whole_and_a_page_not_at_all() {
        let shown = |status, body: &'static str| {
            let exchange = Exchange {
                request: Request::new(::http::Method::GET, "http://127.0.0.1/".parse().unwrap()),
                outcome: Ok(Response::new(status, Vec::new(), body)),
                started: jiff::Timestamp::UNIX_EPOCH,
                elapsed: std::time::Duration::ZERO,
            };
            without_values(exchange).outcome.unwrap().text().into_owned()
        };
        assert_eq!(shown(404, r#"{"detail":"no such thing"}"#), r#"{"detail":"no such thing"}"#);
        assert_eq!(shown(200, r#"{"detail":"no such thing"}"#), r#"{"detail":"[string, 13 characters]"}"#);
        assert_eq!(shown(200, "<p>Jane</p>"), "[a body of 11 bytes]");
        assert_eq!(shown(204, ""), "");
    }
}
