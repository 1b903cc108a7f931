//! Reading the key `network` of a target.

use std::time::Duration;

use crate::source::{Diagnostic, Fields, Node, Problems, Template, duration};

use super::Kind;
use super::network::{CertificateDefinition, NetworkDefinition};
use super::read::{has_password, password_in_url, reference};
use super::target::{TargetDefinition, UrlName};

/// Reads `network` of `target`. The mock of this process has none, and what stood between another mock and its clients
/// would be judged with it.
pub(super) fn read_network(node: &Node, target: &mut TargetDefinition, problems: &mut Problems) {
    let is_mock = target.kind == Kind::Mock;
    if is_mock && !target.urls.contains_key(&UrlName::Api) {
        problems.push(
            Diagnostic::error("mock-network", format!("the mock `{}` can't have a `network`", target.name), node.place)
                .label("it would be ignored")
                .help("this mock is in this process and reached without TLS or a proxy: remove `network`"),
        );
        return;
    }
    let keys = ["proxy", "ca", "client_certificate", "timeouts"];
    let Some(fields) = Fields::of(node, "`network`", &keys, problems) else { return };
    for entry in fields.among(&["proxy", "client_certificate"]).into_iter().filter(|_| is_mock) {
        let key = &entry.key.value;
        problems.push(
            Diagnostic::error("mock-network", format!("a mock is reached without `{key}`"), entry.key.place).help(
                "a mock is reached directly and asks for no certificate: of `network` it can have `ca` and `timeouts`",
            ),
        );
    }
    let mut network = NetworkDefinition {
        proxy: fields.get("proxy").and_then(|node| read_proxy(node, problems)),
        ca: fields.get("ca").and_then(|node| read_file_name(node, "`ca`", problems)),
        client_certificate: fields.get("client_certificate").and_then(|node| read_certificate(node, problems)),
        ..NetworkDefinition::default()
    };
    let timeouts = fields
        .get("timeouts")
        .and_then(|node| Fields::of(node, "`timeouts`", &["connect", "answer", "body"], problems));
    if let Some(timeouts) = timeouts {
        let mut time = |key: &str| read_timeout(timeouts.get(key)?, key, problems);
        (network.connect, network.answer, network.body) = (time("connect"), time("answer"), time("body"));
    }
    target.network = Some(network);
}

fn read_timeout(node: &Node, key: &str, problems: &mut Problems) -> Option<Duration> {
    let time = duration(node, &format!("`{key}`"), problems)?;
    if time.is_zero() {
        problems.push(Diagnostic::error(
            "bad-duration",
            format!("`{key}` can't be zero: nothing is done in no time"),
            node.place,
        ));
    }
    Some(time)
}

fn read_proxy(node: &Node, problems: &mut Problems) -> Option<Template> {
    let template = reference(node, "`proxy`", problems)?;
    let is_proxy = |text: &str| url::Url::parse(text).is_ok_and(|url| url.scheme() == "http" && url.has_host());
    // What is wrong with it is not repeated: it can hold a password.
    if template.as_literal().is_some_and(has_password) {
        problems.push(password_in_url("proxy", node));
    } else if template.as_literal().is_some_and(|text| !is_proxy(text)) {
        problems.push(
            Diagnostic::error("bad-proxy", "`proxy` is no URL of a proxy", node.place)
                .label("not an http:// URL")
                .help("write `http://HOST:PORT`; https requests pass through it unread")
                .help("one with a user and a password is a secret: write it as `\"${env.NAME}\"`"),
        );
    }
    Some(template)
}

fn read_file_name(node: &Node, what: &str, problems: &mut Problems) -> Option<Template> {
    let template = reference(node, what, problems)?;
    if template.as_literal().is_some_and(str::is_empty) {
        problems.push(
            Diagnostic::error("bad-file-name", format!("{what} names no file"), node.place)
                .help("write a file in PEM; a relative one is looked for in the folder of the project file"),
        );
    }
    Some(template)
}

fn read_certificate(node: &Node, problems: &mut Problems) -> Option<CertificateDefinition> {
    let fields = Fields::of(node, "`client_certificate`", &["certificate", "key"], problems)?;
    let mut file = |key: &str| {
        if let Some(node) = fields.get(key) {
            return read_file_name(node, &format!("`{key}`"), problems);
        }
        problems.push(
            Diagnostic::error("missing-key", format!("`client_certificate` has no `{key}`"), node.place)
                .help("write `client_certificate: { certificate: FILE, key: FILE }`, both files in PEM"),
        );
        None
    };
    let (certificate, key) = (file("certificate"), file("key"));
    certificate.zip(key).map(|(certificate, key)| CertificateDefinition { certificate, key })
}
