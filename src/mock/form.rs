//! Form-encoded parameters as Go's standard library reads them, because Hydra does: a bad escape or a semicolon is an
//! error, the first of repeated values wins, and the body's values come before the query's.

use percent_encoding::percent_decode;

/// Parameters in the order in which they came.
#[derive(Debug, Default)]
pub struct Parameters(Vec<(String, String)>);

/// The text is not decodable.
#[derive(Debug, PartialEq)]
pub struct Undecodable;

impl Parameters {
    /// Reads `application/x-www-form-urlencoded` bytes.
    pub fn parse(bytes: &[u8]) -> Result<Self, Undecodable> {
        let mut pairs = Vec::new();
        for pair in bytes.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
            if pair.contains(&b';') {
                return Err(Undecodable);
            }
            let middle = pair.iter().position(|byte| *byte == b'=').unwrap_or(pair.len());
            let value = pair.get(middle + 1..).unwrap_or_default();
            pairs.push((text(&pair[..middle])?, text(value)?));
        }
        Ok(Self(pairs))
    }

    /// Reads the text parts of a `multipart/form-data` body; what has no name is passed over.
    pub fn parse_multipart(body: &[u8], boundary: &str) -> Self {
        let body = String::from_utf8_lossy(body);
        let mut pairs = Vec::new();
        for part in body.split(&format!("--{boundary}")).skip(1) {
            let Some((head, value)) = part.split_once("\r\n\r\n") else { continue };
            let name = head.split("; ").find_map(|item| item.trim_end().strip_prefix("name=\""));
            let name = name.and_then(|name| name.split('"').next());
            if let Some(name) = name {
                pairs.push((name.to_owned(), value.strip_suffix("\r\n").unwrap_or(value).to_owned()));
            }
        }
        Self(pairs)
    }

    /// Puts `more` behind what is here.
    pub fn append(&mut self, more: Self) {
        self.0.extend(more.0);
    }

    /// Whether there is no parameter at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The first value of `name`, or empty text.
    pub fn first(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// All values of `name`.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// Decodes `+` and percent escapes; an escape without two hexadecimal digits is an error.
pub fn decode(bytes: &[u8]) -> Result<Vec<u8>, Undecodable> {
    for (place, _) in bytes.iter().enumerate().filter(|(_, byte)| **byte == b'%') {
        let digits = bytes.get(place + 1..place + 3).ok_or(Undecodable)?;
        if !digits.iter().all(u8::is_ascii_hexdigit) {
            return Err(Undecodable);
        }
    }
    let spaced: Vec<u8> = bytes.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    Ok(percent_decode(&spaced).collect())
}

fn text(bytes: &[u8]) -> Result<String, Undecodable> {
    decode(bytes).map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_value_wins_and_escapes_are_decoded() {
        let form = Parameters::parse(b"a=1&a=2&b+c=%2B+x&&d").unwrap();
        assert_eq!(form.first("a"), "1");
        assert_eq!(form.all("a").count(), 2);
        assert_eq!(form.first("b c"), "+ x");
        assert_eq!(form.first("d"), "");
        assert_eq!(form.first("none"), "");
    }

    #[test]
    fn bad_escapes_and_semicolons_are_refused() {
        for bad in ["a=%", "a=%2", "a=%zz", "a=1;b=2", "%=1"] {
            assert_eq!(Parameters::parse(bad.as_bytes()).unwrap_err(), Undecodable, "{bad}");
        }
    }

    #[test]
    fn multipart_parts_are_read() {
        let body = "--x\r\nContent-Disposition: form-data; name=\"grant_type\"\r\n\r\npassword\r\n--x--\r\n";
        assert_eq!(Parameters::parse_multipart(body.as_bytes(), "x").first("grant_type"), "password");
        assert!(Parameters::parse_multipart(b"--x\r\nno name\r\n\r\nv\r\n--x--", "x").is_empty());
    }
}
