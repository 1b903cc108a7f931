//! What this machine is, to readers of addresses and to those who go there alike.

use url::{Host, Url};

/// Whether the host of `url` is this machine by its address or as `localhost`, whatever a resolver says of other names.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_is_known_by_its_address_or_as_localhost() {
        let is = |text: &str| is_loopback(&Url::parse(text).unwrap());
        for url in ["http://127.0.0.1:1/", "http://127.9.8.7/", "https://[::1]:80/", "http://LOCALHOST/x"] {
            assert!(is(url), "{url}");
        }
        for url in ["http://localhost.example.com/", "http://10.0.0.1/", "http://[::ffff:127.0.0.1]/", "data:,x"] {
            assert!(!is(url), "{url}");
        }
    }
}
