#![doc = include_str!("../README.md")]
#![forbid(unsafe_op_in_unsafe_fn)]

pub mod annotate;
pub mod dict;
pub mod embedded;
pub mod error;
pub mod format;
pub mod link;
pub mod name;
pub mod rewrite;
pub mod text;

pub use dict::{Dictionary, Stack};
pub use error::{Error, Kind, Result};
pub use link::annotator::Annotated;
pub use link::{Annotation, Annotator};
