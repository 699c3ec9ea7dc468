//! The fast front: tokens of easy text with the hashes of their keys, straight from the bytes.
//!
//! Invariant: what this front calls easy has, token by token, the key that [`fold()`](crate::text::fold())
//! gives it; whatever it is not sure of it marks as hard, for the slow fold to read.

mod cluster;
pub mod fact;
pub mod gap;
pub mod hash;
mod initials;
mod lexeme;
mod lexer;
mod mixed;
mod prefix;
mod stream;
mod tables;
pub mod wide;

pub use cluster::{alike, push_key};
pub use lexeme::{Flags, Lexeme, SignStarts};
pub use lexer::{KEEP, Lexer, sixteen};
pub use prefix::{Reading, Second, prefixes, whole};
