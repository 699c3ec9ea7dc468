//! Where the data is, and the dictionaries as plain tables.
//!
//! Invariant: a file in the work folder is whole: it is written under another name and renamed.
//! Nothing is written anywhere else.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use flate2::read::GzDecoder;

use crate::{expanded, synthetic};

/// A dictionary for measurements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gazetteer {
    /// 100,000 forms of places.
    D100k,
    /// 1,947,636 forms of places and persons.
    D2m,
    /// The same, filled up with synthetic names of persons to 10,000,000 forms.
    D10m,
    /// `d2m` with the case forms of the names that look Slavic.
    D2mExpanded,
}

impl Gazetteer {
    /// Every dictionary, the smallest first.
    pub const ALL: [Gazetteer; 4] = [Gazetteer::D100k, Gazetteer::D2m, Gazetteer::D2mExpanded, Gazetteer::D10m];

    /// The name in arguments and tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Gazetteer::D100k => "d100k",
            Gazetteer::D2m => "d2m",
            Gazetteer::D10m => "d10m",
            Gazetteer::D2mExpanded => "d2m-expanded",
        }
    }

    /// Its table of lines `id<TAB>form`, made at the first use; nothing if the data is absent,
    /// which is then said.
    pub fn table(self) -> Option<PathBuf> {
        let path = work().join(format!("{self}.tsv"));
        if path.exists() {
            return Some(path);
        }
        match self {
            Gazetteer::D100k | Gazetteer::D2m => {
                let packed = shared().join(format!("data/perf/{self}.tsv.gz"));
                let Ok(file) = File::open(&packed) else {
                    println!("left out: {self}, since {} is not there", packed.display());
                    return None;
                };
                let mut text = String::new();
                GzDecoder::new(file).read_to_string(&mut text).expect("a packed table in UTF-8");
                write_whole(&path, text.as_bytes());
            }
            Gazetteer::D10m => write_whole(&path, synthetic::filled_up(&Gazetteer::D2m.read()?).as_bytes()),
            Gazetteer::D2mExpanded => write_whole(&path, expanded::with_case_forms(&Gazetteer::D2m.read()?).as_bytes()),
        }
        Some(path)
    }

    /// The text of its table.
    pub fn read(self) -> Option<String> {
        Some(fs::read_to_string(self.table()?).expect("the table that was just there"))
    }
}

impl fmt::Display for Gazetteer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Gazetteer {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|g| g.as_str() == word).ok_or(())
    }
}

/// Id and form of each line of a table.
pub fn lines(table: &str) -> impl Iterator<Item = (&str, &str)> {
    table.lines().filter_map(|line| line.split_once('\t'))
}

/// The data folder: `EXONYM_SHARED`, else `shared` beside the repository.
pub fn shared() -> PathBuf {
    std::env::var_os("EXONYM_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared"), PathBuf::from)
}

/// The folder `bench` in the target folder, which the running program lies in.
pub fn work() -> PathBuf {
    let program = std::env::current_exe().expect("the path of the running program");
    let deps = program.ancestors().find(|a| a.ends_with("deps")).expect("a program that cargo built");
    let folder = deps.ancestors().nth(2).expect("the target folder").join("bench");
    fs::create_dir_all(&folder).expect("a target folder that can be written");
    folder
}

/// Writes `path` so that it is there whole or not at all.
///
/// # Panics
/// The disk is full or closed to us: no measurement without it.
pub fn write_whole(path: &Path, bytes: &[u8]) {
    let unfinished = path.with_extension("unfinished");
    let done: io::Result<()> = fs::write(&unfinished, bytes).and_then(|()| fs::rename(&unfinished, path));
    done.unwrap_or_else(|e| panic!("{}: {e}", path.display()));
}
