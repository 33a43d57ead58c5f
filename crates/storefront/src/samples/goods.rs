//! The sample makers and their pieces.

use super::Scene;
use crate::views::common::{Accent, ProductCard, Stock};
use crate::views::home::MakerCard;
use crate::views::product::{Beside, BreakRow, BreakTable};

/// A workshop of the samples.
pub(super) struct Maker {
    pub name: &'static str,
    pub slug: &'static str,
    pub craft: (&'static str, &'static str),
    pub place: &'static str,
    pub image: &'static str,
    pub accent: Accent,
    pub products: u64,
    pub dispatch_days: u64,
}

pub(super) const GUADALQUIVIR: Maker = Maker {
    name: "Taller Guadalquivir",
    slug: "taller-guadalquivir",
    craft: (
        "Wheel-thrown stoneware and hand-painted tiles",
        "Gres de torno y azulejos pintados a mano",
    ),
    place: "Triana, Sevilla",
    image: "jug",
    accent: Accent::Cobalt,
    products: 64,
    dispatch_days: 2,
};
pub(super) const ALPUJARRA: Maker = Maker {
    name: "Telar de la Alpujarra",
    slug: "telar-de-la-alpujarra",
    craft: (
        "Scarves and rugs from a low-warp loom",
        "Bufandas y jarapas de telar de bajo lizo",
    ),
    place: "Pampaneira, Granada",
    image: "scarf",
    accent: Accent::Terracotta,
    products: 38,
    dispatch_days: 3,
};
pub(super) const ROMERO: Maker = Maker {
    name: "Jabones del Romeral",
    slug: "jabones-del-romeral",
    craft: (
        "Cold-process soap with olive oil and herbs",
        "Jabón en frío con aceite de oliva y hierbas",
    ),
    place: "Baena, Córdoba",
    image: "soap",
    accent: Accent::Olive,
    products: 27,
    dispatch_days: 1,
};
pub(super) const UBRIQUE: Maker = Maker {
    name: "Casa Benítez",
    slug: "casa-benitez",
    craft: (
        "Bags and small leather goods, stitched by hand",
        "Bolsos y marroquinería cosidos a mano",
    ),
    place: "Ubrique, Cádiz",
    image: "bag",
    accent: Accent::Ochre,
    products: 45,
    dispatch_days: 4,
};

/// A piece of the samples: image key, maker, titles, cents, what it cost before, how many are left.
struct Piece(
    &'static str,
    &'static Maker,
    (&'static str, &'static str),
    i64,
    Option<i64>,
    u64,
);

const PIECES: [Piece; 12] = [
    Piece(
        "vase-blue",
        &GUADALQUIVIR,
        ("Tall vase with cobalt bands", "Jarrón alto con franjas cobalto"),
        8_400,
        None,
        9,
    ),
    Piece(
        "scarf",
        &ALPUJARRA,
        ("Merino scarf “Veleta”", "Bufanda de merino «Veleta»"),
        6_200,
        Some(7_800),
        14,
    ),
    Piece(
        "soap",
        &ROMERO,
        ("Rosemary and olive oil soap", "Jabón de romero y aceite de oliva"),
        750,
        None,
        80,
    ),
    Piece(
        "bag",
        &UBRIQUE,
        ("Crossbody bag in saddle leather", "Bandolera de cuero de silla"),
        14_900,
        None,
        3,
    ),
    Piece(
        "bowl",
        &GUADALQUIVIR,
        ("Breakfast bowl, sea glaze", "Cuenco de desayuno, esmalte mar"),
        2_600,
        None,
        22,
    ),
    Piece(
        "candle",
        &ROMERO,
        ("Beeswax candle with thyme", "Vela de cera de abeja con tomillo"),
        1_850,
        None,
        2,
    ),
    Piece(
        "basket",
        &ALPUJARRA,
        (
            "Esparto basket with leather handles",
            "Capazo de esparto con asas de cuero",
        ),
        4_300,
        None,
        7,
    ),
    Piece(
        "mug",
        &GUADALQUIVIR,
        ("Mug with thumb rest", "Taza con apoyo para el pulgar"),
        2_200,
        None,
        0,
    ),
    Piece(
        "wallet",
        &UBRIQUE,
        ("Card wallet, vegetable tanned", "Tarjetero de curtido vegetal"),
        3_900,
        Some(4_600),
        18,
    ),
    Piece(
        "teapot",
        &GUADALQUIVIR,
        ("Small teapot for two", "Tetera pequeña para dos"),
        7_200,
        None,
        5,
    ),
    Piece(
        "blanket",
        &ALPUJARRA,
        ("Wool blanket in natural grey", "Manta de lana en gris natural"),
        11_800,
        None,
        6,
    ),
    Piece(
        "oil",
        &ROMERO,
        (
            "Body oil with almond and lavender",
            "Aceite corporal de almendra y lavanda",
        ),
        1_690,
        None,
        31,
    ),
];

impl Scene {
    pub(super) fn maker_href(&self, maker: &Maker) -> String {
        format!("/shop/{}", maker.slug)
    }

    pub(super) fn maker(&self, maker: &Maker) -> MakerCard {
        MakerCard {
            name: self.text(maker.name),
            href: self.maker_href(maker),
            craft: self.say(maker.craft.0, maker.craft.1),
            place: self.text(maker.place),
            image: Some(self.image(maker.image, String::new())),
            products: maker.products,
        }
    }

    fn card(&self, piece: &Piece) -> ProductCard {
        let Piece(key, maker, title, cents, before, left) = piece;
        let title = self.say(title.0, title.1);
        ProductCard {
            product: (*key).to_owned(),
            href: format!("/p/{key}-0192f3a47c117d2e"),
            seller: self.text(maker.name),
            place: self.text(maker.place),
            image: Some(self.image(key, title.clone())),
            title,
            price: self.price(*cents),
            from: *key == "soap",
            compare_at: before.map(|before| self.price(before)),
            lowest_30_days: before.map(|before| self.price(before - 500)),
            discount: before.map(|before| format!("-{}", self.locale.percent(percent_less(*cents, before)))),
            stock: Stock::of(*left, 5),
            rating: self.card_rating(*left),
            offers: (*key == "soap").then_some(3),
            promoted: *key == "vase-blue",
        }
    }

    /// The first `count` pieces, `skip` left out.
    pub(super) fn cards(&self, skip: usize, count: usize) -> Vec<ProductCard> {
        let mut cards: Vec<_> = PIECES
            .iter()
            .cycle()
            .skip(skip)
            .take(count)
            .map(|piece| self.card(piece))
            .collect();
        // One piece has no picture yet.
        if let Some(card) = cards.get_mut(11) {
            card.image = None;
        }
        cards
    }

    pub(super) fn cards_of(&self, maker: &Maker) -> Vec<ProductCard> {
        PIECES
            .iter()
            .filter(|piece| piece.1.slug == maker.slug)
            .map(|piece| self.card(piece))
            .collect()
    }
}

impl Scene {
    /// A vase on sale.
    pub(super) fn beside(&self) -> Beside {
        let said = |key: &str, name, value: String| self.locale.t(key).arg(name, value).to_string();
        let until = self.say(
            "30 November 2026, 23:00 UTC",
            "30 de noviembre de 2026, 23:00 UTC",
        );
        Beside {
            before: self.price(9_800).text,
            saving: said("price.saving", "saving", self.locale.percent(14)),
            lowest: said("price.lowest_30", "price", self.price(8_900).text),
            until: said("price.sale_until", "at", until),
        }
    }

    /// What each vase costs of many.
    pub(super) fn break_tables(&self) -> Vec<BreakTable> {
        let row = |quantity: &str, cents| BreakRow {
            quantity: self.text(quantity),
            price: self.price(cents),
        };
        vec![BreakTable {
            label: String::new(),
            rows: vec![row("3", 8_000), row("6", 7_600), row("12", 7_200)],
        }]
    }
}

fn percent_less(now: i64, before: i64) -> u32 {
    u32::try_from((before - now) * 100 / before).unwrap_or(0)
}
