//! Opening a shop, and the seller's workplace.

use super::goods::GUADALQUIVIR;
use super::{Sample, Scene, push};
use crate::views::auth::OpenShopPage;
use crate::views::common::{Choice, Field, Link};
use crate::views::order::{Parcel, SubOrderState};
use crate::views::seller::{
    CancelForm, Figure, SellerActions, SellerOrderPage, SellerOrderRow, SellerOrdersPage, ShipForm, Tab,
};

pub(super) fn add(scene: Scene, samples: &mut Vec<Sample>) {
    push(samples, "open-a-shop", &scene.open_shop());
    push(samples, "seller-orders", &scene.seller_orders());
    push(
        samples,
        "seller-orders-empty",
        &SellerOrdersPage {
            rows: Vec::new(),
            more: None,
            ..scene.seller_orders()
        },
    );
    push(samples, "seller-order-to-pack", &scene.seller_order());
    push(samples, "seller-order-to-ship", &scene.seller_order_packed());
    push(samples, "seller-order-sent", &scene.seller_order_sent());
}

impl Scene {
    fn open_shop(&self) -> OpenShopPage {
        let provinces = [("ES-B", "Barcelona"), ("ES-GR", "Granada"), ("ES-SE", "Sevilla")]
            .map(|(value, label)| Choice::new(value, self.text(label)));
        let countries = [("ES", "Spain", "España"), ("PT", "Portugal", "Portugal")]
            .map(|(value, en, es)| Choice::new(value, self.say(en, es)));
        OpenShopPage {
            page: self.page(self.t("open_shop.title"), "/open-a-shop"),
            shop_name: Field::of(self.text("Taller Guadalquivir")),
            slug: Field::wrong(
                self.text("taller-guadalquivir"),
                self.say(
                    "This address is taken. Try “taller-guadalquivir-triana”.",
                    "Esta dirección ya existe. Prueba «taller-guadalquivir-triana».",
                ),
            ),
            country: Field::default(),
            countries: Choice::select(countries.into(), "ES"),
            province: Field::default(),
            provinces: Choice::select(provinces.into(), "ES-SE"),
            postcode: Field::of(self.text("41010")),
            about: Field::of(self.say(
                "Wheel-thrown stoneware and hand-painted tiles from a courtyard in Triana.",
                "Gres de torno y azulejos pintados a mano en un patio de Triana.",
            )),
            name: Field::default(),
            email: Field::default(),
            password: Field::default(),
            slug_prefix: "stoa.example/shop/".to_owned(),
        }
    }

    fn seller_row(
        &self,
        number: &str,
        day: u32,
        buyer: (&str, &str),
        items: u64,
        cents: i64,
        state: SubOrderState,
    ) -> SellerOrderRow {
        let due = matches!(state, SubOrderState::Confirmed | SubOrderState::Packed);
        let send_by = self
            .locale
            .t("work.send_by")
            .arg("date", self.locale.day(self.day(11, day + 3)))
            .to_string();
        SellerOrderRow {
            number: self.text(number),
            href: format!("/seller/orders/{}", number.replace('/', "-")),
            placed: self.locale.day(self.day(11, day)),
            buyer: self.text(buyer.0),
            destination: self.text(buyer.1),
            items,
            total: self.price(cents),
            state,
            due: if due { send_by } else { String::new() },
            late: due && day < 17,
        }
    }

    fn seller_orders(&self) -> SellerOrdersPage {
        let tab = |label: String, state: &str, count, current| Tab {
            link: Link::new(label, format!("/seller/orders{state}")),
            count,
            current,
        };
        let figure = |en, es, value: String| Figure {
            label: self.say(en, es),
            value,
        };
        SellerOrdersPage {
            page: self.seller_page(self.t("work.orders"), "/seller/orders"),
            shop: self.text(GUADALQUIVIR.name),
            shop_href: self.maker_href(&GUADALQUIVIR),
            tabs: vec![
                tab(self.t("work.all"), "", 128, true),
                tab(self.t("suborder.state.confirmed"), "?state=confirmed", 3, false),
                tab(self.t("suborder.state.packed"), "?state=packed", 1, false),
                tab(self.t("suborder.state.shipped"), "?state=shipped", 6, false),
                tab(self.t("suborder.state.delivered"), "?state=delivered", 112, false),
            ],
            rows: vec![
                self.seller_row(
                    "ST-7K4M-20/1",
                    20,
                    ("Elena Ferrer", "Barcelona"),
                    3,
                    13_600,
                    SubOrderState::Confirmed,
                ),
                self.seller_row(
                    "ST-6T1B-33/1",
                    19,
                    ("Jon Etxeberria", "Bilbao"),
                    1,
                    7_200,
                    SubOrderState::Confirmed,
                ),
                self.seller_row(
                    "ST-6P0R-02/3",
                    16,
                    ("Aroa Vidal", "Lugo"),
                    2,
                    4_400,
                    SubOrderState::Confirmed,
                ),
                self.seller_row(
                    "ST-6M7Z-81/1",
                    18,
                    ("Claire Martin", "Lyon, FR"),
                    1,
                    8_400,
                    SubOrderState::Packed,
                ),
                self.seller_row(
                    "ST-6D3K-57/2",
                    15,
                    ("Marc Soler", "Girona"),
                    4,
                    10_400,
                    SubOrderState::Shipped,
                ),
                self.seller_row(
                    "ST-5Z9A-14/1",
                    11,
                    ("Nuria Campos", "Madrid"),
                    1,
                    2_200,
                    SubOrderState::Delivered,
                ),
                self.seller_row(
                    "ST-5X4E-90/1",
                    10,
                    ("Pilar Otero", "Vigo"),
                    1,
                    11_900,
                    SubOrderState::Cancelled,
                ),
            ],
            figures: vec![
                figure("To pack", "Para embalar", "3".to_owned()),
                figure("To send", "Para enviar", "1".to_owned()),
                figure("Sold this month", "Vendido este mes", self.price(184_350).text),
                figure("Orders this month", "Pedidos este mes", "31".to_owned()),
            ],
            more: Some(Link::new(
                self.t("orders.more"),
                "/seller/orders?before=ST-5X4E-90",
            )),
        }
    }

    fn seller_order(&self) -> SellerOrderPage {
        let number = self.text("ST-7K4M-20/1");
        let title = self.locale.t("order.title").arg("number", &number).to_string();
        let reasons = [
            ("out_of_stock", "The piece is gone", "La pieza ya no está"),
            ("damaged", "It broke in the workshop", "Se rompió en el taller"),
            (
                "address",
                "The address cannot be reached",
                "No se puede llegar a la dirección",
            ),
        ]
        .map(|(value, en, es)| Choice::new(value, self.say(en, es)));
        SellerOrderPage {
            page: self.seller_page(title, "/seller/orders/ST-7K4M-20-1"),
            shop: self.text(GUADALQUIVIR.name),
            shop_href: self.maker_href(&GUADALQUIVIR),
            number,
            placed: self.date(11, 20),
            state: SubOrderState::Confirmed,
            due: self
                .locale
                .t("work.send_by")
                .arg("date", self.locale.day(self.day(11, 23)))
                .to_string(),
            late: false,
            timeline: self.timeline(2),
            lines: vec![
                self.order_line(
                    "vase-blue",
                    ("Tall vase with cobalt bands", "Jarrón alto con franjas cobalto"),
                    "31 cm",
                    1,
                    8_400,
                ),
                self.order_line(
                    "bowl",
                    ("Breakfast bowl, sea glaze", "Cuenco de desayuno, esmalte mar"),
                    "",
                    2,
                    2_600,
                ),
            ],
            parcels: Vec::new(),
            delivery: self.say("Standard delivery", "Envío estándar"),
            address: self.address_lines(),
            buyer: self.text("Elena Ferrer"),
            subtotal: self.price(13_600),
            delivery_cost: None,
            commission: self.price(-1_360),
            commission_rate: self.locale.percent(10),
            payout: self.price(12_240),
            actions: SellerActions {
                pack: Some("/seller/orders/ST-7K4M-20-1/pack".to_owned()),
                cancel: Some(CancelForm {
                    action: "/seller/orders/ST-7K4M-20-1/cancel".to_owned(),
                    reasons: reasons.into(),
                }),
                ..SellerActions::default()
            },
        }
    }

    fn seller_order_packed(&self) -> SellerOrderPage {
        SellerOrderPage {
            state: SubOrderState::Packed,
            late: true,
            timeline: self.timeline(3),
            actions: SellerActions {
                ship: Some(ShipForm {
                    action: "/seller/orders/ST-7K4M-20-1/ship".to_owned(),
                    carriers: ["Correos", "SEUR", "MRW"]
                        .map(|name| Choice::new(name, self.text(name)))
                        .into(),
                    tracking: Field::default(),
                }),
                ..SellerActions::default()
            },
            ..self.seller_order()
        }
    }

    fn seller_order_sent(&self) -> SellerOrderPage {
        SellerOrderPage {
            state: SubOrderState::Shipped,
            due: String::new(),
            timeline: self.timeline(4),
            parcels: vec![Parcel {
                carrier: self.text("Correos"),
                tracking: self.text("PQ4F5A0712345678901"),
                href: None,
                note: String::new(),
            }],
            actions: SellerActions {
                deliver: Some("/seller/orders/ST-7K4M-20-1/deliver".to_owned()),
                ..SellerActions::default()
            },
            ..self.seller_order()
        }
    }
}
