//! The one door to what is measured: a bench knows exonym by these functions alone.
//!
//! Invariant: [`reference`] is the slow, plain way, and [`Ours`] must give exactly the same.

use std::fs;
use std::path::Path;

use exonym::annotate::document::Skipping;
use exonym::annotate::{Document, Overlap, Settings, document::CasePolicy, scan::scan};
use exonym::dict::build::{Builder, Built};
use exonym::dict::replace::replace;
use exonym::dict::source::table::Defaults;
use exonym::name::Languages;
use exonym::text::{self, LineEnd};
use exonym::{Dictionary, Stack};

/// A match: bytes of the text, and the place in the postings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found {
    /// Start in the text.
    pub start: u32,
    /// End in the text.
    pub end: u32,
    /// Where the forms stand.
    pub place: u64,
}

/// Compiles a table of lines `id<TAB>form`. Faulty lines are left out, as at the command line.
///
/// # Panics
/// No such table, or nothing in it: there is nothing to measure.
pub fn compile(table: &Path) -> Built {
    let bytes = fs::read(table).expect("a table");
    let columns = Some(vec!["id".to_owned(), "form".to_owned()]);
    let defaults =
        Defaults { columns, kind: Some("place".to_owned()), lang: Some("und".to_owned()), ..Defaults::default() };
    let mut builder = Builder::default().defaults(defaults);
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

/// The annotator of one thread.
pub struct Ours {
    stack: Stack,
    languages: Languages,
}

impl Ours {
    /// An annotator with `dictionary`.
    pub fn new(dictionary: &Dictionary) -> Self {
        Self { stack: Stack::from(dictionary.clone()), languages: Languages::builtin() }
    }

    /// Leftmost longest matches on word edges, from the raw text, in any case of letters.
    pub fn longest(&mut self, text: &str) -> Vec<Found> {
        slow(text, &self.stack, &self.languages)
    }
}

/// What [`Ours::longest`] must give.
pub fn reference(dictionary: &Dictionary, text: &str) -> Vec<Found> {
    slow(text, &Stack::from(dictionary.clone()), &Languages::builtin())
}

fn slow(text: &str, stack: &Stack, languages: &Languages) -> Vec<Found> {
    let settings = Settings {
        lang: Some("und".to_owned()),
        line_end: LineEnd::Blank,
        skipping: Skipping::Nothing,
        case: CasePolicy::Any,
    };
    let document = Document::new(text, settings, languages);
    let mentions = Overlap::Longest.select(scan(&document, stack, languages), |m| m.range.clone());
    let place = |key: &str| stack.layers().iter().find_map(|layer| layer.keys().get(key));
    mentions
        .into_iter()
        .map(|mention| {
            // The letters as they stand come before a look-alike with the same range.
            let tokens = &document.tokens()[mention.tokens.clone()];
            let whole = tokens[0].src as usize == mention.range.start;
            let stands = &document.folded.key()[tokens[0].key as usize..tokens[tokens.len() - 1].key_end as usize];
            let at = if whole { place(stands) } else { None };
            Found {
                start: mention.range.start as u32,
                end: mention.range.end as u32,
                place: at.or_else(|| place(&mention.key)).expect("a key that was just found"),
            }
        })
        .collect()
}

/// How many keys lie within `distance` edits of `query`; for now only equal ones are found.
pub fn fuzzy(dictionary: &Dictionary, query: &str, distance: u8) -> usize {
    let _ = distance;
    usize::from(dictionary.keys().get(text::key(query)).is_some())
}
