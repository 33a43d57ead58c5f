//! One variant in the form of each channel.

use super::goods::Goods;
use crate::web::sitemap::escaped;
use kernel::Money;
use std::borrow::Cow;

pub(super) fn google_item(xml: &mut String, goods: &Goods, is_there: bool) {
    xml.push_str("<item>");
    let mut field = |name: &str, value: &str| {
        if !value.is_empty() {
            xml.push_str(&format!("<g:{name}>{}</g:{name}>", written(value)));
        }
    };
    field("id", &goods.id);
    field("item_group_id", &goods.group);
    field("title", &goods.title);
    field("description", &goods.description);
    field("link", &goods.link);
    field("image_link", &goods.image);
    field("availability", if is_there { "in_stock" } else { "out_of_stock" });
    field("condition", "new");
    field("price", &goods.price.to_string());
    field("sale_price", &said(goods.sale_price));
    field("brand", &goods.brand);
    field("gtin", &goods.gtin);
    if goods.gtin.is_empty() {
        field("identifier_exists", "no");
    }
    field("product_type", &goods.kind);
    if goods.weight_g > 0 {
        field("shipping_weight", &format!("{} g", goods.weight_g));
    }
    if let Some((country, way, price)) = &goods.delivery {
        xml.push_str(&format!(
            "<g:shipping><g:country>{}</g:country><g:service>{}</g:service><g:price>{price}</g:price></g:shipping>",
            written(country),
            written(way)
        ));
    }
    xml.push_str("</item>");
}

/// XML 1.0 has no signs for control characters, nor for these two: one of them anywhere, and nothing of the file is read.
fn written(text: &str) -> String {
    let is_fit = |c: &char| match c {
        '\n' => true,
        '\u{fffe}' | '\u{ffff}' => false,
        c => !c.is_control(),
    };
    let fit: String = text.chars().filter(is_fit).collect();
    escaped(&fit)
}

fn said(price: Option<Money>) -> String {
    price.map(|price| price.to_string()).unwrap_or_default()
}

pub(super) const META_COLUMNS: [&str; 14] = [
    "id",
    "title",
    "description",
    "availability",
    "condition",
    "price",
    "link",
    "image_link",
    "brand",
    "sale_price",
    "item_group_id",
    "gtin",
    "product_type",
    "shipping",
];

pub(super) fn meta_row(csv: &mut String, goods: &Goods, is_there: bool) {
    let delivery = goods
        .delivery
        .as_ref()
        .map(|(country, way, price)| format!("{country}::{}:{price}", way.replace([':', ','], " ")));
    let (price, sale_price) = (goods.price.to_string(), said(goods.sale_price));
    let fields: [&str; META_COLUMNS.len()] = [
        &goods.id,
        &goods.title,
        &goods.description,
        if is_there { "in stock" } else { "out of stock" },
        "new",
        &price,
        &goods.link,
        &goods.image,
        &goods.brand,
        &sale_price,
        &goods.group,
        &goods.gtin,
        &goods.kind,
        delivery.as_deref().unwrap_or_default(),
    ];
    let quoted = fields.map(|field| format!("\"{}\"", inert(field).replace('"', "\"\"")));
    csv.push_str(&quoted.join(","));
    csv.push_str("\r\n");
}

/// Spreadsheets would run what begins like a formula, and it is a seller's text.
fn inert(text: &str) -> Cow<'_, str> {
    match text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => Cow::Owned(format!("'{text}")),
        false => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::super::goods::plain;
    use super::*;
    use kernel::Currency;

    fn goods() -> Goods {
        let eur = |amount: i64| Money {
            amount,
            currency: Currency::EUR,
        };
        Goods {
            id: "sku".to_owned(),
            group: String::new(),
            title: "Bowl \"Alba\", 20 cm".to_owned(),
            description: plain("<p>Salt &amp; <b>fire</b></p>"),
            link: "https://stoa.example/p/bowl".to_owned(),
            image: "https://stoa.example/media/bowl.webp".to_owned(),
            price: eur(2_400),
            sale_price: Some(eur(1_990)),
            brand: "Tres Hornos".to_owned(),
            gtin: String::new(),
            kind: "Ceramics > Bowls".to_owned(),
            weight_g: 350,
            delivery: Some(("ES".to_owned(), "Standard".to_owned(), eur(490))),
        }
    }

    #[test]
    fn google_reads_prices_words_and_delivery() {
        let mut xml = String::new();
        google_item(&mut xml, &goods(), true);
        for part in [
            "<g:title>Bowl &quot;Alba&quot;, 20 cm</g:title>",
            "<g:description>Salt &amp; fire</g:description>",
            "<g:availability>in_stock</g:availability>",
            "<g:price>24.00 EUR</g:price><g:sale_price>19.90 EUR</g:sale_price>",
            "<g:identifier_exists>no</g:identifier_exists>",
            "<g:product_type>Ceramics &gt; Bowls</g:product_type>",
            "<g:shipping_weight>350 g</g:shipping_weight>",
            "<g:shipping><g:country>ES</g:country><g:service>Standard</g:service><g:price>4.90 EUR</g:price></g:shipping>",
        ] {
            assert!(xml.contains(part), "{part} in {xml}");
        }
        assert!(!xml.contains("item_group_id") && !xml.contains("g:gtin"), "{xml}");
    }

    #[test]
    fn meta_reads_the_same_in_columns() {
        let mut csv = String::new();
        meta_row(&mut csv, &goods(), false);
        assert_eq!(
            csv,
            "\"sku\",\"Bowl \"\"Alba\"\", 20 cm\",\"Salt & fire\",\"out of stock\",\"new\",\"24.00 EUR\",\
             \"https://stoa.example/p/bowl\",\"https://stoa.example/media/bowl.webp\",\"Tres Hornos\",\"19.90 EUR\",\"\",\"\",\
             \"Ceramics > Bowls\",\"ES::Standard:4.90 EUR\"\r\n"
        );
    }

    #[test]
    fn what_xml_has_no_signs_for_is_left_out() {
        assert_eq!(
            written("a\u{0}b\u{b}c\u{fffe}d\u{ffff}e\u{85}\nf\u{fffd}<"),
            "abcde\nf\u{fffd}&lt;"
        );
    }

    #[test]
    fn what_sellers_write_is_no_formula() {
        let mut csv = String::new();
        let goods = Goods {
            title: "=HYPERLINK(\"https://evil.example\")".to_owned(),
            description: "-1 + 1".to_owned(),
            brand: "@home".to_owned(),
            ..goods()
        };
        meta_row(&mut csv, &goods, true);
        assert!(
            csv.starts_with(
                "\"sku\",\"'=HYPERLINK(\"\"https://evil.example\"\")\",\"'-1 + 1\",\"in stock\",\"new\",\"24.00 EUR\","
            ),
            "{csv}"
        );
        assert!(csv.contains(",\"'@home\","), "{csv}");
    }
}
