//! The wish list: a buyer's own, or a guest's short one that their browser keeps.

use super::failure::Failure;
use super::kept::Kept;
use super::posted::Posted;
use super::shelf::{self, Shelved};
use super::visit::{Visit, redirect, redirect_done, redirect_refused, safe_next};
use super::{Shop, cards, cart};
use crate::i18n::Locale;
use crate::views::common::Price;
use crate::views::wishlist::{NextStep, SharedWishlistPage, Wish, WishlistPage};
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::Response;
use contracts::making::Answers;
use contracts::wishlists::Wishlist;
use kernel::{Fault, Money, ProductId, SkuId, UserId};
use std::collections::{HashMap, HashSet};

const PATH: &str = "/wishlist";

pub async fn page(State(shop): State<Shop>, visit: Visit) -> Result<Response, Failure> {
    let user = visit.user().ok();
    let (page, list) = futures::join!(visit.keyed_page(&shop, "wishlist.title"), async {
        match user {
            Some(user) => shop.wishlists.of_buyer(&visit.ctx, user).await,
            None => Ok(Wishlist::default()),
        }
    });
    let list = list?;
    let prices: HashMap<ProductId, Money> =
        list.items.iter().map(|item| (item.product, item.price)).collect();
    let ids: Vec<ProductId> = match user {
        Some(_) => list.items.iter().map(|item| item.product).collect(),
        None => visit.kept.wishes.clone(),
    };
    let shelved = shelf::of(&shop, &visit, &ids).await?;
    let gone = ids.len().saturating_sub(shelved.len());
    let view = WishlistPage {
        page,
        gone: gone as u64,
        wishes: shelved
            .into_iter()
            .map(|one| wish(one, &prices, visit.locale))
            .collect(),
        shared: list
            .shared
            .map(|token| format!("{}{PATH}/shared/{token}", shop.public_url)),
        signed_in: user.is_some(),
    };
    Ok(visit.show(&shop, &view))
}

fn wish(one: Shelved, prices: &HashMap<ProductId, Money>, locale: Locale) -> Wish {
    let Shelved { listing, card, .. } = one;
    let now = cards::least(&listing);
    let fell = prices.get(&listing.id).zip(now).and_then(|(was, now)| {
        let less = (was.currency == now.currency).then_some(was.amount - now.amount)?;
        let less = Price::new(locale, Money::new(less, now.currency));
        (was.amount > now.amount).then(|| locale.t("wishlist.fell").arg("amount", less.text).to_string())
    });
    let asks = listing
        .making
        .as_ref()
        .is_some_and(|making| !making.fields.is_empty());
    let next = match listing.variants.as_slice() {
        _ if card.stock.is_sold_out() => NextStep::Look,
        [only] if !asks => NextStep::Buy(only.sku.to_string()),
        _ => NextStep::Choose,
    };
    Wish {
        id: listing.id.to_string(),
        card,
        fell,
        next,
    }
}

pub async fn shared(
    State(shop): State<Shop>,
    visit: Visit,
    Path(token): Path<String>,
) -> Result<Response, Failure> {
    let list = shop.wishlists.shared(&visit.ctx, token).await?;
    let heading = visit.locale.t("wishlist.of").arg("name", &list.of).to_string();
    let ids: Vec<ProductId> = list.items.iter().map(|item| item.product).collect();
    let (page, shelved) = futures::join!(
        visit.page(&shop, &heading, &heading),
        shelf::of(&shop, &visit, &ids),
    );
    let shelved = shelved?;
    let view = SharedWishlistPage {
        page,
        heading,
        gone: ids.len().saturating_sub(shelved.len()) as u64,
        cards: shelved.into_iter().map(|one| one.card).collect(),
    };
    Ok(visit.show(&shop, &view))
}

/// Takes what a guest's browser kept along, and answers what stays with it. What cannot be, is no reason to keep somebody
/// out.
pub async fn take_along(shop: &Shop, visit: &Visit, user: UserId) -> Kept {
    let oldest_first = |ids: &[ProductId]| ids.iter().rev().copied().collect::<Vec<_>>();
    let mut left = visit.kept.clone();
    let wishes = oldest_first(&left.wishes);
    let taken = match wishes.is_empty() {
        true => Ok(0),
        false => shop.wishlists.add(&visit.ctx, user, wishes).await,
    };
    match taken {
        Ok(_) => left.wishes.clear(),
        // None of it is for sale any more: a list of nothing is not kept.
        Err(fault) if fault.code == "not_found" => left.wishes.clear(),
        Err(fault) => tracing::warn!(%fault, "a guest's wish list stayed behind at sign-in"),
    }
    let viewed = oldest_first(&left.viewed);
    let taken = match viewed.is_empty() {
        true => Ok(()),
        false => shop.wishlists.view(&visit.ctx, user, viewed).await,
    };
    match taken {
        Ok(()) => left.viewed.clear(),
        Err(fault) => tracing::warn!(%fault, "what a guest looked at stayed behind at sign-in"),
    }
    left
}

pub async fn add(State(shop): State<Shop>, posted: Posted) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let next = next(&posted);
    let Ok(product) = posted.get("product").parse::<ProductId>() else {
        return Err(Fault::not_found("product").into());
    };
    if let Ok(user) = visit.user() {
        return match shop.wishlists.add(&visit.ctx, user, vec![product]).await {
            Ok(_) => Ok(redirect_done(next, "wished")),
            Err(fault) => redirect_refused(next, fault),
        };
    }
    // The page may be of yesterday: what is sold no more is not promised.
    if shelf::of(&shop, visit, &[product]).await?.is_empty() {
        return Err(Fault::not_found("product").into());
    }
    let mut kept = visit.kept.clone();
    kept.wish(product);
    let mut response = redirect_done(next, "wished");
    let cookie = kept.wishes_cookie(&shop, visit);
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

fn next(posted: &Posted) -> &str {
    match posted.get("next") {
        "" => PATH,
        next => safe_next(next),
    }
}

pub async fn remove(
    State(shop): State<Shop>,
    Path(product): Path<ProductId>,
    posted: Posted,
) -> Result<Response, Failure> {
    let next = next(&posted).to_owned();
    take_off(&shop, &posted.visit, &[product], redirect_done(&next, "unwished")).await
}

/// Takes off what is not for sale any more.
pub async fn forget_gone(State(shop): State<Shop>, posted: Posted) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let ids = match visit.user() {
        Ok(user) => shop.wishlists.wished(&visit.ctx, user).await?,
        Err(_) => visit.kept.wishes.clone(),
    };
    let there = shelf::of(&shop, visit, &ids).await?;
    let there: HashSet<ProductId> = there.iter().map(|one| one.listing.id).collect();
    let gone: Vec<ProductId> = ids.into_iter().filter(|id| !there.contains(id)).collect();
    take_off(&shop, visit, &gone, redirect_done(PATH, "unwished")).await
}

/// The answer, once products are off the list. Asked twice, they are off all the same.
async fn take_off(
    shop: &Shop,
    visit: &Visit,
    products: &[ProductId],
    mut response: Response,
) -> Result<Response, Failure> {
    match visit.user() {
        Ok(user) => {
            shop.wishlists.remove(&visit.ctx, user, products.to_vec()).await?;
        }
        Err(_) => {
            let mut kept = visit.kept.clone();
            kept.wishes.retain(|known| !products.contains(known));
            let cookie = kept.wishes_cookie(shop, visit);
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
    }
    Ok(response)
}

/// Puts the one variant that there is into the basket, and takes it off the list.
pub async fn to_cart(
    State(shop): State<Shop>,
    Path(product): Path<ProductId>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let Ok(sku) = posted.get("variant").parse::<SkuId>() else {
        return Err(Fault::not_found("product").into());
    };
    let (owner, fresh) = cart::owner(visit);
    match shop.cart.add(&visit.ctx, owner, sku, 1, Answers::new()).await {
        Ok(_) => {
            let mut response = take_off(&shop, visit, &[product], redirect_done(PATH, "added")).await?;
            if let Some(token) = fresh {
                let cookie = cart::cookie(&shop, visit, token);
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
            Ok(response)
        }
        Err(fault) => redirect_refused(PATH, fault),
    }
}

pub async fn share(State(shop): State<Shop>, posted: Posted) -> Result<Response, Failure> {
    set_shared(&shop, &posted, true).await
}

pub async fn unshare(State(shop): State<Shop>, posted: Posted) -> Result<Response, Failure> {
    set_shared(&shop, &posted, false).await
}

async fn set_shared(shop: &Shop, posted: &Posted, shared: bool) -> Result<Response, Failure> {
    let user = posted.visit.user()?;
    shop.wishlists.share(&posted.visit.ctx, user, shared).await?;
    Ok(redirect(PATH))
}
