//! Form-encoded parameters as Go's standard library reads them, because Hydra does: a bad escape or a semicolon is an
//! error, the first of repeated values wins, and the body's values come before the query's.

use std::{borrow::Cow, ops::Range};

use percent_encoding::percent_decode;

/// How many parameters most forms have at most.
const USUAL: usize = 8;

/// Parameters in the order in which they came.
#[derive(Debug, Default)]
pub struct Parameters {
    /// All names and values, one behind the other: a form is read at every token request, and takes two allocations
    /// here in place of two a parameter.
    text: String,
    places: Vec<Place>,
}

/// Where a parameter stands in the text.
#[derive(Debug)]
struct Place {
    name: Range<usize>,
    value: Range<usize>,
    /// The value's bytes where they are no UTF-8, and the text is only near them.
    raw: Option<Vec<u8>>,
}

/// The text is not decodable.
#[derive(Debug, PartialEq)]
pub struct Undecodable;

impl Parameters {
    /// Reads `application/x-www-form-urlencoded` bytes.
    pub fn parse(bytes: &[u8]) -> Result<Self, Undecodable> {
        let mut form = Self::for_text_of(bytes.len());
        for pair in pairs(bytes) {
            form.read(pair)?;
        }
        Ok(form)
    }

    /// As [`Self::parse`], but passes over the pairs that are not decodable.
    pub fn readable(bytes: &[u8]) -> Self {
        let mut form = Self::for_text_of(bytes.len());
        for pair in pairs(bytes) {
            // Go reads on behind a bad pair too, and only tells of it.
            drop(form.read(pair));
        }
        form
    }

    fn for_text_of(length: usize) -> Self {
        Self { text: String::with_capacity(length), places: Vec::with_capacity(length.min(USUAL)) }
    }

    fn read(&mut self, pair: &[u8]) -> Result<(), Undecodable> {
        if pair.contains(&b';') {
            return Err(Undecodable);
        }
        let middle = pair.iter().position(|byte| *byte == b'=').unwrap_or(pair.len());
        let value = pair.get(middle + 1..).unwrap_or_default();
        self.push(&decode(&pair[..middle])?, &decode(value)?);
        Ok(())
    }

    /// Puts a decoded parameter behind what is here.
    pub fn push(&mut self, name: &[u8], value: &[u8]) {
        let text = String::from_utf8_lossy(value);
        let raw = matches!(text, Cow::Owned(_)).then(|| value.to_vec());
        let place = Place { name: self.keep(&String::from_utf8_lossy(name)), value: self.keep(&text), raw };
        self.places.push(place);
    }

    fn keep(&mut self, text: &str) -> Range<usize> {
        let begin = self.text.len();
        self.text.push_str(text);
        begin..self.text.len()
    }

    /// Puts `more` behind what is here.
    pub fn append(&mut self, more: &Self) {
        for place in &more.places {
            self.push(more.at(&place.name).as_bytes(), more.sent(place));
        }
    }

    /// Form-encodes the parameters, but for those of these names.
    pub fn encoded_without(&self, names: &[&str]) -> String {
        let encode = |part: &[u8]| url::form_urlencoded::byte_serialize(part).collect::<String>();
        let kept = self.places.iter().filter(|place| !names.contains(&self.at(&place.name)));
        let pair = |place: &Place| format!("{}={}", encode(self.at(&place.name).as_bytes()), encode(self.sent(place)));
        kept.map(pair).collect::<Vec<String>>().join("&")
    }

    /// Whether there is no parameter at all.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// The first value of `name`, or empty text.
    pub fn first(&self, name: &str) -> &str {
        self.found(name).map_or("", |place| self.at(&place.value))
    }

    /// The first value of `name` as it was sent, also where that is no UTF-8.
    pub fn bytes(&self, name: &str) -> &[u8] {
        self.found(name).map_or(&[], |place| self.sent(place))
    }

    fn found(&self, name: &str) -> Option<&Place> {
        self.places.iter().find(|place| self.at(&place.name) == name)
    }

    fn at(&self, range: &Range<usize>) -> &str {
        self.text.get(range.clone()).unwrap_or_default()
    }

    fn sent<'a>(&'a self, place: &'a Place) -> &'a [u8] {
        place.raw.as_deref().unwrap_or(self.at(&place.value).as_bytes())
    }

    /// The members of an object that is sent one by one, as in `object[member]=value`, in the order in which they came.
    pub fn members<'a>(&'a self, object: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.pairs().filter_map(move |(name, value)| {
            let member = name.strip_prefix(object)?.strip_prefix('[')?.strip_suffix(']')?;
            Some((member, value))
        })
    }

    /// Every name with its value, in order.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.places.iter().map(|place| (self.at(&place.name), self.at(&place.value)))
    }

    /// All values of `name`.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.pairs().filter(move |(other, _)| *other == name).map(|(_, value)| value)
    }
}

/// Decodes `+` and percent escapes; an escape without two hexadecimal digits is an error.
pub fn decode(bytes: &[u8]) -> Result<Cow<'_, [u8]>, Undecodable> {
    if !bytes.iter().any(|byte| matches!(byte, b'%' | b'+')) {
        return Ok(Cow::Borrowed(bytes));
    }
    for (place, _) in bytes.iter().enumerate().filter(|(_, byte)| **byte == b'%') {
        let digits = bytes.get(place + 1..place + 3).ok_or(Undecodable)?;
        if !digits.iter().all(u8::is_ascii_hexdigit) {
            return Err(Undecodable);
        }
    }
    let spaced: Vec<u8> = bytes.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    let mut decoded = Vec::with_capacity(spaced.len());
    decoded.extend(percent_decode(&spaced));
    Ok(Cow::Owned(decoded))
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
        assert_eq!(form.pairs().map(|(name, _)| name).collect::<Vec<_>>(), ["b", "f"]);
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
                    let pairs = form.pairs().map(|(name, value)| (name.to_owned(), value.to_owned()));
                    let pairs: Vec<_> = pairs.filter(|pair| *pair != (String::new(), String::new())).collect();
                    prop_assert_eq!(pairs, expected);
                }
                // The standard takes them for what they are not.
                Err(Undecodable) => prop_assert!(bytes.iter().any(|byte| b"%;".contains(byte))),
            }
            prop_assert!(Parameters::readable(&bytes).pairs().count() <= bytes.len());
        }

        #[test]
        fn what_was_encoded_is_read_back(name in any::<Vec<u8>>(), value in any::<Vec<u8>>()) {
            let encode = |part: &[u8]| url::form_urlencoded::byte_serialize(part).collect::<String>();
            let form = Parameters::parse(format!("{}={}", encode(&name), encode(&value)).as_bytes()).unwrap();
            prop_assert_eq!(form.bytes(&String::from_utf8_lossy(&name)), value);
        }
    }
}
