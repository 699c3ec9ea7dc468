//! Joining entities by their ids.
//!
//! Invariant: the smallest of the ids that lines join stands for the entity, and entities are
//! numbered in the order of these; nothing hangs on the order of the lines.

use std::collections::{BTreeSet, HashMap};

use super::rows::{EntityLine, Rows, used};
use crate::dict::layout::entity::Extras;
use crate::dict::layout::{NO_COORDINATE, NO_YEAR};
use crate::dict::source::line::entity_of_fields;
use crate::dict::source::row::EntityRow;
use crate::dict::source::table::Defaults;
use crate::error::{Error, Result};

/// No entity.
pub(super) const NONE: u32 = u32::MAX;

/// Type, country and gender.
pub(super) type Group = (String, [u8; 2], u8);

/// The entities of all tables.
pub(super) struct Entities {
    /// Entity of each id, by the number of the id.
    pub of: Vec<u32>,
    /// Place of each id among all, by the number of the id.
    pub ranks: Vec<u32>,
    /// Ids in the order of their ranks, by number.
    pub order: Vec<u32>,
    /// Id of each entity.
    pub ids: Vec<u32>,
    /// Group of each entity.
    pub groups: Vec<u32>,
    /// Groups by number.
    pub group_list: Vec<Group>,
    /// Extras of each entity, as its record names them.
    pub extras: Vec<u32>,
    /// The extras.
    pub extra_bytes: Vec<u8>,
    /// Other ids, sorted, with their entities.
    pub others: Vec<(u32, u32)>,
}

impl Entities {
    /// Joins the entities of `rows`. Cost: sorting the ids.
    ///
    /// # Errors
    /// More than 2^32 - 2 entities, or 4 GiB of notes.
    pub(super) fn join(rows: &mut Rows, defaults: &Defaults) -> Result<Self> {
        let order = rows.ids.sorted();
        let mut ranks = vec![0; order.len()];
        for (rank, &id) in (0..).zip(&order) {
            ranks[id as usize] = rank;
        }
        let roots = roots(&rows.joins, &ranks);
        let root = |id: u32| roots.get(&id).copied().unwrap_or(id);
        let any = rows.any();
        let is_known = |id: u32| {
            let uses = rows.uses[id as usize];
            let alone = if rows.has_entities_table { uses & used::NEVER } else { uses };
            Some(id) != any && (uses & used::ENTITY != 0 || alone != 0)
        };
        let mut out = Self {
            of: vec![NONE; order.len()],
            ranks,
            order: Vec::new(),
            ids: Vec::new(),
            groups: Vec::new(),
            group_list: Vec::new(),
            extras: Vec::new(),
            extra_bytes: Vec::new(),
            others: Vec::new(),
        };
        for &id in order.iter().filter(|&&id| is_known(id)) {
            let first = root(id);
            if first == id {
                out.of[id as usize] = out.ids.len() as u32;
                out.ids.push(id);
            } else {
                let entity = out.of[first as usize];
                out.of[id as usize] = entity;
                out.others.push((id, entity));
            }
        }
        out.order = order;
        if out.ids.len() >= NONE as usize {
            return Err(Error::source_file("more than 4,294,967,294 entities: build several dictionaries"));
        }
        let mut groups = HashMap::new();
        let unstated = (defaults.kind.clone().unwrap_or_default(), [0; 2], 0);
        let unstated = number_of(unstated, &mut groups, &mut out.group_list);
        out.groups = vec![unstated; out.ids.len()];
        out.extras = vec![0; out.ids.len()];
        let mut lines = std::mem::take(&mut rows.entities);
        out.fill(&mut lines, rows, defaults, &mut groups)?;
        Ok(out)
    }

    /// Puts together what the lines say of each entity.
    fn fill(
        &mut self,
        lines: &mut [EntityLine],
        rows: &mut Rows,
        defaults: &Defaults,
        groups: &mut HashMap<Group, u32>,
    ) -> Result<()> {
        let read = |line: &EntityLine| entity_of_fields(&line.fields, defaults).unwrap_or_default();
        lines.sort_by(|a, b| {
            (self.of[a.id as usize], self.ranks[a.id as usize])
                .cmp(&(self.of[b.id as usize], self.ranks[b.id as usize]))
                .then_with(|| format!("{:?}", read(a)).cmp(&format!("{:?}", read(b))))
        });
        let of = &self.of;
        for set in lines.chunk_by(|a, b| of[a.id as usize] == of[b.id as usize]) {
            let entity = of[set[0].id as usize] as usize;
            let own = rows.ids.get(self.ids[entity]).to_owned();
            let mut joined = EntityRow::default();
            let mut ids: BTreeSet<String> = BTreeSet::new();
            for line in set {
                let row = read(line);
                merge(&mut joined, &row, |message| rows.faults.push(rows.lines.fault(line.place, message)));
                ids.insert(row.id);
                ids.extend(row.same_as);
            }
            ids.remove(&own);
            let same_as: Vec<String> = ids.into_iter().collect();
            let country = joined.country.as_bytes().first_chunk().copied().unwrap_or_default();
            let gender = joined.gender.bytes().next().unwrap_or(0);
            self.groups[entity] = number_of((joined.kind.clone(), country, gender), groups, &mut self.group_list);
            self.extras[entity] = extras(&joined, &same_as.join(","), &mut self.extra_bytes);
            if self.extra_bytes.len() > NONE as usize {
                return Err(Error::source_file("more than 4 GiB of notes: build several dictionaries"));
            }
        }
        Ok(())
    }

    /// Gives back the memory of what only rows need.
    pub(super) fn forget_joins(&mut self) {
        (self.of, self.ranks, self.order) = (Vec::new(), Vec::new(), Vec::new());
    }

    /// The type of each entity's group.
    pub(super) fn kind(&self, entity: u32) -> &str {
        self.groups.get(entity as usize).map_or("", |&group| self.group_list[group as usize].0.as_str())
    }
}

/// The number of a group, which is put on the list if it is new.
fn number_of(group: Group, groups: &mut HashMap<Group, u32>, list: &mut Vec<Group>) -> u32 {
    *groups.entry(group).or_insert_with_key(|group| {
        list.push(group.clone());
        list.len() as u32 - 1
    })
}

/// The smallest id of each set that lines join, for the ids of sets of several.
fn roots(joins: &[(u32, u32)], ranks: &[u32]) -> HashMap<u32, u32> {
    let mut parent: HashMap<u32, u32> = HashMap::new();
    fn root(parent: &HashMap<u32, u32>, mut id: u32) -> u32 {
        while let Some(&up) = parent.get(&id) {
            id = up;
        }
        id
    }
    for &(one, other) in joins {
        let (a, b) = (root(&parent, one), root(&parent, other));
        for (id, root) in [(one, a), (other, b)] {
            if id != root {
                // Keeps the ways short.
                parent.insert(id, root);
            }
        }
        if a != b {
            let a_first = ranks[a as usize] < ranks[b as usize];
            let (low, high) = if a_first { (a, b) } else { (b, a) };
            parent.insert(high, low);
        }
    }
    let ids: Vec<u32> = parent.keys().copied().collect();
    ids.into_iter().map(|id| (id, root(&parent, id))).collect()
}

/// Fills empty fields of `joined` from `row`; a field that says something else is reported.
fn merge(joined: &mut EntityRow, row: &EntityRow, mut report: impl FnMut(String)) {
    let mut text = |column: &str, into: &mut String, value: &String| {
        if into.is_empty() {
            into.clone_from(value);
        } else if !value.is_empty() && into != value {
            report(format!(
                "{column} \"{value}\" of \"{}\" disagrees with \"{into}\" on another line of the same entity",
                row.id
            ));
        }
    };
    text("type", &mut joined.kind, &row.kind);
    text("country", &mut joined.country, &row.country);
    text("gender", &mut joined.gender, &row.gender);
    if joined.note.is_empty() {
        joined.note.clone_from(&row.note);
    }
    joined.lat = joined.lat.or(row.lat);
    joined.lon = joined.lon.or(row.lon);
    joined.from = joined.from.or(row.from);
    joined.to = joined.to.or(row.to);
    // The highest: each table sees one side of an entity's prominence.
    joined.prior = match (joined.prior, row.prior) {
        (Some(a), Some(b)) => Some(a.max(b)),
        (a, b) => a.or(b),
    };
}

fn extras(row: &EntityRow, same_as: &str, out: &mut Vec<u8>) -> u32 {
    let micro = |v: Option<f64>| v.map_or(NO_COORDINATE, |v| (v * 1e6).round() as i32);
    Extras {
        prior: row.prior.unwrap_or(0.0),
        lat: micro(row.lat),
        lon: micro(row.lon),
        from: row.from.unwrap_or(NO_YEAR),
        to: row.to.unwrap_or(NO_YEAR),
        note: &row.note,
        same_as,
    }
    .write(out)
}
