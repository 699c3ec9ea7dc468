//! Full names from the given and family forms of a person in one language, where not listed.
//!
//! Invariant: at most [`MOST`] a person and language, in the order of the listed forms.

use std::collections::HashSet;

use super::attribute::{Attribute, Attributes};
use crate::dict::source::row::Role;
use crate::error::Result;
use crate::name::{Language, NameOrder};

/// Most full names made for one person and language.
const MOST: usize = 64;

/// A form of an entity and language: where its spelling stands, its attributes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Listed {
    pub start: usize,
    pub end: usize,
    pub attribute: u32,
    pub flags: u8,
}

/// The full names with attributes and flags.
pub(super) fn compose(
    text: &str,
    listed: &[Listed],
    attributes: &mut Attributes,
    language: &Language,
) -> Result<Vec<(String, u32, u8)>> {
    let of = |role: Role| -> Vec<(&str, Listed)> {
        let has = listed.iter().filter(|l| attributes.get(l.attribute).role == role);
        has.map(|l| (&text[l.start..l.end], *l)).collect()
    };
    let given = of(Role::Given);
    if given.is_empty() {
        return Ok(Vec::new());
    }
    let (families, officials) = (of(Role::Family), of(Role::Official));
    let begins = |family: &str| officials.iter().any(|(official, _)| official.starts_with(family));
    // A native name written family first without a blank is listed whole.
    if language.joiner != " " && families.iter().any(|(family, _)| begins(family)) {
        return Ok(Vec::new());
    }
    let known: HashSet<&str> = listed.iter().map(|l| &text[l.start..l.end]).collect();
    let mut made = Vec::new();
    for (family, source) in &families {
        // Foreigners keep their order in family-first languages, unless the label shows otherwise.
        let family_first = language.name_order == NameOrder::FamilyGiven && language.joiner == " " && begins(family);
        for (given, _) in &given {
            let (first, second) = if family_first { (family, given) } else { (given, family) };
            let form = format!("{first}{}{second}", language.joiner);
            if made.len() < MOST && !known.contains(form.as_str()) {
                made.push((form, source.attribute, source.flags));
            }
        }
    }
    for (_, attribute, _) in &mut made {
        let alias = Attribute { role: Role::Alias, ..attributes.get(*attribute).clone() };
        *attribute = attributes.number(alias)?;
    }
    Ok(made)
}
