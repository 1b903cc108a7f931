//! `--strict-skips`: what is skipped for want of something that a user could provide is a failure.

#![expect(clippy::unwrap_used, reason = "a test stops where its surroundings fail")]

mod project;

use project::{HOLDS, Project, TACKTEST, finish};

const TARGET: &str = "\
targets:
  own:
    kind: staging
    api: http://127.0.0.1:9/
    clients: { demand: { id: an-id, secret: \"${env.OWN_SECRET}\" } }
";

fn project() -> Project {
    let with = |head: &str| HOLDS.replace("steps:", &format!("{head}\nsteps:"));
    Project::with_targets(TARGET)
        .scenario("holds", HOLDS)
        .scenario("has_a_clock", &with("needs: [clock]"))
        .scenario("needs_a_secret", &with("client: demand"))
}

const RUN: [&str; 3] = ["run", "--target", "own"];

#[test]
fn what_is_missing_fails_with_its_reason_and_what_the_target_is_stays_a_skip() {
    let project = project();
    project.tacktest(&RUN).told(0, &["1 passed; 0 failed; 2 ignored"]);
    let told = [
        "1 passed; 1 failed; 1 ignored",
        "the environment variable `OWN_SECRET` of client `demand` is not set",
        "scenarios/needs_a_secret.yaml",
        "leave out `--strict-skips`",
    ];
    project.tacktest(&[&RUN[..], &["--strict-skips"]].concat()).told(1, &told);
    finish(project.command(TACKTEST).args(RUN).env("TACKTEST_STRICT_SKIPS", "1")).told(1, &told);
    finish(project.command(TACKTEST).args(RUN).env("TACKTEST_STRICT_SKIPS", "0")).ended(0);
    let provided = finish(project.command(TACKTEST).args(RUN).arg("--strict-skips").env("OWN_SECRET", "fictional"));
    provided.told(0, &["2 passed; 0 failed; 1 ignored"]);
}

#[test]
fn it_is_not_among_the_ignored_ones_of_a_list() {
    let project = project();
    let ignored = |arguments: &[&str]| {
        let ran = project.tacktest(&[&RUN[..], arguments, &["--list", "--ignored"]].concat());
        ran.ended(0);
        ran.stdout.lines().filter(|line| line.ends_with(": test")).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(ignored(&[]), ["has_a_clock: test", "needs_a_secret: test"]);
    assert_eq!(ignored(&["--strict-skips"]), ["has_a_clock: test"]);
    // What can't run fails also when it is asked for alone.
    let alone = project.tacktest(&[&RUN[..], &["--strict-skips", "--exact", "needs_a_secret"]].concat());
    alone.told(1, &["0 passed; 1 failed"]);
}
