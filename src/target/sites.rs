//! Whose site a link leads to.

use std::cmp::Ordering;
use std::sync::LazyLock;

use url::Url;

use crate::config::{Kind, TargetDefinition, UrlName, builtin_targets};
use crate::http::is_loopback;

use super::Environment;

/// The sites that a scenario's links may lead to, and must not.
#[derive(Debug, Default)]
pub struct Sites {
    own: Option<Site>,
    others: Vec<Site>,
}

/// The sites of the built-in targets, with their kinds.
static DOCUMENTED: LazyLock<Vec<(Kind, Url)>> = LazyLock::new(|| {
    let site = |target: &TargetDefinition| Url::parse(target.urls.get(&UrlName::Site)?.as_literal()?).ok();
    builtin_targets().iter().filter_map(|target| Some((target.kind, site(target)?))).collect()
});

#[derive(Debug)]
struct Site {
    url: Url,
    /// Whether the host may be written with `www.` before it, too.
    has_www: bool,
}

/// Where a link leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Leads {
    /// To the site of its own environment.
    Home,
    /// To the site of the other environment.
    Astray,
    /// To a site that both environments have, so that nobody can tell whose it is.
    Shared,
    /// To neither.
    Elsewhere,
}

impl Leads {
    /// The same as seen from the other environment.
    #[must_use]
    pub fn from_other(self) -> Self {
        match self {
            Self::Home => Self::Astray,
            Self::Astray => Self::Home,
            Self::Shared | Self::Elsewhere => self,
        }
    }
}

impl Sites {
    /// The sites of `environment`, and of `other` or, for one that is no mock's, of the built-in target of the other
    /// kind.
    pub(super) fn of(environment: &Environment, other: Option<&Environment>) -> Self {
        let mut others: Vec<Site> = other.and_then(Site::of).into_iter().collect();
        if environment.kind != Kind::Mock {
            let opposite = if environment.kind == Kind::Staging { Kind::Production } else { Kind::Staging };
            let known = DOCUMENTED.iter().filter(|(kind, _)| *kind == opposite);
            others.extend(known.map(|(kind, url)| Site::new(url.clone(), *kind)));
        }
        Self { own: Site::of(environment), others }
    }

    /// Whether the site of the scenario's own environment is known.
    pub fn knows_own(&self) -> bool {
        self.own.is_some()
    }

    /// Whether more than the host of `link` says where it leads: one of the sites is an address on that origin.
    pub fn asks_path(&self, link: &Url) -> bool {
        let mut sites = self.own.iter().chain(&self.others);
        sites.any(|site| is_loopback(&site.url) && site.url.origin() == link.origin())
    }

    /// Where `link` leads. On this machine a site is an address with all below it, and one site can lie below the other;
    /// elsewhere it is a host.
    pub fn leads(&self, link: &Url) -> Leads {
        let own = self.own.as_ref().and_then(|site| site.depth(link));
        let other = self.others.iter().filter_map(|site| site.depth(link)).max();
        match own.cmp(&other) {
            Ordering::Greater => Leads::Home,
            Ordering::Less => Leads::Astray,
            Ordering::Equal if own.is_some() => Leads::Shared,
            Ordering::Equal => Leads::Elsewhere,
        }
    }
}

impl Site {
    fn of(environment: &Environment) -> Option<Self> {
        environment.url(UrlName::Site).map(|url| Self::new(url.clone(), environment.kind))
    }

    /// The documents name staging's host exactly, and production's with and without `www.`.
    fn new(url: Url, kind: Kind) -> Self {
        Self { url, has_www: kind == Kind::Production }
    }

    /// How deep the site lies, if `link` leads there; hosts all lie equally deep.
    fn depth(&self, link: &Url) -> Option<usize> {
        if is_loopback(&self.url) {
            return depth_below(link, &self.url);
        }
        let (site, host) = (self.url.host_str()?, link.host_str()?);
        (host == site || self.has_www && host.strip_prefix("www.") == Some(site)).then_some(0)
    }
}

/// How deep `base` lies, as the length of its path without a `/` at the end, if `url` is `base` or lies below it: with
/// `/a` as base, `/ab` does not.
pub fn depth_below(url: &Url, base: &Url) -> Option<usize> {
    let path = base.path().trim_end_matches('/');
    let rest = url.path().strip_prefix(path).filter(|_| url.origin() == base.origin())?;
    (rest.is_empty() || rest.starts_with('/')).then_some(path.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sites(own: (&str, Kind), others: &[(&str, Kind)]) -> Sites {
        let site = |(url, kind): (&str, Kind)| Site::new(url.parse().unwrap(), kind);
        Sites { own: Some(site(own)), others: others.iter().copied().map(site).collect() }
    }

    #[track_caller]
    fn lead(sites: &Sites, rows: &[(&str, Leads)]) {
        for (link, expected) in rows {
            let link: Url = link.parse().unwrap();
            assert_eq!(sites.leads(&link), *expected, "{link}");
            assert_eq!(sites.asks_path(&link), link.authority() == "127.0.0.1:1" && link.scheme() == "http", "{link}");
        }
    }

    #[test]
    fn real_sites_are_hosts() {
        let (staging, production) =
            (("https://staging-partner.thumbtack.com", Kind::Staging), ("https://thumbtack.com", Kind::Production));
        lead(
            &sites(production, &[staging]),
            &[
                ("https://thumbtack.com/a", Leads::Home),
                ("https://www.thumbtack.com/a", Leads::Home),
                ("https://THUMBTACK.com", Leads::Home),
                ("https://staging-partner.thumbtack.com/a", Leads::Astray),
                ("https://images.thumbtack.com/a", Leads::Elsewhere),
                ("https://example.com/?to=https://staging-partner.thumbtack.com", Leads::Elsewhere),
                ("https://thumbtack.com@example.com/", Leads::Elsewhere),
                ("https://thumbtack.com.example.com/", Leads::Elsewhere),
            ],
        );
        lead(
            &sites(staging, &[production]),
            &[
                ("https://staging-partner.thumbtack.com/a", Leads::Home),
                ("https://www.staging-partner.thumbtack.com/a", Leads::Elsewhere),
                ("https://thumbtack.com/a", Leads::Astray),
                ("https://www.thumbtack.com/a", Leads::Astray),
            ],
        );
    }

    #[test]
    fn a_site_that_both_have_is_neithers() {
        for (site, link) in [
            ("http://127.0.0.1:1/w", "http://127.0.0.1:1/w/a"),
            ("https://example.com/partner/", "https://example.com/a"),
        ] {
            let other = format!("{}/", site.trim_end_matches('/'));
            let both = sites((site, Kind::Staging), &[(&other, Kind::Production)]);
            assert_eq!(both.leads(&link.parse().unwrap()), Leads::Shared, "{link}");
            assert_eq!(both.leads(&"https://www.example.org/".parse().unwrap()), Leads::Elsewhere);
        }
        // How long its path is says nothing of a host.
        let hosts = sites(("https://example.com", Kind::Staging), &[("https://example.com/deep/", Kind::Production)]);
        assert_eq!(hosts.leads(&"https://example.com/a".parse().unwrap()), Leads::Shared);
        assert_eq!(Leads::Shared.from_other(), Leads::Shared);
    }

    #[test]
    fn one_site_can_lie_below_the_other() {
        let (upper, lower) = (("http://127.0.0.1:1/w", Kind::Mock), ("http://127.0.0.1:1/w/production/", Kind::Mock));
        for (link, of_upper, of_lower) in [
            ("http://127.0.0.1:1/w/a", Leads::Home, Leads::Astray),
            ("http://127.0.0.1:1/w", Leads::Home, Leads::Astray),
            ("http://127.0.0.1:1/w/production", Leads::Astray, Leads::Home),
            ("http://127.0.0.1:1/w/production/a?b", Leads::Astray, Leads::Home),
            ("http://127.0.0.1:1/wx", Leads::Elsewhere, Leads::Elsewhere),
            ("http://127.0.0.1:2/w", Leads::Elsewhere, Leads::Elsewhere),
        ] {
            lead(&sites(upper, &[lower]), &[(link, of_upper)]);
            lead(&sites(lower, &[upper]), &[(link, of_lower)]);
        }
    }
}
