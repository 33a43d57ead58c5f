//! How shops are paid.

use super::{Sample, Scene, push};
use crate::views::common::{Choice, Field, Link};
use crate::views::page::Tone;
use crate::views::settlement::{
    BatchRow, BreakRow, HoldRow, ImportForm, MovementRow, OperatorBreaksPage, OperatorPayoutsPage, PayForm,
    PayoutRow, SellerHoldsPage, SellerPayoutsPage, SellerSettlementPage, SellerStatementPage,
};
use crate::views::work::{Figure, Section};

pub(super) fn add(scene: Scene, samples: &mut Vec<Sample>) {
    push(samples, "seller-settlement", &scene.settlement());
    push(
        samples,
        "seller-settlement-new",
        &SellerSettlementPage {
            figures: Vec::new(),
            pay: Vec::new(),
            holds: Vec::new(),
            payouts: Vec::new(),
            ..scene.settlement()
        },
    );
    push(samples, "seller-holds", &scene.held());
    push(
        samples,
        "seller-holds-empty",
        &SellerHoldsPage {
            holds: Vec::new(),
            more: None,
            ..scene.held()
        },
    );
    push(samples, "seller-payouts", &scene.paid_out());
    push(
        samples,
        "seller-payouts-empty",
        &SellerPayoutsPage {
            payouts: Vec::new(),
            more: None,
            ..scene.paid_out()
        },
    );
    push(samples, "seller-statement", &scene.statement());
    push(
        samples,
        "seller-statement-empty",
        &SellerStatementPage {
            movements: Vec::new(),
            more: None,
            ..scene.statement()
        },
    );
    push(samples, "operator-payouts", &scene.all_payouts());
    push(
        samples,
        "operator-payouts-empty",
        &OperatorPayoutsPage {
            batches: Vec::new(),
            payouts: Vec::new(),
            more: None,
            ..scene.all_payouts()
        },
    );
    push(samples, "operator-breaks", &scene.breaks());
    push(
        samples,
        "operator-breaks-empty",
        &OperatorBreaksPage {
            rows: Vec::new(),
            more: None,
            ..scene.breaks()
        },
    );
}

impl Scene {
    pub(super) fn filters(&self, path: &str, keys: &[&str]) -> Vec<Section> {
        let filter = |(at, key): (usize, &&str)| Section {
            link: Link::new(self.t(key), format!("{path}?state={at}")),
            current: at == 0,
        };
        keys.iter().enumerate().map(filter).collect()
    }

    fn holds(&self) -> Vec<HoldRow> {
        let row = |sale: Option<Link>, reason: &str, cents: i64| HoldRow {
            sale,
            reason: self.t(reason),
            since: self.date(11, 18),
            until: self.date(11, 30),
            amount: self.price(cents).text,
            status: self.status("settlement.held", Tone::Warn),
        };
        let sale = Link::new(self.text("K7F3-9QXA-2"), "/seller/orders/1");
        vec![
            row(Some(sale), "hold.reason.delivery", 12_240),
            row(None, "hold.reason.dispute", 4_550),
        ]
    }

    fn payouts_of(&self, shop: Option<&str>) -> Vec<PayoutRow> {
        let row = |period: String, key: &str, tone, note: String| PayoutRow {
            made: self.date(11, 16),
            shop: shop.map(|name| self.text(name)).unwrap_or_default(),
            href: shop.map(|_| "/operator/shops/1".to_owned()),
            period,
            amount: self.price(84_320).text,
            status: self.status(key, tone),
            note,
            reference: "tr_5417".to_owned(),
            // What came back already does not come back again.
            came_back: shop
                .filter(|_| key == "payout.state.paid")
                .map(|_| "/operator/payouts/1/return".to_owned()),
        };
        let week = self
            .locale
            .t("settlement.until_day")
            .arg("day", self.date(11, 16));
        let paid = self.locale.t("settlement.paid_on").arg("day", self.date(11, 17));
        vec![
            row(
                week.to_string(),
                "payout.state.paid",
                Tone::Good,
                paid.to_string(),
            ),
            row(
                self.t("settlement.asked"),
                "payout.state.returned",
                Tone::Bad,
                self.text("account closed"),
            ),
        ]
    }

    fn settlement(&self) -> SellerSettlementPage {
        let figure = |key: &str, cents: i64| Figure {
            key: key.to_owned(),
            label: self.t(key),
            value: self.price(cents).text,
            href: None,
        };
        let weekly = self
            .locale
            .t("settlement.weekly")
            .arg("weekday", self.locale.weekday(1));
        let next = self.locale.t("settlement.next_on");
        SellerSettlementPage {
            page: self.seller_page(self.t("work.settlement"), "/seller/settlement"),
            work: self.work_bar("/seller/settlement"),
            figures: vec![
                figure("settlement.available", 84_320),
                figure("settlement.pending", 12_240),
                figure("settlement.reserved", 0),
                figure("settlement.payable", 96_560),
            ],
            schedule: next
                .arg("schedule", weekly)
                .arg("day", self.date(11, 23))
                .to_string(),
            terms: self.locale.n("settlement.hold_days", 7).to_string(),
            schedules: vec![
                Choice::new("daily", self.t("settlement.daily")),
                Choice::new("manual", self.t("settlement.manual")),
            ],
            may_edit: true,
            pay: vec![PayForm {
                currency: "EUR".to_owned(),
                amount: self.price(84_320).text,
                key: "once".to_owned(),
            }],
            holds: self.holds(),
            payouts: self.payouts_of(None),
            currencies: ["EUR", "GBP"].map(|code| Choice::new(code, code)).into(),
            months: vec![Choice::new("2026-11", self.locale.month(self.day(11, 1)))],
            years: vec![Link::new("2026", "/seller/settlement/year?year=2026")],
        }
    }

    fn held(&self) -> SellerHoldsPage {
        let path = "/seller/settlement/holds";
        SellerHoldsPage {
            page: self.seller_page(self.t("settlement.holds"), path),
            work: self.work_bar("/seller/settlement"),
            tabs: self.filters(path, &["work.all", "settlement.held", "settlement.released"]),
            holds: self.holds(),
            more: Some(Link::new(
                self.t("listing.more"),
                "/seller/settlement/holds?after=1",
            )),
        }
    }

    fn paid_out(&self) -> SellerPayoutsPage {
        let path = "/seller/settlement/payouts";
        SellerPayoutsPage {
            page: self.seller_page(self.t("settlement.payouts"), path),
            work: self.work_bar("/seller/settlement"),
            tabs: self.filters(path, &["work.all", "payout.state.paid"]),
            payouts: self.payouts_of(None),
            more: Some(Link::new(
                self.t("listing.more"),
                "/seller/settlement/payouts?after=1",
            )),
        }
    }

    fn statement(&self) -> SellerStatementPage {
        let path = "/seller/settlement/statement";
        let figure = |key: &str, cents: i64| Figure {
            key: key.to_owned(),
            label: self.t(key),
            value: self.price(cents).text,
            href: None,
        };
        let row = |key: &str, sale: Option<Link>, [gross, commission, tax, balance]: [i64; 4]| MovementRow {
            at: format!("{}, 10:24", self.date(11, 18)),
            what: self.t(key),
            sale,
            gross: self.price(gross).text,
            commission: self.price(commission).text,
            tax: self.price(tax).text,
            net: self.price(gross - commission - tax).text,
            balance: self.price(balance).text,
        };
        let sale = Link::new(self.text("K7F3-9QXA-2"), "/seller/orders/1");
        SellerStatementPage {
            page: self.seller_page(self.t("settlement.statements"), path),
            work: self.work_bar("/seller/settlement"),
            month: self.locale.month(self.day(11, 1)),
            months: vec![Choice::new("2026-11", self.locale.month(self.day(11, 1)))],
            currency: "EUR".to_owned(),
            figures: vec![
                figure("statement.opening", 4_000),
                figure("statement.commission", 1_360),
                figure("statement.tax", 286),
                figure("statement.payouts", 4_000),
                figure("statement.closing", 11_954),
            ],
            movements: vec![
                row("statement.sale", Some(sale), [13_600, 1_360, 286, 15_954]),
                row("statement.payout", None, [-4_000, 0, 0, 11_954]),
            ],
            pdf: format!("{path}?month=2026-11&currency=EUR&format=pdf"),
            csv: format!("{path}?month=2026-11&currency=EUR&format=csv"),
            more: Some(Link::new(self.t("listing.more"), format!("{path}?after=1"))),
        }
    }

    fn all_payouts(&self) -> OperatorPayoutsPage {
        let path = "/operator/payouts";
        OperatorPayoutsPage {
            page: self.office_page(self.t("operator.payouts"), path),
            work: self.office_bar(path),
            tabs: self.filters(path, &["work.all", "payout.state.paid"]),
            batches: vec![BatchRow {
                day: self.date(11, 16),
                payouts: "31".to_owned(),
                amount: self.price(1_284_320).text,
                open: "2".to_owned(),
                broken: "1".to_owned(),
            }],
            payouts: self.payouts_of(Some("Taller Guadalquivir")),
            more: Some(Link::new(self.t("listing.more"), "/operator/payouts?after=1")),
        }
    }

    fn breaks(&self) -> OperatorBreaksPage {
        let path = "/operator/reconciliation";
        OperatorBreaksPage {
            page: self.office_page(self.t("operator.breaks"), path),
            work: self.office_bar(path),
            import: Some(ImportForm {
                refused: Some(self.t("upload.no_file")),
                provider: Field::of(self.text("stripe")),
            }),
            tabs: self.filters(path, &["work.all", "breaks.kind.missing_here"]),
            rows: vec![
                BreakRow {
                    kind: self.status("breaks.kind.amount_differs", Tone::Bad),
                    what: self.t("breaks.charge"),
                    at: self.date(11, 19),
                    order: Some(Link::new(self.text("K7F3-9QXA"), "/operator/payments/1")),
                    reference: self.text("ch_7731"),
                    theirs: self.price(13_500).text,
                    ours: self.price(13_600).text,
                    note: String::new(),
                    place: "l:sandbox:ch_7731:charge".to_owned(),
                },
                BreakRow {
                    kind: self.status("breaks.kind.missing_here", Tone::Bad),
                    what: self.t("breaks.refund"),
                    at: self.date(11, 19),
                    order: None,
                    reference: self.text("re_12"),
                    theirs: self.price(-500).text,
                    ours: String::new(),
                    note: self.say(
                        "Given back at the provider by hand.",
                        "Devuelto a mano en el proveedor.",
                    ),
                    place: String::new(),
                },
            ],
            more: Some(Link::new(
                self.t("listing.more"),
                "/operator/reconciliation?after=1",
            )),
        }
    }
}
