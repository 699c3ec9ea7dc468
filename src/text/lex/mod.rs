//! The fast front: tokens of easy text with the hashes of their keys, straight from the bytes.
//!
//! Invariant: what this front calls easy has, token by token, the key that [`crate::text::fold`]
//! gives it; whatever it is not sure of it marks as hard, for the slow fold to read.

pub mod fact;
pub mod gap;
pub mod hash;
mod initials;
mod lexer;
mod mask;
mod prefix;

pub use lexer::{Flags, Lexeme, Lexer, SignStarts, alike, push_key};
pub use prefix::{Reading, prefixes};
