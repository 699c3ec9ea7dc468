//! The stage `fuzzy` of a lookup: forms whose keys are near the name's.
//!
//! Invariant: a nearer form scores higher than any farther one.

use super::near::Distance;
use crate::dict::lookup::{Candidate, Stage};
use crate::dict::source::row::Role;
use crate::dict::stack::Stack;
use crate::error::Result;

/// Most near keys of one layer that are looked into, the nearest first.
const MOST_KEYS: usize = 1000;

/// How far from a listed form a name may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reach {
    /// By the letters and digits of the shorter of the two: up to 2 none, up to 5 one edit, else
    /// two; so that most of what is compared stays equal, in every script.
    #[default]
    ByLength,
    /// At most so far, however short.
    Within(Distance),
}

impl Reach {
    /// The edits that a key may be away.
    pub fn of(self, key: &str) -> Distance {
        match self {
            Reach::Within(distance) => distance,
            Reach::ByLength => match key.chars().filter(|c| c.is_alphanumeric()).count() {
                0..=2 => Distance::Zero,
                3..=5 => Distance::One,
                _ => Distance::Two,
            },
        }
    }
}

/// Candidates near `key`, unordered. A form with the same key is here for its other marks: they
/// count as one edit. Codes are never near: one letter more is another code.
pub(in crate::dict) fn candidates<'s>(
    stack: &'s Stack,
    key: &str,
    lang: &str,
    reach: Reach,
) -> Result<Vec<Candidate<'s>>> {
    let most = reach.of(key);
    let mut near = Vec::new();
    if most > Distance::Zero {
        for (layer, dictionary) in stack.layers().iter().enumerate() {
            let found = dictionary.near(key, most, MOST_KEYS)?;
            near.extend(found.into_iter().map(|n| (n.key, layer, n.place, n.distance)));
        }
    }
    // The same key of all layers together: a later layer replaces forms of earlier ones.
    near.sort_unstable();
    let mut out = Vec::new();
    for same in near.chunk_by(|a, b| a.0 == b.0) {
        let distance = same[0].3.max(Distance::One);
        if distance > reach.of(&same[0].0) {
            continue;
        }
        let mut hits = Vec::new();
        same.iter().for_each(|(_, layer, place, _)| stack.push_hits(*layer, *place, &mut hits));
        hits.retain(|hit| !matches!(hit.form.role(), Role::Never | Role::Code));
        out.extend(hits.into_iter().map(|hit| {
            let base = if distance == Distance::One { 0.3 } else { 0.0 };
            let score = base + 0.3 * stack.weight(&hit, lang);
            Candidate { entity: hit.entity, form: hit.form, stage: Stage::Fuzzy, distance, score }
        }));
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reach_by_length() {
        let cases = [("", 0), ("ab", 0), ("a. b.", 0), ("abc", 1), ("a b-c de", 1), ("abcdef", 2), ("大阪市", 1)];
        for (key, edits) in cases {
            assert_eq!(Reach::ByLength.of(key).edits(), edits, "{key}");
            assert_eq!(Reach::Within(Distance::Two).of(key), Distance::Two);
        }
    }
}
