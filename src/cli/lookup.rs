//! `exonym lookup`.

use std::io::{self, BufRead as _, IsTerminal as _};

use clap::{Args, ValueEnum};
use exonym::dict::{Candidate, Distance, Reach, Stage};
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
enum Edits {
    #[value(name = "0")]
    Zero,
    #[value(name = "1")]
    One,
    #[value(name = "2")]
    Two,
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

/// Names in, the entities they may mean out: exact first, then folded, then with typing errors.
#[derive(Args)]
#[command(after_help = "Examples:
  exonym lookup Kiev 'Volodymyr Zelensky'
  exonym lookup 'Volodmyr Zelenksy' --distance 2
  exonym lookup --prefix 'Volod' --limit 20
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
    /// Most letters put in, left out, changed or exchanged, where nothing is found without; by length
    /// if not given: none up to 2 letters, 1 up to 5, else 2
    #[arg(long, value_enum, value_name = "EDITS", hide_possible_values = true, conflicts_with = "prefix")]
    distance: Option<Edits>,
    /// Names are only the beginning of what is looked for; the order is alphabetical then
    #[arg(long)]
    prefix: bool,
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

    fn candidates<'s>(&self, stack: &'s Stack, name: &str, lang: &str) -> Result<Vec<Candidate<'s>>> {
        if self.prefix {
            return stack.beginning_with(name, lang, self.limit);
        }
        let reach = match self.distance {
            None => Reach::ByLength,
            Some(Edits::Zero) => Reach::Within(Distance::Zero),
            Some(Edits::One) => Reach::Within(Distance::One),
            Some(Edits::Two) => Reach::Within(Distance::Two),
        };
        let mut candidates = stack.lookup_within(name, lang, reach)?;
        candidates.truncate(self.limit);
        Ok(candidates)
    }

    fn answer(&self, stack: &Stack, name: &str, lang: &str, format: OutputFormat) -> Result<String> {
        let candidates = self.candidates(stack, name, lang)?;
        Ok(match format {
            OutputFormat::Tsv => {
                let ids: Vec<&str> = candidates.iter().map(|c| stack.id(c.entity)).collect();
                format!("{name}\t{}\n", ids.join(","))
            }
            OutputFormat::Jsonl => {
                let candidates: Vec<_> = candidates
                    .iter()
                    .map(|c| {
                        let mut object = json!({
                            "entity": stack.id(c.entity), "type": stack.kind(c.entity), "label": stack.label(c.entity, lang),
                            "form": c.form.text(), "lang": c.form.lang(), "role": c.form.role().as_str(),
                            "score": (f64::from(c.score) * 1000.0).round() / 1000.0, "stage": c.stage.as_str(),
                        });
                        if c.stage == Stage::Fuzzy {
                            object["distance"] = c.distance.edits().into();
                        }
                        object
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
                    rows.push(vec![name.to_owned(), "nobody found".to_owned()]);
                }
                table::align(&rows)
            }
        })
    }
}
