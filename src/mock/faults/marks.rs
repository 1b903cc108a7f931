//! What was done to an answer on order: told to the journal, and in a header where a knob asks for that.

use axum::response::Response;
use http::HeaderValue;

use crate::mock::journal::Decision;

/// The header that tells it.
const HEADER: &str = "x-mock-fault";

/// Tells what was done to an answer: one line for people, such as `fault: reset after processing (1 of 3)`.
pub fn mark(response: &mut Response, told: String) {
    Decision::on(response).faults.push(told.into());
}

/// Tells what was done to an answer in its header, too. The lines are made of ASCII.
pub fn tell(response: &mut Response) {
    let told = std::mem::take(&mut Decision::on(response).faults);
    for value in told.iter().filter_map(|line| HeaderValue::try_from(line.as_ref()).ok()) {
        response.headers_mut().append(HEADER, value);
    }
    Decision::on(response).faults = told;
}
