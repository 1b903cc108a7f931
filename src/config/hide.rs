//! Takes out of what is told of a wrong project file whatever may be a secret.
//!
//! A secret that stands where one belongs is found by its reader. Here is the rest: a key that is misspelt, a colon that
//! was forgotten, a slip of YAML. Rather too much is hidden than too little: only the excerpt suffers.

use std::ops::Range;

use crate::source::{Diagnostic, Remark, Sources};

/// What the names of secrets have in them.
const SECRETS: &[&str] = &["secret", "passw", "pasw", "token", "credential", "api_key", "apikey", "client_key"];

/// The keys that may stand after a secret on its line, and are shown.
const KEYS: &[&str] =
    &["id", "secret", "redirect_uri", "auth", "scopes", "user", "password", "login", "own_account", "file", "command"];

/// What stands between the words of a line.
const BETWEEN: &[char] = &[' ', '\t', '{', '}', '[', ']', ',', '"', '\''];

/// The words of YAML that are no secrets.
const PLAIN: &[&str] = &["null", "true", "false"];

/// The shortest word that is hidden: nothing shorter is taken for a secret.
const SHORTEST: usize = 4;

/// `problems` and the file that they point into, without what may be a secret; every place stays where it was.
pub(super) fn hide_secrets(problems: Vec<Diagnostic>, sources: &Sources) -> (Vec<Diagnostic>, Sources) {
    let text = sources.get(0).map_or("", |file| &file.text);
    let of_reader = problems.iter().filter(|problem| problem.code == "literal-secret");
    let mut ranges: Vec<Range<usize>> = of_reader.map(range).collect();
    let unknown = problems.iter().filter(|problem| problem.code == "unknown-key");
    // The key itself is shown, with what it might have meant.
    let unknown: Vec<Range<usize>> = unknown.map(range).collect();
    let is_told = |word: &Range<usize>| {
        let key = unknown.iter().find(|key| key.start == word.start).and_then(|key| text.get(key.clone()));
        key.is_some_and(|key| key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'))
    };
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let end = start + line.len();
        let ends = unknown.iter().map(|key| key.end.saturating_sub(start));
        let begins = ends.filter(|at| (1..line.len()).contains(at));
        if let Some(at) = begins.chain(after_secret(line)).min() {
            let words = words(&line[at..]).map(|word| start + at + word.start..start + at + word.end);
            ranges.extend(words.filter(|word| !is_told(word)));
        }
        ranges.extend(user_of_url(line).map(|user| start + user.start..start + user.end));
        start = end;
    }
    let pieces = ranges.iter().filter_map(|range| text.get(range.clone()));
    // A key is told without its colon.
    let pieces = pieces.map(|piece| piece.trim_end_matches(':')).filter(|piece| piece.len() >= SHORTEST);
    let hidden: Vec<String> = pieces.map(str::to_owned).collect();
    let shown = blanked(text, &ranges);
    let problems = problems.into_iter().map(|problem| without(problem, &hidden)).collect();
    (problems, sources.clone().map_texts(|_| shown.clone()))
}

fn range(problem: &Diagnostic) -> Range<usize> {
    problem.place.start as usize..problem.place.end as usize
}

/// Where the word ends that names a secret in `line`, if there is one.
fn after_secret(line: &str) -> Option<usize> {
    let lower = line.to_ascii_lowercase();
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let ends = SECRETS.iter().flat_map(|name| lower.match_indices(name)).filter_map(|(at, _)| {
        let name = lower[at..].split(|letter| !is_name(letter)).next()?;
        // An address is none.
        (!name.ends_with("_url")).then_some(at + name.len())
    });
    ends.min()
}

/// The words of `line` that are hidden: all but references and keys.
fn words(line: &str) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let rest = line.get(at..)?;
            let start = at + rest.find(|letter: char| !BETWEEN.contains(&letter) && !letter.is_control())?;
            let rest = &line[start..];
            if let Some(end) = rest.strip_prefix("${").and_then(|name| name.find('}')) {
                at = start + "${".len() + end + 1;
                continue;
            }
            let end = rest.find(|letter: char| BETWEEN.contains(&letter) || letter.is_control()).unwrap_or(rest.len());
            at = start + end;
            let word = &rest[..end];
            let is_key = word == ":" || word.strip_suffix(':').is_some_and(|key| KEYS.contains(&key));
            let is_path = line[..start].trim_end().ends_with("file:");
            if !is_key && !is_path && word.len() >= SHORTEST && !PLAIN.contains(&word) {
                // The colon of a key that was misspelt is none of its value.
                return Some(start + usize::from(word.starts_with(':'))..at);
            }
        }
    })
}

/// The user and password of a URL in `line`.
fn user_of_url(line: &str) -> Option<Range<usize>> {
    let start = line.find("://")? + "://".len();
    let host = line[start..].split(['/', ' ', '"', '\'', '\n']).next()?;
    host.rfind('@').map(|at| start..start + at)
}

fn blanked(text: &str, ranges: &[Range<usize>]) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for range in ranges {
        let piece = bytes.get_mut(range.clone()).into_iter().flatten();
        piece.filter(|byte| !matches!(byte, b'\n' | b'\r')).for_each(|byte| *byte = b'*');
    }
    // Ranges begin and end between characters, so what is left is text.
    String::from_utf8(bytes).unwrap_or_default()
}

fn without(problem: Diagnostic, hidden: &[String]) -> Diagnostic {
    let clean = |text: &str| hidden.iter().fold(text.to_owned(), |text, piece| text.replace(piece, "***"));
    let remark = |remark: Remark| match remark {
        Remark::Note(note) => Remark::Note(clean(&note)),
        Remark::Help(help) => Remark::Help(clean(&help)),
    };
    Diagnostic {
        title: clean(&problem.title).into(),
        label: clean(&problem.label).into(),
        context: problem.context.iter().map(|(place, label)| (*place, clean(label))).collect(),
        remarks: problem.remarks.into_iter().map(remark).collect(),
        ..problem
    }
}

#[cfg(test)]
mod tests {
    use super::super::{PROJECT_FILE, Project};
    use crate::source::{Style, render};

    fn told(clients: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        let text = format!("targets:\n  staging:\n    clients:\n      demand:\n        id: someone\n{clients}\n");
        std::fs::write(folder.path().join(PROJECT_FILE), text).unwrap();
        let (problems, sources) = Project::read(folder.path()).unwrap_err();
        problems.iter().map(|problem| render(problem, &sources, Style::Plain) + "\n").collect()
    }

    #[test]
    fn a_secret_is_shown_in_no_slip_of_the_pen() {
        for slip in [
            "        secret: hunter2-fictional",
            "        secrt: hunter2-fictional",
            "        client_secret: hunter2-fictional",
            "        secret: { value: hunter2-fictional }",
            "        secret: {hunter2-fictional: }",
            "        secret: !x hunter2-fictional",
            "        secret: %hunter2-fictional",
            "        secret: *hunter2-fictional",
            "        secret: hunter2-fictional: value",
            "        secret hunter2-fictional",
            "        secret: \"hunter2-fictional",
            "        secret: \"${env.A}\"\n    gate: { user: u, pasword: hunter2-fictional }",
            "        secret: \"${env.A}\"\n    network: { proxy: \"htp://u:hunter2-fictional@h:1\" }",
            "        secret: \"${env.A}\"\n    network: { proxyy: \"http://u:hunter2-fictional@h:1\" }",
        ] {
            let told = told(slip);
            assert!(!told.contains("hunter2") && !told.contains("fictional"), "{slip}:\n{told}");
        }
    }

    #[test]
    fn what_is_no_secret_is_shown() {
        let misspelt = told("        secret: \"${env.A}\"\n        auht: basic");
        assert!(misspelt.contains("auht") && misspelt.contains("did you mean `auth`"), "{misspelt}");
        let wrong = told("        secret: \"${env.A}\"\n        auth: basik");
        assert!(wrong.contains("auth: basik"), "{wrong}");
    }
}
