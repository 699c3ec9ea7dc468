//! `exonym lookup`.

use std::io::{self, BufRead as _, IsTerminal as _};

use clap::{Args, ValueEnum};
use exonym::format::table;
use exonym::{Error, Result, Stack};
use serde_json::json;

use super::session::{Dictionaries, Out, Session};

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum InputFormat {
    Text,
    Tsv,
    Jsonl,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum OutputFormat {
    /// name, then the ids best first, joined by commas
    Tsv,
    /// One JSON object a name
    Jsonl,
    /// A table for people
    View,
}

/// Names in, the entities they may mean out: exact first, then folded.
#[derive(Args)]
#[command(after_help = "Examples:
  exonym lookup Kiev 'Volodymyr Zelensky'
  cut -f1 names.tsv | exonym lookup - --format tsv > ids.tsv
  printf 'Kiew\\tde\\n' | exonym lookup --input tsv -")]
pub struct Arguments {
    /// Names; none, or -, reads them from standard input, one a line
    names: Vec<String>,
    #[command(flatten)]
    dictionaries: Dictionaries,
    /// Language of the names
    #[arg(long, default_value = "und", value_name = "LANG")]
    lang: String,
    /// Most candidates a name
    #[arg(long, default_value_t = 10, value_name = "K")]
    limit: usize,
    /// What lines of standard input are: names, name and language, or objects with "name" and "lang"
    #[arg(long, value_enum, default_value = "text")]
    input: InputFormat,
    /// What is written; view on a terminal, else jsonl
    #[arg(long, value_enum)]
    format: Option<OutputFormat>,
}

impl Arguments {
    /// Runs the command.
    pub fn run(self, session: &mut Session) -> Result<()> {
        let stack = session.open(&self.dictionaries)?;
        let format =
            self.format.unwrap_or(if io::stdout().is_terminal() { OutputFormat::View } else { OutputFormat::Jsonl });
        let mut out = Out::new();
        let from_stdin = self.names.is_empty() || self.names == ["-"];
        if !from_stdin {
            for name in &self.names {
                out.write(self.answer(&stack, name, &self.lang, format)?.as_bytes())?;
            }
            return out.flush();
        }
        for (i, line) in io::stdin().lock().split(b'\n').enumerate() {
            let line = line.map_err(|e| Error::io("-", e))?;
            let number = i as u64 + 1;
            match self.query(&line) {
                Ok(Some((name, lang))) => out.write(self.answer(&stack, &name, &lang, format)?.as_bytes())?,
                Ok(None) => {}
                Err(message) => session.report(&Error::input(message).at("-", number, 0)),
            }
        }
        out.flush()
    }

    /// Name and language of a line.
    fn query(&self, line: &[u8]) -> std::result::Result<Option<(String, String)>, String> {
        let line = std::str::from_utf8(line).map_err(|_| "not UTF-8: convert it to UTF-8 first".to_owned())?;
        let line = line.strip_suffix('\r').unwrap_or(line);
        if line.is_empty() {
            return Ok(None);
        }
        let own = |lang: &str| if lang.is_empty() { self.lang.clone() } else { lang.to_owned() };
        Ok(Some(match self.input {
            InputFormat::Text => (line.to_owned(), self.lang.clone()),
            InputFormat::Tsv => {
                let mut fields = line.split('\t');
                (fields.next().unwrap_or("").to_owned(), own(fields.next().unwrap_or("")))
            }
            InputFormat::Jsonl => {
                let object: serde_json::Value = serde_json::from_str(line).map_err(|e| e.to_string())?;
                let name = object
                    .get("name")
                    .and_then(|n| n.as_str())
                    .ok_or("this object has no field \"name\" with a string")?;
                (name.to_owned(), own(object.get("lang").and_then(|l| l.as_str()).unwrap_or("")))
            }
        }))
    }

    fn answer(&self, stack: &Stack, name: &str, lang: &str, format: OutputFormat) -> Result<String> {
        let mut candidates = stack.lookup(name, lang)?;
        candidates.truncate(self.limit);
        Ok(match format {
            OutputFormat::Tsv => {
                let ids: Vec<&str> = candidates.iter().map(|c| stack.id(c.entity)).collect();
                format!("{name}\t{}\n", ids.join(","))
            }
            OutputFormat::Jsonl => {
                let candidates: Vec<_> = candidates
                    .iter()
                    .map(|c| {
                        json!({
                            "entity": stack.id(c.entity), "type": stack.kind(c.entity), "label": stack.label(c.entity, lang),
                            "form": c.form.text(), "lang": c.form.lang(), "role": c.form.role().as_str(),
                            "score": (f64::from(c.score) * 1000.0).round() / 1000.0, "stage": c.stage.as_str(),
                        })
                    })
                    .collect();
                format!("{}\n", json!({ "name": name, "candidates": candidates }))
            }
            OutputFormat::View => {
                let mut rows: Vec<Vec<String>> = candidates
                    .iter()
                    .map(|c| {
                        vec![
                            name.to_owned(),
                            format!("{:.2}", c.score),
                            c.stage.to_string(),
                            stack.label(c.entity, lang).to_owned(),
                            stack.kind(c.entity).to_owned(),
                            stack.ids(c.entity).join(" "),
                        ]
                    })
                    .collect();
                if rows.is_empty() {
                    rows.push(vec![name.to_owned(), "nobody found, exact or folded".to_owned()]);
                }
                table::align(&rows)
            }
        })
    }
}
