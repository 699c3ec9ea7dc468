//! What one run of the command line shares: dictionaries, reports, the exit code.

use std::io::{self, BufWriter, IsTerminal as _, Stdout, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use etcetera::BaseStrategy as _;
use exonym::dict::{builtin, layout::Check};
use exonym::{Dictionary, Error, Kind, Result, Stack};

/// Which dictionaries are used.
#[derive(Args, Clone, Debug)]
pub struct Dictionaries {
    /// Dictionary to put on top of the built-in one; repeat to stack several
    #[arg(long = "dict", value_name = "FILE.exo", global = true)]
    dict: Vec<PathBuf>,
    /// Leave the built-in dictionary out
    #[arg(long, global = true)]
    no_builtin: bool,
    /// Open dictionaries without checking every byte
    #[arg(long, global = true)]
    trusted: bool,
}

/// Reports of one run.
#[derive(Default)]
pub struct Session {
    faults: u64,
}

/// Most faults that are printed one by one.
const MOST_PRINTED: u64 = 100;

impl Session {
    /// Prints a fault and counts it; the rest goes on.
    pub fn report(&mut self, error: &Error) {
        self.faults += 1;
        if self.faults <= MOST_PRINTED {
            eprintln!("exonym: {error}");
        } else if self.faults == MOST_PRINTED + 1 {
            eprintln!("exonym: more faults follow, which are counted but not printed");
        }
    }

    /// Prints something that does not make the run fail.
    pub fn warn(&self, message: &str) {
        eprintln!("exonym: warning: {message}");
    }

    /// The exit code of the run.
    pub fn finish(mut self, result: Result<()>) -> ExitCode {
        match result {
            Err(e) if e.is_broken_pipe() => return ExitCode::SUCCESS,
            Err(e) if e.kind() == Kind::Usage => {
                eprintln!("exonym: {e}");
                return ExitCode::from(2);
            }
            Err(e) => self.report(&e),
            Ok(()) => {}
        }
        if self.faults > 1 {
            eprintln!("exonym: {} faults in all", self.faults);
        }
        if self.faults == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) }
    }

    /// Opens the dictionaries asked for, the built-in one at the bottom.
    pub fn open(&self, wanted: &Dictionaries) -> Result<Stack> {
        let mut layers = Vec::new();
        if !wanted.no_builtin {
            layers.push(self.builtin()?);
        } else if wanted.dict.is_empty() {
            return Err(Error::usage("--no-builtin leaves no dictionary: name one with --dict FILE.exo"));
        }
        let check = if wanted.trusted { Check::Trusted } else { Check::Everything };
        for path in &wanted.dict {
            layers.push(Dictionary::open_with(path, check)?);
        }
        Ok(Stack::new(layers))
    }

    fn builtin(&self) -> Result<Dictionary> {
        let folder = cache_folder();
        if io::stderr().is_terminal() && folder.as_ref().is_none_or(|f| !f.join(builtin::file_name()).exists()) {
            eprintln!("exonym: making the built-in dictionary, once");
        }
        let opened = builtin::open(folder.as_deref())?;
        if let Some(warning) = opened.warning {
            self.warn(&format!("the built-in dictionary could not be kept and is made anew each time: {warning}; set EXONYM_CACHE to a folder that can be written"));
        }
        Ok(opened.dictionary)
    }
}

/// The folder of built-in dictionaries: `EXONYM_CACHE`, else the user's cache folder.
pub fn cache_folder() -> Option<PathBuf> {
    match std::env::var_os("EXONYM_CACHE") {
        Some(folder) if !folder.is_empty() => Some(folder.into()),
        _ => etcetera::choose_base_strategy().ok().map(|s| s.cache_dir().join("exonym")),
    }
}

/// Standard output, buffered.
pub struct Out(BufWriter<Stdout>);

impl Out {
    /// Standard output.
    pub fn new() -> Self {
        Self(BufWriter::with_capacity(1 << 16, io::stdout()))
    }

    /// Writes all of `bytes`.
    pub fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.0.write_all(bytes).map_err(|e| Error::io("-", e))
    }

    /// Writes out what is buffered.
    pub fn flush(&mut self) -> Result<()> {
        self.0.flush().map_err(|e| Error::io("-", e))
    }
}
