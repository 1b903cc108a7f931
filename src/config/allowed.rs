//! What a run may do to a real target: the rules by kind and effect, and what the command line allows beyond them.

use super::{Effect, Kind};

/// What must be asked for by `--allow`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Allowance {
    /// Scenarios that may notify or charge a person, at a test environment.
    Contacts,
    /// Scenarios that end a login of their own, at a test environment.
    SpendsLogin,
    /// Scenarios that change nothing, at the real service.
    Production,
}

impl Allowance {
    /// The words of `--allow`.
    pub const WORDS: &[(&str, Self)] =
        &[("contacts", Self::Contacts), ("spends_login", Self::SpendsLogin), ("production", Self::Production)];
}

/// All that a run was allowed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Allowed(Vec<Allowance>);

impl Allowed {
    /// What these words allow; nothing is the default.
    pub fn new(all: Vec<Allowance>) -> Self {
        Self(all)
    }

    /// Why a real target of `kind` may not be done `effect` to, if it may not. A mock may be done anything to.
    pub fn refuse(&self, kind: Kind, effect: Effect) -> Option<String> {
        let told = format!("its effect is `{}`", effect.word());
        let unless = |allowance, reason: &str| (!self.0.contains(&allowance)).then(|| reason.to_owned());
        match (kind, effect) {
            (Kind::Mock, _) | (Kind::Staging, Effect::None | Effect::OwnData) => None,
            (Kind::Staging, Effect::Contacts) => unless(
                Allowance::Contacts,
                &format!("{told}, as it may notify or charge a person; allow it by `--allow contacts`"),
            ),
            (Kind::Staging, Effect::SpendsLogin) => unless(
                Allowance::SpendsLogin,
                &format!("{told}, as it ends or endangers a login; allow it by `--allow spends_login`"),
            ),
            (Kind::Staging, Effect::WrongCredentials | Effect::Load) => {
                Some(format!("{told}, which nothing allows at a real target; run it against the mock"))
            }
            (Kind::Production, Effect::None) => unless(
                Allowance::Production,
                "it would run against production; allow what changes nothing there by `--allow production`",
            ),
            (Kind::Production, _) => Some(format!("{told}, and production is only read, whatever is allowed")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_bears_its_effects_and_no_word_lifts_the_last_limits() {
        use Allowance::{Contacts, Production, SpendsLogin};
        let all = [Contacts, SpendsLogin, Production];
        for (kind, allowed, may) in [
            (Kind::Mock, &[][..], [true; 6]),
            (Kind::Staging, &[], [true, true, false, false, false, false]),
            (Kind::Staging, &[Contacts], [true, true, true, false, false, false]),
            (Kind::Staging, &[SpendsLogin], [true, true, false, true, false, false]),
            (Kind::Staging, &all, [true, true, true, true, false, false]),
            (Kind::Production, &[], [false; 6]),
            (Kind::Production, &[Contacts, SpendsLogin], [false; 6]),
            (Kind::Production, &all, [true, false, false, false, false, false]),
        ] {
            let rules = Allowed::new(allowed.to_vec());
            for ((word, effect), may) in Effect::WORDS.iter().zip(may) {
                assert_eq!(rules.refuse(kind, *effect).is_none(), may, "{kind:?} {allowed:?} {word}");
            }
        }
        let told = Allowed::default().refuse(Kind::Staging, Effect::Contacts).unwrap();
        assert!(
            told.starts_with("its effect is `contacts`") && told.ends_with("allow it by `--allow contacts`"),
            "{told}"
        );
    }
}
