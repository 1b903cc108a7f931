//! Reading one target of the project file.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::source::{
    Diagnostic, Entry, Fields, Node, Place, Problems, Template, Value, flag, is_name, one_of, text, texts,
};

use super::builtin::{MOCK_OFFERS, empty};
use super::read_control::read_control_token;
use super::read_network::read_network;
use super::read_pace::{check_pace, read_pace};
use super::read_reference::{read_reference, read_secret};
use super::target::{ClientDefinition, GateDefinition, LoginCommands, TargetDefinition, UrlName, UserDefinition};
use super::{Capability, ClientAuthentication, Kind, Reference};

const KEYS: &[&str] = &[
    "kind",
    "api",
    "authorize_url",
    "token_url",
    "revoke_url",
    "jwks_url",
    "userinfo_url",
    "auth_server",
    "site",
    "audience",
    "other",
    "gate",
    "offers",
    "real",
    "pace",
    "control_token",
    "network",
    "fixtures",
    "users",
    "clients",
];

/// Reads the target `entry` into `targets`: a new one, or additions to a built-in one.
pub(super) fn read_target(entry: &Entry, targets: &mut Vec<TargetDefinition>, problems: &mut Problems) {
    let name = &*entry.key.value;
    check_name("a target's name", entry, problems);
    let Some(fields) = Fields::of(&entry.value, "a target", KEYS, problems) else { return };
    let builtin = targets.iter().position(|target| target.name == name);
    // `None` if nothing can be told by it, as it is missing or wrong.
    let kind;
    let mut target = if let Some(index) = builtin {
        kind = Some(targets[index].kind);
        targets[index].clone()
    } else {
        kind = fields.get("kind").and_then(|node| one_of(node, "`kind`", Kind::WORDS, problems));
        if fields.get("kind").is_none() {
            problems.push(
                Diagnostic::error("missing-key", format!("the target `{name}` has no `kind`"), entry.key.place)
                    .help("`kind` says which rules of safety apply: mock, staging or production"),
            );
        }
        empty(name, kind.unwrap_or(Kind::Production))
    };
    if builtin.is_some() {
        refuse_builtin_keys(&fields, problems);
    }
    if target.kind == Kind::Mock {
        refuse_what_a_mock_tells(&fields, builtin.is_some(), problems);
    }
    if builtin.is_none() && target.kind == Kind::Mock {
        target.offers.extend(MOCK_OFFERS);
    }
    for (word, url) in UrlName::WORDS {
        if let Some(template) = fields.get(word).and_then(|node| url_reference(node, word, problems)) {
            target.urls.insert(*url, template);
        }
    }
    if builtin.is_none() && target.kind != Kind::Mock && fields.get("api").is_none() {
        problems.push(
            Diagnostic::error("missing-key", format!("the target `{name}` has no `api`"), entry.key.place)
                .help("`api` is the base to which a step's path is appended"),
        );
    }
    if let Some(node) = fields.get("audience") {
        target.audience = reference(node, "`audience`", problems);
    }
    target.other = fields.get("other").and_then(|node| text(node, "`other`", problems)).or(target.other);
    if let Some(node) = fields.get("gate") {
        read_gate(node, &mut target, problems);
    }
    if let Some(node) = fields.get("offers") {
        let words = node.as_sequence().unwrap_or(std::slice::from_ref(node));
        target.offers.extend(words.iter().filter_map(|word| read_offer(word, kind, problems)));
    }
    if let Some(node) = fields.get("real") {
        target.real = flag(node, "`real`", problems).unwrap_or_default();
    }
    if let Some(node) = fields.get("pace") {
        target.pace = read_pace(node, problems);
    }
    if let Some(node) = fields.get("control_token") {
        read_control_token(node, &mut target, problems);
    }
    if let Some(node) = fields.get("network") {
        read_network(node, &mut target, problems);
    }
    if let Some(node) = fields.get("fixtures") {
        target.fixtures.extend(references(node, "`fixtures`", problems));
    }
    if let Some(node) = fields.get("users") {
        // The first is the default, so those of a built-in target make room.
        target.users.clear();
        read_users(node, &mut target, problems);
    }
    if let Some(node) = fields.get("clients") {
        read_clients(node, &mut target, problems);
    }
    if let Some(node) = fields.get("pace").filter(|_| kind.is_some()) {
        check_pace(&target, node.place, problems);
    }
    match builtin {
        Some(index) => targets[index] = target,
        None => targets.push(target),
    }
}

/// A built-in target's addresses are the documents'; a project adds its clients, fixtures and pace.
fn refuse_builtin_keys(fields: &Fields<'_>, problems: &mut Problems) {
    let fixed = &["kind", "api", "authorize_url", "token_url", "auth_server", "site", "audience", "offers"];
    for entry in fields.among(fixed) {
        problems.push(
            Diagnostic::error(
                "built-in-target",
                format!("`{}` of a built-in target can't be changed", entry.key.value),
                entry.key.place,
            )
            .help("define a target of your own, under another name, for another address"),
        );
    }
}

/// A mock tells what is in its worlds itself, and only its `api` is needed to find it: what is written would be ignored.
fn refuse_what_a_mock_tells(fields: &Fields<'_>, builtin: bool, problems: &mut Problems) {
    let told: &[&str] = &["real", "gate", "clients", "users", "fixtures", "revoke_url", "jwks_url", "userinfo_url"];
    // Those of a built-in target can't be changed anyway.
    let fixed: &[&str] = if builtin { &[] } else { &["authorize_url", "token_url", "auth_server", "site", "audience"] };
    for entry in fields.among(&[told, fixed].concat()) {
        let key = &entry.key.value;
        problems.push(
            Diagnostic::error("told-by-mock", format!("a mock can't be given `{key}`"), entry.key.place)
                .label("it would be ignored")
                .help(format!("a mock tells its addresses, clients, users, fixtures and gate itself: remove `{key}`")),
        );
    }
}

/// What a target offers; what is told by other keys, or can be done to a mock only, can't be claimed.
fn read_offer(word: &Node, kind: Option<Kind>, problems: &mut Problems) -> Option<Capability> {
    let derived = Capability::WORDS.iter().find(|(known, _)| word.as_text() == Some(known));
    if let Some((name, offer)) = derived
        && let Some(told_by) = told_otherwise(*offer, kind)
    {
        problems.push(
            Diagnostic::error("derived-offer", format!("`{name}` is not offered by a word"), word.place).help(told_by),
        );
        return Some(*offer);
    }
    let words: Vec<(&str, Capability)> =
        Capability::WORDS.iter().copied().filter(|(_, offer)| told_otherwise(*offer, kind).is_none()).collect();
    one_of(word, "an element of `offers`", &words, problems)
}

/// What tells that a target of `kind` offers this, if a word does not.
fn told_otherwise(offer: Capability, kind: Option<Kind>) -> Option<&'static str> {
    match offer {
        Capability::Environments => Some("a target has a second environment if its `other` names another target"),
        Capability::Gate => Some("a target has a gate if `gate: { user: …, password: … }` says what opens it"),
        Capability::NarrowScope => {
            Some("a target that offers `login` and is no real one gives tokens of just the scopes that are asked for")
        }
        Capability::Mock if kind.is_some_and(|kind| kind != Kind::Mock) => Some(
            "it says that what happens at a target reaches nobody: every target of `kind: mock` offers it, and no other; \
             remove it here, or write `kind: mock` if a mock answers there",
        ),
        Capability::Clock | Capability::Faults | Capability::Given if kind.is_some_and(|kind| kind != Kind::Mock) => {
            Some(
                "only a mock can be ordered to do this: it is offered by every target of `kind: mock`, and by no other",
            )
        }
        _ => None,
    }
}

fn read_gate(node: &Node, target: &mut TargetDefinition, problems: &mut Problems) {
    let Some(fields) = Fields::of(node, "`gate`", &["user", "password"], problems) else { return };
    if !target.urls.contains_key(&UrlName::Site) {
        problems.push(
            Diagnostic::error(
                "missing-key",
                format!("the target `{}` has a gate and no `site`", target.name),
                node.place,
            )
            .help("the gate's credentials are sent to addresses below `site` only"),
        );
    }
    let user = required(&fields, "user", ("gate", node.place), problems, read_reference);
    let password = required(&fields, "password", ("gate", node.place), problems, read_secret);
    target.gate = user.zip(password).map(|(user, password)| GateDefinition { user, password });
}

fn read_users(node: &Node, target: &mut TargetDefinition, problems: &mut Problems) {
    for entry in mapping(node, "`users`", problems) {
        check_name("a user's name", entry, problems);
        let keys = ["login", "password", "own_account"];
        let Some(fields) = Fields::of(&entry.value, "a user", &keys, problems) else { continue };
        let login = fields.get("login").and_then(|node| read_reference(node, "login", problems));
        let password = fields.get("password").and_then(|node| read_secret(node, "password", problems));
        let own_account = fields.get("own_account").and_then(|node| flag(node, "`own_account`", problems));
        let (name, own_account) = (entry.key.value.to_string(), own_account.unwrap_or_default());
        target.users.push(UserDefinition { name, login, password, own_account });
    }
}

/// Reads `logins`: the commands of a store that is another program's.
pub(super) fn read_logins(node: &Node, problems: &mut Problems) -> Option<LoginCommands> {
    let fields = Fields::of(node, "`logins`", &["load", "save"], problems)?;
    let mut command = |key: &str| {
        if let Some(node) = fields.get(key) {
            return text(node, &format!("`{key}`"), problems).map(|command| command.value);
        }
        problems.push(Diagnostic::error("missing-key", format!("`logins` has no `{key}`"), node.place).help(
            "`load` is the command that writes a login to its stdout, and `save` the one that reads it from its stdin",
        ));
        None
    };
    let (load, save) = (command("load"), command("save"));
    load.zip(save).map(|(load, save)| LoginCommands { load, save, folder: PathBuf::new() })
}

fn read_clients(node: &Node, target: &mut TargetDefinition, problems: &mut Problems) {
    for entry in mapping(node, "`clients`", problems) {
        let keys = ["id", "secret", "redirect_uri", "auth", "scopes"];
        check_name("a client's name", entry, problems);
        let Some(fields) = Fields::of(&entry.value, "a client", &keys, problems) else { continue };
        let of = (&*entry.key.value, entry.key.place);
        let id = required(&fields, "id", of, problems, read_reference);
        let secret = required(&fields, "secret", of, problems, read_secret);
        let client = id.zip(secret).map(|(id, secret)| ClientDefinition {
            id,
            secret,
            redirect_uri: fields.get("redirect_uri").and_then(|node| reference(node, "`redirect_uri`", problems)),
            authentication: fields
                .get("auth")
                .and_then(|node| one_of(node, "`auth`", ClientAuthentication::WORDS, problems))
                .unwrap_or_default(),
            scopes: fields
                .get("scopes")
                .map(|node| texts(node, "`scopes`", problems).into_iter().map(|scope| scope.value).collect())
                .unwrap_or_default(),
        });
        if let Some(client) = client {
            target.clients.insert(entry.key.value.to_string(), client);
        }
    }
}

fn mapping<'n>(node: &'n Node, what: &str, problems: &mut Problems) -> &'n [Entry] {
    node.as_mapping().unwrap_or_else(|| {
        problems.push(Diagnostic::error("wrong-type", format!("{what} is a mapping, not {}", node.kind()), node.place));
        &[]
    })
}

/// The value of `key`, which what stands at `of` must have, as `read` reads it.
fn required(
    fields: &Fields<'_>,
    key: &str,
    of: (&str, Place),
    problems: &mut Problems,
    read: fn(&Node, &str, &mut Problems) -> Option<Reference>,
) -> Option<Reference> {
    let Some(node) = fields.get(key) else {
        let (name, place) = of;
        problems.push(
            Diagnostic::error("missing-key", format!("`{name}` has no `{key}`"), place)
                .help(format!("write it as a reference, such as `{key}: \"${{env.NAME}}\"`")),
        );
        return None;
    };
    read(node, key, problems)
}

fn references(node: &Node, what: &str, problems: &mut Problems) -> BTreeMap<String, Template> {
    mapping(node, what, problems)
        .iter()
        .filter_map(|entry| {
            check_name("a fixture's name", entry, problems);
            Some((entry.key.value.to_string(), reference(&entry.value, "a fixture", problems)?))
        })
        .collect()
}

/// A URL, whole or with references; one without references can be judged now.
pub(super) fn url_reference(node: &Node, word: &str, problems: &mut Problems) -> Option<Template> {
    let template = reference(node, &format!("`{word}`"), problems)?;
    let is_web =
        |text: &str| url::Url::parse(text).is_ok_and(|url| ["http", "https"].contains(&url.scheme()) && url.has_host());
    if template.as_literal().is_some_and(has_password) {
        problems.push(password_in_url(word, node));
    } else if let Some(text) = template.as_literal().filter(|text| !is_web(text)) {
        problems.push(
            Diagnostic::error("bad-url", format!("`{word}` can't be `{text}`"), node.place)
                .label("not a URL")
                .help("write a whole URL, such as `https://api.example.com/v1/` or `http://127.0.0.1:4600/`"),
        );
    }
    Some(template)
}

/// Whether `text` is a URL with a password in it.
pub(super) fn has_password(text: &str) -> bool {
    url::Url::parse(text).is_ok_and(|url| url.password().is_some())
}

/// The problem of a URL that stands at `node` with a password in it.
pub(super) fn password_in_url(word: &str, node: &Node) -> Diagnostic {
    Diagnostic::error("literal-secret", format!("`{word}` has a password in it"), node.place)
        .label("a secret is given by a reference")
        .note("a project file is shared and committed, and whoever has it would have the secret")
        .help(format!("write the whole of it into a variable: `{word}: \"${{env.NAME}}\"`"))
}

/// A text in which `${env.NAME}` may stand.
pub(super) fn reference(node: &Node, what: &str, problems: &mut Problems) -> Option<Template> {
    let written = match &node.value {
        Value::Number(_, spelling) if spelling.bytes().all(|byte| byte.is_ascii_digit()) => spelling.to_string(),
        _ => text(node, what, problems)?.value,
    };
    let template = match Template::parse(&written, node.place) {
        Ok(template) => template,
        Err(problem) => {
            problems.push(problem);
            return None;
        }
    };
    for (name, place) in template.names() {
        if name.strip_prefix("env.").is_none_or(|variable| variable.contains('.')) {
            problems.push(
                Diagnostic::error("unknown-name", format!("`{name}` is not known in a project file"), place)
                    .help("only `${env.NAME}`, a variable of the environment, may stand here"),
            );
        }
    }
    Some(template)
}

fn check_name(what: &str, entry: &Entry, problems: &mut Problems) {
    let name = &entry.key.value;
    if !is_name(name) {
        problems.push(
            Diagnostic::error("bad-name", format!("{what} can't be `{name}`"), entry.key.place)
                .help("names have lower-case letters, digits and `_`"),
        );
    }
}
