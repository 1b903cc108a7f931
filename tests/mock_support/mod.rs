//! A mock in a test, spoken to in raw bytes over a TCP socket.
#![allow(dead_code, reason = "every test target uses its own part of this")]
#![expect(clippy::unwrap_used, reason = "a helper of tests may panic as they do")]

use std::{
    fmt::Write as _,
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use serde_json::{Value, json};
use tacktest::mock::{
    Mock, Options,
    control::{Client, Environment, Settings, World},
};
use tokio::runtime::{Builder, Runtime};

/// A running mock, with the runtime that serves it.
pub struct Server {
    pub mock: Mock,
    runtime: Runtime,
}

/// A response as its bytes say.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Answer {
    /// The value of a header, or empty text.
    pub fn header(&self, name: &str) -> &str {
        let line = self.head.lines().find(|line| line.to_lowercase().starts_with(&format!("{name}:")));
        line.and_then(|line| line.split_once(':')).map_or("", |(_, value)| value.trim())
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub fn member(&self, name: &str) -> String {
        self.json()[name].as_str().unwrap_or_else(|| panic!("no {name}: {self:?}")).to_owned()
    }

    /// A parameter of the redirect.
    pub fn redirected(&self, name: &str) -> String {
        let location = url::Url::parse(self.header("location")).unwrap();
        let (_, value) = location.query_pairs().find(|(key, _)| key == name).unwrap_or_else(|| panic!("{self:?}"));
        value.into_owned()
    }
}

impl Server {
    pub fn start() -> Self {
        Self::with(Settings::default())
    }

    pub fn with(settings: Settings) -> Self {
        Self::with_options(Options { settings, ..Options::default() })
    }

    pub fn with_options(options: Options) -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let mock = runtime.block_on(Mock::start(options)).unwrap();
        Self { mock, runtime }
    }

    /// Ends it; whether all answers were given within `longest`.
    pub fn finish(self, longest: Duration) -> bool {
        self.runtime.block_on(self.mock.finish(longest))
    }

    /// Sends a request with `Connection: close` and reads the answer to its end.
    pub fn send(&self, line: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut request = format!("{line} HTTP/1.1\r\nHost: mock\r\nConnection: close\r\n");
        for (name, value) in headers {
            write!(request, "{name}: {value}\r\n").unwrap();
        }
        write!(request, "Content-Length: {}\r\n\r\n{body}", body.len()).unwrap();
        parse(&raw(self.mock.address(), request.as_bytes()))
    }

    /// Orders something of the control API.
    pub fn control(&self, line: &str, body: &Value) -> Answer {
        self.send(line, &[("Content-Type", "application/json")], &body.to_string())
    }

    /// Commands a world, which must obey.
    pub fn command(&self, world: &World, command: &Value) {
        let answer = self.control(&format!("POST /control/worlds/{}", world.id), command);
        assert_eq!(answer.status, 204, "{answer:?}");
    }

    pub fn world(&self) -> World {
        self.world_with(&json!({}))
    }

    pub fn world_with(&self, order: &Value) -> World {
        let answer = self.control("POST /control/worlds", order);
        assert_eq!(answer.status, 201, "{answer:?}");
        serde_json::from_value(answer.json()).unwrap()
    }

    /// Posts a form to the token endpoint with HTTP Basic.
    pub fn token(&self, environment: &Environment, client: &Client, form: &str) -> Answer {
        let line = format!("POST {}", path(&environment.token_url));
        self.send(&line, &[FORM, ("Authorization", &basic(&client.id, &client.secret))], form)
    }

    /// An access token for the application itself.
    pub fn application_token(&self, environment: &Environment, scope: &str) -> String {
        let form = format!("grant_type=client_credentials&audience=urn%3Apartner-api&scope={scope}");
        self.token(environment, &environment.clients["demand"], &form).member("access_token")
    }

    /// Asks for an authorization with the usual parameters and these.
    pub fn authorize(&self, environment: &Environment, client: &Client, more: &str) -> Answer {
        let line = format!(
            "GET {}?response_type=code&client_id={}&state=12345678&audience=urn%3Apartner-api&{more}",
            path(&environment.authorize_url),
            client.id
        );
        self.send(&line, &[], "")
    }

    /// A whole login: the token response.
    pub fn login(&self, environment: &Environment, client: &Client, scope: &str) -> Answer {
        let code = self.authorize(environment, client, &format!("scope={scope}")).redirected("code");
        let answer = self.exchange(environment, client, &code);
        assert_eq!(answer.status, 200, "{answer:?}");
        answer
    }

    /// A login of the supply client that sends its redirect URI, which `openid` needs: the token response.
    pub fn openid_login(&self, environment: &Environment, more: &str) -> Answer {
        let supply = &environment.clients["supply"];
        let code = self.authorize(environment, supply, &format!("{REDIRECT}&{more}")).redirected("code");
        let answer = self.exchange(environment, supply, &format!("{code}&{REDIRECT}"));
        assert_eq!(answer.status, 200, "{answer:?}");
        answer
    }

    pub fn exchange(&self, environment: &Environment, client: &Client, code: &str) -> Answer {
        self.token(environment, client, &format!("grant_type=authorization_code&code={code}"))
    }

    pub fn refresh(&self, environment: &Environment, client: &Client, token: &str) -> Answer {
        self.token(environment, client, &format!("grant_type=refresh_token&refresh_token={token}"))
    }

    /// Calls the API with a bearer token.
    pub fn get(&self, environment: &Environment, below: &str, token: &str) -> Answer {
        let line = format!("GET {}{below}", path(&environment.api));
        self.send(&line, &[("Authorization", &format!("Bearer {token}"))], "")
    }

    /// Posts JSON to the API with a bearer token.
    pub fn post(&self, environment: &Environment, below: &str, token: &str, body: &str) -> Answer {
        let line = format!("POST {}{below}", path(&environment.api));
        let authorization = format!("Bearer {token}");
        self.send(&line, &[("Authorization", &authorization), ("Content-Type", "application/json")], body)
    }
}

pub const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");

/// The registered redirect URI as a parameter.
pub const REDIRECT: &str = "redirect_uri=http%3A%2F%2F127.0.0.1%3A8421%2Fcallback";

/// A part of a JWT: 0 is the header, 1 the claims.
pub fn jwt_part(token: &str, index: usize) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(index).unwrap()).unwrap()).unwrap()
}

/// HTTP Basic with both parts form-encoded.
pub fn basic(id: &str, secret: &str) -> String {
    let encode = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    format!("Basic {}", STANDARD.encode(format!("{}:{}", encode(id), encode(secret))))
}

/// The path of a URL.
pub fn path(url: &str) -> String {
    url::Url::parse(url).unwrap().path().to_owned()
}

/// Sends bytes and reads what comes until the end, for at most ten seconds.
pub fn raw(address: SocketAddr, request: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    // A server may answer and close before all was sent.
    drop(stream.write_all(request));
    let mut answer = Vec::new();
    drop(stream.read_to_end(&mut answer));
    answer
}

pub fn parse(bytes: &[u8]) -> Answer {
    let text = String::from_utf8_lossy(bytes);
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {text:?}"));
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Answer { status, head: head.to_owned(), body: body.to_owned() }
}
