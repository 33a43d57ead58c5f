//! Files of many products.

use super::products::{STATES, status_of};
use super::{bar, history, own_shop, products};
use crate::i18n::Locale;
use crate::views::common::{Choice, Field};
use crate::views::page::Tone;
use crate::views::seller_goods::{SellerUploadPage, SellerUploadsPage, UploadProblem, UploadRow};
use crate::views::work::Status;
use crate::web::Shop;
use crate::web::failure::Failure;
use crate::web::posted::Posted;
use crate::web::visit::{Visit, redirect_done};
use axum::extract::{Path, State};
use axum::response::Response;
use contracts::catalog::{ProductFile, ProductStatus, Upload};
use kernel::{ImportId, Kind, Permission};

/// Bytes of a file that a page takes; larger ones go through the API, which reads them as they arrive.
pub const BYTES_MAX: usize = 64 * 1024 * 1024;
const UPLOADS_SHOWN: u16 = 20;

pub async fn list(State(shop): State<Shop>, visit: Visit) -> Result<Response, Failure> {
    show(&shop, &visit, Field::default(), "active", None).await
}

async fn show(
    shop: &Shop,
    visit: &Visit,
    stock: Field,
    state: &str,
    error: Option<String>,
) -> Result<Response, Failure> {
    let tenant = visit.seller(Permission::EditCatalog)?;
    let (page, seller, uploads) = futures::join!(
        visit.keyed_page(shop, "work.uploads"),
        own_shop(shop, visit, tenant),
        shop.workbench.uploads(&visit.ctx, tenant, UPLOADS_SHOWN),
    );
    let states = STATES
        .iter()
        .filter(|(code, _)| matches!(*code, "active" | "draft"))
        .map(|(code, status)| Choice::new(*code, products::status(*status, visit.locale).label))
        .collect();
    let view = SellerUploadsPage {
        page,
        work: bar(visit, &seller?, "/seller/products"),
        error,
        states: Choice::select(states, state),
        stock,
        rows: uploads?.iter().map(|upload| row(upload, visit.locale)).collect(),
    };
    Ok(visit.show(shop, &view))
}

fn row(upload: &Upload, locale: Locale) -> UploadRow {
    let (key, tone) = match (upload.finished, upload.failure.is_some(), upload.rows_failed) {
        (true, _, 0) => ("upload.state.finished", Tone::Good),
        (true, ..) => ("upload.state.with_errors", Tone::Warn),
        (false, true, _) => ("upload.state.broken", Tone::Bad),
        (false, false, _) => ("upload.state.running", Tone::Calm),
    };
    UploadRow {
        file: upload.file_name.clone(),
        href: format!("/seller/uploads/{}", upload.id),
        at: locale.date_time(upload.started_at.naive_utc()),
        rows: upload.rows_done,
        failed: upload.rows_failed,
        created: upload.counts.created,
        updated: upload.counts.updated,
        unchanged: upload.counts.unchanged,
        status: Status {
            label: locale.t(key).to_string(),
            tone,
        },
    }
}

pub async fn submit(State(shop): State<Shop>, posted: Posted) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let tenant = visit.seller(Permission::EditCatalog)?;
    let (stock, state) = (posted.get("stock"), posted.get("state"));
    let refused = async |field: Field, key: Option<&str>| {
        let error = key.map(|key| visit.locale.t(key).to_string());
        show(&shop, visit, field, state, error).await
    };
    let default_stock = match stock {
        "" => None,
        text => match text.parse::<i64>() {
            Ok(units) if units >= 0 => Some(units),
            _ => {
                let said = visit.locale.t("refusal.whole_number").to_string();
                return refused(Field::wrong(text, said), None).await;
            }
        },
    };
    let Some(file) = posted.files("file").next() else {
        return refused(Field::of(stock), Some("upload.no_file")).await;
    };
    let file = ProductFile {
        name: file.name.clone(),
        bytes: file.bytes.to_vec(),
        status: status_of(state).unwrap_or(ProductStatus::Active),
        default_stock,
    };
    match shop.workbench.upload_file(&visit.ctx, tenant, file).await {
        Ok(upload) => Ok(redirect_done(
            &format!("/seller/uploads/{}", upload.id),
            "uploaded",
        )),
        Err(fault) if matches!(fault.kind, Kind::Internal | Kind::Unavailable) => Err(Failure(fault)),
        Err(fault) => show(&shop, visit, Field::of(stock), state, Some(visit.tell(&fault))).await,
    }
}

pub async fn page(
    State(shop): State<Shop>,
    visit: Visit,
    Path(id): Path<ImportId>,
) -> Result<Response, Failure> {
    let tenant = visit.seller(Permission::EditCatalog)?;
    let (page, seller, upload) = futures::join!(
        visit.keyed_page(&shop, "work.uploads"),
        own_shop(&shop, &visit, tenant),
        shop.workbench.upload(&visit.ctx, tenant, id),
    );
    let upload = upload?;
    let changed = upload.counts.created + upload.counts.updated;
    let undo = history::undo_part(&shop, &visit, tenant, id, changed).await?;
    let mut page = page;
    page.title.clone_from(&upload.file_name);
    let view = SellerUploadPage {
        page,
        work: bar(&visit, &seller?, "/seller/products"),
        upload: row(&upload, visit.locale),
        undo,
        failure: upload.failure,
        errors: upload
            .errors
            .into_iter()
            .map(|error| UploadProblem {
                row: error.row,
                column: error.column,
                message: crate::web::visit::spoken(&error.message),
            })
            .collect(),
    };
    Ok(visit.show(&shop, &view))
}
