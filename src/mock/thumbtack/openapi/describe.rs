//! What is said of an operation besides what its row in the table says.

use serde_json::{Value, json};

use super::schema::{named, zip_code};

/// A description.
#[derive(Debug)]
pub struct Described {
    /// What it does, in one line.
    pub summary: &'static str,
    /// The parameters of its query.
    pub query: Vec<Value>,
    /// The schema of its body, if it reads one.
    pub body: Option<Value>,
    /// Its answers when it succeeds: status, and the schema of a body if there is one.
    pub answers: Vec<(u16, Option<Value>)>,
    /// Answers of its own when it is refused: status, and the name of the answer.
    pub refusals: Vec<(u16, &'static str)>,
}

impl Described {
    /// An operation that reads.
    pub fn read(summary: &'static str, answer: Value) -> Self {
        Self { summary, query: Vec::new(), body: None, answers: vec![(200, Some(answer))], refusals: Vec::new() }
    }

    /// An operation that creates something; by a knob it answers 200 or 201.
    pub fn create(summary: &'static str, body: Value, answer: Value) -> Self {
        let answers = vec![(200, Some(answer.clone())), (201, Some(answer))];
        Self { answers, ..Self::read(summary, Value::Null) }.with_body(body)
    }

    /// With a query.
    pub fn with_query(self, query: Vec<Value>) -> Self {
        Self { query, ..self }
    }

    /// With a body.
    pub fn with_body(self, body: Value) -> Self {
        Self { body: Some(body), ..self }
    }

    /// With other answers.
    pub fn answering(self, answers: Vec<(u16, Option<Value>)>) -> Self {
        Self { answers, ..self }
    }

    /// With a refusal of its own.
    pub fn refusing(mut self, status: u16, answer: &'static str) -> Self {
        self.refusals.push((status, answer));
        self
    }
}

/// A parameter of a query that need not be sent. Sent without a value, it is as if it were not sent.
pub fn optional(name: &str, schema: Value) -> Value {
    let mut parameter = json!({ "name": name, "in": "query", "allowEmptyValue": true });
    parameter["schema"] = schema;
    parameter
}

/// A parameter of a query that must be sent.
pub fn required(name: &str, schema: Value) -> Value {
    let mut parameter = json!({ "name": name, "in": "query", "required": true });
    parameter["schema"] = schema;
    parameter
}

/// What lists of categories are asked with.
pub fn place_and_source() -> Vec<Value> {
    let source = json!({
        "name": "utmData", "in": "query", "required": true, "style": "deepObject", "explode": true, "schema": named("UtmData"),
    });
    vec![required("zipCode", zip_code()), source]
}
