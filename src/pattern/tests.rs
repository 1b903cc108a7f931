//! The room as a whole: documented bodies, placeholders, and nodes that nobody would write.

use crate::source::{Problems, parse};

use super::testing::{Values, covered, findings, json, pattern, told};
use super::{OPERATORS, Pattern};

#[test]
fn a_documented_body_is_a_pattern_and_matches_itself() {
    for body in [
        r#"{"type": "about:blank", "title": "Unauthorized", "status": 401, "detail": "invalid token. failure reason(s): [token is not active]"}"#,
        r#"{"data": [{"id": "519153480500518912", "price": 12.50, "big": 18446744073709551615, "open": true, "gone": null, "tags": [], "more": {}}], "text": "a\n\"b\" ä 😀"}"#,
        "[1, [2, [3]], {}]",
        "\"on\"",
        "-0.5",
        "null",
    ] {
        let node = parse(body, 0).unwrap();
        let mut problems = Problems::default();
        let open = Pattern::compile(&node, &mut problems);
        let closed = Pattern::compile_exactly(&node, &mut problems);
        assert!(problems.is_empty(), "{body}");
        assert_eq!(findings(&open, &json(body), &Values::default()), [], "{body}");
        assert_eq!(findings(&closed, &json(body), &Values::default()), [], "{body}");
    }
}

#[test]
fn an_example_allows_no_other_members_at_any_depth() {
    let mut problems = Problems::default();
    let node = parse("{a: [{b: 1}], c: \"${c}\", d: {$type: object}}", 0).unwrap();
    let pattern = Pattern::compile_exactly(&node, &mut problems);
    assert!(problems.is_empty());
    let scope = Values::of([("c", json(r#"{"x": 1}"#))]);
    let actual = json(r#"{"a": [{"b": 1, "z": 1}], "c": {"x": 1, "y": 2}, "d": {"any": 1}, "e": 0}"#);
    let told: Vec<_> = findings(&pattern, &actual, &scope).iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "$.a[0].z: the member \"z\" is not expected here",
            "$.c.y: the member \"y\" is not expected here",
            "$.e: the member \"e\" is not expected here",
        ]
    );
}

/// Every operator and some stranger keys with every kind of argument, alone, in pairs and beneath each other.
#[test]
fn no_node_makes_compiling_or_matching_panic() {
    let keys: Vec<&str> = OPERATORS
        .iter()
        .map(|(name, _)| *name)
        .chain(["a", "$", "$$", "$$$a", "$.a", "$..*", "$.", "$[", "$['ä']", "", "ä${x}", "$😀"])
        .collect();
    let arguments = [
        "null",
        "true",
        "false",
        "0",
        "-1",
        "1.5",
        "18446744073709551615",
        "''",
        "'${x}'",
        "'a${x}'",
        "'${'",
        "'$${'",
        "'(?i)[ä-ü]+'",
        "'['",
        "'(a{1000}){1000}'",
        "'😀['",
        "\"\\u0000\\n[\"",
        "string",
        "date",
        "[]",
        "[string, null]",
        "[[], {}]",
        "{}",
        "{a: {b: []}}",
        "{$gt: 1}",
        "{$absent: true}",
        "{$each: {$some: {$not: 1}}}",
        "[{$absent: true}]",
    ];
    let values =
        ["null", "false", "7", "1e300", "\"ä😀\"", "[]", "[[], {}, null]", r#"{"a": {"b": [1]}, "b": [1, {}], "": 0}"#]
            .map(json);
    let scope = Values::of([("x", json("[1, {\"$gt\": 2}]"))]);
    let mut compiled = 0;
    let mut check = |yaml: &str| {
        let node = parse(yaml, 0).unwrap_or_else(|problems| panic!("{yaml}: {problems:?}"));
        let mut problems = Problems::default();
        for pattern in [Pattern::compile(&node, &mut problems), Pattern::compile_exactly(&node, &mut problems)] {
            compiled += 1;
            pattern.names();
            for value in &values {
                findings(&pattern, value, &scope);
                findings(&pattern, value, &Values::default());
            }
        }
        for problem in problems.into_sorted() {
            assert!(
                yaml.get(problem.place.start as usize..problem.place.end as usize).is_some(),
                "{yaml}: {problem:?}"
            );
            assert!(!problem.title.is_empty(), "{yaml}: {problem:?}");
        }
    };
    for argument in arguments {
        check(argument);
        for key in &keys {
            let key = format!("'{}'", key.replace('\'', "''"));
            check(&format!("{{{key}: {argument}}}"));
            check(&format!("{{$not: {{{key}: {argument}}}}}"));
            check(&format!("{{$.b: {{{key}: {argument}}}, $type: object}}"));
            let other = if key == "'$length'" { "$each" } else { "$length" };
            check(&format!("{{b: [{{{key}: {argument}, {other}: 1}}]}}"));
        }
    }
    assert!(compiled > 5_000, "{compiled}");
}

#[test]
fn a_placeholder_keeps_its_type_and_stands_for_what_could_be_written_there() {
    let scope = Values::of([("n", json("7")), ("body", json(r#"{"a": 1, "$gt": [2]}"#)), ("text", json("\"x\""))]);
    let told = |yaml: &str, actual: &str| {
        let found = findings(&pattern(yaml), &json(actual), &scope);
        found.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(told("${n}", "7"), [""; 0]);
    assert_eq!(told("${n}", "\"7\""), ["$: expected the number 7, got the text \"7\""]);
    assert_eq!(told("id ${n}", "\"id 7\""), [""; 0]);
    assert_eq!(told("${body}", r#"{"a": 1, "$gt": [2], "more": 0}"#), [""; 0]);
    assert_eq!(told("${body}", r#"{"a": 1, "$gt": [3]}"#), ["$['$gt'][0]: expected 2, got 3"]);
    assert_eq!(told("$not: ${text}", "\"x\""), ["$: expected anything but ${text}, got \"x\""]);
    assert_eq!(told("$${n}", "\"${n}\""), [""; 0]);
}

#[test]
fn a_placeholder_without_a_value_is_a_finding_even_when_negated() {
    for yaml in
        ["$each: {$one_of: [\"${none}\", 2]}", "$some: ${none}", "$each: {$not: \"${none}\"}", "\"$[0]\": ${none}"]
    {
        assert_eq!(told(yaml, "[1, 2]"), ["$[0]: the placeholder `${none}` has no value"], "{yaml}");
    }
    let yaml = "$not: a${none}";
    let found = findings(&pattern(yaml), &json("1"), &Values::default());
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].message, "the placeholder `${none}` has no value");
    assert_eq!(covered(yaml, found[0].place), "${none}");
}
