//! Documents: finding every span that may be a name, by form, edges and case.
//! Knows nothing of which entity is meant.

pub mod document;
mod edge;
pub mod fast;
pub mod overlap;
pub mod scan;
pub mod skip;
mod walk;

pub use document::{Document, Settings};
pub use overlap::Overlap;
pub use scan::{Match, Mention};
pub use walk::{Found, reference};
