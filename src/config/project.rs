//! `tacktest.yaml`: found by walking up, read strictly.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::source::{
    Diagnostic, Fields, Node, Place, Problems, SourceFile, Sources, Template, Value, parse_into, read_file,
};

use super::contact::read_contact;
use super::hide::hide_secrets;
use super::read::{read_logins, read_target};
use super::receiver::read_receiver;
use super::{
    Catalogue, Kind, LoginCommands, ReceiverDefinition, TargetDefinition, UrlName, Variables, WrongCatalogue,
    builtin_targets,
};

/// The name of the file that marks a project.
pub const PROJECT_FILE: &str = "tacktest.yaml";

/// The keys of a project file.
const KEYS: &[&str] = &["targets", "contact", "logins", "receiver"];

/// A project: where its scenarios and snapshots are, and its targets.
#[derive(Debug)]
pub struct Project {
    /// The folder with the project file.
    pub root: PathBuf,
    /// The targets: built-in ones with what the project adds, then its own.
    pub targets: Vec<TargetDefinition>,
    /// Whom the operator of a target can ask about a run, if it is told.
    pub contact: Option<String>,
    /// Where logins are kept, if not on this machine.
    pub logins: Option<LoginCommands>,
    /// Where webhooks are received, if they are.
    pub receiver: Option<ReceiverDefinition>,
    /// What its references to the environment stand for.
    pub variables: Variables,
    /// The project file as read, for diagnostics that point into it.
    pub sources: Sources,
    /// The requirements that scenarios may certify, once they were asked for: few runs of one scenario need them.
    pub(crate) catalogue: OnceLock<Result<Catalogue, WrongCatalogue>>,
}

/// What a project file holds.
struct Written {
    targets: Vec<TargetDefinition>,
    contact: Option<String>,
    logins: Option<LoginCommands>,
    receiver: Option<ReceiverDefinition>,
}

/// The nearest folder at or above `start` with a project file.
pub fn find_project(start: &Path) -> Option<PathBuf> {
    start.ancestors().find(|folder| folder.join(PROJECT_FILE).is_file()).map(Path::to_path_buf)
}

impl Project {
    /// Reads the project file of the folder `root`; the error holds all problems of the file.
    pub fn read(root: &Path) -> Result<Self, (Vec<Diagnostic>, Sources)> {
        let path = root.join(PROJECT_FILE);
        let shown = shown(&path);
        let file = match read_file(&path, &shown, 0) {
            Ok(file) => file,
            Err(problem) => {
                let sources = Sources::of(SourceFile { path: shown, text: String::new() });
                return Err((vec![problem], sources));
            }
        };
        let sources = Sources::of(file);
        match Self::written(&sources) {
            Ok(Written { targets, contact, mut logins, receiver }) => {
                if let Some(logins) = &mut logins {
                    logins.folder = root.to_path_buf();
                }
                Ok(Self {
                    root: root.to_path_buf(),
                    targets,
                    contact,
                    logins,
                    receiver,
                    variables: Variables::beside(root),
                    sources,
                    catalogue: OnceLock::new(),
                })
            }
            Err(problems) => Err(hide_secrets(problems, &sources)),
        }
    }

    fn written(sources: &Sources) -> Result<Written, Vec<Diagnostic>> {
        let text = sources.get(0).map_or("", |file| &file.text);
        let mut targets = builtin_targets();
        let mut logins = None;
        let mut problems = Problems::default();
        let Some(document) = parse_into(text, 0, &mut problems) else { return Err(problems.into_sorted()) };
        let (mut contact, mut receiver) = (None, None);
        if document.value != Value::Null
            && let Some(fields) = Fields::of(&document, "a project file", KEYS, &mut problems)
        {
            if let Some(written) = fields.get("targets") {
                read_targets(written, &mut targets, &mut problems);
            }
            logins = fields.get("logins").and_then(|written| read_logins(written, &mut problems));
            contact = fields.get("contact").and_then(|written| read_contact(written, &mut problems));
            receiver = fields.get("receiver").and_then(|written| read_receiver(written, &mut problems));
        }
        check_other(&targets, &mut problems);
        if problems.is_empty() {
            Ok(Written { targets, contact, logins, receiver })
        } else {
            Err(problems.into_sorted())
        }
    }

    /// The target `name`.
    pub fn target(&self, name: &str) -> Option<&TargetDefinition> {
        self.targets.iter().find(|target| target.name == name)
    }

    /// The second environment of `target`, if that is a target of its own.
    pub fn other(&self, target: &TargetDefinition) -> Option<&TargetDefinition> {
        target.other.as_ref().and_then(|other| self.target(&other.value))
    }

    /// The literal values of all targets, by the names that scenarios use: `targets.staging.api` and so on.
    pub fn definitions(&self) -> BTreeMap<String, String> {
        let mut all = BTreeMap::new();
        for target in &self.targets {
            for (word, name) in UrlName::WORDS {
                if let Some(value) = target.urls.get(name).and_then(Template::as_literal) {
                    all.insert(format!("targets.{}.{word}", target.name), value.to_owned());
                }
            }
            if let Some(value) = target.audience.as_ref().and_then(Template::as_literal) {
                all.insert(format!("targets.{}.audience", target.name), value.to_owned());
            }
        }
        all
    }

    /// The requirements that scenarios may certify, read when they are first asked for.
    pub fn requirements(&self) -> Result<&Catalogue, &WrongCatalogue> {
        self.catalogue.get_or_init(|| Catalogue::read(&self.scenarios())).as_ref()
    }

    /// What is wrong with the requirements, if they were asked for.
    pub fn wrong_requirements(&self) -> Option<&WrongCatalogue> {
        self.catalogue.get().and_then(|read| read.as_ref().err())
    }

    /// The folder of the scenarios.
    pub fn scenarios(&self) -> PathBuf {
        self.root.join("scenarios")
    }

    /// The folder of the snapshots.
    pub fn snapshots(&self) -> PathBuf {
        self.root.join("snapshots")
    }
}

fn read_targets(written: &Node, targets: &mut Vec<TargetDefinition>, problems: &mut Problems) {
    match written.as_mapping() {
        Some(entries) => entries.iter().for_each(|entry| read_target(entry, targets, problems)),
        None => problems.push(Diagnostic::error(
            "wrong-type",
            format!("`targets` is a mapping of names to targets, not {}", written.kind()),
            written.place,
        )),
    }
}

fn check_other(targets: &[TargetDefinition], problems: &mut Problems) {
    for target in targets {
        let Some(other) = &target.other else { continue };
        let refused = |title: String| Diagnostic::error("bad-other", title, other.place);
        match targets.iter().find(|known| known.name == other.value) {
            None => problems.push(unknown_target(&other.value, targets, other.place)),
            Some(_) if target.kind == Kind::Mock => problems.push(
                refused(format!("the mock `{}` can't have another target for its second environment", target.name))
                    .help("a mock holds both environments itself: remove `other`"),
            ),
            Some(other) if other.kind == Kind::Mock => problems.push(
                refused(format!("the mock `{}` can't be the second environment of a target", other.name))
                    .help("a mock holds both environments itself: name a target of kind `staging` or `production`"),
            ),
            Some(other) if other.name == target.name => problems.push(
                refused(format!("the target `{}` can't be its own second environment", target.name))
                    .help("name another target, or remove `other`"),
            ),
            Some(_) => {}
        }
    }
}

/// The problem of naming a target that does not exist.
pub(crate) fn unknown_target(name: &str, targets: &[TargetDefinition], place: Place) -> Diagnostic {
    let names: Vec<&str> = targets.iter().map(|target| target.name.as_str()).collect();
    Diagnostic::error("unknown-target", format!("there is no target `{name}`"), place)
        .label("unknown target")
        .suggest(crate::source::did_you_mean(name, names.iter().copied()))
        .help(format!("targets: {}", names.join(", ")))
}

/// The path as shown: relative to the working directory when it lies below it.
pub(super) fn shown(path: &Path) -> PathBuf {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(&here).map_or_else(|_| path.to_path_buf(), Path::to_path_buf)
}

#[cfg(test)]
mod tests {
    use super::super::{Capability, ClientAuthentication, Kind, Reference, UrlName};
    use super::*;

    fn variable(reference: &Reference) -> Option<&str> {
        match reference {
            Reference::Text(template) => template.as_placeholder(),
            Reference::File(_) | Reference::Command(_) => None,
        }
    }

    #[test]
    fn every_key_of_the_project_file_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let urls = UrlName::WORDS
            .iter()
            .fold(String::new(), |urls, (word, _)| urls + "    " + word + ": http://127.0.0.1:9/" + word + "/\n");
        let text = format!(
            "contact: a@example.com\nreceiver: {{ listen: 127.0.0.1:8422, public_url: \"${{env.A}}\" }}\ntargets:\n  local:\n    kind: staging\n{urls}    audience: urn:a\n    other: production\n    gate: {{ user: a, password: \"${{env.B}}\" }}\n    \
             offers: [consent]\n    real: true\n    pace: {{ concurrency: 4, per_second: 5, per_run: 99, agreed: {{ by: Somebody, date: 2026-01-31 }} }}\n    fixtures: {{ business: 1337 }}\n    \
             users: {{ pro: {{ login: a, password: {{ file: b }}, own_account: true }} }}\n    clients:\n      demand: {{ id: a, secret: \
             \"${{env.B}}\", redirect_uri: http://127.0.0.1:1/, auth: post, scopes: [c] }}\n  staging:\n    \
             fixtures: {{ business: \"1\" }}\n    pace: {{ per_second: 2 }}\nlogins: {{ load: first fictional, save: second }}\n"
        );
        std::fs::write(folder.path().join(PROJECT_FILE), &text).unwrap();
        let project = Project::read(folder.path()).unwrap();
        assert_eq!(project.contact.as_deref(), Some("a@example.com"));
        let receiver = project.receiver.as_ref().unwrap();
        let told = (receiver.listen.port(), receiver.public_url.as_placeholder());
        assert_eq!(told, (8422, Some("env.A")));
        let local = project.target("local").unwrap();
        assert_eq!(local.kind, Kind::Staging);
        for (word, url) in UrlName::WORDS {
            let expected = format!("http://127.0.0.1:9/{word}/");
            assert_eq!(local.urls[url].as_literal(), Some(expected.as_str()));
        }
        assert_eq!(local.audience.as_ref().unwrap().as_literal(), Some("urn:a"));
        assert_eq!(local.other.as_ref().unwrap().value, "production");
        assert_eq!(variable(&local.gate.as_ref().unwrap().password), Some("env.B"));
        assert_eq!(local.offers, [Capability::Consent]);
        assert!(local.real);
        assert_eq!((local.pace.concurrency, local.pace.per_second, local.pace.per_run), (Some(4), Some(5), Some(99)));
        assert_eq!(local.pace.agreed.as_ref().unwrap().date, "2026-01-31");
        assert_eq!(local.fixtures["business"].as_literal(), Some("1337"));
        let user = &local.users[0];
        assert_eq!((user.name.as_str(), user.login.as_ref().and_then(variable)), ("pro", None));
        assert!(matches!(&user.password, Some(Reference::File(path)) if path.value == "b"), "{user:?}");
        assert!(user.own_account);
        let logins = project.logins.as_ref().unwrap();
        assert_eq!((logins.load.as_str(), logins.save.as_str()), ("first fictional", "second"));
        assert!(!format!("{logins:?}").contains("fictional"));
        let client = &local.clients["demand"];
        assert_eq!(variable(&client.secret), Some("env.B"));
        assert_eq!(client.redirect_uri.as_ref().unwrap().as_literal(), Some("http://127.0.0.1:1/"));
        assert_eq!(client.authentication, ClientAuthentication::Post);
        assert_eq!(client.scopes, ["c"]);
        let staging = project.target("staging").unwrap();
        assert_eq!(staging.pace.per_second, Some(2));
        assert_eq!(staging.fixtures["business"].as_literal(), Some("1"));
        assert!(staging.urls[&UrlName::Api].as_literal().unwrap().starts_with("https://"), "what is built in stays");
    }
}
