//! `exonym dict`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use exonym::dict::layout::LAYOUT_VERSION;
use exonym::format::table;
use exonym::text::{FOLD_VERSION, unicode_version};
use exonym::{Dictionary, Result};

use super::session::{Out, Session};

/// Looks into compiled dictionaries.
#[derive(Args)]
#[command(after_help = "Examples:
  exonym dict inspect people.exo
  exonym dict inspect people.exo --id person/mykhailo-podolyak
  exonym dict verify *.exo")]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Size, contents, sources and the attribution that must be shown
    Inspect {
        /// Dictionary
        file: PathBuf,
        /// Show the forms of this entity instead
        #[arg(long)]
        id: Option<String>,
    },
    /// Check every byte of dictionaries
    Verify {
        /// Dictionaries
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
}

impl Arguments {
    /// Runs the command.
    pub fn run(self, session: &mut Session) -> Result<()> {
        let mut out = Out::new();
        match self.action {
            Action::Inspect { file, id: None } => out.write(inspect(&Dictionary::open(file)?)?.as_bytes())?,
            Action::Inspect { file, id: Some(id) } => out.write(forms(&Dictionary::open(file)?, &id).as_bytes())?,
            Action::Verify { files } => {
                for file in files {
                    match Dictionary::open(&file) {
                        Ok(d) => out.write(
                            format!(
                                "{}: sound, {} entities, {} forms, content {:016x}\n",
                                file.display(),
                                d.len(),
                                d.form_count(),
                                d.content_hash()
                            )
                            .as_bytes(),
                        )?,
                        Err(e) => session.report(&e),
                    }
                }
            }
        }
        out.flush()
    }
}

fn inspect(dictionary: &Dictionary) -> Result<String> {
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    let mut langs: BTreeMap<&str, usize> = BTreeMap::new();
    for entity in dictionary.entities() {
        *kinds.entry(entity.kind()).or_default() += 1;
        for form in entity.forms() {
            *langs.entry(form.lang()).or_default() += 1;
        }
    }
    let provenance = dictionary.provenance()?;
    let count = |map: &BTreeMap<&str, usize>| {
        let mut list: Vec<_> = map.iter().collect();
        list.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
        list.iter()
            .map(|(name, n)| format!("{} {n}", if name.is_empty() { "(none)" } else { name }))
            .collect::<Vec<_>>()
            .join(", ")
    };
    let row = |name: &str, value: String| vec![name.to_owned(), value];
    let mut rows = vec![
        row("entities", dictionary.len().to_string()),
        row("forms", dictionary.form_count().to_string()),
        row("keys", dictionary.key_count().to_string()),
        row("bytes", dictionary.size().to_string()),
        row("fuzzy index", if dictionary.has_fuzzy_index() { "yes" } else { "no" }.to_owned()),
        row("content", format!("{:016x}", dictionary.content_hash())),
        row(
            "versions",
            format!(
                "layout {LAYOUT_VERSION}, fold {FOLD_VERSION}, Unicode {}, exonym {}",
                unicode_version(),
                provenance.exonym
            ),
        ),
        row("policy", provenance.policy.clone()),
        row("types", count(&kinds)),
        row("languages", count(&langs)),
    ];
    for s in &provenance.sources {
        rows.push(row(
            "source",
            [s.source.as_str(), &s.licence, &s.date, &s.origin]
                .into_iter()
                .filter(|p| !p.is_empty())
                .collect::<Vec<_>>()
                .join(" · "),
        ));
    }
    for s in provenance.sources.iter().filter(|s| !s.attribution.is_empty()) {
        rows.push(row("show", s.attribution.clone()));
    }
    Ok(table::align(&rows))
}

fn forms(dictionary: &Dictionary, id: &str) -> String {
    let Some(entity) = dictionary.entity_by_id(id) else {
        return format!("no entity {id}\n");
    };
    let year = |(from, to): (Option<i16>, Option<i16>)| match (from, to) {
        (None, None) => String::new(),
        (from, to) => {
            format!("{}–{}", from.map_or(String::new(), |y| y.to_string()), to.map_or(String::new(), |y| y.to_string()))
        }
    };
    let mut rows = vec![vec![
        entity.id().to_owned(),
        entity.kind().to_owned(),
        entity.country(),
        format!("prior {}", entity.prior()),
        entity.same_as().collect::<Vec<_>>().join(" "),
        entity.note().to_owned(),
    ]];
    rows.extend(entity.forms().map(|f| {
        vec![
            f.lang().to_owned(),
            f.text().to_owned(),
            f.role().to_string(),
            f.case().to_string(),
            year(f.years()),
            format!("{}{}", f.source(), if f.is_composed() { " (put together)" } else { "" }),
        ]
    }));
    table::align(&rows)
}
