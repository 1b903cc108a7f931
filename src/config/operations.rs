//! What each known operation of an API does to the world, as data.

use super::Effect;

/// An API's operations: method, path below the API base (`{}` for one segment), effect.
type Operations = &'static [(&'static str, &'static str, Effect)];

/// The Thumbtack operations that are not plain reads; searches by POST are reads.
const THUMBTACK: Operations = &[
    ("POST", "/v4/businesses/search", Effect::None),
    ("POST", "/v4/businesses/search-filtered", Effect::None),
    ("POST", "/v4/users/webhooks", Effect::OwnData),
    ("PUT", "/v4/users/webhooks/{}", Effect::OwnData),
    ("DELETE", "/v4/users/webhooks/{}", Effect::OwnData),
    ("POST", "/v4/businesses/{}/webhooks", Effect::OwnData),
    ("PUT", "/v4/businesses/{}/webhooks/{}", Effect::OwnData),
    ("DELETE", "/v4/businesses/{}/webhooks/{}", Effect::OwnData),
    ("POST", "/v4/businesses/{}/associate-phone-numbers", Effect::OwnData),
    ("PUT", "/v4/businesses/{}/associate-phone-numbers/{}", Effect::OwnData),
    ("DELETE", "/v4/businesses/{}/associate-phone-numbers/{}", Effect::OwnData),
    ("POST", "/v4/businesses/{}/associate-phone-numbers-bulk-create", Effect::OwnData),
    ("POST", "/v4/businesses/{}/webhooks/test-negotiation", Effect::Contacts),
    ("POST", "/v4/businesses/{}/reviews/{}/response", Effect::Contacts),
    ("POST", "/v4/negotiations/{}/messages", Effect::Contacts),
    ("POST", "/v4/negotiations/{}/job-status", Effect::Contacts),
    ("POST", "/v4/requests", Effect::Contacts),
];

/// Whom an operation reaches that names them in its body and not in its path.
#[derive(Debug)]
pub struct Recipients {
    /// The members that hold their ids; one of them at least must name somebody.
    pub members: &'static [&'static str],
    /// The members that hold ids of nobody.
    pub nobodys: &'static [&'static str],
}

/// The operations that name in their body whom they reach.
const IN_BODY: &[(&str, &str, Recipients)] = &[(
    "POST",
    "/v4/requests",
    Recipients { members: &["serviceIDs", "businessIDs"], nobodys: &["searchID", "categoryID"] },
)];

/// Whom `method` on `path` reaches, if its body names them.
pub fn recipients_of(method: &str, path: &str) -> Option<&'static Recipients> {
    let path = without_query(path);
    let row = IN_BODY.iter().find(|(row_method, row_path, _)| *row_method == method && matches(row_path, path));
    row.map(|(_, _, recipients)| recipients)
}

/// What `method` on `path` (below the API base, without its query) does, by the table or by the rule for unknown ones.
///
/// GET, HEAD and OPTIONS are reads. Any other method without a row may notify or charge a person.
pub fn effect_of(method: &str, path: &str) -> Effect {
    match (row_of(method, path), method) {
        (Some((_, effect)), _) => effect,
        (None, "GET" | "HEAD" | "OPTIONS") => Effect::None,
        (None, _) => Effect::Contacts,
    }
}

/// The ids in `path` of `method`, by the table or, for an unknown operation, whatever is no plain word such as
/// `negotiations` or `v4`.
pub fn ids_of<'p>(method: &str, path: &'p str) -> Vec<&'p str> {
    let row = row_of(method, path).map(|(row, _)| row);
    let segments = without_query(path).trim_matches('/').split('/').filter(|segment| !segment.is_empty());
    match row {
        Some(row) => {
            let expected = row.trim_matches('/').split('/');
            segments.zip(expected).filter(|(_, expected)| *expected == "{}").map(|(segment, _)| segment).collect()
        }
        None => segments.filter(|segment| !is_word(segment)).collect(),
    }
}

fn is_word(segment: &str) -> bool {
    let is_version = segment.strip_prefix('v').is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()));
    is_version || segment.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'-' || byte == b'_')
}

fn row_of(method: &str, path: &str) -> Option<(&'static str, Effect)> {
    let path = without_query(path);
    let row = THUMBTACK.iter().find(|(row_method, row_path, _)| *row_method == method && matches(row_path, path));
    row.map(|(_, row_path, effect)| (*row_path, *effect))
}

fn without_query(path: &str) -> &str {
    path.split(['?', '#']).next().unwrap_or_default()
}

fn matches(row: &str, path: &str) -> bool {
    let (row, path) = (row.trim_matches('/'), path.trim_matches('/'));
    let mut segments = path.split('/');
    row.split('/').all(|expected| segments.next().is_some_and(|segment| expected == "{}" || expected == segment))
        && segments.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_told_from_words() {
        for (path, ids) in [
            ("/v4/negotiations/1337/messages", &["1337"][..]),
            ("/v4/negotiations/abc/messages?a=1", &["abc"]),
            ("/v4/negotiations/${fixture.negotiation}/messages", &["${fixture.negotiation}"]),
            ("/v4/test-leads", &[]),
            ("/v4/test-leads/a1/${x}-b/", &["a1", "${x}-b"]),
        ] {
            assert_eq!(ids_of("POST", path), ids, "{path}");
        }
    }

    #[test]
    fn an_unknown_operation_that_is_no_read_may_contact_a_person() {
        assert_eq!(effect_of("GET", "/v4/anything"), Effect::None);
        assert_eq!(effect_of("POST", "/v4/businesses/search?limit=3"), Effect::None);
        assert_eq!(effect_of("POST", "/v4/businesses/search/x"), Effect::Contacts);
        assert_eq!(effect_of("POST", "/v4/businesses/${fixture.business}/webhooks"), Effect::OwnData);
        assert_eq!(effect_of("POST", "/v4/negotiations/1/messages"), Effect::Contacts);
        assert_eq!(effect_of("DELETE", "/v4/users/self"), Effect::Contacts);
        assert_eq!(ids_of("POST", "/v4/businesses/reply/reviews/thanks/response"), ["reply", "thanks"]);
        assert_eq!(ids_of("POST", "/v4/negotiations/lead/job-status"), ["lead"]);
    }

    #[test]
    fn what_names_people_in_its_body_may_contact_them() {
        for (method, path, _) in IN_BODY {
            assert_eq!(effect_of(method, path), Effect::Contacts, "{path}");
            assert!(
                ids_of(method, path).is_empty() && recipients_of(method, &format!("{path}/?a=b")).is_some(),
                "{path}"
            );
        }
        assert!(recipients_of("POST", "/v4/businesses/1/webhooks").is_none());
    }
}
