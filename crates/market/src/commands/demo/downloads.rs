//! What is downloaded in the demo: the notebooks of its first two shops.

use super::people::Opened;
use crate::compose::Market;
use contracts::catalog::{DraftImage, ProductDraft, ProductStatus, VariantDraft};
use contracts::digital::DigitalChoice;
use kernel::{Ctx, Currency, Money};
use paper::{Paper, Sheet, Style};

struct Notebook {
    key: &'static str,
    title: &'static str,
    description: &'static str,
    price_minor: i64,
    category: &'static str,
    file: &'static str,
    lines: &'static [&'static str],
}

/// One for each of the first shops.
const NOTEBOOKS: [Notebook; 2] = [
    Notebook {
        key: "NOTEBOOK-GREEN",
        title: "Forty green glazes, from our notebook",
        description: "The recipes that four of us have written down since 1987, with what went wrong each time. \
                      Weights in grams, temperatures in degrees, and the names of the kilns.",
        price_minor: 1_400,
        category: "ceramics",
        file: "Forty green glazes.pdf",
        lines: &[
            "Copper carbonate is weighed twice and breathed never: wear the mask.",
            "1. Street green. Lead-free frit 62, kaolin 18, silica 12, copper 5, tin 3. 980 degrees, slow.",
            "2. Olive. As street green, copper 4, iron 2. It runs below the foot: leave three millimetres.",
            "3. Bottle. Copper 7, cobalt 0.2. The left kiln only.",
        ],
    },
    Notebook {
        key: "NOTEBOOK-TILES",
        title: "Twelve borders to trace, blue on white",
        description: "Tracings of twelve borders as Carmen's aunt painted them, at the size of a tile of fourteen centimetres. \
                      Print them, prick them, pounce them.",
        price_minor: 900,
        category: "ceramics",
        file: "Twelve borders.pdf",
        lines: &[
            "Print at one hundred per cent: the square on this page is fourteen centimetres.",
            "Prick every two millimetres. Tie charcoal into a stocking, and pat.",
        ],
    },
];

/// Publishes them, with a picture of something else of their shop's.
pub async fn publish(market: &Market, ctx: &Ctx, shops: &[Opened]) -> anyhow::Result<u32> {
    let mut published = 0;
    for (notebook, shop) in NOTEBOOKS.iter().zip(shops) {
        let pdf = std::io::Cursor::new(pdf(notebook, &shop.seller.name));
        let file = market
            .products
            .keep_product_file(ctx, shop.tenant, notebook.file, pdf)
            .await?;
        let first = market.catalog.scan_shop(ctx, shop.tenant, None, 1).await?;
        let pictures = market.catalog.listings(ctx, first).await?.into_iter().next();
        let images = pictures.into_iter().flat_map(|listing| listing.images).take(1);
        let draft = ProductDraft {
            key: notebook.key.to_owned(),
            title: notebook.title.to_owned(),
            description: notebook.description.to_owned(),
            language: Some("en".to_owned()),
            translations: None,
            brand: shop.seller.name.clone(),
            category: Some(notebook.category.to_owned()),
            attributes: contracts::catalog::Attributes::new(),
            tags: vec!["download".to_owned()],
            tax_category: None,
            status: Some(ProductStatus::Active),
            images: images.map(DraftImage::Stored).collect(),
            making: None,
            digital: Some(Box::new(DigitalChoice {
                files: vec![file.id],
                ..DigitalChoice::default()
            })),
            variants: vec![VariantDraft {
                code: notebook.key.to_owned(),
                options: Vec::new(),
                price: Money::new(notebook.price_minor, Currency::EUR),
                compare_at: None,
                sale: contracts::catalog::DraftSale::Kept,
                breaks: None,
                dimensions: None,
                weight_g: 0,
                gtin: None,
                stock: None,
            }],
        };
        market.catalog.upsert(ctx, shop.tenant, vec![draft]).await?;
        published += 1;
    }
    Ok(published)
}

fn pdf(notebook: &Notebook, shop: &str) -> Vec<u8> {
    let mut paper = Paper::new(Sheet::A4, notebook.title, "en").footer(shop);
    paper.text(Style::TITLE, notebook.title);
    paper.space(12.0);
    for line in notebook.lines {
        paper.text(Style::TEXT, line);
        paper.space(6.0);
    }
    paper.finish()
}
