//! The forms in which a secret shows up in a text, and where they are found.

use std::cmp::Reverse;
use std::collections::HashSet;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What RFC 3986 §2.3 leaves unreserved stays; everything else is encoded.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// How a secret was written where it was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Raw,
    UrlEncoded,
    Json,
    Base64,
    Basic,
}

/// A secret found in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hit {
    pub start: usize,
    pub end: usize,
    pub name: Arc<str>,
    pub form: Form,
}

#[derive(Clone)]
struct Needle {
    bytes: Box<[u8]>,
    name: Arc<str>,
    form: Form,
}

/// All texts that stand for a secret, found by their first byte.
#[derive(Clone)]
pub(super) struct Needles {
    all: Vec<Needle>,
    known: HashSet<Box<[u8]>>,
    /// For each first byte the second bytes and the places in `all`.
    by_first_byte: Vec<Vec<(u8, usize)>>,
}

impl Needles {
    pub(super) fn new() -> Self {
        Self { all: Vec::new(), known: HashSet::new(), by_first_byte: vec![Vec::new(); 256] }
    }

    /// Adds every form of `secret`.
    pub(super) fn add_secret(&mut self, name: &Arc<str>, secret: &str) {
        self.add(name, secret, Form::Raw);
        // Decoding finds one level of escapes; JSON inside of JSON, shown as JSON, has up to three.
        let once = json_escaped(secret);
        if once != secret {
            self.add(name, &json_escaped(&once), Form::Json);
            self.add(name, &once, Form::Json);
        }
        for text in spellings(secret) {
            for encoded in base64_forms(text.as_bytes()) {
                self.add(name, &encoded, Form::Base64);
            }
        }
    }

    /// Adds the credentials of HTTP Basic, with both parts form-encoded (RFC 6749 §2.3.1) and as they are (RFC 7617).
    pub(super) fn add_pair(&mut self, name: &Arc<str>, id: &str, secret: &str) {
        let encode = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        for pair in [format!("{id}:{secret}"), format!("{}:{}", encode(id), encode(secret))] {
            for encoded in whole_base64(pair.as_bytes()) {
                self.add(name, &encoded, Form::Basic);
            }
        }
    }

    fn add(&mut self, name: &Arc<str>, text: &str, form: Form) {
        let bytes: Box<[u8]> = text.as_bytes().into();
        if let [first, second, ..] = *bytes
            && self.known.insert(bytes.clone())
        {
            self.by_first_byte[usize::from(first)].push((second, self.all.len()));
            self.all.push(Needle { bytes, name: name.clone(), form });
        }
    }

    /// Every needle as it stands in a text, with the secret's name.
    pub(super) fn texts(&self) -> impl Iterator<Item = (&str, &Arc<str>, Form)> {
        self.all.iter().map(|needle| {
            let text = std::str::from_utf8(&needle.bytes).unwrap_or_default();
            (text, &needle.name, needle.form)
        })
    }

    /// Adds to `hits` every place of `text` in which a needle stands, also where they overlap.
    pub(super) fn find(&self, text: &str, hits: &mut Vec<Hit>) {
        if self.all.is_empty() {
            return;
        }
        let text = text.as_bytes();
        for (start, byte) in text.iter().enumerate() {
            let next = text.get(start + 1).copied().unwrap_or_default();
            for (second, index) in &self.by_first_byte[usize::from(*byte)] {
                if *second == next || encodes(next) || encodes(*byte) {
                    self.all[*index].at(text, start, hits);
                }
            }
            // An encoded first character can stand for the first byte of any needle.
            if encodes(*byte) {
                for needle in self.all.iter().filter(|needle| needle.bytes[0] != *byte) {
                    needle.at(text, start, hits);
                }
            }
        }
    }
}

impl Needle {
    fn at(&self, text: &[u8], start: usize, hits: &mut Vec<Hit>) {
        let rest = &text[start..];
        // Where nothing is encoded up to the first difference, no decoding takes the difference away.
        let same = rest.iter().zip(&self.bytes).take_while(|(one, other)| one == other).count();
        if same < self.bytes.len() && !rest[..rest.len().min(same + 1)].iter().copied().any(encodes) {
            return;
        }
        let encoded = |unit, form| {
            let length = decoded_match(rest, &self.bytes, unit)?;
            Some((length, if self.form == Form::Raw { form } else { self.form }))
        };
        let literal = rest.starts_with(&self.bytes).then_some((self.bytes.len(), self.form));
        // The longest, as an escaped backslash begins with what looks like the backslash itself.
        let found = [
            encoded(percent_unit, Form::UrlEncoded),
            encoded(twice_percent_unit, Form::UrlEncoded),
            encoded(json_unit, Form::Json),
            literal,
        ]
        .into_iter()
        .flatten()
        .max_by_key(|(length, _)| *length);
        if let Some((length, form)) = found {
            hits.push(Hit { start, end: start + length, name: self.name.clone(), form });
        }
    }
}

/// Whether `byte` can begin the encoding of another one.
fn encodes(byte: u8) -> bool {
    matches!(byte, b'%' | b'+' | b'\\')
}

/// One unit of an encoded text: how many bytes it takes, and the bytes for which it stands.
type Unit = (usize, [u8; 4], usize);

/// How many bytes of `text`, decoded unit by unit, are `needle`.
fn decoded_match(text: &[u8], needle: &[u8], unit: fn(&[u8], u8) -> Unit) -> Option<usize> {
    let (mut taken, mut matched) = (0, 0);
    while matched < needle.len() {
        if taken >= text.len() {
            return None;
        }
        let (length, decoded, count) = unit(&text[taken..], needle[matched]);
        if !needle[matched..].starts_with(&decoded[..count]) {
            return None;
        }
        taken += length;
        matched += count;
    }
    Some(taken)
}

/// Percent-encoding in either case of hex, and forms, in which `+` is a space; some encoders leave a plus as it is.
fn percent_unit(text: &[u8], wanted: u8) -> Unit {
    let (length, byte) = match (text[0], hex_byte(text, 1)) {
        (b'%', Some(byte)) => (3, byte),
        (b'+', _) if wanted == b' ' => (1, b' '),
        (byte, _) => (1, byte),
    };
    (length, [byte, 0, 0, 0], 1)
}

/// Percent-encoding that was percent-encoded again, as a URL in a parameter of another URL is.
fn twice_percent_unit(text: &[u8], wanted: u8) -> Unit {
    let byte = if text.starts_with(b"%25") { hex_byte(text, 3) } else { None };
    match (byte, hex_byte(text, 1)) {
        (Some(byte), _) => (5, [byte, 0, 0, 0], 1),
        (None, Some(b'+')) if text[0] == b'%' && wanted == b' ' => (3, [b' ', 0, 0, 0], 1),
        _ => percent_unit(text, wanted),
    }
}

fn hex_byte(text: &[u8], at: usize) -> Option<u8> {
    let digit = |at: usize| char::from(*text.get(at)?).to_digit(16);
    u8::try_from(digit(at)? * 16 + digit(at + 1)?).ok()
}

/// JSON's escapes (RFC 8259 §7).
fn json_unit(text: &[u8], _wanted: u8) -> Unit {
    let plain = |length, byte| (length, [byte, 0, 0, 0], 1);
    match (text[0], text.get(1)) {
        (b'\\', Some(b'u')) => match utf16_escape(text) {
            Some((length, character)) => {
                let mut bytes = [0; 4];
                let count = character.encode_utf8(&mut bytes).len();
                (length, bytes, count)
            }
            None => plain(1, b'\\'),
        },
        (b'\\', Some(b'b')) => plain(2, 8),
        (b'\\', Some(b'f')) => plain(2, 12),
        (b'\\', Some(b'n')) => plain(2, b'\n'),
        (b'\\', Some(b'r')) => plain(2, b'\r'),
        (b'\\', Some(b't')) => plain(2, b'\t'),
        (b'\\', Some(escaped @ (b'"' | b'\\' | b'/'))) => plain(2, *escaped),
        (byte, _) => plain(1, byte),
    }
}

/// `\uXXXX`, or two of them for a character beyond the basic plane.
fn utf16_escape(text: &[u8]) -> Option<(usize, char)> {
    let escape = |at: usize| {
        let digits = text.get(at..at + 6)?.strip_prefix(b"\\u")?;
        u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
    };
    let first = escape(0)?;
    if let Some(character) = char::from_u32(first.into()) {
        return Some((6, character));
    }
    let character = char::decode_utf16([first, escape(6)?]).next()?.ok()?;
    Some((12, character))
}

/// What of a secret may have gone into base64: itself, and as it stands in a form or a URL where that differs.
fn spellings(secret: &str) -> Vec<String> {
    let mut spellings = vec![
        secret.to_owned(),
        url::form_urlencoded::byte_serialize(secret.as_bytes()).collect(),
        utf8_percent_encode(secret, RESERVED).to_string(),
    ];
    spellings.dedup();
    spellings
}

/// `text` as it stands between the quotes of a JSON string.
pub(super) fn json_escaped(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted.get(1..quoted.len() - 1).unwrap_or_default().to_owned()
}

fn whole_base64(bytes: &[u8]) -> [String; 4] {
    [STANDARD.encode(bytes), STANDARD_NO_PAD.encode(bytes), URL_SAFE.encode(bytes), URL_SAFE_NO_PAD.encode(bytes)]
}

/// `bytes` in base64, alone and as a part of something longer, where it begins at any of three positions and only the
/// characters in between are its own.
fn base64_forms(bytes: &[u8]) -> Vec<String> {
    let mut forms = Vec::from(whole_base64(bytes));
    for before in 0..3 {
        let mut shifted = vec![0; before];
        shifted.extend_from_slice(bytes);
        let own = (before * 8).div_ceil(6)..shifted.len() * 8 / 6;
        forms.push(STANDARD_NO_PAD.encode(&shifted)[own.clone()].to_owned());
        forms.push(URL_SAFE_NO_PAD.encode(&shifted)[own].to_owned());
    }
    forms
}

/// Orders hits and cuts overlaps, so that together they cover all that they covered and a longer one hides what it
/// holds.
pub(super) fn disjoint(mut hits: Vec<Hit>) -> Vec<Hit> {
    hits.sort_by_key(|hit| (hit.start, Reverse(hit.end)));
    let mut kept: Vec<Hit> = Vec::with_capacity(hits.len());
    for mut hit in hits {
        let end = kept.last().map_or(0, |last| last.end);
        if hit.end > end {
            hit.start = hit.start.max(end);
            kept.push(hit);
        }
    }
    kept
}
