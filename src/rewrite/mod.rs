//! Changing names in a text as an editor would. Knows no file formats.

pub mod plan;
mod title;

pub use plan::{Edit, Kept, Normalizer, Rewrite};
