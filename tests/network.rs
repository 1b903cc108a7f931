//! The transport over TLS, through proxies and to addresses of every kind.

#![expect(clippy::unwrap_used, reason = "a test stops where its surroundings fail")]

mod tls;
mod wire;

use std::convert::Infallible;
use std::net::{Ipv4Addr, Ipv6Addr, TcpListener};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use http::{Method, Version};
use http_body_util::Full;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::ServerConfig;
use tacktest::http::{
    Bytes, Exchange, Failure, Hosts, Network, Phase, Proxy, ProxyTrouble, Request, Scrubber, TlsTrouble, Transport,
    describe,
};
use tls::{ALWAYS, Authority, CREDENTIALS, CountingProxy, Manner, TlsServer, Years, listen};
use url::Url;
use wire::{Server, json};

const LONG: Duration = Duration::from_secs(10);
const SHORT: Duration = Duration::from_millis(300);

/// Sends one request to `url`, which is a host of the target, by `network`.
async fn get(url: &str, network: Network) -> Exchange {
    let url = Url::parse(url).unwrap();
    let hosts = Hosts { origins: vec![url.origin()], network };
    Transport::reaching(vec![hosts]).unwrap().send(Request::new(Method::GET, url), LONG).await
}

fn trusting(authority: &Authority) -> Network {
    let mut network = Network::default();
    network.trust(authority.pem.as_bytes()).unwrap();
    network
}

fn by_proxy(proxy: &CountingProxy, credentials: &str) -> Network {
    through(&format!("http://{credentials}{}", proxy.address))
}

fn through(proxy: &str) -> Network {
    let mut network = Network::default();
    network.proxy = Some(Proxy::parse(proxy).unwrap());
    network
}

fn hello(_: &str) -> String {
    json("200 OK", "\"hello\"")
}

/// A server with a certificate of `authority` for these names, and its URL by the first address.
fn server_for(authority: &Authority, names: &[&str], years: Years) -> (TlsServer, String) {
    let server = TlsServer::start(authority.issue(names, years).server(None), hello);
    let url = format!("https://{}/x", server.address);
    (server, url)
}

fn trouble(exchange: Exchange) -> TlsTrouble {
    match exchange.outcome.unwrap_err() {
        Failure::Tls { trouble, .. } => trouble,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_private_ca_that_is_named_is_trusted_and_no_other() {
    let (authority, other) = (Authority::new("one"), Authority::new("other"));
    let (server, url) = server_for(&authority, &["127.0.0.1"], ALWAYS);
    let exchange = get(&url, trusting(&authority)).await;
    assert_eq!(exchange.outcome.unwrap().text(), "\"hello\"");
    for network in [Network::default(), trusting(&other)] {
        let exchange = get(&url, network).await;
        let told = exchange.outcome.as_ref().unwrap_err().to_string();
        assert!(told.contains("network: { ca: FILE }") && told.contains(&server.address.to_string()), "{told}");
        assert_eq!(trouble(exchange), TlsTrouble::UnknownIssuer);
    }
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_certificate_for_another_host_is_refused() {
    let authority = Authority::new("one");
    let (server, url) = server_for(&authority, &["api.partner.example"], ALWAYS);
    let exchange = get(&url, trusting(&authority)).await;
    let told = trouble(exchange);
    assert!(
        matches!(&told, TlsTrouble::WrongName { presented } if presented.contains("api.partner.example")),
        "{told:?}"
    );
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn certificates_out_of_their_time_speak_of_the_clock() {
    let authority = Authority::new("one");
    for (years, year) in [((2000, 2001), "2001-01-01"), ((2099, 2100), "2099-01-01")] {
        let (server, url) = server_for(&authority, &["127.0.0.1"], years);
        let told = trouble(get(&url, trusting(&authority)).await);
        let is_right = match &told {
            TlsTrouble::Expired { .. } => years.1 == 2001,
            TlsTrouble::NotYetValid { .. } => years.0 == 2099,
            _ => false,
        };
        let text = told.to_string();
        assert!(is_right && text.contains(year) && text.contains("look at this machine's clock"), "{told:?}: {text}");
        assert!(server.requests().is_empty());
    }
}

#[tokio::test]
async fn a_certificate_is_shown_to_servers_that_ask_for_one() {
    let (authority, clients, other) = (Authority::new("one"), Authority::new("clients"), Authority::new("other"));
    let server = TlsServer::start(authority.issue(&["127.0.0.1"], ALWAYS).server(Some(&clients)), hello);
    let url = format!("https://{}/x", server.address);
    let identified = |issuer: &Authority| {
        let own = issuer.issue(&["client.partner.example"], ALWAYS);
        let mut network = trusting(&authority);
        network.identify(own.certificate.as_bytes(), own.key.as_bytes()).unwrap();
        network
    };
    assert_eq!(get(&url, identified(&clients)).await.status(), Some(200));
    assert_eq!(trouble(get(&url, trusting(&authority)).await), TlsTrouble::ClientCertificateWanted);
    let refused = trouble(get(&url, identified(&other)).await);
    assert!(matches!(refused, TlsTrouble::ClientCertificateRefused { .. }), "{refused:?}");
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_certificate_without_its_key_is_refused() {
    let authority = Authority::new("one");
    let (one, other) = (authority.issue(&["a.example"], ALWAYS), authority.issue(&["b.example"], ALWAYS));
    let mut network = Network::default();
    let told = network.identify(one.certificate.as_bytes(), other.key.as_bytes()).unwrap_err();
    assert!(told.contains("don't go together"), "{told}");
}

#[tokio::test]
async fn a_certificate_of_ones_own_is_for_hosts_of_the_target_only() {
    let (authority, clients) = (Authority::new("one"), Authority::new("clients"));
    let server = TlsServer::start(authority.issue(&["127.0.0.1"], ALWAYS).server(Some(&clients)), hello);
    let mut network = trusting(&authority);
    let own = clients.issue(&["client.partner.example"], ALWAYS);
    network.identify(own.certificate.as_bytes(), own.key.as_bytes()).unwrap();
    let hosts = Hosts { origins: vec![Url::parse("https://127.0.0.1:9/").unwrap().origin()], network };
    let url = Url::parse(&format!("https://{}/x", server.address)).unwrap();
    let exchange = Transport::reaching(vec![hosts]).unwrap().send(Request::new(Method::GET, url), LONG).await;
    // Not even the CA of the target is trusted there.
    assert_eq!(trouble(exchange), TlsTrouble::UnknownIssuer);
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn no_tls_at_all_and_no_shared_version() {
    let plain = listen(Ipv4Addr::LOCALHOST.into(), |mut stream| {
        let _ = std::io::Write::write_all(&mut stream, b"HTTP/1.1 400 Bad Request\r\n\r\n");
        let _ = std::io::Read::read(&mut stream, &mut [0; 4096]);
    });
    let told = trouble(get(&format!("https://{plain}/x"), Network::default()).await);
    assert!(matches!(told, TlsTrouble::NotTls { .. }), "{told:?}");
    // The alert `protocol_version` of TLS 1.2 (RFC 5246 §7.2).
    let old = listen(Ipv4Addr::LOCALHOST.into(), |mut stream| {
        let _ = std::io::Read::read(&mut stream, &mut [0; 4096]);
        let _ = std::io::Write::write_all(&mut stream, b"\x15\x03\x03\x00\x02\x02\x46");
    });
    let told = trouble(get(&format!("https://{old}/x"), Network::default()).await);
    assert!(matches!(told, TlsTrouble::NothingShared { .. }), "{told:?}");
}

#[tokio::test]
async fn http_2_is_spoken_where_the_server_agrees() {
    let authority = Authority::new("one");
    let mut config = authority.issue(&["127.0.0.1"], ALWAYS).server(None);
    config.alpn_protocols = vec![b"h2".to_vec()];
    let url = http_2(config).await;
    let exchange = get(&url, trusting(&authority)).await;
    assert_eq!(exchange.response().unwrap().version, Version::HTTP_2);
    let shown = describe(&exchange, &Scrubber::new());
    assert!(shown.contains("> GET /x HTTP/2\n") && shown.contains("< HTTP/2 200 OK\n"), "{shown}");
    let (_server, url) = server_for(&authority, &["127.0.0.1"], ALWAYS);
    let exchange = get(&url, trusting(&authority)).await;
    assert_eq!(exchange.response().unwrap().version, Version::HTTP_11);
    assert!(describe(&exchange, &Scrubber::new()).contains("> GET /x HTTP/1.1\n"));
}

/// A server that speaks HTTP/2 only.
async fn http_2(config: ServerConfig) -> String {
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let url = format!("https://{}/x", listener.local_addr().unwrap());
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(stream) = acceptor.accept(stream).await else { continue };
            let service = hyper::service::service_fn(async |_| {
                Ok::<_, Infallible>(http::Response::new(Full::new(Bytes::from("\"hello\""))))
            });
            let server = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
            let _ = server.serve_connection(TokioIo::new(stream), service).await;
        }
    });
    url
}

#[tokio::test]
async fn addresses_of_ipv6_are_reached() {
    if TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).is_err() {
        return;
    }
    let plain = listen(Ipv6Addr::LOCALHOST.into(), |mut stream| {
        let _ = std::io::Read::read(&mut stream, &mut [0; 4096]);
        let _ = std::io::Write::write_all(&mut stream, hello("").as_bytes());
    });
    let url = format!("http://[::1]:{}/x", plain.port());
    assert_eq!(get(&url, Network::default()).await.status(), Some(200));
}

#[tokio::test]
async fn a_configured_proxy_stands_before_loopback_too() {
    let server = Server::answering(hello);
    let proxy = CountingProxy::start(server.address, Manner::Open);
    let exchange = get("http://127.0.0.1:9/x", by_proxy(&proxy, "")).await;
    assert_eq!(exchange.status(), Some(200));
    assert!(proxy.heads()[0].starts_with("GET http://127.0.0.1:9/x HTTP/1.1\r\n"), "{:?}", proxy.heads());
    // What is no host of the target takes no way round.
    let hosts = Hosts { origins: Vec::new(), network: by_proxy(&proxy, "") };
    let transport = Transport::reaching(vec![hosts]).unwrap();
    assert_eq!(transport.send(Request::new(Method::GET, server.url("/y")), LONG).await.status(), Some(200));
    assert_eq!((proxy.connections(), server.requests().len()), (1, 2));
}

#[tokio::test]
async fn https_passes_a_proxy_unread() {
    let authority = Authority::new("one");
    let (server, _) = server_for(&authority, &["api.partner.example"], ALWAYS);
    let proxy = CountingProxy::start(server.address, Manner::WantsCredentials);
    let mut network = by_proxy(&proxy, &format!("{CREDENTIALS}@"));
    network.trust(authority.pem.as_bytes()).unwrap();
    let exchange = get("https://api.partner.example/x?secret=fictional", network).await;
    assert_eq!(exchange.status(), Some(200), "{exchange:?}");
    let heads = proxy.heads();
    assert!(heads[0].starts_with("CONNECT api.partner.example:443 HTTP/1.1\r\n"), "{heads:?}");
    assert!(!heads[0].contains("secret") && server.requests()[0].contains("secret=fictional"));
    // The proxy's credentials stay with the proxy.
    assert!(!server.requests()[0].to_ascii_lowercase().contains("authorization"));
}

#[tokio::test]
async fn what_a_proxy_refuses_is_told_of_the_proxy() {
    let server = Server::answering(hello);
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let refusing = CountingProxy::start(server.address, Manner::Refuses);
    let strict = CountingProxy::start(server.address, Manner::WantsCredentials);
    let failure = async |url: &str, network: Network| match get(url, network).await.outcome.unwrap_err() {
        Failure::Proxy { proxy, trouble } => (proxy, trouble),
        other => panic!("{other:?}"),
    };
    for url in ["http://127.0.0.1:9/", "https://api.partner.example/"] {
        let (by, trouble) = failure(url, by_proxy(&strict, "")).await;
        assert_eq!((by, trouble), (strict.address.to_string(), ProxyTrouble::CredentialsWanted), "{url}");
        let (_, trouble) = failure(url, through(&format!("http://{closed}"))).await;
        assert!(matches!(trouble, ProxyTrouble::Unreachable { .. }), "{url}: {trouble:?}");
        let (by, trouble) = failure(url, through("http://name.invalid:1")).await;
        assert!(by == "name.invalid:1" && matches!(trouble, ProxyTrouble::Unreachable { .. }), "{url}: {trouble:?}");
    }
    let (_, trouble) = failure("https://api.partner.example/", by_proxy(&refusing, "")).await;
    let ProxyTrouble::Refused { host, .. } = trouble else { panic!("{trouble:?}") };
    assert_eq!((host.as_str(), server.connections()), ("api.partner.example:443", 0));
}

/// What is told of a request that may take 300 ms in one phase, and the time it took.
async fn slow(url: &str, phase: Phase) -> (Failure, Duration) {
    let mut network = Network::default();
    match phase {
        Phase::Connect => network.timeouts.connect = SHORT,
        Phase::Answer => network.timeouts.answer = Some(SHORT),
        Phase::Body => network.timeouts.body = Some(SHORT),
    }
    let clock = Instant::now();
    (get(url, network).await.outcome.unwrap_err(), clock.elapsed())
}

#[tokio::test]
async fn each_phase_has_its_own_time() {
    let silent = Server::start(|connection| {
        connection.request();
        thread::sleep(Duration::from_secs(5));
    });
    let half = Server::start(|connection| {
        connection.request();
        connection.send("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf");
        thread::sleep(Duration::from_secs(5));
    });
    // A TCP connection comes about there, and TLS does not.
    let mute = listen(Ipv4Addr::LOCALHOST.into(), |_stream| thread::sleep(Duration::from_secs(5)));
    for (url, phase, key) in [
        (format!("https://{mute}/"), Phase::Connect, "network.timeouts.connect"),
        (silent.url("/").to_string(), Phase::Answer, "network.timeouts.answer"),
        (half.url("/").to_string(), Phase::Body, "network.timeouts.body"),
    ] {
        let (failure, elapsed) = slow(&url, phase).await;
        let told = failure.to_string();
        assert!(matches!(&failure, Failure::TooSlow { phase: told, .. } if *told == phase), "{failure:?}");
        assert!(told.contains(key) && told.contains("300ms"), "{told}");
        assert!(elapsed >= SHORT && elapsed < Duration::from_secs(4), "{elapsed:?}");
    }
    // The other phases are not cut short by it.
    let (failure, _) = slow(half.url("/").as_str(), Phase::Answer).await;
    assert_eq!(failure, Failure::Closed { status: Some(200) });
}
