//! Rows of the two source tables: entities and forms, as people write them.
//!
//! Invariant: a row holds what the table says, checked field by field; nothing is resolved or
//! joined here. What every column means stands in `dictionaries/README.md`.

use std::fmt;
use std::str::FromStr;

/// One line of an entities table.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct EntityRow {
    /// Id without blank, comma or `|`: `geonames:703448`, `person/mykhailo-podolyak`.
    pub id: String,
    /// `person` `place` `organisation` `event` `product`, or a type of the user's own.
    pub kind: String,
    /// Other ids of the same entity.
    pub same_as: Vec<String>,
    /// ISO 3166-1 alpha-2 code, or empty.
    pub country: String,
    /// Latitude in degrees, -90 to 90.
    pub lat: Option<f64>,
    /// Longitude in degrees, -180 to 180.
    pub lon: Option<f64>,
    /// `m`, `f` or empty.
    pub gender: String,
    /// Prominence in world news, above 0 and up to 1.
    pub prior: Option<f32>,
    /// First year of existence, or empty.
    pub from: Option<i16>,
    /// Last year of existence, or empty.
    pub to: Option<i16>,
    /// A few words for the reader of the table.
    pub note: String,
}

/// One line of a forms table.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct FormRow {
    /// Id of the entity; `*` with role `never` stands for any entity.
    pub id: String,
    /// BCP 47 tag of the language that writes it so; `und` if unknown, `mul` if many do.
    pub lang: String,
    /// The spelling, NFC.
    pub form: String,
    /// What kind of form it is.
    pub role: Role,
    /// Case rule; `None` lets the shape of the form decide.
    pub case: Option<CaseRule>,
    /// Whether a text needs evidence beside the form itself.
    pub risk: Risk,
    /// First year the form was in use.
    pub from: Option<i16>,
    /// Last year the form was in use.
    pub to: Option<i16>,
    /// Code of the source in `SOURCES.tsv`.
    pub source: String,
    /// Day the form was taken over, `YYYY-MM-DD`, or empty.
    pub date: String,
}

/// A closed list of words of a column: parsing, printing and the list itself.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum $name { $($(#[$vmeta])* $variant),+ }

        impl Default for $name {
            fn default() -> Self {
                Self::ALL[0]
            }
        }

        impl $name {
            /// Every value, in the order of its number in compiled dictionaries.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            /// The word in tables and output.
            pub fn as_str(self) -> &'static str {
                match self { $($name::$variant => $word),+ }
            }

            /// The value with this number in compiled dictionaries.
            pub fn from_number(number: u8) -> Option<Self> {
                Self::ALL.get(usize::from(number)).copied()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = String;

            fn from_str(word: &str) -> Result<Self, String> {
                match word {
                    $($word => Ok($name::$variant),)+
                    _ => Err(format!("\"{word}\" is not one of: {}", [$($word),+].join(" "))),
                }
            }
        }
    };
}

words! {
    /// What kind of form a spelling is.
    Role {
        /// The label of the entity in its language; at most one a language.
        Official = "official",
        /// A name that other languages have for it.
        Exonym = "exonym",
        /// Another spelling of the same name, which house style rewrites.
        Alias = "alias",
        /// An acronym or shortened name in good style.
        Short = "short",
        /// A surname alone.
        Family = "family",
        /// A given name alone.
        Given = "given",
        /// A name of former times.
        Historic = "historic",
        /// A spelling known to be wrong.
        Misspelling = "misspelling",
        /// A code such as an airport's; not matched in running text.
        Code = "code",
        /// The adjective made from it.
        Adjective = "adjective",
        /// The name of its inhabitants.
        Demonym = "demonym",
        /// Not a name here: silences what it covers.
        Never = "never",
        /// Made by a transliteration scheme.
        Scheme = "scheme",
        /// Made by the conventions of a target language.
        Convention = "convention",
        /// A case form, made by inflection.
        Inflected = "inflected",
    }
}

words! {
    /// Which capitals a form asks of the text.
    CaseRule {
        /// The first letter a capital, the rest free.
        Initial = "initial",
        /// Every letter as written.
        Exact = "exact",
        /// No rule.
        Any = "any",
    }
}

words! {
    /// Whether a form needs evidence beside itself.
    Risk {
        /// The form is evidence enough.
        None = "none",
        /// The form is too often something else: evidence needed.
        High = "high",
    }
}
