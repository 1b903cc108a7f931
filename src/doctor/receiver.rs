//! Whether webhooks sent to the project's public address arrive here.

use crate::config::Project;
use crate::receiver::Receiver;
use crate::target::{NonceReply, PublicAddress};

use super::Line;

const CHECK: &str = "receiver";

/// Listens where the project's receiver does, and asks its public address for a nonce. `None` if there is no receiver.
pub(super) async fn check(project: &Project) -> Option<Line> {
    let receiver = project.receiver.as_ref()?;
    let public_url = match receiver.public_url.text(&project.variables) {
        Ok(text) => text,
        Err(name) => {
            let advice = "set it to the address under which webhooks reach this machine";
            return Some(Line::wrong(CHECK, format!("`public_url` refers to `{name}`, which is not set"), advice));
        }
    };
    let listening = match Receiver::start(receiver.listen).await {
        Ok(listening) => listening,
        Err(error) => {
            let what = format!("can't listen on {}: {error}", receiver.listen);
            return Some(Line::wrong(CHECK, what, "end what uses the port, or write another in `receiver.listen`"));
        }
    };
    let Some(address) = PublicAddress::parse(&public_url) else {
        let advice = "write a whole URL, such as https://hooks.partner.example.com/tacktest";
        return Some(Line::wrong(CHECK, "`public_url` is no URL", advice));
    };
    Some(ask(project, &address, &listening).await)
}

async fn ask(project: &Project, address: &PublicAddress, listening: &Receiver) -> Line {
    let (origin, here) = (address.origin(), listening.address());
    let (nonce, path) = listening.nonce();
    let advice = format!("make {origin} lead to {here} of this machine, such as by a tunnel, while tacktest runs");
    let wrong = |status: u16| format!("{origin} answers {status}, and not what was listening here");
    match address.ask(&path, nonce, project.contact.as_deref()).await {
        NonceReply::Nonce if listening.was_asked() => Line::ok(CHECK, format!("{origin} leads here")),
        NonceReply::Nonce => Line::wrong(CHECK, wrong(200), advice),
        NonceReply::Other(status) => Line::wrong(CHECK, wrong(status), advice),
        NonceReply::Silence(failure) => Line::outside(CHECK, format!("no answer from {origin}: {failure}"), advice),
    }
}
