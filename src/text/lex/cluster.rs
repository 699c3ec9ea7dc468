//! Letters with marks, folded as a whole and remembered.
//!
//! Invariant: a cluster that is told has a key of its letter's kind alone; the memory is bounded.

use std::collections::HashMap;
use std::sync::OnceLock;

use unicode_segmentation::UnicodeSegmentation;

use super::fact::{Fact, Kind};
use super::hash;
use crate::text::{self, LineEnd, TokenKind, letter, twin};

/// A cluster of a letter and marks, folded.
#[derive(Debug, Clone)]
pub(super) struct Cluster {
    pub key: Box<[u8]>,
    /// Scripts that take part in look-alikes.
    pub scripts: u32,
}

/// The clusters met so far, and the words of several scripts with their keys.
#[derive(Debug, Default)]
pub(super) struct Clusters {
    clusters: HashMap<Box<str>, Option<Cluster>>,
    words: HashMap<Box<str>, Option<Box<[u8]>>>,
}

/// Clusters remembered before the memory starts anew.
const MOST: usize = 1 << 14;
/// Longest cluster in bytes.
const LONGEST: usize = 32;
/// Longest word of several scripts in bytes.
const LONGEST_WORD: usize = 64;

impl Clusters {
    /// The fold of a letter with marks, if it is of `kind` too and nothing about it is odd.
    pub(super) fn get(&mut self, cluster: &str, kind: Kind) -> Option<&Cluster> {
        if cluster.len() > LONGEST {
            return None;
        }
        if !self.clusters.contains_key(cluster) {
            if self.clusters.len() >= MOST {
                self.clusters.clear();
            }
            self.clusters.insert(cluster.into(), Cluster::fold(cluster, kind));
        }
        self.clusters.get(cluster)?.as_ref()
    }

    /// The key of a word of letters that stand alone, of several scripts, if it has one reading.
    pub(super) fn word(&mut self, word: &str) -> Option<&[u8]> {
        if word.len() > LONGEST_WORD {
            return None;
        }
        if !self.words.contains_key(word) {
            if self.words.len() >= MOST {
                self.words.clear();
            }
            self.words.insert(word.into(), key_of_word(word));
        }
        self.words.get(word)?.as_deref()
    }
}

fn key_of_word(word: &str) -> Option<Box<[u8]>> {
    let folded = text::fold(word, LineEnd::Blank);
    let [token] = folded.tokens() else {
        return None;
    };
    let one_reading = token.kind == TokenKind::Word && folded.alternative(token).is_none();
    let covers = token.src == 0 && token.src_end as usize == word.len();
    let plain = folded.key().chars().all(|c| Fact::of(u32::from(c)).kind() == Kind::Word);
    (one_reading && covers && plain).then(|| folded.key().as_bytes().into())
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
    let mut scripts = 0;
    for c in token.chars() {
        let fact = Fact::of(u32::from(c));
        scripts |= fact.scripts();
        match fact.kind() {
            Kind::Sign | Kind::Blank => {}
            Kind::Hard => {
                out.truncate(kept);
                token
                    .graphemes(true)
                    .for_each(|cluster| out.extend_from_slice(letter::fold_cluster(cluster).as_bytes()));
                return;
            }
            _ => fact.push_fold(out),
        }
    }
    if scripts & scripts.wrapping_sub(1) != 0 {
        out.truncate(kept);
        out.extend_from_slice(text::key(token).as_bytes());
    }
}

/// The hash of a word of capitals that look alike in another script, as it reads there, and
/// whether every letter reads as another there. Its key goes to `folded`.
pub fn alike(word: &str, folded: &mut Vec<u8>) -> (u64, bool) {
    folded.clear();
    let mut pure = true;
    for c in word.chars() {
        let fold = alike_fold(c);
        pure &= fold != Fact::of(u32::from(c)).fold();
        let length = (32 - fold.leading_zeros()).div_ceil(8) as usize;
        folded.extend_from_slice(&fold.to_le_bytes()[..length]);
    }
    (hash::token(folded), pure)
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
