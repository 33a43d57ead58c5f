//! A product of usual size: a few sentences, a handful of attributes, three pictures, one variant.

use super::{Good, PRICE};
use contracts::catalog::{AttributeValue, Listing, Picture, ProductStatus, Variant};
use kernel::{ImageId, Timestamp, uuid_at};
use serde::Serialize;
use std::collections::BTreeMap;

const KINDS: [&str; 8] = [
    "Stoneware bowl",
    "Linen apron",
    "Olive wood board",
    "Beeswax candle",
    "Woven basket",
    "Leather notebook",
    "Glass carafe",
    "Wool blanket",
];
const LOOKS: [&str; 5] = [
    "with a blue rim",
    "in natural white",
    "with brass fittings",
    "dyed with indigo",
    "left unglazed",
];

pub fn of(index: usize, good: &Good, now: Timestamp) -> Listing {
    let title = format!(
        "{} {}, no. {index}",
        KINDS[index % KINDS.len()],
        LOOKS[index % LOOKS.len()]
    );
    let text = |value: &str| AttributeValue::Text(value.to_owned());
    let attributes = BTreeMap::from([
        (
            "colour".to_owned(),
            text(["blue", "white", "green", "ochre"][index % 4]),
        ),
        (
            "dishwasher_safe".to_owned(),
            AttributeValue::Bool(index.is_multiple_of(2)),
        ),
        #[allow(clippy::cast_precision_loss)]
        (
            "height_mm".to_owned(),
            AttributeValue::Number((40 + index % 200) as f64),
        ),
        (
            "material".to_owned(),
            text(["clay", "linen", "olive wood", "wax", "willow"][index % 5]),
        ),
        ("origin".to_owned(), text("Andalusia")),
        (
            "technique".to_owned(),
            text("thrown on the wheel and fired twice"),
        ),
    ]);
    Listing {
        id: good.product,
        tenant: good.shop,
        version: 1,
        status: ProductStatus::Active,
        slug: format!("product-{index}"),
        language: None,
        translations: Default::default(),
        description_html: format!(
            "<p>{title}. Made in small batches in a workshop near Sevilla, from material that comes from no farther than \
             a day's drive. Every piece is shaped, dried and finished by hand over two weeks, so that no two are quite \
             alike: expect small differences in size, in colour and in the marks that the tools have left.</p><p>Clean \
             it with warm water and a soft cloth. With use it gains a sheen of its own. Sent in a box without plastic, \
             with a card that tells who made it and when.</p>"
        ),
        brand: format!("Workshop {}", index % super::SHOPS),
        category: None,
        attributes,
        tags: ["handmade", "andalusia", "gift"].map(str::to_owned).to_vec(),
        tax_category: contracts::taxes::standard(),
        images: (1..=3).map(|view| picture(&title, view, now)).collect(),
        making: None,
        digital: None,
        variants: vec![Variant {
            sku: good.sku,
            code: format!("ART-{index:06}"),
            options: Vec::new(),
            price: PRICE,
            compare_at: None,
            lowest_30_days: None,
            sale: None,
            breaks: vec![],
            dimensions: None,
            weight_g: 650,
            gtin: None,
        }],
        price_points: BTreeMap::new(),
        created_at: now,
        updated_at: now,
        title,
    }
}

fn picture(title: &str, view: u32, now: Timestamp) -> Picture {
    let image = ImageId(uuid_at(now));
    Picture {
        image,
        alt: format!("{title}, view {view}"),
        width: 1200,
        height: 900,
        url: format!("/media/{}.webp", image.0.simple()),
    }
}

pub fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("plain data always serialises")
}
