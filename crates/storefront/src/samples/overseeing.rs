//! What the operator sees first: the month, and how the system is.

use super::{Sample, Scene, push};
use crate::views::common::{Choice, Field, Link};
use crate::views::operator::PaidShare;
use crate::views::operator_orders::{
    BookEntry, BookRow, FoundRow, OperatorOrderPage, OperatorOrdersPage, PartPanel, PaymentStanding, StoryRow,
};
use crate::views::operator_overview::{
    Compared, HealthLine, OperatorOverviewPage, PeriodRow, ShareRow, SoldRow,
};
use crate::views::operator_system::{DependencyRow, JobRow, OperatorSystemPage, ReaderRow, ServiceRow};
use crate::views::order::{SubOrderState, UnitsForm};
use crate::views::page::Tone;
use crate::views::returns::ReturnUnits;
use crate::views::seller::{Bar, RefundForm};
use crate::views::tiles::{self, Share};
use crate::views::work::{Figure, Section, Status};

pub(super) fn add(scene: Scene, samples: &mut Vec<Sample>) {
    push(samples, "operator-overview", &scene.overview());
    push(
        samples,
        "operator-overview-empty",
        &OperatorOverviewPage {
            currencies: Vec::new(),
            bars: Vec::new(),
            periods: Vec::new(),
            shops: Vec::new(),
            ..scene.overview()
        },
    );
    push(samples, "operator-system", &scene.system_page());
    push(samples, "operator-orders", &scene.desk());
    push(
        samples,
        "operator-orders-empty",
        &OperatorOrdersPage {
            rows: Vec::new(),
            more: None,
            shop: None,
            ..scene.desk()
        },
    );
    push(samples, "operator-order", &scene.order_at_the_desk());
    push(
        samples,
        "operator-system-down",
        &OperatorSystemPage {
            readers: None,
            jobs: None,
            rebuild: None,
            ..scene.system_page()
        },
    );
}

impl Scene {
    pub(super) fn choices(&self, href: &str, keys: &[&str]) -> Vec<Section> {
        let section = |(index, key): (usize, &&str)| Section {
            link: Link::new(self.t(key), href),
            current: index == 0,
        };
        keys.iter().enumerate().map(section).collect()
    }

    fn shown(&self, label: String, href: &str, cents: i64, percent: u32) -> ShareRow {
        ShareRow {
            link: Link::new(label, href),
            value: self.price(cents).text,
            share: self.locale.percent(percent),
            width: percent,
        }
    }

    fn well(&self, key: &str, text: String, state: &str, tone: Tone) -> HealthLine {
        HealthLine {
            label: self.t(key),
            text,
            status: Status {
                label: self.t(state),
                tone,
            },
        }
    }

    fn overview(&self) -> OperatorOverviewPage {
        let figure = |key: &str, value: String, change: &str, before: String| Compared {
            key: key.to_owned(),
            label: self.t(key),
            value,
            change: change.to_owned(),
            before,
            href: (key == "overview.refunds").then(|| "/operator/payments".to_owned()),
        };
        let heights = [40, 12, 0, 64, 100, 31, 8];
        let bars = heights
            .into_iter()
            .zip(0..)
            .map(|(height, index): (u32, u32)| Bar {
                label: format!(
                    "{}: {}",
                    self.date(11, index + 1),
                    self.price(i64::from(height) * 90).text
                ),
                x: index * 10,
                y: 100 - height,
                height,
                is_today: index == 6,
            });
        let share = |code: &str, cents: i64| Share {
            code: code.to_owned(),
            amount: cents,
            said: self.price(cents).text,
        };
        let shares = [
            ("ES-SE", 96_000),
            ("ES-M", 40_000),
            ("ES-B", 21_000),
            ("ES-TF", 900),
        ];
        let compared = self
            .locale
            .t("overview.compared")
            .arg("now", self.window(1, 22))
            .arg("before", self.locale.day_range(self.day(10, 1), self.day(10, 22)));
        let seconds = self.locale.n("system.seconds", 1).to_string();
        let index = self
            .locale
            .t("system.index_text")
            .arg("products", self.locale.number(5_240))
            .arg("lag", seconds);
        OperatorOverviewPage {
            page: self.office_page(self.t("operator.overview"), "/operator"),
            work: self.office_bar("/operator"),
            compared: compared.to_string(),
            currencies: vec![Section {
                link: Link::new("EUR", "/operator"),
                current: true,
            }],
            figures: vec![
                figure(
                    "overview.sales",
                    self.price(1_204_300).text,
                    "+12%",
                    self.price(1_075_200).text,
                ),
                figure("overview.orders", "214".to_owned(), "−3%", "221".to_owned()),
                figure(
                    "overview.refunds",
                    self.price(12_400).text,
                    "",
                    self.price(0).text,
                ),
                figure(
                    "overview.commission",
                    self.price(120_430).text,
                    "+12%",
                    self.price(107_520).text,
                ),
                figure("overview.open_shops", "56".to_owned(), "", String::new()),
            ],
            health: vec![
                self.well(
                    "system.dependencies",
                    self.t("system.all_up"),
                    "system.up",
                    Tone::Good,
                ),
                self.well("system.index", index.to_string(), "system.up_to_date", Tone::Good),
                self.well(
                    "system.dead_letters",
                    self.locale.n("system.dead_count", 2).to_string(),
                    "system.stopped",
                    Tone::Bad,
                ),
            ],
            steps: self.choices(
                "/operator",
                &["overview.by_day", "overview.by_week", "overview.by_month"],
            ),
            bars: bars.collect(),
            bars_text: format!("{}: {}", self.date(11, 1), self.price(3_600).text),
            periods: vec![PeriodRow {
                when: self.date(11, 1),
                sold: self.price(3_600).text,
                refunded: self.price(0).text,
                commission: self.price(360).text,
            }],
            tiles: tiles::tiles(
                &shares.map(|(code, cents)| share(code, cents)),
                &self.t("overview.nothing"),
            ),
            provinces: vec![
                self.shown("Sevilla".to_owned(), "", 96_000, 61),
                self.shown("Madrid".to_owned(), "", 40_000, 25),
            ],
            countries: vec![self.shown(self.say("Spain", "España"), "", 157_900, 100)],
            categories: vec![self.shown(self.say("Ceramics", "Cerámica"), "/c/ceramics", 99_000, 70)],
            shops: vec![self.shown(self.text("Taller Guadalquivir"), "/operator/shops/1", 99_000, 63)],
            products: vec![SoldRow {
                title: self.say("Blue bowl", "Cuenco azul"),
                href: "/search?q=bowl".to_owned(),
                shop: self.text("Taller Guadalquivir"),
                units: self.locale.n("count.pieces", 31).to_string(),
                sold: self.price(74_400).text,
            }],
            funnel: vec![
                self.shown(self.t("overview.stage.carts"), "", 51_200, 100),
                self.shown(self.t("overview.stage.paid"), "", 21_400, 42),
            ],
        }
    }

    fn system_page(&self) -> OperatorSystemPage {
        let figure = |key: &str, value: &str| Figure {
            key: key.to_owned(),
            label: self.t(key),
            value: value.to_owned(),
            href: None,
        };
        let state = |key: &str, tone| Status {
            label: self.t(key),
            tone,
        };
        OperatorSystemPage {
            page: self.office_page(self.t("operator.system"), "/operator/system"),
            work: self.office_bar("/operator/system"),
            at: self.date(11, 22),
            figures: vec![
                figure("system.program", "Stoa 0.1.0"),
                figure("system.database", "17.2"),
                figure("system.instance", "atril-1"),
            ],
            refresh: self.choices("/operator/system", &["system.refresh_off"]),
            dependencies: vec![
                DependencyRow {
                    name: self.t("system.database"),
                    status: state("system.up", Tone::Good),
                    took: self.locale.t("system.took").arg("ms", 1).to_string(),
                    why: String::new(),
                },
                DependencyRow {
                    name: "carrier".to_owned(),
                    status: state("system.down", Tone::Bad),
                    took: self.locale.t("system.took").arg("ms", 800).to_string(),
                    why: self.text("no answer within 800 ms"),
                },
                DependencyRow {
                    name: self.t("system.index"),
                    status: state("system.building", Tone::Warn),
                    took: self.locale.t("system.took").arg("ms", 4).to_string(),
                    why: self.t("system.index_building"),
                },
            ],
            rebuild: Some("/operator/system/rebuild-index".to_owned()),
            readers: Some(vec![ReaderRow {
                name: "orders.desk".to_owned(),
                status: state("system.behind", Tone::Warn),
                waiting: self.date(11, 22),
                moved: self.date(11, 22),
                retrying: "3".to_owned(),
                dead: String::new(),
            }]),
            jobs: Some(vec![JobRow {
                name: "checkout.mails".to_owned(),
                status: state("system.stopped", Tone::Bad),
                due: "12".to_owned(),
                later: String::new(),
                running: "1".to_owned(),
                dead: "2".to_owned(),
                error: self.text("the mail server refused the connection"),
            }]),
            services: vec![ServiceRow {
                name: "orders".to_owned(),
                place: self.t("system.here"),
                loops: "orders reactions".to_owned(),
            }],
        }
    }

    fn desk(&self) -> OperatorOrdersPage {
        OperatorOrdersPage {
            page: self.office_page(self.t("operator.orders"), "/operator/orders"),
            work: self.office_bar("/operator/orders"),
            words: self.text("lucia@mail.example"),
            states: vec![Choice::new("", self.t("desk.any_state"))],
            from: Field::of("2026-11-01"),
            until: Field::wrong(self.text("yesterday"), self.t("ledger.moment_wrong")),
            shop: Some(Link::new(self.text("Taller Guadalquivir"), "/operator/orders")),
            is_narrowed: true,
            rows: vec![FoundRow {
                number: "K7F3-9QXA".to_owned(),
                href: "/operator/orders/K7F3-9QXA".to_owned(),
                status: Status {
                    label: self.t("desk.to_send"),
                    tone: Tone::Calm,
                },
                placed: self.date(11, 20),
                email: self.text("lucia@mail.example"),
                contents: self.locale.n("count.pieces", 3).to_string(),
                total: self.price(12_400).text,
            }],
            more: Some(Link::new(self.t("listing.more"), "/operator/orders?after=1")),
        }
    }

    fn order_at_the_desk(&self) -> OperatorOrderPage {
        let href = "/operator/orders/K7F3-9QXA";
        let state = |key: &str, tone| Status {
            label: self.t(key),
            tone,
        };
        let past = self
            .locale
            .t("desk.past")
            .arg("at", self.date(11, 20))
            .arg("version", 2)
            .arg("last", 4);
        let version = self.locale.t("desk.version").arg("n", 2).to_string();
        OperatorOrderPage {
            page: self.office_page("K7F3-9QXA".to_owned(), href),
            work: self.office_bar("/operator/orders"),
            number: "K7F3-9QXA".to_owned(),
            href: href.to_owned(),
            status: state("desk.to_send", Tone::Calm),
            past: Some(past.to_string()),
            moment: Field::of("2026-11-20T10:00"),
            placed: self.date(11, 20),
            email: self.text("lucia@mail.example"),
            address: vec![
                self.text("Lucía Romero"),
                self.text("Calle Betis 12"),
                self.text("41010 Sevilla"),
            ],
            sums: vec![(self.t("cart.total"), self.price(12_400).text)],
            messages: self.locale.n("desk.messages", 2).to_string(),
            by_hand: "/operator/payments/1".to_owned(),
            payment_step: Some(PaymentStanding {
                status: state("payments.ended", Tone::Good),
                step: self.t("payments.step.capture"),
                due: self.date(11, 20),
            }),
            parts: vec![PartPanel {
                shop: self.text("Taller Guadalquivir"),
                href: Some("/operator/shops/1".to_owned()),
                number: "K7F3-9QXA-1".to_owned(),
                state: SubOrderState::Confirmed,
                total: self.price(12_400).text,
                split: Some(PaidShare {
                    authorized: self.price(12_400).text,
                    captured: self.price(12_400).text,
                    released: String::new(),
                    refunded: self.price(0).text,
                }),
                commission: self.price(1_240).text,
                lines: vec![(self.text("2 × Blue bowl"), self.price(11_900).text)],
                delivery: self.text("Standard"),
                parcels: vec![self.text("Correos · PK43")],
                returns: vec![self.text("1 × Blue bowl")],
                changes: vec![self.text("Given back for a chip")],
                refund: Some(RefundForm {
                    units: UnitsForm {
                        action: format!("{href}/parts/1/refund"),
                        prefix: "refund1".to_owned(),
                        key: "1".to_owned(),
                        lines: vec![ReturnUnits {
                            id: "1".to_owned(),
                            title: self.text("Blue bowl"),
                            units: 2,
                            value: "0".to_owned(),
                        }],
                        refused: Some(self.t("refusal.refund_unclear")),
                    },
                    rest: self.price(12_400).text,
                    delivery: Some(self.price(500).text),
                    with_delivery: true,
                    amount: Field::wrong(self.text("much"), self.t("refusal.price")),
                    reason: Field::of(self.text("It came chipped")),
                }),
            }],
            books: vec![BookEntry {
                kind: self.t("desk.book_sale"),
                at: self.date(11, 20),
                rows: vec![BookRow {
                    account: self.t("ledger.account.seller_payable"),
                    shop: self.text("Taller Guadalquivir"),
                    debit: String::new(),
                    credit: self.price(11_160).text,
                }],
            }],
            story: vec![StoryRow {
                at: self.date(11, 20),
                source: self.t("desk.of_order"),
                text: self.t("desk.event.confirmed"),
                detail: self.text("K7F3-9QXA-1"),
                version: Some(Link::new(version, format!("{href}?version=2"))),
            }],
        }
    }
}
