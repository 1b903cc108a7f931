//! Where a request goes, as far as its URL tells before the run.

use url::Url;

use crate::config::UrlName;
use crate::source::{Piece, Template};

/// Whose URL it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// The environment that the scenario speaks of.
    This,
    /// The second one, `other.`.
    Other,
}

impl Side {
    /// What the names of this side begin with.
    pub(super) fn prefix(self) -> &'static str {
        match self {
            Self::This => "",
            Self::Other => "other.",
        }
    }
}

/// What the template of a URL tells about the place to which a request goes.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Destination {
    /// An operation of the API: the path below its base, without the query.
    Api(String),
    /// One of the OAuth URLs itself, and the query that is written in the URL.
    OAuth {
        /// Whose it is.
        side: Side,
        /// Which one.
        url: UrlName,
        /// What follows the `?`; placeholders stand in it as they were written.
        query: String,
    },
    /// Somewhere at the authorization server.
    AuthorizationServer(Side),
    /// A place that the template alone does not tell.
    Unknown,
}

impl Destination {
    /// The destination of `url`, a path below the API base or a URL.
    pub(super) fn of(url: &Template) -> Self {
        match &*url.pieces {
            // What begins with a `/` is a path, whatever follows; a text is a URL if it has a scheme.
            [Piece::Literal(first), rest @ ..]
                if first.starts_with('/') || (rest.is_empty() && !first.contains("://")) =>
            {
                below_api(&spelled(&url.pieces))
            }
            [Piece::Placeholder { name, .. }, rest @ ..] => named(name, rest),
            _ => Self::Unknown,
        }
    }
}

/// The destination of a URL that begins with the placeholder `name`.
fn named(name: &str, rest: &[Piece]) -> Destination {
    let (side, name) = name.strip_prefix("other.").map_or((Side::This, name), |name| (Side::Other, name));
    let Some(word) = name.strip_prefix("target.") else { return Destination::Unknown };
    let Some((_, url)) = UrlName::WORDS.iter().find(|(known, _)| *known == word) else { return Destination::Unknown };
    let rest = spelled(rest);
    match url {
        UrlName::Api => below_api(&rest),
        UrlName::Site => Destination::Unknown,
        UrlName::AuthServer => Destination::AuthorizationServer(side),
        UrlName::AuthorizeUrl | UrlName::TokenUrl | UrlName::RevokeUrl | UrlName::JwksUrl | UrlName::UserinfoUrl => {
            match rest.strip_prefix('?').or_else(|| rest.is_empty().then_some("")) {
                Some(query) => Destination::OAuth { side, url: *url, query: query.to_owned() },
                // What else follows can make another URL of it, such as `/../revoke`.
                None => Destination::AuthorizationServer(side),
            }
        }
    }
}

/// The operation at `path`, unless `..` leads out of the API.
fn below_api(path: &str) -> Destination {
    // A base in place of the target's, so that the path is read as it is when it is sent.
    const BASE: &str = "http://api.invalid/base/";
    let whole = format!("{BASE}{}", path.trim_start_matches('/'));
    let path = Url::parse(&whole).ok().and_then(|url| {
        let below = url.path().strip_prefix("/base")?;
        (below.is_empty() || below.starts_with('/')).then(|| below.to_owned())
    });
    path.map_or(Destination::Unknown, Destination::Api)
}

/// The pieces as they were written.
pub(super) fn spelled(pieces: &[Piece]) -> String {
    pieces
        .iter()
        .map(|piece| match piece {
            Piece::Literal(text) => text.to_string(),
            Piece::Placeholder { name, .. } => format!("${{{name}}}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::source::Place;

    use super::*;

    fn destination(url: &str) -> Destination {
        Destination::of(&Template::parse(url, Place::start_of(0)).unwrap())
    }

    #[test]
    fn a_path_is_one_of_the_api_unless_it_leads_out() {
        for (url, path) in [
            ("/v4/a", "/v4/a"),
            ("v4/a?b=c#d", "/v4/a"),
            ("", "/"),
            ("/v4/${x}/b", "/v4/$%7Bx%7D/b"),
            ("/v4/a/../b", "/v4/b"),
            ("/https://elsewhere.example/a", "/https://elsewhere.example/a"),
            ("${target.api}v4/a", "/v4/a"),
            ("${other.target.api}/v4/a", "/v4/a"),
        ] {
            assert_eq!(destination(url), Destination::Api(path.to_owned()), "{url}");
        }
        for url in ["/../oauth2/token", "/v4/..\\..\\../a", "/%2e%2E/a", "/.\t./a", "${target.api}../a", "/../based/a"]
        {
            assert_eq!(destination(url), Destination::Unknown, "{url}");
        }
    }

    #[test]
    fn an_oauth_url_is_its_placeholder_and_a_query_and_nothing_else() {
        let oauth = |side, url, query: &str| Destination::OAuth { side, url, query: query.to_owned() };
        for (url, expected) in [
            ("${target.token_url}", oauth(Side::This, UrlName::TokenUrl, "")),
            ("${target.revoke_url}?a=${b}", oauth(Side::This, UrlName::RevokeUrl, "a=${b}")),
            ("${other.target.userinfo_url}", oauth(Side::Other, UrlName::UserinfoUrl, "")),
            ("${target.token_url}/../revoke", Destination::AuthorizationServer(Side::This)),
            ("${target.token_url}${x}", Destination::AuthorizationServer(Side::This)),
            ("${other.target.token_url}#a", Destination::AuthorizationServer(Side::Other)),
            ("${target.auth_server}", Destination::AuthorizationServer(Side::This)),
            ("${other.target.auth_server}oauth2/revoke", Destination::AuthorizationServer(Side::Other)),
        ] {
            assert_eq!(destination(url), expected, "{url}");
        }
    }

    #[test]
    fn what_the_template_does_not_tell_is_unknown() {
        for url in [
            "${where}",
            "${where}/v4/a",
            "http${x}",
            "v4/${x}",
            " ${target.token_url}",
            "https://auth.example.com/oauth2/token",
            "${targets.staging.token_url}",
            "${target.site}",
            "${target.audience}",
            "${client.redirect_uri}",
        ] {
            assert_eq!(destination(url), Destination::Unknown, "{url}");
        }
    }
}
