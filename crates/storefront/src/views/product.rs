//! One product, with all it takes to decide.

use askama::Template;
use serde_json::json;

use super::common::{Accent, Image, Link, Price, ProductCard, Stock};
use super::making::Asked;
use super::page::Page;
use super::reviews::ReviewsPart;
use crate::markup::{JsonLd, Markup};

#[derive(Clone, Debug, Template)]
#[template(path = "product.html")]
pub struct ProductPage {
    pub page: Page,
    pub crumbs: Vec<Link>,
    /// Whether tax comes on top of its price.
    pub tax_on_top: bool,
    pub title: String,
    pub brand: Option<String>,
    pub sku: String,
    pub gallery: Vec<Image>,
    pub price: Price,
    /// What each costs of many; a table for each variant where they differ.
    pub breaks: Vec<BreakTable>,
    pub stock: Stock,
    /// What variants differ in: `Size`. Empty when there is one variant.
    pub variant_label: String,
    /// At least one; the first selectable one is selected.
    pub variants: Vec<Variant>,
    /// What is typed into its field.
    pub quantity: u64,
    pub quantity_max: u64,
    /// What led here, as the basket is told it; empty where it was no search.
    pub found: String,
    /// What its buyer is asked, of goods made to order.
    pub asked: Option<Asked>,
    /// What is downloaded of it and on what terms; none for what is sent.
    pub download: Option<(String, String)>,
    pub delivery: Delivery,
    pub seller: SellerBox,
    /// Where one writes to the shop about it.
    pub ask: String,
    pub description: Markup,
    pub attributes: Vec<Attribute>,
    pub returns: String,
    /// Other shops' offers of the same, the best in front.
    pub also: Vec<AlsoOffer>,
    pub more_from_seller: Vec<ProductCard>,
    /// Its id, for the heart.
    pub product: String,
    /// Where others are put beside it.
    pub beside: String,
    /// What the visitor looked at before it.
    pub viewed: Vec<ProductCard>,
    /// Where it is compared with that.
    pub compare: Option<String>,
    /// What buyers say of it.
    pub said: ReviewsPart,
}

#[derive(Clone, Debug)]
pub struct BreakTable {
    /// Which variant; empty where it is true of all.
    pub label: String,
    pub rows: Vec<BreakRow>,
}

#[derive(Clone, Debug)]
pub struct BreakRow {
    /// As it reads: `1,000`.
    pub quantity: String,
    pub price: Price,
}

/// What another shop asks for the same.
#[derive(Clone, Debug)]
pub struct AlsoOffer {
    pub shop: String,
    pub href: String,
    pub price: String,
    /// In words; empty where the shop sends nothing.
    pub delivery: String,
    pub in_stock: bool,
    /// Whether it is the best of all, this page's included.
    pub wins: bool,
    /// What goes into the basket, where there is nothing to choose and something to be had.
    pub sku: Option<String>,
}

impl ProductPage {
    /// Beside the price of the variant that is selected.
    fn reduction(&self) -> Beside {
        let selected = self.variants.iter().find(|variant| variant.selected);
        selected.map(|variant| variant.beside.clone()).unwrap_or_default()
    }

    /// When it leaves the workshop.
    fn leaves(&self) -> String {
        let lead_time = self.asked.as_ref().map(|asked| asked.lead_time.clone());
        lead_time.filter(|text| !text.is_empty()).unwrap_or_else(|| {
            self.page
                .n("delivery.dispatch", self.seller.dispatch_days)
                .to_string()
        })
    }

    /// Structured data for search engines.
    fn json_ld(&self) -> JsonLd {
        let url = self.page.canonical();
        let mut product = json!({
            "@context": "https://schema.org",
            "@type": "Product",
            "name": self.title,
            "description": self.page.description,
            "sku": self.sku,
            "url": url,
            "image": self.gallery.iter().map(|image| self.absolute(&image.src)).collect::<Vec<_>>(),
            "offers": {
                "@type": "Offer",
                "price": self.price.decimal,
                "priceCurrency": self.price.currency,
                "availability": self.stock.schema(),
                "url": url,
                "seller": { "@type": "Organization", "name": self.seller.name },
            },
        });
        if let Some(brand) = &self.brand {
            product["brand"] = json!({ "@type": "Brand", "name": brand });
        }
        // Only where somebody has reviewed it: search engines take anything else for a lie, and so do people.
        if let Some(said) = &self.said.histogram {
            product["aggregateRating"] = json!({
                "@type": "AggregateRating", "ratingValue": said.stars.decimal, "reviewCount": said.stars.count,
                "bestRating": 5, "worstRating": 1,
            });
        }
        JsonLd::new(&product)
    }

    fn crumbs_json_ld(&self) -> JsonLd {
        let items: Vec<_> = (1..)
            .zip(&self.crumbs)
            .map(|(position, crumb)| {
                json!({
                    "@type": "ListItem", "position": position, "name": crumb.label, "item": self.absolute(&crumb.href),
                })
            })
            .collect();
        JsonLd::new(&json!({
            "@context": "https://schema.org", "@type": "BreadcrumbList", "itemListElement": items,
        }))
    }

    fn absolute(&self, address: &str) -> String {
        if address.starts_with('/') {
            format!("{}{address}", self.page.origin)
        } else {
            address.to_owned()
        }
    }
}

/// What is said beside a reduced price, in words; nothing of it where the price is not reduced.
#[derive(Clone, Debug, Default)]
pub struct Beside {
    /// What it is compared with: `€98.00`.
    pub before: String,
    /// `14% less`
    pub saving: String,
    /// The lowest price of the 30 days before the reduction, which European law wants shown.
    pub lowest: String,
    /// When the sale ends that is on.
    pub until: String,
}

/// One thing that can be put into the cart.
#[derive(Clone, Debug)]
pub struct Variant {
    pub id: String,
    pub label: String,
    pub price: Price,
    pub beside: Beside,
    pub stock: Stock,
    pub selected: bool,
}

#[derive(Clone, Debug)]
pub struct Delivery {
    /// `24–27 November`.
    pub window: String,
    /// None where the seller sends for nothing.
    pub cost_from: Option<Price>,
    pub free_above: Option<Price>,
}

/// Who makes and sends it.
#[derive(Clone, Debug)]
pub struct SellerBox {
    pub name: String,
    pub href: String,
    pub craft: String,
    pub place: String,
    pub logo: Option<Image>,
    pub accent: Accent,
    pub dispatch_days: u64,
    pub since: String,
    pub products: u64,
}

#[derive(Clone, Debug)]
pub struct Attribute {
    pub name: String,
    pub value: String,
}
