//! A query laid over the universal automaton, with what each part of it may cost.
//!
//! Invariant: the rows are never cut, only judged: a distance that is reported is exact.

use super::automaton::{Automaton, DEAD, START, State};

/// No letter.
const NONE: u32 = u32::MAX;
/// Letters that are held against one letter at once.
const WINDOW: usize = 8;

/// Where a search may spend its edits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spending {
    /// Anywhere.
    Free,
    /// At most `most` edits while fewer than `letters` letters of the query are read.
    Sparing { letters: usize, most: usize },
}

/// A query.
#[derive(Debug)]
pub(super) struct Pattern {
    automaton: &'static Automaton,
    /// The letters, with as much of nothing before and after as a window needs.
    letters: Vec<u32>,
    count: usize,
    early: usize,
    /// For each number of letters of the key: cells in the sparing part, cells after it.
    parts: Vec<(u8, u8)>,
}

impl Pattern {
    /// The query `letters` with at most `edits` edits.
    pub(super) fn new(letters: impl Iterator<Item = char>, edits: usize, spending: Spending) -> Self {
        let automaton = Automaton::of(edits);
        let edits = automaton.edits();
        let mut padded = vec![NONE; edits];
        padded.extend(letters.map(u32::from));
        let count = padded.len() - edits;
        padded.resize(padded.len() + 2 * edits + WINDOW + 1, NONE);
        let (split, early) = match spending {
            Spending::Free => (0, edits),
            Spending::Sparing { letters, most } => (letters.min(count), most.min(edits)),
        };
        let parts = (0..=count + edits + 1)
            .map(|j| {
                let cells = |from: usize, to: usize| {
                    (0..automaton.width())
                        .filter(|b| (from..to).contains(&(j + b).wrapping_sub(edits)))
                        .map(|b| 1 << b)
                        .sum()
                };
                (cells(0, split), cells(split, count + 1))
            })
            .collect();
        Self { automaton, letters: padded, count, early, parts }
    }

    /// The state after `letter`, the key's letter number `at`; [`DEAD`] if the search ends here.
    #[inline]
    pub(super) fn step(&self, state: State, at: usize, letter: u32) -> State {
        let window = self.window(at);
        let mut equal = 0u8;
        for (b, own) in window.iter().enumerate() {
            equal |= u8::from(*own == letter) << b;
        }
        self.judged(self.automaton.step(state, equal & ((1 << self.automaton.width()) - 1)), at + 1)
    }

    /// The state after a letter that is none of the query's near `at`.
    #[inline]
    pub(super) fn step_other(&self, state: State, at: usize) -> State {
        self.judged(self.automaton.step(state, 0), at + 1)
    }

    #[inline]
    fn judged(&self, state: State, at: usize) -> State {
        let Some(&(early, late)) = self.parts.get(at) else { return DEAD };
        let alive = self.automaton.within(state, self.early) & early
            | self.automaton.within(state, self.automaton.edits()) & late;
        if alive == 0 { DEAD } else { state }
    }

    #[inline]
    fn window(&self, at: usize) -> &[u32; WINDOW] {
        const NOTHING: [u32; WINDOW] = [NONE; WINDOW];
        self.letters.get(at..).and_then(|l| l.first_chunk()).unwrap_or(&NOTHING)
    }

    /// The letters of the query near `at`, each once.
    pub(super) fn near(&self, at: usize) -> impl Iterator<Item = char> + '_ {
        let window = &self.window(at)[..self.automaton.width()];
        let distinct = window.iter().enumerate().filter(|(b, letter)| !window[..*b].contains(letter));
        distinct.filter_map(|(_, letter)| char::from_u32(*letter))
    }

    /// Edits between the query and a key of `length` letters in `state`, if they are few enough.
    pub(super) fn distance(&self, state: State, length: usize) -> Option<u8> {
        let edits = self.automaton.edits();
        let cell = (self.count + edits).checked_sub(length).filter(|b| *b < self.automaton.width())?;
        (0..=edits).find(|most| self.automaton.within(state, *most) >> cell & 1 == 1).map(|d| d as u8)
    }

    /// The state before the first letter.
    pub(super) fn start(&self) -> State {
        START
    }
}
