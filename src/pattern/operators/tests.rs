//! Every operator: what holds, what fails and how it is told, what is refused.

use serde_json::json;

use super::super::testing::{Values, findings, json as read, pattern, refusal, refusals, told};
use super::super::vocabulary::OPERATORS;

/// Pattern, value that holds, value that fails, how the failure is told.
const ROWS: &[(&str, &str, &str, &str)] = &[
    ("$not: 1", "2", "1.0", "$: expected anything but 1, got 1.0"),
    ("$not: {$contains: x}", "5", r#""axb""#, r#"$: expected anything but {$contains: "x"}, got "axb""#),
    (
        "$contains: token is not active",
        r#""(token is not active)""#,
        r#""expired""#,
        r#"$: expected a text that contains "token is not active", got "expired""#,
    ),
    ("$contains: a", r#""a""#, r#"["a"]"#, r#"$: expected a text that contains "a", got the array ["a"]"#),
    ("$matches: '^[0-9]+$'", r#""12""#, r#""1a""#, r#"$: expected a text that matches "^[0-9]+$", got "1a""#),
    ("$matches: b", r#""abc""#, "1", r#"$: expected a text that matches "b", got the number 1"#),
    (
        "$starts_with: Bearer",
        r#""Bearer x""#,
        r#""bearer x""#,
        r#"$: expected a text that starts with "Bearer", got "bearer x""#,
    ),
    ("$ends_with: Z", r#""1Z""#, r#""Z1""#, r#"$: expected a text that ends with "Z", got "Z1""#),
    ("$any_case: Bearer", r#""bEARER""#, r#""basic""#, r#"$: expected "Bearer" in any case, got "basic""#),
    ("$type: string", r#""1""#, "1", "$: expected a text, got the number 1"),
    ("$type: integer", "1.0", "1.5", "$: expected an integer, got the number 1.5"),
    ("$type: number", "1", r#""1""#, r#"$: expected a number, got the text "1""#),
    ("$type: boolean", "false", "null", "$: expected a boolean, got null"),
    ("$type: array", "[]", "{}", "$: expected an array, got the object {}"),
    ("$type: object", "{}", "true", "$: expected an object, got the boolean true"),
    ("$type: [string, null]", "null", "1", "$: expected a text or null, got the number 1"),
    (
        "$format: date-time",
        r#""2025-01-31T12:00:00.5+01:00""#,
        r#""2025-01-31 12:00:00Z""#,
        r#"$: expected a text of the format date-time, such as 2025-01-31T12:00:00Z, got "2025-01-31 12:00:00Z""#,
    ),
    ("$one_of: [red, green]", r#""green""#, r#""gren""#, r#"$: expected one of "red", "green", got "gren""#),
    ("$one_of: [{$type: string}, {a: 1}]", r#"{"a": 1}"#, r#"{"a": 2}"#, "$: matches none of 2 alternatives"),
    ("$all: [{$gt: 1}, {$lt: 3}]", "2", "3", "$: expected a number less than 3, got 3"),
    ("$gt: 1", "1.5", "1", "$: expected a number greater than 1, got 1"),
    ("$gte: 3595", "3595", "3594", "$: expected a number of at least 3595, got 3594"),
    ("$lt: 1", "0", "1", "$: expected a number less than 1, got 1"),
    ("$lte: 3600", "3600", r#""1""#, r#"$: expected a number of at most 3600, got the text "1""#),
    ("$length: 2", r#""äö""#, "[1]", "$: has 1 element: expected 2, got 1"),
    ("$length: {$gte: 1}", r#"{"a": 1}"#, "{}", "$: has 0 members: expected a number of at least 1, got 0"),
    ("$length: 0", "[]", "7", "$: expected a text, an array or an object with {$length: 0}, got the number 7"),
    ("$each: {$type: string}", r#"["a"]"#, r#"["a", 1]"#, "$[1]: expected a text, got the number 1"),
    ("$each: 1", "[1]", "[]", "$: the array is empty: `$each` needs an element"),
    ("$each: 1", "[1]", "1", "$: expected an array with {$each: 1}, got the number 1"),
    (
        "$some: {a: 1}",
        r#"[2, {"a": 1}]"#,
        r#"[{"a": 2}]"#,
        r#"$: expected an element that matches {"a": 1}, found none among 1 element"#,
    ),
    ("$some: 1", "[1]", "[]", "$: the array is empty: `$some` needs an element"),
    (
        "$exactly: {a: {b: 1}}",
        r#"{"a": {"b": 1}}"#,
        r#"{"a": {"b": 1, "c": 2}}"#,
        r#"$.a.c: the member "c" is not expected here"#,
    ),
    ("a: {$absent: true}", "{}", r#"{"a": null}"#, "$.a: expected no value, got null"),
    ("a: {$present: true}", r#"{"a": null}"#, "{}", r#"$.a: the member "a" is missing"#),
    (
        "$jwt: {}",
        r#""eyJhbGciOiJub25lIn0.eyJzdWIiOiI3In0.""#,
        r#""a.b""#,
        "$: is no compact JWT: it has 2 of the 3 parts that dots separate",
    ),
    (
        "a: {$jwt: {claims: {sub: '7'}, header: {alg: none}}}",
        r#"{"a": "eyJhbGciOiJub25lIn0.eyJzdWIiOiI3In0."}"#,
        r#"{"a": "eyJhbGciOiJub25lIn0.eyJzdWIiOiI4In0."}"#,
        r#"$.a.claims.sub: expected "7", got "8""#,
    ),
    (
        "$jwt: {}",
        r#""eyJhbGciOiJub25lIn0.eyJzdWIiOiI3In0.""#,
        "5",
        "$: expected a text that is a JWT, got the number 5",
    ),
    ("$.a[0].b: 1", r#"{"a": [{"b": 1}]}"#, r#"{"a": [{"b": 2}]}"#, "$.a[0].b: expected 1, got 2"),
    ("$['a']: 1", r#"{"a": 1}"#, "[]", "$['a']: the path selects nothing"),
    ("$.a[*]: 1", r#"{"a": [1]}"#, r#"{"a": [1, 1]}"#, "$.a[*]: the path selects 2 nodes, not one"),
    ("$.a[*]: {$each: 1}", r#"{"a": [1, 1]}"#, r#"{"a": [1, 3]}"#, "$.a[1]: expected 1, got 3"),
    ("$.a[*]: {$each: 1}", r#"{"a": [1]}"#, r#"{"a": []}"#, "$.a[*]: the path selects nothing"),
    (
        "$..id: {$some: 2}",
        r#"{"id": 1, "a": {"id": 2}}"#,
        r#"{"id": 1}"#,
        "$..id: expected a node that matches 2, found none among 1 node",
    ),
    ("$.a[*]: {$length: 2}", r#"{"a": [1, 2]}"#, r#"{"a": [1]}"#, "$.a[*]: selects 1 node: expected 2, got 1"),
    ("$..id: {$absent: true}", r#"{"a": 1}"#, r#"{"a": {"id": 5}}"#, "$.a.id: expected no value, got 5"),
    ("$.a: {$one_of: [{$absent: true}, 1]}", "{}", r#"{"a": 2}"#, "$.a: matches none of 2 alternatives"),
];

/// Pattern, code, title, covered text.
const REFUSED: &[(&str, &str, &str, &str)] = &[
    ("{$contains: 5}", "wrong-type", "`$contains` takes a text, not a number", "5"),
    ("{$contains: ''}", "empty-text", "`$contains: \"\"` holds for every text", "''"),
    ("{$matches: '^[0-9+$'}", "bad-regex", "not a regular expression: unclosed character class", "["),
    (
        "{$matches: \"a(?=b)\"}",
        "bad-regex",
        "not a regular expression: look-around, including look-ahead and look-behind, is not supported",
        "(",
    ),
    (r#"{$matches: "\\d["}"#, "bad-regex", "not a regular expression: unclosed character class", r#""\\d[""#),
    ("$matches: |\n  ab\n  c[\n", "bad-regex", "not a regular expression: unclosed character class", "ab\n  c["),
    ("{$.a: {$each: 1, $lenght: 2}}", "unknown-operator", "there is no operator `$lenght`", "$lenght"),
    ("{$matches: 'é{2'}", "bad-regex", "not a regular expression: unclosed counted repetition", "{"),
    ("{$matches: [a]}", "wrong-type", "`$matches` takes a text, not a sequence", "[a]"),
    ("{$starts_with: true}", "wrong-type", "`$starts_with` takes a text, not a boolean", "true"),
    ("{$ends_with: null}", "wrong-type", "`$ends_with` takes a text, not null", "null"),
    ("{$any_case: 1}", "wrong-type", "`$any_case` takes a text, not a number", "1"),
    ("{$type: text}", "unknown-word", "there is no type `text`", "text"),
    ("{$type: [string, 5]}", "wrong-type", "`$type` takes the name of a type, not a number", "5"),
    ("{$type: []}", "empty-list", "`$type` has no type to choose from", "[]"),
    ("{$format: datetime}", "unknown-word", "there is no format `datetime`", "datetime"),
    ("{$format: 1}", "wrong-type", "`$format` takes the name of a format, not a number", "1"),
    ("{$one_of: []}", "empty-list", "`$one_of` has no pattern to match", "[]"),
    ("{$one_of: a}", "wrong-type", "`$one_of` takes a sequence of patterns, not a text", "a"),
    ("{$all: []}", "empty-list", "`$all` has no pattern to match", "[]"),
    ("{$all: {$gt: 1}}", "wrong-type", "`$all` takes a sequence of patterns, not a mapping", "{$gt: 1}"),
    ("{$gt: '5'}", "wrong-type", "`$gt` takes a number, not a text", "'5'"),
    ("{$gte: true}", "wrong-type", "`$gte` takes a number, not a boolean", "true"),
    (
        "{$lt: \"1${a}\"}",
        "wrong-type",
        "`$lt` takes a number, or one placeholder that stands for a number, not a text",
        "\"1${a}\"",
    ),
    ("{$lte: null}", "wrong-type", "`$lte` takes a number, not null", "null"),
    ("{$length: -1}", "wrong-type", "`$length` takes a whole number or a pattern for one, not -1", "-1"),
    ("{$length: {a: 1}}", "wrong-type", "`$length` takes a whole number or operators on it, not a mapping", "{a: 1}"),
    ("{$length: many}", "wrong-type", "`$length` takes a whole number or a pattern for one, not a text", "many"),
    ("{$each: {$gt: x}}", "wrong-type", "`$gt` takes a number, not a text", "x"),
    ("{$some: {$eq: 1}}", "unknown-operator", "there is no operator `$eq`", "$eq"),
    ("{$not: \"${\"}", "bad-placeholder", "a placeholder is not closed", "${"),
    ("{$exactly: {a: {$jws: {}}}}", "unknown-operator", "there is no operator `$jws`", "$jws"),
    ("{$jwt: true}", "wrong-type", "`$jwt` is a mapping, not a boolean", "true"),
    ("{$jwt: {claim: {a: 1}}}", "unknown-key", "`$jwt` has no key `claim`", "claim"),
    ("{$jwt: {signed_by: jwks}}", "wrong-type", "`signed_by` takes a key set", "jwks"),
    ("{$jwt: {signed_by: \"a ${jwks}\"}}", "wrong-type", "`signed_by` takes a key set", "\"a ${jwks}\""),
    ("{$jwt: {signed_by: {keys: \"${k}\"}}}", "wrong-type", "`signed_by` takes a key set", "{keys: \"${k}\"}"),
    ("{$jwt: {signed_by: \"${\"}}", "bad-placeholder", "a placeholder is not closed", "${"),
    ("{$jwt: {at_hash_of: 5}}", "wrong-type", "`at_hash_of` takes an access token, not a number", "5"),
    ("{$jwt: {claims: {$gt: x}}}", "wrong-type", "`$gt` takes a number, not a text", "x"),
    ("{$jwt: {}, $gt: 1}", "contradictory-operators", "no value satisfies both `$jwt` and `$gt`", "$gt"),
    ("{$absent: false}", "not-true", "`$absent` can only be `true`", "$absent: false"),
    ("{$present: 'true'}", "wrong-type", "`$present` takes only `true`, not a text", "'true'"),
    ("$.a[: 1", "bad-path", "`$.a[` is not a JSONPath expression", "["),
    ("{'$.a[?@.b == ]': 1}", "bad-path", "`$.a[?@.b == ]` is not a JSONPath expression", "="),
    (
        "{$.a: {$each: 1, $not: 2}}",
        "mixed-operators",
        "some of these operators are for the list of nodes that the path selects, some for one node",
        "$.a",
    ),
    (
        "{$absent: true, $type: string}",
        "contradictory-operators",
        "no value satisfies both `$absent` and `$type`",
        "$type",
    ),
    ("{$type: string, $gt: 1}", "contradictory-operators", "no value satisfies both `$type` and `$gt`", "$gt"),
];

#[test]
fn what_matches_holds_and_what_does_not_is_told() {
    for (yaml, holds, fails, words) in ROWS {
        assert_eq!(told(yaml, holds), [""; 0], "{yaml} with {holds}");
        assert_eq!(told(yaml, fails), [*words], "{yaml} with {fails}");
    }
}

#[test]
fn wrong_arguments_are_refused_where_they_stand() {
    for (yaml, code, title, covered) in REFUSED {
        assert_eq!(refusal(yaml), (*code, (*title).to_owned(), (*covered).to_owned()), "{yaml}");
    }
}

#[test]
fn every_operator_is_in_both_tables() {
    for (name, what) in OPERATORS {
        let written = format!("{name}:");
        assert!(ROWS.iter().any(|(yaml, ..)| yaml.contains(&written)), "{name} is shown neither holding nor failing");
        assert!(REFUSED.iter().any(|(yaml, ..)| yaml.contains(&written)), "{name} is not shown refusing");
        assert!(!what.is_empty() && !what.ends_with('.'), "{name}");
    }
}

#[test]
fn every_operator_but_absent_needs_a_value() {
    for yaml in [
        "$not: 1",
        "$not: {$absent: true}",
        "$present: true",
        "$all: [{$present: true}]",
        "$..x: {$absent: true}",
        "$all: [{$absent: true}, {$one_of: [1]}]",
        "$type: 'null'",
    ] {
        let words = super::super::compare(&pattern(yaml), None, "header location", &Values::default());
        assert_eq!(words.len(), 1, "{yaml}");
        assert_eq!(words[0].to_string(), "header location: no value is there", "{yaml}");
    }
    for yaml in [
        "$absent: true",
        "$one_of: [{$absent: true}, 1]",
        "$all: [{$absent: true}]",
        "$one_of: [1, {$all: [{$absent: true}]}]",
    ] {
        assert_eq!(super::super::compare(&pattern(yaml), None, "$", &Values::default()), [], "{yaml}");
    }
    assert_eq!(told("a: {$one_of: [{$absent: true}, {$type: string}]}", "{}"), [""; 0]);
    assert_eq!(told("$exactly: {a: {$one_of: [{$absent: true}, 1]}}", r#"{"a": 1}"#), [""; 0]);
}

#[test]
fn a_failed_choice_tells_what_came_nearest() {
    let help = |yaml: &str, actual: &str| findings(&pattern(yaml), &read(actual), &Values::default())[0].help.clone();
    assert_eq!(
        help("$one_of: [{$absent: true}, {a: 1, b: 2}, {$type: string}]", r#"{"a": 1, "b": 3}"#).unwrap(),
        "the nearest misses by: $.b: expected 2, got 3"
    );
    assert_eq!(
        help("$some: {a: 1, b: {c: 1}}", r#"[{"a": 0}, {"a": 1, "b": {"c": 2}}]"#).unwrap(),
        "the nearest misses by: $[1].b.c: expected 1, got 2"
    );
    assert_eq!(
        help("$one_of: [{a: 1, b: 2}, {a: 2, longer: 2}]", r#"{"a": 3, "b": 2}"#).unwrap(),
        "the nearest misses by: $.a: expected 1, got 3",
        "the length of a name is no nearness"
    );
    assert_eq!(
        help("$one_of: [{$absent: true}, {$type: string, $contains: x}]", "5").unwrap(),
        "the nearest misses by: $: expected a text, got the number 5 (and 1 more)"
    );
    assert_eq!(help("$one_of: [red, green]", r#""gren""#).unwrap(), "the nearest is \"green\"");
    assert_eq!(
        help("$.a: {$length: 3}", r#"{"a": [1, 2, 3]}"#).unwrap(),
        "`$.a` selects one node, an array of 3 elements; `$.a[*]` selects its elements"
    );
    assert_eq!(
        help("$.a: {$each: {b: 1}}", r#"{"a": [{"b": 1}]}"#).unwrap(),
        "`$.a` selects one node, an array of 1 element; `$.a[*]` selects its elements"
    );
    assert_eq!(
        help("$contains: a", r#"["a"]"#).unwrap(),
        "for an element of an array write `$some: …`, for all of them `$each: …`"
    );
}

#[test]
fn arguments_may_be_placeholders() {
    let scope = Values::of([("n", json!(5)), ("text", json!("b+")), ("bad", json!("(")), ("list", json!([1]))]);
    let told = |yaml: &str, actual: &str| {
        let found = findings(&pattern(yaml), &read(actual), &scope);
        found.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    for (yaml, actual) in [
        ("$gte: ${n}", "5"),
        ("$length: ${n}", r#""abcde""#),
        ("$contains: ${text}", r#""ab+""#),
        ("$contains: ${n}", r#""a5""#),
        ("$matches: ^${text}$", r#""bbb""#),
        ("$starts_with: id-${n}", r#""id-5-x""#),
    ] {
        assert_eq!(told(yaml, actual), [""; 0], "{yaml}");
    }
    assert_eq!(told("$lt: ${n}", "5"), ["$: expected a number less than 5, got 5"]);
    assert_eq!(told("$lt: ${text}", "5"), ["$: `$lt` takes a number, not a text"]);
    assert_eq!(told("$contains: ${list}", r#""1""#), ["$: `$contains` takes a text, not an array"]);
    assert_eq!(told("$matches: ${bad}", r#""x""#), [r#"$: "(" is not a regular expression: unclosed group"#]);
    for yaml in ["$lt: ${none}", "$contains: ${none}", "$matches: a${none}", "$not: ${none}", "$not: {$gt: ${none}}"] {
        let quoted = yaml.replace(": ${none}", ": \"${none}\"");
        assert_eq!(told(&quoted, r#""x""#)[0], "$: the placeholder `${none}` has no value", "{yaml}");
    }
}

#[test]
fn help_names_the_way_out() {
    let help = |yaml: &str| helps(&refusals(yaml)[0]);
    assert!(help("{$contian: a}").starts_with("did you mean `$contains`?; operators: $not "));
    assert!(help("{$ref: a}").ends_with("the member `$ref` of an object is written `$$ref`"));
    assert!(help("{$type: text}").starts_with("did you mean `string`?"));
    assert_eq!(help("{$absent: false}"), "for the opposite write `$present: true`");
    assert_eq!(help("{$contains: 5}"), "quote it: \"5\"");
}

/// What a diagnostic advises, in one line.
fn helps(diagnostic: &crate::source::Diagnostic) -> String {
    let help = |remark: &crate::source::Remark| match remark {
        crate::source::Remark::Help(help) => Some(help.clone()),
        crate::source::Remark::Note(_) => None,
    };
    diagnostic.remarks.iter().filter_map(help).collect::<Vec<_>>().join("; ")
}
