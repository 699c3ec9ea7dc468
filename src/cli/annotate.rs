//! `exonym annotate`.

use std::io::{self, IsTerminal as _, Read as _};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use exonym::annotate::Overlap;
use exonym::annotate::document::{CasePolicy, Skipping};
use exonym::dict::source::table::canonical_kind;
use exonym::format::jsonl::{Cite, KeepText};
use exonym::format::lines::{Block, Blocks};
use exonym::format::{self, Ids, Output, Types, marks};
use exonym::link::{Context, Worker};
use exonym::text::{LineEnd, OffsetMap, Unit};
use exonym::{Annotated, Annotator, Error, Result};
use indicatif::ProgressBar;

use super::input::{Source, sources};
use super::pipeline::{self, Waits};
use super::session::{Dictionaries, Out, Session};
use super::{paint, progress};

/// Text bigger than this is read and written in windows.
const STREAMED: usize = 8 << 20;

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum InputFormat {
    Text,
    Jsonl,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum OutputFormat {
    /// One JSON object a document
    Jsonl,
    /// The number of names only
    Count,
    /// The text with its names marked inline
    Marks,
    /// The text with coloured names and a table of entities
    View,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Case {
    Rule,
    Any,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum IdKind {
    Own,
    Wikidata,
    Geonames,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum TypeNames {
    Words,
    Conll,
}

/// Texts in, their names with entities out.
#[derive(Args)]
#[command(after_help = "Examples:
  exonym annotate article.txt                 a coloured view on a terminal, JSON lines in a pipe
  exonym annotate news/ --jobs 2 > names.jsonl
  echo 'Talks in Kiev' | exonym annotate - --to uk
  exonym annotate --input jsonl docs.jsonl --offsets utf16")]
pub struct Arguments {
    /// Text files, folders, or - for standard input
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    dictionaries: Dictionaries,
    /// Language of the texts (BCP 47); guessed for each paragraph if not given
    #[arg(long, value_name = "LANG")]
    lang: Option<String>,
    /// Language of the labels; that of the text if not given
    #[arg(long, value_name = "LANG")]
    to: Option<String>,
    /// What the input is; JSON lines have a field "text" and perhaps "lang" and "doc"
    #[arg(long, value_enum, default_value = "text")]
    input: InputFormat,
    /// What is written; view on a terminal, else jsonl
    #[arg(long, value_enum)]
    format: Option<OutputFormat>,
    /// Unit of offsets
    #[arg(long, default_value = "codepoints", value_parser = ["codepoints", "bytes", "utf16"])]
    offsets: String,
    /// What happens to names that overlap
    #[arg(long, default_value = "longest", value_parser = ["longest", "all", "no-nested"])]
    overlap: String,
    /// Whether the case rules of forms hold
    #[arg(long, value_enum, default_value = "rule")]
    case: Case,
    /// Documents worked on at once; 0 is one a core
    #[arg(long, default_value_t = 0, value_name = "N")]
    jobs: usize,
    /// Each line is a text of its own
    #[arg(long)]
    lines: bool,
    /// Look also into URLs, e-mail, code, handles and time-zone ids
    #[arg(long)]
    everywhere: bool,
    /// Which id is written
    #[arg(long, value_enum, default_value = "own")]
    ids: IdKind,
    /// How types are written: person … or PER …
    #[arg(long, value_enum, default_value = "words")]
    types: TypeNames,
    /// Write only names of this type; repeat for several
    #[arg(long, value_name = "TYPE")]
    only: Vec<String>,
    /// Name the source of every form
    #[arg(long)]
    cite: bool,
    /// Write the text too
    #[arg(long)]
    keep_text: bool,
    /// Longest line of JSON lines, in bytes
    #[arg(long, default_value_t = 64 << 20, value_name = "BYTES")]
    max_line: usize,
}

impl Arguments {
    /// Runs the command.
    pub fn run(self, session: &mut Session) -> Result<()> {
        let sources = sources(&self.files, session)?;
        let format =
            self.format.unwrap_or(if io::stdout().is_terminal() { OutputFormat::View } else { OutputFormat::Jsonl });
        let mut annotator = Annotator::new(session.open(&self.dictionaries)?)
            .overlap(self.overlap.parse::<Overlap>().map_err(Error::usage)?)
            .case(if self.case == Case::Any { CasePolicy::Any } else { CasePolicy::Rule })
            .skipping(if self.everywhere { Skipping::Nothing } else { Skipping::Identifiers })
            .line_end(if self.lines { LineEnd::Break } else { LineEnd::Blank });
        if let Some(lang) = &self.lang {
            annotator = annotator.lang(lang);
        }
        if let Some(to) = &self.to {
            annotator = annotator.labels_in(to);
        }
        let output = Output {
            unit: self.offsets.parse::<Unit>().map_err(Error::usage)?,
            ids: match self.ids {
                IdKind::Own => Ids::Own,
                IdKind::Wikidata => Ids::Wikidata,
                IdKind::Geonames => Ids::Geonames,
            },
            types: if self.types == TypeNames::Conll { Types::Conll } else { Types::Words },
            cite: if self.cite { Cite::Source } else { Cite::Nothing },
            text: if self.keep_text { KeepText::Keep } else { KeepText::Drop },
        };
        let jobs = match self.jobs {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            n => n,
        };
        let only = self.only.iter().map(|kind| canonical_kind(kind)).collect();
        let work = Annotate { annotator, output, format, only };
        let mut input =
            Inputs { sources: sources.into_iter(), format: self.input, max_line: self.max_line, blocks: None };
        let mut writer = Writer { out: Out::new(), session, bar: progress::counter("documents"), count: 0 };
        pipeline::run(
            jobs,
            || input.next(),
            || work.annotator.worker(),
            |worker, job| work.job(worker, job),
            |worker, done| writer.write(&work, worker, done),
        )?;
        writer.bar.finish_and_clear();
        if format == OutputFormat::Count {
            writer.out.write(format!("{}\n", writer.count).as_bytes())?;
        }
        writer.out.flush()
    }
}

/// A piece of the input that one thread works on.
enum Job {
    /// A text, which the thread reads itself.
    Text(Source),
    /// Whole JSON lines.
    Lines(format::Source, Block),
    Fault(Error),
}

/// The pieces of all sources, in order.
struct Inputs {
    sources: std::vec::IntoIter<Source>,
    format: InputFormat,
    max_line: usize,
    blocks: Option<(format::Source, Blocks<Box<dyn io::BufRead + Send>>)>,
}

impl Inputs {
    fn next(&mut self) -> Option<Job> {
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

/// What the threads share.
struct Annotate {
    annotator: Annotator,
    output: Output,
    format: OutputFormat,
    only: Vec<String>,
}

/// What one piece of the input gave.
#[derive(Default)]
struct Done {
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
    fn job(&self, worker: &mut Worker<'_>, job: Job) -> Done {
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
struct Writer<'s> {
    out: Out,
    session: &'s mut Session,
    bar: ProgressBar,
    count: u64,
}

impl Writer<'_> {
    fn write(&mut self, work: &Annotate, worker: &mut Worker<'_>, done: Done) -> Result<()> {
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
