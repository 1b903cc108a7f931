//! What the tests of this room share.

use crate::scenario::{FragmentFiles, Rows, Scenario, read_scenario};

/// The scenario written as `text`, which must be right and have no matrix.
pub(super) fn scenario(text: &str) -> Scenario {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    let reading = read_scenario(file.path(), &FragmentFiles::default());
    assert_eq!(reading.problems.into_sorted(), [], "{text}");
    match reading.rows {
        Some(Rows::One(scenario)) => *scenario,
        other => panic!("{other:?}"),
    }
}
