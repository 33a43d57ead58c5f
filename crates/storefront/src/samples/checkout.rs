//! The four steps, and the sandbox bank.

use super::{Sample, Scene, push};
use crate::views::cart::{Change, Coupons, Saving, Taxes};
use crate::views::checkout::{
    AddressForm, BankChallengePage, CardRow, CheckoutAddressPage, CheckoutDeliveryPage, CheckoutPaymentPage,
    CheckoutReviewPage, DeliveryChoice, DeliveryOption, PaymentMethod, PurseForms, ReviewDelivery,
    SavedAddress, Step, Summary, SummaryLine, SummarySeller,
};
use crate::views::common::{Choice, Field, Price};
use crate::views::page::Tone;

pub(super) fn add(scene: Scene, samples: &mut Vec<Sample>) {
    push(samples, "checkout-1-address", &scene.address_guest());
    push(samples, "checkout-1-address-errors", &scene.address_errors());
    push(samples, "checkout-2-delivery", &scene.delivery());
    push(samples, "checkout-2-delivery-refused", &scene.delivery_refused());
    push(samples, "checkout-3-payment", &scene.payment(None));
    let error = scene.say(
        "Your bank declined the card. Choose another one, or ask your bank why.",
        "Tu banco ha rechazado la tarjeta. Elige otra o pregunta a tu banco el motivo.",
    );
    push(
        samples,
        "checkout-3-payment-declined",
        &scene.payment(Some(error)),
    );
    push(
        samples,
        "checkout-3-payment-gift-cards",
        &scene.payment_with_cards(),
    );
    push(
        samples,
        "order-payment-again",
        &CheckoutPaymentPage {
            order_href: Some("/orders/ST-7K4M-20".to_owned()),
            action: "/orders/ST-7K4M-20/pay".to_owned(),
            purses: None,
            ..scene.payment(None)
        },
    );
    push(samples, "checkout-4-review", &scene.review());
    push(
        samples,
        "checkout-4-review-short",
        &CheckoutReviewPage {
            short: true,
            error: Some(scene.t("refusal.total_changed")),
            ..scene.review()
        },
    );
    push(samples, "bank-challenge", &scene.bank());
}

impl Scene {
    fn summary(&self, delivery: Option<Price>, total: i64) -> Summary {
        let line = |key: &str, en, es, variant: &str, quantity, cents| SummaryLine {
            title: self.say(en, es),
            variant: if variant.is_empty() {
                String::new()
            } else {
                self.text(variant)
            },
            made: (quantity > 1).then(|| self.made()),
            quantity,
            image: Some(self.image(key, String::new())),
            total: self.price(cents),
        };
        Summary {
            sellers: vec![
                SummarySeller {
                    name: self.text("Taller Guadalquivir"),
                    lines: vec![
                        line(
                            "vase-blue",
                            "Tall vase with cobalt bands",
                            "Jarrón alto con franjas cobalto",
                            "31 cm",
                            1,
                            8_400,
                        ),
                        line(
                            "bowl",
                            "Breakfast bowl, sea glaze",
                            "Cuenco de desayuno, esmalte mar",
                            "",
                            2,
                            5_200,
                        ),
                    ],
                },
                SummarySeller {
                    name: self.text("Jabones del Romeral"),
                    lines: vec![line(
                        "soap",
                        "Rosemary and olive oil soap",
                        "Jabón de romero y aceite de oliva",
                        "100 g",
                        3,
                        2_250,
                    )],
                },
            ],
            items: 6,
            subtotal: self.price(15_850),
            savings: Vec::new(),
            coupons: Some(Coupons {
                codes: Vec::new(),
                next: "/checkout/review".to_owned(),
            }),
            delivery,
            taxes: Taxes {
                added: None,
                note: self.say(
                    "Taxes in the total: IVA 21 % €27.51",
                    "Impuestos en el total: IVA 21 % 27,51 €",
                ),
            },
            total: self.price(total),
            tenders: Vec::new(),
            due: self.price(total),
        }
    }

    fn summary_done(&self) -> Summary {
        self.summary(Some(self.price(490)), 16_340)
    }

    fn address_form(&self) -> AddressForm {
        let provinces = [
            ("", ""),
            ("ES-B", "Barcelona"),
            ("ES-GR", "Granada"),
            ("ES-M", "Madrid"),
            ("ES-SE", "Sevilla"),
        ]
        .map(|(value, label)| Choice::new(value, label));
        let countries = [
            ("ES", "Spain", "España"),
            ("FR", "France", "Francia"),
            ("PT", "Portugal", "Portugal"),
        ]
        .map(|(value, en, es)| Choice::new(value, self.say(en, es)));
        AddressForm {
            name: Field::of(self.text("Elena Ferrer")),
            line1: Field::of(self.text("Carrer de Verdi 41")),
            line2: Field::of(self.text("3º 2ª")),
            postcode: Field::of(self.text("08012")),
            city: Field::of(self.text("Barcelona")),
            provinces: Choice::select(provinces.into(), "ES-B"),
            countries: Choice::select(countries.into(), "ES"),
            ..AddressForm::default()
        }
    }

    fn address_guest(&self) -> CheckoutAddressPage {
        CheckoutAddressPage {
            page: self.page(self.t("checkout.address.title"), "/checkout/address"),
            step: Step::Address,
            summary: self.summary(None, 15_850),
            email: Field::default(),
            address: AddressForm {
                provinces: self.address_form().provinces,
                countries: self.address_form().countries,
                ..AddressForm::default()
            },
            saved: Vec::new(),
        }
    }

    fn address_errors(&self) -> CheckoutAddressPage {
        let mut address = self.address_form();
        address.postcode = Field::wrong(
            self.text("8012"),
            self.say(
                "A Spanish postcode has five digits, such as 08012.",
                "Un código postal español tiene cinco cifras, como 08012.",
            ),
        );
        address.province = Field {
            value: String::new(),
            error: Some(self.say("Choose a province.", "Elige una provincia.")),
        };
        let saved = |place: u32, street: &str, current| SavedAddress {
            label: self.text(&format!("Elena Ferrer, {street}, 08012 Barcelona")),
            href: format!("/checkout/address?used={place}"),
            current,
        };
        CheckoutAddressPage {
            page: self.buyer_page(self.t("checkout.address.title"), "/checkout/address"),
            email: Field::of(self.text("elena.ferrer@mail.example")),
            address,
            saved: vec![
                saved(0, "Carrer de Verdi 41", true),
                saved(1, "Carrer Gran 7", false),
            ],
            ..self.address_guest()
        }
    }

    fn delivery(&self) -> CheckoutDeliveryPage {
        let option = |value: &str, en, es, days: (u32, u32), cents: Option<i64>, selected| DeliveryOption {
            value: value.to_owned(),
            label: self.say(en, es),
            window: self.window(days.0, days.1),
            price: cents.map(|cents| self.price(cents)),
            selected,
        };
        CheckoutDeliveryPage {
            page: self.page(self.t("checkout.delivery.title"), "/checkout/delivery"),
            step: Step::Delivery,
            summary: self.summary_done(),
            ship_to: self.text("Elena Ferrer, Carrer de Verdi 41, 08012 Barcelona"),
            sellers: vec![
                DeliveryChoice {
                    name: "delivery.0192f3a4".to_owned(),
                    seller: self.text("Taller Guadalquivir"),
                    place: self.text("Triana, Sevilla"),
                    is_downloaded: false,
                    items: vec![
                        self.say("Tall vase with cobalt bands", "Jarrón alto con franjas cobalto"),
                        self.say("2 breakfast bowls", "2 cuencos de desayuno"),
                    ],
                    options: vec![
                        option("standard", "Standard", "Estándar", (24, 27), None, true),
                        option("express", "Express", "Urgente", (23, 24), Some(890), false),
                    ],
                    refused: None,
                },
                DeliveryChoice {
                    name: "delivery.0192f3b8".to_owned(),
                    seller: self.text("Jabones del Romeral"),
                    place: self.text("Baena, Córdoba"),
                    is_downloaded: false,
                    items: vec![self.say("3 rosemary soaps", "3 jabones de romero")],
                    options: vec![
                        option("standard", "Standard", "Estándar", (23, 26), Some(490), true),
                        option(
                            "pickup",
                            "To a collection point",
                            "A un punto de recogida",
                            (23, 27),
                            Some(350),
                            false,
                        ),
                    ],
                    refused: None,
                },
            ],
        }
    }

    fn delivery_refused(&self) -> CheckoutDeliveryPage {
        let mut page = self.delivery();
        if let Some(seller) = page.sellers.last_mut() {
            seller.options.clear();
            seller.refused = Some(self.say(
                "Jabones del Romeral does not send to the Canary Islands. Change the address, or take these pieces out of the basket.",
                "Jabones del Romeral no envía a Canarias. Cambia la dirección o quita estas piezas de la cesta.",
            ));
        }
        page
    }

    fn payment(&self, error: Option<String>) -> CheckoutPaymentPage {
        let method = |token: &str, label: (&str, &str), hint: (&str, &str), selected| PaymentMethod {
            token: token.to_owned(),
            label: self.say(label.0, label.1),
            hint: self.say(hint.0, hint.1),
            selected,
        };
        CheckoutPaymentPage {
            action: "/checkout/payment".to_owned(),
            order_href: None,
            page: self.page(self.t("checkout.payment.title"), "/checkout/payment"),
            step: Step::Payment,
            summary: self.summary_done(),
            methods: vec![
                method(
                    "tok_pays",
                    ("Card ending in 4242", "Tarjeta terminada en 4242"),
                    (
                        "The sandbox bank pays at once.",
                        "El banco de pruebas paga al momento.",
                    ),
                    true,
                ),
                method(
                    "tok_3ds",
                    ("Card ending in 3220", "Tarjeta terminada en 3220"),
                    (
                        "The sandbox bank asks you to confirm (3-D Secure).",
                        "El banco de pruebas te pide confirmar (3-D Secure).",
                    ),
                    false,
                ),
                method(
                    "tok_declined",
                    ("Card ending in 0002", "Tarjeta terminada en 0002"),
                    ("The sandbox bank declines.", "El banco de pruebas rechaza."),
                    false,
                ),
                method(
                    "tok_timeout",
                    ("Card ending in 0127", "Tarjeta terminada en 0127"),
                    (
                        "The sandbox bank answers late; the order waits for it.",
                        "El banco de pruebas responde tarde; el pedido lo espera.",
                    ),
                    false,
                ),
            ],
            purses: Some(PurseForms {
                takes_more: true,
                ..PurseForms::default()
            }),
            error,
            sandbox: true,
        }
    }

    /// Two cards and store credit pay all of it.
    fn payment_with_cards(&self) -> CheckoutPaymentPage {
        let paid = |key: &str, hint: Option<&str>, cents: i64| Saving {
            name: self.t(key),
            code: hint.map(|hint| self.text(hint)),
            amount: Some(self.price(-cents)),
        };
        let card = |index, hint: &str, amount: Option<i64>| CardRow {
            index,
            hint: self.text(hint),
            amount: amount.map(|cents| self.price(cents)),
        };
        CheckoutPaymentPage {
            summary: Summary {
                tenders: vec![
                    paid("tender.gift_card", Some("…7KQ2"), 10_000),
                    paid("tender.store_credit", None, 6_340),
                ],
                due: self.price(0),
                ..self.summary_done()
            },
            methods: Vec::new(),
            purses: Some(PurseForms {
                cards: vec![card(0, "7KQ2", Some(10_000)), card(1, "M3XA", None)],
                takes_more: false,
                credit: Some(self.price(8_000)),
                uses_credit: true,
            }),
            ..self.payment(Some(self.t("refusal.gift_card_empty")))
        }
    }

    pub(super) fn review(&self) -> CheckoutReviewPage {
        let delivery = |seller: &str, window, price| ReviewDelivery {
            seller: self.text(seller),
            label: self.say("Standard", "Estándar"),
            window,
            price,
        };
        CheckoutReviewPage {
            page: self.page(self.t("checkout.review.title"), "/checkout/review"),
            step: Step::Review,
            summary: self.summary_done(),
            email: self.text("elena.ferrer@mail.example"),
            address: self.address_lines(),
            deliveries: vec![
                delivery("Taller Guadalquivir", self.window(24, 27), None),
                delivery("Jabones del Romeral", self.window(23, 26), Some(self.price(490))),
            ],
            payment: self.say("Card ending in 4242", "Tarjeta terminada en 4242"),
            repriced: true,
            short: false,
            cart_version: 7,
            download_consent: None,
            changes: vec![Change {
                tone: Tone::Warn,
                text: self.say(
                    "“Breakfast bowl, sea glaze” now costs €26.00; it was €24.00 when you put it in.",
                    "«Cuenco de desayuno, esmalte mar» cuesta ahora 26,00 €; costaba 24,00 € cuando lo añadiste.",
                ),
            }],
            idempotency_key: self.text("0192f3c1-77aa-7b10-9a51-5f0f2b6c9d11"),
            error: None,
        }
    }

    /// Elena's address.
    pub(super) fn address_lines(&self) -> Vec<String> {
        vec![
            self.text("Elena Ferrer"),
            self.text("Carrer de Verdi 41, 3º 2ª"),
            self.text("08012 Barcelona"),
            self.say("Spain", "España"),
        ]
    }

    fn bank(&self) -> BankChallengePage {
        BankChallengePage {
            page: self.page(self.t("bank.title"), "/sandbox-bank/pay_0192f3c9"),
            merchant: "Stoa".to_owned(),
            amount: self.price(16_340),
            card: self.text("•••• 3220"),
            reference: self.text("ST-7K4M-20"),
            action: "/sandbox-bank/pay_0192f3c9".to_owned(),
        }
    }
}
