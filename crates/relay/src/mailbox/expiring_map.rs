//! A map whose entries all live equally long after they were last put there.

use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A value and the bytes that it is accounted with.
#[derive(Debug)]
pub(super) struct Entry<V> {
    pub(super) value: V,
    pub(super) cost: usize,
}

/// The map. It returns expired entries until [`ExpiringMap::take_due`] has handed them out.
#[derive(Debug)]
pub(super) struct ExpiringMap<K, V> {
    lifetime: Duration,
    entries: HashMap<Arc<K>, (Instant, Entry<V>)>,
    due: BTreeSet<(Instant, Arc<K>)>,
}

impl<K: Hash + Ord, V> ExpiringMap<K, V> {
    pub(super) fn new(lifetime: Duration) -> Self {
        Self { lifetime, entries: HashMap::new(), due: BTreeSet::new() }
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn get(&self, key: &K) -> Option<&Entry<V>> {
        self.entries.get(key).map(|(_, entry)| entry)
    }

    /// Puts or replaces an entry, which is due one lifetime after `now`.
    pub(super) fn put(&mut self, key: K, entry: Entry<V>, now: Instant) {
        self.remove(&key);
        let (key, due) = (Arc::new(key), now + self.lifetime);
        self.due.insert((due, Arc::clone(&key)));
        self.entries.insert(key, (due, entry));
    }

    pub(super) fn remove(&mut self, key: &K) -> Option<Entry<V>> {
        let (key, (due, entry)) = self.entries.remove_entry(key)?;
        self.due.remove(&(due, key));
        Some(entry)
    }

    /// Takes out one entry whose time is over.
    pub(super) fn take_due(&mut self, now: Instant) -> Option<(Arc<K>, Entry<V>)> {
        let first = self.due.first()?;
        if first.0 > now {
            return None;
        }
        let (_, key) = self.due.pop_first()?;
        let (_, entry) = self.entries.remove(&key)?;
        Some((key, entry))
    }
}
