//! What the benches share: data, clock, tables, peers, and the adapter to what is measured.
//!
//! Invariant: every figure is of one thread, in CPU time, over the same raw bytes for all engines;
//! what is missing on a machine is said in a line and left out.

pub mod choice;
pub mod clock;
pub mod corpus;
pub mod data;
pub mod expanded;
pub mod keys;
pub mod ours;
pub mod peers;
pub mod random;
pub mod synthetic;
pub mod table;
