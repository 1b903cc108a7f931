//! The house: which room may import which, and which room alone names a crate.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, also in its helpers")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A room, and the rooms it may import. Every room may import `source`.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("source", &[]),
    ("pattern", &[]),
    ("config", &[]),
    ("scenario", &["config", "pattern", "mock"]),
    ("plan", &["scenario", "config", "pattern"]),
    ("http", &[]),
    ("oauth", &["config", "http", "shell"]),
    ("target", &["config", "http", "mock", "shell"]),
    ("doctor", &["config", "http", "oauth", "receiver", "target"]),
    ("snapshot", &[]),
    ("mock", &[]),
    ("receiver", &[]),
    ("engine", &["plan", "oauth", "http", "target", "pattern", "snapshot", "event", "mock", "receiver"]),
    ("report", &["event"]),
    ("event", &["pattern"]),
    ("runtime", &[]),
    ("shell", &[]),
    ("author", &["scenario", "plan", "snapshot"]),
    ("harness", &["engine", "event", "plan", "report", "runtime"]),
];

/// A crate, and the rooms that alone may name it.
const NAMED_BY: &[(&str, &[&str])] = &[
    ("reqwest", &["http"]),
    ("rustls", &["http"]),
    ("rustls_platform_verifier", &["http", "mock"]),
    ("oauth2", &["oauth"]),
    ("html5gum", &["oauth"]),
    ("insta", &["snapshot"]),
    ("serde_yaml", &["source"]),
    ("annotate_snippets", &["source"]),
    ("serde_json_path", &["pattern"]),
    ("libtest_mimic", &["harness", "cli"]),
    ("axum", &["mock"]),
    ("askama", &["mock"]),
    ("rcgen", &["mock"]),
    ("schemars", &["mock"]),
    ("tokio_rustls", &["mock"]),
    ("ring", &["mock", "pattern"]),
    ("clap", &["cli"]),
];

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

/// Every source file with the room it belongs to and its code without comments.
fn sources() -> Vec<(String, PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    files(&root, &mut found);
    let room_of = |path: &Path| {
        let first = path.strip_prefix(&root).unwrap().iter().next().unwrap().to_string_lossy().into_owned();
        first.trim_end_matches(".rs").to_owned()
    };
    let code = |path: &Path| {
        let text = fs::read_to_string(path).unwrap();
        text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
    };
    found.iter().map(|path| (room_of(path), path.clone(), code(path))).collect()
}

/// The rooms that `code` imports, by `use crate::…` or by a path in the middle of the code.
fn imports(code: &str) -> BTreeSet<(String, String)> {
    let word = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    code.match_indices("crate::")
        // `some_crate::` is no path from the root of this one.
        .filter(|(at, _)| !code[..*at].ends_with(is_of_a_word))
        .map(|(at, prefix)| {
            let rest = &code[at + prefix.len()..];
            let room = word(rest);
            let part = rest[room.len()..].strip_prefix("::").map(word).unwrap_or_default();
            (room, part)
        })
        .collect()
}

fn is_of_a_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// Whether `code` names the crate `krate`: by a path that begins with it, and not with `super::` and the like before it.
fn names(code: &str, krate: &str) -> bool {
    code.match_indices(&format!("{krate}::")).any(|(at, _)| {
        let before = &code[..at];
        match before.strip_suffix("::") {
            // `::krate::` is the crate by all means, `module::krate::` a module of the same name.
            Some(path) => !path.ends_with(is_of_a_word) && !path.ends_with('>'),
            None => !before.ends_with(is_of_a_word),
        }
    }) || code.contains(&format!("use {krate};"))
        || code.contains(&format!("use {krate} as "))
}

/// How many `super::` stand in a row at most in `code`.
fn most_supers(code: &str) -> usize {
    (1..100).take_while(|count| code.contains(&"super::".repeat(*count))).last().unwrap_or(0)
}

/// Whether so many `super::` lead out of the room from the file `path`, below `src`. An inline module adds one.
fn leaves_its_room(path: &Path, code: &str) -> bool {
    let parts = path.iter().count();
    let is_module_file = path.file_name().is_some_and(|name| name == "mod.rs");
    let depth = parts - usize::from(is_module_file);
    most_supers(code) >= depth + usize::from(code.contains("mod tests {"))
}

/// Whether `code`, a file of `path` below `src`, blocks on async code without being one of the few that may.
fn blocks(path: &str, code: &str) -> bool {
    let makes_a_runtime = code.contains("tokio::runtime") || code.contains("Runtime::new");
    (path != "runtime.rs" && makes_a_runtime)
        || (!["runtime.rs", "cli/mock.rs"].contains(&path) && code.contains("block_on("))
        || (path != "harness.rs" && (code.contains("blocking_recv(") || code.contains("blocking_send(")))
}

/// Whether `code` can start a mock that is broken on purpose.
fn breaks_the_mock(code: &str) -> bool {
    code.contains("start_broken") || code.contains("Mutation")
}

fn below_src(path: &Path) -> PathBuf {
    path.strip_prefix(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).unwrap().to_path_buf()
}

fn forbidden(room: &str, import: &(String, String)) -> bool {
    let (wanted, part) = import;
    if wanted == room || wanted == "source" || ["cli", "lib", "main"].contains(&room) {
        return false;
    }
    let Some((_, allowed)) = MAY_IMPORT.iter().find(|(known, _)| *known == room) else { return true };
    // Of the mock, these two may know the control vocabulary only.
    let only_control = ["engine", "scenario"].contains(&room) && wanted == "mock" && part != "control";
    !allowed.contains(&wanted.as_str()) || only_control
}

#[test]
fn rooms_import_only_what_the_house_allows() {
    let mut wrong = Vec::new();
    for (room, path, code) in sources() {
        for import in imports(&code).iter().filter(|import| forbidden(&room, import)) {
            wrong.push(format!("{}: `{room}` may not import `{}`", path.display(), import.0));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_crate_is_named_only_in_its_room() {
    let mut wrong = Vec::new();
    for (room, path, code) in sources() {
        for (krate, rooms) in NAMED_BY {
            if names(&code, krate) && !rooms.contains(&room.as_str()) {
                wrong.push(format!("{}: `{krate}` belongs to {rooms:?}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn only_the_runtime_blocks_on_async_code() {
    let others: Vec<_> = sources()
        .into_iter()
        .filter(|(_, path, code)| blocks(&below_src(path).to_string_lossy().replace('\\', "/"), code))
        .map(|(_, path, _)| path)
        .collect();
    assert!(others.is_empty(), "{others:?}");
}

#[test]
fn no_path_leaves_a_room_by_its_parents() {
    let leaving: Vec<_> = sources()
        .into_iter()
        .map(|(_, path, code)| (below_src(&path), code))
        .filter(|(path, code)| leaves_its_room(path, code))
        .map(|(path, _)| path)
        .collect();
    assert!(leaving.is_empty(), "write `crate::ROOM::…`, which is checked: {leaving:?}");
}

#[test]
fn nothing_but_a_test_breaks_the_mock() {
    let breaking: Vec<_> =
        sources().into_iter().filter(|(room, _, code)| room != "mock" && breaks_the_mock(code)).collect();
    assert!(breaking.is_empty(), "{breaking:?}");
}

#[test]
fn the_check_sees_what_it_must_refuse() {
    assert!(breaks_the_mock("Mock::start_broken(options, it)") && breaks_the_mock("use crate::mock::Mutation;"));
    assert!(!breaks_the_mock("Mock::start(options)"));
    let import = |code: &str| imports(code).into_iter().next().unwrap();
    assert!(forbidden("mock", &import("use crate::oauth::Grant;")));
    assert!(forbidden("pattern", &import("let x = crate::http::Request::new();")));
    assert!(forbidden("engine", &import("use crate::mock::Mock;")));
    assert!(!forbidden("engine", &import("use crate::mock::control::Command;")));
    assert!(forbidden("scenario", &import("use crate::mock::Mock;")));
    assert!(!forbidden("pattern", &import("use crate::source::Node;")));
    assert!(forbidden("a_new_room", &import("use crate::http::Request;")));
    assert!(imports("use other_crate::http::Request;").is_empty());
    for code in
        ["use axum::Router;", "f(&axum::X)", "f(axum::X)", "Vec<axum::X>", "use ::axum::X;", "!axum::x()", "use axum;"]
    {
        assert!(names(code, "axum"), "{code}");
    }
    for code in ["use super::axum::X;", "use my_axum::X;", "crate::mock::axum::x()", "let axum = 1;"] {
        assert!(!names(code, "axum"), "{code}");
    }
    assert!(blocks("engine/run.rs", "runtime.block_on(x)") && !blocks("cli/mock.rs", "runtime.block_on(x)"));
    assert!(blocks("engine/run.rs", "futures::executor::block_on(x)"));
    assert!(blocks("cli/run.rs", "receiver.blocking_recv()") && !blocks("harness.rs", "receiver.blocking_recv()"));
    assert!(blocks("cli/mock.rs", "tokio::runtime::Builder") && !blocks("runtime.rs", "tokio::runtime::Builder"));
    let leaves = |path: &str, code: &str| leaves_its_room(Path::new(path), code);
    assert!(leaves("engine/run.rs", "use super::super::http::X;") && !leaves("engine/run.rs", "use super::step::X;"));
    assert!(leaves("engine/mod.rs", "use super::http::X;") && leaves("event.rs", "use super::http::X;"));
    assert!(!leaves("mock/oauth/token.rs", "use super::super::state::X;"));
    assert!(leaves("mock/oauth/token.rs", "use super::super::super::http::X;"));
    assert!(!leaves("engine/run.rs", "mod tests {\n    use super::super::step::X;\n}"));
}

#[test]
fn files_stay_small() {
    let large: Vec<String> = sources()
        .into_iter()
        .filter_map(|(_, path, _)| {
            let lines = fs::read_to_string(&path).unwrap().lines().count();
            (lines > 400).then(|| format!("{}: {lines} lines", path.display()))
        })
        .collect();
    assert!(large.is_empty(), "files have at most 400 lines:\n{}", large.join("\n"));
}
