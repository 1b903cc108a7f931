//! Form-encoded parameters as Go's standard library reads them, because Hydra does: a bad escape or a semicolon is an
//! error, the first of repeated values wins, and the body's values come before the query's.

use percent_encoding::percent_decode;

/// Parameters in the order in which they came.
#[derive(Debug, Default)]
pub struct Parameters(Vec<Parameter>);

#[derive(Debug)]
struct Parameter {
    name: String,
    value: String,
    /// The value's bytes where they are no UTF-8, and `value` is only near them.
    raw: Option<Vec<u8>>,
}

/// The text is not decodable.
#[derive(Debug, PartialEq)]
pub struct Undecodable;

impl Parameters {
    /// Reads `application/x-www-form-urlencoded` bytes.
    pub fn parse(bytes: &[u8]) -> Result<Self, Undecodable> {
        let mut form = Self::default();
        for pair in pairs(bytes) {
            form.read(pair)?;
        }
        Ok(form)
    }

    /// As [`Self::parse`], but passes over the pairs that are not decodable.
    pub fn readable(bytes: &[u8]) -> Self {
        let mut form = Self::default();
        for pair in pairs(bytes) {
            // Go reads on behind a bad pair too, and only tells of it.
            drop(form.read(pair));
        }
        form
    }

    fn read(&mut self, pair: &[u8]) -> Result<(), Undecodable> {
        if pair.contains(&b';') {
            return Err(Undecodable);
        }
        let middle = pair.iter().position(|byte| *byte == b'=').unwrap_or(pair.len());
        let value = pair.get(middle + 1..).unwrap_or_default();
        self.push(decode(&pair[..middle])?, decode(value)?);
        Ok(())
    }

    /// Puts a decoded parameter behind what is here.
    pub fn push(&mut self, name: Vec<u8>, value: Vec<u8>) {
        let (value, raw) = match String::from_utf8(value) {
            Ok(text) => (text, None),
            Err(error) => (String::from_utf8_lossy(error.as_bytes()).into_owned(), Some(error.into_bytes())),
        };
        let name =
            String::from_utf8(name).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
        self.0.push(Parameter { name, value, raw });
    }

    /// Puts `more` behind what is here.
    pub fn append(&mut self, more: Self) {
        self.0.extend(more.0);
    }

    /// Form-encodes the parameters, but for those of these names.
    pub fn encoded_without(&self, names: &[&str]) -> String {
        let encode = |part: &[u8]| url::form_urlencoded::byte_serialize(part).collect::<String>();
        let kept = self.0.iter().filter(|parameter| !names.contains(&parameter.name.as_str()));
        let pair = |parameter: &Parameter| {
            let value = parameter.raw.as_deref().unwrap_or(parameter.value.as_bytes());
            format!("{}={}", encode(parameter.name.as_bytes()), encode(value))
        };
        kept.map(pair).collect::<Vec<String>>().join("&")
    }

    /// Whether there is no parameter at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The first value of `name`, or empty text.
    pub fn first(&self, name: &str) -> &str {
        self.found(name).map_or("", |parameter| &parameter.value)
    }

    /// The first value of `name` as it was sent, also where that is no UTF-8.
    pub fn bytes(&self, name: &str) -> &[u8] {
        self.found(name).map_or(&[], |parameter| parameter.raw.as_deref().unwrap_or(parameter.value.as_bytes()))
    }

    fn found(&self, name: &str) -> Option<&Parameter> {
        self.0.iter().find(|parameter| parameter.name == name)
    }

    /// The members of an object that is sent one by one, as in `object[member]=value`, in the order in which they came.
    pub fn members<'a>(&'a self, object: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.0.iter().filter_map(move |parameter| {
            let member = parameter.name.strip_prefix(object)?.strip_prefix('[')?.strip_suffix(']')?;
            Some((member, parameter.value.as_str()))
        })
    }

    /// Every name with its value, in order.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|parameter| (parameter.name.as_str(), parameter.value.as_str()))
    }

    /// All values of `name`.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |parameter| parameter.name == name).map(|parameter| parameter.value.as_str())
    }
}

/// Decodes `+` and percent escapes; an escape without two hexadecimal digits is an error.
pub fn decode(bytes: &[u8]) -> Result<Vec<u8>, Undecodable> {
    if !bytes.iter().any(|byte| matches!(byte, b'%' | b'+')) {
        return Ok(bytes.to_vec());
    }
    for (place, _) in bytes.iter().enumerate().filter(|(_, byte)| **byte == b'%') {
        let digits = bytes.get(place + 1..place + 3).ok_or(Undecodable)?;
        if !digits.iter().all(u8::is_ascii_hexdigit) {
            return Err(Undecodable);
        }
    }
    let spaced: Vec<u8> = bytes.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    Ok(percent_decode(&spaced).collect())
}

fn pairs(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

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
    fn members_of_an_object_are_read_one_by_one() {
        let form = Parameters::parse(b"a%5Bb%5D=1&a[c]=2&ab[d]=3&a[e=4&a=5&[b]=6").unwrap();
        assert_eq!(form.members("a").collect::<Vec<_>>(), [("b", "1"), ("c", "2")]);
    }

    #[test]
    fn bad_escapes_and_semicolons_are_refused() {
        for bad in ["a=%", "a=%2", "a=%zz", "a=1;b=2", "%=1"] {
            assert_eq!(Parameters::parse(bad.as_bytes()).unwrap_err(), Undecodable, "{bad}");
        }
    }

    #[test]
    fn what_can_be_read_beside_a_bad_pair_is_read() {
        let form = Parameters::readable(b"a=%&b=2&c=1;d=2&e=%zz&f");
        assert_eq!(form.0.iter().map(|parameter| parameter.name.as_str()).collect::<Vec<_>>(), ["b", "f"]);
    }

    #[test]
    fn bytes_that_are_no_text_are_kept() {
        let form = Parameters::parse(b"a=%FFx&b=%C3%A9&\xfe=1").unwrap();
        assert_eq!((form.first("a"), form.bytes("a")), ("\u{fffd}x", &b"\xffx"[..]));
        assert_eq!((form.first("b"), form.bytes("b")), ("\u{e9}", "\u{e9}".as_bytes()));
        assert_eq!((form.first("\u{fffd}"), form.bytes("none")), ("1", &b""[..]));
    }

    /// Bytes in which what is special to forms is frequent.
    fn form() -> impl Strategy<Value = Vec<u8>> {
        let special = proptest::sample::select(b"&=+%;20aAfFgG\0\xc3\xa9".to_vec());
        proptest::collection::vec(prop_oneof![4 => special, 1 => any::<u8>()], 0..48)
    }

    proptest! {
        #[test]
        fn what_is_read_is_what_the_url_standard_reads(bytes in form()) {
            let expected: Vec<_> = url::form_urlencoded::parse(&bytes)
                .map(|(name, value)| (name.into_owned(), value.into_owned()))
                .filter(|pair| *pair != (String::new(), String::new()))
                .collect();
            match Parameters::parse(&bytes) {
                Ok(form) => {
                    let pairs = form.0.iter().map(|parameter| (parameter.name.clone(), parameter.value.clone()));
                    let pairs: Vec<_> = pairs.filter(|pair| *pair != (String::new(), String::new())).collect();
                    prop_assert_eq!(pairs, expected);
                }
                // The standard takes them for what they are not.
                Err(Undecodable) => prop_assert!(bytes.iter().any(|byte| b"%;".contains(byte))),
            }
            prop_assert!(Parameters::readable(&bytes).0.len() <= bytes.len());
        }

        #[test]
        fn what_was_encoded_is_read_back(name in any::<Vec<u8>>(), value in any::<Vec<u8>>()) {
            let encode = |part: &[u8]| url::form_urlencoded::byte_serialize(part).collect::<String>();
            let form = Parameters::parse(format!("{}={}", encode(&name), encode(&value)).as_bytes()).unwrap();
            prop_assert_eq!(form.bytes(&String::from_utf8_lossy(&name)), value);
        }
    }
}
