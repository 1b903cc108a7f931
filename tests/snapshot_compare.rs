//! What another target may do differently, and what is drift.

use serde_json::{Value, json};
use tacktest::snapshot::{Body, Comparison, Shape, Shapes, StepShape, compare};

fn answer(body: Body) -> Shapes {
    Shapes { steps: vec![StepShape::new("ask", 200, Some("application/json"), body)] }
}

#[test]
fn drift_and_notes() {
    const SAME: &[&str] = &[];
    let table: Vec<(Value, Value, &[&str], &[&str])> = vec![
        (json!({"a": 1}), json!({"a": 2}), SAME, SAME),
        (json!([1, null]), json!([2]), SAME, SAME),
        (json!([1, null]), json!([null]), SAME, SAME),
        (json!(1.5), json!(1), SAME, SAME),
        (json!([]), json!([]), SAME, SAME),
        (json!({}), json!({}), SAME, SAME),
        (json!([{"a": 1}, {}]), json!([{"a": 1}]), SAME, SAME),
        (json!([{"a": {"b": 1}}, null]), json!([{"a": {"b": 2}}]), SAME, SAME),
        (json!({"a": 1}), json!({"a": 1, "b": null}), SAME, &["ask: $.b is added: null"]),
        (json!({}), json!({"b c": [1]}), SAME, &["ask: $[\"b c\"] is added: array"]),
        (json!([{"a": 1}, {}]), json!([{}]), SAME, &["ask: $[*].a is missing; it is optional"]),
        (json!([1]), json!([]), SAME, &["ask: $ is an empty array, so its elements can't be compared"]),
        (json!([]), json!([1]), SAME, &["ask: $ has elements; the accepted array is empty"]),
        (json!({"a": 1}), json!({}), &["ask: $.a is missing; it is required"], SAME),
        (
            json!({"d": [{"a": 1}]}),
            json!({"d": [{"a": 1}, {}]}),
            &["ask: $.d[*].a is missing in some elements; it is required"],
            SAME,
        ),
        (json!(1), json!(1.5), &["ask: $ was integer, and is number"], SAME),
        (json!("x"), json!(null), &["ask: $ was string, and is null"], SAME),
        (json!(["x", null]), json!(["x", 1]), &["ask: $[*] was string | null, and is integer | string"], SAME),
        (json!({"a": {}}), json!({"a": []}), &["ask: $.a was object, and is array"], SAME),
        (json!([1]), json!({"a": 1}), &["ask: $ was array, and is object"], SAME),
        (json!(1), json!([1]), &["ask: $ was integer, and is array"], SAME),
        (json!([1, [1]]), json!([[1], {}]), &["ask: $[*] was integer | array, and is array | object"], SAME),
        (json!([[1], 1]), json!([["x"]]), &["ask: $[*][*] was integer, and is string"], SAME),
        (
            json!({"a": 1, "b": "x"}),
            json!({"b": 1, "c": 1}),
            &["ask: $.a is missing; it is required", "ask: $.b was string, and is integer"],
            &["ask: $.c is added: integer"],
        ),
    ];
    for (accepted, observed, changes, notes) in table {
        let json = |value: &Value| answer(Body::Json(Shape::of(value)));
        let comparison = compare(&json(&accepted), &json(&observed));
        assert_eq!(comparison.changes, changes, "{accepted} {observed}");
        assert_eq!(comparison.notes, notes, "{accepted} {observed}");
    }
}

#[test]
fn status_media_type_body_and_steps_are_drift() {
    let json = Body::Json(Shape::of(&json!(1)));
    let accepted = answer(json.clone());
    let changed = |change: fn(&mut Shapes)| {
        let mut observed = accepted.clone();
        change(&mut observed);
        compare(&accepted, &observed).changes
    };
    assert_eq!(changed(|_| {}), [""; 0]);
    assert_eq!(changed(|shapes| shapes.steps[0].status = Some(502)), ["ask: the status was 200, and is 502"]);
    assert_eq!(
        changed(|shapes| shapes.steps[0].media_type = None),
        ["ask: the media type was application/json, and is none"]
    );
    assert_eq!(
        changed(|shapes| shapes.steps[0].body = Body::Text),
        ["ask: the body was JSON, and is text that is not JSON"]
    );
    assert_eq!(changed(|shapes| shapes.steps[0].body = Body::Empty), ["ask: the body was JSON, and is empty"]);
    assert_eq!(compare(&answer(Body::Text), &answer(Body::Text)).changes, [""; 0]);
    assert_eq!(
        compare(&answer(Body::Text), &answer(json)).changes,
        ["ask: the body was text that is not JSON, and is JSON"]
    );
    assert_eq!(
        changed(|shapes| shapes.steps[0].media_type = Some("text/json".into())),
        ["ask: the media type was application/json, and is text/json"]
    );
    assert_eq!(changed(|shapes| shapes.steps.clear()), ["the steps were `ask`, and are "]);
    assert_eq!(changed(|shapes| shapes.steps[0].step = "say".into()), ["the steps were `ask`, and are `say`"]);
}

#[test]
fn what_nobody_relies_on_is_no_drift() {
    let told = |accepted: StepShape, observed: StepShape| {
        let shapes = |step| Shapes { steps: vec![step] };
        compare(&shapes(accepted), &shapes(observed))
    };
    let number = || Body::Json(Shape::of(&json!(1)));
    // A status that the scenario has judged.
    let created = StepShape::new("ask", 201, Some("application/json"), number());
    let comparison = told(answer(number()).steps.remove(0), created.with_judged_status());
    assert_eq!(comparison.changes, [""; 0]);
    assert_eq!(comparison.notes, ["ask: the status was 200, and is 201"]);
    // Another redirect, with a page for people.
    let found = StepShape::new("ask", 302, None, Body::Empty);
    let other = StepShape::new("ask", 303, Some("text/html"), Body::Text);
    let comparison = told(found.clone(), other);
    assert_eq!(comparison.changes, [""; 0]);
    assert_eq!(comparison.notes, ["ask: the status was 302, and is 303"]);
    // An answer that no longer redirects, or does so now.
    let page = StepShape::new("ask", 200, Some("text/html"), Body::Text);
    assert_eq!(told(found.clone(), page.clone()).changes.len(), 3);
    assert_eq!(told(page, found).changes.len(), 3);
    // A media type that is made on JSON.
    let keys = StepShape::new("ask", 200, Some("application/jwk-set+json"), number());
    let comparison = told(answer(number()).steps.remove(0), keys);
    assert_eq!(comparison.changes, [""; 0]);
    assert_eq!(comparison.notes, ["ask: the media type was application/json, and is application/jwk-set+json"]);
    // The media type of nothing.
    let nothing = |kind| StepShape::new("ask", 200, kind, Body::Empty);
    assert_eq!(told(nothing(None), nothing(Some("text/plain"))), Comparison::default());
}

#[test]
fn what_is_cut_on_one_side_is_no_drift() {
    let nested = |depth: usize, inner: Value| {
        let value = (0..depth).fold(inner, |value, _| json!([value]));
        answer(Body::Json(Shape::of(&value)))
    };
    let (union, whole) = (nested(26, json!([[{"a": 1}], null])), nested(26, json!([[{"a": 1}]])));
    assert!(union.to_text().contains("deeper") && whole.to_text() != union.to_text());
    assert_eq!(compare(&union, &whole).changes, [""; 0]);
    assert_eq!(compare(&whole, &union).changes.len(), 1, "null is new");
}
