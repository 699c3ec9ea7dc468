//! What a document has named so far: the evidence that one mention gives another.
//!
//! Invariant: only mentions that need nothing from the document enter; so the order in which
//! mentions are judged does not change the result.

use std::collections::{BTreeSet, HashMap};

use crate::dict::{EntityRef, Stack};

/// The entities that a document names, with the keys by which it names them.
#[derive(Debug, Clone, Default)]
pub struct Context {
    named: HashMap<EntityRef, Named>,
    countries: HashMap<String, u32>,
    /// Bytes of the windows before the present one.
    pub(super) offset: usize,
}

#[derive(Debug, Clone, Default)]
struct Named {
    keys: BTreeSet<String>,
    /// Ends of mentions by a full name, over all windows.
    whole: BTreeSet<usize>,
}

/// Most keys and places kept an entity, so that a context stays small over texts of any length.
const MOST: usize = 64;

impl Context {
    /// Notes that `entity` is named by `key`, ending at byte `end` of the window; `whole` tells a
    /// full name from a surname alone.
    pub(super) fn note(&mut self, stack: &Stack, entity: EntityRef, key: &str, whole: Option<usize>) {
        if !self.named.contains_key(&entity) {
            let country = stack.country(entity);
            if !country.is_empty() {
                *self.countries.entry(country).or_default() += 1;
            }
        }
        let named = self.named.entry(entity).or_default();
        if named.keys.len() < MOST {
            named.keys.insert(key.to_owned());
        }
        if let Some(end) = whole {
            named.whole.insert(self.offset + end);
            if named.whole.len() > MOST {
                named.whole.pop_first();
            }
        }
    }

    /// Whether the document names the entity at all.
    pub fn names(&self, entity: EntityRef) -> bool {
        self.named.contains_key(&entity)
    }

    /// Whether the document names the entity by another key than `key`.
    pub fn names_otherwise(&self, entity: EntityRef, key: &str) -> bool {
        self.named.get(&entity).is_some_and(|n| n.keys.iter().any(|k| k != key))
    }

    /// Where the nearest full name of the entity stands, seen from byte `at` of the window: how
    /// many bytes before it ends, or a large number if only behind.
    pub(super) fn nearest_whole(&self, entity: EntityRef, at: usize) -> Option<usize> {
        let whole = &self.named.get(&entity)?.whole;
        let at = self.offset + at;
        match whole.range(..=at).next_back() {
            Some(end) => Some(at - end),
            None => whole.first().map(|start| (start - at).saturating_add(usize::MAX / 2)),
        }
    }

    /// Share of the named entities with a country that belong to `country`, 0 to 1.
    pub(super) fn share_of_country(&self, country: &str) -> f32 {
        let all: u32 = self.countries.values().sum();
        match self.countries.get(country) {
            Some(&n) if all > 0 && !country.is_empty() => n as f32 / all as f32,
            _ => 0.0,
        }
    }
}
