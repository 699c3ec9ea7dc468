//! The compiled dictionary: opened once, immutable, cheap to share between threads.
//!
//! Invariant: reading never panics or leaves the bytes of the file, whatever they are: an entry
//! that points nowhere is empty. (The `fst` crate panics on damaged bytes; see
//! [`Dictionary::guarded`].)

use std::path::Path;
use std::sync::Arc;

use super::accelerator::Accelerator;
use super::fuzzy;
use super::layout::attribute::{self, AttributeRecord};
use super::layout::entity::{EntityRecord, Extras, GroupRecord};
use super::layout::posting::Posting;
use super::layout::{self, Check, NO_COORDINATE, NO_YEAR, Numbers, SectionKind, Sections, packed, posting, texts};
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
    other_ids: Bytes,
    attributes: Bytes,
    classes: Bytes,
    groups: Bytes,
    extras: Bytes,
    provenance: Bytes,
    numbers: Numbers,
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
    entity: u32,
    attribute: Attribute,
    /// Where its entry in the postings stands.
    place: u32,
}

/// What is known of the attributes of a form before its entry in the postings is read.
#[derive(Debug, Clone, Copy)]
enum Attribute {
    /// Their number.
    Of(u32),
    /// The number of attributes with the same language and role.
    Like(u32),
}

/// Id of the entity that stands for any in `never` forms.
pub(super) const ANY: &str = "*";

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
        let mut lists = layout::read_names(&part(SectionKind::Names)).into_iter();
        let mut list = || lists.next().unwrap_or_default();
        let (langs, kinds, sources) = (list(), list(), list());
        let (forms, entities) = (part(SectionKind::Forms), part(SectionKind::Entities));
        let numbers = Numbers::read(&part(SectionKind::Numbers), forms.len(), entities.len())?;
        Ok(Self(Arc::new(Inner {
            keys,
            postings: part(SectionKind::Postings),
            forms,
            entities,
            ids: part(SectionKind::Ids),
            other_ids: part(SectionKind::OtherIds),
            attributes: part(SectionKind::Attributes),
            classes: part(SectionKind::Classes),
            groups: part(SectionKind::Groups),
            extras: part(SectionKind::Extras),
            provenance: part(SectionKind::Provenance),
            numbers,
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
        self.0.numbers.entities as usize
    }

    /// Whether it has no entity.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Number of forms, those made at build time included.
    pub fn form_count(&self) -> usize {
        self.0.numbers.forms as usize
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

    /// The place of a key in the postings. Cost: the length of the key; a cache line for most texts
    /// that are none.
    pub fn place(&self, key: &str) -> Option<u64> {
        if self.0.accelerator.as_ref().is_some_and(|a| !a.may_be_key(key)) {
            return None;
        }
        self.0.keys.get(key)
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

    /// The forms at a place in the postings, each with whether the key is a made variant of it.
    pub fn postings(&self, place: u64) -> impl Iterator<Item = (Form<'_>, bool)> {
        let mut at = usize::try_from(place).ok();
        std::iter::from_fn(move || {
            let place = at?;
            let posting = posting::read(&self.0.postings, place, &self.0.numbers)?;
            at = posting.next.filter(|&next| next > place);
            Some((place, posting))
        })
        .filter_map(|(place, posting)| match posting.variant_of {
            Some(form) => Some((self.form(form)?, true)),
            None => Some((self.form_of(u32::try_from(place).ok()?, posting), false)),
        })
    }

    fn form_of(&self, place: u32, posting: Posting) -> Form<'_> {
        Form { dictionary: self, entity: posting.entity, attribute: Attribute::Of(posting.attribute), place }
    }

    /// A text whose key is the key with this place in the postings: the spelling of one of its
    /// forms, or the key itself where it is a variant of all. In place; cost: a cache line.
    #[inline]
    pub fn spelling(&self, place: u64) -> Option<&str> {
        std::str::from_utf8(self.spelling_bytes(place)?).ok()
    }

    /// The bytes of [`Dictionary::spelling`].
    #[inline]
    pub(crate) fn spelling_bytes(&self, place: u64) -> Option<&[u8]> {
        posting::bytes(&self.0.postings, usize::try_from(place).ok()?, &self.0.numbers)
    }

    /// The spelling at a place with all that follows it in the file, and its length in bytes.
    #[inline(always)]
    pub(crate) fn spelling_and_more(&self, place: u32) -> Option<(&[u8], usize)> {
        let (start, length) = posting::place(&self.0.postings, place as usize, &self.0.numbers)?;
        let rest = self.0.postings.get(start..)?;
        (length <= rest.len()).then_some((rest, length))
    }

    /// Some byte of what stands at a place of the postings: read ahead of time it is there when it
    /// is needed.
    #[inline]
    pub(crate) fn touch(&self, place: u32) -> u8 {
        self.0.postings.get(place as usize).copied().unwrap_or(0)
    }

    /// The form with this index: forms are sorted by entity, language and spelling.
    pub fn form(&self, index: u32) -> Option<Form<'_>> {
        if index >= self.0.numbers.forms {
            return None;
        }
        let (place, _) = self.form_record(index);
        let posting = posting::read(&self.0.postings, place as usize, &self.0.numbers)?;
        posting.variant_of.is_none().then(|| self.form_of(place, posting))
    }

    /// Place and class of a form.
    fn form_record(&self, index: u32) -> (u32, u32) {
        let Numbers { place_bits, class_bits, .. } = self.0.numbers;
        let at = u64::from(index) * u64::from(place_bits + class_bits);
        let forms = &self.0.forms;
        (packed::get(forms, at, place_bits), packed::get(forms, at + u64::from(place_bits), class_bits))
    }

    /// The entity with this index.
    pub fn entity(&self, index: u32) -> Option<Entity<'_>> {
        if index > self.0.numbers.entities {
            return None;
        }
        let record = EntityRecord::read(&self.0.entities, index, &self.0.numbers);
        Some(Entity { dictionary: self, index, record })
    }

    /// All entities, by id.
    pub fn entities(&self) -> impl Iterator<Item = Entity<'_>> {
        (0..self.len() as u32).filter_map(|i| self.entity(i))
    }

    /// The entity that has `id` as its own or another id. Cost: logarithmic.
    pub fn entity_by_id(&self, id: &str) -> Option<Entity<'_>> {
        if id == ANY {
            return self.entity(self.any_entity());
        }
        if let Some(index) = texts::find(&self.0.ids, id) {
            return self.entity(index);
        }
        let others = &self.0.other_ids;
        let index = texts::find(others, id)?;
        let entities = others.len().checked_sub(4 * texts::count(others) as usize)?;
        self.entity(layout::number(&others[entities..], index as usize)?)
    }

    /// Index of the entity that stands for any in `never` forms.
    pub fn any_entity(&self) -> u32 {
        self.len() as u32
    }

    fn extras(&self, extra: u32) -> Extras<'_> {
        Extras::read(&self.0.extras, extra)
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
        if self.index == self.dictionary.any_entity() {
            return ANY;
        }
        texts::get(&self.dictionary.0.ids, self.index).unwrap_or("")
    }

    /// Its other ids.
    pub fn same_as(&self) -> impl Iterator<Item = &'d str> + use<'d> {
        self.extras().same_as.split(',').filter(|id| !id.is_empty())
    }

    fn extras(&self) -> Extras<'d> {
        self.dictionary.extras(self.record.extra)
    }

    fn group(&self) -> GroupRecord {
        if self.index == self.dictionary.any_entity() {
            return GroupRecord::NONE;
        }
        GroupRecord::read(&self.dictionary.0.groups, self.record.group).unwrap_or(GroupRecord::NONE)
    }

    /// Its type.
    pub fn kind(&self) -> &'d str {
        self.dictionary.0.kinds.get(usize::from(self.group().kind)).map_or("", String::as_str)
    }

    /// ISO 3166-1 alpha-2 code, or empty.
    pub fn country(&self) -> String {
        self.group().country.iter().filter(|b| b.is_ascii_uppercase()).map(|&b| char::from(b)).collect()
    }

    /// Prominence, 0 to 1; 0 if unknown.
    pub fn prior(&self) -> f32 {
        let prior = Extras::prior(&self.dictionary.0.extras, self.record.extra);
        if prior.is_finite() { prior.clamp(0.0, 1.0) } else { 0.0 }
    }

    /// `m`, `f` or nothing.
    pub fn gender(&self) -> Option<char> {
        Some(char::from(self.group().gender)).filter(|c| matches!(c, 'm' | 'f'))
    }

    /// Latitude and longitude in degrees.
    pub fn coordinates(&self) -> Option<(f64, f64)> {
        let Extras { lat, lon, .. } = self.extras();
        (lat != NO_COORDINATE && lon != NO_COORDINATE).then(|| (f64::from(lat) / 1e6, f64::from(lon) / 1e6))
    }

    /// First and last year of existence.
    pub fn years(&self) -> (Option<i16>, Option<i16>) {
        let Extras { from, to, .. } = self.extras();
        (year(from), year(to))
    }

    /// The note of its table.
    pub fn note(&self) -> &'d str {
        self.extras().note
    }

    /// Its forms, by language and spelling. Cost: some ns each, with language and role; the rest
    /// of a form is read when it is asked for.
    pub fn forms(&self) -> impl Iterator<Item = Form<'d>> + use<'d> {
        let (dictionary, entity) = (self.dictionary, self.index);
        let numbers = &dictionary.0.numbers;
        let end = EntityRecord::read(&dictionary.0.entities, entity + 1, numbers).first;
        (self.record.first..end.min(numbers.forms)).map(move |index| {
            let (place, class) = dictionary.form_record(index);
            let like = layout::number(&dictionary.0.classes, class as usize).unwrap_or(u32::MAX);
            Form { dictionary, entity, attribute: Attribute::Like(like), place }
        })
    }
}

impl<'d> Form<'d> {
    fn attributes(&self) -> AttributeRecord {
        let inner = &self.dictionary.0;
        let number = match self.attribute {
            Attribute::Of(number) => Some(number),
            Attribute::Like(_) => {
                posting::read(&inner.postings, self.place as usize, &inner.numbers).map(|posting| posting.attribute)
            }
        };
        self.record(number.unwrap_or(u32::MAX))
    }

    /// Attributes of which only language and role are surely the form's.
    fn class(&self) -> AttributeRecord {
        let (Attribute::Of(number) | Attribute::Like(number)) = self.attribute;
        self.record(number)
    }

    fn record(&self, number: u32) -> AttributeRecord {
        AttributeRecord::read(&self.dictionary.0.attributes, number).unwrap_or(AttributeRecord::NONE)
    }

    /// The spelling.
    pub fn text(&self) -> &'d str {
        let inner = &self.dictionary.0;
        posting::text(&inner.postings, self.place as usize, &inner.numbers).unwrap_or("")
    }

    /// BCP 47 tag.
    pub fn lang(&self) -> &'d str {
        self.dictionary.0.langs.get(usize::from(self.class().lang)).map_or("und", String::as_str)
    }

    /// Codes of its sources, joined by `+`.
    pub fn source(&self) -> &'d str {
        self.dictionary.0.sources.get(usize::from(self.attributes().source)).map_or("", String::as_str)
    }

    /// What kind of form it is.
    pub fn role(&self) -> Role {
        Role::from_number(self.class().role).unwrap_or(Role::Alias)
    }

    /// Which capitals it asks of a text.
    pub fn case(&self) -> CaseRule {
        CaseRule::from_number(self.attributes().case).unwrap_or(CaseRule::Exact)
    }

    /// Whether it needs evidence.
    pub fn risk(&self) -> Risk {
        Risk::from_number(self.attributes().risk).unwrap_or(Risk::High)
    }

    /// Whether it was put together from given and family name.
    pub fn is_composed(&self) -> bool {
        self.attributes().flags & attribute::COMPOSED != 0
    }

    /// Whether it comes from a list of sanctioned persons.
    pub fn is_sanctioned(&self) -> bool {
        self.attributes().flags & attribute::SANCTIONED != 0
    }

    /// First and last year in use.
    pub fn years(&self) -> (Option<i16>, Option<i16>) {
        let AttributeRecord { from, to, .. } = self.attributes();
        (year(from), year(to))
    }

    /// Day it was taken over, as `YYYY-MM-DD`.
    pub fn date(&self) -> Option<String> {
        let d = self.attributes().date;
        (d > 0).then(|| format!("{:04}-{:02}-{:02}", d / 10_000, d / 100 % 100, d % 100))
    }

    /// Index of its entity.
    pub fn entity_index(&self) -> u32 {
        self.entity
    }

    /// Its entity.
    pub fn entity(&self) -> Option<Entity<'d>> {
        self.dictionary.entity(self.entity)
    }
}
