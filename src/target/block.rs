//! How an answer tells that something before the API keeps requests away.

use std::fmt;

use crate::http::Response;

/// What keeps requests from here away. What it means for a run is said where it is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Block {
    /// 202: a web application firewall wants a browser to prove itself.
    Challenge,
    /// 403 without the problem document that the API itself would write (RFC 9457).
    Forbidden,
    /// 429: too many requests (RFC 6585 §4).
    TooMany,
    /// 451: refused by country (RFC 7725).
    Country,
}

impl Block {
    /// The block that `response` is, if it is one.
    pub fn of(response: &Response) -> Option<Self> {
        match response.status {
            202 if is_challenge(response) => Some(Self::Challenge),
            403 if response.media_type().as_deref() != Some("application/problem+json") => Some(Self::Forbidden),
            429 => Some(Self::TooMany),
            451 => Some(Self::Country),
            _ => None,
        }
    }
}

impl fmt::Display for Block {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Challenge => "202, the challenge of a web application firewall",
            Self::Forbidden => "403 without a problem document",
            Self::TooMany => "429, too many requests",
            Self::Country => "451, refused by country",
        })
    }
}

/// A challenge has the header of AWS WAF, or no answer for a program: none at all, or a page.
fn is_challenge(response: &Response) -> bool {
    response.header("x-amzn-waf-action").is_some()
        || response.body.is_empty()
        || response.media_type().as_deref() == Some("text/html")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_told_from_an_answer() {
        let of = |status, headers: &[(&str, &str)], body: &'static str| {
            let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            Block::of(&Response::new(status, headers, body))
        };
        let (json, html) = ([("content-type", "application/json")], [("content-type", "text/html; charset=utf-8")]);
        assert_eq!(of(202, &json, "{}"), None);
        assert_eq!(of(202, &json, ""), Some(Block::Challenge));
        assert_eq!(of(202, &html, "<p>"), Some(Block::Challenge));
        assert_eq!(of(202, &[("x-amzn-waf-action", "challenge"), json[0]], "{}"), Some(Block::Challenge));
        assert_eq!(of(403, &json, "{}"), Some(Block::Forbidden));
        assert_eq!(of(403, &[("content-type", "application/problem+json")], "{}"), None);
        assert_eq!(of(429, &json, "{}"), Some(Block::TooMany));
        assert_eq!(of(451, &json, "{}"), Some(Block::Country));
        assert_eq!(of(500, &html, ""), None);
    }
}
