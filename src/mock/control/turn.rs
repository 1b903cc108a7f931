//! Knobs that are turned one by one: by a profile, a scenario, a command line, or the order of a new world.

use schemars::{SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value};

use super::{Settings, is_alike};
use crate::source::{Diagnostic, Entry, Fields, Node, Problems, did_you_mean};

/// Knobs by their names, each with the position to which it is turned.
pub type Knobs = Map<String, Value>;

impl Settings {
    /// These with the knob `name` turned to `value`; the error says why that can't be.
    pub fn turned(&self, name: &str, value: &Value) -> Result<Self, String> {
        let mut all = self.members();
        if !all.contains_key(name) {
            let meant = did_you_mean(name, all.keys().map(String::as_str));
            let meant = meant.map_or_else(String::new, |meant| format!("; did you mean `{meant}`?"));
            return Err(format!("there is no knob `{name}`{meant}"));
        }
        all.insert(name.to_owned(), value.clone());
        let turned: Self = serde_json::from_value(Value::Object(all)).map_err(|error| error.to_string())?;
        if !turned.members().get(name).is_some_and(|understood| is_alike(value, understood)) {
            return Err("a list or an object stands where something else is expected".to_owned());
        }
        Ok(turned)
    }

    /// These with every one of `knobs` turned; the error names the first that can't be, and says why.
    pub fn with(&self, knobs: &Knobs) -> Result<Self, String> {
        knobs.iter().try_fold(self.clone(), |settings, (name, value)| {
            settings.turned(name, value).map_err(|error| format!("the knob `{name}`: {error}"))
        })
    }

    /// The JSON Schema (draft 2020-12) of knobs.
    pub fn schema() -> Value {
        let generator = SchemaGenerator::new(SchemaSettings::draft2020_12());
        generator.into_root_schema_for::<Self>().to_value()
    }

    /// The knobs by their names.
    pub fn members(&self) -> Knobs {
        match serde_json::to_value(self) {
            Ok(Value::Object(members)) => members,
            // Settings are an object.
            _ => Knobs::new(),
        }
    }
}

/// The knobs that `node` turns, as written, and all knobs as they are then if the others have their defaults.
///
/// Each is read by itself, by the type that the control API reads it by, so that every wrong one is told at its place.
pub fn read_knobs(node: &Node, problems: &mut Problems) -> (Knobs, Settings) {
    let (mut knobs, mut settings) = (Knobs::new(), Settings::default());
    let known = settings.members();
    let known: Vec<&str> = known.keys().map(String::as_str).collect();
    let Some(fields) = Fields::of(node, "`knobs`", &known, problems) else { return (knobs, settings) };
    for Entry { key, value, .. } in fields.among(&known) {
        match settings.turned(&key.value, &value.to_json()) {
            Ok(turned) => {
                knobs.insert(key.value.to_string(), value.to_json());
                settings = turned;
            }
            Err(reason) => problems.push(
                Diagnostic::error("bad-knob", format!("the knob `{}` has no such position", key.value), value.place)
                    .label(reason)
                    .help("`tacktest schema profile` tells every knob, its positions, and what is known of it"),
            ),
        }
    }
    (knobs, settings)
}
