//! `exonym cache`.

use clap::{Args, Subcommand};
use exonym::dict::builtin;
use exonym::{Error, Result};

use super::session::{Out, Session, cache_folder};

/// The built-in dictionary is made on first use and kept in the user's cache folder, or in the
/// folder that EXONYM_CACHE names.
#[derive(Args)]
#[command(after_help = "Example:
  exonym cache list")]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Show the kept files and their sizes
    List,
    /// Remove them
    Clear,
}

impl Arguments {
    /// Runs the command.
    pub fn run(self, session: &mut Session) -> Result<()> {
        let folder = cache_folder().ok_or_else(|| Error::usage("no cache folder is known: set EXONYM_CACHE"))?;
        let mut out = Out::new();
        for file in builtin::files(&folder) {
            match self.action {
                Action::List => {
                    let bytes = std::fs::metadata(&file).map_or(0, |m| m.len());
                    out.write(format!("{}\t{bytes}\n", file.display()).as_bytes())?;
                }
                Action::Clear => {
                    if let Err(e) = std::fs::remove_file(&file) {
                        session.report(&Error::io(file.display(), e));
                    }
                }
            }
        }
        out.flush()
    }
}
