//! Every key of the language, with what it means: the readers refuse what is not here, and the JSON Schema is made of it.

use crate::config::{Capability, ClientAuthentication, Effect, EnvironmentWord};
use crate::source::{Fields, Node, Problems};

use super::keys_fault::{FAULT, NEXT_LOGIN, RATE_LIMIT};
use super::webhook_keys::{EMIT, REPLY};
use super::words::{ANSWER_WORDS, EVENT_WORDS, Grant, INVARIANT_WORDS, PKCE_WORDS, SNAPSHOT_WORDS};

/// A kind of mapping of the language.
#[derive(Debug)]
pub(super) struct Object {
    /// What it is, with its article, for messages.
    pub name: &'static str,
    /// Its keys.
    pub keys: &'static [Key],
    /// The keys that must be there.
    pub required: &'static [&'static str],
}

/// A key of an [`Object`].
#[derive(Debug)]
pub(super) struct Key {
    /// The key as written.
    pub name: &'static str,
    /// What it means, in one sentence.
    pub meaning: &'static str,
    /// What may stand behind it.
    pub content: Content,
}

/// What may stand behind a key.
#[derive(Debug)]
pub(super) enum Content {
    /// A text, perhaps with placeholders.
    Text,
    /// A sequence of texts.
    Texts,
    /// A whole number.
    Number,
    /// A duration with its unit.
    Duration,
    /// A status, several, or a class of them.
    Status,
    /// One word of a vocabulary.
    Word(&'static dyn Words),
    /// A sequence of words of a vocabulary.
    WordList(&'static dyn Words),
    /// A parameter: a text, `null` to leave it out, a sequence to repeat it.
    Parameter,
    /// A mapping of names to parameters, or one placeholder for all.
    Parameters,
    /// A mapping of one kind.
    Object(&'static Object),
    /// `none`, or a mapping of one kind.
    NoneOr(&'static Object),
    /// One word of a vocabulary, or a mapping of one kind.
    WordOr(&'static dyn Words, &'static Object),
    /// Only `true`.
    True,
    /// A sequence of mappings of one kind.
    Objects(&'static Object),
    /// A pattern.
    Pattern,
    /// A mapping of names to patterns.
    Patterns,
    /// Where saved values come from.
    Saves,
    /// A text, or a sequence of them.
    TextOrTexts,
    /// A mapping of names to texts.
    TextMap,
    /// A sequence of words of a vocabulary and mappings of one kind.
    Turns(&'static dyn Words, &'static Object),
    /// Knobs of the mock with their positions.
    Knobs,
    /// Any value.
    Any,
}

/// A vocabulary, for the schema.
pub(super) trait Words: std::fmt::Debug + Sync {
    /// Its words.
    fn words(&self) -> Vec<&'static str>;
}

impl<T: std::fmt::Debug + Sync> Words for &'static [(&'static str, T)] {
    fn words(&self) -> Vec<&'static str> {
        self.iter().map(|(word, _)| *word).collect()
    }
}

impl Object {
    /// Takes `node` as such a mapping; unknown and missing keys are problems.
    pub(super) fn fields<'n>(&self, node: &'n Node, problems: &mut Problems) -> Option<Fields<'n>> {
        let fields = Fields::of(node, self.name, &self.names(), problems)?;
        for required in self.required {
            if fields.get(required).is_none() {
                problems.push(
                    crate::source::Diagnostic::error(
                        "missing-key",
                        format!("{} has no `{required}`", self.name),
                        node.place,
                    )
                    .help(format!("`{required}`: {}", self.meaning(required))),
                );
            }
        }
        Some(fields)
    }

    /// The names of its keys.
    pub(super) fn names(&self) -> Vec<&'static str> {
        self.keys.iter().map(|key| key.name).collect()
    }

    fn meaning(&self, name: &str) -> &'static str {
        self.keys.iter().find(|key| key.name == name).map_or("", |key| key.meaning)
    }
}

pub(super) const fn key(name: &'static str, content: Content, meaning: &'static str) -> Key {
    Key { name, meaning, content }
}

use Content::Object as Of;
use Content::{
    Any, Duration, Knobs, NoneOr, Objects, Parameter, Parameters, Pattern, Patterns, Saves, Status, Text, Texts, True,
    Word, WordList, WordOr,
};

/// A scenario file.
pub(super) const SCENARIO: Object = Object {
    name: "a scenario",
    required: &["title", "steps"],
    keys: &[
        key("title", Text, "the statement that the scenario proves"),
        key("why", Text, "why it matters, and to whom"),
        key("certifies", Texts, "the ids of the requirements that it shows"),
        key("tags", Texts, "words to select it by"),
        key("needs", WordList(&Capability::WORDS), "what the target must offer, beyond what the steps imply"),
        key(
            "knobs",
            Knobs,
            "how the mock is to be for it, otherwise than it is: `tacktest schema profile` tells the knobs",
        ),
        key("effects", Word(&Effect::WORDS), "what it does to the world, when that is more than the steps imply"),
        key("targets", Texts, "the only targets on which it makes sense"),
        key(
            "environment",
            Word(&EnvironmentWord::WORDS),
            "what `target.` and `client.` mean; staging if it is not said",
        ),
        key("client", Text, "the client credentials that it uses"),
        key("token", Of(&TOKEN_USE), "a token carried by every request to the API"),
        key("matrix", Any, "named rows of values; the scenario is one test for each"),
        key("vars", Any, "values drawn once and used by name"),
        key("steps", Objects(&STEP), "what is done, in order"),
        key("finally", Objects(&STEP), "what is done at the end in any case"),
        key("snapshot", Word(&SNAPSHOT_WORDS), "whether the shapes of the answers are pinned"),
        key("invariants", Word(&INVARIANT_WORDS), "whether what must hold for every exchange is checked"),
        key("timeout", Duration, "the longest that the whole scenario may take"),
    ],
};

/// A fragment file: steps for `use`.
pub(super) const FRAGMENT: Object = Object {
    name: "a fragment",
    required: &["steps"],
    keys: &[
        key("why", Text, "what the fragment is for"),
        key("steps", Objects(&STEP), "the steps that stand where it is used"),
    ],
};

/// A top-level `token`.
pub(super) const TOKEN_USE: Object = Object {
    name: "a carried token",
    required: &["grant"],
    keys: &[
        key("grant", Word(&Grant::WORDS), "how it is obtained"),
        key("scope", Text, "the scopes that it is for"),
        key("audience", Text, "the audience; the target's if it is not said"),
        key("user", Text, "whose login it stands for"),
    ],
};

/// The words of which a step has exactly one.
pub(super) const ACTIONS: &[&str] = &[
    "get",
    "post",
    "put",
    "patch",
    "delete",
    "head",
    "options",
    "token",
    "authorize",
    "compare",
    "receive",
    "reply",
    "mock",
    "wait",
    "use",
];

/// A step.
pub(super) const STEP: Object = Object {
    name: "a step",
    required: &[],
    keys: &[
        key("name", Text, "what the step is called in reports"),
        key("get", Text, "a path below the API base, or a URL"),
        key("post", Text, "a path below the API base, or a URL"),
        key("put", Text, "a path below the API base, or a URL"),
        key("patch", Text, "a path below the API base, or a URL"),
        key("delete", Text, "a path below the API base, or a URL"),
        key("head", Text, "a path below the API base, or a URL"),
        key("options", Text, "a path below the API base, or a URL"),
        key("token", Of(&TOKEN), "a request to the token URL"),
        key("authorize", Of(&AUTHORIZE), "a user's visit to the authorization URL"),
        key("compare", Any, "a value to look at, without a request"),
        key("receive", Text, "the event of the webhook that is taken, `any`, or `none`"),
        key("reply", Of(&REPLY), "how later webhooks are answered"),
        key("mock", Of(&MOCK), "an order to the mock"),
        key("wait", Duration, "how long to wait"),
        key("use", Text, "a fragment whose steps stand here"),
        key("with", Any, "the values that the fragment uses by name"),
        key("query", Parameters, "the parameters of the URL's query"),
        key("headers", Parameters, "the headers of the request"),
        key("json", Any, "the body, as JSON"),
        key("form", Parameters, "the body, as a form"),
        key("text", Text, "the body, as it is"),
        key("bearer", Text, "the bearer token, or `none`"),
        key("basic", Of(&BASIC), "the user and password of HTTP Basic"),
        key("expect", NoneOr(&EXPECT), "what must hold, or `none`"),
        key("save", Saves, "values of the answer to keep, by name"),
        key("until", Of(&UNTIL), "how long the request is repeated, and until what holds"),
    ],
};

/// `token` of a step.
pub(super) const TOKEN: Object = Object {
    name: "`token`",
    required: &["grant"],
    keys: &[
        key("grant", Word(&Grant::WORDS), "the grant"),
        key("scope", Parameter, "the scopes that are asked for"),
        key("audience", Parameter, "the audience; the target's if it is not said"),
        key("code", Parameter, "the authorization code"),
        key("refresh_token", Parameter, "the refresh token"),
        key("redirect_uri", Parameter, "where the code was sent; as asked for if it is not said"),
        key("code_verifier", Parameter, "the PKCE verifier; as asked with if it is not said"),
        key("auth", Word(&ClientAuthentication::WORDS), "how the client authenticates"),
    ],
};

/// `authorize` of a step.
pub(super) const AUTHORIZE: Object = Object {
    name: "`authorize`",
    required: &[],
    keys: &[
        key("scope", Parameter, "the scopes that are asked for"),
        key("state", Parameter, "the state; a random one if it is not said"),
        key("audience", Parameter, "the audience; the target's if it is not said"),
        key("redirect_uri", Parameter, "where the user is sent back; the client's if it is not said"),
        key("response_type", Parameter, "`code` if it is not said"),
        key("nonce", Parameter, "the nonce of OpenID Connect"),
        key("prompt", Parameter, "what the user must be asked again"),
        key("pkce", Word(&PKCE_WORDS), "use PKCE"),
        key("user", Text, "who logs in; the target's first user if it is not said"),
        key("answer", Word(&ANSWER_WORDS), "what the user answers"),
    ],
};

/// `basic` of a step.
pub(super) const BASIC: Object = Object {
    name: "`basic`",
    required: &["user", "password"],
    keys: &[key("user", Text, "the user"), key("password", Text, "the password")],
};

/// `mock` of a step.
pub(super) const MOCK: Object = Object {
    name: "`mock`",
    required: &[],
    keys: &[
        key("advance", Duration, "move the world's clock"),
        key("fault", Of(&FAULT), "answer a request in another way"),
        key("clear_faults", True, "forget every fault that was ordered"),
        key("rate_limit", NoneOr(&RATE_LIMIT), "how often the API may be asked, or `none`"),
        key("next_login", Of(&NEXT_LOGIN), "who answers the next authorization request, and how"),
        key("expire", Text, "a token that is inactive from now on"),
        key("revoke", Text, "a token whose whole grant ends now"),
        key("rotate_keys", True, "sign id tokens with a new key from now on"),
        key("given", Of(&GIVEN), "data that no operation of the API brings about"),
        key("emit", WordOr(&EVENT_WORDS, &EMIT), "an event that happens now, of which webhooks tell"),
    ],
};

/// `given` of `mock`.
pub(super) const GIVEN: Object = Object {
    name: "`given`",
    required: &[],
    keys: &[
        key("refunded_lead", Text, "the id of a negotiation whose lead was refunded"),
        key("picked_lead", Text, "the id of a negotiation whose customer chose the business: its status is Picked"),
        key("canceled_lead", Text, "the id of a negotiation whose customer called it off: its status is Canceled"),
        key("closed_business", Text, "the id of a business that was closed"),
        key("not_a_pro", Text, "a user whose account is no pro"),
        key("remembered_consent", Of(&REMEMBERED_CONSENT), "what a user agreed to before"),
    ],
};

/// `remembered_consent` of `given`.
pub(super) const REMEMBERED_CONSENT: Object = Object {
    name: "`remembered_consent`",
    required: &["user", "scope"],
    keys: &[
        key("user", Text, "the user who agreed to the scenario's client"),
        key("scope", Text, "the scopes that were agreed to"),
    ],
};

/// `expect` of a step.
pub(super) const EXPECT: Object = Object {
    name: "`expect`",
    required: &[],
    keys: &[
        key("status", Status, "the status: 200, [200, 201] or 4xx"),
        key("headers", Patterns, "patterns of headers"),
        key("body", Pattern, "a pattern of the JSON body"),
        key("example", Any, "a documented body: binding on the mock, a note elsewhere"),
        key("text", Pattern, "a pattern of the body as text"),
        key("redirect", Patterns, "patterns of the redirect's parameters, and `uri` without them"),
        key("within", Duration, "the longest that the answer may take, or a webhook"),
        key("value", Pattern, "a pattern of the compared value"),
    ],
};

/// `until` of a step.
pub(super) const UNTIL: Object = Object {
    name: "`until`",
    required: &["every", "for", "expect"],
    keys: &[
        key("every", Duration, "the pause between two requests"),
        key("for", Duration, "the longest that it may take"),
        key("expect", Of(&EXPECT), "what ends the repeating"),
    ],
};
