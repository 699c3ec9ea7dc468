//! The universal Damerau-Levenshtein automaton: one table for every query.
//!
//! A state is a row of the edit matrix around its diagonal, with the exchanges of two neighbours
//! that have begun; a step reads which letters of the query's window equal the letter of the key
//! (Mihov and Schulz, "Fast approximate search in large dictionaries", Computational Linguistics
//! 30, 2004). The distance is the optimal string alignment: insert, leave out, change, or exchange
//! two neighbours, no letter edited twice. Cells before a bound may be held to fewer edits.
//!
//! Invariant: the states depend on the numbers of edits alone, and are few.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

/// Most edits.
const MOST: usize = 2;
/// Cells of the widest row: two edits to either side of the diagonal.
pub(super) const CELLS: usize = 2 * MOST + 1;
/// Kinds of windows: a bit for every cell.
const WINDOWS: usize = 1 << CELLS;

/// Number of a state.
pub(super) type State = u16;
/// The state from which nothing can be reached.
pub(super) const DEAD: State = 0;
/// Cell `b` of a row after `j` letters of the key: edits from the first `j - edits + b` letters of
/// the query. Swap `b`: edits before an exchange whose first letter was just read, and which ends
/// in cell `b` of the next row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Row {
    cells: [u8; CELLS],
    swaps: [u8; CELLS],
}

/// The table for a number of edits, of which at most `early` before a bound.
#[derive(Debug)]
pub(super) struct Automaton {
    edits: usize,
    /// For each state and number of cells before the bound: the next state by window.
    steps: Vec<[[State; WINDOWS]; CELLS + 1]>,
    /// For each state, its cells with at most 0, 1, 2 edits as bits.
    within: Vec<[u8; MOST + 1]>,
    /// The first states, by letters of the query before the bound.
    starts: [State; MOST + 2],
}

impl Automaton {
    /// The table for `edits`, 0 to 2, of which `early` may come before the bound; made at first use
    /// in a millisecond at most.
    pub(super) fn of(edits: usize, early: usize) -> &'static Self {
        static TABLES: [[OnceLock<Automaton>; MOST + 1]; MOST + 1] =
            [const { [const { OnceLock::new() }; MOST + 1] }; MOST + 1];
        let edits = edits.min(MOST);
        let early = early.min(edits);
        TABLES[edits][early].get_or_init(|| Self::new(edits, early))
    }

    fn new(edits: usize, early: usize) -> Self {
        let (dead, width) = (edits as u8 + 1, 2 * edits + 1);
        let mut rows = Rows::default();
        rows.number(Row { cells: [dead; CELLS], swaps: [dead; CELLS] });
        let starts = std::array::from_fn(|bound| rows.number(Row::start(edits, early, bound)));
        let mut steps = Vec::new();
        // The bound comes nearer with every letter, from beyond the row to before it; only what can
        // be met so is worked out.
        let first = |bound: usize| (starts[bound.min(MOST + 1)], (bound + edits).saturating_sub(1).min(width));
        let mut open: Vec<(State, usize)> = (0..=width).map(first).collect();
        let mut met: HashSet<(State, usize)> = open.iter().copied().collect();
        while let Some((state, bound)) = open.pop() {
            for window in 0..1 << width {
                let next = rows.number(rows.list[usize::from(state)].step(edits, early, bound, window));
                steps.resize(rows.list.len(), [[DEAD; WINDOWS]; CELLS + 1]);
                steps[usize::from(state)][bound][window] = next;
                let nearer = bound.saturating_sub(1);
                let bounds = [nearer, if bound == width { width } else { nearer }];
                open.extend(bounds.map(|bound| (next, bound)).into_iter().filter(|pair| met.insert(*pair)));
            }
        }
        let most = |row: &Row| std::array::from_fn(|most| row.within((most as u8).min(dead - 1)));
        Self { edits, steps, within: rows.list.iter().map(most).collect(), starts }
    }

    /// Most edits.
    pub(super) fn edits(&self) -> usize {
        self.edits
    }

    /// Cells of a row.
    pub(super) fn width(&self) -> usize {
        2 * self.edits + 1
    }

    /// The state before the first letter, with `bound` letters of the query before the bound.
    pub(super) fn start(&self, bound: usize) -> State {
        self.starts[bound.min(MOST + 1)]
    }

    /// The state after a letter that equals the letters of `window`, where `bound` cells of the
    /// new row lie before the bound.
    #[inline]
    pub(super) fn step(&self, state: State, bound: u8, window: u8) -> State {
        self.steps[usize::from(state)][usize::from(bound).min(CELLS)][usize::from(window) % WINDOWS]
    }

    /// The cells with at most `most` edits, as bits.
    #[inline]
    pub(super) fn within(&self, state: State, most: usize) -> u8 {
        self.within[usize::from(state)][most.min(MOST)]
    }
}

/// Rows and their numbers.
#[derive(Default)]
struct Rows {
    list: Vec<Row>,
    numbers: HashMap<Row, State>,
}

impl Rows {
    fn number(&mut self, row: Row) -> State {
        *self.numbers.entry(row).or_insert_with(|| {
            self.list.push(row);
            (self.list.len() - 1) as State
        })
    }
}

impl Row {
    /// The row before the first letter: only letters of the query are left out.
    fn start(edits: usize, early: usize, bound: usize) -> Self {
        let dead = edits as u8 + 1;
        let mut row = Self { cells: [dead; CELLS], swaps: [dead; CELLS] };
        for left_out in 0..=edits {
            if left_out.min(bound.saturating_sub(1)) <= early {
                row.cells[edits + left_out] = left_out as u8;
            }
        }
        row
    }

    fn step(&self, edits: usize, early: usize, bound: usize, window: usize) -> Self {
        let dead = edits as u8 + 1;
        let equal = |b: usize| window >> b & 1 == 1;
        let mut next = Self { cells: [dead; CELLS], swaps: [dead; CELLS] };
        for b in 0..=2 * edits {
            let mut cell = self.cells[b] + u8::from(!equal(b));
            if b < 2 * edits {
                cell = cell.min(self.cells[b + 1] + 1);
                if equal(b + 1) && self.cells[b] < edits as u8 {
                    next.swaps[b] = self.cells[b];
                }
            }
            if b > 0 {
                cell = cell.min(next.cells[b - 1] + 1);
                if equal(b - 1) {
                    cell = cell.min(self.swaps[b] + 1);
                }
            }
            let most = if b < bound { early } else { edits };
            next.cells[b] = if cell <= most as u8 { cell } else { dead };
        }
        next
    }

    fn within(&self, most: u8) -> u8 {
        self.cells.iter().enumerate().filter(|(_, cell)| **cell <= most).map(|(b, _)| 1 << b).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_states() {
        let states = |edits, early| Automaton::of(edits, early).steps.len();
        assert_eq!([states(0, 0), states(1, 1), states(2, 2)], [2, 12, 124]);
        assert_eq!([states(1, 0), states(2, 0), states(2, 1)], [17, 134, 262]);
    }
}
