//! A browser at the mock, as far as a login needs one: it keeps cookies and follows no redirect by itself.

use std::collections::BTreeMap;

use tacktest::mock::control::{Environment, Settings, World};

use crate::mock_support::{Answer, FORM, REDIRECT, Server, path};

/// A mock whose logins have pages, and a world of it.
pub fn server() -> (Server, World) {
    let settings = serde_json::json!({ "login": "pages" });
    let server = Server::with(serde_json::from_value::<Settings>(settings).unwrap());
    let world = server.world();
    (server, world)
}

pub struct Browser<'s> {
    server: &'s Server,
    pub cookies: BTreeMap<String, String>,
}

impl<'s> Browser<'s> {
    pub fn new(server: &'s Server) -> Self {
        Self { server, cookies: BTreeMap::new() }
    }

    /// Opens a URL or a path with query.
    pub fn open(&mut self, url: &str) -> Answer {
        self.send(&format!("GET {}", target(url)), &[], "")
    }

    /// Submits a form.
    pub fn submit(&mut self, url: &str, form: &str) -> Answer {
        self.send(&format!("POST {}", target(url)), &[FORM], form)
    }

    fn send(&mut self, line: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let cookies = cookies.join("; ");
        let mut headers = headers.to_vec();
        if !cookies.is_empty() {
            headers.push(("Cookie", &cookies));
        }
        let answer = self.server.send(line, &headers, body);
        for line in answer.head.lines().filter_map(|line| line.strip_prefix("set-cookie: ")) {
            assert!(line.contains("; HttpOnly; SameSite=Lax"), "{line}");
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            if line.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }

    /// Asks for an authorization of the supply client.
    pub fn ask(&mut self, environment: &Environment, more: &str) -> Answer {
        self.open(&asked(environment, more))
    }

    /// Submits a form on the page to which `answer` leads.
    pub fn fill(&mut self, answer: &Answer, form: &str) -> Answer {
        let (page, challenge) = answer.header("location").split_once('?').unwrap();
        self.submit(page, &format!("{challenge}&{form}"))
    }

    /// Logs in on the page to which `answer` leads, and goes back to the authorization URL.
    pub fn log_in(&mut self, answer: &Answer, form: &str) -> Answer {
        self.fill_and_return("login_challenge", answer, form)
    }

    /// Answers on the consent page to which `answer` leads, and goes back to the authorization URL.
    pub fn consent(&mut self, answer: &Answer, form: &str) -> Answer {
        self.fill_and_return("consent_challenge", answer, form)
    }

    fn fill_and_return(&mut self, challenge: &str, answer: &Answer, form: &str) -> Answer {
        assert_eq!(answer.redirected(challenge).len(), 43, "{answer:?}");
        let back = self.fill(answer, form);
        assert_eq!(back.status, 303, "{back:?}");
        self.open(back.header("location"))
    }

    /// Asks as [`Self::ask`] does, and logs in: the way to the consent page.
    pub fn arrive(&mut self, environment: &Environment, more: &str, form: &str) -> Answer {
        let to_login = self.ask(environment, more);
        self.log_in(&to_login, form)
    }

    /// Opens what `answer` leads to, and what that leads to: a page that answers by itself.
    pub fn pass(&mut self, answer: &Answer) -> Answer {
        let skipped = self.open(answer.header("location"));
        assert_eq!(skipped.status, 303, "{skipped:?}");
        self.open(skipped.header("location"))
    }
}

/// The usual authorization request of the supply client.
pub fn asked(environment: &Environment, more: &str) -> String {
    let client = &environment.clients["supply"].id;
    let query = format!("response_type=code&client_id={client}&state=12345678&audience=urn%3Apartner-api");
    format!("{}?{query}&{REDIRECT}&{more}", path(&environment.authorize_url))
}

fn target(url: &str) -> String {
    match url::Url::parse(url) {
        Ok(url) => url[url::Position::BeforePath..].to_owned(),
        Err(_) => url.to_owned(),
    }
}

/// The supply client's tokens for the code in a redirect.
pub fn tokens(server: &Server, world: &World, answer: &Answer) -> serde_json::Value {
    let supply = &world.staging.clients["supply"];
    let code = answer.redirected("code");
    let answer = server.exchange(&world.staging, supply, &format!("{code}&{REDIRECT}"));
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}
