//! Source tables: what people write and what the builder reads.

pub mod import;
pub mod row;
pub mod table;
