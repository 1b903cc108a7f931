//! Answers that are given in place of the real endpoint's.

use axum::{body::Body, response::Response};
use http::{
    HeaderMap, HeaderName, HeaderValue, StatusCode,
    header::{CONTENT_TYPE, LOCATION},
};
use url::Url;

use crate::mock::{
    control::{FaultAnswer, Redirect, Respond},
    presets,
    site::Site,
};

/// The statuses of redirects (RFC 9110 §15.4).
const REDIRECTS: [u16; 5] = [301, 302, 303, 307, 308];

/// The answer at `site` to a request with these headers. Errors say which part of it cannot be sent.
pub fn answer(answer: &FaultAnswer, site: &Site, headers: &HeaderMap) -> Result<Response, String> {
    match answer {
        FaultAnswer::Written(respond) => written(respond),
        FaultAnswer::Named(preset) => Ok(presets::answer(*preset, site, headers)),
    }
}

/// A written answer; errors say which part of it cannot be sent.
pub fn written(respond: &Respond) -> Result<Response, String> {
    if !(200..=599).contains(&respond.status) {
        return Err(format!("the status {} of `respond` is not between 200 and 599", respond.status));
    }
    let (media_type, body) = match (&respond.json, &respond.text) {
        (Some(_), Some(_)) => return Err("`respond` has both `json` and `text`; it can send one".to_owned()),
        (Some(json), None) => (Some("application/json"), json.to_string()),
        (None, Some(text)) => (Some("text/plain; charset=utf-8"), text.sent()),
        (None, None) => (None, String::new()),
    };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::from_u16(respond.status).map_err(|error| error.to_string())?;
    if let Some(media_type) = media_type {
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    }
    for (name, texts) in &respond.headers {
        let key = HeaderName::try_from(name).map_err(|_| format!("`{name}` is no header name"))?;
        if matches!(key.as_str(), "content-length" | "transfer-encoding" | "connection") {
            return Err(format!("the header `{name}` belongs to the connection and cannot be ordered"));
        }
        response.headers_mut().remove(&key);
        for text in texts.sent() {
            let value =
                HeaderValue::try_from(text).map_err(|_| format!("the value of the header `{name}` cannot be sent"))?;
            response.headers_mut().append(&key, value);
        }
    }
    Ok(response)
}

/// A redirect; errors say which part of it cannot be sent.
pub fn redirect(redirect: &Redirect) -> Result<Response, String> {
    if !REDIRECTS.contains(&redirect.status) {
        return Err(format!("the status {} of `redirect_to` is none of 301, 302, 303, 307, 308", redirect.status));
    }
    let web = Url::parse(&redirect.url).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
    let location = HeaderValue::try_from(&redirect.url).ok().filter(|_| web);
    let location = location.ok_or_else(|| format!("`{}` in `redirect_to` is no http or https URL", redirect.url))?;
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::from_u16(redirect.status).map_err(|error| error.to_string())?;
    response.headers_mut().insert(LOCATION, location);
    Ok(response)
}
