//! The category tree and the attributes each leaf knows.

use crate::lines::{self, Fact, Line, Painted};
use crate::product::Product;
use serde::Serialize;

/// A node of the tree, parents before children.
#[derive(Clone, Debug, Serialize)]
pub struct Category {
    /// Slugs from the root, such as `ceramics/tableware`.
    pub path: &'static str,
    pub name: &'static str,
    pub name_es: &'static str,
    pub position: i32,
    /// What products of this leaf carry; empty for parents.
    pub attributes: Vec<CategoryAttribute>,
}

/// An attribute of a leaf.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct CategoryAttribute {
    pub spec: AttributeSpec,
    /// Every product of the leaf has it.
    pub required: bool,
}

/// What an attribute key means.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct AttributeSpec {
    pub key: &'static str,
    pub name: &'static str,
    pub name_es: &'static str,
    pub kind: AttributeKind,
    /// Of numbers; empty for counts.
    pub unit: &'static str,
    pub facetable: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AttributeKind {
    Text,
    Number,
    Bool,
}

const TREE: &[(&str, &str, &str)] = &[
    ("ceramics", "Ceramics", "Cerámica"),
    ("ceramics/tableware", "Tableware", "Vajilla"),
    ("ceramics/serving", "Serving & cooking", "Servir y cocinar"),
    (
        "ceramics/vases-and-planters",
        "Vases & planters",
        "Jarrones y macetas",
    ),
    ("ceramics/tiles", "Tiles", "Azulejos"),
    ("textiles", "Textiles", "Textil"),
    ("textiles/scarves", "Scarves & shawls", "Pañuelos y chales"),
    ("textiles/blankets-and-throws", "Blankets & throws", "Mantas"),
    ("textiles/cushions", "Cushions", "Cojines"),
    ("textiles/rugs", "Rugs", "Alfombras"),
    ("textiles/kitchen-linen", "Kitchen linen", "Ropa de cocina"),
    ("leather-and-bags", "Leather & bags", "Piel y bolsos"),
    ("leather-and-bags/bags", "Bags", "Bolsos"),
    (
        "leather-and-bags/wallets",
        "Wallets & card holders",
        "Carteras y tarjeteros",
    ),
    ("leather-and-bags/belts", "Belts", "Cinturones"),
    ("leather-and-bags/footwear", "Espadrilles", "Alpargatas"),
    ("jewellery", "Jewellery", "Joyería"),
    ("jewellery/earrings", "Earrings", "Pendientes"),
    ("jewellery/necklaces", "Necklaces", "Collares"),
    ("jewellery/rings", "Rings", "Anillos"),
    ("jewellery/bracelets", "Bracelets", "Pulseras"),
    ("bath-and-candles", "Bath & candles", "Baño y velas"),
    ("bath-and-candles/soap", "Soap", "Jabones"),
    (
        "bath-and-candles/creams-and-oils",
        "Creams & oils",
        "Cremas y aceites",
    ),
    ("bath-and-candles/bath-salts", "Bath salts", "Sales de baño"),
    ("bath-and-candles/candles", "Candles", "Velas"),
    ("bath-and-candles/candle-holders", "Candle holders", "Candelabros"),
    ("kitchen-and-wood", "Kitchen & wood", "Cocina y madera"),
    ("kitchen-and-wood/boards", "Boards", "Tablas"),
    (
        "kitchen-and-wood/utensils",
        "Spoons & utensils",
        "Cucharas y utensilios",
    ),
    (
        "kitchen-and-wood/bowls-and-mills",
        "Bowls & mills",
        "Cuencos y molinillos",
    ),
    ("kitchen-and-wood/knives", "Knives", "Cuchillos y navajas"),
    ("kitchen-and-wood/glassware", "Glassware", "Cristalería"),
    ("furniture-and-light", "Furniture & light", "Muebles y luz"),
    (
        "furniture-and-light/stools-and-chairs",
        "Stools & chairs",
        "Taburetes y sillas",
    ),
    ("furniture-and-light/tables", "Tables", "Mesas"),
    ("furniture-and-light/lamps", "Lamps", "Lámparas"),
    ("baskets", "Baskets & esparto", "Cestería y esparto"),
    ("baskets/baskets", "Baskets", "Cestos"),
    ("baskets/basket-bags", "Basket bags", "Capazos"),
    ("baskets/trays-and-mats", "Trays & mats", "Bandejas y esteras"),
    ("pantry", "Pantry", "Despensa"),
    ("pantry/olive-oil", "Olive oil", "Aceite de oliva"),
    ("pantry/honey", "Honey", "Miel"),
    ("pantry/preserves", "Jams & preserves", "Mermeladas y conservas"),
    ("pantry/cheese", "Cheese", "Quesos"),
    ("pantry/sweets", "Sweets", "Dulces"),
    ("pantry/tea-and-coffee", "Tea & coffee", "Té y café"),
    ("pantry/cordials", "Cordials & syrups", "Siropes y refrescos"),
    ("paper-and-prints", "Paper & prints", "Papel y estampas"),
    ("paper-and-prints/prints", "Prints", "Estampas"),
    ("paper-and-prints/notebooks", "Notebooks", "Cuadernos"),
    ("paper-and-prints/cards", "Cards", "Tarjetas"),
    ("toys", "Toys", "Juguetes"),
    ("toys/wooden-toys", "Wooden toys", "Juguetes de madera"),
    ("toys/soft-toys", "Soft toys", "Muñecos de tela"),
];

const fn text(
    key: &'static str,
    name: &'static str,
    name_es: &'static str,
    facetable: bool,
) -> AttributeSpec {
    AttributeSpec {
        key,
        name,
        name_es,
        kind: AttributeKind::Text,
        unit: "",
        facetable,
    }
}

const fn number(
    key: &'static str,
    name: &'static str,
    name_es: &'static str,
    unit: &'static str,
) -> AttributeSpec {
    AttributeSpec {
        key,
        name,
        name_es,
        kind: AttributeKind::Number,
        unit,
        facetable: true,
    }
}

const fn flag(key: &'static str, name: &'static str, name_es: &'static str) -> AttributeSpec {
    AttributeSpec {
        key,
        name,
        name_es,
        kind: AttributeKind::Bool,
        unit: "",
        facetable: true,
    }
}

/// Every attribute key that products carry.
pub const ATTRIBUTES: &[AttributeSpec] = &[
    text("colour", "Colour", "Color", true),
    text("glaze", "Glaze", "Esmalte", true),
    text(
        "decoration_colour",
        "Decoration colour",
        "Color del dibujo",
        false,
    ),
    text("dye", "Dye", "Tinte", true),
    text("second_colour", "Second colour", "Segundo color", false),
    text("leather_colour", "Leather", "Piel", true),
    text("metal", "Metal", "Metal", true),
    text("stone", "Stone", "Piedra", true),
    text("scent", "Scent", "Aroma", true),
    text("vessel", "Vessel", "Recipiente", false),
    text("wood", "Wood", "Madera", true),
    text("handle", "Handle", "Mango", true),
    text("fibre_tone", "Tone", "Tono", true),
    text("tint", "Tint", "Tono del vidrio", true),
    text("flower", "Flower", "Flor", true),
    text("variety", "Variety", "Variedad", true),
    text("milk", "Milk", "Leche", true),
    text("flavour", "Flavour", "Sabor", true),
    text("blend", "Blend", "Mezcla", true),
    text("roast", "Roast", "Tueste", true),
    text("paper", "Paper", "Papel", true),
    text("ink", "Ink", "Tinta", true),
    text("finish_colour", "Finish", "Acabado", true),
    text("material", "Material", "Material", true),
    text("ingredients", "Ingredients", "Ingredientes", true),
    text("technique", "Technique", "Técnica", true),
    text("pattern", "Pattern", "Motivo", true),
    text("origin", "Made in", "Hecho en", true),
    text("bulb", "Bulb", "Bombilla", true),
    text("cable", "Cable", "Cable", false),
    text("card_slots", "Card slots", "Tarjeteros", true),
    text("buckle", "Buckle", "Hebilla", true),
    text("closure", "Closure", "Cierre", true),
    text("ruling", "Ruling", "Rayado", true),
    text("grinder", "Grinder", "Molinillo", true),
    text("steel", "Steel", "Acero", true),
    text("handles", "Handles", "Asas", true),
    text("cured_months", "Months of curing", "Meses de curación", true),
    text("age", "Age", "Edad", true),
    number("height_cm", "Height", "Alto", "cm"),
    number("width_cm", "Width", "Ancho", "cm"),
    number("depth_cm", "Depth", "Fondo", "cm"),
    number("length_cm", "Length", "Largo", "cm"),
    number("diameter_cm", "Diameter", "Diámetro", "cm"),
    number("side_cm", "Side", "Lado", "cm"),
    number("seat_cm", "Seat height", "Altura del asiento", "cm"),
    number("blade_cm", "Blade", "Hoja", "cm"),
    number("thickness_mm", "Thickness", "Grosor", "mm"),
    number("width_mm", "Width", "Ancho", "mm"),
    number("length_mm", "Length", "Largo", "mm"),
    number("band_mm", "Band", "Aro", "mm"),
    number("pendant_mm", "Pendant", "Colgante", "mm"),
    number("sole_mm", "Sole", "Suela", "mm"),
    number("pile_mm", "Thickness", "Grosor", "mm"),
    number("capacity_ml", "Capacity", "Capacidad", "ml"),
    number("burn_hours", "Burning time", "Duración", "h"),
    number("bar_g", "Weight when cut", "Peso al corte", "g"),
    number("pages", "Pages", "Páginas", ""),
    flag("dishwasher_safe", "Dishwasher safe", "Apto para lavavajillas"),
    flag("microwave_safe", "Microwave safe", "Apto para microondas"),
    flag("food_safe", "Food safe", "Apto para alimentos"),
    flag("oven_safe", "Oven safe", "Apto para horno"),
    flag("watertight", "Watertight", "Estanco"),
    flag("frost_proof", "Frost proof", "Resistente a heladas"),
    flag("drainage_hole", "Drainage hole", "Agujero de drenaje"),
    flag("outdoor", "For outdoors", "Para exterior"),
    flag("removable_cover", "Removable cover", "Funda extraíble"),
    flag("reversible", "Reversible", "Reversible"),
    flag("inside_pocket", "Inside pocket", "Bolsillo interior"),
    flag("refillable", "Refillable", "Recambiable"),
    flag("nickel_free", "Nickel-free", "Sin níquel"),
    flag("vegan", "Vegan", "Vegano"),
    flag("palm_oil_free", "Free of palm oil", "Sin aceite de palma"),
    flag("assembly_required", "Assembly required", "Requiere montaje"),
    flag("lined", "Lined", "Forrado"),
    flag("heat_resistant", "Heat resistant", "Resistente al calor"),
    flag("organic", "Organic", "Ecológico"),
    flag("raw", "Raw", "Cruda"),
    flag("gluten_free", "Gluten-free", "Sin gluten"),
    flag("caffeine_free", "Caffeine-free", "Sin cafeína"),
    flag("alcohol_free", "Alcohol-free", "Sin alcohol"),
    flag("signed", "Signed", "Firmado"),
    flag("framed", "Framed", "Enmarcado"),
    flag("recycled", "Recycled", "Reciclado"),
    flag("envelopes_included", "Envelopes included", "Con sobres"),
];

/// What the key means, for keys that products carry.
pub fn attribute(key: &str) -> Option<&'static AttributeSpec> {
    ATTRIBUTES.iter().find(|spec| spec.key == key)
}

/// The whole tree, parents before children.
pub(crate) fn all() -> impl Iterator<Item = Category> {
    TREE.iter()
        .enumerate()
        .map(|(position, &(path, name, name_es))| Category {
            path,
            name,
            name_es,
            position: position as i32,
            attributes: schema(path),
        })
}

/// The keys of a leaf, in the order of `ATTRIBUTES`; required are those that all its lines always give.
fn schema(path: &str) -> Vec<CategoryAttribute> {
    let here: Vec<&&Line> = lines::ALL.iter().filter(|line| line.category == path).collect();
    let keys: Vec<(Vec<&str>, Vec<&str>)> = here.iter().map(|line| (always(line), sometimes(line))).collect();
    ATTRIBUTES
        .iter()
        .filter(|spec| {
            keys.iter()
                .any(|(always, sometimes)| always.contains(&spec.key) || sometimes.contains(&spec.key))
        })
        .map(|spec| CategoryAttribute {
            spec: *spec,
            required: keys.iter().all(|(always, _)| always.contains(&spec.key)),
        })
        .collect()
}

/// Keys of which each leaf knows all the values.
const CHOICES: [&str; 4] = ["milk", "roast", "metal", "ruling"];

/// All values that products of a leaf have for `key`, where that is a choice; nothing for other keys.
#[must_use]
pub fn choices(path: &str, key: &str) -> Vec<&'static str> {
    let mut values: Vec<&'static str> = Vec::new();
    if !CHOICES.contains(&key) {
        return values;
    }
    for line in lines::ALL.iter().filter(|line| line.category == path) {
        if line.class.shade_key == key {
            values.extend(line.shades.iter().map(|shade| shade.name));
        }
        for fact in line.facts {
            match fact {
                Fact::Text(known, words) if *known == key => values.extend(*words),
                _ => {}
            }
        }
    }
    values.sort_unstable();
    values.dedup();
    values
}

fn always(line: &Line) -> Vec<&'static str> {
    let mut keys = vec![line.class.shade_key, "technique", "origin"];
    keys.push(if crate::product::is_consumed(line) {
        "ingredients"
    } else {
        "material"
    });
    if line.painted != Painted::Filled {
        keys.push("colour");
    }
    if line.decors.len() > 1 {
        keys.push("pattern");
    }
    keys.extend(line.dims.iter().map(|dim| dim.key));
    keys.extend(line.facts.iter().map(|fact| match fact {
        Fact::Text(key, _) | Fact::Flag(key, _) => *key,
    }));
    keys
}

fn sometimes(line: &Line) -> Vec<&'static str> {
    line.class.ink_key.into_iter().collect()
}

/// True where a product carries what its category asks for and nothing it does not know.
pub fn conforms(product: &Product, category: &Category) -> bool {
    let has = |key: &str| product.attributes.iter().any(|attribute| attribute.key == key);
    product.category == category.path
        && category
            .attributes
            .iter()
            .all(|known| !known.required || has(known.spec.key))
        && product.attributes.iter().all(|attribute| {
            category
                .attributes
                .iter()
                .any(|known| known.spec.key == attribute.key)
        })
}
