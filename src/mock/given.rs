//! Data that is ordered to be otherwise than it is from the start: what no operation of the API brings about.

use super::{
    control::Given,
    site::Environment,
    thumbtack::{
        clients::{Client, Registry},
        negotiations::Status,
        people::{self, Business},
    },
};

/// What was ordered, for both environments: their ids differ, their users' names do not.
#[derive(Debug, Default)]
pub struct Changes {
    refunded: Vec<String>,
    statuses: Vec<(String, Status)>,
    closed: Vec<String>,
    not_pros: Vec<String>,
    consents: Vec<Consent>,
}

/// What a user agreed to before.
#[derive(Debug)]
struct Consent {
    user: String,
    client: String,
    scopes: Vec<&'static str>,
}

const ENVIRONMENTS: [Environment; 2] = [Environment::Staging, Environment::Production];

impl Changes {
    /// Makes the change; the error says what it is about and is not there. Whoever keeps the negotiations has looked
    /// for that of a lead.
    pub fn apply(&mut self, given: Given, clients: &'static Registry) -> Result<(), String> {
        match given {
            Given::RefundedLead(id) => add(&mut self.refunded, id),
            Given::PickedLead(id) => self.set_status(id, Status::Picked),
            Given::CanceledLead(id) => self.set_status(id, Status::Canceled),
            Given::ClosedBusiness(id) => {
                let known = |environment| people::all_businesses(environment).any(|business| business.id == id);
                exists(ENVIRONMENTS.into_iter().any(known), "business", &id)?;
                add(&mut self.closed, id);
            }
            Given::NotAPro(user) => {
                exists(people::USERS.contains(&user.as_str()), "user", &user)?;
                add(&mut self.not_pros, user);
            }
            Given::RememberedConsent { user, client, scope } => {
                exists(people::USERS.contains(&user.as_str()), "user", &user)?;
                for (client, scopes) in agreed(clients, client.as_deref(), &scope)? {
                    self.consents.retain(|consent| consent.user != user || consent.client != client);
                    self.consents.push(Consent { user: user.clone(), client, scopes });
                }
            }
        }
        Ok(())
    }

    /// Whether the lead of this negotiation was refunded.
    pub fn is_refunded(&self, negotiation: &str) -> bool {
        self.refunded.iter().any(|id| id == negotiation)
    }

    /// What became of the lead of this negotiation, if that was ordered.
    pub fn status_of(&self, negotiation: &str) -> Option<Status> {
        self.statuses.iter().find(|(id, _)| id == negotiation).map(|(_, status)| *status)
    }

    fn set_status(&mut self, negotiation: String, status: Status) {
        self.statuses.retain(|(id, _)| *id != negotiation);
        self.statuses.push((negotiation, status));
    }

    /// Whether the business of this id was closed.
    pub fn is_closed(&self, business: &str) -> bool {
        self.closed.iter().any(|id| id == business)
    }

    /// Whether the account of `user` is no pro any more.
    fn is_no_pro(&self, user: &str) -> bool {
        self.not_pros.iter().any(|name| name == user)
    }

    /// Whether a business is listed: it was not closed, and its owner is a pro.
    pub fn lists(&self, business: &Business) -> bool {
        !self.is_closed(business.id) && !self.is_no_pro(business.owner)
    }

    /// The scopes that `user` agreed to before for `client`, if it was asked before.
    pub fn remembered(&self, user: &str, client: &str) -> Option<&[&'static str]> {
        let consent = self.consents.iter().find(|consent| consent.user == user && consent.client == client)?;
        Some(&consent.scopes)
    }

    /// Adds what `user` was asked for again and agreed to, if what was agreed to before is remembered.
    pub fn agree_again(&mut self, user: &str, client: &str, scopes: &[&'static str]) {
        let consent = self.consents.iter_mut().find(|consent| consent.user == user && consent.client == client);
        if let Some(consent) = consent {
            for scope in scopes {
                add(&mut consent.scopes, *scope);
            }
        }
    }
}

/// The clients of both environments that `name` means, or all without a name: those that may ask for the scopes in
/// `written`, each with these.
fn agreed(
    clients: &'static Registry,
    name: Option<&str>,
    written: &str,
) -> Result<Vec<(String, Vec<&'static str>)>, String> {
    let all = ENVIRONMENTS.into_iter().flat_map(|environment| clients.of(environment).all());
    let meant: Vec<&Client> = all.filter(|client| name.is_none_or(|name| client.name == name)).collect();
    if let (Some(name), []) = (name, meant.as_slice()) {
        return Err(format!("there is no client `{name}`"));
    }
    let of = |client: &&Client| Ok((client.name.to_owned(), scopes_of(client, written)?));
    let each: Vec<Result<_, String>> = meant.iter().map(of).collect();
    if each.iter().any(Result::is_ok) {
        return Ok(each.into_iter().flatten().collect());
    }
    // What the first one may ask for shows how scopes are written.
    each.into_iter().collect()
}

/// The scopes in `written`, separated by spaces; the error names those that `client` was not given, or says that there
/// is none.
fn scopes_of(client: &Client, written: &str) -> Result<Vec<&'static str>, String> {
    let (mut agreed, mut strange) = (Vec::new(), Vec::new());
    for name in written.split(' ').filter(|name| !name.is_empty()) {
        match client.scope(name) {
            Some(scope) => add(&mut agreed, scope),
            None => strange.push(format!("`{name}`")),
        }
    }
    let may = || format!("the client `{}` may ask for: {}", client.name, client.scopes.join(", "));
    if !strange.is_empty() {
        return Err(format!("nobody can have agreed to {}; {}", strange.join(", "), may()));
    }
    if agreed.is_empty() {
        return Err(format!("`scope` names no scope, and nothing would be agreed to; {}", may()));
    }
    Ok(agreed)
}

/// Adds what is not there yet: the same may be ordered for ever.
fn add<T: PartialEq>(list: &mut Vec<T>, item: T) {
    if !list.contains(&item) {
        list.push(item);
    }
}

fn exists(known: bool, what: &str, name: &str) -> Result<(), String> {
    if known { Ok(()) } else { Err(format!("there is no {what} `{name}`")) }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::mock::control::{ClientMethod, Provisions, Registration, Registrations};

    #[test]
    fn what_is_not_there_cannot_be_changed() {
        let mut changes = Changes::default();
        for (given, what) in
            [(Given::ClosedBusiness("1".to_owned()), "business"), (Given::NotAPro("nobody".to_owned()), "user")]
        {
            assert!(changes.apply(given, Registry::own()).unwrap_err().contains(what));
        }
        let consent = |user: &str, client: &str, scope: &str| Given::RememberedConsent {
            user: user.to_owned(),
            client: Some(client.to_owned()).filter(|client| !client.is_empty()),
            scope: scope.to_owned(),
        };
        assert!(changes.apply(consent("nobody", "supply", "openid"), Registry::own()).unwrap_err().contains("user"));
        assert!(changes.apply(consent("pro", "nobody", "openid"), Registry::own()).unwrap_err().contains("client"));
        for empty in ["", "  "] {
            let told = changes.apply(consent("pro", "supply", empty), Registry::own()).unwrap_err();
            assert!(told.starts_with("`scope` names no scope") && told.contains("supply::users.read"), "{told}");
        }
        let told =
            changes.apply(consent("pro", "supply", "openid nope demand::users.read"), Registry::own()).unwrap_err();
        assert!(
            told.starts_with("nobody can have agreed to `nope`, `demand::users.read`; the client `supply`"),
            "{told}"
        );
        assert_eq!(changes.remembered("pro", "supply"), None);
        changes.apply(consent("pro", "demand", "demand::users.read"), Registry::own()).unwrap();
        changes.apply(consent("pro", "supply", " openid  email openid"), Registry::own()).unwrap();
        assert_eq!(changes.remembered("pro", "supply").unwrap(), ["openid", "email"]);
        assert_eq!(changes.remembered("customer", "supply"), None);
        changes.agree_again("pro", "supply", &["email", "phone", "phone"]);
        changes.agree_again("customer", "supply", &["phone"]);
        assert_eq!(changes.remembered("pro", "supply").unwrap(), ["openid", "email", "phone"]);
        assert_eq!(changes.remembered("customer", "supply"), None);
        changes.apply(consent("customer", "", "supply::users.read"), Registry::own()).unwrap();
        assert_eq!(changes.remembered("customer", "supply").unwrap(), ["supply::users.read"]);
        assert_eq!(changes.remembered("customer", "demand"), None, "it may not ask for that");
        assert!(changes.apply(consent("pro", "", "nope"), Registry::own()).unwrap_err().contains("`nope`"));
    }

    #[test]
    fn a_client_of_production_alone_has_its_consent_remembered() {
        let registration = Registration {
            id: Some("widget".to_owned()),
            auth: ClientMethod::None,
            scopes: Some(vec!["openid".to_owned()]),
            ..Registration::default()
        };
        let production = BTreeMap::from([("widget".to_owned(), registration)]);
        let clients = Registry::provisioned(&Provisions {
            clients: Registrations { production, ..Registrations::default() },
            ..Provisions::default()
        });
        let mut changes = Changes::default();
        let consent = |client: Option<&str>, scope: &str| Given::RememberedConsent {
            user: "pro".to_owned(),
            client: client.map(str::to_owned),
            scope: scope.to_owned(),
        };
        changes.apply(consent(Some("widget"), "openid"), clients).unwrap();
        assert_eq!(changes.remembered("pro", "widget").unwrap(), ["openid"]);
        let told = changes.apply(consent(Some("widget"), "email"), clients).unwrap_err();
        assert!(told.contains("the client `widget` may ask for: openid"), "{told}");
        changes.apply(consent(None, "email openid"), clients).unwrap();
        assert_eq!(changes.remembered("pro", "widget").unwrap(), ["openid"], "it may not ask for that");
        assert_eq!(changes.remembered("pro", "supply").unwrap(), ["email", "openid"]);
    }

    #[test]
    fn a_change_holds_for_what_it_names_alone() {
        let mut changes = Changes::default();
        changes.apply(Given::RefundedLead("1".to_owned()), Registry::own()).unwrap();
        changes.apply(Given::RefundedLead("1".to_owned()), Registry::own()).unwrap();
        assert_eq!(changes.refunded, ["1"]);
        assert!(changes.is_refunded("1") && !changes.is_refunded("2"));
        changes.apply(Given::CanceledLead("1".to_owned()), Registry::own()).unwrap();
        changes.apply(Given::PickedLead("1".to_owned()), Registry::own()).unwrap();
        assert_eq!((changes.status_of("1"), changes.status_of("2")), (Some(Status::Picked), None));
        assert_eq!(changes.statuses.len(), 1);
        let [business, other, _] = people::businesses(Environment::Staging);
        changes.apply(Given::ClosedBusiness(business.id.to_owned()), Registry::own()).unwrap();
        assert!(changes.is_closed(business.id) && !changes.is_closed(other.id));
        changes.apply(Given::NotAPro("pro".to_owned()), Registry::own()).unwrap();
        assert!(changes.is_no_pro("pro") && !changes.is_no_pro("other_pro"));
        let listed = |environment| people::all_businesses(environment).filter(|one| changes.lists(one)).count();
        assert_eq!([listed(Environment::Staging), listed(Environment::Production)], [8, 8]);
    }
}
