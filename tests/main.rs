//! The one integration test binary.

mod build;
mod cases;
mod cli;
mod common;
mod damage;
mod eager;
mod fuzzy;
mod gold;
mod golden;
mod laws;
mod oracle;
mod scanner;
mod tidy;
