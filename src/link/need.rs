//! What a mention may need before it is believed.
//!
//! Invariant: needs are told in the order in which they stand here.

/// Why a match is not believed at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Need {
    /// It comes from a list of sanctioned persons; only another name is enough.
    Sanctioned,
    /// It is a surname alone.
    Surname,
    /// The form is of another language than the text.
    ForeignForm,
    /// The form is an ordinary word of the text's language.
    PlainWord,
    /// The same in a run of capitals, where case tells nothing; prominence is not enough.
    PlainWordInCapitals,
    /// The form is marked as risky.
    Risky,
    /// The form is one or two letters of a kind that are words too often.
    Short,
    /// It touches an unknown word with a capital; prominence is not enough.
    Touching,
}

impl Need {
    const ALL: [Need; 8] = [
        Need::Sanctioned,
        Need::Surname,
        Need::ForeignForm,
        Need::PlainWord,
        Need::PlainWordInCapitals,
        Need::Risky,
        Need::Short,
        Need::Touching,
    ];

    /// The need in words.
    pub fn as_str(self) -> &'static str {
        match self {
            Need::ForeignForm => "form of another language",
            Need::PlainWord => "ordinary word of the language",
            Need::PlainWordInCapitals => "ordinary word among capitals",
            Need::Risky => "risky form",
            Need::Short => "very short form",
            Need::Touching => "touches an unknown word with a capital",
            Need::Surname => "surname alone",
            Need::Sanctioned => "from a list of sanctioned persons",
        }
    }
}

/// A need that nothing met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Refusal(pub Need);

/// A set of needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Needs(u8);

impl Needs {
    /// Adds a need.
    pub fn push(&mut self, need: Need) {
        self.0 |= 1 << need as u8;
    }

    /// Whether it holds `need`.
    pub fn contains(self, need: Need) -> bool {
        self.0 & 1 << need as u8 != 0
    }

    /// How many there are.
    pub fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// The needs in their order.
    pub fn iter(self) -> impl Iterator<Item = Need> {
        let mut rest = self.0;
        std::iter::from_fn(move || {
            let need = Need::ALL.get(rest.trailing_zeros() as usize)?;
            rest &= rest - 1;
            Some(*need)
        })
    }
}
