//! How query parameters are read: what is missing stands for its default, what is wrong is told.

use jiff::Timestamp;

use crate::mock::{form::Parameters, problem::Invalid};

/// `limit`: a number from 1 to `most`; 10 if it was not sent, which is documented for messages and a guess elsewhere.
pub fn limit(query: &Parameters, most: usize, errors: &mut Vec<Invalid>) -> usize {
    let text = query.first("limit");
    if text.is_empty() {
        return 10;
    }
    match text.parse() {
        Ok(limit) if (1..=most).contains(&limit) => limit,
        _ => {
            let most = if most == usize::MAX { String::new() } else { format!(", at most {most}") };
            errors.push(Invalid { name: "limit", reason: format!("must be a number from 1{most}") });
            0
        }
    }
}

/// A date-time, in milliseconds since the epoch.
pub fn time(query: &Parameters, name: &'static str, errors: &mut Vec<Invalid>) -> Option<i64> {
    let text = query.first(name);
    if text.is_empty() {
        return None;
    }
    let time = text.parse::<Timestamp>().ok();
    if time.is_none() {
        errors.push(Invalid { name, reason: "must be a date-time, such as 2024-06-13T17:18:01Z".to_owned() });
    }
    time.map(Timestamp::as_millisecond)
}

/// A number from 0; 0 if it was not sent.
pub fn number(query: &Parameters, name: &'static str, errors: &mut Vec<Invalid>) -> usize {
    let text = query.first(name);
    if text.is_empty() {
        return 0;
    }
    text.parse().unwrap_or_else(|_| {
        errors.push(Invalid { name, reason: "must be a number from 0".to_owned() });
        0
    })
}
