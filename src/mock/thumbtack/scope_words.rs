//! Scopes in plain words, as a user reads them before agreeing. The words are the mock's own.

const WORDS: [(&str, &str); 36] = [
    ("supply::users.read", "See your name, e-mail address and phone number"),
    ("supply::users.disconnect", "End this connection to your account"),
    ("supply::businesses.list", "See your businesses"),
    ("supply::negotiations.read", "See your leads and bookings"),
    ("supply::negotiations.write", "Change the status of your jobs"),
    ("supply::messages.read", "Read your messages with customers"),
    ("supply::messages.write", "Send messages to customers as you"),
    ("supply::webhooks.read", "See where it is told of news about your account"),
    ("supply::webhooks.write", "Choose where it is told of news about your account"),
    ("supply::businesses/associate-phone-numbers.read", "See the phone numbers of your businesses"),
    ("supply::businesses/associate-phone-numbers.write", "Change the phone numbers of your businesses"),
    ("supply::associate-phone-numbers.read", "See the phone numbers of your businesses"),
    ("supply::associate-phone-numbers.write", "Change the phone numbers of your businesses"),
    ("demand::businesses/search.read", "Search for businesses"),
    ("demand::businesses/reviews.read", "See reviews of businesses"),
    ("demand::businesses/media.read", "See pictures of businesses"),
    ("demand::categories.read", "See the categories of services"),
    ("demand::categories/request-form.read", "See the questions of request forms"),
    ("demand::keywords.read", "Search for services by words"),
    ("demand::requests.write", "Send requests to businesses as you"),
    ("demand::negotiations.read", "See your requests and bookings"),
    ("demand::messages.read", "Read your messages with businesses"),
    ("demand::messages.write", "Send messages to businesses as you"),
    ("demand::users.read", "See your name, e-mail address and phone number"),
    ("demand::users.write", "Change your account"),
    ("demand::users.disconnect", "End this connection to your account"),
    ("demand::webhooks.read", "See where it is told of news about your account"),
    ("demand::webhooks.write", "Choose where it is told of news about your account"),
    ("demand::orders.read", "See your orders"),
    ("demand::orders.write", "Place and change orders as you"),
    ("demand::orders/availability.read", "See when services can be had"),
    ("openid", "Know which account is yours"),
    ("profile", "See your name, your picture and your time zone"),
    ("email", "See your e-mail address"),
    ("phone", "See your phone number"),
    ("offline_access", "Keep its access while you are away"),
];

/// What a scope allows, as it completes "asks to". Clients ask for no scope that has no words.
pub fn of(scope: &str) -> &'static str {
    WORDS.iter().find(|(name, _)| *name == scope).map_or("Have access", |(_, words)| words)
}

/// All scopes that there are.
pub fn known() -> impl Iterator<Item = &'static str> {
    WORDS.iter().map(|(name, _)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mock::{site::Environment, thumbtack::clients::Registry};

    #[test]
    fn every_scope_of_a_client_has_words_and_every_word_a_scope() {
        let of = |environment| Registry::own().of(environment).all();
        let clients = [Environment::Staging, Environment::Production].into_iter().flat_map(of);
        let scopes: Vec<&str> = clients.flat_map(|client| client.scopes).copied().collect();
        for scope in &scopes {
            assert!(WORDS.iter().any(|(name, _)| name == scope), "{scope}");
        }
        for (name, _) in WORDS {
            assert!(scopes.contains(&name), "{name}");
        }
    }
}
