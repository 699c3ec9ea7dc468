//! `exonym annotate`.

mod job;
mod work;

use std::io::{self, IsTerminal as _};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use exonym::annotate::Overlap;
use exonym::annotate::document::{CasePolicy, Skipping};
use exonym::dict::source::table::canonical_kind;
use exonym::format::jsonl::{Cite, KeepText};
use exonym::format::{Ids, Output, Types};
use exonym::text::{LineEnd, Unit};
use exonym::{Annotator, Error, Result};

use super::input::sources;
use super::session::{Dictionaries, Out, Session};
use super::{pipeline, progress};
use job::Inputs;
use work::{Annotate, Writer};

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
        let mut input = Inputs::new(sources, self.input, self.max_line);
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
