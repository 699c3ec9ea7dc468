//! Which entity a mention means: evidence, prior, what else the document names, surnames after
//! full names. Knows no file formats.

pub mod annotator;
pub mod context;
pub mod evidence;
pub mod explain;
mod rank;

pub use annotator::{Annotation, Annotator};
pub use context::Context;
pub use evidence::{Need, Refusal};
