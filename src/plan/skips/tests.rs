//! Why scenarios are skipped, told for every kind of reason.

use super::super::needs::needs;
use super::super::terms::{Kept, StoredLogin};
use super::super::testing::scenario;
use super::*;
use crate::config::PROJECT_FILE;

const ONE_STEP: &str = "steps:\n  - get: /v4/a\n    expect: none\n";

fn project(text: &str) -> Project {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(PROJECT_FILE), text).unwrap();
    Project::read(folder.path()).unwrap()
}

fn skip(text: &str, target: &str, project: &Project) -> Option<Skip> {
    let scenario = scenario(&format!("title: a\n{text}"));
    skip_reason(
        &scenario,
        &needs(&scenario),
        Setting { project, target: project.target(target).unwrap(), terms: &Terms::default() },
    )
}

fn reason(text: &str, target: &str, project: &Project) -> String {
    skip(text, target, project).map_or_else(String::new, |skip| skip.reason)
}

#[test]
fn what_a_user_could_provide_is_told_from_what_a_target_is() {
    let unset = "targets: { alone: { kind: mock, api: \"${env.TACKTEST_NEVER_SET}\" } }";
    for (file, target, text, can_be_provided) in [
        (WHOLE, "local", "client: other", true),
        (WHOLE, "local", "vars: { v: \"${fixture.unset}\" }", true),
        (WHOLE, "local", "vars: { v: \"${fixture.gone}\" }", true),
        (WHOLE, "local", "client: whole\ntoken: { grant: authorization_code, user: third }", true),
        (unset, "alone", "", true),
        (WHOLE, "local", "targets: [mock]", false),
        (WHOLE, "local", "needs: [clock]", false),
        (WHOLE, "local", "client: whole\ntoken: { grant: authorization_code, user: third }", true),
        (WHOLE, "local", "vars: { v: \"${target.revoke_url}\" }", false),
        (WHOLE, "mock", "client: acme", false),
        (WHOLE, "mock", "vars: { v: \"${fixture.lead}\" }", false),
    ] {
        let skip = skip(&format!("{text}\n{ONE_STEP}"), target, &project(file)).unwrap();
        assert_eq!(skip.can_be_provided, can_be_provided, "{text}: {skip:?}");
    }
}

#[test]
fn a_scenario_is_skipped_with_the_reason_where_something_is_missing() {
    let project = project(
        "targets:\n  local:\n    kind: staging\n    api: http://127.0.0.1:9/\n    \
         clients: { demand: { id: a, secret: \"${env.TACKTEST_NEVER_SET}\" }, supply: { id: a, secret: { command: b } } }\n",
    );
    let told = |head: &str| reason(&format!("{head}\n{ONE_STEP}"), "local", &project);
    assert_eq!(told(""), "");
    assert_eq!(told("targets: [mock, local]"), "");
    assert_eq!(told("client: supply"), "");
    assert_eq!(told("targets: [mock, staging]"), "it is for mock, staging only");
    assert_eq!(told("needs: [clock]"), "target `local` does not offer `clock`");
    let for_mocks = "it is for mocks only, and target `local` is none";
    assert_eq!([told("needs: [clock, mock]"), told("knobs: { code_seconds: 1 }")], [for_mocks, for_mocks]);
    assert_eq!(reason(&format!("needs: [mock]\n{ONE_STEP}"), "mock", &project), "");
    assert_eq!(told("client: other"), "target `local` has no client `other`");
    assert_eq!(told("client: demand"), "the environment variable `TACKTEST_NEVER_SET` of client `demand` is not set");
    assert_eq!(
        told("client: supply\nfinally: [{ get: \"/v4/${fixture.business}\", expect: none }]"),
        "target `local` has no `fixture.business`"
    );
    assert_eq!(
        told("client: supply\nfinally: [{ token: { grant: client_credentials }, expect: none }]"),
        "target `local` has no `target.token_url`"
    );
}

/// A target with everything but what each case takes away.
const WHOLE: &str = r#"targets:
  local:
    kind: staging
    api: http://127.0.0.1:9/
    authorize_url: http://127.0.0.1:9/a
    token_url: http://127.0.0.1:9/t
    audience: urn:a
    offers: [login, consent]
    fixtures: { here: "1", unset: "${env.TACKTEST_NEVER_SET}" }
    users: { first: { login: a, password: { command: b } }, second: { login: a, password: { command: b } } }
    clients: { whole: { id: a, secret: { command: b }, redirect_uri: "http://127.0.0.1:9/" }, bare: { id: a, secret: { command: b } } }
"#;

fn told_at_whole(without: &str, text: &str) -> String {
    let lines = WHOLE.lines().filter(|line| without.is_empty() || !line.contains(without));
    reason(text, "local", &project(&lines.collect::<Vec<_>>().join("\n")))
}

#[test]
fn whatever_is_used_anywhere_must_be_there() {
    let vars = |value: &str| format!("vars: {{ v: \"{value}\" }}\n{ONE_STEP}");
    let token = |token: &str| format!("client: whole\ntoken: {{ {token} }}\n{ONE_STEP}");
    let step = |client: &str, step: &str| format!("client: {client}\nsteps: [{{ {step}, expect: none }}]");
    for (without, text, reason) in [
        ("", vars("${fixture.here}"), ""),
        ("", vars("${fixture.gone}"), "target `local` has no `fixture.gone`"),
        (
            "",
            vars("${fixture.unset}"),
            "the environment variable `TACKTEST_NEVER_SET` of `fixture.unset` of target `local` is not set",
        ),
        ("audience", vars("${target.audience}"), "target `local` has no `target.audience`"),
        ("", token("grant: client_credentials"), ""),
        ("token_url", token("grant: client_credentials"), "target `local` has no `target.token_url`"),
        ("authorize_url", token("grant: client_credentials"), ""),
        ("authorize_url", token("grant: authorization_code"), "target `local` has no `target.authorize_url`"),
        ("", token("grant: client_credentials, scope: \"${fixture.gone}\""), "target `local` has no `fixture.gone`"),
        ("token_url", step("whole", "authorize: {}"), "target `local` has no `target.token_url`"),
        ("", step("whole", "get: \"/${client.redirect_uri}\""), ""),
        ("", step("bare", "get: \"/${client.redirect_uri}\""), "client `bare` of target `local` has no `redirect_uri`"),
        ("", step("whole", "authorize: { user: first }"), ""),
        ("", step("whole", "authorize: { user: second }"), ""),
        ("", token("grant: authorization_code, user: second"), ""),
        ("", step("whole", "authorize: { user: third }"), "target `local` has no user `third`"),
        ("users", step("whole", "authorize: {}"), ""),
        (
            "users",
            step("whole", "authorize: { user: second }"),
            "target `local` names no users, so that nobody can tell whether `second` logs in there",
        ),
        ("", step("whole", "authorize: { answer: approve }"), ""),
        ("", step("whole", "authorize: { answer: deny }"), ""),
        ("", step("whole", "authorize: { user: second, answer: deny }"), ""),
        ("users", step("whole", "authorize: { answer: deny }"), NOBODY_DENIES),
    ] {
        assert_eq!(told_at_whole(without, &text), reason, "{text}");
    }
}

const NOBODY_DENIES: &str =
    "target `local` has no `login` and `password` of its user, so that no user can be told to deny";

#[test]
fn who_denies_needs_what_login_pages_ask_for() {
    let denied = "client: whole\nsteps: [{ authorize: { answer: deny }, expect: none }]";
    let first = "first: { login: a, password: { command: b } }";
    assert!(WHOLE.contains(first));
    for (user, expected) in [
        (first, ""),
        ("first: { login: a }", NOBODY_DENIES),
        (
            "first: { login: a, password: \"${env.TACKTEST_NEVER_SET}\" }",
            "the environment variable `TACKTEST_NEVER_SET` of user `first` is not set",
        ),
    ] {
        assert_eq!(reason(denied, "local", &project(&WHOLE.replace(first, user))), expected);
    }
}

#[test]
fn another_user_than_the_first_needs_what_login_pages_ask_for() {
    let second = "client: whole\nsteps: [{ authorize: { user: second }, expect: none }]";
    let whole = "second: { login: a, password: { command: b } }";
    assert!(WHOLE.contains(whole));
    for (user, expected) in [
        (whole, ""),
        ("second: { login: a }", "user `second` of target `local` has no `login` and `password`"),
        (
            "second: { login: a, password: \"${env.TACKTEST_NEVER_SET}\" }",
            "the environment variable `TACKTEST_NEVER_SET` of user `second` is not set",
        ),
    ] {
        assert_eq!(reason(second, "local", &project(&WHOLE.replace(whole, user))), expected);
    }
}

#[test]
fn the_mock_has_what_is_its_own_and_not_what_is_of_other_targets() {
    let project = project("");
    let told_at_mock = |head: &str| reason(&format!("{head}\n{ONE_STEP}"), "mock", &project);
    let all = "needs: [clock, faults, login, consent, given, environments, gate]\nclient: demand";
    assert_eq!(told_at_mock(all), "");
    assert_eq!(told_at_mock("environment: production"), "");
    let no_gate = "target `mock` has a gate before the site of staging only, and none with `environment: production`";
    for (head, told) in [
        ("environment: production\nneeds: [gate]", no_gate),
        ("environment: production\nvars: { v: \"${gate.user}\" }", no_gate),
        ("targets: [staging]", "it is for staging only"),
        ("client: acme", "target `mock` has no client `acme`"),
        ("vars: { v: \"${fixture.lead}\" }", "target `mock` has no `fixture.lead`"),
        (
            "client: demand\ntoken: { grant: authorization_code, user: somebody }",
            "target `mock` has no user `somebody`",
        ),
    ] {
        assert_eq!(told_at_mock(head), told, "{head}");
    }
}

const TWO: &str = r#"targets:
  one:
    kind: staging
    api: http://127.0.0.1:9/
    token_url: http://127.0.0.1:9/t
    other: two
    fixtures: { here: "1" }
    users: { pro: { login: a, password: { command: b } } }
    clients: { both: { id: a, secret: { command: b }, redirect_uri: "http://127.0.0.1:9/" }, mine: { id: a, secret: { command: b } } }
  two:
    kind: production
    api: http://127.0.0.1:9/p/
    clients: { both: { id: a, secret: { command: b } }, unset: { id: a, secret: "${env.TACKTEST_NEVER_SET}" } }
"#;

#[test]
fn the_gate_must_be_told_whole() {
    let text = "steps: [{ get: \"${target.site}\", text: \"${gate.user}\", expect: none }]";
    for (gate, told) in [
        ("", "target `local` does not offer `gate`"),
        ("gate: { user: a, password: { command: b } }", ""),
        (
            "gate: { user: a, password: \"${env.TACKTEST_NEVER_SET}\" }",
            "the environment variable `TACKTEST_NEVER_SET` of the gate of target `local` is not set",
        ),
    ] {
        let site = "site: http://127.0.0.1:9/";
        let local = format!("targets: {{ local: {{ kind: staging, api: http://127.0.0.1:9/, {site}, {gate} }} }}");
        assert_eq!(reason(text, "local", &project(&local)), told, "{gate}");
    }
}

/// The same targets, of which the real one names the other.
fn project_back() -> Project {
    project(
        &TWO.replace("other: two", "audience: a")
            .replace("api: http://127.0.0.1:9/p/", "api: http://127.0.0.1:9/p/\n    other: one"),
    )
}

#[test]
fn the_second_environment_must_have_what_is_used_of_it() {
    let project = project(TWO);
    let step = |head: &str, step: &str| format!("{head}\nsteps: [{{ {step}, expect: none }}]");
    let get = |client: &str, name: &str| step(&format!("client: {client}"), &format!("get: \"/${{{name}}}\""));
    for (text, told) in [
        (get("both", "other.target.api"), ""),
        (get("both", "other.client.secret"), ""),
        (get("mine", "other.target.api"), ""),
        (get("mine", "other.client.id"), "target `two` has no client `mine`"),
        (get("both", "other.client.redirect_uri"), "client `both` of target `two` has no `redirect_uri`"),
        (get("both", "other.target.token_url"), "target `two` has no `target.token_url`"),
        (format!("environment: production\nclient: both\n{ONE_STEP}"), ""),
        (
            step("environment: production\nclient: both", "token: { grant: client_credentials }"),
            "target `two` has no `target.token_url`",
        ),
        (step("environment: production", "get: \"/${fixture.here}\""), "target `two` has no `fixture.here`"),
        (step("environment: production", "get: \"${other.target.token_url}\""), ""),
        (
            format!("environment: production\nclient: unset\n{ONE_STEP}"),
            "the environment variable `TACKTEST_NEVER_SET` of client `unset` is not set",
        ),
    ] {
        assert_eq!(reason(&text, "one", &project), told, "{text}");
    }
    // At the real one `production` is what it is anyway.
    let back = project_back();
    let text = format!("environment: production\nclient: both\n{ONE_STEP}");
    assert_eq!(reason(&text, "two", &back), "");
    assert_eq!(
        reason(&get("unset", "client.id"), "two", &back),
        "the environment variable `TACKTEST_NEVER_SET` of client `unset` is not set"
    );
    // A target whose `other` is missing has one environment only.
    for text in [get("both", "other.target.api"), format!("environment: production\n{ONE_STEP}")] {
        assert_eq!(reason(&text, "two", &project), "target `two` does not offer `environments`");
    }
}

/// What is kept, as told.
#[derive(Debug)]
struct Told(Option<Vec<StoredLogin>>);

impl Kept for Told {
    fn logins(&self) -> Option<&[StoredLogin]> {
        self.0.as_deref()
    }

    fn has_spent(&self, target: &str, client: &str) -> bool {
        (target, client) == ("local", "whole")
    }

    fn fault(&self) -> Option<&str> {
        None
    }
}

/// The reason at a target that counts as real, on these terms.
fn told_at_real(text: &str, logins: Option<Vec<StoredLogin>>, attended: bool) -> String {
    let project = project(&WHOLE.replace("offers: [login, consent]", "real: true"));
    let scenario = scenario(&format!("title: a\n{text}"));
    let kept = Told(logins);
    let terms = Terms { is_real: true, kept: Some(&kept), attended, ..Terms::default() };
    let setting = Setting { project: &project, target: project.target("local").unwrap(), terms: &terms };
    skip_reason(&scenario, &needs(&scenario), setting).map(|skip| skip.reason).unwrap_or_default()
}

#[test]
fn a_real_target_has_the_logins_that_are_stored_and_no_others() {
    let login = |client: &str, user: &str, scopes: &[&str]| StoredLogin {
        target: "local".to_owned(),
        client: client.to_owned(),
        user: user.to_owned(),
        scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
    };
    let token = |more: &str| format!("client: whole\ntoken: {{ grant: authorization_code{more} }}\n{ONE_STEP}");
    let stored = || Some(vec![login("whole", "first", &["a", "b"]), login("bare", "second", &["a"])]);
    let told = |more: &str, logins| told_at_real(&token(more), logins, false);
    let command = "`tacktest login --target local --client whole";
    assert_eq!(told("", stored()), "");
    assert_eq!(told(", scope: b a, user: first", stored()), "");
    assert_eq!(told(", scope: c", None), "", "nobody has looked");
    assert_eq!(told("", Some(Vec::new())), format!("no login is stored for client `whole`, user `first`: {command}`"));
    assert_eq!(
        told(", user: second", stored()),
        format!("no login is stored for client `whole`, user `second`: {command} --user second`")
    );
    assert_eq!(
        told(", scope: a c d", stored()),
        format!("the stored login of client `whole`, user `first` was not granted c d: {command} --scope \"a b c d\"`")
    );
    let of_other = Some(vec![StoredLogin { target: "another".to_owned(), ..login("whole", "first", &[]) }]);
    assert!(told("", of_other).starts_with("no login is stored"));
    let narrow = format!("needs: [narrow_scope]\n{}", token(""));
    assert_eq!(told_at_real(&narrow, stored(), true), "target `local` does not offer `narrow_scope`");
    assert_eq!(told_at_whole("", &narrow), "");
}

#[test]
fn a_step_that_asks_a_person_needs_one_at_a_real_target() {
    let step = "client: whole\nsteps: [{ authorize: { user: second, answer: deny }, expect: none }]";
    assert_eq!(told_at_real(step, Some(Vec::new()), true), "");
    assert_eq!(
        told_at_real(step, Some(Vec::new()), false),
        "a person must log in at target `local`: run it with `--attended`, and be there"
    );
}
