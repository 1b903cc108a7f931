//! Asks a person to visit an authorization URL, and waits for where it led.

use std::io::BufRead;
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::timeout;
use url::Url;

use super::listen::{Came, Expected, Listener};

/// How a person is asked.
#[derive(Debug, Clone, Copy)]
pub struct Person {
    /// Whether a browser is opened; the URL is told in any case.
    pub browser: bool,
    /// How long the person may take.
    pub timeout: Duration,
    /// Tells something at once.
    pub tell: fn(&str),
}

/// Why there is no redirect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoRedirect {
    /// Nothing can be received: nobody was asked.
    Unusable(String),
    /// The person was asked, and no redirect came.
    Missing(String),
}

impl Person {
    /// Asks a person to visit `url`, for `purpose`, and gives the URL at `redirect_uri` that this led to: received, if
    /// that is an `http` address of this machine, else pasted. What does not carry the `state` of `url` is not taken.
    pub async fn visit(&self, url: &Url, redirect_uri: &str, purpose: &str) -> Result<Url, NoRedirect> {
        let target = Url::parse(redirect_uri).map_err(|error| {
            NoRedirect::Unusable(format!("the client's `redirect_uri`, `{redirect_uri}`, is no URL: {error}"))
        })?;
        let expected = Expected::of(url, &target);
        let listener = Listener::bind(&expected).await.transpose().map_err(|error| {
            NoRedirect::Unusable(format!(
                "can't listen at the client's `redirect_uri`, {redirect_uri}: {error}; end the program that listens there"
            ))
        })?;
        (self.tell)(&format!("{purpose} at this URL:\n{url}"));
        if self.browser && !open(url) {
            (self.tell)("no browser could be opened: open the URL by hand");
        }
        let strays = listener.as_ref().map(Listener::strays);
        let late = |_| {
            if strays.as_ref().is_some_and(|strays| strays.load(Ordering::Relaxed)) {
                return NoRedirect::Missing(format!(
                    "nobody came back to {redirect_uri} within {:?} with the `state` of this login: what came belongs to \
                     another one, and nothing was done with it; begin again",
                    self.timeout
                ));
            }
            NoRedirect::Missing(format!(
                "nobody came back to {redirect_uri} within {:?}; was the login finished, and is this the redirect URI that \
                 the client is registered with?",
                self.timeout
            ))
        };
        match listener {
            Some(listener) => {
                let received = timeout(self.timeout, listener.redirected()).await.map_err(late)?;
                received.map_err(|error| NoRedirect::Missing(format!("can't listen at {redirect_uri}: {error}")))
            }
            None => timeout(self.timeout, self.pasted(&target, &expected)).await.map_err(late)?,
        }
    }

    async fn pasted(&self, redirect_uri: &Url, expected: &Expected) -> Result<Url, NoRedirect> {
        (self.tell)(&format!(
            "{redirect_uri} is not on this machine: when the browser is there, paste the whole URL of its page here"
        ));
        let mut lines = lines().lock().await;
        loop {
            let Some(line) = lines.recv().await else {
                return Err(NoRedirect::Missing("no URL was pasted: the input has ended".to_owned()));
            };
            let url = Url::parse(line.trim()).ok();
            match url.map(|url| (expected.came(&url), url)) {
                Some((Came::Answer, url)) => return Ok(url),
                Some((Came::Stray, _)) => (self.tell)(
                    "this is the URL of another login: it does not carry the `state` of this one; paste the one to which \
                     this login led",
                ),
                _ => (self.tell)(&format!("this is not a URL that begins with {redirect_uri}; paste the whole URL")),
            }
        }
    }
}

/// The lines of stdin. They are read by a thread of the process's own, as reading can't be given up.
fn lines() -> &'static Mutex<UnboundedReceiver<String>> {
    static LINES: OnceLock<Mutex<UnboundedReceiver<String>>> = OnceLock::new();
    LINES.get_or_init(|| {
        let (send, lines) = unbounded_channel();
        std::thread::spawn(move || {
            for line in std::io::stdin().lock().lines().map_while(Result::ok) {
                if send.send(line).is_err() {
                    return;
                }
            }
        });
        Mutex::new(lines)
    })
}

/// Opens `url` in the user's browser; whether there is a program that takes it.
fn open(url: &Url) -> bool {
    let mut command = if cfg!(target_os = "macos") {
        Command::new("open")
    } else if cfg!(windows) {
        // `start` would take `&` for the end of a command.
        let mut command = Command::new("rundll32");
        command.arg("url.dll,FileProtocolHandler");
        command
    } else {
        Command::new("xdg-open")
    };
    let quiet = command.arg(url.as_str()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    quiet.spawn().is_ok()
}
