//! Shapes survive being written and read, whatever their members are called.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};
use tacktest::snapshot::{Body, Shape, Shapes, StepShape};

fn one(body: Body) -> Shapes {
    Shapes { steps: vec![StepShape::new("get a token", 200, Some("application/json"), body)] }
}

fn round_trip(shapes: &Shapes) {
    let text = shapes.to_text();
    match Shapes::parse(&text) {
        Ok(read) => assert_eq!(&read, shapes, "{text}"),
        Err(problems) => panic!("{problems:?}\n{text}"),
    }
    assert!(text.ends_with('\n') && !text.contains('\r') && !text.lines().any(|line| line.ends_with(' ')), "{text}");
    assert!(!text.lines().any(|line| line.trim_end() == "---"), "{text}");
}

/// Names that YAML, this format, insta or a terminal could take for something else.
const ODD_NAMES: &[&str] = &[
    "",
    " ",
    "  ",
    "?",
    "??",
    "a?",
    "a??",
    "\\",
    "\\\\",
    "\\?",
    "a\\",
    "a\\?",
    "a\\\\?",
    "$",
    "$$",
    "$one_of",
    "\\$one_of",
    "$ref",
    "a$",
    "yes",
    "no",
    "on",
    "off",
    "y",
    "n",
    "Y",
    "N",
    "yes?",
    "true",
    "True",
    "false",
    "null",
    "NULL",
    "~",
    "none",
    "text",
    "0",
    "7",
    "007",
    "-1",
    "1.5",
    "1e3",
    "0x1F",
    "0o17",
    "1_000",
    ".inf",
    "-.inf",
    ".nan",
    "nan",
    "inf",
    "Infinity",
    "99999999999999999999",
    "2024-06-13",
    "12:30",
    "a b",
    " a",
    "a ",
    "a: b",
    "a:",
    ":a",
    ":",
    "a #b",
    "#a",
    "-",
    "- a",
    "-a",
    "--- a",
    "---",
    "...",
    "? a",
    "&a",
    "*a",
    "!a",
    "%a",
    "@a",
    "`a`",
    "'a'",
    "\"a\"",
    "\"",
    "'",
    "[a]",
    "[]",
    "{a}",
    "{}",
    "a, b",
    "|",
    ">",
    "|-",
    "a|",
    "a | b",
    "a>",
    "<<",
    "=",
    "a\nb",
    "\n",
    "a\n",
    "a\r\nb",
    "\r",
    "\t",
    "a\tb",
    "\0",
    "\u{1b}[31m",
    "\u{7f}",
    "\u{85}",
    "\u{a0}",
    "\u{ad}",
    "\u{200b}",
    "\u{202e}",
    "\u{2028}",
    "\u{2029}",
    "\u{feff}",
    "\u{feff}a",
    "\u{fffe}",
    "\u{ffff}",
    "\u{1ffff}",
    "\u{10ffff}",
    "größe",
    "日本",
    "😀",
    "e\u{301}",
    "${x}",
    "a${x}",
    "step",
    "status",
    "body",
    "media_type",
    "\\n",
    "\\u0041",
    "/",
    "a/b",
    "a.b",
    "supply::x",
    "string",
    "string | null",
];

fn odd_names() -> Vec<String> {
    let mut names: Vec<String> = ODD_NAMES.iter().map(|name| (*name).to_owned()).collect();
    names.push("x".repeat(990));
    names.push("x".repeat(1_001));
    names.push("x".repeat(5_000));
    names.push("ü".repeat(1_100));
    names.push("x ".repeat(1_000));
    names.push("\n".repeat(400));
    names
}

#[test]
fn odd_member_names_survive_required_and_optional() {
    for name in odd_names() {
        for value in
            [json!("x"), json!([]), json!({}), json!([1, null]), json!([{"a": 1}, null]), json!({"b": {"c": 1}})]
        {
            let required = json!({ (name.clone()): value });
            round_trip(&one(Body::Json(Shape::of(&required))));
            round_trip(&one(Body::Json(Shape::of(&json!([required, {"z": 1}])))));
            round_trip(&one(Body::Json(Shape::of(&json!({"outer": [required, null, {}]})))));
        }
    }
    let all: Map<String, Value> = odd_names().into_iter().map(|name| (name, json!(1))).collect();
    round_trip(&one(Body::Json(Shape::of(&Value::Object(all.clone())))));
    round_trip(&one(Body::Json(Shape::of(&json!([all, {}])))));
}

#[test]
fn odd_step_names_and_media_types_survive() {
    for name in odd_names() {
        for body in [Body::Empty, Body::Text, Body::Json(Shape::of(&json!({"a": 1})))] {
            let media_type = Some(name.clone());
            let step = StepShape {
                step: name.clone(),
                status: Some(599),
                media_type,
                body: body.clone(),
                status_is_judged: false,
            };
            let bare = StepShape { step: name.clone(), status: None, media_type: None, body, status_is_judged: false };
            round_trip(&Shapes { steps: vec![step.clone(), bare, step] });
        }
    }
    round_trip(&Shapes::default());
}

#[test]
fn deep_values_survive_what_is_kept_of_them() {
    type Wrap = fn(Value) -> Value;
    let wraps: [(&str, Wrap); 5] = [
        ("array", |value| json!([value])),
        ("object", |value| json!({ "m": value })),
        ("both", |value| json!([{ "m": value }])),
        ("union", |value| json!([value, null])),
        ("wide union", |value| json!([{ "m": value }, [value], null])),
    ];
    for (what, wrap) in wraps {
        let mut value = json!(1);
        // The widest doubles each time.
        let most = if what == "wide union" { 10 } else { 120 };
        for depth in 0..most {
            value = wrap(value);
            let shapes = one(Body::Json(Shape::of(&value)));
            assert!(Shapes::parse(&shapes.to_text()).is_ok(), "{what} {depth}");
            round_trip(&shapes);
        }
    }
}

/// A small generator, so that each run tries the same values.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn value(&mut self, names: &[String], depth: u64) -> Value {
        match self.roll(if depth == 0 { 6 } else { 10 }) {
            0 => Value::Null,
            1 => json!(true),
            2 => json!(1),
            3 => json!(1.5),
            4 => json!("x"),
            5 => json!([]),
            6 | 7 => (0..self.roll(4)).map(|_| self.value(names, depth - 1)).collect(),
            _ => (0..self.roll(4))
                .map(|_| {
                    let index = usize::try_from(self.roll(names.len() as u64)).unwrap_or_default();
                    (names[index].clone(), self.value(names, depth - 1))
                })
                .collect::<Map<_, _>>()
                .into(),
        }
    }
}

#[test]
fn many_values_survive() {
    let names = odd_names();
    let mut dice = Dice(42);
    for _ in 0..3_000 {
        let value = dice.value(&names, 8);
        round_trip(&one(Body::Json(Shape::of(&value))));
    }
}

#[test]
fn the_text_is_what_people_review() {
    let shapes = Shapes {
        steps: vec![
            StepShape::new(
                "get a token",
                200,
                Some("application/json;charset=utf-8"),
                Body::Json(Shape::of(&json!({
                    "access_token": "a", "expires_in": 3599, "empty": [], "odd?": 1.5, "first name": null,
                    "data": [{"businessID": "1", "name": null}, {"businessID": "2", "name": "x", "scope": "y"}],
                    "location": [{"city": "x"}, null], "yes": {}, "a:b": true,
                }))),
            ),
            StepShape::new("send it away: now", 204, None, Body::Empty),
            StepShape::new("ask", 502, Some("text/html"), Body::Text),
        ],
    };
    assert_eq!(
        shapes.to_text(),
        r#"- step: get a token
  status: 200
  media_type: application/json
  body:
    "a:b": boolean
    access_token: string
    data:
      - businessID: string
        name: string | null
        scope?: string
    empty: []
    expires_in: integer
    first name: null
    location:
      - $one_of:
          - null
          - city: string
    odd\?: number
    "yes": {}
- step: "send it away: now"
  status: 204
  body: none
- step: ask
  status: 502
  media_type: text/html
  body: text
"#
    );
    round_trip(&shapes);
}

#[test]
fn a_broken_text_is_told_with_its_place_and_all_at_once() {
    let mut wrong = Vec::new();
    let body = |body: &str| format!("- step: a\n  status: 200\n  body: {body}\n");
    for (text, expected) in [
        ("a: 1\n".to_owned(), "0 wrong-type"),
        (String::new(), "0 wrong-type"),
        ("- a\n".to_owned(), "2 wrong-type"),
        ("- step: a\n  status: 200\n  body: x\n  extra: 1\n".to_owned(), "32 unknown-type,36 unknown-key"),
        ("- status: 200\n".to_owned(), "2 missing-key,2 missing-key"),
        ("- step: a\n  status: 70000\n  body: none\n".to_owned(), "20 wrong-type"),
        ("- step: 7\n  status: x\n  body: none\n".to_owned(), "8 wrong-type,20 wrong-type"),
        (body("strnig"), "32 unknown-type"),
        (body("string |"), "32 unknown-type"),
        (body(""), "30 wrong-type"),
        (body("~"), "32 wrong-type"),
        (body("7"), "32 wrong-type"),
        (body("true"), "32 wrong-type"),
        (body("[string, null]"), "41 bad-shape"),
        (body("{$one_of: [string]}"), "42 wrong-type"),
        (body("{$one_of: string}"), "42 wrong-type"),
        (body("{$one_of: [string, []], a: string}"), "33 unknown-word"),
        (body("{$two_of: [string, []]}"), "33 unknown-word"),
        (body("{'a\\b': string}"), "33 bad-escape"),
        (body("{'a\\': string}"), "33 bad-escape"),
        (body("{a: string, a?: string}"), "44 duplicate-member"),
        (body("{a: string, a: string}"), "44 duplicate-key"),
        (body("{a: no}"), "36 yaml-boolean"),
        ("<<<<<<< HEAD\n".to_owned() + &body("string"), "19 yaml-syntax"),
        (body("[["), "33 yaml-syntax"),
    ] {
        let problems = Shapes::parse(&text).unwrap_err();
        let told = problems.iter().fold(String::new(), |mut told, problem| {
            write!(told, "{}{} {}", if told.is_empty() { "" } else { "," }, problem.place.start, problem.code).unwrap();
            told
        });
        if told != expected {
            wrong.push(format!("{text}{told} is not {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_a_person_may_write_differently_is_read() {
    let read = |body: &str| Shapes::parse(&format!("# note\n- {{step: a, status: 200, body: {body}}}\n")).unwrap();
    let shape = |value: Value| Shapes { steps: vec![StepShape::new("a", 200, None, Body::Json(Shape::of(&value)))] };
    assert_eq!(read("null | string"), {
        let mut expected = shape(json!(null));
        let Body::Json(union) =
            Shapes::parse("- {step: a, status: 200, body: string | null}").unwrap().steps.remove(0).body
        else {
            panic!("a shape was written");
        };
        expected.steps[0].body = Body::Json(union);
        expected
    });
    assert_eq!(read("[{a: 'integer|number'}]"), shape(json!([{"a": 1.5}])));
}
