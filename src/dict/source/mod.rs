//! Source tables: what people write and what the builder reads.

pub mod row;
pub mod table;
