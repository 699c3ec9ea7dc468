//! Which entity a mention means: evidence, prior, what else the document names, surnames after
//! full names. Knows no file formats.

pub mod annotator;
mod claim;
pub mod context;
mod court;
pub mod evidence;
pub mod explain;
mod need;
mod rank;
mod word;
pub mod worker;

pub use annotator::{Annotation, Annotator};
pub use claim::PROMINENT;
pub use context::Context;
pub use evidence::KNOWN_BY_SURNAME;
pub use need::{Need, Refusal};
pub use worker::Worker;
