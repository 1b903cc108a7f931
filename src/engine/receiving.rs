//! The receiver of a run, started when the first scenario needs it, and what one scenario has of it.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use ::http::Method;
use tokio::sync::OnceCell;
use url::{Position, Url};

use crate::http::{Exchange, Request, Response};
use crate::receiver::{Delivery, Inbox, Receiver};
use crate::target::{NonceReply, PublicAddress};

/// Where the webhooks of a run are received. The default is a free port, which this machine alone reaches.
#[derive(Debug, Default)]
pub struct Receiving {
    place: Option<Place>,
    running: OnceCell<Receiver>,
    /// Whether the public address leads here, once that was asked; else why not.
    arrives: OnceCell<Result<(), Astray>>,
}

#[derive(Debug)]
struct Place {
    listen: SocketAddr,
    public_url: String,
    /// Whom to ask about a request to it.
    contact: Option<String>,
}

/// What is wrong with the public address, and what to do about it.
#[derive(Debug, Clone)]
pub(super) struct Astray {
    /// Why no webhook arrives.
    pub(super) why: String,
    /// What to do.
    pub(super) advice: String,
}

/// What one scenario has of the receiver.
#[derive(Debug)]
pub(super) struct Mailbox {
    /// What came.
    pub(super) inbox: Inbox,
    /// Where it is sent.
    pub(super) url: Url,
}

impl Receiving {
    /// Webhooks are received at `listen`, which others reach by `public_url`; `contact` is whom to ask about requests
    /// to it.
    pub fn at(listen: SocketAddr, public_url: String, contact: Option<String>) -> Self {
        Self { place: Some(Place { listen, public_url, contact }), ..Self::default() }
    }

    /// Whether what is sent to the public address arrives here, which is asked once a run; the error says why not. What
    /// listens on this machine alone needs none.
    pub(super) async fn arrives(&self) -> Result<(), Astray> {
        let (Some(place), Some(receiver)) = (&self.place, self.running.get()) else { return Ok(()) };
        self.arrives.get_or_init(|| place.leads_to(receiver)).await.clone()
    }

    /// Opens what one scenario has; the error says why there is no receiver.
    pub(super) async fn open(&self) -> Result<Mailbox, String> {
        let listen = self.place.as_ref().map_or((Ipv4Addr::LOCALHOST, 0).into(), |place| place.listen);
        let receiver = self.running.get_or_try_init(|| Receiver::start(listen)).await;
        let receiver = receiver.map_err(|error| {
            format!(
                "webhooks can't be received at {listen}: {error}; end what uses the port, or write another in \
                 `receiver.listen`"
            )
        })?;
        let inbox = receiver.open();
        let base = self.place.as_ref().map_or_else(|| receiver.url(), |place| place.public_url.clone());
        let base = base.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
        let url = Url::parse(&format!("{base}/{}", inbox.id())).ok().filter(Url::has_host);
        let url = url.ok_or_else(|| format!("`receiver.public_url` is no URL: `{base}`"))?;
        Ok(Mailbox { inbox, url })
    }
}

impl Place {
    async fn leads_to(&self, receiver: &Receiver) -> Result<(), Astray> {
        let Some(address) = PublicAddress::parse(&self.public_url) else {
            let why = format!("`receiver.public_url` is no URL: `{}`", self.public_url);
            return Err(Astray { why, advice: "write a whole URL in `receiver.public_url`".to_owned() });
        };
        let (nonce, path) = receiver.nonce();
        let found = match address.ask(&path, nonce, self.contact.as_deref()).await {
            NonceReply::Nonce if receiver.was_asked() => return Ok(()),
            NonceReply::Nonce => "another receiver answers there".to_owned(),
            NonceReply::Other(status) => format!("it answers {status}, and not what listens here"),
            NonceReply::Silence(failure) => format!("there is no answer: {failure}"),
        };
        let (origin, here) = (address.origin(), receiver.address());
        Err(Astray {
            why: format!("no webhook was asked for, as `receiver.public_url` does not lead here: {found}"),
            advice: format!("make {origin} lead to {here} of this machine, such as by a tunnel, while tacktest runs"),
        })
    }
}

impl Mailbox {
    /// The host to which webhooks are sent, with its port if it has one.
    pub(super) fn host(&self) -> &str {
        &self.url[Position::BeforeHost..Position::AfterPort]
    }

    /// `delivery` as an exchange: the request that came, and what was answered.
    pub(super) fn shown(&self, delivery: &Delivery) -> Exchange {
        let answer = Response::new(delivery.status, Vec::new(), "");
        let request = Request { headers: delivery.headers.clone(), body: delivery.body.clone(), ..self.post(delivery) };
        Exchange { request, outcome: Ok(answer), started: delivery.arrived, elapsed: Duration::ZERO }
    }

    /// `delivery` as an exchange in which what came stands in the place of an answer, as that is what is judged. It has
    /// no status.
    pub(super) fn judged(&self, delivery: &Delivery) -> Exchange {
        let came = Response::new(0, delivery.headers.clone(), delivery.body.clone());
        Exchange { request: self.post(delivery), outcome: Ok(came), started: delivery.arrived, elapsed: Duration::ZERO }
    }

    fn post(&self, delivery: &Delivery) -> Request {
        let mut url = self.url.clone();
        let (path, query) =
            delivery.target.split_once('?').map_or((&*delivery.target, None), |(path, query)| (path, Some(query)));
        url.set_path(path);
        url.set_query(query);
        Request::new(Method::POST, url)
    }
}
