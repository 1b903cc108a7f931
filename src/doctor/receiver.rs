//! Whether webhooks sent to the project's public address arrive here.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

use ::http::Method;
use tokio::net::TcpListener;
use tokio::time::timeout;
use url::Url;

use crate::config::Project;
use crate::http::{Hosts, Network, Request, Transport, answer_one};

use super::Line;
use super::subject::LIMIT;

const CHECK: &str = "receiver";

/// Below this path of the public address the nonce is asked for.
const PATH: &str = ".well-known/tacktest/";

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
    let nonce = nonce();
    let Some(url) = below(&public_url, &nonce) else {
        let advice = "write a whole URL, such as https://hooks.partner.example.com/tacktest";
        return Some(Line::wrong(CHECK, "`public_url` is no URL", advice));
    };
    let listener = match TcpListener::bind(receiver.listen).await {
        Ok(listener) => listener,
        Err(error) => {
            let what = format!("can't listen on {}: {error}", receiver.listen);
            return Some(Line::wrong(CHECK, what, "end what uses the port, or write another in `receiver.listen`"));
        }
    };
    let here = listener.local_addr().unwrap_or(receiver.listen);
    let answering = tokio::spawn(answer_all(listener, nonce.clone()));
    let line = ask(project, &url, &nonce, &here.to_string()).await;
    answering.abort();
    Some(line)
}

async fn ask(project: &Project, url: &Url, nonce: &str, here: &str) -> Line {
    let origin = url.origin().ascii_serialization();
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
        Ok(response) if response.status == 200 && response.text().trim() == nonce => {
            Line::ok(CHECK, format!("{origin} leads here"))
        }
        Ok(response) => {
            Line::wrong(CHECK, format!("{origin} answers {}, and not what was listening here", response.status), advice)
        }
    }
}

/// The URL of the nonce below `public_url`.
fn below(public_url: &str, nonce: &str) -> Option<Url> {
    let url = Url::parse(public_url).ok().filter(Url::has_host)?;
    let mut base = url.as_str().split(['?', '#']).next().unwrap_or_default().to_owned();
    if !base.ends_with('/') {
        base.push('/');
    }
    Url::parse(&base).ok()?.join(&format!("{PATH}{nonce}")).ok()
}

/// Text that nobody else answers by chance, as each process has its own keys.
fn nonce() -> String {
    let drawn = || RandomState::new().hash_one(jiff::Timestamp::now().as_nanosecond());
    format!("{:016x}{:016x}", drawn(), drawn())
}

async fn answer_all(listener: TcpListener, nonce: String) {
    while let Ok((stream, _)) = listener.accept().await {
        let nonce = nonce.clone();
        tokio::spawn(async move {
            // Whoever does not end a request is no reason to wait.
            let _ = timeout(LIMIT, answer_one(stream, |head| answer(head, &nonce))).await;
        });
    }
}

/// Answers a request with this `head` with the nonce if it asks for it; a proxy before may have taken a part of the path
/// away.
fn answer(head: &str, nonce: &str) -> String {
    let mut words = head.split(' ');
    let asked =
        words.next() == Some("GET") && words.next().is_some_and(|path| path.ends_with(&format!("/{PATH}{nonce}")));
    let (status, body) = if asked { ("200 OK", nonce) } else { ("404 Not Found", "") };
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: text/plain\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    )
}

#[cfg(test)]
mod tests {
    use super::{below, nonce};

    #[test]
    fn the_nonce_is_asked_for_below_the_public_address() {
        let of = |text: &str| below(text, "n").map(String::from);
        assert_eq!(of("https://h.example.com"), Some("https://h.example.com/.well-known/tacktest/n".to_owned()));
        assert_eq!(
            of("https://h.example.com/a?b#c"),
            Some("https://h.example.com/a/.well-known/tacktest/n".to_owned())
        );
        assert_eq!(of("https://h.example.com/a/"), Some("https://h.example.com/a/.well-known/tacktest/n".to_owned()));
        assert_eq!(of("mailto:a@example.com"), None);
        assert_ne!(nonce(), nonce());
    }
}
