//! A map of secrets to what they stand for, which forgets its oldest entries: a mock that runs for weeks stays small.

use std::collections::{HashMap, VecDeque};

use ring::digest::{SHA256, digest};

/// What stands for a code or token here: half of its SHA-256, so that a JWT takes 16 bytes and no value can be read back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key([u8; 16]);

impl Key {
    /// The key of a value.
    pub fn of(value: &str) -> Self {
        let hash = digest(&SHA256, value.as_bytes());
        let mut key = [0; 16];
        key.iter_mut().zip(hash.as_ref()).for_each(|(to, from)| *to = *from);
        Self(key)
    }
}

/// The most recent entries, by key.
#[derive(Debug)]
pub struct Recent<V> {
    entries: HashMap<Key, V>,
    order: VecDeque<Key>,
    most: usize,
}

impl<V> Recent<V> {
    /// An empty map that keeps `most` entries.
    pub fn new(most: usize) -> Self {
        Self { entries: HashMap::new(), order: VecDeque::new(), most }
    }

    /// Adds an entry. The one that it replaces, or the oldest one if there are too many, is forgotten here and returned, so
    /// that it can be freed once nobody waits for a lock.
    pub fn insert(&mut self, key: Key, value: V) -> Option<V> {
        let replaced = self.entries.insert(key, value);
        if replaced.is_some() {
            return replaced;
        }
        self.order.push_back(key);
        if self.order.len() <= self.most {
            return None;
        }
        self.entries.remove(&self.order.pop_front()?)
    }

    /// Lets an entry be known by another key from now on.
    pub fn rename(&mut self, from: Key, to: Key) {
        if let Some(value) = self.entries.remove(&from) {
            self.entries.insert(to, value);
            self.order.iter_mut().filter(|key| **key == from).for_each(|key| *key = to);
        }
    }

    /// The entry of a key.
    pub fn get(&self, key: Key) -> Option<&V> {
        self.entries.get(&key)
    }

    /// All entries, in no order.
    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.entries.values()
    }

    /// The entry of a key, to be changed.
    pub fn get_mut(&mut self, key: Key) -> Option<&mut V> {
        self.entries.get_mut(&key)
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
        assert_eq!((recent.entries.len(), recent.order.len()), (2, 2));
    }
}
