//! Documents: finding every span that may be a name, by form, edges and case.
//! Knows nothing of which entity is meant.

pub mod capitals;
pub mod document;
mod edge;
pub mod extent;
pub mod fast;
mod glance;
pub(crate) mod memory;
pub mod near;
pub mod overlap;
pub mod scan;
pub mod skip;
pub mod spelling;
mod walk;

pub use document::{Document, Settings};
pub use overlap::Overlap;
pub use scan::{Mention, Scanner, Wanted};
pub use spelling::{Match, Spelling};
pub use walk::{Found, reference};
