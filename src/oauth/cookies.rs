//! The cookies of one walk through a login.

use jiff::Timestamp;
use jiff::fmt::rfc2822;

/// Names and values of cookies, for one origin and one walk. `Path` and `Domain` are not looked at, as a walk stays on
/// its origin and is short (RFC 6265).
#[derive(Default)]
pub(super) struct Cookies(Vec<(String, String)>);

impl Cookies {
    /// Takes in one `set-cookie` header; one that has expired takes its cookie away.
    pub(super) fn store(&mut self, header: &str, now: Timestamp) {
        let mut parts = header.split(';').map(str::trim);
        let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else { return };
        let (name, value) = (name.trim(), value.trim());
        self.0.retain(|(known, _)| known != name);
        if !name.is_empty() && !expired(parts, now) {
            self.0.push((name.to_owned(), value.to_owned()));
        }
    }

    /// The `cookie` header, if there is a cookie.
    pub(super) fn header(&self) -> Option<String> {
        let pairs: Vec<String> = self.0.iter().map(|(name, value)| format!("{name}={value}")).collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }
}

/// `Max-Age` goes before `Expires` (RFC 6265 §5.3).
fn expired<'a>(attributes: impl Iterator<Item = &'a str>, now: Timestamp) -> bool {
    let (mut by_age, mut by_date) = (None, None);
    for (name, value) in attributes.filter_map(|attribute| attribute.split_once('=')) {
        if name.trim().eq_ignore_ascii_case("max-age") {
            by_age = value.trim().parse::<i64>().ok().map(|seconds| seconds <= 0);
        } else if name.trim().eq_ignore_ascii_case("expires") {
            by_date = rfc2822::DateTimeParser::new().parse_timestamp(value.trim()).ok().map(|date| date <= now);
        }
    }
    by_age.or(by_date).unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::Cookies;

    fn after(headers: &[&str]) -> Option<String> {
        let mut cookies = Cookies::default();
        let now: Timestamp = "2026-11-01T00:00:00Z".parse().unwrap();
        for header in headers {
            cookies.store(header, now);
        }
        cookies.header()
    }

    #[test]
    fn values_are_kept_and_replaced() {
        assert_eq!(after(&["a=1; Path=/; HttpOnly", "b=x=y", "a=2"]).as_deref(), Some("b=x=y; a=2"));
    }

    #[test]
    fn an_expired_cookie_takes_the_old_one_away() {
        assert_eq!(after(&["a=1", "a=; Max-Age=0"]), None);
        assert_eq!(after(&["a=1", "a=; Expires=Thu, 01 Jan 1970 00:00:00 GMT"]), None);
        assert_eq!(after(&["a=1; Expires=Fri, 01 Jan 2027 00:00:00 GMT"]).as_deref(), Some("a=1"));
        assert_eq!(after(&["a=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT"]).as_deref(), Some("a=1"));
    }

    #[test]
    fn what_is_no_cookie_is_passed_over() {
        assert_eq!(after(&["", "nonsense", "=1", ";;"]), None);
    }
}
