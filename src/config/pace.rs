//! How fast a target may be asked: what a project says, and what binds real targets.

use super::Kind;

/// The most that a project may say for a test environment by itself.
const MOST_OF_STAGING: [u64; 3] = [4, 5, 500];

/// How fast a target may be asked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pace {
    /// Requests at one time; `None` is no limit of the target's own.
    pub concurrency: Option<u64>,
    /// Requests started in a second; `None` is no limit of the target's own.
    pub per_second: Option<u64>,
    /// Requests of one run; `None` is no limit of the target's own.
    pub per_run: Option<u64>,
    /// The agreement with the target's operator, if there is one.
    pub agreed: Option<Agreed>,
}

/// An agreement on a faster pace.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Agreed {
    /// Who agreed.
    pub by: String,
    /// When: year, month and day.
    pub date: String,
}

impl Pace {
    /// What a real target is asked at most, unless the project says more: requests at one time, in a second, in a run.
    pub const DEFAULT_OF_REAL: [u64; 3] = [1, 1, 500];

    /// The slower of the two.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let slower = |one: Option<u64>, other: Option<u64>| one.into_iter().chain(other).min();
        Self {
            concurrency: slower(self.concurrency, other.concurrency),
            per_second: slower(self.per_second, other.per_second),
            per_run: slower(self.per_run, other.per_run),
            agreed: self.agreed.or(other.agreed),
        }
    }

    /// The same for a real target: what is not said is the default.
    #[must_use]
    pub fn of_real(self) -> Self {
        let [concurrency, per_second, per_run] = Self::DEFAULT_OF_REAL;
        Self {
            concurrency: self.concurrency.or(Some(concurrency)),
            per_second: self.per_second.or(Some(per_second)),
            per_run: self.per_run.or(Some(per_run)),
            agreed: self.agreed,
        }
    }

    /// The agreement in words, with what it is about, if there is one.
    pub fn agreement(&self) -> Option<String> {
        let Agreed { by, date } = self.agreed.as_ref()?;
        let said = [(self.concurrency, "at a time"), (self.per_second, "a second"), (self.per_run, "a run")];
        let said = said.into_iter().filter_map(|(number, per)| Some(format!("{} {per}", number?)));
        Some(format!("at most these requests: {}, as {by} agreed on {date}", said.collect::<Vec<_>>().join(", ")))
    }

    /// What of it is faster than a project may say by itself of a real target of `kind`, if anything is and nobody
    /// agreed to it.
    pub fn excess(&self, kind: Kind) -> Option<String> {
        if self.agreed.is_some() {
            return None;
        }
        let most = if kind == Kind::Production { Self::DEFAULT_OF_REAL } else { MOST_OF_STAGING };
        let said = [("concurrency", self.concurrency), ("per_second", self.per_second), ("per_run", self.per_run)];
        said.into_iter().zip(most).find_map(|((name, said), most)| {
            let said = said.filter(|said| *said > most)?;
            Some(format!("`{name}: {said}` is more than the {most} that a real target of this kind is asked at most"))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pace(concurrency: u64, per_second: u64, per_run: u64) -> Pace {
        Pace { concurrency: Some(concurrency), per_second: Some(per_second), per_run: Some(per_run), agreed: None }
    }

    #[test]
    fn more_than_a_project_may_say_by_itself_needs_an_agreement() {
        let told = |pace: &Pace, kind| pace.excess(kind).unwrap_or_default();
        assert_eq!(told(&pace(4, 5, 500), Kind::Staging), "");
        assert!(told(&pace(5, 5, 500), Kind::Staging).starts_with("`concurrency: 5` is more than the 4"));
        assert!(told(&pace(4, 6, 500), Kind::Staging).starts_with("`per_second: 6` is more than the 5"));
        assert!(told(&pace(4, 5, 501), Kind::Staging).starts_with("`per_run: 501` is more than the 500"));
        assert_eq!(told(&pace(1, 1, 500), Kind::Production), "");
        assert!(told(&pace(2, 1, 500), Kind::Production).starts_with("`concurrency: 2` is more than the 1"));
        let agreed = Some(Agreed { by: "Somebody".to_owned(), date: "2026-01-31".to_owned() });
        let agreed = Pace { agreed, ..pace(50, 60, 5000) };
        assert_eq!(told(&agreed, Kind::Production), "");
        let told = "at most these requests: 50 at a time, 60 a second, 5000 a run, as Somebody agreed on 2026-01-31";
        assert_eq!(agreed.agreement().as_deref(), Some(told));
        assert_eq!(pace(1, 1, 1).agreement(), None);
    }

    #[test]
    fn a_real_target_always_has_limits_and_the_slower_of_two_counts() {
        assert_eq!(Pace::default().of_real(), pace(1, 1, 500));
        assert_eq!(Pace { per_second: Some(3), ..Pace::default() }.of_real(), pace(1, 3, 500));
        assert_eq!(pace(4, 2, 500).and(pace(2, 5, 100)), pace(2, 2, 100));
    }
}
