//! `${name}` in texts: parsed once, resolved while a scenario runs.

use super::{Diagnostic, Place};

/// What placeholders stand for at one moment of a scenario.
pub trait Scope {
    /// The value of `name`, if it has one now.
    fn value(&self, name: &str) -> Option<serde_json::Value>;
}

/// A text with placeholders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// The parts in order.
    pub pieces: Box<[Piece]>,
    /// Where the text was written.
    pub place: Place,
}

/// A part of a [`Template`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Text that stands for itself; `$${` is already `${` here.
    Literal(Box<str>),
    /// `${name}`.
    Placeholder {
        /// The name between the braces.
        name: Box<str>,
        /// Where the placeholder stands.
        place: Place,
    },
}

/// Whether `text` has a placeholder or an escaped one.
pub fn is_template(text: &str) -> bool {
    text.contains("${")
}

impl Template {
    /// Reads `text`, which was written at `place`.
    ///
    /// A placeholder that is not closed, or whose name is not one or more words of letters, digits and `_` joined by
    /// dots, is a problem.
    pub fn parse(text: &str, place: Place) -> Result<Self, Diagnostic> {
        let mut pieces = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        while let Some(dollar) = rest.find("${") {
            let offset = text.len() - rest.len() + dollar;
            if rest[..dollar].ends_with('$') {
                literal.push_str(&rest[..dollar]);
                literal.push('{');
                rest = &rest[dollar + 2..];
                continue;
            }
            literal.push_str(&rest[..dollar]);
            let after = &rest[dollar + 2..];
            let Some(length) = after.find('}') else {
                return Err(Diagnostic::error(
                    "bad-placeholder",
                    "a placeholder is not closed",
                    inside(text, place, offset, 2),
                )
                .label("`}` is missing")
                .help("write `$${` for the characters `${` themselves"));
            };
            let name = &after[..length];
            let at = inside(text, place, offset, length + 3);
            if !is_name(name) {
                return Err(Diagnostic::error("bad-placeholder", format!("`${{{name}}}` is not a placeholder"), at)
                    .label("a name has letters, digits and `_`, and dots between its words")
                    .help("write `$${` for the characters `${` themselves"));
            }
            if !literal.is_empty() {
                pieces.push(Piece::Literal(std::mem::take(&mut literal).into()));
            }
            pieces.push(Piece::Placeholder { name: name.into(), place: at });
            rest = &after[length + 1..];
        }
        literal.push_str(rest);
        if !literal.is_empty() || pieces.is_empty() {
            pieces.push(Piece::Literal(literal.into()));
        }
        Ok(Self { pieces: pieces.into(), place })
    }

    /// The text, if it has no placeholder.
    pub fn as_literal(&self) -> Option<&str> {
        match &*self.pieces {
            [Piece::Literal(text)] => Some(text),
            _ => None,
        }
    }

    /// The name, if the text is one placeholder and nothing else.
    pub fn as_placeholder(&self) -> Option<&str> {
        match &*self.pieces {
            [Piece::Placeholder { name, .. }] => Some(name),
            _ => None,
        }
    }

    /// The names that occur, with their places.
    pub fn names(&self) -> impl Iterator<Item = (&str, Place)> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Placeholder { name, place } => Some((&**name, *place)),
            Piece::Literal(_) => None,
        })
    }

    /// The value now: a lone placeholder keeps its type, anything else is a text.
    ///
    /// The error is the name that has no value.
    pub fn value(&self, scope: &dyn Scope) -> Result<serde_json::Value, String> {
        match self.as_placeholder() {
            Some(name) => scope.value(name).ok_or_else(|| name.to_owned()),
            None => self.text(scope).map(serde_json::Value::String),
        }
    }

    /// The value now, as text.
    ///
    /// The error is the name that has no value.
    pub fn text(&self, scope: &dyn Scope) -> Result<String, String> {
        let mut text = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Literal(literal) => text.push_str(literal),
                Piece::Placeholder { name, .. } => match scope.value(name).ok_or_else(|| name.to_string())? {
                    serde_json::Value::String(value) => text.push_str(&value),
                    other => text.push_str(&other.to_string()),
                },
            }
        }
        Ok(text)
    }
}

fn is_name(name: &str) -> bool {
    name.split('.')
        .all(|word| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'))
}

/// The place of `length` bytes at `offset` of `text`, when the text stands in the file as it is; else all of `place`.
fn inside(text: &str, place: Place, offset: usize, length: usize) -> Place {
    let written = (place.end - place.start) as usize;
    let quote = match written.checked_sub(text.len()) {
        Some(0) => 0,
        Some(2) => 1,
        _ => return place,
    };
    let start = place.start as usize + quote + offset;
    Place::new(place.file, start, start + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct One(&'static str, serde_json::Value);

    impl Scope for One {
        fn value(&self, name: &str) -> Option<serde_json::Value> {
            (name == self.0).then(|| self.1.clone())
        }
    }

    fn template(text: &str) -> Template {
        Template::parse(text, Place::new(0, 10, 10 + text.len())).unwrap()
    }

    #[test]
    fn alone_it_keeps_its_type_and_inside_text_it_is_text() {
        let scope = One("n", 7.into());
        assert_eq!(template("${n}").value(&scope), Ok(7.into()));
        assert_eq!(template("n=${n}!").value(&scope), Ok("n=7!".into()));
        assert_eq!(template("${other}").value(&scope), Err("other".to_owned()));
    }

    #[test]
    fn the_escape_is_literal() {
        assert_eq!(template("$${n} ${n}").value(&One("n", 7.into())), Ok("${n} 7".into()));
        assert_eq!(template("$${n}").as_literal(), Some("${n}"));
    }

    #[test]
    fn a_placeholder_has_its_own_place() {
        let (name, place) = template("ab${cd}").names().map(|(name, place)| (name.to_owned(), place)).next().unwrap();
        assert_eq!((name.as_str(), place), ("cd", Place::new(0, 12, 17)));
    }

    #[test]
    fn an_open_or_strange_placeholder_is_refused() {
        for text in ["${", "${a", "${}", "${a b}", "${a..b}", "${é}"] {
            assert!(Template::parse(text, Place::start_of(0)).is_err(), "{text}");
        }
    }
}
