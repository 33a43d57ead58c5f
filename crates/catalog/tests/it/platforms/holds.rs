//! What exports hold, read here without the code that reads them for the shop.

use std::collections::{BTreeSet, HashMap};

/// One thing that a file sells, as it is to land.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sold {
    pub title: String,
    pub price_minor: i64,
    pub currency: String,
    /// Values of its options, in the file's order.
    pub options: Vec<String>,
    /// Addresses of its product's pictures.
    pub images: BTreeSet<String>,
}

#[derive(Clone)]
pub struct Sheet {
    pub header: Vec<String>,
    pub rows: Vec<Vec<String>>,
    delimiter: u8,
}

/// Words with one space between them.
pub fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Of currencies with two decimals.
pub fn minor(text: &str) -> i64 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let cents = format!("{fraction:0<2}");
    whole.parse::<i64>().unwrap() * 100 + cents[..2].parse::<i64>().unwrap()
}

impl Sheet {
    pub fn read(text: &str, delimiter: u8) -> Self {
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .flexible(true)
            .trim(csv::Trim::All)
            .from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        let header = reader.headers().unwrap().iter().map(str::to_owned).collect();
        let rows = reader
            .records()
            .map(|row| row.unwrap().iter().map(|cell| cell.trim().to_owned()).collect())
            .collect();
        Self {
            header,
            rows,
            delimiter,
        }
    }

    pub fn write(&self) -> Vec<u8> {
        let mut writer = csv::WriterBuilder::new()
            .delimiter(self.delimiter)
            .flexible(true)
            .from_writer(Vec::new());
        writer.write_record(&self.header).unwrap();
        for row in &self.rows {
            writer.write_record(row).unwrap();
        }
        writer.into_inner().unwrap()
    }

    pub fn column(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|h| h.eq_ignore_ascii_case(name))
    }

    pub fn cell<'s>(&'s self, row: &'s [String], name: &str) -> &'s str {
        let at = self.column(name);
        at.and_then(|at| row.get(at)).map_or("", String::as_str)
    }

    /// The cells of all columns whose names begin and end so.
    fn cells<'s>(&'s self, row: &'s [String], start: &str, end: &str) -> Vec<&'s str> {
        let is_of = |name: &String| {
            let name = name.to_lowercase();
            name.starts_with(start) && name.ends_with(end)
        };
        let columns = (0..self.header.len()).filter(|i| is_of(&self.header[*i]));
        columns
            .filter_map(|i| row.get(i))
            .map(String::as_str)
            .filter(|cell| !cell.is_empty())
            .collect()
    }

    fn addresses(&self, row: &[String]) -> BTreeSet<String> {
        let is_picture = |name: &str| {
            let name = name.to_lowercase();
            let parts = [
                "image src",
                "variant image",
                "images",
                "image urls",
                "immagine",
                "_src",
            ];
            parts.iter().any(|part| name.contains(part))
        };
        let columns = (0..self.header.len()).filter(|i| is_picture(&self.header[*i]));
        columns
            .filter_map(|i| row.get(i))
            .flat_map(|cell| cell.split([',', ' ']))
            .filter(|address| address.starts_with("http"))
            .map(str::to_owned)
            .collect()
    }

    /// The column that its prices stand in.
    pub fn price_column(&self, platform: &str) -> &'static str {
        match platform {
            "shopify" => "Variant Price",
            "etsy" => "PREZZO",
            "medusa" if self.column("Variant Price EUR").is_some() => "Variant Price EUR",
            "medusa" => "Variant Price USD",
            "prestashop" if self.column("Price tax excl.").is_some() => "Price tax excl.",
            "prestashop" => "Price",
            "woocommerce" => "Regular price",
            _ => "price",
        }
    }

    /// What makes rows one product, and whether a row is one that can be sold.
    fn key_and_sells(&self, platform: &str, row: &[String], above: &str) -> (String, bool) {
        let cell = |name: &str| self.cell(row, name).to_owned();
        let has = |name: &str| !self.cell(row, name).is_empty();
        let kind = cell("type").split(',').next().unwrap_or("").to_owned();
        match platform {
            "shopify" => (cell("Handle"), has("Variant Price")),
            "etsy" => (cell("TITOLO"), true),
            "medusa" => (cell("Product Handle"), true),
            "vendure" => {
                let key = if has("name") {
                    cell("name")
                } else {
                    above.to_owned()
                };
                (key, has("price"))
            }
            "spree" => (cell("slug"), has("option1_value")),
            "magento" => (cell("sku"), has("price")),
            "prestashop" => (cell("id"), has("Price tax excl.")),
            "woocommerce" if kind == "variation" => {
                let parent = cell("parent");
                let by_id = |id: &str| self.rows.iter().find(|row| self.cell(row, "id") == id);
                let parent = match parent.strip_prefix("id:") {
                    Some(id) => by_id(id).map(|row| self.cell(row, "sku").to_owned()).unwrap(),
                    None => parent,
                };
                (parent, true)
            }
            "woocommerce" => {
                let key = if has("sku") { cell("sku") } else { cell("name") };
                (key, matches!(kind.as_str(), "simple" | "external"))
            }
            "bagisto" if has("parent_sku") => (cell("parent_sku"), has("price")),
            "bagisto" => (
                cell("sku"),
                has("price") && kind != "bundle" && kind != "configurable",
            ),
            other => panic!("{other} is new: what do its files hold?"),
        }
    }

    fn options(&self, platform: &str, row: &[String]) -> Vec<String> {
        let owned = |cells: Vec<&str>| cells.into_iter().map(str::to_owned).collect();
        match platform {
            "shopify" if self.cell(row, "Option1 Value") == "Default Title" => vec![],
            "shopify" => owned(self.cells(row, "option", " value")),
            "medusa" => owned(self.cells(row, "variant option", " value")),
            "spree" => owned(self.cells(row, "option", "_value")),
            "vendure" => {
                let values = self.cell(row, "optionValues").split('|').map(str::trim);
                values.filter(|v| !v.is_empty()).map(str::to_owned).collect()
            }
            "woocommerce" if self.cell(row, "type") == "variation" => {
                owned(self.cells(row, "attribute", "value(s)"))
            }
            "bagisto" if !self.cell(row, "parent_sku").is_empty() => {
                let parent = self.cell(row, "parent_sku");
                let parent = self.rows.iter().find(|r| self.cell(r, "sku") == parent).unwrap();
                let own = format!("sku={},", self.cell(row, "sku"));
                let variants = self.cell(parent, "configurable_variants").split('|');
                let spec = variants
                    .map(str::trim)
                    .find(|spec| spec.starts_with(&own))
                    .unwrap();
                let pairs = spec.split(',').skip(1).filter_map(|pair| pair.split_once('='));
                pairs.map(|(_, value)| value.to_owned()).collect()
            }
            _ => vec![],
        }
    }

    /// What is asked: in a sale that is on for ever its price, else the regular one.
    fn price(&self, platform: &str, row: &[String]) -> i64 {
        let regular = self.cell(row, self.price_column(platform));
        let (sale, dates) = match platform {
            "woocommerce" => ("Sale price", self.cells(row, "date sale", "s").len()),
            "magento" => ("special_price", 0),
            "bagisto" => ("special_price", self.cells(row, "special_price_", "").len()),
            _ => ("", 0),
        };
        match self.cell(row, sale) {
            sale if !sale.is_empty() && dates == 0 => minor(sale),
            _ => minor(regular),
        }
    }

    /// Everything that the file sells.
    pub fn holds(&self, platform: &str, currency: &str) -> Vec<Sold> {
        let title_column = match platform {
            "shopify" => "Title",
            "etsy" => "TITOLO",
            "medusa" => "Product Title",
            "prestashop" => "Name*",
            _ => "name",
        };
        let (mut titles, mut images): (HashMap<String, String>, HashMap<String, BTreeSet<String>>) =
            Default::default();
        let (mut sold, mut above) = (Vec::new(), String::new());
        for row in &self.rows {
            let (key, sells) = self.key_and_sells(platform, row, &above);
            above.clone_from(&key);
            let is_variation = platform == "woocommerce" && self.cell(row, "type") == "variation"
                || platform == "bagisto" && !self.cell(row, "parent_sku").is_empty();
            let title = self.cell(row, title_column);
            if !title.is_empty() && !is_variation {
                titles.entry(key.clone()).or_insert_with(|| plain(title));
            }
            images.entry(key.clone()).or_default().extend(self.addresses(row));
            if sells {
                sold.push((key, self.price(platform, row), self.options(platform, row)));
            }
        }
        let whole = |(key, price_minor, options): (String, i64, Vec<String>)| Sold {
            title: titles[&key].clone(),
            images: images[&key].clone(),
            currency: currency.to_owned(),
            price_minor,
            options,
        };
        sold.into_iter().map(whole).collect()
    }
}
