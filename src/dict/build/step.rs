//! How far a build is.

use std::fmt;

/// What a build is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Reading tables, in bytes.
    Reading,
    /// Sorting rows by entity.
    Sorting,
    /// Folding forms to keys.
    Folding,
    /// Writing keys and postings.
    Writing,
}

/// A step of a build: its stage, how much of it is done, and how much there is if that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// What it is at.
    pub stage: Stage,
    /// Bytes or rows done.
    pub done: u64,
    /// Bytes or rows in all.
    pub total: Option<u64>,
}

impl Stage {
    /// The word for people.
    pub fn as_str(self) -> &'static str {
        match self {
            Stage::Reading => "reading",
            Stage::Sorting => "sorting",
            Stage::Folding => "folding",
            Stage::Writing => "writing",
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Who is told of each step.
#[derive(Default)]
pub(super) struct Watch(pub Option<Box<dyn FnMut(Step) + Send>>);

impl Watch {
    pub(super) fn step(&mut self, stage: Stage, done: u64, total: Option<u64>) {
        if let Some(tell) = &mut self.0 {
            tell(Step { stage, done, total });
        }
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Watch")
    }
}
