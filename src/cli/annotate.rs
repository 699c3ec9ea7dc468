//! `exonym annotate`.

use std::io::{self, IsTerminal as _, Read as _};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use exonym::annotate::Overlap;
use exonym::annotate::document::{CasePolicy, Skipping};
use exonym::dict::source::table::canonical_kind;
use exonym::format::jsonl::{Cite, KeepText};
use exonym::format::{self, Ids, Output, Types, marks};
use exonym::link::Context;
use exonym::text::{LineEnd, OffsetMap, Unit};
use exonym::{Annotated, Annotator, Error, Result};
use indicatif::ProgressBar;

use super::input::{Source, sources};
use super::session::{Dictionaries, Out, Session};
use super::{paint, progress};

/// Text bigger than this is read and written in windows.
const STREAMED: usize = 8 << 20;
/// Bytes of text that are worked on at once.
const BATCH_BYTES: usize = 32 << 20;

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
        let bar = progress::counter("documents");
        let only = self.only.iter().map(|kind| canonical_kind(kind)).collect();
        let worker = Worker { annotator, output, format, only };
        let mut run = Run { worker, jobs, out: Out::new(), count: 0, bar, batch: Vec::new(), batch_bytes: 0 };
        for source in &sources {
            let result = match self.input {
                InputFormat::Text => run.text(source, session),
                InputFormat::Jsonl => run.jsonl(source, self.max_line, session),
            };
            match result {
                Err(e) if e.is_broken_pipe() => return Err(e),
                Err(e) => session.report(&e),
                Ok(()) => {}
            }
        }
        run.finish(session)
    }
}

/// What the threads share.
struct Worker {
    annotator: Annotator,
    output: Output,
    format: OutputFormat,
    only: Vec<String>,
}

struct Run {
    worker: Worker,
    jobs: usize,
    out: Out,
    count: u64,
    bar: ProgressBar,
    batch: Vec<format::Input>,
    batch_bytes: usize,
}

/// What one document gave.
struct Done {
    bytes: Vec<u8>,
    count: u64,
}

impl Worker {
    fn document(&self, input: &format::Input) -> Result<Done> {
        let mut annotated = self.annotator.annotate_document(&input.text, input.lang.as_deref())?;
        self.keep_wanted(&mut annotated);
        let count = annotated.annotations.len() as u64;
        let bytes = match self.format {
            OutputFormat::Count => Vec::new(),
            OutputFormat::Marks => {
                let mut marked = marks::write(&input.text, &annotated.annotations);
                if !marked.ends_with('\n') {
                    marked.push('\n');
                }
                marked.into_bytes()
            }
            OutputFormat::View => {
                paint::annotated(&input.text, &annotated.annotations, self.annotator.stack()).into_bytes()
            }
            OutputFormat::Jsonl => self.object(input, &annotated).map_err(|e| Error::io(&input.doc, e))?,
        };
        Ok(Done { bytes, count })
    }

    fn keep_wanted(&self, annotated: &mut Annotated<'_>) {
        if !self.only.is_empty() {
            annotated.annotations.retain(|a| self.only.contains(&a.kind));
        }
    }

    fn object(&self, input: &format::Input, annotated: &Annotated<'_>) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.output.begin(&mut bytes, input, &annotated.lang)?;
        let mut map = OffsetMap::new(&input.text, self.output.unit);
        self.rows(&mut bytes, annotated, &mut map, 0, 0)?;
        self.output.end(&mut bytes)?;
        Ok(bytes)
    }

    /// Writes annotations; `written` of this document stand before, `base` units too.
    fn rows(
        &self,
        bytes: &mut Vec<u8>,
        annotated: &Annotated<'_>,
        map: &mut OffsetMap<'_>,
        base: u64,
        written: u64,
    ) -> io::Result<()> {
        for (i, a) in annotated.annotations.iter().enumerate() {
            if i as u64 + written > 0 {
                bytes.push(b',');
            }
            let start = base + map.get(a.range.start);
            let end = start + self.output.unit.len(a.form);
            self.output.annotation(bytes, self.annotator.stack(), a, start, end)?;
        }
        Ok(())
    }
}

impl Run {
    fn text(&mut self, source: &Source, session: &mut Session) -> Result<()> {
        let mut reader = source.open()?;
        let mut head = Vec::new();
        let io = |e| Error::io(source.name(), e);
        reader.by_ref().take(STREAMED as u64 + 1).read_to_end(&mut head).map_err(io)?;
        let streamable = matches!(self.worker.format, OutputFormat::Jsonl | OutputFormat::Count)
            && self.worker.output.text == KeepText::Drop;
        if head.len() > STREAMED && streamable {
            self.flush(session)?;
            return self.stream(source, head, &mut reader);
        }
        reader.read_to_end(&mut head).map_err(io)?;
        let place = format::Source { name: source.name(), max_line: 0 };
        let input = place.text(head)?;
        self.push(input, session)
    }

    fn jsonl(&mut self, source: &Source, max_line: usize, session: &mut Session) -> Result<()> {
        let mut reader = source.open()?;
        let place = format::Source { name: source.name(), max_line };
        for document in place.json_lines(&mut *reader) {
            match document {
                Ok(input) => self.push(input, session)?,
                Err(e) => session.report(&e),
            }
        }
        Ok(())
    }

    fn push(&mut self, input: format::Input, session: &mut Session) -> Result<()> {
        self.batch_bytes += input.text.len();
        self.batch.push(input);
        if self.batch.len() >= 64 * self.jobs
            || self.batch_bytes >= BATCH_BYTES
            || self.worker.format == OutputFormat::View
        {
            self.flush(session)?;
        }
        Ok(())
    }

    /// Works on the batch with all jobs, and writes it in its order.
    fn flush(&mut self, session: &mut Session) -> Result<()> {
        let batch = std::mem::take(&mut self.batch);
        self.batch_bytes = 0;
        let next = std::sync::atomic::AtomicUsize::new(0);
        let slots: Vec<std::sync::OnceLock<Result<Done>>> = batch.iter().map(|_| std::sync::OnceLock::new()).collect();
        let worker = &self.worker;
        std::thread::scope(|scope| {
            for _ in 0..self.jobs.min(batch.len()) {
                scope.spawn(|| {
                    loop {
                        let i = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                        let Some(input) = batch.get(i) else { break };
                        let _ = slots[i].set(worker.document(input));
                    }
                });
            }
        });
        for slot in slots {
            match slot.into_inner() {
                Some(Ok(done)) => {
                    self.count += done.count;
                    self.out.write(&done.bytes)?;
                    self.bar.inc(1);
                }
                Some(Err(e)) => session.report(&e),
                None => {}
            }
        }
        if self.worker.format == OutputFormat::View {
            self.out.flush()?;
        }
        Ok(())
    }

    /// A text of any size, in windows: bounded memory.
    fn stream(&mut self, source: &Source, head: Vec<u8>, reader: &mut dyn io::BufRead) -> Result<()> {
        let io = |e| Error::io(source.name(), e);
        let place = format::Source { name: source.name(), max_line: 0 };
        let mut context = Context::default();
        let (mut base, mut written, mut begun) = (0u64, 0u64, false);
        let mut lines = 0u64;
        let mut pending = head;
        let mut ended = false;
        while !ended || !pending.is_empty() {
            if !ended && pending.len() < STREAMED {
                let wanted = (STREAMED - pending.len()) as u64;
                ended = io::Read::take(&mut *reader, wanted).read_to_end(&mut pending).map_err(io)? < wanted as usize;
            }
            let valid = match std::str::from_utf8(&pending) {
                Ok(text) => text.len(),
                // A character cut by the end of the buffer comes whole with the next read.
                Err(e) if e.error_len().is_none() && !ended => e.valid_up_to(),
                Err(e) => {
                    // Nothing half is left on stdout: the object is closed with what was read.
                    if begun && self.worker.format == OutputFormat::Jsonl {
                        self.out.write(b"]}\n")?;
                    }
                    let error = place.not_utf8(&pending, e.valid_up_to());
                    let (line, column) = error.place().map_or((0, 0), |p| (p.line + lines, p.column));
                    return Err(Error::input(error.message()).at(source.name(), line, column));
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
            let mut annotated = self.worker.annotator.annotate_window(part, None, &mut context)?;
            self.worker.keep_wanted(&mut annotated);
            let mut bytes = Vec::new();
            if self.worker.format == OutputFormat::Jsonl {
                if !begun {
                    let input = format::Input { doc: source.name(), ..format::Input::default() };
                    self.worker.output.begin(&mut bytes, &input, &annotated.lang).map_err(io)?;
                }
                let mut map = OffsetMap::new(part, self.worker.output.unit);
                self.worker.rows(&mut bytes, &annotated, &mut map, base, written).map_err(io)?;
            }
            begun = true;
            self.out.write(&bytes)?;
            written += annotated.annotations.len() as u64;
            base += self.worker.output.unit.len(part);
            lines += part.bytes().filter(|&b| b == b'\n').count() as u64;
            let used = part.len();
            pending.drain(..used);
        }
        self.count += written;
        if begun && self.worker.format == OutputFormat::Jsonl {
            self.out.write(b"]}\n")?;
        }
        self.bar.inc(1);
        Ok(())
    }

    fn finish(mut self, session: &mut Session) -> Result<()> {
        self.flush(session)?;
        self.bar.finish_and_clear();
        if self.worker.format == OutputFormat::Count {
            self.out.write(format!("{}\n", self.count).as_bytes())?;
        }
        self.out.flush()
    }
}
