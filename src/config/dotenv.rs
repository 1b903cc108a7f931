//! `.env`: variables beside the project file, read strictly and kept out of the environment of the process.
//!
//! What programs make of such a file differs where a value holds `$`, `#`, quotes or backslashes, and a secret that is
//! changed in silence costs hours. So nothing is expanded here, and whatever could be read in two ways is refused, by the
//! number of its line and never by its text.
//!
//! ```text
//! # A comment, also after a value, if a space follows its mark.
//! NAME=value               all of it as it stands, but for spaces at its ends
//! export NAME='a $value'   as it stands, over several lines if need be
//! NAME="a\nvalue"          the same with the escapes \n \r \t \" \\ \$
//! ```

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use crate::source::{open_to_others, read_file};

/// The name of the file.
pub(super) const DOTENV_FILE: &str = ".env";

/// A file of variables as read.
#[derive(Debug, Default)]
pub(super) struct DotEnv {
    variables: BTreeMap<String, Variable>,
    /// What is unsafe about the file, and what to do about it.
    pub(super) warning: Option<String>,
}

/// A variable and the line that sets it. It is not shown by `Debug`, as it may be a secret.
struct Variable {
    value: String,
    line: usize,
}

impl fmt::Debug for Variable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "line {}", self.line)
    }
}

/// Why the file can't be used. It never holds any text of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrongDotEnv {
    path: PathBuf,
    /// The line, from 1; 0 for the file as a whole.
    line: usize,
    why: String,
}

impl fmt::Display for WrongDotEnv {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, line, why } = self;
        match line {
            0 => write!(formatter, "{}: {why}", path.display()),
            _ => write!(formatter, "{}:{line}: {why}", path.display()),
        }
    }
}

impl std::error::Error for WrongDotEnv {}

impl DotEnv {
    /// Reads the file in `folder`, which is shown as lying in `shown`; without one there are no variables.
    pub(super) fn read(folder: &Path, shown: &Path) -> Result<Self, WrongDotEnv> {
        let (path, shown) = (folder.join(DOTENV_FILE), shown.join(DOTENV_FILE));
        // A link that leads nowhere is a mistake that its owner wants to hear of. A folder of this name is something
        // else, such as an environment of Python.
        let is_missing = path.symlink_metadata().is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound);
        if is_missing || path.is_dir() {
            return Ok(Self::default());
        }
        let wrong = |line, why: String| WrongDotEnv { path: shown.clone(), line, why };
        let file = read_file(&path, &shown, 0).map_err(|problem| wrong(0, problem.title.into()))?;
        let variables = parse(&file.text).map_err(|(line, why)| wrong(line, why))?;
        Ok(Self { variables, warning: warning(&path, &shown) })
    }

    /// The value of `name` and the line that sets it, if one does.
    pub(super) fn get(&self, name: &str) -> Option<(&str, usize)> {
        self.variables.get(name).map(|variable| (variable.value.as_str(), variable.line))
    }
}

/// What is unsafe about the file at `path`: that others than its owner may read it. Many tools leave it so, and its
/// owner may be alone on the machine, so it is no error.
fn warning(path: &Path, shown: &Path) -> Option<String> {
    let told = open_to_others(&std::fs::metadata(path).ok()?, shown)?;
    Some(format!("warning: `{}` may hold secrets and {told}", shown.display()))
}

/// The line of a problem, and what it is.
type Wrong = (usize, String);

fn parse(text: &str) -> Result<BTreeMap<String, Variable>, Wrong> {
    let mut reader = Reader { rest: text, line: 1 };
    let mut variables: BTreeMap<String, Variable> = BTreeMap::new();
    while !reader.rest.is_empty() {
        reader.skip_spaces();
        if !reader.at_line_end() && !reader.rest.starts_with('#') {
            let line = reader.line;
            let name = reader.name()?;
            let value = reader.value()?;
            if let Some(first) = variables.get(&name) {
                let why = format!("the variable is set a second time; line {} sets it first: remove one", first.line);
                return Err((line, why));
            }
            variables.insert(name, Variable { value, line });
        }
        reader.skip_line();
    }
    Ok(variables)
}

struct Reader<'t> {
    rest: &'t str,
    line: usize,
}

impl<'t> Reader<'t> {
    fn skip_spaces(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t']);
    }

    /// Goes on behind the end of this line.
    fn skip_line(&mut self) {
        self.rest = self.rest.split_once('\n').map_or("", |(_, rest)| rest);
        self.line += 1;
    }

    /// What is left of this line, without its end.
    fn rest_of_line(&self) -> &'t str {
        let line = self.rest.split('\n').next().unwrap_or_default();
        line.strip_suffix('\r').unwrap_or(line)
    }

    fn at_line_end(&self) -> bool {
        self.rest_of_line().is_empty()
    }

    fn wrong<T>(&self, why: &str) -> Result<T, Wrong> {
        Err((self.line, why.to_owned()))
    }

    /// A name and the `=` behind it.
    fn name(&mut self) -> Result<String, Wrong> {
        if let Some(rest) = self.rest.strip_prefix("export ") {
            self.rest = rest;
            self.skip_spaces();
        }
        let Some((name, _)) = self.rest_of_line().split_once('=') else {
            return self.wrong("a line is `NAME=value` or a comment that begins with `#`");
        };
        self.rest = &self.rest[name.len() + 1..];
        let name = name.trim_end_matches([' ', '\t']);
        let is_of_a_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        if name.is_empty() || name.starts_with(|first: char| first.is_ascii_digit()) || !name.bytes().all(is_of_a_name)
        {
            return self.wrong("a name has letters, digits and `_`, and begins with no digit");
        }
        Ok(name.to_owned())
    }

    fn value(&mut self) -> Result<String, Wrong> {
        self.skip_spaces();
        let value = match self.rest.as_bytes().first() {
            Some(b'\'') => self.single_quoted()?,
            Some(b'"') => self.double_quoted()?,
            _ => return self.plain(),
        };
        let behind = self.rest_of_line();
        let is_comment = behind.starts_with([' ', '\t']) && behind.trim_start().starts_with('#');
        if !behind.trim().is_empty() && !is_comment {
            return self.wrong("only a comment may stand behind the closing quote; `\\\"` is a quote inside `\"…\"`");
        }
        Ok(value)
    }

    fn plain(&mut self) -> Result<String, Wrong> {
        let line = self.rest_of_line();
        if line.contains('\r') {
            return self.wrong("a carriage return stands inside the line");
        }
        // At the very start a mark begins a comment, too: `NAME= # not known yet`.
        let marks = line.match_indices('#').map(|(at, _)| at);
        let mark = marks.into_iter().find(|at| *at == 0 || line[..*at].ends_with([' ', '\t']));
        let Some(mark) = mark else { return Ok(line.trim_end().to_owned()) };
        let comment = &line[mark + 1..];
        if !comment.is_empty() && !comment.starts_with([' ', '\t']) {
            return self.wrong(
                "it can't be told whether `#` begins a comment: quote the value, or put a space on both sides of the `#`",
            );
        }
        Ok(line[..mark].trim_end().to_owned())
    }

    fn single_quoted(&mut self) -> Result<String, Wrong> {
        let inside = &self.rest[1..];
        let Some(end) = inside.find('\'') else { return self.wrong("the quote `'` is not closed") };
        let value = &inside[..end];
        self.rest = &inside[end + 1..];
        self.line += value.matches('\n').count();
        Ok(value.replace("\r\n", "\n"))
    }

    fn double_quoted(&mut self) -> Result<String, Wrong> {
        let opened = self.line;
        let mut value = String::new();
        let mut characters = self.rest[1..].char_indices();
        while let Some((at, character)) = characters.next() {
            match character {
                '"' => {
                    self.rest = &self.rest[at + 2..];
                    return Ok(value.replace("\r\n", "\n"));
                }
                '\\' => value.push(match characters.next() {
                    Some((_, 'n')) => '\n',
                    Some((_, 'r')) => '\r',
                    Some((_, 't')) => '\t',
                    Some((_, same @ ('"' | '\\' | '$'))) => same,
                    _ => return self.wrong("inside `\"…\"` there are the escapes \\n \\r \\t \\\" \\\\ \\$ only; inside `'…'` a backslash is itself"),
                }),
                '\n' => {
                    self.line += 1;
                    value.push('\n');
                }
                other => value.push(other),
            }
        }
        Err((opened, "the quote `\"` is not closed".to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> String {
        parse(text).unwrap_or_else(|wrong| panic!("{text:?}: {wrong:?}"))["A"].value.clone()
    }

    fn wrong(text: &str) -> (usize, String) {
        parse(text).err().unwrap_or_else(|| panic!("{text:?} is accepted"))
    }

    #[test]
    fn a_value_is_what_stands_there_whatever_it_holds() {
        let secret = r"p%a+s:s/w&o=r$HOME$ ${d}\n`x`#!";
        assert_eq!(value(&format!("A={secret}")), secret);
        assert_eq!(value(&format!("A='{secret}'")), secret);
        assert_eq!(value(&format!("A=\"{}\"", secret.replace('\\', "\\\\"))), secret);
        for (text, expected) in [
            ("A=", ""),
            ("A=''", ""),
            ("  export A = b c  ", "b c"),
            ("A=a=b", "a=b"),
            ("A=it's \"so\"", "it's \"so\""),
            ("A='say \"so\"'", "say \"so\""),
            ("A=\" a \\\"b\\\" \\$c \"", " a \"b\" $c "),
            ("A=a#b", "a#b"),
            ("A=a # a comment", "a"),
            ("A= # to be filled in", ""),
            ("A='a' # a 'comment'", "a"),
            ("A=a\r\nB=b\r\n", "a"),
            ("# A=1\n\n \t\nA=2", "2"),
            ("A='one\r\ntwo'\r\nB=1", "one\ntwo"),
            ("A=\"-----BEGIN\nx\\ty\n\"", "-----BEGIN\nx\ty\n"),
            ("A=é ü", "é ü"),
        ] {
            assert_eq!(value(text), expected, "{text:?}");
        }
    }

    #[test]
    fn lines_are_counted_over_quotes() {
        let all = parse("# one\nA='x\ny'\nB=\"x\ny\"\n\nC=1").unwrap();
        assert_eq!((all["A"].line, all["B"].line, all["C"].line), (2, 4, 7));
        assert_eq!(wrong("A='x\ny'\nB").0, 3);
        assert_eq!(wrong("A=1\nB=\"x\ny").0, 2);
    }

    #[test]
    fn what_could_be_meant_otherwise_is_refused_without_its_text() {
        for (text, word) in [
            ("A=1\nhush", "`NAME=value`"),
            ("\nhush hush=1", "a name has"),
            ("\n=hush", "a name has"),
            ("\n1A=hush", "a name has"),
            ("\nhush-hush=1", "a name has"),
            ("A=1\nA=hush", "line 1 sets it first"),
            ("\nA='hush", "not closed"),
            ("\nA=\"hush", "not closed"),
            ("\nA=\"hush\\q\"", "escapes"),
            ("\nA=\"hush\\", "escapes"),
            ("\nA=hush #hush", "both sides"),
            ("\nA='hush'hush", "closing quote"),
            ("\nA=\"hush\"#hush", "closing quote"),
            ("\nA=hu\rsh", "carriage return"),
        ] {
            let (line, why) = wrong(text);
            assert!(line == 2 && why.contains(word) && !why.contains("hush"), "{text:?}: {line}: {why}");
        }
    }
}
