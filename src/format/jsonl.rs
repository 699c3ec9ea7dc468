//! Annotations as JSON lines, schema version 1 (`docs/schemas/annotations-1.json`).
//!
//! Invariant: one object a document; ours win over equal fields of the input, which go to
//! `input_…`; offsets refer to the text as delivered.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::{Map, Value};

use super::document::Input;
use crate::dict::Stack;
use crate::link::Annotation;
use crate::text::Unit;

/// Which id of an entity is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Ids {
    /// Its own.
    #[default]
    Own,
    /// Its Wikidata id, if it has one, else its own.
    Wikidata,
    /// Its GeoNames id, if it has one, else its own.
    Geonames,
}

impl Ids {
    fn choose(self, stack: &Stack, annotation: &Annotation<'_>) -> String {
        let prefix = match self {
            Ids::Own => return annotation.entity.clone(),
            Ids::Wikidata => "wikidata:",
            Ids::Geonames => "geonames:",
        };
        let ids = stack.ids(annotation.entity_ref);
        ids.into_iter().find(|id| id.starts_with(prefix)).unwrap_or(&annotation.entity).to_owned()
    }
}

/// How types are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Types {
    /// `person` `place` `organisation` `event` `product`.
    #[default]
    Words,
    /// `PER` `LOC` `ORG` `EVT` `PRO`.
    Conll,
}

impl Types {
    fn write(self, kind: &str) -> &str {
        match (self, kind) {
            (Types::Conll, "person") => "PER",
            (Types::Conll, "place") => "LOC",
            (Types::Conll, "organisation") => "ORG",
            (Types::Conll, "event") => "EVT",
            (Types::Conll, "product") => "PRO",
            (_, kind) => kind,
        }
    }
}

/// What is written of each document.
#[derive(Debug, Clone, Default)]
pub struct Output {
    /// Unit of the offsets.
    pub unit: Unit,
    /// Which ids.
    pub ids: Ids,
    /// Which types.
    pub types: Types,
    /// Whether annotations name the source of their form.
    pub cite: Cite,
    /// Whether the text is written too.
    pub text: KeepText,
}

/// Whether annotations name the source of their form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Cite {
    /// No.
    #[default]
    Nothing,
    /// A field `source`.
    Source,
}

/// Whether the text is written too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum KeepText {
    /// No.
    #[default]
    Drop,
    /// A field `text`.
    Keep,
}

#[derive(Serialize)]
struct Row<'a> {
    start: u64,
    end: u64,
    form: &'a str,
    entity: String,
    #[serde(rename = "type")]
    kind: &'a str,
    label: &'a str,
    score: f64,
    stage: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'a str>,
}

/// Fields that are ours.
const OURS: [&str; 4] = ["doc", "lang", "offsets", "annotations"];

impl Output {
    /// Writes the start of a document's object, up to and with `"annotations":[`.
    ///
    /// # Errors
    /// The writer's.
    pub fn begin(&self, out: &mut dyn Write, input: &Input, lang: &str) -> io::Result<()> {
        let mut object = Map::new();
        object.insert("doc".to_owned(), Value::from(input.doc.as_str()));
        object.insert("lang".to_owned(), Value::from(lang));
        object.insert("offsets".to_owned(), Value::from(self.unit.as_str()));
        for (name, value) in &input.fields {
            let ours = OURS.contains(&name.as_str());
            if !ours {
                object.insert(name.clone(), value.clone());
            } else if object.get(name) != Some(value) {
                object.insert(format!("input_{name}"), value.clone());
            }
        }
        if self.text == KeepText::Keep {
            object.insert("text".to_owned(), Value::from(input.text.as_str()));
        }
        let mut head = serde_json::to_vec(&object)?;
        head.pop();
        out.write_all(&head)?;
        out.write_all(b",\"annotations\":[")
    }

    /// Writes one annotation; `start` and `end` are in the output's unit.
    ///
    /// # Errors
    /// The writer's.
    pub fn annotation(
        &self,
        out: &mut dyn Write,
        stack: &Stack,
        annotation: &Annotation<'_>,
        start: u64,
        end: u64,
    ) -> io::Result<()> {
        let row = Row {
            start,
            end,
            form: annotation.form,
            entity: self.ids.choose(stack, annotation),
            kind: self.types.write(&annotation.kind),
            label: &annotation.label,
            score: (f64::from(annotation.score) * 1000.0).round() / 1000.0,
            stage: annotation.stage.as_str(),
            source: (self.cite == Cite::Source).then_some(annotation.source.as_str()),
        };
        serde_json::to_writer(out, &row).map_err(io::Error::from)
    }

    /// Writes the end of a document's object and its line.
    ///
    /// # Errors
    /// The writer's.
    pub fn end(&self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(b"]}\n")
    }
}
