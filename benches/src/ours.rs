//! The one door to what is measured: a bench knows exonym by these functions alone.
//!
//! Invariant: [`reference`] is the slow, plain way, and [`Ours`] must give exactly the same.

use std::path::Path;

use exonym::Dictionary;
use exonym::annotate;
pub use exonym::annotate::Found;
use exonym::annotate::fast::{self, Proclitics, Reading, Scratch, Small, Spans};
use exonym::dict::Distance;
use exonym::dict::build::{Builder, FuzzyIndex, Written};
use exonym::dict::fuzzy::Near;
use exonym::dict::source::table::Defaults;
use exonym::name::Languages;
use exonym::text::{self, LineEnd};

/// Compiles a table of lines `id<TAB>form` to the file at `out`, in so many threads or, if it is
/// not said, in as many as there are cores. Faulty lines are left out, as at the command line.
///
/// # Panics
/// No such table, or nothing in it: there is nothing to measure.
pub fn compile(table: &Path, out: &Path, jobs: Option<usize>, fuzzy: FuzzyIndex) -> Written {
    let columns = Some(vec!["id".to_owned(), "form".to_owned()]);
    let defaults =
        Defaults { columns, kind: Some("place".to_owned()), lang: Some("und".to_owned()), ..Defaults::default() };
    let mut builder = Builder::default().defaults(defaults).fuzzy_index(fuzzy).folder(out.parent().expect("a folder"));
    if let Some(jobs) = jobs {
        builder = builder.jobs(jobs);
    }
    builder.table_file(table).expect("a table");
    builder.finish_to(out).expect("a work folder with room")
}

/// Compiles `table` to a file beside it and maps that, as users do.
///
/// # Panics
/// As [`compile`], or the file cannot be written.
pub fn build(table: &Path) -> Dictionary {
    let path = table.with_extension("exo");
    compile(table, &path, None, FuzzyIndex::Absent);
    Dictionary::open(&path).expect("the dictionary that was just made")
}

/// As [`build`], with an index for fuzzy search, in a file of its own.
///
/// # Panics
/// As [`build`].
pub fn build_fuzzy(table: &Path) -> Dictionary {
    let path = table.with_extension("fuzzy.exo");
    compile(table, &path, None, FuzzyIndex::Present);
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
