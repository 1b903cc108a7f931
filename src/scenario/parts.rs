//! Parameters of URLs, forms and headers: always text, sometimes left out, sometimes repeated.

use crate::source::{Diagnostic, Located, Node, Place, Problems, Scope, Template, Value, text};

/// One parameter as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Parameter {
    /// `null`: the parameter is not sent.
    LeftOut,
    /// A text.
    One(Template),
    /// A sequence: the parameter is sent once for each.
    Many(Box<[Template]>),
}

/// The parameters of a query, a form or a set of headers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Parameters {
    /// Written one by one.
    Each(Box<[(Box<str>, Parameter)]>),
    /// One placeholder that stands for all of them.
    All(Template),
}

impl Default for Parameters {
    fn default() -> Self {
        Self::Each(Box::default())
    }
}

impl Parameter {
    /// Reads a parameter; `what` names it in messages.
    pub(super) fn of(node: &Node, what: &str, problems: &mut Problems) -> Option<Self> {
        match &node.value {
            Value::Null => Some(Self::LeftOut),
            Value::Sequence(elements) => {
                let all: Vec<Template> =
                    elements.iter().filter_map(|element| template(element, what, problems)).collect();
                Some(Self::Many(all.into()))
            }
            _ => template(node, what, problems).map(Self::One),
        }
    }

    /// The values that are sent now: none, one or several.
    ///
    /// The error says what is missing or can't be sent as text.
    pub fn values(&self, scope: &dyn Scope) -> Result<Vec<String>, String> {
        match self {
            Self::LeftOut => Ok(Vec::new()),
            Self::Many(all) => all.iter().map(|template| template.text(scope).map_err(no_value)).collect(),
            Self::One(template) => texts_of(&template.value(scope).map_err(no_value)?),
        }
    }

    /// The texts as written: none, one or several.
    pub fn templates(&self) -> &[Template] {
        match self {
            Self::LeftOut => &[],
            Self::One(template) => std::slice::from_ref(template),
            Self::Many(all) => all,
        }
    }
}

impl Parameters {
    /// Reads a mapping of names to parameters, or one placeholder for all.
    pub(super) fn of(node: &Node, what: &str, problems: &mut Problems) -> Self {
        if let Some(text) = node.as_text()
            && let Ok(template) = Template::parse(text, node.place)
            && template.as_placeholder().is_some()
        {
            return Self::All(template);
        }
        let Some(entries) = node.as_mapping() else {
            problems.push(
                Diagnostic::error(
                    "wrong-type",
                    format!("{what} is a mapping of names to texts, not {}", node.kind()),
                    node.place,
                )
                .label(node.kind()),
            );
            return Self::default();
        };
        let each: Vec<_> = entries
            .iter()
            .filter_map(|entry| {
                let name = &entry.key.value;
                Some((name.clone(), Parameter::of(&entry.value, &format!("`{name}` of {what}"), problems)?))
            })
            .collect();
        Self::Each(each.into())
    }

    /// Names and values in the order in which they are sent now.
    ///
    /// The error says what is missing or can't be sent as text.
    pub fn pairs(&self, scope: &dyn Scope) -> Result<Vec<(String, String)>, String> {
        let mut pairs = Vec::new();
        match self {
            Self::Each(each) => {
                for (name, parameter) in each {
                    pairs.extend(parameter.values(scope)?.into_iter().map(|value| (name.to_string(), value)));
                }
            }
            Self::All(template) => match template.value(scope).map_err(no_value)? {
                serde_json::Value::Object(members) => {
                    for (name, value) in &members {
                        pairs.extend(texts_of(value)?.into_iter().map(|value| (name.clone(), value)));
                    }
                }
                _ => return Err("the placeholder does not stand for a mapping".to_owned()),
            },
        }
        Ok(pairs)
    }

    /// The names that are written.
    pub fn names(&self) -> Vec<&str> {
        match self {
            Self::Each(each) => each.iter().map(|(name, _)| &**name).collect(),
            Self::All(_) => Vec::new(),
        }
    }

    /// Tells `visit` every placeholder's name and place.
    pub(super) fn visit_names(&self, visit: &mut dyn FnMut(&str, Place)) {
        match self {
            Self::Each(each) => {
                for template in each.iter().flat_map(|(_, parameter)| parameter.templates()) {
                    template.names().for_each(|(name, place)| visit(name, place));
                }
            }
            Self::All(template) => template.names().for_each(|(name, place)| visit(name, place)),
        }
    }
}

/// A name that no header can have (RFC 9110 §5.1) is a problem.
pub(super) fn check_header_name(name: &Located<Box<str>>, problems: &mut Problems) {
    if ::http::HeaderName::from_bytes(name.value.as_bytes()).is_err() {
        problems.push(
            Diagnostic::error("bad-header", format!("no header can be named `{}`", name.value), name.place)
                .label("not a header's name")
                .help("a name has letters, digits and `-`, and no spaces or colons"),
        );
    }
}

fn no_value(name: impl std::fmt::Display) -> String {
    format!("`${{{name}}}` has no value")
}

fn texts_of(value: &serde_json::Value) -> Result<Vec<String>, String> {
    use serde_json::Value as Json;
    match value {
        Json::Null => Ok(Vec::new()),
        Json::String(text) => Ok(vec![text.clone()]),
        Json::Bool(_) | Json::Number(_) => Ok(vec![value.to_string()]),
        Json::Array(elements) => {
            let mut all = Vec::with_capacity(elements.len());
            for element in elements {
                all.extend(texts_of(element)?);
            }
            Ok(all)
        }
        Json::Object(_) => Err("an object can't be sent as a parameter".to_owned()),
    }
}

/// What is told about a number or boolean, written without quotes, where `what` is a text.
pub(super) fn unquoted(what: &str, node: &Node) -> Diagnostic {
    let spelling = match &node.value {
        Value::Number(_, spelling) => spelling.to_string(),
        _ => node.to_json().to_string(),
    };
    Diagnostic::error(
        "unquoted-text",
        format!("{what} is a text; YAML reads `{spelling}` as {}", node.kind()),
        node.place,
    )
    .label("needs quotes")
    .help(format!("write \"{spelling}\""))
}

/// A text that may hold placeholders; a plain integer stands for itself.
pub(super) fn template(node: &Node, what: &str, problems: &mut Problems) -> Option<Template> {
    let text = match &node.value {
        Value::Text(text) => text.clone(),
        Value::Number(_, spelling) if spelling.bytes().all(|byte| byte.is_ascii_digit()) => spelling.clone(),
        Value::Number(..) | Value::Bool(_) => {
            problems.push(unquoted(what, node));
            return None;
        }
        Value::Null | Value::Sequence(_) | Value::Mapping(_) => {
            problems.push(
                Diagnostic::error("wrong-type", format!("{what} is a text, not {}", node.kind()), node.place)
                    .label(node.kind()),
            );
            return None;
        }
    };
    Template::parse(&text, node.place).map_err(|problem| problems.push(problem)).ok()
}

/// A text that is known before the run: values of `matrix`, `with` and literal `vars` were written in, no other can be.
pub(super) fn plain_text(node: &Node, what: &str, problems: &mut Problems) -> Option<String> {
    let text = text(node, what, problems)?.value;
    // What is malformed stands as it was written: it is read by people only.
    if let Ok(template) = Template::parse(&text, node.place) {
        for (name, place) in template.names() {
            problems.push(
                Diagnostic::error("unknown-name", format!("`{name}` has no value here"), place).label("unknown").help(
                    format!("{what} is told before the run: only values that are written in the file can stand in it"),
                ),
            );
        }
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::source::parse;

    struct Values;

    impl Scope for Values {
        fn value(&self, name: &str) -> Option<serde_json::Value> {
            match name {
                "all" => Some(json!({ "a": 1, "b": null, "c": ["x", true] })),
                "list" => Some(json!([1, 2])),
                "object" => Some(json!({ "a": {} })),
                "text" => Some(json!("t")),
                _ => None,
            }
        }
    }

    fn pairs(yaml: &str) -> Result<String, String> {
        let mut problems = Problems::default();
        let parameters = Parameters::of(&parse(yaml, 0).unwrap(), "`query`", &mut problems);
        assert_eq!(problems.into_sorted(), [], "{yaml}");
        let pairs = parameters.pairs(&Values)?;
        Ok(pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&"))
    }

    #[test]
    fn null_leaves_out_a_list_repeats_and_the_rest_is_text() {
        for (yaml, sent) in [
            ("{}", ""),
            ("{a: x, b: 15, c: \"1.5\"}", "a=x&b=15&c=1.5"),
            ("{a: null, b: [x, 2, \"${text}\"]}", "b=x&b=2&b=t"),
            ("{a: \"${list}\", b: \"-${text}-\"}", "a=1&a=2&b=-t-"),
            ("\"${all}\"", "a=1&c=x&c=true"),
        ] {
            assert_eq!(pairs(yaml), Ok(sent.to_owned()), "{yaml}");
        }
    }

    #[test]
    fn what_is_missing_or_no_text_at_run_time_is_told() {
        for (yaml, told) in [
            ("{a: \"${gone}\"}", "`${gone}` has no value"),
            ("{a: [\"${gone}\"]}", "`${gone}` has no value"),
            ("\"${text}\"", "the placeholder does not stand for a mapping"),
            ("\"${object}\"", "an object can't be sent as a parameter"),
        ] {
            assert_eq!(pairs(yaml), Err(told.to_owned()), "{yaml}");
        }
    }
}
