//! `exonym normalize`.

use std::path::PathBuf;

use clap::Args;
use exonym::dict::replace::replace;
use exonym::format::{self, table};
use exonym::rewrite::{Kept, Normalizer, Rewrite};
use exonym::{Annotator, Error, Result};

use super::input::{Source, sources};
use super::session::{Dictionaries, Out, Session};

/// Text in, the same text with canonical names out; everything else stays byte for byte.
#[derive(Args)]
#[command(after_help = "Examples:
  exonym normalize article.txt > house.txt
  exonym normalize --diff article.txt
  exonym normalize --report news/
  exonym normalize --to uk --in-place article.txt")]
pub struct Arguments {
    /// Text files, folders, or - for standard input
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    dictionaries: Dictionaries,
    /// Language of the text; guessed for each paragraph if not given
    #[arg(long, value_name = "LANG")]
    lang: Option<String>,
    /// Language of the labels; that of the text if not given
    #[arg(long, value_name = "LANG")]
    to: Option<String>,
    /// List what would change, and what stays and why
    #[arg(long, conflicts_with_all = ["diff", "in_place"])]
    report: bool,
    /// Show the changes as a unified diff
    #[arg(long, conflicts_with = "in_place")]
    diff: bool,
    /// Replace the files, each as a whole
    #[arg(long)]
    in_place: bool,
}

impl Arguments {
    /// Runs the command.
    pub fn run(self, session: &mut Session) -> Result<()> {
        let sources = sources(&self.files, session)?;
        if self.in_place && sources.contains(&Source::Stdin) {
            return Err(Error::usage("--in-place needs files: standard input has no place"));
        }
        let mut annotator = Annotator::new(session.open(&self.dictionaries)?);
        if let Some(lang) = &self.lang {
            annotator = annotator.lang(lang);
        }
        let mut normalizer = Normalizer::new(annotator);
        if let Some(to) = &self.to {
            normalizer = normalizer.to(to);
        }
        let mut out = Out::new();
        for source in &sources {
            match self.source(source, &normalizer, &mut out) {
                Err(e) if e.is_broken_pipe() => return Err(e),
                Err(e) => session.report(&e),
                Ok(()) => {}
            }
        }
        out.flush()
    }

    fn source(&self, source: &Source, normalizer: &Normalizer, out: &mut Out) -> Result<()> {
        let place = format::Source { name: source.name(), max_line: 0 };
        let text = place.text(source.read()?)?.text;
        let rewrite = normalizer.rewrite(&text)?;
        if self.report {
            return out.write(report(&source.name(), &text, &rewrite).as_bytes());
        }
        let new = rewrite.apply();
        if self.diff {
            let diff = similar::TextDiff::from_lines(&text, &new);
            return out.write(diff.unified_diff().header(&source.name(), &source.name()).to_string().as_bytes());
        }
        match source {
            Source::File(path) if self.in_place => {
                if rewrite.changes() {
                    replace(path, new.as_bytes())?;
                }
                Ok(())
            }
            _ => out.write(new.as_bytes()),
        }
    }
}

/// One line a name that changes, or stays for a reason worth a look.
fn report(name: &str, text: &str, rewrite: &Rewrite<'_>) -> String {
    let rows: Vec<Vec<String>> = rewrite
        .edits
        .iter()
        .filter(|e| !matches!(e.to, Err(Kept::Canonical | Kept::Short)))
        .map(|edit| {
            let before = &text[..edit.annotation.range.start];
            let line = before.matches('\n').count() + 1;
            let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
            let (verb, what) = match &edit.to {
                Ok(to) => ("change", to.clone()),
                Err(kept) => ("keep", kept.as_str().to_owned()),
            };
            vec![
                format!("{name}:{line}:{column}"),
                verb.to_owned(),
                edit.annotation.form.to_owned(),
                what,
                edit.annotation.entity.to_owned(),
            ]
        })
        .collect();
    table::align(&rows)
}
