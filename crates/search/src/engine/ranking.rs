//! The numbers of the ranking, which are the same for every marketplace.
//!
//! They were chosen on the tuned half of the judged sets and hold for other goods; `docs/search.md` says what each is
//! worth. Nobody sets them in a running marketplace: they are gathered here so that an evaluation can try others.

use super::schema::TEXT_FIELDS;

macro_rules! ranking {
    ($($(#[$doc:meta])* $name:ident = $value:expr,)*) => {
        /// What counts for how much.
        #[derive(Clone, Debug, PartialEq)]
        pub struct Ranking {
            $($(#[$doc])* pub $name: f32,)*
        }

        impl Default for Ranking {
            fn default() -> Self {
                Self { $($name: $value,)* }
            }
        }

        impl Ranking {
            /// What [`Self::set`] knows.
            pub const NAMES: &[&str] = &[$(stringify!($name)),*];

            /// Sets a number by its name; false if there is none of that name.
            pub fn set(&mut self, name: &str, value: f32) -> bool {
                match name {
                    $(stringify!($name) => self.$name = value,)*
                    _ => return false,
                }
                true
            }
        }
    };
}

ranking! {
    /// What a word is worth in the title (BM25F's field weights).
    title_weight = 3.0,
    /// In brand, categories and tags.
    label_weight = 1.5,
    /// In the description, attributes and the shop's name.
    text_weight = 1.0,
    /// How far a long field dilutes its words (BM25F's b).
    title_dilution = 0.3,
    label_dilution = 0.4,
    text_dilution = 0.4,
    /// How soon repetition of a word stops to matter (BM25F's k1).
    saturation = 1.2,
    /// Added for two neighbours of the query that stand side by side in the title, in shares of their worth.
    neighbours = 0.6,
    /// Added for two neighbours that stand close together, or the other way round.
    near = 0.0,
    /// Added for a word that says what the title's thing is, in shares of its worth.
    head = 1.0,
    /// Added for a word that stands as it was written, not only its stem.
    as_written = 0.4,
    /// How hard what lacks words of the query falls back: the power of the share that it has.
    coverage = 0.5,
    /// The same of the title alone.
    title_coverage = 0.5,
    /// What is left of the score of something that cannot be bought now.
    out_of_stock = 0.85,
    /// The most that popularity adds, and the popularity that earns half of it.
    popularity_share = 0.1,
    popularity_half = 20.0,
    /// The most that being new adds, and the days after which half of it is left.
    freshness_share = 0.03,
    freshness_half_days = 30.0,
    /// The most that buyers' stars add or take, at five stars or one.
    rating_share = 0.05,
    /// The most that being like what whoever asks lately looked at adds.
    personal_share = 0.06,
    /// What a word that means the same is worth beside the one that was written.
    synonym = 0.8,
    /// What a word that was meant is worth beside one that was written.
    near_weight = 0.8,
    /// Matches below which a query is read more generously.
    enough = 12.0,
    /// Whether compounds are split and joined.
    compounds = 1.0,
    /// How much commoner a near word must be to be meant beside one that is there.
    commoner = 100.0,
    /// How much less a rarer one of several near words is worth: the power of their ratio.
    rarer_near = 0.5,
}

impl Ranking {
    #[must_use]
    pub fn field_weights(&self) -> [f32; TEXT_FIELDS] {
        [self.title_weight, self.label_weight, self.text_weight]
    }

    #[must_use]
    pub fn field_dilution(&self) -> [f32; TEXT_FIELDS] {
        [self.title_dilution, self.label_dilution, self.text_dilution]
    }

    /// The most that a score is multiplied by for what is not of its words.
    #[must_use]
    pub fn standing_max(&self) -> f32 {
        (1.0 + self.popularity_share) * (1.0 + self.freshness_share) * (1.0 + self.rating_share)
    }

    /// This ranking without each of its parts, by name.
    #[must_use]
    pub fn without_parts(&self) -> Vec<(&'static str, Self)> {
        [
            ("neighbours", &["neighbours", "near"][..]),
            ("head", &["head"]),
            ("as written", &["as_written"]),
            ("coverage", &["coverage"]),
            ("title coverage", &["title_coverage"]),
            ("compounds", &["compounds"]),
        ]
        .into_iter()
        .map(|(part, names)| {
            let mut lesser = self.clone();
            for name in names {
                lesser.set(name, 0.0);
            }
            (part, lesser)
        })
        .collect()
    }
}
