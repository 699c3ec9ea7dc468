//! A query laid over the universal automaton, with what each part of it may cost.
//!
//! Invariant: a distance is the least that the spending allows.

use super::automaton::{Automaton, CELLS, DEAD, State};

/// No letter.
const NONE: u32 = u32::MAX;

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
    count: usize,
    start: State,
    /// For each number of letters of the key: what may come next.
    windows: Vec<Window>,
}

/// The letters of the query that the next letter of a key may be.
#[derive(Debug)]
struct Window {
    letters: [u32; CELLS],
    /// Each of them once, as many as `count`.
    distinct: [Choice; CELLS],
    count: usize,
    /// Once that letter is read: how many cells are of the sparing part, and which are of the query.
    bound: u8,
    own: u8,
}

/// A letter and what it does.
#[derive(Debug, Clone, Copy)]
pub(super) struct Choice {
    /// The letter.
    pub letter: char,
    /// Where it stands in the window, as bits.
    equal: u8,
    utf8: [u8; 4],
}

impl Choice {
    /// Its bytes in a key.
    #[inline]
    pub(super) fn bytes(&self) -> &[u8] {
        &self.utf8[..self.letter.len_utf8()]
    }
}

impl Pattern {
    /// The query `letters` with at most `edits` edits.
    pub(super) fn new(letters: impl Iterator<Item = char>, edits: usize, spending: Spending) -> Self {
        let (split, early) = match spending {
            Spending::Free => (0, edits),
            Spending::Sparing { letters, most } => (letters, most),
        };
        let automaton = Automaton::of(edits, early);
        let edits = automaton.edits();
        let width = automaton.width();
        let mut padded = vec![NONE; edits];
        padded.extend(letters.map(u32::from));
        let count = padded.len() - edits;
        padded.resize(padded.len() + edits + CELLS, NONE);
        let windows = (0..=count + edits)
            .map(|at| {
                // Cell `b` is that of the first `at + 1 + b - edits` letters.
                let before = |letters: usize| (letters + edits).saturating_sub(at + 1).min(width);
                let none = edits.saturating_sub(at + 1);
                let own = (none..before(count + 1)).map(|b| 1 << b).sum();
                let mut letters = [NONE; CELLS];
                letters[..width].copy_from_slice(&padded[at..at + width]);
                Window::new(letters, before(split) as u8, own)
            })
            .collect();
        Self { automaton, count, start: automaton.start(split), windows }
    }

    /// The state after `letter`, the key's letter number `at`; [`DEAD`] if the search ends here.
    #[inline]
    pub(super) fn step(&self, state: State, at: usize, letter: u32) -> State {
        self.windows.get(at).map_or(DEAD, |window| self.judged(state, window, window.equal(letter)))
    }

    /// The state after a letter that is none of the query's near `at`.
    #[inline]
    pub(super) fn step_other(&self, state: State, at: usize) -> State {
        self.windows.get(at).map_or(DEAD, |window| self.judged(state, window, 0))
    }

    /// The letters of the query near `at`, each once.
    #[inline]
    pub(super) fn choices(&self, at: usize) -> &[Choice] {
        self.windows.get(at).map_or(&[], |window| &window.distinct[..window.count])
    }

    /// The state after one of the letters near `at`.
    #[inline]
    pub(super) fn step_choice(&self, state: State, at: usize, choice: &Choice) -> State {
        self.windows.get(at).map_or(DEAD, |window| self.judged(state, window, choice.equal))
    }

    #[inline]
    fn judged(&self, state: State, window: &Window, equal: u8) -> State {
        let state = self.automaton.step(state, window.bound, equal);
        if self.automaton.within(state, self.automaton.edits()) & window.own == 0 { DEAD } else { state }
    }

    /// Edits between the query and a key of `length` letters in `state`, if they are few enough.
    pub(super) fn distance(&self, state: State, length: usize) -> Option<u8> {
        let edits = self.automaton.edits();
        let cell = (self.count + edits).checked_sub(length).filter(|b| *b < self.automaton.width())?;
        (0..=edits).find(|most| self.automaton.within(state, *most) >> cell & 1 == 1).map(|d| d as u8)
    }

    /// The state before the first letter.
    pub(super) fn start(&self) -> State {
        self.start
    }
}

impl Window {
    fn new(letters: [u32; CELLS], bound: u8, own: u8) -> Self {
        let none = Choice { letter: '\0', equal: 0, utf8: [0; 4] };
        let mut window = Self { letters, distinct: [none; CELLS], count: 0, bound, own };
        for (b, letter) in letters.iter().enumerate() {
            if !letters[..b].contains(letter)
                && let Some(letter) = char::from_u32(*letter)
            {
                let mut utf8 = [0; 4];
                letter.encode_utf8(&mut utf8);
                window.distinct[window.count] = Choice { letter, equal: window.equal(u32::from(letter)), utf8 };
                window.count += 1;
            }
        }
        window
    }

    #[inline]
    fn equal(&self, letter: u32) -> u8 {
        let bit = |b: usize| u8::from(self.letters[b] == letter) << b;
        (0..CELLS).map(bit).sum()
    }
}
