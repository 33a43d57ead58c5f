//! Which column means what: by the names that people and other shops' exports give it.

use super::layout::Layout;
use super::names;
use crate::domain::languages;
use crate::domain::slug::snake_case;
use std::collections::HashMap;
use std::sync::Arc;

/// What a column's cells say. Where several columns mean the same, the lowest rank that is not empty wins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Field {
    /// The product's own key; rows that share it are variants of one product.
    Key(u8),
    Sku(u8),
    Title(u8),
    /// Of another language than the product's own.
    TranslatedTitle(String),
    TranslatedDescription(String),
    Description(u8),
    Brand(u8),
    Category(u8),
    Tags,
    TaxCategory,
    Materials,
    /// In major units, as people write prices.
    Price(u8),
    /// The regular price beside a sale price.
    CompareAt,
    /// What is asked during a sale.
    SalePrice,
    /// When the sale begins and ends; always where neither is said.
    SaleFrom,
    SaleUntil,
    Currency,
    Stock,
    Weight(WeightUnit),
    WeightUnit,
    /// Length, width and height in one.
    Dimensions,
    Gtin(u8),
    Image(u8),
    ImageAlt,
    Status,
    /// Whether the product is shown at all.
    Published,
    OptionName(u8),
    OptionValue(u8),
    Attribute(String, Kind),
    /// Another system's inner number or a second form of what another column says.
    Ignored,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WeightUnit {
    /// As a column of its own says, else grams.
    Stated,
    Gram,
    Kilogram,
    Pound,
    Ounce,
}

/// Of an attribute: as its prefix says, or as its value looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Text,
    Number,
    Bool,
    Any,
}

/// Remembers what each column name means.
#[derive(Default)]
pub struct Columns {
    known: HashMap<Arc<str>, Field>,
}

impl From<&Layout> for Columns {
    /// What a mapping states outweighs what names say.
    fn from(layout: &Layout) -> Self {
        Self {
            known: layout.fields.clone(),
        }
    }
}

/// Column names kept; a file that invents one a row is looked up each time.
const COLUMNS_KEPT_MAX: usize = 20_000;

impl Columns {
    pub fn field(&mut self, name: &Arc<str>) -> Field {
        if let Some(field) = self.known.get(name) {
            return field.clone();
        }
        let field = field_of(name);
        if self.known.len() < COLUMNS_KEPT_MAX {
            self.known.insert(Arc::clone(name), field.clone());
        }
        field
    }
}

/// What a column of this name means.
#[must_use]
pub fn field_of(name: &str) -> Field {
    let name = snake_case(name, 200);
    known(&name).unwrap_or(Field::Attribute(name, Kind::Any))
}

/// Whether the name alone says what the column means.
#[must_use]
pub fn is_known(name: &str) -> bool {
    known(&snake_case(name, 200)).is_some()
}

fn known(name: &str) -> Option<Field> {
    if let Some(attribute) = attribute_of(name) {
        return Some(attribute);
    }
    [name]
        .into_iter()
        .chain(name.strip_prefix("variant_"))
        .chain(name.strip_prefix("product_"))
        .chain(name.strip_prefix("producto_"))
        .find_map(|name| {
            named(name)
                .or_else(|| names::elsewhere(name))
                .or_else(|| numbered(name))
        })
        .or_else(|| translated(name))
}

/// `title_es`, `Title [es]`, `description_pt_br`: words in a language that the name ends in.
fn translated(name: &str) -> Option<Field> {
    let (stem, language) = ["title", "titulo", "name", "nombre", "description", "descripcion"]
        .into_iter()
        .find_map(|stem| Some((stem, name.strip_prefix(stem)?.strip_prefix('_')?)))?;
    let parts: Vec<&str> = language.split('_').collect();
    let is_language = parts.len() <= 2 && parts.iter().all(|part| part.len() == 2);
    let tag = languages::tag(language).filter(|_| is_language)?;
    Some(match stem {
        "description" | "descripcion" => Field::TranslatedDescription(tag),
        _ => Field::TranslatedTitle(tag),
    })
}

fn attribute_of(name: &str) -> Option<Field> {
    const PREFIXES: [(&str, Kind); 6] = [
        ("attr_t_", Kind::Text),
        ("attr_n_", Kind::Number),
        ("attr_b_", Kind::Bool),
        ("attr_", Kind::Any),
        ("attribute_", Kind::Any),
        ("custom_field_", Kind::Any),
    ];
    PREFIXES.iter().find_map(|(prefix, kind)| {
        let key = name.strip_prefix(prefix).filter(|key| !key.is_empty())?;
        Some(Field::Attribute(key.to_owned(), *kind))
    })
}

/// Names in English, Spanish and Italian, and those of the common exports.
fn named(name: &str) -> Option<Field> {
    use Field as F;
    Some(match name {
        "handle" => F::Key(0),
        "key" | "external_key" => F::Key(1),
        "external_id" => F::Key(2),
        "url_key" | "slug" => F::Key(3),
        "product_id" | "id_producto" => F::Key(4),
        "id" => F::Key(5),
        "sku" | "sku_code" | "seller_sku" => F::Sku(0),
        "code" | "codigo" | "item_code" | "article_number" => F::Sku(1),
        "reference" | "referencia" | "ref" => F::Sku(2),
        "title" | "titulo" | "titolo" => F::Title(0),
        "product_name" | "product_title" | "nombre_producto" | "nombre_del_producto" => F::Title(1),
        "name" | "nombre" | "nome" => F::Title(2),
        "description" | "descripcion" | "descrizione" | "body_html" | "body" => F::Description(0),
        "long_description" | "product_description" | "descripcion_larga" => F::Description(1),
        "short_description" | "descripcion_corta" | "subtitle" | "summary" | "resumen" => F::Description(2),
        "brand" | "marca" | "brand_name" => F::Brand(0),
        "vendor" | "manufacturer" | "fabricante" | "maker" => F::Brand(1),
        "supplier" | "proveedor" => F::Brand(2),
        "category" | "categoria" | "category_path" => F::Category(0),
        "categories" | "categorias" | "product_categories" => F::Category(1),
        "product_type" | "product_category" | "tipo_de_producto" => F::Category(2),
        "google_shopping_google_product_category" | "google_product_category" => F::Category(3),
        "type" | "tipo" => F::Category(4),
        "tax_category" | "categoria_fiscal" => F::TaxCategory,
        "tags" | "tag" | "etiquetas" | "keywords" | "palabras_clave" => F::Tags,
        "materials" | "material" | "materiales" | "materiali" => F::Materials,
        "price" | "precio" | "prezzo" | "unit_price" => F::Price(0),
        "regular_price" | "list_price" | "precio_normal" => F::Price(1),
        "sale_price" | "special_price" | "precio_rebajado" | "precio_oferta" => F::SalePrice,
        "date_sale_price_starts"
        | "date_on_sale_from"
        | "special_price_from"
        | "special_price_from_date"
        | "special_from_date"
        | "sale_price_from"
        | "sale_from"
        | "sale_starts"
        | "oferta_desde" => F::SaleFrom,
        "date_sale_price_ends"
        | "date_on_sale_to"
        | "special_price_to"
        | "special_price_to_date"
        | "special_to_date"
        | "sale_price_to"
        | "sale_until"
        | "sale_ends"
        | "oferta_hasta" => F::SaleUntil,
        "compare_at_price" | "compare_at" | "msrp" | "rrp" | "precio_anterior" => F::CompareAt,
        "currency" | "currency_code" | "moneda" | "divisa" => F::Currency,
        "stock" | "quantity" | "qty" | "inventory" | "inventory_qty" | "inventory_quantity"
        | "inventory_count" | "stock_quantity" | "stock_on_hand" | "existencias" | "cantidad"
        | "quantita" => F::Stock,
        "weight" | "peso" => F::Weight(WeightUnit::Stated),
        "weight_g" | "grams" | "weight_grams" | "peso_g" | "gramos" => F::Weight(WeightUnit::Gram),
        "weight_kg" | "peso_kg" => F::Weight(WeightUnit::Kilogram),
        "weight_lb" | "weight_lbs" => F::Weight(WeightUnit::Pound),
        "weight_oz" => F::Weight(WeightUnit::Ounce),
        "weight_unit" | "unidad_de_peso" => F::WeightUnit,
        "dimensions" | "package_dimensions" | "dimensiones" => F::Dimensions,
        "gtin" | "ean" | "ean13" | "gtin13" | "codigo_de_barras" => F::Gtin(0),
        "barcode" | "upc" | "isbn" => F::Gtin(1),
        "image" | "images" | "picture" | "pictures" | "photo" | "photos" | "imagen" | "imagenes" | "foto"
        | "fotos" | "immagine" | "immagini" | "image_src" | "image_url" | "image_urls" | "image_link"
        | "main_image" | "img" | "img_high" | "img_large" | "image_high" | "image_large" => F::Image(0),
        "img_500x500" | "img_medium" | "image_medium" | "base_image" => F::Image(1),
        "img_low" | "img_small" | "image_small" | "small_image" => F::Image(2),
        "img_thumb" | "thumbnail" | "thumbnail_image" | "image_thumb" => F::Image(3),
        "image_alt_text" | "image_alt" | "alt" | "alt_text" | "texto_alternativo" => F::ImageAlt,
        "status" | "estado" => F::Status,
        "published" | "publicado" | "enabled" | "activo" | "active" => F::Published,
        "variant_id" | "variant_title" | "position" | "stoa_error" => F::Ignored,
        _ => return None,
    })
}

/// `image_2`, `image2_src`, `option1_name`, `option_1_value`, `category1`: names that carry a number.
fn numbered(name: &str) -> Option<Field> {
    let start = name.find(|c: char| c.is_ascii_digit())?;
    let digits = name[start..].bytes().take_while(u8::is_ascii_digit).count();
    let number: u8 = name[start..start + digits].parse().ok()?;
    let before = name[..start].trim_end_matches('_');
    let after = name[start + digits..].trim_start_matches('_');
    Some(match (before, after) {
        ("image" | "img" | "imagen" | "immagine" | "photo" | "foto" | "picture", "" | "src" | "url") => {
            Field::Image(0)
        }
        ("option" | "opcion", "name" | "nombre") => Field::OptionName(number),
        ("option" | "opcion", "value" | "valor") => Field::OptionValue(number),
        ("tag", "") => Field::Tags,
        ("category", "") if number == 1 => Field::Category(1),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_known_by_their_many_names() {
        let cases = [
            ("Título", Field::Title(0)),
            ("Nombre", Field::Title(2)),
            ("Body (HTML)", Field::Description(0)),
            ("Variant Price", Field::Price(0)),
            ("PREZZO", Field::Price(0)),
            ("Product Handle", Field::Key(0)),
            ("Variant Inventory Qty", Field::Stock),
            ("Weight (kg)", Field::Weight(WeightUnit::Kilogram)),
            ("IMMAGINE10", Field::Image(0)),
            ("image2_src", Field::Image(0)),
            ("img_500x500", Field::Image(1)),
            ("Option1 Name", Field::OptionName(1)),
            ("Variant Option 2 Value", Field::OptionValue(2)),
            (
                "attr_n_hdd_capacity",
                Field::Attribute("hdd_capacity".to_owned(), Kind::Number),
            ),
            (
                "Glaze colour",
                Field::Attribute("glaze_colour".to_owned(), Kind::Any),
            ),
            ("attr_", Field::Attribute("attr".to_owned(), Kind::Any)),
            ("Title [es]", Field::TranslatedTitle("es".to_owned())),
            (
                "description_pt_BR",
                Field::TranslatedDescription("pt-BR".to_owned()),
            ),
            ("name_tag", Field::Attribute("name_tag".to_owned(), Kind::Any)),
        ];
        for (name, field) in cases {
            assert_eq!(field_of(name), field, "{name}");
        }
    }
}
