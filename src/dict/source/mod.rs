//! Source tables: what people write and what the builder reads.

pub mod import;
pub mod line;
pub mod row;
pub mod table;
