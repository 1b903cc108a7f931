//! Small changes to requests and answers, of which mutations are made.

use axum::body::Bytes;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::header::{AUTHORIZATION, LOCATION};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use serde_json::{Map, Value};
use url::{Url, form_urlencoded};

/// The parameters of a form or query, in order.
pub type Pairs = Vec<(String, String)>;

/// Whether the request goes to the token URL.
pub fn asks_token(request: &Request<Bytes>) -> bool {
    request.uri().path().ends_with("/oauth2/token")
}

/// Whether it goes to the token URL with this grant.
pub fn asks_by(request: &Request<Bytes>, grant: &str) -> bool {
    asks_token(request) && value(&form(request), "grant_type") == Some(grant)
}

/// Whether it goes to the authorization URL.
pub fn authorizes(request: &Request<Bytes>) -> bool {
    request.uri().path().ends_with("/oauth2/auth")
}

/// Whether it goes to the API, whatever the operation.
pub fn calls_api(request: &Request<Bytes>) -> bool {
    request.uri().path().contains("/api/")
}

/// Whether it goes to this operation; the path may have the id of a resource more.
pub fn calls(request: &Request<Bytes>, method: &Method, path: &str) -> bool {
    request.method() == method && request.uri().path().contains(path)
}

/// Whether it carries the token of an application itself, whose subject is the client.
pub fn bears_token_of_application(request: &Request<Bytes>) -> bool {
    let bearer = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let claims = bearer.and_then(|token| URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok());
    let claims = claims.and_then(|claims| serde_json::from_slice::<Value>(&claims).ok());
    claims.is_some_and(|claims| claims["sub"] == claims["client_id"])
}

/// Whether it is an order of this kind to the mock.
pub fn orders(request: &Request<Bytes>, kind: &str) -> bool {
    request.uri().path().starts_with("/control/worlds/")
        && serde_json::from_slice::<Value>(request.body()).is_ok_and(|body| body.get(kind).is_some())
}

/// Turns an order of this kind into one that changes nothing.
pub fn ignore_order(request: &mut Request<Bytes>, kind: &str) {
    if orders(request, kind) {
        *request.body_mut() = Bytes::from_static(br#"{"advance":"0s"}"#);
    }
}

/// The parameters of the form that the request carries.
pub fn form(request: &Request<Bytes>) -> Pairs {
    form_urlencoded::parse(request.body()).into_owned().collect()
}

/// Changes the parameters of the form that the request carries.
pub fn edit_form(request: &mut Request<Bytes>, change: impl FnOnce(&mut Pairs)) {
    let mut pairs = form(request);
    change(&mut pairs);
    *request.body_mut() = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish().into();
}

/// Changes the parameters of an authorization request's query.
pub fn edit_query(request: &mut Request<Bytes>, change: impl FnOnce(&mut Pairs)) {
    let mut pairs: Pairs =
        form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes()).into_owned().collect();
    change(&mut pairs);
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    *request.uri_mut() = format!("{}?{query}", request.uri().path()).parse().unwrap();
}

/// Changes the parameters with which the authorization URL or the token URL is asked.
pub fn edit_asked(request: &mut Request<Bytes>, change: impl FnOnce(&mut Pairs)) {
    if authorizes(request) {
        edit_query(request, change);
    } else if asks_token(request) {
        edit_form(request, change);
    }
}

/// The first value of a parameter.
pub fn value<'p>(pairs: &'p Pairs, name: &str) -> Option<&'p str> {
    pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// Gives a parameter this one value, whether it was there or not.
pub fn set(pairs: &mut Pairs, name: &str, value: &str) {
    pairs.retain(|(key, _)| key != name);
    pairs.push((name.to_owned(), value.to_owned()));
}

/// Keeps of the scopes that are asked for those that `keep` says.
pub fn keep_scopes(pairs: &mut Pairs, keep: impl Fn(usize, &str) -> bool) {
    let Some(asked) = value(pairs, "scope").map(str::to_owned) else { return };
    let kept: Vec<&str> =
        asked.split(' ').enumerate().filter(|(index, scope)| keep(*index, scope)).map(|(_, scope)| scope).collect();
    set(pairs, "scope", &kept.join(" "));
}

/// Changes the id and secret of HTTP Basic, as `id:secret`.
pub fn edit_basic(request: &mut Request<Bytes>, change: impl FnOnce(String) -> String) {
    let Some(encoded) = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok()) else { return };
    let Some(pair) = encoded.strip_prefix("Basic ").and_then(|pair| STANDARD.decode(pair).ok()) else { return };
    let changed = STANDARD.encode(change(String::from_utf8_lossy(&pair).into_owned()));
    request.headers_mut().insert(AUTHORIZATION, HeaderValue::try_from(format!("Basic {changed}")).unwrap());
}

/// Changes the JSON that a request carries.
pub fn edit_body(request: &mut Request<Bytes>, change: impl FnOnce(&mut Value)) {
    if let Ok(mut body) = serde_json::from_slice(request.body()) {
        change(&mut body);
        *request.body_mut() = body.to_string().into();
    }
}

/// Answers `instead` where `status` was to be answered.
pub fn status(answer: &mut Response<Bytes>, status: u16, instead: u16) {
    if answer.status() == status {
        *answer.status_mut() = StatusCode::from_u16(instead).unwrap();
    }
}

/// Changes a JSON body; any other is left as it is.
pub fn edit_json(answer: &mut Response<Bytes>, change: impl FnOnce(&mut Value)) {
    if let Ok(mut body) = serde_json::from_slice(answer.body()) {
        change(&mut body);
        *answer.body_mut() = body.to_string().into();
    }
}

/// Takes a member out of a JSON body.
pub fn drop_member(answer: &mut Response<Bytes>, name: &str) {
    edit_json(answer, |body| drop(body.as_object_mut().and_then(|members| members.remove(name))));
}

/// Gives a member of a JSON body this value, whether it was there or not.
pub fn set_member(answer: &mut Response<Bytes>, name: &str, value: impl Into<Value>) {
    edit_json(answer, |body| {
        if let Some(members) = body.as_object_mut() {
            members.insert(name.to_owned(), value.into());
        }
    });
}

/// Changes the parameters of a redirect.
pub fn edit_redirect(answer: &mut Response<Bytes>, change: impl FnOnce(&mut Pairs)) {
    let Some(mut url) = answer.headers().get(LOCATION).and_then(|value| Url::parse(value.to_str().ok()?).ok()) else {
        return;
    };
    let mut pairs: Pairs = url.query_pairs().into_owned().collect();
    change(&mut pairs);
    url.query_pairs_mut().clear().extend_pairs(pairs);
    answer.headers_mut().insert(LOCATION, HeaderValue::try_from(url.as_str()).unwrap());
}

/// Takes a claim out of the `id_token` in a token response.
pub fn drop_claim(answer: &mut Response<Bytes>, name: &str) {
    edit_claims(answer, |claims| drop(claims.remove(name)));
}

/// Gives a claim of the `id_token` in a token response this value.
pub fn set_claim(answer: &mut Response<Bytes>, name: &str, value: impl Into<Value>) {
    edit_claims(answer, |claims| drop(claims.insert(name.to_owned(), value.into())));
}

/// Changes the claims of the `id_token` in a token response. Its signature stays, and so is wrong.
fn edit_claims(answer: &mut Response<Bytes>, change: impl FnOnce(&mut Map<String, Value>)) {
    edit_json(answer, |body| {
        let Some(token) = body.get("id_token").and_then(Value::as_str) else { return };
        let [header, claims, signature] = token.split('.').collect::<Vec<_>>()[..] else { return };
        let decoded = URL_SAFE_NO_PAD.decode(claims).unwrap();
        let mut claims: Map<String, Value> = serde_json::from_slice(&decoded).unwrap();
        change(&mut claims);
        let claims = URL_SAFE_NO_PAD.encode(Value::Object(claims).to_string());
        body["id_token"] = format!("{header}.{claims}.{signature}").into();
    });
}
