//! The universal Damerau-Levenshtein automaton: one table for every query.
//!
//! A state is a row of the edit matrix around its diagonal, with the exchanges of two neighbours
//! that have begun; a step reads which letters of the query's window equal the letter of the key
//! (Mihov and Schulz, "Fast approximate search in large dictionaries", Computational Linguistics
//! 30, 2004). The distance is the optimal string alignment: insert, leave out, change, or exchange
//! two neighbours, no letter edited twice.
//!
//! Invariant: the states depend on the number of edits alone: 12 for one, 124 for two.

use std::collections::HashMap;
use std::sync::OnceLock;

/// Cells of the widest row: two edits to either side of the diagonal.
pub(super) const CELLS: usize = 5;
/// Kinds of windows: a bit for every cell.
const WINDOWS: usize = 1 << CELLS;

/// Number of a state.
pub(super) type State = u8;
/// The state from which nothing can be reached.
pub(super) const DEAD: State = 0;
/// The state before the first letter.
pub(super) const START: State = 1;

/// Cell `b` of a row after `j` letters of the key: edits from the first `j - edits + b` letters of
/// the query. Swap `b`: edits before an exchange whose first letter was just read, and which ends
/// in cell `b` of the next row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Row {
    cells: [u8; CELLS],
    swaps: [u8; CELLS],
}

/// The table for a number of edits.
#[derive(Debug)]
pub(super) struct Automaton {
    edits: usize,
    steps: Vec<[State; WINDOWS]>,
    /// For each state, the cells with at most 0, 1, 2 edits as bits.
    within: Vec<[u8; 3]>,
}

impl Automaton {
    /// The table for `edits`, 0 to 2, made at first use in well under a millisecond.
    pub(super) fn of(edits: usize) -> &'static Self {
        static TABLES: [OnceLock<Automaton>; 3] = [const { OnceLock::new() }; 3];
        let edits = edits.min(2);
        TABLES[edits].get_or_init(|| Self::new(edits))
    }

    fn new(edits: usize) -> Self {
        let dead = edits as u8 + 1;
        let mut start = Row { cells: [dead; CELLS], swaps: [dead; CELLS] };
        for b in edits..=2 * edits {
            start.cells[b] = (b - edits) as u8;
        }
        let mut rows = vec![Row { cells: [dead; CELLS], swaps: [dead; CELLS] }, start];
        let mut known: HashMap<Row, State> = rows.iter().zip(0..).map(|(row, i)| (*row, i)).collect();
        let mut steps = Vec::new();
        while let Some(&row) = rows.get(steps.len()) {
            let mut step = [DEAD; WINDOWS];
            for (window, next) in step.iter_mut().enumerate() {
                let row = row.step(edits, window);
                *next = *known.entry(row).or_insert_with(|| {
                    rows.push(row);
                    (rows.len() - 1) as State
                });
            }
            steps.push(step);
        }
        let within = rows.iter().map(|row| [0, 1, 2].map(|most| row.within(most.min(dead - 1)))).collect();
        Self { edits, steps, within }
    }

    /// Most edits.
    pub(super) fn edits(&self) -> usize {
        self.edits
    }

    /// Cells of a row.
    pub(super) fn width(&self) -> usize {
        2 * self.edits + 1
    }

    /// The state after a letter that equals the letters of `window`.
    #[inline]
    pub(super) fn step(&self, state: State, window: u8) -> State {
        self.steps[usize::from(state)][usize::from(window) % WINDOWS]
    }

    /// The cells with at most `most` edits, as bits.
    #[inline]
    pub(super) fn within(&self, state: State, most: usize) -> u8 {
        self.within[usize::from(state)][most % 3]
    }
}

impl Row {
    fn step(&self, edits: usize, window: usize) -> Self {
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
            next.cells[b] = cell.min(dead);
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
    fn as_many_states_as_a_byte_can_tell() {
        assert_eq!([0, 1, 2].map(|edits| Automaton::of(edits).steps.len()), [2, 12, 124]);
    }
}
