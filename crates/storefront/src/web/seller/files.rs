//! A file before it is read: what its columns mean, a check of the whole, and the start.

use super::products::{STATES, status, status_of};
use super::uploads::problem;
use super::{bar, own_shop};
use crate::i18n::Locale;
use crate::views::common::{Choice, Field};
use crate::views::page::Tone;
use crate::views::seller_files::{CheckFigures, ColumnRow, LandingRow, SellerFilePage};
use crate::views::work::Status;
use crate::web::Shop;
use crate::web::failure::Failure;
use crate::web::posted::Posted;
use crate::web::visit::{Visit, redirect, spoken};
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use contracts::catalog::ProductStatus;
use contracts::catalog::uploads::{
    ColumnMeaning, ErrorFile, FileColumn, FileDraft, FileState, FileWarning, LandingProduct, Reading,
};
use kernel::{Fault, ImportId, Kind, Permission};

/// What a column may be chosen to mean, in the order in which it is offered.
const FIELDS: [&str; 36] = [
    "title",
    "price",
    "stock",
    "sku",
    "key",
    "description",
    "image",
    "image_alt",
    "category",
    "brand",
    "gtin",
    "compare_at_price",
    "sale_price",
    "sale_from",
    "sale_until",
    "currency",
    "tags",
    "materials",
    "weight",
    "weight_g",
    "weight_kg",
    "weight_lb",
    "weight_oz",
    "weight_unit",
    "dimensions",
    "status",
    "published",
    "tax_category",
    "option_1_name",
    "option_1_value",
    "option_2_name",
    "option_2_value",
    "option_3_name",
    "option_3_value",
    "attribute",
    "ignored",
];
/// Errors shown on the page; the file has them all.
const PROBLEMS_SHOWN: usize = 50;

pub(super) async fn show(
    shop: &Shop,
    visit: &Visit,
    draft: FileDraft,
    error: Option<String>,
) -> Result<Response, Failure> {
    let tenant = visit.seller(Permission::EditCatalog)?;
    let (page, seller) = futures::join!(
        visit.keyed_page(shop, "work.uploads"),
        own_shop(shop, visit, tenant)
    );
    let seller = seller?;
    let locale = visit.locale;
    let mut page = page;
    page.title.clone_from(&draft.file_name);
    let states = STATES
        .iter()
        .filter(|(code, _)| matches!(*code, "active" | "draft"))
        .map(|(code, of)| Choice::new(*code, status(*of, locale).label))
        .collect();
    let state = draft.reading.status.unwrap_or(ProductStatus::Active);
    let state = STATES
        .iter()
        .find(|(_, of)| *of == state)
        .map_or("active", |(code, _)| code);
    let problems = draft.check.as_ref().map_or(&draft.errors, |check| &check.errors);
    let view = SellerFilePage {
        work: bar(visit, &seller, "/seller/products"),
        href: format!("/seller/uploads/{}", draft.id),
        status: state_of(draft.state, locale),
        about: about(&draft, locale),
        error,
        warnings: draft
            .warnings
            .iter()
            .map(|warning| warned(warning, locale))
            .collect(),
        missing: draft
            .missing
            .iter()
            .map(|code| field_name(code, locale))
            .collect(),
        columns: draft
            .columns
            .iter()
            .enumerate()
            .map(|(index, column)| column_row(index, column, locale))
            .collect(),
        states: Choice::select(states, state),
        stock: Field::of(
            draft
                .reading
                .default_stock
                .map(|n| n.to_string())
                .unwrap_or_default(),
        ),
        currency: Field::of(draft.reading.currency.clone().unwrap_or_default()),
        remember: draft.reading.remember,
        first: draft
            .first
            .iter()
            .map(|product| landing(product, locale))
            .collect(),
        problems: problems
            .iter()
            .take(PROBLEMS_SHOWN)
            .map(|error| problem(error.row, &error.column, &error.message))
            .collect(),
        check: draft.check.as_ref().map(|check| CheckFigures {
            is_over: draft.state != FileState::Checking,
            rows: check.rows,
            created: check.created,
            updated: check.updated,
            unchanged: check.unchanged,
            failed: check.rows_failed,
            failure: check.failure.clone(),
            has_errors: draft.state != FileState::Checking && !check.errors.is_empty(),
        }),
        is_checking: draft.state == FileState::Checking,
        file: draft.file_name,
        page,
    };
    Ok(visit.show(shop, &view))
}

fn state_of(state: FileState, locale: Locale) -> Status {
    let (key, tone) = match state {
        FileState::Draft => ("file.state.draft", Tone::Warn),
        FileState::Checking => ("file.state.checking", Tone::Calm),
        FileState::Checked | FileState::Started => ("file.state.checked", Tone::Good),
    };
    Status {
        label: locale.t(key).to_string(),
        tone,
    }
}

/// What kind of file it is, in words.
fn about(draft: &FileDraft, locale: Locale) -> String {
    let format = match draft.format.as_str() {
        "xlsx" => "Excel",
        "ndjson" => "NDJSON",
        "json_array" => "JSON",
        _ => "CSV",
    };
    let platform = draft.platform.as_deref().map(|platform| {
        let name = PLATFORMS
            .iter()
            .find(|(code, _)| *code == platform)
            .map_or(platform, |(_, name)| name);
        locale.t("file.platform").arg("name", name).to_string()
    });
    let parts = [
        Some(format.to_owned()),
        platform,
        draft.delimiter.as_deref().map(|delimiter| {
            let shown = if delimiter == "\t" { "⇥" } else { delimiter };
            locale.t("file.delimiter").arg("sign", shown).to_string()
        }),
        Some(draft.encoding.to_uppercase()),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

const PLATFORMS: [(&str, &str); 9] = [
    ("shopify", "Shopify"),
    ("etsy", "Etsy"),
    ("woocommerce", "WooCommerce"),
    ("magento", "Magento"),
    ("prestashop", "PrestaShop"),
    ("medusa", "Medusa"),
    ("vendure", "Vendure"),
    ("spree", "Spree"),
    ("bagisto", "Bagisto"),
];

fn warned(warning: &FileWarning, locale: Locale) -> String {
    let key = format!("file.warning.{}", warning.code);
    match locale.messages().get(&key) {
        Some(_) => locale.t(&key).arg("column", &warning.column).to_string(),
        None => spoken(&warning.message),
    }
}

fn field_name(code: &str, locale: Locale) -> String {
    locale.t(&format!("file.field.{code}")).to_string()
}

fn column_row(index: usize, column: &FileColumn, locale: Locale) -> ColumnRow {
    let fields = FIELDS
        .iter()
        .map(|code| Choice::new(*code, field_name(code, locale)))
        .collect();
    let (key, tone) = match column.confidence {
        90.. => ("file.sure.yes", Tone::Good),
        50.. => ("file.sure.perhaps", Tone::Warn),
        _ => ("file.sure.no", Tone::Calm),
    };
    ColumnRow {
        index,
        name: column.column.clone(),
        samples: column.samples.clone(),
        fields: Choice::select(fields, &column.field),
        sure: Status {
            label: locale.t(key).to_string(),
            tone,
        },
    }
}

fn landing(product: &LandingProduct, locale: Locale) -> LandingRow {
    LandingRow {
        row: product.row,
        title: product.title.clone(),
        // One that was made up for a row without any says nothing to people.
        key: Some(product.key.clone())
            .filter(|key| !key.starts_with("auto-"))
            .unwrap_or_default(),
        price: product.price.map(|price| locale.money(price)).unwrap_or_default(),
        stock: product
            .stock
            .and_then(|units| u64::try_from(units).ok())
            .map_or_else(|| "–".to_owned(), |units| locale.number(units)),
        variants: product.variants,
        pictures: product.images,
    }
}

/// What the form says of how to read the file; an amount that is none is told.
fn reading(posted: &Posted) -> Result<Reading, String> {
    let default_stock = match posted.get("stock") {
        "" => None,
        text => match text.parse::<i64>() {
            Ok(units) if units >= 0 => Some(units),
            _ => return Err(posted.visit.locale.t("refusal.whole_number").to_string()),
        },
    };
    let mapping = posted
        .with_prefix("field.")
        .map(|(index, field)| ColumnMeaning {
            column: posted.raw(&format!("column.{index}")).to_owned(),
            field: field.to_owned(),
        })
        .collect();
    Ok(Reading {
        mapping,
        currency: Some(posted.get("currency").to_uppercase()).filter(|code| !code.is_empty()),
        default_stock,
        status: status_of(posted.get("state")),
        remember: posted.ticked("remember"),
    })
}

#[derive(Clone, Copy)]
enum Act {
    Check,
    Start,
}

/// States the reading, then does what was asked. What is refused is told on the page itself.
async fn act(shop: &Shop, posted: &Posted, id: ImportId, act: Act) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let tenant = visit.seller(Permission::EditCatalog)?;
    let done = match reading(posted) {
        Ok(reading) => match shop.intake.set_reading(&visit.ctx, tenant, id, reading).await {
            Ok(()) => match act {
                Act::Check => shop.intake.check_file(&visit.ctx, tenant, id).await,
                Act::Start => shop.intake.start_file(&visit.ctx, tenant, id).await,
            },
            Err(fault) => Err(fault),
        },
        Err(said) => Err(Fault::field("whole_number", "/stock", said)),
    };
    match done {
        Ok(()) => Ok(redirect(&format!("/seller/uploads/{id}"))),
        // Pressed twice: it is under way.
        Err(fault) if fault.code == "import_started" => Ok(redirect(&format!("/seller/uploads/{id}"))),
        Err(fault) if matches!(fault.kind, Kind::Invalid | Kind::Unprocessable) => {
            let said = visit.tell(&fault);
            let draft = shop.intake.file_draft(&visit.ctx, tenant, id).await?;
            let draft = draft.ok_or_else(|| Fault::not_found("file"))?;
            show(shop, visit, draft, Some(said)).await
        }
        Err(fault) => Err(Failure(fault)),
    }
}

pub async fn check(
    State(shop): State<Shop>,
    Path(id): Path<ImportId>,
    posted: Posted,
) -> Result<Response, Failure> {
    act(&shop, &posted, id, Act::Check).await
}

pub async fn start(
    State(shop): State<Shop>,
    Path(id): Path<ImportId>,
    posted: Posted,
) -> Result<Response, Failure> {
    act(&shop, &posted, id, Act::Start).await
}

pub async fn error_list(
    State(shop): State<Shop>,
    visit: Visit,
    Path(id): Path<ImportId>,
) -> Result<Response, Failure> {
    download(
        &shop,
        &visit,
        id,
        ErrorFile::List,
        "attachment; filename=\"errors.csv\"",
    )
    .await
}

pub async fn failed_rows(
    State(shop): State<Shop>,
    visit: Visit,
    Path(id): Path<ImportId>,
) -> Result<Response, Failure> {
    download(
        &shop,
        &visit,
        id,
        ErrorFile::Rows,
        "attachment; filename=\"failed-rows.csv\"",
    )
    .await
}

async fn download(
    shop: &Shop,
    visit: &Visit,
    id: ImportId,
    file: ErrorFile,
    name: &'static str,
) -> Result<Response, Failure> {
    let tenant = visit.seller(Permission::EditCatalog)?;
    let text = shop.intake.error_file(&visit.ctx, tenant, id, file).await?;
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/csv; charset=utf-8"),
        ),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static(name)),
        (
            header::CACHE_CONTROL,
            HeaderValue::from_static("private, no-store"),
        ),
    ];
    Ok((headers, text).into_response())
}
