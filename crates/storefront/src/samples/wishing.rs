//! Wish lists, what was looked at lately, and pieces side by side.

use super::{Sample, Scene, push};
use crate::views::common::{Link, ProductCard};
use crate::views::wishlist::{
    Another, ComparePage, CompareRow, Compared, NextStep, SharedWishlistPage, ViewedPage, Wish, WishlistPage,
};

pub(super) fn add(scene: Scene, samples: &mut Vec<Sample>) {
    push(samples, "wishlist", &scene.wishlist());
    push(
        samples,
        "wishlist-guest",
        &WishlistPage {
            signed_in: false,
            shared: None,
            gone: 0,
            page: scene.page(scene.t("wishlist.title"), "/wishlist"),
            ..scene.wishlist()
        },
    );
    push(
        samples,
        "wishlist-empty",
        &WishlistPage {
            wishes: Vec::new(),
            gone: 0,
            shared: None,
            ..scene.wishlist()
        },
    );
    push(samples, "wishlist-shared", &scene.shared_wishlist());
    push(
        samples,
        "wishlist-shared-empty",
        &SharedWishlistPage {
            cards: Vec::new(),
            gone: 0,
            ..scene.shared_wishlist()
        },
    );
    push(samples, "viewed", &scene.viewed());
    push(
        samples,
        "viewed-off",
        &ViewedPage {
            kept: false,
            cards: Vec::new(),
            ..scene.viewed()
        },
    );
    push(samples, "compare", &scene.compare());
    push(
        samples,
        "compare-one",
        &ComparePage {
            columns: scene.compare().columns.into_iter().take(1).collect(),
            rows: Vec::new(),
            gone: 1,
            ..scene.compare()
        },
    );
    push(
        samples,
        "compare-nothing",
        &ComparePage {
            columns: Vec::new(),
            rows: Vec::new(),
            others: Vec::new(),
            too_many: false,
            ..scene.compare()
        },
    );
}

impl Scene {
    fn wishlist(&self) -> WishlistPage {
        let fell = self
            .locale
            .t("wishlist.fell")
            .arg("amount", self.price(1_600).text);
        let wish = |(at, card): (usize, ProductCard)| Wish {
            id: card.product.clone(),
            fell: (at == 1).then(|| fell.to_string()),
            next: match at {
                _ if card.stock.is_sold_out() => NextStep::Look,
                2 => NextStep::Choose,
                _ => NextStep::Buy(format!("v{at}")),
            },
            card,
        };
        let mut page = self.buyer_page(self.t("wishlist.title"), "/wishlist");
        page.wished = self.cards(0, 5).into_iter().map(|card| card.product).collect();
        WishlistPage {
            page,
            wishes: self.cards(0, 5).into_iter().enumerate().map(wish).collect(),
            shared: Some("https://stoa.example/wishlist/shared/8xVn2mQ4Zr".to_owned()),
            gone: 2,
            signed_in: true,
        }
    }

    fn shared_wishlist(&self) -> SharedWishlistPage {
        let heading = self
            .locale
            .t("wishlist.of")
            .arg("name", self.text("Elena"))
            .to_string();
        SharedWishlistPage {
            page: self.page(heading.clone(), "/wishlist/shared/8xVn2mQ4Zr"),
            heading,
            gone: 1,
            cards: self.cards(2, 4),
        }
    }

    fn viewed(&self) -> ViewedPage {
        ViewedPage {
            page: self.page(self.t("viewed.title"), "/viewed"),
            kept: true,
            cards: self.cards(3, 7),
        }
    }

    fn compare(&self) -> ComparePage {
        let column = |card: ProductCard| Compared {
            product: card.product,
            title: card.title,
            href: card.href,
            image: card.image,
            price: card.price,
            from: card.from,
            place: card.place,
            stock: card.stock,
            seller: Link::new(card.seller, "/shop/taller-guadalquivir"),
            stars: card.rating,
            without: "/compare?ids=1,2".to_owned(),
        };
        let another = |card: ProductCard| Another {
            title: card.title,
            image: card.image,
            price: card.price,
            with: "/compare?ids=1,2,3,4".to_owned(),
        };
        let row = |name: (&str, &str), values: [&str; 3], differs| CompareRow {
            name: self.say(name.0, name.1),
            values: values
                .map(|value| {
                    if value.is_empty() {
                        String::new()
                    } else {
                        self.text(value)
                    }
                })
                .into(),
            differs,
        };
        ComparePage {
            page: self.page(self.t("compare.title"), "/compare?ids=1,2,3"),
            columns: self.cards(4, 3).into_iter().map(column).collect(),
            rows: vec![
                row(("Capacity", "Capacidad"), ["0,5 l", "0,75 l", "0,75 l"], true),
                row(("Dishwasher", "Lavavajillas"), ["✓", "✓", "✓"], false),
                row(("Glaze", "Esmalte"), ["Salt", "", "Tin"], true),
            ],
            gone: 0,
            too_many: true,
            others: self.cards(7, 3).into_iter().map(another).collect(),
        }
    }
}
