//! Errors: one opaque type that says what was wrong, where, and how to repair it.
//!
//! Invariant: the text of an error is a whole sentence for the person who can mend it; a place is
//! `file:line:column`, with lines and columns counted from 1 and columns in code points.

use std::fmt;

/// Result with [`Error`].
pub type Result<T> = std::result::Result<T, Error>;

/// What went wrong, where, and what to do about it.
#[derive(Debug)]
pub struct Error {
    kind: Kind,
    place: Option<Place>,
    message: String,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// The class of an error, for programs that decide by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// A file or stream could not be read or written.
    Io,
    /// Input is not what its format asks for.
    Input,
    /// A source table, language file or other data file has a fault.
    Source,
    /// A compiled dictionary is damaged, cut or of another layout.
    Dictionary,
    /// A call or option asks for something that does not exist.
    Usage,
}

/// A place in a file: path, line and column from 1; 0 where unknown.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Place {
    /// The path as given, or `-` for standard input.
    pub file: String,
    /// Line from 1, 0 if unknown.
    pub line: u64,
    /// Column from 1 in code points (bytes where the input is not UTF-8), 0 if unknown.
    pub column: u64,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if self.line > 0 {
            write!(f, ":{}", self.line)?;
            if self.column > 0 {
                write!(f, ":{}", self.column)?;
            }
        }
        Ok(())
    }
}

impl Error {
    /// An error of `kind` with a message.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self { kind, place: None, message: message.into(), source: None }
    }

    /// Input that is not what its format asks for.
    pub fn input(message: impl Into<String>) -> Self {
        Self::new(Kind::Input, message)
    }

    /// A fault in a data file.
    pub fn source_file(message: impl Into<String>) -> Self {
        Self::new(Kind::Source, message)
    }

    /// A compiled dictionary that cannot be used.
    pub fn dictionary(message: impl Into<String>) -> Self {
        Self::new(Kind::Dictionary, message)
    }

    /// A call or option that asks for something that does not exist.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Kind::Usage, message)
    }

    /// A failed read or write of `path`.
    pub fn io(path: impl fmt::Display, error: std::io::Error) -> Self {
        let message = match error.kind() {
            std::io::ErrorKind::NotFound => "there is no such file or folder".to_owned(),
            std::io::ErrorKind::PermissionDenied => "permission denied: check who may read and write here".to_owned(),
            _ => error.to_string(),
        };
        Self {
            kind: Kind::Io,
            place: Some(Place { file: path.to_string(), ..Place::default() }),
            message,
            source: Some(Box::new(error)),
        }
    }

    /// The same error at `file`, `line` and `column` (from 1; 0 if unknown).
    #[must_use]
    pub fn at(mut self, file: impl fmt::Display, line: u64, column: u64) -> Self {
        self.place = Some(Place { file: file.to_string(), line, column });
        self
    }

    /// The class of the error.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Where it is, if it has a place.
    pub fn place(&self) -> Option<&Place> {
        self.place.as_ref()
    }

    /// What is wrong, without the place.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Whether it is a write to a pipe whose reader has gone.
    pub fn is_broken_pipe(&self) -> bool {
        self.source
            .as_ref()
            .and_then(|e| e.downcast_ref::<std::io::Error>())
            .is_some_and(|e| e.kind() == std::io::ErrorKind::BrokenPipe)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "{place}: ")?;
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|e| &**e as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_print_what_is_known() {
        let cases =
            [(("a.tsv", 3, 7), "a.tsv:3:7: wrong"), (("a.tsv", 3, 0), "a.tsv:3: wrong"), (("-", 0, 0), "-: wrong")];
        for ((file, line, column), expected) in cases {
            assert_eq!(Error::input("wrong").at(file, line, column).to_string(), expected);
        }
        assert_eq!(Error::usage("wrong").to_string(), "wrong");
    }
}
