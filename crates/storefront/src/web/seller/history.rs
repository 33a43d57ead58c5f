//! A product's past, and going back to it; undoing uploads.

use super::{bar, own_shop, schedule};
use crate::i18n::Locale;
use crate::views::common::Link;
use crate::views::seller_history::{LeftLine, SellerHistoryPage, UploadUndo, VersionLine};
use crate::web::Shop;
use crate::web::differences::in_words;
use crate::web::failure::Failure;
use crate::web::posted::Posted;
use crate::web::visit::{Visit, encode, redirect_done, redirect_refused};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use contracts::catalog::Category;
use contracts::catalog::history::{ProductVersion, UndoReport, VersionCause};
use kernel::{Cursor, Fault, ImportId, Kind, Permission, ProductId, TenantId};
use serde::Deserialize;

const VERSIONS_PER_PAGE: u16 = 20;

#[derive(Deserialize)]
pub struct Place {
    after: Option<String>,
}

pub async fn page(
    State(shop): State<Shop>,
    visit: Visit,
    Path(id): Path<ProductId>,
    Query(place): Query<Place>,
) -> Result<Response, Failure> {
    show(&shop, &visit, id, place.after.map(Cursor), None).await
}

/// `left` is a form that came back, and why.
pub async fn show(
    shop: &Shop,
    visit: &Visit,
    id: ProductId,
    after: Option<Cursor>,
    left: Option<(&Posted, &Fault)>,
) -> Result<Response, Failure> {
    let tenant = visit.seller(Permission::ReadCatalog)?;
    let is_first = after.is_none();
    let (page, seller, found, own, tree, coming) = futures::join!(
        visit.keyed_page(shop, "history.title"),
        own_shop(shop, visit, tenant),
        shop.history
            .versions(&visit.ctx, tenant, id, after, VERSIONS_PER_PAGE),
        shop.workbench.own_product(&visit.ctx, tenant, id),
        shop.catalog.categories(&visit.ctx),
        shop.schedule
            .scheduled(&visit.ctx, tenant, id, None, schedule::SHOWN),
    );
    let (found, coming) = (found?, coming?);
    let base = format!("/seller/products/{id}");
    let own = match own {
        Ok(own) => Some(own),
        // A deleted product has a past, and nothing else.
        Err(fault) if fault.kind == Kind::NotFound => None,
        Err(fault) => return Err(Failure(fault)),
    };
    // Of a deleted product the newest version is the present one; it is on the first page.
    let newest = found.items.first().filter(|_| is_first).map(|v| v.version);
    let current = own.as_ref().map(|own| own.listing.version).or(newest);
    let tree = tree.unwrap_or_default();
    let may_edit = visit.may(Permission::EditCatalog) && current.is_some();
    let line = |version: &ProductVersion| VersionLine {
        current: Some(version.version) == current,
        restore: (may_edit && Some(version.version) != current && !version.deleted)
            .then(|| format!("{base}/versions/{}/restore", version.version)),
        ..row(version, &tree, visit.locale)
    };
    let heading = match &own {
        Some(own) => own.listing.title.clone(),
        None => visit.locale.t("history.title").to_string(),
    };
    let view = SellerHistoryPage {
        page,
        work: bar(visit, &seller?, "/seller/products"),
        ahead: own
            .as_ref()
            .map(|own| schedule::ahead(visit, own, &coming.items, left)),
        product: own.map(|own| Link::new(own.listing.title, base.clone())),
        heading,
        version: current.unwrap_or_default(),
        rows: found.items.iter().map(line).collect(),
        more: found.next.map(|cursor| {
            let href = format!("{base}/history?after={}", encode(&cursor.0));
            Link::new(visit.locale.t("history.older").to_string(), href)
        }),
    };
    Ok(visit.show(shop, &view))
}

fn row(version: &ProductVersion, tree: &[Category], locale: Locale) -> VersionLine {
    let somebody = || locale.t("history.somebody").to_string();
    let who = version.person.clone().unwrap_or_else(somebody);
    let said = match &version.cause {
        VersionCause::Hand if version.deleted => locale.t("history.deleted"),
        VersionCause::Hand if version.version == 1 => locale.t("history.created"),
        VersionCause::Hand => locale.t("history.changed"),
        VersionCause::Upload { .. } => locale.t("history.uploaded"),
        VersionCause::Undo { .. } => locale.t("history.undid"),
        VersionCause::Restore { version } => locale.t("history.restored").arg("n", version),
        VersionCause::Schedule { .. } => locale.t("history.scheduled"),
        VersionCause::Pictures => locale.t("history.pictures"),
    };
    VersionLine {
        number: version.version,
        at: locale.date_time(version.at.naive_utc()),
        who: said.arg("who", who).to_string(),
        current: false,
        changes: in_words(&version.change, tree, locale),
        restore: None,
    }
}

pub async fn restore(
    State(shop): State<Shop>,
    Path((id, version)): Path<(ProductId, i64)>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let tenant = visit.seller(Permission::EditCatalog)?;
    let seen = posted.get("version").parse().unwrap_or_default();
    let restored = shop.history.restore(&visit.ctx, tenant, id, seen, version).await;
    match restored {
        Ok(_) => Ok(redirect_done(&format!("/seller/products/{id}"), "restored")),
        Err(fault) => redirect_refused(&format!("/seller/products/{id}/history"), fault),
    }
}

/// What an upload's page says of its undoing.
pub async fn undo_part(
    shop: &Shop,
    visit: &Visit,
    tenant: TenantId,
    id: ImportId,
    changed: u64,
) -> Result<UploadUndo, Failure> {
    let report = shop.history.undo_of(&visit.ctx, tenant, id).await?;
    let action = format!("/seller/uploads/{id}/undo");
    Ok(match report {
        None => UploadUndo {
            // What changed nothing has nothing to be undone.
            action: (changed > 0).then_some(action),
            ..UploadUndo::default()
        },
        Some(report) => told(&report, action, visit.locale),
    })
}

fn told(report: &UndoReport, action: String, locale: Locale) -> UploadUndo {
    let finished = report.finished_at.is_some();
    let outcome = locale
        .t("undo.outcome")
        .arg("deleted", locale.n("undo.deleted", report.deleted))
        .arg("restored", locale.n("undo.restored", report.restored));
    let reason = |code: &str, reason: &str| {
        let key = format!("undo.reason.{code}");
        match locale.messages().get(&key) {
            Some(_) => locale.t(&key).to_string(),
            None => crate::web::visit::spoken(reason),
        }
    };
    UploadUndo {
        action: (!finished).then_some(action),
        broken_off: !finished,
        outcome: Some(outcome.to_string()),
        left: report
            .skips
            .iter()
            .map(|skip| LeftLine {
                title: skip.title.clone(),
                href: format!("/seller/products/{}/history", skip.product),
                reason: reason(&skip.code, &skip.reason),
            })
            .collect(),
        further: report.skipped.saturating_sub(report.skips.len() as u64),
    }
}

pub async fn undo(
    State(shop): State<Shop>,
    Path(id): Path<ImportId>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let tenant = visit.seller(Permission::EditCatalog)?;
    let page = format!("/seller/uploads/{id}");
    match shop.history.undo_upload(&visit.ctx, tenant, id).await {
        Ok(_) => Ok(redirect_done(&page, "upload_undone")),
        Err(fault) => redirect_refused(&page, fault),
    }
}
