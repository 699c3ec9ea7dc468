//! From rows to the forms of the dictionary, sorted by entity, language and spelling.
//!
//! Invariant: each form appears once for an entity and language; which line wins and what is
//! reported does not hang on the order of the lines.

use std::ffi::CStr;
use std::path::PathBuf;

use super::Policy;
use super::attribute::Attributes;
use super::compose::{Listed, compose};
use super::entities::{Entities, NONE};
use super::rows::{Rows, placed};
use super::sort::{Sorted, Sorter};
use super::step::{Stage, Watch};
use super::unwritable;
use crate::dict::dictionary::ANY;
use crate::dict::layout::attribute::{COMPOSED, SANCTIONED};
use crate::dict::source::row::{CaseRule, Role};
use crate::error::{Error, Result};
use crate::name::Language;

/// Sorts the rows by entity, language, spelling, role, id, attributes and line. Rows of unknown
/// ids become faults.
pub(super) fn sort(
    rows: &mut Rows,
    entities: &Entities,
    langs: &[String],
    (folder, room): (PathBuf, usize),
    watch: &mut Watch,
) -> Result<Sorted> {
    let any = rows.any();
    let lang_of: Vec<u16> = rows
        .attributes
        .list()
        .iter()
        .map(|a| langs.binary_search(&a.lang).map_or(u16::MAX, |lang| lang as u16))
        .collect();
    let (rank_of, _) = attribute_ranks(&rows.attributes);
    let mut sorter = Sorter::new(folder.clone(), room);
    let mut record = Vec::new();
    let spool = std::mem::replace(&mut rows.forms, super::spool::Spool::new(folder, 0));
    let mut pieces = spool.read().map_err(unwritable)?;
    while let Some(piece) = pieces.next().map_err(unwritable)? {
        watch.step(Stage::Sorting, sorter.len(), Some(rows.count));
        for (row, line) in placed(&piece) {
            let attribute = rows.attributes.get(row.attribute);
            let entity = if Some(row.id) == any { entities.ids.len() as u32 } else { entities.of[row.id as usize] };
            let unknown = rows.uses[row.id as usize] & super::rows::used::ENTITY == 0 && Some(row.id) != any;
            if entity == NONE || unknown && rows.has_entities_table && attribute.role != Role::Never {
                let id = rows.ids.get(row.id);
                rows.faults.push(rows.lines.fault(
                    line,
                    format!("no table has an entity \"{id}\": add its line, or build the forms alone as an overlay"),
                ));
                continue;
            }
            record.clear();
            record.extend_from_slice(&entity.to_be_bytes());
            record.extend_from_slice(&lang_of[row.attribute as usize].to_be_bytes());
            record.extend_from_slice(row.form);
            record.extend_from_slice(&[0, attribute.role as u8]);
            // The entity's own id before its others.
            if entities.ids.get(entity as usize).is_none_or(|&own| own == row.id) {
                record.push(0);
            } else {
                record.push(1);
                record.extend_from_slice(&entities.ranks[row.id as usize].to_be_bytes());
            }
            record.extend_from_slice(&rank_of[row.attribute as usize].to_be_bytes());
            record.extend_from_slice(&line.to_be_bytes()[3..]);
            sorter.push(&record).map_err(unwritable)?;
        }
    }
    sorter.finish().map_err(unwritable)
}

/// The rank of each attribute in sorted order, and the attribute of each rank.
fn attribute_ranks(attributes: &Attributes) -> (Vec<u32>, Vec<u32>) {
    let list = attributes.list();
    let mut order: Vec<u32> = (0..list.len() as u32).collect();
    order.sort_by(|&a, &b| list[a as usize].cmp(&list[b as usize]));
    let mut ranks = vec![0; list.len()];
    for (rank, &attribute) in (0..).zip(&order) {
        ranks[attribute as usize] = rank;
    }
    (ranks, order)
}

/// A sorted row, taken apart.
struct Row<'r> {
    entity: u32,
    lang: u16,
    form: &'r str,
    /// Rank of the id, if it is not the entity's own.
    other_id: Option<u32>,
    rank: u32,
    line: u64,
}

impl<'r> Row<'r> {
    fn read(record: &'r [u8]) -> Option<Self> {
        let (entity, rest) = record.split_first_chunk::<4>()?;
        let (lang, rest) = rest.split_first_chunk::<2>()?;
        let form = CStr::from_bytes_until_nul(rest).ok()?.to_bytes();
        let rest = &rest[form.len()..];
        let (other_id, rest) = match *rest.get(2)? {
            0 => (None, rest.get(3..)?),
            _ => (Some(u32::from_be_bytes(*rest.get(3..)?.first_chunk()?)), rest.get(7..)?),
        };
        let (rank, line) = rest.split_first_chunk::<4>()?;
        Some(Self {
            entity: u32::from_be_bytes(*entity),
            lang: u16::from_be_bytes(*lang),
            form: std::str::from_utf8(form).ok()?,
            other_id,
            rank: u32::from_be_bytes(*rank),
            line: line.iter().fold(0, |n, &b| n << 8 | u64::from(b)),
        })
    }
}

/// Forms that are put together for one thread to fold.
#[derive(Debug, Default)]
pub(super) struct Group {
    pub text: String,
    pub forms: Vec<Form>,
}

/// A form of a [`Group`].
#[derive(Debug, Clone, Copy)]
pub(super) struct Form {
    /// Where its spelling ends in the text; it begins where the one before ends.
    pub end: usize,
    pub entity: u32,
    /// Its number among all forms.
    pub index: u32,
    pub attribute: u32,
    pub case: Option<CaseRule>,
    pub role: Role,
    pub lang: u16,
    pub flags: u8,
}

/// Forms one after the other, from sorted rows.
pub(super) struct Forms<'b> {
    sorted: Sorted,
    open: Open<'b>,
    ended: bool,
}

/// The forms of one entity and language, until the last row of them has come.
struct Open<'b> {
    rows: &'b mut Rows,
    entities: &'b Entities,
    languages: Vec<&'b Language>,
    policy: Policy,
    /// Attribute of each rank.
    order: Vec<u32>,
    sanctioned: Vec<bool>,
    text: String,
    listed: Vec<Listed>,
    of: (u32, u16),
    /// Number of forms given.
    count: u32,
    /// First form of each entity.
    firsts: Vec<u32>,
}

/// Forms of a group; large enough for a thread, small enough for a share.
const GROUP: usize = 2048;

impl<'b> Forms<'b> {
    /// The forms of `sorted` rows.
    pub(super) fn new(
        sorted: Sorted,
        rows: &'b mut Rows,
        entities: &'b Entities,
        languages: Vec<&'b Language>,
        policy: Policy,
    ) -> Self {
        let (_, order) = attribute_ranks(&rows.attributes);
        let sanctioned = rows.attributes.list().iter().map(|a| a.is_sanctioned()).collect();
        let firsts = Vec::with_capacity(entities.ids.len() + 2);
        let (text, listed) = (String::new(), Vec::new());
        let open =
            Open { rows, entities, languages, policy, order, sanctioned, text, listed, of: (0, 0), count: 0, firsts };
        Self { sorted, open, ended: false }
    }

    /// The next forms; none at the end.
    pub(super) fn next(&mut self, watch: &mut Watch) -> Result<Option<Group>> {
        let mut group = Group::default();
        while group.forms.len() < GROUP && !self.ended {
            match self.sorted.next().map_err(unwritable)? {
                Some(record) => {
                    let row = Row::read(record).ok_or_else(|| Error::source_file("a row was lost while sorting"))?;
                    if (row.entity, row.lang) != self.open.of {
                        self.open.close(&mut group)?;
                        self.open.of = (row.entity, row.lang);
                    }
                    self.open.add(&row)?;
                }
                None => {
                    self.open.close(&mut group)?;
                    self.ended = true;
                }
            }
        }
        watch.step(Stage::Folding, u64::from(self.open.count), Some(self.sorted.len()));
        Ok((!group.forms.is_empty()).then_some(group))
    }

    /// At the end: the first form of each entity, of the one for any, and the number of forms.
    pub(super) fn firsts(mut self) -> Vec<u32> {
        self.open.firsts.resize(self.open.entities.ids.len() + 2, self.open.count);
        self.open.firsts
    }
}

impl Open<'_> {
    /// Takes up a row, which is reported if it disagrees with those before it.
    fn add(&mut self, row: &Row<'_>) -> Result<()> {
        let attribute = self.order[row.rank as usize];
        let attributes = &self.rows.attributes;
        let own = attributes.get(attribute);
        let id = || {
            let any = self.entities.ids.get(row.entity as usize).is_none();
            let id = row.other_id.and_then(|rank| self.entities.order.get(rank as usize).copied());
            let id = id.or_else(|| self.entities.ids.get(row.entity as usize).copied());
            if any { ANY } else { id.map_or("", |id| self.rows.ids.get(id)) }
        };
        if let Some(last) = self.listed.last_mut()
            && self.text[last.start..last.end] == *row.form
        {
            let first = attributes.get(last.attribute);
            let fault = (!first.agrees(own) && self.policy == Policy::Report).then(|| {
                self.rows.lines.fault(row.line, format!(
                    "role {} of \"{}\" ({}) for {} disagrees with role {} on another line: keep one, or build with --policy strongest",
                    own.role, row.form, own.lang, id(), first.role
                ))
            });
            if let Some(joined) = first.joined(own) {
                let sanctioned = joined.is_sanctioned();
                last.attribute = self.rows.attributes.number(joined)?;
                if last.attribute as usize == self.sanctioned.len() {
                    self.sanctioned.push(sanctioned);
                }
            }
            self.rows.faults.extend(fault);
            return Ok(());
        }
        let other = self.listed.iter().rev().find(|l| attributes.get(l.attribute).role == Role::Official);
        if own.role == Role::Official
            && let Some(other) = other
            && self.policy == Policy::Report
        {
            let fault = self.rows.lines.fault(
                row.line,
                format!(
                    "\"{}\" is a second official form of {} in {}: \"{}\" is one already; make one of them an alias",
                    row.form,
                    id(),
                    own.lang,
                    &self.text[other.start..other.end]
                ),
            );
            self.rows.faults.push(fault);
        }
        let flags = if self.sanctioned[attribute as usize] { SANCTIONED } else { 0 };
        let start = self.text.len();
        self.text.push_str(row.form);
        self.listed.push(Listed { start, end: self.text.len(), attribute, flags });
        Ok(())
    }

    /// Gives the forms of the entity and language to `group`.
    fn close(&mut self, group: &mut Group) -> Result<()> {
        if self.listed.is_empty() {
            return Ok(());
        }
        let (entity, lang) = self.of;
        if self.entities.kind(entity) == "person" {
            let made = compose(&self.text, &self.listed, &mut self.rows.attributes, self.languages[usize::from(lang)])?;
            if !made.is_empty() {
                for (form, attribute, flags) in made {
                    let start = self.text.len();
                    self.text.push_str(&form);
                    self.listed.push(Listed { start, end: self.text.len(), attribute, flags: flags | COMPOSED });
                }
                let text = &self.text;
                self.listed.sort_by(|a, b| text[a.start..a.end].cmp(&text[b.start..b.end]));
                let list = self.rows.attributes.list();
                self.sanctioned.extend(list[self.sanctioned.len()..].iter().map(|a| a.is_sanctioned()));
            }
        }
        while self.firsts.len() <= entity as usize {
            self.firsts.push(self.count);
        }
        for listed in self.listed.drain(..) {
            group.text.push_str(&self.text[listed.start..listed.end]);
            let (attribute, flags, end) = (listed.attribute, listed.flags, group.text.len());
            let attributes = self.rows.attributes.get(attribute);
            let (case, role) = (attributes.case, attributes.role);
            group.forms.push(Form { end, entity, index: self.count, attribute, case, role, lang, flags });
            self.count += 1;
            if self.count >= 1 << 31 {
                return Err(Error::source_file(
                    "more than 2,147,483,647 forms: build several dictionaries and stack them",
                ));
            }
        }
        self.text.clear();
        Ok(())
    }
}
