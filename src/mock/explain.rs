//! Says in words, for the journal, why a token or a client was not accepted, where more is known than may be answered.
//!
//! Only asked about refusals, so it may look things up again. It names values and never tells them.

use http::{HeaderMap, header::AUTHORIZATION};

use super::{
    issued::{Issued, Kind},
    journal::Decision,
    ledger::{Access, AccessToken, Ledger, Lineage},
    recent::Key,
    resource::bearer,
    site::{Environment, Site},
    thumbtack::clients::{Client, Directory},
};

/// The longest unknown scope, in bytes, that is compared with the known ones: comparing takes the square of the length.
pub const LONGEST_SCOPE: usize = 100;

/// A span of time in its largest unit, such as `3 s`.
pub fn span(milliseconds: i64) -> String {
    const UNITS: [(i64, &str); 4] = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "min"), (1_000, "s")];
    let found = UNITS.iter().find(|(length, _)| milliseconds >= 2 * length || *length == 1_000);
    found.map_or_else(String::new, |(length, unit)| format!("{} {unit}", milliseconds / length))
}

/// Why the bearer token of a request is not active, and whose it is as far as that is known.
pub fn no_bearer(site: &Site, headers: &HeaderMap) -> Decision {
    let why = match (bearer(headers), headers.get(AUTHORIZATION)) {
        (Some(token), _) => return inactive(site, token),
        (None, Some(_)) => "the Authorization header does not say `Bearer TOKEN`",
        (None, None) => "there is no Authorization header",
    };
    Decision { why: Some(why.into()), ..Decision::default() }
}

/// Why a token is not active, and whose it is as far as that is known.
pub fn inactive(site: &Site, token: &str) -> Decision {
    let mut decision = Decision::default();
    if token.is_empty() {
        decision.because("there is no token");
        return decision;
    }
    let now = site.world.clock.now();
    let mut state = site.world.state();
    let ledger = state.ledger(site.environment);
    let why = match (ledger.access_tokens.get(Key::of(token)), ledger.known(token)) {
        (Some(access), _) => {
            decision.presented(access.name, &access.lineage);
            ended(ledger, access, now)
        }
        (None, Some((name, lineage))) => {
            decision.presented(name, lineage);
            format!("the value is {}, no access token: {name}", name.kind.words())
        }
        (None, None) => elsewhere(site, state.ledger(other(site.environment)), token),
    };
    decision.because(why);
    decision
}

/// Why an access token that is known is not active.
fn ended(ledger: &Ledger, token: &AccessToken, now: i64) -> String {
    let AccessToken { name, lineage, expires_at, active, .. } = token;
    if let Some(ending) = lineage.grant.ending() {
        let ago = span(now - ending.at);
        return format!("{name} is of grant {}, which was revoked {ago} ago: {}", lineage.grant.number, ending.why);
    }
    if now >= *expires_at {
        return format!("{name} expired {} ago", span(now - expires_at));
    }
    if !active {
        let successor = ledger.refreshed_from(*name).map_or_else(String::new, |refresh| format!(", {refresh},"));
        return format!("{name} ended when the refresh token that came with it{successor} was used");
    }
    format!("{name} ended when its grant was refreshed, as the grace is 0 s")
}

/// Of whom an unknown value may be.
fn elsewhere(site: &Site, other_ledger: &Ledger, value: &str) -> String {
    if let Some((name, _)) = other_ledger.known(value) {
        let [here, there] = [site.environment, other(site.environment)].map(Environment::name);
        return format!("the value is {name} of {there}, and the request went to {here}");
    }
    let kinds = [("ory_ac_", Kind::Code), ("ory_at_", Kind::Access), ("eyJ", Kind::Access), ("ory_rt_", Kind::Refresh)];
    match kinds.iter().find(|(prefix, _)| value.starts_with(prefix)) {
        Some((_, kind)) => {
            format!("the value looks like {} and was not issued in this world, or is long forgotten", kind.words())
        }
        None => "the value was never issued in this world".to_owned(),
    }
}

/// Why a code or refresh token that was to be exchanged is not known as one.
pub fn unknown(site: &Site, wanted: Kind, value: &str) -> String {
    if value.is_empty() {
        return format!("there is no {}", if wanted == Kind::Code { "`code`" } else { "`refresh_token`" });
    }
    let mut state = site.world.state();
    if let Some((name, _)) = state.ledger(site.environment).known(value) {
        return format!("the value is {}, not {}: {name}", name.kind.words(), wanted.words());
    }
    elsewhere(site, state.ledger(other(site.environment)), value)
}

/// Why a client id is unknown.
pub fn unknown_client(clients: Directory, id: &[u8]) -> String {
    let [here, there] = [clients, clients.other()].map(|clients| clients.environment().name());
    if let Some(client) = clients.other().find(id) {
        return format!("this client id is of {there} ({}), and the request went to {here}", client.name);
    }
    if let Some(client) = clients.all().iter().find(|client| client.name.as_bytes() == id) {
        return format!("`{}` is the name of a client here; its id is {}", client.name, client.id);
    }
    let known: Vec<String> = clients.all().iter().map(|client| format!("{} ({})", client.id, client.name)).collect();
    format!("no client of {here} has this id; there are {}", known.join(" and "))
}

/// Why the secret of a client is wrong.
pub fn wrong_secret(clients: Directory, client: &Client, secret: &[u8]) -> String {
    let name = client.name;
    if secret.is_empty() {
        return format!("the client is {name}, and it sent no secret");
    }
    let owner = [clients, clients.other()]
        .into_iter()
        .flat_map(|of| of.all().iter().map(move |client| (of.environment(), client)))
        .find(|(_, client)| client.secret.as_bytes() == secret);
    match owner {
        Some((of, owner)) => {
            format!("the client is {name}, and the secret is that of {} of {}", owner.name, of.name())
        }
        None => format!("the client is {name}, and its secret is wrong"),
    }
}

/// Why a part of HTTP Basic is not decodable.
pub fn undecodable(clients: Directory, part: &[u8]) -> &'static str {
    let right = clients.all().iter().any(|client| client.secret.as_bytes() == part);
    if right {
        "the secret is right, and it must be form-encoded before base64 (RFC 6749 §2.3.1)"
    } else {
        "both parts of HTTP Basic must be form-encoded before base64 (RFC 6749 §2.3.1)"
    }
}

/// Why a client may not ask for a scope.
pub fn scope(client: &Client, clients: Directory, scope: &str) -> String {
    if scope.contains([',', ';']) {
        return "scopes are separated by spaces, and by nothing else".to_owned();
    }
    if let Some(owner) = clients.all().iter().find(|owner| owner.scopes.contains(&scope)) {
        return format!("the scope is the client {}'s, and {} asks for it", owner.name, client.name);
    }
    if scope.len() > LONGEST_SCOPE {
        return "there is no such scope".to_owned();
    }
    let nearest =
        client.scopes.iter().max_by(|a, b| strsim::jaro_winkler(a, scope).total_cmp(&strsim::jaro_winkler(b, scope)));
    format!("there is no such scope; the nearest is {}", nearest.copied().unwrap_or("none"))
}

/// Fills in what a value tells that was to be exchanged or revoked.
pub fn presented(site: &Site, value: &str, decision: &mut Decision) {
    if let Some((name, lineage)) = site.world.state().ledger(site.environment).known(value) {
        decision.presented(name, lineage);
    }
}

impl Decision {
    /// The decision on a request that an access token opens.
    pub fn of(access: &Access) -> Self {
        let authority = &access.grant.authority;
        Self {
            client: Some(authority.client.name),
            user: authority.user.map(|user| user.name),
            grant: Some(access.grant.number),
            used: Some(access.name),
            from: access.from,
            ..Self::default()
        }
    }

    /// Says which value was presented, and to whom it was issued. Who presents it may be somebody else.
    fn presented(&mut self, name: Issued, lineage: &Lineage) {
        let authority = lineage.authority();
        self.client.get_or_insert(authority.client.name);
        self.user = authority.user.map(|user| user.name);
        self.grant = Some(lineage.grant.number);
        self.used = Some(name);
        self.from = lineage.from;
    }
}

fn other(environment: Environment) -> Environment {
    match environment {
        Environment::Staging => Environment::Production,
        Environment::Production => Environment::Staging,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mock::thumbtack::clients::Registry;

    #[test]
    fn spans_are_told_in_their_largest_unit() {
        let told = [0, 1_999, 119_000, 120_000, 7_199_000, 7_200_000, 172_800_000].map(span);
        assert_eq!(told, ["0 s", "1 s", "119 s", "2 min", "119 min", "2 h", "2 d"]);
    }

    #[test]
    fn a_client_is_told_where_it_belongs() {
        let clients = Registry::own().of(Environment::Staging);
        let [supply, demand] = clients.all() else { panic!("two clients") };
        let production = &clients.other().all()[0];
        let unknown = |id: &str| unknown_client(clients, id.as_bytes());
        assert!(unknown(production.id).contains("of production (supply)"));
        assert!(unknown("supply").contains(supply.id));
        assert!(unknown("x").contains(demand.id));
        let wrong = |secret: &str| wrong_secret(clients, supply, secret.as_bytes());
        assert!(wrong("").contains("no secret"));
        assert!(wrong(demand.secret).contains("that of demand of staging"));
        assert!(wrong(production.secret).contains("that of supply of production"));
        assert!(wrong("x").ends_with("its secret is wrong"));
        let scoped = |asked: &str| scope(supply, clients, asked);
        assert!(scoped("openid,email").contains("spaces"));
        assert!(scoped("demand::keywords.read").contains("demand's"));
        assert!(scoped("supply::message.read").ends_with("supply::messages.read"));
        assert!(scoped(&"supply::message.read".repeat(50_000)).ends_with("no such scope"));
    }
}
