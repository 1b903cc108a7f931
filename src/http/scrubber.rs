//! Takes the secrets of a run out of texts.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::cut::find_cut;
use super::needle::{Form, Hit, Needles, disjoint};

/// Knows secrets and replaces each by its name, in whatever encoding it stands: as it is, URL-encoded (as a form or by
/// percent, in any mix), JSON-escaped, base64 and base64url (also inside something longer), and in the credentials of
/// HTTP Basic. Beside a `…`, where a text was cut, also a part of a secret is replaced.
///
/// Clones share what they know. Learning costs one push; the encodings are worked out when a text is scrubbed.
#[derive(Clone)]
pub struct Scrubber {
    level: Arc<Level>,
}

struct Level {
    parent: Option<Arc<Level>>,
    learnt: Mutex<Vec<Learnt>>,
    compiled: Mutex<Compiled>,
}

struct Learnt {
    name: Box<str>,
    id: Option<Box<str>>,
    secret: Box<str>,
}

struct Compiled {
    learnt: usize,
    needles: Arc<Needles>,
}

/// A part of a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Segment<'text> {
    Plain(&'text str),
    Secret { name: Arc<str>, form: Form },
}

impl Scrubber {
    /// How many characters a secret has at least that is learnt: a shorter one would be found in every text.
    pub const SHORTEST_SECRET: usize = 4;

    /// Whether `secret` is long enough to be learnt.
    pub fn can_hide(secret: &str) -> bool {
        secret.chars().nth(Self::SHORTEST_SECRET - 1).is_some()
    }

    /// A scrubber that knows nothing yet: one for a run.
    pub fn new() -> Self {
        Self::with_parent(None)
    }

    /// One that also knows what this one knows and learns, but not the reverse: one for a scenario.
    #[must_use]
    pub fn child(&self) -> Self {
        Self::with_parent(Some(self.level.clone()))
    }

    fn with_parent(parent: Option<Arc<Level>>) -> Self {
        let compiled = Compiled { learnt: 0, needles: Arc::new(Needles::new()) };
        Self { level: Arc::new(Level { parent, learnt: Mutex::default(), compiled: Mutex::new(compiled) }) }
    }

    /// From now on `secret` is shown as `[name]`. A secret of fewer than 4 characters is not learnt.
    pub fn learn(&self, name: &str, secret: &str) {
        self.push(name, None, secret);
    }

    /// As [`Scrubber::learn`], and the credentials of HTTP Basic made of `id` and `secret` are shown as `[name]` too.
    pub fn learn_pair(&self, name: &str, id: &str, secret: &str) {
        self.push(name, Some(id.into()), secret);
    }

    fn push(&self, name: &str, id: Option<Box<str>>, secret: &str) {
        if Self::can_hide(secret) {
            lock(&self.level.learnt).push(Learnt { name: name.into(), id, secret: secret.into() });
        }
    }

    /// `text` with `[name]` in place of every secret. Where secrets overlap, all that any of them covers is replaced.
    pub fn scrub(&self, text: &str) -> String {
        let mut scrubbed = String::with_capacity(text.len());
        for segment in self.segments(text) {
            match segment {
                Segment::Plain(plain) => scrubbed.push_str(plain),
                Segment::Secret { name, .. } => {
                    scrubbed.push('[');
                    scrubbed.push_str(&name);
                    scrubbed.push(']');
                }
            }
        }
        scrubbed
    }

    /// `text` with `*` for every byte of a secret that does not end a line: places in it stay what they are.
    pub fn blank(&self, text: &str) -> String {
        let mut blanked = String::with_capacity(text.len());
        let mut done = 0;
        let blank = |byte: u8| if matches!(byte, b'\n' | b'\r') { char::from(byte) } else { '*' };
        for Hit { start, end, .. } in disjoint(self.hits(text)) {
            blanked.push_str(&text[done..start]);
            blanked.extend(text[start..end].bytes().map(blank));
            done = end;
        }
        blanked.push_str(&text[done..]);
        blanked
    }

    /// Whether a whole secret stands in `text`, in any encoding.
    pub fn finds_in(&self, text: &str) -> bool {
        self.found_in(text).is_some()
    }

    /// The name of a secret that stands whole in `text`, in any encoding.
    pub fn found_in(&self, text: &str) -> Option<Arc<str>> {
        let mut hits = Vec::new();
        let mut level = Some(&self.level);
        while let Some(this) = level {
            this.needles().find(text, &mut hits);
            level = this.parent.as_ref();
        }
        hits.into_iter().next().map(|hit| hit.name)
    }

    /// `text` cut into secrets and what is between them.
    pub(super) fn segments<'text>(&self, text: &'text str) -> Vec<Segment<'text>> {
        let mut segments = Vec::new();
        let mut done = 0;
        for Hit { start, end, name, form } in disjoint(self.hits(text)) {
            if start > done {
                segments.push(Segment::Plain(&text[done..start]));
            }
            segments.push(Segment::Secret { name, form });
            done = end;
        }
        if done < text.len() {
            segments.push(Segment::Plain(&text[done..]));
        }
        segments
    }

    /// The name of the secret that `text` is, if it is one and nothing else.
    pub(super) fn name_of(&self, text: &str) -> Option<Arc<str>> {
        match self.segments(text).as_slice() {
            [Segment::Secret { name, .. }] => Some(name.clone()),
            _ => None,
        }
    }

    fn hits(&self, text: &str) -> Vec<Hit> {
        let mut hits = Vec::new();
        let mut level = Some(&self.level);
        while let Some(this) = level {
            let needles = this.needles();
            needles.find(text, &mut hits);
            find_cut(&needles, text, &mut hits);
            level = this.parent.as_ref();
        }
        hits
    }
}

impl Default for Scrubber {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Scrubber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Scrubber({} secrets)", lock(&self.level.learnt).len())
    }
}

impl Level {
    /// The needles of all that was learnt, completed by what is new.
    fn needles(&self) -> Arc<Needles> {
        let mut compiled = lock(&self.compiled);
        let learnt = lock(&self.learnt);
        if compiled.learnt < learnt.len() {
            let known = compiled.learnt;
            let needles = Arc::make_mut(&mut compiled.needles);
            for Learnt { name, id, secret } in &learnt[known..] {
                let name: Arc<str> = name.as_ref().into();
                if let Some(id) = id {
                    needles.add_pair(&name, id, secret);
                }
                needles.add_secret(&name, secret);
            }
            compiled.learnt = learnt.len();
        }
        compiled.needles.clone()
    }
}

/// What a lock guards here is whole at any time, so a panic elsewhere does not make it useless.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
