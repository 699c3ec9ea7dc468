//! What is true of names: how languages write them and what they put around them, from data.
//! Knows no bytes on disk and no documents.

mod guess;
mod language;

pub use language::{Language, Languages, NameOrder};
