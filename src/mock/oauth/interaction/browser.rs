//! What a browser is told and tells: cookies, and redirects between the pages.

use axum::response::Response;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use url::Url;

use super::{super::errors::no_store, flows::LIFE_SECONDS};
use crate::mock::site::Site;

/// The cookie to which logins under way are bound; one for all tabs of a browser.
pub const BROWSER: &str = "ory_hydra_login_csrf";

/// The cookie of a browser that stays logged in.
pub const SESSION: &str = "ory_hydra_session";

/// The values of all cookies of this name: an environment's paths may lie below another's.
pub fn cookies<'h>(headers: &'h HeaderMap, name: &str) -> impl Iterator<Item = &'h str> {
    let pairs = headers.get_all(header::COOKIE).into_iter().filter_map(|header| header.to_str().ok());
    let pairs = pairs.flat_map(|header| header.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.filter(move |(known, _)| *known == name).map(|(_, value)| value)
}

/// Has the browser keep a cookie: as long as a login may take, or until it is closed.
pub fn set_cookie(response: &mut Response, site: &Site, name: &str, value: &str) {
    let life = if name == BROWSER { format!("; Max-Age={LIFE_SECONDS}") } else { String::new() };
    append(response, &format!("{name}={value}; {}{life}", attributes(site)));
}

/// Has the browser forget a cookie.
pub fn forget_cookie(response: &mut Response, site: &Site, name: &str) {
    append(response, &format!("{name}=; {}; Max-Age=0", attributes(site)));
}

fn append(response: &mut Response, cookie: &str) {
    if let Ok(cookie) = HeaderValue::try_from(cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

/// A link from a client's site must bring the cookies along, a form that another site posts must not: `Lax`.
fn attributes(site: &Site) -> String {
    let root = Url::parse(site.root()).ok();
    let path = root.as_ref().map_or("/", Url::path);
    let secure = if root.as_ref().is_some_and(|root| root.scheme() == "https") { "; Secure" } else { "" };
    format!("Path={path}; HttpOnly; SameSite=Lax{secure}")
}

/// Leads on to `location` after a form, by GET.
pub fn see_other(location: &str) -> Response {
    let mut response = Response::default();
    *response.status_mut() = StatusCode::SEE_OTHER;
    no_store(response.headers_mut());
    // It is made of the mock's own URL, random values and form-encoded text.
    if let Ok(location) = HeaderValue::try_from(location) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_of_one_name_are_all_found() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, HeaderValue::from_static("a=1; b=2;a=3=4"));
        headers.append(header::COOKIE, HeaderValue::from_static("a=5"));
        assert_eq!(cookies(&headers, "a").collect::<Vec<_>>(), ["1", "3=4", "5"]);
        assert_eq!(cookies(&headers, "c").count(), 0);
    }
}
