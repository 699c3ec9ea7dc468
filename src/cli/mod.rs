//! The command line: arguments, progress, exit codes, terminals. Uses the public API alone.
//!
//! Invariant: stdout is data, stderr is talk; exit 0 done, 1 the input or a file was bad, 2 wrong
//! usage. One bad line or file is reported with its place and counted, and the rest goes on.

mod annotate;
mod build;
mod cache;
mod dictionary;
mod import;
mod input;
mod lookup;
mod normalize;
mod paint;
mod pipeline;
mod progress;
mod session;
mod why;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use session::Session;

/// Finds every spelling of a name in any language and script, and says whose name it is.
#[derive(Parser)]
#[command(name = "exonym", version, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Mark the names of texts with their entities
    Annotate(annotate::Arguments),
    /// Rewrite the names of texts to their canonical labels
    Normalize(normalize::Arguments),
    /// Look names up
    Lookup(lookup::Arguments),
    /// Tell what became of a name in a text, stage by stage
    Why(why::Arguments),
    /// Compile source tables to a dictionary
    Build(build::Arguments),
    /// Turn published data into source tables
    Import(import::Arguments),
    /// Look into dictionaries
    Dict(dictionary::Arguments),
    /// List or clear the built-in dictionaries kept on disk
    Cache(cache::Arguments),
}

/// Runs the command line of the process.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mut session = Session::default();
    let result = match arguments.command {
        Command::Annotate(a) => a.run(&mut session),
        Command::Normalize(a) => a.run(&mut session),
        Command::Lookup(a) => a.run(&mut session),
        Command::Why(a) => a.run(&mut session),
        Command::Build(a) => a.run(&mut session),
        Command::Import(a) => a.run(&mut session),
        Command::Dict(a) => a.run(&mut session),
        Command::Cache(a) => a.run(&mut session),
    };
    session.finish(result)
}
