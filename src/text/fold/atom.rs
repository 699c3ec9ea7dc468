//! Grapheme clusters with their class, and the per-thread memory of folded clusters.
//!
//! Invariant: what is remembered is what would be computed; the memory is bounded.

use std::cell::RefCell;
use std::collections::HashMap;

use unicode_segmentation::UnicodeSegmentation;

use crate::text::letter::{Class, class, fold_cluster, is_invisible};

/// One grapheme cluster of the source.
#[derive(Clone, Copy)]
pub(super) struct Atom {
    /// First byte.
    pub start: u32,
    /// One past its last byte.
    pub end: u32,
    /// How it behaves.
    pub class: Class,
    /// Its first visible character.
    pub first: char,
}

/// The clusters of `text`.
pub(super) fn atoms(text: &str) -> Vec<Atom> {
    let mut out = Vec::with_capacity(text.len() / 2);
    for (start, cluster) in text.grapheme_indices(true) {
        let visible = cluster.chars().find(|&c| !is_invisible(c));
        let first = visible.unwrap_or_else(|| cluster.chars().next().unwrap_or('\0'));
        out.push(Atom { start: start as u32, end: (start + cluster.len()) as u32, class: cached_class(first), first });
    }
    out
}

thread_local! {
    static CLASSES: RefCell<HashMap<char, Class>> = RefCell::default();
    static CLUSTERS: RefCell<HashMap<Box<str>, Box<str>>> = RefCell::default();
}

/// Entries after which the per-thread memory of folded clusters starts anew.
const CACHE_LIMIT: usize = 1 << 16;

fn cached_class(c: char) -> Class {
    if c.is_ascii() {
        return class(c);
    }
    CLASSES.with_borrow_mut(|classes| {
        if classes.len() > CACHE_LIMIT {
            classes.clear();
        }
        *classes.entry(c).or_insert_with(|| class(c))
    })
}

/// Appends the key of a cluster.
pub(super) fn push_folded(cluster: &str, out: &mut String) {
    if let [b] = cluster.as_bytes() {
        out.push(char::from(b.to_ascii_lowercase()));
        return;
    }
    CLUSTERS.with_borrow_mut(|clusters| {
        if let Some(key) = clusters.get(cluster) {
            out.push_str(key);
            return;
        }
        let key = fold_cluster(cluster);
        out.push_str(&key);
        // A cluster may be of any length; only short ones come again.
        if cluster.len() <= 64 {
            if clusters.len() > CACHE_LIMIT {
                clusters.clear();
            }
            clusters.insert(cluster.into(), key.into());
        }
    });
}
