//! `exonym build`.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use exonym::dict::build::{Builder, FuzzyIndex, MEMORY, Policy};
use exonym::dict::provenance::read_sources;
use exonym::dict::source::table::Defaults;
use exonym::{Error, Result};

use super::input::{Source, sources};
use super::progress;
use super::session::Session;

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum PolicyName {
    Report,
    Strongest,
}

/// Source tables in, a dictionary out; the order of the tables does not matter.
#[derive(Args)]
#[command(after_help = "Examples:
  exonym build people.entities.tsv people.forms.tsv -o people.exo
  exonym build dictionaries/entities -o world.exo --sources dictionaries/SOURCES.tsv
  exonym build --fuzzy gazetteer.tsv -o gazetteer.exo
  exonym build --columns id,form --type place --lang und gazetteer.tsv -o places.exo
  exonym build --columns form,lang --type person names.tsv -o names.exo     ids are made from the names")]
pub struct Arguments {
    /// Tables, folders of tables, or - for standard input
    #[arg(required = true, value_name = "SOURCE")]
    tables: Vec<PathBuf>,
    /// File to write
    #[arg(short, long, value_name = "FILE.exo")]
    output: PathBuf,
    /// Columns of tables without a header, joined by commas; - skips a column
    #[arg(long, value_delimiter = ',', value_name = "NAMES")]
    columns: Option<Vec<String>>,
    /// Type of entities that have none
    #[arg(long = "type", value_name = "TYPE")]
    kind: Option<String>,
    /// Language of forms that have none
    #[arg(long, value_name = "LANG")]
    lang: Option<String>,
    /// Source code of forms that have none
    #[arg(long, value_name = "CODE")]
    source: Option<String>,
    /// Table of sources with their licences
    #[arg(long, value_name = "FILE")]
    sources: Option<PathBuf>,
    /// How lines that disagree on one form are settled
    #[arg(long, value_enum, default_value = "report")]
    policy: PolicyName,
    /// Add an index that makes lookups with typing errors fast: about 9 bytes a form
    #[arg(long)]
    fuzzy: bool,
    /// Threads; as many as there are cores unless said
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    jobs: Option<u16>,
    /// Megabytes of rows in memory; more go to files beside the output
    #[arg(long, value_name = "MB", default_value_t = MEMORY >> 20)]
    memory: usize,
}

impl Arguments {
    /// Runs the command.
    pub fn run(self, session: &mut Session) -> Result<()> {
        let bar = progress::build();
        let folder = match self.output.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let mut builder = Builder::default()
            .policy(if self.policy == PolicyName::Strongest { Policy::Strongest } else { Policy::Report })
            .fuzzy_index(if self.fuzzy { FuzzyIndex::Present } else { FuzzyIndex::Absent })
            .defaults(Defaults { columns: self.columns, kind: self.kind, lang: self.lang, source: self.source })
            .memory(self.memory.saturating_mul(1 << 20))
            .folder(folder)
            .watch(bar.watch());
        if let Some(jobs) = self.jobs {
            builder = builder.jobs(usize::from(jobs));
        }
        for table in sources(&self.tables, session)? {
            let read = match &table {
                Source::Stdin => table.read().map(|bytes| builder.table(&table.name(), &bytes)),
                Source::File(path) => builder.table_file(path),
            };
            if let Err(e) = read {
                session.report(&e);
            }
        }
        if let Some(path) = &self.sources {
            let text = std::fs::read_to_string(path).map_err(|e| Error::io(path.display(), e))?;
            builder.sources(read_sources(&path.display().to_string(), &text)?);
        }
        let written = builder.finish_to(&self.output);
        bar.finish();
        let written = written?;
        for fault in &written.faults {
            session.report(fault);
        }
        if written.forms == 0 {
            return Err(Error::source_file("no form could be read: nothing was written"));
        }
        eprintln!(
            "{}: {} entities, {} forms, {} keys, {} bytes",
            self.output.display(),
            written.entities,
            written.forms,
            written.keys,
            written.size
        );
        Ok(())
    }
}
