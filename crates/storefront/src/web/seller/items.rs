//! Whether a product is the same as another shop's: looked for, and said for the operator to decide.

use super::{bar, own_shop};
use crate::views::common::Link;
use crate::views::items::{OfferLine, SellerItemPage};
use crate::web::failure::Failure;
use crate::web::posted::Posted;
use crate::web::visit::{Visit, redirect_done, redirect_refused};
use crate::web::{Shop, cards};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use contracts::search::SearchQuery;
use kernel::{Fault, Permission, ProductId};
use serde::Deserialize;

/// Products that may be the same, shown at once.
const FOUND_MAX: usize = 12;
/// What is asked for, as some are one's own.
const ASKED_FOR: u16 = 24;

#[derive(Deserialize)]
pub struct Looked {
    q: Option<String>,
}

pub async fn page(
    State(shop): State<Shop>,
    visit: Visit,
    Path(id): Path<ProductId>,
    Query(looked): Query<Looked>,
) -> Result<Response, Failure> {
    let tenant = visit.seller(Permission::ReadCatalog)?;
    let own = shop.workbench.own_product(&visit.ctx, tenant, id).await?;
    let title = &own.listing.title;
    let query: String = looked.q.as_ref().unwrap_or(title).chars().take(200).collect();
    let asked = SearchQuery {
        q: query.clone(),
        language: Some(visit.locale.language()),
        limit: ASKED_FOR,
        ..SearchQuery::default()
    };
    let (page, seller, proposed, offers, found) = futures::join!(
        visit.keyed_page(&shop, "items.title"),
        own_shop(&shop, &visit, tenant),
        shop.workbench.item_proposal(&visit.ctx, tenant, id),
        shop.catalog.item_offers(&visit.ctx, id),
        shop.search.search(&visit.ctx, asked),
    );
    let seller = seller?;
    // What is said and who sells it stands here also where nothing can be looked for.
    let found = found.map(|found| found.hits).unwrap_or_default();
    let base = format!("/seller/products/{id}");
    let proposed = proposed?;
    let may_say = visit.may(Permission::EditCatalog);
    let view = SellerItemPage {
        page,
        work: bar(&visit, &seller, "/seller/products"),
        withdraw: (may_say && proposed.is_some()).then(|| format!("{base}/same-as/withdraw")),
        proposed: proposed.map(|proposal| {
            let said = visit.locale.t("items.proposed");
            said.arg("title", proposal.same_as_title).to_string()
        }),
        offers: offers?
            .iter()
            .filter(|offer| offer.shop != tenant)
            .map(|offer| OfferLine {
                shop: Link::new(&offer.shop_name, cards::product_href(&offer.slug, offer.product)),
                price: visit.locale.money(offer.price),
                wins: offer.wins,
            })
            .collect(),
        found: found
            .iter()
            .filter(|hit| hit.shop_slug != seller.slug)
            .take(FOUND_MAX)
            .map(|hit| cards::of_hit(hit, visit.locale))
            .collect(),
        query,
        action: may_say.then(|| format!("{base}/same-as")),
        search: format!("{base}/same-as"),
        product: Link::new(title, base),
    };
    Ok(visit.show(&shop, &view))
}

pub async fn propose(
    State(shop): State<Shop>,
    Path(id): Path<ProductId>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let tenant = visit.seller(Permission::EditCatalog)?;
    let same_as: ProductId = posted
        .get("same_as")
        .parse()
        .map_err(|_| Fault::not_found("product"))?;
    let page = format!("/seller/products/{id}/same-as");
    match shop.workbench.propose_item(&visit.ctx, tenant, id, same_as).await {
        Ok(()) => Ok(redirect_done(&page, "item_proposed")),
        Err(fault) => redirect_refused(&page, fault),
    }
}

/// Takes back what was said, while the operator has not decided.
pub async fn withdraw(
    State(shop): State<Shop>,
    Path(id): Path<ProductId>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let tenant = visit.seller(Permission::EditCatalog)?;
    let page = format!("/seller/products/{id}/same-as");
    match shop
        .workbench
        .withdraw_item_proposal(&visit.ctx, tenant, id)
        .await
    {
        Ok(()) => Ok(redirect_done(&page, "item_withdrawn")),
        Err(fault) => redirect_refused(&page, fault),
    }
}
