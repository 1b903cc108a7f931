//! Requests in bytes: names, values and bodies need not be text.

use tacktest::mock::control::{Environment, World};

use crate::mock_support::{Answer, Server, parse, raw};

/// A header that says how the body is to be read.
pub const FORM_TYPE: &str = "application/x-www-form-urlencoded";

/// A request with `Connection: close`; its length is told unless a header is about it.
pub fn request(line: &[u8], headers: &[(&str, &[u8])], body: &[u8]) -> Vec<u8> {
    let mut bytes = [line, b" HTTP/1.1\r\nHost: mock\r\nConnection: close\r\n"].concat();
    for (name, value) in headers {
        bytes.extend_from_slice(&[name.as_bytes(), b": ", value, b"\r\n"].concat());
    }
    bytes.extend_from_slice(format!("Content-Length: {}\r\n\r\n", body.len()).as_bytes());
    bytes.extend_from_slice(body);
    bytes
}

/// Sends a request and reads its answer.
pub fn ask(server: &Server, line: &[u8], headers: &[(&str, &[u8])], body: &[u8]) -> Answer {
    send(server, &request(line, headers, body))
}

/// Sends bytes and reads an answer, which there must be.
pub fn send(server: &Server, bytes: &[u8]) -> Answer {
    parse(&raw(server.mock.address(), bytes))
}

/// The staging environment of the world at the root.
pub fn staging(server: &Server) -> Environment {
    let world: World = serde_json::from_value(server.send("GET /control/worlds/default", &[], "").json()).unwrap();
    world.staging
}
