//! Documents from text and from JSON lines.
//!
//! Invariant: a document's text is exactly what was delivered; a bad document is an error with its
//! place, and the next one is read.

use std::io::BufRead;

use serde_json::{Map, Value};

use crate::error::{Error, Result};

/// A document to work on.
#[derive(Debug, Clone, Default)]
pub struct Input {
    /// Its name in output.
    pub doc: String,
    /// Its text.
    pub text: String,
    /// Its language, if the input says so.
    pub lang: Option<String>,
    /// The other fields of the input object, in their order.
    pub fields: Map<String, Value>,
}

/// Where documents come from: a name for messages.
#[derive(Debug, Clone)]
pub struct Source {
    /// Path as given, or `-`.
    pub name: String,
    /// Longest line of JSON lines, in bytes.
    pub max_line: usize,
}

impl Source {
    /// A document of plain text.
    ///
    /// # Errors
    /// Bytes that are not UTF-8, with line and byte column.
    pub fn text(&self, bytes: Vec<u8>) -> Result<Input> {
        let text = String::from_utf8(bytes).map_err(|e| self.not_utf8(e.as_bytes(), e.utf8_error().valid_up_to()))?;
        Ok(Input { doc: self.name.clone(), text, ..Input::default() })
    }

    /// The error of bytes that are not UTF-8 from byte `at` on.
    pub fn not_utf8(&self, bytes: &[u8], at: usize) -> Error {
        let before = &bytes[..at.min(bytes.len())];
        let line = before.iter().filter(|&&b| b == b'\n').count() + 1;
        let column = at - before.iter().rposition(|&b| b == b'\n').map_or(0, |i| i + 1) + 1;
        let byte = bytes.get(at).copied().unwrap_or(0);
        Error::input(format!("not UTF-8: byte 0x{byte:02X} (byte {at} of the input); convert it to UTF-8 first")).at(
            &self.name,
            line as u64,
            column as u64,
        )
    }

    /// The documents of JSON lines, one a line, each or its error. Empty lines are passed over.
    pub fn json_lines<'a>(&'a self, reader: &'a mut dyn BufRead) -> impl Iterator<Item = Result<Input>> + 'a {
        let mut number = 0u64;
        let mut ended = false;
        std::iter::from_fn(move || {
            while !ended {
                number += 1;
                let mut line = Vec::new();
                match read_line(reader, &mut line, self.max_line) {
                    Ok(LineRead::End) => ended = true,
                    Ok(LineRead::Line) => {
                        let trimmed = line.strip_suffix(b"\r").unwrap_or(&line);
                        if !trimmed.is_empty() {
                            return Some(self.json_line(trimmed, number));
                        }
                    }
                    Ok(LineRead::TooLong) => {
                        return Some(Err(Error::input(format!(
                            "this line is longer than {} bytes: cut it into documents, or raise --max-line",
                            self.max_line
                        ))
                        .at(&self.name, number, 0)));
                    }
                    Err(e) => {
                        ended = true;
                        return Some(Err(Error::io(&self.name, e)));
                    }
                }
            }
            None
        })
    }

    fn json_line(&self, line: &[u8], number: u64) -> Result<Input> {
        if let Err(e) = std::str::from_utf8(line) {
            return Err(Error::input(format!(
                "not UTF-8: byte 0x{:02X}; convert it to UTF-8 first",
                line[e.valid_up_to()]
            ))
            .at(&self.name, number, e.valid_up_to() as u64 + 1));
        }
        let mut fields: Map<String, Value> = serde_json::from_slice(line).map_err(|e| {
            let message = e.to_string();
            let message = message.split(" at line ").next().unwrap_or(&message).to_owned();
            let advice = if message.contains("surrogate") || message.contains("hex escape") {
                "a \\u escape holds half of a surrogate pair: write the character itself, or both halves"
            } else {
                "each line must be one JSON object with a field \"text\""
            };
            Error::input(format!("{message}; {advice}")).at(&self.name, number, e.column() as u64)
        })?;
        let text = match fields.shift_remove("text") {
            Some(Value::String(text)) => text,
            Some(_) => return Err(Error::input("the field \"text\" is not a string").at(&self.name, number, 0)),
            None => {
                return Err(Error::input("this object has no field \"text\": name the text so, or use --input text")
                    .at(&self.name, number, 0));
            }
        };
        let lang = match fields.get("lang") {
            Some(Value::String(lang)) if !lang.is_empty() => Some(lang.clone()),
            _ => None,
        };
        let doc = match fields.get("doc") {
            Some(Value::String(doc)) => doc.clone(),
            _ => format!("{}#{number}", self.name),
        };
        Ok(Input { doc, text, lang, fields })
    }
}

enum LineRead {
    Line,
    TooLong,
    End,
}

/// Reads a line without its end; one that is too long is passed over to its end.
fn read_line(reader: &mut dyn BufRead, line: &mut Vec<u8>, limit: usize) -> std::io::Result<LineRead> {
    let mut too_long = false;
    let mut any = false;
    loop {
        let buffer = match reader.fill_buf() {
            Ok(buffer) => buffer,
            Err(e) if e.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(e) => return Err(e),
        };
        if buffer.is_empty() {
            return Ok(match (any, too_long) {
                (false, _) => LineRead::End,
                (_, true) => LineRead::TooLong,
                _ => LineRead::Line,
            });
        }
        any = true;
        let (part, used, done) = match buffer.iter().position(|&b| b == b'\n') {
            Some(i) => (&buffer[..i], i + 1, true),
            None => (buffer, buffer.len(), false),
        };
        if line.len() + part.len() > limit {
            too_long = true;
            line.clear();
        } else if !too_long {
            line.extend_from_slice(part);
        }
        reader.consume(used);
        if done {
            return Ok(if too_long { LineRead::TooLong } else { LineRead::Line });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_document_or_an_error_with_its_place() {
        let source = Source { name: "in.jsonl".into(), max_line: 60 };
        let long = format!("{{\"text\":\"{}\"}}", "x".repeat(80));
        let input = format!(
            "{{\"text\":\"Kyiv\",\"doc\":\"a\",\"lang\":\"en\",\"n\":1}}\n\n{{\"text\":\"\\ud800\"}}\n{long}\n[1]\n{{\"a\":1}}\n{{\"text\":1}}\r\n{{\"text\":\"\"}}"
        );
        let mut bytes = input.into_bytes();
        bytes.extend_from_slice(b"\n{\"text\":\"\xff\"}");
        let mut reader = &bytes[..];
        let read: Vec<String> = source
            .json_lines(&mut reader)
            .map(|d| d.map_or_else(|e| e.to_string(), |d| format!("{}|{}|{:?}", d.doc, d.text, d.lang)))
            .collect();
        let expected = [
            "a|Kyiv|Some(\"en\")",
            "in.jsonl:3:16: ",
            "in.jsonl:4: this line is longer than 60 bytes",
            "in.jsonl:5:",
            "in.jsonl:6: this object has no field \"text\"",
            "in.jsonl:7: the field \"text\" is not a string",
            "in.jsonl#8||None",
            "in.jsonl:9:10: not UTF-8: byte 0xFF",
        ];
        assert_eq!(read.len(), expected.len(), "{read:#?}");
        for (line, start) in read.iter().zip(expected) {
            assert!(line.starts_with(start), "{line} should start with {start}");
        }
    }

    #[test]
    fn text_that_is_not_utf8_tells_where() {
        let source = Source { name: "a.txt".into(), max_line: 0 };
        let error = source.text(b"ab\ncd\xffe".to_vec()).unwrap_err().to_string();
        assert!(error.starts_with("a.txt:2:3: not UTF-8: byte 0xFF (byte 5 of the input)"), "{error}");
    }
}
