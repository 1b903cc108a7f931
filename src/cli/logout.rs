//! `tacktest logout`.

use std::path::Path;
use std::time::Duration;

use secrecy::ExposeSecret;

use crate::config::{Project, TargetDefinition, UrlName};
use crate::oauth::{Login, revoke};
use crate::runtime::OneRuntime;

use super::arguments::LogoutArguments;
use super::exit::{Exit, complain};
use super::logins::{Meant, stored};
use super::places;

/// How long a revocation may take.
const REVOKE_TIMEOUT: Duration = Duration::from_secs(30);

/// Revokes a stored login and removes it.
pub(super) fn logout(folder: Option<&Path>, arguments: &LogoutArguments) -> Exit {
    let done = places::project(folder, None).and_then(|project| {
        let target = places::target(&project, &arguments.of.target)?;
        let ran = OneRuntime::run(done(&project, target, arguments));
        ran.unwrap_or_else(|error| {
            complain(format!("the logout can't be started: {error}"));
            Err(Exit::Usage)
        })
    });
    done.map_or_else(|exit| exit, |()| Exit::Good)
}

async fn done(project: &Project, target: &TargetDefinition, arguments: &LogoutArguments) -> Result<(), Exit> {
    let meant = Meant::of(project, target, &arguments.of).await?;
    let logins = stored(project);
    let mut told = Vec::new();
    let removed = logins.remove(&meant.key, async |login| revoked(&meant, &login, &mut told).await).await;
    let place = logins.place(&meant.key);
    match removed {
        Ok(true) if logins.are_external() => complain(format!("remove what is kept in {place} yourself")),
        Ok(true) => complain(format!("{place} was removed")),
        Ok(false) => {
            complain(format!("no login is stored for {}", meant.key.name()));
            return Err(Exit::Usage);
        }
        Err(reason) => {
            complain(format!("{}; {place} was not removed", meant.scrub(&reason)));
            return Err(Exit::Inconclusive);
        }
    }
    told.into_iter().for_each(complain);
    Ok(())
}

/// Revokes what can be revoked, and puts into `told` what stays valid.
async fn revoked(meant: &Meant, login: &Login, told: &mut Vec<String>) -> Result<(), String> {
    let token = login.refresh_token.as_ref().unwrap_or(&login.access_token);
    meant.sender.scrubber.learn("token", token.expose_secret());
    let environment = &meant.session.environment;
    if let Some(url) = environment.url(UrlName::RevokeUrl) {
        let hint = if login.refresh_token.is_some() { "refresh_token" } else { "access_token" };
        revoke(&meant.sender, url, token, hint, REVOKE_TIMEOUT).await?;
        told.push(format!("the login {} was revoked", meant.key.name()));
        return Ok(());
    }
    let site = environment.url(UrlName::Site).map_or_else(String::new, |site| format!(" at {site}"));
    told.push(format!(
        "target `{}` has no `revoke_url`, so its tokens stay valid until they end: the access token for up to an hour or so, \
         the refresh token for months; the user can disconnect the application in the settings of the account{site}",
        meant.key.target
    ));
    Ok(())
}
