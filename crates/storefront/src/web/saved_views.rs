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
use contracts::saved_views::{ViewOwner, ViewTable, filters};
use kernel::{Fault, Permission};
use uuid::Uuid;

/// Where a table stands.
fn place(table: ViewTable) -> &'static str {
    match table {
        ViewTable::SellerProducts => "/seller/products",
        ViewTable::SellerOrders => "/seller/orders",
        ViewTable::SellerStock => "/seller/stock",
        ViewTable::Orders => "/operator/orders",
        ViewTable::Payments => "/operator/payments",
        ViewTable::Shops => "/operator/shops",
    }
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
    let path = place(table);
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
    let table = table.filter(|table| table.is_of_shops() == is_seller);
    if is_seller {
        visit.seller(table.map_or(Permission::ReadShop, ViewTable::permission))?;
    } else {
        visit.operator(table.map_or(Permission::ReadAnyOrder, ViewTable::permission))?;
    }
    match (owner(visit), table) {
        (Some(whose), Some(table)) => Ok((whose, table)),
        _ => Err(Failure(Fault::not_found("table"))),
    }
}

/// Back at the table, with what the form ended in.
fn ended<T>(table: ViewTable, query: &str, done: Result<T, Fault>, code: &str) -> Result<Response, Failure> {
    let to = address(place(table), &filters(query));
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
    fn what_narrows_nothing_is_the_table_itself() {
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
            let path = place(table);
            assert!(addresses.iter().any(|(_, page)| *page == path), "{path}");
        }
    }
}
