//! The one door to what is measured: a bench knows exonym by these functions alone.
//!
//! Invariant: [`reference`] is the slow, plain way, and [`Ours`] must give exactly the same.

use std::fs;
use std::path::Path;

use exonym::Dictionary;
use exonym::annotate;
pub use exonym::annotate::Found;
use exonym::annotate::fast::{self, Proclitics, Reading, Scratch, Small, Spans};
use exonym::dict::Distance;
use exonym::dict::build::{Builder, Built, FuzzyIndex};
use exonym::dict::fuzzy::Near;
use exonym::dict::replace::replace;
use exonym::dict::source::table::Defaults;
use exonym::name::Languages;
use exonym::text::{self, LineEnd};

/// Compiles a table of lines `id<TAB>form`. Faulty lines are left out, as at the command line.
///
/// # Panics
/// No such table, or nothing in it: there is nothing to measure.
pub fn compile(table: &Path) -> Built {
    compile_with(table, FuzzyIndex::Absent)
}

/// As [`compile`], with or without an index for fuzzy search.
///
/// # Panics
/// As [`compile`].
pub fn compile_with(table: &Path, fuzzy: FuzzyIndex) -> Built {
    let bytes = fs::read(table).expect("a table");
    let columns = Some(vec!["id".to_owned(), "form".to_owned()]);
    let defaults =
        Defaults { columns, kind: Some("place".to_owned()), lang: Some("und".to_owned()), ..Defaults::default() };
    let mut builder = Builder::default().defaults(defaults).fuzzy_index(fuzzy);
    builder.table("table", &bytes);
    drop(bytes);
    builder.finish().expect("a dictionary")
}

/// Compiles `table` to a file beside it and maps that, as users do.
///
/// # Panics
/// As [`compile`], or the file cannot be written.
pub fn build(table: &Path) -> Dictionary {
    let path = table.with_extension("exo");
    replace(&path, &compile(table).bytes).expect("a work folder with room");
    Dictionary::open(&path).expect("the dictionary that was just made")
}

/// As [`build`], with an index for fuzzy search, in a file of its own.
///
/// # Panics
/// As [`build`].
pub fn build_fuzzy(table: &Path) -> Dictionary {
    let path = table.with_extension("fuzzy.exo");
    replace(&path, &compile_with(table, FuzzyIndex::Present).bytes).expect("a work folder with room");
    Dictionary::open(&path).expect("the dictionary that was just made")
}

/// The scanner of one thread.
pub struct Ours {
    dictionary: Dictionary,
    languages: Languages,
    scratch: Scratch,
    found: Vec<Found>,
}

impl Ours {
    /// A scanner of `dictionary`.
    pub fn new(dictionary: &Dictionary) -> Self {
        Self {
            dictionary: dictionary.clone(),
            languages: Languages::builtin(),
            scratch: Scratch::default(),
            found: Vec::new(),
        }
    }

    /// Leftmost longest matches on word edges, from the raw text, in any case of letters.
    ///
    /// # Panics
    /// The dictionary has no accelerator.
    pub fn longest(&mut self, text: &str) -> &[Found] {
        self.found.clear();
        with_reading(&self.languages, |reading| {
            let scanned = fast::scan(text, &self.dictionary, reading, &mut self.scratch, &mut self.found);
            assert!(scanned, "the dictionary has no accelerator");
        });
        &self.found
    }
}

/// What [`Ours::longest`] must give.
pub fn reference(dictionary: &Dictionary, text: &str) -> Vec<Found> {
    with_reading(&Languages::builtin(), |reading| annotate::reference(text, dictionary, reading))
}

fn with_reading<T>(languages: &Languages, read: impl FnOnce(&Reading<'_, '_>) -> T) -> T {
    let language = |_| languages.get("und");
    read(&Reading {
        line_end: LineEnd::Blank,
        language: &language,
        proclitics: Proclitics::Absent,
        small: Small::Any,
        spans: Spans::Longest,
    })
}

/// The keys within `distance` edits of `query`.
///
/// # Panics
/// A damaged dictionary.
pub fn fuzzy(dictionary: &Dictionary, query: &str, distance: Distance) -> Vec<Near> {
    dictionary.near(&text::key(query), distance, usize::MAX).expect("keys that can be read")
}
