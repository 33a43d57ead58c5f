//! The basket, full and empty.

use super::goods::{GUADALQUIVIR, Maker, ROMERO};
use super::{Sample, Scene, push};
use crate::views::cart::{CartLine, CartPage, Change, Coupon, Coupons, Saving, SellerGroup, Taxes};
use crate::views::common::Stock;
use crate::views::page::{Page, Tone};

pub(super) fn add(scene: Scene, samples: &mut Vec<Sample>) {
    push(samples, "cart", &scene.cart());
    push(samples, "cart-empty", &scene.cart_empty());
}

impl Scene {
    fn cart_line(
        &self,
        key: &str,
        title: (&str, &str),
        variant: &str,
        cents: i64,
        quantity: u64,
        left: u64,
    ) -> CartLine {
        let title = self.say(title.0, title.1);
        CartLine {
            id: key.to_owned(),
            href: format!("/p/{key}-0192f3a47c117d2e"),
            variant: if variant.is_empty() {
                String::new()
            } else {
                self.text(variant)
            },
            made: None,
            is_outdated: false,
            image: Some(self.image(key, String::new())),
            unit_price: self.price(cents),
            total: self.price(cents * i64::try_from(quantity).unwrap_or(0)),
            quantity,
            quantity_max: left.max(1),
            stock: Stock::of(left, 5),
            title,
        }
    }

    fn seller_group(&self, maker: &Maker, lines: Vec<CartLine>, subtotal: i64) -> SellerGroup {
        SellerGroup {
            seller: self.text(maker.name),
            href: self.maker_href(maker),
            place: self.text(maker.place),
            is_downloaded: false,
            dispatch_days: maker.dispatch_days,
            lines,
            subtotal: self.price(subtotal),
            delivery_from: Some(self.price(490)),
            free_delivery_gap: None,
        }
    }

    pub(super) fn cart(&self) -> CartPage {
        let vase = self.cart_line(
            "vase-blue",
            ("Tall vase with cobalt bands", "Jarrón alto con franjas cobalto"),
            "31 cm",
            8_400,
            1,
            3,
        );
        let bowl = self.cart_line(
            "bowl",
            ("Breakfast bowl, sea glaze", "Cuenco de desayuno, esmalte mar"),
            "",
            2_600,
            2,
            22,
        );
        let soap = self.cart_line(
            "soap",
            ("Rosemary and olive oil soap", "Jabón de romero y aceite de oliva"),
            "100 g",
            750,
            3,
            80,
        );
        let candle = self.cart_line(
            "candle",
            ("Beeswax candle with thyme", "Vela de cera de abeja con tomillo"),
            "",
            1_850,
            1,
            0,
        );
        let mut pottery = self.seller_group(&GUADALQUIVIR, vec![vase, bowl], 13_600);
        pottery.delivery_from = None;
        let mut soaps = self.seller_group(&ROMERO, vec![soap, candle], 4_100);
        soaps.free_delivery_gap = Some(self.price(900));
        CartPage {
            page: self.page(self.t("cart.title"), "/cart"),
            groups: vec![pottery, soaps],
            items: 7,
            changes: vec![
                Change {
                    tone: Tone::Warn,
                    text: self.say(
                        "“Tall vase with cobalt bands” now costs €84.00; it was €79.00 when you put it in.",
                        "«Jarrón alto con franjas cobalto» cuesta ahora 84,00 €; costaba 79,00 € cuando lo añadiste.",
                    ),
                },
                Change {
                    tone: Tone::Bad,
                    text: self.say("“Beeswax candle with thyme” has sold out.", "«Vela de cera de abeja con tomillo» se ha agotado."),
                },
            ],
            subtotal: self.price(17_700),
            savings: vec![
                self.saving("Spring in the workshop", "Primavera en el taller", None, -1_360),
                Saving {
                    amount: None,
                    ..self.saving("Delivery is on us", "El envío corre de nuestra cuenta", Some("ENVIO"), 0)
                },
            ],
            coupons: Coupons {
                codes: vec![
                    Coupon {
                        code: self.text("ENVIO"),
                        refusal: None,
                    },
                    Coupon {
                        code: self.text("SUMMER-24"),
                        refusal: Some(self.t("coupon.refused.ended")),
                    },
                ],
                next: "/cart".to_owned(),
            },
            delivery_from: self.price(490),
            taxes: Taxes {
                added: None,
                note: self.say(
                    "Includes taxes on the pieces, estimated until the address is known: IVA 21 % €29.21",
                    "Incluye los impuestos de las piezas, estimados hasta conocer la dirección: IVA 21 % 29,21 €",
                ),
            },
            total: self.price(16_830),
            ready: false,
            suggestions: Vec::new(),
        }
    }

    /// What an offer takes off.
    pub(super) fn saving(&self, en: &str, es: &str, code: Option<&str>, cents: i64) -> Saving {
        Saving {
            name: self.say(en, es),
            code: code.map(|code| self.text(code)),
            amount: Some(self.price(cents)),
        }
    }

    fn cart_empty(&self) -> CartPage {
        CartPage {
            page: Page {
                cart_count: 0,
                ..self.page(self.t("cart.title"), "/cart")
            },
            groups: Vec::new(),
            items: 0,
            changes: Vec::new(),
            suggestions: self.cards(0, 4),
            ..self.cart()
        }
    }
}
