//! Searching the keys of a dictionary beyond equality: near keys, beginnings, any automaton.
//!
//! Invariant: a key is folded text; what a caller gives must be a key too.

mod automaton;
mod beginning;
mod collect;
mod index;
mod keys;
mod near;
mod pattern;
pub(super) mod stage;
mod walk;

pub(super) use collect::Collector;
pub use index::Index;
pub use keys::{Accepted, Keys, Prefix};
pub use near::{Distance, MOST_LETTERS, Near};
pub use stage::Reach;
