//! From source tables to the bytes of a dictionary.
//!
//! Invariant: the same sources in any order give the same bytes: rows are a set, sorted before
//! anything is decided, and no clock, path or host enters.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::accelerator::{Begins, Collector};
use super::fuzzy;
use super::layout::{
    self, EntityRecord, FORM_COMPOSED, FORM_SANCTIONED, FormRecord, NO_COORDINATE, NO_YEAR, POSTING_VARIANT,
    SectionKind,
};
use super::provenance::{Provenance, Source};
use super::source::row::{CaseRule, EntityRow, FormRow, Role};
use super::source::table::{Defaults, Line, Tables};
use super::variant::variants;
use crate::error::{Error, Result};
use crate::name::{Language, Languages, NameOrder};
use crate::text::{self, case::Shape};

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
    tables: Tables,
    sources: Vec<Source>,
    languages: Languages,
    defaults: Defaults,
    policy: Policy,
    fuzzy: FuzzyIndex,
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            tables: Tables::default(),
            sources: Vec::new(),
            languages: Languages::builtin(),
            defaults: Defaults::default(),
            policy: Policy::default(),
            fuzzy: FuzzyIndex::default(),
        }
    }
}

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

    /// Adds a table of entities or forms; which, its header or columns tell.
    pub fn table(&mut self, name: &str, bytes: &[u8]) {
        self.tables.read(name, bytes, &self.defaults);
    }

    /// Adds lines of `SOURCES.tsv`, whose licences and attributions go into the file.
    pub fn sources(&mut self, sources: Vec<Source>) {
        self.sources.extend(sources);
    }

    /// Compiles everything added. Cost: the forms in memory, about 200 bytes each.
    ///
    /// # Errors
    /// More than 2^31 forms or 65,535 languages, types or sources. Faults in the sources are no
    /// error: they are in [`Built::faults`], and the rest is compiled.
    pub fn finish(self) -> Result<Built> {
        let Self { mut tables, sources, languages, policy, fuzzy, .. } = self;
        let mut faults = std::mem::take(&mut tables.faults);
        let entities = entities(&tables, &mut faults);
        let forms = forms(&tables, &entities, policy, &languages, &mut faults);
        faults.sort_by(|a, b| (a.place(), a.message()).cmp(&(b.place(), b.message())));
        faults.dedup_by(|a, b| a.to_string() == b.to_string());
        Compiler::new(entities.rows, forms, sources, policy, &languages).compile(faults, fuzzy)
    }
}

/// Entities joined by their ids, sorted by the smallest.
struct Entities {
    rows: Vec<EntityRow>,
    index: HashMap<String, usize>,
}

fn entities(tables: &Tables, faults: &mut Vec<Error>) -> Entities {
    // Union of all ids that a line joins; the smallest id stands for the set.
    let mut parent: BTreeMap<&str, &str> = BTreeMap::new();
    fn root<'a>(parent: &BTreeMap<&'a str, &'a str>, mut id: &'a str) -> &'a str {
        while let Some(&up) = parent.get(id)
            && up != id
        {
            id = up;
        }
        id
    }
    for (row, _) in &tables.entities {
        for other in std::iter::once(&row.id).chain(&row.same_as) {
            let (a, b) = (root(&parent, &row.id), root(&parent, other));
            let (low, high) = if a <= b { (a, b) } else { (b, a) };
            parent.insert(high, low);
            parent.entry(low).or_insert(low);
        }
    }
    let mut sets: BTreeMap<&str, Vec<(&EntityRow, Line)>> = BTreeMap::new();
    for (row, line) in &tables.entities {
        sets.entry(root(&parent, &row.id)).or_default().push((row, *line));
    }
    // Forms of ids without a line of their own: an overlay, or a fault.
    for (form, line) in &tables.forms {
        if form.id == "*" || parent.contains_key(form.id.as_str()) {
            continue;
        }
        if tables.has_entities_table && form.role != Role::Never {
            faults.push(tables.fault_at(
                *line,
                format!("no table has an entity \"{}\": add its line, or build the forms alone as an overlay", form.id),
            ));
        } else {
            parent.insert(&form.id, &form.id);
            sets.entry(&form.id).or_default();
        }
    }
    let mut out = Entities { rows: Vec::new(), index: HashMap::new() };
    for (id, mut lines) in sets {
        lines.sort_by(|(a, _), (b, _)| a.id.cmp(&b.id).then_with(|| format!("{a:?}").cmp(&format!("{b:?}"))));
        let mut joined = EntityRow { id: id.to_owned(), ..EntityRow::default() };
        let mut ids: BTreeSet<String> = BTreeSet::new();
        for (row, line) in &lines {
            ids.insert(row.id.clone());
            ids.extend(row.same_as.iter().cloned());
            merge(&mut joined, row, |message| faults.push(tables.fault_at(*line, message)));
        }
        for id in ids.iter().map(String::as_str).chain([id]) {
            out.index.insert(id.to_owned(), out.rows.len());
        }
        ids.remove(id);
        joined.same_as = ids.into_iter().collect();
        out.rows.push(joined);
    }
    out
}

/// Fills empty fields of `joined` from `row`; a field that says something else is reported.
fn merge(joined: &mut EntityRow, row: &EntityRow, mut report: impl FnMut(String)) {
    let mut text = |column: &str, into: &mut String, value: &String| {
        if into.is_empty() {
            into.clone_from(value);
        } else if !value.is_empty() && into != value {
            report(format!(
                "{column} \"{value}\" of \"{}\" disagrees with \"{into}\" on another line of the same entity",
                row.id
            ));
        }
    };
    text("type", &mut joined.kind, &row.kind);
    text("country", &mut joined.country, &row.country);
    text("gender", &mut joined.gender, &row.gender);
    if joined.note.is_empty() {
        joined.note.clone_from(&row.note);
    }
    joined.lat = joined.lat.or(row.lat);
    joined.lon = joined.lon.or(row.lon);
    joined.from = joined.from.or(row.from);
    joined.to = joined.to.or(row.to);
    // The highest: each table sees one side of an entity's prominence.
    joined.prior = match (joined.prior, row.prior) {
        (Some(a), Some(b)) => Some(a.max(b)),
        (a, b) => a.or(b),
    };
}

/// A form with its entity resolved.
struct Entry {
    entity: usize,
    row: FormRow,
    flags: u8,
}

/// Index of the entity that stands for any; its forms are `never` forms.
const ANY: &str = "*";

fn forms(
    tables: &Tables,
    entities: &Entities,
    policy: Policy,
    languages: &Languages,
    faults: &mut Vec<Error>,
) -> Vec<Entry> {
    let mut rows: Vec<(usize, &FormRow, Line)> = tables
        .forms
        .iter()
        .filter_map(|(row, line)| {
            let entity = if row.id == ANY { Some(entities.rows.len()) } else { entities.index.get(&row.id).copied() };
            Some((entity?, row, *line))
        })
        .collect();
    rows.sort_by(|(ea, a, _), (eb, b, _)| (ea, &a.lang, &a.form, a.role, a).cmp(&(eb, &b.lang, &b.form, b.role, b)));
    let mut out: Vec<Entry> = Vec::with_capacity(rows.len());
    for (entity, row, line) in rows {
        if let Some(last) = out.last_mut()
            && (last.entity, &last.row.lang, &last.row.form) == (entity, &row.lang, &row.form)
        {
            let same = (last.row.role, last.row.case, last.row.risk, last.row.from, last.row.to)
                == (row.role, row.case, row.risk, row.from, row.to);
            if !same && policy == Policy::Report {
                faults.push(tables.fault_at(line, format!(
                    "role {} of \"{}\" ({}) for {} disagrees with role {} on another line: keep one, or build with --policy strongest",
                    row.role, row.form, row.lang, row.id, last.row.role
                )));
            }
            if !last.row.source.split('+').any(|s| s == row.source) && !row.source.is_empty() {
                let mut sources: Vec<&str> =
                    last.row.source.split('+').chain([row.source.as_str()]).filter(|s| !s.is_empty()).collect();
                sources.sort_unstable();
                last.row.source = sources.join("+");
            }
            continue;
        }
        if row.role == Role::Official
            && let Some(other) = out
                .iter()
                .rev()
                .take_while(|e| e.entity == entity && e.row.lang == row.lang)
                .find(|e| e.row.role == Role::Official)
            && policy == Policy::Report
        {
            faults.push(tables.fault_at(
                line,
                format!(
                    "\"{}\" is a second official form of {} in {}: \"{}\" is one already; make one of them an alias",
                    row.form, row.id, row.lang, other.row.form
                ),
            ));
        }
        let sanctioned = row.source.split('+').any(|s| s.starts_with("sanctions"));
        out.push(Entry { entity, row: row.clone(), flags: if sanctioned { FORM_SANCTIONED } else { 0 } });
    }
    let composed = compose(&out, entities, languages);
    out.extend(composed);
    out.sort_by(|a, b| (a.entity, &a.row.lang, &a.row.form).cmp(&(b.entity, &b.row.lang, &b.row.form)));
    out
}

/// Full names from the given and family forms of a person and language, where not listed.
fn compose(listed: &[Entry], entities: &Entities, languages: &Languages) -> Vec<Entry> {
    /// Most full names made for one person and language.
    const MOST: usize = 64;
    let mut made = Vec::new();
    for group in listed.chunk_by(|a, b| a.entity == b.entity && a.row.lang == b.row.lang) {
        let of = |role: Role| group.iter().filter(move |e| e.row.role == role);
        if entities.rows.get(group[0].entity).is_none_or(|e| e.kind != "person") || of(Role::Given).next().is_none() {
            continue;
        }
        let language = languages.get(&group[0].row.lang);
        let known: HashSet<&str> = group.iter().map(|e| e.row.form.as_str()).collect();
        // A native name written family first without a blank is listed whole.
        let native = of(Role::Official)
            .any(|o| of(Role::Family).any(|f| language.joiner != " " && o.row.form.starts_with(&f.row.form)));
        if native {
            continue;
        }
        let before = made.len();
        for family in of(Role::Family) {
            for given in of(Role::Given) {
                let form = full_name(&given.row.form, &family.row.form, language, group);
                if made.len() - before < MOST && !known.contains(form.as_str()) {
                    let row = FormRow { form, role: Role::Alias, ..family.row.clone() };
                    made.push(Entry { entity: family.entity, row, flags: family.flags | FORM_COMPOSED });
                }
            }
        }
    }
    made
}

fn full_name(given: &str, family: &str, language: &Language, group: &[Entry]) -> String {
    // Foreigners keep their order in family-first languages, unless the label shows otherwise.
    let family_first = language.name_order == NameOrder::FamilyGiven
        && language.joiner == " "
        && group.iter().any(|e| e.row.role == Role::Official && e.row.form.starts_with(family));
    if family_first {
        format!("{family}{}{given}", language.joiner)
    } else {
        format!("{given}{}{family}", language.joiner)
    }
}

/// The case rule that the shape of a form asks for.
pub fn default_case(form: &str) -> CaseRule {
    match text::case::shape(form) {
        Shape::Initial | Shape::Uncased => CaseRule::Initial,
        Shape::Upper | Shape::Mixed => CaseRule::Exact,
        Shape::Lower => CaseRule::Any,
    }
}

#[derive(Default)]
struct Strings {
    bytes: Vec<u8>,
    index: HashMap<String, u32>,
}

impl Strings {
    fn add(&mut self, text: &str) -> u32 {
        if let Some(&at) = self.index.get(text) {
            return at;
        }
        let at = self.bytes.len() as u32;
        self.bytes.extend_from_slice(&(text.len() as u32).to_le_bytes());
        self.bytes.extend_from_slice(text.as_bytes());
        self.index.insert(text.to_owned(), at);
        at
    }
}

struct Compiler<'l> {
    entities: Vec<EntityRow>,
    forms: Vec<Entry>,
    sources: Vec<Source>,
    policy: Policy,
    languages: &'l Languages,
    strings: Strings,
}

/// Numbers of names, which become indices in the file.
fn numbered<'a>(names: impl Iterator<Item = &'a str>, what: &str) -> Result<Vec<&'a str>> {
    let names: BTreeSet<&str> = names.collect();
    if names.len() > usize::from(u16::MAX) {
        return Err(Error::source_file(format!("more than 65,535 {what}: check the column")));
    }
    Ok(names.into_iter().collect())
}

fn number_of(names: &[&str], name: &str) -> u16 {
    names.binary_search(&name).unwrap_or(0) as u16
}

impl<'l> Compiler<'l> {
    fn new(
        entities: Vec<EntityRow>,
        forms: Vec<Entry>,
        sources: Vec<Source>,
        policy: Policy,
        languages: &'l Languages,
    ) -> Self {
        Self { entities, forms, sources, policy, languages, strings: Strings::default() }
    }

    fn compile(mut self, faults: Vec<Error>, fuzzy: FuzzyIndex) -> Result<Built> {
        if self.forms.len() >= POSTING_VARIANT as usize {
            return Err(Error::source_file("more than 2,147,483,647 forms: build several dictionaries and stack them"));
        }
        // The entity that stands for any comes last and has an empty type.
        self.entities.push(EntityRow { id: ANY.to_owned(), ..EntityRow::default() });
        let (entities, forms) = (std::mem::take(&mut self.entities), std::mem::take(&mut self.forms));
        let langs = numbered(forms.iter().map(|f| f.row.lang.as_str()), "languages")?;
        let kinds = numbered(entities.iter().map(|e| e.kind.as_str()), "types")?;
        let sources = numbered(forms.iter().map(|f| f.row.source.as_str()), "sources")?;

        let mut form_bytes = Vec::with_capacity(forms.len() * layout::FORM_SIZE);
        let mut postings: BTreeMap<String, Vec<u32>> = BTreeMap::new();
        for (i, form) in forms.iter().enumerate() {
            self.form_record(form, &langs, &sources).write(&mut form_bytes);
            let key = text::key(&form.row.form);
            for variant in variants(&form.row.form, &key, self.languages.get(&form.row.lang)) {
                postings.entry(variant).or_default().push(i as u32 | POSTING_VARIANT);
            }
            postings.entry(key).or_default().push(i as u32);
        }
        let mut entity_bytes = Vec::with_capacity(entities.len() * layout::ENTITY_SIZE);
        let mut ids: BTreeMap<&str, u32> = BTreeMap::new();
        let mut next = 0;
        for (i, entity) in entities.iter().enumerate() {
            let count = forms[next..].iter().take_while(|f| f.entity == i).count();
            self.entity_record(entity, &kinds, next, count).write(&mut entity_bytes);
            next += count;
            for id in std::iter::once(&entity.id).chain(&entity.same_as) {
                ids.insert(id, i as u32);
            }
        }
        let id_bytes = ids
            .iter()
            .flat_map(|(id, entity)| [self.strings.add(id), *entity].into_iter().flat_map(u32::to_le_bytes))
            .collect();

        let begins: Vec<bool> = forms.iter().map(may_begin_small).collect();
        let mut fuzzy = (fuzzy == FuzzyIndex::Present).then(fuzzy::Collector::default);
        let (keys, posting_bytes, key_count, accelerator) = key_map(postings, &begins, fuzzy.as_mut())?;
        let mut names = Vec::new();
        for list in [&langs, &kinds, &sources] {
            names.extend_from_slice(&(list.len() as u32).to_le_bytes());
            for name in list.iter() {
                names.extend_from_slice(&self.strings.add(name).to_le_bytes());
            }
        }
        let provenance = self.provenance(&sources)?;
        let mut sections = vec![
            (SectionKind::Keys, keys),
            (SectionKind::Postings, posting_bytes),
            (SectionKind::Forms, form_bytes),
            (SectionKind::Entities, entity_bytes),
            (SectionKind::Ids, id_bytes),
            (SectionKind::Strings, self.strings.bytes),
            (SectionKind::Names, names),
            (SectionKind::Provenance, provenance),
            (SectionKind::Accelerator, accelerator),
        ];
        if let Some(fuzzy) = fuzzy {
            sections.push((SectionKind::Fuzzy, fuzzy.finish()?));
        }
        let bytes = layout::assemble(&sections);
        Ok(Built { bytes, faults, entities: entities.len() - 1, forms: forms.len(), keys: key_count })
    }

    fn form_record(&mut self, form: &Entry, langs: &[&str], sources: &[&str]) -> FormRecord {
        let row = &form.row;
        let case = form_case(row);
        FormRecord {
            entity: form.entity as u32,
            text: self.strings.add(&row.form),
            lang: number_of(langs, &row.lang),
            source: number_of(sources, &row.source),
            role: row.role as u8,
            case: case as u8,
            risk: row.risk as u8,
            flags: form.flags,
            from: row.from.unwrap_or(NO_YEAR),
            to: row.to.unwrap_or(NO_YEAR),
            date: row.date.replace('-', "").parse().unwrap_or(0),
        }
    }

    fn entity_record(&mut self, entity: &EntityRow, kinds: &[&str], forms: usize, count: usize) -> EntityRecord {
        let micro = |v: Option<f64>| v.map_or(NO_COORDINATE, |v| (v * 1e6).round() as i32);
        let country = entity.country.as_bytes();
        EntityRecord {
            id: self.strings.add(&entity.id),
            same_as: self.strings.add(&entity.same_as.join(",")),
            note: self.strings.add(&entity.note),
            kind: number_of(kinds, &entity.kind),
            country: [country.first().copied().unwrap_or(0), country.get(1).copied().unwrap_or(0)],
            prior: entity.prior.unwrap_or(0.0),
            lat: micro(entity.lat),
            lon: micro(entity.lon),
            forms: forms as u32,
            form_count: count as u32,
            from: entity.from.unwrap_or(NO_YEAR),
            to: entity.to.unwrap_or(NO_YEAR),
            gender: entity.gender.bytes().next().unwrap_or(0),
        }
    }

    fn provenance(&self, used: &[&str]) -> Result<Vec<u8>> {
        let codes: BTreeSet<&str> = used.iter().flat_map(|s| s.split('+')).filter(|s| !s.is_empty()).collect();
        let mut sources: Vec<Source> = codes
            .into_iter()
            .map(|code| {
                let mut described: Vec<&Source> = self.sources.iter().filter(|s| s.source == code).collect();
                described.sort();
                described
                    .first()
                    .map_or_else(|| Source { source: code.to_owned(), ..Source::default() }, |s| (*s).clone())
            })
            .collect();
        sources.sort();
        let provenance = Provenance {
            exonym: env!("CARGO_PKG_VERSION").to_owned(),
            policy: self.policy.as_str().to_owned(),
            sources,
        };
        serde_json::to_vec(&provenance).map_err(|e| Error::source_file(e.to_string()))
    }
}

/// Whether a text that begins with a small letter may meet the form's case rule.
fn may_begin_small(form: &Entry) -> bool {
    match form_case(&form.row) {
        CaseRule::Any => true,
        CaseRule::Initial => false,
        CaseRule::Exact => !text::case::begins_with_capital(&form.row.form),
    }
}

/// The case rule of a form, its own or the one of its shape.
fn form_case(row: &FormRow) -> CaseRule {
    row.case.unwrap_or(if row.role == Role::Never { CaseRule::Any } else { default_case(&row.form) })
}

fn key_map(
    postings: BTreeMap<String, Vec<u32>>,
    small: &[bool],
    mut fuzzy: Option<&mut fuzzy::Collector>,
) -> Result<(Vec<u8>, Vec<u8>, usize, Vec<u8>)> {
    let mut accelerator = Collector::default();
    let mut map = fst::MapBuilder::memory();
    let mut bytes = Vec::new();
    let count = postings.len();
    for (key, mut list) in postings {
        list.sort_unstable();
        list.dedup();
        // A form that has this key as its own needs no entry as a variant.
        let own: HashSet<u32> = list.iter().copied().filter(|p| p & POSTING_VARIANT == 0).collect();
        list.retain(|p| p & POSTING_VARIANT == 0 || !own.contains(&(p & !POSTING_VARIANT)));
        let at = bytes.len() as u64 / 4;
        let any = list.iter().any(|p| small[(p & !POSTING_VARIANT) as usize]);
        accelerator.add(&key, at as u32, if any { Begins::Any } else { Begins::Large })?;
        if let Some(fuzzy) = &mut fuzzy {
            fuzzy.add(&key);
        }
        map.insert(&key, at).map_err(|e| Error::source_file(format!("key \"{key}\": {e:?}")))?;
        bytes.extend_from_slice(&(list.len() as u32).to_le_bytes());
        bytes.extend(list.into_iter().flat_map(u32::to_le_bytes));
    }
    let keys = map.into_inner().map_err(|e| Error::source_file(format!("{e:?}")))?;
    Ok((keys, bytes, count, accelerator.finish()))
}
