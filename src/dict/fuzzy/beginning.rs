//! Names that begin with what is typed.
//!
//! Invariant: candidates come in the order of their keys; no more keys are read than the limit
//! asks for.

use std::collections::HashSet;
use std::iter::Peekable;

use super::keys::{Keys, Prefix};
use crate::dict::lookup::{Candidate, Stage};
use crate::dict::source::row::Role;
use crate::dict::stack::{EntityRef, Stack};
use crate::error::Result;
use crate::text;

impl Stack {
    /// Who has a form that begins with `name`, in the order of keys, each entity once, at most
    /// `limit`. The stage is exact where the form begins with the very letters of `name`.
    ///
    /// # Errors
    /// A damaged dictionary that was opened trusted.
    pub fn beginning_with(&self, name: &str, lang: &str, limit: usize) -> Result<Vec<Candidate<'_>>> {
        let (name, key) = (name.trim(), text::key(name));
        let mut layers: Vec<Peekable<Keys<'_, Prefix<'_>>>> =
            self.layers().iter().map(|d| d.with_prefix(&key).peekable()).collect();
        let mut out: Vec<Candidate<'_>> = Vec::new();
        let mut seen: HashSet<EntityRef> = HashSet::new();
        while out.len() < limit {
            if let Some(broken) = layers.iter_mut().find_map(|keys| keys.next_if(|k| k.is_err())) {
                broken?;
            }
            let first = |keys: &mut Peekable<Keys<'_, _>>| keys.peek()?.as_ref().ok().map(|k| k.key.clone());
            let Some(least) = layers.iter_mut().filter_map(first).min() else { break };
            let mut hits = Vec::new();
            for (layer, keys) in layers.iter_mut().enumerate() {
                if let Some(Ok(found)) = keys.next_if(|k| k.as_ref().is_ok_and(|k| k.key == least)) {
                    self.push_hits(layer, found.place, &mut hits);
                }
            }
            hits.retain(|hit| hit.form.role() != Role::Never);
            let mut found: Vec<Candidate<'_>> = hits
                .into_iter()
                .map(|hit| {
                    let same = hit.form.text().starts_with(name);
                    Candidate::sure(self, hit, if same { Stage::Exact } else { Stage::Folded }, lang)
                })
                .collect();
            found.sort_by(|a, b| self.rank(a, b));
            out.extend(found.into_iter().filter(|c| seen.insert(c.entity)));
        }
        out.truncate(limit);
        Ok(out)
    }
}
