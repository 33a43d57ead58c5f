//! Exports of other shop systems: told by their columns, and brought into the shape in which one row is a product or
//! one of its variants that follow it.

mod cells;
mod prestashop;
mod shapes;
mod tree;

use super::numbers::units;
use super::row::{Broken, Row, RowError};
use crate::domain::said::Said;
use crate::domain::slug::snake_case;
use cells::{get, name_of, pairs, parts, rename, set, take};
use kernel::Currency;
use shapes::{etsy, magento, medusa, refuse_bundles, woocommerce};
use std::collections::HashMap;
use std::sync::Arc;

pub use tree::{CategoryList, ListedCategory, lists_categories};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Platform {
    Shopify,
    Etsy,
    WooCommerce,
    Magento,
    PrestaShop,
    Medusa,
    Vendure,
    Spree,
    Bagisto,
}

impl Platform {
    pub fn name(self) -> &'static str {
        match self {
            Self::Shopify => "shopify",
            Self::Etsy => "etsy",
            Self::WooCommerce => "woocommerce",
            Self::Magento => "magento",
            Self::PrestaShop => "prestashop",
            Self::Medusa => "medusa",
            Self::Vendure => "vendure",
            Self::Spree => "spree",
            Self::Bagisto => "bagisto",
        }
    }

    /// Whose export has these columns.
    pub fn of(header: &[Arc<str>]) -> Option<Self> {
        let names: Vec<String> = header.iter().map(|name| snake_case(name, 200)).collect();
        let has = |name: &str| names.iter().any(|n| n == name);
        let has_picture = |n: u8| {
            ["image", "immagine", "imagen", "bild"]
                .iter()
                .any(|p| has(&format!("{p}{n}")))
        };
        if has("handle") && (has("variant_price") || has("option1_name")) {
            Some(Self::Shopify)
        } else if has("product_handle") && (has("variant_id") || has("variant_title")) {
            Some(Self::Medusa)
        } else if has("optiongroups") && has("optionvalues") {
            Some(Self::Vendure)
        } else if has("attribute_family_code") || (has("parent_sku") && has("configurable_variants")) {
            Some(Self::Bagisto)
        } else if has("slug") && has("option1_name") && has("image1_src") {
            Some(Self::Spree)
        } else if has("regular_price") && has("type") && has("published") {
            Some(Self::WooCommerce)
        } else if has("attribute_set") || has("attribute_set_code") {
            Some(Self::Magento)
        } else if names.iter().any(|n| n.starts_with("active_0_1")) || prestashop::lists_combinations(header)
        {
            Some(Self::PrestaShop)
        } else if has("currency_code") && has_picture(1) && has_picture(2) {
            Some(Self::Etsy)
        } else {
            None
        }
    }
}

impl Platform {
    /// What its files speak of.
    pub fn said(self, header: &[Arc<str>]) -> Said {
        match self {
            Self::PrestaShop => prestashop::said(header),
            _ => Said::Everything,
        }
    }
}

/// Rows kept back at most until those that belong to them have come: of exports that list variants apart.
const HELD_ROWS_MAX: usize = 200_000;

/// Brings one file's rows into shape.
pub struct Adapter {
    platform: Platform,
    currency: Currency,
    /// Vendure: the product that rows without a name belong to.
    above: Option<Above>,
    /// Bagisto: options by the SKU of the variant.
    options: HashMap<String, Vec<(String, String)>>,
    /// PrestaShop's, of the product whose combinations are read.
    references: prestashop::References,
    held: Vec<Result<Row, RowError>>,
}

struct Above {
    key: String,
    groups: Vec<String>,
}

impl Adapter {
    pub fn new(platform: Platform, currency: Currency) -> Self {
        Self {
            platform,
            currency,
            above: None,
            options: HashMap::new(),
            references: prestashop::References::default(),
            held: Vec::new(),
        }
    }

    /// Whether variants may stand apart from their product, so that rows are held until the end of the file.
    pub fn holds_back(&self) -> bool {
        matches!(self.platform, Platform::WooCommerce | Platform::Bagisto)
    }

    pub fn hold(&mut self, row: Result<Row, RowError>) -> Result<(), Broken> {
        if self.held.len() >= HELD_ROWS_MAX {
            return Err(Broken::new(
                number_of(&row),
                "file_too_large",
                format!(
                    "An export of this kind may have at most {HELD_ROWS_MAX} rows. Split it between two products."
                ),
            ));
        }
        self.held.push(row);
        Ok(())
    }

    /// Rows that were held, each product's variants behind it.
    pub fn release(&mut self) -> Vec<Result<Row, RowError>> {
        let held = std::mem::take(&mut self.held);
        let parent = if self.platform == Platform::Bagisto {
            "parent_sku"
        } else {
            "parent"
        };
        let mut children: HashMap<String, Vec<Result<Row, RowError>>> = HashMap::new();
        let mut first = Vec::with_capacity(held.len());
        for row in held {
            match row.as_ref().ok().and_then(|row| get(row, parent)) {
                Some(of) => children.entry(key_of_parent(&of)).or_default().push(row),
                None => first.push(row),
            }
        }
        let mut products = Vec::with_capacity(first.len());
        for row in first {
            let keys: Vec<String> = row.as_ref().map_or(Vec::new(), |row| {
                ["sku", "id"].iter().filter_map(|name| get(row, name)).collect()
            });
            let mut product = vec![row];
            for key in keys {
                product.extend(children.remove(&key).unwrap_or_default());
            }
            products.push(product);
        }
        // Variants whose product is not in this file stand for themselves. What comes out is in the order of first
        // rows: an upload that is taken up again passes over those before the last committed one.
        products.extend(children.into_values());
        products.sort_by_key(|product| product.first().map_or(0, number_of));
        products.into_iter().flatten().collect()
    }

    /// What a row means to us.
    pub fn adapt(&mut self, row: Row) -> Result<Vec<Row>, RowError> {
        match self.platform {
            Platform::Shopify | Platform::Spree => Ok(vec![row]),
            Platform::Etsy => Ok(etsy(row)),
            Platform::WooCommerce => woocommerce(row),
            Platform::Magento => magento(row),
            Platform::PrestaShop => prestashop::adapt(row, self.currency, &mut self.references),
            Platform::Medusa => Ok(vec![medusa(row, self.currency)]),
            Platform::Vendure => Ok(vec![self.vendure(row)]),
            Platform::Bagisto => self.bagisto(row),
        }
    }

    /// A product's first row names it and its options; the rows below hold the other variants.
    fn vendure(&mut self, mut row: Row) -> Row {
        let groups = take(&mut row, "optiongroups").map(|groups| parts(&groups, '|'));
        let values = take(&mut row, "optionvalues")
            .map(|values| parts(&values, '|'))
            .unwrap_or_default();
        match get(&row, "name") {
            Some(name) => {
                let key = get(&row, "slug").unwrap_or_else(|| crate::domain::slug::slug(&name));
                self.above = Some(Above {
                    key,
                    groups: groups.unwrap_or_default(),
                });
            }
            None => {
                take(&mut row, "slug");
            }
        }
        if let Some(above) = &self.above {
            set(&mut row, "handle", &above.key);
            for (i, value) in values.iter().enumerate() {
                let name = above.groups.get(i).map_or("Option", String::as_str);
                set(&mut row, &format!("option{}_name", i + 1), name);
                set(&mut row, &format!("option{}_value", i + 1), value);
            }
        }
        rename(&mut row, "assets", "images");
        rename(&mut row, "stockonhand", "stock");
        rename(&mut row, "taxcategory", "tax_category");
        for unused in ["trackinventory", "variantassets", "variantfacets"] {
            take(&mut row, unused);
        }
        if let Some(facets) = take(&mut row, "facets") {
            let categories: Vec<String> = parts(&facets, '|')
                .into_iter()
                .filter_map(|facet| facet.strip_prefix("category:").map(str::to_owned))
                .collect();
            if !categories.is_empty() {
                set(&mut row, "category", &categories.join(" > "));
            }
        }
        row
    }

    fn bagisto(&mut self, mut row: Row) -> Result<Vec<Row>, RowError> {
        refuse_bundles(&row)?;
        let sku = get(&row, "sku");
        if let Some(spec) = take(&mut row, "configurable_variants") {
            for variant in parts(&spec, '|') {
                let mut options: Vec<(String, String)> = pairs(&variant, ',');
                if let Some(at) = options.iter().position(|(name, _)| name == "sku") {
                    let (_, sku) = options.remove(at);
                    self.options.insert(sku, options);
                }
            }
        }
        let column = Arc::from(name_of(&row, "inventories"));
        let inventories = take(&mut row, "inventories");
        if let Some(stock) =
            inventories.map(|all| pairs(&all, ',').iter().filter_map(|(_, n)| units(n)).sum::<i64>())
        {
            set(&mut row, "stock", &stock.to_string());
            row.shaped.renamed.push((Arc::from("stock"), column));
        }
        let is_family = get(&row, "type").as_deref() == Some("configurable");
        match take(&mut row, "parent_sku") {
            Some(parent) => {
                set(&mut row, "handle", &parent);
                let options = sku.and_then(|sku| self.options.remove(&sku)).unwrap_or_default();
                for (i, (name, value)) in options.iter().enumerate() {
                    set(&mut row, &format!("option{}_name", i + 1), name);
                    set(&mut row, &format!("option{}_value", i + 1), value);
                }
            }
            None if is_family => rename(&mut row, "sku", "handle"),
            None => {}
        }
        for unused in BAGISTO_UNUSED {
            take(&mut row, unused);
        }
        rename(&mut row, "type", "");
        Ok(vec![row])
    }
}

const BAGISTO_UNUSED: [&str; 20] = [
    "locale",
    "attribute_family_code",
    "visible_individually",
    "new",
    "featured",
    "guest_checkout",
    "cost",
    "customer_group_prices",
    "url_key",
    "meta_title",
    "meta_keywords",
    "meta_description",
    "manage_stock",
    "related_skus",
    "cross_sell_skus",
    "up_sell_skus",
    "bundle_options",
    "associated_skus",
    "booking_options",
    "tax_category_name",
];

fn number_of(row: &Result<Row, RowError>) -> u64 {
    match row {
        Ok(row) => row.number,
        Err(error) => error.row,
    }
}

/// WooCommerce names a parent by its SKU, or as `id:742`.
fn key_of_parent(parent: &str) -> String {
    parent.strip_prefix("id:").unwrap_or(parent).trim().to_owned()
}
