//! A file before it is read.

use super::{Sample, Scene, push};
use crate::views::common::{Choice, Field};
use crate::views::page::Tone;
use crate::views::seller_files::{CheckFigures, ColumnRow, LandingRow, SellerFilePage};
use crate::views::seller_goods::UploadProblem;

pub fn add(scene: Scene, samples: &mut Vec<Sample>) {
    push(samples, "seller-file", &scene.file());
    push(samples, "seller-file-checked", &scene.file_checked());
}

impl Scene {
    fn file(&self) -> SellerFilePage {
        let column = |index, name: &str, sample: &str, field: &str, sure: &str, tone| ColumnRow {
            index,
            name: self.text(name),
            samples: vec![self.text(sample)],
            fields: Choice::select(
                ["title", "price", "stock", "attribute", "ignored"]
                    .map(|code| Choice::new(code, self.t(&format!("file.field.{code}"))))
                    .into(),
                field,
            ),
            sure: self.status(sure, tone),
        };
        SellerFilePage {
            page: self.seller_page(self.text("productos.csv"), "/seller/uploads/1"),
            work: self.work_bar("/seller/products"),
            file: self.text("productos.csv"),
            href: "/seller/uploads/1".to_owned(),
            status: self.status("file.state.draft", Tone::Warn),
            about: self.text("CSV · UTF-8"),
            error: Some(self.t("refusal.whole_number")),
            missing: vec![self.t("file.field.price")],
            warnings: vec![
                self.locale
                    .t("file.warning.price_without_tax")
                    .arg("column", "Price tax excl.")
                    .to_string(),
            ],
            columns: vec![
                column(0, "Nombre", "Jarrón", "title", "file.sure.yes", Tone::Good),
                column(
                    1,
                    "Precio de hoy",
                    "19,90",
                    "price",
                    "file.sure.perhaps",
                    Tone::Warn,
                ),
                column(2, "Esmalte", "Celadón", "attribute", "file.sure.no", Tone::Calm),
            ],
            states: vec![Choice::new("active", self.t("product.state.active"))],
            stock: Field::default(),
            currency: Field::of("EUR"),
            remember: true,
            first: vec![LandingRow {
                row: 2,
                title: self.text("Jarrón"),
                key: self.text("J-1"),
                price: self.price(1_990).text,
                stock: "3".to_owned(),
                variants: 1,
                pictures: 2,
            }],
            problems: vec![UploadProblem {
                row: 3,
                column: self.text("Precio de hoy"),
                message: self.text("This is no amount; write 12.50."),
            }],
            check: None,
            is_checking: false,
        }
    }

    fn file_checked(&self) -> SellerFilePage {
        SellerFilePage {
            status: self.status("file.state.checked", Tone::Good),
            error: None,
            missing: Vec::new(),
            warnings: Vec::new(),
            check: Some(CheckFigures {
                is_over: true,
                rows: 1_204,
                created: 310,
                updated: 12,
                unchanged: 4,
                failed: 2,
                failure: None,
                has_errors: true,
            }),
            ..self.file()
        }
    }
}
