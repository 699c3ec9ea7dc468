//! From source tables to the bytes of a dictionary.
//!
//! ```text
//! read     tables to rows, their ids as numbers              several threads
//! join     entities by their ids
//! sort     rows by entity, language, spelling                 externally
//! forms    one a spelling; disagreement reported; full names
//! fold     forms to keys and their variants                   several threads
//! sort     by key                                             externally
//! index    map of keys, postings, accelerator, fuzzy index    four threads
//! ```
//!
//! Invariant: the same sources in any order give the same bytes: rows are a set, sorted before
//! anything is decided, and no clock, path, host, thread or amount of memory enters.

mod attribute;
mod compose;
mod entities;
mod file;
mod forms;
mod in_order;
mod index;
mod interner;
mod keys;
mod lists;
mod read;
mod rows;
pub(super) mod sort;
pub(super) mod spool;
mod step;

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufWriter, Cursor, Read as _};
use std::path::{Path, PathBuf};

use super::fuzzy;
use super::layout::{Numbers, width};
use super::provenance::Source;
use super::replace::replace_with;
use super::source::line::Columns;
use super::source::table::Defaults;
use crate::error::{Error, Result};
use crate::name::{Language, Languages};
use entities::Entities;
use file::{Contents, FormAttributes};
use forms::Forms;
pub use keys::default_case;
use read::{Batch, Blocks, first_fault, next_block};
use rows::Rows;
use step::Watch;
pub use step::{Stage, Step};

/// How lines that disagree on one (id, language, form) are settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Policy {
    /// They are faults; the smaller line in byte order is kept.
    #[default]
    Report,
    /// The stronger role wins (`official` before `exonym` before `alias` …), silently.
    Strongest,
}

impl Policy {
    /// The name in options and provenance.
    pub fn as_str(self) -> &'static str {
        match self {
            Policy::Report => "report",
            Policy::Strongest => "strongest",
        }
    }
}

/// Whether a file gets an index for fuzzy search: about 9 bytes a form, a microsecond to make each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FuzzyIndex {
    /// None: fuzzy search finds the same, slower.
    #[default]
    Absent,
    /// The keys backwards.
    Present,
}

/// What a build made.
#[derive(Debug)]
pub struct Built {
    /// The bytes of the dictionary.
    pub bytes: Vec<u8>,
    /// What was wrong with the sources; the faulty lines are left out.
    pub faults: Vec<Error>,
    /// Number of entities.
    pub entities: usize,
    /// Number of forms, those made included.
    pub forms: usize,
    /// Number of distinct keys.
    pub keys: usize,
}

/// What a build wrote to a file.
#[derive(Debug)]
pub struct Written {
    /// Size of the file in bytes; 0 if there was no form and nothing was written.
    pub size: u64,
    /// What was wrong with the sources; the faulty lines are left out.
    pub faults: Vec<Error>,
    /// Number of entities.
    pub entities: usize,
    /// Number of forms, those made included.
    pub forms: usize,
    /// Number of distinct keys.
    pub keys: usize,
}

/// Collects source tables and compiles them.
///
/// ```
/// use exonym::dict::build::Builder;
///
/// let mut builder = Builder::default();
/// builder.table("e.tsv", b"id\ttype\nplace/kyiv\tplace\n");
/// builder.table("f.tsv", "id\tlang\tform\trole\nplace/kyiv\ten\tKyiv\tofficial\n".as_bytes());
/// let dictionary = builder.finish()?.open()?;
/// assert_eq!(dictionary.len(), 1);
/// # Ok::<(), exonym::Error>(())
/// ```
#[derive(Debug)]
pub struct Builder {
    sources: Vec<Source>,
    languages: Languages,
    defaults: Defaults,
    policy: Policy,
    fuzzy: FuzzyIndex,
    jobs: usize,
    memory: usize,
    folder: PathBuf,
    watch: Watch,
    /// Made with the first table, when memory and folder are known.
    rows: Option<Rows>,
    failed: Option<Error>,
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            sources: Vec::new(),
            languages: Languages::builtin(),
            defaults: Defaults::default(),
            policy: Policy::default(),
            fuzzy: FuzzyIndex::default(),
            jobs: std::thread::available_parallelism().map_or(1, usize::from),
            memory: MEMORY,
            folder: std::env::temp_dir(),
            watch: Watch::default(),
            rows: None,
            failed: None,
        }
    }
}

/// Bytes of rows in memory unless said otherwise.
pub const MEMORY: usize = 512 << 20;

impl Built {
    /// The dictionary, in memory.
    ///
    /// # Errors
    /// None for bytes that a builder made.
    pub fn open(self) -> Result<super::Dictionary> {
        super::Dictionary::from_bytes(self.bytes)
    }
}

impl Builder {
    /// What tables say that have no such column of their own.
    #[must_use]
    pub fn defaults(mut self, defaults: Defaults) -> Self {
        self.defaults = defaults;
        self
    }

    /// How disagreeing lines are settled.
    #[must_use]
    pub fn policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// Whether the file gets an index for fuzzy search.
    #[must_use]
    pub fn fuzzy_index(mut self, fuzzy: FuzzyIndex) -> Self {
        self.fuzzy = fuzzy;
        self
    }

    /// How many threads share the work; as many as the machine has cores, unless said here.
    #[must_use]
    pub fn jobs(mut self, jobs: usize) -> Self {
        self.jobs = jobs.max(1);
        self
    }

    /// How many bytes of rows stay in memory, [`MEMORY`] unless said here; more go to nameless
    /// files in the folder of [`Builder::folder`]. Beside the rows, ids take their bytes and some
    /// 40 more each, and keys some 30 bytes each. An index for fuzzy search takes as much as half of
    /// `bytes` more.
    #[must_use]
    pub fn memory(mut self, bytes: usize) -> Self {
        self.memory = bytes;
        self
    }

    /// Where rows go that memory does not hold; the system's folder for such files, unless said
    /// here.
    #[must_use]
    pub fn folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folder = folder.into();
        self
    }

    /// Whom to tell how far it is, some hundred times in all.
    #[must_use]
    pub fn watch(mut self, tell: impl FnMut(Step) + Send + 'static) -> Self {
        self.watch = Watch(Some(Box::new(tell)));
        self
    }

    /// Adds a table of entities or forms; which, its header or columns tell.
    pub fn table(&mut self, name: &str, bytes: &[u8]) {
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(_) => return self.not_utf8(name, first_fault(bytes).unwrap_or(0)),
        };
        let mut rest = text;
        self.blocks(name, Some(text.len() as u64), || Ok(next_block(&mut rest)));
    }

    /// Adds the table in a file, of which only a part is in memory at a time.
    ///
    /// # Errors
    /// The file can't be read; nothing of it is then added.
    pub fn table_file(&mut self, path: &Path) -> Result<()> {
        let name = path.display().to_string();
        let io = |e: io::Error| Error::io(&name, e);
        let open = || File::open(path).map_err(io);
        let meta = path.metadata().map_err(io)?;
        // A pipe can be read only once, and a small file need not be read twice.
        if !meta.is_file() || meta.len() <= self.memory as u64 / 8 {
            let mut bytes = Vec::new();
            open()?.read_to_end(&mut bytes).map_err(io)?;
            self.table(&name, &bytes);
            return Ok(());
        }
        // A table that is not UTF-8 is left out as a whole, so that is found out first.
        let (mut blocks, mut lines, mut size) = (Blocks::new(open()?), 0, 0);
        while let Some(block) = blocks.next().map_err(io)? {
            if let Some(line) = first_fault(&block) {
                self.not_utf8(&name, lines + line);
                return Ok(());
            }
            lines += block.iter().filter(|&&b| b == b'\n').count() as u64;
            size += block.len() as u64;
        }
        let mut blocks = Blocks::new(open()?);
        self.blocks(&name, Some(size), || match blocks.next().map_err(io)? {
            None => Ok(None),
            Some(block) => String::from_utf8(block)
                .map(|block| Some(Cow::Owned(block)))
                .map_err(|_| Error::source_file("this table changed while it was read: build again").at(&name, 0, 0)),
        });
        Ok(())
    }

    fn not_utf8(&mut self, name: &str, line: u64) {
        let fault = Error::source_file("this table is not UTF-8: save it as UTF-8 and build again").at(name, line, 0);
        self.rows().faults.push(fault);
    }

    fn rows(&mut self) -> &mut Rows {
        self.rows.get_or_insert_with(|| Rows::new(self.folder.clone(), self.memory / 4))
    }

    /// Reads a table that comes in blocks of whole lines.
    fn blocks<'t>(&mut self, name: &str, size: Option<u64>, next: impl FnMut() -> Result<Option<Cow<'t, str>>>) {
        if let Err(e) = self.try_blocks(name, size, next) {
            self.failed.get_or_insert(e);
        }
    }

    fn try_blocks<'t>(
        &mut self,
        name: &str,
        size: Option<u64>,
        mut next: impl FnMut() -> Result<Option<Cow<'t, str>>>,
    ) -> Result<()> {
        self.rows();
        let Self { defaults, jobs, watch, rows: Some(rows), .. } = self else { return Ok(()) };
        let Some(first) = next()? else { return Ok(()) };
        let begin = if first.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let mut lines = first[begin..].lines();
        let columns = match Columns::begin(name, &mut lines, defaults) {
            Ok(Some(columns)) => columns,
            Ok(None) => return Ok(()),
            Err(fault) => {
                rows.faults.push(fault);
                return Ok(());
            }
        };
        rows.has_entities_table |= !columns.are_of_forms();
        let header = defaults.columns.is_none();
        let end = first[begin..].find('\n').map_or(first.len(), |at| begin + at + 1);
        let skipped = if header { end } else { begin };
        rows.lines.begin(name, u64::from(header));
        let mut first = Some((first, skipped));
        let mut done = 0;
        in_order::in_order(
            *jobs,
            || match first.take() {
                Some(first) => Ok(Some(first)),
                None => Ok(next()?.map(|block| (block, 0))),
            },
            |(block, skipped)| Batch::read(&block[skipped..], &columns, defaults),
            |batch| {
                done += batch.bytes as u64;
                watch.step(Stage::Reading, done, size);
                rows.take(batch)
            },
        )
    }

    /// Adds lines of `SOURCES.tsv`, whose licences and attributions go into the file.
    pub fn sources(&mut self, sources: Vec<Source>) {
        self.sources.extend(sources);
    }

    /// Compiles everything added to bytes in memory.
    ///
    /// # Errors
    /// More than 2^31 forms, 2^29 bytes of postings, or 65,535 languages, types or sources; a
    /// folder without room for what memory does not hold. Faults in the sources are no error: they
    /// are in [`Built::faults`], and the rest is compiled.
    pub fn finish(self) -> Result<Built> {
        let (contents, faults) = self.compile()?;
        let (entities, forms, keys) = contents.counts();
        let (out, _) = contents.write(Cursor::new(Vec::new()))?;
        Ok(Built { bytes: out.into_inner(), faults, entities, forms, keys })
    }

    /// Compiles everything added and puts it in the place of the file at `path`, which stays whole
    /// until then. Without any form nothing is written.
    ///
    /// # Errors
    /// As [`Builder::finish`]; a folder that can't be written.
    pub fn finish_to(self, path: &Path) -> Result<Written> {
        let (contents, faults) = self.compile()?;
        let (entities, forms, keys) = contents.counts();
        let mut size = 0;
        if forms > 0 {
            size = replace_with(path, |file| {
                let (out, size) = contents.write(BufWriter::with_capacity(1 << 16, file))?;
                out.into_inner().map_err(|e| Error::io(path.display(), e.into_error()))?;
                Ok(size)
            })?;
        }
        Ok(Written { size, faults, entities, forms, keys })
    }

    fn compile(mut self) -> Result<(Contents, Vec<Error>)> {
        self.rows();
        let Self { sources, languages, defaults, policy, fuzzy, jobs, memory, folder, mut watch, rows, failed } = self;
        let (Some(mut rows), None) = (rows, &failed) else {
            return Err(failed.unwrap_or_else(|| Error::source_file("no table was read")));
        };
        let half = (folder, memory / 2);
        let mut entities = Entities::join(&mut rows, &defaults)?;
        let langs = file::numbered(rows.attributes.list().iter().map(|a| a.lang.as_str()), "languages")?;
        let by_lang: Vec<&Language> = langs.iter().map(|lang| languages.get(lang)).collect();
        let sorted = forms::sort(&mut rows, &entities, &langs, half.clone(), &mut watch)?;
        let mut forms = Forms::new(sorted, &mut rows, &entities, by_lang.clone(), policy);
        let (sorted, used) = keys::fold(&mut forms, &by_lang, jobs, half.clone(), &mut watch)?;
        let firsts = forms.firsts();
        entities.forget_joins();
        let attributes = FormAttributes::new(&used, &rows.attributes)?;
        let forms = firsts.last().copied().unwrap_or(0);
        let mut numbers = Numbers {
            entities: entities.ids.len() as u32,
            forms,
            attribute_bits: attributes.bits(),
            entity_bits: width(entities.ids.len() as u32),
            ..Numbers::default()
        };
        let fuzzy = (fuzzy == FuzzyIndex::Present).then(|| fuzzy::Collector::new(half.0.clone(), half.1));
        let index = index::index(sorted, &numbers, |packed| attributes.number(packed), fuzzy, jobs, half, &mut watch)?;
        numbers.place_bits = width(u32::try_from(index.postings.len()).unwrap_or(u32::MAX)).max(1);
        let Rows { ids, faults, .. } = rows;
        let contents = Contents { numbers, index, attributes, entities, ids, firsts, sources, policy };
        Ok((contents, Rows::sorted_faults(faults)))
    }
}

/// A write of ours that failed.
fn unwritable(e: io::Error) -> Error {
    Error::io("the build's own files", e)
}
