//! Filters of the big tables, kept under a name: tabs above a table for whoever keeps them.

use super::Shop;
use super::failure::Failure;
use super::posted::Posted;
use super::visit::{Visit, redirect_done, redirect_refused};
use crate::views::page::Page;
use crate::views::work::{SavedView, SavedViews};
use axum::extract::{Path, State};
use axum::response::Response;
use contracts::identity::Audience;
use contracts::saved_views::{ViewOwner, ViewTable};
use kernel::{Fault, Permission};
use uuid::Uuid;

/// What of an address is no filter: where in the list one is, in which language, and what a form did.
const NO_FILTERS: [&str; 5] = ["after", "before", "lang", "done", "refused"];

/// Where a table stands, and who may see it.
fn place(table: ViewTable) -> (&'static str, Permission) {
    match table {
        ViewTable::SellerProducts => ("/seller/products", Permission::ReadCatalog),
        ViewTable::SellerOrders => ("/seller/orders", Permission::ReadSales),
        ViewTable::SellerStock => ("/seller/stock", Permission::ReadStock),
        ViewTable::Orders => ("/operator/orders", Permission::ReadAnyOrder),
        ViewTable::Payments => ("/operator/payments", Permission::ReadAnyOrder),
        ViewTable::Shops => ("/operator/shops", Permission::ApproveSellers),
    }
}

/// The filters among what an address asks for, in one spelling.
pub fn filters(query: &str) -> String {
    let asked = form_urlencoded::parse(query.trim_start_matches('?').as_bytes());
    let kept = asked.filter(|(name, value)| !value.is_empty() && !NO_FILTERS.contains(&name.as_ref()));
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(kept)
        .finish()
}

pub fn address(path: &str, query: &str) -> String {
    match query {
        "" => path.to_owned(),
        query => format!("{path}?{query}"),
    }
}

fn owner(visit: &Visit) -> Option<ViewOwner> {
    let principal = visit.principal.as_ref()?;
    Some(ViewOwner {
        user: principal.user,
        tenant: principal
            .tenant
            .filter(|_| principal.audience == Audience::Seller),
    })
}

/// The frame of a page with such a table.
pub async fn page(shop: &Shop, visit: &Visit, title_key: &str, table: ViewTable) -> Page {
    let (page, views) = futures::join!(visit.keyed_page(shop, title_key), of(shop, visit, table));
    Page { views, ..page }
}

/// A table without what is kept of it is still a table.
async fn of(shop: &Shop, visit: &Visit, table: ViewTable) -> Option<SavedViews> {
    let whose = owner(visit)?;
    let kept = shop.saved_views.views(&visit.ctx, whose, table).await.ok()?;
    let (path, _) = place(table);
    let query = filters(visit.path.split_once('?').map_or("", |(_, query)| query));
    let row = |view: contracts::saved_views::SavedView| SavedView {
        id: view.id.to_string(),
        href: address(path, &view.query),
        current: view.query == query,
        name: view.name,
    };
    Some(SavedViews {
        table: table.name(),
        action: match whose.tenant {
            Some(_) => "/seller/views",
            None => "/operator/views",
        },
        rows: kept.into_iter().map(row).collect(),
        query,
    })
}

/// Whose views a form is about, and of which table.
fn asked(posted: &Posted) -> Result<(ViewOwner, ViewTable), Failure> {
    let visit = &posted.visit;
    // Forms are told apart by the page they stand below, so that nobody learns of the other's tables.
    let is_seller = visit.path.starts_with("/seller");
    let table = ViewTable::named(posted.get("table"));
    let table = table.filter(|table| place(*table).0.starts_with("/seller") == is_seller);
    if is_seller {
        visit.seller(table.map_or(Permission::ReadShop, |table| place(table).1))?;
    } else {
        visit.operator(table.map_or(Permission::ReadAnyOrder, |table| place(table).1))?;
    }
    match (owner(visit), table) {
        (Some(whose), Some(table)) => Ok((whose, table)),
        _ => Err(Failure(Fault::not_found("table"))),
    }
}

/// Back at the table, with what the form ended in.
fn ended<T>(table: ViewTable, query: &str, done: Result<T, Fault>, code: &str) -> Result<Response, Failure> {
    let to = address(place(table).0, &filters(query));
    match done {
        Ok(_) => Ok(redirect_done(&to, code)),
        Err(fault) => redirect_refused(&to, fault),
    }
}

pub async fn save(State(shop): State<Shop>, posted: Posted) -> Result<Response, Failure> {
    let (whose, table) = asked(&posted)?;
    let query = filters(posted.get("query"));
    let name = posted.get("name").to_owned();
    let saved = shop
        .saved_views
        .save(&posted.visit.ctx, whose, table, name, query.clone())
        .await;
    ended(table, &query, saved, "view_saved")
}

pub async fn rename(
    State(shop): State<Shop>,
    Path(id): Path<Uuid>,
    posted: Posted,
) -> Result<Response, Failure> {
    let (whose, table) = asked(&posted)?;
    let name = posted.get("name").to_owned();
    let renamed = shop.saved_views.rename(&posted.visit.ctx, whose, id, name).await;
    ended(table, posted.get("query"), renamed, "view_renamed")
}

pub async fn delete(
    State(shop): State<Shop>,
    Path(id): Path<Uuid>,
    posted: Posted,
) -> Result<Response, Failure> {
    let (whose, table) = asked(&posted)?;
    let deleted = shop.saved_views.delete(&posted.visit.ctx, whose, id).await;
    ended(table, posted.get("query"), deleted, "view_deleted")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_are_kept_without_the_place_in_the_list() {
        assert_eq!(
            filters("?state=packed&q=&after=01&lang=es&done=saved&q=old+bowl"),
            "state=packed&q=old+bowl"
        );
        assert_eq!(filters("before=01"), "");
        assert_eq!(address("/seller/orders", ""), "/seller/orders");
        assert_eq!(
            address("/seller/orders", "state=packed"),
            "/seller/orders?state=packed"
        );
    }

    #[test]
    fn every_table_stands_on_a_page() {
        let addresses = crate::web::addresses();
        for table in ViewTable::ALL {
            let (path, _) = place(table);
            assert!(addresses.iter().any(|(_, page)| *page == path), "{path}");
        }
    }
}
