//! The dictionary that comes with exonym: built from the embedded tables on first use.
//!
//! Invariant: the file's name tells everything it depends on (hash of the tables, versions, that it has a fuzzy index), so
//! nothing is hashed at start and a stale file is never used.

use std::path::{Path, PathBuf};

use super::build::{Builder, Built, FuzzyIndex};
use super::dictionary::Dictionary;
use super::layout::LAYOUT_VERSION;
use super::provenance::read_sources;
use super::replace::replace;
use crate::embedded;
use crate::error::{Error, Result};
use crate::text::{FOLD_VERSION, unicode_version};

/// Compiles the embedded tables.
///
/// # Errors
/// None for tables that the tests have passed.
pub fn build() -> Result<Built> {
    let mut builder = Builder::default().fuzzy_index(FuzzyIndex::Present);
    builder.sources(read_sources("SOURCES.tsv", embedded::text("SOURCES.tsv"))?);
    for file in embedded::FILES.iter().filter(|f| f.path.starts_with("entities/")) {
        builder.table(file.path, file.text.as_bytes());
    }
    builder.finish()
}

/// Name of the built-in dictionary's file in a cache folder.
pub fn file_name() -> String {
    format!(
        "{PREFIX}{}-{}-{LAYOUT_VERSION}-{FOLD_VERSION}-{}-fuzzy.exo",
        embedded::HASH,
        env!("CARGO_PKG_VERSION"),
        unicode_version()
    )
}

const PREFIX: &str = "builtin-";

/// The built-in dictionary, and how it was come by.
#[derive(Debug)]
pub struct Opened {
    /// The dictionary.
    pub dictionary: Dictionary,
    /// Why it could not be kept in the folder, if so; it then lives in memory.
    pub warning: Option<Error>,
}

/// Opens the built-in dictionary from `folder`, making it first if it is not there or damaged.
/// Files of other versions are removed then. Without a folder it is made in memory.
///
/// # Errors
/// None but of the machine: a folder that can't be written gives a warning.
pub fn open(folder: Option<&Path>) -> Result<Opened> {
    let Some(folder) = folder else {
        return Ok(Opened { dictionary: build()?.open()?, warning: None });
    };
    let path = folder.join(file_name());
    if path.exists()
        && let Ok(dictionary) = Dictionary::open(&path)
    {
        return Ok(Opened { dictionary, warning: None });
    }
    let built = build()?;
    let kept = std::fs::create_dir_all(folder)
        .map_err(|e| Error::io(folder.display(), e))
        .and_then(|()| replace(&path, &built.bytes));
    match kept {
        Ok(()) => {
            for old in files(folder).into_iter().filter(|f| *f != path) {
                // One that another process has mapped stays until the next time.
                let _ = std::fs::remove_file(old);
            }
            Ok(Opened { dictionary: Dictionary::open(&path)?, warning: None })
        }
        Err(warning) => Ok(Opened { dictionary: built.open()?, warning: Some(warning) }),
    }
}

/// The files of built-in dictionaries in a cache folder, by name.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.file_name().and_then(|n| n.to_str()).is_some_and(|n| n.starts_with(PREFIX)))
        .collect();
    files.sort();
    files
}
