//! The listener: accepts connections until it is told to stop, and ends those that are left.

use std::{io, net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use secrecy::SecretString;
use tokio::{
    net::{TcpListener, TcpSocket},
    sync::watch,
    task::{JoinHandle, JoinSet},
    time::timeout,
};
use url::{Host, Url};

use super::{
    connection::{Patience, Terms, told_to_stop},
    control::{Fault, Provisions, Settings, World},
    control_guard::ControlGuard,
    dispatch::Shared,
    journal::{JournalFile, Writing},
    mutation::Mutation,
    thumbtack::clients::Registry,
    tls::{Certificate, secure},
    webhooks::authorities,
    worlds::Worlds,
};

/// Connections that may wait to be accepted: a thousand clients may come at once.
const BACKLOG: u32 = 4096;

/// How long the rest of the journal may take to be written, once nothing more can happen.
const LONGEST_WRITING: Duration = Duration::from_secs(1);

/// How a mock is started.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The URL under which clients reach the mock, if it is not the address that it listens at; without trailing slash.
    pub public_url: Option<String>,
    /// The knobs of the default world, and of every world that brings none.
    pub settings: Settings,
    /// Clients and redirect URIs besides the mock's own, for every world.
    pub provisions: Provisions,
    /// Makes the values that the default world gives out the same at every start.
    pub seed: Option<u64>,
    /// Speaks https, with such a certificate; `None`: plain HTTP.
    pub tls: Option<Certificate>,
    /// What whoever controls the mock must show. `None`: nothing, and only this machine controls it.
    pub control_token: Option<SecretString>,
    /// How long clients may take.
    pub patience: Patience,
    /// A file of certificates in PEM: authorities that are trusted, besides the system's, where webhooks go to https.
    pub webhook_ca: Option<PathBuf>,
}

impl Default for Options {
    /// A free port of 127.0.0.1, plain HTTP, default knobs.
    fn default() -> Self {
        Self {
            listen: (std::net::Ipv4Addr::LOCALHOST, 0).into(),
            public_url: None,
            settings: Settings::default(),
            provisions: Provisions::default(),
            seed: None,
            tls: None,
            control_token: None,
            patience: Patience::default(),
            webhook_ca: None,
        }
    }
}

/// A running mock. Dropping it closes the listener and all connections.
#[derive(Debug)]
pub struct Mock {
    address: SocketAddr,
    url: String,
    authority: Option<String>,
    shared: Arc<Shared>,
    stopping: watch::Sender<bool>,
    task: JoinHandle<()>,
    writing: Option<Writing>,
}

impl Mock {
    /// Starts to listen. Fails if the address cannot be had, such as a port in use, or a file of `options` cannot be used.
    pub async fn start(options: Options) -> io::Result<Self> {
        Self::start_as(options, None).await
    }

    /// As [`Mock::start`], but broken on purpose.
    pub async fn start_broken(options: Options, mutation: Mutation) -> io::Result<Self> {
        Self::start_as(options, Some(mutation)).await
    }

    #[expect(clippy::unused_async, reason = "it must be called inside the runtime that serves, and says so")]
    async fn start_as(options: Options, mutation: Option<Mutation>) -> io::Result<Self> {
        let socket = if options.listen.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
        // Else a port stays refused for a minute after the mock that had it; on Windows the option would share it.
        #[cfg(not(windows))]
        socket.set_reuseaddr(true)?;
        socket.bind(options.listen)?;
        let listener = socket.listen(BACKLOG)?;
        let address = listener.local_addr()?;
        let url = options.public_url.clone().unwrap_or_else(|| url_of(address, options.tls));
        let hosts = names(address, &url);
        let secured = options.tls.map(|certificate| secure(certificate, &hosts)).transpose()?;
        let (tls, authority) = secured.map(|secured| (secured.acceptor, secured.authority)).unzip();
        let clients = Registry::provisioned(&options.provisions);
        let worlds = Worlds::new(url.clone(), options.settings, clients, options.seed);
        if let Some(path) = &options.webhook_ca {
            worlds.sender().trust(authorities(path)?);
        }
        if let Some(mutation) = mutation {
            worlds.sender().break_by(mutation);
        }
        let stopping = worlds.stopping().clone();
        let shared = Arc::new(Shared::new(worlds, ControlGuard::new(options.control_token, hosts), mutation));
        let terms = Terms { shared: shared.clone(), tls, patience: options.patience, stopping: stopping.subscribe() };
        let task = tokio::spawn(accept(listener, terms));
        Ok(Self { address, url, authority, shared, stopping, task, writing: None })
    }

    /// Orders a fault of the world at its root. The error says what is wrong with it.
    pub fn order(&self, fault: Fault) -> Result<(), String> {
        self.shared.order(fault)
    }

    /// Appends the journal of the world at its root to `file`, from its beginning, until the mock ends. No answer waits for
    /// it; what goes wrong with it is told to `tell`, a sentence each. Must be called inside the runtime that serves.
    pub fn write_journal(&mut self, file: JournalFile, tell: fn(String)) {
        self.writing = self.shared.default_world().map(|world| Writing::begin(file, world, tell));
    }

    /// The address it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its root URL, without trailing slash.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The certificate of its own authority, in PEM, if it speaks https: what clients are to trust.
    pub fn authority(&self) -> Option<&str> {
        self.authority.as_deref()
    }

    /// The default world: where both environments are, and what is provisioned there. It always exists.
    pub fn described(&self) -> Option<World> {
        self.shared.described()
    }

    /// Takes no more connections and requests, gives the answers that are under way, and closes all connections.
    /// What takes `longest` is cut off; then the answer is `false`. The journal's file, if there is one, gets the rest, for
    /// which it has a second of its own.
    pub async fn finish(mut self, longest: Duration) -> bool {
        self.stopping.send_replace(true);
        let finished = timeout(longest, &mut self.task).await.is_ok();
        let writing = self.writing.take();
        if !finished {
            self.stop().await;
        }
        if let Some(writing) = writing {
            writing.finish(LONGEST_WRITING).await;
        }
        finished
    }

    /// Closes the listener and all connections, and waits until they are closed.
    pub async fn stop(mut self) {
        self.task.abort();
        // What has ended has told so, perhaps, and tells it once. An aborted task reports its cancellation; there is nothing
        // to do about it.
        if !self.task.is_finished() {
            drop((&mut self.task).await);
        }
    }
}

impl Drop for Mock {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The URL of `address` as seen from this machine: a mock that listens everywhere also listens at the loopback.
fn url_of(address: SocketAddr, tls: Option<Certificate>) -> String {
    let mut near = address;
    match near.ip() {
        std::net::IpAddr::V4(ip) if ip.is_unspecified() => near.set_ip(std::net::Ipv4Addr::LOCALHOST.into()),
        std::net::IpAddr::V6(ip) if ip.is_unspecified() => near.set_ip(std::net::Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    format!("{}://{near}", if tls.is_some() { "https" } else { "http" })
}

/// The names and addresses by which the mock at `address`, known as `url`, may be called.
fn names(address: SocketAddr, url: &str) -> Vec<String> {
    let mut names = vec!["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()];
    let host = Url::parse(url).ok().and_then(|url| {
        Some(match url.host()? {
            Host::Domain(name) => name.to_owned(),
            Host::Ipv4(ip) => ip.to_string(),
            Host::Ipv6(ip) => ip.to_string(),
        })
    });
    for name in host.into_iter().chain((!address.ip().is_unspecified()).then(|| address.ip().to_string())) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// Accepts until it is aborted or told to stop; the connections are its own, so that they end with it.
async fn accept(listener: TcpListener, terms: Terms) {
    let mut stopping = terms.stopping.clone();
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    connections.spawn(terms.clone().serve(stream, peer));
                }
                // Out of descriptors, mostly: another try at once would spin.
                Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
            },
            Some(_) = connections.join_next() => {}
            () = told_to_stop(&mut stopping) => break,
        }
    }
    // Who comes now is refused, and need not wait for the others.
    drop(listener);
    while connections.join_next().await.is_some() {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mock_that_listens_everywhere_is_known_by_the_loopback() {
        for (listen, tls, url) in [
            ("127.0.0.1:4600", None, "http://127.0.0.1:4600"),
            ("0.0.0.0:4600", None, "http://127.0.0.1:4600"),
            ("[::]:4600", Some(Certificate::Trusted), "https://[::1]:4600"),
            ("192.0.2.7:80", Some(Certificate::Expired), "https://192.0.2.7:80"),
        ] {
            assert_eq!(url_of(listen.parse().unwrap(), tls), url);
        }
    }

    #[test]
    fn a_certificate_names_what_the_mock_may_be_called() {
        let here = ["localhost", "127.0.0.1", "::1"];
        let named = |address: &str, url: &str| names(address.parse().unwrap(), url);
        assert_eq!(named("127.0.0.1:1", "https://127.0.0.1:1"), here);
        assert_eq!(named("0.0.0.0:1", "https://mock.example:1")[3..], ["mock.example"]);
        assert_eq!(named("192.0.2.7:1", "https://[2001:db8::1]:1")[3..], ["2001:db8::1", "192.0.2.7"]);
    }
}
