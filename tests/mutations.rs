//! Thousands of damaged files: reading them never fails otherwise than with problems at places in the files.
//!
//! The damage is drawn from a generator with fixed seeds, so that every run sees the same files.

#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]

use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

use tacktest::config::{Catalogue, PROJECT_FILE, Project, REQUIREMENTS_FILE};
use tacktest::plan::{Body, load_files};
use tacktest::scenario::scenario_file;
use tacktest::source::{Diagnostic, Sources, Style, render};

/// How many files are damaged.
const MUTATIONS: u64 = 2_000;

/// How many catalogues of requirements are damaged.
const CATALOGUES: u64 = 300;

/// Pieces of the language, put where they do not belong.
const PIECES: &[&str] = &[
    "${",
    "}",
    "$${",
    "${gen.uuid}",
    "${matrix.a}",
    "{",
    "[",
    "]",
    ": ",
    "- ",
    "\n",
    "\t",
    "\"",
    "'",
    "#",
    "&a ",
    "*a",
    "!t ",
    "<<: ",
    "|",
    ">-",
    "---\n",
    "no",
    "007",
    "null",
    "~",
    "é",
    "\u{1F600}",
    "\u{feff}",
    "\r\n",
    "\0",
    "steps:",
    "matrix: ",
    "with: ",
    "use: _part.yaml",
    "expect: ",
    "$one_of: ",
    "$.data[",
    "99999999999999999999",
    "-1",
    "1e999",
    "0s",
    "? ",
    "%YAML 1.1\n",
];

/// Numbers that look random, the same in each run (`SplitMix64`).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`, or 0.
    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(limit.max(1)).unwrap()).unwrap()
    }
}

fn boundary(text: &str, mut offset: usize) -> usize {
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

fn damaged(text: &str, numbers: &mut Numbers) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let (a, b) = (numbers.below(lines.len()), numbers.below(lines.len()));
    match numbers.below(9) {
        0 => drop(lines.remove(a)),
        1 => lines.insert(b, lines[a].clone()),
        2 => lines.swap(a, b),
        3 => lines[a].insert(0, ' '),
        4 => lines[a] = lines[a].trim_start().into(),
        5 => return text[..boundary(text, numbers.below(text.len()))].to_owned(),
        6 => {
            let at = boundary(text, numbers.below(text.len()));
            let removed: String = text[at..].chars().skip(1 + numbers.below(5)).collect();
            return text[..at].to_owned() + &removed;
        }
        _ => {
            let at = boundary(text, numbers.below(text.len() + 1));
            return format!("{}{}{}", &text[..at], PIECES[numbers.below(PIECES.len())], &text[at..]);
        }
    }
    lines.join("\n") + "\n"
}

/// The texts of the files below `folder`, but not of the very long ones.
fn texts(folder: &str) -> Vec<String> {
    let mut files = Vec::new();
    yaml_files(Path::new(folder), &mut files);
    files.sort();
    let texts = files.iter().map(|path| std::fs::read_to_string(path).unwrap());
    let texts: Vec<String> = texts.filter(|text| (1..8_000).contains(&text.len())).collect();
    assert!(!texts.is_empty(), "there are files to damage");
    texts
}

fn yaml_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            yaml_files(&path, files);
        } else if path.extension().is_some_and(|ending| ending == "yaml") {
            files.push(path);
        }
    }
}

#[test]
fn a_damaged_file_is_read_or_its_problems_are_told_at_places_within_it() {
    let (right, bad) = (texts("scenarios"), texts("tests/bad"));
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(PROJECT_FILE), "").unwrap();
    std::fs::write(folder.path().join("_part.yaml"), "steps:\n  - wait: 1ms\n  - get: /v4/${x}\n    expect: none\n")
        .unwrap();
    let project = Project::read(folder.path()).unwrap();
    let path = folder.path().join("scenario.yaml");
    let (mut fine, mut wrong) = (0, 0);
    for seed in 0..MUTATIONS {
        let mut numbers = Numbers(seed);
        // What is right already is damaged more often: there it is decided what is still right.
        let texts = if numbers.below(4) == 0 { &bad } else { &right };
        let mut text = texts[numbers.below(texts.len())].clone();
        for _ in 0..=numbers.below(3) {
            if !text.is_empty() {
                text = damaged(&text, &mut numbers);
            }
        }
        std::fs::write(&path, &text).unwrap();
        let told = catch_unwind(|| problems(&project, &path)).unwrap_or_else(|_| panic!("seed {seed} panics:\n{text}"));
        if told == 0 { fine += 1 } else { wrong += 1 }
    }
    assert!(fine > 100 && wrong > 1_000, "the damage is neither too little nor too much: {fine} fine, {wrong} wrong");
}

#[test]
fn a_damaged_catalogue_is_read_or_its_problems_are_told_at_places_within_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(REQUIREMENTS_FILE);
    let built_in = std::fs::read_to_string(Path::new("scenarios").join(REQUIREMENTS_FILE)).unwrap();
    // Half of it changes what is built in, half is the project's own.
    let (start, _) = built_in.split_once("  # The gate in front").unwrap();
    let own = format!("{start}\n{}", start.split_once("requirements:\n").unwrap().1.replace("  env.", "  own."));
    let known = Catalogue::read(folder.path()).unwrap().requirements().len();
    std::fs::write(&path, &own).unwrap();
    assert_eq!(Catalogue::read(folder.path()).unwrap().requirements().len(), known + 11);
    let (mut fine, mut wrong) = (0, 0);
    for seed in 0..CATALOGUES {
        let mut numbers = Numbers(seed);
        let text = damaged(&own, &mut numbers);
        std::fs::write(&path, &text).unwrap();
        let read = catch_unwind(|| Catalogue::read(folder.path()));
        match read.unwrap_or_else(|_| panic!("seed {seed} panics:\n{text}")) {
            Ok(_) => fine += 1,
            Err(told) => {
                wrong += 1;
                assert!(!told.problems.is_empty(), "seed {seed}");
                told.problems.iter().for_each(|problem| hold_places(problem, &told.sources));
            }
        }
    }
    assert!(fine > 10 && wrong > 100, "the damage is neither too little nor too much: {fine} fine, {wrong} wrong");
}

/// Loads `path`, checks and draws the problems, and tells how many there are.
fn problems(project: &Project, path: &Path) -> usize {
    let tests = load_files(project, project.target("mock").unwrap(), &scenario_file(path), path);
    assert!(!tests.is_empty(), "a file without any test");
    let mut told = 0;
    for test in &tests {
        let Body::Broken(broken) = &test.body else { continue };
        assert!(!broken.problems.is_empty(), "a wrong file without a problem");
        for problem in &broken.problems {
            told += 1;
            hold_places(problem, &broken.sources);
        }
    }
    told
}

/// Holds that every place of `problem` is within its file, and that it can be drawn.
fn hold_places(problem: &Diagnostic, sources: &Sources) {
    for place in problem.context.iter().map(|(place, _)| *place).chain([problem.place]) {
        let text = &sources.get(place.file).unwrap().text;
        assert!(place.start <= place.end && place.end as usize <= text.len(), "{problem:?}");
        assert!(
            text.is_char_boundary(place.start as usize) && text.is_char_boundary(place.end as usize),
            "{problem:?}"
        );
    }
    assert!(render(problem, sources, Style::Plain).contains(problem.code));
}
