//! A scenario as written, read into types; nothing is resolved yet.

use std::time::Duration;

use crate::config::{Capability, ClientAuthentication, Effect, EnvironmentWord};
use crate::mock::control::{Answer, Knobs, RateLimit};
use crate::pattern::{Path, Pattern};
use crate::source::{Data, Located, Place, Template};

use super::parts::{Parameter, Parameters};
use super::webhooks::{Emit, Receive, Reply};
use super::words::{Grant, Method};

/// The headers, query or form of a request.
pub type Pairs = Parameters;

/// One scenario file, with the values of one matrix row written in.
#[derive(Debug)]
pub struct Scenario {
    /// The statement that it proves.
    pub title: String,
    /// The requirements that it shows.
    pub certifies: Vec<Located<String>>,
    /// Words to select it by.
    pub tags: Vec<Located<String>>,
    /// What the target must offer, as written.
    pub needs: Vec<Capability>,
    /// The knobs of the mock that are turned otherwise for it.
    pub knobs: Knobs,
    /// What it claims to do to the world.
    pub effects: Option<Located<Effect>>,
    /// The only targets on which it makes sense; empty for all.
    pub targets: Vec<Located<String>>,
    /// What `target.` and `client.` mean where a target holds both environments.
    pub environment: EnvironmentWord,
    /// The client that it uses.
    pub client: Option<Located<String>>,
    /// The token carried by every request to the API.
    pub token: Option<TokenUse>,
    /// Values drawn once, in order.
    pub vars: Vec<(Located<String>, Data)>,
    /// What is done.
    pub steps: Vec<Step>,
    /// What is done at the end in any case.
    pub finally: Vec<Step>,
    /// Whether shapes are pinned.
    pub snapshot: bool,
    /// Whether what must hold for every exchange is checked.
    pub invariants: bool,
    /// The longest that the whole may take.
    pub timeout: Duration,
}

/// A top-level `token`.
#[derive(Debug)]
pub struct TokenUse {
    /// How it is obtained.
    pub grant: Grant,
    /// The scopes.
    pub scope: Option<Template>,
    /// The audience, if it is not the target's.
    pub audience: Option<Template>,
    /// Whose login it stands for, if not the target's first user's.
    pub user: Option<Located<String>>,
    /// Where it is written.
    pub place: Place,
}

/// One action and what is expected of it.
#[derive(Debug)]
pub struct Step {
    /// What it is called in reports: its `name`, or its action.
    pub name: String,
    /// Where it is written.
    pub place: Place,
    /// What is done.
    pub action: Action,
    /// What must hold.
    pub expect: Expectation,
    /// What is kept.
    pub save: Box<[Save]>,
    /// Until what the request is repeated.
    pub until: Option<Box<Until>>,
}

/// What a step does.
#[derive(Debug)]
pub enum Action {
    /// Sends a request.
    Request(Box<Request>),
    /// Asks the token URL.
    Token(Box<Token>),
    /// Visits the authorization URL.
    Authorize(Box<Authorize>),
    /// Looks at a value.
    Compare(Data),
    /// Takes a webhook that came, or waits for it.
    Receive(Receive),
    /// Says how later webhooks are answered.
    Reply(Reply),
    /// Orders something of the mock.
    Mock(Box<MockAction>),
    /// Waits.
    Wait(Duration),
}

/// A request step.
#[derive(Debug)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The path below the API base, or the URL.
    pub url: Template,
    /// The query.
    pub query: Pairs,
    /// The headers.
    pub headers: Pairs,
    /// The body.
    pub body: Body,
    /// The bearer token.
    pub bearer: Bearer,
    /// HTTP Basic.
    pub basic: Option<Box<Basic>>,
}

/// The body of a request.
#[derive(Debug)]
pub enum Body {
    /// None.
    None,
    /// JSON.
    Json(Data),
    /// A form.
    Form(Pairs),
    /// Text, sent as it is.
    Text(Template),
}

/// Which bearer token a request carries.
#[derive(Debug)]
pub enum Bearer {
    /// The scenario's, if the request goes to the API.
    Carried,
    /// `bearer: none`.
    None,
    /// This one.
    Token(Template),
}

/// HTTP Basic (RFC 7617).
#[derive(Debug)]
pub struct Basic {
    /// The user.
    pub user: Template,
    /// The password.
    pub password: Template,
}

/// A request to the token URL.
#[derive(Debug)]
pub struct Token {
    /// The grant.
    pub grant: Grant,
    /// The parameters as written, by name; what is not here has its default.
    pub parameters: Vec<(&'static str, Parameter)>,
    /// How the client authenticates, if not as its target says.
    pub authentication: Option<ClientAuthentication>,
}

/// A visit to the authorization URL.
#[derive(Debug)]
pub struct Authorize {
    /// The parameters as written, by name; what is not here has its default.
    pub parameters: Vec<(&'static str, Parameter)>,
    /// Whether PKCE is used.
    pub pkce: bool,
    /// Who logs in, if not the target's first user.
    pub user: Option<Located<String>>,
    /// What the user answers.
    pub answer: Answer,
}

/// An order to the mock.
#[derive(Debug)]
pub enum MockAction {
    /// Move the clock.
    Advance(Duration),
    /// Answer in another way: a fault as it is written, checked.
    Fault(Data),
    /// Forget the faults that were ordered.
    ClearFaults,
    /// Limit how often the API may be asked, or lift the limit.
    RateLimit(Option<RateLimit>),
    /// Who answers the next authorization request.
    NextLogin {
        /// The user.
        user: Located<String>,
        /// The user's answer.
        answer: Answer,
    },
    /// A token is inactive from now on.
    Expire(Template),
    /// A token's whole grant ends.
    Revoke(Template),
    /// Sign with new keys.
    RotateKeys,
    /// Change the data.
    Given(Given),
    /// Let an event happen.
    Emit(Box<Emit>),
}

/// A state of the mock's data that does not come about by the API's own operations.
#[derive(Debug)]
pub enum Given {
    /// The lead of this negotiation was refunded.
    RefundedLead(Template),
    /// The customer of this negotiation chose its business.
    PickedLead(Template),
    /// The customer of this negotiation called it off.
    CanceledLead(Template),
    /// This business was closed.
    ClosedBusiness(Template),
    /// The account of this user is no pro.
    NotAPro(Located<String>),
    /// A user agreed before, to the scenario's client.
    RememberedConsent {
        /// The user.
        user: Located<String>,
        /// The scopes that were agreed to.
        scope: Template,
    },
}

/// What a step expects.
#[derive(Debug)]
pub enum Expectation {
    /// `expect: none`, or a step that expects nothing by its nature.
    None,
    /// This.
    Given(Box<Expect>),
}

/// What must hold.
#[derive(Debug, Default)]
pub struct Expect {
    /// The status.
    pub status: Option<Located<Box<[Status]>>>,
    /// The headers.
    pub headers: Box<[(Box<str>, Pattern)]>,
    /// The JSON body.
    pub body: Option<Box<Pattern>>,
    /// The documented body.
    pub example: Option<Box<Pattern>>,
    /// The body as text.
    pub text: Option<Box<Pattern>>,
    /// The parameters of a redirect.
    pub redirect: Option<Box<Pattern>>,
    /// The longest that the answer may take, or that a webhook is waited for.
    pub within: Option<Located<Duration>>,
    /// The compared value.
    pub value: Option<Box<Pattern>>,
}

/// A status, or a class of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Exactly this one.
    Exactly(u16),
    /// All of a class: 4 stands for 400 to 499.
    Class(u16),
}

/// A value that is kept.
#[derive(Debug)]
pub struct Save {
    /// Its name.
    pub name: Located<Box<str>>,
    /// Where it comes from.
    pub origin: Origin,
}

/// Where a saved value comes from.
#[derive(Debug)]
pub enum Origin {
    /// The body, or the compared value.
    Body(Path),
    /// A header.
    Header(Box<str>),
    /// A parameter of the redirect.
    Redirect(Box<str>),
}

/// The repetition of a request.
#[derive(Debug)]
pub struct Until {
    /// The pause between two requests.
    pub every: Duration,
    /// The longest that it may take.
    pub within: Duration,
    /// What ends it.
    pub expect: Expect,
}

impl Status {
    /// Whether an answer with `status` is meant.
    pub fn admits(self, status: u16) -> bool {
        match self {
            Self::Exactly(expected) => status == expected,
            Self::Class(class) => status / 100 == class,
        }
    }
}

impl std::fmt::Display for Status {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Exactly(status) => write!(formatter, "{status}"),
            Self::Class(class) => write!(formatter, "{class}xx"),
        }
    }
}
