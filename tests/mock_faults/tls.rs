//! Connections that end as ordered, seen by a client that speaks TLS.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::{CertificateDer, ServerName, pem::PemObject};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use serde_json::{Value, json};
use tacktest::mock::{Certificate, Options, control::World};

use crate::mock_support::{Server, basic, parse, path};

fn secured() -> (Server, World) {
    let server = Server::with_options(Options { tls: Some(Certificate::Trusted), ..Options::default() });
    let world = server.mock.described().unwrap();
    assert!(world.staging.api.starts_with("https://"));
    (server, world)
}

fn order(server: &Server, fault: Value) {
    server.mock.order(serde_json::from_value(fault).unwrap()).unwrap();
}

/// Sends a request after a whole handshake; what came, and how the connection ended.
fn ask(server: &Server, line: &str, headers: &str, body: &str) -> (Vec<u8>, std::io::Result<usize>) {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(server.mock.authority().unwrap().as_bytes()).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = config.with_root_certificates(roots).with_no_client_auth();
    let name = ServerName::try_from("127.0.0.1").unwrap();
    let socket = TcpStream::connect(server.mock.address()).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let mut stream = StreamOwned::new(ClientConnection::new(Arc::new(config), name).unwrap(), socket);
    let length = body.len();
    let head =
        format!("{line} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}Connection: close\r\nContent-Length: {length}\r\n\r\n");
    stream.write_all(format!("{head}{body}").as_bytes()).unwrap();
    let mut bytes = Vec::new();
    let end = stream.read_to_end(&mut bytes);
    (bytes, end)
}

/// Whether a connection ended so that TLS tells the client of something amiss: by a reset, or without `close_notify`.
fn is_lost(end: &std::io::Result<usize>) -> bool {
    end.as_ref().is_err_and(|error| [ErrorKind::ConnectionReset, ErrorKind::UnexpectedEof].contains(&error.kind()))
}

#[test]
fn a_reset_is_seen_and_what_was_processed_has_happened() {
    let (server, world) = secured();
    let (staging, supply) = (&world.staging, &world.staging.clients["supply"]);
    let credentials = format!(
        "Authorization: {}\r\nContent-Type: application/x-www-form-urlencoded\r\n",
        basic(&supply.id, &supply.secret)
    );
    let authorize = format!(
        "GET {}?response_type=code&client_id={}&state=12345678&audience=urn%3Apartner-api&scope=supply::users.read",
        path(&staging.authorize_url),
        supply.id
    );
    for (moment, status) in [("before", 200), ("after", 400)] {
        let code = parse(&ask(&server, &authorize, "", "").0).redirected("code");
        let exchange = || {
            let form = format!("grant_type=authorization_code&code={code}");
            ask(&server, &format!("POST {}", path(&staging.token_url)), &credentials, &form)
        };
        order(&server, json!({"at": "POST /oauth2/token", "times": 1, "reset": moment}));
        let (bytes, end) = exchange();
        assert!(bytes.is_empty() && is_lost(&end), "{moment}: {end:?}");
        // A code is good once: it was spent without anybody hearing of it, or not at all.
        assert_eq!(parse(&exchange().0).status, status, "{moment}");
    }
}

#[test]
fn a_body_is_cut_though_its_length_says_more() {
    let (server, world) = secured();
    let line = format!("GET {}v4/fault", path(&world.staging.api));
    for (sent, body) in [(0, ""), (4, "0123")] {
        let respond = json!({"status": 200, "text": "0123456789"});
        order(&server, json!({"at": "GET /v4/*", "times": 1, "respond": respond, "truncate": sent}));
        let (bytes, end) = ask(&server, &line, "", "");
        let answer = parse(&bytes);
        assert_eq!((answer.status, answer.header("content-length"), answer.body.as_str()), (200, "10", body));
        assert!(is_lost(&end), "{sent}: {end:?}");
    }
    assert_eq!(parse(&ask(&server, &line, "", "").0).status, 404, "the next one is whole");
}
