//! The JSON Schemas of a scenario file and of a file of faults, made of the keys that the readers know.

use serde_json::{Map, Value, json};

use crate::mock::control::Settings;
use crate::pattern::OPERATORS;

use super::keys::{ACTIONS, Content, Object, SCENARIO, STEP};
use super::keys_fault::FAULT;

/// The JSON Schema (draft 2020-12) of a scenario file.
pub fn schema() -> Value {
    let mut definitions = Map::new();
    let root = object(&SCENARIO, &mut definitions);
    definitions.insert("pattern".to_owned(), pattern());
    with_head(root, "A tacktest scenario", definitions)
}

/// The JSON Schema (draft 2020-12) of a file of faults. Nothing has a value by name there, so no placeholder may stand for
/// a number, a word or a mapping.
pub fn faults_schema() -> Value {
    let mut definitions = Map::new();
    let items = reference(&FAULT, &mut definitions);
    let mut schema = with_head(json!({ "type": "array", "items": items }), "Faults of the tacktest mock", definitions);
    drop_placeholders(&mut schema);
    schema
}

fn with_head(mut root: Value, title: &str, mut definitions: Map<String, Value>) -> Value {
    definitions.insert(
        "duration".to_owned(),
        json!({ "type": "string", "pattern": "^[0-9]+(ms|s|m|h|d)$", "description": "a duration with its unit" }),
    );
    let head = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        "$defs": definitions,
    });
    if let (Some(root), Value::Object(head)) = (root.as_object_mut(), head) {
        root.extend(head);
    }
    root
}

/// A text that is one placeholder, which stands for a value of any kind.
fn placeholder() -> Value {
    json!({ "type": "string", "pattern": "^\\$\\{[^}]+\\}$" })
}

fn drop_placeholders(schema: &mut Value) {
    match schema {
        Value::Array(elements) => {
            let placeholder = placeholder();
            elements.retain(|element| *element != placeholder);
            elements.iter_mut().for_each(drop_placeholders);
        }
        Value::Object(members) => members.values_mut().for_each(drop_placeholders),
        _ => {}
    }
}

fn object(object: &Object, definitions: &mut Map<String, Value>) -> Value {
    let mut properties = Map::new();
    for key in object.keys {
        let mut content = content(&key.content, definitions);
        if let Some(content) = content.as_object_mut() {
            content.insert("description".to_owned(), key.meaning.into());
        }
        properties.insert(key.name.to_owned(), content);
    }
    let mut schema = json!({ "type": "object", "additionalProperties": false, "properties": properties });
    if !object.required.is_empty() {
        schema["required"] = object.required.into();
    }
    if object.name == STEP.name {
        schema["oneOf"] = ACTIONS.iter().map(|action| json!({ "required": [action] })).collect();
    }
    schema
}

/// A reference to `object`, which is defined once.
fn reference(object_: &'static Object, definitions: &mut Map<String, Value>) -> Value {
    let name = object_.name.trim_start_matches("a ").replace('`', "").replace(' ', "_");
    if !definitions.contains_key(&name) {
        // The name is taken before its content is made, so that an object may hold itself.
        definitions.insert(name.clone(), Value::Null);
        let schema = object(object_, definitions);
        definitions.insert(name.clone(), schema);
    }
    json!({ "$ref": format!("#/$defs/{name}") })
}

fn content(content: &Content, definitions: &mut Map<String, Value>) -> Value {
    let placeholder = placeholder();
    match content {
        Content::Text => json!({ "type": ["string", "integer"] }),
        Content::Texts => json!({ "type": "array", "items": { "type": "string" } }),
        Content::Number => json!({ "anyOf": [{ "type": "integer", "minimum": 0 }, placeholder] }),
        Content::Duration => json!({ "anyOf": [{ "$ref": "#/$defs/duration" }, placeholder] }),
        Content::Status => {
            let one = json!({ "anyOf": [{ "type": "integer", "minimum": 100, "maximum": 599 }, { "type": "string", "pattern": "^[1-5][xX]{2}$" }] });
            json!({ "anyOf": [one, { "type": "array", "items": one, "minItems": 1 }, placeholder] })
        }
        Content::Word(words) => json!({ "anyOf": [{ "enum": words.words() }, placeholder] }),
        Content::WordList(words) => json!({ "type": "array", "items": { "enum": words.words() } }),
        Content::Parameter => parameter(),
        Content::Parameters => {
            json!({ "anyOf": [{ "type": "object", "additionalProperties": parameter() }, placeholder] })
        }
        Content::Object(object) => {
            let reference = reference(object, definitions);
            json!({ "anyOf": [reference, placeholder] })
        }
        Content::NoneOr(object) => {
            let reference = reference(object, definitions);
            json!({ "anyOf": [{ "const": "none" }, reference, placeholder] })
        }
        Content::WordOr(words, object) => {
            let reference = reference(object, definitions);
            json!({ "anyOf": [{ "enum": words.words() }, reference, placeholder] })
        }
        Content::True => json!({ "const": true }),
        Content::Objects(object) => {
            let reference = reference(object, definitions);
            json!({ "type": "array", "items": reference })
        }
        Content::Pattern => json!({ "$ref": "#/$defs/pattern" }),
        Content::Patterns => {
            json!({ "type": ["object", "string"], "additionalProperties": { "$ref": "#/$defs/pattern" } })
        }
        Content::Saves => {
            let one = |key: &str| json!({ "type": "object", "additionalProperties": false, "required": [key], "properties": { key: { "type": "string" } } });
            json!({ "type": "object", "additionalProperties": { "anyOf": [{ "type": "string", "pattern": "^\\$" }, one("header"), one("redirect")] } })
        }
        Content::TextOrTexts => {
            json!({ "type": ["string", "integer", "array"], "items": { "type": "string" }, "minItems": 1 })
        }
        Content::TextMap => {
            json!({ "anyOf": [{ "type": "object", "additionalProperties": { "type": ["string", "integer"] } }, placeholder] })
        }
        Content::Turns(words, object) => {
            let reference = reference(object, definitions);
            json!({ "type": "array", "items": { "anyOf": [{ "enum": words.words() }, reference] }, "minItems": 1 })
        }
        Content::Knobs => knobs(definitions),
        Content::Any => json!({}),
    }
}

/// The knobs, as the control vocabulary describes them; the words of their positions are defined beside.
fn knobs(definitions: &mut Map<String, Value>) -> Value {
    let mut schema = Settings::schema();
    if let Some(Value::Object(words)) = schema.get_mut("$defs").map(Value::take) {
        definitions.extend(words);
    }
    let placeholder = json!({ "type": "string", "pattern": "^\\$\\{[^}]+\\}$" });
    let mut properties = schema["properties"].take();
    for knob in properties.as_object_mut().into_iter().flat_map(Map::values_mut) {
        *knob = json!({ "anyOf": [knob.take(), placeholder] });
    }
    let knobs = json!({ "type": "object", "additionalProperties": false, "properties": properties });
    json!({ "anyOf": [knobs, placeholder] })
}

fn parameter() -> Value {
    json!({ "type": ["string", "integer", "null", "array"], "items": { "type": ["string", "integer"] } })
}

/// A pattern: any JSON; a mapping may hold operators.
fn pattern() -> Value {
    let mut operators: Map<String, Value> =
        OPERATORS.iter().map(|(name, meaning)| ((*name).to_owned(), json!({ "description": meaning }))).collect();
    if let Some(jwt) = operators.get_mut("$jwt").and_then(Value::as_object_mut) {
        let part = json!({ "$ref": "#/$defs/pattern" });
        let members = json!({ "header": part, "claims": part, "signed_by": {}, "at_hash_of": { "type": "string" } });
        jwt.extend([
            ("type".to_owned(), "object".into()),
            ("additionalProperties".to_owned(), false.into()),
            ("properties".to_owned(), members),
        ]);
    }
    json!({
        "description": "a value, or a mapping whose keys begin with `$`: operators, and paths of RFC 9535",
        "properties": operators,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reference_is_defined_and_a_step_has_one_action() {
        for schema in [schema(), faults_schema()] {
            let text = schema.to_string();
            let definitions = schema["$defs"].as_object().unwrap();
            for reference in text.split("\"#/$defs/").skip(1) {
                let name = reference.split('"').next().unwrap();
                assert!(definitions.get(name).is_some_and(|definition| !definition.is_null()), "{name}");
            }
        }
        let schema = schema();
        let definitions = schema["$defs"].as_object().unwrap();
        assert_eq!(definitions["step"]["oneOf"].as_array().unwrap().len(), ACTIONS.len());
        assert_eq!(schema["required"], json!(["title", "steps"]));
    }
}
