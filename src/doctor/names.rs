//! Whether the names of the target's hosts lead to addresses.

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::net::lookup_host;
use tokio::time::timeout;
use url::{Host, Url};

use crate::config::{Project, TargetDefinition, UrlName};

use super::Line;

/// How long the answer of the resolver is awaited.
const LIMIT: Duration = Duration::from_secs(10);

/// How many addresses of a host are told.
const MOST_TOLD: usize = 2;

/// A line for each host, and whether those lead somewhere without which nothing more can be looked at.
pub(super) async fn check(project: &Project, target: &TargetDefinition) -> (Vec<Line>, bool) {
    let (mut lines, mut usable) = (Vec::new(), true);
    let mut known: BTreeSet<String> = BTreeSet::new();
    for name in [UrlName::Api, UrlName::TokenUrl, UrlName::AuthorizeUrl, UrlName::AuthServer, UrlName::Site] {
        let text = target.urls.get(&name).and_then(|template| template.text(&project.variables).ok());
        // What is no URL is told when the target is made usable.
        let Some(url) = text.and_then(|text| Url::parse(&text).ok()) else { continue };
        let Some(host) = url.host().filter(|host| known.insert(host.to_string())) else { continue };
        let line = one(&host, url.port_or_known_default().unwrap_or(443)).await;
        usable &= line.advice.is_none() || !matches!(name, UrlName::Api | UrlName::TokenUrl);
        lines.push(line);
    }
    (lines, usable)
}

async fn one(host: &Host<&str>, port: u16) -> Line {
    let check = format!("name {host}");
    let Host::Domain(name) = host else { return Line::ok(&check, "it is an address") };
    if *name == "localhost" {
        return Line::ok(&check, "it is this machine");
    }
    let advice = "check the spelling of the host in tacktest.yaml, and that this machine's DNS works";
    match timeout(LIMIT, lookup_host((*name, port))).await {
        Err(_) => Line::outside(&check, format!("the resolver did not answer within {LIMIT:?}"), advice),
        Ok(Err(error)) => Line::outside(&check, format!("it can't be resolved: {error}"), advice),
        Ok(Ok(addresses)) => {
            let addresses: BTreeSet<String> = addresses.map(|address| address.ip().to_string()).collect();
            if addresses.is_empty() {
                return Line::outside(&check, "it has no address", advice);
            }
            let told: Vec<String> = addresses.iter().take(MOST_TOLD).cloned().collect();
            let more = addresses.len() - told.len();
            let more = if more == 0 { String::new() } else { format!(" and {more} more") };
            Line::ok(&check, format!("it leads to {}{more}", told.join(", ")))
        }
    }
}
