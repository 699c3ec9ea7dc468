//! Entities and their forms: source tables, the builder, the compiled file, lookup, stacks.
//! Knows no documents.

pub(crate) mod accelerator;
pub mod build;
pub mod builtin;

pub mod dictionary;
pub mod fuzzy;
pub mod layout;
pub mod lookup;
mod map;
pub mod provenance;
pub mod replace;
pub mod source;
pub mod stack;
mod variant;

pub use dictionary::{Dictionary, Entity, Form};
pub use fuzzy::{Distance, Reach};
pub use lookup::{Candidate, Stage};
pub use source::row::{CaseRule, Risk, Role};
pub use stack::{EntityRef, Stack};
