//! `GET /categories/{categoryID}/request-form`, and the answers to a form that a search brings.
//!
//! The form is the documents' one sample; its questions here are invented, as is that all of them are
//! `checkboxOption`s, since other types are not known.

use axum::response::Response;
use serde_json::{Value, json};

use super::{
    answers::ok,
    fields::wrong,
    negotiations::Detail,
    operation::{Call, Refused},
    profiles::{CATEGORIES, Category},
};
use crate::mock::{control::RequestFormDetails, problem::Invalid};

/// The longest answer in characters, as the documents' sample says.
const LONGEST_ANSWER: usize = 16_384;

/// A question and what may be answered.
struct Question {
    prompt: &'static str,
    answers: &'static [&'static str],
}

/// The questions of each category, in the order of [`CATEGORIES`].
static QUESTIONS: [[Question; 2]; 5] = [
    [
        question("What kind of work would you like done?", &["Cabinets", "Countertops", "Full renovation"]),
        question("How large is the kitchen?", &["Small", "Medium", "Large"]),
    ],
    [
        question("What does the lawn need?", &["Mowing", "Edging", "Fertilizing"]),
        question("How large is the property?", &["Small", "Medium", "Large"]),
    ],
    [
        question("What should be photographed?", &["A building", "An event", "A landscape"]),
        question("What do you want to receive?", &["Photos", "Video"]),
    ],
    [
        question("What should be repaired or put up?", &["Doors", "Shelves", "Taps"]),
        question("Who brings the materials?", &["The pro", "The customer"]),
    ],
    [
        question("How thorough should it be?", &["Standard cleaning", "Deep cleaning"]),
        question("How many bedrooms are there?", &["1", "2", "3 or more"]),
    ],
];

const fn question(prompt: &'static str, answers: &'static [&'static str]) -> Question {
    Question { prompt, answers }
}

/// `GET /categories/{categoryID}/request-form`.
pub fn get(call: &Call<'_>) -> Result<Response, Refused> {
    let id = call.path("categoryID");
    let (number, questions) =
        numbered(|category| category.id == id).ok_or_else(|| Refused::not_found("there is no category of this id"))?;
    let questions: Vec<Value> =
        (0..).zip(questions).map(|(place, question)| document(number, place, question)).collect();
    Ok(ok(&json!({ "requestFormID": format!("{}", 360_000_000_000_000_000 + number), "questions": questions })))
}

/// The questions and answers that a search brings with it, in words. What an item of `requestFormDetails` must look like
/// is not documented but for its members' names, so the rule is a knob.
pub fn answered(category: &Category, given: &[Value], rule: RequestFormDetails) -> Result<Vec<Detail>, Vec<Invalid>> {
    let Some((number, questions)) = numbered(|known| known == category) else { return Ok(Vec::new()) };
    let mut details = Vec::new();
    let mut errors = Vec::new();
    for (index, item) in given.iter().enumerate() {
        match read(item, number, questions) {
            Ok(detail) => details.push(detail),
            Err(reason) if rule == RequestFormDetails::Checked => {
                errors.push(wrong("requestFormDetails", format!("item {index} {reason}")));
            }
            Err(_) => {}
        }
    }
    if errors.is_empty() { Ok(details) } else { Err(errors) }
}

fn numbered(is_meant: impl Fn(&Category) -> bool) -> Option<(u64, &'static [Question; 2])> {
    (1..)
        .zip(CATEGORIES.iter().zip(&QUESTIONS))
        .find(|(_, (category, _))| is_meant(category))
        .map(|(number, (_, questions))| (number, questions))
}

fn question_id(category: u64, question: u64) -> String {
    format!("{}", 326_000_000_000_000_000 + category * 100 + question)
}

fn answer_id(category: u64, question: u64, answer: u64) -> String {
    format!("{}", 316_000_000_000_000_000 + category * 10_000 + question * 100 + answer)
}

fn document(category: u64, place: u64, question: &Question) -> Value {
    let answers: Vec<Value> = (0..)
        .zip(question.answers)
        .map(|(number, value)| {
            json!({ "answerID": answer_id(category, place, number), "value": value, "type": "selectionOption" })
        })
        .collect();
    json!({
        "questionID": question_id(category, place),
        "inputType": "default",
        "prompt": question.prompt,
        "questionType": "checkboxOption",
        "answers": answers,
        "validationConstraints": {
            "minimumAnswersSelected": 1,
            "maximumAnswersSelected": question.answers.len(),
            "minimumAnswerLength": 0,
            "maximumAnswerLength": LONGEST_ANSWER,
        },
    })
}

/// One item: `questionID`, and `answerIDs`, `text` or both.
fn read(item: &Value, category: u64, questions: &[Question; 2]) -> Result<Detail, String> {
    let id = item.get("questionID").and_then(Value::as_str).ok_or("must have the member `questionID`, a string")?;
    let (place, question) = (0..)
        .zip(questions)
        .find(|(place, _)| question_id(category, *place) == id)
        .ok_or_else(|| format!("names the question `{id}`, which the category's form does not have"))?;
    let mut values: Vec<&str> = Vec::new();
    if let Some(ids) = item.get("answerIDs") {
        for id in ids.as_array().ok_or("must have an array as `answerIDs`")? {
            let known = (0..).zip(question.answers).find(|(number, _)| *id == *answer_id(category, place, *number));
            let (_, value) = known.ok_or_else(|| format!("names the answer {id}, which the question does not have"))?;
            values.push(value);
        }
    }
    if let Some(text) = item.get("text") {
        let text = text.as_str().ok_or("must have a string as `text`")?;
        if text.chars().count() > LONGEST_ANSWER {
            return Err(format!("has a `text` of more than {LONGEST_ANSWER} characters"));
        }
        values.push(text);
    }
    if values.is_empty() {
        return Err("must have `answerIDs` or `text`".to_owned());
    }
    Ok(Detail { question: question.prompt.into(), answer: values.join(", ").into() })
}
