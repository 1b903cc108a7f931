//! What another target may do differently from the accepted shapes, and what it may not.

use std::collections::BTreeMap;

use super::shape::{Elements, Member, Type};
use super::{Body, Shape, Shapes, StepShape};

/// How observed shapes differ from accepted ones; each statement begins with the step and the place.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Comparison {
    /// Broken: lost required members, changed types, statuses, media types, steps.
    pub changes: Vec<String>,
    /// Worth telling, and harmless: added or missing optional members, empty arrays, another status that the scenario
    /// admits, another redirect, another media type of JSON.
    pub notes: Vec<String>,
}

/// Compares by structure: `observed` may know less (fewer types of a union, no optional members) and more members.
pub fn compare(accepted: &Shapes, observed: &Shapes) -> Comparison {
    let mut comparison = Comparison::default();
    let names =
        |shapes: &Shapes| shapes.steps.iter().map(|step| format!("`{}`", step.step)).collect::<Vec<_>>().join(", ");
    if accepted.steps.len() != observed.steps.len()
        || accepted.steps.iter().zip(&observed.steps).any(|(one, two)| one.step != two.step)
    {
        comparison.changes.push(format!("the steps were {}, and are {}", names(accepted), names(observed)));
        return comparison;
    }
    for (accepted, observed) in accepted.steps.iter().zip(&observed.steps) {
        step(accepted, observed, &mut comparison);
    }
    comparison
}

fn step(accepted: &StepShape, observed: &StepShape, comparison: &mut Comparison) {
    let name = &accepted.step;
    let redirects = |answer: &&StepShape| answer.status.is_some_and(|status| (300..400).contains(&status));
    let both_redirect = [accepted, observed].iter().all(redirects);
    if accepted.status != observed.status {
        let told = format!("{name}: the status was {}, and is {}", status(accepted), status(observed));
        let is_drift = !both_redirect && !observed.status_is_judged;
        if is_drift { &mut comparison.changes } else { &mut comparison.notes }.push(told);
    }
    // A redirect may say for people where it leads (RFC 9110 §15.4); clients go by `location`.
    if both_redirect {
        return;
    }
    // The media type of no content says nothing.
    let is_empty = accepted.body == Body::Empty && observed.body == Body::Empty;
    if accepted.media_type != observed.media_type && !is_empty {
        let shown = |media_type: &Option<String>| media_type.clone().unwrap_or_else(|| "none".to_owned());
        let (was, is) = (shown(&accepted.media_type), shown(&observed.media_type));
        let told = format!("{name}: the media type was {was}, and is {is}");
        let is_drift = !(is_json(accepted) && is_json(observed));
        if is_drift { &mut comparison.changes } else { &mut comparison.notes }.push(told);
    }
    match (&accepted.body, &observed.body) {
        (Body::Json(accepted), Body::Json(observed)) => shape(accepted, observed, &format!("{name}: $"), comparison),
        (was, is) if was == is => {}
        (was, is) => {
            comparison.changes.push(format!("{name}: the body was {}, and is {}", body_kind(was), body_kind(is)));
        }
    }
}

fn status(answer: &StepShape) -> String {
    answer.status.map_or_else(|| "none".to_owned(), |status| status.to_string())
}

/// Whether the media type is JSON's or one that is made on it (RFC 6839 §3.1).
fn is_json(answer: &StepShape) -> bool {
    answer.media_type.as_deref().is_some_and(|kind| kind == "application/json" || kind.ends_with("+json"))
}

fn body_kind(body: &Body) -> &'static str {
    match body {
        Body::Empty => "empty",
        Body::Text => "text that is not JSON",
        Body::Json(_) => "JSON",
    }
}

fn shape(accepted: &Shape, observed: &Shape, place: &str, comparison: &mut Comparison) {
    // A union takes more levels, so what was cut at one target may be whole at the other.
    let was_cut = accepted.types.contains(&Type::Deeper);
    let is_known = |simple: &Type| match simple {
        Type::Integer if accepted.types.contains(&Type::Number) => true,
        Type::Deeper if accepted.array.is_some() || accepted.object.is_some() => true,
        _ => accepted.types.contains(simple),
    };
    let is_covered = observed.types.iter().all(is_known)
        && (observed.array.is_none() || accepted.array.is_some() || was_cut)
        && (observed.object.is_none() || accepted.object.is_some() || was_cut);
    if !is_covered {
        comparison.changes.push(format!("{place} was {}, and is {}", described(accepted), described(observed)));
        return;
    }
    match (&accepted.array, &observed.array) {
        (Some(Elements::Of(accepted)), Some(Elements::Of(observed))) => {
            shape(accepted, observed, &format!("{place}[*]"), comparison);
        }
        (Some(Elements::Of(_)), Some(Elements::Unseen)) => {
            comparison.notes.push(format!("{place} is an empty array, so its elements can't be compared"));
        }
        (Some(Elements::Unseen), Some(Elements::Of(_))) => {
            comparison.notes.push(format!("{place} has elements; the accepted array is empty"));
        }
        (_, None) | (None, _) | (Some(Elements::Unseen), Some(Elements::Unseen)) => {}
    }
    if let (Some(accepted), Some(observed)) = (&accepted.object, &observed.object) {
        members(accepted, observed, place, comparison);
    }
}

fn members(
    accepted: &BTreeMap<String, Member>,
    observed: &BTreeMap<String, Member>,
    place: &str,
    comparison: &mut Comparison,
) {
    for (name, member) in accepted {
        let place = member_place(place, name);
        match observed.get(name) {
            None if member.optional => comparison.notes.push(format!("{place} is missing; it is optional")),
            None => comparison.changes.push(format!("{place} is missing; it is required")),
            Some(seen) => {
                if seen.optional && !member.optional {
                    comparison.changes.push(format!("{place} is missing in some elements; it is required"));
                }
                shape(&member.shape, &seen.shape, &place, comparison);
            }
        }
    }
    for (name, member) in observed.iter().filter(|(name, _)| !accepted.contains_key(*name)) {
        let place = member_place(place, name);
        comparison.notes.push(format!("{place} is added: {}", described(&member.shape)));
    }
}

/// The `JSONPath` of a member (RFC 9535 §2.5.1).
fn member_place(place: &str, name: &str) -> String {
    let is_shorthand = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if is_shorthand { format!("{place}.{name}") } else { format!("{place}[{}]", serde_json::Value::from(name)) }
}

fn described(shape: &Shape) -> String {
    let mut kinds: Vec<&str> = shape.types.iter().map(|simple| simple.word()).collect();
    kinds.extend(shape.array.is_some().then_some("array"));
    kinds.extend(shape.object.is_some().then_some("object"));
    kinds.join(" | ")
}
