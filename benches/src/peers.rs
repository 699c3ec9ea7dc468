//! The engines that ours is held against, all on folded text with folded patterns.
//!
//! Invariant: every match is drained; folding, and for the walk finding the words, is done
//! beforehand and not charged.

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use daachorse::{
    CharwiseDoubleArrayAhoCorasick, CharwiseDoubleArrayAhoCorasickBuilder, DoubleArrayAhoCorasick,
    DoubleArrayAhoCorasickBuilder, MatchKind,
};
use exonym::text::{self, LineEnd, TokenKind};
use fst::raw::Fst;

use crate::clock::Tally;

/// Most patterns for the engines whose building takes gigabytes beyond.
const MOST_PATTERNS: usize = 5_000_000;

/// A text as the peers read it.
#[derive(Debug, Clone)]
pub struct FoldedText {
    key: String,
    /// Where words begin.
    starts: Vec<u32>,
    /// A bit for every byte: whether a word ends before it.
    ends: Vec<u64>,
}

impl FoldedText {
    /// Folds `text`.
    pub fn new(text: &str) -> Self {
        let folded = text::fold(text, LineEnd::Blank);
        let key = folded.key().to_owned();
        let mut ends = vec![0u64; key.len() / 64 + 1];
        let words = || folded.tokens().iter().filter(|t| !matches!(t.kind, TokenKind::Blank | TokenKind::Break));
        for end in words().map(|t| t.key_end as usize) {
            ends[end / 64] |= 1 << (end % 64);
        }
        Self { starts: words().map(|t| t.key).collect(), ends, key }
    }

    fn ends_at(&self, at: usize) -> bool {
        self.ends[at / 64] >> (at % 64) & 1 == 1
    }
}

/// A peer with its patterns.
pub enum Peer {
    /// `daachorse`, by bytes.
    Bytewise(DoubleArrayAhoCorasick<u32>),
    /// `daachorse`, by characters.
    Charwise(CharwiseDoubleArrayAhoCorasick<u32>),
    /// `aho-corasick`, contiguous automaton.
    Contiguous(AhoCorasick),
    /// A walk through an `fst` from every word on, the longest match that ends with a word.
    Walk(Fst<Vec<u8>>),
}

impl Peer {
    /// Every peer that can take so many `keys`, which are distinct, in order, none empty.
    pub fn all(keys: &[&str]) -> Vec<Self> {
        let mut out = Vec::new();
        let few = keys.len() <= MOST_PATTERNS;
        if few {
            let bytewise = DoubleArrayAhoCorasickBuilder::new().match_kind(MatchKind::LeftmostLongest).build(keys);
            out.extend(taken("daachorse bytewise", bytewise.map(Self::Bytewise)));
        } else {
            println!("left out: daachorse bytewise and aho-corasick, whose building is too large for {}", keys.len());
        }
        let charwise = CharwiseDoubleArrayAhoCorasickBuilder::new().match_kind(MatchKind::LeftmostLongest).build(keys);
        out.extend(taken("daachorse charwise", charwise.map(Self::Charwise)));
        if few {
            let contiguous = AhoCorasick::builder()
                .kind(Some(AhoCorasickKind::ContiguousNFA))
                .match_kind(aho_corasick::MatchKind::LeftmostLongest)
                .build(keys);
            out.extend(taken("aho-corasick", contiguous.map(Self::Contiguous)));
        }
        let map = fst::Map::from_iter(keys.iter().zip(0..));
        out.extend(taken("fst", map.map(|map| Self::Walk(map.into_fst()))));
        out
    }

    /// The name in tables.
    pub fn name(&self) -> &'static str {
        match self {
            Peer::Bytewise(_) => "daachorse bytes",
            Peer::Charwise(_) => "daachorse chars",
            Peer::Contiguous(_) => "aho-corasick",
            Peer::Walk(_) => "fst walk",
        }
    }

    /// Whether it is one of the two whose faster one sets the bar.
    pub fn is_daachorse(name: &str) -> bool {
        name.starts_with("daachorse")
    }

    /// All matches in `text`.
    pub fn run(&self, text: &FoldedText) -> Tally {
        let mut tally = Tally::default();
        match self {
            Peer::Bytewise(engine) => {
                engine.leftmost_find_iter(&text.key).for_each(|m| tally.add(m.start(), m.end()));
            }
            Peer::Charwise(engine) => {
                engine.leftmost_find_iter(&text.key).for_each(|m| tally.add(m.start(), m.end()));
            }
            Peer::Contiguous(engine) => engine.find_iter(&text.key).for_each(|m| tally.add(m.start(), m.end())),
            Peer::Walk(engine) => walk(engine, text, &mut tally),
        }
        tally
    }
}

fn taken<E: std::fmt::Display>(name: &str, built: Result<Peer, E>) -> Option<Peer> {
    built.inspect_err(|e| println!("left out: {name}: {e}")).ok()
}

fn walk(engine: &Fst<Vec<u8>>, text: &FoldedText, tally: &mut Tally) {
    let mut free = 0;
    for &start in &text.starts {
        let start = start as usize;
        if start < free {
            continue;
        }
        let (mut node, mut longest, mut value) = (engine.root(), None, 0);
        for (at, &byte) in text.key.as_bytes().iter().enumerate().skip(start) {
            let Some(i) = node.find_input(byte) else { break };
            let transition = node.transition(i);
            value += transition.out.value();
            node = engine.node(transition.addr);
            if node.is_final() && text.ends_at(at + 1) {
                longest = Some((at + 1, value + node.final_output().value()));
            }
        }
        if let Some((end, value)) = longest {
            tally.add(start, end);
            std::hint::black_box(value);
            free = end;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_walk_keeps_to_words() {
        let text = FoldedText::new("New York, new yorkers; York.");
        let counts: Vec<(&str, u64)> =
            Peer::all(&["new", "new york", "york"]).iter().map(|p| (p.name(), p.run(&text).count)).collect();
        let expected = [("daachorse bytes", 3), ("daachorse chars", 3), ("aho-corasick", 3), ("fst walk", 3)];
        assert_eq!(counts, expected);
        let places: Vec<u64> = Peer::all(&["new", "new york", "york"]).iter().map(|p| p.run(&text).places).collect();
        assert!(places[0] == places[1] && places[1] == places[2] && places[2] != places[3]);
    }
}
