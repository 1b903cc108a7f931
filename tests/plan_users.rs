//! A scenario that logs in a user whom the target does not have is skipped, with the reason.
#![expect(clippy::unwrap_used, reason = "a test stops where its surroundings fail")]

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use serde_json::Value;

const PROJECT: &str = r#"
targets:
  local:
    kind: staging
    api: http://127.0.0.1:9/api/
    authorize_url: http://127.0.0.1:9/oauth2/auth
    token_url: http://127.0.0.1:9/oauth2/token
    offers: [consent, login]
    clients: { supply: { id: "${env.PATH}", secret: "${env.PATH}" } }
    USERS
"#;

/// Why each scenario is skipped at a target with these `users`, if it is.
fn skips(users: &str) -> BTreeMap<String, Option<String>> {
    let project = tempfile::tempdir().unwrap();
    let scenarios = project.path().join("scenarios");
    fs::create_dir(&scenarios).unwrap();
    fs::write(project.path().join("tacktest.yaml"), PROJECT.replace("USERS", users)).unwrap();
    for user in ["pro", "customer"] {
        let step = format!("title: T\nclient: supply\nsteps: [{{authorize: {{user: {user}}}, expect: none}}]");
        fs::write(scenarios.join(format!("step_{user}.yaml")), step).unwrap();
        let token = format!(
            "title: T\nclient: supply\ntoken: {{grant: authorization_code, user: {user}}}\nsteps: [{{get: /x, expect: none}}]"
        );
        fs::write(scenarios.join(format!("token_{user}.yaml")), token).unwrap();
    }
    let output = Command::new(env!("CARGO_BIN_EXE_tacktest"))
        .arg("-C")
        .arg(project.path())
        .args(["list", "--target", "local", "--format", "json"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let rows = String::from_utf8(output.stdout).unwrap();
    let row = |line: &str| {
        let row: Value = serde_json::from_str(line).unwrap();
        (row["name"].as_str().unwrap().to_owned(), row["skip"].as_str().map(str::to_owned))
    };
    rows.lines().map(row).collect()
}

#[test]
fn a_user_whom_the_target_does_not_have_skips_the_scenario() {
    let reason = Some("target `local` has no user `customer`".to_owned());
    let skips = skips(r#"users: { pro: { login: "${env.PATH}", password: "${env.PATH}" } }"#);
    let expected = [("step_customer", &reason), ("step_pro", &None), ("token_customer", &reason), ("token_pro", &None)];
    assert_eq!(skips, expected.map(|(name, reason)| (name.to_owned(), reason.clone())).into());
}

#[test]
fn where_a_target_names_no_users_nobody_is_logged_in_by_name() {
    let told = |reason: &Option<String>| reason.as_ref().is_some_and(|reason| reason.contains("names no users"));
    let skips = skips("");
    assert!(!skips.is_empty() && skips.values().all(told), "{skips:?}");
}
