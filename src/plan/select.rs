//! Which tests are asked for.

use std::sync::Arc;

use crate::config::Requirement;

/// What the command line selects; an empty selection is everything.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Parts of names, any of which must occur.
    pub filters: Vec<String>,
    /// Whether a filter is a whole name.
    pub exact: bool,
    /// Parts of names that must not occur (whole names with `exact`).
    pub skip: Vec<String>,
    /// Tags, any of which must be there.
    pub tags: Vec<String>,
    /// Requirements, any of which must be certified: ids, or `NAME.*` for all below a name.
    pub certifies: Vec<String>,
}

impl Selection {
    /// Whether a test with this name is asked for.
    pub fn names(&self, name: &str) -> bool {
        let matches = |filter: &String| if self.exact { name == filter } else { name.contains(filter.as_str()) };
        (self.filters.is_empty() || self.filters.iter().any(matches)) && !self.skip.iter().any(matches)
    }

    /// Whether a test with these tags and requirements is asked for.
    pub fn labels(&self, tags: &[String], certifies: &[Arc<Requirement>]) -> bool {
        let is_asked_for = |shown: &Arc<Requirement>| self.certifies.iter().any(|name| shown.is_named(name));
        (self.tags.is_empty() || self.tags.iter().any(|tag| tags.contains(tag)))
            && (self.certifies.is_empty() || certifies.iter().any(is_asked_for))
    }

    /// Whether a file with this name can hold a test that is asked for; `has_rows` if it may have matrix rows.
    ///
    /// A row's name can hold any part of a filter, so a file with rows is left out only by whole names.
    pub fn may_name(&self, file_name: &str, has_rows: bool) -> bool {
        if !has_rows {
            return self.names(file_name);
        }
        let row_of = |filter: &String| {
            filter.strip_prefix(file_name).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
        };
        !self.exact || self.filters.is_empty() || self.filters.iter().any(row_of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selection(filters: &[&str], exact: bool, skip: &[&str]) -> Selection {
        let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        Selection { filters: owned(filters), exact, skip: owned(skip), ..Selection::default() }
    }

    #[test]
    fn any_filter_matches_and_any_skip_excludes() {
        assert!(selection(&[], false, &[]).names("a::b"));
        assert!(selection(&["x", "::b"], false, &[]).names("a::b"));
        assert!(!selection(&["x"], false, &[]).names("a::b"));
        assert!(!selection(&["a"], false, &["b"]).names("a::b"));
        assert!(!selection(&["a"], true, &[]).names("a::b"));
        assert!(selection(&["a::b"], true, &["a"]).names("a::b"));
    }

    #[test]
    fn a_file_is_left_out_only_when_none_of_its_tests_can_match() {
        assert!(!selection(&["x"], false, &[]).may_name("a::b", false));
        assert!(selection(&["x"], false, &[]).may_name("a::b", true));
        assert!(selection(&["a::b::row"], true, &[]).may_name("a::b", true));
        assert!(!selection(&["a::bc"], true, &[]).may_name("a::b", true));
    }
}
