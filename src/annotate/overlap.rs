//! Which of several overlapping spans stay.
//!
//! Invariant: the result is sorted by start, then longest first, whatever the order of the input.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

/// What happens to spans that overlap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Overlap {
    /// Leftmost, then longest; what overlaps it goes.
    #[default]
    Longest,
    /// What lies wholly inside another goes.
    NoNested,
    /// Everything stays.
    All,
}

impl Overlap {
    /// Every policy.
    pub const ALL: [Overlap; 3] = [Overlap::Longest, Overlap::NoNested, Overlap::All];

    /// The name in options.
    pub fn as_str(self) -> &'static str {
        match self {
            Overlap::Longest => "longest",
            Overlap::NoNested => "no-nested",
            Overlap::All => "all",
        }
    }

    /// Keeps what the policy keeps of `items`. Cost: sorting.
    pub fn select<T>(self, mut items: Vec<T>, range: impl Fn(&T) -> Range<usize>) -> Vec<T> {
        items.sort_by(|a, b| {
            let (a, b) = (range(a), range(b));
            a.start.cmp(&b.start).then(b.end.cmp(&a.end))
        });
        let mut end = 0;
        match self {
            Overlap::All => {}
            Overlap::Longest => items.retain(|item| {
                let r = range(item);
                let keep = r.start >= end;
                if keep {
                    end = r.end;
                }
                keep
            }),
            // Sorted so, a span lies inside an earlier one if it does not reach beyond all of them.
            Overlap::NoNested => items.retain(|item| {
                let r = range(item);
                let keep = r.end > end;
                end = end.max(r.end);
                keep
            }),
        }
        items
    }
}

impl fmt::Display for Overlap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Overlap {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|o| o.as_str() == word)
            .ok_or_else(|| format!("\"{word}\" is not one of: longest no-nested all"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policies() {
        let spans = vec![5..9, 0..4, 0..8, 6..12, 5..7];
        let cases = [
            (Overlap::Longest, std::iter::once(0..8).collect()),
            (Overlap::NoNested, vec![0..8, 5..9, 6..12]),
            (Overlap::All, vec![0..8, 0..4, 5..9, 5..7, 6..12]),
        ];
        for (policy, expected) in cases {
            assert_eq!(policy.select(spans.clone(), Clone::clone), expected, "{policy}");
        }
    }
}
