//! A map of secrets to what they stand for, which forgets its oldest entries: a mock that runs for weeks stays small.

use std::collections::{HashMap, VecDeque};

use ring::digest::{SHA256, digest};

/// What stands for a code or token here: half of its SHA-256, so that a JWT takes 16 bytes and no value can be read back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key(u128);

impl Key {
    /// The key of a value.
    pub fn of(value: &str) -> Self {
        let hash = digest(&SHA256, value.as_bytes());
        Self(hash.as_ref().first_chunk().map_or(0, |half| u128::from_be_bytes(*half)))
    }
}

/// The most recent entries, by key.
///
/// They stand in the order in which they came, and the map holds their places alone: what is added and forgotten then lies
/// side by side, and so does what the processor must fetch for it.
#[derive(Debug)]
pub struct Recent<V> {
    places: HashMap<Key, u64>,
    entries: VecDeque<(Key, V)>,
    /// How many were forgotten: the place of the oldest entry.
    forgotten: u64,
    most: usize,
}

impl<V> Recent<V> {
    /// An empty map that keeps `most` entries.
    pub fn new(most: usize) -> Self {
        Self { places: HashMap::new(), entries: VecDeque::new(), forgotten: 0, most }
    }

    /// Adds an entry. The one that it replaces, or the oldest one if there are too many, is forgotten here and returned, so
    /// that it can be freed once nobody waits for a lock.
    pub fn insert(&mut self, key: Key, value: V) -> Option<V> {
        if let Some(known) = self.get_mut(key) {
            return Some(std::mem::replace(known, value));
        }
        self.places.insert(key, self.forgotten + self.entries.len() as u64);
        self.entries.push_back((key, value));
        if self.entries.len() <= self.most {
            return None;
        }
        let (oldest, value) = self.entries.pop_front()?;
        self.places.remove(&oldest);
        self.forgotten += 1;
        Some(value)
    }

    /// Lets an entry be known by another key from now on, by which none is known.
    pub fn rename(&mut self, from: Key, to: Key) {
        let Some(index) = self.index(from) else { return };
        if let Some((key, _)) = self.entries.get_mut(index) {
            *key = to;
        }
        if let Some(place) = self.places.remove(&from) {
            self.places.insert(to, place);
        }
    }

    /// The entry of a key.
    pub fn get(&self, key: Key) -> Option<&V> {
        self.entries.get(self.index(key)?).map(|(_, value)| value)
    }

    /// All entries, oldest first.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> {
        self.entries.iter().map(|(_, value)| value)
    }

    /// The entry of a key, to be changed.
    pub fn get_mut(&mut self, key: Key) -> Option<&mut V> {
        let index = self.index(key)?;
        self.entries.get_mut(index).map(|(_, value)| value)
    }

    fn index(&self, key: Key) -> Option<usize> {
        usize::try_from(self.places.get(&key)? - self.forgotten).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_is_forgotten_and_nothing_else() {
        let mut recent = Recent::new(2);
        for (name, value) in [("a", 1), ("b", 2), ("b", 3), ("c", 4)] {
            recent.insert(Key::of(name), value);
        }
        assert_eq!(["a", "b", "c"].map(|name| recent.get(Key::of(name)).copied()), [None, Some(3), Some(4)]);
        *recent.get_mut(Key::of("c")).unwrap() = 5;
        recent.rename(Key::of("b"), Key::of("d"));
        assert_eq!((recent.get(Key::of("b")), recent.get(Key::of("d"))), (None, Some(&3)));
        assert_eq!(recent.get(Key::of("c")), Some(&5));
        recent.insert(Key::of("e"), 6);
        assert_eq!(["d", "c", "e"].map(|name| recent.get(Key::of(name)).copied()), [None, Some(5), Some(6)]);
        assert_eq!((recent.entries.len(), recent.places.len()), (2, 2));
        assert_eq!(recent.values().collect::<Vec<_>>(), [&5, &6]);
    }
}
