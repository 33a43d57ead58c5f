//! Orders as their buyer sees them.

use super::goods::{GUADALQUIVIR, Maker, ROMERO};
use super::{Sample, Scene, push};
use crate::views::cart::{Saving, Taxes};
use crate::views::common::{Field, Link};
use crate::views::downloads::Downloads;
use crate::views::order::{
    AddressChange, OrderLine, OrderPage, OrderRow, OrderState, OrdersPage, Parcel, Progress, SubOrder,
    SubOrderState, TimelineStep, UnitsForm,
};
use crate::views::parcel::WayPoint;
use crate::views::returns::ReturnUnits;

pub(super) fn add(scene: Scene, samples: &mut Vec<Sample>) {
    push(samples, "order-confirmed", &scene.order_confirmed());
    push(samples, "order-shipped", &scene.order_shipped());
    push(
        samples,
        "order-processing",
        &scene.order_waiting(OrderState::Processing),
    );
    push(
        samples,
        "order-payment-failed",
        &scene.order_waiting(OrderState::PaymentFailed),
    );
    push(samples, "order-cancelled", &scene.order_cancelled());
    push(
        samples,
        "order-by-link",
        &scene.order_confirmed().only_to_look_at(scene.t("order.by_link")),
    );
    push(samples, "order-delivered", &scene.order_delivered());
    push(samples, "orders", &scene.orders());
    push(
        samples,
        "orders-empty",
        &OrdersPage {
            orders: Vec::new(),
            more: None,
            ..scene.orders()
        },
    );
}

impl Scene {
    pub(super) fn order_line(
        &self,
        key: &str,
        title: (&str, &str),
        variant: &str,
        quantity: u64,
        cents: i64,
    ) -> OrderLine {
        OrderLine {
            title: self.say(title.0, title.1),
            href: format!("/p/{key}-0192f3a47c117d2e"),
            variant: if variant.is_empty() {
                String::new()
            } else {
                self.text(variant)
            },
            made: (quantity > 1).then(|| self.made()),
            sku: self.text("TG-JAR-031"),
            image: Some(self.image(key, String::new())),
            quantity,
            unit_price: self.price(cents),
            total: self.price(cents * i64::try_from(quantity).unwrap_or(0)),
            commission: Some(self.price(cents / 10)),
            review: None,
        }
    }

    /// The way from order to doorstep; the first `done` steps have happened.
    pub(super) fn timeline(&self, done: usize) -> Vec<TimelineStep> {
        let steps = [
            "timeline.placed",
            "timeline.confirmed",
            "timeline.packed",
            "timeline.shipped",
            "timeline.delivered",
        ];
        let at = ["20", "20", "21", "22", ""];
        let step = |(index, key): (usize, &&str)| TimelineStep {
            label: self.t(key),
            at: match at.get(index) {
                Some(day) if index < done && !day.is_empty() => {
                    self.locale.day(self.day(11, day.parse().unwrap_or(20)))
                }
                _ if index == 4 => self.window(24, 27),
                _ => String::new(),
            },
            progress: match index {
                index if index + 1 < done => Progress::Done,
                index if index + 1 == done => Progress::Current,
                _ => Progress::Ahead,
            },
        };
        steps.iter().enumerate().map(step).collect()
    }

    pub(super) fn sub_order(
        &self,
        maker: &Maker,
        number: &str,
        state: SubOrderState,
        done: usize,
        lines: Vec<OrderLine>,
    ) -> SubOrder {
        SubOrder {
            number: self.text(number),
            seller: self.text(maker.name),
            seller_href: self.maker_href(maker),
            place: self.text(maker.place),
            state,
            timeline: self.timeline(done),
            lines,
            parcels: Vec::new(),
            delivery: self.say("Standard delivery", "Envío estándar"),
            subtotal: self.price(13_600),
            delivery_cost: None,
            saved: None,
            total: self.price(13_600),
            refunds: Vec::new(),
            returns: Vec::new(),
            return_form: None,
            units_form: None,
            reason: None,
            downloads: Downloads::default(),
            papers: Vec::new(),
            ask: Some(Link::new(
                self.t("messages.write_shop"),
                "/account/messages/new?order=1&shop=2",
            )),
        }
    }

    pub(super) fn order_confirmed(&self) -> OrderPage {
        let vase = self.order_line(
            "vase-blue",
            ("Tall vase with cobalt bands", "Jarrón alto con franjas cobalto"),
            "31 cm",
            1,
            8_400,
        );
        let bowl = self.order_line(
            "bowl",
            ("Breakfast bowl, sea glaze", "Cuenco de desayuno, esmalte mar"),
            "",
            2,
            2_600,
        );
        let soap = self.order_line(
            "soap",
            ("Rosemary and olive oil soap", "Jabón de romero y aceite de oliva"),
            "100 g",
            3,
            750,
        );
        let pottery = self.sub_order(
            &GUADALQUIVIR,
            "ST-7K4M-20/1",
            SubOrderState::Confirmed,
            2,
            vec![vase, bowl],
        );
        let soaps = SubOrder {
            subtotal: self.price(2_250),
            delivery_cost: Some(self.price(490)),
            saved: Some(self.price(-225)),
            total: self.price(2_515),
            refunds: vec![self.say(
                "1 × Rosemary and olive oil soap cancelled on 21 November. Cancelled by the buyer",
                "1 × Jabón de romero y aceite de oliva: cancelado el 21 de noviembre. Cancelado por el comprador",
            )],
            units_form: Some(self.units_form("/orders/ST-7K4M-20/parts/2/cancel-units")),
            ..self.sub_order(&ROMERO, "ST-7K4M-20/2", SubOrderState::Confirmed, 2, vec![soap])
        };
        let title = self
            .locale
            .t("order.title")
            .arg("number", "ST-7K4M-20")
            .to_string();
        OrderPage {
            page: self.buyer_page(title, "/orders/ST-7K4M-20"),
            number: self.text("ST-7K4M-20"),
            placed: self.date(11, 20),
            state: OrderState::Confirmed,
            email: self.text("elena.ferrer@mail.example"),
            sub_orders: vec![pottery, soaps],
            is_sent: true,
            address: self.address_lines(),
            address_form: Some(AddressChange {
                action: "/orders/ST-7K4M-20/address".to_owned(),
                name: Field::of(self.text("Elena Ferrer")),
                line1: Field::of(self.text("Calle Betis 12, 2º")),
                line2: Field::of(String::new()),
                postcode: Field::of(self.text("41010")),
                city: Field::of(self.text("Sevilla")),
                phone: Field::of(String::new()),
                country: "ES".to_owned(),
                refused: None,
            }),
            payment: self.say(
                "Card ending in 4242, paid on 20 November",
                "Tarjeta terminada en 4242, pagado el 20 de noviembre",
            ),
            subtotal: self.price(15_850),
            savings: vec![self.saving("Ten percent off soap", "Diez por ciento en jabón", None, -225)],
            delivery: self.price(490),
            taxes: Taxes {
                added: None,
                note: self.say(
                    "Taxes in the total: IVA 21 % €27.97",
                    "Impuestos en el total: IVA 21 % 27,97 €",
                ),
            },
            total: self.price(16_115),
            tenders: vec![Saving {
                name: self.t("tender.gift_card"),
                code: Some(self.text("…7KQ2")),
                amount: Some(self.price(-2_500)),
            }],
            charged: self.price(13_615),
            refunded: None,
            cancel: Some("/orders/ST-7K4M-20/cancel".to_owned()),
            retry: None,
            bank: None,
            kept_until: None,
            fresh: true,
        }
    }

    pub(super) fn units_form(&self, action: &str) -> UnitsForm {
        UnitsForm {
            action: action.to_owned(),
            prefix: "cancel-2".to_owned(),
            key: "01938f2e".to_owned(),
            lines: vec![ReturnUnits {
                id: "soap".to_owned(),
                title: self.say("Rosemary and olive oil soap", "Jabón de romero y aceite de oliva"),
                units: 3,
                value: "0".to_owned(),
            }],
            refused: None,
        }
    }

    fn order_shipped(&self) -> OrderPage {
        let mut page = self.order_confirmed();
        for part in &mut page.sub_orders {
            part.units_form = None;
            part.refunds.clear();
        }
        page.state = OrderState::PartlyShipped;
        page.fresh = false;
        page.address_form = None;
        page.cancel = None;
        if let [pottery, soaps] = page.sub_orders.as_mut_slice() {
            pottery.state = SubOrderState::Packed;
            pottery.timeline = self.timeline(3);
            soaps.state = SubOrderState::Shipped;
            soaps.timeline = self.timeline(4);
            soaps.parcels = vec![Parcel {
                carrier: self.text("Correos"),
                tracking: self.text("PQ4F5A0712345678901"),
                href: Some("https://tracking.example/PQ4F5A0712345678901".to_owned()),
                note: self.say(
                    "In the sorting centre of Barcelona",
                    "En el centro de clasificación de Barcelona",
                ),
                arrived: false,
                contents: Vec::new(),
                way: self.way(),
            }];
            for sub in [pottery, soaps] {
                sub.papers = vec![Link::new(
                    self.t("paper.invoice"),
                    "/orders/ST-7K4M-20/parts/1/invoice.pdf",
                )];
            }
        }
        page
    }

    /// What a carrier tells of a parcel.
    pub(super) fn way(&self) -> Vec<WayPoint> {
        let point = |key: &str, day: u32, note: String| WayPoint {
            label: self.t(key),
            at: self.locale.day(self.day(11, day)),
            note,
        };
        vec![
            point(
                "tracking.in_transit",
                23,
                self.say(
                    "Barcelona · Sorting centre",
                    "Barcelona · Centro de clasificación",
                ),
            ),
            point("tracking.accepted", 22, self.text("Sevilla")),
        ]
    }

    fn order_waiting(&self, state: OrderState) -> OrderPage {
        let mut page = self.order_confirmed();
        for sub_order in &mut page.sub_orders {
            sub_order.state = SubOrderState::PaymentPending;
            sub_order.timeline = self.timeline(1);
        }
        let failed = state == OrderState::PaymentFailed;
        OrderPage {
            state,
            fresh: false,
            payment: self.say("Card ending in 0002", "Tarjeta terminada en 0002"),
            retry: failed.then(|| "/orders/ST-7K4M-20/pay".to_owned()),
            kept_until: failed.then(|| "18:45".to_owned()),
            ..page
        }
    }

    fn order_cancelled(&self) -> OrderPage {
        let mut page = self.order_confirmed();
        for sub_order in &mut page.sub_orders {
            sub_order.state = SubOrderState::Cancelled;
            sub_order.timeline = self.timeline(2);
            sub_order.timeline.truncate(1);
            sub_order.timeline.push(TimelineStep {
                label: self.t("timeline.cancelled"),
                at: self.locale.day(self.day(11, 21)),
                progress: Progress::Current,
            });
            sub_order.reason = Some(self.say(
                "Cancelled by you on 21 November",
                "Lo cancelaste el 21 de noviembre",
            ));
        }
        OrderPage {
            state: OrderState::Cancelled,
            fresh: false,
            cancel: None,
            refunded: Some(self.price(16_340)),
            ..page
        }
    }

    fn order_delivered(&self) -> OrderPage {
        let mut page = self.order_confirmed();
        page.state = OrderState::Delivered;
        page.fresh = false;
        page.cancel = None;
        if let [pottery, soaps] = page.sub_orders.as_mut_slice() {
            pottery.state = SubOrderState::ReturnRequested;
            pottery.timeline = self.timeline(5);
            pottery.returns = vec![self.return_refunded(), self.return_to_send()];
            pottery.return_form = Some(self.return_form());
            soaps.state = SubOrderState::Delivered;
            soaps.timeline = self.timeline(5);
        }
        page
    }

    pub(super) fn order_row(
        &self,
        number: &str,
        day: (u32, u32),
        state: OrderState,
        images: &[&str],
        cents: i64,
    ) -> OrderRow {
        OrderRow {
            number: self.text(number),
            href: format!("/orders/{number}"),
            placed: self.date(day.0, day.1),
            state,
            sellers: self.text("Taller Guadalquivir, Jabones del Romeral"),
            items: images.len() as u64,
            images: images.iter().map(|key| self.image(key, String::new())).collect(),
            total: self.price(cents),
        }
    }

    fn orders(&self) -> OrdersPage {
        OrdersPage {
            page: self.buyer_page(self.t("nav.orders"), "/orders"),
            orders: vec![
                self.order_row(
                    "ST-7K4M-20",
                    (11, 20),
                    OrderState::PartlyShipped,
                    &["vase-blue", "bowl", "soap"],
                    16_340,
                ),
                self.order_row("ST-5C2Q-11", (10, 3), OrderState::Delivered, &["scarf"], 6_690),
                self.order_row(
                    "ST-3H8V-74",
                    (9, 12),
                    OrderState::Cancelled,
                    &["bag", "wallet"],
                    18_800,
                ),
                self.order_row(
                    "ST-1A9D-08",
                    (6, 28),
                    OrderState::Delivered,
                    &["teapot", "mug", "oil", "candle"],
                    12_940,
                ),
            ],
            more: Some(Link::new(self.t("orders.more"), "/orders?before=ST-1A9D-08")),
        }
    }
}
