//! What forms have in common, as numbers while a dictionary is built.

use std::collections::HashMap;

use crate::dict::source::line::Common;
use crate::dict::source::row::{CaseRule, Risk, Role};
use crate::error::{Error, Result};

/// What many forms have in common. Sorted as rows are that differ in nothing else.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Attribute {
    pub role: Role,
    pub case: Option<CaseRule>,
    pub risk: Risk,
    pub from: Option<i16>,
    pub to: Option<i16>,
    pub source: String,
    /// As yyyymmdd, 0 if unknown.
    pub date: u32,
    pub lang: String,
}

impl From<&Common<'_>> for Attribute {
    fn from(common: &Common<'_>) -> Self {
        let Common { lang, role, case, risk, from, to, source, date } = *common;
        let date = date.replace('-', "").parse().unwrap_or(0);
        Self { role, case, risk, from, to, source: source.to_owned(), date, lang: lang.to_owned() }
    }
}

impl Attribute {
    /// Whether two lines with these attributes say the same of a form.
    pub(super) fn agrees(&self, other: &Self) -> bool {
        (self.role, self.case, self.risk, self.from, self.to)
            == (other.role, other.case, other.risk, other.from, other.to)
    }

    /// Whether it comes from a list of sanctioned persons.
    pub(super) fn is_sanctioned(&self) -> bool {
        self.source.split('+').any(|source| source.starts_with("sanctions"))
    }

    /// These attributes with the sources of `other` added.
    pub(super) fn joined(&self, other: &Self) -> Option<Self> {
        if other.source.is_empty() || self.source.split('+').any(|source| source == other.source) {
            return None;
        }
        let mut sources: Vec<&str> =
            self.source.split('+').chain([other.source.as_str()]).filter(|source| !source.is_empty()).collect();
        sources.sort_unstable();
        Some(Self { source: sources.join("+"), ..self.clone() })
    }
}

/// Attributes by number.
#[derive(Debug, Default)]
pub(super) struct Attributes {
    list: Vec<Attribute>,
    numbers: HashMap<Attribute, u32>,
}

impl Attributes {
    /// Most combinations, so that a number, a case rule and flags fit 32 bits.
    const MOST: usize = 1 << 27;

    /// The number of `attribute`, in the order of first appearance.
    pub(super) fn number(&mut self, attribute: Attribute) -> Result<u32> {
        if let Some(&number) = self.numbers.get(&attribute) {
            return Ok(number);
        }
        if self.list.len() >= Self::MOST {
            return Err(Error::source_file("more than 134,217,728 combinations of language, role, source and dates"));
        }
        let number = self.list.len() as u32;
        self.list.push(attribute.clone());
        self.numbers.insert(attribute, number);
        Ok(number)
    }

    pub(super) fn get(&self, number: u32) -> &Attribute {
        &self.list[number as usize]
    }

    pub(super) fn list(&self) -> &[Attribute] {
        &self.list
    }
}
