//! An `OpenAPI` document to which answers are held.

use std::collections::BTreeMap;

use jsonschema::Validator;
use serde_json::{Value, json};

/// What was answered to a request.
#[derive(Clone, Debug)]
pub struct Seen {
    /// In lower case.
    pub method: String,
    /// From the mock's own root on.
    pub path: String,
    pub status: u16,
    pub media_type: Option<String>,
    pub body: Vec<u8>,
}

/// A document, with a validator for every schema of an answer.
pub struct Document {
    document: Value,
    validators: BTreeMap<String, Validator>,
}

impl Document {
    pub fn new(document: Value) -> Self {
        let mut made = Self { document, validators: BTreeMap::new() };
        let answers: Vec<Value> = made.answers().cloned().collect();
        for answer in &answers {
            let contents = made.followed(answer)["content"].as_object().cloned().unwrap_or_default();
            for content in contents.values() {
                let schema = &content["schema"];
                let validator = made.validator(schema);
                made.validators.insert(schema.to_string(), validator);
            }
        }
        made
    }

    /// Holds an answer to the document. What is no part of the API is passed over: the control API and the web site.
    pub fn check(&self, seen: &Seen) -> Result<(), String> {
        let path = below_environment(&seen.path);
        if seen.path.starts_with("/control") || path.starts_with("/site") || path.starts_with("/_mock") {
            return Ok(());
        }
        let said = |what: &str| Err(format!("{} {path} {}: {what}", seen.method, seen.status));
        let Some(item) = self.item(path) else {
            return if [400, 404].contains(&seen.status) { Ok(()) } else { said("no such path") };
        };
        let Some(operation) = item.get(&seen.method) else {
            return if seen.status == 405 { Ok(()) } else { said("no such method") };
        };
        let responses = &operation["responses"];
        let class = format!("{}XX", seen.status / 100);
        let Some(answer) = responses.get(seen.status.to_string()).or_else(|| responses.get(class)) else {
            return said("no such status");
        };
        let answer = self.followed(answer);
        let Some(media_type) = &seen.media_type else {
            let may_be_empty = answer.get("content").is_none() || answer["x-empty"] == true;
            return if seen.body.is_empty() && may_be_empty {
                Ok(())
            } else {
                said("no body, or one of no media type")
            };
        };
        let essence = media_type.split(';').next().unwrap_or_default();
        let Some(content) = answer["content"].get(essence) else {
            return said(&format!("no such media type: {media_type}"));
        };
        if !essence.ends_with("json") {
            return Ok(());
        }
        let Ok(body) = serde_json::from_slice::<Value>(&seen.body) else { return said("no JSON") };
        let errors = self.validators[&content["schema"].to_string()].iter_errors(&body);
        let errors: Vec<String> = errors.map(|error| format!("{}: {error}", error.instance_path())).collect();
        if errors.is_empty() { Ok(()) } else { said(&errors.join("; ")) }
    }

    /// Holds every example to the schema in which or beside which it stands, and tells how many there are.
    pub fn check_examples(&self) -> usize {
        let mut schemas = Vec::new();
        with_examples(&self.document, &mut schemas);
        for schema in &schemas {
            let errors: Vec<String> = self
                .validator(schema.get("schema").unwrap_or(schema))
                .iter_errors(&schema["example"])
                .map(|error| error.to_string())
                .collect();
            assert!(errors.is_empty(), "{}: {errors:?}", schema["example"]);
        }
        schemas.len()
    }

    /// The JSON bodies of requests and of successful answers of the API, each with its place.
    pub fn bodies(&self) -> Vec<(String, &Value)> {
        let mut found = Vec::new();
        for (path, item) in self.document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap().iter().filter(|(_, one)| one["tags"][0] == "API") {
                let successes = ["200", "201"].map(|status| (status, &operation["responses"][status]));
                for (part, whole) in [("request", &operation["requestBody"])].into_iter().chain(successes) {
                    if let Some(content) = whole["content"].get("application/json") {
                        found.push((format!("{method} {path} {part}"), content));
                    }
                }
            }
        }
        found
    }

    fn answers(&self) -> impl Iterator<Item = &Value> {
        let items = self.document["paths"].as_object().unwrap().values();
        let operations = items.flat_map(|item| item.as_object().unwrap().values());
        operations.flat_map(|operation| operation["responses"].as_object().unwrap().values())
    }

    fn followed<'a>(&'a self, value: &'a Value) -> &'a Value {
        match value.get("$ref").and_then(Value::as_str) {
            Some(place) => self.document.pointer(place.trim_start_matches('#')).unwrap(),
            None => value,
        }
    }

    fn validator(&self, schema: &Value) -> Validator {
        let mut schema =
            json!({ "allOf": [schema], "components": { "schemas": self.document["components"]["schemas"] } });
        spell_nullable(&mut schema);
        jsonschema::options().should_validate_formats(true).build(&schema).unwrap()
    }

    /// What the document has of a path: a literal one before one with parameters.
    fn item(&self, path: &str) -> Option<&Value> {
        let paths = self.document["paths"].as_object().unwrap();
        let fits = paths.iter().filter(|(template, _)| fits(template, path));
        fits.min_by_key(|(template, _)| template.matches('{').count()).map(|(_, item)| item)
    }
}

fn fits(template: &str, path: &str) -> bool {
    let [template, path] = [template, path].map(|path| path.trim_end_matches('/').split('/').collect::<Vec<_>>());
    let one =
        |(expected, segment): (&&str, &&str)| expected == segment || expected.starts_with('{') && !segment.is_empty();
    template.len() == path.len() && template.iter().zip(&path).all(one)
}

/// A path below the root of its environment.
fn below_environment(path: &str) -> &str {
    let below_world = match path.strip_prefix("/worlds/") {
        Some(rest) => rest.find('/').map_or("", |slash| &rest[slash..]),
        None => path,
    };
    below_world.strip_prefix("/production").unwrap_or(below_world)
}

/// `nullable` as JSON Schema has it.
fn spell_nullable(schema: &mut Value) {
    if schema["nullable"] == true {
        schema["type"] = json!([schema["type"], "null"]);
    }
    match schema {
        Value::Object(members) => members.values_mut().for_each(spell_nullable),
        Value::Array(elements) => elements.iter_mut().for_each(spell_nullable),
        _ => {}
    }
}

fn with_examples(value: &Value, found: &mut Vec<Value>) {
    match value {
        Value::Object(members) => {
            if members.contains_key("example") {
                found.push(value.clone());
            }
            members.values().for_each(|value| with_examples(value, found));
        }
        Value::Array(elements) => elements.iter().for_each(|value| with_examples(value, found)),
        _ => {}
    }
}
