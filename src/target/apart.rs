//! Credentials are valid in one environment only: what two environments share is in the wrong place in one of them.

use secrecy::ExposeSecret;

use super::Environment;

/// What a credential is told by, and its value.
type Named<'a> = (String, &'a str);

/// Refuses two environments, of which one at least is real, that share a client's secret or id or a gate's password;
/// the error says which, and holds no value. On this machine they count as one.
pub(super) fn refuse_shared(own: &Environment, other: &Environment) -> Result<(), String> {
    if !own.is_real && !other.is_real {
        return Ok(());
    }
    let shared = |kind: &str, all: fn(&Environment) -> Vec<Named<'_>>| {
        for (of, value) in all(own) {
            if let Some((theirs, _)) = all(other).into_iter().find(|(_, known)| *known == value) {
                return Err(format!(
                    "{of} of target `{}` has the {kind} of {theirs} of `{}`: credentials are valid in one environment \
                     only; correct the one that is not of its own environment",
                    own.name, other.name
                ));
            }
        }
        Ok(())
    };
    shared("secret", secrets)?;
    shared("id", ids)
}

/// The secrets of all clients, and the password of the gate.
fn secrets(environment: &Environment) -> Vec<Named<'_>> {
    let clients = environment.named_clients();
    let clients = clients.map(|(name, client)| (format!("client `{name}`"), client.secret.expose_secret()));
    let gate = environment.gate.iter().map(|gate| ("the gate".to_owned(), gate.password.expose_secret()));
    clients.chain(gate).collect()
}

/// The ids of all clients. The user of a gate can be an everyday word.
fn ids(environment: &Environment) -> Vec<Named<'_>> {
    environment.named_clients().map(|(name, client)| (format!("client `{name}`"), client.id.as_str())).collect()
}
