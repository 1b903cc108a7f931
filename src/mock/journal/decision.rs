//! What was decided about a request, and why. It rides on the answer, so that no handler knows the journal.

use std::borrow::Cow;

use http::Response;

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
    /// Why it was answered as it was; nothing for what simply succeeded.
    pub why: Option<Cow<'static, str>>,
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
    }
}
