//! Opening a shop, and the seller's workplace.

use super::goods::GUADALQUIVIR;
use super::{Sample, Scene, push};
use crate::views::auth::OpenShopPage;
use crate::views::common::{Choice, Field, Link};
use crate::views::order::{Parcel, SubOrderState, UnitsForm};
use crate::views::page::{Page, Tone};
use crate::views::parcel::{BookForm, Label};
use crate::views::returns::SellerReturnsPage;
use crate::views::seller::{
    Bar, CancelForm, CancelUnitsForm, DeliverForm, Month, RefundForm, SellerActions, SellerHomePage,
    SellerOrderPage, SellerOrderRow, SellerOrdersPage, ShipForm, ShipLine, StepToOpen, TopProduct,
};
use crate::views::work::{Figure, SavedView, SavedViews, Section, Status, Tab, WorkBar};

pub(super) fn add(scene: Scene, samples: &mut Vec<Sample>) {
    push(samples, "open-a-shop", &scene.open_shop());
    push(
        samples,
        "open-a-shop-signed-in",
        &OpenShopPage {
            signed_in: Some(scene.text("rocio@guadalquivir.example")),
            error: Some(scene.t("refusal.rate_limited")),
            ..scene.open_shop()
        },
    );
    push(samples, "seller-home", &scene.seller_home());
    push(
        samples,
        "seller-home-nothing-sold",
        &SellerHomePage {
            month: Some(Month {
                bars: Vec::new(),
                top: Vec::new(),
                ..scene.month()
            }),
            rows: Vec::new(),
            ..scene.seller_home()
        },
    );
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
    push(samples, "seller-order-returned", &scene.seller_order_returned());
    push(samples, "seller-returns", &scene.seller_returns());
    push(
        samples,
        "seller-returns-empty",
        &SellerReturnsPage {
            rows: Vec::new(),
            more: None,
            ..scene.seller_returns()
        },
    );
}

impl Scene {
    fn open_shop(&self) -> OpenShopPage {
        let provinces = [("ES-B", "Barcelona"), ("ES-GR", "Granada"), ("ES-SE", "Sevilla")]
            .map(|(value, label)| Choice::new(value, self.text(label)));
        let countries = [("ES", "Spain", "España"), ("PT", "Portugal", "Portugal")]
            .map(|(value, en, es)| Choice::new(value, self.say(en, es)));
        OpenShopPage {
            page: self.page(self.t("open_shop.title"), "/open-a-shop"),
            signed_in: None,
            error: None,
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
            town: Field::of(self.text("Sevilla")),
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

    /// The bar over a seller's page.
    pub(super) fn work_bar(&self, section: &str) -> WorkBar {
        let parts = [
            ("/seller", "work.home"),
            ("/seller/notifications", "work.notices"),
            ("/seller/orders", "work.orders"),
            ("/seller/returns", "work.returns_list"),
            ("/seller/messages", "work.messages"),
            ("/seller/reviews", "work.reviews"),
            ("/seller/products", "work.products"),
            ("/seller/stock", "work.stock"),
            ("/seller/promotions", "work.promotions"),
            ("/seller/settlement", "work.settlement"),
            ("/seller/shop", "work.shop"),
            ("/seller/staff", "work.staff"),
            ("/seller/api-keys", "work.api_keys"),
        ];
        WorkBar {
            groups: Vec::new(),
            name: self.text(GUADALQUIVIR.name),
            href: Some(self.maker_href(&GUADALQUIVIR)),
            status: None,
            sections: parts
                .map(|(href, key)| Section {
                    link: Link::new(self.t(key), href),
                    current: href == section,
                })
                .into(),
        }
    }

    fn seller_home(&self) -> SellerHomePage {
        let figure = |key: &str, value: String, href: Option<&str>| Figure {
            key: key.to_owned(),
            label: self.t(key),
            value,
            href: href.map(str::to_owned),
        };
        let step = |name: &str, done: bool, href: Option<&str>| StepToOpen {
            label: self.t(&format!("step.{name}")),
            text: self.t(&format!("step.{name}_text")),
            href: href.map(str::to_owned),
            status: Status {
                label: self.t(if done { "step.done" } else { "step.open" }),
                tone: if done { Tone::Good } else { Tone::Warn },
            },
            done,
        };
        let orders = self.seller_orders();
        SellerHomePage {
            page: Page {
                notice: None,
                ..self.seller_page(self.t("work.home"), "/seller")
            },
            work: WorkBar {
                href: None,
                status: Some(Status {
                    label: self.t("shop.status.applied"),
                    tone: Tone::Warn,
                }),
                ..self.work_bar("/seller")
            },
            figures: vec![
                figure(
                    "work.figure.to_pack",
                    "3".to_owned(),
                    Some("/seller/orders?state=confirmed"),
                ),
                figure("work.figure.owed", self.price(184_350).text, None),
                figure(
                    "work.figure.for_sale",
                    "81".to_owned(),
                    Some("/seller/products?state=active"),
                ),
                figure("work.figure.low", "4".to_owned(), Some("/seller/stock?low=1")),
            ],
            month: Some(self.month()),
            steps: vec![
                step("verify", true, None),
                step("checks", false, Some("/seller/shop#checks")),
                step("approve", false, None),
                step("goods", false, Some("/seller/products/new")),
            ],
            rows: orders.rows,
        }
    }

    fn month(&self) -> Month {
        let figure = |key: &str, value: String| Figure {
            key: key.to_owned(),
            label: self.t(key),
            value,
            href: None,
        };
        let heights = [12, 0, 30, 44, 8, 61, 100, 0, 25, 2];
        let bars = heights.into_iter().zip(0..).map(|(height, n)| Bar {
            label: format!(
                "{}: {}",
                self.locale.day(self.day(11, n + 1)),
                self.price(i64::from(height) * 210).text
            ),
            x: n * 10,
            y: 100 - height,
            height,
            is_today: n == 9,
        });
        let top = |en: &str, es: &str, units: u64, amount| TopProduct {
            title: self.say(en, es),
            href: "/seller/products/vase".to_owned(),
            units: self.locale.n("count.pieces", units).to_string(),
            sold: self.price(amount),
        };
        Month {
            name: self.locale.month(self.day(11, 10)),
            figures: vec![
                figure("work.month.sold", self.price(59_220).text),
                figure("work.month.share", self.price(53_298).text),
                figure("work.month.orders", "14".to_owned()),
                figure("work.month.units", "21".to_owned()),
            ],
            bars: bars.collect(),
            bars_text: format!(
                "{}: {}",
                self.locale.day(self.day(11, 7)),
                self.price(21_000).text
            ),
            first: self.locale.day(self.day(11, 1)),
            last: self.locale.day(self.day(11, 30)),
            top: vec![
                top(
                    "Tall vase with cobalt bands",
                    "Jarrón alto con franjas cobalto",
                    4,
                    26_400,
                ),
                top(
                    "Breakfast bowl, sea glaze",
                    "Cuenco de desayuno, esmalte mar",
                    9,
                    20_610,
                ),
            ],
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

    fn saved_views(&self) -> SavedViews {
        let row = |name: &str, query: &str, current| SavedView {
            id: format!("sample-{query}"),
            name: self.text(name),
            href: format!("/seller/orders?{query}"),
            current,
        };
        SavedViews {
            table: "seller_orders",
            action: "/seller/views",
            query: "state=packed".to_owned(),
            rows: vec![
                row("Leaves today", "state=packed", true),
                row("Nobody has asked", "state=delivered", false),
            ],
        }
    }

    fn seller_orders(&self) -> SellerOrdersPage {
        let tab = |label: String, state: &str, count, current| Tab {
            link: Link::new(label, format!("/seller/orders{state}")),
            count,
            current,
        };
        SellerOrdersPage {
            page: Page {
                views: Some(self.saved_views()),
                ..self.seller_page(self.t("work.orders"), "/seller/orders")
            },
            work: self.work_bar("/seller/orders"),
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
            work: self.work_bar("/seller/orders"),
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
            subtotal: self.price(13_600),
            delivery_cost: None,
            funded: Some(self.price(1_000)),
            commission: self.price(-1_460),
            commission_rate: Some(self.locale.percent(10)),
            tax_kept: None,
            tax_note: self.say(
                "Taxes in the total: IVA 21 % €23.60",
                "Impuestos en el total: IVA 21 % 23,60 €",
            ),
            payout: self.price(13_140),
            refunded: None,
            refunds: Vec::new(),
            returns: Vec::new(),
            reason: None,
            papers: vec![
                Link::new(
                    self.t("paper.packing_slip"),
                    "/seller/orders/ST-7K4M-20-1/packing-slip.pdf",
                ),
                Link::new(self.t("paper.invoice"), "/seller/orders/ST-7K4M-20-1/invoice.pdf"),
            ],
            labels: Vec::new(),
            book: None,
            actions: SellerActions {
                pack: Some("/seller/orders/ST-7K4M-20-1/pack".to_owned()),
                cancel: Some(CancelForm {
                    action: "/seller/orders/ST-7K4M-20-1/cancel".to_owned(),
                    reasons: reasons.clone().into(),
                    note: self.say("It fell off the wheel.", "Se cayó del torno."),
                    refused: Some(self.t("refusal.note_missing")),
                }),
                cancel_units: Some(CancelUnitsForm {
                    units: self.units_form("/seller/orders/ST-7K4M-20-1/cancel-units"),
                    reasons: reasons.into(),
                    note: String::new(),
                }),
                refund: Some(RefundForm {
                    units: UnitsForm {
                        prefix: "refund".to_owned(),
                        ..self.units_form("/seller/orders/ST-7K4M-20-1/refund")
                    },
                    rest: self.price(14_600).text,
                    delivery: Some(self.price(600).text),
                    with_delivery: false,
                    amount: Field::default(),
                    reason: Field::default(),
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
            labels: vec![
                Label {
                    carrier: self.text("sandbox · standard"),
                    tracking: self.text("SB000000000017"),
                    state: self.t("label.booked"),
                    download: Some("/seller/orders/ST-7K4M-20-1/shipments/1/label.pdf".to_owned()),
                    hand_over: Some("/seller/orders/ST-7K4M-20-1/shipments/1/hand-over".to_owned()),
                },
                Label {
                    carrier: self.text("sandbox · express"),
                    tracking: String::new(),
                    state: self.t("label.requested"),
                    download: None,
                    hand_over: None,
                },
            ],
            book: Some(BookForm {
                action: "/seller/orders/ST-7K4M-20-1/shipments".to_owned(),
                shipment: "0199a4b2-0000-7000-8000-000000000002".to_owned(),
                lines: vec![ShipLine {
                    id: "line-1".to_owned(),
                    title: self.say("Tall vase with cobalt bands", "Jarrón alto con franjas cobalto"),
                    left: 1,
                    value: "1".to_owned(),
                }],
                exchange: String::new(),
                services: vec![Choice {
                    value: "sandbox/standard".to_owned(),
                    label: self.text("sandbox · Standard"),
                    selected: false,
                }],
                weight: Field::default(),
                refused: None,
            }),
            actions: SellerActions {
                ship: Some(ShipForm {
                    action: "/seller/orders/ST-7K4M-20-1/ship".to_owned(),
                    parcel: "0199a4b2-0000-7000-8000-000000000001".to_owned(),
                    lines: [
                        (
                            "Tall vase with cobalt bands",
                            "Jarrón alto con franjas cobalto",
                            1,
                        ),
                        ("Breakfast bowl, sea glaze", "Cuenco de desayuno, esmalte mar", 2),
                    ]
                    .map(|(en, es, left)| ShipLine {
                        id: format!("line-{left}"),
                        title: self.say(en, es),
                        left,
                        value: if left == 2 { "5" } else { "1" }.to_owned(),
                    })
                    .into(),
                    carriers: ["Correos", "SEUR", "MRW"].map(|name| self.text(name)).into(),
                    carrier: self.text("Correos"),
                    tracking: self.text("PQ4F5A07"),
                    refused: Some(self.t("refusal.units_too_many")),
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
                arrived: false,
                contents: Vec::new(),
                way: self.way(),
            }],
            actions: SellerActions {
                deliver: vec![DeliverForm {
                    action: "/seller/orders/ST-7K4M-20-1/parcels/1/deliver".to_owned(),
                    label: self.text("Correos PQ4F5A0712345678901"),
                }],
                ..SellerActions::default()
            },
            ..self.seller_order()
        }
    }

    fn seller_order_returned(&self) -> SellerOrderPage {
        SellerOrderPage {
            state: SubOrderState::ReturnRequested,
            due: String::new(),
            timeline: self.timeline(5),
            returns: self.returns_of_shop(),
            actions: SellerActions::default(),
            ..self.seller_order()
        }
    }
}
