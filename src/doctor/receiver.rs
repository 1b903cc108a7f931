//! Whether webhooks sent to the project's public address arrive here.

use ::http::Method;
use url::Url;

use crate::config::Project;
use crate::http::{Hosts, Network, Request, Transport};
use crate::receiver::Receiver;

use super::Line;
use super::subject::LIMIT;

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
    let Some(url) = below(&public_url, &listening.nonce().1) else {
        let advice = "write a whole URL, such as https://hooks.partner.example.com/tacktest";
        return Some(Line::wrong(CHECK, "`public_url` is no URL", advice));
    };
    Some(ask(project, &url, &listening).await)
}

async fn ask(project: &Project, url: &Url, listening: &Receiver) -> Line {
    let origin = url.origin().ascii_serialization();
    let (nonce, here) = (listening.nonce().0, listening.address());
    let advice = format!("make {origin} lead to {here} of this machine, such as by a tunnel, while tacktest runs");
    let hosts = Hosts { origins: vec![url.origin()], network: Network::default() };
    let transport = match Transport::reaching(vec![hosts]) {
        Ok(transport) => match &project.contact {
            Some(contact) => transport.with_contact(contact),
            None => transport,
        },
        Err(failure) => return Line::outside(CHECK, failure.to_string(), advice),
    };
    let answered = transport.send(Request::new(Method::GET, url.clone()), LIMIT).await;
    match &answered.outcome {
        Err(failure) => Line::outside(CHECK, format!("no answer from {origin}: {failure}"), advice),
        Ok(response) if response.status == 200 && response.text().trim() == nonce && listening.was_asked() => {
            Line::ok(CHECK, format!("{origin} leads here"))
        }
        Ok(response) => {
            Line::wrong(CHECK, format!("{origin} answers {}, and not what was listening here", response.status), advice)
        }
    }
}

/// The URL of `path` below `public_url`.
fn below(public_url: &str, path: &str) -> Option<Url> {
    let url = Url::parse(public_url).ok().filter(Url::has_host)?;
    let mut base = url.as_str().split(['?', '#']).next().unwrap_or_default().to_owned();
    if !base.ends_with('/') {
        base.push('/');
    }
    Url::parse(&base).ok()?.join(path).ok()
}

#[cfg(test)]
mod tests {
    use super::below;

    #[test]
    fn the_nonce_is_asked_for_below_the_public_address() {
        let of = |text: &str| below(text, ".well-known/tacktest/n").map(String::from);
        assert_eq!(of("https://h.example.com"), Some("https://h.example.com/.well-known/tacktest/n".to_owned()));
        assert_eq!(
            of("https://h.example.com/a?b#c"),
            Some("https://h.example.com/a/.well-known/tacktest/n".to_owned())
        );
        assert_eq!(of("https://h.example.com/a/"), Some("https://h.example.com/a/.well-known/tacktest/n".to_owned()));
        assert_eq!(of("mailto:a@example.com"), None);
    }
}
