//! The basket.

use super::failure::Failure;
use super::posted::Posted;
use super::visit::{CART_COOKIE, Visit, redirect, redirect_done, redirect_refused, safe_next};
use super::{Shop, cards, downloads, making, product, savings, taxes, titles};
use crate::i18n::Locale;
use crate::views::cart::{CartLine, CartPage, Change, Coupons, SellerGroup, Taxes};
use crate::views::common::Price;
use crate::views::page::Tone;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use contracts::cart::CartOwner;
use contracts::checkout::{Quote, QuoteGroup, QuoteLine, QuoteRequest};
use contracts::purses::TenderWish;
use contracts::search::SearchQuery;
use contracts::tenants::{DeliveryRate, Shop as Seller};
use kernel::limits::LINE_QUANTITY_MAX;
use kernel::{CartLineId, Currency, Fault, Money, SkuId};

const SUGGESTED: u16 = 4;
/// Days for which a guest's basket is kept in their browser.
const CART_COOKIE_DAYS: i64 = 30;

pub async fn page(State(shop): State<Shop>, visit: Visit) -> Result<Response, Failure> {
    let page = visit.keyed_page(&shop, "cart.title").await;
    let quote = open_quote(&shop, &visit).await?;
    let locale = visit.locale;
    let zero = Price::new(locale, Money::zero(Currency::EUR));
    let Some(mut quote) = quote.filter(|q| !q.groups.is_empty()) else {
        let query = SearchQuery {
            language: Some(visit.locale.language()),
            limit: SUGGESTED,
            in_stock: true,
            ..SearchQuery::default()
        };
        let hits = shop
            .search
            .search(&visit.ctx, query)
            .await
            .map(|f| f.hits)
            .unwrap_or_default();
        let view = CartPage {
            page,
            groups: Vec::new(),
            items: 0,
            changes: Vec::new(),
            savings: Vec::new(),
            coupons: Coupons {
                codes: Vec::new(),
                next: "/cart".to_owned(),
            },
            subtotal: zero.clone(),
            delivery_from: zero.clone(),
            taxes: Taxes::default(),
            total: zero,
            ready: false,
            suggestions: hits.iter().map(|hit| cards::of_hit(hit, locale)).collect(),
        };
        return Ok(visit.show(&shop, &view));
    };
    let tenants = quote.groups.iter().map(|g| g.tenant).collect();
    let (sellers, ()) = futures::join!(
        shop.tenants.shops(&visit.ctx, tenants),
        titles::read_quote(&shop, &visit, &mut quote),
    );
    let sellers = sellers?;
    let least = least_delivery(&quote, &sellers);
    let view = CartPage {
        groups: quote
            .groups
            .iter()
            .map(|g| group(g, sellers.iter().find(|s| s.id == g.tenant), locale))
            .collect(),
        items: quote
            .groups
            .iter()
            .flat_map(|g| &g.lines)
            .map(|l| u64::from(l.quantity))
            .sum(),
        changes: changes(&quote, locale),
        subtotal: Price::new(locale, quote.list_subtotal()),
        savings: savings::of_quote(&quote, locale),
        coupons: savings::coupons(&quote, "/cart", locale),
        delivery_from: Price::new(locale, least),
        taxes: taxes::of_quote(&quote, locale),
        total: Price::new(locale, quote.subtotal.add(least)?),
        ready: quote
            .groups
            .iter()
            .flat_map(|g| &g.lines)
            .all(QuoteLine::orderable),
        suggestions: Vec::new(),
        page,
    };
    Ok(visit.show(&shop, &view))
}

/// The open cart with today's prices and stock.
pub async fn open_quote(shop: &Shop, visit: &Visit) -> Result<Option<Quote>, Failure> {
    let Some(owner) = visit.owner() else {
        return Ok(None);
    };
    let Some(cart) = shop.cart.open(&visit.ctx, owner.clone()).await? else {
        return Ok(None);
    };
    if cart.lines.is_empty() {
        return Ok(None);
    }
    let request = QuoteRequest {
        tender: TenderWish {
            client: visit.address.clone(),
            ..TenderWish::default()
        },
        owner,
        cart: cart.id,
        cart_version: Some(cart.version),
        address: None,
        delivery: Vec::new(),
        email: None,
    };
    Ok(Some(shop.checkout.quote(&visit.ctx, request).await?))
}

/// What changed since the goods were put in.
pub fn changes(quote: &Quote, locale: Locale) -> Vec<Change> {
    let mut changes = Vec::new();
    for line in quote.groups.iter().flat_map(|g| &g.lines) {
        let title = line.offer.title.as_str();
        if let Some(was) = line.price_was {
            let text = locale
                .t("change.price")
                .arg("title", title)
                .arg("was", locale.money(was))
                .arg("now", locale.money(line.offer.price));
            changes.push(Change {
                tone: Tone::Warn,
                text: text.to_string(),
            });
        }
        if line.is_outdated {
            changes.push(Change {
                tone: Tone::Bad,
                text: locale.t("change.asks").arg("title", title).to_string(),
            });
        } else if !line.offer.for_sale {
            changes.push(Change {
                tone: Tone::Bad,
                text: locale.t("change.gone").arg("title", title).to_string(),
            });
        } else if line.available < i64::from(line.quantity) {
            let text = locale
                .t("change.stock")
                .arg("title", title)
                .arg("n", line.available.max(0));
            changes.push(Change {
                tone: Tone::Bad,
                text: text.to_string(),
            });
        }
    }
    changes
}

fn group(group: &QuoteGroup, seller: Option<&Seller>, locale: Locale) -> SellerGroup {
    let rate = seller.and_then(|s| s.delivery.first()?.rates.first());
    let gap = rate
        .filter(|_| !is_downloaded(group))
        .and_then(|r| r.free_from)
        .and_then(|free| free.sub(group.list_subtotal()).ok())
        .filter(|m| m.amount > 0);
    // It is free where every way to every place is; else it depends on an address that nobody knows yet.
    let costs = || seller.into_iter().flat_map(|seller| costs(group, seller));
    let is_free = costs().all(|cost| cost.amount == 0);
    let least = costs().min_by_key(|cost| cost.amount);
    SellerGroup {
        seller: group.shop_name.clone(),
        href: format!("/shop/{}", group.shop_slug),
        place: seller
            .map(|s| cards::place(&s.location, locale))
            .unwrap_or_default(),
        dispatch_days: making::leaves(&group.lines).1,
        is_downloaded: is_downloaded(group),
        lines: group.lines.iter().map(|l| line(l, locale)).collect(),
        subtotal: Price::new(locale, group.list_subtotal()),
        delivery_from: least.filter(|_| !is_free).map(|least| Price::new(locale, least)),
        free_delivery_gap: gap.map(|m| Price::new(locale, m)),
    }
}

/// Whether nothing of it is sent.
fn is_downloaded(group: &QuoteGroup) -> bool {
    group.lines.iter().all(|line| line.offer.digital.is_some())
}

/// What each way of a seller's costs at the least, by where it goes.
fn costs(group: &QuoteGroup, seller: &Seller) -> Vec<Money> {
    let subtotal = group.list_subtotal().amount;
    let ways: &[_] = match is_downloaded(group) {
        true => &[],
        false => &seller.delivery,
    };
    let rates = ways.iter().flat_map(|option| &option.rates);
    let cost = |rate: &DeliveryRate| match rate.free_from {
        Some(free) if subtotal >= free.amount => Money::zero(rate.least().currency),
        _ => rate.least(),
    };
    rates.map(cost).collect()
}

/// The least that delivery costs over all sellers.
fn least_delivery(quote: &Quote, sellers: &[Seller]) -> Money {
    let least = |group: &QuoteGroup| {
        let seller = sellers.iter().find(|s| s.id == group.tenant)?;
        costs(group, seller).iter().map(|cost| cost.amount).min()
    };
    Money::new(
        quote.groups.iter().filter_map(least).sum(),
        quote.subtotal.currency,
    )
}

fn line(line: &QuoteLine, locale: Locale) -> CartLine {
    CartLine {
        id: line.line.to_string(),
        title: line.offer.title.clone(),
        href: cards::product_href(&line.offer.slug, line.offer.product),
        variant: cards::options(&line.offer.options),
        made: downloads::marked(
            making::made(line.made.as_deref(), line.offer.price.currency, locale),
            line.offer
                .digital
                .as_deref()
                .map(|digital| digital.files.as_slice()),
            locale,
        ),
        is_outdated: line.is_outdated,
        image: line.offer.image.as_ref().map(cards::image),
        unit_price: Price::new(locale, line.offer.price),
        total: Price::new(locale, line.list_total),
        quantity: u64::from(line.quantity),
        quantity_max: u64::try_from(
            line.available
                .clamp(i64::from(line.quantity), i64::from(LINE_QUANTITY_MAX)),
        )
        .unwrap_or(1),
        stock: if line.offer.for_sale {
            cards::stock(line.available)
        } else {
            crate::views::common::Stock::SoldOut
        },
    }
}

/// Whose basket is filled, with the secret that a new guest's browser is to keep. A guest who has ordered before keeps
/// theirs: it is the one that opens those orders.
pub fn owner(visit: &Visit) -> (CartOwner, Option<String>) {
    visit.owner().map_or_else(
        || {
            let token = visit.guest_token.clone().unwrap_or_else(kernel::secret::token);
            (CartOwner::Guest(token.clone()), Some(token))
        },
        |owner| (owner, None),
    )
}

/// Puts something in; a new guest gets a basket of their own.
pub async fn add(State(shop): State<Shop>, posted: Posted) -> Result<Response, Failure> {
    let sku: SkuId = posted
        .get("variant")
        .parse()
        .map_err(|_| Fault::field("variant", "variant", "Choose what you would like."))?;
    let quantity = quantity(posted.get("quantity"), 1)?;
    let visit = &posted.visit;
    let (owner, token) = owner(visit);
    let answers = making::answers(&posted);
    let added = shop.cart.add(&visit.ctx, owner, sku, quantity, answers.clone());
    match added.await {
        // The form again, with what was typed and what is wrong with it.
        Err(fault) if fault.code == "answers_invalid" => {
            return product::again(&shop, &posted, sku, quantity, answers).await;
        }
        Ok(cart) => {
            if let Some(click) = cards::put_into(cart.id, posted.get("found")) {
                // Whether it is noted is no matter of the basket.
                shop.search.clicked(&visit.ctx, click).await.unwrap_or_default();
            }
        }
        Err(fault) => {
            // Back to where they chose, which says why.
            let back = match posted.get("back") {
                "" => "/cart",
                path => safe_next(path),
            };
            return redirect_refused(back, fault);
        }
    }
    let mut response = redirect_done("/cart", "added");
    if let Some(token) = token {
        let cookie = cookie(&shop, visit, token);
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// By which a new guest's browser knows their basket again.
pub fn cookie(shop: &Shop, visit: &Visit, token: String) -> HeaderValue {
    visit.cookie(shop, CART_COOKIE, token, CART_COOKIE_DAYS)
}

pub async fn set(
    State(shop): State<Shop>,
    Path(line): Path<CartLineId>,
    posted: Posted,
) -> Result<Response, Failure> {
    let quantity = quantity(posted.get("quantity"), 0)?;
    put(&shop, &posted.visit, line, quantity).await
}

pub async fn remove(
    State(shop): State<Shop>,
    Path(line): Path<CartLineId>,
    posted: Posted,
) -> Result<Response, Failure> {
    put(&shop, &posted.visit, line, 0).await
}

async fn put(shop: &Shop, visit: &Visit, line: CartLineId, quantity: u32) -> Result<Response, Failure> {
    let owner = visit.owner().ok_or_else(|| Fault::not_found("cart"))?;
    match shop.cart.set(&visit.ctx, owner, line, quantity).await {
        Ok(_) if quantity == 0 => Ok(redirect_done("/cart", "removed")),
        Ok(_) => Ok(redirect("/cart")),
        Err(fault) => redirect_refused("/cart", fault),
    }
}

/// Takes out of the basket what nobody can have any more: lines that are gone, units that are not left.
pub async fn adjust(State(shop): State<Shop>, posted: Posted) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let owner = visit.owner().ok_or_else(|| Fault::not_found("cart"))?;
    let quote = open_quote(&shop, visit).await?;
    let lines = quote.iter().flat_map(|q| &q.groups).flat_map(|g| &g.lines);
    for line in lines.filter(|line| !line.orderable()) {
        let left = if line.offer.for_sale {
            line.available.max(0)
        } else {
            0
        };
        let quantity = u32::try_from(left).unwrap_or(0).min(line.quantity);
        shop.cart
            .set(&visit.ctx, owner.clone(), line.line, quantity)
            .await?;
    }
    Ok(redirect(safe_next(posted.get("next"))))
}

fn quantity(text: &str, at_least: u32) -> Result<u32, Fault> {
    let number = if text.is_empty() {
        Some(1)
    } else {
        text.parse().ok()
    };
    number
        .filter(|n| (at_least..=LINE_QUANTITY_MAX).contains(n))
        .ok_or_else(|| {
            Fault::field(
                "quantity_out_of_range",
                "quantity",
                format!("The quantity must be {at_least} to {LINE_QUANTITY_MAX}."),
            )
        })
}
