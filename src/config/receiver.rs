//! Where webhooks are received.

use std::net::{Ipv4Addr, SocketAddr};

use crate::source::{Diagnostic, Fields, Node, Problems, Template, text};

use super::read::url_reference;

/// Where this machine listens for webhooks, and how others reach it.
#[derive(Debug, Clone)]
pub struct ReceiverDefinition {
    /// The address and port of this machine; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The address under which others reach it.
    pub public_url: Template,
}

/// Reads `receiver` of a project file.
pub(super) fn read_receiver(node: &Node, problems: &mut Problems) -> Option<ReceiverDefinition> {
    let fields = Fields::of(node, "`receiver`", &["listen", "public_url"], problems)?;
    let listen = match fields.get("listen") {
        Some(written) => read_listen(written, problems),
        None => Some((Ipv4Addr::LOCALHOST, 0).into()),
    };
    let Some(public_url) = fields.get("public_url") else {
        problems.push(
            Diagnostic::error("missing-key", "`receiver` has no `public_url`", node.place)
                .help("it is the address under which webhooks reach `listen`, such as that of a tunnel"),
        );
        return None;
    };
    let public_url = url_reference(public_url, "public_url", problems)?;
    Some(ReceiverDefinition { listen: listen?, public_url })
}

fn read_listen(node: &Node, problems: &mut Problems) -> Option<SocketAddr> {
    let written = text(node, "`listen`", problems)?;
    let address = written.value.parse().ok();
    if address.is_none() {
        problems.push(
            Diagnostic::error("bad-listen", format!("`listen` can't be `{}`", written.value), written.place)
                .label("not an address with a port")
                .help("write an address of this machine and a port, such as `127.0.0.1:8422`"),
        );
    }
    address
}
