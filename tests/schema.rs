//! The JSON Schema takes every scenario of the bundled suite, and refuses keys and words that the readers refuse.

#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]

use std::path::{Path, PathBuf};

use regex::Regex;
use serde_json::{Value, json};
use tacktest::mock::Profile;
use tacktest::scenario::{faults_schema, read_fault_list, schema};
use tacktest::source::{SourceFile, Sources, parse};

/// Why `value`, which stands at `path`, is not what `part` of the schema `root` asks for; empty if it is.
fn errors(root: &Value, part: &Value, value: &Value, path: &str) -> Vec<String> {
    let mut found = Vec::new();
    let fails = |part: &Value| !errors(root, part, value, path).is_empty();
    for (word, asked) in part.as_object().unwrap() {
        let holds = match word.as_str() {
            "$schema" | "$defs" | "title" | "description" | "default" | "format" => true,
            "$ref" => {
                let pointer = asked.as_str().unwrap().trim_start_matches('#');
                found.extend(errors(root, root.pointer(pointer).unwrap(), value, path));
                true
            }
            "type" => has_type(asked, value),
            "const" => asked == value,
            "enum" => asked.as_array().unwrap().contains(value),
            "pattern" => value.as_str().is_none_or(|text| Regex::new(asked.as_str().unwrap()).unwrap().is_match(text)),
            "minimum" => value.as_f64().is_none_or(|number| number >= asked.as_f64().unwrap()),
            "maximum" => value.as_f64().is_none_or(|number| number <= asked.as_f64().unwrap()),
            "maxItems" => {
                value.as_array().is_none_or(|all| all.len() <= usize::try_from(asked.as_u64().unwrap()).unwrap())
            }
            "minItems" => {
                value.as_array().is_none_or(|all| all.len() >= usize::try_from(asked.as_u64().unwrap()).unwrap())
            }
            "anyOf" => !asked.as_array().unwrap().iter().all(fails),
            "oneOf" => asked.as_array().unwrap().iter().filter(|part| !fails(part)).count() == 1,
            "required" => value.as_object().is_none_or(|members| {
                asked.as_array().unwrap().iter().all(|name| members.contains_key(name.as_str().unwrap()))
            }),
            "items" => {
                for (index, element) in value.as_array().into_iter().flatten().enumerate() {
                    found.extend(errors(root, asked, element, &format!("{path}[{index}]")));
                }
                true
            }
            "properties" => {
                for (name, member) in value.as_object().into_iter().flatten() {
                    if let Some(part) = asked.get(name) {
                        found.extend(errors(root, part, member, &format!("{path}.{name}")));
                    }
                }
                true
            }
            "additionalProperties" => {
                let others = value.as_object().into_iter().flatten().filter(|(name, _)| {
                    part.get("properties").is_none_or(|properties| properties.get(name.as_str()).is_none())
                });
                for (name, member) in others {
                    match asked {
                        Value::Bool(false) => found.push(format!("{path}.{name} is not known")),
                        part => found.extend(errors(root, part, member, &format!("{path}.{name}"))),
                    }
                }
                true
            }
            other => panic!("this test does not know the word `{other}` of the schema"),
        };
        if !holds {
            found.push(format!("{path}: `{word}` does not hold: {asked}"));
        }
    }
    found
}

fn has_type(asked: &Value, value: &Value) -> bool {
    let is = |name: &Value| match name.as_str().unwrap() {
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "null" => value.is_null(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("this test does not know the type `{other}`"),
    };
    asked.as_array().map_or_else(|| is(asked), |names| names.iter().any(is))
}

fn scenarios(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.file_name().unwrap().to_string_lossy().starts_with('_') {
            continue;
        }
        if path.is_dir() {
            scenarios(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "yaml") {
            found.push(path);
        }
    }
}

fn documents() -> Vec<(PathBuf, Value)> {
    let mut found = Vec::new();
    scenarios(Path::new("scenarios"), &mut found);
    assert!(!found.is_empty());
    found
        .into_iter()
        .map(|path| {
            let text = std::fs::read_to_string(&path).unwrap();
            let document = parse(&text, 0).unwrap().to_json();
            (path, document)
        })
        .collect()
}

#[test]
fn every_scenario_is_what_the_schema_asks_for() {
    let schema = schema();
    for (path, document) in documents() {
        let errors = errors(&schema, &schema, &document, "$");
        assert!(errors.is_empty(), "{}: {errors:#?}", path.display());
    }
}

#[test]
fn an_unknown_key_is_refused_wherever_the_readers_refuse_it() {
    let schema = schema();
    for (path, mut document) in documents() {
        document["stpes"] = json!([]);
        assert!(!errors(&schema, &schema, &document, "$").is_empty(), "{}", path.display());
        document.as_object_mut().unwrap().remove("stpes");
        let steps = document["steps"].as_array().unwrap().len();
        for index in 0..steps {
            let mut wrong = document.clone();
            wrong["steps"][index]["exepct"] = json!("none");
            assert!(!errors(&schema, &schema, &wrong, "$").is_empty(), "{} step {index}", path.display());
        }
    }
}

#[test]
fn wrong_words_types_and_actions_are_refused() {
    let schema = schema();
    let refused = |document: Value| {
        let errors = errors(&schema, &schema, &document, "$");
        assert!(!errors.is_empty(), "{document} is accepted");
    };
    let step = |step: Value| json!({ "title": "a", "steps": [step] });
    assert!(errors(&schema, &schema, &step(json!({ "wait": "1s" })), "$").is_empty());
    refused(json!({ "steps": [] }));
    refused(json!({ "title": "a" }));
    refused(json!({ "title": "a", "steps": {} }));
    refused(json!({ "title": "a", "steps": [], "snapshot": "shape" }));
    refused(json!({ "title": "a", "steps": [], "needs": ["clok"] }));
    let knobs = |knobs: Value| json!({ "title": "a", "steps": [], "knobs": knobs });
    let right = knobs(json!({ "login": "pages", "code_seconds": 5, "last_next": "${matrix.last}" }));
    assert_eq!(errors(&schema, &schema, &right, "$"), Vec::<String>::new());
    refused(knobs(json!({ "code_second": 5 })));
    refused(knobs(json!({ "login": "page" })));
    refused(knobs(json!({ "code_seconds": "soon" })));
    refused(step(json!({ "wait": 5 })));
    refused(step(json!({ "wait": "5" })));
    refused(step(json!({ "wait": "1s", "get": "/v4/a" })));
    refused(step(json!({ "name": "nothing" })));
    refused(step(json!({ "get": "/v4/a", "expect": { "status": 20 } })));
    refused(step(json!({ "get": "/v4/a", "expect": { "stauts": 200 } })));
    refused(step(json!({ "get": "/v4/a", "query": { "a": true }, "expect": "none" })));
    refused(step(json!({ "token": { "grant": "password" }, "expect": "none" })));
    refused(step(json!({ "mock": { "fault": { "times": 1 } } })));
}

const FAULTS: &str = "\
- at: GET /v4/keywords/search
  times: 2
  respond: rate_limit
- at: [POST /oauth2/token, GET /oauth2/auth]
  grant: refresh_token
  sequence: [pass, { hang: after }, { respond: { status: 503, headers: { retry-after: 2 }, json: [1] }, delay: 3s }]
- { at: any, client: demand, percentage: 20, id_token: { signature: none, wrong: [iss] }, callback: { extra: { iss: 1 } } }
";

const WRONG_FAULTS: &[&str] = &[
    "at: any\ndelay: 1s\n",
    "- { respond: server_error }\n",
    "- { at: any, respond: waf_blok }\n",
    "- { at: any, respnd: waf_block }\n",
    "- { at: any, delay: 5 }\n",
    "- { at: any, delay: \"${time}\" }\n",
    "- { at: any, respond: \"${answer}\" }\n",
    "- { at: any, times: \"${count}\", reset: before }\n",
    "- { at: any, sequence: [pas] }\n",
    "- { at: any, callback: { stat: drop } }\n",
];

#[test]
fn faults_are_asked_for_as_they_are_read_in_a_file_and_in_a_profile() {
    let (file, profile) = (faults_schema(), Profile::schema(&faults_schema()));
    for (text, is_right) in [(FAULTS, true)].into_iter().chain(WRONG_FAULTS.iter().map(|text| (*text, false))) {
        let faults = parse(text, 0).unwrap().to_json();
        let told = errors(&file, &file, &faults, "$");
        assert_eq!(told.is_empty(), is_right, "{text}: {told:#?}");
        let document = json!({ "faults": faults });
        let told = errors(&profile, &profile, &document, "$");
        assert_eq!(told.is_empty(), is_right, "{text}: {told:#?}");
        // JSON is YAML.
        let sources = Sources::of(SourceFile { path: "profile.yaml".into(), text: document.to_string() });
        let read = Profile::read(&sources, read_fault_list);
        assert_eq!(read.is_ok(), is_right, "{text}: {read:#?}");
    }
}
