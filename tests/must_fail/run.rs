//! The suite on a broken mock, in this process.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tacktest::config::{Project, TargetDefinition, UrlName};
use tacktest::engine::{Context, run};
use tacktest::event::Verdict;
use tacktest::mock::control::Settings;
use tacktest::mock::{Mock, Mutation, Options};
use tacktest::plan::{Body, Selection, Terms, Test, load};
use tacktest::snapshot::{Policy, Store, Update};
use tacktest::source::{Piece, Place, Template};
use tacktest::target::{Usable, Uses};
use tokio::sync::Semaphore;

/// How the surroundings of the suite are broken.
#[derive(Clone, Copy, Debug)]
pub enum By {
    /// A knob of the mock is turned to what the documents rule out.
    Knob(fn(&mut Settings)),
    /// The mock sees requests otherwise, or answers otherwise.
    Mock(Mutation),
    /// A built-in target is defined otherwise.
    Target(fn(&mut Vec<TargetDefinition>)),
    /// Nothing is broken.
    Nothing,
}

/// Scenarios under way at one time.
const CONCURRENCY: usize = 16;

/// A project whose tests are read once and run often.
pub struct Suite {
    folder: PathBuf,
    pub tests: Arc<Vec<Test>>,
}

impl Suite {
    /// The suite of the project in `folder`. No test may be wrong or skipped.
    pub fn read(folder: &Path) -> Self {
        let project = project(folder);
        let tests = load(&project, project.target("mock").unwrap(), &Terms::default(), &Selection::default()).unwrap();
        for test in &tests {
            assert!(!matches!(test.body, Body::Broken(_)), "{} is wrong: {:?}", test.name, test.body);
            assert_eq!(test.skip, None, "{} is skipped", test.name);
        }
        Self { folder: folder.to_owned(), tests: Arc::new(tests) }
    }

    /// Runs the tests that are `wanted`, and gives the names of those with a finding. Nothing but a pass or a finding may
    /// come of a test: what ends the mock or the harness shows nothing.
    pub async fn red(&self, by: By, wanted: impl Fn(&Test) -> bool) -> BTreeSet<String> {
        let mock = start(by).await;
        let context = Arc::new(context(project(&self.folder), &mock, by));
        let places = Arc::new(Semaphore::new(CONCURRENCY));
        let running: Vec<_> = (0..self.tests.len())
            .filter(|index| wanted(&self.tests[*index]))
            .map(|index| {
                let (tests, context, places) = (Arc::clone(&self.tests), Arc::clone(&context), Arc::clone(&places));
                tokio::spawn(async move {
                    let _place = places.acquire().await;
                    let outcome = run(&context, &tests[index]).await;
                    match outcome.verdict {
                        Verdict::Fail(_) => Some(outcome.name),
                        Verdict::Pass => None,
                        other => panic!("{}: {other:?}", outcome.name),
                    }
                })
            })
            .collect();
        let mut red = BTreeSet::new();
        for test in running {
            red.extend(test.await.unwrap());
        }
        mock.stop().await;
        red
    }
}

fn project(folder: &Path) -> Project {
    Project::read(folder).unwrap_or_else(|problems| panic!("{problems:?}"))
}

async fn start(by: By) -> Mock {
    let mut settings = Settings::default();
    if let By::Knob(turn) = by {
        turn(&mut settings);
    }
    let options = Options { settings, ..Options::default() };
    match by {
        By::Mock(mutation) => Mock::start_broken(options, mutation).await.unwrap(),
        _ => Mock::start(options).await.unwrap(),
    }
}

/// What the scenarios run in: the target `mock` is the one that was started.
fn context(mut project: Project, mock: &Mock, by: By) -> Context {
    for target in project.targets.iter_mut().filter(|target| target.name == "mock") {
        let api = Piece::Literal(format!("{}/", mock.url()).into());
        target.urls.insert(UrlName::Api, Template { pieces: [api].into(), place: Place::start_of(0) });
    }
    if let By::Target(change) = by {
        change(&mut project.targets);
    }
    let usable = Usable::new(&project, project.target("mock").unwrap(), &Uses::default()).unwrap();
    // Shapes are not the point here: what is red must be red by a finding.
    let policy = Policy { update: Update::No, force_pass: true, ci: true, references: None };
    let store = Store { root: PathBuf::from("/nowhere"), policy };
    Context::new(usable, store, 7, project.definitions())
}
