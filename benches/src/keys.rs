//! The patterns of the peers: exonym's own keys of the forms.
//!
//! Invariant: distinct, in byte order, none empty. They are remembered by the version of the key
//! function; whoever changes its results without a new version deletes `bench/*.keys` in the
//! target folder.

use std::fs;

use exonym::text::{self, FOLD_VERSION};

use crate::data::{self, Gazetteer};

/// The keys of a dictionary.
#[derive(Debug, Clone)]
pub struct Keys(String);

impl Keys {
    /// Folds the forms of `gazetteer`, or reads what an earlier run folded; nothing if the data is
    /// absent.
    pub fn of(gazetteer: Gazetteer) -> Option<Self> {
        let path = data::work().join(format!("{gazetteer}-{FOLD_VERSION}-{}.keys", text::unicode_version()));
        if let Ok(text) = fs::read_to_string(&path) {
            return Some(Self(text));
        }
        let table = gazetteer.read()?;
        let mut keys: Vec<String> = data::lines(&table).map(|(_, form)| text::key(form)).collect();
        keys.sort_unstable();
        keys.dedup();
        keys.retain(|key| !key.is_empty());
        let text = keys.join("\n");
        data::write_whole(&path, text.as_bytes());
        Some(Self(text))
    }

    /// Each key.
    pub fn list(&self) -> Vec<&str> {
        // A key holds no line end: it is folded to a blank.
        self.0.split('\n').collect()
    }
}
