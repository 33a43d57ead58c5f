//! The seller's products, uploads and settings.

use super::{Sample, Scene, push};
use crate::views::common::{Accent, Choice, Field, Image, Link};
use crate::views::page::Tone;
use crate::views::seller_goods::{
    AskedField, AskedInput, FormPicture, ProductRow, SellerProductPage, SellerProductsPage, SellerUploadPage,
    SellerUploadsPage, TranslationFields, UploadBar, UploadProblem, UploadRow, VariantRow, WordsFields,
};
use crate::views::seller_shop::{CheckForm, DeliveryWay, RateRow, SellerShopPage};
use crate::views::seller_stock::{PlaceUnits, SellerStockPage, StockRow};
use crate::views::work::{Status, Tab, WorkBar};

pub(super) fn add(scene: Scene, samples: &mut Vec<Sample>) {
    push(samples, "seller-products", &scene.products());
    push(
        samples,
        "seller-products-empty",
        &SellerProductsPage {
            rows: Vec::new(),
            more: None,
            text: String::new(),
            state: String::new(),
            ..scene.products()
        },
    );
    push(samples, "seller-stock", &scene.stock());
    push(
        samples,
        "seller-stock-low",
        &SellerStockPage {
            rows: Vec::new(),
            more: None,
            several: false,
            low: true,
            may_edit: false,
            ..scene.stock()
        },
    );
    push(samples, "seller-product", &scene.product_form());
    push(samples, "seller-product-new", &scene.product_new());
    push(samples, "seller-uploads", &scene.uploads());
    push(samples, "seller-upload", &scene.upload());
    push(samples, "seller-upload-running", &scene.upload_running());
    push(samples, "seller-shop", &scene.settings());
}

impl Scene {
    pub(super) fn status(&self, key: &str, tone: Tone) -> Status {
        Status {
            label: self.t(key),
            tone,
        }
    }

    fn products(&self) -> SellerProductsPage {
        let tab = |label: String, state: &str, count, current| Tab {
            link: Link::new(label, format!("/seller/products{state}")),
            count,
            current,
        };
        let row = |key: &str, en, es, sku: &str, cents, stock: Option<i64>| ProductRow {
            title: self.say(en, es),
            href: format!("/seller/products/{key}"),
            image: Some(self.image(key, String::new())),
            sku: self.text(sku),
            category: self.say("Vases", "Jarrones"),
            price: self.price(cents).text,
            stock,
            is_unlimited: false,
            low: stock.filter(|s| *s < 5).map(|_| self.t("work.runs_low")),
            needs: match stock {
                None => self
                    .locale
                    .t("work.lacks")
                    .arg("what", self.say("Height", "Alto"))
                    .to_string(),
                Some(_) => String::new(),
            },
            status: self.status("product.state.active", Tone::Good),
            changed: self.date(11, 18),
        };
        SellerProductsPage {
            page: self.seller_page(self.t("work.products"), "/seller/products"),
            work: self.work_bar("/seller/products"),
            tabs: vec![
                tab(self.t("work.all"), "", 84, true),
                tab(self.t("product.state.active"), "?state=active", 81, false),
                tab(self.t("product.state.draft"), "?state=draft", 3, false),
            ],
            state: "active".to_owned(),
            text: self.text("vase"),
            rows: vec![
                row(
                    "vase-blue",
                    "Tall vase with cobalt bands",
                    "Jarrón alto con franjas cobalto",
                    "TG-104",
                    8_400,
                    Some(12),
                ),
                row(
                    "bowl",
                    "Breakfast bowl, sea glaze",
                    "Cuenco de desayuno, esmalte mar",
                    "TG-220",
                    2_600,
                    Some(3),
                ),
                row(
                    "tile",
                    "Tile, eight-pointed star",
                    "Azulejo, estrella de ocho puntas",
                    "TG-310",
                    1_400,
                    None,
                ),
                ProductRow {
                    is_unlimited: true,
                    ..row(
                        "pattern",
                        "Cross-stitch pattern, Alhambra star",
                        "Patrón de punto de cruz, estrella de la Alhambra",
                        "TG-900",
                        900,
                        Some(9),
                    )
                },
            ],
            more: Some(Link::new(self.t("listing.more"), "/seller/products?after=tile")),
            may_edit: true,
        }
    }

    fn stock(&self) -> SellerStockPage {
        let names = [
            self.say("Workshop, Triana", "Taller, Triana"),
            self.text("Madrid, Getafe"),
        ];
        let row = |key: &str, en, es, code: &str, units: [Option<i64>; 2], reserved, incoming| {
            let on_hand: i64 = units.iter().flatten().sum();
            StockRow {
                sku: key.to_owned(),
                title: self.say(en, es),
                code: self.text(code),
                options: String::new(),
                href: format!("/seller/products/{key}"),
                image: Some(self.image(key, String::new())),
                places: names
                    .iter()
                    .zip(units)
                    .map(|(name, on_hand)| PlaceUnits {
                        name: name.clone(),
                        on_hand,
                    })
                    .collect(),
                reserved,
                available: on_hand - reserved,
                incoming,
                low: on_hand - reserved < 5,
                on_hand: Some(units[0].unwrap_or(0)),
                is_unlimited: false,
            }
        };
        let tab = |label: String, href: &str, count, current| Tab {
            link: Link::new(label, href),
            count,
            current,
        };
        SellerStockPage {
            page: self.seller_page(self.t("work.stock"), "/seller/stock"),
            work: self.work_bar("/seller/stock"),
            parts: self.stock_parts(),
            tabs: vec![
                tab(self.t("work.all"), "/seller/stock", 112, true),
                tab(self.t("stock.low"), "/seller/stock?low=1", 4, false),
            ],
            places: names.to_vec(),
            warehouses: vec![
                Choice::new("", self.t("stock.everywhere")),
                Choice::new("triana", names[0].clone()),
                Choice::new("getafe", names[1].clone()),
            ],
            several: true,
            counted_in: names[0].clone(),
            counted: "triana".to_owned(),
            back: "/seller/stock".to_owned(),
            low: false,
            text: String::new(),
            rows: vec![
                row(
                    "vase-blue",
                    "Tall vase with cobalt bands",
                    "Jarrón alto con franjas cobalto",
                    "TG-104",
                    [Some(9), Some(3)],
                    2,
                    20,
                ),
                row(
                    "bowl",
                    "Breakfast bowl, sea glaze",
                    "Cuenco de desayuno, esmalte mar",
                    "TG-220",
                    [Some(3), None],
                    0,
                    0,
                ),
                StockRow {
                    is_unlimited: true,
                    on_hand: None,
                    low: false,
                    ..row(
                        "pattern",
                        "Cross-stitch pattern, Alhambra star",
                        "Patrón de punto de cruz, estrella de la Alhambra",
                        "TG-900",
                        [None, None],
                        0,
                        0,
                    )
                },
            ],
            more: Some(Link::new(self.t("listing.more"), "/seller/stock?after=bowl")),
            may_edit: true,
        }
    }

    fn product_new(&self) -> SellerProductPage {
        SellerProductPage {
            page: self.seller_page(self.t("work.new_product"), "/seller/products/new"),
            work: self.work_bar("/seller/products"),
            heading: self.t("work.new_product"),
            status: None,
            action: "/seller/products/new".to_owned(),
            review: None,
            version: None,
            public_href: None,
            delete: None,
            error: Some(self.t("form.check")),
            may_edit: true,
            title: Field::wrong("", self.t("form.required")),
            description: Field::default(),
            brand: Field::default(),
            category: Field::default(),
            categories: vec![Choice::new("ceramics", self.say("Ceramics", "Cerámica"))],
            tax_categories: vec![Choice::new("standard", self.t("tax.category.standard"))],
            tags: Field::default(),
            attributes: Field::default(),
            asked: Vec::new(),
            asked_of: String::new(),
            words: WordsFields::default(),
            states: Choice::select(
                vec![
                    Choice::new("active", self.t("product.state.active")),
                    Choice::new("draft", self.t("product.state.draft")),
                ],
                "active",
            ),
            pictures: Vec::new(),
            variants: vec![
                VariantRow {
                    price: Field::wrong(self.text("a lot"), self.t("refusal.price")),
                    ..VariantRow::default()
                },
                VariantRow {
                    index: 1,
                    is_blank: true,
                    ..VariantRow::default()
                },
            ],
            making: self.making_form(),
            digital: self.digital_form(),
            currency: "EUR".to_owned(),
        }
    }

    fn product_form(&self) -> SellerProductPage {
        let variant = |index, en, es, code: &str, price: &str, stock: &str, reserved| VariantRow {
            index,
            code: Field::of(self.text(code)),
            options: Field::of(self.say(en, es)),
            price: Field::of(price),
            stock: Field::of(stock),
            weight: Field::of("900"),
            gtin: match index {
                0 => Field::of("4012345678901"),
                _ => Field::wrong(
                    "4012345678902",
                    self.locale
                        .t("refusal.gtin_check_digit")
                        .arg("right", 1)
                        .to_string(),
                ),
            },
            reserved,
            ..VariantRow::default()
        };
        let picture = |key: &str, position| FormPicture {
            id: key.to_owned(),
            image: self.image(key, self.say("The vase", "El jarrón")),
            alt: self.say("The vase", "El jarrón"),
            position,
        };
        SellerProductPage {
            heading: self.say("Tall vase with cobalt bands", "Jarrón alto con franjas cobalto"),
            status: Some(self.status("product.state.active", Tone::Good)),
            action: "/seller/products/vase".to_owned(),
            version: Some(3),
            review: Some((
                Tone::Warn,
                self.locale
                    .t("review.waiting")
                    .arg("reasons", self.t("moderation.because.new_shop"))
                    .to_string(),
            )),
            public_href: Some("/p/vase".to_owned()),
            delete: Some("/seller/products/vase/delete".to_owned()),
            error: None,
            title: Field::of(self.say("Tall vase with cobalt bands", "Jarrón alto con franjas cobalto")),
            description: Field::of(self.say("Thrown on the wheel.", "Hecho en el torno.")),
            tags: Field::of(self.text("vase, cobalt")),
            attributes: Field::of(self.text("kiln: wood-fired")),
            asked: self.asked(),
            words: WordsFields {
                languages: vec![Choice::new("en", self.t("language.en"))],
                translations: vec![TranslationFields {
                    tag: "es".to_owned(),
                    called: self.t("language.es"),
                    is_open: true,
                    title: Field::of(self.text("Jarrón alto")),
                    description: Field::of(self.text("De gres.")),
                }],
            },
            asked_of: self.say("Vases & planters", "Jarrones y macetas"),
            pictures: vec![picture("vase-blue", 1), picture("vase-white", 2)],
            variants: vec![
                variant(0, "Size: 24 cm", "Tamaño: 24 cm", "TG-103", "64.00", "5", 2),
                variant(1, "Size: 31 cm", "Tamaño: 31 cm", "TG-104", "84.00", "12", 0),
                VariantRow {
                    index: 2,
                    is_blank: true,
                    ..VariantRow::default()
                },
            ],
            ..self.product_new()
        }
    }

    fn upload_row(&self) -> UploadRow {
        UploadRow {
            file: self.text("shopify_apparel.csv"),
            href: "/seller/uploads/1".to_owned(),
            at: self.date(11, 20),
            rows: 1_204,
            failed: 2,
            created: 310,
            updated: 12,
            unchanged: 4,
            status: self.status("upload.state.with_errors", Tone::Warn),
        }
    }

    fn uploads(&self) -> SellerUploadsPage {
        SellerUploadsPage {
            page: self.seller_page(self.t("work.uploads"), "/seller/uploads"),
            work: self.work_bar("/seller/products"),
            error: Some(self.t("upload.no_file")),
            rows: vec![self.upload_row()],
        }
    }

    fn upload(&self) -> SellerUploadPage {
        SellerUploadPage {
            page: self.seller_page(self.text("shopify_apparel.csv"), "/seller/uploads/1"),
            work: self.work_bar("/seller/products"),
            upload: self.upload_row(),
            undo: self.upload_undo(),
            progress: None,
            has_rows: true,
            failure: Some(self.text("row 900: the file ends within a quoted cell")),
            errors: vec![UploadProblem {
                row: 17,
                column: self.text("Variant Price"),
                message: self.text("This is no amount; write 12.50."),
            }],
        }
    }

    fn upload_running(&self) -> SellerUploadPage {
        SellerUploadPage {
            progress: Some(UploadBar {
                percent: 42,
                speed: self.say("3,100 rows a second", "3.100 filas por segundo"),
            }),
            failure: None,
            errors: Vec::new(),
            ..self.upload()
        }
    }

    fn settings(&self) -> SellerShopPage {
        let check = |code: &'static str, state: &str, tone, is_open: bool| CheckForm {
            code,
            label: self.t(&format!("check.{code}")),
            hint: self.t(&format!("check.{code}.hint")),
            holder_label: self.t(&format!("check.{code}.holder")),
            reference_label: self.t(&format!("check.{code}.reference")),
            status: self.status(state, tone),
            stated: (!is_open).then(|| self.text("Rocío Vega · ••••1332")),
            remark: if is_open {
                self.say("The number has a digit too few.", "Al número le falta una cifra.")
            } else {
                String::new()
            },
            holder: Field::of(self.text("Rocío Vega")),
            reference: Field::wrong(self.text("ES91"), self.t("refusal.iban_invalid")),
            is_open,
        };
        SellerShopPage {
            page: self.seller_page(self.t("work.shop"), "/seller/shop"),
            work: WorkBar {
                href: None,
                status: Some(self.status("shop.status.applied", Tone::Warn)),
                ..self.work_bar("/seller/shop")
            },
            version: 4,
            error: Some(self.t("refusal.version_changed")),
            may_edit: true,
            name: Field::of(self.text("Taller Guadalquivir")),
            story: Field::of(self.say("A courtyard in Triana.", "Un patio de Triana.")),
            returns: Field::of(self.say("14 days", "14 días")),
            return_days: Field::of("14"),
            tax_on_top: false,
            country: Field::of("ES"),
            countries: Choice::select(vec![Choice::new("ES", self.say("Spain", "España"))], "ES"),
            province: Field::of("ES-SE"),
            provinces: Choice::select(vec![Choice::new("ES-SE", "Sevilla")], "ES-SE"),
            postcode: Field::of("41010"),
            town: Field::of(self.text("Sevilla")),
            accent: Accent::Terracotta,
            logo: Some(self.image("vase-blue", self.text("Taller Guadalquivir"))),
            banner: Some(Image {
                width: 1600,
                height: 700,
                ..self.image("banner", self.text("Taller Guadalquivir"))
            }),
            delivery: vec![DeliveryWay {
                name: self.say("Standard delivery", "Envío estándar"),
                rates: vec![RateRow {
                    zone: self.t("zone.same_country"),
                    places: String::new(),
                    price: self.price(490),
                    free_from: Some(self.price(6_000)),
                    days: self.say("2–4 days", "2–4 días"),
                }],
            }],
            checks: vec![
                check("identity", "check.state.submitted", Tone::Calm, false),
                check("bank_account", "check.state.rejected", Tone::Bad, true),
            ],
            approved: false,
        }
    }

    /// What a category asks for, one of each kind.
    fn asked(&self) -> Vec<AskedField> {
        let field = |key: &str, label: String, input: AskedInput| AskedField {
            key: key.to_owned(),
            label,
            input,
            ..AskedField::default()
        };
        let clay = |selected: bool| {
            vec![Choice {
                selected,
                ..Choice::new("stoneware", self.say("Stoneware", "Gres"))
            }]
        };
        let number = AskedInput::Number(self.text("31"), self.text("cm"));
        vec![
            AskedField {
                required: true,
                error: Some(self.t("refusal.attribute_missing")),
                ..field("clay", self.say("Clay", "Barro"), AskedInput::Choice(clay(false)))
            },
            field("height_cm", self.say("Height", "Alto"), number),
            field(
                "technique",
                self.say("Technique", "Técnica"),
                AskedInput::Text(self.text("Wheel-thrown")),
            ),
            field(
                "fits",
                self.say("Fits", "Sirve para"),
                AskedInput::Choices(clay(true)),
            ),
            field(
                "watertight",
                self.say("Watertight", "Estanco"),
                AskedInput::Tick(true, true),
            ),
        ]
    }
}
