//! Names of what was issued. A value is a secret; its name is none, so that people and the journal can speak of it.

use std::fmt;

/// A kind of value that the authorization server issues.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An authorization code.
    Code,
    /// An access token.
    Access,
    /// A refresh token.
    Refresh,
}

/// The name of an issued value, such as `access 7`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Issued {
    /// What it is.
    pub kind: Kind,
    /// The how manieth of its kind in its environment, from 1.
    pub number: u64,
}

/// How many of each kind were issued.
#[derive(Debug, Default)]
pub struct Counts([u64; 3]);

impl Counts {
    /// The name of the next one.
    pub fn next(&mut self, kind: Kind) -> Issued {
        let [codes, accesses, refreshes] = &mut self.0;
        let count = match kind {
            Kind::Code => codes,
            Kind::Access => accesses,
            Kind::Refresh => refreshes,
        };
        *count += 1;
        Issued { kind, number: *count }
    }
}

impl Kind {
    /// What it is, in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Code => "an authorization code",
            Self::Access => "an access token",
            Self::Refresh => "a refresh token",
        }
    }
}

impl fmt::Display for Issued {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            Kind::Code => "code",
            Kind::Access => "access",
            Kind::Refresh => "refresh",
        };
        write!(formatter, "{kind} {}", self.number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_counted_by_itself() {
        let mut counts = Counts::default();
        let names = [Kind::Access, Kind::Access, Kind::Code, Kind::Refresh].map(|kind| counts.next(kind).to_string());
        assert_eq!(names, ["access 1", "access 2", "code 1", "refresh 1"]);
    }
}
