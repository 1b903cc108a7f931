//! What was done to an answer on order, told beside it.

use axum::response::Response;
use http::HeaderValue;

/// The header that tells it, where a knob asks for that.
const HEADER: &str = "x-mock-fault";

/// What was done to an answer on order, in the order in which it was done; an extension of the response. Each mark is one
/// line for people, such as `fault: reset after processing (1 of 3)`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks(pub Vec<String>);

/// Adds a mark to an answer.
pub fn mark(response: &mut Response, told: String) {
    response.extensions_mut().get_or_insert_default::<Marks>().0.push(told);
}

/// Tells the marks of an answer in its header, too. They are made of ASCII.
pub fn tell(response: &mut Response) {
    let marks = response.extensions().get::<Marks>().cloned().unwrap_or_default();
    for value in marks.0.iter().filter_map(|told| HeaderValue::try_from(told.as_str()).ok()) {
        response.headers_mut().append(HEADER, value);
    }
}
