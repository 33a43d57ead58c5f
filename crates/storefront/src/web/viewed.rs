//! What somebody looked at lately: kept in the browser of a guest, and with the account of who is signed in.

use super::failure::Failure;
use super::posted::Posted;
use super::visit::{Visit, redirect_done};
use super::{Shop, shelf};
use crate::views::common::ProductCard;
use crate::views::wishlist::ViewedPage;
use axum::extract::State;
use axum::http::header;
use axum::response::Response;
use contracts::wishlists::Viewed;
use kernel::ProductId;

const PATH: &str = "/viewed";
/// Cards of the row on other pages.
const ROW: usize = 4;

/// What the visitor looked at. Without it every page is still one.
pub async fn latest(shop: &Shop, visit: &Visit) -> Viewed {
    match visit.user() {
        Ok(user) => shop.wishlists.viewed(&visit.ctx, user).await.unwrap_or(Viewed {
            kept: true,
            products: Vec::new(),
        }),
        Err(_) => Viewed {
            kept: visit.kept.may_keep,
            products: visit.kept.viewed.clone(),
        },
    }
}

/// A row of what was looked at, without the product that is looked at now.
pub async fn row(
    shop: &Shop,
    visit: &Visit,
    viewed: &Viewed,
    without: Option<ProductId>,
) -> Vec<ProductCard> {
    let ids = viewed.products.iter().copied().filter(|id| Some(*id) != without);
    let ids: Vec<ProductId> = ids.take(ROW).collect();
    let shelved = shelf::of(shop, visit, &ids).await.unwrap_or_default();
    shelved.into_iter().map(|one| one.card).collect()
}

/// Notes that a product is looked at, and gives a guest's browser what it keeps of that.
pub async fn note(shop: &Shop, visit: &Visit, product: ProductId, response: &mut Response) {
    match visit.user() {
        Ok(user) => {
            // Whether it is noted is no matter of the page.
            shop.wishlists
                .view(&visit.ctx, user, vec![product])
                .await
                .unwrap_or_default();
        }
        Err(_) if visit.kept.may_keep => {
            let mut kept = visit.kept.clone();
            kept.view(product);
            let cookie = kept.viewed_cookie(shop, visit);
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        Err(_) => {}
    }
}

pub async fn page(State(shop): State<Shop>, visit: Visit) -> Result<Response, Failure> {
    let viewed = latest(&shop, &visit).await;
    let (page, shelved) = futures::join!(
        visit.keyed_page(&shop, "viewed.title"),
        shelf::of(&shop, &visit, &viewed.products),
    );
    let view = ViewedPage {
        page,
        kept: viewed.kept,
        cards: shelved?.into_iter().map(|one| one.card).collect(),
    };
    Ok(visit.show(&shop, &view))
}

pub async fn clear(State(shop): State<Shop>, posted: Posted) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let mut response = redirect_done(PATH, "viewed_cleared");
    match visit.user() {
        Ok(user) => shop.wishlists.clear_viewed(&visit.ctx, user).await?,
        Err(_) => {
            let mut kept = visit.kept.clone();
            kept.viewed.clear();
            let cookie = kept.viewed_cookie(&shop, visit);
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
    }
    Ok(response)
}

pub async fn keep(State(shop): State<Shop>, posted: Posted) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let kept = posted.get("kept") == "yes";
    let mut response = redirect_done(PATH, "saved");
    match visit.user() {
        Ok(user) => {
            shop.wishlists.keep_viewed(&visit.ctx, user, kept).await?;
        }
        Err(_) => {
            let mut own = visit.kept.clone();
            own.viewed.clear();
            own.may_keep = kept;
            let cookie = own.viewed_cookie(&shop, visit);
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
    }
    Ok(response)
}
