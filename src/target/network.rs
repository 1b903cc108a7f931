//! How the hosts of a target are reached, with references resolved and files read.

use std::path::{Path, PathBuf};

use secrecy::ExposeSecret;

use crate::config::{NetworkDefinition, TargetDefinition};
use crate::http::{Network, Proxy, Scrubber};
use crate::source::{Scope, Template};

/// The network of `target`; the error says what of it can't be used. A variable that is not set is an error here: to go
/// without a proxy that was asked for would send everything another way.
pub(super) fn network_of(target: &TargetDefinition, references: &dyn Scope) -> Result<Network, String> {
    let mut network = Network::default();
    let Some(defined) = &target.network else { return Ok(network) };
    let about =
        |key: &str, reason: &str| format!("`network.{key}` of target `{}` can't be used: {reason}", target.name);
    let text = |key: &str, template: &Template| {
        let missing = |name: &str| format!("the environment variable `{}` is not set", variable(name));
        template.text(references).map_err(|name| about(key, &missing(&name)))
    };
    if let Some(template) = &defined.proxy {
        let proxy = Proxy::parse(&text("proxy", template)?).map_err(|reason| about("proxy", &reason))?;
        if let Some((_, password)) = proxy.credentials()
            && !Scrubber::can_hide(password.expose_secret())
        {
            let shortest = Scrubber::SHORTEST_SECRET;
            let reason = format!(
                "its password is too short to be kept out of outputs: it must have at least {shortest} characters"
            );
            return Err(about("proxy", &reason));
        }
        network.proxy = Some(proxy);
    }
    let file = |key: &str, template: &Template| {
        let path = defined.folder.join(text(key, template)?);
        let bytes = std::fs::read(&path);
        let bytes = bytes.map_err(|error| about(key, &format!("{} can't be read: {error}", path.display())))?;
        Ok::<(PathBuf, Vec<u8>), String>((path, bytes))
    };
    if let Some(template) = &defined.ca {
        let (path, pem) = file("ca", template)?;
        network.trust(&pem).map_err(|reason| about("ca", &format!("{}: {reason}", path.display())))?;
    }
    if let Some(own) = &defined.client_certificate {
        let (_, certificate) = file("client_certificate.certificate", &own.certificate)?;
        let (path, key) = file("client_certificate.key", &own.key)?;
        refuse_readable(&path).map_err(|reason| about("client_certificate.key", &reason))?;
        network.identify(&certificate, &key).map_err(|reason| about("client_certificate", &reason))?;
    }
    set_timeouts(&mut network, defined);
    Ok(network)
}

fn set_timeouts(network: &mut Network, defined: &NetworkDefinition) {
    let timeouts = &mut network.timeouts;
    timeouts.connect = defined.connect.unwrap_or(timeouts.connect);
    timeouts.answer = defined.answer;
    timeouts.body = defined.body;
}

fn variable(name: &str) -> &str {
    name.strip_prefix("env.").unwrap_or(name)
}

/// Refuses the file of a key that others on this machine can read.
#[cfg(unix)]
fn refuse_readable(path: &Path) -> Result<(), String> {
    use std::os::unix::fs::PermissionsExt;

    let shown = path.display();
    let metadata = std::fs::metadata(path).map_err(|error| format!("{shown} can't be read: {error}"))?;
    let mode = metadata.permissions().mode() & 0o777;
    let others = mode & 0o077;
    if others == 0 {
        return Ok(());
    }
    Err(format!("{shown} is open to others on this machine (mode {mode:o}); type: chmod 600 '{shown}'"))
}

/// Elsewhere than on Unix no mode tells who may read a file.
#[cfg(not(unix))]
fn refuse_readable(_: &Path) -> Result<(), String> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::config::{PROJECT_FILE, Project};

    use super::*;

    fn of(network: &str, files: &[(&str, &str)]) -> Result<Network, String> {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let text = format!("targets: {{ a: {{ kind: staging, api: https://api.example.com/, network: {network} }} }}");
        std::fs::write(folder.path().join(PROJECT_FILE), text).unwrap();
        let project = Project::read(folder.path()).unwrap();
        network_of(project.target("a").unwrap(), &project.variables)
    }

    #[test]
    fn what_is_written_is_read() {
        let network =
            of("{ proxy: \"http://a:fictional-password@127.0.0.1:1\", timeouts: { connect: 1s, body: 2m } }", &[])
                .unwrap();
        assert_eq!(network.proxy.as_ref().unwrap().address(), "127.0.0.1:1");
        let timeouts = network.timeouts;
        assert_eq!((timeouts.connect.as_secs(), timeouts.answer, timeouts.body.unwrap().as_secs()), (1, None, 120));
    }

    #[test]
    fn what_can_t_be_used_is_told_without_secrets() {
        let key = [("cert.pem", "nothing"), ("key.pem", "nothing")];
        for (network, told) in [
            ("{ proxy: \"${env.NEVER_SET}\" }", "`NEVER_SET` is not set"),
            ("{ proxy: \"http://user:pw@127.0.0.1:1\" }", "its password is too short"),
            ("{ ca: missing.pem }", "missing.pem can't be read"),
            ("{ ca: cert.pem }", "holds no certificate"),
            ("{ client_certificate: { certificate: cert.pem, key: missing.pem } }", "missing.pem can't be read"),
        ] {
            let refused = of(network, &key).unwrap_err();
            assert!(refused.contains("of target `a`") && refused.contains(told), "{refused}");
            assert!(!refused.contains("pw"), "{refused}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_key_that_others_can_read_is_refused() {
        use std::os::unix::fs::PermissionsExt;

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.pem");
        std::fs::write(&path, "x").unwrap();
        for (mode, open) in [(0o600, false), (0o400, false), (0o640, true), (0o604, true), (0o644, true)] {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            let refused = refuse_readable(&path);
            assert_eq!(refused.is_err(), open, "{mode:o}");
            assert!(refused.err().is_none_or(|told| told.contains("chmod 600")), "{mode:o}");
        }
    }
}
