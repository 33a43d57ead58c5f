//! What sellers say is the same thing: decided.

use super::bar;
use crate::i18n::Locale;
use crate::views::common::Link;
use crate::views::items::{AlikeSide, OperatorItemsPage, ProposalRow};
use crate::web::failure::Failure;
use crate::web::posted::Posted;
use crate::web::visit::{Visit, redirect_done};
use crate::web::{Shop, cards};
use axum::extract::{Path, State};
use axum::response::Response;
use contracts::catalog::{ItemProposal, Listing};
use contracts::tenants::Shop as Seller;
use kernel::{Fault, Permission, ProductId};

const PATH: &str = "/operator/items";

pub async fn page(State(shop): State<Shop>, visit: Visit) -> Result<Response, Failure> {
    visit.operator(Permission::ManageCategories)?;
    let (page, proposals) = futures::join!(
        visit.keyed_page(&shop, "operator.items"),
        shop.category_desk.item_proposals(&visit.ctx),
    );
    let proposals = proposals?;
    let ids: Vec<ProductId> = proposals
        .iter()
        .flat_map(|one| [one.product, one.same_as])
        .collect();
    let listings = match ids.is_empty() {
        true => Vec::new(),
        false => shop.catalog.listings(&visit.ctx, ids).await?,
    };
    let mut tenants: Vec<_> = listings.iter().map(|listing| listing.tenant).collect();
    tenants.sort();
    tenants.dedup();
    // Names are for reading: without them both products are still told apart.
    let sellers = match tenants.is_empty() {
        true => Vec::new(),
        false => shop.tenants.shops(&visit.ctx, tenants).await.unwrap_or_default(),
    };
    let view = OperatorItemsPage {
        page,
        work: bar(&visit, PATH),
        rows: proposals
            .iter()
            .filter_map(|one| row(one, &listings, &sellers, visit.locale))
            .collect(),
    };
    Ok(visit.show(&shop, &view))
}

fn row(one: &ItemProposal, listings: &[Listing], sellers: &[Seller], locale: Locale) -> Option<ProposalRow> {
    let side = |id: ProductId| {
        let listing = listings.iter().find(|listing| listing.id == id)?;
        Some(side(listing, sellers, locale))
    };
    let own = side(one.product)?;
    let at = locale.date_time(one.proposed_at.naive_utc());
    Some(ProposalRow {
        asked: format!("{} · {at}", own.shop),
        own,
        other: side(one.same_as)?,
        accept: format!("{PATH}/{}/match", one.product),
        refuse: format!("{PATH}/{}/refuse", one.product),
    })
}

fn side(listing: &Listing, sellers: &[Seller], locale: Locale) -> AlikeSide {
    let seller = sellers.iter().find(|seller| seller.id == listing.tenant);
    let (title, _) = listing.words_in(&[locale.code()]);
    let gtins: Vec<&str> = listing
        .variants
        .iter()
        .filter_map(|v| v.gtin.as_deref())
        .collect();
    AlikeSide {
        product: listing.id.to_string(),
        title: Link::new(title, cards::product_href(&listing.slug, listing.id)),
        shop: seller.map(|seller| seller.name.clone()).unwrap_or_default(),
        image: listing.images.first().map(cards::image),
        price: cards::least(listing)
            .map(|price| locale.money(price))
            .unwrap_or_default(),
        gtin: gtins.join(", "),
    }
}

pub async fn accept(
    State(shop): State<Shop>,
    Path(id): Path<ProductId>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    visit.operator(Permission::ManageCategories)?;
    // The product that was looked at, whatever was proposed in the meantime.
    let same_as: ProductId = posted
        .get("same_as")
        .parse()
        .map_err(|_| Fault::not_found("product"))?;
    shop.category_desk
        .match_item(&visit.ctx, id, Some(same_as))
        .await?;
    Ok(redirect_done(PATH, "item_matched"))
}

pub async fn refuse(
    State(shop): State<Shop>,
    Path(id): Path<ProductId>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    visit.operator(Permission::ManageCategories)?;
    shop.category_desk.refuse_item_proposal(&visit.ctx, id).await?;
    Ok(redirect_done(PATH, "item_refused"))
}
