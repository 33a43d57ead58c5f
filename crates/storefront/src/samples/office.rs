//! The operator's workplace.

use super::{Sample, Scene, push};
use crate::views::common::{Choice, Field, Link};
use crate::views::operator::{
    AnswerChoice, BalanceRow, CommandForm, CurrencyBalances, HistoryRow, JudgedCheck, OperatorLedgerPage,
    OperatorPaymentPage, OperatorPaymentsPage, OperatorShopPage, OperatorShopsPage, PaidOrder, PaidPart,
    PaidShare, PaymentRow, PaymentStep, RefundPanel, ShopRow, UncapturedRow,
};
use crate::views::order::SubOrderState;
use crate::views::page::{Face, Page, Tone, Viewer};
use crate::views::work::{Figure, Group, Section, Status, Tab, WorkBar};

pub(super) fn add(scene: Scene, samples: &mut Vec<Sample>) {
    push(samples, "operator-shops", &scene.all_shops());
    push(
        samples,
        "operator-shops-empty",
        &OperatorShopsPage {
            rows: Vec::new(),
            more: None,
            ..scene.all_shops()
        },
    );
    push(samples, "operator-shop", &scene.dossier());
    push(samples, "operator-ledger", &scene.books());
    push(samples, "operator-payments", &scene.payments());
    push(
        samples,
        "operator-payments-empty",
        &OperatorPaymentsPage {
            uncaptured: Vec::new(),
            uncaptured_more: None,
            rows: Vec::new(),
            more: None,
            ..scene.payments()
        },
    );
    push(samples, "operator-payment", &scene.payment_by_hand());
}

impl Scene {
    pub(super) fn office_page(&self, title: String, path: &str) -> Page {
        let viewer = Viewer {
            name: self.text("Olga"),
            email: self.text("operator@stoa.example"),
            face: Face::Operator,
        };
        Page {
            viewer: Some(viewer),
            cart_count: 0,
            ..self.page(title, path)
        }
    }

    pub(super) fn office_bar(&self, section: &str) -> WorkBar {
        WorkBar {
            name: self.t("operator.title"),
            href: None,
            status: None,
            sections: Vec::new(),
            groups: [
                (
                    "operator.group.overview",
                    &[("/operator", "operator.overview")][..],
                ),
                (
                    "operator.group.orders",
                    &[
                        ("/operator/orders", "operator.orders"),
                        ("/operator/payments", "operator.payments"),
                    ],
                ),
                (
                    "operator.group.money",
                    &[
                        ("/operator/payouts", "operator.payouts"),
                        ("/operator/holds", "operator.holds"),
                        ("/operator/reconciliation", "operator.breaks"),
                        ("/operator/commission", "operator.commission"),
                        ("/operator/ledger", "operator.ledger"),
                        ("/operator/gift-cards", "operator.gift_cards"),
                        ("/operator/taxes", "operator.taxes"),
                    ],
                ),
                (
                    "operator.group.goods",
                    &[
                        ("/operator/shops", "operator.shops"),
                        ("/operator/moderation", "operator.moderation"),
                        ("/operator/categories", "operator.categories"),
                        ("/operator/search", "operator.search"),
                    ],
                ),
                (
                    "operator.group.people",
                    &[
                        ("/operator/reviews", "operator.reviews"),
                        ("/operator/messages", "operator.messages"),
                    ],
                ),
                (
                    "operator.group.system",
                    &[
                        ("/operator/templates", "operator.templates"),
                        ("/operator/dead-letters", "operator.dead_letters"),
                        ("/operator/partners", "operator.partners"),
                        ("/operator/system", "operator.system"),
                        ("/operator/people", "operator.people"),
                        ("/operator/audit", "operator.audit"),
                        ("/operator/features", "operator.features"),
                    ],
                ),
            ]
            .map(|(name, parts)| Group {
                name: self.t(name),
                sections: parts
                    .iter()
                    .map(|(href, key)| Section {
                        link: Link::new(self.t(key), *href),
                        current: *href == section,
                    })
                    .collect(),
            })
            .into(),
        }
    }

    fn waiting(&self) -> Status {
        Status {
            label: self.t("shop.status.applied"),
            tone: Tone::Warn,
        }
    }

    fn all_shops(&self) -> OperatorShopsPage {
        OperatorShopsPage {
            page: self.office_page(self.t("operator.shops"), "/operator/shops"),
            work: self.office_bar("/operator/shops"),
            figures: vec![Figure {
                key: "operator.figure.waiting".to_owned(),
                label: self.t("operator.figure.waiting"),
                value: "1".to_owned(),
                href: Some("/operator/shops?state=applied".to_owned()),
            }],
            tabs: vec![Tab {
                link: Link::new(self.t("work.all"), "/operator/shops"),
                count: 56,
                current: true,
            }],
            rows: vec![ShopRow {
                name: self.text("Taller Guadalquivir"),
                href: "/operator/shops/1".to_owned(),
                slug: self.text("taller-guadalquivir"),
                place: self.text("Triana, Sevilla"),
                owner: self.text("Rocío Vega"),
                applied: self.date(11, 20),
                status: self.waiting(),
            }],
            more: Some(Link::new(self.t("listing.more"), "/operator/shops?before=1")),
        }
    }

    fn dossier(&self) -> OperatorShopPage {
        let command = |code: &'static str, is_main, blocked: String| CommandForm {
            code,
            label: self.t(&format!("command.{code}")),
            text: self.t(&format!("command.{code}_text")),
            is_main,
            is_danger: !is_main,
            blocked,
        };
        let check = |code: &'static str, is_stated| JudgedCheck {
            code,
            label: self.t(&format!("check.{code}")),
            holder: self.text("Rocío Vega"),
            reference: "••••1332".to_owned(),
            remark: self.text("A digit is missing."),
            status: Status {
                label: self.t("check.state.submitted"),
                tone: Tone::Calm,
            },
            is_stated,
            is_open: true,
        };
        let missing = self
            .locale
            .t("operator.blocked")
            .arg("items", self.t("check.identity"));
        OperatorShopPage {
            page: self.office_page(self.text("Taller Guadalquivir"), "/operator/shops/1"),
            work: self.office_bar("/operator/shops"),
            name: self.text("Taller Guadalquivir"),
            slug: self.text("taller-guadalquivir"),
            public_href: Some("/shop/taller-guadalquivir".to_owned()),
            status: self.waiting(),
            applied: self.date(11, 20),
            owner: self.text("Rocío Vega"),
            owner_email: self.text("rocio@guadalquivir.example"),
            place: self.text("Triana, Sevilla"),
            story: self.say("A courtyard in Triana.", "Un patio de Triana."),
            returns: self.say("14 days", "14 días"),
            products: self
                .locale
                .t("operator.products")
                .arg("active", 3)
                .arg("draft", 1)
                .to_string(),
            owed: vec![self.price(12_240).text],
            error: Some(self.t("refusal.onboarding_incomplete")),
            action: "/operator/shops/1".to_owned(),
            checks: vec![check("identity", false), check("bank_account", true)],
            commands: vec![
                command("approve", true, missing.to_string()),
                command("close", false, String::new()),
            ],
            history: vec![HistoryRow {
                at: self.date(11, 20),
                status: self.waiting(),
                reason: self.text("applied"),
            }],
            features: self.features_of_shop(),
        }
    }

    fn stuck(&self) -> Status {
        Status {
            label: self.t("payments.stuck"),
            tone: Tone::Bad,
        }
    }

    fn payments(&self) -> OperatorPaymentsPage {
        let tabs = [
            ("work.all", "/operator/payments"),
            ("payments.stuck", "/operator/payments?state=stuck"),
        ];
        OperatorPaymentsPage {
            page: self.office_page(self.t("operator.payments"), "/operator/payments"),
            work: self.office_bar("/operator/payments"),
            capture: Some(self.t("payments.capture_said.at_once")),
            captures: vec![
                Choice::new("at_once", self.t("payments.capture.at_once")),
                Choice::new("on_dispatch", self.t("payments.capture.on_dispatch")),
            ],
            uncaptured: vec![UncapturedRow {
                id: "1".to_owned(),
                number: self.text("K7F3-9QXA"),
                href: "/operator/payments/1".to_owned(),
                open: self.text("€24.00"),
                lapsed: self.text("€0.00"),
                lapses: self.text("22 Nov 2026, 12:03"),
                tries: self.text("12"),
                retry: Some("/operator/payments/1/retry-capture".to_owned()),
            }],
            uncaptured_more: Some(Link::new(
                self.t("listing.more"),
                "/operator/payments?uncaptured_after=1",
            )),
            tabs: tabs
                .map(|(key, href)| Section {
                    link: Link::new(self.t(key), href),
                    current: key == "work.all",
                })
                .into(),
            rows: vec![PaymentRow {
                number: self.text("K7F3-9QXA"),
                href: "/operator/payments/1".to_owned(),
                status: self.stuck(),
                step: self.t("payments.step.inquire"),
                tries: self.text("12"),
                last: self.text("21 Nov 2026, 12:03"),
                due: self.text("21 Nov 2026, 12:04"),
            }],
            more: Some(Link::new(self.t("listing.more"), "/operator/payments?after=1")),
        }
    }

    fn payment_by_hand(&self) -> OperatorPaymentPage {
        let answers = [
            ("captured", "payments.answer.captured"),
            ("declined", "payments.answer.declined"),
        ];
        let step = |step: &str, outcome: &str, by: Option<&str>| PaymentStep {
            at: self.text("21 Nov 2026, 12:03"),
            step: self.t(step),
            outcome: self.t(outcome),
            by: by.map(|name| self.text(name)),
            note: by
                .map(|_| self.text("The provider answers again."))
                .unwrap_or_default(),
        };
        OperatorPaymentPage {
            page: self.office_page(self.text("K7F3-9QXA"), "/operator/payments/1"),
            work: self.office_bar("/operator/payments"),
            number: self.text("K7F3-9QXA"),
            status: self.stuck(),
            step: self.t("payments.step.inquire"),
            attempt: self.text("1"),
            tries: self.text("12"),
            due: self.text("21 Nov 2026, 12:04"),
            error: Some(self.t("refusal.payment_busy")),
            action: "/operator/payments/1".to_owned(),
            may_retry: true,
            may_undo: true,
            answers: answers
                .map(|(code, key)| AnswerChoice {
                    code,
                    label: self.t(key),
                })
                .into(),
            timeline: vec![
                step(
                    "payments.step.inquire",
                    "payments.outcome.retried",
                    Some("Olga Prieto"),
                ),
                step("payments.step.inquire", "payments.outcome.unknown", None),
                step("payments.step.authorize", "payments.outcome.unknown", None),
            ],
            order: Some(PaidOrder {
                email: self.text("elena.ferrer@mail.example"),
                placed: self.text("21 Nov 2026, 12:02"),
                total: self.price(16_115).text,
                refunded: self.price(4_200).text,
                parts: vec![PaidPart {
                    shop: self.text("Taller Guadalquivir"),
                    href: Some("/operator/shops/1".to_owned()),
                    number: self.text("K7F3-9QXA-1"),
                    state: SubOrderState::Confirmed,
                    total: self.price(11_915).text,
                    split: Some(PaidShare {
                        authorized: self.price(11_915).text,
                        captured: self.price(9_915).text,
                        released: self.price(2_000).text,
                        refunded: self.price(4_200).text,
                    }),
                    contents: vec![self.say("2 × Breakfast bowl", "2 × Cuenco de desayuno")],
                    changes: vec![self.say(
                        "€42.00 given back on 21 November: broken",
                        "42,00 € devueltos el 21 de noviembre: roto",
                    )],
                }],
            }),
            refunds: vec![self.refund_that_came_back()],
        }
    }

    fn refund_that_came_back(&self) -> RefundPanel {
        let step = |step: &str, outcome: &str| PaymentStep {
            at: self.text("21 Nov 2026, 12:03"),
            step: self.t(step),
            outcome: self.t(outcome),
            by: None,
            note: String::new(),
        };
        RefundPanel {
            anchor: "refund-1".to_owned(),
            amount: self.price(4_200).text,
            by_provider: self.price(3_200).text,
            reason: self.say("One is cracked.", "Una está rota."),
            refusal: self.say(
                "The buyer's bank sent the money back.",
                "El banco del comprador devolvió el dinero.",
            ),
            status: Status {
                label: self.t("refunds.came_back"),
                tone: Tone::Bad,
            },
            step: self.t("payments.step.came_back"),
            tries: self.text("0"),
            due: String::new(),
            action: "/operator/payments/1/refunds/1".to_owned(),
            may_retry: true,
            answers: vec![AnswerChoice {
                code: "came_back",
                label: self.t("payments.answer.came_back"),
            }],
            timeline: vec![
                step("payments.step.refunded", "payments.outcome.declined"),
                step("payments.step.close", "payments.outcome.done"),
            ],
        }
    }

    fn books(&self) -> OperatorLedgerPage {
        let row = |key: &str, debit: i64, credit: i64| BalanceRow {
            key: key.trim_start_matches("ledger.account.").to_owned(),
            account: self.t(key),
            debit: if debit > 0 {
                self.price(debit).text
            } else {
                String::new()
            },
            credit: if credit > 0 {
                self.price(credit).text
            } else {
                String::new()
            },
        };
        OperatorLedgerPage {
            page: self.office_page(self.t("operator.ledger"), "/operator/ledger"),
            work: self.office_bar("/operator/ledger"),
            at: self.date(11, 20),
            moment: Field::wrong(self.text("yesterday"), self.t("ledger.moment_wrong")),
            currencies: vec![CurrencyBalances {
                currency: "EUR".to_owned(),
                rows: vec![
                    row("ledger.account.provider_clearing", 13_600, 0),
                    row("ledger.account.seller_payable", 0, 12_240),
                    row("ledger.account.commission_revenue", 0, 1_360),
                ],
                debit: self.price(13_600).text,
                credit: self.price(13_600).text,
                is_balanced: true,
            }],
        }
    }
}
