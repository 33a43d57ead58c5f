//! Documents of a buyer's order.

use super::Shop;
use super::failure::Failure;
use super::orders::find;
use super::visit::Visit;
use crate::i18n::Locale;
use axum::extract::{Path, State};
use contracts::Language;
use httpkit::Pdf;
use kernel::{OrderId, RefundId, SubOrderId};

/// The invoice of one maker's part, in the visitor's language.
pub async fn invoice(
    State(shop): State<Shop>,
    visit: Visit,
    Path((id, part)): Path<(OrderId, SubOrderId)>,
) -> Result<Pdf, Failure> {
    let (owner, _) = find(&shop, &visit, id).await?;
    let language = language(visit.locale);
    let drawn = shop
        .order_papers
        .invoice(&visit.ctx, Some(owner), id, part, language);
    Ok(Pdf(drawn.await?))
}

/// The credit note of money that went back.
pub async fn credit_note(
    State(shop): State<Shop>,
    visit: Visit,
    Path((id, refund)): Path<(OrderId, RefundId)>,
) -> Result<Pdf, Failure> {
    let (owner, _) = find(&shop, &visit, id).await?;
    let language = language(visit.locale);
    let drawn = shop
        .order_papers
        .credit_note(&visit.ctx, Some(owner), id, refund, language);
    Ok(Pdf(drawn.await?))
}

/// The language of documents for whoever reads pages in this one.
pub fn language(locale: Locale) -> Language {
    match locale {
        Locale::En => Language::En,
        Locale::Es => Language::Es,
    }
}
