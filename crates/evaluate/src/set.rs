//! Judged sets: a folder of products, queries and judgments.
//!
//! Files are found by their names and read by the names of their columns; `.gz` is unpacked, tabs or commas are told apart
//! by the header.
//!
//! | file | columns (any of the names; * must be there) |
//! |---|---|
//! | `products.*`, `product.*` (CSV, TSV) | *id: `doc_id` `product_id` `id`; *title: `product_title` `product_name` `title` `name`; description: `product_description` `description`; brand: `product_brand` `brand`; class: `product_class`; categories, root first: `category hierarchy` `category` (parted by ` / `); `product_features` (`key:value` parted by a vertical bar) |
//! | `qrels*`, `label*`, `judgments*` (CSV, TSV) | *`doc_id` or `product_id`; *`query`, or `query_id` that `query.*` tells the words of; *one of `median_relevance` (1 to 4), `gain` (0 to 1), `label` (`Exact` 1, `Partial` 1/2, `Irrelevant` 0) |
//! | `query.*`, `queries.*` (CSV, TSV) | `query_id`, `query` |

use anyhow::{Context, Result, bail};
use std::collections::{BTreeMap, HashMap};
use std::io::Read;
use std::path::{Path, PathBuf};

#[derive(Debug, Clone, Default)]
pub struct Product {
    /// As judgments name it.
    pub id: String,
    pub title: String,
    pub description: String,
    pub brand: String,
    /// Root first.
    pub categories: Vec<String>,
    pub attributes: Vec<(String, String)>,
}

#[derive(Debug, Clone)]
pub struct Query {
    pub words: String,
    /// Worth of a product, 0 to 1; what is not here is worth nothing.
    pub gains: HashMap<String, f64>,
}

#[derive(Debug, Clone)]
pub struct Set {
    pub name: String,
    /// Whether people judged it; otherwise what is right follows from the products' own data.
    pub is_judged: bool,
    pub products: Vec<Product>,
    /// In order of their words.
    pub queries: Vec<Query>,
}

/// The set in `folder`, or what it lacks to be one.
pub fn read(folder: &Path) -> Result<Result<Set, &'static str>> {
    let Some(products) = file(folder, &["products.", "product."])? else {
        return Ok(Err("no products"));
    };
    let Some(judgments) = file(folder, &["qrels", "label", "judgments"])? else {
        return Ok(Err("no judgments"));
    };
    let words = match file(folder, &["query.", "queries."])? {
        Some(path) => Some(words_by_id(&Table::read(&path)?)?),
        None => None,
    };
    Ok(Ok(Set {
        name: name_of(folder),
        is_judged: true,
        products: products_of(&Table::read(&products)?)?,
        queries: queries_of(&Table::read(&judgments)?, words.as_ref())?,
    }))
}

pub fn name_of(folder: &Path) -> String {
    folder
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

fn file(folder: &Path, beginnings: &[&str]) -> Result<Option<PathBuf>> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let plain = name.trim_end_matches(".gz");
            beginnings.iter().any(|beginning| name.starts_with(beginning))
                && (plain.ends_with(".csv") || plain.ends_with(".tsv"))
        })
        .collect();
    found.sort();
    Ok(found.into_iter().next())
}

/// The bytes of a file, unpacked if it is packed.
pub fn bytes(path: &Path) -> Result<Vec<u8>> {
    let raw = std::fs::read(path).with_context(|| format!("reading {}", path.display()))?;
    if path.extension().is_none_or(|extension| extension != "gz") {
        return Ok(raw);
    }
    let mut plain = Vec::new();
    flate2::read::MultiGzDecoder::new(&raw[..])
        .read_to_end(&mut plain)
        .with_context(|| format!("unpacking {}", path.display()))?;
    Ok(plain)
}

struct Table {
    heads: Vec<String>,
    rows: Vec<csv::StringRecord>,
}

impl Table {
    fn read(path: &Path) -> Result<Self> {
        let bytes = bytes(path)?;
        let header = bytes.split(|&b| b == b'\n').next().unwrap_or_default();
        let delimiter = if header.contains(&b'\t') { b'\t' } else { b',' };
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            // Tab-separated files are written without quotes.
            .quoting(delimiter == b',')
            .flexible(true)
            .from_reader(&bytes[..]);
        let heads = reader
            .headers()?
            .iter()
            .map(|head| head.trim().to_lowercase())
            .collect();
        let rows = reader.records().collect::<Result<_, _>>()?;
        Ok(Self { heads, rows })
    }

    fn column(&self, names: &[&str]) -> Option<usize> {
        names
            .iter()
            .find_map(|name| self.heads.iter().position(|head| head == name))
    }

    fn need(&self, names: &[&str]) -> Result<usize> {
        self.column(names)
            .with_context(|| format!("no column {} among {}", names.join(" or "), self.heads.join(", ")))
    }
}

fn text(row: &csv::StringRecord, column: Option<usize>) -> &str {
    column.and_then(|column| row.get(column)).unwrap_or("").trim()
}

fn products_of(table: &Table) -> Result<Vec<Product>> {
    let id = table.need(&["doc_id", "product_id", "id"])?;
    let title = table.need(&["product_title", "product_name", "title", "name"])?;
    let description = table.column(&["product_description", "description"]);
    let brand = table.column(&["product_brand", "brand"]);
    let class = table.column(&["product_class"]);
    let categories = table.column(&["category hierarchy", "category"]);
    let features = table.column(&["product_features"]);
    let products = table.rows.iter().map(|row| {
        let mut path: Vec<String> = text(row, categories)
            .split(" / ")
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .map(str::to_owned)
            .collect();
        let class = text(row, class);
        if !class.is_empty() && !path.iter().any(|name| name == class) {
            path.push(class.to_owned());
        }
        Product {
            id: text(row, Some(id)).to_owned(),
            title: text(row, Some(title)).to_owned(),
            description: text(row, description).to_owned(),
            brand: text(row, brand).to_owned(),
            categories: path,
            attributes: text(row, features)
                .split('|')
                .filter_map(|pair| pair.split_once(':'))
                .map(|(key, value)| (key.trim().to_owned(), value.trim().to_owned()))
                .collect(),
        }
    });
    Ok(products.collect())
}

fn words_by_id(table: &Table) -> Result<HashMap<String, String>> {
    let (id, query) = (table.need(&["query_id"])?, table.need(&["query"])?);
    let rows = table.rows.iter();
    Ok(rows
        .map(|row| (text(row, Some(id)).to_owned(), text(row, Some(query)).to_owned()))
        .collect())
}

fn queries_of(table: &Table, words: Option<&HashMap<String, String>>) -> Result<Vec<Query>> {
    let product = table.need(&["doc_id", "product_id"])?;
    let (query, id) = (table.column(&["query"]), table.column(&["query_id"]));
    let gain = table.need(&["gain", "median_relevance", "label"])?;
    let kind = table.heads[gain].as_str();
    let mut queries: BTreeMap<String, HashMap<String, f64>> = BTreeMap::new();
    for row in &table.rows {
        let words = match (query, id, words) {
            (Some(query), _, _) => text(row, Some(query)),
            (None, Some(id), Some(words)) => words
                .get(text(row, Some(id)))
                .with_context(|| format!("no words for query {}", text(row, Some(id))))?,
            _ => bail!("judgments name no query"),
        };
        let gain = worth(kind, text(row, Some(gain)))?;
        let gains = queries.entry(words.to_owned()).or_default();
        gains.insert(text(row, Some(product)).to_owned(), gain);
    }
    let queries = queries.into_iter();
    Ok(queries.map(|(words, gains)| Query { words, gains }).collect())
}

fn worth(kind: &str, value: &str) -> Result<f64> {
    let number = || value.parse::<f64>().with_context(|| format!("{kind}: {value:?}"));
    Ok(match kind {
        "median_relevance" => (number()? - 1.0) / 3.0,
        "gain" => number()?,
        _ => match value.to_lowercase().as_str() {
            "exact" => 1.0,
            "partial" => 0.5,
            "irrelevant" => 0.0,
            other => bail!("{kind}: {other:?} is neither Exact, Partial nor Irrelevant"),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::worth;

    #[test]
    fn judgments_are_worth_nothing_to_one() {
        assert_eq!(worth("median_relevance", "1").unwrap(), 0.0);
        assert_eq!(worth("median_relevance", "4").unwrap(), 1.0);
        assert_eq!(worth("label", "Partial").unwrap(), 0.5);
        assert!(worth("label", "Maybe").is_err());
    }
}
