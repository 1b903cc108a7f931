//! The cookies of one walk through a login (RFC 6265 §5).

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use url::Url;

/// The cookies of one walk, for one origin. `Domain` and `Secure` are not looked at, as a walk stays on its origin.
#[derive(Default)]
pub(super) struct Cookies(Vec<Cookie>);

struct Cookie {
    name: String,
    value: String,
    path: String,
}

impl Cookies {
    /// Takes in one `set-cookie` header of the answer from `url`; one that has expired takes its cookie away. Cookies of
    /// one name live side by side below different paths.
    pub(super) fn store(&mut self, header: &str, url: &Url, now: Timestamp) {
        let mut parts = header.split(';').map(str::trim);
        let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else { return };
        let (name, value) = (name.trim(), value.trim());
        if name.is_empty() {
            return;
        }
        let cookie = Cookie { name: name.to_owned(), value: value.to_owned(), path: path(parts.clone(), url) };
        let known = self.0.iter().position(|known| known.name == cookie.name && known.path == cookie.path);
        match (known, expired(parts, now)) {
            (Some(index), true) => drop(self.0.remove(index)),
            (Some(index), false) => self.0[index] = cookie,
            (None, true) => {}
            (None, false) => self.0.push(cookie),
        }
    }

    /// The `cookie` header for `url`, if there is a cookie for it; longer paths come first (RFC 6265 §5.4).
    pub(super) fn header(&self, url: &Url) -> Option<String> {
        let mut fitting: Vec<&Cookie> = self.0.iter().filter(|cookie| is_below(url.path(), &cookie.path)).collect();
        fitting.sort_by_key(|cookie| std::cmp::Reverse(cookie.path.len()));
        let pairs: Vec<String> = fitting.iter().map(|cookie| format!("{}={}", cookie.name, cookie.value)).collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }
}

/// The last `Path` that is one, else the folder of `url` (RFC 6265 §5.1.4 and §5.2.4).
fn path<'a>(attributes: impl Iterator<Item = &'a str>, url: &Url) -> String {
    let mut written = None;
    for (name, value) in attributes.filter_map(|attribute| attribute.split_once('=')) {
        if name.trim().eq_ignore_ascii_case("path") {
            written = Some(value.trim()).filter(|value| value.starts_with('/'));
        }
    }
    let folder = || url.path().rsplit_once('/').map_or("/", |(folder, _)| if folder.is_empty() { "/" } else { folder });
    written.unwrap_or_else(folder).to_owned()
}

/// Whether a cookie of `folder` goes to `path` (RFC 6265 §5.1.4).
fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || folder.ends_with('/') || rest.starts_with('/'))
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
    use url::Url;

    use super::Cookies;

    fn after(headers: &[&str]) -> Option<String> {
        sent("/a/b", headers, "/a/c")
    }

    fn sent(from: &str, headers: &[&str], to: &str) -> Option<String> {
        let url = |path: &str| Url::parse("http://127.0.0.1/").unwrap().join(path).unwrap();
        let mut cookies = Cookies::default();
        let now: Timestamp = "2026-11-01T00:00:00Z".parse().unwrap();
        for header in headers {
            cookies.store(header, &url(from), now);
        }
        cookies.header(&url(to))
    }

    #[test]
    fn values_are_kept_and_replaced() {
        assert_eq!(after(&["a=1; Path=/; HttpOnly", "b=x=y; path=/", "a=2; Path=/"]).as_deref(), Some("a=2; b=x=y"));
    }

    #[test]
    fn an_expired_cookie_takes_the_old_one_away() {
        assert_eq!(after(&["a=1", "a=; Max-Age=0"]), None);
        assert_eq!(after(&["a=1", "a=; Expires=Thu, 01 Jan 1970 00:00:00 GMT"]), None);
        assert_eq!(after(&["a=1; Expires=Fri, 01 Jan 2027 00:00:00 GMT"]).as_deref(), Some("a=1"));
        assert_eq!(after(&["a=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT"]).as_deref(), Some("a=1"));
        assert_eq!(after(&["a=1; Path=/", "a=; Max-Age=0"]).as_deref(), Some("a=1"), "it is another folder's");
    }

    #[test]
    fn what_is_no_cookie_is_passed_over() {
        assert_eq!(after(&["", "nonsense", "=1", ";;"]), None);
    }

    #[test]
    fn a_cookie_goes_to_its_path_and_below() {
        for (from, header, to, goes) in [
            ("/login/1", "a=1", "/login/2", true),
            ("/login/1", "a=1", "/login", true),
            ("/login/1", "a=1", "/oauth2/auth", false),
            ("/login", "a=1", "/oauth2/auth", true),
            ("/login", "a=1; Path=/oauth2/auth/1", "/oauth2/auth/1", true),
            ("/login", "a=1; Path=/oauth2/auth/1", "/oauth2/auth/12", false),
            ("/login", "a=1; Path=/oauth2/auth/1", "/oauth2/auth", false),
            ("/login", "a=1; Path=/oauth2/", "/oauth2/auth", true),
            ("/a/b", "a=1; Path=nowhere", "/a/c", true),
            ("/a/b", "a=1; Path=nowhere", "/c", false),
        ] {
            assert_eq!(sent(from, &[header], to).is_some(), goes, "{header} from {from} to {to}");
        }
    }

    #[test]
    fn cookies_of_one_name_live_below_different_paths() {
        assert_eq!(after(&["a=1; Path=/", "a=2; Path=/a", "a=3; Path=/b"]).as_deref(), Some("a=2; a=1"));
    }
}
