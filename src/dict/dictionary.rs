//! The compiled dictionary: opened once, immutable, cheap to share between threads.
//!
//! Invariant: reading never panics or leaves the bytes of the file, whatever they are: an entry
//! that points nowhere is empty. (The `fst` crate panics on damaged bytes; see
//! [`Dictionary::guarded`].)

use std::path::Path;
use std::sync::Arc;

use super::accelerator::Accelerator;
use super::fuzzy;
use super::layout::{
    self, Check, EntityRecord, FormRecord, NO_COORDINATE, NO_YEAR, POSTING_VARIANT, SectionKind, Sections,
};
use super::map::Bytes;
use super::provenance::Provenance;
use super::source::row::{CaseRule, Risk, Role};
use crate::error::{Error, Result};

/// A compiled dictionary. Clones share its bytes.
#[derive(Debug, Clone)]
pub struct Dictionary(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    keys: fst::Map<Bytes>,
    postings: Bytes,
    forms: Bytes,
    entities: Bytes,
    ids: Bytes,
    strings: Bytes,
    provenance: Bytes,
    accelerator: Option<Accelerator>,
    fuzzy: Option<fuzzy::Index>,
    langs: Vec<String>,
    kinds: Vec<String>,
    sources: Vec<String>,
    content_hash: u64,
    size: usize,
    check: Check,
}

/// One entity of a dictionary.
#[derive(Debug, Clone, Copy)]
pub struct Entity<'d> {
    dictionary: &'d Dictionary,
    index: u32,
    record: EntityRecord,
}

/// One form of a dictionary.
#[derive(Debug, Clone, Copy)]
pub struct Form<'d> {
    dictionary: &'d Dictionary,
    record: FormRecord,
}

impl Dictionary {
    /// Opens the dictionary at `path`, checking every byte at memory speed.
    ///
    /// # Errors
    /// No such file, not a dictionary, damaged, cut, or of another version; the message says what
    /// to do.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        Self::open_with(path, Check::Everything)
    }

    /// Opens the dictionary at `path`, checking header and lengths only: microseconds at any size.
    ///
    /// # Errors
    /// As [`Dictionary::open`]; damage elsewhere shows later as an error or a wrong answer, never
    /// as undefined behaviour.
    pub fn open_trusted(path: impl AsRef<Path>) -> Result<Self> {
        Self::open_with(path, Check::Trusted)
    }

    /// Opens the dictionary at `path` with the given check.
    ///
    /// # Errors
    /// As [`Dictionary::open`].
    pub fn open_with(path: impl AsRef<Path>, check: Check) -> Result<Self> {
        let path = path.as_ref();
        Self::from_parts(Bytes::map(path)?, check).map_err(|e| match e.place() {
            Some(_) => e,
            None => e.at(path.display(), 0, 0),
        })
    }

    /// A dictionary from bytes in memory, checked.
    ///
    /// # Errors
    /// As [`Dictionary::open`].
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self> {
        Self::from_parts(Bytes::owned(bytes), Check::Everything)
    }

    /// A dictionary from bytes in memory, with header and lengths checked only.
    ///
    /// # Errors
    /// As [`Dictionary::open_trusted`].
    pub fn from_bytes_trusted(bytes: Vec<u8>) -> Result<Self> {
        Self::from_parts(Bytes::owned(bytes), Check::Trusted)
    }

    fn from_parts(bytes: Bytes, check: Check) -> Result<Self> {
        let sections = Sections::parse(&bytes, check)?;
        let part = |kind| bytes.part(sections.range(kind));
        let key_bytes = part(SectionKind::Keys);
        let keys = guard(check, || {
            fst::Map::new(key_bytes)
                .map_err(|_| Error::dictionary("the keys of this dictionary are damaged: rebuild it with exonym build"))
        })?;
        let strings = part(SectionKind::Strings);
        let mut lists = read_names(&part(SectionKind::Names), &strings).into_iter();
        let mut list = || lists.next().unwrap_or_default();
        let (langs, kinds, sources) = (list(), list(), list());
        Ok(Self(Arc::new(Inner {
            keys,
            postings: part(SectionKind::Postings),
            forms: part(SectionKind::Forms),
            entities: part(SectionKind::Entities),
            ids: part(SectionKind::Ids),
            strings,
            provenance: part(SectionKind::Provenance),
            accelerator: Accelerator::open(part(SectionKind::Accelerator)),
            fuzzy: guard(check, || Ok(fuzzy::Index::open(part(SectionKind::Fuzzy)))).unwrap_or_default(),
            langs,
            kinds,
            sources,
            content_hash: sections.content_hash,
            size: bytes.len(),
            check,
        })))
    }

    /// Number of entities.
    pub fn len(&self) -> usize {
        (self.0.entities.len() / layout::ENTITY_SIZE).saturating_sub(1)
    }

    /// Whether it has no entity.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Number of forms, those made at build time included.
    pub fn form_count(&self) -> usize {
        self.0.forms.len() / layout::FORM_SIZE
    }

    /// Number of distinct keys.
    pub fn key_count(&self) -> usize {
        self.0.keys.len()
    }

    /// Size of the file in bytes.
    pub fn size(&self) -> usize {
        self.0.size
    }

    /// Hash of the content: equal for equal sources and options.
    pub fn content_hash(&self) -> u64 {
        self.0.content_hash
    }

    /// Where the forms come from.
    ///
    /// # Errors
    /// A damaged file that was opened trusted.
    pub fn provenance(&self) -> Result<Provenance> {
        serde_json::from_slice(&self.0.provenance).map_err(|e| Error::dictionary(format!("provenance: {e}")))
    }

    /// The map from key to place in the postings.
    pub fn keys(&self) -> &fst::Map<impl AsRef<[u8]> + use<>> {
        &self.0.keys
    }

    /// What makes scanning fast, if the file has it.
    pub(crate) fn accelerator(&self) -> Option<&Accelerator> {
        self.0.accelerator.as_ref()
    }

    /// What makes fuzzy search fast, if the file has it.
    pub(crate) fn fuzzy_index(&self) -> Option<&fuzzy::Index> {
        self.0.fuzzy.as_ref()
    }

    /// Whether it has an index for fuzzy search ([`super::build::Builder::fuzzy_index`]).
    pub fn has_fuzzy_index(&self) -> bool {
        self.0.fuzzy.is_some()
    }

    /// Whether only header and lengths were checked when it was opened.
    pub fn is_trusted(&self) -> bool {
        self.0.check == Check::Trusted
    }

    /// Runs `read` so that a damaged file that was opened trusted gives an error, where the `fst`
    /// crate would panic. Files that were checked when opened are read directly.
    ///
    /// # Errors
    /// What `read` gives, or damage.
    pub fn guarded<T>(&self, read: impl FnOnce() -> Result<T>) -> Result<T> {
        guard(self.0.check, read)
    }

    /// The forms at a place in the postings, each with whether the key is a made variant.
    pub fn postings(&self, at: u64) -> impl Iterator<Item = (u32, bool)> + '_ {
        let at = usize::try_from(at).unwrap_or(usize::MAX);
        let count = layout::number(&self.0.postings, at).unwrap_or(0) as usize;
        (1..=count).map_while(move |i| {
            let number = layout::number(&self.0.postings, at.checked_add(i)?)?;
            Some((number & !POSTING_VARIANT, number & POSTING_VARIANT != 0))
        })
    }

    /// The form with this index.
    pub fn form(&self, index: u32) -> Option<Form<'_>> {
        let record = FormRecord::read(&self.0.forms, index)?;
        Some(Form { dictionary: self, record })
    }

    /// The entity with this index.
    pub fn entity(&self, index: u32) -> Option<Entity<'_>> {
        let record = EntityRecord::read(&self.0.entities, index)?;
        Some(Entity { dictionary: self, index, record })
    }

    /// All entities, by id.
    pub fn entities(&self) -> impl Iterator<Item = Entity<'_>> {
        (0..self.len() as u32).filter_map(|i| self.entity(i))
    }

    /// The entity that has `id` as its own or another id. Cost: logarithmic.
    pub fn entity_by_id(&self, id: &str) -> Option<Entity<'_>> {
        let count = self.0.ids.len() / layout::ID_SIZE;
        let read = |i: usize| {
            let name = layout::number(&self.0.ids, 2 * i)?;
            let entity = layout::number(&self.0.ids, 2 * i + 1)?;
            Some((layout::string(&self.0.strings, name), entity))
        };
        let (mut low, mut high) = (0, count);
        while low < high {
            let middle = low + (high - low) / 2;
            let (name, entity) = read(middle)?;
            match name.cmp(id) {
                std::cmp::Ordering::Equal => return self.entity(entity),
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        None
    }

    /// Index of the entity that stands for any in `never` forms.
    pub fn any_entity(&self) -> u32 {
        self.len() as u32
    }

    fn string(&self, reference: u32) -> &str {
        layout::string(&self.0.strings, reference)
    }
}

fn guard<T>(check: Check, read: impl FnOnce() -> Result<T>) -> Result<T> {
    match check {
        Check::Everything => read(),
        Check::Trusted => std::panic::catch_unwind(std::panic::AssertUnwindSafe(read)).unwrap_or_else(|_| {
            Err(Error::dictionary(
                "the keys of this dictionary, opened trusted, are damaged: rebuild it with exonym build",
            ))
        }),
    }
}

fn read_names(bytes: &[u8], strings: &[u8]) -> Vec<Vec<String>> {
    let mut at = 0;
    let mut lists = Vec::new();
    while let Some(count) = layout::number(bytes, at) {
        let names = (1..=count as usize)
            .map_while(|i| layout::number(bytes, at + i))
            .map(|reference| layout::string(strings, reference).to_owned())
            .collect();
        lists.push(names);
        at = at.saturating_add(1).saturating_add(count as usize);
    }
    lists
}

fn year(number: i16) -> Option<i16> {
    (number != NO_YEAR).then_some(number)
}

impl<'d> Entity<'d> {
    /// Its index in the dictionary.
    pub fn index(&self) -> u32 {
        self.index
    }

    /// Its own id.
    pub fn id(&self) -> &'d str {
        self.dictionary.string(self.record.id)
    }

    /// Its other ids.
    pub fn same_as(&self) -> impl Iterator<Item = &'d str> + use<'d> {
        self.dictionary.string(self.record.same_as).split(',').filter(|id| !id.is_empty())
    }

    /// Its type.
    pub fn kind(&self) -> &'d str {
        self.dictionary.0.kinds.get(usize::from(self.record.kind)).map_or("", String::as_str)
    }

    /// ISO 3166-1 alpha-2 code, or empty.
    pub fn country(&self) -> String {
        self.record.country.iter().filter(|b| b.is_ascii_uppercase()).map(|&b| char::from(b)).collect()
    }

    /// Prominence, 0 to 1; 0 if unknown.
    pub fn prior(&self) -> f32 {
        if self.record.prior.is_finite() { self.record.prior.clamp(0.0, 1.0) } else { 0.0 }
    }

    /// `m`, `f` or nothing.
    pub fn gender(&self) -> Option<char> {
        Some(char::from(self.record.gender)).filter(|c| matches!(c, 'm' | 'f'))
    }

    /// Latitude and longitude in degrees.
    pub fn coordinates(&self) -> Option<(f64, f64)> {
        let (lat, lon) = (self.record.lat, self.record.lon);
        (lat != NO_COORDINATE && lon != NO_COORDINATE).then(|| (f64::from(lat) / 1e6, f64::from(lon) / 1e6))
    }

    /// First and last year of existence.
    pub fn years(&self) -> (Option<i16>, Option<i16>) {
        (year(self.record.from), year(self.record.to))
    }

    /// The note of its table.
    pub fn note(&self) -> &'d str {
        self.dictionary.string(self.record.note)
    }

    /// Its forms, by language and spelling.
    pub fn forms(&self) -> impl Iterator<Item = Form<'d>> + use<'d> {
        let (dictionary, first, index) = (self.dictionary, self.record.forms, self.index);
        (0..self.record.form_count)
            .map_while(move |i| dictionary.form(first.checked_add(i)?))
            .take_while(move |form| form.record.entity == index)
    }
}

impl<'d> Form<'d> {
    /// The spelling.
    pub fn text(&self) -> &'d str {
        self.dictionary.string(self.record.text)
    }

    /// BCP 47 tag.
    pub fn lang(&self) -> &'d str {
        self.dictionary.0.langs.get(usize::from(self.record.lang)).map_or("und", String::as_str)
    }

    /// Codes of its sources, joined by `+`.
    pub fn source(&self) -> &'d str {
        self.dictionary.0.sources.get(usize::from(self.record.source)).map_or("", String::as_str)
    }

    /// What kind of form it is.
    pub fn role(&self) -> Role {
        Role::from_number(self.record.role).unwrap_or(Role::Alias)
    }

    /// Which capitals it asks of a text.
    pub fn case(&self) -> CaseRule {
        CaseRule::from_number(self.record.case).unwrap_or(CaseRule::Exact)
    }

    /// Whether it needs evidence.
    pub fn risk(&self) -> Risk {
        Risk::from_number(self.record.risk).unwrap_or(Risk::High)
    }

    /// Whether it was put together from given and family name.
    pub fn is_composed(&self) -> bool {
        self.record.flags & layout::FORM_COMPOSED != 0
    }

    /// Whether it comes from a list of sanctioned persons.
    pub fn is_sanctioned(&self) -> bool {
        self.record.flags & layout::FORM_SANCTIONED != 0
    }

    /// First and last year in use.
    pub fn years(&self) -> (Option<i16>, Option<i16>) {
        (year(self.record.from), year(self.record.to))
    }

    /// Day it was taken over, as `YYYY-MM-DD`.
    pub fn date(&self) -> Option<String> {
        let d = self.record.date;
        (d > 0).then(|| format!("{:04}-{:02}-{:02}", d / 10_000, d / 100 % 100, d % 100))
    }

    /// Index of its entity.
    pub fn entity_index(&self) -> u32 {
        self.record.entity
    }

    /// Its entity.
    pub fn entity(&self) -> Option<Entity<'d>> {
        self.dictionary.entity(self.record.entity)
    }
}
