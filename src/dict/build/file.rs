//! Putting the sections of a dictionary together.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::{self, Seek, Write};

use super::Policy;
use super::attribute::{Attribute, Attributes};
use super::entities::{Entities, Group};
use super::index::Index;
use super::interner::Interner;
use super::keys::unpack;
use super::unwritable;
use crate::dict::layout::attribute::AttributeRecord;
use crate::dict::layout::entity::{self, EntityRecord, GroupRecord};
use crate::dict::layout::packed::Packer;
use crate::dict::layout::texts::TextsBuilder;
use crate::dict::layout::{FileWriter, NO_YEAR, Numbers, SectionKind, push_names, width};
use crate::dict::provenance::{Provenance, Source};
use crate::error::{Error, Result};

/// The attributes that forms have, as they go into the file.
pub(super) struct FormAttributes {
    records: Vec<AttributeRecord>,
    numbers: HashMap<u32, u32>,
    langs: Vec<String>,
    sources: Vec<String>,
}

impl FormAttributes {
    /// Numbers the packed attributes that are in use, independent of how they were numbered before.
    ///
    /// # Errors
    /// More than 65,535 languages or sources.
    pub(super) fn new(used: &BTreeSet<u32>, attributes: &Attributes) -> Result<Self> {
        let of = |packed: u32| attributes.get(unpack(packed).0);
        let langs = numbered(used.iter().map(|&packed| of(packed).lang.as_str()), "languages")?;
        let sources = numbered(used.iter().map(|&packed| of(packed).source.as_str()), "sources")?;
        let record = |packed: u32| {
            let (_, case, flags) = unpack(packed);
            let Attribute { role, risk, from, to, source, date, lang, case: _ } = of(packed);
            AttributeRecord {
                lang: number_of(&langs, lang),
                role: *role as u8,
                case,
                risk: *risk as u8,
                flags,
                source: number_of(&sources, source),
                from: from.unwrap_or(NO_YEAR),
                to: to.unwrap_or(NO_YEAR),
                date: *date,
            }
        };
        let records: BTreeSet<AttributeRecord> = used.iter().map(|&packed| record(packed)).collect();
        let by_record: BTreeMap<AttributeRecord, u32> = records.iter().copied().zip(0..).collect();
        let numbers = used.iter().map(|&packed| (packed, by_record[&record(packed)])).collect();
        Ok(Self { records: records.into_iter().collect(), numbers, langs, sources })
    }

    /// Width of a number, and of one more that is no number.
    pub(super) fn bits(&self) -> u32 {
        width(self.records.len() as u32)
    }

    /// The class of each number, and the first number of each class: those of a language and role,
    /// which stand together since these two are what the records are sorted by.
    fn classes(&self) -> (Vec<u32>, Vec<u32>) {
        let (mut of, mut firsts) = (Vec::new(), Vec::new());
        for group in self.records.chunk_by(|a, b| (a.lang, a.role) == (b.lang, b.role)) {
            firsts.push(of.len() as u32);
            of.resize(of.len() + group.len(), firsts.len() as u32 - 1);
        }
        (of, firsts)
    }

    /// The number of packed attributes in use.
    pub(super) fn number(&self, packed: u32) -> u32 {
        self.numbers.get(&packed).copied().unwrap_or(0)
    }
}

/// Distinct names, sorted, which become indices in the file.
pub(super) fn numbered<'a>(names: impl Iterator<Item = &'a str>, what: &str) -> Result<Vec<String>> {
    let names: BTreeSet<&str> = names.collect();
    if names.len() > usize::from(u16::MAX) {
        return Err(Error::source_file(format!("more than 65,535 {what}: check the column")));
    }
    Ok(names.into_iter().map(str::to_owned).collect())
}

fn number_of(names: &[String], name: &str) -> u16 {
    names.binary_search_by(|n| n.as_str().cmp(name)).unwrap_or(0) as u16
}

/// Everything that goes into a file.
pub(super) struct Contents {
    pub numbers: Numbers,
    pub index: Index,
    pub attributes: FormAttributes,
    pub entities: Entities,
    pub ids: Interner,
    /// First form of each entity, of the one for any, and the end.
    pub firsts: Vec<u32>,
    pub sources: Vec<Source>,
    pub policy: Policy,
}

/// Sections of a file without an index for fuzzy search.
const SECTIONS: usize = 14;

impl Contents {
    /// Numbers of entities, forms and keys.
    pub(super) fn counts(&self) -> (usize, usize, usize) {
        (self.numbers.entities as usize, self.numbers.forms as usize, self.index.count)
    }

    /// Writes the file; gives what was written to, and its size.
    ///
    /// # Errors
    /// Of writing; more than 65,535 types.
    pub(super) fn write<W: Write + Seek>(mut self, out: W) -> Result<(W, u64)> {
        let mut file = FileWriter::new(out, SECTIONS + usize::from(self.index.fuzzy.is_some())).map_err(unwritable)?;
        let mut section = |kind: SectionKind, bytes: &[u8]| -> io::Result<()> {
            file.section(kind)?;
            file.write(bytes)
        };
        let (entities, groups, kinds) = self.entities()?;
        let mut names = Vec::new();
        for list in [&self.attributes.langs, &kinds, &self.attributes.sources] {
            push_names(&list.iter().map(String::as_str).collect::<Vec<_>>(), &mut names);
        }
        let mut attributes = Vec::new();
        self.attributes.records.iter().for_each(|record| record.write(&mut attributes));
        let (ids, other_ids) = self.ids();
        let provenance = self.provenance()?;
        let (classes, forms) = self.forms();
        section(SectionKind::Numbers, &self.numbers.to_bytes()).map_err(unwritable)?;
        for (kind, bytes) in [
            (SectionKind::Names, names),
            (SectionKind::Provenance, provenance),
            (SectionKind::Attributes, attributes),
            (SectionKind::Classes, classes),
            (SectionKind::Groups, groups),
            (SectionKind::Extras, std::mem::take(&mut self.entities.extra_bytes)),
            (SectionKind::Entities, entities),
            (SectionKind::Ids, ids),
            (SectionKind::OtherIds, other_ids),
            (SectionKind::Forms, forms),
            (SectionKind::Accelerator, std::mem::take(&mut self.index.accelerator)),
        ] {
            section(kind, &bytes).map_err(unwritable)?;
        }
        let fuzzy = self.index.fuzzy.map(|fuzzy| (SectionKind::Fuzzy, fuzzy));
        let spools = [(SectionKind::Postings, self.index.postings), (SectionKind::Keys, self.index.keys)];
        for (kind, spool) in spools.into_iter().chain(fuzzy) {
            file.section(kind).map_err(unwritable)?;
            let mut pieces = spool.read().map_err(unwritable)?;
            while let Some(piece) = pieces.next().map_err(unwritable)? {
                file.write(&piece).map_err(unwritable)?;
            }
        }
        file.finish().map_err(unwritable)
    }

    /// First attributes of the classes; forms.
    fn forms(&mut self) -> (Vec<u8>, Vec<u8>) {
        let (class_of, classes) = self.attributes.classes();
        let numbers = &mut self.numbers;
        numbers.class_bits = width(classes.len().saturating_sub(1) as u32);
        let mut packer = Packer::default();
        for (i, place) in std::mem::take(&mut self.index.places).into_iter().enumerate() {
            packer.push(place, numbers.place_bits);
            let class = self.index.attributes.get(i).and_then(|&attribute| class_of.get(attribute as usize));
            packer.push(class.copied().unwrap_or(0), numbers.class_bits);
        }
        (classes.iter().flat_map(|first| first.to_le_bytes()).collect(), packer.finish())
    }

    /// Entities, their groups, and the names of the types.
    fn entities(&mut self) -> Result<(Vec<u8>, Vec<u8>, Vec<String>)> {
        let Self { entities, numbers, firsts, .. } = self;
        let mut used = vec![false; entities.group_list.len()];
        entities.groups.iter().for_each(|&group| used[group as usize] = true);
        let in_use = || entities.group_list.iter().zip(&used).filter(|(_, used)| **used).map(|(group, _)| group);
        let kinds = numbered(in_use().map(|(kind, _, _)| kind.as_str()), "types")?;
        let record = |(kind, country, gender): &Group| GroupRecord {
            kind: number_of(&kinds, kind),
            country: *country,
            gender: *gender,
        };
        let records: BTreeMap<GroupRecord, u32> =
            in_use().map(record).collect::<BTreeSet<_>>().into_iter().zip(0..).collect();
        let mut groups = Vec::new();
        records.keys().for_each(|record| record.write(&mut groups));
        let of: Vec<u32> =
            entities.group_list.iter().map(|group| records.get(&record(group)).copied().unwrap_or(0)).collect();
        numbers.group_bits = width(records.len().saturating_sub(1) as u32);
        numbers.extra_bits = width(entities.extra_bytes.len() as u32);
        numbers.first_bits = entity::first_bits(firsts);
        let entity_record = |(i, &first): (usize, &u32)| EntityRecord {
            first,
            group: entities.groups.get(i).map_or(0, |&group| of[group as usize]),
            extra: entities.extras.get(i).copied().unwrap_or(0),
        };
        let records: Vec<EntityRecord> = firsts.iter().enumerate().map(entity_record).collect();
        Ok((entity::write(&records, numbers), groups, kinds))
    }

    /// Own ids, other ids.
    fn ids(&self) -> (Vec<u8>, Vec<u8>) {
        let mut own = TextsBuilder::default();
        self.entities.ids.iter().for_each(|&id| own.push(self.ids.get(id)));
        let mut others = TextsBuilder::default();
        self.entities.others.iter().for_each(|&(id, _)| others.push(self.ids.get(id)));
        let mut others = others.finish();
        others.resize(others.len().next_multiple_of(4), 0);
        others.extend(self.entities.others.iter().flat_map(|(_, entity)| entity.to_le_bytes()));
        (own.finish(), others)
    }

    fn provenance(&self) -> Result<Vec<u8>> {
        let used = self.attributes.sources.iter();
        let codes: BTreeSet<&str> = used.flat_map(|s| s.split('+')).filter(|s| !s.is_empty()).collect();
        let described = |code: &str| self.sources.iter().filter(|s| s.source == code).min().cloned();
        let mut sources: Vec<Source> = codes
            .into_iter()
            .map(|code| described(code).unwrap_or_else(|| Source { source: code.to_owned(), ..Source::default() }))
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
