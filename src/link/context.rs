//! What a document has named so far: the evidence that one mention gives another.
//!
//! Invariant: only mentions that need nothing from the document enter; so the order in which
//! mentions are judged does not change the result.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

use crate::dict::EntityRef;

/// The entities that a document names, with the keys by which it names them.
#[derive(Debug, Clone, Default)]
pub struct Context {
    named: HashMap<EntityRef, Named, BuildHasherDefault<Numbers>>,
    countries: Vec<(Arc<str>, u32)>,
    /// Entities with a country.
    placed: u32,
    /// Bytes of the windows before the present one.
    pub(super) offset: usize,
}

#[derive(Debug, Clone)]
struct Named {
    /// The key that named it first.
    key: Arc<str>,
    /// Whether another key names it too.
    otherwise: bool,
    /// Ends of mentions by a full name, over all windows, in order.
    whole: Vec<usize>,
}

/// Most places kept an entity, so that a context stays small over texts of any length.
const MOST: usize = 64;

/// Entities for which a context keeps its room from text to text.
const ROOM: usize = 512;

impl Context {
    /// Forgets everything, for another text.
    pub(super) fn clear(&mut self) {
        if self.named.capacity() > ROOM {
            self.named = HashMap::default();
        }
        self.named.clear();
        self.countries.clear();
        (self.placed, self.offset) = (0, 0);
    }

    /// Notes that `entity` of `country` is named by `key`, ending at byte `end` of the window;
    /// `whole` tells a full name from a surname alone.
    pub(super) fn note(&mut self, entity: EntityRef, country: &Arc<str>, key: &Arc<str>, whole: Option<usize>) {
        let new = || Named { key: key.clone(), otherwise: false, whole: Vec::new() };
        let named = self.named.entry(entity).or_insert_with(|| {
            if !country.is_empty() {
                self.placed += 1;
                match self.countries.iter_mut().find(|(c, _)| c == country) {
                    Some((_, n)) => *n += 1,
                    None => self.countries.push((country.clone(), 1)),
                }
            }
            new()
        });
        named.otherwise |= !Arc::ptr_eq(&named.key, key) && named.key != *key;
        if let Some(end) = whole {
            let end = self.offset + end;
            if let Err(at) = named.whole.binary_search(&end) {
                named.whole.insert(at, end);
            }
            if named.whole.len() > MOST {
                named.whole.remove(0);
            }
        }
    }

    /// Whether the document names the entity at all.
    pub fn names(&self, entity: EntityRef) -> bool {
        self.named.contains_key(&entity)
    }

    /// Whether the document names the entity by another key than `key`.
    pub fn names_otherwise(&self, entity: EntityRef, key: &str) -> bool {
        self.named.get(&entity).is_some_and(|n| n.otherwise || *n.key != *key)
    }

    /// Where the nearest full name of the entity stands, seen from byte `at` of the window: how
    /// many bytes before it ends, or a large number if only behind.
    pub(super) fn nearest_whole(&self, entity: EntityRef, at: usize) -> Option<usize> {
        let whole = &self.named.get(&entity)?.whole;
        let at = self.offset + at;
        match whole[..whole.partition_point(|&end| end <= at)].last() {
            Some(end) => Some(at - end),
            None => whole.first().map(|start| (start - at).saturating_add(usize::MAX / 2)),
        }
    }

    /// Share of the named entities with a country that belong to `country`, 0 to 1.
    pub(super) fn share_of_country(&self, country: &str) -> f32 {
        match self.countries.iter().find(|(c, _)| **c == *country) {
            Some((_, n)) if self.placed > 0 && !country.is_empty() => *n as f32 / self.placed as f32,
            _ => 0.0,
        }
    }
}

/// A quick hash of the few numbers that name an entity.
#[derive(Debug, Clone, Copy, Default)]
struct Numbers(u64);

impl Hasher for Numbers {
    fn finish(&self) -> u64 {
        self.0 ^ self.0 >> 32
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&b| self.write_u32(u32::from(b)));
    }

    fn write_u16(&mut self, n: u16) {
        self.write_u32(u32::from(n));
    }

    fn write_u32(&mut self, n: u32) {
        self.0 = (self.0.rotate_left(26) ^ u64::from(n)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}
