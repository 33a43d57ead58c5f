//! Files of many products.

use super::{bar, files, history, own_shop, page_of_features};
use crate::i18n::Locale;
use crate::views::page::Tone;
use crate::views::seller_goods::{SellerUploadPage, SellerUploadsPage, UploadBar, UploadProblem, UploadRow};
use crate::views::work::Status;
use crate::web::Shop;
use crate::web::failure::{Failure, is_ours};
use crate::web::posted::Posted;
use crate::web::visit::{Visit, redirect_done};
use axum::extract::{Path, State};
use axum::response::Response;
use contracts::catalog::Upload;
use contracts::catalog::uploads::FileState;
use kernel::{ImportId, Permission};

/// Bytes of a file that a page takes; larger ones go through the API, which reads them as they arrive.
pub const BYTES_MAX: usize = 64 * 1024 * 1024;
const UPLOADS_SHOWN: u16 = 20;

pub async fn list(State(shop): State<Shop>, visit: Visit) -> Result<Response, Failure> {
    show(&shop, &visit, None).await
}

async fn show(shop: &Shop, visit: &Visit, error: Option<String>) -> Result<Response, Failure> {
    let tenant = visit.seller(Permission::EditCatalog)?;
    let (page, seller, uploads) = futures::join!(
        page_of_features(shop, visit, tenant, "work.uploads"),
        own_shop(shop, visit, tenant),
        shop.workbench.uploads(&visit.ctx, tenant, UPLOADS_SHOWN),
    );
    let view = SellerUploadsPage {
        page,
        work: bar(visit, &seller?, "/seller/products"),
        error,
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
    let Some(file) = posted.files("file").next() else {
        let error = visit.locale.t("upload.no_file").to_string();
        return show(&shop, visit, Some(error)).await;
    };
    let (name, bytes) = (file.name.clone(), file.bytes.to_vec().into());
    match shop.intake.keep_file(&visit.ctx, tenant, name, bytes).await {
        Ok(id) => Ok(redirect_done(&format!("/seller/uploads/{id}"), "uploaded")),
        Err(fault) if is_ours(&fault) => Err(Failure(fault)),
        Err(fault) => show(&shop, visit, Some(visit.tell(&fault))).await,
    }
}

pub async fn page(
    State(shop): State<Shop>,
    visit: Visit,
    Path(id): Path<ImportId>,
) -> Result<Response, Failure> {
    let tenant = visit.seller(Permission::EditCatalog)?;
    let draft = shop.intake.file_draft(&visit.ctx, tenant, id).await?;
    let draft = match draft {
        Some(draft) if draft.state != FileState::Started => {
            return files::show(&shop, &visit, draft, None).await;
        }
        draft => draft,
    };
    let (page, seller, upload, progress) = futures::join!(
        visit.keyed_page(&shop, "work.uploads"),
        own_shop(&shop, &visit, tenant),
        shop.workbench.upload(&visit.ctx, tenant, id),
        shop.intake.progress(&visit.ctx, tenant, id),
    );
    let (upload, progress) = (upload?, progress?);
    let changed = upload.counts.created + upload.counts.updated;
    let undo = history::undo_part(&shop, &visit, tenant, id, changed).await?;
    let mut page = page;
    page.title.clone_from(&upload.file_name);
    let view = SellerUploadPage {
        page,
        work: bar(&visit, &seller?, "/seller/products"),
        upload: row(&upload, visit.locale),
        undo,
        progress: (!upload.finished && upload.failure.is_none()).then(|| UploadBar {
            percent: progress.percent,
            speed: visit
                .locale
                .t("upload.speed")
                .arg("n", visit.locale.number(progress.rows_per_s))
                .to_string(),
        }),
        has_rows: draft.is_some(),
        failure: upload.failure,
        errors: upload
            .errors
            .into_iter()
            .map(|error| problem(error.row, &error.column, &error.message))
            .collect(),
    };
    Ok(visit.show(&shop, &view))
}

pub(super) fn problem(row: u64, column: &str, message: &str) -> UploadProblem {
    UploadProblem {
        row,
        column: column.to_owned(),
        message: crate::web::visit::spoken(message),
    }
}
