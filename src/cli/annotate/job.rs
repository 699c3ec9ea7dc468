//! The input of `annotate`, cut into pieces that threads share.
//!
//! Invariant: the pieces come in the order of the sources; one that can't be read is a fault in its
//! place, and the rest goes on.

use std::io;

use exonym::format::lines::{Block, Blocks};
use exonym::{Error, format};

use super::super::input::Source;
use super::InputFormat;

/// A piece of the input that one thread works on.
pub enum Job {
    /// A text, which the thread reads itself.
    Text(Source),
    /// Whole JSON lines.
    Lines(format::Source, Block),
    Fault(Error),
}

/// The pieces of all sources, in order.
pub struct Inputs {
    sources: std::vec::IntoIter<Source>,
    format: InputFormat,
    max_line: usize,
    blocks: Option<(format::Source, Blocks<Box<dyn io::BufRead + Send>>)>,
}

impl Inputs {
    /// The pieces of `sources`.
    pub fn new(sources: Vec<Source>, format: InputFormat, max_line: usize) -> Self {
        Self { sources: sources.into_iter(), format, max_line, blocks: None }
    }

    /// The next piece.
    pub fn next(&mut self) -> Option<Job> {
        loop {
            if let Some((place, blocks)) = &mut self.blocks {
                match blocks.next() {
                    Ok(Some(block)) => return Some(Job::Lines(place.clone(), block)),
                    Ok(None) => self.blocks = None,
                    Err(e) => {
                        let fault = Error::io(&place.name, e);
                        self.blocks = None;
                        return Some(Job::Fault(fault));
                    }
                }
            }
            let source = self.sources.next()?;
            if self.format == InputFormat::Text {
                return Some(Job::Text(source));
            }
            match source.open() {
                Ok(reader) => {
                    let place = format::Source { name: source.name(), max_line: self.max_line };
                    self.blocks = Some((place, Blocks::new(reader, self.max_line)));
                }
                Err(e) => return Some(Job::Fault(e)),
            }
        }
    }
}
