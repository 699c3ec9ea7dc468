//! Grapheme clusters with their class, and the per-thread memory of folded clusters.
//!
//! Invariant: what is remembered is what would be computed; the memory is bounded.

use std::cell::RefCell;
use std::collections::HashMap;

use unicode_segmentation::UnicodeSegmentation;

use crate::text::letter::{Class, class, fold_cluster, is_invisible};
use crate::text::lex::fact::{Fact, Kind};

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
    for_each_cluster(text, |start, cluster| {
        let visible = cluster.chars().find(|&c| !is_invisible(c));
        let first = visible.unwrap_or_else(|| cluster.chars().next().unwrap_or('\0'));
        out.push(Atom { start: start as u32, end: (start + cluster.len()) as u32, class: cached_class(first), first });
    });
    out
}

/// Tells each grapheme cluster of `text`. Between two characters that are clusters of their own
/// beside any such there is an edge; only around others Unicode's rules are asked.
fn for_each_cluster<'t>(text: &'t str, mut tell: impl FnMut(usize, &'t str)) {
    let is_easy = |c: char| Fact::of(u32::from(c)).kind() != Kind::Hard;
    let mut start = 0;
    while let Some(c) = text[start..].chars().next() {
        let mut end = start + c.len_utf8();
        let mut easy = is_easy(c);
        let next = text[end..].chars().next();
        if easy && next.is_none_or(is_easy) {
            tell(start, &text[start..end]);
            start = end;
            continue;
        }
        // As far as two easy characters follow each other.
        for c in text[end..].chars() {
            let is_easy = is_easy(c);
            if easy && is_easy {
                break;
            }
            easy = is_easy;
            end += c.len_utf8();
        }
        text[start..end].grapheme_indices(true).for_each(|(at, cluster)| tell(start + at, cluster));
        start = end;
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clusters_are_those_of_unicode() {
        let mut seed = 1u64;
        let mut next = move || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) as u32
        };
        let ranges = [
            (0x20, 0x60),
            (0x0a, 4),
            (0x300, 0x70),
            (0x400, 0x100),
            (0x590, 0x60),
            (0x600, 0x100),
            (0x900, 0x80),
            (0xe00, 0x80),
            (0x1100, 0x100),
            (0xac00, 0x100),
            (0x200b, 8),
            (0x1f1e6, 26),
            (0x1f468, 4),
            (0x1f3fb, 5),
            (0xfe00, 16),
            (0x4e00, 9),
            (0x3041, 0x60),
            (0x1000, 0x80),
            (0xd4e, 1),
            (0x600, 6),
            (0x110bd, 1),
        ];
        for _ in 0..20_000 {
            let text: String = (0..1 + next() % 12)
                .filter_map(|_| {
                    let (low, count) = ranges[next() as usize % ranges.len()];
                    char::from_u32(low + next() % count)
                })
                .collect();
            let mut found = Vec::new();
            for_each_cluster(&text, |at, cluster| found.push((at, cluster)));
            assert_eq!(found, text.grapheme_indices(true).collect::<Vec<_>>(), "{text:?}");
        }
    }
}
