//! Ten million forms: a real dictionary, filled up with names of persons who do not exist.
//!
//! Invariant: every form is distinct; given and family name are of one script, both real; the
//! same table gives the same bytes.

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use exonym::text::script::script_of;

use crate::data;
use crate::random::Random;

/// Forms in all.
const FORMS: usize = 10_000_000;
/// Forms of one made person: about as many as a real one of the table has.
const FORMS_OF_ONE: usize = 3;
const SEED: u64 = 2026;

#[derive(Default)]
struct Names<'t> {
    given: Vec<&'t str>,
    family: Vec<&'t str>,
}

/// `table` with as many pairs "given family" as it lacks to ten million forms.
pub fn filled_up(table: &str) -> String {
    filled_to(FORMS, table)
}

fn filled_to(forms: usize, table: &str) -> String {
    let scripts: Vec<Names<'_>> = names(table).into_values().filter(|n| !n.given.is_empty()).collect();
    let mut seen: HashSet<u64> = data::lines(table).map(|(_, form)| hash(form)).collect();
    // Scripts come as often as they have family names.
    let ends: Vec<usize> = scripts
        .iter()
        .scan(0, |sum, names| {
            *sum += names.family.len();
            Some(*sum)
        })
        .collect();
    let families = ends.last().copied().unwrap_or(0);
    let mut random = Random::new(SEED);
    let mut out = table.trim_end().to_owned() + "\n";
    let lack = forms.saturating_sub(table.lines().count());
    let (mut made, mut tried) = (0, 0);
    // A table with few names cannot give so many pairs.
    while made < lack && families > 0 && tried < 4 * forms {
        tried += 1;
        let at = random.below(families);
        let names = &scripts[ends.partition_point(|&end| end <= at)];
        let given = names.given[random.below(names.given.len())];
        let family = names.family[random.below(names.family.len())];
        let form = format!("{given} {family}");
        if seen.insert(hash(&form)) {
            writeln!(out, "s{}\t{form}", made / FORMS_OF_ONE).expect("a string takes all");
            made += 1;
        }
    }
    out
}

/// Given names are the first words of full names (ids `P…`), family names their last ones and the
/// single names (ids `p…`); by script, as often as the table has them.
fn names(table: &str) -> BTreeMap<&'static str, Names<'_>> {
    let mut out: BTreeMap<&'static str, Names<'_>> = BTreeMap::new();
    for (id, form) in data::lines(table).filter(|(id, _)| id.starts_with(['p', 'P'])) {
        let names = out.entry(script_of(form)).or_default();
        match form.split_once(' ') {
            Some((first, rest)) if id.starts_with('P') => {
                names.given.push(first);
                names.family.push(rest.rsplit(' ').next().unwrap_or(rest));
            }
            None if id.starts_with('p') => names.family.push(form),
            _ => {}
        }
    }
    out
}

fn hash(form: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    form.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_do_not_mix() {
        let table = "PA\tAnna Kowalska\npb\tNovak\nPC\t\u{410}\u{43d}\u{43d}\u{430} \u{41a}\u{438}\u{442}\n";
        let out = filled_to(100, table);
        assert!(out.starts_with(table));
        // The only pair of one script that is not listed.
        assert_eq!(out.lines().skip(3).collect::<Vec<_>>(), ["s0\tAnna Novak"]);
    }
}
