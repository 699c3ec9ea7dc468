//! `exonym build`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use exonym::dict::build::{Builder, FuzzyIndex, Policy};
use exonym::dict::provenance::read_sources;
use exonym::dict::replace::replace;
use exonym::dict::source::table::Defaults;
use exonym::{Error, Result};

use super::input::sources;
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
}

impl Arguments {
    /// Runs the command.
    pub fn run(self, session: &mut Session) -> Result<()> {
        let mut builder = Builder::default()
            .policy(if self.policy == PolicyName::Strongest { Policy::Strongest } else { Policy::Report })
            .fuzzy_index(if self.fuzzy { FuzzyIndex::Present } else { FuzzyIndex::Absent })
            .defaults(Defaults { columns: self.columns, kind: self.kind, lang: self.lang, source: self.source });
        for table in sources(&self.tables, session)? {
            match table.read() {
                Ok(bytes) => builder.table(&table.name(), &bytes),
                Err(e) => session.report(&e),
            }
        }
        if let Some(path) = &self.sources {
            let text = std::fs::read_to_string(path).map_err(|e| Error::io(path.display(), e))?;
            builder.sources(read_sources(&path.display().to_string(), &text)?);
        }
        let clock = progress::clock("compiling");
        let built = builder.finish();
        clock.finish_and_clear();
        let built = built?;
        for fault in &built.faults {
            session.report(fault);
        }
        if built.forms == 0 {
            return Err(Error::source_file("no form could be read: nothing was written"));
        }
        replace(&self.output, &built.bytes)?;
        eprintln!(
            "{}: {} entities, {} forms, {} keys, {} bytes",
            self.output.display(),
            built.entities,
            built.forms,
            built.keys,
            built.bytes.len()
        );
        Ok(())
    }
}
