//! All rows of all tables, held compactly until the last one is read.
//!
//! Invariant: a form costs its bytes and 16 more, and is in a file when there are many; ids are
//! held once. Every row remembers its line.

use std::collections::HashSet;
use std::path::PathBuf;

use super::attribute::Attributes;
use super::interner::Interner;
use super::read::{BATCH_HEAD, Batch, ROW_HEAD, rows};
use super::spool::Spool;
use super::unwritable;
use crate::dict::dictionary::ANY;
use crate::dict::source::row::Role;
use crate::error::{Error, Result};

/// How an id is used.
pub(super) mod used {
    /// By a form that is no `never` form.
    pub(in crate::dict::build) const FORM: u8 = 1;
    /// By a `never` form.
    pub(in crate::dict::build) const NEVER: u8 = 2;
    /// By a table of entities.
    pub(in crate::dict::build) const ENTITY: u8 = 4;
}

/// An entity's line.
#[derive(Debug)]
pub(super) struct EntityLine {
    pub id: u32,
    pub place: u64,
    /// Its fields in canonical order.
    pub fields: Box<str>,
}

/// What was read.
#[derive(Debug)]
pub(super) struct Rows {
    pub ids: Interner,
    /// How each id is used.
    pub uses: Vec<u8>,
    pub attributes: Attributes,
    pub forms: Spool,
    pub entities: Vec<EntityLine>,
    /// Ids that lines join.
    pub joins: Vec<(u32, u32)>,
    pub lines: Lines,
    pub faults: Vec<Error>,
    pub has_entities_table: bool,
    pub count: u64,
}

impl Rows {
    /// No rows; of those to come, `room` bytes stay in memory.
    pub(super) fn new(folder: PathBuf, room: usize) -> Self {
        Self {
            ids: Interner::default(),
            uses: Vec::new(),
            attributes: Attributes::default(),
            forms: Spool::new(folder, room),
            entities: Vec::new(),
            joins: Vec::new(),
            lines: Lines::default(),
            faults: Vec::new(),
            has_entities_table: false,
            count: 0,
        }
    }

    /// Takes up a batch of the table begun last.
    pub(super) fn take(&mut self, mut batch: Batch) -> Result<()> {
        let before = self.lines.end;
        self.lines.end += u64::from(batch.lines);
        for (line, message) in batch.faults {
            self.faults.push(self.lines.fault(before + u64::from(line), message));
        }
        for (line, fields) in batch.entities {
            self.entity(before + u64::from(line), fields)?;
        }
        if batch.runs.is_empty() {
            return Ok(());
        }
        let mut attributes = Vec::with_capacity(batch.attributes.len());
        for attribute in batch.attributes {
            let bit = if attribute.role == Role::Never { used::NEVER } else { used::FORM };
            attributes.push((self.attributes.number(attribute)?, bit));
        }
        batch.rows[..BATCH_HEAD].copy_from_slice(&before.to_le_bytes());
        let (mut at, mut start) = (BATCH_HEAD, 0);
        for (end, rows) in batch.runs {
            let id = self.id(&batch.ids[start..end as usize])?;
            start = end as usize;
            self.count += u64::from(rows);
            for _ in 0..rows {
                let row = &mut batch.rows[at..];
                let own = u32::from_le_bytes([row[4], row[5], row[6], row[7]]);
                let length = u32::from_le_bytes([row[12], row[13], row[14], row[15]]);
                let (attribute, bit) = attributes[own as usize];
                self.uses[id as usize] |= bit;
                row[..4].copy_from_slice(&id.to_le_bytes());
                row[4..8].copy_from_slice(&attribute.to_le_bytes());
                at += ROW_HEAD + length as usize;
            }
        }
        self.forms.push(batch.rows).map_err(unwritable)
    }

    fn entity(&mut self, place: u64, fields: String) -> Result<()> {
        let mut columns = fields.split('\t');
        let (id, same_as) = (columns.next().unwrap_or(""), columns.nth(1).unwrap_or(""));
        let id = self.id(id)?;
        self.uses[id as usize] |= used::ENTITY;
        for other in same_as.split(',').filter(|other| !other.is_empty()) {
            let other = self.id(other)?;
            self.uses[other as usize] |= used::ENTITY;
            self.joins.push((id, other));
        }
        self.entities.push(EntityLine { id, place, fields: fields.into_boxed_str() });
        Ok(())
    }

    fn id(&mut self, id: &str) -> Result<u32> {
        let number = self.ids.number(id)?;
        if self.ids.len() > self.uses.len() {
            self.uses.push(0);
        }
        Ok(number)
    }

    /// The number of the id that stands for any, if a form has it.
    pub(super) fn any(&self) -> Option<u32> {
        (0..self.ids.len() as u32).find(|&id| self.ids.get(id) == ANY)
    }

    /// The faults, by place and without doubles.
    pub(super) fn sorted_faults(mut faults: Vec<Error>) -> Vec<Error> {
        faults.sort_by(|a, b| (a.place(), a.message()).cmp(&(b.place(), b.message())));
        let mut seen = HashSet::new();
        faults.retain(|fault| seen.insert(fault.to_string()));
        faults
    }
}

/// Files, and their lines numbered through.
#[derive(Debug, Default)]
pub(super) struct Lines {
    /// Name of each file and the number before its first line.
    files: Vec<(String, u64)>,
    /// Number of the last line so far.
    pub end: u64,
}

impl Lines {
    /// Begins a file whose first `skipped` lines are no rows.
    pub(super) fn begin(&mut self, name: &str, skipped: u64) {
        self.files.push((name.to_owned(), self.end));
        self.end += skipped;
    }

    /// A fault at the line with this number.
    pub(super) fn fault(&self, line: u64, message: impl Into<String>) -> Error {
        let file = self.files.partition_point(|(_, before)| *before < line).saturating_sub(1);
        let (name, before) = self.files.get(file).map_or(("", 0), |(name, before)| (name.as_str(), *before));
        Error::source_file(message).at(name, line.saturating_sub(before), 0)
    }
}

/// The rows of a batch with their lines.
pub(super) fn placed(batch: &[u8]) -> impl Iterator<Item = (super::read::Row<'_>, u64)> {
    let before = batch.first_chunk().map_or(0, |head| u64::from_le_bytes(*head));
    rows(batch).map(move |row| (row, before + u64::from(row.line)))
}
