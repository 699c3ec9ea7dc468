//! `exonym why`.

use clap::Args;
use exonym::annotate::Settings;
use exonym::{Annotator, Result};

use super::session::{Dictionaries, Out, Session};

/// Shows every stage that was tried for a name in a text, and what stopped it.
#[derive(Args)]
#[command(after_help = "Example:
  exonym why 'Paris Hilton left Kiev' Paris")]
pub struct Arguments {
    /// The text, or @FILE
    text: String,
    /// The name, spelt as in the text or as in the dictionary
    name: String,
    #[command(flatten)]
    dictionaries: Dictionaries,
    /// Language of the text; guessed if not given
    #[arg(long, value_name = "LANG")]
    lang: Option<String>,
}

impl Arguments {
    /// Runs the command.
    pub fn run(self, session: &mut Session) -> Result<()> {
        let annotator = Annotator::new(session.open(&self.dictionaries)?);
        let text = match self.text.strip_prefix('@') {
            Some(path) => {
                let source = super::input::Source::File(path.into());
                exonym::format::Source { name: path.to_owned(), max_line: 0 }.text(source.read()?)?.text.into_owned()
            }
            None => self.text,
        };
        let settings = Settings { lang: self.lang, ..Settings::default() };
        let mut out = Out::new();
        out.write(annotator.explain(&text, &self.name, settings)?.as_bytes())?;
        out.flush()
    }
}
