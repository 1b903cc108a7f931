//! Chromium at the login and consent pages of the mock, `tests/interop/pages/browser.mjs`, and at its live page,
//! `tests/interop/pages/live.mjs`: with scripts and without, by mouse and by keyboard, and looked over by axe-core.
//!
//! Without Node.js, its packages or Chromium this is skipped and says so; `TACKTEST_INTEROP=required` makes that a failure.

#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "a helper of tests may do as they do")]

mod foreign;

use std::fs;
use std::path::Path;
use std::process::Command;

use foreign::{Alone, folder, is_here, succeeds, without_node};

/// How many flows there are at least; none may get lost.
const FLOWS: usize = 15;

/// The browser, as `CHROMIUM` names it or where Debian puts it.
fn chromium() -> String {
    std::env::var("CHROMIUM").unwrap_or_else(|_| "/usr/bin/chromium".to_owned())
}

fn missing() -> Option<String> {
    let no_browser = || (!Path::new(&chromium()).is_file()).then(|| format!("there is no Chromium at {}", chromium()));
    without_node("playwright-core").or_else(no_browser)
}

/// How many flows there are at the live page.
const LIVE_FLOWS: usize = 8;

/// Runs the flows of a script at a mock of its own, and holds that it took pictures of these pages; what it told, unless
/// something is missing here.
fn flows(script: &str, pages: &[&str]) -> Option<String> {
    if !is_here(missing()) {
        return None;
    }
    let mock = Alone::start(&[]);
    let pictures = std::env::temp_dir().join("tacktest-pages");
    fs::create_dir_all(&pictures).unwrap();
    let mut command = Command::new("node");
    command.arg(script).current_dir(folder()).env("CHROMIUM", chromium());
    let told = succeeds(command.env("TACKTEST_MOCK", &mock.url).env("TACKTEST_SCREENSHOTS", &pictures));
    for page in pages {
        let picture = pictures.join(format!("{page}-light.png"));
        assert!(fs::metadata(&picture).is_ok_and(|file| file.len() > 1000), "{}", picture.display());
    }
    eprintln!("pictures of the pages are in {}", pictures.display());
    Some(told)
}

#[test]
fn the_live_page_is_used_by_every_means() {
    let Some(told) = flows("pages/live.mjs", &["live", "live-grant"]) else { return };
    assert!(told.ends_with(&format!("{LIVE_FLOWS} flows, 0 failed\n")), "{told}");
}

#[test]
fn people_log_in_approve_and_refuse_by_every_means() {
    let Some(told) = flows("pages/browser.mjs", &["login", "login-wrong", "consent", "over", "error"]) else { return };
    let good = told.lines().filter(|line| line.starts_with("ok: ")).count();
    assert!(good >= FLOWS && told.ends_with(&format!("{good} flows, 0 failed\n")), "{told}");
}
