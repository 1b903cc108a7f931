//! What was decided about a request, and why. It rides on the answer, so that no handler knows the journal.

use std::borrow::Cow;

use http::Response;

use crate::mock::issued::Issued;

/// What was decided about a request.
#[derive(Clone, Debug, Default)]
pub struct Decision {
    /// The id of the API operation that the request named.
    pub operation: Option<&'static str>,
    /// Name of the client that the request proved to come from.
    pub client: Option<&'static str>,
    /// Name of the user for whom it was made.
    pub user: Option<&'static str>,
    /// The number of the grant that it belongs to: one login, or one client credentials request, and all that came of it.
    pub grant: Option<u64>,
    /// The code or token that it carried.
    pub used: Option<Issued>,
    /// What that one was issued in exchange for.
    pub from: Option<Issued>,
    /// What was issued: a code, or an access token and perhaps a refresh token.
    pub issued: [Option<Issued>; 2],
    /// Why it was answered as it was; nothing for what simply succeeded.
    pub why: Option<Cow<'static, str>>,
    /// What a fault did to the request or to its answer, a sentence each.
    pub faults: Vec<Cow<'static, str>>,
}

impl Decision {
    /// The decision on an answer; an empty one is put there first if there is none.
    pub fn on<B>(answer: &mut Response<B>) -> &mut Self {
        answer.extensions_mut().get_or_insert_default()
    }

    /// Says why, unless that was said already, as who decided first knows best.
    pub fn because(&mut self, why: impl Into<Cow<'static, str>>) {
        self.why.get_or_insert_with(|| why.into());
    }

    /// Takes from `other` what is not known here.
    pub fn fill(&mut self, other: Self) {
        self.operation = self.operation.or(other.operation);
        self.client = self.client.or(other.client);
        self.user = self.user.or(other.user);
        self.grant = self.grant.or(other.grant);
        self.used = self.used.or(other.used);
        self.from = self.from.or(other.from);
        if self.issued == [None; 2] {
            self.issued = other.issued;
        }
        self.why = self.why.take().or(other.why);
        self.faults.extend(other.faults);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_reason_stays_and_members_gather() {
        let mut answer = Response::new(());
        Decision::on(&mut answer).because("no token");
        Decision::on(&mut answer).because(String::from("status 401"));
        Decision::on(&mut answer).client = Some("supply");
        let decision = Decision::on(&mut answer);
        assert_eq!((decision.why.as_deref(), decision.client), (Some("no token"), Some("supply")));
        let other = Decision { client: Some("demand"), grant: Some(4), ..Decision::default() };
        decision.fill(other);
        assert_eq!((decision.client, decision.grant), (Some("supply"), Some(4)));
    }
}
