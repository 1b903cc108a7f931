//! What can be written on the command line about the mock on its own.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use url::Url;

use crate::mock::Certificate;
use crate::mock::control::refuse_redirect_uri;

use super::arguments::ListFormat;

#[derive(Debug, Args)]
pub(super) struct MockArguments {
    /// Order the faults that a YAML file lists, in the words of `mock: {fault: …}`; a file may be the one line
    /// `- { at: GET /v4/users/self, times: 2, respond: rate_limit }`; `tacktest schema faults` describes it
    #[arg(long, value_name = "FILE")]
    pub faults: Option<PathBuf>,
    /// The port to listen on; 0 takes a free one
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    pub port: u16,
    /// The address to listen on, such as `0.0.0.0` in a container; from other machines the mock is controlled with a
    /// control token only
    #[arg(long, value_name = "ADDRESS[:PORT]", value_parser = listen, default_value = "127.0.0.1")]
    pub listen: Listen,
    /// The URL by which clients reach the mock, if it is not the address that it listens on; all URLs that the mock tells
    /// begin with it
    #[arg(long, value_name = "URL", value_parser = public_url)]
    pub public_url: Option<String>,
    /// Make codes, opaque tokens and ids the same at every start
    #[arg(long, value_name = "NUMBER")]
    pub seed: Option<u64>,
    /// Read knobs, clients and faults of the mock from a YAML file; `tacktest schema profile` describes it
    #[arg(long, value_name = "FILE")]
    pub profile: Option<PathBuf>,
    /// Turn a knob of the mock, such as `wrong_audience=token_endpoint`; it wins over the profile
    #[arg(long = "set", visible_alias = "knob", value_name = "KNOB=VALUE")]
    pub knobs: Vec<String>,
    /// Register a redirect URI for every client in both environments, besides its own; may be repeated
    #[arg(long = "redirect-uri", value_name = "URI", value_parser = redirect_uri)]
    pub redirect_uris: Vec<String>,
    /// Speak https, with a certificate of an authority that is made at the start; with a word, one that clients must
    /// refuse
    #[arg(long, value_name = "KIND", value_enum, num_args = 0..=1, require_equals = true, default_missing_value = "trusted")]
    pub tls: Option<Tls>,
    /// Where the certificate of that authority is written [default: tacktest-mock-ca.pem in this folder]
    #[arg(long, value_name = "FILE", requires = "tls")]
    pub ca_file: Option<PathBuf>,
    /// Send webhooks to https receivers of these authorities too, besides the system's: a file of certificates in PEM
    #[arg(long, value_name = "FILE")]
    pub webhook_ca: Option<PathBuf>,
    /// Read the control token from a file that only you can read [default: that of the environment; without
    /// one, only this machine controls the mock]
    #[arg(long, value_name = "FILE")]
    pub control_token_file: Option<PathBuf>,
    /// Append the journal of the world at the root to a file as it happens, a JSON object a line, as the control API tells it;
    /// the mock begins once a named pipe has a reader
    #[arg(long, value_name = "FILE")]
    pub journal: Option<PathBuf>,
    /// Settings to paste, or the default world as one JSON object
    #[arg(long, value_enum, default_value = "text")]
    pub format: ListFormat,
}

/// Kinds of certificates, on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Tls {
    /// Valid, and issued by the authority whose certificate is written to the file.
    Trusted,
    /// Issued by an authority that nobody knows.
    Untrusted,
    /// Expired since 2001.
    Expired,
    /// Valid for another host.
    WrongName,
}

impl Tls {
    pub(super) fn certificate(self) -> Certificate {
        match self {
            Self::Trusted => Certificate::Trusted,
            Self::Untrusted => Certificate::Untrusted,
            Self::Expired => Certificate::Expired,
            Self::WrongName => Certificate::WrongName,
        }
    }
}

/// Where to listen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Listen {
    pub ip: IpAddr,
    /// The port, if it is written behind the address.
    pub port: Option<u16>,
}

fn listen(text: &str) -> Result<Listen, String> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    if let Ok(ip) = bare.parse() {
        return Ok(Listen { ip, port: None });
    }
    if let Ok(address) = text.parse::<SocketAddr>() {
        return Ok(Listen { ip: address.ip(), port: Some(address.port()) });
    }
    let (host, port) = text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port)));
    match (host, port.map(str::parse)) {
        ("localhost", None) => Ok(Listen { ip: Ipv4Addr::LOCALHOST.into(), port: None }),
        ("localhost", Some(Ok(port))) => Ok(Listen { ip: Ipv4Addr::LOCALHOST.into(), port: Some(port) }),
        _ => Err("write an address of this machine, such as 127.0.0.1, 0.0.0.0:4600 or [::]:4600".to_owned()),
    }
}

fn redirect_uri(text: &str) -> Result<String, &'static str> {
    refuse_redirect_uri(text).map(|()| text.to_owned())
}

/// The URL without the slash at its end.
fn public_url(text: &str) -> Result<String, String> {
    let url = Url::parse(text).map_err(|error| error.to_string())?;
    let bare =
        url.query().is_none() && url.fragment().is_none() && url.username().is_empty() && url.password().is_none();
    if !["http", "https"].contains(&url.scheme()) || !url.has_host() || !bare {
        return Err("write an http or https URL without user, query and fragment, such as http://mock:4600".to_owned());
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_with_and_without_port() {
        for (text, ip, port) in [
            ("0.0.0.0", "0.0.0.0", None),
            ("0.0.0.0:4600", "0.0.0.0", Some(4600)),
            ("::", "::", None),
            ("[::1]", "::1", None),
            ("[::]:80", "::", Some(80)),
            ("localhost:0", "127.0.0.1", Some(0)),
        ] {
            assert_eq!(listen(text), Ok(Listen { ip: ip.parse().unwrap(), port }), "{text}");
        }
        for wrong in ["", "mock", "mock:80", "localhost:x", "127.0.0.1:99999", "http://127.0.0.1"] {
            assert!(listen(wrong).unwrap_err().contains("write an address"), "{wrong}");
        }
    }

    #[test]
    fn a_public_url_is_one_to_which_paths_can_be_added() {
        assert_eq!(public_url("http://mock:4600/"), Ok("http://mock:4600".to_owned()));
        assert_eq!(public_url("https://Example.com/mock"), Ok("https://example.com/mock".to_owned()));
        for wrong in ["mock:4600", "mock", "ftp://a/", "http://a/?b", "http://a/#b", "http://user@a/", "http://a:b@c/"]
        {
            assert!(public_url(wrong).is_err(), "{wrong}");
        }
    }
}
