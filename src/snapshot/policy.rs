//! What the environment says about updating snapshots, in insta's words and with insta's meaning.

use std::path::PathBuf;

/// How snapshots are updated; read once, so that all tests of a run see the same.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Policy {
    /// `INSTA_UPDATE`.
    pub update: Update,
    /// `INSTA_FORCE_PASS`: a difference passes, its pending file is still written.
    pub force_pass: bool,
    /// Whether this is continuous integration (`CI`, `TF_BUILD`), where `auto` writes nothing.
    pub ci: bool,
    /// `INSTA_SNAPSHOT_REFERENCES_FILE`: where the path of every snapshot looked at is appended.
    pub references: Option<PathBuf>,
}

/// The values of `INSTA_UPDATE`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Update {
    /// Pending files are written, but nothing in continuous integration.
    #[default]
    Auto,
    /// Accepted files are written; also spelled `1`.
    Always,
    /// Pending files are written, in continuous integration too.
    New,
    /// Files that don't exist yet are accepted; differences become pending files.
    Unseen,
    /// Nothing is written.
    No,
    /// As `always`; files that are the same are written anew if their front matter is not.
    Force,
}

/// What is done about a snapshot that is new or different.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    Accept,
    Pend,
    Nothing,
}

impl Policy {
    /// Reads the policy through `look_up`, which gives a variable's value; empty values count as unset.
    ///
    /// The error names the variable, the value and what is allowed.
    pub fn from_environment(look_up: &dyn Fn(&str) -> Option<String>) -> Result<Self, String> {
        let value = |name: &str| look_up(name).filter(|value| !value.is_empty());
        let update = match value("INSTA_UPDATE").as_deref() {
            None | Some("auto") => Update::Auto,
            Some("always" | "1") => Update::Always,
            Some("new") => Update::New,
            Some("unseen") => Update::Unseen,
            Some("no") => Update::No,
            Some("force") => Update::Force,
            Some(other) => {
                let known = "auto, always, 1, new, unseen, no, force";
                return Err(format!("INSTA_UPDATE can't be `{other}`; set it to one of: {known}"));
            }
        };
        let force_pass = match value("INSTA_FORCE_PASS").as_deref() {
            None | Some("0") => false,
            Some("1") => true,
            Some(other) => return Err(format!("INSTA_FORCE_PASS can't be `{other}`; set it to 0 or 1")),
        };
        // As insta has it: any value of CI, even an empty one, settles the question before TF_BUILD is asked.
        let ci = match look_up("CI").as_deref() {
            Some("false" | "0" | "") => false,
            Some(_) => true,
            None => look_up("TF_BUILD").is_some(),
        };
        let references = value("INSTA_SNAPSHOT_REFERENCES_FILE").map(PathBuf::from);
        Ok(Self { update, force_pass, ci, references })
    }

    /// What is done about a new snapshot, or about a different one where an accepted one `exists`.
    pub(super) fn action(&self, exists: bool) -> Action {
        match self.update {
            Update::Always | Update::Force => Action::Accept,
            Update::Unseen if !exists => Action::Accept,
            Update::New | Update::Unseen => Action::Pend,
            Update::Auto if !self.ci => Action::Pend,
            Update::Auto | Update::No => Action::Nothing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(variables: &[(&str, &str)]) -> Result<Policy, String> {
        Policy::from_environment(&|name| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn every_value_of_insta_update_is_read_and_others_are_refused() {
        for (value, expected) in [
            ("", Update::Auto),
            ("auto", Update::Auto),
            ("always", Update::Always),
            ("1", Update::Always),
            ("new", Update::New),
            ("unseen", Update::Unseen),
            ("no", Update::No),
            ("force", Update::Force),
        ] {
            assert_eq!(policy(&[("INSTA_UPDATE", value)]).unwrap().update, expected, "{value}");
        }
        let refused = policy(&[("INSTA_UPDATE", "Always")]).unwrap_err();
        assert_eq!(
            refused,
            "INSTA_UPDATE can't be `Always`; set it to one of: auto, always, 1, new, unseen, no, force"
        );
    }

    #[test]
    fn force_pass_is_0_or_1() {
        for (value, expected) in [("", false), ("0", false), ("1", true)] {
            assert_eq!(policy(&[("INSTA_FORCE_PASS", value)]).unwrap().force_pass, expected, "{value}");
        }
        assert_eq!(
            policy(&[("INSTA_FORCE_PASS", "yes")]),
            Err("INSTA_FORCE_PASS can't be `yes`; set it to 0 or 1".to_owned())
        );
    }

    #[test]
    fn continuous_integration_is_noticed_as_insta_does() {
        for (variables, expected) in [
            (&[][..], false),
            (&[("CI", "true")], true),
            (&[("CI", "1")], true),
            (&[("CI", "false")], false),
            (&[("CI", "0")], false),
            (&[("CI", "")], false),
            (&[("TF_BUILD", "True")], true),
            (&[("CI", "false"), ("TF_BUILD", "True")], false),
        ] {
            assert_eq!(policy(variables).unwrap().ci, expected, "{variables:?}");
        }
    }

    #[test]
    fn an_empty_references_file_is_none() {
        assert_eq!(policy(&[("INSTA_SNAPSHOT_REFERENCES_FILE", "")]).unwrap().references, None);
        assert_eq!(policy(&[("INSTA_SNAPSHOT_REFERENCES_FILE", "/r")]).unwrap().references, Some(PathBuf::from("/r")));
    }
}
