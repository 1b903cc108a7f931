//! The catalogue of requirements: what the documents state, by the ids that scenarios certify.
//!
//! The built-in catalogue comes with the program. A project may add to it, and can change nothing in it, so that an id
//! means the same in every certificate.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::Arc;

use crate::source::{Diagnostic, Place, SourceFile, Sources, did_you_mean, read_file};

use super::bundled::bundled_text;
use super::project::shown;
use super::read_requirements::Reader;

/// The name of the file with the catalogue, in the folder of the scenarios.
pub const REQUIREMENTS_FILE: &str = "_requirements.yaml";

/// Of the requirements below a name, how many are told.
const MOST_TOLD: usize = 10;

/// One normative statement of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    /// What scenarios certify: names with dots between them.
    pub id: String,
    /// What must be so, as a sentence that begins small and ends without a period.
    pub statement: String,
    /// How much it binds.
    pub level: Level,
    /// Whom it binds.
    pub party: Party,
    /// What it rests on.
    pub basis: Basis,
    /// The document that has it.
    pub document: Arc<Document>,
    /// Where in the document.
    pub section: String,
    /// Where it can be shown of the server; a client is always watched at the mock.
    pub shown: Shown,
    /// The requirements whose verdicts make this one's, by id; `NAME.*` stands for all below `NAME`.
    pub passes_with: Vec<String>,
}

impl Requirement {
    /// Whether `name` is its id, or `NAME.*` for a name that it is below.
    pub fn is_named(&self, name: &str) -> bool {
        stands_for(name, &self.id)
    }
}

/// Whether `name`, an id or `NAME.*`, stands for the requirement `id`.
pub(super) fn stands_for(name: &str, id: &str) -> bool {
    match name.strip_suffix(".*") {
        Some(group) => id.strip_prefix(group).is_some_and(|rest| rest.starts_with('.')),
        None => name == id,
    }
}

/// A document that has requirements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Its title.
    pub title: String,
    /// When it was last changed: year, month and day, as in ISO 8601.
    pub date: String,
}

/// How much a requirement binds (RFC 2119).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// It has to be met.
    Must,
    /// It may be left unmet for a reason.
    Should,
}

impl Level {
    /// The words of `level`.
    pub const WORDS: &[(&str, Self)] = &[("must", Self::Must), ("should", Self::Should)];
}

/// Whom a requirement binds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Party {
    /// The API and its authorization server.
    Server,
    /// The partner's software.
    Client,
    /// Both, with a verdict each.
    Both,
}

impl Party {
    /// The words of `party`.
    pub const WORDS: &[(&str, Self)] = &[("server", Self::Server), ("client", Self::Client), ("both", Self::Both)];
}

/// What a requirement rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// The document says it.
    Stated,
    /// It follows from what the document says.
    Implied,
    /// Servers and clients were seen to do so.
    Practice,
}

impl Basis {
    /// The words of `basis`.
    pub const WORDS: &[(&str, Self)] =
        &[("stated", Self::Stated), ("implied", Self::Implied), ("practice", Self::Practice)];
}

/// Where a requirement can be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// At staging, and on the mock.
    Staging,
    /// On the mock only.
    Mock,
    /// Without a request: it is an address.
    Constant,
    /// Nowhere: a person says it.
    Attested,
}

impl Shown {
    /// The words of `shown`.
    pub const WORDS: &[(&str, Self)] =
        &[("staging", Self::Staging), ("mock", Self::Mock), ("constant", Self::Constant), ("attested", Self::Attested)];
}

/// All requirements that scenarios of a project may certify.
#[derive(Debug)]
pub struct Catalogue {
    requirements: Vec<Arc<Requirement>>,
    by_id: HashMap<String, usize>,
}

/// What is wrong with a project's own catalogue.
#[derive(Debug)]
pub struct WrongCatalogue {
    /// All problems.
    pub problems: Vec<Diagnostic>,
    /// The file, to show places.
    pub sources: Sources,
}

impl Catalogue {
    /// Reads the built-in catalogue, and what the folder of scenarios `folder` adds to it.
    pub fn read(folder: &Path) -> Result<Self, WrongCatalogue> {
        let path = folder.join(REQUIREMENTS_FILE);
        let built_in = bundled_text(&format!("scenarios/{REQUIREMENTS_FILE}"));
        // A link that leads nowhere is there, and is told when it is read.
        let own = if path.symlink_metadata().is_ok() { Some(read_file(&path, &shown(&path), 0)) } else { None };
        match own {
            None => Self::of(built_in, None),
            Some(Ok(file)) => Self::of(built_in, Some(file)),
            Some(Err(problem)) => {
                let sources = Sources::of(SourceFile { path: shown(&path), text: String::new() });
                Err(WrongCatalogue { problems: vec![problem], sources })
            }
        }
    }

    /// The catalogue written as `built_in`, and what the file `own` adds to it.
    fn of(built_in: &str, own: Option<SourceFile>) -> Result<Self, WrongCatalogue> {
        // The bundled suite, and the project that it comes from, hold the built-in catalogue itself.
        let own = own.filter(|file| file.text != built_in);
        let mut reader = Reader::default();
        reader.read(built_in);
        if let Some(file) = &own {
            reader.add(&file.text);
        }
        let (requirements, problems) = reader.finish();
        if !problems.is_empty() {
            let file = own.unwrap_or_else(|| SourceFile { path: REQUIREMENTS_FILE.into(), text: built_in.to_owned() });
            return Err(WrongCatalogue { problems, sources: Sources::of(file) });
        }
        let by_id =
            requirements.iter().enumerate().map(|(index, requirement)| (requirement.id.clone(), index)).collect();
        Ok(Self { requirements, by_id })
    }

    /// The requirements in the order of their files, the built-in ones first.
    pub fn requirements(&self) -> &[Arc<Requirement>] {
        &self.requirements
    }

    /// The requirement `id`.
    pub fn get(&self, id: &str) -> Option<&Arc<Requirement>> {
        self.by_id.get(id).and_then(|index| self.requirements.get(*index))
    }

    /// Whether `name` names a requirement by its id, or as `NAME.*` all below a name, of which there is one.
    pub fn knows(&self, name: &str) -> bool {
        self.get(name).is_some() || self.requirements.iter().any(|requirement| requirement.is_named(name))
    }

    /// What to write instead of the unknown `name`: what is below that name, or what it was probably meant to be.
    pub fn advice(&self, name: &str) -> Option<String> {
        let ids = || self.requirements.iter().map(|requirement| requirement.id.as_str());
        let group = name.trim_end_matches(['.', '*']);
        let all_below = format!("{group}.*");
        let below: Vec<&str> = ids().filter(|id| stands_for(&all_below, id)).collect();
        if below.is_empty() {
            let groups: BTreeSet<String> = ids().flat_map(groups).map(|group| format!("{group}.*")).collect();
            let guess = match self.get(group) {
                Some(requirement) => Some(requirement.id.as_str()),
                None if name == all_below => did_you_mean(name, groups.iter().map(String::as_str)),
                None => did_you_mean(name, ids()),
            };
            return guess.map(|guess| format!("did you mean `{guess}`?"));
        }
        let more = below.len().saturating_sub(MOST_TOLD);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        Some(format!("below that name are {}{more}", below[..below.len().min(MOST_TOLD)].join(", ")))
    }

    /// The problem of naming a requirement that does not exist.
    pub(crate) fn unknown(&self, id: &str, place: Place) -> Diagnostic {
        let problem = unknown_requirement(id, place);
        let problem = match self.advice(id) {
            Some(advice) => problem.help(advice),
            None => problem,
        };
        problem.help(format!("a project's own requirements are in its `scenarios/{REQUIREMENTS_FILE}`"))
    }
}

/// The names that `id` is below, such as `a` and `a.b` of `a.b.c`.
fn groups(id: &str) -> impl Iterator<Item = &str> {
    id.match_indices('.').map(|(dot, _)| &id[..dot])
}

/// The problem of naming a requirement that does not exist, without advice.
pub(super) fn unknown_requirement(id: &str, place: Place) -> Diagnostic {
    Diagnostic::error("unknown-requirement", format!("there is no requirement `{id}`"), place)
        .label("unknown requirement")
}
