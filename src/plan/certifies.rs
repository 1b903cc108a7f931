//! The requirements that a scenario certifies: each is one of the catalogue's, named once, that steps can show.

use std::collections::HashMap;
use std::sync::Arc;

use crate::config::{Party, Project, Requirement};
use crate::scenario::Scenario;
use crate::source::{Diagnostic, Located, Place, Problems};

/// Checks the ids that a scenario `certifies`.
///
/// A catalogue that is wrong is told by itself: what it lacks can't be known.
pub(super) fn check_certified(certifies: &[Located<String>], project: &Project, problems: &mut Problems) {
    // Reading the catalogue takes time that a scenario which certifies nothing need not spend.
    if certifies.is_empty() {
        return;
    }
    let catalogue = project.requirements().ok();
    let mut named: HashMap<&str, Place> = HashMap::new();
    for id in certifies {
        if let Some(first) = named.insert(&id.value, id.place) {
            problems.push(
                Diagnostic::error("duplicate-name", format!("`{}` is certified twice", id.value), id.place)
                    .label("named again")
                    .context(first, "named before")
                    .help("remove one of the two"),
            );
            continue;
        }
        let Some(catalogue) = catalogue else { continue };
        match catalogue.get(&id.value) {
            None => problems.push(catalogue.unknown(&id.value, id.place)),
            Some(requirement) if requirement.party == Party::Client => problems.push(of_client(requirement, id.place)),
            Some(_) => {}
        }
    }
}

/// The problem of certifying by steps what binds the client alone.
fn of_client(requirement: &Requirement, place: Place) -> Diagnostic {
    Diagnostic::error("client-requirement", format!("steps can't show `{}`", requirement.id), place)
        .label("binds the client alone")
        .note(format!("it states: {}", requirement.statement))
        .help("steps show what the server does; a client is judged by watching it at the mock: remove the id")
}

/// The requirements that `scenario`, whose names were checked, certifies; none if the catalogue is wrong.
pub(super) fn certified(scenario: &Scenario, project: &Project) -> Vec<Arc<Requirement>> {
    if scenario.certifies.is_empty() {
        return Vec::new();
    }
    let Ok(catalogue) = project.requirements() else { return Vec::new() };
    scenario.certifies.iter().filter_map(|id| catalogue.get(&id.value)).cloned().collect()
}
