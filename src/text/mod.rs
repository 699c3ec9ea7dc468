//! Unicode: folding to the match key with offsets, words and edges, scripts, case shapes, language
//! guess. Knows nothing of names.

pub mod case;
pub mod fold;
pub mod lang;
pub mod letter;
pub mod lex;
pub mod offset;
pub mod script;
pub mod segment;
mod twin;

pub use fold::{FOLD_VERSION, Folded, LineEnd, Piece, Token, TokenKind, fold, key, key_into, unicode_version};
pub use offset::{OffsetMap, Unit};
