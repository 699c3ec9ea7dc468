//! Letters with marks, folded as a whole and remembered.
//!
//! Invariant: a cluster that is told has a key of its letter's kind alone; the memory is bounded.

use std::collections::HashMap;
use std::sync::OnceLock;

use unicode_segmentation::UnicodeSegmentation;

use super::fact::{Fact, Kind};
use super::hash;
use crate::text::letter;
use crate::text::twin;

/// A cluster of a letter and marks, folded.
#[derive(Debug, Clone)]
pub(super) struct Cluster {
    pub key: Box<[u8]>,
    /// Scripts that take part in look-alikes.
    pub scripts: u32,
}

/// The clusters met so far.
#[derive(Debug, Default)]
pub(super) struct Clusters(HashMap<Box<str>, Option<Cluster>>);

/// Clusters remembered before the memory starts anew.
const MOST: usize = 1 << 14;
/// Longest cluster in bytes.
const LONGEST: usize = 32;

impl Clusters {
    /// The fold of a letter with marks, if it is of `kind` too and nothing about it is odd.
    pub(super) fn get(&mut self, cluster: &str, kind: Kind) -> Option<&Cluster> {
        if cluster.len() > LONGEST {
            return None;
        }
        if !self.0.contains_key(cluster) {
            if self.0.len() >= MOST {
                self.0.clear();
            }
            self.0.insert(cluster.into(), Cluster::fold(cluster, kind));
        }
        self.0.get(cluster)?.as_ref()
    }
}

impl Cluster {
    fn fold(cluster: &str, kind: Kind) -> Option<Self> {
        let key = letter::fold_cluster(cluster);
        let fact = |c: char| Fact::of(u32::from(c));
        let begins = key.chars().next().is_some_and(|c| fact(c).kind() == kind);
        let alike = begins && key.chars().all(|c| fact(c).kind() == kind || fact(c).is_mark());
        let one = kind == Kind::Word || key.graphemes(true).count() == 1;
        let scripts = key.chars().chain(cluster.chars()).map(|c| u32::from(twin::script_bit(c))).fold(0, |a, b| a | b);
        (alike && one).then(|| Self { key: key.into_bytes().into(), scripts })
    }
}

/// Appends the key of an easy token: of its letters, without the dots and blanks of initials.
pub fn push_key(token: &str, out: &mut Vec<u8>) {
    let kept = out.len();
    for c in token.chars() {
        let fact = Fact::of(u32::from(c));
        match fact.kind() {
            Kind::Sign | Kind::Blank => {}
            Kind::Hard => {
                out.truncate(kept);
                token
                    .graphemes(true)
                    .for_each(|cluster| out.extend_from_slice(letter::fold_cluster(cluster).as_bytes()));
                return;
            }
            _ => out.extend_from_slice(&fact.fold().to_le_bytes()[..fact.fold_len() as usize]),
        }
    }
}

/// The hash of a word of capitals that look alike in another script, as it reads there.
pub fn alike(word: &str, folded: &mut Vec<u8>) -> u64 {
    folded.clear();
    for c in word.chars() {
        let fold = alike_fold(c);
        let length = (32 - fold.leading_zeros()).div_ceil(8) as usize;
        folded.extend_from_slice(&fold.to_le_bytes()[..length]);
    }
    hash::token(folded)
}

/// The fold of a character's counterpart in another script, or else its own.
fn alike_fold(c: char) -> u32 {
    /// Latin and Cyrillic capitals lie below.
    const MANY: usize = 0x530;
    static FOLDS: OnceLock<Box<[u32]>> = OnceLock::new();
    let fold = |c: char| Fact::of(u32::from(twin::counterpart(c).unwrap_or(c))).fold();
    let folds = FOLDS.get_or_init(|| (0..MANY as u32).map(|c| char::from_u32(c).map_or(0, fold)).collect());
    folds.get(c as usize).copied().unwrap_or_else(|| fold(c))
}
