//! Documents in and out: one file a format; offsets are kept.

pub mod document;
mod json;
pub mod jsonl;
pub mod lines;
pub mod marks;
pub mod table;

pub use document::{Input, Source};
pub use jsonl::{Ids, Output, Types};
