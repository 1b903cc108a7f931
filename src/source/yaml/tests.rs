//! What is read from YAML, and what is refused.

use std::fmt::Write as _;

use super::*;

fn codes(text: &str) -> Vec<&'static str> {
    parse(text, 0).err().unwrap_or_default().iter().map(|diagnostic| diagnostic.code).collect()
}

fn written(text: &str, path: &[&str]) -> String {
    let mut node = &parse(text, 0).unwrap();
    for key in path {
        node = node.get(key).unwrap();
    }
    text[node.place.start as usize..node.place.end as usize].to_owned()
}

#[test]
fn values_are_read_as_yaml_1_2_means_them() {
    let node =
        parse("{a: 1, b: 1.5, c: true, d: null, e: ~, f: text, g: \"1\", h: [1, x], i: {}, j: 1e3, k: 13:00}", 0)
            .unwrap();
    assert_eq!(
        node.to_json().to_string(),
        r#"{"a":1,"b":1.5,"c":true,"d":null,"e":null,"f":"text","g":"1","h":[1,"x"],"i":{},"j":1000.0,"k":"13:00"}"#
    );
    assert_eq!(parse("a:", 0).unwrap().get("a").unwrap().value, Value::Null);
    assert_eq!(parse("18446744073709551615", 0).unwrap().to_json(), u64::MAX);
    assert_eq!(parse("0.5", 0).unwrap().to_json(), 0.5);
    assert_eq!(parse("0", 0).unwrap().to_json(), 0);
}

#[test]
fn every_scalar_and_key_has_its_place() {
    let text = "a: 1\nbc:\n  - \"two words\"\n  - x: yes please # comment\nd: |\n  block\ne: 'q'\nf: plain  # more\n";
    assert_eq!(written(text, &["a"]), "1");
    assert_eq!(written(text, &["e"]), "'q'");
    assert_eq!(written(text, &["f"]), "plain");
    for (text, whole) in [
        ("a: [1, [2] ]  # x", "[1, [2] ]"),
        ("a: {b: {c: 1,}, # }\n  }\nd: 1", "{b: {c: 1,}, # }\n  }"),
        ("a: {b: , }", "{b: , }"),
        ("a: {b}", "{b}"),
        ("a: [ ]", "[ ]"),
        ("a: {b: \"}\"}", "{b: \"}\"}"),
        ("a:\n  b: 1\n  c: [2]\nd: 3", "b: 1\n  c: [2]"),
    ] {
        assert_eq!(written(text, &["a"]), whole, "{text}");
    }
    let node = parse(text, 0).unwrap();
    let elements = node.get("bc").unwrap().as_sequence().unwrap();
    let place = elements[0].place;
    assert_eq!(&text[place.start as usize..place.end as usize], "\"two words\"");
    let key = &elements[1].as_mapping().unwrap()[0].key;
    assert_eq!(&text[key.place.start as usize..key.place.end as usize], "x");
    assert_eq!(node.get("d").unwrap().as_text(), Some("block\n"));
}

#[test]
fn ambiguous_spellings_are_refused_anywhere_unless_quoted() {
    for word in ["yes", "no", "On", "OFF", "y", "N", "True", "FALSE"] {
        assert_eq!(codes(&format!("a: [{word}]")), ["yaml-boolean"], "{word}");
        assert_eq!(codes(&format!("{word}: 1")), ["yaml-boolean"], "{word} as key");
        assert_eq!(codes(&format!("a: \"{word}\"")), [""; 0], "{word} quoted");
    }
    for number in [
        "007",
        "01e5",
        "-00.5E1",
        "1e999",
        "-.5e999",
        "-07",
        "00.5",
        "1_000",
        "0x1F",
        "0o17",
        "99999999999999999999",
        "-9223372036854775809",
        ".inf",
        "-.inf",
        ".nan",
    ] {
        assert_eq!(codes(&format!("a: {number}")), ["yaml-number"], "{number}");
        assert_eq!(codes(&format!("a: '{number}'")), [""; 0], "{number} quoted");
    }
    for fine in ["2024-06-13", "12:30", "0.5", "-0.5", "10", "1.10", "0xyz", "1_a", "+1", "127.0.0.1", "1e3"] {
        assert_eq!(codes(&format!("a: {fine}")), [""; 0], "{fine}");
    }
}

#[test]
fn all_problems_are_told_together_in_order() {
    assert_eq!(codes("a: no\na: 2\nb: 007\n"), ["yaml-boolean", "duplicate-key", "yaml-number"]);
}

#[test]
fn what_the_language_leaves_out_is_refused() {
    for text in [
        "a: !env X",
        "a: {<<: {b: 1}}",
        "base: &b {x: 1}\na:\n  <<: *b\n",
        "a: 1\n---\nb: 2\n",
        "a: [",
        "a:\n\tb: 1",
        "a: b: c",
        "? [x]\n: 1",
    ] {
        assert_eq!(codes(text), ["yaml-syntax"], "{text}");
    }
}

#[test]
fn an_alias_stands_for_its_anchor_and_has_its_own_place() {
    let text = "a: &x {k: 1}\nb: *x\n";
    let node = parse(text, 0).unwrap();
    assert_eq!(node.get("b").unwrap().to_json().to_string(), r#"{"k":1}"#);
    assert_eq!(node.get("b").unwrap().place.start, 16);
}

#[test]
fn bombs_and_deep_nesting_are_refused() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let previous = format!("*a{}, ", level - 1).repeat(9);
        writeln!(bomb, "a{level}: &a{level} [{}]", previous.trim_end_matches(", ")).unwrap();
    }
    assert_eq!(codes(&bomb), ["yaml-syntax"]);
    assert_eq!(codes(&"[".repeat(10_000)), ["yaml-syntax"]);
    assert_eq!(codes(&("[".repeat(10_000) + &"]".repeat(10_000))), ["yaml-syntax"]);
    let blocks = (0..200).map(|depth| " ".repeat(depth) + "a:\n").collect::<String>();
    assert_eq!(codes(&blocks), ["yaml-syntax"]);
}

#[test]
fn an_unquoted_placeholder_or_path_in_braces_is_named_as_such() {
    for text in ["a: {b: ${x}}", "a: [${x}]", "a: { b: x${y} }", "a: {\n  b: ${x},\n}", "- a: [1,\n  ${x}]\n"] {
        assert_eq!(codes(text), ["unquoted-placeholder"], "{text}");
    }
    for text in ["a: {b: $.data[0].id}", "a: [$.data[0]]", "a: {b: \"x\", c: $.d[0]}"] {
        assert_eq!(codes(text), ["unquoted-path"], "{text}");
    }
    assert_eq!(codes("a: {b: $.data}"), [""; 0]);
    assert_eq!(codes("a: ${x}"), [""; 0]);
}

#[test]
fn an_empty_file_is_null() {
    for text in ["", "# only a comment\n", "\n\n", "---\n"] {
        assert_eq!(parse(text, 0).map(|node| node.value), Ok(Value::Null), "{text:?}");
    }
}

#[test]
fn an_alias_is_as_deep_as_what_it_stands_for() {
    // Each anchor adds a level to the one before it, though no line of the file is nested deep.
    let chained = |levels: usize| {
        (1..levels).fold("a0: &a0 [x]\n".to_owned(), |mut text, level| {
            writeln!(text, "a{level}: &a{level} [*a{}]", level - 1).unwrap();
            text
        })
    };
    // A list below the document is at depth 1, and its text one deeper than the last list.
    assert_eq!(codes(&chained(DEEPEST - 1)), [""; 0]);
    let refused = parse(&chained(10 * DEEPEST), 0).unwrap_err();
    assert_eq!((refused.len(), &*refused[0].title), (1, "nested too deep"));
}
