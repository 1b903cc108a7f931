//! A private CA, servers with its certificates, and a proxy that counts.

#![allow(dead_code, reason = "each test target uses its own part of this module")]

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};

/// The years in which a certificate is valid.
pub type Years = (i32, i32);

/// Years that hold any clock that this test is run by.
pub const ALWAYS: Years = (2000, 2100);

/// Who issues certificates.
pub struct Authority {
    pub pem: String,
    der: CertificateDer<'static>,
    issuer: Issuer<'static, KeyPair>,
}

/// A certificate and its key.
pub struct Issued {
    pub certificate: String,
    pub key: String,
    der: CertificateDer<'static>,
    key_der: Vec<u8>,
}

fn named(common: &str, names: &[&str]) -> CertificateParams {
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    let mut params = CertificateParams::new(names).unwrap();
    params.distinguished_name.push(DnType::CommonName, common);
    params
}

impl Authority {
    pub fn new(name: &str) -> Self {
        let mut params = named(name, &[]);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        Self { pem: certificate.pem(), der: certificate.der().clone(), issuer: Issuer::new(params, key) }
    }

    /// A certificate for these host names and addresses.
    pub fn issue(&self, names: &[&str], (from, to): Years) -> Issued {
        let mut params = named("a test", names);
        params.not_before = date_time_ymd(from, 1, 1);
        params.not_after = date_time_ymd(to, 1, 1);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Issued {
            certificate: certificate.pem(),
            key: key.serialize_pem(),
            der: certificate.der().clone(),
            key_der: key.serialize_der(),
        }
    }
}

impl Issued {
    /// What a server with this certificate does; with `clients`, it asks for a certificate which that issued.
    pub fn server(&self, clients: Option<&Authority>) -> ServerConfig {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ServerConfig::builder_with_provider(provider.clone());
        let builder = builder.with_safe_default_protocol_versions().unwrap();
        let builder = match clients {
            None => builder.with_no_client_auth(),
            Some(authority) => {
                let mut roots = RootCertStore::empty();
                roots.add(authority.der.clone()).unwrap();
                let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
                builder.with_client_cert_verifier(verifier.build().unwrap())
            }
        };
        let key = PrivateKeyDer::try_from(self.key_der.clone()).unwrap();
        builder.with_single_cert(vec![self.der.clone()], key).unwrap()
    }
}

/// Listens until the test program ends, and hands every connection to `talk`, each on a thread of its own.
pub fn listen(at: IpAddr, talk: impl Fn(TcpStream) + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind((at, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    let talk = Arc::new(talk);
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
            let talk = talk.clone();
            thread::spawn(move || talk(stream));
        }
    });
    address
}

/// A server of HTTP/1.1 over TLS.
pub struct TlsServer {
    pub address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
}

impl TlsServer {
    /// Answers every request with `answer`, whole bytes of HTTP.
    pub fn start(config: ServerConfig, answer: impl Fn(&str) -> String + Send + Sync + 'static) -> Self {
        let config = Arc::new(config);
        let requests: Arc<Mutex<Vec<String>>> = Arc::default();
        let heard = requests.clone();
        let address = listen(Ipv4Addr::LOCALHOST.into(), move |stream| {
            let mut stream = StreamOwned::new(ServerConnection::new(config.clone()).unwrap(), stream);
            while let Some(request) = request(&mut stream) {
                heard.lock().unwrap().push(request.clone());
                if stream.write_all(answer(&request).as_bytes()).is_err() {
                    break;
                }
            }
        });
        Self { address, requests }
    }

    /// Every request so far.
    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

/// Reads one request; `None` at the end of the connection, and where TLS comes to nothing.
fn request(stream: &mut impl Read) -> Option<String> {
    let mut bytes = Vec::new();
    let mut byte = [0];
    let mut more = |bytes: &mut Vec<u8>| stream.read_exact(&mut byte).ok().map(|()| bytes.push(byte[0]));
    while !bytes.ends_with(b"\r\n\r\n") {
        more(&mut bytes)?;
    }
    let head = String::from_utf8(bytes.clone()).ok()?.to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok()).unwrap_or(0);
    for _ in 0..length {
        more(&mut bytes)?;
    }
    String::from_utf8(bytes).ok()
}

/// What a proxy does with a request.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// Passes on whatever comes.
    Open,
    /// Wants to see `partner` with the password `fictional-password%`.
    WantsCredentials,
    /// Connects to nobody.
    Refuses,
    /// Connects to the host that is asked for, which must be an address.
    Onward,
}

/// The URL part that a proxy which wants credentials accepts.
pub const CREDENTIALS: &str = "partner:fictional-password%25";

/// The password of it.
pub const PASSWORD: &str = "fictional-password%";

/// Passes on to one server, whatever host is asked for, unless its manner is another, and counts.
pub struct CountingProxy {
    pub address: SocketAddr,
    connections: Arc<AtomicUsize>,
    heads: Arc<Mutex<Vec<String>>>,
}

impl CountingProxy {
    pub fn start(to: SocketAddr, manner: Manner) -> Self {
        let (connections, heads): (Arc<AtomicUsize>, Arc<Mutex<Vec<String>>>) = Default::default();
        let (count, kept) = (connections.clone(), heads.clone());
        let address = listen(Ipv4Addr::LOCALHOST.into(), move |mut client| {
            count.fetch_add(1, Ordering::SeqCst);
            let Some(head) = request(&mut client) else { return };
            kept.lock().unwrap().push(head.clone());
            // "partner:fictional-password%" in base64.
            let known = head.contains("Basic cGFydG5lcjpmaWN0aW9uYWwtcGFzc3dvcmQl");
            let refusal = match manner {
                Manner::WantsCredentials if !known => Some("407 Proxy Authentication Required"),
                Manner::Refuses => Some("403 Forbidden"),
                _ => None,
            };
            if let Some(status) = refusal {
                let _ = write!(client, "HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n");
                return;
            }
            let asked = || head.split(' ').nth(1).and_then(|asked| asked.parse().ok()).unwrap_or(to);
            let mut server = TcpStream::connect(if manner == Manner::Onward { asked() } else { to }).unwrap();
            if head.starts_with("CONNECT ") {
                client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").unwrap();
            } else {
                server.write_all(head.as_bytes()).unwrap();
            }
            let (from, into) = (client.try_clone().unwrap(), server.try_clone().unwrap());
            thread::spawn(move || pump(from, into));
            pump(server, client);
        });
        Self { address, connections, heads }
    }

    /// How many connections were accepted.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// The head of the first request of every connection.
    pub fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }
}

fn pump(mut from: TcpStream, mut to: TcpStream) {
    let _ = std::io::copy(&mut from, &mut to);
    let _ = to.shutdown(Shutdown::Write);
}
