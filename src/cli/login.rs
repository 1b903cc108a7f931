//! `tacktest login`.

use std::path::Path;

use crate::config::{Kind, Project, TargetDefinition};
use crate::oauth::{Login, NoRedirect, Person, Wanted, log_in};
use crate::runtime::OneRuntime;

use super::arguments::LoginArguments;
use super::exit::{Exit, complain};
use super::logins::{Meant, stored};
use super::places;

/// The scope that brings a refresh token (`OpenID` Connect Core §11).
const OFFLINE_ACCESS: &str = "offline_access";

/// Logs a user in and keeps the login.
pub(super) fn login(folder: Option<&Path>, arguments: &LoginArguments) -> Exit {
    let done = places::project(folder, None).and_then(|project| {
        let target = places::target(&project, &arguments.of.target)?;
        let ran = OneRuntime::run(done(&project, target, arguments));
        ran.unwrap_or_else(|error| Err(refuse(format!("the login can't be started: {error}"))))
    });
    done.map_or_else(|exit| exit, |()| Exit::Good)
}

async fn done(project: &Project, target: &TargetDefinition, arguments: &LoginArguments) -> Result<(), Exit> {
    let meant = Meant::of(project, target, &arguments.of).await?;
    let is_own = target.users.iter().any(|user| user.name == meant.key.user && user.own_account);
    if target.kind == Kind::Production && !is_own {
        let user = &meant.key.user;
        return Err(refuse(format!(
            "target `{}` is production, where nobody is logged in but the partner: if the account of `{user}` is your own, \
             say so in tacktest.yaml by `users: {{ {user}: {{ own_account: true }} }}`",
            target.name
        )));
    }
    if meant.sender.credentials.redirect_uri.is_none() {
        return Err(refuse(format!(
            "client `{}` of target `{}` has no `redirect_uri`: name the one that it is registered with",
            meant.key.client, target.name
        )));
    }
    let wanted = Wanted {
        user: meant.key.user.clone(),
        scopes: scopes(target, arguments)?,
        audience: meant.session.environment.audience.clone(),
    };
    let logins = stored(project);
    logins.check(&meant.key).await.map_err(refuse)?;
    complain(format!("asking for the scopes {}", wanted.scopes.join(" ")));
    let person = Person { browser: !arguments.no_browser, timeout: arguments.timeout, tell: |text| complain(text) };
    let login = log_in(&meant.sender, &person, &wanted).await.map_err(|why| match why {
        NoRedirect::Unusable(reason) => refuse(meant.scrub(&reason)),
        NoRedirect::Missing(reason) => {
            complain(format!("not logged in: {}", meant.scrub(&reason)));
            Exit::Inconclusive
        }
    })?;
    logins
        .keep(&meant.key, &login)
        .await
        .map_err(|problem| refuse(format!("logged in, but the login can't be kept and is of no use: {problem}")))?;
    complain(format!("the login {} is kept in {}", meant.key.name(), logins.place(&meant.key)));
    warnings(&login, &wanted.scopes).into_iter().for_each(complain);
    Ok(())
}

/// The scopes to ask for.
fn scopes(target: &TargetDefinition, arguments: &LoginArguments) -> Result<Vec<String>, Exit> {
    if let Some(scopes) = &arguments.scope {
        let scopes: Vec<String> = scopes.split_whitespace().map(str::to_owned).collect();
        return if scopes.is_empty() { Err(refuse("`--scope` names no scope".to_owned())) } else { Ok(scopes) };
    }
    let client = &arguments.of.client;
    let mut scopes = target.clients.get(client).map(|client| client.scopes.clone()).unwrap_or_default();
    if scopes.is_empty() {
        return Err(refuse(format!(
            "tacktest.yaml does not say which scopes client `{client}` of target `{}` was given: write them as `scopes: […]` \
             there, or as `--scope \"…\"` here",
            target.name
        )));
    }
    if !scopes.iter().any(|scope| scope == OFFLINE_ACCESS) {
        scopes.insert(0, OFFLINE_ACCESS.to_owned());
    }
    Ok(scopes)
}

/// What is not as it was asked for.
fn warnings(login: &Login, asked: &[String]) -> Vec<String> {
    let without = |some: &[String], others: &[String]| {
        let left: Vec<&str> = some.iter().filter(|scope| !others.contains(scope)).map(String::as_str).collect();
        (!left.is_empty()).then(|| left.join(" "))
    };
    let without_refresh = login.refresh_token.is_none().then(|| {
        "no refresh token came, so that this login ends with its access token; ask for the scope `offline_access`"
            .to_owned()
    });
    let refused =
        without(asked, &login.scopes).map(|scopes| format!("these scopes were asked for and not granted: {scopes}"));
    let more = without(&login.scopes, asked)
        .map(|scopes| format!("these scopes were granted without being asked for: {scopes}"));
    [without_refresh, refused, more].into_iter().flatten().map(|text| format!("warning: {text}")).collect()
}

fn refuse(reason: String) -> Exit {
    complain(reason);
    Exit::Usage
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_difference_is_warned_about() {
        let scopes = |all: &str| all.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let login = |granted: &str, refresh: Option<&str>| Login {
            refresh_token: refresh.map(Into::into),
            access_token: "fictional".into(),
            expires_at: None,
            scopes: scopes(granted),
            obtained: jiff::Timestamp::UNIX_EPOCH,
            refreshing_since: None,
        };
        assert!(warnings(&login("b a", Some("fictional")), &scopes("a b")).is_empty());
        let told = warnings(&login("b c", None), &scopes("a b"));
        assert!(matches!(&told[..], [refresh, refused, more]
            if refresh.contains("no refresh token") && refused.ends_with("not granted: a") && more.ends_with("asked for: c")));
    }
}
