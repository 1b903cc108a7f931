//! What a request does to a real environment, by what it is when it is sent; the plan knew only how it was written.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use secrecy::ExposeSecret;
use url::Url;

use crate::http::Request;
use crate::oauth::{Credentials, basic_header, plain_basic_header};
use crate::plan::{Allowed, Effect, effect_of, ids_of, recipients_of};
use crate::target::{Environment, Gate, UrlName, depth_below};

use super::strangers::{names_any, other_method, stranger_in};

/// The bounds of one scenario at real environments.
#[derive(Debug)]
pub(super) struct Bounds {
    allowed: Allowed,
    /// Whether the scenario may spend a login: it has one of its own.
    owns_login: bool,
    /// The codes and refresh tokens that it presented so far.
    presented: Mutex<HashSet<String>>,
}

/// The parameters that are credentials, or stand for a login, besides the client's id.
const CREDENTIALS: &[&str] =
    &["client_secret", "client_assertion", "code", "code_verifier", "refresh_token", "token", "access_token"];

/// Where a request goes.
#[derive(Debug, PartialEq, Eq)]
enum Destination {
    /// To an operation of the API, at this path below its base.
    Api(String),
    /// To one of the OAuth URLs.
    OAuth(UrlName),
    /// Anywhere else.
    Elsewhere,
}

impl Bounds {
    /// The bounds of a scenario in a run that was allowed this.
    pub(super) fn new(allowed: Allowed, owns_login: bool) -> Self {
        Self { allowed, owns_login, presented: Mutex::default() }
    }

    /// Refuses a request that does more to `environment`, a real one, than the run may; the error says why. What it
    /// presents is kept in mind.
    pub(super) fn refuse(&self, environment: &Environment, request: &Request) -> Result<(), String> {
        let destination = destination(environment, &request.url);
        let to =
            format!("the {} to {}{}", request.method, request.url.origin().ascii_serialization(), request.url.path());
        if let Some(name) = other_method(request) {
            return Err(format!(
                "{to} asks by `{name}` for another method, so that nobody can tell what it does there"
            ));
        }
        let effect = self.effect(environment, request, &destination)?;
        if let Some(reason) = self.allowed.refuse(environment.kind, effect) {
            return Err(format!("{to} does more to target `{}` than the run may: {reason}", environment.name));
        }
        if effect == Effect::SpendsLogin && !self.owns_login {
            return Err(format!("{to} may end a login, and the scenario has none of its own"));
        }
        match &destination {
            Destination::Api(path) if effect == Effect::Contacts => {
                no_stranger(environment, request, path).map_err(|who| {
                    format!("{to} may notify or charge a person, and {who} is none of the target's `fixtures`")
                })
            }
            _ => Ok(()),
        }
    }

    fn effect(
        &self,
        environment: &Environment,
        request: &Request,
        destination: &Destination,
    ) -> Result<Effect, String> {
        let least = match destination {
            Destination::Api(path) => return Ok(effect_of(request.method.as_str(), path)),
            Destination::OAuth(UrlName::RevokeUrl) => Effect::SpendsLogin,
            Destination::OAuth(UrlName::TokenUrl) if self.presents_again(request) => Effect::SpendsLogin,
            Destination::Elsewhere if !request.method.is_safe() => {
                return Err(format!(
                    "a {} to {}{} is neither below `api` nor to an OAuth URL of target `{}`, so that nobody can tell what it \
                     does there",
                    request.method,
                    request.url.origin().ascii_serialization(),
                    request.url.path(),
                    environment.name
                ));
            }
            Destination::OAuth(_) | Destination::Elsewhere => Effect::None,
        };
        let wrong = has_wrong_credentials(environment, request, destination);
        Ok(if wrong { least.max(Effect::WrongCredentials) } else { least })
    }

    /// Whether `request` presents a code or a refresh token that the scenario presented before, under whichever name.
    fn presents_again(&self, request: &Request) -> bool {
        let mut presented = self.presented.lock().unwrap_or_else(PoisonError::into_inner);
        let mut again = false;
        let in_query = request.url.query_pairs();
        for (name, value) in url::form_urlencoded::parse(&request.body).chain(in_query) {
            if matches!(&*name, "code" | "refresh_token") {
                again |= !presented.insert(value.into_owned());
            }
        }
        again
    }
}

/// Whether `request` does and spends nothing more at `environment` if it is sent twice: it only reads, or asks for a token
/// with the client's own credentials and nothing else.
pub(super) fn may_repeat(environment: &Environment, request: &Request) -> bool {
    if matches!(request.method.as_str(), "GET" | "HEAD" | "OPTIONS") {
        return true;
    }
    destination(environment, &request.url) == Destination::OAuth(UrlName::TokenUrl) && spends_no_grant(request)
}

/// Whether `request` is written as one for a token by the client's own credentials alone.
pub(super) fn spends_no_grant(request: &Request) -> bool {
    let grants = url::form_urlencoded::parse(&request.body).filter(|(name, _)| name == "grant_type");
    request.method.as_str() == "POST" && grants.map(|(_, grant)| grant).eq(["client_credentials"])
}

/// Where `url` leads at `environment`: an OAuth URL counts where the API's base is no nearer.
fn destination(environment: &Environment, url: &Url) -> Destination {
    const OAUTH: [UrlName; 5] =
        [UrlName::AuthorizeUrl, UrlName::TokenUrl, UrlName::RevokeUrl, UrlName::JwksUrl, UrlName::UserinfoUrl];
    let depth = |name: &UrlName| depth_below(url, environment.url(*name)?);
    let nearest = OAUTH.iter().filter_map(|name| Some((depth(name)?, name))).max_by_key(|(depth, _)| *depth);
    let api = depth(&UrlName::Api);
    match (nearest, api) {
        (Some((near, name)), _) if Some(near) >= api => {
            let is_it = environment.url(*name).is_some_and(|own| own.path() == url.path());
            if is_it { Destination::OAuth(*name) } else { Destination::Elsewhere }
        }
        (_, Some(depth)) => Destination::Api(url.path().get(depth..).unwrap_or_default().to_owned()),
        _ => Destination::Elsewhere,
    }
}

/// Whether `request` carries, outside of the API, what is no credential of the environment's own clients, nor of its
/// gate, or carries one where it does not belong.
fn has_wrong_credentials(environment: &Environment, request: &Request, destination: &Destination) -> bool {
    let authenticates =
        matches!(destination, Destination::OAuth(UrlName::AuthorizeUrl | UrlName::TokenUrl | UrlName::RevokeUrl));
    let mut headers = request.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("authorization"));
    let wrong_header = headers.any(|(_, value)| {
        let is_bearer = value.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("bearer "));
        if is_bearer { authenticates } else { !is_own_basic(environment, value) }
    });
    let is_credential = |name: &str| match name {
        "client_id" => *destination != Destination::OAuth(UrlName::AuthorizeUrl),
        _ => CREDENTIALS.contains(&name),
    };
    wrong_header
        || authenticates && has_wrong_body(environment, request)
        || *destination != Destination::Elsewhere && request.url.query_pairs().any(|(name, _)| is_credential(&name))
}

fn is_own_basic(environment: &Environment, header: &str) -> bool {
    let of_client = environment.clients().any(|client| {
        let secret = client.secret.expose_secret();
        header == basic_header(&client.id, secret) || header == plain_basic_header(&client.id, secret)
    });
    let of_gate = |gate: &Gate| header == plain_basic_header(&gate.user, gate.password.expose_secret());
    of_client || environment.gate.as_ref().is_some_and(of_gate)
}

/// Only a form tells what is in it.
fn has_wrong_body(environment: &Environment, request: &Request) -> bool {
    if request.body.is_empty() {
        return false;
    }
    let kind = request.header("content-type").unwrap_or_default().trim_start().to_ascii_lowercase();
    if !kind.starts_with("application/x-www-form-urlencoded") {
        return true;
    }
    let pairs: Vec<(Cow<'_, str>, Cow<'_, str>)> = url::form_urlencoded::parse(&request.body).collect();
    let is_of = |client: &Credentials| {
        pairs.iter().all(|(name, value)| match &**name {
            "client_id" => **value == client.id,
            "client_secret" => **value == *client.secret.expose_secret(),
            _ => true,
        })
    };
    let has_assertion = pairs.iter().any(|(name, _)| name == "client_assertion");
    let names_client = pairs.iter().any(|(name, _)| name == "client_id" || name == "client_secret");
    has_assertion || names_client && !environment.clients().any(is_of)
}

/// Refuses an id in `path`, or an id or a telephone number in what `request` carries besides, that is none of the fixtures
/// of `environment`; the error names it.
fn no_stranger(environment: &Environment, request: &Request, path: &str) -> Result<(), String> {
    let is_known = |id: &str| environment.fixtures.values().any(|fixture| fixture == id);
    if let Some(id) = ids_of(request.method.as_str(), path).into_iter().find(|id| !is_known(id)) {
        return Err(format!("`{id}` in its path"));
    }
    let recipients = recipients_of(request.method.as_str(), path);
    let (members, nobodys) = recipients.map_or_else(Default::default, |of| (of.members, of.nobodys));
    if !members.is_empty() && !names_any(request, members) {
        return Err(format!("whoever it reaches without a list in `{}`", members.join("` or `")));
    }
    match stranger_in(request, nobodys, &is_known) {
        Some((name, value)) => Err(format!("`{value}` as its `{name}`")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Allowance;
    use crate::target::Session;

    /// A real target whose API lies above its OAuth URLs.
    const REAL: &str = "\
targets:
  own:
    kind: staging
    real: true
    api: http://127.0.0.1:1/
    authorize_url: http://127.0.0.1:1/oauth2/auth
    token_url: http://127.0.0.1:1/oauth2/token
    revoke_url: http://127.0.0.1:1/oauth2/revoke
    userinfo_url: http://127.0.0.1:1/userinfo
    site: http://127.0.0.1:2/
    gate: { user: someone, password: \"${env.GATE}\" }
    fixtures: { negotiation: \"1337\" }
    clients: { demand: { id: a, secret: \"${env.FIRST}\" }, supply: { id: b, secret: \"${env.SECOND}\" } }
";

    async fn session() -> Session {
        crate::target::testing::session(
            REAL,
            "GATE=fictional-password\nFIRST=first-fictional\nSECOND=second-fictional\n",
            "own",
        )
        .await
    }

    fn all() -> Allowed {
        Allowed::new(vec![Allowance::Contacts, Allowance::SpendsLogin, Allowance::Production])
    }

    fn request(method: &str, path: &str) -> Request {
        let url = path.strip_prefix('/').map_or_else(|| path.to_owned(), |path| format!("http://127.0.0.1:1/{path}"));
        Request::new(method.parse().unwrap(), url.parse().unwrap())
    }

    fn form(path: &str, pairs: &[(&str, &str)]) -> Request {
        Request::post_form(request("POST", path).url, pairs)
    }

    #[tokio::test]
    async fn what_is_not_allowed_is_refused_by_what_is_sent() {
        let session = session().await;
        let refused = |allowed: Allowed, request: &Request| {
            Bounds::new(allowed, true).refuse(&session.environment, request).err().unwrap_or_default()
        };
        let message = "/v4/negotiations/1337/messages";
        for (method, path, least, most) in [
            ("GET", "/v4/a", "", ""),
            ("POST", "/v4/businesses/search", "", ""),
            ("POST", "/v4/users/webhooks", "", ""),
            ("POST", message, "allow it by `--allow contacts`", ""),
            ("POST", "/v4/../v4/negotiations/1337/messages", "allow it by `--allow contacts`", ""),
            (
                "POST",
                "/v4/negotiations/7/messages",
                "allow it by `--allow contacts`",
                "none of the target's `fixtures`",
            ),
            ("POST", "/v4/unknown/x9", "allow it by `--allow contacts`", "none of the target's `fixtures`"),
            ("POST", "/v4/../oauth2/revoke", "allow it by `--allow spends_login`", ""),
            ("GET", "/oauth2/revoke", "allow it by `--allow spends_login`", ""),
            ("POST", "/oauth2/token/x", "nobody can tell what it does", "nobody can tell what it does"),
            ("POST", "/oauth2/token/../revoke", "allow it by `--allow spends_login`", ""),
            ("POST", "http://127.0.0.1:2/page", "nobody can tell what it does", "nobody can tell what it does"),
            ("GET", "http://127.0.0.1:2/page", "", ""),
            ("POST", "/userinfo", "", ""),
            ("POST", "/oauth2/token?client_secret=a", "`wrong_credentials`", "`wrong_credentials`"),
        ] {
            for (allowed, told) in [(Allowed::default(), least), (all(), most)] {
                let why = refused(allowed, &request(method, path));
                assert!(if told.is_empty() { why.is_empty() } else { why.contains(told) }, "{method} {path}: {why}");
            }
        }
        let revoke = request("POST", "/oauth2/revoke");
        let why = Bounds::new(all(), false).refuse(&session.environment, &revoke).unwrap_err();
        assert!(why.contains("the scenario has none of its own"), "{why}");
    }

    #[tokio::test]
    async fn whom_a_request_for_offers_reaches_stands_in_its_body() {
        let session = session().await;
        let refused = |body: &'static str| {
            let request = request("POST", "/v4/requests").with_body("application/json", body);
            Bounds::new(all(), true).refuse(&session.environment, &request).err().unwrap_or_default()
        };
        assert_eq!(refused(r#"{"searchID":"7","categoryID":"8","serviceIDs":["1337"]}"#), "");
        for (body, told) in [
            (
                r#"{"searchID":"7","serviceIDs":["1337","9"]}"#,
                "`9` as its `serviceIDs` is none of the target's `fixtures`",
            ),
            (r#"{"serviceIDs":["1337"],"businessIDs":["9"]}"#, "`9` as its `businessIDs` is none"),
            (r#"{"searchID":"7"}"#, "whoever it reaches without a list in `serviceIDs` or `businessIDs` is none"),
            (r#"{"serviceIDs":[]}"#, "whoever it reaches without a list"),
            ("serviceIDs=1337", "whoever it reaches without a list"),
            ("", "whoever it reaches without a list"),
        ] {
            assert!(refused(body).contains(told), "{body}: {}", refused(body));
        }
    }

    #[tokio::test]
    async fn only_the_credentials_of_its_own_clients_are_right() {
        let session = session().await;
        let is_refused = |request: &Request| {
            let refused = Bounds::new(all(), true).refuse(&session.environment, request);
            refused.is_err_and(|why| why.contains("`wrong_credentials`"))
        };
        let token = "/oauth2/token";
        for (wrong, id, secret) in [
            (false, "a", "first-fictional"),
            (false, "b", "second-fictional"),
            (true, "a", "second-fictional"),
            (true, "c", "d"),
        ] {
            assert_eq!(is_refused(&form(token, &[("client_id", id), ("client_secret", secret)])), wrong, "{id}");
            let basic = form(token, &[("a", "b")]).with_header("authorization", basic_header(id, secret));
            assert_eq!(is_refused(&basic), wrong, "{id}");
        }
        assert!(is_refused(&form(token, &[("client_assertion", "a")])));
        assert!(!is_refused(&form(token, &[("client_id", "a")])) && is_refused(&form(token, &[("client_id", "c")])));
        assert!(is_refused(&request("POST", token).with_body("application/json", "{}")));
        assert!(is_refused(&form(token, &[]).with_header("Authorization", "Bearer a")));
        assert!(!is_refused(&request("GET", "/userinfo").with_header("authorization", "Bearer a")));
        let page = |header: &str| request("GET", "http://127.0.0.1:2/page").with_header("authorization", header);
        assert!(!is_refused(&page(&plain_basic_header("someone", "fictional-password"))));
        assert!(is_refused(&page(&plain_basic_header("someone", "a guess"))));
    }

    #[tokio::test]
    async fn what_is_presented_again_spends_a_login_under_any_name() {
        let session = session().await;
        let bounds = Bounds::new(Allowed::default(), true);
        let send = |pairs: &[(&str, &str)]| bounds.refuse(&session.environment, &form("/oauth2/token", pairs));
        assert_eq!(send(&[("code", "one"), ("grant_type", "authorization_code")]), Ok(()));
        assert_eq!(send(&[("refresh_token", "two")]), Ok(()));
        assert!(send(&[("code", "one")]).unwrap_err().contains("`spends_login`"));
        assert!(send(&[("refresh_token", "two")]).unwrap_err().contains("`spends_login`"));
        assert!(send(&[("refresh_token", "three"), ("refresh_token", "three")]).is_err());
        assert_eq!(send(&[("refresh_token", "four")]), Ok(()));
        let other = Bounds::new(Allowed::default(), true);
        assert_eq!(other.refuse(&session.environment, &form("/oauth2/token", &[("code", "one")])), Ok(()));
    }
}
