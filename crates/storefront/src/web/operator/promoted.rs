//! What shops pay a day for being put forward in searches.

use super::bar;
use crate::i18n::Locale;
use crate::views::common::Field;
use crate::views::promoted::{OperatorPromotedPage, TariffRow};
use crate::web::Shop;
use crate::web::failure::Failure;
use crate::web::posted::Posted;
use crate::web::visit::{Visit, redirect_done};
use axum::extract::State;
use axum::response::Response;
use contracts::search::promoted::{NewPromotedTariff, PromotedTariff};
use kernel::{Currency, Money, Permission};

const PATH: &str = "/operator/promoted";
/// The page beside which it stands.
const LEDGER: &str = "/operator/ledger";
/// Hundredths of a percent.
const WHOLE_BP: i64 = 10_000;

#[derive(Default)]
struct Fields {
    currency: Field,
    price: Field,
    tax: Field,
    note: Field,
}

pub async fn page(State(shop): State<Shop>, visit: Visit) -> Result<Response, Failure> {
    let fields = Fields {
        currency: Field::of(Currency::EUR.code()),
        ..Fields::default()
    };
    show(&shop, &visit, fields).await
}

async fn show(shop: &Shop, visit: &Visit, fields: Fields) -> Result<Response, Failure> {
    visit.operator(Permission::ReadLedger)?;
    let (page, tariffs) = futures::join!(
        visit.keyed_page(shop, "tariff.title"),
        shop.promoting.tariffs(&visit.ctx)
    );
    let view = OperatorPromotedPage {
        page,
        work: bar(visit, LEDGER),
        rows: tariffs?.iter().map(|tariff| row(tariff, visit.locale)).collect(),
        currency: fields.currency,
        price: fields.price,
        tax: fields.tax,
        note: fields.note,
    };
    Ok(visit.show(shop, &view))
}

fn row(tariff: &PromotedTariff, locale: Locale) -> TariffRow {
    TariffRow {
        price: if tariff.per_day.amount == 0 {
            locale
                .t("tariff.ended")
                .arg("currency", tariff.per_day.currency.code())
                .to_string()
        } else {
            locale.money(tariff.per_day)
        },
        tax: locale.percent_of(tariff.tax_bp),
        since: locale.date_short(tariff.since.date_naive()),
        note: tariff.note.clone(),
    }
}

pub async fn set(State(shop): State<Shop>, posted: Posted) -> Result<Response, Failure> {
    let visit = &posted.visit;
    visit.operator(Permission::ManageLedger)?;
    let wrong = |name: &str, key: &str| Field::wrong(posted.get(name), visit.locale.t(key).to_string());
    let kept = |name: &str| Field::of(posted.get(name));
    let mut fields = Fields {
        currency: kept("currency"),
        price: kept("price"),
        tax: kept("tax"),
        note: kept("note"),
    };
    let Ok(currency) = posted.get("currency").trim().to_uppercase().parse::<Currency>() else {
        fields.currency = wrong("currency", "tariff.wrong_currency");
        return show(&shop, visit, fields).await;
    };
    let price = Money::parse(posted.get("price"), currency)
        .ok()
        .filter(|price| price.amount >= 0);
    let Some(per_day) = price else {
        fields.price = wrong("price", "tariff.wrong_price");
        return show(&shop, visit, fields).await;
    };
    // A percentage has two decimals, as euros have.
    let tax = Money::parse(posted.get("tax"), Currency::EUR)
        .ok()
        .filter(|tax| (0..=WHOLE_BP).contains(&tax.amount));
    let Some(tax_bp) = tax.and_then(|tax| u32::try_from(tax.amount).ok()) else {
        fields.tax = wrong("tax", "tariff.wrong_tax");
        return show(&shop, visit, fields).await;
    };
    let new = NewPromotedTariff {
        per_day,
        tax_bp,
        note: posted.get("note").to_owned(),
    };
    match shop.promoting.set_tariff(&visit.ctx, new).await {
        Ok(_) => Ok(redirect_done(PATH, "tariff_set")),
        Err(fault) => {
            let field = match fault.fields.first().map(|field| field.pointer.as_str()) {
                Some("/note") => &mut fields.note,
                _ => &mut fields.price,
            };
            field.error = Some(visit.tell(&fault));
            show(&shop, visit, fields).await
        }
    }
}
