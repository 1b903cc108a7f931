//! What is wrong with an order, told before it is kept: what is accepted can be carried out.

use std::time::Duration;

use super::{known, place::Places, respond};
use crate::mock::{
    control::{At, CallbackChange, Effect, Fault, FaultAnswer, IdTokenChange, Members, Turn},
    site::Environment,
    thumbtack::{clients::Registry, people},
};

/// The longest that an answer is held back, or dribbles.
pub const LONGEST: Duration = Duration::from_mins(10);

/// The most requests that a sequence names.
const LONGEST_SEQUENCE: usize = 1000;

/// Refuses a fault that can't be carried out; gives back where it meets requests.
pub fn fault(fault: &Fault, clients: &'static Registry) -> Result<Places, String> {
    let places = places(&fault.at)?;
    if let Some(name) = &fault.client {
        let all = [Environment::Staging, Environment::Production].map(|environment| clients.of(environment).all());
        let mut names: Vec<&str> = all.into_iter().flatten().map(|client| client.name).collect();
        names.sort_unstable();
        names.dedup();
        one_of(name, "client", &names)?;
    }
    if let Some(name) = &fault.user {
        one_of(name, "user", &people::USERS)?;
    }
    if fault.times == Some(0) {
        return Err("`times` is 0, so the fault would never happen; leave it out for every request".to_owned());
    }
    if fault.percentage.is_some_and(|percentage| !(1..=100).contains(&percentage)) {
        return Err("`percentage` is a number from 1 to 100".to_owned());
    }
    match &fault.sequence {
        None => effect(&fault.effect)?,
        Some(turns) => sequence(fault, turns)?,
    }
    Ok(places)
}

/// Where `at` is; refuses what is no place, and those of the API at which nobody can ask.
pub fn places(at: &At) -> Result<Places, String> {
    let places = Places::read(at)?;
    known::places(at)?;
    Ok(places)
}

fn one_of(name: &str, what: &str, names: &[&str]) -> Result<(), String> {
    if names.contains(&name) {
        return Ok(());
    }
    Err(format!("there is no {what} `{name}`; {what}s: {}", names.join(", ")))
}

fn sequence(fault: &Fault, turns: &[Turn]) -> Result<(), String> {
    if turns.is_empty() || turns.len() > LONGEST_SEQUENCE {
        return Err(format!("`sequence` has {} elements; it has 1 to {LONGEST_SEQUENCE}", turns.len()));
    }
    if fault.times.is_some() || fault.percentage.is_some() {
        return Err("`sequence` says itself which requests it meets: no `times` or `percentage` beside it".to_owned());
    }
    if fault.effect != Effect::default() {
        return Err("what happens stands in the elements of `sequence`, and not beside it".to_owned());
    }
    turns.iter().try_for_each(|turn| match turn {
        Turn::Pass => Ok(()),
        Turn::Effect(happens) => effect(happens),
    })
}

fn effect(effect: &Effect) -> Result<(), String> {
    if *effect == Effect::default() {
        return Err("the fault does nothing: a fault needs `respond`, `delay` or another word that says what happens"
            .to_owned());
    }
    let ends = named(&[
        ("respond", effect.respond.is_some()),
        ("redirect_to", effect.redirect_to.is_some()),
        ("hang", effect.hang.is_some()),
        ("reset", effect.reset.is_some()),
    ]);
    if let [first, second, ..] = ends.as_slice() {
        return Err(format!("a fault has both `{first}` and `{second}`; it can give one answer, or none"));
    }
    let changes = named(&[
        ("body", effect.body.is_some()),
        ("token", effect.token.is_some()),
        ("id_token", effect.id_token.is_some()),
        ("callback", effect.callback.is_some()),
    ]);
    if let (Some(end), Some(change)) = (ends.first(), changes.first()) {
        return Err(format!("`{change}` changes the real answer, which nobody sees beside `{end}`"));
    }
    let sent = named(&[("dribble", effect.dribble.is_some()), ("truncate", effect.truncate.is_some())]);
    if let (Some(end @ ("hang" | "reset")), Some(sending)) = (ends.first().copied(), sent.first()) {
        return Err(format!("`{sending}` is about an answer, and there is none beside `{end}`"));
    }
    parts(effect)
}

fn named(words: &[(&'static str, bool)]) -> Vec<&'static str> {
    words.iter().filter(|(_, written)| *written).map(|(word, _)| *word).collect()
}

fn parts(effect: &Effect) -> Result<(), String> {
    if let Some(FaultAnswer::Written(written)) = &effect.respond {
        respond::written(written)?;
    }
    effect.redirect_to.as_ref().map_or(Ok(()), |redirect| respond::redirect(redirect).map(drop))?;
    if effect.delay.is_some_and(|delay| delay.0 > LONGEST) {
        return Err("`delay` is more than ten minutes".to_owned());
    }
    if let Some(dribble) = effect.dribble {
        if dribble.every.0.is_zero() || dribble.every.0 > LONGEST {
            return Err("`every` of `dribble` is more than nothing and at most ten minutes".to_owned());
        }
        if dribble.bytes == 0 {
            return Err("`bytes` of `dribble` is 0, so nothing would ever come".to_owned());
        }
    }
    for (word, changed) in [("body", &effect.body), ("token", &effect.token)] {
        changed.as_ref().map_or(Ok(()), |changed| members(word, changed))?;
    }
    effect.id_token.as_ref().map_or(Ok(()), id_token)?;
    effect.callback.as_ref().map_or(Ok(()), callback)
}

fn members(word: &str, members: &Members) -> Result<(), String> {
    if *members == Members::default() {
        return Err(format!("`{word}` changes nothing: it has `omit` or `set`"));
    }
    let both = members.omit.iter().find(|name| members.set.contains_key(*name));
    both.map_or(Ok(()), |name| Err(format!("`{word}` both omits and sets `{name}`")))
}

fn id_token(change: &IdTokenChange) -> Result<(), String> {
    if *change == IdTokenChange::default() {
        return Err("`id_token` changes nothing: it has `signature`, `kid`, `wrong`, `omit` or `set`".to_owned());
    }
    Ok(())
}

fn callback(change: &CallbackChange) -> Result<(), String> {
    if *change == CallbackChange::default() {
        return Err("`callback` changes nothing: it has `state`, `code`, `error`, `duplicate` or `extra`".to_owned());
    }
    if change.error.is_some() && change.code.is_some() {
        return Err("`callback` has both `error` and `code`; an error is told in place of the code".to_owned());
    }
    Ok(())
}
