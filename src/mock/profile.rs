//! The profile of a stand-alone mock: a YAML file that turns its knobs, read as strictly as a scenario.

use schemars::{JsonSchema, SchemaGenerator, generate::SchemaSettings};
use serde::Serialize;
use serde_json::{Value, json};

use crate::source::{Diagnostic, Fields, Node, Place, Problems, Sources, number_within, parse_into};

use super::control::{Fault, Registrations, Settings, read_knobs};
use super::read_clients::{read_clients, read_redirect_uris};

/// The keys of a profile.
const KEYS: &[&str] = &["seed", "knobs", "redirect_uris", "clients", "faults"];

/// How a mock is to behave. All of it is optional.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct Profile {
    /// Makes codes, opaque tokens, message ids and trace ids the same at every start.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// The knobs.
    pub knobs: Settings,
    /// Redirect URIs that every client has registered in both environments, besides its own.
    pub redirect_uris: Vec<String>,
    /// Clients by name. What is written of `supply` and `demand`, which are there in any case, replaces what they have.
    pub clients: Registrations,
    /// The faults, each with where it is written.
    #[serde(skip)]
    pub faults: Vec<(Place, Fault)>,
}

/// Reads a list of faults at a mock that has the clients of these names besides its own: whoever knows how scenarios
/// write a fault does.
pub type ReadFaults = fn(&Node, &[&str], &mut Problems) -> Vec<(Place, Fault)>;

impl Profile {
    /// Reads the first of `sources`, its faults by `read_faults`; the error holds all problems of the file.
    pub fn read(sources: &Sources, read_faults: ReadFaults) -> Result<Self, Vec<Diagnostic>> {
        let text = sources.get(0).map_or("", |file| &file.text);
        let mut problems = Problems::default();
        let Some(document) = parse_into(text, 0, &mut problems) else { return Err(problems.into_sorted()) };
        let mut profile = Self::default();
        // An empty file is a profile that changes nothing.
        if !document.is_null()
            && let Some(fields) = Fields::of(&document, "a profile", KEYS, &mut problems)
        {
            profile.seed =
                fields.get("seed").and_then(|node| number_within(node, "`seed`", 0..=u64::MAX, &mut problems));
            if let Some(node) = fields.get("knobs") {
                profile.knobs = read_knobs(node, &mut problems).1;
            }
            if let Some(node) = fields.get("redirect_uris") {
                profile.redirect_uris = read_redirect_uris(node, &mut problems);
            }
            if let Some(node) = fields.get("clients") {
                profile.clients = read_clients(node, &mut problems);
            }
            if let Some(node) = fields.get("faults") {
                profile.faults = read_faults(node, &profile.client_names(), &mut problems);
            }
        }
        if problems.is_empty() { Ok(profile) } else { Err(problems.into_sorted()) }
    }

    /// The names of the clients that it has, in whichever environment.
    pub fn client_names(&self) -> Vec<&str> {
        let Registrations { staging, production } = &self.clients;
        staging.keys().chain(production.keys()).map(String::as_str).collect()
    }

    /// The JSON Schema (draft 2020-12) of a profile, in which a list of faults is what the schema `faults` says.
    pub fn schema(faults: &Value) -> Value {
        let generator = SchemaGenerator::new(SchemaSettings::draft2020_12());
        let mut schema = generator.into_root_schema_for::<Self>().to_value();
        schema["title"] = "A profile of the tacktest mock".into();
        schema["properties"]["faults"] = json!({
            "description": "Faults, as `tacktest mock --faults` takes them, which adds to these.",
            "default": [],
            "type": "array",
            "items": faults["items"],
        });
        if let (Some(definitions), Some(more)) = (schema["$defs"].as_object_mut(), faults["$defs"].as_object()) {
            definitions.extend(more.clone());
        }
        schema
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::mock::control::WrongAudience;
    use crate::source::SourceFile;

    fn read(text: &str) -> Result<Profile, Vec<Diagnostic>> {
        Profile::read(&Sources::of(SourceFile { path: "profile.yaml".into(), text: text.to_owned() }), |_, _, _| {
            Vec::new()
        })
    }

    #[test]
    fn what_is_written_is_read_and_the_rest_stays() {
        let profile = read("seed: 7\nknobs:\n  wrong_audience: token_endpoint\n  code_seconds: 600\n").unwrap();
        let knobs = Settings { wrong_audience: WrongAudience::TokenEndpoint, code_seconds: 600, ..Settings::default() };
        assert_eq!(profile, Profile { seed: Some(7), knobs, ..Profile::default() });
        for empty in ["", "# nothing\n", "{}", "knobs: {}"] {
            assert_eq!(read(empty).unwrap(), Profile::default(), "{empty:?}");
        }
    }

    #[test]
    fn every_wrong_knob_is_told_at_its_place() {
        let text = "seed: -1\nknobs:\n  wrong_audience: nowhere\n  code_second: 1\n  code_seconds: [1]\n";
        let told = read(text).unwrap_err();
        let told: Vec<(&str, &str)> = told
            .iter()
            .map(|problem| (problem.code, &text[problem.place.start as usize..problem.place.end as usize]))
            .collect();
        let expected =
            [("wrong-type", "-1"), ("bad-knob", "nowhere"), ("unknown-key", "code_second"), ("bad-knob", "[1]")];
        assert_eq!(told, expected);
    }

    #[test]
    fn the_schema_describes_every_knob_and_what_may_be_written() {
        let schema = Profile::schema(&json!({ "items": {}, "$defs": { "fault": {} } }));
        let knobs = schema["$defs"]["Settings"]["properties"].as_object().unwrap();
        let known = Settings::default().members();
        assert_eq!(knobs.keys().collect::<Vec<_>>(), known.keys().collect::<Vec<_>>());
        for (name, knob) in knobs {
            assert!(knob["description"].as_str().is_some_and(|told| told.ends_with('.')), "{name}: {knob}");
            assert_eq!(knob["default"], known[name], "{name}");
            let definition = knob["$ref"].as_str().map(|path| schema.pointer(path.trim_start_matches('#')).unwrap());
            let words = definition.and_then(|definition| definition["oneOf"].as_array());
            for word in words.into_iter().flatten() {
                assert!(Settings::default().turned(name, &word["const"]).is_ok(), "{name}: {word}");
            }
            // A rule with members of its own is tried in the tests of its subject.
            let is_rule = knob["anyOf"].is_array();
            let is_list = definition.is_some_and(|definition| definition["type"] == "array");
            let value = if is_list { vec![1].into() } else { Value::from(1) };
            assert!(words.is_some() || is_rule || Settings::default().turned(name, &value).is_ok(), "{name}: {knob}");
        }
        assert_eq!(schema["additionalProperties"], false);
    }

    proptest! {
        #[test]
        fn no_text_is_too_strange(text in "\\PC*", knob in "[a-z_]{0,20}", value in "\\PC{0,20}") {
            drop(read(&text));
            drop(read(&format!("knobs:\n  {knob}: {value}\n")));
        }
    }
}
