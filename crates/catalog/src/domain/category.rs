//! Places in the category tree: slugs from the root, joined by `/`.

use super::limits::{CATEGORY_DEPTH_MAX, CATEGORY_NAME_CHARS_MAX};
use super::slug::slug;

/// Bytes of a path as it is given, with names in any script for its slugs.
const PATH_BYTES_MAX: usize = CATEGORY_DEPTH_MAX * CATEGORY_NAME_CHARS_MAX * 4;

/// A well-formed path: one to [`CATEGORY_DEPTH_MAX`] slugs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CategoryPath(String);

impl CategoryPath {
    /// Reads `ceramics/bowls`, or names such as `Ceramics/Soup Bowls`, which are turned into slugs.
    /// `None` when no part can be read or there are too many, and for what nobody writes as a name: control characters
    /// and endless text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > PATH_BYTES_MAX || text.chars().any(char::is_control) {
            return None;
        }
        Self::of_names(text.split('/'))
    }

    /// The path through categories of these names, root first.
    pub fn of_names<'a>(names: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        let slugs: Vec<String> = names.into_iter().map(slug).filter(|s| !s.is_empty()).collect();
        (1..=CATEGORY_DEPTH_MAX)
            .contains(&slugs.len())
            .then(|| Self(slugs.join("/")))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The path as PostgreSQL's ltree has it, whose labels know no dashes.
    #[must_use]
    pub fn ltree(&self) -> String {
        self.0.replace('-', "_").replace('/', ".")
    }

    /// The path of an ltree made by [`CategoryPath::ltree`].
    #[must_use]
    pub fn of_ltree(ltree: &str) -> String {
        ltree.replace('.', "/").replace('_', "-")
    }

    #[must_use]
    pub fn leaf(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }

    /// The path itself and all that lead to it, root first.
    pub fn with_ancestors(&self) -> impl Iterator<Item = Self> {
        self.0
            .match_indices('/')
            .map(|(at, _)| Self(self.0[..at].to_owned()))
            .chain(std::iter::once(self.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_a_path() {
        let path = CategoryPath::parse("Cerámica / Soup bowls").expect("readable");
        assert_eq!(path.as_str(), "ceramica/soup-bowls");
        assert_eq!(path.ltree(), "ceramica.soup_bowls");
        assert_eq!(CategoryPath::of_ltree(&path.ltree()), path.as_str());
        assert_eq!(path.leaf(), "soup-bowls");
        let ancestors: Vec<_> = path.with_ancestors().map(|p| p.0).collect();
        assert_eq!(ancestors, ["ceramica", "ceramica/soup-bowls"]);
    }

    #[test]
    fn empty_and_bottomless_paths_are_refused() {
        assert_eq!(CategoryPath::parse(" / !"), None);
        assert_eq!(CategoryPath::parse(&"a/".repeat(9)), None);
        assert_eq!(CategoryPath::parse("bowls\u{7}"), None);
        assert_eq!(CategoryPath::parse(&"x".repeat(PATH_BYTES_MAX + 1)), None);
    }
}
