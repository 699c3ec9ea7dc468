//! Where the forms of a dictionary come from and under which licence.
//!
//! Invariant: every source code that a form names is listed; one without a line in `SOURCES.tsv`
//! is listed with what is known: its code.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// One source of forms.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Default)]
pub struct Source {
    /// Code in the column `source` of forms tables.
    pub source: String,
    /// Files that hold data of it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub file: String,
    /// What it is and where it comes from.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub origin: String,
    /// SPDX expression or name of the licence.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub licence: String,
    /// Day it was taken over.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub date: String,
    /// What must be shown where the data is used.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub attribution: String,
    /// What was changed.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub changes: String,
}

/// The provenance section.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Provenance {
    /// Version of exonym that built the file.
    pub exonym: String,
    /// How disagreeing lines were settled.
    pub policy: String,
    /// The sources, by code.
    pub sources: Vec<Source>,
}

/// Reads a table of sources; its header names the columns.
///
/// # Errors
/// A column that is not known, or a line with another number of fields.
pub fn read_sources(name: &str, text: &str) -> Result<Vec<Source>> {
    let mut lines = text.lines().enumerate();
    let Some((_, header)) = lines.next() else {
        return Ok(Vec::new());
    };
    let columns: Vec<&str> = header.split('\t').collect();
    let mut sources = Vec::new();
    for (i, line) in lines.filter(|(_, line)| !line.is_empty()) {
        let fields: Vec<&str> = line.split('\t').collect();
        let place = |message: String| Error::source_file(message).at(name, i as u64 + 1, 0);
        if fields.len() != columns.len() {
            return Err(place(format!("{} fields where the table has {} columns", fields.len(), columns.len())));
        }
        let mut source = Source::default();
        for (column, field) in columns.iter().zip(fields) {
            let slot = match *column {
                "source" => &mut source.source,
                "file" => &mut source.file,
                "origin" => &mut source.origin,
                "licence" => &mut source.licence,
                "date" => &mut source.date,
                "attribution" => &mut source.attribution,
                "changes" => &mut source.changes,
                other => return Err(place(format!("unknown column \"{other}\""))),
            };
            *slot = field.trim().to_owned();
        }
        sources.push(source);
    }
    Ok(sources)
}
