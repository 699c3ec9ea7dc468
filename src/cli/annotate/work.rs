//! Annotating one piece of the input, and writing what came of it.
//!
//! Invariant: a document's object is written whole or, if its text ends badly, closed with what was
//! read.

use std::io::{self, Read as _};

use exonym::format::jsonl::KeepText;
use exonym::format::lines::Block;
use exonym::format::{self, Output, marks};
use exonym::link::{Context, Worker};
use exonym::text::OffsetMap;
use exonym::{Annotated, Annotator, Error, Result};
use indicatif::ProgressBar;

use super::super::input::Source;
use super::super::paint;
use super::super::pipeline::Waits;
use super::super::session::{Out, Session};
use super::OutputFormat;
use super::job::Job;

/// Text bigger than this is read and written in windows.
const STREAMED: usize = 8 << 20;

/// What the threads share.
pub struct Annotate {
    pub annotator: Annotator,
    pub output: Output,
    pub format: OutputFormat,
    pub only: Vec<String>,
}

/// What one piece of the input gave.
#[derive(Default)]
pub struct Done {
    bytes: Vec<u8>,
    names: u64,
    documents: u64,
    faults: Vec<Error>,
    /// A text too big for memory, with its first bytes; it is read and written in its turn.
    stream: Option<Stream>,
}

/// A text that is read in windows.
struct Stream {
    name: String,
    head: Vec<u8>,
    reader: Box<dyn io::BufRead + Send>,
}

impl Annotate {
    /// Does one piece.
    pub fn job(&self, worker: &mut Worker<'_>, job: Job) -> Done {
        let mut done = Done::default();
        let result = match job {
            Job::Text(source) => self.text(worker, &source, &mut done),
            Job::Lines(place, block) => {
                self.lines(worker, &place, &block, &mut done);
                Ok(())
            }
            Job::Fault(fault) => Err(fault),
        };
        done.faults.extend(result.err());
        done
    }

    fn document(&self, worker: &mut Worker<'_>, input: &format::Input<'_>, done: &mut Done) -> Result<()> {
        let mut annotated = worker.annotate(&input.text, input.lang.as_deref())?;
        self.keep_wanted(&mut annotated);
        done.names += annotated.annotations.len() as u64;
        done.documents += 1;
        match self.format {
            OutputFormat::Count => {}
            OutputFormat::Marks => {
                let marked = marks::write(&input.text, &annotated.annotations);
                done.bytes.extend_from_slice(marked.as_bytes());
                if !marked.ends_with('\n') {
                    done.bytes.push(b'\n');
                }
            }
            OutputFormat::View => {
                let view = paint::annotated(&input.text, &annotated.annotations, self.annotator.stack());
                done.bytes.extend_from_slice(view.as_bytes());
            }
            OutputFormat::Jsonl => {
                self.output.begin(&mut done.bytes, input, annotated.lang);
                let mut map = OffsetMap::new(&input.text, self.output.unit);
                self.rows(&mut done.bytes, &annotated, &mut map, 0, 0);
                self.output.end(&mut done.bytes);
            }
        }
        Ok(())
    }

    fn keep_wanted(&self, annotated: &mut Annotated<'_>) {
        if !self.only.is_empty() {
            annotated.annotations.retain(|a| self.only.iter().any(|kind| kind == a.kind));
        }
    }

    /// Writes annotations; `written` of this document stand before, `base` units too.
    fn rows(&self, bytes: &mut Vec<u8>, annotated: &Annotated<'_>, map: &mut OffsetMap<'_>, base: u64, written: u64) {
        for (i, a) in annotated.annotations.iter().enumerate() {
            if i as u64 + written > 0 {
                bytes.push(b',');
            }
            let start = base + map.get(a.range.start);
            let end = start + self.output.unit.len(a.form);
            self.output.annotation(bytes, self.annotator.stack(), a, start, end);
        }
    }

    fn lines(&self, worker: &mut Worker<'_>, place: &format::Source, block: &Block, done: &mut Done) {
        if self.format == OutputFormat::Jsonl {
            done.bytes.reserve(block.len());
        }
        for (number, line) in block.lines() {
            let result = match place.json_line(line, number) {
                Ok(Some(input)) => self.document(worker, &input, done),
                Ok(None) => Ok(()),
                Err(e) => Err(e),
            };
            done.faults.extend(result.err());
        }
    }

    fn text(&self, worker: &mut Worker<'_>, source: &Source, done: &mut Done) -> Result<()> {
        let mut reader = source.open()?;
        let mut head = Vec::new();
        let io = |e| Error::io(source.name(), e);
        reader.by_ref().take(STREAMED as u64 + 1).read_to_end(&mut head).map_err(io)?;
        let streamable =
            matches!(self.format, OutputFormat::Jsonl | OutputFormat::Count) && self.output.text == KeepText::Drop;
        if head.len() > STREAMED && streamable {
            done.stream = Some(Stream { name: source.name(), head, reader });
            return Ok(());
        }
        reader.read_to_end(&mut head).map_err(io)?;
        let place = format::Source { name: source.name(), max_line: 0 };
        self.document(worker, &place.text(head)?, done)
    }

    /// A text of any size, in windows: bounded memory.
    fn stream(&self, worker: &mut Worker<'_>, stream: Stream, out: &mut Out) -> Result<u64> {
        let Stream { name, head, mut reader } = stream;
        let io = |e| Error::io(&name, e);
        let place = format::Source { name: name.clone(), max_line: 0 };
        let mut context = Context::default();
        let (mut base, mut written, mut begun) = (0u64, 0u64, false);
        let mut lines = 0u64;
        let mut pending = head;
        let mut ended = false;
        while !ended || !pending.is_empty() {
            if !ended && pending.len() < STREAMED {
                let wanted = (STREAMED - pending.len()) as u64;
                ended = reader.by_ref().take(wanted).read_to_end(&mut pending).map_err(io)? < wanted as usize;
            }
            let valid = match std::str::from_utf8(&pending) {
                Ok(text) => text.len(),
                // A character cut by the end of the buffer comes whole with the next read.
                Err(e) if e.error_len().is_none() && !ended => e.valid_up_to(),
                Err(e) => {
                    // Nothing half is left on stdout: the object is closed with what was read.
                    if begun && self.format == OutputFormat::Jsonl {
                        out.write(b"]}\n")?;
                    }
                    let error = place.not_utf8(&pending, e.valid_up_to());
                    let (line, column) = error.place().map_or((0, 0), |p| (p.line + lines, p.column));
                    return Err(Error::input(error.message()).at(&name, line, column));
                }
            };
            let text = std::str::from_utf8(&pending[..valid]).unwrap_or("");
            let window = if ended && text.len() <= STREAMED / 2 {
                0..text.len()
            } else {
                exonym::link::annotator::windows(text).into_iter().next().unwrap_or(0..0)
            };
            let part = &text[window.clone()];
            if part.is_empty() && ended {
                break;
            }
            let mut annotated = worker.annotate_window(part, None, &mut context)?;
            self.keep_wanted(&mut annotated);
            let mut bytes = Vec::new();
            if self.format == OutputFormat::Jsonl {
                if !begun {
                    let input = format::Input { doc: name.as_str().into(), ..format::Input::default() };
                    self.output.begin(&mut bytes, &input, annotated.lang);
                }
                let mut map = OffsetMap::new(part, self.output.unit);
                self.rows(&mut bytes, &annotated, &mut map, base, written);
            }
            begun = true;
            out.write(&bytes)?;
            written += annotated.annotations.len() as u64;
            base += self.output.unit.len(part);
            lines += part.bytes().filter(|&b| b == b'\n').count() as u64;
            let used = part.len();
            pending.drain(..used);
        }
        if begun && self.format == OutputFormat::Jsonl {
            out.write(b"]}\n")?;
        }
        Ok(written)
    }
}

impl Waits for Done {
    fn bytes(&self) -> usize {
        self.bytes.len()
    }
}

/// Where results go, in order.
pub struct Writer<'s> {
    pub out: Out,
    pub session: &'s mut Session,
    pub bar: ProgressBar,
    pub count: u64,
}

impl Writer<'_> {
    /// Writes the next result.
    pub fn write(&mut self, work: &Annotate, worker: &mut Worker<'_>, done: Done) -> Result<()> {
        self.out.write(&done.bytes)?;
        self.count += done.names;
        self.bar.inc(done.documents);
        done.faults.iter().for_each(|fault| self.session.report(fault));
        if let Some(stream) = done.stream {
            match work.stream(worker, stream, &mut self.out) {
                Err(e) if e.is_broken_pipe() => return Err(e),
                Err(e) => self.session.report(&e),
                Ok(names) => self.count += names,
            }
            self.bar.inc(1);
        }
        if work.format == OutputFormat::View {
            self.out.flush()?;
        }
        Ok(())
    }
}
