//! Walking an `fst` with a pattern: bytes are decoded on the way, letters are judged whole.
//!
//! Where the pattern has no edit to spend, only its own letters are followed; else every
//! transition is.
//!
//! Invariant: a walk ends: it reads at most [`MOST_NODES`] nodes, two letters deeper than the
//! pattern at most.

use fst::raw::{Fst, Node};

use super::automaton::{DEAD, State};
use super::index::Starts;
use super::pattern::Pattern;
use crate::error::{Error, Result};

/// Most nodes of one walk, some seconds.
const MOST_NODES: u32 = 1 << 26;

/// A node still to be read.
#[derive(Debug, Clone, Copy)]
struct Frame {
    node: usize,
    output: u64,
    state: State,
    /// Whole letters of the key up to here.
    letters: u16,
    /// Bytes that the last letter still lacks.
    lacks: u8,
    /// The last letter, as far as it is read.
    letter: u32,
}

/// Gives `found` every key of `fst` that `pattern` accepts, its value and the edits, in no order.
/// With `starts`, a first letter that may be any is looked up by the second.
///
/// # Errors
/// More than [`MOST_NODES`] nodes.
pub(super) fn walk<D: AsRef<[u8]>>(
    fst: &Fst<D>,
    pattern: &Pattern,
    starts: Option<Starts<'_>>,
    mut found: impl FnMut(&[char], u64, u8),
) -> Result<()> {
    let mut walk = Walk { fst, pattern, stack: Vec::with_capacity(64), nodes: 0 };
    let mut key: Vec<char> = Vec::with_capacity(64);
    let root = Frame { node: fst.root().addr(), output: 0, state: pattern.start(), letters: 0, lacks: 0, letter: 0 };
    walk.read_root(root, starts, &mut found);
    while let Some(frame) = walk.stack.pop() {
        walk.nodes += 1;
        if walk.nodes > MOST_NODES {
            return Err(Error::usage("too many names are as near as that: ask for a smaller distance"));
        }
        let node = fst.node(frame.node);
        if frame.lacks > 0 {
            walk.continue_letter(&frame, &node);
            continue;
        }
        let Some(letter) = char::from_u32(frame.letter) else { continue };
        key.truncate(usize::from(frame.letters) - 1);
        key.push(letter);
        if node.is_final()
            && let Some(distance) = pattern.distance(frame.state, usize::from(frame.letters))
        {
            found(&key, frame.output.wrapping_add(node.final_output().value()), distance);
        }
        walk.read(&frame, &node);
    }
    Ok(())
}

struct Walk<'a, D> {
    fst: &'a Fst<D>,
    pattern: &'a Pattern,
    stack: Vec<Frame>,
    nodes: u32,
}

impl<D: AsRef<[u8]>> Walk<'_, D> {
    fn read_root(&mut self, frame: Frame, starts: Option<Starts<'_>>, found: &mut impl FnMut(&[char], u64, u8)) {
        let node = self.fst.node(frame.node);
        if node.is_final()
            && let Some(distance) = self.pattern.distance(frame.state, 0)
        {
            found(&[], node.final_output().value(), distance);
        }
        let other = self.pattern.step_other(frame.state, 0);
        let narrow =
            other != DEAD && self.pattern.step_other(other, 1) == DEAD && self.pattern.distance(other, 1).is_none();
        let Some(starts) = starts.filter(|_| narrow) else {
            return self.read(&frame, &node);
        };
        // A letter in place of the first opens thousands of ways; few of them go on as they must.
        let mut first: Vec<char> = self.pattern.choices(0).iter().map(|c| c.letter).collect();
        let second = self.pattern.choices(1).iter().filter(|c| self.pattern.step_choice(other, 1, c) != DEAD);
        first.extend(second.flat_map(|second| starts.before(second.letter)));
        first.sort_unstable();
        first.dedup();
        for letter in first {
            let state = self.pattern.step(frame.state, 0, u32::from(letter));
            self.follow(&frame, &node, (letter, state), letter.encode_utf8(&mut [0; 4]).as_bytes());
        }
    }

    /// Goes on from a node between two letters.
    fn read(&mut self, frame: &Frame, node: &Node<'_>) {
        let at = usize::from(frame.letters);
        let pattern = self.pattern;
        if pattern.step_other(frame.state, at) == DEAD {
            for choice in pattern.choices(at) {
                let state = pattern.step_choice(frame.state, at, choice);
                self.follow(frame, node, (choice.letter, state), choice.bytes());
            }
            return;
        }
        for transition in node.transitions() {
            let byte = transition.inp;
            let mut next =
                Frame { node: transition.addr, output: frame.output.wrapping_add(transition.out.value()), ..*frame };
            (next.letter, next.lacks) = match byte {
                0..0x80 => (u32::from(byte), 0),
                0xc0..0xe0 => (u32::from(byte & 0x1f), 1),
                0xe0..0xf0 => (u32::from(byte & 0x0f), 2),
                0xf0..0xf8 => (u32::from(byte & 0x07), 3),
                _ => continue,
            };
            self.push(next);
        }
    }

    /// Goes on from a node inside a letter.
    fn continue_letter(&mut self, frame: &Frame, node: &Node<'_>) {
        for transition in node.transitions() {
            self.push(Frame {
                node: transition.addr,
                output: frame.output.wrapping_add(transition.out.value()),
                lacks: frame.lacks - 1,
                letter: frame.letter << 6 | u32::from(transition.inp & 0x3f),
                ..*frame
            });
        }
    }

    /// Follows one letter from a node, if it is there and the state after it is alive.
    #[inline]
    fn follow(&mut self, frame: &Frame, node: &Node<'_>, (letter, state): (char, State), utf8: &[u8]) {
        if state == DEAD {
            return;
        }
        let Some((&first, others)) = utf8.split_first() else { return };
        let Some(at) = node.find_input(first) else { return };
        let mut transition = node.transition(at);
        let mut output = frame.output.wrapping_add(transition.out.value());
        for &byte in others {
            let node = self.fst.node(transition.addr);
            let Some(at) = node.find_input(byte) else { return };
            transition = node.transition(at);
            output = output.wrapping_add(transition.out.value());
        }
        self.stack.push(Frame {
            node: transition.addr,
            output,
            state,
            letters: frame.letters + 1,
            lacks: 0,
            letter: u32::from(letter),
        });
    }

    fn push(&mut self, mut next: Frame) {
        if next.lacks == 0 {
            next.state = self.pattern.step(next.state, usize::from(next.letters), next.letter);
            if next.state == DEAD {
                return;
            }
            next.letters += 1;
        }
        self.stack.push(next);
    }
}
