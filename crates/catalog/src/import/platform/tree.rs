//! PrestaShop's list of categories: rows name each other as parents, by name or by ID, in any order.

use super::cells::get;
use super::number_of;
use crate::domain::limits::{CATEGORY_DEPTH_MAX, CATEGORY_NAME_CHARS_MAX};
use crate::domain::slug::{slug, snake_case};
use crate::import::batch::Failure;
use crate::import::row::{Broken, Row, RowError};
use crate::import::values::yes_or_no;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Rows of one list: they are held until its end.
const ROWS_MAX: usize = 10_000;

const PARENT: &str = "parent_category";
/// The IDs that PrestaShop itself gives to what all lies in.
const ROOT_IDS: [&str; 3] = ["0", "1", "2"];

/// Whether this file lists categories.
pub fn lists_categories(header: &[Arc<str>]) -> bool {
    header.iter().any(|name| snake_case(name, 200) == PARENT)
}

/// A category as a row says it.
#[derive(Clone, Debug, PartialEq)]
pub struct ListedCategory {
    pub row: u64,
    /// Columns as the file calls them.
    pub name_column: Arc<str>,
    pub parent_column: Arc<str>,
    /// What it lies in where the file does not list that: a category of the marketplace, by its name.
    pub within: Option<String>,
    /// From there down, its own name last.
    pub names: Vec<String>,
}

/// What a list says, once all of it is read.
#[derive(Debug, Default)]
pub struct Listed {
    pub categories: Vec<ListedCategory>,
    pub failures: Vec<Failure>,
    pub last_row: u64,
}

pub struct CategoryList {
    header: Vec<Arc<str>>,
    entries: Vec<Entry>,
    failures: Vec<Failure>,
    /// IDs and slugs of rows that are refused: what lies in those must not land elsewhere.
    refused: HashSet<String>,
    last_row: u64,
}

struct Entry {
    row: u64,
    id: Option<String>,
    name: String,
    parent: Option<String>,
}

impl CategoryList {
    pub fn new(header: Vec<Arc<str>>) -> Self {
        Self {
            header,
            entries: Vec::new(),
            failures: Vec::new(),
            refused: HashSet::new(),
            last_row: 0,
        }
    }

    pub fn take(&mut self, row: Result<Row, RowError>) -> Result<(), Broken> {
        let number = number_of(&row);
        if self.entries.len() + self.failures.len() >= ROWS_MAX {
            return Err(Broken::new(
                number,
                "file_too_large",
                format!("A list of categories may have at most {ROWS_MAX} rows. Split it, parents first."),
            ));
        }
        self.last_row = self.last_row.max(number);
        let called = row.as_ref().map_or([None, None], called);
        match row.and_then(|row| self.read(&row)) {
            Ok(entry) => self.entries.push(entry),
            Err(error) => {
                self.refused.extend(called.into_iter().flatten());
                self.failures.push(failure(error));
            }
        }
        Ok(())
    }

    /// As the file calls it.
    fn column(&self, name: &str) -> Arc<str> {
        let found = self.header.iter().find(|n| snake_case(n, 200) == name);
        found.map_or_else(|| Arc::from(name), Arc::clone)
    }

    fn read(&self, row: &Row) -> Result<Entry, RowError> {
        let refused = |column: &str, code: &str, said: &str| {
            RowError::new(row.number, self.column(column).to_string(), code, said)
        };
        let Some(name) = get(row, "name") else {
            return Err(refused("name", "name_missing", "Write the category's name."));
        };
        if name.chars().count() > CATEGORY_NAME_CHARS_MAX {
            let said = format!("A category's name may have at most {CATEGORY_NAME_CHARS_MAX} characters.");
            return Err(refused("name", "text_too_long", &said));
        }
        if name.chars().any(char::is_control) || slug(&name).is_empty() {
            let said = "Write a name with letters or digits, in one line.";
            return Err(refused("name", "category_invalid", said));
        }
        match get(row, "active_0_1").map(|active| yes_or_no(&active)) {
            None | Some(Some(true)) => {}
            Some(Some(false)) => {
                let said =
                    "Categories are always shown here. Write 1 to have this one, or leave its row out.";
                return Err(refused("active_0_1", "category_hidden", said));
            }
            Some(None) => {
                let said = "Write 1 for a category that is shown.";
                return Err(refused("active_0_1", "active_invalid", said));
            }
        }
        Ok(Entry {
            row: row.number,
            id: id_of(row),
            name,
            parent: get(row, PARENT),
        })
    }

    pub fn finish(self) -> Listed {
        let (name_column, parent_column) = (self.column("name"), self.column(PARENT));
        let known = Known::of(&self.entries, &self.refused);
        let mut listed = Listed {
            last_row: self.last_row,
            ..Listed::default()
        };
        for entry in self.entries.iter().filter(|entry| !known.is_root(entry)) {
            match known.lineage(entry) {
                Ok((within, names)) => listed.categories.push(ListedCategory {
                    row: entry.row,
                    name_column: Arc::clone(&name_column),
                    parent_column: Arc::clone(&parent_column),
                    within,
                    names,
                }),
                Err((code, said)) => {
                    let error = RowError::new(entry.row, parent_column.to_string(), code, said);
                    listed.failures.push(failure(error));
                }
            }
        }
        listed.failures.extend(self.failures);
        listed.failures.sort_by_key(|failure| failure.first_row);
        listed
    }
}

fn id_of(row: &Row) -> Option<String> {
    get(row, "id").or_else(|| get(row, "category_id"))
}

/// What other rows may call this one.
fn called(row: &Row) -> [Option<String>; 2] {
    [id_of(row), get(row, "name").map(|name| slug(&name))]
}

/// What is called like what all else lies in, which products' own columns leave out as well.
fn is_named_root(name: &str) -> bool {
    ["home", "root"]
        .iter()
        .any(|root| name.eq_ignore_ascii_case(root))
}

fn failure(error: RowError) -> Failure {
    Failure {
        first_row: error.row,
        rows: 1,
        errors: vec![error],
    }
}

/// What a category lies below and is not of the list, and the names from there down.
type Lineage = (Option<String>, Vec<String>);

/// The rows of a list by what others call them.
struct Known<'e> {
    by_id: HashMap<&'e str, &'e Entry>,
    by_name: HashMap<String, Vec<&'e Entry>>,
    refused: &'e HashSet<String>,
}

impl<'e> Known<'e> {
    fn of(entries: &'e [Entry], refused: &'e HashSet<String>) -> Self {
        let mut known = Self {
            by_id: HashMap::new(),
            by_name: HashMap::new(),
            refused,
        };
        for entry in entries {
            if let Some(id) = &entry.id {
                known.by_id.entry(id).or_insert(entry);
            }
            known.by_name.entry(slug(&entry.name)).or_default().push(entry);
        }
        known
    }

    /// Whether all else lies in `entry`. A category may be called `Home` and lie in another: that is one as any other.
    fn is_root(&self, entry: &Entry) -> bool {
        let mut one = entry;
        for _ in 0..CATEGORY_DEPTH_MAX {
            if !is_named_root(&one.name) {
                return false;
            }
            let Some(parent) = one.parent.as_deref() else {
                return true;
            };
            match self.by_id.get(parent) {
                Some(&above) => one = above,
                None => return is_named_root(parent) || ROOT_IDS.contains(&parent),
            }
        }
        false
    }

    /// What lies above `entry` and is not of this list, and the names from there down.
    fn lineage(&self, entry: &Entry) -> Result<Lineage, (&'static str, String)> {
        let mut names = vec![entry.name.clone()];
        let mut above = entry.parent.as_deref();
        while let Some(parent) = above {
            let by_id = self.by_id.get(parent).copied();
            let named = self.by_name.get(&slug(parent)).map(Vec::as_slice);
            let next = match (by_id, named) {
                (Some(next), _) => next,
                (None, named) if is_named_root(parent) => {
                    let mut named = named.unwrap_or_default().iter();
                    if named.all(|one| self.is_root(one)) {
                        break;
                    }
                    let said = format!(
                        "`{parent}` is what all categories lie in, and a category of this file. Write the ID of the one that is meant: 2 is what all lie in."
                    );
                    return Err(("parent_ambiguous", said));
                }
                (None, Some(&[next])) => next,
                (None, _) if ROOT_IDS.contains(&parent) => break,
                (None, None | Some([])) => {
                    if self.refused.contains(parent) || self.refused.contains(&slug(parent)) {
                        let said = format!("The row of its parent `{parent}` is refused. Mend that one.");
                        return Err(("parent_refused", said));
                    }
                    names.reverse();
                    return Ok((Some(parent.to_owned()), names));
                }
                (None, Some(_)) => {
                    let said = format!(
                        "Several categories of this file are called `{parent}`. Write the ID of the one that is meant."
                    );
                    return Err(("parent_ambiguous", said));
                }
            };
            if self.is_root(next) {
                break;
            }
            names.push(next.name.clone());
            if names.len() > CATEGORY_DEPTH_MAX {
                let said =
                    format!("Categories lie at most {CATEGORY_DEPTH_MAX} deep, and none within itself.");
                return Err(("category_too_deep", said));
            }
            above = next.parent.as_deref();
        }
        names.reverse();
        Ok((None, names))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::row::Shaped;
    use serde_json::Value;

    const HEADER: [&str; 4] = ["ID", "Active (0/1)", "Name *", "Parent category"];

    fn listed(rows: &[[&str; 4]]) -> Listed {
        let header: Vec<Arc<str>> = HEADER.map(Arc::from).to_vec();
        assert!(lists_categories(&header));
        let mut list = CategoryList::new(header);
        for (number, row) in (2..).zip(rows) {
            let cells = HEADER.iter().zip(row).filter(|(_, cell)| !cell.is_empty());
            let row = Row {
                number,
                cells: cells
                    .map(|(name, cell)| (Arc::from(*name), Value::from(*cell)))
                    .collect(),
                emptied: Vec::new(),
                shaped: Shaped::default(),
            };
            list.take(Ok(row)).expect("room");
        }
        list.finish()
    }

    fn paths(listed: &Listed) -> Vec<(u64, String)> {
        let path = |one: &ListedCategory| match &one.within {
            Some(within) => format!("({within})/{}", one.names.join("/")),
            None => one.names.join("/"),
        };
        listed.categories.iter().map(|one| (one.row, path(one))).collect()
    }

    fn codes(listed: &Listed) -> Vec<(u64, &str, &str)> {
        let errors = listed.failures.iter().flat_map(|failure| &failure.errors);
        errors
            .map(|error| (error.row, error.column.as_str(), error.code.as_str()))
            .collect()
    }

    #[test]
    fn rows_lie_in_each_other_by_name_and_by_id_in_any_order() {
        let listed = listed(&[
            ["2", "1", "Home", "Root"],
            ["5", "1", "Nano", "iPods"],
            ["3", "1", "iPods", "Home"],
            ["6", "1", "Cases", "5"],
            ["7", "", "Laptops", "2"],
            ["8", "1", "Chargers", "Electronics"],
        ]);
        assert!(codes(&listed).is_empty(), "{listed:?}");
        let expected = [
            (3, "iPods/Nano"),
            (4, "iPods"),
            (5, "iPods/Nano/Cases"),
            (6, "Laptops"),
            (7, "(Electronics)/Chargers"),
        ];
        assert_eq!(paths(&listed), expected.map(|(row, path)| (row, path.to_owned())));
        assert_eq!(listed.last_row, 7);
    }

    #[test]
    fn what_is_called_like_a_root_and_lies_in_a_category_is_one_itself() {
        let listed = listed(&[
            ["2", "1", "Home", "Root"],
            ["3", "1", "Decor", "2"],
            ["4", "1", "Home", "Decor"],
            ["5", "1", "Cushions", "4"],
            ["6", "1", "Root", "3"],
            ["7", "1", "Candles", "Home"],
        ]);
        let expected = [
            (3, "Decor"),
            (4, "Decor/Home"),
            (5, "Decor/Home/Cushions"),
            (6, "Decor/Root"),
        ];
        assert_eq!(paths(&listed), expected.map(|(row, path)| (row, path.to_owned())));
        assert_eq!(codes(&listed), [(7, "Parent category", "parent_ambiguous")]);
    }

    #[test]
    fn what_is_wrong_is_told_by_row_and_column() {
        let listed = listed(&[
            ["3", "1", "", "Home"],
            ["4", "0", "Hidden", "Home"],
            ["5", "maybe", "Odd", "Home"],
            ["6", "1", "!!!", "Home"],
            ["7", "1", "Cases", "Home"],
            ["8", "1", "Cases", "7"],
            ["9", "1", "Straps", "Cases"],
            ["10", "1", "Snake", "11"],
            ["11", "1", "Tail", "10"],
            ["12", "1", "By name", "Hidden"],
            ["13", "1", "By ID", "4"],
        ]);
        assert_eq!(
            paths(&listed),
            [(6, "Cases".to_owned()), (7, "Cases/Cases".to_owned())]
        );
        assert_eq!(
            codes(&listed),
            [
                (2, "Name *", "name_missing"),
                (3, "Active (0/1)", "category_hidden"),
                (4, "Active (0/1)", "active_invalid"),
                (5, "Name *", "category_invalid"),
                (8, "Parent category", "parent_ambiguous"),
                (9, "Parent category", "category_too_deep"),
                (10, "Parent category", "category_too_deep"),
                (11, "Parent category", "parent_refused"),
                (12, "Parent category", "parent_refused"),
            ]
        );
    }
}
