//! Cutting tables into blocks of whole lines, and reading the lines of a block.
//!
//! Invariant: a block is read without knowing the others, so that threads can share the work; what
//! it says of lines counts from its own first line.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{self, Read};

use super::attribute::Attribute;
use crate::dict::source::line::{Columns, Common};
use crate::dict::source::table::Defaults;

/// Bytes of a block.
const BLOCK: usize = 1 << 20;
/// Bytes of a row before its form.
pub(super) const ROW_HEAD: usize = 16;
/// Bytes before the first row of a batch.
pub(super) const BATCH_HEAD: usize = 8;

/// What the lines of a block say.
#[derive(Debug, Default)]
pub(super) struct Batch {
    /// Room for the number of the line before the first, u64; then rows: id u32 (still 0),
    /// attribute in this batch u32, line u32, length u32, form.
    pub rows: Vec<u8>,
    /// Ids of the rows, one after the other.
    pub ids: String,
    /// Where each id ends, and how many rows in a row have it.
    pub runs: Vec<(u32, u32)>,
    /// Attributes that the rows name.
    pub attributes: Vec<Attribute>,
    /// Entities: line, and the fields in canonical order.
    pub entities: Vec<(u32, String)>,
    /// What was wrong: line and message.
    pub faults: Vec<(u32, String)>,
    /// Number of lines.
    pub lines: u32,
    /// Number of bytes.
    pub bytes: usize,
}

impl Batch {
    /// Reads the lines of a block.
    pub(super) fn read(text: &str, columns: &Columns, defaults: &Defaults) -> Self {
        let mut batch = Self { bytes: text.len(), ..Self::default() };
        batch.rows.reserve(text.len() + text.len() / 2);
        batch.rows.extend_from_slice(&[0; BATCH_HEAD]);
        let mut fields = Vec::new();
        let mut known: HashMap<Common<'_>, u32> = HashMap::new();
        let mut last: Option<(Common<'_>, u32)> = None;
        for line in lines(text) {
            batch.lines += 1;
            if line.is_empty() {
                continue;
            }
            let row = columns.split(line, &mut fields).and_then(|row| {
                if !columns.are_of_forms() {
                    row.entity(defaults)?;
                    let fields: Vec<&str> = row.entity_fields().collect();
                    batch.entities.push((batch.lines, fields.join("\t")));
                    return Ok(());
                }
                let form = row.form(defaults)?;
                let attribute = match last {
                    Some((common, number)) if columns.are_alike() || common == form.common => number,
                    _ => *known.entry(form.common).or_insert_with(|| {
                        batch.attributes.push(Attribute::from(&form.common));
                        batch.attributes.len() as u32 - 1
                    }),
                };
                last = Some((form.common, attribute));
                batch.push(&form.id, attribute, &form.form);
                Ok(())
            });
            if let Err(message) = row {
                batch.faults.push((batch.lines, message));
            }
        }
        batch.rows.shrink_to_fit();
        batch
    }

    fn push(&mut self, id: &str, attribute: u32, form: &str) {
        let start = self.runs.len().checked_sub(2).map_or(0, |i| self.runs[i].0 as usize);
        match self.runs.last_mut() {
            Some((end, rows)) if &self.ids[start..*end as usize] == id => *rows += 1,
            _ => {
                self.ids.push_str(id);
                self.runs.push((self.ids.len() as u32, 1));
            }
        }
        for number in [0, attribute, self.lines, form.len() as u32] {
            self.rows.extend_from_slice(&number.to_le_bytes());
        }
        self.rows.extend_from_slice(form.as_bytes());
    }
}

/// The lines of a text, as [`str::lines`] gives them.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut start = 0;
    std::iter::from_fn(move || {
        let rest = text.get(start..).filter(|rest| !rest.is_empty())?;
        Some(match rest.bytes().position(|b| b == b'\n') {
            Some(end) => {
                start += end + 1;
                rest[..end].strip_suffix('\r').unwrap_or(&rest[..end])
            }
            None => {
                start = text.len();
                rest
            }
        })
    })
}

/// A row of a batch.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row<'b> {
    pub id: u32,
    pub attribute: u32,
    pub line: u32,
    pub form: &'b [u8],
}

/// The rows of a batch.
pub(super) fn rows(batch: &[u8]) -> impl Iterator<Item = Row<'_>> {
    let mut rest = batch.get(BATCH_HEAD..).unwrap_or_default();
    std::iter::from_fn(move || {
        let head: &[u8; ROW_HEAD] = rest.first_chunk()?;
        let number = |i: usize| u32::from_le_bytes([head[i], head[i + 1], head[i + 2], head[i + 3]]);
        let end = ROW_HEAD + number(12) as usize;
        let row = Row { id: number(0), attribute: number(4), line: number(8), form: rest.get(ROW_HEAD..end)? };
        rest = &rest[end..];
        Some(row)
    })
}

/// The next block of a text in memory, of which `rest` is still to be read.
pub(super) fn next_block<'t>(rest: &mut &'t str) -> Option<Cow<'t, str>> {
    if rest.is_empty() {
        return None;
    }
    let bytes = rest.as_bytes();
    let end = bytes.iter().skip(BLOCK).position(|&b| b == b'\n').map_or(bytes.len(), |at| BLOCK + at + 1);
    let (block, tail) = rest.split_at(end);
    *rest = tail;
    Some(Cow::Borrowed(block))
}

/// Blocks of a stream.
pub(super) struct Blocks<R> {
    input: R,
    carried: Vec<u8>,
    ended: bool,
}

impl<R: Read> Blocks<R> {
    pub(super) fn new(input: R) -> Self {
        Self { input, carried: Vec::new(), ended: false }
    }

    /// The next block of whole lines.
    ///
    /// # Errors
    /// Of reading.
    pub(super) fn next(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut block = std::mem::take(&mut self.carried);
        while !self.ended {
            let start = block.len();
            let read = (&mut self.input).take(BLOCK as u64).read_to_end(&mut block)?;
            self.ended = read == 0;
            if let Some(last) = block[start..].iter().rposition(|&b| b == b'\n') {
                self.carried = block.split_off(start + last + 1);
                break;
            }
        }
        Ok((!block.is_empty()).then_some(block))
    }
}

/// The line from 1 of the first byte that is no UTF-8.
pub(super) fn first_fault(bytes: &[u8]) -> Option<u64> {
    let valid = std::str::from_utf8(bytes).err()?.valid_up_to();
    Some(bytes[..valid].iter().filter(|&&b| b == b'\n').count() as u64 + 1)
}
