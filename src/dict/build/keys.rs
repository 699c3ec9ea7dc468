//! From forms to keys: folding, in several threads, and sorting what belongs to each key.
//!
//! Invariant: a record names its key, then whether it is a variant, then the form: in byte order
//! the records of a key stand together, forms before variants, each by their number.

use std::collections::BTreeSet;
use std::ffi::CStr;
use std::path::PathBuf;

use super::forms::{Form, Forms, Group};
use super::in_order::in_order;
use super::sort::{Sorted, Sorter};
use super::step::Watch;
use super::unwritable;
use crate::dict::source::row::{CaseRule, Role};
use crate::dict::variant::variants;
use crate::error::Result;
use crate::name::Language;
use crate::text;
use crate::text::case::{self, Shape};

/// Attribute of the tables, case rule and flags of a form as one number.
pub(super) fn pack(attribute: u32, case: CaseRule, flags: u8) -> u32 {
    attribute << 4 | (case as u32) << 2 | u32::from(flags)
}

/// The parts of [`pack`].
pub(super) fn unpack(packed: u32) -> (u32, u8, u8) {
    (packed >> 4, (packed >> 2 & 3) as u8, (packed & 3) as u8)
}

/// What one thread made of a group: records with their lengths, and the attributes used.
#[derive(Default)]
struct Made {
    records: Vec<u8>,
    used: Vec<u32>,
}

/// Folds all forms; gives the records by key, the attributes used, and the variants' number.
pub(super) fn fold(
    forms: &mut Forms<'_>,
    languages: &[&Language],
    jobs: usize,
    (folder, room): (PathBuf, usize),
    watch: &mut Watch,
) -> Result<(Sorted, BTreeSet<u32>)> {
    let mut sorter = Sorter::new(folder, room);
    let mut used = BTreeSet::new();
    in_order(
        jobs,
        || forms.next(watch),
        |group| made_of(&group, languages),
        |made| {
            used.extend(made.used);
            let mut rest = made.records.as_slice();
            while let Some((length, tail)) = rest.split_first_chunk::<4>() {
                let (record, tail) = tail.split_at(u32::from_le_bytes(*length) as usize);
                sorter.push(record).map_err(unwritable)?;
                rest = tail;
            }
            Ok(())
        },
    )?;
    Ok((sorter.finish().map_err(unwritable)?, used))
}

fn made_of(group: &Group, languages: &[&Language]) -> Made {
    let mut made =
        Made { records: Vec::with_capacity(group.text.len() * 3 + group.forms.len() * 32), used: Vec::new() };
    let mut key = String::new();
    let mut start = 0;
    for form in &group.forms {
        let text = &group.text[start..form.end];
        start = form.end;
        key.clear();
        text::key_into(text, &mut key);
        let case = rule(form, text);
        let packed = pack(form.attribute, case, form.flags);
        if made.used.last() != Some(&packed) {
            made.used.push(packed);
        }
        let small = may_begin_small(case, text);
        let language = languages[usize::from(form.lang)];
        made.push(&key, form, Some((packed, text)), small);
        if may_vary(&key, language) {
            for variant in variants(text, &key, language) {
                made.push(&variant, form, None, small);
            }
        }
    }
    made.used.sort_unstable();
    made.used.dedup();
    made
}

impl Made {
    /// Appends a record: key, 0, whether it is a variant, form, whether a text may begin small;
    /// of a form also entity, attributes and spelling.
    fn push(&mut self, key: &str, form: &Form, own: Option<(u32, &str)>, small: bool) {
        let length = key.len() + 7 + own.map_or(0, |(_, text)| 8 + text.len());
        self.records.extend_from_slice(&(length as u32).to_le_bytes());
        self.records.extend_from_slice(key.as_bytes());
        self.records.extend_from_slice(&[0, u8::from(own.is_none())]);
        self.records.extend_from_slice(&form.index.to_be_bytes());
        self.records.push(u8::from(small));
        if let Some((packed, text)) = own {
            self.records.extend_from_slice(&form.entity.to_le_bytes());
            self.records.extend_from_slice(&packed.to_le_bytes());
            self.records.extend_from_slice(text.as_bytes());
        }
    }
}

/// A record of a key, taken apart.
#[derive(Debug, Clone, Copy)]
pub(super) struct Record<'r> {
    pub key: &'r [u8],
    pub form: u32,
    pub small: bool,
    /// Entity, attributes and spelling; none in a variant.
    pub own: Option<(u32, u32, &'r [u8])>,
}

impl<'r> Record<'r> {
    pub(super) fn read(record: &'r [u8]) -> Option<Self> {
        let key = CStr::from_bytes_until_nul(record).ok()?.to_bytes();
        let (head, rest) = record.get(key.len() + 1..)?.split_first_chunk::<6>()?;
        let own = match head[0] {
            0 => {
                let (numbers, text) = rest.split_first_chunk::<8>()?;
                let number =
                    |i: usize| u32::from_le_bytes([numbers[i], numbers[i + 1], numbers[i + 2], numbers[i + 3]]);
                Some((number(0), number(4), text))
            }
            _ => None,
        };
        let form = u32::from_be_bytes([head[1], head[2], head[3], head[4]]);
        Some(Self { key, form, small: head[5] != 0, own })
    }
}

/// Whether a key can have variants in the language at all.
fn may_vary(key: &str, language: &Language) -> bool {
    !language.respell.is_empty()
        || key.bytes().any(|b| matches!(b, b'\'' | b'.'))
        || key.contains(' ') && key.split(' ').any(|word| language.is_abbreviation(word))
}

/// The case rule that the shape of a form asks for.
pub fn default_case(form: &str) -> CaseRule {
    match shape(form) {
        Shape::Initial | Shape::Uncased => CaseRule::Initial,
        Shape::Upper | Shape::Mixed => CaseRule::Exact,
        Shape::Lower => CaseRule::Any,
    }
}

/// As [`case::shape`], by bytes where the form is ASCII.
fn shape(form: &str) -> Shape {
    if !form.is_ascii() {
        return case::shape(form);
    }
    let mut letters = form.bytes().filter(u8::is_ascii_alphabetic);
    let Some(first) = letters.next() else { return Shape::Uncased };
    let (mut capitals, mut smalls) = (0, 0);
    for b in letters {
        if b.is_ascii_uppercase() { capitals += 1 } else { smalls += 1 }
    }
    match (first.is_ascii_uppercase(), capitals, smalls) {
        (true, 1.., 0) => Shape::Upper,
        (true, _, _) => Shape::Initial,
        (false, 0, _) => Shape::Lower,
        (false, _, _) => Shape::Mixed,
    }
}

/// The case rule of a form, its own or the one of its shape.
fn rule(form: &Form, text: &str) -> CaseRule {
    form.case.unwrap_or_else(|| if form.role == Role::Never { CaseRule::Any } else { default_case(text) })
}

/// Whether a text that begins with a small letter may meet the form's case rule.
fn may_begin_small(case: CaseRule, text: &str) -> bool {
    match case {
        CaseRule::Any => true,
        CaseRule::Initial => false,
        CaseRule::Exact => !case::begins_with_capital(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shape_by_bytes_is_the_shape() {
        for form in ["", "a", "A", "Ab", "aB", "AB", "iPhone", "NATO", "12", "1a", "1A-B", "Mc Donald", "J. D."] {
            assert_eq!(shape(form), case::shape(form), "{form}");
        }
    }

    #[test]
    fn packing_keeps_all_parts() {
        for (attribute, case, flags) in [(0, CaseRule::Initial, 0), ((1 << 27) - 1, CaseRule::Any, 3)] {
            assert_eq!(unpack(pack(attribute, case, flags)), (attribute, case as u8, flags));
        }
    }
}
