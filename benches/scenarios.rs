//! What loading and a step cost. Ratios of one run are what counts; see the README for the comparison with peers.
//!
//! `cargo bench` runs them; `cargo bench -- --test` only shows that they work.

#![expect(clippy::unwrap_used, reason = "a benchmark fails by panicking")]

use std::fmt::Write as _;
use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use tacktest::config::{EnvironmentWord, Project};
use tacktest::engine::{Context, run};
use tacktest::event::Verdict;
use tacktest::http::{Request, Transport};
use tacktest::plan::{Selection, Terms, load};
use tacktest::runtime::OneRuntime;
use tacktest::snapshot::{Policy, Store};
use tacktest::target::{Usable, Uses};

const FILES: usize = 1_000;
const STEPS: usize = 100;

/// A scenario of three requests, as people write them.
const THREE_REQUESTS: &str = r#"title: A token opens the API until it expires
client: demand
steps:
  - name: get a token
    token: { grant: client_credentials, scope: demand::keywords.read }
    expect: { status: 200, body: { token_type: bearer, expires_in: { $gte: 3595, $lte: 3600 } } }
    save: { access: $.access_token }
  - name: search
    get: /v4/keywords/search
    query: { searchQuery: car }
    bearer: ${access}
    expect:
      status: 200
      body: { data: { $each: { keywordID: { $matches: "^[0-9]+$" }, name: { $type: string } } } }
  - name: look for what is not there
    get: /v4/nothing
    bearer: ${access}
    expect: { status: 404 }
"#;

fn project(root: &Path, scenarios: &[(String, String)]) -> Project {
    fs::write(root.join("tacktest.yaml"), "").unwrap();
    fs::create_dir_all(root.join("scenarios")).unwrap();
    for (name, text) in scenarios {
        fs::write(root.join("scenarios").join(name), text).unwrap();
    }
    Project::read(root).map_err(|(problems, _)| problems).unwrap()
}

fn load_and_plan(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let files: Vec<_> = (0..FILES).map(|number| (format!("case_{number}.yaml"), THREE_REQUESTS.to_owned())).collect();
    let project = project(folder.path(), &files);
    let target = project.target("mock").unwrap();
    criterion.bench_function("load and plan 1000 files", |bencher| {
        bencher.iter(|| {
            let tests = load(&project, target, &Terms::default(), &Selection::default()).unwrap();
            assert_eq!(tests.len(), FILES);
            black_box(tests)
        });
    });
}

/// A scenario that repeats `step`.
fn repeated(step: &str) -> String {
    let mut text = "title: The same step many times\nclient: demand\nsnapshot: none\nsteps:\n".to_owned();
    for _ in 0..STEPS {
        let _ = writeln!(text, "  - {step}");
    }
    text
}

fn steps(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let files = [
        (
            "compare.yaml".to_owned(),
            repeated("{ compare: { a: 1, b: [one, two] }, expect: { value: { b: [one, two] } } }"),
        ),
        (
            "request.yaml".to_owned(),
            repeated("{ get: /v4/users/self, expect: { status: 401, body: { status: 401 } } }"),
        ),
    ];
    let project = project(folder.path(), &files);
    let target = project.target("mock").unwrap();
    let tests = load(&project, target, &Terms::default(), &Selection::default()).unwrap();
    let runtime = OneRuntime::start().unwrap();
    let usable = Usable::new(&project, target, &Uses::default()).unwrap();
    let store = Store { root: project.snapshots(), policy: Policy::default() };
    let context = Context::new(usable, store, 1, project.definitions());
    for (test, what) in tests.iter().zip(["100 compare steps", "100 request steps on the mock"]) {
        criterion.bench_function(what, |bencher| {
            bencher.iter(|| {
                let outcome = runtime.block_on(run(&context, test));
                assert!(matches!(outcome.verdict, Verdict::Pass), "{outcome:?}");
            });
        });
    }
    // The same requests without any engine around them.
    let transport = Transport::new().unwrap();
    let session = runtime.block_on(context.target.open(1, EnvironmentWord::Staging)).unwrap();
    let url = session.environment.url(tacktest::target::UrlName::Api).unwrap().join("v4/users/self").unwrap();
    criterion.bench_function("100 bare requests on the mock", |bencher| {
        bencher.iter(|| {
            for _ in 0..STEPS {
                let request = Request::new(http::Method::GET, url.clone());
                let exchange = runtime.block_on(transport.send(request, Duration::from_secs(5)));
                assert_eq!(exchange.status(), Some(401));
            }
        });
    });
}

criterion_group!(benches, load_and_plan, steps);
criterion_main!(benches);
