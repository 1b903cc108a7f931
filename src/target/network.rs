//! How the hosts of a target are reached, with references resolved and files read.

use std::path::PathBuf;

use secrecy::ExposeSecret;

use crate::config::{NetworkDefinition, TargetDefinition, Variables};
use crate::http::{Network, Proxy, Scrubber};
use crate::source::{Access, LARGEST_FILE, Template, read_whole};

/// The network of `target`; the error says what of it can't be used. A variable that is not set is an error here: to go
/// without a proxy that was asked for would send everything another way.
pub(super) fn network_of(target: &TargetDefinition, variables: &Variables) -> Result<Network, String> {
    let mut network = Network::default();
    let Some(defined) = &target.network else { return Ok(network) };
    let about =
        |key: &str, reason: &str| format!("`network.{key}` of target `{}` can't be used: {reason}", target.name);
    let text = |key: &str, template: &Template| {
        let missing = |name: &str| format!("the environment variable `{}` is not set", variable(name));
        template.text(variables).map_err(|name| about(key, &missing(&name)))
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
    let file = |key: &str, template: &Template, access: Access| {
        let path = variables.path_of(&text(key, template)?);
        let bytes = read_whole(&path, LARGEST_FILE, access);
        let bytes = bytes.map_err(|unread| about(key, &format!("{} {unread}", path.display())))?;
        Ok::<(PathBuf, Vec<u8>), String>((path, bytes))
    };
    if let Some(template) = &defined.ca {
        let (path, pem) = file("ca", template, Access::Public)?;
        network.trust(&pem).map_err(|reason| about("ca", &format!("{}: {reason}", path.display())))?;
    }
    if let Some(own) = &defined.client_certificate {
        let (_, certificate) = file("client_certificate.certificate", &own.certificate, Access::Public)?;
        let (_, key) = file("client_certificate.key", &own.key, Access::Private)?;
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
        let variables = "SHORT=http://user:pw@127.0.0.1:1\nLONG=http://a:fictional-password@127.0.0.1:1\n";
        std::fs::write(folder.path().join(".env"), variables).unwrap();
        let project = Project::read(folder.path()).unwrap();
        network_of(project.target("a").unwrap(), &project.variables)
    }

    #[test]
    fn what_is_written_is_read() {
        let network = of("{ proxy: \"${env.LONG}\", timeouts: { connect: 1s, body: 2m } }", &[]).unwrap();
        assert_eq!(network.proxy.as_ref().unwrap().address(), "127.0.0.1:1");
        let timeouts = network.timeouts;
        assert_eq!((timeouts.connect.as_secs(), timeouts.answer, timeouts.body.unwrap().as_secs()), (1, None, 120));
    }

    #[test]
    fn what_can_t_be_used_is_told_without_secrets() {
        let key = [("cert.pem", "nothing"), ("key.pem", "nothing")];
        for (network, told) in [
            ("{ proxy: \"${env.NEVER_SET}\" }", "`NEVER_SET` is not set"),
            ("{ proxy: \"${env.SHORT}\" }", "its password is too short"),
            ("{ ca: missing.pem }", "missing.pem can't be read"),
            ("{ ca: cert.pem }", "holds no certificate"),
            ("{ client_certificate: { certificate: cert.pem, key: missing.pem } }", "missing.pem can't be read"),
        ] {
            let refused = of(network, &key).unwrap_err();
            assert!(refused.contains("of target `a`") && refused.contains(told), "{refused}");
            assert!(!refused.contains(":pw"), "{refused}");
        }
    }

    #[test]
    fn files_are_named_from_the_project_or_by_the_users_home() {
        let home = std::env::home_dir().unwrap();
        let refused = of("{ ca: ~/no-such-folder/ca.pem }", &[]).unwrap_err();
        assert!(refused.contains(&home.join("no-such-folder/ca.pem").display().to_string()), "{refused}");
        assert!(of("{ ca: certificates }", &[("certificates", "")]).unwrap_err().contains("holds no certificate"));
    }

    #[test]
    fn what_is_no_file_of_certificates_is_refused_and_not_waited_for() {
        let large = "x".repeat(2_000_000);
        assert!(of("{ ca: a.pem }", &[("a.pem", &large)]).unwrap_err().contains("a.pem has more than 1024 KiB"));
        assert!(of("{ ca: . }", &[]).unwrap_err().contains("is no regular file"));
    }
}
