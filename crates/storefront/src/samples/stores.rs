//! Warehouses, what moves between them, and what they say they have.

use super::{Sample, Scene, push};
use crate::views::common::{Choice, Field, Link};
use crate::views::page::Tone;
use crate::views::seller_goods_move::{
    Believe, FeedLineRow, FeedRow, GoodsLineRow, GoodsRow, SellerFeedPage, SellerFeedsPage,
    SellerGoodsNewPage, SellerGoodsOnePage, SellerGoodsPage, SellerWarehousesPage, WarehouseFields,
    WarehouseRow,
};
use crate::views::work::{Figure, Section};

pub(super) fn add(scene: Scene, samples: &mut Vec<Sample>) {
    push(samples, "seller-warehouses", &scene.warehouses());
    push(samples, "seller-goods", &scene.goods());
    push(
        samples,
        "seller-goods-empty",
        &SellerGoodsPage {
            rows: Vec::new(),
            more: None,
            ..scene.goods()
        },
    );
    push(samples, "seller-goods-new", &scene.goods_new());
    push(samples, "seller-goods-one", &scene.goods_one());
    push(samples, "seller-feeds", &scene.feeds());
    push(
        samples,
        "seller-feeds-empty",
        &SellerFeedsPage {
            rows: Vec::new(),
            more: None,
            ..scene.feeds()
        },
    );
    push(samples, "seller-feed", &scene.feed());
    push(
        samples,
        "seller-feed-agrees",
        &SellerFeedPage {
            lines: Vec::new(),
            errors: Vec::new(),
            more: None,
            ..scene.feed()
        },
    );
}

impl Scene {
    pub(super) fn stock_parts(&self) -> Vec<Section> {
        self.filters(
            "/seller/stock",
            &["stock.levels", "work.warehouses", "work.goods", "work.feeds"],
        )
    }

    fn warehouse_fields(&self, of: &str, is_open: bool) -> WarehouseFields {
        let wrong = |message| match is_open {
            true => self.t(message),
            false => String::new(),
        };
        WarehouseFields {
            of: format!("w-{of}"),
            action: "/seller/warehouses".to_owned(),
            is_open,
            currency: "EUR".to_owned(),
            code: Field::of(self.text(of)),
            name: Field::of(self.text("Getafe")),
            priority: Field::of(self.text("0")),
            countries: vec![Choice::new("ES", self.say("Spain", "España"))],
            country_wrong: wrong("refusal.at.country"),
            provinces: vec![Choice::new("ES-M", self.text("Madrid"))],
            province_wrong: wrong("refusal.at.region"),
            postcode: match is_open {
                true => Field::wrong(self.text("99"), self.t("refusal.at.postcode")),
                false => Field::of(self.text("28901")),
            },
            town: Field::of(self.text("Getafe")),
            parcel_cost: Field::of(self.text("4.50")),
        }
    }

    fn warehouses(&self) -> SellerWarehousesPage {
        let path = "/seller/warehouses";
        let row = |of: &str, key: &str, closes: bool| WarehouseRow {
            name: self.text("Getafe"),
            code: self.text(of),
            place: self.text("28901 Getafe"),
            parcel_cost: self.price(450).text,
            status: self.status(key, Tone::Good),
            form: Some(self.warehouse_fields(of, closes)),
            close: closes.then(|| format!("{path}/2/close")),
        };
        let closed = WarehouseRow {
            form: None,
            close: None,
            ..row("old", "warehouse.closed", false)
        };
        SellerWarehousesPage {
            page: self.seller_page(self.t("work.warehouses"), path),
            work: self.work_bar("/seller/stock"),
            parts: self.stock_parts(),
            error: Some(self.t("refusal.warehouses_too_many")),
            warehouses: vec![
                row("main", "warehouse.default", false),
                row("madrid", "warehouse.is_open", true),
                closed,
            ],
            new: self.warehouse_fields("new", false),
            rules: vec![Choice::new("nearest", self.t("warehouse.rule.nearest"))],
            several: true,
            may_edit: true,
        }
    }

    fn goods(&self) -> SellerGoodsPage {
        let path = "/seller/goods";
        let units = self.locale.t("promotion.of").arg("n", 12).arg("most", 40);
        SellerGoodsPage {
            page: self.seller_page(self.t("work.goods"), path),
            work: self.work_bar("/seller/stock"),
            parts: self.stock_parts(),
            tabs: self.filters(path, &["work.all", "goods.state.under_way"]),
            rows: vec![GoodsRow {
                href: "/seller/goods/1".to_owned(),
                made: self.date(11, 18),
                from: self.text("Arcillas de Bailén"),
                to: self.text("Triana"),
                expected: self.date(11, 28),
                units: units.to_string(),
                status: self.status("goods.state.under_way", Tone::Warn),
            }],
            more: Some(Link::new(self.t("listing.more"), "/seller/goods?after=1")),
            may_edit: true,
        }
    }

    fn goods_new(&self) -> SellerGoodsNewPage {
        let line = self.locale.t("goods.code_unknown").arg("code", self.text("TG-1"));
        SellerGoodsNewPage {
            page: self.seller_page(self.t("goods.new"), "/seller/goods/new"),
            work: self.work_bar("/seller/stock"),
            error: Some(self.t("form.check")),
            key: "once".to_owned(),
            from: Field::default(),
            origins: vec![Choice::new("supplier", self.t("goods.a_supplier"))],
            supplier: Field::wrong("", self.t("form.required")),
            to: Field::default(),
            targets: vec![Choice::new("1", self.text("Triana"))],
            expected: Field::default(),
            note: Field::of(self.text("By van")),
            lines: Field::wrong(self.text("TG-1 12"), line.to_string()),
        }
    }

    fn goods_one(&self) -> SellerGoodsOnePage {
        let heading = format!("{} → {}", self.text("Getafe"), self.text("Triana"));
        let line = |sku: &str, title: String, received: i64| GoodsLineRow {
            sku: sku.to_owned(),
            title,
            code: match sku {
                "1" => self.text("TG-JAR-031"),
                _ => String::new(),
            },
            expected: 20,
            received,
            missing: 0,
            to_come: 20 - received,
            came: (20 - received).to_string(),
        };
        let said = |key: &str, day| self.locale.t(key).arg("day", day).to_string();
        SellerGoodsOnePage {
            page: self.seller_page(heading.clone(), "/seller/goods/1"),
            work: self.work_bar("/seller/stock"),
            heading,
            status: self.status("goods.state.under_way", Tone::Warn),
            made: said("goods.begun_on", self.date(11, 18)),
            expected: said("goods.expected_on", self.date(11, 28)),
            note: self.text("By van"),
            lines: vec![
                line("1", self.say("Water jar", "Jarra de agua"), 12),
                line("2", self.t("stock.forgotten"), 0),
            ],
            receive: Some("/seller/goods/1/receive".to_owned()),
            key: "once".to_owned(),
            refused: Some(self.t("refusal.more_than_expected")),
            close: Some("/seller/goods/1/close".to_owned()),
        }
    }

    fn feeds(&self) -> SellerFeedsPage {
        let path = "/seller/feeds";
        SellerFeedsPage {
            page: self.seller_page(self.t("work.feeds"), path),
            work: self.work_bar("/seller/stock"),
            parts: self.stock_parts(),
            error: Some(self.t("upload.no_file")),
            warehouses: vec![Choice::new("1", self.text("Triana"))],
            rows: vec![FeedRow {
                href: "/seller/feeds/1".to_owned(),
                file: self.text("getafe-2026-11-20.csv"),
                warehouse: self.text("Getafe"),
                made: self.date(11, 20),
                matching: "412".to_owned(),
                differing: "3".to_owned(),
                missing: "1".to_owned(),
                unknown: "0".to_owned(),
            }],
            more: Some(Link::new(self.t("listing.more"), "/seller/feeds?after=1")),
            may_edit: true,
        }
    }

    fn feed(&self) -> SellerFeedPage {
        let figure = |key: &str, value: &str| Figure {
            key: key.to_owned(),
            label: self.t(key),
            value: value.to_owned(),
            href: None,
        };
        let line = |key: &str, tone, title: String, theirs: &str, difference: &str| FeedLineRow {
            kind: self.status(key, tone),
            code: self.text("TG-JAR-031"),
            title,
            ours: "12".to_owned(),
            theirs: theirs.to_owned(),
            difference: difference.to_owned(),
            adjusted: String::new(),
        };
        let jar = self.say("Water jar", "Jarra de agua");
        SellerFeedPage {
            page: self.seller_page(self.text("getafe-2026-11-20.csv"), "/seller/feeds/1"),
            work: self.work_bar("/seller/stock"),
            file: self.text("getafe-2026-11-20.csv"),
            warehouse: self.text("Getafe"),
            made: self.date(11, 20),
            figures: vec![figure("feed.matching", "412"), figure("feed.differs", "3")],
            lines: vec![
                line("feed.differs", Tone::Warn, jar, "10", "\u{2212}2"),
                line("feed.missing", Tone::Bad, String::new(), "", "\u{2212}12"),
            ],
            more: Some(Link::new(self.t("listing.more"), "/seller/feeds/1?after=1")),
            errors: vec![(17, self.t("feed.error.quantity_invalid"))],
            csv: "/seller/feeds/1/lines.csv".to_owned(),
            believe: Some(Believe {
                action: "/seller/feeds/1/believe".to_owned(),
                differs: true,
                missing: true,
            }),
        }
    }
}
