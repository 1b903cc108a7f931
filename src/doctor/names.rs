//! Whether the names of the target's hosts lead to addresses.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tokio::net::lookup_host;
use tokio::time::timeout;
use url::{Host, Url};

use crate::config::{Project, TargetDefinition, UrlName};
use crate::http::{Network, Proxy};

use super::Line;

/// How long the answer of the resolver is awaited.
const LIMIT: Duration = Duration::from_secs(10);

/// How many addresses of a host are told.
const MOST_TOLD: usize = 2;

/// A line for each host, and whether those lead somewhere without which nothing more can be looked at. What a proxy
/// resolves is not looked up here, where it may be unknown; the proxy itself is.
pub(super) async fn check(project: &Project, target: &TargetDefinition) -> (Vec<Line>, bool) {
    let (mut lines, mut usable) = (Vec::new(), true);
    let mut known: BTreeMap<String, bool> = BTreeMap::new();
    let Ok(network) = network(project, target) else {
        let why = "`network.proxy`, which is to resolve the names, can't be used";
        return (vec![Line::skipped("names", why)], true);
    };
    for name in [UrlName::Api, UrlName::TokenUrl, UrlName::AuthorizeUrl, UrlName::AuthServer, UrlName::Site] {
        let text = target.urls.get(&name).and_then(|template| template.text(&project.variables).ok());
        // What is no URL is told when the target is made usable.
        let Some(url) = text.and_then(|text| Url::parse(&text).ok()).filter(Url::has_host) else { continue };
        let proxy = network.proxy_before(&url);
        if let Some(proxy) = &proxy
            && matches!(url.host(), Some(Host::Domain(_)))
            && known.insert(host(&url), true).is_none()
        {
            lines.push(Line::skipped(&format!("name {}", host(&url)), format!("the proxy {proxy} resolves it")));
        }
        let asked = proxy.map_or(Some(url), |proxy| Url::parse(&format!("http://{proxy}/")).ok());
        let Some(asked) = asked.filter(Url::has_host) else { continue };
        let leads = if let Some(leads) = known.get(&host(&asked)) {
            *leads
        } else {
            let line = one(&asked).await;
            let leads = line.advice.is_none();
            known.insert(host(&asked), leads);
            lines.push(line);
            leads
        };
        usable &= leads || !matches!(name, UrlName::Api | UrlName::TokenUrl);
    }
    (lines, usable)
}

/// By which proxy the hosts of `target` are reached; the error is told when the target is made usable.
fn network(project: &Project, target: &TargetDefinition) -> Result<Network, String> {
    let proxy = target.network.as_ref().and_then(|network| network.proxy.as_ref());
    let proxy = proxy.map(|template| Proxy::parse(&template.text(&project.variables)?)).transpose()?;
    let mut network = Network::default();
    network.proxy = proxy;
    Ok(network)
}

fn host(url: &Url) -> String {
    url.host_str().unwrap_or_default().to_owned()
}

async fn one(url: &Url) -> Line {
    let check = format!("name {}", host(url));
    let Some(Host::Domain(name)) = url.host() else { return Line::ok(&check, "it is an address") };
    if name == "localhost" {
        return Line::ok(&check, "it is this machine");
    }
    let advice = "check the spelling of the host in tacktest.yaml, and that this machine's DNS works";
    match timeout(LIMIT, lookup_host((name, url.port_or_known_default().unwrap_or(443)))).await {
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
